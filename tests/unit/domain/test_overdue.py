"""What the audit finds: exactly what is past its time or has none, with when it was due."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.attachment import AddedFile, FileId, State
from suport.domain.category import Category
from suport.domain.consent import NoticeIdentity, Scope, StandingConsent
from suport.domain.history import next_entry_id
from suport.domain.incident import AddressChange, ErasureRequest, Incident, Status
from suport.domain.language import Language
from suport.domain.legal_time import MADRID, utc_text
from suport.domain.overdue import (
    KEPT_WITH_THE_INCIDENT,
    Finding,
    Overdue,
    expired_parts,
    hide_expired,
    is_lost,
    latest_expiry,
    left_of_erased,
    overdue_count,
    overdue_entry,
    overdue_file,
    overdue_incident,
)
from suport.domain.owed_mail import MailKind, owed
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.service_acts import erase_expired_parts

NOW = datetime(2026, 11, 26, 0, 30, tzinfo=MADRID).astimezone(UTC)
TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)
NOTICE = NoticeIdentity("2026-11-23", Language.CATALAN, "0" * 64)
INCIDENT = Incident(
    reference=Reference("7SRJ-797M-D0GE"),
    category=Category.FUNCTIONAL,
    status=Status.RESOLVED,
    language=Language.CATALAN,
    submitted_at=NOW - DAY,
    expires_at=expires_at(NOW + 300 * DAY),
    last_entry=next_entry_id(NOW),
    description="No puc annexar el document",
    contact={"email": "anna@example.org"},
)
OF_PARTS = {
    *("description", "error", "procedure", "context", "holds_first_words"),
    *("consents", "files", "rating", "rated_at", "mails", "address_change", "erasure_asked"),
    *("keyed_messages", "keyed_work", "written_on", "mail_thread"),
}
"""The fields that have, or name, something with a date of its own."""

moments = st.integers(-500 * 24, 24).map(lambda hours: NOW + timedelta(hours=hours))


def midnight_after(moment: datetime) -> datetime:
    """The oracle: when an entry of that moment is gone, by another library's calendar."""
    last = moment.astimezone(MADRID).date() + relativedelta(months=6)
    return datetime(last.year, last.month, last.day, tzinfo=MADRID) + relativedelta(days=1)


def whole(moment: datetime, too_late: int = 0) -> Incident:
    """An incident that lives on, with every part from that moment.

    too_late: by how many seconds the stored dates of its parts are wrong.
    """
    until = expires_at(moment) + too_late
    entry = next_entry_id(moment)
    digest = "d" * 32
    consent = StandingConsent(NOTICE, moment, entry, until)
    file = AddedFile("application/pdf", 1, "v", State.CLEAN, moment, until)
    return replace(
        INCIDENT,
        submitted_at=moment,
        error={"code": "E-77"},
        consents=dict.fromkeys(Scope, consent),
        files={FileId("F"): file},
        rating=4,
        rated_at=moment,
        mails={entry: owed(MailKind.REPLY, entry, moment), "incident": owed_first(moment)},
        address_change=AddressChange(email="b@example.org", entry=entry, asked_at=moment),
        erasure_asked=ErasureRequest(entry=entry, asked_at=moment),
        keyed_messages={digest: entry},
        keyed_work={digest: entry},
        mail_thread={"an id": entry},
        written_on={moment.astimezone(MADRID).date().isoformat(): 2},
    )


def owed_first(moment: datetime) -> Any:
    return owed(MailKind.ACKNOWLEDGEMENT, next_entry_id(moment), moment)


def test_every_field_of_an_incident_either_lives_with_it_or_goes_before() -> None:
    """A new field needs a decision: does it repeat an entry, and so has to go with that?"""
    assert not KEPT_WITH_THE_INCIDENT & OF_PARTS
    assert {field.name for field in fields(Incident)} == KEPT_WITH_THE_INCIDENT | OF_PARTS


@given(moments, st.integers(0) | st.just(0))
def test_each_part_is_found_from_its_own_midnight_on_and_not_before(
    moment: datetime, too_late: int
) -> None:
    stored = whole(moment, too_late)
    found = {part.kind: part.finding.since for part in expired_parts(stored, NOW)}
    due = midnight_after(moment)
    for kind in (Overdue.ADDRESS, Overdue.ERASURE_REQUEST):
        assert (kind in found) is (moment + timedelta(days=7) <= NOW)
        found.pop(kind, None)
    if due <= NOW:
        assert set(found) == {
            *(Overdue.FIRST_WORDS, Overdue.CONSENT, Overdue.FILE, Overdue.RATING),
            *(Overdue.MAIL, Overdue.REQUEST, Overdue.MESSAGE_COUNT, Overdue.SENT_MAIL),
        }
        assert set(found.values()) == {due}
    else:
        assert found == {}


