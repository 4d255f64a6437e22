"""`make run` shows what the functions log as it comes, and costs nothing while they do not run."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from local import logs
from local.embedded_aws import EmbeddedAws

PATIENCE_S = 10.0


@dataclass
class Followed:
    """An embedded AWS with one function, and a terminal that shows its log."""

    aws: EmbeddedAws
    tell: int
    terminal: int
    shown: Iterator[list[str]]
    logged: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def log(self, line: str) -> None:
        self.logged.append(line)
        os.write(self.tell, b".")

    # What the two clients are asked.
    def describe_stack_resources(self, StackName: str) -> Any:  # noqa: ARG002, N803
        kind = "AWS::Lambda::Function"
        return {
            "StackResources": [
                {
                    "ResourceType": kind,
                    "PhysicalResourceId": "show-help",
                    "LogicalResourceId": "ShowHelp",
                }
            ]
        }

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: ARG002, N803
        return {}

    def filter_log_events(self, logGroupName: str, startTime: int) -> Any:  # noqa: ARG002, N803
        self.questions.append(logGroupName)
        return {
            "events": [
                {"logStreamName": "one", "timestamp": 1_000 + number, "message": line}
                for number, line in enumerate(self.logged)
            ]
        }

    class exceptions:  # noqa: N801
        class ResourceNotFoundException(Exception):
            """The function has not run yet."""


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setattr(logs, "_REST_S", 0)
    logged, tell = os.pipe()
    terminal, output = os.pipe()
    aws = EmbeddedAws(0, Path(), Popen(["sleep", "60"]), logged)  # noqa: S607
    with open(output, "w") as written:  # noqa: PTH123
        shown = logs.follow(aws, "suport-local", 0, written)
        one = Followed(aws, tell, terminal, shown)
        monkeypatch.setattr(EmbeddedAws, "client", lambda *_: one)
        yield one
        aws.process.kill()
        aws.process.wait()
    for end in {logged, one.tell, one.terminal} - {-1}:
        os.close(end)


def test_a_line_is_shown_when_it_is_logged(followed: Followed) -> None:
    assert next(followed.shown) == []
    threading.Timer(0.05, followed.log, ["help was shown"]).start()
    assert [line.partition("  ")[2] for line in next(followed.shown)] == ["help was shown"]


def test_nothing_is_asked_while_no_function_runs(followed: Followed) -> None:
    next(followed.shown)
    waiting = threading.Thread(target=next, args=(followed.shown,), daemon=True)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    assert len(followed.questions) == 1
    followed.log("help was shown")
    waiting.join(PATIENCE_S)
    assert len(followed.questions) == 2


def test_a_closed_terminal_ends_the_wait(followed: Followed) -> None:
    next(followed.shown)
    os.close(followed.terminal)
    followed.terminal = -1
    assert next(followed.shown) == []


def test_the_end_of_the_embedded_aws_ends_the_wait(followed: Followed) -> None:
    next(followed.shown)
    followed.aws.process.kill()
    followed.aws.process.wait()
    os.close(followed.tell)
    followed.tell = -1
    assert list(followed.shown) == []
