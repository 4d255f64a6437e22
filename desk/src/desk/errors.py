"""Why a command was not done. Scripts may rely on the exit code of each kind.

Trouble          1
├── Misused      2  options or settings are missing or contradict each other
├── Unreached    3  no answer, or the service failed: the same command may succeed later
├── NotAllowed   4  the operator's role may not do this, or there are no credentials
└── Refused      1  the service's own problem; 4 if it is about the role or the team
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from desk.service_vocabulary import PROBLEM_TYPE, Problem


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    MISUSED = 2
    UNREACHED = 3
    NOT_ALLOWED = 4
    INTERRUPTED = 130


class Trouble(Exception):
    """The command was not done; the text says why, and what to do. `facts` are for programs."""

    exit = Exit.REFUSED

    def __init__(self, text: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.facts = dict(facts or {})


class Misused(Trouble):
    exit = Exit.MISUSED


class Unreached(Trouble):
    exit = Exit.UNREACHED


class NotAllowed(Trouble):
    exit = Exit.NOT_ALLOWED


class Refused(Trouble):
    """The service answered with a problem (RFC 9457), which `facts` holds.

    `name` is the end of the problem's type; `fields` are the names of the wrong fields.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        stated = problem.get("errors")
        errors = stated if isinstance(stated, list) else []
        errors = [each for each in errors if isinstance(each, dict)]
        wrong = [f"{error.get('field')}: {error.get('message')}" for error in errors]
        told = [f"{problem.get('title')}.", str(problem.get("detail") or ""), *wrong]
        super().__init__(" ".join(filter(None, told)), problem)
        self.fields = frozenset(str(error.get("field")) for error in errors)
        self.name = str(problem.get("type", "")).removeprefix(PROBLEM_TYPE)
        if self.name in {Problem.OTHER_TEAM, Problem.NO_TEAM, Problem.NOT_DATA_PROTECTION}:
            self.exit = Exit.NOT_ALLOWED
