"""Operators of two teams and a citizen work on the same incidents at once, each in a browser."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from suport.domain.language import Language
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.support.browser import Visitor
from tests.support.service import Service
from tests.support.uploads import PDF, Uploader
from tests.support.web_desk import Seat, WebDesk

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).sha256
WRITTEN = "En pagar surt l'error 190 i no sé si he pagat. Qzrvwb."
MORE = "Ara el banc diu que sí que he pagat. Qzrvwb."
ANSWER = "Bon dia. El pagament consta com a fet; no cal que torneu a pagar. Qzrvwb."
QUESTION = "Amb quina targeta vau pagar? Qzrvwb."
REPLY = "Amb la de la Caixa. Qzrvwb."
SOLVED = "El certificat ja val. Qzrvwb."
WHY = "It needs somebody who reads certificates. Qzrvwb."
AWAY = "Marta has gone to see Dr. Qzrvwb."
MAIL = "aina.qzrvwb@example.test"


class Citizen:
    """A citizen in front of a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def report(self) -> str:
        """Reports an incident about a payment; its reference."""
        page = self.page
        page.goto("ca/incident?category=payment")
        page.fill("main [name=description]", WRITTEN)
        page.fill("[name='error.code']", "190")
        page.fill("[name='contact.email']", MAIL)
        page.click("main form button[value=check]")
        page.click("main form button:not([name])")
        page.wait_for_url("**/ca/track?sent=*")
        return page.inner_text("#reference")

    def write(self, text: str) -> None:
        self.look()
        self.page.fill("[name=body]", text)
        with self.page.expect_navigation():
            self.page.click("form[action=reply] button")
        expect(self.page.locator(".suport-history").first).to_contain_text(text)

    def look(self) -> str:
        """What the incident's page says now."""
        self.page.goto("ca/track")
        return self.page.inner_text("main")


@pytest.fixture
def citizen(visitor: Visitor, service: Service) -> Citizen:
    service.private |= {WRITTEN, MORE, ANSWER, QUESTION, REPLY, SOLVED, WHY, AWAY, MAIL}
    return Citizen(visitor.open(locale="ca-ES"))


@dataclass
class Day:
    """Two operators of the payment team, one of the signature team, and a citizen."""

    service: Service
    marta: Seat
    joan: Seat
    pau: Seat
    citizen: Citizen
    reference: str
    another: str = ""
    """A further incident of the payment team."""

    def nobody_of_another_team_finds_it(self) -> None:
        marta, pau = self.marta, self.pau
        expect(marta.row("team", self.reference)).to_contain_text("Unread: 1")
        assert "Qzrvwb" not in marta.page.content()  # to see the words is a look
        for view in ("mine", "ending", "team"):
            expect(pau.row(view, self.reference)).to_have_count(0)
        before = tabs(pau.page)
        stated = {"category": "payment", "error": {"code": "190"}}
        self.another = str(self.service.submitted(**stated)["reference"])
        expect(marta.row("team", self.another)).to_have_count(1)
        expect(pau.row("team", self.another)).to_have_count(0)
        assert tabs(pau.page) == before
        assert pau.open(self.reference) == 403
        assert "Qzrvwb" not in pau.page.content()

    def one_takes_it_and_the_colleague_sees_that(self) -> None:
        marta, joan = self.marta, self.joan
        joan.open(self.reference)
        marta.take_next(self.reference)
        expect(marta.page.locator("#with")).to_contain_text("You have this incident.")
        assert joan.send("claim") == 409
        expect(joan.wrong).to_contain_text("marta is working on it")
        joan.open(self.reference)
        expect(joan.page.locator("#with")).to_contain_text("marta has this incident.")
        expect(joan.page.locator("form[action=claim], form[action=write]")).to_have_count(0)
        assert MAIL not in joan.page.content()
        expect(joan.row("team", self.reference)).to_contain_text("marta")
        expect(joan.row("mine", self.reference)).to_have_count(0)

    def what_the_citizen_writes_meanwhile_stops_the_answer(self) -> None:
        marta = self.marta
        marta.type("write", body=ANSWER)
        self.citizen.write(MORE)
        expect(self.joan.row("team", self.reference)).to_contain_text("Unread")
        assert marta.send("write", kind="answer") == 412
        expect(marta.page.locator("#meanwhile-list")).to_contain_text(MORE)
        expect(marta.page.locator("[name=body]")).to_have_value(ANSWER)
        assert ANSWER not in self.citizen.look()
        assert marta.send("write") == 200
        marta.is_told("answered")
        expect(marta.page.locator("[name=body]")).to_have_value("")
        expect(marta.row("mine", self.reference)).not_to_contain_text("Unread")
        assert ANSWER in self.citizen.look()

    def a_colleague_takes_over_and_says_why(self) -> None:
        marta, joan = self.marta, self.joan
        marta.open(self.another)
        if marta.page.locator("form[action=claim]").count():
            marta.send("claim")
        joan.open(self.another)
        assert joan.send("take-over") == 422
        assert joan.send("take-over", why=AWAY) == 200
        joan.is_told("taken-over")
        marta.open(self.another)
        expect(marta.page.locator("#with")).to_contain_text("joan has this incident.")
        expect(marta.page.locator("#talk")).to_contain_text(AWAY)

    def a_question_waits_for_the_citizen(self) -> None:
        marta = self.marta
        marta.open(self.reference)
        marta.send("write", body=QUESTION, kind="question")
        expect(marta.page.locator("#state")).to_have_text("Waiting for the citizen")
        self.citizen.write(REPLY)
        expect(marta.row("team", self.reference)).to_contain_text("Unread: 1")
        self.service.await_status(self.reference, "queued")
        marta.take_next(self.reference)
        expect(marta.page.locator("#talk > li").first).to_contain_text(REPLY)

    def it_is_handed_over_to_a_colleague_as_unread(self) -> None:
        marta, joan = self.marta, self.joan
        marta.send("transfer", to="colleague:joan", reason=WHY)
        marta.is_told("handed-over")
        expect(marta.row("mine", self.reference)).to_have_count(0)
        row = joan.row("mine", self.reference)
        expect(row).to_contain_text("Unread")
        read = "preceding-sibling::tr[not(contains(@class, 'unread'))]"
        expect(row.locator(f"xpath={read}")).to_have_count(0)
        joan.open(self.reference)
        expect(joan.page.locator("#talk")).to_contain_text("marta handed it over to joan")
        expect(joan.page.locator("#talk")).to_contain_text(WHY)

    def the_other_team_takes_it_and_resolves_it(self) -> None:
        joan, pau = self.joan, self.pau
        joan.send("transfer", to="team:signature", reason=WHY)
        joan.is_told("transferred")
        assert joan.open(self.reference) == 403
        self.service.await_status(self.reference, "queued")
        pau.take_next(self.reference)
        expect(pau.page.locator("#talk")).to_contain_text(WHY)
        pau.send("write", body=SOLVED, kind="solution")
        expect(pau.page.locator("#state")).to_have_text("Resolved")
        seen = self.citizen.look()
        assert SOLVED in seen
        assert "Resolta" in seen
        assert WHY not in seen
        expect(pau.row("mine", self.reference)).to_have_count(0)
        assert pau.goto("list?view=team&state=resolved") == 200
        expect(pau.page.locator(".desk-list tbody")).to_contain_text(self.reference)


