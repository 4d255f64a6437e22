"""The retention audit with the register in memory and the files in moto, at a clock of the test."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.language import Language
from suport.domain.legal_time import MADRID, utc_text
from suport.domain.overdue import Overdue
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.retention_run import INDEX_SEGMENTS, SECTIONS, Checked, Run
from suport.files.file_store import NOT_OF_CITIZENS, new_file_id, object_key
from suport.mail.acknowledgement_limit import AcknowledgementLimit
from suport.register.marshalling import marshalled
from suport.register.other_tables import retention_runs
from suport.register.register import Register
from suport.register.search_index import SearchIndex
from suport.register.whole_table import WholeTable
from suport.runtime import aws, clock
from suport.texts.published_notices import Subject, current
from tests.support.gateway import Load
from tests.support.metrics import metrics
from tests.support.operators_api import PDF, OperatorsApi, refusal
from tests.support.register import a_submission, table_of

PRIVATE = ("No puc annexar el document", "anna@example.org", "Encara no va")
SUBMITTED = datetime(2026, 11, 25, 9, tzinfo=UTC)
END = datetime(2027, 5, 26, tzinfo=MADRID).astimezone(UTC)  # of what was recorded then
NIGHT = END + timedelta(minutes=30)
DAY = timedelta(days=1)
AINA = ("aina", Category.FUNCTIONAL)


class Night:
    """The audit's function, its register, its store, and the clock of them all."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "audit_retention")
        self.app: ModuleType = load("audit_retention")
        self.register = Register(aws.client("dynamodb"), "register")
        self.now = SUBMITTED
        self.time_left_ms: Callable[[], int] = lambda: 840_000
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr("suport.register.whole_table.time.sleep", lambda _: None)

    def submit(self, number: int = 0) -> Reference:
        made = self.register.submit(a_submission(), f"{number:020}", b"secret", self.now)
        return made.reference

    def add_file(self, reference: Reference, *, stored: bool = True) -> FileId:
        """Adds a file to the incident, and what it holds to the store."""
        file = File(new_file_id(), MediaType.PDF, 9, "0" * 32, self.now)
        version = self.put(object_key(reference, file.id)) if stored else file.version
        arrived = File(file.id, MediaType.PDF, 9, version, self.now)
        assert self.register.add_file(reference, arrived, State.CLEAN, self.now) is None
        return file.id

    def put(self, key: str, content: bytes = PRIVATE[0].encode()) -> str:
        """Puts something into the store; returns its version there."""
        put = boto3.client("s3").put_object(Bucket="attachments", Key=key, Body=content)
        return put["ETag"].strip('"')

    def start(self, at: datetime) -> Run:
        """Starts the audit at that moment; returns the day's run as it is recorded then."""
        self.now = at
        context = SimpleNamespace(
            function_name="test",
            memory_limit_in_mb=1024,
            invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
            aws_request_id="request",
            get_remaining_time_in_millis=self.time_left_ms,
        )
        self.app.handler({"source": "aws.scheduler"}, context)
        run = retention_runs().run(at.astimezone(MADRID).date())
        assert run
        return run

    def stored(self, reference: Reference) -> dict[str, Any]:
        return table_of(self.register).items.get(reference, {})

    @property
    def stored_runs(self) -> dict[Any, Any]:
        beside: Any = aws.client("dynamodb")
        runs: dict[Any, Any] = beside.beside["retention_runs"].items
        return runs

    def keys(self) -> set[str]:
        found = boto3.client("s3").list_objects_v2(Bucket="attachments")
        return {each["Key"] for each in found.get("Contents", [])}


@pytest.fixture
def night(load: Load, monkeypatch: pytest.MonkeyPatch) -> Night:
    return Night(load, monkeypatch)


