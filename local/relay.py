"""The relay of remote support: Debian's coturn on loopback, as operations run it.

It reads `operations/coturn.conf`, in which only the addresses, the ports, the certificate and the
secret are others. `local/prepare relay` finds or installs it::

    with relay.started(secret=b"north") as running:
        print(running.udp)
"""

import secrets
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from subprocess import Popen

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local import ROOT, TOOLS, WORK, Unable, child

CONFIGURATION = ROOT / "operations/coturn.conf"

HOST = "127.0.0.1"
"""Where the relay listens."""

RELAYED = "127.0.0.2"
"""Where its ports are, of which pages tell each other. It is another address of loopback, because
theirs is another, too: no page reaches it but through the relay."""

_PATH = TOOLS / "relay"
_START_S = 20.0
_STOP_S = 5.0
# Without these coturn refuses to relay to loopback.
_ON_LOOPBACK = ("--allow-loopback-peers", f"--cli-password={secrets.token_hex()}")


@dataclass(frozen=True)
class Relay:
    """A running relay."""

    port: int
    tls_port: int
    certificate: bytes
    """In PEM; it is its own issuer."""
    output: Path

    @property
    def udp(self) -> str:
        """Its address over UDP, as `RTCIceServer.urls` has it."""
        return f"turn:{HOST}:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        """The same over TCP."""
        return f"turn:{HOST}:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        """The same over TLS."""
        return f"turns:{HOST}:{self.tls_port}?transport=tcp"


@contextmanager
def started(*, secret: bytes, retired: Sequence[bytes] = ()) -> Iterator[Relay]:
    """Run the relay for the length of a `with` block.

    secret: what it shares with the service; ASCII, without white space and `#`.
    retired: secrets that it takes besides, as while operations replace one.

    Raises Unable if there is none, or if it does not start. Start it on the main thread: it ends
    with the thread that started it.
    """
    program = _path()
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="relay-", dir=WORK) as temporary:
        folder = Path(temporary)
        port, tls_port = _free_ports(2)
        certificate, key = _certificate()
        (folder / "certificate.pem").write_bytes(certificate)
        (folder / "key.pem").write_bytes(key)
        (folder / "turnserver.conf").write_text(
            replaced(
                CONFIGURATION.read_text(),
                {
                    "listening-ip": [HOST],
                    "relay-ip": [RELAYED],
                    "allowed-peer-ip": [RELAYED],
                    "listening-port": [str(port)],
                    "tls-listening-port": [str(tls_port)],
                    "cert": [str(folder / "certificate.pem")],
                    "pkey": [str(folder / "key.pem")],
                    "static-auth-secret": [each.decode() for each in (secret, *retired)],
                },
            )
        )
        files = (f"--pidfile={folder / 'pid'}", f"--userdb={folder / 'accounts'}")
        output = folder / "output.log"
        with output.open("wb") as written:
            process = child.start(
                [program, "-c", folder / "turnserver.conf", *files, *_ON_LOOPBACK],
                environment={},
                folder=folder,
                output=written,
            )
            try:
                _await_ready(process, (port, tls_port), output)
                yield Relay(port, tls_port, certificate, output)
            finally:
                child.stop(process, patience_s=_STOP_S)


def replaced(configuration: str, values: Mapping[str, Sequence[str]]) -> str:
    """The configuration with other values of some settings, and all else as it is.

    Raises ValueError unless each of the settings is in it exactly once.
    """
    lines = configuration.splitlines()
    for setting, each in values.items():
        (at,) = (n for n, line in enumerate(lines) if line.partition("=")[0] == setting)
        lines[at : at + 1] = [f"{setting}={value}" for value in each]
    return "\n".join([*lines, ""])


def _path() -> Path:
    try:
        return Path(_PATH.read_text().strip())
    except FileNotFoundError:
        raise Unable("No relay was prepared yet. Run: local/prepare relay") from None


def _free_ports(count: int) -> list[int]:
    """Ports that nobody uses on HOST, over TCP or UDP."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((HOST, 0))
            port = int(tcp.getsockname()[1])
            with suppress(OSError):
                udp.bind((HOST, port))
                found.append(port)
    return found


def _certificate() -> tuple[bytes, bytes]:
    """A certificate of HOST for a day and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _await_ready(process: Popen[bytes], ports: Sequence[int], output: Path) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        if all(map(_answers, ports)):
            return
        time.sleep(0.05)
    *_, last = ["", *output.read_text(errors="replace").split("\n")]
    raise Unable(f"The relay did not start: {last}")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
