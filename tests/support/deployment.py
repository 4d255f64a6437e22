"""The whole service, built and deployed by the production tools into the embedded AWS.

Roles are enforced: a missing permission fails a test. Each process of a test run deploys a service
of its own for all its tests. Each test submits incidents of its own and looks only at these.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient

from local import stack
from local.embedded_aws import EmbeddedAws
from tests.support import logs
from tests.support.queues import Inbox
from tests.support.service import CATEGORIES, Service


@contextmanager
def deployed() -> Iterator[Service]:
    """The service, until the end of the `with` block."""
    with EmbeddedAws.started(enforce_iam=True) as aws:
        environment = stack.environment(aws, stack.deploy(aws, stack.build()))
        dynamodb: DynamoDBClient = aws.client("dynamodb")
        sqs: SQSClient = aws.client("sqs")
        queues = {name: environment[f"{name.upper()}_QUEUE_URL"] for name in CATEGORIES}
        yield Service(aws, environment, dynamodb, sqs, Inbox(sqs, queues))
        dynamodb.close()
        sqs.close()


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service of this process.

    After all its tests, its logs may have no failure and nothing about a person. If they do, the
    last test gets the error, although it need not be the cause.
    """
    with deployed() as service:
        yield service
        service.settle()
        assert logs.complaints(service) == []
