"""How far the audit of a day has got, and what it found."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suport.domain.overdue import Finding, Overdue
from suport.domain.reference import reference_for
from suport.domain.retention_run import SECTIONS, Checked, KeyRange, Run, Tally, totals

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
TODAY = date(2026, 11, 26)


def tally(kind: Overdue, late_s: int, incidents: int = 1) -> Tally:
    counted = Tally(TODAY)
    counted.checked[Checked.INCIDENTS] += incidents
    counted.add(Finding(kind, NOW - timedelta(seconds=late_s)), NOW)
    return counted


@given(st.text(min_size=1, max_size=40))
def test_every_key_of_the_store_is_in_exactly_one_range(key: str) -> None:
    assert sum(_holds(each, key) for each in SECTIONS if isinstance(each, KeyRange)) == 1


def test_references_spread_over_the_ranges() -> None:
    keys = [f"{reference_for(b'secret', str(number))}/x" for number in range(3200)]
    for each in SECTIONS:
        if isinstance(each, KeyRange) and each.until:
            assert 40 < sum(_holds(each, key) for key in keys) < 180


def test_a_run_is_finished_once_every_section_is_complete() -> None:
    run = Run(day=TODAY, begun_at=NOW)
    for number in range(len(SECTIONS)):
        assert run.released(NOW).finished_at is None
        run = run.after(number, Tally(TODAY), complete=True)
    assert run.to_do == []
    assert run.released(NOW).finished_at == NOW


def test_a_section_that_broke_off_stays_to_do_and_counts_only_what_it_erased() -> None:
    run = Run(day=TODAY, begun_at=NOW).after(0, tally(Overdue.ENTRY, 60, 5), complete=False)
    assert run.to_do[0] == 0
    assert (run.checked, run.erased) == ({}, {Overdue.ENTRY: 1})
    again = run.after(0, tally(Overdue.ENTRY, 30, 5), complete=True)
    assert again.checked == {Checked.INCIDENTS: 5}
    assert (again.erased, again.oldest_s) == ({Overdue.ENTRY: 2}, {Overdue.ENTRY: 60})


def test_a_start_at_work_holds_the_run_until_its_time_is_over() -> None:
    run = Run(day=TODAY, begun_at=NOW, held_until=NOW + timedelta(minutes=14))
    assert run.is_held(NOW + timedelta(minutes=13))
    assert not run.is_held(NOW + timedelta(minutes=14))
    assert not run.released(NOW).is_held(NOW)


def test_a_breach_is_counted_with_what_it_is() -> None:
    counted = Tally(TODAY)
    counted.add(Finding(Overdue.ENTRY, NOW - timedelta(minutes=30)), NOW)
    assert counted.breaches == 0
    counted.add(Finding(Overdue.ENTRY, NOW - timedelta(days=1, minutes=30)), NOW)
    counted.add(Finding(Overdue.NO_EXPIRY), NOW)
    assert counted.breaches == 2
    assert counted.erased == {Overdue.ENTRY: 2, Overdue.NO_EXPIRY: 1}
    assert counted.oldest_s == {Overdue.ENTRY: 88200}


def test_the_totals_of_a_month_are_sums_and_the_largest_age() -> None:
    first = Run(day=TODAY, begun_at=NOW).after(0, tally(Overdue.ENTRY, 60, 2), complete=True)
    second = Run(day=TODAY, begun_at=NOW).after(0, tally(Overdue.ENTRY, 30, 3), complete=True)
    total = totals([first, second])
    assert total
    assert (total.checked, total.erased) == ({Checked.INCIDENTS: 5}, {Overdue.ENTRY: 2})
    assert total.oldest_s == {Overdue.ENTRY: 60}
    assert totals([]) is None


def _holds(keys: object, key: str) -> bool:
    assert isinstance(keys, KeyRange)
    return keys.after < key and (keys.until is None or key <= keys.until)
