"""Consent to remote support: first to be seen, later and separately to be helped by hand.

An operator only views the screen and gives instructions, and may act on the computer only when
the citizen explicitly asks for it. So `view` comes first, `control` only while `view` stands, and
who withdraws `view` withdraws `control` with it. Either is withdrawn as easily as it is given
(GDPR art. 7.3).
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
    """What proves which notice was shown, without its text; `sha256` is the text's."""

    version: str
    language: Language
    sha256: str

    def as_facts(self) -> dict[str, str]:
        """The same for the register and for JSON."""
        return {"version": self.version, "language": self.language, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class StandingConsent:
    """A consent in force: the notice it was given on, when, and the entry by which it was given.

    It expires as that entry does; `expires_at` is in epoch seconds.
    """

    notice: NoticeIdentity
    given_at: datetime
    record: str
    expires_at: int


class ControlNeedsView(Exception):
    """Control was granted while the operator may not even view the screen."""


class NothingToWithdraw(Exception):
    """A consent was withdrawn that was never given."""


def changes(standing: frozenset[Scope], scope: Scope, action: ConsentAction) -> tuple[Scope, ...]:
    """The scopes that this action changes, in the order in which to record them.

    None, where a grant already stands or a withdrawn one is withdrawn again: a repeated request
    is answered like the first.

    Raises
    ------
    ControlNeedsView
        If control is granted while view does not stand.
    """
    if action is ConsentAction.GRANT:
        if scope is Scope.CONTROL and Scope.VIEW not in standing:
            raise ControlNeedsView
        return () if scope in standing else (scope,)
    falling = (Scope.CONTROL, Scope.VIEW) if scope is Scope.VIEW else (scope,)
    return tuple(each for each in falling if each in standing)
