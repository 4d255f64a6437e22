"""A known problem: what many citizens are stuck on at once, told to all of them in one text.

An editor opens it. While it is open, the pages show it to the citizens whom it touches, and the
incidents that it explains are linked to it (`Incident.known_problem`) and answered together, see
`group_answer`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from suport.domain import crockford, retention, typed_text
from suport.domain.category import Category
from suport.domain.change import request_digest
from suport.domain.language import Language
from suport.domain.legal_time import MADRID

_OF_MOMENT, _OF_DIGEST = 10, 16  # characters of an id
LONGEST_TITLE = 120  # characters
LONGEST_TEXT = 1_000
MOST_NAMED = 50  # procedures, and as many errors
MOST_OPEN = 10  # at once; pages and Comanda show all of them


class State(StrEnum):
    """How far a known problem has got."""

    OPEN = "open"
    SOLVED = "solved"


class Wrong(StrEnum):
    """Why a field that an editor filled in is refused."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"  # a name or a code that no catalogue has
    NO_MOMENT = "no_moment"
    IN_FUTURE = "in_future"
    BROKEN = "broken"  # a NUL, or half a character


class WrongFields(ValueError):
    """What an editor stated makes no known problem.

    wrong: why, by the name of the field. unknown: the codes and names that no catalogue has.
    """

    def __init__(self, wrong: Mapping[str, Wrong], unknown: Mapping[str, Sequence[str]]) -> None:
        super().__init__(*wrong)
        self.wrong, self.unknown = dict(wrong), dict(unknown)


class TooManyOpen(Exception):
    """`MOST_OPEN` known problems are open already."""


class Concerned(Protocol):
    """What it takes to say whether a known problem explains an incident."""

    @property
    def category(self) -> Category:
        """The team that it is with."""

    @property
    def submitted_at(self) -> datetime:
        """When it was submitted."""

    @property
    def procedure(self) -> str | None:
        """The code of its procedure, `procedures.UNLISTED`, or None."""

    @property
    def known_error(self) -> str | None:
        """The code of the known error that its citizen stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What an editor states of a known problem. Empty `procedures` or `errors` mean any.

    procedures: codes of the catalogue. errors: codes of known errors. since: aware.
    """

    titles: Mapping[Language, str]
    texts: Mapping[Language, str]
    categories: frozenset[Category]
    procedures: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProblem:
    """A known problem; moments are aware UTC.

    opened_by, changed_by, solved_by: names of editors. revision: counts the changes; each names the
    revision that its editor had seen. expires_at: epoch seconds, six months after the last change,
    which may be that it was solved.
    """

    id: str
    titles: Mapping[Language, str]
    texts: Mapping[Language, str]
    categories: frozenset[Category]
    procedures: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    since: datetime
    state: State = State.OPEN
    opened_by: str
    opened_at: datetime
    changed_by: str
    changed_at: datetime
    solved_by: str | None = None
    solved_at: datetime | None = None
    expires_at: int | None = None
    revision: int = 1

    @property
    def is_general(self) -> bool:
        """Whether it touches every procedure of every category."""
        return self.categories == frozenset(Category) and not self.procedures

    def is_open(self, now: datetime) -> bool:
        """Whether it still stops citizens at that moment."""
        kept = self.expires_at is None or retention.is_visible(self.expires_at, now)
        return kept and (self.solved_at is None or now < self.solved_at)

    def touches(
        self,
        category: Category | None = None,
        procedure: str | None = None,
        error: str | None = None,
    ) -> bool:
        """Whether it may be what stops a citizen. What is None is not known yet, and may be any.

        procedure: a code; `procedures.UNLISTED` is none that a problem names.
        """
        return (
            (category is None or category in self.categories)
            and (procedure is None or not self.procedures or procedure in self.procedures)
            and (error is None or not self.errors or error in self.errors)
        )

    def names(self, procedure: str) -> bool:
        """Whether it is a problem of that very procedure."""
        return procedure in self.procedures

    def explains(self, incident: Concerned) -> bool:
        """Whether the incident is likely to be about it, from facts and not from words.

        What the problem names, the incident has to have stated. One that was submitted before the
        problem began is about something else.
        """
        return (
            incident.category in self.categories
            and (not self.procedures or incident.procedure in self.procedures)
            and (not self.errors or incident.known_error in self.errors)
            and incident.submitted_at >= self.since
        )