@pytest.fixture(autouse=True)
def _nothing_personal_is_logged_or_recorded(
    caplog: pytest.LogCaptureFixture, night: Night
) -> Iterator[None]:
    caplog.set_level("INFO")
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    recorded = str(night.stored_runs)
    private = {*PRIVATE, "aina", "secret", *table_of(night.register).items}
    assert not [text for text in private if text in logged + recorded]


def test_an_expired_incident_is_erased_with_all_its_entries_on_its_night(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = night.submit()
    night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED)
    night.register.view(reference, *AINA, SUBMITTED + 100 * DAY)  # hidden with its incident
    before = night.start(END - timedelta(hours=1))
    assert (before.erased, len(night.stored(reference))) == ({}, 3)
    capsys.readouterr()
    run = night.start(NIGHT)
    assert night.stored(reference) == {}
    assert run.finished_at == NIGHT
    assert run.erased == {
        Overdue.INCIDENT: 1,
        Overdue.ENTRY: 1,
        Overdue.REMAINDER: 1,
        Overdue.SEARCH_ITEM: 2,  # where it is by its moment, and by its address
    }
    assert run.checked == {Checked.INCIDENTS: 1, Checked.ENTRIES: 2}
    assert set(run.oldest_s.values()) == {1800}
    assert run.breaches == 0
    told: dict[Any, float] = {}
    for name, number, kind in metrics(capsys.readouterr().out, "kind"):  # of each section
        told[name, kind] = told.get((name, kind), 0) + number
    expected: dict[Any, float] = {("RetentionAudited", None): 1, ("RetentionOldestAge", None): 0}
    assert told == expected | {("RetentionErased", kind): run.erased[kind] for kind in run.erased}


def test_what_is_kept_stays_as_it_is(night: Night) -> None:
    reference = night.submit()
    file = night.add_file(reference)
    night.register.claim(reference, *AINA, SUBMITTED)
    before = {name: dict(item) for name, item in night.stored(reference).items()}
    run = night.start(NIGHT - 5 * DAY)
    assert night.stored(reference) == before
    assert night.keys() == {object_key(reference, file)}
    assert (run.erased, run.breaches) == ({}, 0)
    assert run.checked == {Checked.INCIDENTS: 1, Checked.ENTRIES: 3, Checked.FILES: 1}


def test_the_parts_go_before_an_incident_that_lives_on(night: Night) -> None:
    reference = night.submit()
    shown = current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    night.register.grant_consent(reference, Scope.VIEW, shown.identity, SUBMITTED)
    night.register.add_citizen_message(reference, PRIVATE[2], SUBMITTED, "a key of mine 123")
    night.add_file(reference, stored=False)
    later = SUBMITTED + 100 * DAY
    night.register.note(reference, *AINA, "Encara hi som", later)
    run = night.start(NIGHT)
    stored = night.stored(reference)
    item = stored["incident"]
    assert not {
        *("description", "error", "procedure", "context", "content", "consents", "files"),
        *("keyed_messages", "written_on", "mails"),
    } & {*item}
    assert item["contact"] == {"M": {"email": {"S": PRIVATE[1]}}}
    kinds = [each["kind"]["S"] for name, each in stored.items() if name != "incident"]
    assert sorted(kinds) == ["action", "note"]  # the mail was set aside, and that is recorded
    assert run.erased == {
        Overdue.ENTRY: 3,
        Overdue.FIRST_WORDS: 1,
        Overdue.CONSENT: 1,
        Overdue.FILE: 1,
        Overdue.MAIL: 1,
        Overdue.REQUEST: 1,
        Overdue.MESSAGE_COUNT: 1,
    }
    assert night.start(NIGHT + DAY).erased == {}


def test_a_rating_is_erased_although_the_incident_lives_on(night: Night) -> None:
    reference = night.submit()
    night.register.claim(reference, *AINA, SUBMITTED)
    night.register.resolve(reference, *AINA, None, SUBMITTED)
    night.register.rate(reference, 1, None, SUBMITTED)
    night.register.note(reference, *AINA, "He telefonat", SUBMITTED + 100 * DAY)
    assert night.start(NIGHT).erased[Overdue.RATING] == 1
    assert not {"rating", "rated_at"} & {*night.stored(reference)["incident"]}


