"""The watcher, over the register in moto: what is overdue is woken, whatever happens to one."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from suport import aws
from suport.incident import Kind, Language, Status
from suport.reference import Reference
from suport.register import Register
from suport.submission import Submission, read

Load = Callable[[str], ModuleType]

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
    submission = read(Submission, json.dumps(content).encode(), Language.CATALAN)
    return register.submit(submission, f"{number:016}", b"secret", at).reference


def metrics(printed: str) -> list[tuple[str, float, str | None]]:
    """Each metric that was told: its name, its value, and what was done."""
    found = []
    for line in printed.splitlines():
        told: dict[str, Any] = json.loads(line)
        for group in told.get("_aws", {}).get("CloudWatchMetrics", []):
            for metric in group["Metrics"]:
                (value,) = told[metric["Name"]]
                found.append((metric["Name"], value, told.get("done")))
    return found


def watch(watcher: ModuleType, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    watcher.handler({"source": "aws.scheduler"}, CONTEXT)
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def _nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level("INFO")
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    assert "overdue incidents woken" in logged
    assert not [text for text in PRIVATE if text in logged]


def test_an_incident_left_lying_by_its_operator_is_queued_anew(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = watcher.now() - timedelta(days=2)
    reference = received(register, long_ago)
    register.claim(reference, PRIVATE[2], register.incident(reference, long_ago).category, long_ago)
    told = metrics(watch(watcher, capsys))
    assert told == [("IncidentsWoken", 1, "released"), ("OverdueIncidents", 0, None)]
    woken = register.incident(reference, watcher.now())
    assert (woken.status, woken.claimed_by) == (Status.QUEUED, None)


def test_what_is_not_due_is_left_alone_and_that_is_told_too(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = received(register, watcher.now())
    before = register.history(reference, watcher.now())
    assert metrics(watch(watcher, capsys)) == [("OverdueIncidents", 0, None)]
    assert register.history(reference, watcher.now()) == before


def test_an_incident_is_woken_once_however_often_it_is_looked_for(
    watcher: ModuleType, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = received(register, watcher.now() - timedelta(hours=1))
    assert ("IncidentsWoken", 1, "rerouted") in metrics(watch(watcher, capsys))
    assert metrics(watch(watcher, capsys)) == [("OverdueIncidents", 0, None)]
    actions = [e for e in register.history(reference, watcher.now())[1] if e.kind is Kind.ACTION]
    assert len(actions) == 1


def test_one_that_fails_stops_none_of_the_others_and_counts_as_overdue(
    watcher: ModuleType,
    register: Register,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_hour_ago = watcher.now() - timedelta(hours=1)
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
