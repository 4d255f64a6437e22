"""Who has which incident, by the entries of its history in the order in which they are written.

It replays what each entry says, and shares nothing with the service but the entries themselves.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.chaos.dynamodb import Written
from tests.chaos.expressions import Item

TO_ALL = "A tothom: "
"""How every message to several citizens at once begins."""
HANDS_ON = {
    "claimed": "operator",
    "taken_over": "operator",
    "handed_over": "colleague",
    "reassigned": "colleague",
}
"""What gives an incident to an operator, and which fact of the entry says to whom."""
LINKS = {"problem_linked": True, "problem_unlinked": False}


@dataclass
class Course[Fact]:
    """What something has been from which moment on."""

    steps: list[tuple[datetime, Fact]]

    @property
    def now(self) -> Fact:
        """What it is."""
        return self.steps[-1][1]

    def becomes(self, fact: Fact, at: datetime) -> None:
        """Notes a change; there may be none."""
        if fact != self.now:
            self.steps.append((at, fact))

    def during(self, since: datetime) -> set[Fact]:
        """All that it has been since then, and at that moment."""
        later = {fact for at, fact in self.steps if at >= since}
        before = [fact for at, fact in self.steps if at < since]
        return later | set(before[-1:] or [self.steps[0][1]])


@dataclass
class Account:
    """One incident: who has it, its team, and what it waits for besides.

    holder: an operator, or None. problem, leader: the known problem that it is linked to, and the
    incident with which it is answered. words: the text of its first item, with a case's marker.
    status_before: the one before the latest change.
    """

    holder: Course[str | None]
    team: Course[str]
    problem: Course[str | None]
    leader: Course[str | None]
    words: str
    item: Item
    status_before: str | None
    written_at: datetime
    invitations: list["Invitation"] = field(default_factory=list)
    words_of_operators: list[tuple[datetime, str]] = field(default_factory=list)
    is_gone: bool = False


@dataclass
class Invitation:
    """A remote session, by the entries about it."""

    at: datetime
    operator: str
    ended_at: datetime | None = None
    control_accepted: bool = False


@dataclass
class Job:
    """Something that is done with many incidents, by all that its item has said.

    words: those of its message; a finished job has forgotten them. skipped: with how many of them
    nothing was done, by the reason. left: those that are named as failed.
    """

    words: str | None = None
    references: set[str] = field(default_factory=set)
    done: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    is_finished: bool = False


class Ledger:
    """The accounts of all incidents, and of what is done with many, kept while it is written."""

    def __init__(self, broken: list[str]) -> None:
        """One whose contradictions go to that list."""
        self.accounts: dict[str, Account] = {}
        self.jobs: dict[str, Job] = {}
        self._broken = broken

    def observe(self, written: Written) -> None:
        """Notes one change of an item."""
        if written.table == "KnownProblems" and str(written.key[1]).startswith("job/"):
            self._job(str(written.key[1]), written.after)
        if written.table != "Register" or "reference" not in (
            written.after or written.before or {}
        ):
            return
        reference, entry = str(written.key[0]), str(written.key[1])
        if written.after is None or "erased_at" in written.after:
            if entry == "incident" and reference in self.accounts:
                self.accounts[reference].is_gone = True
            return
        if entry == "incident":
            self._incident(reference, written)
        elif written.before is None and reference in self.accounts:
            self._entry(self.accounts[reference], written)

    def _job(self, name: str, item: Item | None) -> None:
        if item is None:
            return
        job = self.jobs.setdefault(name, Job())
        job.references |= _references(item, "references")
        job.left = _references(item, "left")
        job.done = int(item["done"]["N"])
        job.skipped = {why: int(many["N"]) for why, many in item["skipped"]["M"].items()}
        job.is_finished = "finished_at" in item
        if "bodies" in item:
            job.words = next(iter(item["bodies"]["M"].values()))["S"]

    def settle(self) -> None:
        """Compares each incident with its entries, between two changes of it."""
        for reference in self.accounts:
            self._compare(reference)

    def _incident(self, reference: str, written: Written) -> None:
        item = written.after
        assert item
        if reference not in self.accounts:
            self.accounts[reference] = Account(
                holder=Course([(written.at, value(item, "claimed_by"))]),
                team=Course([(written.at, item["category"]["S"])]),
                problem=Course([(written.at, None)]),
                leader=Course([(written.at, None)]),
                words=json.dumps(item),
                item=item,
                status_before=None,
                written_at=written.at,
            )
            return
        account = self.accounts[reference]
        if account.written_at != written.at:
            self._compare(reference)
        account.item, account.written_at = item, written.at
        account.status_before = value(written.before or {}, "status")
        account.team.becomes(item["category"]["S"], written.at)

    def _compare(self, reference: str) -> None:
        account = self.accounts[reference]
        if account.is_gone:
            return
        for name, course in (
            ("claimed_by", account.holder),
            ("known_problem", account.problem),
            ("answered_with", account.leader),
        ):
            stated = value(account.item, name)
            if stated != course.now:
                self._broken.append(
                    f"{reference}: {name} is {stated}, and its history says {course.now}"
                )

    def _entry(self, account: Account, written: Written) -> None:
        """Notes what an entry says, which is written after the incident, in one transaction."""
        assert written.after
        kind, about = written.after["kind"]["S"], written.after["content"]["M"]
        at, has_waited = written.at, account.status_before == "waiting"
        done = value(about, "action") if kind == "action" else None
        if kind == "message" and value(about, "by") == "operator":
            self._words(account, written)
        if has_waited and (_is_of_citizen(kind, about) or _is_question_in_vain(done, about)):
            account.holder.becomes(None, at)  # nobody waits any more
        if done in HANDS_ON:
            account.holder.becomes(value(about, HANDS_ON[done]), at)
        if done in {"released", "requeued", "resolved", "transferred"}:
            account.holder.becomes(None, at)
        if done == "transferred" or (done == "reassigned" and "to" in about):
            account.problem.becomes(None, at)  # it was another matter
        if done in LINKS:
            account.problem.becomes(value(about, "problem") if LINKS[done] else None, at)
        if done == "followed":
            account.leader.becomes(value(about, "leader"), at)
        if done in {"unfollowed", "requeued", "transferred"}:
            account.leader.becomes(None, at)
        if done in {"problem_linked", "followed"} and not has_waited:
            self._left_by(account, value(about, "operator"), at)
        self._remote(account, done, value(about, "operator"), written)

    def _words(self, account: Account, written: Written) -> None:
        """Notes an operator's message: only who has the incident writes, except to all."""
        assert written.after
        about = written.after["content"]["M"]
        operator, text = value(about, "operator"), about["body"]["S"]
        account.words_of_operators.append((written.at, text))
        if not text.startswith(TO_ALL) and operator not in account.holder.during(written.at):
            self._broken.append(
                f"{written.key}: {operator} writes, and {account.holder.now} has it"
            )

    def _left_by(self, account: Account, operator: str | None, at: datetime) -> None:
        """An operator who leaves the incident to an answer for several has it no more."""
        if account.holder.now == operator:
            account.holder.becomes(None, at)

    def _remote(
        self, account: Account, done: str | None, operator: str | None, written: Written
    ) -> None:
        """Notes what happens to a remote session."""
        latest = account.invitations[-1] if account.invitations else None
        is_open = latest is not None and latest.ended_at is None
        match done:
            case "remote_invited":
                assert operator
                account.invitations.append(Invitation(written.at, operator))
            case "remote_control_accepted":
                if latest is None or not is_open:
                    self._broken.append(f"{written.key}: control of a session that is over")
                else:
                    latest.control_accepted = True
            case "remote_ended":
                if latest is None or not is_open:
                    self._broken.append(f"{written.key}: a session ends twice")
                else:
                    latest.ended_at = written.at


def _is_of_citizen(kind: str, about: Item) -> bool:
    """Whether the entry is something that the citizen has answered."""
    return kind == "attachment" or (kind == "message" and value(about, "by") == "citizen")


def _is_question_in_vain(done: str | None, about: Item) -> bool:
    """Whether the entry says that a question has not reached the citizen."""
    return done == "undeliverable" or (
        done == "mail_set_aside" and value(about, "kind") == "question"
    )


def _references(item: Item, name: str) -> set[str]:
    """The references in an item that has them in one text, of twelve characters each."""
    return {"-".join(each) for each in re.findall("(.{4})(.{4})(.{4})", value(item, name) or "")}


def value(item: Item, name: str) -> str | None:
    """A text in an item, if it has one there."""
    stated = item.get(name)
    return stated["S"] if stated and "S" in stated else None
