"""An answer to many incidents at once: to all of a known problem, or to all that follow another.

The answer is a job, which a worker does in the background, one incident after the other, in order.
Each act on an incident is recognised by a digest of job and incident (`digest`), and so done once,
however often the job is interrupted and taken up again. Nobody but the worker that holds the job
goes on with it (`taken`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from suport.domain import crockford, retention
from suport.domain.change import request_digest
from suport.domain.language import Language
from suport.domain.reference import Reference

LEASE = timedelta(seconds=60)
"""A worker that has done nothing for so long is gone, and another may take the job up."""
MOST_STUMBLES = 10
"""After so many runs that failed at the same incident, in about a quarter of an hour, the job goes
on without it."""
MOST_AT_ONCE = 10_000  # incidents; with four bodies, this fits into an item of 400 KB
_ID_CHARACTERS = 26
LONGEST_BODY = 4_000  # characters, as of an operator's message


class Act(StrEnum):
    """What is done with each of the incidents."""

    LINK = "link"  # to the job's known problem
    TELL = "tell"  # a message
    ASK = "ask"  # a message, to which the citizen has to answer
    RESOLVE = "resolve"  # with a message, or without one
    GIVE_BACK = "give_back"  # each is its team's own again, with a message or without one


class Skipped(StrEnum):
    """Why nothing was done with an incident."""

    RESOLVED = "resolved"
    ELSEWHERE = "elsewhere"  # it is linked to another known problem by now
    UNLINKED = "unlinked"  # somebody undid the link, or passed it on to another team
    UNREAD = "unread"  # its citizen wrote, and nobody has read that: it is not resolved
    SOLVED = "solved"  # the problem was, before the incident was linked to it
    GONE = "gone"  # erased or expired
    FAILED = "failed"  # again and again; `left` names them


class OutOfOrder(ValueError):
    """A job that nobody can do: without incidents or words, or with too many of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """A job; moments are aware UTC.

    problem, leader: the known problem, or the incident that is followed; one of the two.
    bodies: the words for the citizens of each language; None if they are told nothing, and once the
    job is finished: then each incident has its own.
    references: the incidents, in order; none once the job is finished. total: how many there were.
    is_sought: whether the worker still has to find the incidents that are to be linked.
    done: how many of them are dealt with, skipped ones included. left: those that have failed.
    by: the operator's name. held_until, held_by: until when which worker holds the job; the name is
    that of one run. stumbles: how often it failed at the incident that is next. revision: counts
    the writes.
    """

    id: str
    problem: str | None = None
    leader: Reference | None = None
    act: Act
    bodies: Mapping[Language, str] | None = None
    references: tuple[Reference, ...]
    total: int
    by: str
    begun_at: datetime
    expires_at: int
    is_sought: bool = False
    done: int = 0
    skipped: Mapping[Skipped, int] = field(default_factory=dict)
    left: tuple[Reference, ...] = ()
    finished_at: datetime | None = None
    held_until: datetime | None = None
    held_by: str | None = None
    stumbles: int = 0
    revision: int = 0

    @property
    def owner(self) -> str:
        """Whose job it is: the known problem's id, or `incident/<reference>`."""
        return owner_of(self.problem, self.leader)

    @property
    def answered(self) -> int:
        """With how many incidents the act was done."""
        return self.done - sum(self.skipped.values())

    @property
    def next(self) -> Reference | None:
        """The incident whose turn it is."""
        return None if self.finished_at or self.is_sought else self.references[self.done]

    @property
    def asks_again(self) -> bool:
        """Whether to look for incidents that came late: before the last one is dealt with.

        Only an answer that ends something needs to: nobody answers again after it.
        """
        ends = self.act in {Act.RESOLVE, Act.GIVE_BACK}
        return ends and self.next is not None and self.done + 1 == self.total

    def is_held(self, now: datetime) -> bool:
        """Whether a worker that may still be alive has the job."""
        return self.held_until is not None and now < self.held_until


def owner_of(problem: str | None, leader: Reference | None) -> str:
    """The owner of the jobs of a known problem or, without one, of a leading incident."""
    return problem if problem is not None else f"incident/{leader}"


def job_id(key: str, owner: str, act: Act, bodies: Mapping[Language, str] | None = None) -> str:
    """The id of the job that a form with this key begins, the same whenever it is sent again.

    The same key with another act or other words is another job. Otherwise somebody who mends a text
    and sends it once more would be told that it went out, and the first one would have.
    """
    words = "" if bodies is None else json.dumps({each: bodies[each] for each in Language})
    digest = request_digest(key, owner, act, words)
    return crockford.encode(int(digest, 16), _ID_CHARACTERS)


