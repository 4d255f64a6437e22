"""The cookie that keeps an operator signed in at the web desk, and what its forms carry beside it.

The cookie is a token of 256 random bits: `suport.desk.sessions` knows whose it is, and ends it. The
browser sends it with no request that comes from another site (`SameSite=Strict`), shows it to no
script, and forgets it when it is closed.
"""

import hashlib
import hmac
from collections.abc import Mapping

COOKIE = "__Host-suport-desk"
FORM_TOKEN = "form_token"  # noqa: S105  the name of a field
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"

FORGET_PAGES: Mapping[str, str] = {"Clear-Site-Data": '"cache"'}
"""To the browser, all that was shown in the session is as if it had never been there."""


def set_cookie(token: str) -> str:
    """The value of the `Set-Cookie` header that keeps an operator signed in."""
    return f"{COOKIE}={token}; {_ATTRIBUTES}"


def end_cookie() -> str:
    """The value of the `Set-Cookie` header that makes the browser forget the session."""
    return f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}"


def token_in(cookie_header: str) -> str | None:
    """The token that a request's `Cookie` header carries, if any."""
    for cookie in cookie_header.split(";"):
        name, _, value = cookie.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


def form_token(token: str) -> str:
    """What every form in this session carries in its field `form_token`.

    Another site cannot know it. It opens nothing, so a page may be saved or shown.
    """
    return hmac.digest(_bytes(token), b"a form of the desk", hashlib.sha256).hex()


def is_form_token(token: str, stated: str) -> bool:
    """Whether a form that states this was made in the session with that token."""
    return hmac.compare_digest(_bytes(form_token(token)), _bytes(stated))


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
