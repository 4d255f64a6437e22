"""The erasure of an incident at its citizen's request, and what is said once it is done."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from suport.domain.reference import Reference
from suport.domain.tombstone import KEPT_FOR
from suport.views.citizen_view import CitizenView
from suport.web.rendering import FormPage, Page
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class ErasePage(FormPage):
    """Says what is erased and what is kept, and asks for the code that confirms it.

    view: the incident as its citizen sees it. kept: what is kept, see `kept_views`. days: after how
    many days the recovery copies are gone. remembered: for how many days it is known that the
    incident was erased. mailed: whether the code can be sent. in_progress:
    whether it is a complaint that has to be answered or closed first. until: by when the code that
    was sent has to be typed, written as in the view. done: one of `DONE`.
    """

    name: ClassVar[str] = "erase"
    template: ClassVar[str] = "erase.html"
    own: ClassVar = {"reference", "confirmation"}
    view: CitizenView
    kept: list[dict[str, Any]] = field(default_factory=list)
    days: int
    remembered: int = KEPT_FOR.days
    mailed: bool = True
    in_progress: bool = False
    until: str | None = None
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class ErasedPage(Page):
    """Says what is known of an erasure to a browser that has no incident open.

    erased: the incident that was erased in it, None if none was within the last half hour. days:
    after how many days the recovery copies are gone.
    """

    name: ClassVar[str] = "erase"
    template: ClassVar[str] = "erased.html"
    erased: Reference | None
    days: int

    @property
    def here(self) -> str:
        """The page's address, also in the other languages."""
        return address("erase", {"done": "erased"})
