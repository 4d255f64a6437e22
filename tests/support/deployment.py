"""The whole service, built and deployed by the production tools into the embedded AWS.

Roles are enforced: a missing permission fails a test. Each process of a test run deploys a service
of its own for all its tests. Each test submits incidents of its own and looks only at these.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient

from local import stack
from local.embedded_aws import EmbeddedAws
from tests.support import logs, permissions, personal_data
from tests.support.personal_data import WATCHED
from tests.support.queues import Inbox
from tests.support.service import CATEGORIES, Service


@contextmanager
def deployed(
    state: Path | None = None,
    parameters: Callable[[EmbeddedAws], Mapping[str, str]] = lambda _: {},
) -> Iterator[Service]:
    """The service, until the end of the `with` block; then its state is saved to that folder.

    parameters: of the template, besides those of the stage, on an AWS that is still empty.
    """
    with EmbeddedAws.started(enforce_iam=True, state=state, added=[WATCHED]) as aws:
        environment = stack.environment(
            aws, stack.deploy(aws, stack.build(), parameters=parameters(aws))
        )
        dynamodb: DynamoDBClient = aws.client("dynamodb")
        sqs: SQSClient = aws.client("sqs")
        queues = {name: environment[f"{name.upper()}_QUEUE_URL"] for name in CATEGORIES}
        yield Service(aws, environment, dynamodb, sqs, Inbox(sqs, queues))
        dynamodb.close()
        sqs.close()


@pytest.fixture(scope="session")
def service(worker_id: str) -> Iterator[Service]:
    """The service of this process.

    After all its tests, its logs may have no failure, and nothing that people wrote may be in a
    log, a metric, a message, an object's key or a URL. If it is, the last test gets the error,
    although it need not be the cause.
    """
    with deployed() as service:
        yield service
        service.settle()
        permissions.record(service.aws, worker_id)
        assert logs.complaints(service) == []
        told = personal_data.told(service.aws, service.typed_into_addresses)
        assert not told, "\n".join(f"{place}: {sorted(told[place])}" for place in told)
