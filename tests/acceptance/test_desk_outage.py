"""A day with one big outage: an editor, a supervisor, two operators and citizens, all at once.

Fifty citizens report the same trouble in four languages. It is answered once, and while the mails
about that answer leave, the mail service is away for a moment.
"""

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from suport.domain.language import Language
from suport.domain.legal_time import to_madrid
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.mail.mail_queue import mail_request
from suport.runtime import clock
from tests.support import mails
from tests.support.browser import Visitor
from tests.support.deployment import deployed
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MANY = 50
TITLES = {each: f"The payment gateway is down ({each})" for each in Language}
TEXTS = {each: f"Wait an hour, and do not pay again ({each})." for each in Language}
ANSWERS = {each: f"It works again: pay once more, please ({each})." for each in Language}


@pytest.fixture
def service() -> Iterator[Service]:
    """A service of its own, whose logs may tell that the mail service was away."""
    with deployed() as service:
        yield service


@pytest.fixture
def visitor(chromium: Browser, service: Service) -> Iterator[Visitor]:
    visitor = Visitor(chromium, service.environment["API_URL"])
    yield visitor
    troubles = visitor.take_troubles()
    visitor.leave()
    assert troubles == []


class Relay:
    """The way from the function that mails to SES, which can be cut: then nobody listens there."""

    def __init__(self, port: int) -> None:
        """port: where SES answers."""
        self._ses = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._accept()

    def cut(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self._accept()

    def _accept(self) -> None:
        threading.Thread(target=self._serve, args=(self._listening,), daemon=True).start()

    def _serve(self, listening: socket.socket) -> None:
        with listening, suppress(OSError):  # it was cut
            while True:
                caller, _ = listening.accept()
                ses = socket.create_connection(("127.0.0.1", self._ses))
                for one, other in ((caller, ses), (ses, caller)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with one, suppress(OSError):
            while part := one.recv(65_536):
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)


class MailService:
    """What `notify_citizen` reaches as SES."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._relay = Relay(urlsplit(service.environment["AWS_ENDPOINT_URL"]).port or 80)
        functions: LambdaClient = service.aws.client("lambda")
        (name,) = [
            each["FunctionName"]
            for page in functions.get_paginator("list_functions").paginate()
            for each in page["Functions"]
            if "NotifyCitizen" in each["FunctionName"]
        ]
        known = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        way = {"AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{self._relay.port}"}
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": known | way}
        )
        functions.close()

    def goes_away(self) -> None:
        self._relay.cut()

    def comes_back(self) -> None:
        self._relay.mend()

    def answers(self) -> list[str]:
        """To whom the answer to all was sent so far."""
        sent = mails.sent(self._service)
        return [
            next(iter(each["To"]))
            for each in sent
            if any(answer in each["BodyText"] for answer in ANSWERS.values())
        ]

    def is_asked_again(self, references: list[str]) -> None:
        """Asks for every mail that is still owed, as the watcher does minutes later."""
        sqs, url = self._service.sqs, self._service.environment["MAIL_QUEUE_URL"]
        for reference in references:
            for entry, mail in self._service.incident(reference).get("mails", {}).items():
                asked = mail_request(Reference(reference), entry, MailKind(mail["kind"]))
                sqs.send_message(QueueUrl=url, MessageBody=json.dumps(asked))


@pytest.fixture
def mail_service(service: Service) -> Iterator[MailService]:
    found = MailService(service)
    yield found
    found.goes_away()


def reported(service: Service) -> dict[str, Language]:
    """Fifty incidents about a payment, by their references; of each language some."""
    made: dict[str, Language] = {}
    for number, language in enumerate(islice(cycle(Language), MANY)):
        contact = {"email": f"citizen{number}@example.test"}
        stated: dict[str, Any] = {"category": "payment", "error": {"code": "190"}}
        receipt = service.submitted(**stated, language=language, contact=contact)
        made[receipt["reference"]] = language
    return made


def opens_the_problem(caterina: Seat) -> None:
    caterina.goto("problem")
    page = caterina.page
    for language in Language:
        page.fill(f"[name='title.{language}']", TITLES[language])
        page.fill(f"[name='text.{language}']", TEXTS[language])
    page.check("[name='categories.payment']")
    page.fill("[name=since]", f"{to_madrid(clock.now()):%Y-%m-%dT00:00}")
    with page.expect_navigation():
        page.click("main form[action=problem] button[type=submit]")
    caterina.is_told("problem-opened")


def finishes(caterina: Seat, many: int) -> None:
    """The page shows by itself that the background has done all."""
    progress = caterina.page.locator("#progress li").first
    expect(progress).to_contain_text(f"{many} of {many}", timeout=60_000)
    expect(progress).to_contain_text("finished", timeout=60_000)


def test_a_big_outage_is_one_answer(
    visitor: Visitor, service: Service, mail_service: MailService
) -> None:
    desk = WebDesk(service)
    incidents = reported(service)
    caterina, aina = desk.seat(visitor, "caterina"), desk.seat(visitor, "aina")
    marta, joan = desk.seat(visitor, "marta"), desk.seat(visitor, "joan")

    aina.goto("teams")
    expect(aina.page.locator("main")).to_contain_text(str(MANY))

    opens_the_problem(caterina)
    citizens = {each: visitor.open(f"{each}/help", locale=each) for each in Language}
    for language, citizen in citizens.items():
        expect(citizen.locator("main")).to_contain_text(TITLES[language])
        citizen.goto(f"{language}/incident?category=payment")
        expect(citizen.locator("main")).to_contain_text(TEXTS[language])

    expect(caterina.page.locator("#matching")).to_contain_text(f"({MANY})")
    with caterina.page.expect_navigation():
        caterina.page.click("main form[action=link] button[value=all]")
    finishes(caterina, MANY)

    # who has nothing to do with it is served meanwhile, and those that are linked wait for all
    other = service.routed(category="payment", error={"code": "E-7"}, language="ca")["reference"]
    marta.open(other)
    assert marta.send("claim") == 200
    joan.goto("list?view=team")
    tags = joan.page.locator(".desk-list tbody tr").filter(has_text="Known problem")
    expect(tags.first).to_be_visible()
    joan.goto("list?view=mine")
    expect(joan.page.locator(".desk-list")).to_have_count(0)

    caterina.page.reload()
    for language in Language:
        caterina.page.fill(f"[name='body.{language}']", ANSWERS[language])
    caterina.page.check("[name=act][value=resolve]")
    with caterina.page.expect_navigation():
        caterina.page.click("main form[action='answer-all'] button:not([name])")
    expect(caterina.page.locator("main")).to_contain_text(f"Linked incidents: {MANY}")
    with caterina.page.expect_navigation():
        caterina.page.click("main form[action='answer-all'] button[value=send]")
    await_truth(lambda: len(mail_service.answers()) >= MANY // 10)
    mail_service.goes_away()
    finishes(caterina, MANY)
    assert {service.incident(each)["status"] for each in incidents} == {"resolved"}
    mail_service.comes_back()
    mail_service.is_asked_again(list(incidents))
    await_truth(lambda: len(mail_service.answers()) >= MANY)
    told = Counter(mail_service.answers())
    assert told == Counter(f"citizen{number}@example.test" for number in range(MANY))
    words = {
        next(iter(each["To"])): each["BodyText"]
        for each in mails.sent(service)
        if any(answer in each["BodyText"] for answer in ANSWERS.values())
    }
    for number, language in enumerate(incidents.values()):
        assert ANSWERS[language] in words[f"citizen{number}@example.test"]

    assert service.incident(other)["status"] == "claimed"
    expect(marta.row("mine", other)).to_have_count(1)
    aina.goto("teams")
    expect(aina.page.locator("main")).not_to_contain_text(str(MANY))
