"""The desk as a whole: citizens, two teams, router, queues, watcher and clock, in any order.

The register and the router are the real ones. `Case` says independently what they ought to do: it
shares no line with them. The model does every operation on both and compares them, and at any write
somebody else may have been faster.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.citizen_acts import NotResolved, ReopeningOver, TooManyMessages
from suport.domain.consent import NothingToWithdraw, Scope
from suport.domain.history import Entry
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.legal_time import MADRID
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, NotClaimed, OtherTeam
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.files.file_store import new_file_id
from suport.register import contention, joint_reads
from suport.register.errors import NoSuchIncident
from suport.register.register import Register
from suport.runtime import joint_calls
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.operator_view import operator_view
from tests.support import silent_functions as functions
from tests.support.register import submission_of
from tests.support.silent_functions import SECRET
from tests.support.table import Compared, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START = datetime(2026, 8, 31, 10, tzinfo=UTC)
TEAMS = {
    "aina": Category.FUNCTIONAL,
    "biel": Category.FUNCTIONAL,
    "caterina": Category.PAYMENT,
    "damia": Category.PAYMENT,
}
INVISIBLE_FOR = timedelta(minutes=5)  # a message that was pulled
FORGOTTEN_AFTER = timedelta(days=14)  # by its queue
MOST_INCIDENTS = 3

type Told = tuple[Any, ...]


# How things ought to be


@dataclass
class Case:
    """One incident as it ought to be; only this class writes its journal."""

    reference: Reference
    person: str
    category: Category
    submitted: datetime
    due: datetime | None
    expiry: int
    status: str = "received"
    asked_for: int | None = 0  # the number of the request for the queue that is in force
    reason: str | None = "submitted"
    requests: int = 0
    claimed_by: str | None = None
    answered: datetime | None = None
    resolved: datetime | None = None
    ended_by: str | None = None
    rating: int | None = None
    viewable_until: int = 0  # as the citizen agreed; epoch seconds
    keys: list[tuple[str, ...]] = field(default_factory=list)
    former: set[Category] = field(default_factory=set)
    unread: int = 1
    messages_on: Counter[date] = field(default_factory=Counter)
    journal: list[tuple[int, Told]] = field(default_factory=list)

    def write(self, now: datetime, *told: Any, prolongs: bool = True) -> None:
        self.journal.append((expires_at(now), told))
        if prolongs and told[2] != "service":
            self.expiry = max(self.expiry, expires_at(now))

    def to_queue(self, reason: str, now: datetime) -> None:
        self.requests += 1
        self.asked_for, self.reason = self.requests, reason
        self.status, self.claimed_by = "queued", None
        self.due = now + timedelta(minutes=2)

    def close(self, now: datetime, by: str, operator: str | None = None) -> None:
        self.write(now, "action", "resolved", by, operator)
        if now.timestamp() < self.viewable_until:
            self.write(now, "consent", "withdraw", "service", None)
        self.viewable_until = 0
        self.status, self.resolved, self.ended_by = "resolved", now, by
        self.asked_for = self.reason = self.due = self.claimed_by = None

    def come_back(self, now: datetime) -> str | None:
        if self.resolved is None or now > self.resolved + timedelta(days=14):
            return "ReopeningOver"
        self.write(now, "action", "reopened", "citizen", None)
        self.to_queue("reopened", now)
        self.resolved = self.rating = None
        return None

    def too_many(self, now: datetime) -> str | None:
        return "TooManyMessages" if self.messages_on[on_day(now)] == 20 else None

    def seen_by(self, who: str) -> None:
        if self.claimed_by == who:
            self.unread = 0

    def refuses(self, who: str, now: datetime) -> str | None:
        """Why nobody in that operator's team may do anything with the incident."""
        if TEAMS[who] is self.category:
            return None
        was_theirs = TEAMS[who] in self.former
        self.write(now, "action", "refused", "operator", who, was_theirs, prolongs=False)
        return "OtherTeam"

    def refuses_work(self, who: str) -> str | None:
        """Why an operator of the right team, who has not claimed it, may not work on it."""
        if self.status == "resolved":
            return "AlreadyResolved"
        if self.claimed_by is None:
            return "NotClaimed"
        return None if self.claimed_by == who else f"ClaimedByAnother {self.claimed_by}"

    def is_open(self, now: datetime) -> bool:
        return self.status != "resolved" and now.timestamp() < self.expiry

    def wake(self, now: datetime) -> str | None:
        if self.due is None or now < self.due:
            return None
        if self.asked_for is not None:
            self.write(now, "action", "rerouted", "service", None)
            self.due = now + timedelta(minutes=2)
            return "rerouted"
        if self.status == "waiting":
            self.close(now, "service")
            return "resolved"
        done = "released" if self.status == "claimed" else "requeued"
        self.write(now, "action", done, "service", None)
        self.to_queue("requeued", now)
        return done


