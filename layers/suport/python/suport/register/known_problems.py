"""The table of the known problems, and of the answers to all incidents of one (jobs).

Its keys are `problem` and `item`. A known problem is under `problems` and its id. All that are open
are once more in a single item, `published` and `now`, which is written in the same transaction:
the citizens' pages read nothing else. A job is under its owner (see `group_answer.owner_of`) and
`job/<id>`. While it is unfinished, `jobs` and its id point to it.

No item has anything that a citizen wrote. What an operator writes to the citizen of a leading
incident is in its job until that is finished, and goes with the incident if that is erased. A
problem is kept for six months after its last change, and a job for six months.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport.domain import crockford, known_problem, retention
from suport.domain.category import Category
from suport.domain.group_answer import Act, GroupAnswer, Skipped, owner_of
from suport.domain.known_problem import KnownProblem, State, TooManyOpen
from suport.domain.language import Language
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PROBLEMS, _JOBS, _JOB = "problems", "jobs", "job/"
_PUBLISHED: Item = {"problem": "published", "item": "now"}
_REFERENCE = 12  # characters, without dashes


class NoSuchProblem(LookupError):
    """There is no known problem with that id, or it has expired."""


class ProblemChanged(Exception):
    """Somebody else has changed the known problem; nothing was written. problem: as it is now."""

    def __init__(self, problem: KnownProblem) -> None:
        super().__init__(problem.id)
        self.problem = problem


def new_id(now: datetime) -> str:
    """A name for a known problem or a job: a ULID. Later ones sort after earlier ones."""
    return crockford.encode(int(now.timestamp() * 1000) << 80 | secrets.randbits(80), 26)


class KnownProblems:
    """The known problems and their jobs, in one DynamoDB table. All moments are aware."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Those in the table of that name, reached with this client."""
        self._client, self._table = client, table

    # Known problems

    def open(self, problem: KnownProblem, now: datetime) -> KnownProblem:
        """Records a new known problem and shows it to citizens.

        If one with that id is there, nothing is written: the same form was sent twice. Returns the
        one that is there.

        Raises
        ------
        TooManyOpen, Contended
        """
        return self._write(problem, None, now)

    def change(self, problem: KnownProblem, seen: int, now: datetime) -> KnownProblem:
        """Replaces a known problem, unless it was changed since the revision that was `seen`.

        Returns it as it is now. The same change again changes nothing.

        Raises
        ------
        NoSuchProblem, ProblemChanged, Contended
        """
        return self._write(replace(problem, revision=seen + 1), seen, now)

    def solve(self, id: str, by: str, now: datetime) -> KnownProblem:  # noqa: A002  its name
        """Marks the known problem as solved, and shows it to citizens no more; returns it.

        Raises
        ------
        NoSuchProblem, Contended
        """
        for _ in attempts():
            standing = self.get(id, now)
            if standing.state is State.SOLVED:
                return standing
            try:
                return self.change(known_problem.solved(standing, by, now), standing.revision, now)
            except ProblemChanged:
                continue
        raise Contended

    def get(self, id: str, now: datetime) -> KnownProblem:  # noqa: A002  its name
        """The known problem with that id.

        Raises
        ------
        NoSuchProblem
        """
        item = self._item(_key(_PROBLEMS, id), now) if crockford.is_id(id) else None
        if item is None:
            raise NoSuchProblem(id)
        return _problem_of(item)

    def all(self, now: datetime) -> list[KnownProblem]:
        """Every known problem that is kept: first the open ones; of each kind the latest first."""
        found = [_problem_of(item) for item in self._items(_PROBLEMS, now)]
        found.sort(key=lambda each: each.id, reverse=True)
        return sorted(found, key=lambda each: each.state is State.SOLVED)

    def published(self, now: datetime) -> tuple[KnownProblem, ...]:
        """All that are open, in one request. It may lag a moment behind."""
        answer = self._client.get_item(TableName=self._table, Key=marshalled(_PUBLISHED))
        found = _published_in(unmarshalled(answer.get("Item", {})))
        return tuple(each for each in found if each.is_open(now))

    # Jobs

    def begin(self, job: GroupAnswer) -> GroupAnswer:
        """Records a new job, unless one with its id is there: the same form was sent twice.

        Returns the one that is there.
        """
        pointer = _key(_JOBS, job.id) | {"owner": job.owner, "expires_at": job.expires_at}
        beside = {"Put": {"TableName": self._table, "Item": marshalled(pointer)}}
        new = replace(job, revision=0)
        return self._put(new, beside) or self.job(job.owner, job.id, job.begun_at) or job

    def job(self, owner: str, id: str, now: datetime) -> GroupAnswer | None:  # noqa: A002  its name
        """The job with that id, as far as it has got."""
        item = self._item(_key(owner, _JOB + id), now)
        return _job_of(item) if item else None

    def jobs_of(self, owner: str, now: datetime) -> list[GroupAnswer]:
        """The jobs of a known problem or of a leading incident, the latest first."""
        found = [_job_of(item) for item in self._items(owner, now, _JOB)]
        return sorted(found, key=lambda job: (job.begun_at, job.id), reverse=True)

    def advance(self, job: GroupAnswer) -> GroupAnswer | None:
        """Writes how far the job has got, unless somebody has written it since it was read.

        Returns it for the next write, also where the answer to the same write was lost; None if
        somebody else has it.
        """
        if not job.finished_at:
            return self._put(job)
        key = marshalled(_key(_JOBS, job.id))
        return self._put(job, {"Delete": {"TableName": self._table, "Key": key}})

    def unfinished(self, now: datetime) -> list[GroupAnswer]:
        """The jobs that are still to be done, the first begun first."""
        found = [self.job(each["owner"], each["item"], now) for each in self._items(_JOBS, now)]
        return [job for job in found if job and not job.finished_at]

    def forget(self, leader: Reference) -> None:
        """Deletes all jobs of a leading incident, because it is erased.

        A worker that has one of them finds out at its next write, and stops.
        """
        owner = owner_of(None, leader)
        answers = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="problem = :problem",
            ExpressionAttributeValues=marshalled({":problem": owner}),
            ConsistentRead=True,
        )
        for item in (unmarshalled(each) for answer in answers for each in answer["Items"]):
            for key in (_key(_JOBS, item["item"].removeprefix(_JOB)), _key(owner, item["item"])):
                self._client.delete_item(TableName=self._table, Key=marshalled(key))

    # How it is done

    def _put(self, job: GroupAnswer, *beside: Any) -> GroupAnswer | None:
        """Puts the job's next revision and what is `beside` it, both or neither."""
        written = replace(job, revision=job.revision + 1)
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(revision)"}
        if job.revision:
            condition = {
                "ConditionExpression": "revision = :seen",
                "ExpressionAttributeValues": marshalled({":seen": job.revision}),
            }
        item = _job_item(written)
        put: Any = {"TableName": self._table, "Item": marshalled(item), **condition}
        refusals = self._client.exceptions
        try:
            if beside:
                self._client.transact_write_items(TransactItems=[{"Put": put}, *beside])
            else:
                self._client.put_item(**put)
        except (
            refusals.ConditionalCheckFailedException,
            refusals.TransactionConflictException,
        ):
            pass
        except refusals.TransactionCanceledException as refusal:
            codes = {each.get("Code") for each in refusal.response["CancellationReasons"]}
            if not codes <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                raise
        else:
            return written
        # The client sends a write again whose answer was lost, and finds its own.
        standing = self._item(_key(job.owner, _JOB + job.id), job.begun_at)
        is_own = job.held_by is not None and standing == item
        return written if is_own else None

    def _write(self, problem: KnownProblem, seen: int | None, now: datetime) -> KnownProblem:
        """Writes the known problem and the item of all that are open, both or neither.

        seen: the revision on which the change is based; None for a new problem.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(revision)"}
        if seen is not None:
            condition = {
                "ConditionExpression": "revision = :seen",
                "ExpressionAttributeValues": marshalled({":seen": seen}),
            }
        item = marshalled(_problem_item(problem))
        put: Any = {"TableName": self._table, "Item": item, **condition}
        refusals = self._client.exceptions
        for _ in attempts():
            published = self._published_with(problem, now)
            try:
                self._client.transact_write_items(TransactItems=[{"Put": put}, {"Put": published}])
            except refusals.TransactionCanceledException as refusal:
                codes = [each.get("Code") for each in refusal.response["CancellationReasons"]]
                if not set(codes) <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                    raise
                if codes[0] == "ConditionalCheckFailed":
                    return self._standing(problem, seen, now)
            except refusals.TransactionConflictException:
                continue
            else:
                return problem
        raise Contended

    def _standing(self, problem: KnownProblem, seen: int | None, now: datetime) -> KnownProblem:
        """What is there in place of what was to be written, if that is as good."""
        standing = self.get(problem.id, now)
        if seen is None or standing == problem:  # also where the first answer was lost
            return standing
        raise ProblemChanged(standing)

    def _published_with(self, problem: KnownProblem, now: datetime) -> Any:
        """The request that puts the item of all that are open, if it is still as it is now."""
        answer = self._client.get_item(
            TableName=self._table, Key=marshalled(_PUBLISHED), ConsistentRead=True
        )
        item = unmarshalled(answer.get("Item", {}))
        others = [each for each in _published_in(item) if each.id != problem.id]
        shown = [each for each in (*others, problem) if each.is_open(now)]
        if len(shown) > known_problem.MOST_OPEN:
            raise TooManyOpen
        revision = item.get("revision", 0)
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(revision)"}
        if revision:
            condition = {
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": marshalled({":before": revision}),
            }
        written: Item = {"open": [_facts_of(each) for each in shown], "revision": revision + 1}
        ends = [each.expires_at for each in shown if each.expires_at]
        if ends and len(ends) == len(shown):  # what nobody looks after must not stay in this item
            written["expires_at"] = max(ends)
        item = marshalled(_PUBLISHED | written)
        return {"TableName": self._table, "Item": item, **condition}

    def _item(self, key: Item, now: datetime) -> Item | None:
        answer = self._client.get_item(
            TableName=self._table, Key=marshalled(key), ConsistentRead=True
        )
        item = unmarshalled(answer.get("Item", {}))
        return item if item and _is_kept(item, now) else None

    def _items(self, problem: str, now: datetime, beginning: str = "") -> Iterator[Item]:
        """The items under that key, in order; only those whose name begins so."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="problem = :problem",
            ExpressionAttributeValues=marshalled({":problem": problem}),
            ConsistentRead=True,
        )
        for page in pages:
            for item in map(unmarshalled, page["Items"]):
                if item["item"].startswith(beginning) and _is_kept(item, now):
                    yield item


