"""What operators and data protection are answered."""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from openapi.answers.citizens import Copy
from openapi.answers.history import MESSAGE, OperatorsEntry
from openapi.answers.parts import (
    Answer,
    ContactShown,
    ContextShown,
    Copies,
    Day,
    EntryId,
    ErrorShown,
    File,
    Kept,
    Moment,
    Month,
    Operator,
    ProcedureShown,
    Recorded,
    Reference,
    left_out,
)
from suport.domain import figures
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.contact_acts import Correction
from suport.domain.figures import PARTS
from suport.domain.history import Done, LookPurpose
from suport.domain.incident import Actor, Channel, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.overdue import Overdue
from suport.domain.retention_run import Checked

type Count = Annotated[int, Field(ge=0, examples=[7])]


class LastWritten(Answer):
    """When the latest message or file came, and from whom."""

    at: Moment
    by: Actor


class ListedProcedure(Answer):
    """A procedure in the list; one that the catalogue does not have is nameless."""

    code: Annotated[str, Field(examples=["2104883"])]
    name: str | None


class ListedIncident(Answer):
    """An incident in the team's list; nothing in it is personal."""

    reference: Reference
    category: Category
    status: Status
    language: Language
    submitted_at: Moment
    due_at: Annotated[
        Moment | None,
        Field(description="By when something must happen to it; null once it is resolved."),
    ]
    claimed_by: Operator | None
    snoozed_until: Annotated[
        Moment | None,
        Field(description="Until when its operator has put it aside; it may be over already."),
    ]
    changed_at: Moment
    last_written: LastWritten
    unread: Annotated[
        int,
        Field(
            ge=0,
            description="Messages and files that the operator who has the incident has not looked "
            "at yet, or that came since somebody last had it; 1 at least for one that a colleague "
            "handed over.",
        ),
    ]
    expires_on: Day
    ending: Annotated[bool, Field(description="Whether it is in its last 30 days.")]
    topic: Topic | None
    answer_by: Day | None
    procedure: ListedProcedure | None
    error_code: Annotated[
        str | None, Field(description="Of a known error, if the citizen stated just one.")
    ]
    linked: Annotated[
        bool,
        Field(
            description="Whether it is open and answered together with others: it is linked to a "
            "known problem, or follows another incident of its citizen."
        ),
    ]


class ListedIncidents(Answer):
    """The team's list: a page of it, or all that is open."""

    incidents: list[ListedIncident]
    next: str | None = left_out(
        description="What `page` has to name for the next page; null on the last one. Left out "
        "where all that is open is listed at once."
    )


class OperatorsIncident(Answer):
    """An incident as an operator of its team sees it, with a part of its history."""

    reference: Reference
    category: Category
    status: Status
    language: Language
    origin: Channel
    submitted_at: Moment
    expires_on: Day
    claimed_by: Operator | None
    snoozed_until: Annotated[
        Moment | None,
        Field(description="Until when its operator has put it aside; it may be over already."),
    ]
    answered_with: Annotated[
        Reference | None,
        Field(description="Another incident of the citizen, with which it is answered."),
    ]
    followers: Annotated[
        list[Reference] | None,
        Field(
            description="Those that are answered together with it: an answer, its resolution and "
            "its transfer are done with each of them, too. Null if nobody can tell now."
        ),
    ]
    resolved_by: Actor | None
    description: Annotated[
        str | None, Field(examples=["The card was charged, but the page shows an error."])
    ]
    error: ErrorShown | None
    procedure: ProcedureShown | None
    context: ContextShown | None
    topic: Topic | None
    answer_by: Day | None
    contact: ContactShown
    contact_shown: Annotated[bool, Field(description="Whether `contact` is in full.")]
    mail_trouble: MailTrouble | None
    files: list[File]
    consents: list[Scope]
    rating: Annotated[int | None, Field(ge=1, le=5)]
    history: Annotated[list[OperatorsEntry], Field(examples=[[MESSAGE]])]
    earlier: Annotated[
        EntryId | None, Field(description="What `before` has to name for the part before.")
    ]
    etag: Annotated[
        str | None,
        Field(
            description="Names what the citizen wrote last; null for an earlier part.",
            examples=["01M8A9GS32SWC3AYT3M5FPN97G"],
        ),
    ]


class Standing(Answer):
    """The incident's team and status now."""

    reference: Reference
    category: Category
    status: Status


class PutAside(Standing):
    """The incident's team and status, and until when its operator has put it aside."""

    snoozed_until: Moment | None


class RecordedAtDesk(Recorded):
    """The entry that was recorded, and the incident's status after it."""

    status: Status


class ContactCorrected(Answer):
    """What became of a correction of the contact data."""

    reference: Reference
    correction: Correction


class FileLink(Answer):
    """Where the file can be fetched for a minute; the headers are signed."""

    url: Annotated[str, Field(examples=["https://files.example.org/…"])]
    expires_in: Annotated[int, Field(description="In seconds.", examples=[60])]
    headers: dict[str, str]


class CopyAtDesk(Copy):
    """The copy of everything; with `format=html` also as a page to be printed."""

    page: str = left_out(description="HTML, in the citizen's language.")