@given(moments)
def test_nothing_of_an_expired_part_is_stored_once_the_audit_has_been_there(
    moment: datetime,
) -> None:
    stored = whole(moment)
    decided = erase_expired_parts(stored, NOW)
    left = decided.change.result
    assert len(decided.answer) == len(expired_parts(stored, NOW))
    if midnight_after(moment) <= NOW:
        assert not left.holds_first_words
        assert (left.consents, left.files, left.mails) == ({}, {}, {})
        assert (left.rating, left.rated_at) == (None, None)
        assert (left.keyed_messages, left.keyed_work, left.written_on) == ({}, {}, {})
        assert left.mail_thread == {}
        assert (left.address_change, left.erasure_asked) == (None, None)
        assert expired_parts(left, NOW) == []
    for name in KEPT_WITH_THE_INCIDENT - {"last_entry", "revision", "changed_at"}:
        assert getattr(left, name) == getattr(stored, name), name


def test_parts_that_are_kept_stay_beside_those_that_go() -> None:
    old, new = whole(NOW - 200 * DAY), whole(NOW - DAY)
    file = next(iter(new.files.values()))
    mixed = replace(
        new,
        files={**old.files, FileId("G"): file},
        keyed_messages={**old.keyed_messages, "e" * 32: next_entry_id(NOW)},
        consents={Scope.VIEW: new.consents[Scope.VIEW], Scope.CONTROL: old.consents[Scope.CONTROL]},
    )
    left = erase_expired_parts(mixed, NOW).change.result
    assert [*left.files] == ["G"]
    assert [*left.keyed_messages] == ["e" * 32]
    assert [*left.consents] == [Scope.VIEW]
    assert (left.holds_first_words, left.rating, left.written_on) == (True, 4, new.written_on)


def test_what_is_erased_is_recorded_only_where_somebody_waits_for_it() -> None:
    entries = erase_expired_parts(whole(NOW - 200 * DAY), NOW).change.entries
    assert [(each.facts["action"], each.facts.get("reason")) for each in entries] == [
        ("mail_set_aside", "expired"),
        ("mail_set_aside", "expired"),
        ("address_dropped", None),
        ("erasure_dropped", None),
    ]


def test_control_goes_with_the_view_that_it_depends_on() -> None:
    old, new = whole(NOW - 200 * DAY).consents, whole(NOW - DAY).consents
    for standing in (
        {Scope.VIEW: old[Scope.VIEW], Scope.CONTROL: new[Scope.CONTROL]},
        {Scope.CONTROL: new[Scope.CONTROL]},
    ):
        incident = replace(INCIDENT, consents=standing)
        assert hide_expired(incident, NOW).consents == {}
        assert erase_expired_parts(incident, NOW).change.result.consents == {}


@given(moments)
def test_what_reads_hide_is_what_the_audit_erases(moment: datetime) -> None:
    stored = whole(moment)
    seen, left = hide_expired(stored, NOW), erase_expired_parts(stored, NOW).change.result
    assert (seen.consents, seen.files, seen.rating) == (left.consents, left.files, left.rating)
    assert (seen.description is None) is not left.holds_first_words


@given(moments, st.booleans(), st.none() | moments)
def test_an_entry_goes_at_its_own_midnight_or_with_its_incident(
    moment: datetime, by_person: bool, of_incident: datetime | None
) -> None:
    ends = None if of_incident is None else expires_at(of_incident)
    found = overdue_entry(expires_at(moment), ends, NOW, by_person=by_person)
    due = midnight_after(moment)
    if due <= NOW:
        assert found == Finding(Overdue.ENTRY, due.astimezone(UTC))
    elif of_incident is None:
        assert found == Finding(Overdue.ENTRY_ALONE if by_person else Overdue.REMAINDER)
    elif midnight_after(of_incident) <= NOW:
        assert found == Finding(Overdue.REMAINDER, midnight_after(of_incident).astimezone(UTC))
    else:
        assert found is None


@given(moments)
def test_an_incident_goes_at_its_midnight(moment: datetime) -> None:
    found = overdue_incident(expires_at(moment), NOW)
    due = midnight_after(moment)
    assert found == (Finding(Overdue.INCIDENT, due.astimezone(UTC)) if due <= NOW else None)


