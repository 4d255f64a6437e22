"""Under which terms an incident is found at the desk, and what an operator may ask for.

The index has three kinds of item, each a `term` and a `place` under it, which begins with the
moment of the submission, so that the latest can be read first:

- every incident, by the moment of its submission, with the little that a search asks about;
- the person whom an incident is about, by keyed digests of NIF, e-mail address and phone numbers,
  another digest for each team;
- the incidents that are linked to a known problem, or answered together with another one.

No term has a word that a citizen wrote, and none can be read back: without the key, nobody can try
which number is behind a digest.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from suport.domain import crockford
from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident
from suport.domain.incident import Incident, Status
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.mailbox import same_mailbox
from suport.domain.reference import Reference

EVERY_INCIDENT = "*"
"""The term under which all incidents are."""
LONGEST_PART = 12  # characters of a reference
EARLIEST, LATEST = "0", "~"  # places before and after all others


class PersonFact(StrEnum):
    """What a person is found by."""

    NIF = "nif"
    EMAIL = "email"
    PHONE = "phone"


type Digest = Callable[[Category, PersonFact, str], str]
"""The term of a person's normalised fact in a team's incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findable:
    """What the index needs to know of an incident; see `Incident` and `ListedIncident`."""

    reference: Reference
    category: Category
    status: Status
    submitted_at: datetime
    expires_at: int
    procedure: str | None = None
    known_error: str | None = None
    known_problem: str | None = None
    answered_with: Reference | None = None
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the index says about an incident under `EVERY_INCIDENT`.

    group: team and state in two letters, see `groups`.
    """

    reference: str
    group: str
    procedure: str | None
    known_error: str | None


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One item of the index; it expires with its incident (epoch seconds)."""

    term: str
    place: str
    expires_at: int
    told: Told | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its place in the index."""
        return self.term, self.place

    @property
    def reference(self) -> Reference:
        """The incident that it leads to."""
        return Reference(crockford.grouped(self.told.reference)) if self.told else at(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which incidents of these teams a search is to find; what is empty asks for nothing.

    reference: a part of it, in capitals and without hyphens. since, before: moments between which
    they were submitted, the first included.
    """

    teams: frozenset[Category]
    reference: str = ""
    procedures: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    states: frozenset[Status] = frozenset()
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_selective(self) -> bool:
        """Whether few incidents of a team are likely to be found."""
        return bool(self.reference or self.procedures or self.errors)

    def admits(self, listed: ListedIncident) -> bool:
        """Whether the incident, as the register has it, is one of those."""
        return (
            listed.category in self.teams
            and self.reference in _compact(listed.reference)
            and (not self.procedures or listed.procedure in self.procedures)
            and (not self.errors or listed.known_error in self.errors)
            and (not self.states or listed.status in self.states)
            and (self.since is None or listed.submitted_at >= self.since)
            and (self.before is None or listed.submitted_at < self.before)
        )


