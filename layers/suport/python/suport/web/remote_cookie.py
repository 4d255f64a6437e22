"""The cookie of a browser that has joined a remote session: it opens the session, nothing else.

The browser has a token of 256 random bits; the table has its SHA-256. What the incident holds stays
closed to it: somebody who was only told a code never sees the incident.
"""

import hashlib
import secrets

from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.remote_session import KEPT_FOR

COOKIE = "__Host-remote"
_TOKEN_BYTES = 32


def new_token() -> str:
    """A token for a browser that joins."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What the table has of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def session_mark(token_digest: str) -> str:
    """What a page of the session has of it, and sends along with each question.

    The browser has one cookie: of two sessions in it, a page must not act in the other one. It
    opens nothing.
    """
    return token_digest[:16]


def set_cookie(reference: Reference, token: str) -> str:
    """The value of the `Set-Cookie` header for the browser that has joined."""
    lasts = int(KEPT_FOR.total_seconds())
    return (
        f"{COOKIE}={reference}.{token}; Path=/; Max-Age={lasts}; Secure; HttpOnly; SameSite=Strict"
    )


def joined(cookie_header: str) -> tuple[Reference, str] | None:
    """The incident whose session a request's `Cookie` header opens, and the token's digest."""
    for cookie in cookie_header.split(";"):
        name, _, value = cookie.strip().partition("=")
        reference, _, token = value.partition(".")
        if name == COOKIE and token:
            try:
                return parse_reference(reference), token_digest(token)
            except MisreadReference:
                return None
    return None
