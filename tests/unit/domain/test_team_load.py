"""What supervisors are told of a team: counts and ages, bounded on a bad day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.deadlines import is_overdue
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.domain.team_load import (
    OpenIncident,
    OperatorLoad,
    SetAsideMail,
    latest_set_aside,
    load_of,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAYMENT = Category.PAYMENT


def an_open_one(status: Status = Status.QUEUED, **facts: Any) -> OpenIncident:
    known: dict[str, Any] = {
        "submitted_at": NOW,
        "operator": None,
        "is_unread": False,
        "is_ending": False,
        "is_overdue": False,
    }
    return OpenIncident(status=status, **known | facts)


def test_a_teams_load_counts_each_incident_by_state_operator_and_mark() -> None:
    load = load_of(
        PAYMENT,
        [
            an_open_one(submitted_at=NOW - 2 * DAY, is_unread=True),
            an_open_one(Status.RECEIVED, is_ending=True),
            an_open_one(Status.CLAIMED, operator="joan", is_unread=True, is_overdue=True),
            an_open_one(Status.WAITING, operator="joan", submitted_at=NOW - 9 * DAY),
            an_open_one(Status.WAITING, operator="aina"),
        ],
    )
    assert (load.team, load.open, load.is_all) == (PAYMENT, 5, True)
    assert load.by_state == {"queued": 1, "received": 1, "claimed": 1, "waiting": 2}
    assert (load.unread, load.ending, load.overdue) == (2, 1, 1)
    assert (load.oldest, load.oldest_free) == (NOW - 9 * DAY, NOW - 2 * DAY)
    assert list(load.by_operator.items()) == [
        ("aina", OperatorLoad(open=1, waiting=1, unread=0)),
        ("joan", OperatorLoad(open=2, waiting=1, unread=1)),
    ]


def test_a_team_without_incidents_has_no_oldest() -> None:
    load = load_of(PAYMENT, [])
    assert (load.open, load.is_all, load.oldest, load.oldest_free) == (0, True, None, None)


@pytest.mark.parametrize(
    ("there", "counted", "is_all"), [(3, 3, True), (4, 4, True), (5, 4, False)]
)
def test_no_more_is_read_than_is_counted_and_one_that_says_that_there_is_more(
    there: int,
    counted: int,
    is_all: bool,
) -> None:
    read = 0

    def found() -> Iterator[OpenIncident]:
        nonlocal read
        while True:
            read += 1
            if read > there:
                return
            yield an_open_one()

    load = load_of(PAYMENT, found(), most=4)
    assert (load.open, load.is_all, read) == (counted, is_all, min(there + 1, 5))


@pytest.mark.parametrize(("there", "is_all"), [(2, True), (3, False)])
def test_the_latest_mails_set_aside_are_told_and_whether_there_are_more(
    there: int,
    is_all: bool,
) -> None:
    mails = [SetAsideMail(Reference(str(number)), NOW) for number in range(there)]
    told = latest_set_aside(mails, most=2)
    assert (told.mails, told.is_all) == (tuple(mails[:2]), is_all)


@pytest.mark.parametrize(
    ("due_at", "answer_by", "late"),
    [
        (None, None, False),
        (NOW + DAY, None, False),
        (NOW, None, True),
        (NOW + DAY, date(2026, 11, 26), False),
        (NOW + DAY, date(2026, 11, 25), True),
        (None, date(2026, 11, 25), True),
    ],
)
def test_an_incident_is_overdue_by_its_state_or_by_what_was_promised(
    due_at: datetime | None,
    answer_by: date | None,
    late: bool,
) -> None:
    assert is_overdue(due_at, answer_by, NOW) is late


def test_a_promised_day_ends_with_its_midnight_in_madrid() -> None:
    midnight = datetime(2026, 11, 25, 23, tzinfo=UTC)
    promised = date(2026, 11, 25)
    assert not is_overdue(None, promised, midnight - timedelta(seconds=1))
    assert is_overdue(None, promised, midnight)
