"""The watcher: it wakes overdue incidents, even if one of them fails."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from suport.domain.attachment import File, MediaType, State
from suport.domain.history import Kind
from suport.domain.incident import Status
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.reference import Reference
from suport.files.file_store import new_file_id
from suport.register.register import Register
from suport.runtime import aws, clock
from tests.support.gateway import Load
from tests.support.metrics import metrics
from tests.support.register import submission_of, whole_history

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
    aws_request_id="request",
)
PRIVATE = ("No puc annexar el document", "anna@example.org", "operator-a")


@pytest.fixture
def watcher(load: Load, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "watch_incidents")
    return load("watch_incidents")


@pytest.fixture
def register(watcher: ModuleType) -> Register:  # noqa: ARG001  it needs the table
    return Register(aws.client("dynamodb"), "register")


def received(register: Register, at: datetime, number: int = 0) -> Reference:
    content = {
        "category": "functional",
        "description": PRIVATE[0],
        "contact": {"email": PRIVATE[1]},
    }
    submission = submission_of(content)
    return register.submit(submission, f"{number:016}", b"secret", at).reference


def watch(watcher: ModuleType, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    watcher.handler({"source": "aws.scheduler"}, CONTEXT)
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def _nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level("INFO")
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    assert "incidents watched" in logged
    assert not [text for text in PRIVATE if text in logged]


def test_an_incident_that_its_operator_neglects_is_queued_again(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = clock.now() - timedelta(days=2)
    reference = received(register, long_ago)
    register.claim(reference, PRIVATE[2], register.incident(reference, long_ago).category, long_ago)
    told = metrics(watch(watcher, capsys))
    assert told == [("IncidentsWoken", 1, "released"), ("OverdueIncidents", 0, None)]
    woken = register.incident(reference, clock.now())
    assert (woken.status, woken.claimed_by) == (Status.QUEUED, None)


def test_a_snoozed_incident_stays_with_its_operator_and_comes_back_on_its_day(
    watcher: ModuleType,
    register: Register,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = clock.now()
    reference = received(register, now)
    mine = reference, PRIVATE[2], register.incident(reference, now).category
    register.claim(*mine, now)
    until = to_madrid(now).date() + timedelta(days=9)
    register.snooze(*mine, until, now)
    for later, unread in ((start_of(until) - timedelta(seconds=1), 0), (start_of(until), 1)):
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        told = metrics(watch(watcher, capsys))
        assert ("OverdueIncidents", 0, None) in told
        assert not [each for each in told if each[0] == "IncidentsWoken"]
        after = register.incident(reference, later)
        assert (after.status, after.claimed_by) == (Status.CLAIMED, PRIVATE[2])
        assert (after.unread, after.snoozed_until is None) == (unread, unread == 1)


def test_an_incident_that_is_not_due_is_left_alone_and_the_figure_is_zero(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = received(register, clock.now())
    before = whole_history(register, reference, clock.now())
    assert metrics(watch(watcher, capsys)) == [("OverdueIncidents", 0, None)]
    assert whole_history(register, reference, clock.now()) == before


def test_an_incident_is_woken_once_however_often_it_is_found(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = received(register, clock.now() - timedelta(hours=1))
    assert ("IncidentsWoken", 1, "rerouted") in metrics(watch(watcher, capsys))
    assert metrics(watch(watcher, capsys)) == [("OverdueIncidents", 0, None)]
    _, history = whole_history(register, reference, clock.now())
    actions = [each for each in history if each.kind is Kind.ACTION]
    assert len(actions) == 1


def test_an_incident_that_fails_stops_none_of_the_others_and_counts_as_overdue(
    watcher: ModuleType,
    register: Register,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_hour_ago = clock.now() - timedelta(hours=1)
    references = [received(register, an_hour_ago, number) for number in range(3)]
    failing = sorted(references)[1]
    own = Register.wake

    def wake(self: Register, reference: Reference, now: datetime) -> str | None:
        if reference == failing:
            raise RuntimeError(PRIVATE[0])
        return own(self, reference, now)

    monkeypatch.setattr(Register, "wake", wake)
    told = metrics(watch(watcher, capsys))
    assert told.count(("IncidentsWoken", 1, "rerouted")) == 2
    assert told[-1] == ("OverdueIncidents", 1, None)
    failed = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert [(each["reference"], each["error"]) for each in failed] == [(failing, "RuntimeError")]


def test_the_watcher_does_and_counts_what_the_service_owes(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = clock.now() - timedelta(hours=2)
    scanned = received(register, long_ago, 1)
    file = File(new_file_id(), MediaType.PDF, 9, "v", long_ago)
    register.add_file(scanned, file, State.QUARANTINED, long_ago)
    given_up = received(register, long_ago, 2)
    for hours in (1.5, 1.0):
        at = clock.now() - timedelta(hours=hours)
        register.attempt_mail(register.incident(given_up, at), "incident", f"at {hours}", at)
    ending = received(register, clock.now() - timedelta(days=170), 3)
    told = metrics(watch(watcher, capsys))
    for name in ("MailsSetAside", "FilesNotScanned", "IncidentsEnding"):
        assert [value for metric, value, _ in told if metric == name] == [1]
    now = clock.now()
    assert register.incident(scanned, now).files[file.id].state == "unscannable"
    assert register.incident(given_up, now).mails == {}
    assert "ending" in {each.kind for each in register.incident(ending, now).mails.values()}
    told = metrics(watch(watcher, capsys))
    assert not {name for name, *_ in told} & {"MailsSetAside", "FilesNotScanned", "IncidentsEnding"}


def test_a_scan_result_still_counts_after_the_watcher_gave_up_on_it(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = clock.now() - timedelta(hours=2)
    reference = received(register, long_ago)
    file = File(new_file_id(), MediaType.PDF, 9, "v", long_ago)
    register.add_file(reference, file, State.QUARANTINED, long_ago)
    watch(watcher, capsys)
    register.record_scan(reference, file.id, "v", State.CLEAN, clock.now())
    assert register.incident(reference, clock.now()).files[file.id].state == "clean"


@pytest.mark.parametrize("broken", ["overdue", "to_follow_up"])
def test_a_failing_search_stops_neither_the_other_one_nor_the_count(
    watcher: ModuleType,
    register: Register,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    reference = received(register, clock.now() - timedelta(hours=2))

    def down(*_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example.test")

    down.__name__ = broken
    monkeypatch.setattr(Register, broken, down)
    told = metrics(watch(watcher, capsys))
    assert ("OverdueIncidents", 1, None) in told
    woken = ("IncidentsWoken", 1, "rerouted") in told
    requests = register.incident(reference, clock.now()).mails["incident"].requests
    assert (woken, requests) == ((True, 1) if broken == "to_follow_up" else (False, 2))
