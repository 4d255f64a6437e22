"""The list that an operator works from: nothing in it that a citizen wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from suport.desk.taken_away import TakenAway
from suport.domain.category import Category
from suport.domain.desk_list import ListPage, Tally
from suport.domain.incident import Status
from suport.http.list_filters import FILTERS, View
from suport.texts.field_names import quoted
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskForm

VIEWS = {
    View.MINE: N_("Mine"),
    View.TEAM: N_("My team’s"),
    View.ENDING: N_("Erased soon"),
}
STATES = {
    Status.RECEIVED: N_("Received"),
    Status.QUEUED: N_("Waiting for the team"),
    Status.CLAIMED: N_("In progress"),
    Status.WAITING: N_("Waiting for the citizen"),
    Status.RESOLVED: N_("Resolved"),
}
"""What operators call the states."""

DAYS: Mapping[str, Message] = {
    "since": quoted(N_("Submitted on or after")),
    "until": quoted(N_("Submitted on or before")),
}
"""The labels of the days by which lists are filtered, as names in a sentence."""


@dataclass(frozen=True, kw_only=True)
class IncidentList(DeskForm):
    """A page of the list.

    view: which of the lists. fields: the filters as the address has them. found: the incidents.
    tally: how many there are in each list. procedures: the names of those to choose from, by code.
    taken_away: what supervisors took from the operator in the last day. done: what was just done.
    reference: to which incident.
    """

    template: ClassVar[str] = "desk/list.html"
    view: View
    found: ListPage
    tally: Tally
    procedures: Mapping[str, str]
    taken_away: Sequence[TakenAway] = ()
    done: str = ""
    reference: str = ""

    @property
    def names(self) -> Mapping[str, Message]:
        """What the days are called by which the list is filtered."""
        return DAYS

    @property
    def views(self) -> Mapping[View, Message]:
        """What each list is called."""
        return VIEWS

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES

    @property
    def teams(self) -> Sequence[Category]:
        """The operator's teams."""
        return self.frame.operator.teams if self.frame.operator else ()

    def way_to(self, view: str, page: str = "", *, filtered: bool = True) -> str:
        """The address of a list, or of another page of it."""
        names = FILTERS if filtered else ()
        filters = {name: self.fields[name] for name in names if self.fields.get(name)}
        return f"list?{urlencode({'view': view} | filters | ({'page': page} if page else {}))}"
