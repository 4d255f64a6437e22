"""The guides: a list with a search, and each one with the question whether it helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from suport.domain.category import Category
from suport.domain.guide import KINDS, Guide, fitting
from suport.domain.phone_line import Availability
from suport.http.problem import Problem
from suport.texts.message import N_, Message
from suport.texts.published_guides import Purpose
from suport.web.pages.help import ForProcedure
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class GuidesPage(ForProcedure):
    """The guides that were found. query: the words searched for. found: the likeliest first."""

    name: ClassVar[str] = "guides"
    template: ClassVar[str] = "guides.html"
    listed_as: ClassVar[Message | None] = N_(
        "Short instructions for what people ask most. You can follow them without reporting an "
        "incident."
    )
    query: str = ""
    found: Sequence[Guide]

    @property
    def description(self) -> Message | None:
        """What search engines say of it, unless it is about what somebody searched for."""
        return None if self.query else self.listed_as

    @property
    def here(self) -> str:
        """The page's address, with the search."""
        return address(self.name, {"q": self.query, **self.taken_along})

    @property
    def shown(self) -> Sequence[Guide]:
        """Those that were found; if there are none or no search, all, the kind's own first."""
        if self.query and self.found:
            return self.found
        return sorted(Guide, key=lambda guide: guide not in fitting(self.category))


@dataclass(frozen=True, kw_only=True)
class GuidePage(ForProcedure):
    """One guide, with the question whether it helped, and the thanks for a vote.

    guide: which one. helped: what the reader has just voted; None before that. line: whether the
    012 line answers now. trouble: what is wrong with the vote.
    """

    name: ClassVar[str] = "guides"
    template: ClassVar[str] = "guide.html"
    guide: Guide
    helped: bool | None = None
    line: Availability
    trouble: Problem | None = None

    @property
    def description(self) -> Message | None:
        """What search engines say of it: what it is for, unless it thanks somebody for a vote."""
        return None if self.trouble or self.helped is not None else Purpose(self.guide)

    @property
    def here(self) -> str:
        """The guide's address, without a vote: a link to it, in any language, thanks for none."""
        return address(f"guides/{self.guide}", self.taken_along)

    @property
    def kind(self) -> Category:
        """The reader's kind of problem: as chosen, or else that of the guide."""
        return self.category or KINDS[self.guide]

    def to(self, target: str) -> str:
        """The address of a link in the text; what is known of the problem goes along."""
        if "://" in target:
            return target
        carried = self.taken_along
        if target == "incident":
            carried = {**carried, "category": self.kind}
        return self._up + address(target, carried)

    @property
    def action(self) -> str:
        """Where the vote is sent: to the guide's own address."""
        return f"{self._up}guides/{self.guide}"

    @property
    def _up(self) -> str:
        """The way to the folder of the reader's language."""
        return "" if self.root is None else "../"


def vote_of(*, helped: bool) -> str:
    """What the reader pressed, as the form and the address have it."""
    return "yes" if helped else "no"
