"""The desk in the browser: what is put aside until a day, and what goes on when a shift ends."""

from datetime import timedelta
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.desk_list import PAGE
from suport.domain.history import Done
from suport.domain.incident import Status
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.reference import Reference
from suport.register.register import Register
from tests.support.desk_browser import DeskBrowser, Desks, desks

__all__ = ["desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
NOTE = "El banc truca demà.\nDe deu a onze."


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


@pytest.fixture
def joan(desks: Desks) -> DeskBrowser:
    return desks.signed_in("joan", PAYMENT)


def taken(desks: Desks, who: DeskBrowser, category: Category = PAYMENT) -> Reference:
    reference = desks.submitted(category)
    who.post("claim", {"reference": reference})
    return reference


def day_in(desks: Desks, days: int) -> str:
    return (to_madrid(desks.now).date() + timedelta(days=days)).isoformat()


def facts(desks: Desks, reference: Reference, done: Done) -> list[dict[str, Any]]:
    found = [entry.facts for entry in desks.entries(reference)]
    return [each for each in found if each.get("action") == done]


# Snoozing


def test_a_snoozed_incident_leaves_its_operators_list_and_is_marked_in_the_others(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference, other = taken(desks, marta), taken(desks, marta)
    sent = marta.on(reference, "snooze", until=day_in(desks, 12))
    told = marta.follow(sent)
    assert "It comes back on the day you chose" in told.page.text
    mine = marta.get("list", view="mine").page.text
    assert (mine.count(other), "Mine (1)" in mine, "Snoozed: 1" in mine) == (1, True, True)
    assert f"{reference} " not in mine
    asked_for = marta.get("list", view="mine", snoozed="on").page
    assert f"incident?reference={reference}" in asked_for.links
    assert f"incident?reference={other}" not in asked_for.links
    assert "Snoozed until 8 December 2026" in joan.get("list", view="team").page.text
    assert "snoozed until 8 December 2026" in joan.open(reference).page.text


def test_on_its_day_it_is_on_top_again_without_anybody_doing_anything(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = taken(desks, marta)
    marta.on(reference, "snooze", until=day_in(desks, 1))
    desks.now = start_of(to_madrid(desks.now).date() + timedelta(days=1)) - timedelta(seconds=1)
    assert desks.register.follow_up(reference, desks.now).resumed == 0
    desks.now += timedelta(seconds=1)
    joan = desks.signed_in("marta", PAYMENT)  # her session is over
    assert "Mine (1)" in joan.get("list").page.text  # even before the watcher comes
    assert desks.register.follow_up(reference, desks.now).resumed == 1
    page = joan.get("list", view="mine").page
    assert ("Unread: 1" in page.text, "Snoozed until" in page.text) == (True, False)


def test_a_snooze_can_be_ended(desks: Desks, marta: DeskBrowser) -> None:
    reference = taken(desks, marta)
    marta.on(reference, "snooze", until=day_in(desks, 3))
    ended = marta.follow(marta.on(reference, "snooze", step="resume"))
    assert "no longer snoozed" in ended.page.text
    assert desks.incident(reference).snoozed_until is None
    assert marta.on(reference, "snooze", until=day_in(desks, 60)).status == 303


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("", "Enter the day"),
        ("demà", "must be a date like"),
        ("2026-11-26", "Choose a day from 2026-11-27 to 2027-01-25."),
        ("26/01/2027", "Choose a day from 2026-11-27 to 2027-01-25."),
        ("0001-01-01", "Choose a day from 2026-11-27 to 2027-01-25."),
        ("9999-12-31", "Choose a day from 2026-11-27 to 2027-01-25."),
    ],
)
def test_a_day_that_cannot_be_is_named_and_given_back(
    desks: Desks, marta: DeskBrowser, until: str, says: str
) -> None:
    reference = taken(desks, marta)
    answer = marta.on(reference, "snooze", until=until)
    assert (answer.status, "#until" in answer.page.links) == (422, True)
    assert says in answer.page.text
    assert answer.page.values["until"] == until


def test_what_the_citizen_wrote_meanwhile_is_shown_before_it_can_be_put_aside(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = taken(desks, marta)
    form = dict(marta.open(reference).page.forms)["snooze"]
    desks.register.add_citizen_message(reference, "Ja no cal", desks.now)
    answer = marta.post("snooze", form | {"until": day_in(desks, 2)})
    assert (answer.status, "Ja no cal" in answer.page.text) == (412, True)
    assert desks.incident(reference).snoozed_until is None


def test_nobody_else_snoozes_an_incident(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = taken(desks, marta)
    form = dict(marta.open(reference).page.forms)["snooze"] | {"until": day_in(desks, 2)}
    form.pop("form_token")
    assert joan.post("snooze", form).status == 409
    assert "snooze" not in dict(joan.open(reference).page.forms)


# The end of a shift


def shift(who: DeskBrowser, **fields: str) -> dict[str, str]:
    """The form of the page as it comes, which has everything ticked, with these fields."""
    return dict(who.get("shift").page.forms)["shift"] | fields


def test_all_that_an_operator_has_goes_to_a_colleague_with_the_note(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    mine = [taken(desks, marta) for _ in range(3)]
    marta.on(mine[0], "write", kind="question", body="Quin banc?")
    marta.on(mine[1], "snooze", until=day_in(desks, 9))
    not_mine = taken(desks, joan)
    answer = marta.post("shift", shift(marta, to="colleague:joan", note=NOTE))
    assert (answer.status, "Passed on: 3" in answer.page.text) == (200, True)
    assert all(f"incident?reference={each}" in answer.page.links for each in mine)
    for each in mine:
        after = desks.incident(each)
        assert (after.claimed_by, after.unread, after.snoozed_until) == ("joan", 1, None)
        (told,) = facts(desks, each, Done.HANDED_OVER)
        assert (told["colleague"], told["why"]) == ("joan", NOTE)
    assert desks.incident(mine[0]).status is Status.WAITING
    assert desks.incident(not_mine).claimed_by == "joan"
    assert not facts(desks, not_mine, Done.HANDED_OVER)
    assert "You have no incidents." in answer.page.text
    assert "El banc truca demà." in joan.open(mine[2]).page.text


def test_all_goes_back_to_the_queues_of_the_teams_with_the_note_where_the_next_reads_it(
    desks: Desks,
) -> None:
    aina = desks.signed_in("aina", PAYMENT, SIGNATURE)
    mine = [taken(desks, aina, team) for team in (PAYMENT, SIGNATURE)]
    aina.post("shift", shift(aina, to="team", note=NOTE))
    for each in mine:
        after = desks.incident(each)
        assert (after.status, after.claimed_by) == (Status.QUEUED, None)
        (told,) = facts(desks, each, Done.RELEASED)
        assert (told["operator"], told["why"]) == ("aina", NOTE)
    page = aina.open(mine[0]).page
    assert page.text.index("El banc truca demà.") < page.text.index("History")


def test_whoever_has_more_than_a_page_hands_over_page_by_page(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    references = [taken(desks, marta) for _ in range(PAGE + 2)]
    assert joan.get("shift").status == 200
    for left in (2, 0):
        form = dict(marta.get("shift").page.forms)["shift"]
        answer = marta.post("shift", form | {"to": "colleague:joan", "note": NOTE})
        assert answer.status == 200
        holders = [desks.incident(each).claimed_by for each in references]
        assert holders.count("marta") == left


@pytest.mark.usefixtures("joan")
def test_only_what_is_ticked_goes(desks: Desks, marta: DeskBrowser) -> None:
    gone, kept = taken(desks, marta), taken(desks, marta)
    form = shift(marta, to="colleague:joan", note=NOTE)
    form.pop(f"move:{kept}")
    answer = marta.post("shift", form)
    assert f"move:{kept}" in dict(answer.page.forms)["shift"]
    assert (desks.incident(gone).claimed_by, desks.incident(kept).claimed_by) == ("joan", "marta")


def test_it_is_said_which_could_not_go_and_why_and_the_note_is_given_back(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    gone, resolved, theirs = (taken(desks, marta) for _ in range(3))
    form = shift(marta, to="colleague:joan", note=NOTE)
    marta.on(resolved, "resolve")
    joan.on(theirs, "take-over", why="Em toca")
    answer = marta.post("shift", form)
    assert (answer.status, "Passed on: 1" in answer.page.text) == (200, True)
    assert "Not passed on: 2" in answer.page.text
    assert f"{resolved} : This incident is resolved" in answer.page.text
    assert desks.incident(gone).claimed_by == "joan"
    assert "El banc truca demà." in answer.page.text


def test_a_colleague_gets_nothing_of_a_team_that_they_are_not_in(desks: Desks) -> None:
    aina = desks.signed_in("aina", PAYMENT, SIGNATURE)
    desks.signed_in("pau", SIGNATURE)
    payment, signature = (taken(desks, aina, team) for team in (PAYMENT, SIGNATURE))
    answer = aina.post("shift", shift(aina, to="colleague:pau", note=NOTE))
    assert f"{payment} : pau is not in the incident’s team." in answer.page.text
    assert desks.incident(payment).claimed_by == "aina"
    assert desks.incident(signature).claimed_by == "pau"
    again = aina.post("shift", dict(answer.page.forms)["shift"] | {"to": "team"})
    assert "Passed on: 1" in again.page.text
    assert desks.incident(payment).claimed_by is None


def test_the_form_can_be_sent_again_whatever_became_of_the_first_time(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = [taken(desks, marta) for _ in range(3)]
    form = shift(marta, to="colleague:joan", note=NOTE)
    hand_over = Register.hand_over
    handed: list[Reference] = []

    def failing(register: Register, reference: Reference, *rest: Any, **options: Any) -> None:
        if handed:
            raise ConnectionError("El banc truca demà.")
        hand_over(register, reference, *rest, **options)
        handed.append(reference)

    with monkeypatch.context() as away:
        away.setattr(Register, "hand_over", failing)
        answer = marta.post("shift", form)
    assert (answer.status, "Not passed on: 2" in answer.page.text) == (200, True)
    assert answer.page.text.count("Send the form again.") == 2
    joan.on(handed[0], "release")  # joan has given the first one back already
    answer = marta.post("shift", form)
    assert "Passed on: 3" in answer.page.text
    for each in mine:
        assert len(facts(desks, each, Done.HANDED_OVER)) == 1
    assert desks.incident(handed[0]).claimed_by is None


def test_what_is_missing_is_named_all_at_once_and_everything_given_back(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser
) -> None:
    reference = taken(desks, marta)
    form = shift(marta, to="colleague:marta", note=" ")
    form.pop(f"move:{reference}")
    answer = marta.post("shift", form | {"move:nothing": "on"})
    assert answer.status == 422
    assert {"#move", "#to", "#note"} <= set(answer.page.links)
    long = NOTE * 100
    for to in ("colleague:pau", "colleague:", "", "joan", "team:payment"):
        answer = marta.post("shift", shift(marta, to=to, note=long))
        assert (answer.status, answer.page.values["note"]) == (422, long), to
        assert {"#to", "#note"} <= set(answer.page.links)
    assert f"move:{reference}" in dict(answer.page.forms)["shift"]
    assert desks.incident(reference).claimed_by == "marta"
    assert joan.get("shift").status == 200


def test_a_session_that_is_over_does_not_take_the_note_along(
    desks: Desks, marta: DeskBrowser
) -> None:
    taken(desks, marta)
    form = shift(marta, to="team", note="Torn acabat")
    desks.now += timedelta(hours=13)
    answer = marta.post("shift", form)
    assert (answer.status, "Torn acabat" in answer.body) == (403, True)


def test_whoever_has_no_team_has_no_shift(desks: Desks) -> None:
    assert desks.signed_in("olga").get("shift").status == 403
