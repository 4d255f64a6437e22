"""The page of the votes on the guides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from suport.domain.guide import Guide
from suport.register.guide_votes import Votes
from suport.web.desk.frame import DeskPage


@dataclass(frozen=True, kw_only=True)
class GuideVotesPage(DeskPage):
    """How many readers each guide helped.

    this_month: the votes of this month. last_month: those of the one before.
    """

    template: ClassVar[str] = "desk/guides.html"
    this_month: Mapping[Guide, Votes]
    last_month: Mapping[Guide, Votes]
