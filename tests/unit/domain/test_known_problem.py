"""What an editor may state of a known problem, and whom it touches."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import known_problem
from suport.domain.category import Category
from suport.domain.known_problem import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_NAMED,
    KnownProblem,
    State,
    Wrong,
    WrongFields,
    shown_to,
    stated,
)
from suport.domain.language import Language
from suport.domain.legal_time import MADRID
from suport.domain.procedures import UNLISTED, catalogue
from suport.domain.retention import expires_at

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FIELDS = {
    **{f"title.{each}": f"Title ({each})" for each in Language},
    **{f"text.{each}": f"First line ({each})\nsecond" for each in Language},
    "categories.payment": "on",
    "since": "2026-11-26T08:30",
}
X, Y = (each.code for each in catalogue().procedures[:2])


def a_problem(**changes: object) -> KnownProblem:
    made = known_problem.opened(stated(FIELDS, NOW), "01M8A9GS32SWC3AYT3M5FPN97G", "eva", NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Reported:
    category: Category = Category.PAYMENT
    submitted_at: datetime = NOW
    procedure: str | None = None
    known_error: str | None = None


def wrong(**changes: str) -> dict[str, Wrong]:
    with pytest.raises(WrongFields) as refused:
        stated(FIELDS | changes, NOW)
    return refused.value.wrong


# ------------------------------------------------------------------- what is stated


def test_a_problem_has_what_the_editor_typed_in_every_language() -> None:
    found = stated(FIELDS | {"procedures": f" {X} \n\n{Y}", "errors": "Saf 8, 0190 184"}, NOW)
    assert found.titles == {each: f"Title ({each})" for each in Language}
    assert found.texts[Language.GERMAN] == "First line (de)\nsecond"
    assert found.categories == {Category.PAYMENT}
    assert found.procedures == {X, Y}
    assert found.errors == {"SAF_08", "190", "184"}
    assert found.since == datetime(2026, 11, 26, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(("name", "language"), [*product(("title", "text"), Language)])
@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b\u00ad"])
def test_no_language_may_be_missing_and_the_one_that_is_is_named(
    name: str, language: Language, typed: str
) -> None:
    assert wrong(**{f"{name}.{language}": typed}) == {f"{name}.{language}": Wrong.MISSING}


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(WrongFields) as refused:
        stated({"procedures": "no such", "errors": "E-77"}, NOW)
    missing = {f"{name}.{each}" for name in ("title", "text") for each in Language}
    assert refused.value.wrong == {
        **dict.fromkeys([*missing, "categories", "since"], Wrong.MISSING),
        **dict.fromkeys(["procedures", "errors"], Wrong.UNKNOWN),
    }
    assert refused.value.unknown == {"procedures": ["no such"], "errors": ["E-77"]}


def test_texts_are_as_long_as_a_page_and_comanda_can_show_and_no_longer() -> None:
    longest = {"title.ca": "à" * LONGEST_TITLE, "text.de": "ß" * LONGEST_TEXT}
    assert stated(FIELDS | longest, NOW).titles[Language.CATALAN] == longest["title.ca"]
    assert wrong(**{name: text + "x" for name, text in longest.items()}) == dict.fromkeys(
        longest, Wrong.TOO_LONG
    )


def test_what_nobody_can_store_is_refused_and_what_nobody_sees_is_mended() -> None:
    assert wrong(**{"text.es": "a\0b"}) == {"text.es": Wrong.BROKEN}
    assert wrong(**{"title.es": "a\ud800"}) == {"title.es": Wrong.BROKEN}
    pasted = stated(FIELDS | {"title.en": "\ufeffPayment\u00a0platform\nis down\u202c"}, NOW)
    assert pasted.titles[Language.ENGLISH] == "Payment platform is down"


def test_categories_are_ticked_or_listed() -> None:
    every = frozenset(Category)
    ticked = {f"categories.{each}": "on" for each in Category}
    assert stated(FIELDS | ticked, NOW).categories == every
    assert stated(FIELDS | {"categories": "signature, functional"}, NOW).categories == every
    assert wrong(categories="payments") == {"categories": Wrong.UNKNOWN}
    assert wrong(**{"categories.payment": " "}) == {"categories": Wrong.MISSING}


def test_no_more_procedures_or_errors_are_named_than_anybody_reads() -> None:
    assert wrong(procedures="\n".join([X] * (MOST_NAMED + 1))) == {"procedures": Wrong.TOO_MANY}
    assert wrong(errors="190 " * (MOST_NAMED + 1)) == {"errors": Wrong.TOO_MANY}


@pytest.mark.parametrize(
    "typed",
    [
        *("2026-11-25T22:05", "2026-11-25 22:05:00", "25/11/2026 22:05", "25.11.2026, 22.05"),
        *("25-11-2026 22:05 h", "\u200e25/11/2026\u00a022:05", "２５/11/2026 22:05"),
    ],
)
def test_since_is_read_as_a_browser_sends_it_and_as_people_type_it(typed: str) -> None:
    since = stated(FIELDS | {"since": typed}, NOW).since
    assert since == datetime(2026, 11, 25, 22, 5, tzinfo=MADRID)


def test_without_an_hour_it_began_with_the_day() -> None:
    since = stated(FIELDS | {"since": "1/7/2026"}, NOW).since
    assert since == datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["yesterday", "31/02/2026 9:00", "2026-11-25T25:00", "9:00", "0000-01-01T00:00"]
)
def test_what_is_no_moment_is_refused(typed: str) -> None:
    assert wrong(since=typed) == {"since": Wrong.NO_MOMENT}


def test_an_hour_that_the_clocks_leave_out_is_none_and_of_two_the_first_is_meant() -> None:
    """Guessing would show citizens another hour than the editor typed."""
    assert wrong(since="2026-03-29T02:30") == {"since": Wrong.NO_MOMENT}
    twice = stated(FIELDS | {"since": "2026-10-25T02:30"}, NOW).since
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_no_problem_begins_in_the_future() -> None:
    assert wrong(since="2026-11-26T10:01") == {"since": Wrong.IN_FUTURE}
    assert stated(FIELDS | {"since": "2026-11-26T10:00"}, NOW).since == NOW


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "procedures", "errors", "categories"]),
        st.text() | st.from_regex(r"[0-9/:. T-]{0,20}"),
    )
)
def test_whatever_is_typed_is_taken_or_refused_by_the_names_of_fields(
    typed: dict[str, str],
) -> None:
    wrong: dict[str, Wrong] = {}
    try:
        found = stated(FIELDS | typed, NOW)
    except WrongFields as refused:
        wrong = refused.wrong
    if wrong:
        assert wrong.keys() <= {*FIELDS, "procedures", "errors", "categories"}
    else:
        assert found.since <= NOW
        assert found.categories


# ------------------------------------------------------------------- whom it touches


def test_a_problem_of_one_procedure_touches_that_one_only() -> None:
    of_x = a_problem(procedures=frozenset({X}))
    assert of_x.touches(Category.PAYMENT, X)
    for other in (Y, UNLISTED, ""):
        assert not of_x.touches(Category.PAYMENT, other)
    assert a_problem().touches(Category.PAYMENT, Y)
    assert a_problem().touches(Category.PAYMENT, UNLISTED)


def test_what_a_citizen_has_not_said_yet_rules_nothing_out() -> None:
    narrow = a_problem(procedures=frozenset({X}), errors=frozenset({"190"}))
    assert narrow.touches()
    assert narrow.touches(Category.PAYMENT)
    assert narrow.touches(procedure=X, error="190")
    assert not narrow.touches(Category.SIGNATURE)
    assert not narrow.touches(error="184")


def test_an_incident_is_explained_by_what_it_states_and_not_by_what_it_leaves_open() -> None:
    narrow = a_problem(procedures=frozenset({X}), errors=frozenset({"190"}))
    exact = Reported(procedure=X, known_error="190")
    assert narrow.explains(exact)
    for other in (
        Reported(procedure=X),
        Reported(known_error="190"),
        Reported(procedure=Y, known_error="190"),
        replace(exact, category=Category.SIGNATURE),
        replace(exact, submitted_at=narrow.since - timedelta(milliseconds=1)),
    ):
        assert not narrow.explains(other)
    assert a_problem().explains(Reported(procedure=UNLISTED, known_error="184"))


def test_a_solved_problem_is_shown_to_nobody_and_kept_for_six_months() -> None:
    done = known_problem.solved(a_problem(), "joan", NOW)
    assert (done.state, done.solved_by, done.solved_at) == (State.SOLVED, "joan", NOW)
    assert done.expires_at == expires_at(NOW)
    assert not done.is_open(NOW)
    assert shown_to([done], NOW) == []
    assert known_problem.solved(done, "eva", NOW + timedelta(days=1)) == done
    changed = known_problem.changed(done, stated(FIELDS, NOW), "eva", NOW)
    assert changed.state is State.SOLVED


def test_those_of_everything_come_first_and_then_the_latest() -> None:
    late = a_problem(id="A", since=NOW)
    early = a_problem(id="B", since=NOW - timedelta(days=1))
    general = a_problem(id="C", since=NOW - timedelta(days=9), categories=frozenset(Category))
    of_x = replace(general, id="D", procedures=frozenset({X}))
    shown = shown_to([of_x, early, general, late], NOW)
    assert [each.id for each in shown] == ["C", "A", "B", "D"]
    assert [each.id for each in shown_to(shown, NOW, Category.SIGNATURE)] == ["C", "D"]
    assert [each.id for each in shown_to(shown, NOW, procedure=Y)] == ["C", "A", "B"]
