"""The embedded AWS: all of AWS that the service uses, in one process on this machine.

It is ministack (see `embedded_aws_server`), on loopback only. `make run` gives it a folder to
keep its state in; the end-to-end tests let it forget everything::

    with EmbeddedAws.started(enforce_iam=True) as aws:
        aws.client("sqs").create_queue(QueueName="greetings")
"""

import fcntl
import http.client
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import boto3
from botocore.config import Config

from local import ROOT, TOOLS, WORK, Unable, child

REGION = "eu-west-1"
HOST = "127.0.0.1"

# Not a secret: for ministack it is the account's own key, which may do everything.
_ANY_KEY = "test"
_PYTHON = TOOLS / "aws/bin/python"
_SERVER = ROOT / "local/embedded_aws_server.py"
_UNSAVED = "unsaved"
_MANY_RUNS = 65_536  # all that fits into a pipe
_START_S = 60.0
_SAVE_S = 60.0
# The next run waits while this one stops, or while its embedded AWS saves after it was killed.
_TAKE_OVER_S = 30.0


class PortInUse(Unable):
    """Another program listens on the port."""


class StateInUse(Unable):
    """Another process keeps its state in the folder."""


@dataclass
class EmbeddedAws:
    """A running embedded AWS."""

    port: int
    folder: Path
    """Holds its output (`output.log`), its temporary files and, if it is kept, its state."""
    process: subprocess.Popen[bytes] = field(repr=False)
    logged: int = field(repr=False)
    """The end of a pipe to read from: the embedded AWS writes a byte for each run that it logs."""

    @classmethod
    @contextmanager
    def started(
        cls,
        *,
        port: int | None = None,
        state: Path | None = None,
        enforce_iam: bool = False,
        added: Sequence[Path] = (),
    ) -> Iterator[Self]:
        """Run an embedded AWS for the length of a `with` block.

        port: where to listen on 127.0.0.1; any free one by default.
        state: a folder to restore everything from at the start and save it to at the end.
            Without it the embedded AWS starts empty and forgets everything.
        enforce_iam: refuse what a caller's or a function's policies do not allow.
        added: Python files that run in its process before it serves anybody.

        Raises PortInUse, StateInUse, or Unable if it does not start. Start it on the main
        thread: it ends with the thread that started it.
        """
        with ExitStack() as held:
            if state is None:
                WORK.mkdir(exist_ok=True)
                temporary = tempfile.TemporaryDirectory(prefix="aws-", dir=WORK)
                folder = Path(held.enter_context(temporary))
            else:
                folder = state.resolve()
                folder.mkdir(parents=True, exist_ok=True)
            claim = held.enter_context(_claimed(folder))
            port = port or _free_port()
            _require_free(port)
            scratch = folder / "tmp"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            (folder / _UNSAVED).unlink(missing_ok=True)
            output = held.enter_context((folder / "output.log").open("wb"))
            logged, log = os.pipe()
            held.callback(os.close, logged)
            try:
                process = child.start(
                    [_PYTHON, "-I", _SERVER, WORK / "layers", folder / _UNSAVED, str(log), *added],
                    environment=_server_environment(
                        port, folder, keeps_state=state is not None, enforce_iam=enforce_iam
                    ),
                    folder=folder,
                    output=output,
                    # the folder stays claimed until everything is saved
                    keep_open=(claim.fileno(), log),
                )
            finally:
                os.close(log)  # the embedded AWS has the only one left, and its end closes it
            aws = cls(port, folder, process, logged)
            try:
                aws._await_ready()
                yield aws
            finally:
                claim.truncate(0)  # a run that starts now may wait for the folder
                aws._stop(patience_s=_SAVE_S if state else 0)
                shutil.rmtree(scratch, ignore_errors=True)

    @property
    def endpoint(self) -> str:
        """Its URL, without a trailing slash."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead any AWS client to it, and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": _ANY_KEY,
            "AWS_SECRET_ACCESS_KEY": _ANY_KEY,
            "AWS_SESSION_TOKEN": "",
            # none of the user's settings for the real AWS
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of it; annotate it where it is assigned (`sqs: SQSClient = …`)."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=_ANY_KEY,
            aws_secret_access_key=_ANY_KEY,
            config=Config(proxies={}),
        )

    def expire(self) -> None:
        """Delete now what has expired in the tables, which otherwise takes up to a minute."""
        self.process.send_signal(signal.SIGUSR1)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Save nothing unless the block is completed.

        If the block fails, or the run is stopped or killed in it, the next start finds the state
        that this one found, not a change that broke off halfway.
        """
        mark = self.folder / _UNSAVED
        mark.touch()
        yield
        mark.unlink()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def await_logs(self, output: IO[str]) -> None:
        """Wait until a function has logged something, or nothing more is to be expected.

        That is so when this embedded AWS has ended, or nobody reads the output any more.
        """
        waiting = select.poll()
        waiting.register(self.logged, select.POLLIN)
        waiting.register(output, 0)
        if (self.logged, select.POLLIN) in waiting.poll():
            os.read(self.logged, _MANY_RUNS)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_S
        while self.alive and time.monotonic() < deadline:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            try:
                connection.request("GET", "/_ministack/ready")
                if connection.getresponse().status == http.client.OK:
                    return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        output = self.folder / "output.log"
        *_, last = ["", *output.read_text(errors="replace").splitlines()]
        raise Unable(f"The embedded AWS did not start; {output} tells why: {last}")

    def _stop(self, patience_s: float) -> None:
        in_time = child.stop(self.process, patience_s=patience_s)
        printed = (self.folder / "output.log").read_text(errors="replace")
        lost = re.findall(r"Persistence: (?:failed to save|error getting state for) (\w+)", printed)
        if patience_s and (lost or not in_time):
            raise Unable(
                f"The embedded AWS could not save {', '.join(lost) or 'its state in time'}: the"
                " next start may miss what changed in this one"
                f" ({self.folder / 'output.log'} tells more)."
            )


@contextmanager
def _claimed(folder: Path) -> Iterator[IO[str]]:
    """Hold the folder for one embedded AWS; yields the lock file, which names this process."""
    with (folder / "lock").open("a+") as lock:
        deadline = time.monotonic() + _TAKE_OVER_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                owner = lock.read().strip()
                # If its owner is dead, the embedded AWS is saving, and about to end.
                if _runs(owner) or time.monotonic() > deadline:
                    raise StateInUse(
                        f"The service already runs from this folder (process {owner})."
                        " Use that one, or stop it first."
                    ) from None
            time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as refusal:
            raise PortInUse(
                f"Port {port} is already in use{_listener(port)}. Stop what uses it, or choose"
                f" another: make run PORT={port + 1}"
            ) from refusal


def _listener(port: int) -> str:
    """` (name, process 123)` for what listens on the port, if the system says so; else empty."""
    try:
        found = subprocess.run(
            ["ss", "-Hltnp", f"sport = :{port}"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    match = re.search(r'\("([^"]+)",pid=(\d+)', found.stdout)
    return f" ({match[1]}, process {match[2]})" if match else ""


def _server_environment(
    port: int, folder: Path, *, keeps_state: bool, enforce_iam: bool
) -> dict[str, str]:
    """All variables that ministack, and through it the functions, see: none of the user's own."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true" if enforce_iam else "false",
        "PERSIST_STATE": "1" if keeps_state else "0",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1" if keeps_state else "0",
        "S3_DATA_DIR": str(folder / "s3"),
        # Listeners of services that nobody uses here; the first would listen on every interface.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
