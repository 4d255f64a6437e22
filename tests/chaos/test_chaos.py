"""Some schedules keep every promise; a number always makes the same one; a failing one shrinks."""

import subprocess
import sys

import pytest

from local import ROOT
from tests.chaos import schedule as schedules
from tests.chaos.__main__ import main
from tests.chaos.faults import AFTER, BEFORE, OTHERWISE
from tests.chaos.schedule import Outcome, Schedule, run, schedule, smaller

SOME = 24  # `make chaos` runs ten thousand
SEEDS_OF_EVERY_FAULT = range(SOME)


def chaos(*arguments: str) -> tuple[int, str]:
    """The exit code and the output of a run by its command line."""
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "tests.chaos", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/suport/python", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_promise_is_kept_in_some_schedules_which_have_every_kind_of_fault() -> None:
    code, said = chaos("--schedules", str(SOME))
    assert code == 0, said
    assert f"{SOME} schedules from seed 0" in said
    kinds = {f"{how} before" for how in BEFORE} | {f"{how} after" for how in AFTER} | {*OTHERWISE}
    assert {kind for kind in kinds if f" {kind}\n" not in said} == set()


def test_a_number_makes_the_same_schedule_and_outcome_each_time() -> None:
    seed = next(seed for seed in range(99) if schedule(seed).rate >= 20)
    assert run(schedule(seed)) == run(schedule(seed))


def test_a_failing_schedule_keeps_only_the_steps_that_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def needs_two(what: Schedule) -> Outcome:
        numbers = {step.number for step in what.steps}
        return Outcome(["broken"] if {3, 8} <= numbers else [], {})

    monkeypatch.setattr(schedules, "run", needs_two)
    assert [step.number for step in smaller(schedule(0)).steps] == [3, 8]


def test_a_failing_schedule_is_printed_with_the_command_that_runs_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setattr(sys, "argv", ["chaos", "--seed", "5"])
    for module in (schedules, sys.modules[main.__module__]):
        monkeypatch.setattr(module, "run", lambda _: Outcome(["it is lost"], {}))
    assert main() == 1
    said = capsys.readouterr().out
    assert "BROKEN it is lost" in said
    assert 'make chaos SEED=5 STEPS="' in said
