"""Whether known vulnerabilities are in the locked packages, as OSV answers.

An answer without vulnerabilities is worth something only if its source can see. So each question
includes packages that are known to be vulnerable. If their vulnerabilities are not in the answer,
nothing in it counts.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from operations.locks import Ecosystem, Package
from operations.stage import Unable

CANARIES = {
    Package(Ecosystem.PYTHON, "jinja2", "2.4.1"): "GHSA-462w-v97r-4m45",
    Package(Ecosystem.NODE, "lodash", "4.17.4"): "GHSA-jf85-cpcp-j695",
}
"""A vulnerability that each of these versions has had since 2019."""

OLDEST = timedelta(days=1)
"""How old an answer may be."""

LONGEST_EXCEPTION = timedelta(days=90)
AT_ONCE = 500
"""How many packages one question is about; OSV takes a thousand."""


class CouldNotLook(Exception):
    """Nobody knows whether there are vulnerabilities; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """What a source answered to a question of this moment."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    moment: datetime


@dataclass(frozen=True)
class Question:
    """A package and, if an earlier answer was not complete, where the next one goes on."""

    package: Package
    page: str = ""

    def asked(self) -> dict[str, Any]:
        """The question as OSV reads it."""
        package = {"name": self.package.name, "ecosystem": self.package.ecosystem.value}
        page = {"page_token": self.page} if self.page else {}
        return {"package": package, "version": self.package.version} | page


@dataclass(frozen=True, order=True)
class Vulnerability:
    """A known vulnerability of a package. `names` are all that it has, its own first."""

    package: Package
    names: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "not fixed yet"
        return f"{self.package}: {' '.join(self.names)}, {fixed}. {self.summary}".rstrip()


@dataclass(frozen=True)
class Exemption:
    """A vulnerability that somebody has looked at, and that may stay for some time."""

    package: str
    vulnerability: str
    reason: str
    decided: date
    expires: date

    def covers(self, found: Vulnerability) -> bool:
        """Whether it is about this vulnerability."""
        return found.package.name == self.package and self.vulnerability in found.names


@dataclass(frozen=True)
class Verdict:
    """What is vulnerable; what would be, but for an exception; the exceptions that are no good."""

    deployed: list[Vulnerability] = field(default_factory=list)
    tools: list[Vulnerability] = field(default_factory=list)
    excepted: list[tuple[Vulnerability, Exemption]] = field(default_factory=list)
    expired: list[Exemption] = field(default_factory=list)
    unused: list[Exemption] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.deployed or self.tools or self.expired)


def questions(packages: Iterable[Package]) -> list[Question]:
    """The questions of one round: each package once, between the canaries."""
    return [Question(each) for each in [*CANARIES, *sorted(set(packages) - CANARIES.keys())]]


def rounds(asked: Sequence[Question]) -> list[list[Question]]:
    """The questions in portions that OSV takes, each of which begins with the canaries."""
    canaries = [Question(each) for each in CANARIES]
    others = [each for each in asked if each not in canaries]
    portions = [others[start : start + AT_ONCE] for start in range(0, len(others), AT_ONCE)]
    return [[*canaries, *portion] for portion in portions or [[]]]


def read(
    answer: Answer, asked: Sequence[Question]
) -> tuple[dict[Package, set[str]], list[Question]]:
    """The names of the vulnerabilities that each package has, and what remains to be asked.

    Raises
    ------
    CouldNotLook
        If the answer is not a whole and recent one about each package, from a source that sees.
    """
    stated = _stated(answer).get("results")
    if not isinstance(stated, list):
        raise CouldNotLook("the answer has no results")
    if len(stated) != len(asked):
        raise CouldNotLook(f"{len(asked)} packages were asked about, {len(stated)} answered")
    found: dict[Package, set[str]] = {}
    remaining = []
    for question, result in zip(asked, stated, strict=True):
        try:
            names = {str(each["id"]) for each in result.get("vulns", ())}
            page = str(result.get("next_page_token") or "")
        except (AttributeError, KeyError, TypeError):
            raise CouldNotLook(f"the answer about {question.package} cannot be read") from None
        if result.keys() - {"vulns", "next_page_token"}:
            raise CouldNotLook(f"the answer about {question.package} is not a list of names")
        if names:
            found[question.package] = names
        if page:
            if page == question.page:
                raise CouldNotLook(f"the answer about {question.package} has no end")
            remaining.append(Question(question.package, page))
    _check_sight(found, asked, remaining)
    return found, remaining


def _check_sight(
    found: Mapping[Package, set[str]], asked: Sequence[Question], remaining: Sequence[Question]
) -> None:
    """Refuses an answer that lacks what a canary is known to have."""
    goes_on = {each.package for each in remaining}
    for question in asked:
        known = CANARIES.get(question.package)
        lacks = known not in found.get(question.package, ())
        if known and not question.page and lacks and question.package not in goes_on:
            raise CouldNotLook(
                f"the source does not see that {question.package} is vulnerable ({known})"
            )


def read_details(answer: Answer, name: str, package: Package) -> Vulnerability | None:
    """The vulnerability of that name as it concerns the package; None if it was withdrawn.

    Raises
    ------
    CouldNotLook
        If the answer is not about it.
    """
    stated = _stated(answer)
    if stated.get("id") != name:
        raise CouldNotLook(f"the answer is not about {name}")
    if stated.get("withdrawn"):
        return None
    try:
        names = (name, *(str(each) for each in stated.get("aliases") or ()))
        fixed = {
            str(event["fixed"])
            for affected in stated.get("affected") or ()
            if affected.get("package", {}).get("name", "").lower() == package.name.lower()
            for each in affected.get("ranges", ())
            if each.get("type") != "GIT"
            for event in each.get("events", ())
            if "fixed" in event
        }
    except (AttributeError, TypeError):
        raise CouldNotLook(f"what the source says of {name} cannot be read") from None
    return Vulnerability(package, names, str(stated.get("summary") or ""), tuple(sorted(fixed)))


def _stated(answer: Answer) -> dict[str, Any]:
    """The object in an answer that is complete and recent."""
    if answer.status != 200:  # noqa: PLR2004  what HTTP calls OK
        raise CouldNotLook(f"the source answers with status {answer.status}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    try:
        since = answer.moment - parsedate_to_datetime(headers["date"])
        cached = timedelta(seconds=int(headers.get("age", "0")))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise CouldNotLook("the answer has no date") from None
    if max(since, cached) > OLDEST:
        raise CouldNotLook("the answer is more than a day old")
    if since < -OLDEST:
        raise CouldNotLook("the answer is dated in the future; is the clock of this machine right?")
    try:
        stated = json.loads(answer.body)
    except ValueError:
        raise CouldNotLook("the answer is not JSON") from None
    if not isinstance(stated, dict):
        raise CouldNotLook("the answer is not an object")
    return stated


def exemptions(text: str) -> list[Exemption]:
    """The exceptions in the file `operations/vulnerability_exceptions.toml`.

    Raises
    ------
    Unable
        If one of them does not say all that it must, or lasts too long.
    """
    try:
        found = [Exemption(**each) for each in tomllib.loads(text).get("exception", [])]
    except (tomllib.TOMLDecodeError, TypeError) as wrong:
        raise Unable(f"The exceptions cannot be read: {wrong}") from None
    for each in found:
        dated = type(each.decided) is date and type(each.expires) is date
        if not dated or not each.reason.strip():
            raise Unable(f"The exception for {each.vulnerability} lacks a reason or a date.")
        if not timedelta() < each.expires - each.decided <= LONGEST_EXCEPTION:
            raise Unable(
                f"The exception for {each.vulnerability} must expire within"
                f" {LONGEST_EXCEPTION.days} days of its decision."
            )
    return found


def merged(found: Iterable[Vulnerability]) -> list[Vulnerability]:
    """The vulnerabilities, each once: several databases may have one under names of their own."""
    kept: list[Vulnerability] = []
    for each in found:
        same = [one for one in kept if one.package == each.package and {*one.names} & {*each.names}]
        kept = [one for one in kept if one not in same]
        for one in same:
            each = Vulnerability(  # noqa: PLW2901  it grows by what is the same
                package=each.package,
                names=tuple(dict.fromkeys([*one.names, *each.names])),
                summary=one.summary or each.summary,
                fixed_in=tuple(sorted({*one.fixed_in, *each.fixed_in})),
            )
        kept.append(each)
    return sorted(kept)


def judged(
    found: Iterable[Vulnerability],
    deployed: set[Package],
    exceptions: Sequence[Exemption],
    today: date,
) -> Verdict:
    """What of the found has to be acted on.

    deployed: the packages that reach citizens or operators; all others are tools.
    """
    verdict = Verdict(
        expired=[each for each in exceptions if each.expires <= today],
    )
    valid = [each for each in exceptions if each.expires > today]
    used = set()
    for vulnerability in merged(found):
        exception = next((each for each in valid if each.covers(vulnerability)), None)
        if exception:
            used.add(exception)
            verdict.excepted.append((vulnerability, exception))
        elif vulnerability.package in deployed:
            verdict.deployed.append(vulnerability)
        else:
            verdict.tools.append(vulnerability)
    verdict.unused.extend(each for each in valid if each not in used)
    return verdict