def test_an_address_that_nobody_confirmed_is_dropped_even_if_the_watcher_did_not(
    night: Night,
) -> None:
    reference = night.submit()
    night.register.correct_contact(
        reference, lambda _: {"email": "b@example.org"}, SUBMITTED, at_once=False
    )
    run = night.start(SUBMITTED + 8 * DAY)
    assert run.erased[Overdue.ADDRESS] == 1
    assert "b@example.org" not in str(night.stored(reference))


@pytest.mark.parametrize("late", [1, 20])
def test_something_that_an_earlier_audit_missed_rings(
    night: Night, capsys: pytest.CaptureFixture[str], late: int
) -> None:
    night.submit()
    run = night.start(NIGHT + late * DAY)
    assert (run.erased, run.breaches) == ({Overdue.INCIDENT: 1}, 1)
    told = metrics(capsys.readouterr().out, "kind")
    assert ("RetentionBreaches", 1, None) in told
    assert ("RetentionOldestAge", 24 * late, None) in told


@pytest.mark.parametrize("lacks", [("expires_at",), ("expires_at", "kind"), ("content",)])
@pytest.mark.parametrize("alone", [False, True], ids=["with its incident", "alone"])
def test_a_damaged_entry_is_erased_and_stops_nothing(
    night: Night, lacks: tuple[str, ...], *, alone: bool
) -> None:
    reference = night.submit()
    entry = night.register.add_citizen_message(reference, PRIVATE[2], SUBMITTED).id
    stored = night.stored(reference)
    for name in lacks:
        stored[entry].pop(name)
    if alone:
        stored.pop("incident")
    run = night.start(SUBMITTED + DAY)
    assert run.finished_at
    kept = lacks == ("content",) and not alone  # its time has not come
    assert (entry in night.stored(reference)) is kept
    assert run.breaches == (not kept)


@pytest.mark.parametrize("name", ["incident", "entry"])
@pytest.mark.parametrize(
    "late",
    [
        1000 * expires_at(SUBMITTED),  # milliseconds
        expires_at(SUBMITTED) + 1,
        expires_at(SUBMITTED + 31 * DAY),
        expires_at(SUBMITTED + 370 * DAY),
        10**30,
    ],
)
def test_too_late_an_expiry_is_corrected_and_rings(night: Night, name: str, late: int) -> None:
    reference = night.submit()
    entry = night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED).id
    night.register.view(reference, *AINA, SUBMITTED)
    other = night.submit(1)
    stored = night.stored(reference)
    before = {each: dict(item) for each, item in stored.items()}
    stored["incident" if name == "incident" else entry]["expires_at"] = {"N": str(late)}
    run = night.start(SUBMITTED + DAY)
    assert night.stored(reference) == before
    assert (run.erased, run.breaches) == ({Overdue.TOO_LATE: 1}, 1)
    assert night.start(SUBMITTED + 2 * DAY).erased == {}
    night.start(NIGHT)
    assert (night.stored(reference), night.stored(other)) == ({}, {})


def test_what_a_person_does_later_keeps_the_incident_and_what_the_service_does_does_not(
    night: Night,
) -> None:
    reference = night.submit()
    night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED + 40 * DAY)
    night.register.view(reference, *AINA, SUBMITTED + 80 * DAY)
    assert night.start(SUBMITTED + 81 * DAY).erased == {}
    item = night.stored(reference)["incident"]
    right = item["expires_at"]
    item["expires_at"] = {"N": str(expires_at(SUBMITTED + 80 * DAY))}  # as if a look prolonged it
    assert night.start(SUBMITTED + 82 * DAY).erased == {Overdue.TOO_LATE: 1}
    assert night.stored(reference)["incident"]["expires_at"] == right


