"""The search at the desk. What it finds has nothing in it that a citizen wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from suport.domain.category import Category
from suport.domain.desk_list import ListPage
from suport.domain.incident import Status
from suport.http.list_filters import FILTERS
from suport.texts.message import Message
from suport.web.desk.frame import DeskForm
from suport.web.desk.pages.lists import DAYS, STATES

ASKED = ("reference", "team", *FILTERS)
"""What a search can ask for, by the names in its address."""


@dataclass(frozen=True, kw_only=True)
class SearchPage(DeskForm):
    """A search, and a page of what it found.

    fields: what was asked for. found: None if nothing was asked for. procedures: the names of those
    to choose from, by code. by_person: whether a person was searched for. more: whether that person
    has earlier incidents, which are not shown.
    """

    template: ClassVar[str] = "desk/search.html"
    procedures: Mapping[str, str]
    found: ListPage | None = None
    by_person: bool = False
    more: bool = False

    @property
    def names(self) -> Mapping[str, Message]:
        """What the days are called by which the search is narrowed."""
        return DAYS

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES

    @property
    def teams(self) -> Sequence[Category]:
        """The operator's teams."""
        return self.frame.operator.teams if self.frame.operator else ()

    def way_to(self, page: str = "") -> str:
        """The address of another page of what was found."""
        asked = {name: self.fields[name] for name in ASKED if self.fields.get(name)}
        return f"search?{urlencode(asked | ({'page': page} if page else {}))}"
