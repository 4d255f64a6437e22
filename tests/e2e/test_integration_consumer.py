"""A team's own ticket system: docs/consumer.py, unchanged."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from local import ROOT
from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.operator_identity import Operator
from suport.register.register import Register
from suport.web.desk.session_cookie import COOKIE, form_token
from tests.support.patience import await_truth
from tests.support.service import FORM, RECORDED_CONTACT, Service
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

SCHEMA = json.loads((ROOT / "docs/suport.incident-2.schema.json").read_text())
SYSTEM = "ticket-system"


@pytest.fixture(scope="module")
def left(service: Service) -> int:
    """The number of messages that killed pulls of other tests hold; they come back later."""
    service.settle()
    return service.waiting("PAYMENT_QUEUE_URL")


@pytest.fixture(scope="module")
def consumer(service: Service, left: int) -> Iterator["subprocess.Popen[str]"]:  # noqa: ARG001  counted before
    """The consumer in the role of the payment team, one for all tests."""
    sts: STSClient = service.aws.client("sts")
    role = service.environment["PAYMENT_TEAM_ROLE_ARN"]
    given = sts.assume_role(RoleArn=role, RoleSessionName=SYSTEM)["Credentials"]
    sts.close()
    environment = {
        "PATH": os.defpath,
        "AWS_ENDPOINT_URL": service.environment["AWS_ENDPOINT_URL"],
        "AWS_DEFAULT_REGION": service.environment["AWS_DEFAULT_REGION"],
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "API_URL": service.environment["API_URL"],
        "QUEUE_URL": service.environment["PAYMENT_QUEUE_URL"],
    }
    with subprocess.Popen(  # noqa: S603  our own interpreter
        [sys.executable, "-u", ROOT / "docs/consumer.py"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()
    # The killed consumer's last request might still take a message that another test waits for.
    queued(service)
    time.sleep(0.5)
    service.sqs.purge_queue(QueueUrl=service.environment["PAYMENT_QUEUE_URL"])


def queued(service: Service, **changes: Any) -> str:
    """An incident that is in the queue of the payment team, or already claimed."""
    receipt = service.submitted(category="payment", error={"code": "190"}, **changes)
    reference = str(receipt["reference"])
    await_truth(lambda: service.incident(reference)["status"] in {"queued", "claimed"})
    return reference


def take_in_browser(service: Service, name: str, reference: str) -> None:
    """An operator takes the incident at the desk in the browser, whose message stays queued."""
    operator = Operator(name, (Category.PAYMENT,))
    sessions = DeskSessions(service.dynamodb, service.environment["DESK_TABLE"])
    token = sessions.begin(operator, datetime.now(UTC))
    fields = {"reference": reference, "form_token": form_token(token)}
    headers = {
        "Content-Type": FORM,
        "Cookie": f"{COOKIE}={token}",
        "Sec-Fetch-Site": "same-origin",
    }
    sent = service.request("POST", "/desk/en/claim", urlencode(fields).encode(), headers)
    assert sent.status == HTTPStatus.SEE_OTHER, sent.text


def test_the_consumer_deletes_a_message_whose_incident_was_taken_at_the_desk_in_the_browser(
    service: Service, left: int, request: pytest.FixtureRequest
) -> None:
    reference = queued(service)
    take_in_browser(service, "marta", reference)
    consumer = request.getfixturevalue("consumer")
    await_truth(lambda: service.waiting("PAYMENT_QUEUE_URL") <= left)
    assert consumer.poll() is None
    assert service.incident(reference)["claimed_by"] == "marta"
    answers = [each["action"] for each in service.actions(reference)]
    assert answers.count("claimed") == 1


def test_the_documented_consumer_takes_each_incident_once(
    service: Service, consumer: "subprocess.Popen[str]", left: int
) -> None:
    references = {queued(service) for _ in range(3)}
    assert consumer.stdout
    tickets = [json.loads(consumer.stdout.readline()) for _ in references]
    assert {ticket["reference"] for ticket in tickets} == references
    assert all(ticket["contact"] == RECORDED_CONTACT for ticket in tickets)
    assert {service.incident(each)["claimed_by"] for each in references} == {SYSTEM}
    await_truth(lambda: service.waiting("PAYMENT_QUEUE_URL") <= left)


def test_the_consumer_deletes_a_message_about_another_teams_incident(
    service: Service, consumer: "subprocess.Popen[str]", left: int
) -> None:
    anothers = service.routed(category="signature")["reference"]
    message = service.inbox.of(anothers)[0][1] | {"category": "payment"}
    service.sqs.send_message(
        QueueUrl=service.environment["PAYMENT_QUEUE_URL"], MessageBody=json.dumps(message)
    )
    await_truth(lambda: service.waiting("PAYMENT_QUEUE_URL") <= left)
    assert consumer.poll() is None  # it waits for the next message
    assert service.incident(anothers)["status"] == "queued"


def test_real_messages_fit_the_published_schema(service: Service, store: "S3Client") -> None:
    stated = service.routed(  # not for the payment team, whose consumer would take it
        error={"code": "190", "message": "Operación denegada"},
        procedure={"code": "SIA-2209", "name": "Beques"},
        topic="accessibility",
    )["reference"]
    citizen = Uploader(service, store, service.routed()["reference"])
    citizen.await_added(citizen.add(PDF))
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])
    for act in (register.claim, register.release):  # back in the queue, now with its file
        act(citizen.reference, SYSTEM, Category.FUNCTIONAL, datetime.now(UTC))

    def came_again() -> bool:
        service.inbox.take()
        return len(sent(service, citizen)) > 1

    await_truth(came_again)
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    for message in [*sent(service, citizen), service.inbox.of(stated)[0][1]]:
        validator.validate(message)
    assert [len(message["attachments"]) for message in sent(service, citizen)] == [0, 1]


def sent(service: Service, citizen: Uploader) -> list[dict[str, Any]]:
    """The messages about the citizen's incident so far."""
    return [message for _, message in service.inbox.of(citizen.reference)]
