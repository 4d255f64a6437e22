"""Remote support as a whole: citizens, operators, watcher and clock, in any order.

The register and `RemoteSupport` are the real ones. `Case` and `Session` say independently what they
ought to do: they know what each person has pressed, and share no line with the code. Calls arrive
late, twice or out of order, and at any write somebody else may have been faster.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from suport.domain.category import Category
from suport.domain.consent import ControlNeedsView, NothingToWithdraw, NoticeIdentity, Scope
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, NotClaimed, OtherTeam
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Description, Offer, SessionName
from suport.domain.remote_session import NoSuchSession, NotNow, RemoteSession, Surface
from suport.register import contention
from suport.register.errors import NoSuchIncident
from suport.register.marshalling import unmarshalled
from suport.register.register import Register
from suport.register.remote_sessions import RemoteSessions
from suport.register.remote_support import RemoteSupport
from suport.register.tombstones import Tombstones
from suport.runtime.relay import Connection
from suport.runtime.settings import SupportTool
from suport.views.remote_session_view import citizens_state, operators_state
from tests.support.register import a_submission
from tests.support.silent_functions import SECRET
from tests.support.table import PlainTable, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START = datetime(2026, 11, 26, 10, tzinfo=UTC)
TEAMS = {
    "aina": Category.FUNCTIONAL,
    "biel": Category.FUNCTIONAL,
    "caterina": Category.PAYMENT,
}
TO_JOIN = PAUSE = timedelta(minutes=10)
WHOLE = timedelta(minutes=60)
SILENCE = timedelta(seconds=15)
KEPT = timedelta(hours=2)
TO_LEARN_OF_ERASURE, TICK = timedelta(minutes=2), timedelta(seconds=1)
NOTICES = [
    NoticeIdentity("1", language, digest * 64)
    for language, digest in ((Language.CATALAN, "a"), (Language.SPANISH, "b"))
]
HERE = Connection("all", ())
TOOL = SupportTool("Mostra", "https://mostra.example.org/")
MOST_SENT, MOST_PAGES = 8, 4

type Told = tuple[Any, ...]


# How things ought to be


@dataclass(eq=False)
class Given:
    """A consent that the citizen has given; `record` is its entry, once that was read."""

    notice: NoticeIdentity
    record: str = ""


@dataclass(eq=False)
class Session:
    """One session as it ought to be: what people did in it, and when their pages were there."""

    code: str
    operator: str
    team: Category
    invited_at: datetime
    operator_at: datetime
    claimed_at: datetime | None
    state: str = "invited"
    token: str = ""
    joined_at: datetime | None = None
    citizen_at: datetime | None = None
    offer: tuple[int, str] = (0, "")
    wanted: int = 1
    answered: int = 0
    answer: str = ""
    agreed: Given | None = None
    control: str | None = None
    control_agreed: Given | None = None
    shown_since: datetime | None = None
    shown: timedelta = timedelta()
    paused_at: datetime | None = None
    ended: tuple[str, str] | None = None
    ended_at: datetime | None = None

    @property
    def until(self) -> datetime:
        if self.joined_at is None:
            return self.invited_at + TO_JOIN
        ends = [self.joined_at + WHOLE]
        ends += [self.paused_at + PAUSE] if self.paused_at else []
        return min(ends)

    def is_known(self, now: datetime) -> bool:
        """Whether both pages know that it ended because its incident was erased."""
        if self.ended != ("service", "erased"):
            return False
        assert self.ended_at
        return now - self.ended_at >= TO_LEARN_OF_ERASURE

    def over_in_time(self, now: datetime) -> str | None:
        if now >= self.until:
            return "time"
        if self.state == "viewing":
            assert self.citizen_at
            if now - self.citizen_at > SILENCE:
                return "citizen_silent"
            if self.answered and now - self.operator_at > SILENCE:
                return "operator_silent"
        return None

    def hide(self, now: datetime, reason: str = "") -> None:
        noticed_late = {
            "citizen_silent": self.citizen_at,
            "operator_silent": self.operator_at,
            "time": self.until,
        }
        seen = min(now, noticed_late.get(reason) or now)
        if self.shown_since:
            self.shown += max(seen - self.shown_since, timedelta())
        self.shown_since = self.control = None


@dataclass(eq=False)
class Case:
    """One incident as it ought to be; only this class writes its journal."""

    reference: Reference
    category: Category
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    resolved: bool = False
    erased: bool = False
    view: Given | None = None
    control: Given | None = None
    latest: Session | None = None
    journal: list[Told] = field(default_factory=list)
    compared: tuple[int, int] = (0, 0)  # items and entries, when the two were last compared
    given: list[Given] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)  # codes of sessions that nobody ended

    def session(self, now: datetime) -> Session | None:
        """The session, as long as it is kept."""
        kept = self.latest is not None and now < self.latest.invited_at + KEPT
        return self.latest if kept else None

    def write(self, *told: Any) -> None:
        if not self.erased:
            self.journal.append(told)

    def grant(self, scope: str, notice: NoticeIdentity) -> Given:
        standing: Given | None = getattr(self, scope)
        if standing and standing.notice == notice:
            return standing
        given = Given(notice)
        self.given.append(given)
        self.write("grant", scope, None, None, given)
        setattr(self, scope, given)
        return given

    def withdraw(self, scope: str, by: str | None = None, operator: str | None = None) -> None:
        for each in ("control", "view") if scope == "view" else ("control",):
            if standing := getattr(self, each):
                self.write("withdraw", each, by, operator, standing)
                setattr(self, each, None)

    def has_control(self) -> str | None:
        session = self.latest
        if session and session.state == "viewing" and session.control:
            is_in_force = self.control and self.control is session.control_agreed
            return session.control if is_in_force else None
        return None

    def end_own_control(self, session: Session) -> None:
        if self.control and self.control is session.control_agreed:
            self.withdraw("control", "service")

    def end(self, session: Session, reason: str, by: str, now: datetime) -> None:
        session.hide(now, reason)
        operator = session.operator if by == "operator" else None
        self.write("remote_ended", by, operator, reason, session.shown // timedelta(seconds=1))
        if self.view and self.view is session.agreed:
            self.withdraw("view", None if by == "citizen" else "service")
        else:
            self.end_own_control(session)
        session.state, session.ended, session.ended_at = "ended", (by, reason), now

    def over(self, session: Session, now: datetime) -> tuple[str, str] | None:
        """Why an open session may not go on, and who ends it."""
        if session.ended:
            return None
        if reason := self._over_with_incident(session) or session.over_in_time(now):
            return reason, "service"
        if session.agreed and self.view is not session.agreed:
            return "withdrawn", "citizen"
        return None

    def _over_with_incident(self, session: Session) -> str | None:
        if self.erased:
            return "erased"
        if self.resolved:
            return "resolved"
        if self.category is not session.team:
            return "transferred"
        is_same_claim = (self.claimed_by, self.claimed_at) == (session.operator, session.claimed_at)
        return None if is_same_claim else "released"


def acting(who: str) -> Operator:
    """The operator of that name, in their team."""
    return Operator(who, (TEAMS[who],))


def told(entry: Entry) -> Told | None:
    """What an entry says, in the form of a case's journal; None if it is about something else."""
    facts = entry.facts
    if entry.kind is Kind.CONSENT:
        record = facts.get("record") or entry.id
        return facts["action"], facts["scope"], facts.get("by"), facts.get("operator"), record
    action = facts.get("action", "")
    if not action.startswith("remote_"):
        return None
    about: Told = (action, facts["by"], facts.get("operator"))
    match action:
        case "remote_invited":
            about += (facts["team"],)
        case "remote_joined":
            about += (facts["via"],)
        case "remote_viewing":
            about += (facts["team"], facts["surface"], facts["consent"])
        case "remote_ended":
            about += (facts["reason"], facts["seconds"])
    return about