def on_day(now: datetime) -> date:
    """The day in Madrid, on which a message counts."""
    return now.astimezone(MADRID).date()


def told(entry: Entry) -> Told:
    """What an entry says, in the form of a case's journal."""
    content = entry.facts
    action = content.get("action")
    about: Told = (entry.kind, action or content.get("body") or content.get("score"))
    about += (content.get("by"), content.get("operator"))
    match action:
        case "viewed":
            about += (content["contact"], content["team"], content["purpose"])
        case "transferred":
            about += (content["from"], content["to"])
        case "queued":
            about += (content["reason"],)
        case "refused":
            about += (content["former"],)
        case "taken_over" | "handed_over":
            about += (content["colleague"],)
    return about


# The rest of the service


@dataclass(eq=False)
class Message:
    body: dict[str, Any]
    sent: datetime
    visible: datetime


class Queues:
    """The teams' queues like those of SQS: late, doubled, and forgetful after 14 days."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Message]] = {category: [] for category in Category}
        self.before_sending: Callable[[str, dict[str, Any]], None] = lambda *_: None

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Any:  # noqa: N803
        """The client's call, for the router."""
        for each in Entries:
            self.before_sending(QueueUrl, json.loads(each["MessageBody"]))
        return {"Successful": [{"Id": each["Id"]} for each in Entries]}

    def live(self, team: str, now: datetime) -> list[Message]:
        kept = [each for each in self.messages[team] if now < each.sent + FORGOTTEN_AFTER]
        self.messages[team] = kept
        return kept


class Crash(Exception):
    """The router ends in the middle of its work."""


REFUSALS = (
    *(NoSuchIncident, ReopeningOver, NotResolved, OtherTeam, NotClaimed, ClaimedByAnother),
    *(AlreadyResolved, NothingToWithdraw, TooManyMessages, Crash),
)


# One thing that somebody does: what, to which incident, who, and one more choice. The incident
# decides who that is: the operator who has it, a colleague, or somebody in the other team.
CITIZENS = ("write", "finish", "reopen", "rate", "add_file", "agree")
OPERATORS = (
    *("claim", "claim", "claim", "take_over", "hand_over", "view", "note", "reply", "ask", "ask"),
    *("release", "transfer", "transfer", "resolve", "resolve", "pull", "pull", "withdraw"),
)
SERVICE = ("route", "route", "watch", "wake")
ALL = (*OPERATORS, *SERVICE, *CITIZENS)
WHO = st.sampled_from(["its own", "its own", "its own", "colleague", "colleague", "stranger"])
type Deed = tuple[str, int, str, bool]


def deeds(*what: str) -> st.SearchStrategy[Deed]:
    """Any of these deeds."""
    return st.tuples(st.sampled_from(what), st.integers(0, 2), WHO, st.booleans())


waits = st.sampled_from(
    [
        *(timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=6), timedelta(hours=5)),
        *(timedelta(minutes=2), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=23)),
        *(timedelta(hours=25), timedelta(days=6), timedelta(days=13, hours=1)),
        *(timedelta(days=14), timedelta(days=15), timedelta(days=60), timedelta(days=185)),
    ]
)


