"""Where a mail did not come, the citizen reads what to do now."""

from typing import Any

import pytest

from suport.domain.history import Done
from suport.domain.incident import MailTrouble
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind, SetAside
from suport.texts.missed_mail import NextStep, has_no_code, next_steps
from suport.web.site_map import PAGES


def set_aside(mail: MailKind | None, reason: SetAside | None) -> dict[str, Any]:
    return {"kind": "action", "action": Done.MAIL_SET_ASIDE, "mail": mail, "reason": reason}


def pages(steps: list[NextStep]) -> list[str | None]:
    return [step.page for step in steps]


@pytest.mark.parametrize("mailed", [True, False])
@pytest.mark.parametrize("reason", [*SetAside, None])
@pytest.mark.parametrize("mail", [*MailKind, None])
def test_each_mail_that_was_set_aside_says_what_to_do_now(
    mail: MailKind | None, reason: SetAside | None, mailed: bool
) -> None:
    steps = list(next_steps(set_aside(mail, reason), mailed=mailed))
    assert steps
    assert {page for page in pages(steps) if page} <= {*PAGES, *LINKED}
    assert all((step.page is None) == (step.link is None) for step in steps)
    assert len({step.said.in_(Language.CATALAN) for step in steps}) == len(steps)


LINKED = {"access-code", "contact-data", "erase"}


@pytest.mark.parametrize("mail", [MailKind.ACKNOWLEDGEMENT, MailKind.ACCESS_CODE])
def test_a_mail_with_the_code_that_was_not_sent_leads_to_another_code(mail: MailKind) -> None:
    entry = set_aside(mail, SetAside.TOO_MANY)
    [by_mail], [here] = (list(next_steps(entry, mailed=mailed)) for mailed in (True, False))
    assert by_mail.page == here.page == "access-code"
    assert "to your email address" in by_mail.said.text
    assert "This page shows" in here.said.text
    assert has_no_code(entry)
    assert not has_no_code(set_aside(MailKind.CLOSING, SetAside.TOO_MANY))


@pytest.mark.parametrize("reason", list(MailTrouble))
def test_mail_that_does_not_reach_the_citizen_leads_to_another_address_and_to_the_code(
    reason: MailTrouble,
) -> None:
    entry = {"kind": "action", "action": Done.UNDELIVERABLE, "reason": reason}
    assert pages(list(next_steps(entry, mailed=False))) == ["contact-data", "access-code"]
    assert list(next_steps(entry, mailed=True)) == [], "another address has been given since"


def test_other_entries_say_nothing_of_mails() -> None:
    for entry in ({"kind": "message", "body": "Bon dia"}, {"kind": "action", "action": "queued"}):
        assert list(next_steps(entry, mailed=True)) == []