def test_an_item_without_an_expiry_is_found_whatever_it_is() -> None:
    nothing = Finding(Overdue.NO_EXPIRY)
    assert overdue_incident(None, NOW) == nothing
    assert overdue_entry(None, expires_at(NOW), NOW, by_person=True) == nothing
    assert overdue_entry(None, None, NOW, by_person=False) == nothing


@given(moments, moments)
def test_no_item_may_stay_longer_than_six_months_after_what_keeps_it(
    moment: datetime, now: datetime
) -> None:
    if moment <= now:
        assert latest_expiry(moment, now) == midnight_after(moment).timestamp()
    assert latest_expiry(moment + 999 * DAY, now) <= midnight_after(now + DAY).timestamp()
    assert latest_expiry(None, now) == midnight_after(now).timestamp()


def test_a_count_of_mails_belongs_to_no_incident_and_goes_with_its_hour() -> None:
    ended = int(NOW.timestamp())
    assert overdue_count(ended, NOW) == Finding(Overdue.COUNT, NOW)
    assert overdue_count(ended + 1, NOW) is None
    assert overdue_count(None, NOW) == Finding(Overdue.NO_EXPIRY)


def test_what_an_erasure_did_not_reach_is_erased_unless_it_is_still_at_it() -> None:
    assert left_of_erased(NOW - timedelta(minutes=59), NOW) is None
    hours = left_of_erased(NOW - timedelta(hours=9), NOW)
    assert hours == Finding(Overdue.REMAINDER, NOW - timedelta(hours=9))
    days = left_of_erased(NOW - 2 * DAY, NOW)
    assert days
    assert days.is_breach(TODAY)


@pytest.mark.parametrize(
    ("age", "state", "kind"),
    [
        (timedelta(minutes=59), None, None),
        (timedelta(hours=1), None, Overdue.STORED_FILE_ALONE),
        (100 * DAY, None, Overdue.STORED_FILE_ALONE),
        (200 * DAY, None, Overdue.STORED_FILE),
        (200 * DAY, State.CLEAN, None),  # its entry goes first, and takes it along
        (2 * DAY, State.QUARANTINED, None),
        (2 * DAY, State.REMOVED, Overdue.STORED_FILE_ERASED),
        (2 * DAY, State.LOST, Overdue.STORED_FILE_ERASED),
        (timedelta(minutes=5), State.REMOVED, None),
    ],
)
def test_a_stored_file_is_kept_while_its_incident_has_it_or_it_has_just_arrived(
    age: timedelta, state: State | None, kind: Overdue | None
) -> None:
    found = overdue_file(NOW - age, state, NOW)
    assert (found and found.kind) == kind


def test_a_file_is_lost_if_the_store_has_nothing_or_for_long_something_else() -> None:
    file = AddedFile("application/pdf", 1, "v", State.CLEAN, NOW, expires_at(NOW))
    assert is_lost(file, None, None, NOW)
    assert not is_lost(file, "v", NOW - 9 * DAY, NOW)
    assert not is_lost(file, "another", NOW - timedelta(minutes=59), NOW)
    assert is_lost(file, "another", NOW - timedelta(hours=1), NOW)


# --------------------------------------------------------------- what rings the alarm


@given(st.integers(0, 400), st.sampled_from(Overdue))
def test_only_what_an_earlier_audit_missed_or_nothing_accounts_for_is_a_breach(
    days: int, kind: Overdue
) -> None:
    """Whatever expired last midnight was for this audit to find, however late in the night."""
    midnight = datetime(2026, 11, 26, tzinfo=MADRID) - relativedelta(days=days)
    found = Finding(kind, midnight.astimezone(UTC))
    never = kind in {"no_expiry", "too_late", "entry_alone", "stored_file_alone", "file_lost"}
    assert found.is_breach(TODAY) is (never or days >= 1)
    assert Finding(kind).is_breach(TODAY) is never


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_nights_in_which_the_clocks_change_are_no_exception(day: date) -> None:
    for each in (day, day + DAY):
        midnight = datetime(each.year, each.month, each.day, tzinfo=MADRID)
        assert not Finding(Overdue.ENTRY, midnight).is_breach(each)
        assert Finding(Overdue.ENTRY, midnight).is_breach(each + DAY)


def test_what_was_due_in_the_course_of_yesterday_no_audit_has_missed() -> None:
    asked = replace(
        INCIDENT,
        address_change=AddressChange(
            email=None, entry=next_entry_id(NOW), asked_at=NOW - 7 * DAY - timedelta(hours=9)
        ),
    )
    [part] = expired_parts(asked, NOW)
    assert utc_text(part.finding.since or NOW) == "2026-11-25T14:30:00.000Z"
    assert not part.finding.is_breach(TODAY)
