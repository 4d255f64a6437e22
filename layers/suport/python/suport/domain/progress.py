"""The steps of an incident as its citizen sees them: what is behind it, where it is, what may come.

Only what has happened since it was sent, or last reopened, counts as done, and all of that stays
done: a question that was answered is behind the incident although its team has it again. Each step
stands in the line once. An incident that its citizen closed before anybody worked on it never had
an operator, and a question is a step behind it only if one was asked.
"""

from dataclasses import dataclass
from enum import StrEnum

from suport.domain.incident import Actor, Incident, Status


class Stage(StrEnum):
    """One step of the way."""

    SENT = "sent"
    REOPENED = "reopened"
    WITH_TEAM = "with_team"
    WORKED_ON = "worked_on"
    ASKED = "asked"
    ENDED = "ended"


class Standing(StrEnum):
    """Whether a step is behind the incident, is where it is, or may still come."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage, and how the incident stands to it."""

    stage: Stage
    standing: Standing


_AT = {
    Status.RECEIVED: Stage.SENT,
    Status.QUEUED: Stage.WITH_TEAM,
    Status.CLAIMED: Stage.WORKED_ON,
    Status.WAITING: Stage.ASKED,
    Status.RESOLVED: Stage.ENDED,
}

_BETWEEN = (Stage.WITH_TEAM, Stage.WORKED_ON, Stage.ASKED)
"""The steps between beginning and end; who gets to one of them has been at those before it."""


def steps(incident: Incident) -> list[Step]:
    """The way of the incident: the steps behind it, the one where it is, and those that may come.

    Exactly one step is `NOW`. What has ended has nothing ahead.
    """
    now = _AT[incident.status]
    begun = [Stage.SENT, Stage.REOPENED] if incident.reopened_at else [Stage.SENT]
    reached = _reached(incident)
    done = [*begun, *_BETWEEN[:reached]]
    ahead = [] if now is Stage.ENDED else [*_BETWEEN[reached:], Stage.ENDED]
    return [
        *(Step(stage, Standing.DONE) for stage in done if stage is not now),
        Step(now, Standing.NOW),
        *(Step(stage, Standing.AHEAD) for stage in ahead if stage is not now),
    ]


def _reached(incident: Incident) -> int:
    """How many of the steps in between the incident has got to, as far as it says so."""
    been = {_AT[status] for status in (*incident.former_states, incident.status)}
    answered, reopened = incident.first_answered_at, incident.reopened_at
    if answered and (reopened is None or answered > reopened):
        been.add(Stage.WORKED_ON)  # many are answered at once, with no claim
    if incident.status is Status.RESOLVED:
        if incident.resolved_by is Actor.SERVICE:  # no answer to a question in time
            been.add(Stage.ASKED)
        elif incident.resolved_by is not Actor.CITIZEN:
            been.add(Stage.WORKED_ON)
    return max((place for place, stage in enumerate(_BETWEEN, 1) if stage in been), default=0)