def begun(
    *,
    id: str,  # noqa: A002  as GroupAnswer has it
    act: Act,
    by: str,
    references: tuple[Reference, ...],
    now: datetime,
    bodies: Mapping[Language, str] | None = None,
    problem: str | None = None,
    leader: Reference | None = None,
) -> GroupAnswer:
    """A new job; each incident is in it once. A worker finds what is to be linked to a problem.

    Raises
    ------
    OutOfOrder
        If there are no incidents, and none to be linked, or more than `MOST_AT_ONCE`, if the act
        needs words and there are none, if a language has none, or if it is not the job of exactly
        one owner.
    """
    once = tuple(dict.fromkeys(references))
    is_sought = act is Act.LINK and not once
    if not (once or is_sought) or len(once) > MOST_AT_ONCE:
        raise OutOfOrder(f"{len(once)} incidents")
    if (problem is None) is (leader is None):
        raise OutOfOrder("a job is either a known problem's or an incident's")
    if bodies is None and act in {Act.TELL, Act.ASK}:
        raise OutOfOrder("a message without words")
    if bodies is not None and not all(
        0 < len(bodies.get(language, "").strip()) <= LONGEST_BODY for language in Language
    ):
        raise OutOfOrder("words in all languages, none too long")
    return GroupAnswer(
        id=id,
        problem=problem,
        leader=leader,
        act=act,
        bodies=bodies,
        references=once,
        total=len(once),
        is_sought=is_sought,
        by=by,
        begun_at=now,
        expires_at=retention.expires_at(now),
    )


def digest(job_id: str, reference: Reference) -> str:
    """By what the act of a job on an incident is recognised when it is repeated."""
    return request_digest(job_id, reference)


def taken(job: GroupAnswer, now: datetime, worker: str = "") -> GroupAnswer | None:
    """The job as that worker holds it from now on; None if it is finished or another one has it."""
    if job.finished_at or job.is_held(now):
        return None
    return replace(job, held_until=now + LEASE, held_by=worker)


def advanced(job: GroupAnswer, now: datetime, skipped: Skipped | None = None) -> GroupAnswer:
    """The job after the next incident is dealt with; its worker goes on holding it.

    A finished job forgets its words, which may be about one citizen, and which incidents it had,
    except those that have failed.
    """
    done = job.done + 1
    why = dict(job.skipped)
    left = job.left
    if skipped:
        why[skipped] = why.get(skipped, 0) + 1
    if skipped is Skipped.FAILED:
        left += (job.references[job.done],)
    advanced = replace(job, done=done, skipped=why, left=left, stumbles=0, held_until=now + LEASE)
    if done < job.total:
        return advanced
    return _finished(advanced, now)


def found(job: GroupAnswer, references: Iterable[Reference], now: datetime) -> GroupAnswer:
    """The job once its worker has found the incidents; it is finished if there are none."""
    once = tuple(dict.fromkeys(references))[:MOST_AT_ONCE]
    held = replace(job, references=once, total=len(once), is_sought=False, held_until=now + LEASE)
    return held if once else _finished(held, now)


def with_late(job: GroupAnswer, references: Iterable[Reference]) -> GroupAnswer:
    """The job with those of these incidents that it did not have, behind all others."""
    all_of_them = tuple(dict.fromkeys((*job.references, *references)))[:MOST_AT_ONCE]
    return replace(job, references=all_of_them, total=len(all_of_them))


def stopped(job: GroupAnswer, now: datetime) -> GroupAnswer:
    """The job that links, once its problem is solved: nobody would answer what it still links."""
    why, left = dict(job.skipped), job.total - job.done
    if left:
        why[Skipped.SOLVED] = left
    return _finished(replace(job, done=job.total, skipped=why, is_sought=False), now)


def stumbled(job: GroupAnswer, now: datetime) -> GroupAnswer:
    """The job after a failure at the next incident. Nobody holds it any more, to try again later.

    After `MOST_STUMBLES` its worker goes on without that incident: one must not hold up all others.
    """
    if job.stumbles + 1 >= MOST_STUMBLES:
        return advanced(job, now, Skipped.FAILED)
    return released(replace(job, stumbles=job.stumbles + 1))


def _finished(job: GroupAnswer, now: datetime) -> GroupAnswer:
    return replace(job, bodies=None, references=(), finished_at=now, held_until=None)


def released(job: GroupAnswer) -> GroupAnswer:
    """The job once its worker goes on no longer: the next one may take it up at once."""
    return replace(job, held_until=None)