# What people have in front of them


@dataclass(eq=False)
class Page:
    """A tab of the citizen: its browser's token, the offer that it made, and what it knows."""

    which: int
    token: str
    made: int = 0
    known: int = 0
    clicks: int = 0


REFUSALS = (
    *(NoSuchIncident, NoSuchSession, NotNow, OtherTeam, NotClaimed, ClaimedByAnother),
    *(AlreadyResolved, NothingToWithdraw, ControlNeedsView),
)
REFUSED = tuple(refusal.__name__ for refusal in REFUSALS)

# A call that somebody's page or program sends: its name, the case, and what it says.
type Sent = tuple[str, int, tuple[Any, ...]]

CITIZENS = (
    *("show", "show", "reoffer", "poll", "poll", "leave", "ask", "ask", "take_back"),
    *("stop", "another_tab"),
)
OPERATORS = (
    "invite",
    "watch",
    "watch",
    "reload",
    "answer",
    "answer",
    "accept",
    "accept",
    "hang_up",
)
CONSENTS = ("agree", "agree_control", "disagree", "disagree_control", "disagree_by_operator")
DESK = ("claim", "claim", "take_over", "release", "transfer", "resolve", "reopen", "erase")
LOOKS = ("poll", "watch", "look_for_overdue")
PAGES = ("show", "reoffer", "leave", "ask", "take_back", "answer", "reload", "accept", "poll")
WHO = st.sampled_from(["its own", "its own", "its own", "its own", *TEAMS])
type Deed = tuple[str, int, str, int]


def deeds(*what: str) -> st.SearchStrategy[Deed]:
    """Any of these deeds: what, to which case, by which operator, and one more choice."""
    return st.tuples(st.sampled_from(what), st.integers(0, 1), WHO, st.integers(0, 5))