class Everybody(RuleBasedStateMachine):
    """Everybody at once; `make_table` makes what the register is kept in."""

    make_table: Callable[[], Table] = Table
    router: ModuleType

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.table = type(self).make_table()
        self.register = Register(cast("DynamoDBClient", self.table), "register")
        self.queues = Queues()
        self.cases: list[Case] = []
        self.numbers = count(1)
        clients = {"dynamodb": self.table, "sqs": self.queues}
        for module in (self.router, joint_reads, joint_calls):
            functions.connect(module, clients, lambda: self.now)

    # The rules: one deed, two at once, time passing, and a look when all is quiet

    @precondition(lambda self: len(self.cases) < MOST_INCIDENTS)
    @rule(deed=deeds("submit", "submit", "call"))
    def begins(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: self.cases)
    @rule(deed=deeds(*CITIZENS))
    def citizen_does(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: self.cases)
    @rule(deed=deeds(*OPERATORS))
    def operator_does(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: any(each.claimed_by for each in self.cases))
    @rule(deed=deeds("reply", "ask", "note", "release", "transfer", "hand_over", "resolve"))
    def its_operator_works(self, deed: Deed) -> None:
        what, which, _, otherwise = deed
        claimed = [number for number, each in enumerate(self.cases) if each.claimed_by]
        self.do((what, claimed[which % len(claimed)], "its own", otherwise))

    @precondition(lambda self: self.cases)
    @rule(deed=deeds(*SERVICE))
    def service_does(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: self.cases)
    @rule(first=deeds(*ALL), faster=st.lists(deeds(*ALL), min_size=1, max_size=3))
    def at_once(self, first: Deed, faster: list[Deed]) -> None:
        """Others change the incident between the first one's read and write."""
        self.at_once_with(first, first[1], faster)

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 2), who=WHO, faster=deeds("claim", "release", "transfer", "finish"))
    def claim_at_once(self, which: int, who: str, faster: Deed) -> None:
        """Two operators want the same incident."""
        self.at_once(("claim", which, who, False), [faster])

    @precondition(lambda self: self.table.stream)
    @rule(
        which=st.integers(1, 2),
        faster=st.lists(deeds("claim", "release", "transfer", "write", "wake", "ask"), max_size=4),
    )
    def route_meanwhile(self, which: int, faster: list[Deed]) -> None:
        """Much happens to the incident after its message is sent and before it is marked."""
        reference = self.table.stream[which % len(self.table.stream)].reference
        [concerned] = [n for n, case in enumerate(self.cases) if case.reference == reference]
        self.at_once_with(("route", which, "its own", False), concerned, faster)

    @precondition(lambda self: any(each.is_open(self.now) for each in self.cases))
    @rule(faster=st.lists(deeds(*OPERATORS, "watch", "wake", "write"), max_size=2))
    def wait_until_due(self, faster: list[Deed]) -> None:
        """Time passes until something must happen; the watcher is not the only one to act."""
        due = min(
            (each.due, n)
            for n, each in enumerate(self.cases)
            if each.is_open(self.now) and each.due
        )
        self.now = max(self.now, due[0])
        self.at_once_with(("watch", 0, "its own", False), due[1], faster)

    def at_once_with(self, first: Deed, which: int, faster: list[Deed]) -> None:
        def others() -> None:
            for what, _, who, otherwise in faster:
                self.do((what, which, who, otherwise))

        self.table.meanwhile.append(others)
        self.do(first)
        self.table.meanwhile.clear()

    def do(self, deed: Deed) -> None:
        what, which, role, otherwise = deed
        if what in {"submit", "call"}:
            self.submit(by_phone=what == "call", elsewhere=otherwise)
            return
        case = self.cases[which % len(self.cases)]
        team = [who for who, category in TEAMS.items() if category is case.category]
        its_own = case.claimed_by if case.claimed_by in team else team[0]
        who = {
            "its own": its_own,
            "colleague": next(each for each in team if each != its_own),
            "stranger": next(each for each in TEAMS if each not in team),
        }[role]
        if what in {"pull", "route", "watch"}:
            getattr(self, what)(which, who, otherwise)
        else:
            getattr(self, what)(case, who, otherwise)

    @rule(span=waits)
    def wait(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def rest(self) -> None:
        """Router and watcher work until nothing is left to do; then all must be well."""
        for _ in range(20):
            while self.table.stream:
                self.route(0, "", otherwise=False)
            self.watch(0, "", otherwise=False)
            if self.table.stream:
                continue
            if not any(
                each.asked_for is not None and each.is_open(self.now) for each in self.cases
            ):
                break
            self.now += timedelta(minutes=2)  # the watcher then finds what the router gave up
        else:
            raise AssertionError("router and watcher do not come to rest")
        assert not self.overdue()
        for case in self.cases:
            self.check(case)
        for category in Category:
            listed = self.register.open_incidents(category, self.now)
            assert {(each.reference, each.status, each.claimed_by) for each in listed} == {
                (case.reference, case.status, case.claimed_by)
                for case in self.cases
                if case.is_open(self.now) and case.category is category
            }

    def teardown(self) -> None:
        if hasattr(self, "cases"):
            self.rest()

    def check(self, case: Case) -> None:
        if self.now.timestamp() >= case.expiry:
            assert self.outcome(lambda: self.register.incident(case.reference, self.now)) == (
                None,
                "NoSuchIncident",
            )
            assert self.outcome(lambda: self.register.history(case.reference, self.now)) == (
                None,
                "NoSuchIncident",
            )
            return
        incident = self.register.incident(case.reference, self.now)
        history = list(self.register.entries(case.reference, self.now))[::-1]
        assert (
            *(incident.status, incident.category, incident.claimed_by, incident.due_at),
            *(incident.first_answered_at, incident.resolved_at, incident.rating),
            *(incident.expires_at, incident.route_reason, len(incident.files), incident.unread),
        ) == (
            *(case.status, case.category, case.claimed_by, case.due),
            *(case.answered, case.resolved, case.rating),
            *(case.expiry, None, self.visible_files(case), case.unread),
        )
        assert [told(entry) for entry in history] == [
            written for expiry, written in case.journal if expiry > self.now.timestamp()
        ]
        assert [entry.recorded_at for entry in history] == sorted(
            entry.recorded_at for entry in history
        )
        match case.status:
            case "queued":
                assert any(
                    message.body["reference"] == case.reference
                    for message in self.queues.live(case.category, self.now)
                ), "nobody would ever pull it"
            case "claimed" | "waiting":
                assert case.claimed_by
            case status:
                assert status == "resolved"
        assert (case.due is None) == (case.status == "resolved")
        assert case.due is None or case.due > self.now

    def visible_files(self, case: Case) -> int:
        return sum(
            written[0] == "attachment" and expiry > self.now.timestamp()
            for expiry, written in case.journal
        )

    # Citizens

    def submit(self, *, by_phone: bool, elsewhere: bool) -> None:
        number = next(self.numbers)
        category = Category.PAYMENT if elsewhere else Category.FUNCTIONAL
        key, person = f"{number:016}", f"person-{number}@example.test"
        asked: dict[str, Any] = {
            "category": category,
            "description": "I cannot go on from here.",
            "error": {"code": "190"},
            "contact": {"email": person},
        }
        submission = submission_of(asked)
        arguments = (key, SECRET, self.now)
        made = (
            self.register.take_phone_call(
                submission, Operator("aina", (TEAMS["aina"],)), *arguments
            )
            if by_phone
            else self.register.submit(submission, *arguments)
        )
        due = self.now + timedelta(minutes=2)
        case = Case(made.reference, person, category, self.now, due, expires_at(self.now))
        if by_phone:
            case.write(self.now, "action", "phoned", "operator", "aina")
        self.cases.append(case)

    def write(self, case: Case, _who: str, retried: bool) -> None:
        body = f"message {next(self.numbers)}"
        for _ in range(2 if retried else 1):
            key = body if retried else None
            _, refused = self.outcome(
                lambda: self.register.add_citizen_message(
                    case.reference,
                    body,
                    self.now,
                    key,  # noqa: B023  called here
                ),
                case,
            )
            if refused == "NoSuchIncident":
                return
            if any(entry[1][1] == body for entry in case.journal):
                assert refused is None
                continue
            if too_many := case.too_many(self.now):
                assert refused == too_many
                return
            if case.status == "resolved" and (over := case.come_back(self.now)):
                assert refused == over
                return
            case.messages_on[on_day(self.now)] += 1
            if case.status == "waiting":
                case.to_queue("citizen_replied", self.now)
            case.unread += 1
            case.write(self.now, "message", body, "citizen", None)
            assert refused is None

    def finish(self, case: Case, _who: str, _otherwise: bool) -> None:
        _, refused = self.outcome(
            lambda: self.register.resolve_by_citizen(case.reference, self.now), case
        )
        if refused is None and case.status != "resolved":
            case.close(self.now, "citizen")

    def reopen(self, case: Case, _who: str, _otherwise: bool) -> None:
        _, refused = self.outcome(lambda: self.register.reopen(case.reference, self.now), case)
        if refused != "NoSuchIncident":
            back = case.status == "resolved"
            ought = (case.too_many(self.now) or case.come_back(self.now)) if back else None
            if back and ought is None:
                case.unread += 1
                case.messages_on[on_day(self.now)] += 1
            assert refused == ought

    def rate(self, case: Case, _who: str, gladly: bool) -> None:
        score = 5 if gladly else 2
        _, refused = self.outcome(
            lambda: self.register.rate(case.reference, score, None, self.now), case
        )
        if refused == "NoSuchIncident":
            return
        if case.status != "resolved" or case.ended_by != "operator":
            assert refused == "NotResolved"
            return
        assert refused is None
        kept = [each for each in case.journal if each[0] > self.now.timestamp()]
        latest = [each[1][1] for each in kept if each[1][0] == "rating"][-1:]
        if case.rating != score or latest != [score]:
            case.write(self.now, "rating", score, None, None)
            case.rating = score

    def add_file(self, case: Case, _who: str, _otherwise: bool) -> None:
        file = File(new_file_id(), MediaType.PNG, 1000, "version", self.now)
        refusal, refused = self.outcome(
            lambda: self.register.add_file(case.reference, file, State.CLEAN, self.now), case
        )
        if refused == "NoSuchIncident":
            return
        assert refused is None
        too_late = case.resolved is not None and self.now > case.resolved
        if too_late or self.visible_files(case) == 5:
            assert refusal
            case.write(self.now, "action", "file_refused", "service", None)
            return
        assert refusal is None
        case.write(self.now, "attachment", None, None, None)
        case.unread += 1
        if case.status == "waiting":
            case.to_queue("citizen_replied", self.now)

    def agree(self, case: Case, _who: str, _otherwise: bool) -> None:
        shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
        _, refused = self.outcome(
            lambda: self.register.grant_consent(
                case.reference, Scope.VIEW, shown.identity, self.now
            ),
            case,
        )
        if refused == "NoSuchIncident":
            return
        assert refused == ("AlreadyResolved" if case.status == "resolved" else None)
        if refused:
            return
        if case.viewable_until <= self.now.timestamp():
            case.write(self.now, "consent", "grant", None, None)
            case.viewable_until = expires_at(self.now)

    # Operators

    def claim(self, case: Case, who: str, _otherwise: bool) -> bool:
        """Claims the incident; returns whether an answer made its message useless."""
        claimed, refused = self.outcome(
            lambda: self.register.claim(case.reference, who, TEAMS[who], self.now), case
        )
        if refused == "NoSuchIncident":
            return True
        ought = case.refuses(who, self.now)
        if ought is None and case.status == "resolved":
            ought = "AlreadyResolved"
        if ought is None and case.status == "claimed" and case.claimed_by != who:
            ought = f"ClaimedByAnother {case.claimed_by}"
        assert refused == ought
        if ought:
            return True
        if case.status != "claimed":
            case.write(self.now, "action", "claimed", "operator", who)
            case.status, case.claimed_by = "claimed", who
            case.asked_for = case.reason = None
            case.due = self.now + timedelta(hours=24)
        facts = ("viewed", "operator", who, True, TEAMS[who], "claim")
        case.write(self.now, "action", *facts, prolongs=False)
        case.seen_by(who)
        assert isinstance(claimed, Incident)
        assert (claimed.claimed_by, claimed.category) == (who, TEAMS[who])
        return True

    def take_over(self, case: Case, who: str, _otherwise: bool) -> None:
        taken, refused = self.outcome(
            lambda: self.register.take_over(case.reference, who, TEAMS[who], "away", self.now), case
        )
        if refused == "NoSuchIncident":
            return
        ought = case.refuses(who, self.now)
        if ought is None and case.claimed_by is None:
            ought = case.refuses_work(who)
        assert refused == ought
        if ought:
            return
        if case.claimed_by != who:
            case.write(self.now, "action", "taken_over", "operator", who, case.claimed_by)
            case.status, case.claimed_by = "claimed", who
            case.due = self.now + timedelta(hours=24)
        facts = ("viewed", "operator", who, True, TEAMS[who], "handover")
        case.write(self.now, "action", *facts, prolongs=False)
        case.seen_by(who)
        assert isinstance(taken, Incident)
        assert (taken.claimed_by, taken.category) == (who, TEAMS[who])

    def hand_over(self, case: Case, who: str, retried: bool) -> None:
        team = TEAMS[who]
        to = next(each for each in TEAMS if TEAMS[each] is team and each != who)
        key = f"hand over {next(self.numbers)}" if retried else None

        def do(now: datetime) -> None:
            case.write(now, "action", "handed_over", "operator", who, to)
            case.claimed_by, case.unread = to, case.unread or 1
            if case.status == "claimed":
                case.due = now + timedelta(hours=24)

        for _ in range(2 if retried else 1):
            self._work(
                case,
                who,
                lambda: self.register.hand_over(
                    case.reference, who, team, to, "yours", self.now, key=key
                ),
                do,
                (key, "hand over", who) if key else None,
            )

    def view(self, case: Case, who: str, _otherwise: bool) -> None:
        seen, refused = self.outcome(
            lambda: self.register.view(case.reference, who, TEAMS[who], self.now), case
        )
        if refused == "NoSuchIncident":
            return
        ought = case.refuses(who, self.now)
        assert refused == ought
        if ought is None:
            incident, part = seen
            mine = case.claimed_by == who
            facts = ("viewed", "operator", who, mine, TEAMS[who], "work")
            case.write(self.now, "action", *facts, prolongs=False)
            case.seen_by(who)
            assert incident.category is TEAMS[who]
            assert told(part.entries[0])[:4] == ("action", "viewed", "operator", who)
            view = json.dumps(operator_view(incident, part, who))
            assert (case.person in view) == (case.claimed_by == who), "contact is its claimer's"
            assert not any(each.person in view for each in self.cases if each is not case)

    def reply(self, case: Case, who: str, retried: bool) -> None:
        self._answer(case, who, ask=False, retried=retried)

    def ask(self, case: Case, who: str, retried: bool) -> None:
        self._answer(case, who, ask=True, retried=retried)

    def _answer(self, case: Case, who: str, *, ask: bool, retried: bool) -> None:
        body = f"answer {next(self.numbers)}"
        key = body if retried else None
        for _ in range(2 if retried else 1):

            def do(now: datetime) -> None:
                case.answered = case.answered or now
                case.write(now, "message", body, "operator", who)
                if ask:
                    case.write(now, "action", "asked", "operator", who)
                    case.status = "waiting"
                waiting = case.status == "waiting"
                case.due = now + (timedelta(days=14) if waiting else timedelta(hours=24))

            self._work(
                case,
                who,
                lambda: self.register.reply(
                    case.reference, who, TEAMS[who], body, self.now, ask=ask, key=key
                ),
                do,
                (key, "reply", who) if key else None,
            )

    def note(self, case: Case, who: str, _otherwise: bool) -> None:
        body = f"note {next(self.numbers)}"
        _, refused = self.outcome(
            lambda: self.register.note(case.reference, who, TEAMS[who], body, self.now), case
        )
        if refused == "NoSuchIncident":
            return
        ought = case.refuses(who, self.now)
        assert refused == ought
        if ought is None:
            case.write(self.now, "note", body, "operator", who)
            if case.status == "claimed" and case.claimed_by == who:
                case.due = self.now + timedelta(hours=24)

    def withdraw(self, case: Case, who: str, _otherwise: bool) -> None:
        _, refused = self.outcome(
            lambda: self.register.withdraw_for_citizen(
                case.reference, who, TEAMS[who], Scope.VIEW, self.now
            ),
            case,
        )
        if refused == "NoSuchIncident":
            return
        ought = case.refuses(who, self.now)
        if ought is None and self.now.timestamp() < case.viewable_until:
            case.write(self.now, "consent", "withdraw", "operator", who)
            case.viewable_until = 0
        elif ought is None and not any(
            each[0] > self.now.timestamp() and each[1][0] == "consent" for each in case.journal
        ):
            ought = "NothingToWithdraw"
        assert refused == ought

    def release(self, case: Case, who: str, retried: bool) -> None:
        key = f"release {next(self.numbers)}" if retried else None

        def do(now: datetime) -> None:
            case.write(now, "action", "released", "operator", who)
            case.to_queue("requeued", now)

        for _ in range(2 if retried else 1):
            self._work(
                case,
                who,
                lambda: self.register.release(case.reference, who, TEAMS[who], self.now, key=key),
                do,
                (key, "release", who) if key else None,
            )

    def transfer(self, case: Case, who: str, retried: bool) -> None:
        team = TEAMS[who]
        to = Category.PAYMENT if team is Category.FUNCTIONAL else Category.FUNCTIONAL
        key = f"transfer {next(self.numbers)}" if retried else None

        def do(now: datetime) -> None:
            case.write(now, "action", "transferred", "operator", who, team, to)
            case.to_queue("transferred", now)
            case.category = to
            case.former.add(team)

        for _ in range(2 if retried else 1):
            self._work(
                case,
                who,
                lambda: self.register.transfer(
                    case.reference, who, team, to, "theirs", self.now, key=key
                ),
                do,
                (key, "transfer", who) if key else None,
            )

    def resolve(self, case: Case, who: str, retried: bool) -> None:
        body = f"solution {next(self.numbers)}" if retried else None

        def do(now: datetime) -> None:
            case.answered = case.answered or now
            if body:
                case.write(now, "message", body, "operator", who)
            case.close(now, "operator", who)

        for _ in range(2 if retried else 1):
            self._work(
                case,
                who,
                lambda: self.register.resolve(
                    case.reference, who, TEAMS[who], body, self.now, key=body
                ),
                do,
                (body, "resolve", who) if body else None,
            )

    def _work(
        self,
        case: Case,
        who: str,
        work: Callable[[], object],
        do: Callable[[datetime], None],
        key: tuple[str, ...] | None = None,
    ) -> None:
        """An act for the operator who has claimed the incident; a repetition does nothing."""
        _, refused = self.outcome(work, case)
        if refused == "NoSuchIncident":
            return
        if key is not None and key in case.keys[-25:]:
            assert refused is None
            return
        ought = case.refuses(who, self.now)
        if ought is None:
            ought = case.refuses_work(who)
            if ought is None:
                do(self.now)
                case.keys += [key] if key else []
        assert refused == ought

    def pull(self, which: int, who: str, crashing: bool) -> None:
        """The desk takes a message, claims the incident, and deletes the message or crashes."""
        team = TEAMS[who]
        there = [each for each in self.queues.live(team, self.now) if each.visible <= self.now]
        if not there:
            return
        message = there[which % len(there)]
        if which < 2:  # else SQS also gives the message to somebody else
            message.visible = self.now + INVISIBLE_FOR
        assert message.body["category"] == team
        [case] = [each for each in self.cases if each.reference == message.body["reference"]]
        if crashing and which == 0:
            return
        answered = self.claim(case, who, False)
        if answered and not crashing and message in self.queues.messages[team]:
            self.queues.messages[team].remove(message)

    # The service

    def route(self, which: int, _who: str, otherwise: bool) -> None:
        """The router gets a record of the stream: in time, late, twice, or never."""
        if not self.table.stream:
            return
        change = self.table.stream.pop(which % len(self.table.stream))
        reference = change.reference
        if otherwise and which == 0:
            return  # the router gives up; the watcher has to find the incident
        if otherwise and which == 1:
            self.table.stream.append(change)
        [case] = [each for each in self.cases if each.reference == reference]
        sent: list[tuple[int | None, str | None]] = []

        def before_sending(queue: str, body: dict[str, Any]) -> None:
            sent.append((case.asked_for, case.reason))
            assert queue == case.category == body["category"]
            assert body["reason"] == case.reason
            assert not any(each.person in json.dumps(body) for each in self.cases)
            if which:  # else others go first when the incident is marked
                self.table.let_others_go_first()
            self.queues.messages[queue].append(Message(body, self.now, self.now))
            if otherwise and which == 2:
                raise Crash

        self.queues.before_sending, before = before_sending, self.queues.before_sending
        _, refused = self.outcome(lambda: self.queue_incident(reference))
        self.queues.before_sending = before
        assert refused in {None, "Crash"}
        for request, reason in sent:
            if refused is None and request is not None and request == case.asked_for:
                case.write(self.now, "action", "queued", "service", None, reason)
                case.status, case.asked_for, case.reason = "queued", None, None
                case.due = self.now + timedelta(days=13)

    def queue_incident(self, reference: Reference) -> None:
        """The router's task, alone in its batch."""
        [failure] = joint_calls.outcomes(
            {reference: self.router.queue_incident(reference)}
        ).values()
        if failure:
            raise failure

    def overdue(self) -> list[Reference]:
        found = self.register.overdue(self.now)
        assert len(found) == len(set(found))
        assert set(found) == {
            case.reference
            for case in self.cases
            if case.is_open(self.now) and case.due and case.due <= self.now
        }
        return found

    def watch(self, _which: int, _who: str, otherwise: bool) -> None:  # noqa: ARG002
        for reference in self.overdue():
            [case] = [each for each in self.cases if each.reference == reference]
            self.wake(case, "", False)

    def wake(self, case: Case, _who: str, _otherwise: bool) -> None:
        """A watcher has the incident on its list, which may be out of date."""
        done, refused = self.outcome(lambda: self.register.wake(case.reference, self.now), case)
        if refused is None:
            assert done == case.wake(self.now)

    def outcome(self, call: Callable[[], object], case: Case | None = None) -> tuple[Any, Any]:
        """The call's answer, or why it refuses. An expired case, and no other, must be gone."""
        gone = case is not None and self.now.timestamp() >= case.expiry
        answer = refused = None
        try:
            answer = call()
        except REFUSALS as refusal:
            refused = " ".join([type(refusal).__name__, *map(str, refusal.args)])
            if isinstance(refusal, NoSuchIncident | TooManyMessages):
                refused = type(refusal).__name__
        assert case is None or (refused == "NoSuchIncident") == gone
        return answer, refused


# Runs


@pytest.fixture(scope="module", autouse=True)
def router() -> Iterator[None]:
    """The router's own code, which keeps silent and sends to the model's queues."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*(f"{category.upper()}_QUEUE_URL" for category in Category), "REGISTER_TABLE"):
            patch.setenv(name, name.removesuffix("_QUEUE_URL").lower())
        for module in (joint_reads, joint_calls):  # which all functions of this process share
            for name in ("clock", "register", "aws"):
                patch.setattr(module, name, None, raising=False)
        Everybody.router = functions.silent("route_incident")
        patch.setattr(contention, "pause", lambda _: None)  # nobody has to wait for themselves
        yield


def test_no_incident_is_lost_doubled_or_shown_to_strangers() -> None:
    long = settings.get_current_profile_name() == "acceptance"
    few = settings(max_examples=100, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Everybody, settings=settings() if long else few)


def test_the_models_table_answers_as_moto_does() -> None:
    with mock_aws():
        moto = boto3.client(
            "dynamodb", "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        names = map("register-{}".format, count())

        class DeskOnBoth(Everybody):
            make_table = staticmethod(lambda: Compared(moto, next(names)))

        run_state_machine_as_test(
            DeskOnBoth, settings=settings(max_examples=4, stateful_step_count=20, deadline=None)
        )