def test_an_incident_goes_from_citizen_to_operator_colleague_and_other_team_and_back(
    visitor: Visitor, service: Service, desk: WebDesk, citizen: Citizen
) -> None:
    service.settle()  # nothing of other tests waits
    marta, joan, pau = (desk.seat(visitor, name) for name in ("marta", "joan", "pau"))
    reference = citizen.report()
    service.private.add(citizen.page.inner_text("#access-code"))
    service.await_status(reference, "queued")
    day = Day(service, marta, joan, pau, citizen, reference)
    day.nobody_of_another_team_finds_it()
    day.one_takes_it_and_the_colleague_sees_that()
    day.what_the_citizen_writes_meanwhile_stops_the_answer()
    day.a_colleague_takes_over_and_says_why()
    day.a_question_waits_for_the_citizen()
    day.it_is_handed_over_to_a_colleague_as_unread()
    day.the_other_team_takes_it_and_resolves_it()


def tabs(page: Page) -> list[str]:
    """The names of the lists, with how much is in each."""
    return page.locator(".desk-tabs li").all_inner_texts()


def test_a_call_is_kept_from_its_first_words_and_its_incident_has_files(
    visitor: Visitor, service: Service, desk: WebDesk, store: "S3Client"
) -> None:
    service.private |= {WRITTEN, MAIL}
    marta = desk.seat(visitor, "marta")
    marta.goto("new")
    marta.type("new", description=WRITTEN)
    marta.page.close()  # at once
    marta = desk.seat(visitor, "marta", javascript=False)
    marta.goto("new")
    for begun in marta.page.locator("a[href^='new?call=']").all():  # other tests may have some
        address = str(begun.get_attribute("href"))
        marta.goto(address)
        if marta.page.input_value("main [name=description]") == WRITTEN:
            break
    assert marta.send("new") == 422
    expect(marta.wrong).to_contain_text("Enter an email address or a phone number.")
    typed = {"error.code": "190", "contact.email": MAIL, "category": "payment"}
    marta.page.check("[name=take]")
    assert marta.send("new", **typed) == 200
    reference = marta.reference
    expect(marta.page.locator("#talk")).to_contain_text(WRITTEN)
    expect(marta.page.locator("#with")).to_contain_text("You have this incident.")
    marta.goto("new")
    assert address not in marta.page.content()

    citizen = Uploader(service, store, reference)
    citizen.await_added(citizen.add(PDF))
    marta.open(reference)
    with marta.page.expect_download() as download:
        marta.page.locator("a[href^='file?']").evaluate(
            "each => { each.target = ''; each.click() }"
        )
    assert download.value.path().read_bytes() == PDF


def test_an_operator_ends_a_consent_because_the_citizen_asks(
    visitor: Visitor, service: Service, desk: WebDesk
) -> None:
    receipt = service.routed(category="payment", error={"code": "190"})
    granted = {"scope": "view", "action": "grant", "language": "ca", "notice_sha256": NOTICE}
    path = f"/v1/incidents/{receipt['reference']}/consents"
    assert service.post(path, granted, receipt["access_code"]).status == HTTPStatus.CREATED
    marta = desk.seat(visitor, "marta")
    marta.open(str(receipt["reference"]))
    marta.send("claim")
    marta.send("withdraw")
    marta.is_told("withdrawn")
    expect(marta.page.locator("form[action=withdraw]")).to_have_count(0)
