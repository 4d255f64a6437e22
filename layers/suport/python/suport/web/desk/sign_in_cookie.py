"""A sign-in that is under way: what the browser keeps of it until it comes back with a code.

The cookie has a random state, when the sign-in began, and where to go on, under a seal. It goes
along when the identity provider sends the browser back (`SameSite=Lax`), and is over after ten
minutes. Each sign-in has a cookie of its own, because several pages may have led to one at once.

The state goes to the provider and comes back. The nonce of the token and the verifier of the code
(PKCE) are derived from it with the service's secret: only the service can turn the code into a
token, as if the service had a password there.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.language import Language

LASTS = timedelta(minutes=10)
_NAME = "__Host-suport-sign-in-"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
_MOST_AT_ONCE = 5
FIRST_PAGE = "list"
# A page of the desk with its query, relative to its language. No address of anywhere else has this
# form: it has no colon, and no slash before the query.
_PAGE = re.compile(r"[a-z][a-z-]{0,40}(\?[\w.~%!$&()*+,;=:@/?-]{0,500})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in that is under way. back: the page of the desk at which to go on."""

    state: str
    begun_at: datetime
    language: Language
    back: str

    def nonce(self, secret: bytes) -> str:
        """What the id token has to say, so that it is one for this sign-in."""
        return keyed_hash(secret, Purpose.SIGN_IN_NONCE, self.state).hex()

    def verifier(self, secret: bytes) -> str:
        """What turns the code of this sign-in into a token (RFC 7636)."""
        return _text(keyed_hash(secret, Purpose.SIGN_IN_VERIFIER, self.state))


def begin(language: Language, back: str, now: datetime) -> SignIn:
    """A new sign-in.

    back: a page of the desk and its query. Without a query that is too long or none, it leads to
    the page; anything else leads to the first page.
    """
    page = next(filter(_PAGE.fullmatch, (back, back.partition("?")[0])), FIRST_PAGE)
    return SignIn(state=secrets.token_urlsafe(32), begun_at=now, language=language, back=page)


def set_cookies(secret: bytes, begun: SignIn, cookie_header: str) -> list[str]:
    """The values of the `Set-Cookie` headers that keep it, and that end the oldest of too many."""
    moment, back = int(begun.begun_at.timestamp()), _text(begun.back.encode())
    claim = f"{begun.state}.{moment}.{begun.language}.{back}"
    seconds = int(LASTS.total_seconds())
    value = f"{claim}.{_seal(secret, claim)}"
    names = [name for name, _ in _cookies(cookie_header)]
    ended = names[: max(0, len(names) - _MOST_AT_ONCE + 1)]
    return [
        f"{_name(begun.state)}={value}; Max-Age={seconds}; {_ATTRIBUTES}",
        *(_ended(name) for name in ended),
    ]


def end_cookie(state: str) -> str:
    """The value of the `Set-Cookie` header that ends the sign-in with that state."""
    return _ended(_name(state))


def sign_in_of(secret: bytes, cookie_header: str, state: str, now: datetime) -> SignIn | None:
    """The sign-in with that state that this browser has begun, unless it is over."""
    for name, value in _cookies(cookie_header):
        claim, _, seal = value.rpartition(".")
        if name != _name(state) or not _same(seal, _seal(secret, claim)):
            continue
        own_state, begun, language, back = claim.split(".")
        begun_at = datetime.fromtimestamp(int(begun), UTC)
        if _same(own_state, state) and now < begun_at + LASTS:
            page = base64.urlsafe_b64decode(back + "=" * (-len(back) % 4)).decode()
            return SignIn(
                state=own_state, begun_at=begun_at, language=Language(language), back=page
            )
    return None


def _cookies(header: str) -> list[tuple[str, str]]:
    named = (cookie.strip().partition("=") for cookie in header.split(";"))
    return [(name, value) for name, _, value in named if name.startswith(_NAME)]


def _name(state: str) -> str:
    """The name of its cookie, which is one whatever an address states as its state."""
    return f"{_NAME}{_text(state.encode(errors='replace'))[:8]}"


def _ended(name: str) -> str:
    return f"{name}=; Max-Age=0; {_ATTRIBUTES}"


def _seal(secret: bytes, claim: str) -> str:
    return keyed_hash(secret, Purpose.SIGN_IN, claim).hex()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