def id_for(key: str, stated: Stated) -> str:
    """The id of the problem that a form with this key opens, the same whenever it is sent again.

    key: an id, which tells the moment. The same key with other words opens another problem.
    """
    said = [dict(stated.titles), dict(stated.texts), stated.since.isoformat()]
    touched = map(sorted, (stated.categories, stated.procedures, stated.errors))
    digest = request_digest(key, json.dumps([*said, *touched], sort_keys=True))
    return key[:_OF_MOMENT] + crockford.encode(int(digest, 16), _OF_DIGEST)


def opened(stated: Stated, id: str, by: str, now: datetime) -> KnownProblem:  # noqa: A002  its name
    """A new known problem."""
    return KnownProblem(
        id=id,
        opened_by=by,
        opened_at=now,
        changed_by=by,
        changed_at=now,
        expires_at=retention.expires_at(now),
        **_facts(stated),  # type: ignore[arg-type]
    )


def changed(problem: KnownProblem, stated: Stated, by: str, now: datetime) -> KnownProblem:
    """The problem as the editor now states it. A solved one stays so, and ends when it would."""
    ends = problem.expires_at if problem.solved_at else retention.expires_at(now)
    facts: dict[str, Any] = _facts(stated) | {"expires_at": ends}
    return replace(problem, changed_by=by, changed_at=now, **facts)


def solved(problem: KnownProblem, by: str, now: datetime) -> KnownProblem:
    """The problem once it stops nobody any more; one that is solved stays as it is."""
    if problem.state is State.SOLVED:
        return problem
    return replace(
        problem,
        state=State.SOLVED,
        solved_by=by,
        solved_at=now,
        changed_by=by,
        changed_at=now,
        expires_at=retention.expires_at(now),
    )


def shown_to(
    problems: Iterable[KnownProblem],
    now: datetime,
    category: Category | None = None,
    procedure: str | None = None,
    error: str | None = None,
) -> list[KnownProblem]:
    """Those that are open and may stop this citizen: those of everything first, then the latest."""
    found = [
        each for each in problems if each.is_open(now) and each.touches(category, procedure, error)
    ]
    return sorted(found, key=lambda each: (not each.is_general, -each.since.timestamp(), each.id))


def stated(fields: Mapping[str, str], now: datetime) -> Stated:
    """What an editor states, from the fields of a form.

    The fields are `title.ca` to `text.de`, `categories.payment` and so on (ticked if not empty),
    `procedures` (a code or a name on each line), `errors` (codes) and `since` (a day and an hour in
    Madrid, as a browser sends it or as people write it). `categories` may also list the names.

    Raises
    ------
    WrongFields
    """
    wrong: dict[str, Wrong] = {}
    titles = _in_all_languages(fields, "title", LONGEST_TITLE, wrong)
    texts = _in_all_languages(fields, "text", LONGEST_TEXT, wrong)
    categories = _categories(fields, wrong)
    unknown: dict[str, list[str]] = {}
    procedures = _procedures(fields.get("procedures", ""), wrong, unknown)
    errors = _errors(fields.get("errors", ""), wrong, unknown)
    since = _since(fields.get("since", ""), now, wrong)
    if wrong or since is None:
        raise WrongFields(wrong, unknown)
    return Stated(
        titles=titles,
        texts=texts,
        categories=categories,
        procedures=procedures,
        errors=errors,
        since=since,
    )


def _facts(stated: Stated) -> dict[str, object]:
    return {name: getattr(stated, name) for name in Stated.__dataclass_fields__}


def _in_all_languages(
    fields: Mapping[str, str], name: str, longest: int, wrong: dict[str, Wrong]
) -> dict[Language, str]:
    """The texts of `name.ca` and so on. All languages are needed: no reader gets another's."""
    mend = typed_text.line if name == "title" else typed_text.paragraphs
    texts = {}
    for language in Language:
        field = f"{name}.{language}"
        texts[language] = text = mend(fields.get(field, ""))
        if not text:
            wrong[field] = Wrong.MISSING
        elif _is_broken(text):
            wrong[field] = Wrong.BROKEN
        elif len(text) > longest:
            wrong[field] = Wrong.TOO_LONG
    return texts


