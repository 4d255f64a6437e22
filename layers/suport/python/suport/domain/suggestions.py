"""What may help an operator to answer: known errors in what the citizen wrote, and fitting replies.

The replies are the teams' canned ones, by the names of their files (`desk/src/desk/replies`).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from suport.domain.incident import Category, Charged, Incident
from suport.domain.known_errors import Fault, Sign, recognise

# Some faults have no reply of their own: their advice says it all.
_FIT: dict[str, Collection[Fault]] = {
    "card-refused": {
        Fault.CARD_EXPIRED,
        Fault.SECURITY_CODE_WRONG,
        Fault.HOLDER_NOT_AUTHENTICATED,
        Fault.PAYMENT_DENIED,
    },
    "do-not-pay-again": {Fault.PAYMENT_UNVERIFIED, Fault.ISSUER_UNREACHABLE},
    "certificate-expired": {Fault.CERTIFICATE_EXPIRED, Fault.CERTIFICATE_REVOKED},
    "call-012": {Fault.CERTIFICATE_STORE_CLOSED, Fault.SIGNING_FAILED, Fault.PORTAL_FAILED},
    "which-certificate": {
        Fault.CERTIFICATE_NOT_ALLOWED,
        Fault.IDENTIFICATION_TOO_WEAK,
        Fault.NO_CERTIFICATE_FOUND,
        Fault.NO_CERTIFICATE_TO_SIGN_WITH,
        Fault.CERTIFICATE_OF_ANOTHER,
    },
}
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
    texts = (error.get("code"), error.get("message"), incident.description)
    found = [sign for text in texts if text for sign in recognise(text)]
    return list(dict.fromkeys(found))


def ranked(replies: Iterable[str], incident: Incident, signs: Sequence[Sign]) -> list[Ranked]:
    """The replies with these names, the one to look at first in front.

    signs: the known errors, the most certain first. What the citizen states about the matter (the
    money was taken, nothing can be attached, it is a complaint) counts before them.
    """
    speaks_for = set(_by_circumstances(incident))

    def place(name: str) -> tuple[int, str]:
        if name in speaks_for:
            return -1, name
        fitting = (at for at, sign in enumerate(signs) if sign.fault in _FIT.get(name, ()))
        if (at := next(fitting, None)) is not None:
            return at, name
        general = len(signs) + 1
        return general + (name not in _FIRST) + (len(_FIRST) if name in _LAST else 0), name

    return [Ranked(name, place(name)[0] < len(signs)) for name in sorted(replies, key=place)]


def likelier_team(incident: Incident, signs: Sequence[Sign]) -> Category | None:
    """The team to which the incident should perhaps go: the one of all known errors in it."""
    teams = {sign.category for sign in signs}
    if incident.topic is None and len(teams) == 1 and incident.category not in teams:
        return teams.pop()
    return None


def _by_circumstances(incident: Incident) -> Iterator[str]:
    if incident.topic is not None:
        yield "ask-details"
    elif _ATTACH.search(incident.description or ""):
        yield "attach-document"
    if incident.context.get("charged") == Charged.YES:
        yield "do-not-pay-again"