def test_the_expiry_of_an_incident_in_which_somebody_acts_meanwhile_is_left_to_the_next_night(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = night.submit()
    late = {"N": str(expires_at(SUBMITTED + 370 * DAY))}
    night.stored(reference)["incident"]["expires_at"] = late
    correct_expiry = WholeTable.correct_expiry

    def acts_before(*asked: Any) -> bool:
        night.register.note(reference, *AINA, PRIVATE[2], night.now)
        return correct_expiry(*asked)

    monkeypatch.setattr(WholeTable, "correct_expiry", acts_before)
    assert night.start(SUBMITTED + 30 * DAY).erased == {}
    monkeypatch.setattr(WholeTable, "correct_expiry", correct_expiry)
    assert night.start(SUBMITTED + 31 * DAY).erased == {Overdue.TOO_LATE: 1}
    assert night.stored(reference)["incident"]["expires_at"] == {
        "N": str(expires_at(SUBMITTED + 30 * DAY))
    }


def test_what_is_past_its_time_is_erased_even_if_its_expiry_is_too_late(night: Night) -> None:
    reference = night.submit()
    night.stored(reference)["incident"]["expires_at"] = {"N": str(expires_at(NIGHT))}
    run = night.start(NIGHT + DAY)
    assert (night.stored(reference), run.breaches) == ({}, 1)


@pytest.mark.parametrize("lacks", ["recorded_at", "last_entry"])
def test_of_an_item_that_does_not_say_when_it_began_six_months_from_now_are_the_most(
    night: Night, lacks: str
) -> None:
    reference = night.submit()
    entry = night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED).id
    damaged = night.stored(reference)[entry if lacks == "recorded_at" else "incident"]
    damaged.pop(lacks)
    damaged["expires_at"] = {"N": str(expires_at(SUBMITTED + 370 * DAY))}
    run = night.start(SUBMITTED + 9 * DAY)
    at_most = {"N": str(expires_at(SUBMITTED + 9 * DAY))}
    kept = night.stored(reference)[entry if lacks == "recorded_at" else "incident"]
    assert (kept["expires_at"], run.erased) == (at_most, {Overdue.TOO_LATE: 1})


@pytest.mark.parametrize(
    "odd",
    [
        {"NULL": True},
        {"BOOL": True},
        {"S": "1780000000"},
        {"N": "1780000000.5"},
        {"L": [{"N": "1780000000"}]},
        {"M": {}},
    ],
    ids=lambda odd: next(iter(odd)),
)
@pytest.mark.parametrize("name", ["incident", "entry"])
def test_an_expiry_that_is_no_number_of_seconds_is_none(
    night: Night, odd: dict[str, Any], name: str
) -> None:
    reference = night.submit()
    entry = night.register.add_citizen_message(reference, PRIVATE[2], SUBMITTED).id
    gone = "incident" if name == "incident" else entry
    night.stored(reference)[gone]["expires_at"] = odd
    run = night.start(SUBMITTED + DAY)
    assert gone not in night.stored(reference)
    assert run.erased[Overdue.NO_EXPIRY] == 1


@pytest.mark.parametrize("what", ["incident", "entry"])
@pytest.mark.parametrize(
    "damage",
    [
        {"content": {"S": "x"}},
        {"kind": {"S": "letter"}},
        {"kind": {"L": []}},
        {"recorded_at": {"S": "yesterday"}},
        {"recorded_at": {"N": "5"}},
        {"last_entry": {"L": []}},
        {"last_entry": {"S": "zzz"}},
        {"erased_at": {"S": "never"}},
        {"erased_at": {"S": "2026-11-25T09:00:00Z"}},
    ],
    ids=str,
)
def test_whatever_is_wrong_with_one_item_the_others_are_audited(
    night: Night, damage: dict[str, Any], what: str
) -> None:
    reference = night.submit()
    entries = [
        night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED + number * DAY).id
        for number in range(3)
    ]
    past = night.submit(1)
    damaged = "incident" if what == "incident" else entries[1]
    night.stored(reference)[damaged].update(damage)
    night.stored(reference)[entries[2]].pop("expires_at")
    night.start(NIGHT)
    assert night.stored(past) == {}
    assert entries[2] not in night.stored(reference)
    assert entries[0] not in night.stored(reference)


