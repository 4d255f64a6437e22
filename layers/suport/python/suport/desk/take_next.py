"""Takes the next incident of a team: receives its message, claims it, and only then deletes it.

Wherever this breaks off, nothing is lost. Before the claim, the message comes back to the queue by
itself. After the claim, the register has the incident with its operator, and a message that comes
once more is out of date.
"""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from suport.desk.team_queue import Received, TeamQueue
from suport.domain.category import Category
from suport.domain.operator_acts import (
    AlreadyResolved,
    AnsweredTogether,
    ClaimedByAnother,
    OtherTeam,
    WaitsForCitizen,
    must_be_for_the_next,
)
from suport.domain.reference import Reference
from suport.register.errors import Contended, Erased, NoSuchIncident, NotBackYet
from suport.register.register import Register

_ENOUGH_S = 5  # then no further message is received: somebody waits for the page
_ANSWERS = (
    *(AlreadyResolved, ClaimedByAnother, OtherTeam),
    *(Contended, NoSuchIncident, NotBackYet),
)
"""What the register answers to a claim that it refuses: nothing was claimed."""


class Why(StrEnum):
    """Why a message was passed over."""

    NOT_OURS = "not_ours"
    """It is no message of the service. It stays, becomes a dead letter, and somebody looks into it.

    All others leave nothing to do.
    """
    COLLEAGUE_HAS_IT = "colleague_has_it"
    WAITS_FOR_CITIZEN = "waits_for_citizen"
    KNOWN_PROBLEM = "known_problem"  # one answer to many will do
    FOLLOWS_ANOTHER = "follows_another"  # it is answered together with that one
    RESOLVED = "resolved"
    OTHER_TEAM = "other_team"
    ERASED = "erased"
    NO_SUCH_INCIDENT = "no_such_incident"


_STALE: dict[type[Exception], Why] = {
    WaitsForCitizen: Why.WAITS_FOR_CITIZEN,
    AlreadyResolved: Why.RESOLVED,
    OtherTeam: Why.OTHER_TEAM,
    Erased: Why.ERASED,
    NoSuchIncident: Why.NO_SUCH_INCIDENT,
}


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A message that was passed over.

    colleague: the one who has the incident. deleted: whether the message is out of the queue.
    """

    why: Why
    reference: Reference | None = None
    colleague: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The incident that the operator now has.

    comes_again: whether its message is still in the queue, which harms nobody.
    """

    reference: Reference
    comes_again: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """What one pull found. more: whether it ended before the queue was empty, without a find."""

    taken: Taken | None
    passed_over: tuple[PassedOver, ...] = ()
    more: bool = False


class ClaimUncertain(Exception):
    """The register did not answer: perhaps the operator has the incident, perhaps nobody has.

    Its message is in the queue again. A further claim by this operator, or a look at the incident,
    tells which.
    """

    def __init__(self, reference: Reference) -> None:
        super().__init__(reference)
        self.reference = reference


def take_next(
    queue: TeamQueue,
    register: Register,
    operator_name: str,
    team: Category,
    now: datetime,
    *,
    open_problems: Callable[[], Collection[str]] = frozenset,
) -> Pull:
    """Claims the next incident of the team that nobody has. It takes some seconds at most.

    An operator who has the incident of a message already gets it. open_problems: gives the ids of
    the known problems that are open. An incident that is linked to one of them, or answered
    together with another incident, is passed over, unless its citizen has written.

    Raises
    ------
    ClaimUncertain
    ValueError
        If the queue is another team's.
    Exception
        Whatever the queue or the register raises. The message is then in the queue.
    """
    if queue.team is not team:
        raise ValueError(f"the queue is that of {queue.team}")
    passed_over: list[PassedOver] = []
    ends_at = time.monotonic() + _ENOUGH_S
    while time.monotonic() < ends_at:
        message = queue.receive()
        if message is None:
            return Pull(None, tuple(passed_over))
        if message.reference is None:
            passed_over.append(PassedOver(Why.NOT_OURS))
            continue
        try:
            stale = _claim(register, message.reference, operator_name, team, now, open_problems)
        except BaseException:
            _give_back(queue, message)
            raise
        deleted = _is_deleted(queue, message)
        if stale is None:
            return Pull(Taken(message.reference, comes_again=not deleted), tuple(passed_over))
        why, colleague = stale
        passed_over.append(PassedOver(why, message.reference, colleague, deleted))
    return Pull(None, tuple(passed_over), more=True)


def _claim(  # noqa: PLR0917  they are what it takes to claim
    register: Register,
    reference: Reference,
    operator: str,
    team: Category,
    now: datetime,
    open_problems: Callable[[], Collection[str]],
) -> tuple[Why, str | None] | None:
    """Claims the incident; if nobody needs its message, returns why, and which colleague has it."""
    try:
        must_be_for_the_next(register.incident(reference, now), open_problems)
        _claim_even_if_the_answer_is_lost(register, reference, operator, team, now)
    except ClaimedByAnother as refusal:
        return Why.COLLEAGUE_HAS_IT, refusal.operator
    except AnsweredTogether as refusal:
        return Why.FOLLOWS_ANOTHER if refusal.answered_with else Why.KNOWN_PROBLEM, None
    except tuple(_STALE) as refusal:
        return _STALE[type(refusal)], None
    return None


def _claim_even_if_the_answer_is_lost(
    register: Register, reference: Reference, operator: str, team: Category, now: datetime
) -> None:
    try:
        register.claim(reference, operator, team, now)
    except _ANSWERS:
        raise
    except Exception:  # noqa: BLE001  any layer may lose the answer
        # The register may have the claim all the same: then this one changes nothing.
        try:
            register.claim(reference, operator, team, now)
        except _ANSWERS:
            raise
        except Exception as again:
            raise ClaimUncertain(reference) from again


def _give_back(queue: TeamQueue, message: Received) -> None:
    """Gives the message to the others at once; if that fails, they get it after a minute."""
    with suppress(Exception):
        queue.give_back(message)


def _is_deleted(queue: TeamQueue, message: Received) -> bool:
    """Deletes the message; returns whether that worked. If it comes again, it does no harm."""
    try:
        queue.delete(message)
    except Exception:  # noqa: BLE001  any layer may fail, and the claim stands
        return False
    return True