def _categories(fields: Mapping[str, str], wrong: dict[str, Wrong]) -> frozenset[Category]:
    listed = set(_parts(r"[\s,;]+", fields.get("categories", "")))
    prefix = "categories."
    listed |= {
        name.removeprefix(prefix)
        for name, value in fields.items()
        if name.startswith(prefix) and value.strip()
    }
    if not listed:
        wrong["categories"] = Wrong.MISSING
    elif not listed <= set(Category):
        wrong["categories"] = Wrong.UNKNOWN
    return frozenset(Category(each) for each in listed if each in Category)


def _procedures(
    text: str, wrong: dict[str, Wrong], unknown: dict[str, list[str]]
) -> frozenset[str]:
    from suport.domain.procedures import catalogue  # noqa: PLC0415  reads the catalogue

    named = list(_parts(r"[\n;]+", typed_text.paragraphs(text)))
    found = {each: catalogue().find(each) or catalogue().named(each) for each in named}
    if len(named) > MOST_NAMED:
        wrong["procedures"] = Wrong.TOO_MANY
    elif None in found.values():
        wrong["procedures"] = Wrong.UNKNOWN
        unknown["procedures"] = [each for each, procedure in found.items() if procedure is None]
    return frozenset(procedure.code for procedure in found.values() if procedure)


def _errors(text: str, wrong: dict[str, Wrong], unknown: dict[str, list[str]]) -> frozenset[str]:
    from suport.domain.known_errors import known_code  # noqa: PLC0415  only where codes are read

    named = list(_parts(r"(?i)[\n,;]+|(?<!saf)\s+", typed_text.paragraphs(text)))
    found = {each: known_code(each) for each in named}
    if len(named) > MOST_NAMED:
        wrong["errors"] = Wrong.TOO_MANY
    elif None in found.values():
        wrong["errors"] = Wrong.UNKNOWN
        unknown["errors"] = [each for each, code in found.items() if code is None]
    return frozenset(code for code in found.values() if code)


def _parts(separator: str, text: str) -> Iterator[str]:
    parts = (part.strip() for part in re.split(separator, text))
    return (part for part in parts if part)


_EARLIEST = datetime(1902, 1, 1, tzinfo=MADRID)  # before, Madrid had no hour that all write alike
_AS_A_BROWSER = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:[T ]+(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?:[:.]\d\d(?:\.\d+)?)?)?",
    re.ASCII,
)
_AS_PEOPLE = re.compile(
    r"(?P<day>\d\d?)[/. -](?P<month>\d\d?)[/. -](?P<year>\d{4})"
    r"(?:[,T ]+(?P<hour>\d\d?)[:.](?P<minute>\d\d))? ?h?",
    re.ASCII,
)


def _since(text: str, now: datetime, wrong: dict[str, Wrong]) -> datetime | None:
    """The moment that somebody typed, on the clocks of Madrid; without an hour, the day's start."""
    typed = typed_text.bare(text)
    if not typed:
        wrong["since"] = Wrong.MISSING
        return None
    found = _AS_A_BROWSER.fullmatch(typed) or _AS_PEOPLE.fullmatch(typed)
    try:
        parts = {name: int(part or 0) for name, part in found.groupdict().items()} if found else {}
        moment = datetime(**parts, tzinfo=MADRID).astimezone(UTC)
        was_there = moment.astimezone(MADRID).hour == parts.get("hour") and moment >= _EARLIEST
    except (TypeError, ValueError, OverflowError):
        was_there = False
    if not was_there:  # in the night in which summer time begins, an hour is missing
        wrong["since"] = Wrong.NO_MOMENT
        return None
    if moment > now:
        wrong["since"] = Wrong.IN_FUTURE
        return None
    return moment


def _is_broken(text: str) -> bool:
    return "\0" in text or any("\ud800" <= each <= "\udfff" for each in text)
