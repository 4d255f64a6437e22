"""The procedures of the electronic office, with a search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from suport.texts.message import N_, Message
from suport.web.rendering import Page
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.domain.known_problem import KnownProblem
    from suport.domain.procedures import Procedure

MOST_SHOWN = 20  # procedures on one page


@dataclass(frozen=True, kw_only=True)
class ProceduresPage(Page):
    """The procedures found, `MOST_SHOWN` at a time.

    query: the words searched for. telematic: whether to find only what can be done online. found:
    all that were found. start: the index of the first on the page; beyond the end, the page shows
    the first ones. instead: the similar words that were found instead of those searched for.
    partly: whether these have only some of the words searched for, because none has all of them.
    sample: whether these are only examples. known: the known problems.
    """

    template: ClassVar[str] = "procedures.html"
    listed_as: ClassVar[Message | None] = N_(
        "The procedures of the Govern de les Illes Balears, which of them can be completed "
        "online, and the help for each."
    )
    query: str
    telematic: bool
    found: Sequence["Procedure"]
    start: int
    sample: bool
    instead: Mapping[str, Sequence[str]] = MappingProxyType({})
    partly: bool = False
    known: Sequence["KnownProblem"] = ()

    @property
    def problems(self) -> list["KnownProblem"]:
        """The known problems that touch all procedures; those of some are beside these."""
        return [each for each in self.known if not each.procedures]

    def of(self, procedure: "Procedure") -> list["KnownProblem"]:
        """The known problems of that very procedure."""
        return [each for each in self.known if each.names(procedure.code)]

    @property
    def here(self) -> str:
        """The page's address, with the search and the start."""
        return address("procedures", self._asked | {"start": str(self._begin or "")})

    @property
    def shown(self) -> Sequence["Procedure"]:
        """The procedures on this page."""
        return self.found[self._begin : self._begin + MOST_SHOWN]

    @property
    def further(self) -> str:
        """The query of the page with the next ones; empty if these are the last."""
        end = self._begin + MOST_SHOWN
        return urlencode(self._asked | {"start": end}) if len(self.found) > end else ""

    @property
    def _begin(self) -> int:
        return self.start if self.start < len(self.found) else 0

    @property
    def _asked(self) -> dict[str, str]:
        return {"q": self.query, "telematic": "1" if self.telematic else ""}
