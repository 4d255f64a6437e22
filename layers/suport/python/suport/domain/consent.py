"""Consent to remote support: first to be seen, later and separately to be helped by hand.

An operator only views the screen and gives instructions, and may act on the computer only when
the citizen explicitly asks for it. So `view` comes first, `control` only while `view` stands, and
who withdraws `view` withdraws `control` with it. Either is withdrawn as easily as it is given
(GDPR art. 7.3). The receipt names its fields after ISO/IEC TS 27560:2023.
"""

from enum import StrEnum


class Scope(StrEnum):
    """What the operator may do with the citizen's screen."""

    VIEW = "view"
    CONTROL = "control"


class Action(StrEnum):
    """What the citizen does with a consent."""

    GRANT = "grant"
    WITHDRAW = "withdraw"


class ControlNeedsView(Exception):
    """Control was granted while the operator may not even view the screen."""


class NothingToWithdraw(Exception):
    """A consent was withdrawn that was never given."""


def changes(standing: frozenset[Scope], scope: Scope, action: Action) -> tuple[Scope, ...]:
    """The scopes that this action changes, in the order in which to record them.

    None, where a grant already stands or a withdrawn one is withdrawn again: a repeated request
    is answered like the first.

    Raises
    ------
    ControlNeedsView
        If control is granted while view does not stand.
    """
    if action is Action.GRANT:
        if scope is Scope.CONTROL and Scope.VIEW not in standing:
            raise ControlNeedsView
        return () if scope in standing else (scope,)
    falling = (Scope.CONTROL, Scope.VIEW) if scope is Scope.VIEW else (scope,)
    return tuple(each for each in falling if each in standing)
