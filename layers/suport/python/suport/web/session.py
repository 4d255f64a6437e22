"""The citizen's session on the web: a signed cookie that opens one incident for half an hour.

The service sets it only for a citizen who has just submitted the incident or has shown its access
code, and stores nothing about it. The cookie says under a seal which incident is open, by which of
its access codes, and until when.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference, parse_reference

COOKIE = "__Host-suport"
LASTS = timedelta(minutes=30)
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_NO_CODE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Which incident is open, or was until it was erased.

    code_number: that of the access code that opened it; with another code the session is over.
    submitted_until: until when it counts as the session that submitted the incident. In such a
    session the citizen's own data are shown and corrected. code_until: until when the access code
    is shown. text: a digest of what was submitted, by which the form recognises the same text.
    """

    reference: Reference
    code_number: int = 1
    submitted_until: datetime = _LONG_AGO
    code_until: datetime = _LONG_AGO
    text: str = ""

    @property
    def has_erased(self) -> bool:
        """Whether the incident was erased in it. It opens nothing any more."""
        return self.code_number == _NO_CODE

    def has_submitted(self, now: datetime) -> bool:
        """Whether it still counts as the session that submitted the incident."""
        return now < self.submitted_until

    def shows_code(self, now: datetime) -> bool:
        """Whether the access code is still shown in it."""
        return now < self.code_until


def submitted(
    reference: Reference, code_number: int, text: str, submitted_at: datetime, now: datetime
) -> Session:
    """The session of a citizen who has sent the form of an incident, perhaps once more."""
    return Session(
        reference=reference,
        code_number=code_number,
        submitted_until=submitted_at + LASTS,
        code_until=now + LASTS,
        text=text,
    )


def with_new_code(session: Session, code_number: int, now: datetime, *, shown: bool) -> Session:
    """The session after the access code was replaced; shown: whether it shows the new one."""
    until = now + LASTS if shown else session.code_until
    return replace(session, code_number=code_number, code_until=until)


def with_code_noted(session: Session) -> Session:
    """The session of a citizen who has noted the access code."""
    return replace(session, code_until=_LONG_AGO)


def erased(reference: Reference) -> Session:
    """The session of a citizen who has had that incident erased, or has found it erased."""
    return Session(reference=reference, code_number=_NO_CODE)


def text_digest(secret: bytes, text: str) -> str:
    """A digest of a text, whatever its capitals and spaces; nobody can read the text from it."""
    words = " ".join(text.casefold().split())
    return keyed_hash(secret, Purpose.SENT_TEXT, words).hex()[:32]


def set_cookie(secret: bytes, session: Session, now: datetime) -> str:
    """The value of the `Set-Cookie` header that keeps the incident open from now on."""
    ends, submitted_until, code_until = (
        int(moment.timestamp())
        for moment in (now + LASTS, session.submitted_until, session.code_until)
    )
    number, text = session.code_number, session.text
    claim = f"{session.reference}.{ends}.{number}.{submitted_until}.{code_until}.{text}"
    return (
        f"{COOKIE}={claim}.{_seal(secret, claim)}; Path=/; Max-Age={int(LASTS.total_seconds())}; "
        "Secure; HttpOnly; SameSite=Strict"
    )


def end_cookie() -> str:
    """The value of the `Set-Cookie` header that ends the session."""
    return f"{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"


def session_of(secret: bytes, cookie_header: str, now: datetime) -> Session | None:
    """The session that a request's `Cookie` header carries, unless it is over or forged."""
    import hmac  # noqa: PLC0415  loads OpenSSL, which not all functions need

    for cookie in cookie_header.split(";"):
        name, _, value = cookie.strip().partition("=")
        claim, _, seal = value.rpartition(".")
        if name != COOKIE or not hmac.compare_digest(_bytes(seal), _bytes(_seal(secret, claim))):
            continue
        reference, ends, number, submitted_until, code_until, text = claim.split(".")
        if now.timestamp() < int(ends):
            return Session(
                reference=parse_reference(reference),
                code_number=int(number),
                submitted_until=datetime.fromtimestamp(int(submitted_until), UTC),
                code_until=datetime.fromtimestamp(int(code_until), UTC),
                text=text,
            )
    return None


def _seal(secret: bytes, claim: str) -> str:
    return keyed_hash(secret, Purpose.SESSION, claim).hex()


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