@pytest.mark.parametrize("name", ["incident", "entry"])
def test_an_item_without_an_expiry_is_erased_and_rings(night: Night, name: str) -> None:
    reference = night.submit()
    entry = night.register.add_citizen_message(reference, PRIVATE[2], SUBMITTED).id
    other = night.submit(1)
    gone = "incident" if name == "incident" else entry
    night.stored(reference)[gone].pop("expires_at")
    run = night.start(SUBMITTED + DAY)
    assert gone not in night.stored(reference)
    assert run.erased[Overdue.NO_EXPIRY] == 1
    # with their incident go its entries: nobody could read them any more
    assert run.breaches == (2 if name == "incident" else 1)
    assert [*night.stored(other)] == ["incident"]


def test_entries_whose_incident_is_gone_are_erased_and_those_of_people_ring(night: Night) -> None:
    reference = night.submit()
    night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED)
    night.register.view(reference, *AINA, SUBMITTED)
    del night.stored(reference)["incident"]
    run = night.start(SUBMITTED + DAY)
    assert night.stored(reference) == {}
    assert (run.erased, run.breaches) == ({Overdue.ENTRY_ALONE: 1, Overdue.REMAINDER: 1}, 1)


def test_the_counts_of_mails_to_an_address_are_no_incidents(night: Night) -> None:
    """They lie in the same table, under keys of their own, for an hour."""
    limit = AcknowledgementLimit(aws.client("dynamodb"), "register")
    assert limit.admits("a mail", "d" * 64, SUBMITTED)
    assert limit.admits("a mail", "e" * 64, SUBMITTED + timedelta(hours=12))
    run = night.start(SUBMITTED + timedelta(hours=12, minutes=30))
    assert (run.erased, run.breaches) == ({Overdue.COUNT: 1}, 0)
    assert night.stored(Reference("d" * 64)) == {}
    assert night.stored(Reference("e" * 64))


def test_of_an_incident_that_its_citizen_had_erased_stays_what_the_erasure_left(
    night: Night,
) -> None:
    reference = night.submit()
    shown = current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    given = night.register.grant_consent(reference, Scope.VIEW, shown.identity, SUBMITTED).id
    late = night.register.note(reference, *AINA, PRIVATE[2], SUBMITTED).id
    night.stored(reference)["incident"] = marshalled(
        {
            "reference": reference,
            "entry": "incident",
            "kind": "incident",
            "recorded_at": utc_text(SUBMITTED),
            "erased_at": utc_text(SUBMITTED),
            "expires_at": expires_at(SUBMITTED),
            "last_entry": late,
            "revision": 9,
            "kept": [given],
        }
    )
    assert night.start(SUBMITTED + timedelta(minutes=30)).erased == {}
    run = night.start(SUBMITTED + 3 * DAY)
    assert {*night.stored(reference)} == {"incident", given}
    assert (run.erased, run.breaches) == ({Overdue.REMAINDER: 1}, 1)
    night.start(NIGHT)
    assert night.stored(reference) == {}


# ------------------------------------------------------------------------ the files


@pytest.fixture
def today(night: Night) -> datetime:
    """Now by the store's clock, which nobody can set; the night's clock is the same."""
    night.now = datetime.now(UTC)
    return night.now


