"""Consent to remote support: to show the screen, and later, separately, to hand over control.

An operator only views the screen and gives instructions, and may act on the computer only when
the citizen explicitly asks for it. Therefore `view` comes first, `control` can be granted only
while `view` is in force, and withdrawing `view` withdraws `control`, too. A citizen withdraws
either as easily as they gave it (GDPR art. 7.3).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from suport.domain.language import Language


class Scope(StrEnum):
    """What the operator may do with the citizen's screen."""

    VIEW = "view"
    CONTROL = "control"


class ConsentAction(StrEnum):
    """What the citizen does with a consent."""

    GRANT = "grant"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class NoticeIdentity:
    """Proves which notice the citizen was shown, without its text; `sha256` is the text's."""

    version: str
    language: Language
    sha256: str

    def as_facts(self) -> dict[str, str]:
        """The same as facts for the register and for JSON."""
        return {"version": self.version, "language": self.language, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class StandingConsent:
    """A consent in force: the notice behind it, when it was given, and the entry that records it.

    It expires with that entry; `expires_at` is in epoch seconds.
    """

    notice: NoticeIdentity
    given_at: datetime
    record: str
    expires_at: int


class ControlNeedsView(Exception):
    """The citizen grants control, but the operator may not even view the screen."""


class NothingToWithdraw(Exception):
    """The citizen withdraws a consent that they never gave."""


def changes(standing: frozenset[Scope], scope: Scope, action: ConsentAction) -> tuple[Scope, ...]:
    """The scopes that this action changes, in the order in which to record them.

    None if the grant is already in force, or the withdrawal already done: a repeated request gets
    the same answer as the first.

    Raises
    ------
    ControlNeedsView
        If control is granted while view is not in force.
    """
    if action is ConsentAction.GRANT:
        if scope is Scope.CONTROL and Scope.VIEW not in standing:
            raise ControlNeedsView
        return () if scope in standing else (scope,)
    falling = (Scope.CONTROL, Scope.VIEW) if scope is Scope.VIEW else (scope,)
    return tuple(each for each in falling if each in standing)