def _key(problem: str, item: str) -> Item:
    return {"problem": problem, "item": item}


def _is_kept(item: Item, now: datetime) -> bool:
    return "expires_at" not in item or retention.is_visible(item["expires_at"], now)


def _problem_item(problem: KnownProblem) -> Item:
    return _key(_PROBLEMS, problem.id) | _facts_of(problem)


def _facts_of(problem: KnownProblem) -> Item:
    """A known problem as an item has it, without the item's keys."""
    facts: Item = {
        "id": problem.id,
        "titles": {str(language): text for language, text in problem.titles.items()},
        "texts": {str(language): text for language, text in problem.texts.items()},
        "categories": sorted(map(str, problem.categories)),
        "procedures": sorted(problem.procedures),
        "errors": sorted(problem.errors),
        "since": utc_text(problem.since),
        "state": str(problem.state),
        "opened_by": problem.opened_by,
        "opened_at": utc_text(problem.opened_at),
        "changed_by": problem.changed_by,
        "changed_at": utc_text(problem.changed_at),
        "solved_by": problem.solved_by,
        "solved_at": problem.solved_at and utc_text(problem.solved_at),
        "expires_at": problem.expires_at,
        "revision": problem.revision,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _problem_of(item: Item) -> KnownProblem:
    facts = {name: each for name, each in item.items() if name not in {"problem", "item"}}
    moments = ("since", "opened_at", "changed_at", "solved_at")
    return KnownProblem(
        **facts
        | {
            "titles": _by_language(item["titles"]),
            "texts": _by_language(item["texts"]),
            "categories": frozenset(map(Category, item["categories"])),
            "procedures": frozenset(item["procedures"]),
            "errors": frozenset(item["errors"]),
            "state": State(item["state"]),
        }
        | {name: datetime.fromisoformat(item[name]) for name in moments if name in item}
    )


def _published_in(item: Item) -> list[KnownProblem]:
    return [_problem_of(each) for each in item.get("open", [])]


def _by_language(texts: dict[str, str]) -> dict[Language, str]:
    return {Language(language): text for language, text in texts.items()}


def _job_item(job: GroupAnswer) -> Item:
    facts: Item = {
        **_key(job.owner, _JOB + job.id),
        "about": job.problem,
        "leader": job.leader,
        "act": str(job.act),
        "bodies": job.bodies and {str(language): body for language, body in job.bodies.items()},
        "references": _joined(job.references) or None,
        "total": job.total,
        "sought": job.is_sought or None,
        "by": job.by,
        "begun_at": utc_text(job.begun_at),
        "expires_at": job.expires_at,
        "done": job.done,
        "skipped": {str(why): many for why, many in job.skipped.items()},
        "left": _joined(job.left) or None,
        "finished_at": job.finished_at and utc_text(job.finished_at),
        "held_until": job.held_until and utc_text(job.held_until),
        "held_by": job.held_by,
        "stumbles": job.stumbles,
        "revision": job.revision,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _job_of(item: Item) -> GroupAnswer:
    moments = ("finished_at", "held_until")
    return GroupAnswer(
        id=item["item"].removeprefix(_JOB),
        problem=item.get("about"),
        leader=Reference(item["leader"]) if "leader" in item else None,
        act=Act(item["act"]),
        bodies=_by_language(item["bodies"]) if "bodies" in item else None,
        references=_apart(item.get("references", "")),
        total=item["total"],
        is_sought=item.get("sought", False),
        by=item["by"],
        begun_at=datetime.fromisoformat(item["begun_at"]),
        expires_at=item["expires_at"],
        done=item["done"],
        skipped={Skipped(why): many for why, many in item["skipped"].items()},
        left=_apart(item.get("left", "")),
        held_by=item.get("held_by"),
        stumbles=item["stumbles"],
        revision=item["revision"],
        **{name: datetime.fromisoformat(item[name]) for name in moments if name in item},
    )


def _joined(references: tuple[Reference, ...]) -> str:
    """References in one text, which takes a third less than a list."""
    return "".join(reference.replace("-", "") for reference in references)


def _apart(text: str) -> tuple[Reference, ...]:
    starts = range(0, len(text), _REFERENCE)
    return tuple(Reference(crockford.grouped(text[start : start + _REFERENCE])) for start in starts)
