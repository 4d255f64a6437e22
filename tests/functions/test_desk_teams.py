"""What supervisors see of the teams, and how they reassign incidents."""

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.figures import Facts
from suport.domain.history import Done, Kind, is_look
from suport.domain.incident import Channel, Status
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.owed_mail import SetAside
from suport.domain.reference import Reference
from suport.domain.team_load import load_of
from suport.register.figures_table import FiguresTable
from suport.runtime import aws
from tests.support.desk_browser import WRITTEN, DeskBrowser, Desks, desks
from tests.support.figures import FIGURES, RegisterAndFigures, recorded
from tests.support.web import Answer

__all__ = ["desks"]

FUNCTIONAL, PAYMENT, SIGNATURE = Category
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def beside_figures(figures: RegisterAndFigures) -> RegisterAndFigures:
    """The table of the figures, before the desk's own comes beside it."""
    return figures


@pytest.fixture
def aina(desks: Desks) -> DeskBrowser:
    """A supervisor in no team."""
    return desks.signed_in("aina", roles=[Role.SUPERVISOR])


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


@pytest.fixture
def joan(desks: Desks) -> DeskBrowser:
    return desks.signed_in("joan", PAYMENT)


def taken(desks: Desks, by: DeskBrowser, *, after: Reference | None = None) -> Reference:
    reference = after or desks.submitted()
    assert by.post("claim", {"reference": reference}).status == 303
    return reference


def boxes(page: Any) -> dict[str, dict[str, str]]:
    """The boxes that choose incidents, by the incident's reference."""
    return {
        each["id"].removeprefix("of-"): each
        for tag, each in page.elements
        if tag == "input" and each.get("type") == "checkbox"
    }


def form_of(
    browser: DeskBrowser,
    chosen: Iterable[Reference],
    to: str,
    reason: str = "She is ill.",
    team: Category = PAYMENT,
) -> dict[str, str]:
    """The form of a team's page, with these incidents chosen."""
    page = browser.get("team", team=team).page
    there = boxes(page)
    ours = {f"of-{each}": there[each]["value"] for each in chosen}
    unchosen = {
        name: value for name, value in dict(page.forms)["team"].items() if name[:3] != "of-"
    }
    return unchosen | ours | {"to": to, "reason": reason}


def reassign(browser: DeskBrowser, chosen: Iterable[Reference], to: str, **told: Any) -> Answer:
    return browser.post("team", form_of(browser, chosen, to, **told))


def numbers(answer: Answer) -> dict[str, str]:
    """How many of the payment team's incidents are what, as the page of all teams says."""
    team = "Problems with a payment"
    found = re.findall(
        r">([^<>]+)<span class=\"govuk-visually-hidden\"> – ([^<]+): ([^<]+)</span>", answer.body
    )
    return {name: count for count, name, of in found if of == team}


# Who is in


@pytest.mark.parametrize("page", ["teams", "team?team=payment"])
def test_only_a_supervisor_sees_the_teams(marta: DeskBrowser, aina: DeskBrowser, page: str) -> None:
    assert (marta.get(page).status, aina.get(page).status) == (403, 200)
    assert ('href="teams"' in marta.get("list").body, 'href="teams"' in aina.get(page).body) == (
        False,
        True,
    )


@pytest.mark.parametrize("role", [Role.EDITOR, Role.DATA_PROTECTION])
def test_only_a_supervisor_reassigns(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser, role: Role
) -> None:
    reference = taken(desks, marta)
    form = form_of(aina, [reference], "queue")
    del form["form_token"]
    other = desks.signed_in("biel", PAYMENT, roles=[role])
    assert other.post("team", form).status == 403
    assert desks.incident(reference).claimed_by == "marta"


def test_a_supervisor_in_no_team_starts_with_the_teams(aina: DeskBrowser) -> None:
    assert aina.get("list").location == "teams"


@pytest.mark.parametrize("team", ["", "x", "PAYMENT", "payment/open"])
def test_a_team_that_is_none_is_named_as_wrong(aina: DeskBrowser, team: str) -> None:
    assert aina.get(f"team?team={team}").status == 422
    assert aina.post("team", {"team": team, "to": "queue"}).status == 422


# What is shown


def test_the_teams_are_shown_in_numbers(
    desks: Desks, aina: DeskBrowser, marta: DeskBrowser
) -> None:
    own = taken(desks, marta)
    desks.now += 3 * DAY
    marta = desks.signed_in("marta", PAYMENT)
    aina = desks.signed_in("aina", roles=[Role.SUPERVISOR])
    waiting = taken(desks, marta)
    desks.register.reply(waiting, "marta", PAYMENT, "Quin?", desks.now, ask=True)
    desks.register.add_citizen_message(own, "Encara no va.", desks.now)
    for _ in range(2):
        desks.submitted()
    desks.register.resolve_by_citizen(desks.submitted(), desks.now)
    desks.submitted(SIGNATURE)
    answer = aina.get("teams")
    told = numbers(answer)
    assert told == {
        "All open incidents": "4",
        "Received": "2",
        "In progress": "1",
        "Waiting for the citizen": "1",
        "Unread": "3",
        "Overdue": "1",
        "marta": "2",
    }
    assert "3 days" in answer.page.text


