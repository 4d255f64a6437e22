"""Help: what kind of problem it is, what helps soonest, and what is known about an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from suport.domain.incident import Category
from suport.domain.phone_line import Availability
from suport.domain.submission import LONGEST_ERROR
from suport.http.problem import Problem
from suport.texts.known_errors import ADVICE, Advice
from suport.texts.message import Message
from suport.web.rendering import Page
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.domain.known_errors import Sign
    from suport.domain.known_problem import KnownProblem


@dataclass(frozen=True, kw_only=True)
class HelpPage(Page):
    """The questions what kind of problem it is, and what error the reader saw.

    procedure: `code` and `name` of the one that the reader comes from, if known. category: the
    kind, if known. typed: the error, if the reader typed one. trouble: what is wrong with it.
    longest: the most characters that an error has. problems: the known ones that may be why.
    """

    template: ClassVar[str] = "help.html"
    procedure: Mapping[str, str]
    category: Category | None = None
    typed: str = ""
    trouble: Problem | None = None
    longest: int = LONGEST_ERROR
    problems: Sequence["KnownProblem"] = ()

    @property
    def errors(self) -> dict[str, Message]:
        """What is wrong, by the name of the field."""
        return self.trouble.by_field if self.trouble else {}

    @property
    def here(self) -> str:
        """The page's address, with the kind of problem and the procedure."""
        return address("help", {"category": self.category or "", **self.carried})

    @property
    def carried(self) -> dict[str, str]:
        """The fields by which a link takes the procedure along."""
        return {f"procedure.{part}": value for part, value in self.procedure.items() if value}


@dataclass(frozen=True, kw_only=True)
class CategoryPage(HelpPage):
    """What helps soonest with a kind of problem. line: whether the 012 line answers now."""

    template: ClassVar[str] = "help_category.html"
    line: Availability


@dataclass(frozen=True, kw_only=True)
class ErrorPage(HelpPage):
    """What is known about the error that the reader typed, which the link to the form takes along.

    signs: the known errors that it may be, the likeliest first.
    """

    template: ClassVar[str] = "error_found.html"
    signs: Sequence["Sign"]

    @property
    def advice(self) -> list[tuple["Sign", Advice]]:
        """The known errors, each with what it means and the first thing to do about it."""
        return [(sign, ADVICE[sign.fault]) for sign in self.signs]

    @property
    def code(self) -> str:
        """The code of the likeliest error, if it has one."""
        return (self.signs[0].code or "") if self.signs else ""


def help_page(
    procedure: Mapping[str, str], category: Category | None, line: Availability, **typed: Any
) -> HelpPage:
    """The page for that kind of problem; for None, the page that asks which kind it is.

    typed: `typed`, `trouble` and `problems` of the page.
    """
    if category is None:
        return HelpPage(procedure=procedure, **typed)
    return CategoryPage(procedure=procedure, category=category, line=line, **typed)
