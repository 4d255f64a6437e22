"""A citizen phones without a reference: the operator finds their incidents, and answers both."""

import secrets
from typing import Any

from playwright.sync_api import expect

from tests.support.browser import Visitor
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

ANSWER = "Ja funciona: torneu-ho a provar. Qzrvwb."


def person_is_found(marta: Seat, said: str, *references: str) -> bool:
    """Whether a search for the person finds these incidents and no others."""
    assert marta.goto("search") == 200
    assert marta.send("search", person=said) == 200
    return set(marta.page.locator("[data-row]").all_inner_texts()) == set(references)


def told(service: Service, receipt: dict[str, Any]) -> str:
    """What the citizen reads of the incident."""
    return service.get(f"/v1/incidents/{receipt['reference']}", receipt["access_code"]).text


def test_whoever_phones_is_found_and_one_answer_reaches_both_incidents(
    visitor: Visitor, service: Service, desk: WebDesk
) -> None:
    number = f"{secrets.randbelow(10**8):08}"
    address = f"qzrvwb.{number}@example.test"
    service.private |= {ANSWER, address}
    contact = {"email": address, "phone": f"6{number}"}
    receipts = [
        service.submitted(category="payment", error={"code": "190"}, contact=contact)
        for _ in range(2)
    ]
    first, second = (str(each["reference"]) for each in receipts)
    marta = desk.seat(visitor, "marta")
    said = f"+34 6{number[:2]} {number[2:5]} {number[5:]}"
    await_truth(lambda: person_is_found(marta, said, first, second))
    assert said not in marta.page.url
    expect(marta.page.locator("[name=person]")).to_have_value(said)

    marta.page.click(f"[data-row]:has-text('{first}')")
    marta.send("claim")
    expect(marta.page.locator("#related")).to_be_visible()
    assert marta.send("follow") == 200
    marta.is_told("followed")
    await_truth(lambda: bool(marta.open(first)) and marta.page.locator("#followers").count() == 1)
    marta.send("write", body=ANSWER)
    await_truth(lambda: all(ANSWER in told(service, each) for each in receipts))

    marta.goto(f"search?reference={second[5:]}")
    expect(marta.page.locator("[data-row]")).to_have_text([second])