class ErasureAhead(Answer):
    """What an erasure would leave."""

    reference: Reference
    kept: list[Kept]
    copies: Copies


class Spread(Answer):
    """Half of them took `p50` at most, nine in ten `p90`: seconds; null where there are too few."""

    p50: Annotated[int | None, Field(ge=0, examples=[5400])]
    p90: Annotated[int | None, Field(ge=0, examples=[86400])]


class Ratings(Answer):
    """How many citizens rated, and the mean; null where there are too few."""

    count: Count
    mean: Annotated[float | None, Field(ge=1, le=5, examples=[4.2])]


class TeamFigures(Answer):
    """A team's figures; `open` and `waiting` are as of now, all else of the days before today."""

    category: Category
    days: Annotated[int, Field(ge=1, le=180, examples=[30])]
    until: Day | None
    open: Count
    waiting: Count
    submitted: Count
    answered: Count
    ended: Count
    reopened: Count
    withheld_days: Annotated[
        dict[figures.Line, int],
        Field(description="On how many days each count was too small to be added."),
    ]
    uncounted_days: Annotated[
        Count, Field(description="How many days after `until` no night has counted yet.")
    ]
    span_days: Annotated[int, Field(examples=[30])]
    first_answer_s: Spread
    solution_s: Spread
    ratings: Ratings


def _line(line: figures.Line, name: str, **more: Any) -> Any:
    """A count of that line and, if it has several, its parts."""
    parts = PARTS[line]
    members: dict[str, Any] = {"total": (Count | None, ...), **more}
    if len(parts) > 1:
        counts: dict[str, Any] = dict.fromkeys(parts, (Count, ...))
        members["parts"] = (create_model(f"{name}Parts", __base__=Answer, **counts) | None, ...)
    doc = "A count; null where it is too small to be shown."
    return create_model(name, __base__=Answer, __doc__=doc, **members)


_OF_A_MONTH: dict[str, Any] = {"at_least": (Count, ...), "withheld_days": (Count, ...)}


class _Quality(Answer):
    first_answer_s: Spread
    solution_s: Spread
    mean_rating: Annotated[float | None, Field(ge=1, le=5)]


def _lines(period: str, **more: Any) -> dict[str, Any]:
    return {
        line: (_line(line, f"{line.value.capitalize()}Of{period}", **more), ...)
        for line in figures.Line
    }


_DAY: dict[str, Any] = {"day": (Day, ...), "category": (Category, ...), **_lines("Day")}
_MONTH: dict[str, Any] = {"category": (Category, ...), **_lines("Month", **_OF_A_MONTH)}

DayOfCategory: Any = create_model(
    "DayOfCategory", __base__=_Quality, __doc__="The figures of a category on a day.", **_DAY
)
MonthOfCategory: Any = create_model(
    "MonthOfCategory",
    __base__=_Quality,
    __doc__="The figures of a category in a month; `at_least` is what its days show.",
    **_MONTH,
)


class ProcedureCount(Answer):
    """How many incidents named a procedure; `none` for those that named none."""

    code: str
    names: dict[Language, str]
    submitted: Count


class LanguageCount(Answer):
    """How many incidents came in a language."""

    language: Language
    submitted: Count


class ProcedureCounts(Answer):
    """By procedure, the most first; `others` joins the small ones."""

    shown: list[ProcedureCount]
    others: Count


class LanguageCounts(Answer):
    """By language, the most first; `others` joins the small ones."""

    shown: list[LanguageCount]
    others: Count


class Report(Answer):
    """A month of the whole service, so far or, once it is `closed`, as it stays."""

    month: Month
    until: Day | None
    closed: bool
    least: Annotated[int, Field(description="The smallest count that is shown, besides zero.")]
    enough: Annotated[int, Field(description="How many values a mean needs.")]
    days: list[DayOfCategory]
    categories: list[MonthOfCategory]
    procedures: ProcedureCounts | None
    languages: LanguageCounts | None


class _Counts(Answer):
    checked: dict[Checked, int]
    erased: dict[Overdue, int]
    oldest_s: dict[Overdue, int]
    breaches: Count


class AuditTotals(_Counts):
    """What a month's audits looked at and erased."""


class AuditDay(_Counts):
    """What a day's audit looked at and erased; without moments if none has begun."""

    day: Day
    begun_at: Moment | None
    finished_at: Moment | None


class Proof(Answer):
    """The proof of erasure of a month, day by day."""

    month: Month
    days: list[AuditDay]
    finished: Annotated[int, Field(ge=0, description="On how many days the audit finished.")]
    totals: AuditTotals


class ErasedIncidents(Answer):
    """Those of the incidents asked about that were erased because their citizens asked."""

    erased: list[Reference]


class Look(Answer):
    """That somebody was shown personal data, or asked in vain; null for what does not apply."""

    entry: EntryId
    at: Moment
    action: Literal[Done.VIEWED, Done.PHONED, Done.REFUSED, Done.EXPORTED]
    by: Actor
    operator: Operator | None
    team: Category | None
    purpose: LookPurpose | None
    contact: bool | None
    file: EntryId | None


class Looks(Answer):
    """Who looked at an incident, the newest look first."""

    reference: Reference
    looks: list[Look]
    earlier: EntryId | None
