"""Files in the register, in moto, with a table made from the template."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suport.domain import retention
from suport.domain.attachment import MOST_FILES, AddedFile, File, MediaType, Refusal, State
from suport.domain.file_acts import NoSuchFile, openable
from suport.domain.history import Entry, HistoryPart, Kind
from suport.domain.incident import Incident, Reason, Status
from suport.files.file_store import new_file_id
from suport.register.errors import NoSuchIncident
from suport.register.register import Register
from suport.views.citizen_view import citizen_view
from suport.views.queue_message import queue_message
from tests.support.register import (
    stored_incident,
    submission_of,
    whole_history,
)

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
SECRET = b"secret"
KEY = "0123456789abcdef"


@pytest.fixture
def made(register: Register) -> Incident:
    content = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    submission = submission_of(content)
    return register.submit(submission, KEY, SECRET, NOW)


def a_file(**changes: Any) -> File:
    return replace(File(new_file_id(), MediaType.PDF, 1234, "etag", NOW), **changes)


def set_status(register: Register, incident: Incident, status: Status) -> None:
    stored_incident(register, incident.reference)["status"] = {"S": status}


def entries(register: Register, made: Incident, kind: Kind) -> list[Entry]:
    return [
        entry for entry in whole_history(register, made.reference, NOW)[1] if entry.kind is kind
    ]


def test_a_file_has_an_entry_of_its_own_and_is_listed_with_the_incident(
    register: Register, made: Incident
) -> None:
    file = a_file()
    assert register.add_file(made.reference, file, State.UNSCANNED, NOW) is None
    about = {"type": "application/pdf", "bytes": 1234, "version": "etag", "state": "unscanned"}
    (entry,) = entries(register, made, Kind.ATTACHMENT)
    assert entry.facts == {"file": file.id} | about
    assert register.incident(made.reference, NOW).files == {
        file.id: AddedFile("application/pdf", 1234, "etag", State.UNSCANNED, NOW, entry.expires_at)
    }


def test_the_news_of_a_file_twice_changes_nothing(register: Register, made: Incident) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.QUARANTINED, NOW)
    register.record_scan(made.reference, file.id, "etag", State.CLEAN, NOW)
    before = whole_history(register, made.reference, NOW)
    later = NOW + timedelta(hours=1)
    assert register.add_file(made.reference, file, State.QUARANTINED, later) is None
    register.record_scan(made.reference, file.id, "etag", State.CLEAN, later)
    assert whole_history(register, made.reference, NOW) == before


def test_the_team_sees_the_files_in_the_order_in_which_they_were_added(
    register: Register, made: Incident
) -> None:
    files = [a_file() for _ in range(3)]
    for second, file in enumerate(files):
        register.add_file(made.reference, file, State.CLEAN, NOW + timedelta(seconds=second))
    message = queue_message(register.incident(made.reference, NOW), NOW)
    shown = {"type": "application/pdf", "bytes": 1234, "state": "clean"}
    assert message["attachments"] == [{"file": file.id} | shown for file in files]
    json.dumps(message)


def test_a_sixth_file_is_refused_once_and_the_five_remain(
    register: Register, made: Incident
) -> None:
    five = [a_file() for _ in range(MOST_FILES)]
    assert [register.add_file(made.reference, each, State.CLEAN, NOW) for each in five] == [
        None
    ] * 5
    sixth = a_file()
    for _ in range(2):
        refused = register.add_file(made.reference, sixth, State.CLEAN, NOW)
        assert refused is Refusal.TOO_MANY
    (entry,) = entries(register, made, Kind.ACTION)
    assert entry.facts == {
        "action": "file_refused",
        "file": sixth.id,
        "version": "etag",
        "reason": "too_many",
        "by": "service",
    }
    assert register.incident(made.reference, NOW).files.keys() == {each.id for each in five}


def test_other_wrong_content_under_the_same_id_is_refused_again(
    register: Register, made: Incident
) -> None:
    file = a_file(recognised=Refusal.OFFICE)
    for version in ("one", "one", "two"):
        refused = register.add_file(
            made.reference, replace(file, version=version), State.UNSCANNED, NOW
        )
        assert refused is Refusal.OFFICE
    refusals = entries(register, made, Kind.ACTION)
    assert [entry.facts["version"] for entry in refusals] == ["one", "two"]


def test_a_resolved_incident_takes_no_file_that_arrives_later(
    register: Register, made: Incident
) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    late = a_file(arrived_at=NOW + timedelta(seconds=1))
    assert register.add_file(made.reference, late, State.CLEAN, NOW) is Refusal.RESOLVED
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.files) == (Status.RESOLVED, {})


def test_a_file_that_arrived_before_the_incident_was_closed_is_kept_and_reopens_nothing(
    register: Register, made: Incident
) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    early = a_file(arrived_at=NOW - timedelta(minutes=3))
    assert register.add_file(made.reference, early, State.CLEAN, NOW + timedelta(hours=2)) is None
    incident = register.incident(made.reference, NOW)
    assert (incident.status, list(incident.files)) == (Status.RESOLVED, [early.id])
    assert incident.route_reason is None


@pytest.mark.parametrize("erased", [State.REPLACED, State.INFECTED])
def test_an_erased_file_takes_none_of_the_five_places(
    register: Register, made: Incident, erased: State
) -> None:
    for _ in range(MOST_FILES):
        gone = a_file()
        register.add_file(made.reference, gone, State.QUARANTINED, NOW)
        register.record_scan(made.reference, gone.id, "etag", erased, NOW)
    for _ in range(MOST_FILES):
        assert register.add_file(made.reference, a_file(), State.CLEAN, NOW) is None
    assert register.add_file(made.reference, a_file(), State.CLEAN, NOW) is Refusal.TOO_MANY


def test_a_file_that_the_team_waits_for_puts_the_incident_back_into_the_queue(
    register: Register, made: Incident
) -> None:
    register.mark_queued(made, NOW)
    set_status(register, made, Status.WAITING)
    register.add_file(made.reference, a_file(), State.UNSCANNED, NOW)
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.route_reason) == (Status.QUEUED, Reason.CITIZEN_REPLIED)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.QUEUED, Status.CLAIMED])
def test_any_other_file_simply_joins_the_incident(
    register: Register, made: Incident, status: Status
) -> None:
    register.mark_queued(made, NOW)
    set_status(register, made, status)
    register.add_file(made.reference, a_file(), State.UNSCANNED, NOW)
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.route_reason) == (status, None)


@pytest.mark.parametrize("found", [State.CLEAN, State.INFECTED, State.UNSCANNABLE])
def test_the_result_of_a_scan_is_on_the_file_and_in_the_history(
    register: Register, made: Incident, found: State
) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.QUARANTINED, NOW)
    for _ in range(2):
        register.record_scan(made.reference, file.id, "etag", found, NOW)
    assert register.incident(made.reference, NOW).files[file.id].state == found
    (entry,) = entries(register, made, Kind.ACTION)
    expected = {"action": "file_scanned", "file": file.id, "state": found, "by": "service"}
    assert entry.facts == expected


def test_a_scan_of_other_content_says_nothing_about_the_file(
    register: Register, made: Incident
) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.QUARANTINED, NOW)
    register.record_scan(made.reference, file.id, "another", State.CLEAN, NOW)
    register.record_scan(made.reference, new_file_id(), "etag", State.CLEAN, NOW)
    assert register.incident(made.reference, NOW).files[file.id].state == "quarantined"


@pytest.mark.parametrize("wrong", [True, False], ids=["wrong type", "right type"])
def test_a_replaced_file_is_never_trusted_again(
    register: Register, made: Incident, wrong: bool
) -> None:
    file, other = a_file(), a_file()
    other = replace(file, version="another")
    register.add_file(made.reference, file, State.CLEAN, NOW)
    if wrong:
        other = replace(other, recognised=Refusal.PROGRAM)
    assert register.add_file(made.reference, other, State.CLEAN, NOW) is Refusal.REPLACED
    for version in ("etag", "another"):
        register.record_scan(made.reference, file.id, version, State.CLEAN, NOW)
        again = register.add_file(made.reference, replace(file, version=version), State.CLEAN, NOW)
        assert again is Refusal.REPLACED
    assert register.incident(made.reference, NOW).files[file.id].state == "replaced"
    assert len(entries(register, made, Kind.ACTION)) == 1


def test_an_infected_file_is_refused_when_it_comes_again(
    register: Register, made: Incident
) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.QUARANTINED, NOW)
    register.record_scan(made.reference, file.id, "etag", State.INFECTED, NOW)
    again = register.add_file(made.reference, file, State.QUARANTINED, NOW)
    assert again is Refusal.INFECTED


@pytest.mark.parametrize("state", [State.CLEAN, State.QUARANTINED, State.UNSCANNABLE])
def test_a_removed_file_frees_its_place_and_is_shown_and_opened_no_more(
    register: Register, made: Incident, state: State
) -> None:
    files = [a_file() for _ in range(MOST_FILES)]
    for second, each in enumerate(files):
        register.add_file(made.reference, each, state, NOW + timedelta(seconds=second))
    gone = files[1].id
    for _ in range(2):
        register.remove_file(made.reference, gone, NOW)
    (entry,) = entries(register, made, Kind.ACTION)
    assert entry.facts == {"action": "file_removed", "by": "citizen", "file": gone}
    incident = register.incident(made.reference, NOW)
    shown = citizen_view(incident, HistoryPart())["files"]
    assert [each["number"] for each in shown] == [1, 3, 4, 5]
    told = queue_message(incident, NOW)["attachments"]
    assert gone not in {each["file"] for each in [*shown, *told]}
    with pytest.raises(NoSuchFile):
        openable(incident, gone)
    assert register.add_file(made.reference, a_file(), State.CLEAN, NOW) is None


@pytest.mark.parametrize("found", State)
def test_neither_a_late_scan_nor_a_repeated_arrival_brings_a_removed_file_back(
    register: Register, made: Incident, found: State
) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.QUARANTINED, NOW)
    register.remove_file(made.reference, file.id, NOW)
    before = whole_history(register, made.reference, NOW)
    register.record_scan(made.reference, file.id, "etag", found, NOW)
    for version in ("etag", "another"):
        again = replace(file, version=version)
        refused = register.add_file(made.reference, again, State.QUARANTINED, NOW)
        assert refused is Refusal.REMOVED
    assert whole_history(register, made.reference, NOW) == before


def test_only_a_file_of_the_incident_is_removed_even_when_it_is_resolved(
    register: Register, made: Incident
) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.CLEAN, NOW)
    register.resolve_by_citizen(made.reference, NOW)
    with pytest.raises(NoSuchFile):
        register.remove_file(made.reference, new_file_id(), NOW)
    register.remove_file(made.reference, file.id, NOW)
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.files[file.id].state) == (Status.RESOLVED, State.REMOVED)


def test_the_fate_of_a_file_is_its_state_or_why_it_was_refused(
    register: Register, made: Incident
) -> None:
    taken, refused = a_file(), a_file(recognised=Refusal.ARCHIVE)
    for each in (taken, refused):
        register.add_file(made.reference, each, State.QUARANTINED, NOW)
    incident = register.incident(made.reference, NOW)
    known = {taken.id: State.QUARANTINED, refused.id: Refusal.ARCHIVE, new_file_id(): None}
    for file_id, fate in known.items():
        assert register.fate_of_file(incident, file_id, NOW) == fate


def test_a_file_is_gone_from_the_incident_when_its_entry_is(
    register: Register, made: Incident
) -> None:
    first, second = a_file(), a_file()
    register.add_file(made.reference, first, State.CLEAN, NOW)
    register.add_file(made.reference, second, State.CLEAN, NOW + timedelta(days=30))
    at_expiry = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    just_before = at_expiry - timedelta(seconds=1)
    assert register.incident(made.reference, just_before).files.keys() == {first.id, second.id}
    assert register.incident(made.reference, at_expiry).files.keys() == {second.id}


def test_an_expired_incident_takes_no_file(register: Register, made: Incident) -> None:
    at_expiry = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    with pytest.raises(NoSuchIncident):
        register.add_file(made.reference, a_file(), State.CLEAN, at_expiry)
