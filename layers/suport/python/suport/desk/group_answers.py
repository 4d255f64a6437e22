"""Answers to many incidents at once: begins them as jobs, and does them in the background.

An operator's request only records the job and starts `answer_linked`. Wherever that function breaks
off, the job goes on with the incident after the last one that was dealt with; the act on that one
is recognised if it was done already. The watcher starts the function again for a job that nobody
works on.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport.desk.matching_incidents import matching
from suport.domain import group_answer
from suport.domain.group_answer import MOST_AT_ONCE, Act, GroupAnswer, Skipped
from suport.domain.known_problem import KnownProblem
from suport.domain.reference import Reference
from suport.register.errors import NoSuchIncident, NotBackYet
from suport.register.known_problems import KnownProblems, NoSuchProblem
from suport.register.register import Register

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from suport.register.search_index import SearchIndex


class GroupAnswers:
    """The jobs that a function begins, and those that it starts again."""

    def __init__(self, jobs: KnownProblems, client: "LambdaClient", function: str) -> None:
        """Jobs in that table, done by the function of that name, started with this client."""
        self._jobs, self._client, self._function = jobs, client, function

    def begin(self, job: GroupAnswer) -> GroupAnswer:
        """Records the job, once, and starts it.

        Where it cannot be started now, the watcher starts it within minutes.
        """
        begun = self._jobs.begin(job)
        with suppress(Exception):
            self.start(begun)
        return begun

    def start(self, job: GroupAnswer) -> None:
        """Has the function work on that job, and does not wait for it."""
        self._client.invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=json.dumps({"owner": job.owner, "job": job.id}).encode(),
        )

    def resume(self, now: datetime) -> list[GroupAnswer]:
        """Starts every job that is unfinished and that nobody works on; returns these.

        One that cannot be started stops no other.

        Raises
        ------
        ExceptionGroup
            What was raised where jobs could not be started, once all others are.
        """
        started, failures = [], []
        for job in self._jobs.unfinished(now):
            if job.is_held(now):
                continue
            try:
                self.start(job)
            except Exception as failure:  # noqa: BLE001  it is raised below
                failures.append(failure)
            else:
                started.append(job)
        if failures:
            raise ExceptionGroup("jobs not started", failures)
        return started


def work(
    job_id: str,
    owner: str,
    jobs: KnownProblems,
    register: Register,
    index: "SearchIndex",
    *,
    clock: Callable[[], datetime],
    in_time: Callable[[], bool],
    left_out: Callable[[Reference], None] = lambda _: None,
) -> GroupAnswer | None:
    """Works on a job until it is finished or the time is over; returns how far it has got.

    None if there is no such job, if it is finished, or if another worker has it. clock: the present
    moment. in_time: whether there is time for one more incident. left_out: is told of an incident
    that somebody has to answer by hand, before anything is written about it: rather twice than not.

    Raises
    ------
    Exception
        Whatever the tables raise. The job is then free to be taken up again.
    """
    found = jobs.job(owner, job_id, clock())
    taken = found and group_answer.taken(found, clock(), secrets.token_hex(8))
    held = taken and jobs.advance(taken)
    while held and not held.finished_at and in_time():
        try:
            after = _after_one_step(held, jobs, register, index, clock)
        except Exception as failure:
            if held.next is None or not _is_of_incident(failure):
                jobs.advance(group_answer.released(held))
                raise
            after = group_answer.stumbled(held, clock())
            if len(after.left) > len(held.left):
                left_out(held.next)
            held = jobs.advance(after)
            if after.stumbles:
                raise
        else:
            held = jobs.advance(after)
    if held and not held.finished_at:
        return jobs.advance(group_answer.released(held))
    return held


def _after_one_step(
    job: GroupAnswer,
    jobs: KnownProblems,
    register: Register,
    index: "SearchIndex",
    clock: Callable[[], datetime],
) -> GroupAnswer:
    """The job after its next incident is dealt with, or its incidents are found."""
    if job.act is Act.LINK:
        assert job.problem, "an incident is linked to a known problem"
        problem = _open_problem(job.problem, jobs, clock())
        if problem is None:
            return group_answer.stopped(job, clock())
        if job.is_sought:
            matches = matching(problem, register, index, clock(), MOST_AT_ONCE)
            return group_answer.found(job, [each.reference for each in matches.found], clock())
    if job.asks_again:  # the index lags behind, and others link meanwhile
        job = group_answer.with_late(job, linked_for(job, index, clock()))
    reference = job.next
    assert reference, "a job that is not finished has a next incident"
    try:
        skipped = register.answer_for_all(reference, job, clock())
    except NoSuchIncident:
        skipped = Skipped.GONE
    return group_answer.advanced(job, clock(), skipped)


def linked_for(job: GroupAnswer, index: "SearchIndex", now: datetime) -> tuple[Reference, ...]:
    """The incidents that the job's owner has now."""
    if job.leader:
        return index.followers(job.leader, now)
    assert job.problem, "a job is either a known problem's or an incident's"
    return index.linked(job.problem, now)


def _open_problem(id: str, jobs: KnownProblems, now: datetime) -> KnownProblem | None:  # noqa: A002  its name
    try:
        problem = jobs.get(id, now)
    except NoSuchProblem:
        return None
    return problem if problem.is_open(now) else None


_FAULTS_OF_INCIDENT = {"ValidationException", "TransactionCanceledException"}
"""Of the table's refusals, those that are about what is written: an item that is too large."""


def _is_of_incident(failure: Exception) -> bool:
    """Whether a failure is likely to be about the incident, and not about what all have in common.

    Where a table does not answer, or the register is not whole, no incident is at fault, and each
    of them would be left out in its turn.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  after a failure only

    if isinstance(failure, ClientError):
        reasons: Any = failure.response.get("CancellationReasons", [])
        is_throttled = any("Throughput" in str(each) or "Throttl" in str(each) for each in reasons)
        code = failure.response.get("Error", {}).get("Code")
        return code in _FAULTS_OF_INCIDENT and not is_throttled
    return not isinstance(failure, BotoCoreError | NotBackYet | OSError)
