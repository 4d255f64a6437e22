"""What may help an operator to answer: known errors in what the citizen wrote, and fitting replies.

The replies are the teams' canned ones, by the names of their files (`desk/src/desk/replies`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from suport.domain.category import Category
from suport.domain.incident import Charged, Incident
from suport.domain.known_errors.recognition import Sign, recognise

# How the words begin by which people say that they cannot attach something.
_ATTACH = re.compile(
    r"\b(?:adjunt|annex|anexar|penja|pujar|subir|attach|upload|anhang|anhäng|hochl[aä]d|anfüg|beifüg)",
    re.IGNORECASE,
)
_FIRST = ("ask-details", "which-certificate")
"""Where nothing fits, questions come first."""
_LAST = ("payment-found", "solved")
"""They end the help, which nobody begins with."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reply by its name. fits: whether something in the incident speaks for it."""

    name: str
    fits: bool


def known_errors(incident: Incident) -> list[Sign]:
    """The known errors in what the citizen stated, the most certain first, of any kind."""
    error = incident.error
    told = [sign for sign in recognise(incident.description or "") if not sign.known_error.general]
    found = [*recognise(error.get("code", "")), *recognise(error.get("message", "")), *told]
    if any(sign.code for sign in found):  # a code beats whatever words may mean of its kind
        certain = {sign.category for sign in found if sign.code}
        found = [sign for sign in found if sign.code or sign.category not in certain]
    return list({sign.error: sign for sign in reversed(found)}.values())[::-1]


def ranked(replies: Iterable[str], incident: Incident, signs: Sequence[Sign]) -> list[Ranked]:
    """The replies with these names, the one to look at first in front.

    signs: the known errors, the most certain first. What the citizen states about the matter (the
    money was taken, nothing can be attached, it is a complaint) counts before them.
    """
    speaks_for = set(_by_circumstances(incident))

    def place(name: str) -> tuple[int, str]:
        if name in speaks_for:
            return -1, name
        fitting = (at for at, sign in enumerate(signs) if name in sign.known_error.replies)
        if (at := next(fitting, None)) is not None:
            return at, name
        general = len(signs) + 1
        return general + (name not in _FIRST) + (len(_FIRST) if name in _LAST else 0), name

    return [Ranked(name, place(name)[0] < len(signs)) for name in sorted(replies, key=place)]


def likelier_team(incident: Incident, signs: Sequence[Sign]) -> Category | None:
    """The team to which the incident should perhaps go: the one of all known errors in it."""
    teams = {sign.category for sign in signs if _is_of_one_team(sign)}
    if incident.topic is None and len(teams) == 1 and incident.category not in teams:
        return teams.pop()
    return None


def _is_of_one_team(sign: Sign) -> bool:
    """Whether the error tells the team: a subject does not, nor do browsers and sessions."""
    return not sign.known_error.general and sign.category is not Category.FUNCTIONAL


def _by_circumstances(incident: Incident) -> Iterator[str]:
    if incident.topic is not None:
        yield "ask-details"
    elif _ATTACH.search(incident.description or ""):
        yield "attach-document"
    if incident.context.get("charged") == Charged.YES:
        yield "do-not-pay-again"
