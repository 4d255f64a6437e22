"""Help: what kind of problem it is, what helps soonest, and what is known about an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from suport.domain.category import Category
from suport.domain.guide import MOST_OFFERED, Guide, offered
from suport.domain.phone_line import Availability
from suport.domain.submission import LONGEST_ERROR
from suport.texts.known_errors import Advice, advice_on
from suport.texts.message import N_, Message
from suport.web.questions import ERROR_SEEN
from suport.web.rendering import Correctable, Page
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.domain.forecast import Forecast
    from suport.domain.known_errors.recognition import Sign
    from suport.domain.known_problem import KnownProblem

_MOST_OTHERS = 3


@dataclass(frozen=True, kw_only=True)
class ForProcedure(Page):
    """A page whose links take along what is known of the reader's problem.

    procedure: `code` and `name` of the one that the reader comes from, if known. category: the
    kind, if known.
    """

    procedure: Mapping[str, str]
    category: Category | None = None

    @property
    def carried(self) -> dict[str, str]:
        """The fields by which a link takes the procedure along."""
        return {f"procedure.{part}": value for part, value in self.procedure.items() if value}

    @property
    def taken_along(self) -> dict[str, str]:
        """The fields by which a link takes the kind along, too."""
        kind = {"category": str(self.category)} if self.category else {}
        return kind | self.carried


@dataclass(frozen=True, kw_only=True)
class AboutProblem(Correctable, ForProcedure):
    """What a page of help knows of the reader's problem.

    typed: the error, if the reader typed one. longest: the most characters that an error has.
    problems: the known ones that may be why.
    """

    listed_as: ClassVar[Message | None] = N_(
        "Help with online procedures of the Govern de les Illes Balears: what you can do yourself, "
        "who to call, and how to report a problem."
    )
    typed: str = ""
    longest: int = LONGEST_ERROR
    problems: Sequence["KnownProblem"] = ()

    @property
    def description(self) -> Message | None:
        """What search engines say of it, unless it is about what somebody typed."""
        return None if self.trouble else self.listed_as

    @property
    def names(self) -> Mapping[str, Message]:
        """The label of the error."""
        return {"error": ERROR_SEEN}

    @property
    def here(self) -> str:
        """The page's address, with the kind of problem and the procedure."""
        return address("help", {"category": self.category or "", **self.carried})


@dataclass(frozen=True, kw_only=True)
class HelpPage(AboutProblem):
    """The questions what kind of problem it is, and what error the reader saw.

    line: whether the 012 line answers now.
    """

    template: ClassVar[str] = "help.html"
    line: Availability


@dataclass(frozen=True, kw_only=True)
class CategoryPage(HelpPage):
    """What helps soonest with a kind of problem.

    forecast: how soon incidents of the kind are answered.
    """

    template: ClassVar[str] = "help_category.html"
    forecast: "Forecast | None" = None

    @property
    def guides(self) -> Sequence[Guide]:
        """The guides that fit the kind of problem."""
        return offered(self.category)


@dataclass(frozen=True, kw_only=True)
class ErrorPage(AboutProblem):
    """What is known about the error that the reader typed, which the link to the form takes along.

    signs: the known errors that it may be, the likeliest first. line: whether the 012 line answers
    now. chosen: the kind whose page the reader comes from, with its guides.
    """

    template: ClassVar[str] = "error_found.html"
    listed_as: ClassVar[Message | None] = None
    signs: Sequence["Sign"]
    line: Availability
    chosen: Category | None = None

    @property
    def likeliest(self) -> Advice | None:
        """What to do about the likeliest error; None if none is known."""
        return advice_on(self.signs[0].error) if self.signs else None

    @property
    def others(self) -> list[tuple[str, Advice]]:
        """What it may also be, each with the codes that the reader typed; of mere words, few."""
        by_code = sum(1 for sign in self.signs if sign.code)
        others = self.signs[1 : max(1 + _MOST_OTHERS, by_code)]
        return [(_codes(sign), advice_on(sign.error)) for sign in others]

    @property
    def guides(self) -> Sequence[Guide]:
        """The guide for the likeliest error, and those for its kind that are new to the reader."""
        kind = self.category or (self.likeliest.error.category if self.likeliest else None)
        seen = offered(self.chosen) if self.chosen else ()
        fitting = [each for each in offered(kind) if each not in seen]
        named = self.likeliest.error.guide if self.likeliest else None
        return list(dict.fromkeys([*([named] if named else []), *fitting]))[:MOST_OFFERED]

    @property
    def code(self) -> str:
        """The only code that the reader typed, as the service spells it; empty if there is none."""
        from suport.domain.known_errors.recognition import only_code  # noqa: PLC0415  for this page alone

        return only_code(self.signs) or ""

    @property
    def likeliest_codes(self) -> str:
        """The codes of the likeliest error that the reader typed; empty if there is none."""
        return _codes(self.signs[0]) if self.signs else ""

    @property
    def is_listed(self) -> bool:
        """Whether they are in the list of known errors, and do not only look like one."""
        return bool(self.likeliest_codes) and self.signs[0].is_listed


def _codes(sign: "Sign") -> str:
    """The codes by which a known error was recognised; empty for one known by words."""
    return ", ".join((sign.code, *sign.further_codes)) if sign.code else ""


def help_page(
    procedure: Mapping[str, str],
    category: Category | None,
    line: Availability,
    forecast: "Forecast | None" = None,
    **typed: Any,
) -> HelpPage:
    """The page for that kind of problem; for None, the page that asks which kind it is.

    typed: `typed`, `trouble` and `problems` of the page.
    """
    if category is None:
        return HelpPage(procedure=procedure, line=line, **typed)
    return CategoryPage(
        procedure=procedure, category=category, line=line, forecast=forecast, **typed
    )
