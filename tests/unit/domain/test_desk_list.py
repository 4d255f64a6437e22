"""The list that a support team works from, compared with a sort that is written out plainly."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import crockford, desk_list
from suport.domain.category import Category
from suport.domain.desk_list import (
    ListedIncident,
    Part,
    Place,
    Tally,
    Wanted,
    cursor,
    from_place,
    page_of,
    place_at,
    place_of,
    tally,
)
from suport.domain.incident import Actor, Channel, Incident, Status, Written
from suport.domain.language import Language
from suport.domain.reference import Reference
from tests.support.incidents import NOW, an_incident

OPEN = (Status.RECEIVED, Status.QUEUED, Status.CLAIMED, Status.WAITING)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30)).map(  # noqa: DTZ001  below
    lambda moment: moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 1000 * 1000)
)
REFERENCES = st.integers(0, 32**12 - 1).map(
    lambda number: Reference(crockford.grouped(crockford.encode(number, 12)))
)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """An incident in any state, with few different moments: many are due at the same one."""
    status = draw(st.sampled_from(Status))
    moment = draw(MOMENTS | st.sampled_from([NOW, NOW + timedelta(milliseconds=1)]))
    resolved = status is Status.RESOLVED
    return an_incident(
        reference=draw(REFERENCES),
        status=status,
        unread=draw(st.integers(0, 2)),
        due_at=None if resolved else moment,
        resolved_at=moment if resolved else None,
    )


def naively(incident: Incident) -> tuple[Any, ...]:
    """What orders the incidents: open ones, unread first, by what is due; then the latest ended."""
    if incident.status is Status.RESOLVED:
        assert incident.resolved_at
        return (1, -incident.resolved_at.timestamp(), incident.reference)
    assert incident.due_at
    return (0, incident.unread == 0, incident.due_at, incident.reference)


def placed(incident: Incident) -> Place:
    place = place_of(incident)
    assert place
    return place


def position(incident: Incident) -> tuple[int, str]:
    place = placed(incident)
    return list(Part).index(place.part), place.order


def listed(incident: Incident, **facts: Any) -> ListedIncident:
    known: dict[str, Any] = {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
        "language": Language.CATALAN,
        "origin": Channel.WEB,
        "submitted_at": incident.submitted_at,
        "due_at": incident.due_at,
        "resolved_at": incident.resolved_at,
        "claimed_by": incident.claimed_by,
        "changed_at": NOW,
        "last_written": Written(NOW, Actor.CITIZEN),
        "unread": incident.unread,
        "expires_at": incident.expires_at,
        "ending": False,
    }
    return ListedIncident(**known | facts)


@given(st.lists(incidents(), unique_by=lambda each: each.reference))
def test_a_list_has_the_unread_ones_first_then_what_is_due_next_and_at_last_what_ended_last(
    several: list[Incident],
) -> None:
    assert sorted(several, key=position) == sorted(several, key=naively)


@given(incidents())
def test_a_cursor_leads_back_to_its_place_and_says_nothing_that_an_address_could_not_carry(
    incident: Incident,
) -> None:
    named = cursor(placed(incident))
    assert place_at(named) == placed(incident)
    assert named.isascii()
    assert all(each.isalnum() or each in "-_" for each in named)


@pytest.mark.parametrize(
    "stated",
    [
        *("", "=", "x", "open", "%%", "é", "\ud800", "a" * 100_000, "AAAA", "b3Blbg"),
        *(
            urlsafe_b64encode(each.encode()).decode()
            for each in (
                *("open/", "resolved/", "shut/1", "/", "open/2/2026-11-25T09:00:00.000Z/A"),
                "open/0/2026-11-25T09:00:00.000Z/7K3M-9QXA-2BTC\n",
                "resolved/0/2026-11-25T09:00:00.000Z/7K3M-9QXA-2BTC",
                "open/0/٢٠٢٦-11-25T09:00:00.000Z/7K3M-9QXA-2BTC",
            )
        ),
    ],
)
def test_a_forged_cursor_names_no_place(stated: str) -> None:
    assert place_at(stated) is None


def test_a_cursor_of_a_part_that_is_not_asked_for_begins_at_the_start() -> None:
    ended = placed(an_incident(status=Status.RESOLVED, resolved_at=NOW))
    assert [*from_place((Part.OPEN,), ended)] == [Place(Part.OPEN, "")]
    assert [*from_place((Part.OPEN, Part.RESOLVED), ended)] == [ended]


@given(st.text())
def test_any_text_may_be_stated_as_a_cursor(stated: str) -> None:
    place_at(stated)


@given(
    st.lists(incidents(), unique_by=lambda each: each.reference, max_size=30),
    st.integers(1, 4),
    st.booleans(),
)
def test_the_pages_show_each_incident_once_and_the_last_one_says_that_it_is(
    several: list[Incident], size: int, with_resolved: bool
) -> None:
    wanted = Wanted(resolved=with_resolved)
    in_order = sorted(several, key=position)
    shown: list[ListedIncident] = []
    pages, stated = 0, None
    while pages <= len(several):
        found: list[tuple[Place, ListedIncident | int]] = [
            (placed(each), listed(each))
            for place in from_place(wanted.parts, place_at(stated))
            for each in in_order
            if placed(each).part is place.part and placed(each).order > place.order
        ]
        page = page_of(found, wanted, size)
        shown += page.incidents
        pages += 1
        if (stated := page.next) is None:
            break
        assert len(page.incidents) == size
    expected = [each for each in in_order if with_resolved or each.status is not Status.RESOLVED]
    assert [each.reference for each in shown] == [each.reference for each in expected]
    assert pages == max(1, -(-len(expected) // size))


def test_a_page_ends_where_hardly_any_incident_is_wanted_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of what was looked at, most may have been left out before."""
    monkeypatch.setattr(desk_list, "LOOKED_AT", 10)
    first, second, third = (
        an_incident(due_at=NOW + timedelta(minutes=number)) for number in range(3)
    )
    found: list[tuple[Place, ListedIncident | int]] = [
        (placed(first), 4),
        (placed(second), listed(second, claimed_by="aina")),
        (placed(second), 6),
        (placed(third), listed(third, claimed_by="aina")),
    ]
    page = page_of(found, Wanted(mine="aina"))
    assert page.incidents == (listed(second, claimed_by="aina"),)
    assert place_at(page.next) == placed(second)
    monkeypatch.setattr(desk_list, "LOOKED_AT", 11)
    assert (len(page_of(found, Wanted(mine="aina")).incidents), page_of(found, Wanted()).next) == (
        2,
        None,
    )


