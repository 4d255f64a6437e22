"""Remote support at the desk: what its page offers in each state, before a script runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from suport.domain.category import Category
from suport.domain.incident import Actor
from suport.domain.language import Language
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_session import Ending, EndReason, RemoteSession, State, Surface
from suport.http.problem import Problem
from suport.http.problems import about_requests
from suport.web import assets
from suport.web.desk.frame import Frame
from suport.web.desk.pages.remote import LINES, RemoteAtDesk
from tests.support.form_checks import unnamed, untied
from tests.support.html import Element, Page

REFERENCE = "GQNC-YQBY-1H8C"
ADDRESS = "https://suport.example.org/de/join"
NOW = datetime(2026, 11, 26, 10, 5, tzinfo=UTC)
INVITED = RemoteSession(
    id="id",
    reference=Reference(REFERENCE),
    operator="marta",
    team=Category.PAYMENT,
    invited_at=NOW,
    operator_seen=NOW,
    code_digest="digest",
)
JOINED, VIEWING, PAUSED = (
    replace(INVITED, state=state, joined_at=NOW)
    for state in (State.JOINED, State.VIEWING, State.PAUSED)
)
ENDED = replace(INVITED, state=State.ENDED, ending=Ending(EndReason.STOPPED, Actor.CITIZEN))
SESSIONS = (None, INVITED, JOINED, VIEWING, PAUSED, ENDED)


def shown(
    session: RemoteSession | None,
    reader: Language = Language.ENGLISH,
    *,
    may_invite: bool = True,
    trouble: Problem | None = None,
) -> Page:
    frame = Frame(
        operator=Operator("marta", (Category.PAYMENT,)),
        form_token="token",
        here=f"remote?reference={REFERENCE}",
    )
    page = RemoteAtDesk(
        frame=frame,
        reference=REFERENCE,
        session=session,
        join_code="ABCD-EFGH" if session is INVITED else "",
        address=ADDRESS,
        spoken=Language.GERMAN,
        may_invite=may_invite,
        trouble=trouble,
    )
    return Page(page.render(reader))


def visible(element: Element) -> Iterator[Element]:
    """Every element in it that a browser shows without a script."""
    for each in element.content:
        if isinstance(each, Element) and "hidden" not in each.attributes:
            yield each
            yield from visible(each)


def acts(page: Page) -> list[str]:
    """What the forms that are seen do."""
    fields = [each for each in visible(page.within("main")) if each.tag == "input"]
    return [each.attributes["value"] for each in fields if each.attributes["name"] == "act"]


@pytest.mark.parametrize(
    ("session", "offered"),
    [
        (None, ["invite"]),
        (INVITED, ["end"]),
        (JOINED, ["end"]),
        (VIEWING, ["end"]),
        (PAUSED, ["end"]),
        (ENDED, ["invite"]),
    ],
)
def test_an_operator_can_invite_while_there_is_no_session_and_end_each_that_there_is(
    session: RemoteSession | None, offered: list[str], reader: Language
) -> None:
    page = shown(session, reader)
    assert acts(page) == offered
    forms = [fields for action, fields in page.forms if action == "remote"]
    assert {fields.pop("act") for fields in forms} >= set(offered)
    assert all(each == {"form_token": "token", "reference": REFERENCE} for each in forms)


def test_an_operator_who_no_longer_has_the_incident_cannot_invite() -> None:
    for session in (None, ENDED):
        assert acts(shown(session, may_invite=False)) == []


def test_an_invited_citizen_is_told_the_code_the_address_and_until_when(reader: Language) -> None:
    page = shown(INVITED, reader)
    assert page.said_by("join-code") == "ABCD-EFGH"
    assert page.said_by("join-address") == ADDRESS
    assert "11:15" in page.within("main").text  # in Madrid


def test_what_is_said_on_the_phone_is_in_the_citizens_language(reader: Language) -> None:
    page = shown(INVITED, reader)
    (said,) = (each for each in page.all if each.attributes.get("id") == "said")
    assert said.language == Language.GERMAN


@pytest.mark.parametrize("session", [each for each in SESSIONS if each is not INVITED])
def test_nobody_finds_a_code_on_the_page_once_it_opens_nothing(
    session: RemoteSession | None,
) -> None:
    assert not [each for each in shown(session).all if each.attributes.get("id") == "join-code"]


@pytest.mark.parametrize("session", SESSIONS)
def test_the_picture_can_be_watched_only_in_a_session_that_has_not_ended(
    session: RemoteSession | None,
) -> None:
    script = f"../../assets/{assets.names()['watch_screen.js']}"
    page = shown(session)
    watches = session is not None and session is not ENDED
    assert (script in page.attributes("src")) is watches
    assert (len(page.of("video")) == 1) is watches
    assert (len(page.of("noscript")) == 1) is watches


def test_the_page_has_no_way_to_act_on_the_citizens_computer_before_the_citizen_asks() -> None:
    for session in SESSIONS:
        seen = list(visible(shown(session).within("main")))
        assert [each for each in seen if each.attributes.get("id") in {"accept", "tool"}] == []


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        (reason, by)
        for reason in EndReason
        for by in (Actor.CITIZEN, Actor.OPERATOR, Actor.SERVICE)
        if (reason, by) != (EndReason.STOPPED, Actor.SERVICE)  # only people press the button
    ],
)
def test_the_page_says_why_remote_support_has_ended(reason: EndReason, by: Actor) -> None:
    said = shown(replace(ENDED, ending=Ending(reason, by))).said_by("remote-line")
    of_others = [name for name in LINES if name.startswith("ended-") and f"-{reason}" not in name]
    assert said != LINES[State.ENDED].in_(Language.ENGLISH)
    assert said not in [LINES[name].in_(Language.ENGLISH) for name in of_others]


def test_the_page_has_a_line_for_each_state_and_for_whatever_is_shown() -> None:
    assert {*State, *(f"{State.VIEWING}-{each}" for each in Surface)} <= LINES.keys()


def test_the_script_finds_every_line_that_it_says_in_the_page(reader: Language) -> None:
    page = shown(VIEWING, reader)
    (line,) = (each for each in page.all if each.attributes.get("id") == "remote-line")
    assert line.attributes["role"] == "status"
    given = {name.removeprefix("data-") for name in line.attributes if name.startswith("data-")}
    assert given == LINES.keys()


def test_a_refusal_comes_first_and_with_its_sentence() -> None:
    trouble = about_requests.unknown_step()
    page = shown(None, trouble=trouble)
    summaries = [
        each
        for each in page.all
        if "govuk-error-summary" in each.attributes.get("class", "").split()
    ]
    assert str(trouble.detail.in_(Language.ENGLISH)) in summaries[0].text
    assert page.said_in("title")[0].startswith("Error: ")
    assert acts(page) == ["invite"]


@pytest.mark.parametrize("session", SESSIONS)
def test_the_page_can_be_read_and_used_without_sight_or_mouse(
    session: RemoteSession | None, reader: Language
) -> None:
    page = shown(session, reader)
    ids = page.attributes("id")
    assert sorted(set(ids)) == sorted(ids)
    pointed = {*page.attributes("data-copy"), *page.attributes("data-says")}
    pointed |= {each for value in page.attributes("aria-labelledby") for each in value.split()}
    assert pointed <= set(ids)
    assert (untied(page), unnamed(page)) == ([], [])
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3"}]
    assert all(after <= before + 1 for before, after in pairwise(levels))
