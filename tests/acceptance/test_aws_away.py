"""The deployed service while a part of AWS is away: nothing is lost, and all follows once."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from suport.domain.language import Language
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.http.problems import about_pages
from suport.mail.mail_queue import mail_request
from tests.e2e.browser.test_aws_away import SEND, fields, filled_in, press, sent, told
from tests.support import mails
from tests.support.browser import Visitor
from tests.support.deployment import deployed
from tests.support.failing_aws import FailingAws, refused, silent
from tests.support.patience import await_truth
from tests.support.service import Service

GIVES_UP_AFTER = 29
"""Seconds that API Gateway waits for a function."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A service of its own, whose logs may have failures."""
    with deployed() as service:
        yield service


@pytest.fixture(scope="module")
def aws(service: Service) -> Iterator[FailingAws]:
    with FailingAws(service) as made:
        yield made


@pytest.fixture
def visitor(chromium: Browser, service: Service) -> Iterator[Visitor]:
    visitor = Visitor(chromium, service.environment["API_URL"])
    yield visitor
    troubles = visitor.take_troubles()
    visitor.leave()
    assert troubles == []


def asked_again(service: Service, reference: Reference) -> None:
    """Asks for the incident's mail, as the watcher does minutes later."""
    request = mail_request(reference, "incident", MailKind.ACKNOWLEDGEMENT)
    url = service.environment["MAIL_QUEUE_URL"]
    service.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(request))


def acknowledgements(service: Service, reference: Reference) -> int:
    return sum(reference in each["BodyText"] for each in mails.sent(service))


def watched(service: Service) -> None:
    """Has the watcher look at once."""
    functions = service.aws.client("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    names = [each["FunctionName"] for page in pages for each in page["Functions"]]
    (watcher,) = [name for name in names if "WatchIncidents" in name]
    functions.invoke(FunctionName=watcher, Payload=b"{}")
    functions.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_while_mail_is_away_the_page_has_reference_and_code_and_the_mail_is_sent_once(
    visitor: Visitor, service: Service, aws: FailingAws, *, javascript: bool
) -> None:
    page = visitor.open(javascript=javascript)
    with aws.away("ses", refused):
        reference = sent(page, Language.CATALAN)
        expect(page.locator("#access-code")).to_be_visible()
        service.await_status(reference, "queued")
        assert acknowledgements(service, reference) == 0
    for _ in range(3):
        asked_again(service, reference)
    await_truth(lambda: acknowledgements(service, reference) == 1)
    await_truth(lambda: not service.incident(reference).get("mails"))
    asked_again(service, reference)
    contact = {"email": f"later.{javascript}@example.test"}
    later = Reference(service.routed(contact=contact)["reference"])
    await_truth(lambda: acknowledgements(service, later) == 1)
    assert acknowledgements(service, reference) == 1


def test_while_a_queue_is_away_its_incidents_wait_and_the_other_teams_get_theirs(
    visitor: Visitor, service: Service, aws: FailingAws
) -> None:
    page = visitor.open()
    queue = service.environment["PAYMENT_QUEUE_URL"].rpartition("/")[2]
    with aws.away(queue):
        reference = sent(page, Language.GERMAN)
        service.routed(category="functional")
        assert service.incident(reference)["status"] == "received"
    service.change_incident(reference, due_at="2026-01-01T00:00:00.000Z")
    watched(service)
    service.inbox.await_message(reference)
    service.await_status(reference, "queued")


@pytest.mark.parametrize("javascript", [True, False])
def test_while_the_register_is_silent_the_form_comes_back_in_time(
    visitor: Visitor, service: Service, aws: FailingAws, *, javascript: bool
) -> None:
    page = visitor.open(javascript=javascript)
    filled_in(page, Language.SPANISH)
    typed = fields(page, "#form")
    with aws.away("dynamodb", silent):
        began = time.monotonic()
        answer = press(page, SEND)
        assert time.monotonic() - began < GIVES_UP_AFTER
        told(page, answer, about_pages.form_not_handled(), Language.SPANISH)
        assert fields(page, "#form") == typed
    assert press(page, SEND).status == 200
    reference = page.inner_text("#reference")
    assert service.incident(reference)["category"] == "payment"
