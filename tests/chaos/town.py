"""Who uses the service in a schedule, what they know, and what they were answered.

Nobody here knows how the service works: people have what its answers and mails gave them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.chaos.aws import ACCOUNT
from tests.chaos.browser import Browser
from tests.chaos.ledger import TO_ALL, Account, Ledger
from tests.chaos.other_browsers import Desk, Screen
from tests.chaos.world import NO_ANSWER, Answer, World

TEAMS = ("functional", "payment", "signature")
OPERATORS = ("aina", "biel")
"""Two in each team."""
MOST_CASES = 5

type Act = Callable[["Town", Random], None]
ACTS: dict[str, tuple[int, Act]] = {}
"""What can happen, by name: how often among all, and what it does."""


def act(weight: int) -> Callable[[Act], Act]:
    """Makes a function one of the things that can happen; its name is what somebody does."""

    def remember(does: Act) -> Act:
        ACTS[does.__name__] = (weight, does)
        return does

    return remember


@dataclass
class Said:
    """Words that occur nowhere else, and whether the service said that it has them.

    kind: the kind of the register's item that must hold them. written_at: when somebody sent them
    first. at: when the service said that it has them, and until then as `written_at`.
    """

    kind: str
    words: str
    at: datetime
    accepted: bool = False
    written_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.written_at = self.at


@dataclass
class Attached:
    """A file that a browser has sent to the store.

    fits: whether the service takes such a file. received: whether a page said that it has it.
    removed: whether a page said that it is removed. infected: whether the scan found it so.
    """

    id: str
    key: str
    content: bytes
    fits: bool
    at: datetime
    received: bool = False
    removed: bool = False
    infected: bool = False


@dataclass
class Case:
    """What a citizen reports, and what the citizen was told about it.

    marker: a word in everything that anybody writes about the case. seen_by: the teams that may
    have seen it. erased_at: the moment at which the service said that all of it is erased.
    """

    marker: str
    team: str
    email: str | None
    key: str
    reference: str = ""
    code: str = ""
    said: list[Said] = field(default_factory=list)
    erased_at: datetime | None = None
    perhaps_erased: bool = False
    browser: Browser | None = None
    asked: set[str] = field(default_factory=set)
    former: dict[str, datetime] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    files: list[Attached] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    """Whatever else an answer told somebody, by what it is."""

    @property
    def addresses(self) -> set[str]:
        """Every address to which a mail about the case may go, or may have gone."""
        return {*self.asked, *self.former, *({self.email} if self.email else ())}

    @property
    def path(self) -> str:
        """The address of the case in the citizens' API."""
        return f"/v1/incidents/{self.reference}"

    @property
    def desk_path(self) -> str:
        """The address of the case in the operators' API."""
        return f"/v1/desk/incidents/{self.reference}"


@dataclass
class ToAll:
    """What an editor writes to all who are linked to a known problem. words: occur nowhere else.

    accepted_at: when the service said that it has begun.
    """

    problem: str
    act: str
    words: str
    accepted_at: datetime | None = None