def test_a_stored_file_that_no_incident_has_is_erased_once_it_is_an_hour_old(
    night: Night, today: datetime
) -> None:
    reference = night.submit()
    kept, removed = night.add_file(reference), night.add_file(reference)
    night.register.remove_file(reference, removed, today)
    orphan, gone = new_file_id(), Reference("0000-0000-0000")
    night.put(object_key(reference, orphan), b"PK\x03\x04")
    night.put(object_key(gone, orphan))
    night.put("what is this")
    (tried_out,) = NOT_OF_CITIZENS
    night.put(tried_out)
    before = night.keys()
    run = night.start(today + timedelta(minutes=55))
    assert (night.keys(), run.erased) == (before, {})
    run = night.start(today + timedelta(minutes=61) + DAY)
    assert night.keys() == {object_key(reference, kept), tried_out}
    assert run.erased == {Overdue.STORED_FILE_ALONE: 3, Overdue.STORED_FILE_ERASED: 1}
    assert (run.breaches, run.checked[Checked.FILES]) == (3, 6)


@pytest.mark.parametrize("scanning", ["on", "off"])
def test_a_file_that_nobody_could_check_joins_its_incident(
    night: Night, today: datetime, monkeypatch: pytest.MonkeyPatch, scanning: str
) -> None:
    """The citizen may have been told that the service has it."""
    monkeypatch.setenv("MALWARE_SCANNING", scanning)
    reference, unchecked = night.submit(), new_file_id()
    version = night.put(object_key(reference, unchecked), PDF)
    run = night.start(today + timedelta(minutes=61) + DAY)
    listed = night.register.incident(reference, night.now).files[unchecked]
    state = State.QUARANTINED if scanning == "on" else State.UNSCANNED
    assert (listed.version, listed.state) == (version, state)
    assert night.keys() == {object_key(reference, unchecked)}
    assert (run.erased, run.breaches) == ({}, 0)


def test_a_file_of_another_week_that_no_incident_lists_joins_none(
    night: Night, today: datetime
) -> None:
    """Its incident may have listed it before, until it expired."""
    reference = night.submit()
    night.put(object_key(reference, new_file_id()), PDF)
    run = night.start(today + 5 * DAY)
    assert night.register.incident(reference, night.now).files == {}
    assert (night.keys(), run.erased) == (set(), {Overdue.STORED_FILE_ALONE: 1})


def test_a_stored_file_past_its_time_is_erased_although_its_entry_is_gone(
    night: Night, today: datetime
) -> None:
    night.put(object_key(Reference("7SRJ-797M-D0GE"), new_file_id()))
    ends = datetime.fromtimestamp(expires_at(today), UTC)
    run = night.start(ends + timedelta(minutes=30))
    assert (night.keys(), run.erased, run.breaches) == (set(), {Overdue.STORED_FILE: 1}, 0)


def test_a_file_goes_with_its_entry_by_the_stream_and_not_before(
    night: Night, today: datetime
) -> None:
    reference = night.submit()
    file = night.add_file(reference)
    ends = datetime.fromtimestamp(expires_at(today), UTC)
    run = night.start(ends + timedelta(minutes=30))
    assert night.stored(reference) == {}
    assert run.erased == {Overdue.INCIDENT: 1, Overdue.ENTRY: 1}
    assert night.keys() == {object_key(reference, file)}  # the stream is not part of this test


def test_nobody_is_offered_a_file_that_the_store_has_lost(night: Night, today: datetime) -> None:
    reference = night.submit()
    kept, lost = night.add_file(reference), night.add_file(reference, stored=False)
    replaced = night.add_file(reference, stored=False)
    night.put(object_key(reference, replaced))  # something else, which nobody has checked
    run = night.start(today + DAY)
    files = night.register.incident(reference, night.now).files
    assert {name: file.state for name, file in files.items()} == {
        kept: State.CLEAN,
        lost: State.LOST,
        replaced: State.LOST,
    }
    told = [each.facts for each in night.register.entries(reference, night.now)][:2]
    assert sorted((each["action"], each["by"], each["file"]) for each in told) == sorted(
        ("file_lost", "service", name) for name in (lost, replaced)
    )
    assert (run.erased, run.breaches) == ({Overdue.FILE_LOST: 2}, 2)
    again = night.start(today + 2 * DAY)
    assert again.erased == {Overdue.STORED_FILE_ERASED: 1}  # what had taken its place
    assert night.keys() == {object_key(reference, kept)}