ALL = (*CITIZENS, *OPERATORS, *CONSENTS, *DESK, "join", "join", "look_for_overdue", "finish")
ticks = st.sampled_from([timedelta(seconds=seconds) for seconds in (1, 2, 5, 14, 15, 16, 60)])
jumps = st.sampled_from(
    [
        *(timedelta(minutes=minutes) for minutes in (9, 10, 11, 30, 59, 60, 61, 119, 120, 300)),
        *(-timedelta(seconds=seconds) for seconds in (1, 10, 16, 600, 3600, 3 * 3600)),
    ]
)


class Everybody(RuleBasedStateMachine):
    """Everybody at once, with two incidents."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.table = Table(remote_sessions=PlainTable(("owner", "item")))
        client = cast("DynamoDBClient", self.table)
        tombstones = Tombstones(client, "tombstones", lambda: SECRET)
        self.register = Register(client, "register", tombstones)
        self.endings: list[tuple[Reference, str]] = []
        self.support = RemoteSupport(
            self.register, RemoteSessions(client, "remote_sessions"), self.note_ending
        )
        self.ended: list[tuple[Reference, str]] = []
        self.codes: list[tuple[int, str]] = []
        self.pages: list[Page] = []
        self.sent: list[Sent] = []
        self.numbers = count(1)
        self.before: dict[Case, tuple[str, str] | None] | None = None
        self.cases = [self.new_case() for _ in range(2)]
        for which in range(2):
            self.do(("claim", which, "aina", 0))

    def note_ending(self, session: RemoteSession) -> None:
        assert session.ending
        self.endings.append((session.reference, session.ending.reason))

    def new_case(self) -> Case:
        made = self.register.submit(a_submission(), f"{next(self.numbers):016}", SECRET, self.now)
        return Case(made.reference, Category.FUNCTIONAL)

    # The rules

    @rule(deed=deeds("invite", "join", "join"))
    def begins(self, deed: Deed) -> None:
        self.do(deed)

    @rule(which=st.integers(0, 1), asks=st.booleans(), accepts=st.booleans())
    def goes_well(self, which: int, asks: bool, accepts: bool) -> None:
        """All that leads to a screen that is shown, as far as it is possible now."""
        session = self.cases[which].session(self.now)
        has_joined = session and session.state in {"viewing", "paused"}
        steps = [] if has_joined else ["claim", "invite", "join"]
        steps += ["show", "answer"] + ["ask"] * asks + ["accept"] * (asks and accepts)
        for what in steps:
            self.do((what, which, "its own", 0))

    @precondition(lambda self: self.pages)
    @rule(deed=deeds(*CITIZENS))
    def citizen_does(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: self.is_shown())
    @rule(
        deed=deeds(*CITIZENS, "answer", "reload", "accept", *CONSENTS, *DESK),
        then=st.sampled_from(
            [None, "poll", "watch", "accept", "claim", "show", "reoffer", "agree"]
        ),
    )
    def goes_on(self, deed: Deed, then: str | None) -> None:
        """Something happens to a screen that is being shown."""
        what, which, who, choice = deed
        concerned = self.shown(which)
        self.do((what, concerned, who, choice))
        if then:
            self.do((then, concerned, "its own", 0))

    @precondition(lambda self: self.is_shown())
    @rule(
        which=st.integers(0, 1), scope=st.sampled_from(["", "_control"]), choice=st.integers(0, 1)
    )
    def another_consent(self, which: int, scope: str, choice: int) -> None:
        """The citizen takes a consent back, and gives another one that nobody has asked for."""
        for what in ("ask", "disagree" + scope, "agree" + scope, "accept"):
            self.do((what, self.shown(which), "its own", choice))
            if not self.is_shown():
                return

    @precondition(lambda self: self.is_shown())
    @rule(
        which=st.integers(0, 1),
        how=st.sampled_from(["release", "transfer", "resolve", "take_over", "erase"]),
        then=st.sampled_from(
            [*LOOKS, "claim", "join", "show", "ask", "accept", "answer", "reload", "finish"]
        ),
    )
    def the_operator_loses_it(self, which: int, how: str, then: str) -> None:
        concerned = self.shown(which)
        who = "biel" if how == "take_over" else "its own"
        self.do((how, concerned, who, 5))
        self.do((then, concerned, "aina", 0))

    @precondition(lambda self: self.is_shown())
    @rule(
        which=st.integers(0, 1),
        then=st.sampled_from([*LOOKS, "reoffer", "show", "ask", "accept", "reload", "leave"]),
    )
    def the_page_is_left(self, which: int, then: str) -> None:
        concerned = self.shown(which)
        self.do(("leave", concerned, "its own", 0))
        self.do((then, concerned, "its own", 0))

    @precondition(lambda self: self.is_shown())
    @rule(which=st.integers(0, 1), span=ticks, what=st.sampled_from(["poll", "leave", "reoffer"]))
    def an_older_tab_is_there(self, which: int, span: timedelta, what: str) -> None:
        """The citizen presses the button in another tab; the first one does not know."""
        concerned = self.shown(which)
        self.do(("another_tab", concerned, "its own", 0))
        self.do(("show", concerned, "its own", 0))
        self.now += span
        self.do((what, concerned, "its own", 1))

    @precondition(lambda self: self.is_shown())
    @rule(
        which=st.integers(0, 1),
        first=st.sampled_from(PAGES),
        faster=st.lists(st.sampled_from(PAGES), min_size=1, max_size=2),
    )
    def both_pages_at_once(self, which: int, first: str, faster: list[str]) -> None:
        concerned = self.shown(which)
        others = [(what, concerned, "its own", 0) for what in faster]
        self.at_once((first, concerned, "its own", 0), others)

    @rule(deed=deeds(*OPERATORS))
    def operator_does(self, deed: Deed) -> None:
        self.do(deed)

    @rule(deed=deeds(*CONSENTS))
    def consents_change(self, deed: Deed) -> None:
        self.do(deed)

    @rule(deed=deeds("claim", *DESK))
    def desk_does(self, deed: Deed) -> None:
        self.do(deed)

    @precondition(lambda self: any(case.latest for case in self.cases))
    @rule(
        which=st.integers(0, 1),
        first=st.sampled_from(["invite", "hang_up", "stop", "leave", "poll"]),
        span=st.sampled_from([timedelta(0), TO_LEARN_OF_ERASURE - TICK, TO_LEARN_OF_ERASURE, KEPT]),
        then=st.sampled_from(["finish", "look_for_overdue", *PAGES]),
    )
    def an_incident_is_erased(self, which: int, first: str, span: timedelta, then: str) -> None:
        """Its session is open or over, and what the eraser leaves the watcher removes."""
        for what in (first, "erase", "finish"):
            self.do((what, which, "its own", 5))
        self.now += span
        self.do((then, which, "its own", 5))

    @rule()
    def the_watcher_runs(self) -> None:
        self.do(("look_for_overdue", 0, "aina", 0))

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, MOST_SENT - 1))
    def arrives_again(self, which: int) -> None:
        """A call whose answer was lost is sent again, or one that was on its way arrives."""
        self.call(self.sent[which % len(self.sent)])

    @precondition(lambda self: self.pages)
    @rule(deed=deeds("show", "reoffer", "leave", "ask", "take_back", "stop"))
    def is_held_up(self, deed: Deed) -> None:
        """The citizen's page sends a call that has not arrived yet."""
        self.send(deed)

    @rule(first=deeds(*ALL), faster=st.lists(deeds(*ALL), min_size=1, max_size=3))
    def at_once(self, first: Deed, faster: list[Deed]) -> None:
        """Others act between the first one's read and write."""
        self.before = {case: self.over(case) for case in self.cases}

        def others() -> None:
            before, self.before = self.before, None
            for each in faster:
                self.do(each)
            self.before = before

        self.table.meanwhile.append(others)
        self.do(first)
        self.table.meanwhile.clear()
        self.before = None

    @rule(span=ticks)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule(span=jumps)
    def the_clock_jumps(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda self: self.is_shown())
    @rule(span=ticks, times=st.integers(1, 6))
    def both_pages_are_there(self, span: timedelta, times: int) -> None:
        for _ in range(times):
            self.now += span
            for which in range(2):
                self.do(("poll", which, "its own", 0))
                self.do(("watch", which, "its own", 0))

    def is_shown(self) -> bool:
        return any(map(self.shows, self.cases))

    def shown(self, which: int) -> int:
        """One of the cases whose screen is being shown."""
        shown = [n for n, each in enumerate(self.cases) if self.shows(each)]
        return shown[which % len(shown)]

    def shows(self, case: Case) -> bool:
        session = case.session(self.now)
        return session is not None and session.state == "viewing"

    # What must be so at every moment

    @invariant()
    def nothing_is_permitted_without_a_consent_to_it(self) -> None:
        for case in getattr(self, "cases", ()):
            for team in (Category.FUNCTIONAL, Category.PAYMENT):
                allowed = self.support.permissions(case.reference, team, self.now)
                session = case.session(self.now)
                may_view = (
                    session is not None
                    and session.team is team
                    and session.state == "viewing"
                    and session.agreed is not None
                    and session.agreed is case.view
                    and not self.over(case)
                )
                assert allowed.view == may_view
                assert allowed.control == (may_view and case.has_control() == "accepted")
                if may_view and session and session.citizen_at:
                    assert allowed.until == min(session.citizen_at + SILENCE, session.until)
                else:
                    assert allowed.until is None

    @invariant()
    def what_happened_is_recorded_and_nothing_else(self) -> None:
        assert getattr(self, "endings", []) == getattr(self, "ended", [])
        for case in getattr(self, "cases", ()):
            written = len(self.table.items[case.reference]), len(case.journal)
            if case.erased or written == case.compared:  # no entry ever changes
                continue
            case.compared = written
            entries = list(self.register.entries(case.reference, self.now))[::-1]
            found = [each for each in map(told, entries) if each]
            assert len(found) == len(case.journal), (found, case.journal)
            for each, ought in zip(found, case.journal, strict=True):
                *facts, about = ought
                if isinstance(about, Given):
                    about.record = about.record or each[-1]
                    about = about.record
                assert each == (*facts, about)
            records = [each.record for each in case.given]
            assert all(records)
            assert len(set(records)) == len(records)

    @invariant()
    def codes_and_descriptions_are_there_only_while_needed(self) -> None:
        stored = self.table.beside["remote_sessions"].items if hasattr(self, "cases") else {}
        for (owner, name), item in stored.items():
            kept = unmarshalled(item)
            reference = kept["reference"] if owner in {"codes", "sessions"} else name
            [case] = [each for each in self.cases if each.reference == reference]
            assert case.latest
            if owner == "codes" and name not in case.forgotten:
                assert name == case.latest.code
                assert case.latest.state == "invited", "it is used up"
            if owner in {"offers", "answers"}:
                assert case.latest.ended is None, "it is erased at the end"
                assert reference in kept["sdp"], "it is of this incident"

    # How it is done

    def over(self, case: Case) -> tuple[str, str] | None:
        session = case.session(self.now)
        return case.over(session, self.now) if session else None

    def may_go_on(self, case: Case, session: Session, refused: str | None) -> bool:
        """Whether the session may go on; or might, when the one who was not refused looked."""
        if case.over(session, self.now) is None:
            return True
        raced = self.before is not None and self.before[case] is None
        return raced and refused is None and not session.ended

    def do(self, deed: Deed) -> None:
        call = self.send(deed)
        if call:
            self.call(call)

    def send(self, deed: Deed) -> Sent | None:
        """What a page or a program sends for the deed; None if nobody can do it now."""
        what, which, role, choice = deed
        case = self.cases[which]
        who = (case.claimed_by or "aina") if role == "its own" else role
        session = case.latest
        if what in CITIZENS:
            pages = [each for each in self.pages if each.which == which]
            if not pages:
                return None
            page = pages[-1 - choice % len(pages)]
            said = self.citizen_sends(what, page, choice)
        elif what == "join":
            if choice < 4:
                said = ("join_by_code", (case.latest.code if case.latest else "none",))
            elif choice == 4:
                said = ("join_by_incident", ())
            else:
                old = self.codes[choice % len(self.codes)] if self.codes else (0, "none")
                said = ("join_by_code", (old[1],))
        elif what == "answer":
            number = session.offer[0] if session else 1
            number = max(1, number - (choice == 5))
            said = ("answer", (who, number, f"answer {next(self.numbers)} {case.reference}"))
        else:
            said = (what, (who, choice))
        call = (said[0], which, said[1])
        if what in CITIZENS or what in {"answer", "accept"}:
            self.sent = [call, *self.sent][:MOST_SENT]
        return call

    def citizen_sends(self, what: str, page: Page, choice: int) -> tuple[str, tuple[Any, ...]]:
        match what:
            case "show" | "reoffer":
                replaces = page.made if what == "reoffer" else 0
                latest = self.cases[page.which].latest
                if choice < 4 and latest:  # else the page has not looked since
                    page.known = latest.offer[0]
                page.known += 1
                page.made = page.known
                sdp = f"offer {next(self.numbers)} {self.cases[page.which].reference}"
                offer = Offer(number=page.made, replaces=replaces, sdp=sdp, surface=Surface.TAB)
                return "show", (page.token, offer, None if replaces else NOTICES[choice == 3])
            case "leave" | "poll":
                return what, (page.token, page.made)
            case "ask":
                return what, (page.token, NOTICES[choice == 3])
            case _:
                return what, (page.token,)

    def call(self, sent: Sent) -> None:
        what, which, said = sent
        getattr(self, what)(self.cases[which], *said)

    def outcome(self, call: Callable[[], Any]) -> tuple[Any, str | None]:
        try:
            return call(), None
        except REFUSALS as refusal:
            name = type(refusal).__name__
            return None, name if name in REFUSED else type(refusal).__mro__[1].__name__

    def is_citizens(self, case: Case, token: str) -> Session | None:
        session = case.session(self.now)
        return session if session and session.token and session.token == token else None

    def is_operators(self, case: Case, who: str) -> Session | None:
        session = case.session(self.now)
        return session if session and session.operator == who else None

    def close(self, case: Case, session: Session, reason: str, by: str) -> None:
        case.end(session, reason, by, self.now)
        self.ended.append((case.reference, reason))

    def end_if_over(self, case: Case, session: Session, actual: RemoteSession) -> None:
        """Ends the session if it has to; what was so before others were faster counts, too."""
        if session.ended:
            return
        over = case.over(session, self.now)
        if self.before is not None and actual.ending and not over:
            over = self.before[case]
        if over:
            self.close(case, session, *over)

    def is_told(self, case: Case, session: Session, actual: RemoteSession) -> None:
        assert actual.reference == case.reference
        assert actual.operator == session.operator
        assert actual.state == session.state
        ending = actual.ending and (actual.ending.by, actual.ending.reason)
        assert ending == session.ended
        assert (actual.offered, actual.wanted) == (session.offer[0], session.wanted)

    # The citizen

    def join_by_code(self, _case: Case, code: str) -> None:
        token = f"token {next(self.numbers)}"
        joined, refused = self.outcome(lambda: self.support.join_by_code(code, token, self.now))
        admits = [
            each
            for each in self.cases
            if (session := each.session(self.now)) and session.code == code
        ]
        self.is_joined(admits[0] if admits else None, token, "code", joined, refused)

    def join_by_incident(self, case: Case) -> None:
        token = f"token {next(self.numbers)}"
        joined, refused = self.outcome(
            lambda: self.support.join_by_incident(case.reference, token, self.now)
        )
        self.is_joined(case, token, "incident", joined, refused)

    def is_joined(
        self, case: Case | None, token: str, via: str, joined: Any, refused: str | None
    ) -> None:
        session = case.session(self.now) if case else None
        if not case or not session or session.state != "invited" or self.over(case):
            assert refused == "NoSuchSession"
            return
        assert refused is None
        assert joined.reference == case.reference
        session.state, session.token = "joined", token
        session.joined_at = session.citizen_at = self.now
        case.write("remote_joined", "citizen", None, via)
        page = Page(self.cases.index(case), token)
        self.pages = [*self.pages, page][-MOST_PAGES:]

    def another_tab(self, case: Case, token: str) -> None:
        page = Page(self.cases.index(case), token)
        self.pages = [*self.pages, page][-MOST_PAGES:]

    def show(self, case: Case, token: str, offer: Offer, notice: NoticeIdentity | None) -> None:
        _, refused = self.outcome(
            lambda: self.support.show(case.reference, token, offer, notice, self.now)
        )
        session = self.is_citizens(case, token)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        if session.state == "viewing" and session.offer == (offer.number, offer.sdp):
            assert refused is None
            return
        may = session.state in {"joined", "viewing", "paused"} and offer.number > session.offer[0]
        if offer.replaces:
            may = may and session.state == "viewing" and offer.replaces == session.offer[0]
        if not may or not self.may_go_on(case, session, refused):
            assert refused == "NotNow"
            return
        assert refused is None
        session.offer = (offer.number, offer.sdp)
        session.wanted = max(session.wanted, offer.number)
        session.citizen_at = self.now
        if offer.replaces:
            return
        session.hide(self.now)
        assert notice
        given = case.grant("view", notice)
        case.end_own_control(session)
        case.write("remote_viewing", "citizen", None, session.team, "browser", given)
        session.state, session.agreed, session.answered = "viewing", given, 0
        session.answer = ""
        session.shown_since, session.paused_at = self.now, None

    def poll(self, case: Case, token: str, made: int) -> None:
        answer, refused = self.outcome(
            lambda: self.support.seen_by_citizen(case.reference, token, self.now, offered=made)
        )
        session = self.is_citizens(case, token)
        if not session:
            assert refused == "NoSuchSession"
            return
        assert refused is None
        assert session.citizen_at
        is_heard = made == session.offer[0] and self.now - session.citizen_at <= SILENCE
        if is_heard or session.state != "viewing":
            session.citizen_at = self.now
        actual, incident = answer
        self.end_if_over(case, session, actual)
        self.is_told(case, session, actual)
        shown = citizens_state(actual, incident, self.now, connection=HERE, tool=TOOL, answer=None)
        self.is_shown_only_as_agreed(case, session, shown, incident)
        for page in self.pages:
            if page.token == token and page.made == made:
                page.known = actual.offered

    def is_shown_only_as_agreed(
        self, case: Case, session: Session, shown: dict[str, Any], incident: Incident | None
    ) -> None:
        if shown["state"] == "viewing":
            assert incident
            assert case.view
            assert case.view is session.agreed
        assert shown["control"] == (case.has_control() if incident else None)

    def leave(self, case: Case, token: str, made: int) -> None:
        _, refused = self.outcome(lambda: self.support.pause(case.reference, token, made, self.now))
        session = self.is_citizens(case, token)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        assert refused is None
        if session.state == "viewing" and made == session.offer[0]:
            case.end_own_control(session)
            session.hide(self.now)
            session.state, session.paused_at = "paused", self.now

    def ask(self, case: Case, token: str, notice: NoticeIdentity) -> None:
        _, refused = self.outcome(
            lambda: self.support.ask_for_control(case.reference, token, notice, self.now)
        )
        session = self.is_citizens(case, token)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        if session.state != "viewing" or not self.may_go_on(case, session, refused):
            assert refused == "NotNow"
            return
        assert refused is None
        if not case.has_control():
            session.control_agreed = case.grant("control", notice)
            session.control = "asked"

    def take_back(self, case: Case, token: str) -> None:
        _, refused = self.outcome(
            lambda: self.support.withdraw_control(case.reference, token, self.now)
        )
        session = self.is_citizens(case, token)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        assert refused is None
        if session.control:
            case.withdraw("control")
            session.control = None

    def stop(self, case: Case, token: str) -> None:
        _, refused = self.outcome(
            lambda: self.support.end_by_citizen(case.reference, token, self.now)
        )
        session = self.is_citizens(case, token)
        assert refused == (None if session else "NoSuchSession")
        if session and not session.ended:
            self.close(case, session, "stopped", "citizen")

    # The operator

    def invite(self, case: Case, who: str, _choice: int) -> None:
        code = f"code {next(self.numbers)}"
        named = SessionName(f"session {code}", code)
        made, refused = self.outcome(
            lambda: self.support.invite(case.reference, who, TEAMS[who], named, self.now)
        )
        if ought := self.refuses(case, who):
            assert refused == ought
            return
        assert refused is None
        before = case.session(self.now)
        if before and not before.ended:
            reason, by = case.over(before, self.now) or ("replaced", "operator")
            self.close(case, before, reason, by)
        if case.latest and case.latest is not before:
            case.forgotten.add(case.latest.code)
        case.write("remote_invited", "operator", who, TEAMS[who])
        case.latest = Session(code, who, TEAMS[who], self.now, self.now, case.claimed_at)
        self.codes = [(self.cases.index(case), code), *self.codes][:6]
        self.is_told(case, case.latest, made)

    def refuses(self, case: Case, who: str) -> str | None:
        if case.erased:
            return "NoSuchIncident"
        if TEAMS[who] is not case.category:
            return "OtherTeam"
        if case.resolved:
            return "AlreadyResolved"
        if case.claimed_by is None:
            return "NotClaimed"
        return None if case.claimed_by == who else "ClaimedByAnother"

    def watch(self, case: Case, who: str, choice: int) -> None:
        self.looks(case, who, again=False, picture=choice == 1)

    def reload(self, case: Case, who: str, _choice: int) -> None:
        self.looks(case, who, again=True, picture=False)

    def looks(self, case: Case, who: str, *, again: bool, picture: bool) -> None:
        answer, refused = self.outcome(
            lambda: self.support.seen_by_operator(
                case.reference, acting(who), self.now, again=again, picture=picture
            )
        )
        session = self.is_operators(case, who)
        if session:
            session.operator_at = self.now
        if not session or (again and case.erased):
            assert refused == "NoSuchSession"
            return
        assert refused is None
        if again and session.state == "viewing" and session.wanted <= session.offer[0]:
            session.wanted = session.offer[0] + 1
        actual, incident = answer
        self.end_if_over(case, session, actual)
        self.is_told(case, session, actual)
        number, sdp = session.offer
        offer = self.support.description(Description.OFFER, actual, number, self.now)
        assert offer == (sdp if number and not session.ended else None)
        shown = operators_state(
            actual, incident, connection=HERE, tool=TOOL, offer=offer, code=session.code
        )
        self.is_shown_only_as_agreed(case, session, shown, incident)
        assert (shown["tool"] is not None) == (shown["control"] == "accepted")
        assert (shown["join_code"] is not None) == (session.state == "invited")

    def answer(self, case: Case, who: str, number: int, sdp: str) -> None:
        _, refused = self.outcome(
            lambda: self.support.answer(case.reference, acting(who), number, sdp, self.now)
        )
        session = self.is_operators(case, who)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        is_latest = session.state == "viewing" and number == session.offer[0]
        if is_latest and session.answered == number and session.answer == sdp:
            assert refused is None
            return
        may = is_latest and session.answered != number
        if not may or not self.may_go_on(case, session, refused):
            assert refused == "NotNow"
            return
        assert refused is None
        session.answered, session.answer, session.operator_at = number, sdp, self.now

    def accept(self, case: Case, who: str, _choice: int) -> None:
        _, refused = self.outcome(
            lambda: self.support.accept_control(case.reference, acting(who), self.now)
        )
        session = self.is_operators(case, who)
        if not session or case.erased:
            assert refused == "NoSuchSession"
            return
        if not case.has_control() or not self.may_go_on(case, session, refused):
            assert refused == "NotNow"
            return
        assert refused is None
        if session.control == "asked":
            case.write("remote_control_accepted", "operator", who)
            session.control = "accepted"

    def hang_up(self, case: Case, who: str, _choice: int) -> None:
        _, refused = self.outcome(
            lambda: self.support.end_by_operator(case.reference, acting(who), self.now)
        )
        session = self.is_operators(case, who)
        assert refused == (None if session else "NoSuchSession")
        if session and not session.ended:
            self.close(case, session, "stopped", "operator")

    # The consent page, the desk, the watcher

    def agree(self, case: Case, _who: str, choice: int) -> None:
        notice = NOTICES[choice == 0]
        _, refused = self.outcome(
            lambda: self.register.grant_consent(case.reference, Scope.VIEW, notice, self.now)
        )
        if refused is None:
            case.grant("view", notice)

    def agree_control(self, case: Case, _who: str, choice: int) -> None:
        notice = NOTICES[choice == 0]
        _, refused = self.outcome(
            lambda: self.register.grant_consent(case.reference, Scope.CONTROL, notice, self.now)
        )
        if refused is None:
            case.grant("control", notice)

    def disagree(self, case: Case, _who: str, _choice: int) -> None:
        self._disagree(case, Scope.VIEW)

    def disagree_control(self, case: Case, _who: str, _choice: int) -> None:
        self._disagree(case, Scope.CONTROL)

    def _disagree(self, case: Case, scope: Scope) -> None:
        _, refused = self.outcome(
            lambda: self.register.withdraw_consent(case.reference, scope, self.now)
        )
        assert refused in {None, "NothingToWithdraw"} or case.erased
        if not case.erased:
            case.withdraw(scope)

    def disagree_by_operator(self, case: Case, who: str, _choice: int) -> None:
        _, refused = self.outcome(
            lambda: self.register.withdraw_for_citizen(
                case.reference, who, TEAMS[who], Scope.VIEW, self.now
            )
        )
        if refused is None:
            case.withdraw("view", "operator", who)

    def claim(self, case: Case, who: str, _choice: int) -> None:
        self.works(case, who, self.register.claim, claimed_by=who)

    def take_over(self, case: Case, who: str, _choice: int) -> None:
        self.works(case, who, self.register.take_over, "away", claimed_by=who)

    def release(self, case: Case, who: str, _choice: int) -> None:
        self.works(case, who, self.register.release, claimed_by=None)

    def transfer(self, case: Case, who: str, _choice: int) -> None:
        team = TEAMS[who]
        to = Category.PAYMENT if team is Category.FUNCTIONAL else Category.FUNCTIONAL
        self.works(case, who, self.register.transfer, to, "theirs", claimed_by=None, category=to)

    def resolve(self, case: Case, who: str, choice: int) -> None:
        done = {"claimed_by": None, "resolved": True}
        if choice < 3:
            is_open = not case.resolved and not case.erased
            _, refused = self.outcome(
                lambda: self.register.resolve_by_citizen(case.reference, self.now)
            )
            if refused is None and is_open:
                self.becomes(case, done)
        else:
            self.works(case, who, self.register.resolve, None, **done)

    def reopen(self, case: Case, _who: str, _choice: int) -> None:
        _, refused = self.outcome(lambda: self.register.reopen(case.reference, self.now))
        if refused is None and case.resolved:
            self.becomes(case, {"resolved": False})

    def erase(self, case: Case, who: str, choice: int) -> None:
        if choice == 5:
            self.works(case, who, self.register.erase_at_desk, erased=True)

    def works(
        self, case: Case, who: str, act: Callable[..., object], *asked: Any, **after: Any
    ) -> None:
        _, refused = self.outcome(lambda: act(case.reference, who, TEAMS[who], *asked, self.now))
        if refused is None:
            self.becomes(case, after)

    def becomes(self, case: Case, after: dict[str, Any]) -> None:
        if after.get("resolved") or after.get("erased"):
            case.withdraw("view", "service")
        if after.get("claimed_by", case.claimed_by) != case.claimed_by:
            case.claimed_at = self.now
        for name, value in after.items():
            setattr(case, name, value)

    def look_for_overdue(self, _case: Case, _who: str, _choice: int) -> None:
        found = self.support.sessions_to_end(self.now)
        assert set(found) == {case.reference for case in self.cases if self.over(case)}
        for reference in found:
            self.support.end_overdue(reference, self.now)
            [case] = [each for each in self.cases if each.reference == reference]
            session = case.session(self.now)
            actual = RemoteSessions(cast("DynamoDBClient", self.table), "remote_sessions").find(
                reference, self.now
            )
            assert (session is None) == (actual is None)
            if session and actual:
                self.end_if_over(case, session, actual)
                self.is_told(case, session, actual)
        known = [case for case in self.cases if case.latest and case.latest.is_known(self.now)]
        assert set(self.support.sessions_to_forget(self.now)) == {each.reference for each in known}
        for case in known:
            self.finish(case, "", 0)

    def finish(self, case: Case, _who: str, _choice: int) -> None:
        """What is left of an erased incident is removed: by the eraser, or by the watcher."""
        if not case.erased:
            return
        self.support.forget(case.reference, self.now)
        session = case.session(self.now)
        if session and not session.ended:
            self.close(case, session, "erased", "service")
        is_news = session and session.ended == ("service", "erased")
        if not session or not is_news or session.is_known(self.now):
            case.latest = None  # and with it the codes to it, which the invariant looks for
            case.forgotten.clear()


@pytest.fixture(scope="module", autouse=True)
def at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contention, "pause", lambda _: None)  # nobody has to wait for themselves
        yield


def test_nobody_sees_a_screen_or_acts_on_a_computer_unless_its_citizen_agrees() -> None:
    long = settings.get_current_profile_name() == "acceptance"
    many = settings(max_examples=3_000)
    few = settings(max_examples=100, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Everybody, settings=many if long else few)