class Town:
    """The citizens, the operators, and the world in which they live."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cases: list[Case] = []
        self.gaps: list[datetime] = []
        """When days or weeks began in which nothing ran, as they never do on AWS."""
        self.ledger = Ledger(world.broken)
        world.observers.append(self.ledger.observe)
        self.screens: list[Screen] = []
        self.desks: dict[tuple[str, str], Desk] = {}
        self.problems: list[str] = []
        self.to_all: list[ToAll] = []
        self.to_followers: list[tuple[str, Said]] = []
        self.drafts: dict[tuple[str, str], tuple[datetime, str]] = {}
        self.calm_at = world.now
        self._words = 0

    def case(self, chance: Random) -> Case | None:
        """A case whose citizen was told its reference, if there is one."""
        known = [each for each in self.cases if each.reference]
        return chance.choice(known) if known else None

    def words(self, case: Case, kind: str, *, accepted: bool = False) -> Said:
        """Something new that somebody writes about the case."""
        self._words += 1
        said = Said(kind, f"{case.marker} frase{self._words}x", self.world.now, accepted)
        case.said.append(said)
        return said

    def answer_words(self, case: Case) -> Said:
        """Something new that an operator writes to the citizen of the case.

        It has no marker where it may be sent to those who follow the case as well.
        """
        if "leads" not in case.told:
            return self.words(case, "message")
        said = Said("message", self.words_to_all(), self.world.now)
        self.to_followers.append((case.reference, said))
        return said

    def words_to_all(self) -> str:
        """Something new that is written to several citizens at once."""
        self._words += 1
        return f"{TO_ALL}frase{self._words}x"

    def key(self) -> str:
        """A key for one act, which is sent with each attempt of it."""
        self._words += 1
        return f"key-of-an-act-{self._words:04}"

    def insist(self, chance: Random, ask: Callable[[], Answer]) -> Answer:
        """What somebody gets who tries again if no answer comes, or the service is away.

        Some give up at once, and some try after a quarter of an hour.
        """
        answer = ask()
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            if answer.status not in {NO_ANSWER.status, 503}:
                break
            self.world.wait(timedelta(seconds=chance.choice((1, 5, 60, 900))))
            answer = ask()
        return answer

    def citizen(
        self,
        case: Case,
        method: str,
        path: str,
        content: Any = None,
        *,
        key: str | None = None,
    ) -> Answer:
        """What the citizen of the case gets who asks the JSON API with the case's access code."""
        headers = sent(content, key)
        if case.code:
            headers["Authorization"] = f"Bearer {case.code}"
        return self.world.request(method, path, **headers)

    def operator(
        self,
        who: tuple[str, str],
        method: str,
        path: str,
        content: Any = None,
        *,
        key: str | None = None,
        **headers: str,
    ) -> Answer:
        """What an operator gets who asks the API in the team's role; who: the team, the name."""
        team, _ = who
        caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{team.capitalize()}TeamRole/{named(who)}"
        since = self.world.now
        answer = self.world.request(method, path, caller=caller, **(sent(content, key) | headers))
        self.shows_team(team, answer, since)
        return answer

    def desk(self, who: tuple[str, str], *, is_editor: bool = False) -> Desk:
        """The browser of an operator, who has signed in. who: the team, the name."""
        if who not in self.desks:
            self.desks[who] = Desk(self.world, who[0], named(who), is_editor)
        self.desks[who].sign_in()
        return self.desks[who]

    def shows_team(self, team: str, answer: Answer, since: datetime) -> None:
        """Notes an answer to an operator that has words of a case of another team.

        since: when the operator asked; the incident may have been passed on meanwhile.
        """
        for account in self.ledger.accounts.values():
            for case in self.cases:
                is_its = case.marker in account.words
                if is_its and case.marker in answer.body and team not in account.team.during(since):
                    self.world.broken.append(f"{team} is shown {case.marker} of another team")

    def holder(self, case: Case, chance: Random) -> tuple[str, str]:
        """Most times the operator who has the case; else any of its team. The team, the name."""
        account = self.account(case)
        team = account.team.now if account else case.team
        if account and account.holder.now and chance.random() < 0.8:
            return team, account.holder.now.removesuffix(f"-{team}")
        return team, chance.choice(OPERATORS)

    def account(self, case: Case) -> Account | None:
        """What the history of the case says, unless it is gone."""
        found = self.ledger.accounts.get(case.reference)
        return None if found is None or found.is_gone else found


def named(who: tuple[str, str]) -> str:
    """The name that an operator has everywhere: nobody is in two teams."""
    team, name = who
    return f"{name}-{team}"


def sent(content: Any, key: str | None) -> dict[str, Any]:
    """A body in JSON, if there is one, and the headers that go with it."""
    headers: dict[str, Any] = {"Idempotency_Key": key} if key else {}
    if content is not None:
        headers |= {"body": json.dumps(content).encode(), "Content_Type": "application/json"}
    return headers


def kept(answer: Answer, said: Said, now: datetime) -> None:
    """Notes that the service said it has these words, if it did."""
    if answer.ok:
        said.accepted, said.at = True, now