def test_what_an_incident_is_wanted_by() -> None:
    waiting = listed(
        an_incident(status=Status.WAITING, claimed_by="aina", due_at=NOW),
        procedure="2914863",
        submitted_at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC),  # the 25th in Madrid
    )
    ended = listed(an_incident(status=Status.RESOLVED, resolved_at=NOW), procedure="2914863")
    day = timedelta(days=1)
    the_25th = date(2026, 11, 25)
    for wanted, admits_waiting, admits_ended in (
        (Wanted(), True, False),
        (Wanted(resolved=True), True, True),
        (Wanted(mine="aina"), True, False),
        (Wanted(mine="biel"), False, False),
        (Wanted(mine="aina", resolved=True), True, False),
        (Wanted(ending=True), False, False),
        (Wanted(states=frozenset({Status.WAITING})), True, False),
        (Wanted(states=frozenset({Status.CLAIMED})), False, False),
        (Wanted(states=frozenset({Status.RESOLVED})), False, True),
        (Wanted(states=frozenset({Status.CLAIMED}), resolved=True), False, True),
        (Wanted(procedure="2914863", resolved=True), True, True),
        (Wanted(procedure="1234567", resolved=True), False, False),
        (Wanted(since=the_25th, until=the_25th), True, False),
        (Wanted(since=the_25th + day), False, False),
        (Wanted(until=the_25th - day), False, False),
    ):
        for incident, part, admitted in (
            (waiting, Part.OPEN, admits_waiting),
            (ended, Part.RESOLVED, admits_ended),
        ):
            assert (part in wanted.parts and wanted.admits(incident)) == admitted, wanted
    assert Wanted(ending=True).admits(replace(waiting, ending=True))


def test_the_tally_counts_for_one_operator_what_they_have() -> None:
    one = an_incident(claimed_by="aina", unread=0)
    other = an_incident(claimed_by="biel", unread=2)
    several = [listed(one), listed(one, ending=True), listed(other), listed(an_incident(unread=1))]
    assert tally(several, "aina") == Tally(team=4, mine=2, ending=1, unread=2)
    assert tally([], "aina") == Tally()


def test_what_its_operator_has_snoozed_is_left_out_of_their_list_unless_they_ask_for_it() -> None:
    awake = listed(an_incident(status=Status.CLAIMED, claimed_by="aina", due_at=NOW))
    asleep = replace(awake, snoozed_until=NOW)
    for wanted, admits_awake, admits_asleep in (
        (Wanted(), True, True),
        (Wanted(mine="aina"), True, False),
        (Wanted(mine="aina", snoozed=True), False, True),
        (Wanted(mine="biel", snoozed=True), False, False),
        (Wanted(snoozed=True), False, True),
    ):
        admitted = wanted.admits(awake), wanted.admits(asleep)
        assert admitted == (admits_awake, admits_asleep), wanted
    assert Wanted(snoozed=True, resolved=True).parts == (Part.OPEN,)
    assert tally([awake, asleep], "aina") == Tally(team=2, mine=1, snoozed=1)
    assert tally([asleep], "biel") == Tally(team=1)


def test_an_incident_that_nothing_is_due_to_stands_in_no_list() -> None:
    assert place_of(an_incident(due_at=None)) is None


def test_categories_do_not_change_the_order() -> None:
    """So that an operator of several teams gets one list."""
    ours = an_incident(due_at=NOW)
    assert place_of(ours) == place_of(replace(ours, category=Category.SIGNATURE))
