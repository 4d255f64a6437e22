"""The citizen's session on the web: a signed cookie that opens one incident for half an hour.

It is the only cookie. The service sets it only for a citizen who has just submitted the incident
or has shown its access code, and stores nothing about it. The cookie says which incident is open,
until when, and whether it was just submitted, under a seal.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference, parse_reference

COOKIE = "__Host-suport"
LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Session:
    """Which incident is open; `just_submitted` while its access code may still be shown."""

    reference: Reference
    just_submitted: bool


def set_cookie(
    secret: bytes, reference: Reference, now: datetime, *, just_submitted: bool = False
) -> str:
    """The value of the `Set-Cookie` header that opens the incident."""
    ends = int((now + LASTS).timestamp())
    claim = f"{reference}.{ends}.{'new' if just_submitted else 'back'}"
    return (
        f"{COOKIE}={claim}.{_seal(secret, claim)}; Path=/; Max-Age={int(LASTS.total_seconds())}; "
        "Secure; HttpOnly; SameSite=Strict"
    )


def end_cookie() -> str:
    """The value of the `Set-Cookie` header that ends the session."""
    return f"{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"


def session_of(secret: bytes, cookie_header: str, now: datetime) -> Session | None:
    """The session that a request's `Cookie` header carries, unless it is over or forged."""
    for cookie in cookie_header.split(";"):
        name, _, value = cookie.strip().partition("=")
        claim, _, seal = value.rpartition(".")
        if name != COOKIE or not hmac.compare_digest(_bytes(seal), _bytes(_seal(secret, claim))):
            continue
        reference, ends, origin = claim.split(".")
        if now.timestamp() < int(ends):
            return Session(parse_reference(reference), just_submitted=origin == "new")
    return None


def _seal(secret: bytes, claim: str) -> str:
    return keyed_hash(secret, Purpose.SESSION, claim).hex()


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