# ------------------------------------------------- time-outs, failures, several starts


def test_a_start_without_time_leaves_the_rest_to_the_next_which_finishes(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    references = [night.submit(number) for number in range(30)]
    left = iter([840_000] * 60)
    night.time_left_ms = lambda: next(left, 20_000)
    run = night.start(NIGHT)
    assert run.finished_at is None
    assert 0 < len(run.to_do) < len(SECTIONS)
    assert run.held_until is None
    assert metrics(capsys.readouterr().out, "kind")[-1] == ("RetentionAudited", 0, None)
    starts = 1
    while run.finished_at is None:
        left = iter([840_000] * 60)
        starts += 1
        run = night.start(NIGHT + starts * timedelta(minutes=15))
    assert starts > 2
    assert run.erased == {Overdue.INCIDENT: 30}
    assert run.checked[Checked.INCIDENTS] == 30
    assert not any(map(night.stored, references))
    assert run.begun_at == NIGHT


def test_a_start_goes_on_in_the_search_index_where_the_one_before_got_to(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    pages = SearchIndex.pages

    def noted(self: SearchIndex, segment: int, segments: int) -> Any:
        read.append(segment)
        return pages(self, segment, segments)

    monkeypatch.setattr(SearchIndex, "pages", noted)
    night.time_left_ms = lambda: 20_000 if len(read) == INDEX_SEGMENTS // 2 else 840_000
    assert night.start(NIGHT).finished_at is None
    night.time_left_ms = lambda: 840_000
    assert night.start(NIGHT + timedelta(minutes=15)).finished_at
    assert sorted(set(read)) == list(range(INDEX_SEGMENTS))
    assert len(read) <= INDEX_SEGMENTS + 1  # that in which the first ran out of time, once more


def test_a_finished_run_is_answered_without_reading_the_register(
    night: Night, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    night.submit()
    first = night.start(NIGHT)
    capsys.readouterr()

    def read(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(WholeTable, "incidents", read)
    assert night.start(NIGHT + timedelta(hours=1)) == first
    assert metrics(capsys.readouterr().out, "kind") == [("RetentionAudited", 1, None)]


def test_a_second_start_at_the_same_time_leaves_the_first_alone(night: Night) -> None:
    night.submit()
    others: list[Run] = []

    def time_left_ms() -> int:
        if night.stored_runs and not others:  # the first start has begun to work
            others.append(Run(day=date.min, begun_at=NIGHT))
            others.append(night.start(NIGHT))
        return 840_000

    night.time_left_ms = time_left_ms
    run = night.start(NIGHT)
    assert others[1].to_do == list(range(len(SECTIONS)))
    assert run.finished_at
    assert (run.erased, run.checked[Checked.INCIDENTS]) == ({Overdue.INCIDENT: 1}, 1)


def test_a_start_that_died_is_followed_by_one_that_goes_on(night: Night) -> None:
    night.submit()
    dead = Run(day=NIGHT.astimezone(MADRID).date(), begun_at=NIGHT, done=frozenset({0, 1, 2}))
    dead = retention_runs().write(dead.after(3, night.app.Tally(dead.day), complete=True)) or dead
    held = night.app.replace(dead, held_until=NIGHT + timedelta(minutes=14))
    assert retention_runs().write(held)
    at_work = night.start(NIGHT + timedelta(minutes=5))
    assert len(at_work.to_do) == len(SECTIONS) - 4
    assert night.start(NIGHT + timedelta(minutes=15)).finished_at


def test_a_failure_stops_nothing_else_and_is_tried_again(
    night: Night, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    references = sorted(night.submit(number) for number in range(3))
    own = WholeTable.erase

    def erase(self: WholeTable, stored: Any) -> bool:
        if stored.reference == references[1]:
            raise ReadTimeoutError(endpoint_url=PRIVATE[0])
        return own(self, stored)

    with monkeypatch.context() as broken:
        broken.setattr(WholeTable, "erase", erase)
        run = night.start(NIGHT)
    assert [bool(night.stored(each)) for each in references] == [False, True, False]
    assert (run.finished_at, len(run.to_do), run.erased) == (None, 1, {Overdue.INCIDENT: 2})
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == ["not audited"]
    run = night.start(NIGHT + timedelta(minutes=15))
    assert (bool(run.finished_at), run.erased) == (True, {Overdue.INCIDENT: 3})


# ------------------------------------------------------------------------- the proof


def test_the_proof_shows_each_day_up_to_today(night: Night, desk: OperatorsApi) -> None:
    night.start(NIGHT - DAY)
    night.time_left_ms = lambda: 20_000  # no time for anything
    night.start(NIGHT - 2 * DAY)
    night.time_left_ms = lambda: 840_000
    night.start(NIGHT)
    night.now = NIGHT + timedelta(hours=9)
    status, proof = desk.ask("GET", "/v1/desk/proofs/2027-05")
    assert status == 200
    assert [each["day"] for each in proof["days"]] == [f"2027-05-{day:02}" for day in range(1, 27)]
    none, unfinished, before, last = (proof["days"][at] for at in (0, 23, 24, 25))
    assert (none["begun_at"], none["finished_at"], none["erased"]) == (None, None, {})
    assert unfinished["begun_at"]
    assert unfinished["finished_at"] is None
    assert before["finished_at"]
    assert last["erased"] == {"incident": 1, "search_item": 3}
    assert last["oldest_s"] == {"incident": 1800, "search_item": 1800}
    assert last["checked"] == {"incidents": 1, "entries": 0, "files": 0}
    assert proof["finished"] == 2
    assert proof["totals"] == {
        "checked": {"incidents": 2, "entries": 0, "files": 0},  # the desk has submitted one
        "erased": {"incident": 1, "search_item": 3},
        "oldest_s": {"incident": 1800, "search_item": 1800},
        "breaches": 0,
    }


@pytest.mark.parametrize(
    "role", ["functional-role", "payment-role", "signature-role", "data-protection-role"]
)
def test_every_team_and_data_protection_may_see_the_proof(
    night: Night, desk: OperatorsApi, role: str
) -> None:
    night.start(NIGHT)
    status, proof = desk.ask("GET", "/v1/desk/proofs/2027-05", role=role)
    assert (status, proof["month"]) == (200, "2027-05")


def test_a_month_without_an_audit_has_no_proof(night: Night, desk: OperatorsApi) -> None:
    night.start(NIGHT)
    answer = desk.ask("GET", "/v1/desk/proofs/2027-04")
    assert refusal(answer) == (404, "no-such-proof")
    assert [each["field"] for each in answer[1]["errors"]] == ["month"]


@pytest.mark.parametrize(
    "month", ["2027-13", "2027-00", "2027-05-26", "27-05", "2027", "٢٠٢٧-٠٥", "x"]
)
def test_what_is_no_month_is_told(desk: OperatorsApi, month: str) -> None:
    answer = desk.ask("GET", f"/v1/desk/proofs/{month}")
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["month"]


def test_an_incident_of_before_the_teams_lists_is_listed_from_the_night_on(night: Night) -> None:
    reference = night.submit()
    item = night.stored(reference)["incident"]
    before = dict(item)
    for name in ("desk_list", "desk_order"):
        del item[name]
    assert night.register.open_incidents(Category.FUNCTIONAL, night.now) == []
    run = night.start(SUBMITTED + DAY)
    (listed,) = night.register.open_incidents(Category.FUNCTIONAL, night.now)
    assert (listed.reference, night.stored(reference)) == (reference, {"incident": before})
    assert sum(run.erased.values()) == 0
