"""What can keep a command from being done; each has an exit code that scripts may rely on."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    MISUSED = 2
    UNREACHED = 3
    NOT_ALLOWED = 4
    INTERRUPTED = 130


class Trouble(Exception):
    """The command was not done; its text says why, and what to do. `facts` are for programs."""

    exit = Exit.REFUSED

    def __init__(self, text: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.facts = dict(facts or {})


class Misused(Trouble):
    """Options or settings are missing or contradict each other."""

    exit = Exit.MISUSED


class Unreached(Trouble):
    """No answer, or one of a service that failed: the same may succeed later."""

    exit = Exit.UNREACHED


class NotAllowed(Trouble):
    """The operator's role, or nobody's, may not do this."""

    exit = Exit.NOT_ALLOWED


class Refused(Trouble):
    """The service answered with a problem (RFC 9457), which `facts` holds.

    `name` is the end of its type, `fields` are those that it names as wrong.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        stated = problem.get("errors")
        errors = stated if isinstance(stated, list) else []
        errors = [each for each in errors if isinstance(each, dict)]
        wrong = [f"{error.get('field')}: {error.get('message')}" for error in errors]
        told = [f"{problem.get('title')}.", str(problem.get("detail") or ""), *wrong]
        super().__init__(" ".join(filter(None, told)), problem)
        self.fields = frozenset(str(error.get("field")) for error in errors)
        self.name = str(problem.get("type", "")).removeprefix("urn:suport:problem:")
        if self.name in {"other-team", "no-team"}:
            self.exit = Exit.NOT_ALLOWED
