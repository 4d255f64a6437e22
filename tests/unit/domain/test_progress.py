"""The steps of an incident: what has happened counts as done, and nothing else does."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import citizen_acts, group_answer, operator_acts, service_acts
from suport.domain.category import Category
from suport.domain.change import Decision, to_be_routed
from suport.domain.group_acts import answer_for_all
from suport.domain.group_answer import Act
from suport.domain.history import Action, Done, Entry, Message, next_entry_id
from suport.domain.incident import Actor, Incident, Reason, Status
from suport.domain.language import Language
from suport.domain.operator_acts import NOT_THEIRS, Work
from suport.domain.progress import Stage, Standing, Step, steps
from tests.support.incidents import NOW, an_incident

SENT, REOPENED, WITH_TEAM = Stage.SENT, Stage.REOPENED, Stage.WITH_TEAM
WORKED_ON, ASKED, ENDED = Stage.WORKED_ON, Stage.ASKED, Stage.ENDED


def ended(by: Actor | None, **fields: Any) -> dict[str, Any]:
    return {"status": Status.RESOLVED, "resolved_at": NOW, "resolved_by": by} | fields


@pytest.mark.parametrize(
    ("fields", "done", "now", "ahead"),
    [
        ({"status": Status.RECEIVED}, [], SENT, [WITH_TEAM, WORKED_ON, ASKED, ENDED]),
        ({"status": Status.QUEUED}, [SENT], WITH_TEAM, [WORKED_ON, ASKED, ENDED]),
        ({"status": Status.CLAIMED}, [SENT, WITH_TEAM], WORKED_ON, [ASKED, ENDED]),
        ({"status": Status.WAITING}, [SENT, WITH_TEAM, WORKED_ON], ASKED, [ENDED]),
        # solved without a question
        (ended(Actor.OPERATOR), [SENT, WITH_TEAM, WORKED_ON], ENDED, []),
        (ended(None), [SENT, WITH_TEAM, WORKED_ON], ENDED, []),
        # its citizen closed it before anybody had answered, and afterwards
        (ended(Actor.CITIZEN), [SENT], ENDED, []),
        (
            ended(Actor.CITIZEN, first_answered_at=NOW),
            [SENT, WITH_TEAM, WORKED_ON],
            ENDED,
            [],
        ),
        # its citizen closed it while it was in the queue, in hand, and waiting for them
        (
            ended(Actor.CITIZEN, former_states=(Status.RECEIVED, Status.QUEUED)),
            [SENT, WITH_TEAM],
            ENDED,
            [],
        ),
        (
            ended(Actor.CITIZEN, former_states=(Status.QUEUED, Status.CLAIMED)),
            [SENT, WITH_TEAM, WORKED_ON],
            ENDED,
            [],
        ),
        (
            ended(Actor.CITIZEN, former_states=(Status.QUEUED, Status.WAITING)),
            [SENT, WITH_TEAM, WORKED_ON, ASKED],
            ENDED,
            [],
        ),
        # a question was answered: with the team again, in hand again, and then resolved
        (
            {"former_states": (Status.QUEUED, Status.CLAIMED, Status.WAITING)},
            [SENT, WORKED_ON, ASKED],
            WITH_TEAM,
            [ENDED],
        ),
        (
            {"status": Status.CLAIMED, "former_states": (Status.CLAIMED, Status.WAITING)},
            [SENT, WITH_TEAM, ASKED],
            WORKED_ON,
            [ENDED],
        ),
        (
            ended(Actor.OPERATOR, former_states=(Status.CLAIMED, Status.WAITING)),
            [SENT, WITH_TEAM, WORKED_ON, ASKED],
            ENDED,
            [],
        ),
        # an incident of before the register named the states it has left
        ({"first_answered_at": NOW}, [SENT, WORKED_ON], WITH_TEAM, [ASKED, ENDED]),
        # silence ended it
        (ended(Actor.SERVICE), [SENT, WITH_TEAM, WORKED_ON, ASKED], ENDED, []),
        # back with the team: what is ahead is ahead again
        (
            {"status": Status.QUEUED, "reopened_at": NOW, "first_answered_at": NOW},
            [SENT, REOPENED],
            WITH_TEAM,
            [WORKED_ON, ASKED, ENDED],
        ),
        (
            ended(Actor.OPERATOR, reopened_at=NOW),
            [SENT, REOPENED, WITH_TEAM, WORKED_ON],
            ENDED,
            [],
        ),
    ],
)
def test_only_what_has_happened_is_done(
    fields: dict[str, Any], done: list[Stage], now: Stage, ahead: list[Stage]
) -> None:
    assert steps(an_incident(**fields)) == [
        *(Step(stage, Standing.DONE) for stage in done),
        Step(now, Standing.NOW),
        *(Step(stage, Standing.AHEAD) for stage in ahead),
    ]


PROBLEM = "01M8A9GS32SWC3AYT3M5FPN97G"
BODIES = dict.fromkeys(Language, "Words.")


def to_all(incident: Incident, now: datetime, act: Act) -> Decision[Any]:
    """What is done with all incidents of a known problem is done with this one."""
    job = group_answer.begun(
        id=next_entry_id(now),
        problem=PROBLEM,
        act=act,
        references=(incident.reference,),
        by="eva",
        now=now,
        bodies=BODIES,
    )
    return answer_for_all(incident, now, job)


def by_operator(
    act: Callable[..., Decision[Any]], *about: Any, **more: Any
) -> Callable[[Incident, datetime], Decision[Any]]:
    return lambda incident, now: act(
        incident, now, Work("marta", incident.category), *about, **more
    )


def passed_on(incident: Incident, now: datetime) -> Decision[Any]:
    [to, *_] = [each for each in Category if each is not incident.category]
    return operator_acts.transfer(incident, now, Work("marta", incident.category), to, "Theirs.")


ACTS: dict[str, Callable[[Incident, datetime], Decision[Any]]] = {
    "queue": lambda incident, now: service_acts.mark_queued(incident, now, incident),
    "wake": service_acts.wake,
    "claim": by_operator(operator_acts.claim),
    "release": by_operator(operator_acts.release),
    "tell": by_operator(operator_acts.reply, "Words."),
    "ask": by_operator(operator_acts.reply, "Words?", ask=True),
    "resolve": by_operator(operator_acts.resolve, None),
    "pass on": passed_on,
    "ask all": partial(to_all, act=Act.ASK),
    "tell all": partial(to_all, act=Act.TELL),
    "resolve all": partial(to_all, act=Act.RESOLVE),
    "write": lambda incident, now: citizen_acts.write(incident, now, "Words."),
    "close": citizen_acts.close,
    "reopen": citizen_acts.reopen,
}
REFUSALS = (*NOT_THEIRS, citizen_acts.ReopeningOver, citizen_acts.TooManyMessages)


def stages_in(history: Sequence[Entry]) -> set[Stage]:
    """What an incident went through, by what its history says was done since its last beginning."""
    reached = {SENT}
    for entry in history:
        match entry.content:
            case Action(done=Done.REOPENED):
                reached = {SENT, REOPENED, WITH_TEAM}
            case Action(done=Done.QUEUED):
                reached |= {WITH_TEAM}
            case Action(done=Done.ASKED):
                reached |= {WITH_TEAM, WORKED_ON, ASKED}
            case Action(done=Done.CLAIMED) | Message(by=Actor.OPERATOR):
                reached |= {WITH_TEAM, WORKED_ON}
            case Action(done=Done.RESOLVED, by=Actor.OPERATOR):
                reached |= {WITH_TEAM, WORKED_ON, ENDED}
            case Action(done=Done.RESOLVED):
                reached |= {ENDED}
    return reached


@given(st.lists(st.sampled_from(list(ACTS)), max_size=25), st.integers(1, 20 * 24))
def test_the_line_tells_what_the_history_tells(acts: list[str], hours: int) -> None:
    incident = an_incident(
        status=Status.RECEIVED,
        known_problem=PROBLEM,
        **to_be_routed(Reason.SUBMITTED, an_incident().last_entry, NOW),
    )
    history: list[Entry] = []
    now = NOW
    for name in acts:
        now += timedelta(hours=hours)
        try:
            change = ACTS[name](incident, now).change
        except REFUSALS:
            continue
        incident = change.result
        history += change.entries
        line = steps(incident)
        [here] = [each.stage for each in line if each.standing is Standing.NOW]
        done = {each.stage for each in line if each.standing is Standing.DONE}
        ahead = [each.stage for each in line if each.standing is Standing.AHEAD]
        assert done == stages_in(history) - {here}, name
        assert len({each.stage for each in line}) == len(line)
        assert (here is ENDED) is (not ahead) is (incident.status is Status.RESOLVED)
