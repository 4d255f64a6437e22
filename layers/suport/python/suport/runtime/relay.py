"""How the two pages of a remote session reach each other: through the relay, and only so."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from suport.domain.relay_credentials import credentials
from suport.domain.remote_session import RemoteSession
from suport.runtime import aws, settings


class Connection(NamedTuple):
    """What a browser needs to connect.

    policy: `relay`, or `all` where both pages are on a developer's machine. servers: as a browser
    takes them (`RTCIceServer`).
    """

    policy: str
    servers: Sequence[Mapping[str, Any]]

    def as_facts(self) -> dict[str, Any]:
        """The same for JSON."""
        return {"ice_transport_policy": self.policy, "ice_servers": list(self.servers)}


def connection(session: RemoteSession) -> Connection:
    """The session's connection. Its credentials last as long as the session is kept."""
    relay = settings.relay()
    if not relay.urls:
        return Connection("relay" if relay.is_required else "all", ())
    given = credentials(aws.relay_secret(), session.id, session.expires_at)
    server = {
        "urls": list(relay.urls),
        "username": given.username,
        "credential": given.credential,
    }
    return Connection("relay", (server,))