@dataclass(frozen=True, slots=True)
class FoundPage:
    """References that a search found, the latest incident first.

    next: the cursor of the page after it, None if this is the last. A page may be short, and even
    empty, although more may follow: where much has been looked at and little was found.
    """

    references: tuple[Reference, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class FoundOfPerson:
    """The latest incidents of a person, the latest first, and whether there are earlier ones."""

    references: tuple[Reference, ...]
    more: bool


def findable(incident: Incident) -> Findable:
    """The incident with all that its places in the index follow from, and no more."""
    return Findable(
        reference=incident.reference,
        category=incident.category,
        status=incident.status,
        submitted_at=incident.submitted_at,
        expires_at=incident.expires_at,
        known_problem=incident.known_problem,
        answered_with=incident.answered_with,
        contact=incident.contact,
    )


def terms_of(incident: Findable, digest: Digest) -> frozenset[IndexItem]:
    """All items that the index has of an incident."""
    told = Told(
        reference=_compact(incident.reference),
        group=_group(incident.category, incident.status),
        procedure=incident.procedure,
        known_error=incident.known_error,
    )
    ends, place = incident.expires_at, _moment(incident.submitted_at) + told.reference
    terms = {digest(incident.category, *fact) for fact in person_facts(incident.contact)}
    if incident.known_problem:
        terms.add(problem_term(incident.known_problem))
    if incident.answered_with:
        terms.add(leader_term(incident.answered_with))
    return frozenset(
        {
            IndexItem(EVERY_INCIDENT, _place(incident), ends, told),
            *(IndexItem(term, place, ends) for term in terms),
        }
    )


def person_digest(key: bytes) -> Digest:
    """The digest under that key: 128 bits of an HMAC-SHA256 for each team, kind and value."""

    def digest(category: Category, fact: PersonFact, value: str) -> str:
        return _hashed(key, f"{category}/{fact}/{value}")

    return digest


def search_digest(key: bytes, fact: PersonFact, value: str) -> str:
    """What is kept of a search by that normalised value; under no term of the index."""
    return _hashed(key, f"search/{fact}/{value}")


def at(place: str) -> Reference:
    """The incident at this place, under any term but `EVERY_INCIDENT`."""
    return Reference(crockford.grouped(place[_MOMENT_CHARACTERS:]))


def problem_term(problem: str) -> str:
    """The term of the incidents that are linked to this known problem."""
    return f"problem/{problem}"


def leader_term(leader: Reference) -> str:
    """The term of the incidents that are answered together with this one."""
    return f"with/{leader}"


def person_facts(contact: Mapping[str, str]) -> frozenset[tuple[PersonFact, str]]:
    """What the person with these contact data is found by, normalised; see `Submission`.

    A citizen may have given two phone numbers in one text: the person is found by either.
    """
    return frozenset(
        (fact, value)
        for fact, values in (
            (PersonFact.NIF, [normalised(PersonFact.NIF, contact.get("nif", ""))]),
            (PersonFact.EMAIL, [normalised(PersonFact.EMAIL, contact.get("email", ""))]),
            (PersonFact.PHONE, _numbers(contact)),
        )
        for value in values
        if value
    )


def share_a_fact(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether these contact data can be of one person."""
    return not person_facts(one).isdisjoint(person_facts(other))


def normalised(fact: PersonFact, stated: str) -> str:
    """The one way to write a NIF, an e-mail address or a phone number; empty if it is none.

    >>> normalised(PersonFact.NIF, "12.345.678-z"), normalised(PersonFact.NIF, "Passport AB 12345")
    ('12345678Z', 'AB12345')
    >>> normalised(PersonFact.PHONE, "600 11 22 33"), normalised(PersonFact.PHONE, "0034600112233")
    ('+34600112233', '+34600112233')
    """
    match fact:
        case PersonFact.NIF:
            return _identity(stated)
        case PersonFact.EMAIL:
            return same_mailbox(stated.strip()) if "@" in stated else ""
        case PersonFact.PHONE:
            return _number(stated)


def groups(asked: Asked) -> frozenset[str]:
    """The groups of the incidents that are asked for."""
    states = asked.states or frozenset(Status)
    return frozenset(_group(team, state) for team in asked.teams for state in states)


def places(asked: Asked, page: str | None) -> tuple[str, str]:
    """The first and the last place, both included, under which these incidents can be.

    page: the cursor of a page. One that is none is as good as none.
    """
    first = _moment(asked.since) if asked.since else EARLIEST
    last = _moment(asked.before) if asked.before else LATEST
    if page and _PLACE.fullmatch(page):
        last = min(last, page[:-1] + _JUST_BEFORE[page[-1]])
    return first, last


def _hashed(key: bytes, text: str) -> str:
    hashed = keyed_hash(key, Purpose.PERSON, text)
    return crockford.encode(int.from_bytes(hashed[:_DIGEST_BYTES]), _DIGEST_CHARACTERS)


def _place(incident: Findable) -> str:
    """The moment of submission, and so much of the reference that no two are the same.

    Two incidents at one place would be submitted in one millisecond, and agree in 20 bits beside.
    """
    return _moment(incident.submitted_at) + _compact(incident.reference)[:_OF_REFERENCE]


def _moment(moment: datetime) -> str:
    """The milliseconds since 1970, in characters that sort as they do."""
    passed = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return crockford.encode(max(passed, 0), _MOMENT_CHARACTERS)


def _compact(reference: str) -> str:
    return reference.replace("-", "")


def _group(category: Category, status: Status) -> str:
    return _LETTERS[category] + _LETTERS[status]


def _identity(stated: str) -> str:
    """The letters and digits of an identity number, without the words around it."""
    text = unicodedata.normalize("NFKC", stated).upper()
    words = re.findall(r"[^\W_]+", text)
    number = "".join(word for word in words if _is_of_number(word))
    if not any(each.isdigit() for each in number):
        return ""
    if dni := _DNI.fullmatch(number):
        return dni[1].zfill(_DNI_DIGITS) + dni[2]
    return number


def _is_of_number(word: str) -> bool:
    """Whether a word can be part of an identity number: it has a digit, or is two letters."""
    has_digit = any(each.isdigit() for each in word)
    return has_digit or (len(word) <= _LETTERS_OF_NUMBER and word not in _NO_NUMBER)


def _numbers(contact: Mapping[str, str]) -> Iterator[str]:
    """The number to dial, and all that can be one in what the citizen wrote."""
    yield _number(contact.get("dial", ""))
    for written in _WRITTEN_NUMBER.finditer(contact.get("phone", "")):
        yield _number(written[0])


def _number(stated: str) -> str:
    """The number in E.164; one without a prefix is Spain's, and an extension is left out."""
    text = unicodedata.normalize("NFKC", stated.partition(";")[0])
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if re.match(r"[^\d+]*\+", text):
        number = digits
    elif digits.startswith("00"):
        number = digits[2:]
    elif len(digits) == _SPANISH_DIGITS:
        number = _SPAIN + digits
    elif digits.startswith(_SPAIN) and len(digits) == len(_SPAIN) + _SPANISH_DIGITS:
        number = digits
    else:
        return ""
    return f"+{number}" if _SHORTEST_NUMBER <= len(number) <= _LONGEST_NUMBER else ""


_DIGEST_BYTES, _DIGEST_CHARACTERS = 16, 26
_MOMENT_CHARACTERS, _OF_REFERENCE = 9, 4
_PLACE = re.compile(f"[{crockford.ALPHABET}]{{{_MOMENT_CHARACTERS + _OF_REFERENCE}}}")
_JUST_BEFORE = {"0": "", **dict(zip(crockford.ALPHABET[1:], crockford.ALPHABET, strict=False))}
"""What to put for the last character of a place, to end before it and after all others."""
_LETTERS: Mapping[Category | Status, str] = {
    Category.FUNCTIONAL: "f",
    Category.PAYMENT: "p",
    Category.SIGNATURE: "s",
    Status.RECEIVED: "n",
    Status.QUEUED: "q",
    Status.CLAIMED: "c",
    Status.WAITING: "w",
    Status.RESOLVED: "r",
}
_DNI, _DNI_DIGITS = re.compile(r"0*(\d{1,8})([A-Z])"), 8
_LETTERS_OF_NUMBER = 3  # before the digits of a passport, at most
_NO_NUMBER = {"DNI", "NIE", "NIF", "TIE", "CIF", "ID", "NR", "NO", "NUM", "N", "PAS", "DEL", "DE"}
_WRITTEN_NUMBER = re.compile(
    r"(?:\+|\b00)\d(?:[ .-]?\d){6,14}(?!\d) | (?<![\d+])[6-9](?:[ .-]?\d){8}(?!\d)", re.VERBOSE
)
_SPAIN, _SPANISH_DIGITS = "34", 9
_SHORTEST_NUMBER, _LONGEST_NUMBER = 7, 15  # digits, E.164
