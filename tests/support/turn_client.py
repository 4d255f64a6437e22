"""A client of a TURN relay that asks for what no page would: one request at a time.

It speaks STUN (RFC 8489) and TURN (RFC 8656) over a stream, with TLS or without, and
reads only that part of an answer that the tests are about::

    with connected(running) as client:
        client.allocate(credentials)
        client.permit("192.0.2.1")
"""

import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from local.relay import HOST, Relay
from suport.domain.relay_credentials import RelayCredentials

_COOKIE = 0x2112A442
_HEADER = struct.Struct("!HHI12s")

_ALLOCATE, _CREATE_PERMISSION = 0x003, 0x008
_ERROR = 0x110
"""Set in the type of an answer that refuses."""

_USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE = 0x0006, 0x0008, 0x0009
_PEER_ADDRESS, _REALM, _NONCE, _RELAYED_ADDRESS = 0x0012, 0x0014, 0x0015, 0x0016
_REQUESTED_TRANSPORT = 0x0019
_UDP = bytes([17, 0, 0, 0])

_INTEGRITY_BYTES = 24
_PATIENCE_S = 10.0


class Refused(Exception):
    """The relay's refusal; `code` is that of STUN: 401 who asks, 403 what is asked for."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


@dataclass
class TurnClient:
    """One connection to the relay."""

    _connection: socket.socket
    _known: list[tuple[int, bytes]] = field(default_factory=list)
    """What each further request states: name, realm and nonce."""
    _key: bytes = b""

    def allocate(self, credentials: RelayCredentials) -> str:
        """The address at which the relay opens a port. Raises Refused."""
        wanted = [(_REQUESTED_TRANSPORT, _UDP)]
        challenge = self._ask(_ALLOCATE, wanted)
        realm = challenge[_REALM]
        name = credentials.username.encode()
        self._known = [(_USERNAME, name), (_REALM, realm), (_NONCE, challenge[_NONCE])]
        parts = (name, realm, credentials.credential.encode())
        self._key = hashlib.md5(b":".join(parts)).digest()  # noqa: S324  the protocol's hash
        answer = self._ask(_ALLOCATE, wanted)
        _raise_refusal(answer)
        _, _, _, relayed = struct.unpack("!BBHI", answer[_RELAYED_ADDRESS])
        return str(IPv4Address(relayed ^ _COOKIE))

    def permit(self, peer: str) -> None:
        """Ask to send to the peer, and to hear from it. Raises Refused."""
        _raise_refusal(self._ask(_CREATE_PERMISSION, [(_PEER_ADDRESS, peer)]))

    def _ask(self, method: int, said: Sequence[tuple[int, bytes | str]]) -> dict[int, bytes]:
        transaction = secrets.token_bytes(12)
        body = b"".join(
            _attribute(kind, _masked(value, transaction) if isinstance(value, str) else value)
            for kind, value in [*said, *self._known]
        )
        if self._key:
            counted = len(body) + _INTEGRITY_BYTES
            header = _HEADER.pack(method, counted, _COOKIE, transaction)
            body += _attribute(_MESSAGE_INTEGRITY, hmac.digest(self._key, header + body, "sha1"))
        self._connection.sendall(_HEADER.pack(method, len(body), _COOKIE, transaction) + body)
        kind, length, _, answered = _HEADER.unpack(self._receive(_HEADER.size))
        assert (kind & ~_ERROR, answered) == (method, transaction)
        return dict(_attributes(self._receive(length)))

    def _receive(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            part = self._connection.recv(count - len(received))
            assert part, "the relay closed the connection"
            received += part
        return received


@contextmanager
def connected(relay: Relay, *, tls: bool = False, source: str = HOST) -> Iterator[TurnClient]:
    """Connect to the relay for the length of a `with` block, from an address of loopback."""
    port = relay.tls_port if tls else relay.port
    with socket.create_connection((HOST, port), _PATIENCE_S, source_address=(source, 0)) as plain:
        if not tls:
            yield TurnClient(plain)
            return
        trust = ssl.create_default_context(cadata=relay.certificate.decode())
        with trust.wrap_socket(plain, server_hostname=HOST) as encrypted:
            yield TurnClient(encrypted)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while body:
        kind, length = struct.unpack_from("!HH", body)
        yield kind, body[4 : 4 + length]
        body = body[4 + length + -length % 4 :]


def _masked(peer: str, transaction: bytes) -> bytes:
    """The peer's address, port 9 (discard), as RFC 8489, section 14.2, hides it from NATs."""
    address = ip_address(peer)
    family = {IPv4Address: 1, IPv6Address: 2}[type(address)]
    mask = _COOKIE.to_bytes(4) + transaction
    hidden = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    return struct.pack("!BBH", 0, family, 9 ^ (_COOKIE >> 16)) + hidden


def _raise_refusal(answer: dict[int, bytes]) -> None:
    if refusal := answer.get(_ERROR_CODE):
        raise Refused(refusal[2] * 100 + refusal[3], refusal[4:].decode())
