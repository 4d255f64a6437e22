"""What supervisors see of the teams: what they have to do and how they do. Nothing personal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident, ListPage
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.domain.team_load import SetAsideMails, TeamLoad
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskForm, DeskPage
from suport.web.desk.pages.lists import STATES

if TYPE_CHECKING:  # one page needs them
    from suport.domain.figures import TeamFigures
    from suport.web.desk.bar_chart import BarChart

ONLY: Mapping[str, Message] = {
    **{state: name for state, name in STATES.items() if state is not Status.RESOLVED},
    "unread": N_("Unread"),
    "overdue": N_("Overdue"),
    "ending": N_("Erased soon"),
}
"""What a team's list can be narrowed to."""
SHOWN = 25
"""Incidents on a page of a team's list, which is read before it is reassigned."""
QUEUE = "queue"
ALL = "all"
"""In the address, ticks all boxes of the page: nobody needs a script for it."""
TO_TEAM, TO_COLLEAGUE = "team:", "colleague:"
"""How the form names to whom the incidents go."""
CHOSEN = "of-"
"""Before a reference, the name of the box that chooses its incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """What a team did on a day; None where the count is too small to be shown."""

    day: str
    submitted: int | None
    answered: int | None
    ended: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOverview:
    """A team, as the page of all teams has it.

    figures: those of the latest days, up to yesterday. chart: of the incidents submitted. days: the
    same as a table, with more.
    """

    load: TeamLoad
    set_aside: SetAsideMails
    figures: "TeamFigures"
    chart: "BarChart"
    days: Sequence[DayLine]


@dataclass(frozen=True, kw_only=True)
class TeamsPage(DeskPage):
    """All teams.

    teams: each of them. now: the moment to which ages are told. span: days that the figures are of.
    """

    template: ClassVar[str] = "desk/teams.html"
    teams: Sequence[TeamOverview]
    now: datetime
    span: int

    @property
    def states(self) -> Mapping[Status, Message]:
        """The states of open incidents."""
        return {state: STATES[state] for state in Status if state is not Status.RESOLVED}

    def way_to(self, team: Category, only: str = "", operator: str = "") -> str:
        """The address of a team's list, or of a part of it."""
        return way_to(team, only, operator)


@dataclass(frozen=True, slots=True)
class Left:
    """An incident that could not be reassigned, and why.

    holder: who has it now, empty for nobody; None if it cannot be chosen again.
    """

    reference: Reference
    why: Message
    holder: str | None = None


@dataclass(frozen=True, kw_only=True)
class TeamPage(DeskForm):
    """The open incidents of a team, and the form that reassigns them.

    team: which one. found: the incidents. now: the moment to which ages are told. fields: what
    narrows the list, and what was typed into the form. key: the form's idempotency key. set_aside:
    mails of the latest days that were set aside. colleagues: the team's people. chosen: the
    incidents that the form has chosen. left: those that could not be reassigned. moved: how many
    others were. done: what was just done.
    """

    template: ClassVar[str] = "desk/team.html"
    team: Category
    found: ListPage
    now: datetime
    key: str
    set_aside: SetAsideMails
    colleagues: Sequence[str]
    chosen: frozenset[Reference] = frozenset()
    left: Mapping[Reference, Left] = field(default_factory=dict)
    moved: int = 0
    done: str = ""

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES

    @property
    def only(self) -> Mapping[str, Message]:
        """What the list can be narrowed to."""
        return ONLY

    @property
    def other_teams(self) -> Sequence[Category]:
        """The teams to which incidents can be passed on."""
        return [each for each in Category if each is not self.team]

    @property
    def operators(self) -> Sequence[str]:
        """Those whose incidents can be asked for, and the one who was asked for."""
        asked = self.fields.get("operator", "")
        return sorted({*self.colleagues, *filter(None, [asked])})

    @property
    def not_sent(self) -> frozenset[Reference]:
        """The incidents with a mail that was set aside."""
        return frozenset(mail.reference for mail in self.set_aside.mails)

    @property
    def opens(self) -> bool:
        """Whether the supervisor is in the team, and may open its incidents."""
        return self.frame.operator is not None and self.team in self.frame.operator.teams

    def holder(self, listed: ListedIncident) -> str:
        """Who has that incident, as far as is known: the list may lag behind."""
        left = self.left.get(listed.reference)
        known = left.holder if left else None
        return (listed.claimed_by or "") if known is None else known

    def is_chosen(self, reference: Reference) -> bool:
        """Whether its box is ticked."""
        left = self.left.get(reference)
        return reference in self.chosen or (left is not None and left.holder is not None)

    @property
    def elsewhere(self) -> Sequence[Left]:
        """Those that could not be reassigned and are not in this part of the list any more."""
        listed = {each.reference for each in self.found.incidents}
        return [each for each in self.left.values() if each.reference not in listed]

    @property
    def way_to_all(self) -> str:
        """The address of this page with all its boxes ticked."""
        return f"{self.way_to(self.fields.get('page', ''))}&{urlencode({'choose': ALL})}"

    def way_to(self, page: str = "", *, filtered: bool = True) -> str:
        """The address of this list, of another page of it, or of the whole."""
        if not filtered:
            return way_to(self.team)
        return way_to(self.team, self.fields.get("only", ""), self.fields.get("operator", ""), page)


def way_to(team: Category, only: str = "", operator: str = "", page: str = "") -> str:
    """The address of a team's list."""
    asked = {"team": team, "only": only, "operator": operator, "page": page}
    return f"team?{urlencode({name: value for name, value in asked.items() if value})}"
