"""The function that answers many incidents at once, and the watcher that starts it again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from suport.domain import group_answer
from suport.domain.group_answer import LEASE, MOST_STUMBLES, Act, GroupAnswer
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.known_problems import new_id
from suport.register.other_tables import known_problems
from suport.register.register import Register
from suport.runtime import aws, clock
from tests.support.gateway import Load
from tests.support.metrics import metrics
from tests.support.register import a_submission

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PRIVATE = ("No puc annexar el document", "anna@example.org", "Ja funciona", "eva")


class Started:
    """AWS Lambda as far as the watcher needs it: what it was asked to start."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.is_away = False

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:  # noqa: N803
        if self.is_away:
            raise ConnectionError("Ja funciona")
        assert (FunctionName, InvocationType) == ("answer_linked", "Event")
        self.jobs.append(json.loads(Payload)["job"])
        return {"StatusCode": 202}


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")


@pytest.fixture
def started(load: Load, monkeypatch: pytest.MonkeyPatch) -> Started:  # noqa: ARG001  AWS comes first
    client, others = Started(), aws.client
    monkeypatch.setattr(
        aws, "client", lambda service: client if service == "lambda" else others(service)
    )
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return client


@pytest.fixture
def register(started: Started) -> Register:  # noqa: ARG001  it needs the table
    return Register(aws.client("dynamodb"), "register")


def begun(register: Register, many: int = 3, act: Act = Act.RESOLVE) -> GroupAnswer:
    problem = new_id(NOW)
    references = [
        register.submit(a_submission(), f"{number:016}", b"secret", NOW).reference
        for number in range(many)
    ]
    for reference in references:
        register.link_problem(reference, "eva", None, problem, NOW)
    return known_problems().begin(
        group_answer.begun(
            id=new_id(NOW),
            problem=problem,
            act=act,
            bodies=dict.fromkeys(Language, "Ja funciona."),
            references=tuple(references),
            by="eva",
            now=NOW,
        )
    )


def context(left_ms: Callable[[], int] = lambda: 600_000) -> Any:
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
        aws_request_id="request",
        get_remaining_time_in_millis=left_ms,
    )


def run(app: ModuleType, job: GroupAnswer, left_ms: Callable[[], int] = lambda: 600_000) -> None:
    app.handler({"owner": job.owner, "job": job.id}, context(left_ms))


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return str([vars(record) for record in caplog.get_records("call")])


def stored(job: GroupAnswer) -> GroupAnswer:
    found = known_problems().job(job.owner, job.id, NOW)
    assert found
    return found


def test_all_incidents_of_a_job_are_answered_and_nothing_personal_is_logged(
    load: Load, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    job = begun(register)
    run(load("answer_linked"), job)
    assert stored(job).finished_at == NOW
    for reference in job.references:
        assert register.incident(reference, NOW).status is Status.RESOLVED
    assert "incidents answered" in logged(caplog)
    assert not [each for each in PRIVATE if each in logged(caplog)]


def test_it_stops_in_time_and_the_watcher_has_the_rest_done(
    load: Load, register: Register, started: Started
) -> None:
    job = begun(register)
    left = iter([600_000, 600_000, 29_000])
    run(load("answer_linked"), job, lambda: next(left))
    assert stored(job).done == 2
    load("watch_incidents").resume_answers()
    assert started.jobs == [job.id]
    run(load("answer_linked"), job)
    assert stored(job).answered == 3


def test_a_start_that_comes_twice_finds_nothing_to_do(load: Load, register: Register) -> None:
    job, app = begun(register), load("answer_linked")
    run(app, job)
    before = stored(job)
    run(app, job)
    assert stored(job) == before
    app.handler({"owner": "0" * 26, "job": "0" * 26}, context())


def test_after_a_failure_lambda_starts_it_again_and_the_log_quotes_nobody(
    load: Load,
    register: Register,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, app, bad = begun(register), load("answer_linked"), 1
    answer = Register.answer_for_all

    def fails(self: Register, reference: Reference, job: GroupAnswer, now: datetime) -> Any:
        if reference == references[bad]:
            raise ValueError(PRIVATE[0])
        return answer(self, reference, job, now)

    references = job.references
    monkeypatch.setattr(Register, "answer_for_all", fails)
    for _ in range(MOST_STUMBLES - 1):
        with pytest.raises(Exception, match=r"^$") as refused:
            run(app, job)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__
    assert "IncidentsNotAnswered" not in capsys.readouterr().out
    run(app, job)
    assert metrics(capsys.readouterr().out) == [("IncidentsNotAnswered", 1, None)]
    assert references[bad] in logged(caplog)
    assert not [each for each in PRIVATE if each in logged(caplog)]
    assert (stored(job).answered, stored(job).left) == (2, (references[bad],))


def test_the_watcher_starts_no_job_on_which_somebody_works(
    load: Load, register: Register, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(register)
    held = group_answer.taken(job, NOW)
    assert held
    assert known_problems().advance(held)
    watcher = load("watch_incidents")
    watcher.resume_answers()
    assert started.jobs == []
    monkeypatch.setattr(clock, "now", lambda: NOW + LEASE + timedelta(seconds=1))
    watcher.resume_answers()
    assert started.jobs == [job.id]


def test_a_job_that_cannot_be_started_stops_nothing_else_of_the_watcher(
    load: Load,
    register: Register,
    started: Started,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun(register)
    started.is_away = True
    load("watch_incidents").handler({"source": "aws.scheduler"}, context())
    assert ("OverdueIncidents", 0, None) in metrics(capsys.readouterr().out)
    assert "answers not resumed" in logged(caplog)
    assert not [each for each in PRIVATE if each in logged(caplog)]


@pytest.mark.parametrize(
    "event", [{"owner": "x", "job": PRIVATE[0]}, {"owner": [], "job": "0" * 26}, {"job": 7}]
)
def test_a_start_that_can_name_no_job_fails_and_is_not_quoted(
    load: Load, started: Started, caplog: pytest.LogCaptureFixture, event: dict[str, Any]
) -> None:
    app = load("answer_linked")
    with pytest.raises((app.NoJob, KeyError)):
        app.handler(event, context())
    assert started.jobs == []
    assert PRIVATE[0] not in logged(caplog)