def test_every_number_leads_to_the_incidents_that_it_counts(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    free, own = desks.submitted(), taken(desks, marta)
    desks.register.add_citizen_message(own, "Encara no va.", desks.now)
    links = [link for link in aina.get("teams").page.links if link.startswith("team?team=payment")]
    found = {link: set(boxes(aina.get(link).page)) for link in links}
    assert found == {
        "team?team=payment": {free, own},
        "team?team=payment&only=received": {free},
        "team?team=payment&only=claimed": {own},
        "team?team=payment&only=unread": {free, own},
        "team?team=payment&operator=marta": {own},
    }


def test_no_page_for_supervisors_has_anything_of_a_citizen_or_is_a_look(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    reference = taken(desks, marta)
    before = desks.entries(reference)
    for page in ("teams", "team?team=payment"):
        body = aina.get(page).body
        assert not [word for word in (WRITTEN, "Anna", "anna@example.org") if word in body]
        assert f"incident?reference={reference}" not in body
    assert reassign(aina, [reference], "queue").status == 303
    added = [each for each in desks.entries(reference) if each not in before]
    assert not any(map(is_look, added))


def test_a_supervisor_opens_incidents_of_the_own_team_alone(desks: Desks) -> None:
    both = desks.signed_in("neus", PAYMENT, roles=[Role.SUPERVISOR])
    ours, theirs = desks.submitted(), desks.submitted(SIGNATURE)
    assert f"incident?reference={ours}" in both.get("team", team="payment").body
    assert f"incident?reference={theirs}" not in both.get("team", team="signature").body


def test_mails_that_were_set_aside_are_counted_and_their_incidents_named(
    desks: Desks, aina: DeskBrowser
) -> None:
    long_ago = desks.submitted()
    desks.register.set_mail_aside(long_ago, "incident", SetAside.NOT_SENT, desks.now)
    desks.now += 31 * DAY
    aina = desks.signed_in("aina", roles=[Role.SUPERVISOR])
    answered = desks.submitted()
    desks.register.set_mail_aside(answered, "incident", SetAside.TOO_MANY, desks.now)
    body = aina.get("teams").body
    assert numbers(aina.get("teams"))["Emails that could not be sent"] == "1"
    assert "anna@example.org" not in body
    page = aina.get("team", team="payment").page.text
    listed = page.partition("In the last 30 days")[2]
    assert (answered in listed, long_ago in listed) == (True, False)
    assert aina.get("team", team="signature").page.text.count("None in the last 30 days.") == 1


def test_the_figures_hide_small_counts_and_are_drawn_with_a_table_beside(
    desks: Desks, aina: DeskBrowser
) -> None:
    known: dict[str, Any] = {
        "category": PAYMENT,
        "language": Language.CATALAN,
        "channel": Channel.WEB,
    }
    facts = [
        Facts(**known, submitted_at=desks.now - back * DAY)
        for back, many in ((2, 17), (3, 3), (9, 8))
        for _ in range(many)
    ]
    today = desks.now.date()
    table = FiguresTable(aws.client("dynamodb"), FIGURES)
    recorded(table, facts, today - 20 * DAY, today - DAY)
    answer = aina.get("teams")
    (of_payment,) = re.findall(
        r'<section aria-labelledby="figures-payment">.*?</section>', answer.body, re.DOTALL
    )
    cells = re.findall(r"<td>(\d+|·)</td><td>(?:\d+|·)</td><td>(?:\d+|·)</td>", of_payment)
    assert cells[:3] == ["0", "17", "·"]
    assert cells[8] == "8"
    assert "at least 25" in of_payment
    assert "The highest number was 17, on 24\N{NO-BREAK SPACE}November 2026." in of_payment
    assert len(re.findall("<rect ", of_payment)) == 2
    missing = "The last day that was counted is"
    assert missing not in answer.body
    desks.now += 2 * DAY
    again = desks.signed_in("aina", roles=[Role.SUPERVISOR])
    assert f"{missing} 25\N{NO-BREAK SPACE}November 2026." in again.get("teams").body


def test_more_than_can_be_counted_is_said_to_be_at_least_so_many(
    desks: Desks, aina: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suport.domain.team_load.load_of", partial(load_of, most=3))
    for _ in range(4):
        desks.submitted()
    assert numbers(aina.get("teams"))["All open incidents"] == "at least 3"


def test_a_teams_list_comes_in_pages_that_one_form_can_send(
    desks: Desks, aina: DeskBrowser
) -> None:
    desks.signed_in("marta", PAYMENT)
    made = {desks.submitted() for _ in range(27)}
    first = aina.get("team", team="payment")
    (onward,) = (link for link in first.page.links if "page=" in link)
    shown = [set(boxes(page.page)) for page in (first, aina.get(onward))]
    assert [len(each) for each in shown] == [25, 2]
    assert shown[0] | shown[1] == made
    (all_of_them,) = (link for link in aina.get(onward).page.links if "choose=all" in link)
    ticked = boxes(aina.get(all_of_them).page)
    assert {name for name, box in ticked.items() if "checked" in box} == shown[1]
    assert reassign(aina, [Reference(each) for each in shown[0]], "colleague:marta").status == 303
    assert [desks.incident(each).claimed_by for each in made].count("marta") == 25


@pytest.mark.parametrize("only", ["lost", "resolved", "<b>"])
def test_a_filter_that_is_wrong_is_named_and_the_list_shown_without_it(
    desks: Desks, aina: DeskBrowser, only: str
) -> None:
    reference = desks.submitted()
    answer = aina.get("team", team="payment", only=only)
    assert (answer.status, "#only" in answer.page.links) == (422, True)
    assert reference in boxes(answer.page)


# Reassigning


def test_incidents_are_reassigned_to_a_colleague_who_sees_them_as_unread(
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser, aina: DeskBrowser
) -> None:
    chosen = [taken(desks, marta), desks.submitted()]
    left = taken(desks, marta)
    answer = reassign(aina, chosen, "colleague:joan")
    assert "The incidents have been reassigned." in aina.follow(answer).page.text
    for reference in chosen:
        assert (desks.incident(reference).claimed_by, desks.incident(reference).unread) == (
            "joan",
            1,
        )
        assert reference in joan.get("list", view="mine").page.text
    assert desks.incident(left).claimed_by == "marta"
    said = "aina (supervisor) gave it to joan; marta had it"
    for operator in (marta, joan):
        text = operator.open(chosen[0]).page.text
        assert said in text
        assert "She is ill." in text


def test_an_incident_goes_back_to_its_teams_queue_or_to_another_team(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    back, onward = taken(desks, marta), taken(desks, marta)
    assert reassign(aina, [back], "queue").status == 303
    assert reassign(aina, [onward], "team:signature").status == 303
    assert (desks.incident(back).status, desks.incident(back).category) == (Status.QUEUED, PAYMENT)
    assert desks.incident(onward).category is SIGNATURE
    pau = desks.signed_in("pau", SIGNATURE)
    assert "from Problems with a payment to Problems with signing" in pau.open(onward).page.text


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("colleague:joan", "aina (supervisor) gave it to joan"),
        ("queue", "aina (supervisor) put it in the team’s queue"),
        (
            "team:signature",
            "aina (supervisor) passed it on: from Problems with a payment to Problems with signing",
        ),
    ],
)
def test_who_has_lost_an_incident_is_told_for_a_day(  # noqa: PLR0917  a case, and who is there
    desks: Desks, marta: DeskBrowser, joan: DeskBrowser, aina: DeskBrowser, to: str, said: str
) -> None:
    reference, free = taken(desks, marta), desks.submitted()
    chosen = [reference] if to == "queue" else [reference, free]
    assert reassign(aina, chosen, to).status == 303
    told = marta.get("list", view="mine").page.text
    assert (reference in told, free in told) == (True, False)
    assert said in told
    assert "passed to somebody else" not in joan.get("list", view="mine").page.text
    desks.now += DAY
    assert reference not in desks.signed_in("marta", PAYMENT).get("list", view="mine").page.text


def test_the_citizen_gets_no_mail_about_it(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    desks.signed_in("joan", PAYMENT)
    reference = taken(desks, marta)
    owed = desks.incident(reference).mails
    assert reassign(aina, [reference], "colleague:joan").status == 303
    assert desks.incident(reference).mails == owed


def test_what_changed_meanwhile_is_said_of_each_incident_and_all_else_is_done(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    desks.signed_in("joan", PAYMENT)
    moved, elsewhere, given_back, now_taken, ended = (taken(desks, marta) for _ in range(5))
    free = desks.submitted()
    form = form_of(aina, [moved, elsewhere, given_back, now_taken, ended, free], "colleague:joan")
    desks.register.transfer(elsewhere, "marta", PAYMENT, SIGNATURE, "Certificat", desks.now)
    desks.register.release(given_back, "marta", PAYMENT, desks.now)
    desks.register.take_over(now_taken, "neus", PAYMENT, "Torn", desks.now)
    desks.register.resolve(ended, "marta", PAYMENT, None, desks.now)
    taken(desks, marta, after=free)
    answer = aina.post("team", form)
    assert answer.status == 409
    for reference, why in {
        elsewhere: "it is now with another team",
        given_back: "nobody has it now",
        now_taken: "neus has it now",
        ended: "it has now been resolved",
        free: "marta has it now",
    }.items():
        assert f"{reference}: {why}." in answer.page.text
        assert f"#of-{reference}" in answer.page.links
        assert f'id="of-{reference}"' in answer.body
    assert "Reassigned: 1" in answer.page.text
    assert desks.incident(moved).claimed_by == "joan"
    assert desks.incident(free).claimed_by == "marta"
    assert {name for name, each in boxes(answer.page).items() if "checked" in each} == {
        *(given_back, now_taken, free)
    }
    assert answer.page.values["reason"] == "She is ill."
    assert '<option value="colleague:joan" selected>' in answer.body
    again = dict(answer.page.forms)["team"] | {"to": "colleague:joan"}
    assert [again[f"of-{each}"] for each in (given_back, now_taken, free)] == ["", "neus", "marta"]
    assert aina.post("team", again).status == 303
    assert {desks.incident(each).claimed_by for each in (given_back, now_taken, free)} == {"joan"}


def test_what_is_no_longer_in_the_part_of_the_list_can_be_chosen_again(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    desks.signed_in("joan", PAYMENT)
    reference = taken(desks, marta)
    form = form_of(aina, [reference], "colleague:joan") | {"operator": "marta"}
    desks.register.take_over(reference, "neus", PAYMENT, "Torn", desks.now)
    answer = aina.post("team", form)
    assert (answer.status, f"#of-{reference}" in answer.page.links) == (409, True)
    again = dict(answer.page.forms)["team"] | {"to": "colleague:joan"}
    assert aina.post("team", again).status == 303
    assert desks.incident(reference).claimed_by == "joan"


def test_the_same_form_sent_twice_reassigns_once(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    desks.signed_in("joan", PAYMENT)
    reference = taken(desks, marta)
    form = form_of(aina, [reference], "colleague:joan")
    assert [aina.post("team", form).status for _ in range(2)] == [303, 303]
    done = [each.facts.get("action") for each in desks.entries(reference)]
    assert done.count(Done.REASSIGNED) == 1


@pytest.mark.parametrize(
    ("to", "reason", "wrong"),
    [
        ("", "She is ill.", "to"),
        ("queue:", "She is ill.", "to"),
        ("team:payment", "She is ill.", "to"),
        ("team:x", "She is ill.", "to"),
        ("colleague:pau", "She is ill.", "to"),
        ("colleague:", "She is ill.", "to"),
        ("queue", "", "reason"),
        ("queue", "x" * 1001, "reason"),
    ],
)
def test_a_wrong_form_is_given_back_with_what_was_chosen_and_typed(  # noqa: PLR0917  a case, and who is there
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser, to: str, reason: str, wrong: str
) -> None:
    desks.signed_in("pau", SIGNATURE)
    chosen, other = taken(desks, marta), desks.submitted()
    answer = reassign(aina, [chosen], to, reason=reason)
    assert (answer.status, f"#{wrong}" in answer.page.links) == (422, True)
    there = boxes(answer.page)
    assert ("checked" in there[chosen], "checked" in there[other]) == (True, False)
    assert answer.page.values["reason"] == reason
    assert desks.incident(chosen).claimed_by == "marta"


def test_a_form_with_no_incident_chosen_says_so(desks: Desks, aina: DeskBrowser) -> None:
    desks.submitted()
    for extra in ({}, {"of-x": "", "of-": "marta"}):
        answer = aina.post("team", form_of(aina, [], "queue") | extra)
        assert (answer.status, "#incidents" in answer.page.links) == (422, True)
        assert 'id="incidents"' in answer.body


def test_the_reason_is_kept_while_the_register_is_away(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = taken(desks, marta)
    form = form_of(aina, [reference], "queue", reason="Torn acabat")

    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("suport.register.register.Register.reassign", away)
        answer = aina.post("team", form)
    assert answer.status >= 500
    again = dict(answer.page.forms)["team"]
    assert again["reason"] == "Torn acabat"
    assert aina.post("team", again).status == 303
    assert desks.incident(reference).claimed_by is None
    assert [each.kind for each in desks.entries(reference)][-1] is Kind.ACTION


def test_an_incident_that_is_there_already_is_named(
    desks: Desks, marta: DeskBrowser, aina: DeskBrowser
) -> None:
    moved, stays = taken(desks, marta), desks.submitted()
    answer = reassign(aina, [moved, stays], "queue")
    assert answer.status == 409
    assert f"{stays}: it is already there." in answer.page.text
    assert desks.incident(moved).claimed_by is None
    assert desks.incident(stays).status is Status.RECEIVED
