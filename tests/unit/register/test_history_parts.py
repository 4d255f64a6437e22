"""A history of any length is read, shown and exported in parts that fit into an answer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from suport.domain.category import Category
from suport.domain.citizen_acts import TooManyMessages
from suport.domain.history import (
    LONGEST_HISTORY_PART,
    MOST_AT_ONCE,
    Entry,
    HistoryPart,
    Kind,
    is_look,
)
from suport.domain.reference import Reference
from suport.register.register import Register
from suport.views.citizen_view import citizen_view, is_shown
from suport.views.export import export
from suport.views.operator_view import operator_view
from tests.support.register import a_submission

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LAMBDAS_LIMIT = 6 * 1024 * 1024  # bytes of one answer
AINA = ("aina", Category.FUNCTIONAL)


def much(register: Register, messages: int) -> Reference:
    """An incident with that many long messages, as many a day as the limit allows."""
    reference = register.submit(a_submission(), "k" * 20, b"secret", NOW).reference
    for number in range(messages):
        at = NOW + timedelta(days=number // 20, seconds=number)
        register.add_citizen_message(reference, f"{number:04} " + "€" * 3995, at)
    return reference


def bodies(part: HistoryPart) -> list[str]:
    return [each.facts["body"][:4] for each in part.entries if each.kind is Kind.MESSAGE]


def test_a_whole_history_can_be_read_in_parts_of_fifty_with_the_newest_first(
    register: Register,
) -> None:
    reference, later = much(register, 120), NOW + timedelta(days=7)
    read, before, sizes = [], None, []
    while True:
        _, part = register.history(reference, later, before=before)
        read += bodies(part)
        sizes.append(len(part.entries))
        before = part.earlier
        if before is None:
            break
    assert read == [f"{number:04}" for number in reversed(range(120))]
    assert sizes == [50, 50, 20]


def test_a_part_of_very_long_messages_is_shorter_and_none_is_left_out(register: Register) -> None:
    reference = register.submit(a_submission(), "k" * 20, b"secret", NOW).reference
    for number in range(20):
        at = NOW + timedelta(seconds=number)
        register.add_citizen_message(reference, f"{number:04} " + "👩‍👩‍👧‍👦" * 3995, at)
    read, before = [], None
    while True:
        incident, part = register.history(reference, NOW + timedelta(hours=1), before=before)
        read += bodies(part)
        answer = json.dumps(citizen_view(incident, part), ensure_ascii=False)
        assert len(answer.encode()) < LAMBDAS_LIMIT / 2
        before = part.earlier
        if before is None:
            break
    assert read == [f"{number:04}" for number in reversed(range(20))]


def test_a_part_counts_only_shown_entries_however_many_hidden_ones_lie_between(
    register: Register,
) -> None:
    reference = much(register, 3)
    for _ in range(60):
        register.note(reference, *AINA, "Un moment", NOW + timedelta(minutes=1))
    _, part = register.history(reference, NOW, shown=is_shown)
    assert (bodies(part), part.earlier) == (["0002", "0001", "0000"], None)


def test_looks_are_all_shown_and_push_nothing_out_that_was_written(register: Register) -> None:
    reference = much(register, 51)
    for _ in range(60):
        register.view(reference, *AINA, NOW + timedelta(days=3))
    _, part = register.history(reference, NOW + timedelta(days=3), shown=is_shown)
    assert len([each for each in part.entries if is_look(each)]) == 60
    assert len(bodies(part)) == LONGEST_HISTORY_PART


def test_even_a_part_of_looks_ends(register: Register) -> None:
    reference = much(register, 1)
    for _ in range(MOST_AT_ONCE):
        register.view(reference, *AINA, NOW + timedelta(days=3))
    _, part = register.history(reference, NOW + timedelta(days=3), shown=is_shown)
    assert (len(part.entries), part.earlier) == (MOST_AT_ONCE, part.entries[-1].id)
    _, rest = register.history(reference, NOW + timedelta(days=3), before=part.earlier)
    assert (bodies(rest), rest.earlier) == (["0000"], None)


def test_the_operator_who_claims_the_fullest_incident_gets_an_answer(register: Register) -> None:
    reference, later = much(register, 400), NOW + timedelta(days=20)
    register.claim(reference, *AINA, later)
    seen = register.history(reference, later)
    views = [operator_view(*seen, "aina"), citizen_view(*seen), export(*seen, NOW)]
    for view in views:
        assert len(json.dumps(view, ensure_ascii=False).encode()) < LAMBDAS_LIMIT / 4


def test_each_view_names_where_the_earlier_part_begins(register: Register) -> None:
    reference = much(register, 60)
    seen = register.history(reference, NOW + timedelta(days=3), shown=is_shown)
    view = citizen_view(*seen)
    assert view["earlier"] == view["history"][-1]["entry"] == seen[1].earlier
    assert view["links"]["earlier"] == f"{reference}?before={seen[1].earlier}"
    _, rest = register.history(reference, NOW + timedelta(days=3), before=view["earlier"])
    assert len(rest.entries) == 10
    assert citizen_view(seen[0], rest)["earlier"] is None
    assert operator_view(*seen, "aina")["earlier"] == view["earlier"]


def test_a_citizen_can_write_twenty_messages_on_a_day_in_madrid_and_more_on_the_next(
    register: Register,
) -> None:
    reference = much(register, 20)
    late = datetime(2026, 11, 25, 22, 59, tzinfo=UTC)  # a minute to midnight in Madrid
    with pytest.raises(TooManyMessages) as refusal:
        register.add_citizen_message(reference, "Una més", late)
    assert refusal.value.until == datetime(2026, 11, 25, 23, tzinfo=UTC)
    assert sum(1 for _ in register.entries(reference, late)) == 20
    register.add_citizen_message(reference, "Una més", refusal.value.until)


def test_a_repetition_of_the_twentieth_message_does_not_count_as_a_twenty_first(
    register: Register,
) -> None:
    reference = much(register, 19)

    def send() -> Entry:
        return register.add_citizen_message(reference, "L'última", NOW, key="k" * 16)

    assert send() == send()


def test_reopening_again_and_again_is_limited_like_messages(register: Register) -> None:
    reference = much(register, 0)
    for _ in range(20):
        register.resolve_by_citizen(reference, NOW)
        register.reopen(reference, NOW)
    register.resolve_by_citizen(reference, NOW)
    with pytest.raises(TooManyMessages):
        register.reopen(reference, NOW)
