"""An operator puts an incident aside, and passes on what they have when their shift ends."""

from datetime import timedelta

from playwright.sync_api import expect

from suport.domain.legal_time import to_madrid
from suport.runtime import clock
from tests.support.browser import NARROW, Visitor
from tests.support.desk_states import LONG
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

NOTE = "El banc truca demà, de deu a onze. Qzrvwb."


def take(service: Service, seat: Seat) -> tuple[str, str]:
    """The reference of an incident that the operator has just taken, and its access code."""
    service.private |= {LONG, NOTE}
    made = service.submitted(category="payment", error={"code": "190"}, description=LONG)
    seat.open(made["reference"])
    seat.send("claim")
    return made["reference"], made["access_code"]


def test_a_snoozed_incident_is_away_until_its_citizen_writes(
    visitor: Visitor, desk: WebDesk, service: Service
) -> None:
    marta = desk.seat(visitor, "marta")
    reference, code = take(service, marta)
    until = to_madrid(clock.now()).date() + timedelta(days=20)
    marta.send("snooze", until=until.isoformat())
    marta.is_told("snoozed")
    expect(marta.row("mine", reference)).to_have_count(0)
    expect(marta.row("mine&snoozed=on", reference)).to_contain_text("Snoozed until")
    service.post(f"/v1/incidents/{reference}/messages", {"body": LONG}, code)
    row = marta.row("mine", reference)
    expect(row).to_contain_text("Unread: 1")
    expect(row).not_to_contain_text("Snoozed")


def test_on_a_telephone_without_a_script_what_is_ticked_goes_to_a_colleague(
    visitor: Visitor, desk: WebDesk, service: Service
) -> None:
    desk.seat(visitor, "joan")  # a colleague who has signed in can be chosen
    marta = desk.seat(visitor, "marta", javascript=False, viewport=NARROW)
    mine = {take(service, marta)[0] for _ in range(2)}
    marta.goto("shift")
    for box in marta.page.locator("form[action=shift] [type=checkbox]").all():
        assert box.is_checked()
        if (box.get_attribute("name") or "").removeprefix("move:") not in mine:
            box.uncheck()  # of another test
    marta.send("shift", to="colleague:joan", note=NOTE)
    moved = marta.page.locator("#moved li")
    assert set(moved.all_inner_texts()) == mine
    assert marta.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    joan = desk.seat(visitor, "joan")
    for reference in mine:
        expect(joan.row("mine", reference)).to_contain_text("Unread: 1")
        joan.open(reference)
        expect(joan.page.locator("#talk")).to_contain_text(NOTE)
