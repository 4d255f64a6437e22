"""Credentials for the relay through which a screen is shown.

The relay is coturn, or another TURN server with the same scheme. It knows no accounts: the service
and the relay share a secret, from which either can derive the password of any name. The name says
until when it opens the relay. The scheme is that of draft-uberti-behave-turn-rest-00, section 2.2,
which coturn follows with `use-auth-secret`.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RelayCredentials:
    """What a page states to the relay: the members of the W3C's `RTCIceServer`."""

    username: str
    credential: str


def credentials(secret: bytes, session_id: str, until: datetime) -> RelayCredentials:
    """The credentials of that session, with which the relay begins nothing new after `until`.

    secret: coturn's `static-auth-secret`.
    session_id: the relay counts what the session uses by it; nothing else is derived from it.
    until: aware, and kept to the second.

    >>> credentials(b"north", "4f7a", datetime.fromisoformat("2026-11-26T12:00:00Z"))
    RelayCredentials(username='1795694400:4f7a', credential='oEBF3BiHe69ct7jt8m4uKTEpwkI=')
    """
    username = f"{int(until.timestamp())}:{session_id}"
    # SHA-1 is the scheme's only hash, and no weakness of it is known to weaken an HMAC.
    digest = hmac.digest(secret, username.encode(), "sha1")
    return RelayCredentials(username, base64.b64encode(digest).decode())
