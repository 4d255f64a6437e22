"""A newcomer's copy of the project: `make run` in one terminal, a clean shell in another."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from mypy_boto3_dynamodb import DynamoDBClient

from local import ROOT
from tests.e2e.conftest import await_truth

SOURCES = ("template.yaml", "samconfig.toml", "pyproject.toml", "Makefile", ".python-version")
FOLDERS = ("functions", "layers", "local")
COMMANDS = "/usr/local/bin:/usr/bin:/bin"
"""Where a newcomer's machine has its commands."""
_PATIENCE_S = 60.0


class Run:
    """One `make run`, from its start to its Ctrl-C."""

    def __init__(self, project: Path, port: int) -> None:
        began = time.monotonic()
        self.project = project
        self.environment_file = project / ".local/env"
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [project / ".venv/bin/python", "-m", "local.run", "--port", str(port)],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops" in line:
                break
        self.seconds_to_start = time.monotonic() - began

    def environment(self) -> dict[str, str]:
        lines = self.environment_file.read_text().splitlines()
        exported = [line.removeprefix("export ") for line in lines if line.startswith("export ")]
        return dict(shlex.split(line)[0].split("=", 1) for line in exported)

    def await_quiet(self) -> None:
        """Waits until the service has queued and sent all that it has to; a person types slower."""
        environment = self.environment()
        dynamodb: DynamoDBClient = boto3.client(
            "dynamodb",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(proxies={}),
        )

        def is_quiet() -> bool:
            items = dynamodb.scan(TableName=environment["REGISTER_TABLE"], ConsistentRead=True)
            return not any(item.keys() & {"route_reason", "mails"} for item in items["Items"])

        await_truth(is_quiet)
        dynamodb.close()

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.ended()

    def ended(self) -> int:
        assert self.process.stdout
        with self.process.stdout:
            self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)


class Shell:
    """A shell in the project's folder that has nothing of these tests' own environment."""

    def __init__(self, project: Path, commands: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["/bin/bash", "--noprofile", "--norc"],
            cwd=project,
            env={"PATH": commands} | dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str) -> tuple[str, int]:
        """What the command prints, and its exit code."""
        assert self._process.stdin
        assert self._process.stdout
        ended = "=== the command has ended: "
        self._process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n{ended}%s\\n' $?\n")
        self._process.stdin.flush()
        printed = ""
        patience = threading.Timer(_PATIENCE_S, self._kill)
        patience.start()
        for line in self._process.stdout:
            if line.startswith(ended):
                patience.cancel()
                return printed.removesuffix("\n"), int(line.removeprefix(ended))
            printed += line
        raise AssertionError(f"{command!r} did not end, or ended the shell; it printed:\n{printed}")

    def close(self) -> None:
        self._kill()
        with self._process:  # closes its pipes
            pass

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class Outside:
    """A proxy that lets nothing out, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._refuse, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """The variables by which programs find it."""
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        return dict.fromkeys([*names, *(name.lower() for name in names)], url)

    def close(self) -> None:
        self._listener.close()

    def _refuse(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with closing(connection):
                connection.settimeout(5)
                with suppress(OSError):
                    self.asked.append(re.split(rb"\r?\n", connection.recv(1000))[0].decode())


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, with the environments that are installed already.

    One for all tests, so that only the first of them waits for build and deployment.
    """
    copy = tmp_path_factory.mktemp("project")
    for name in SOURCES:
        shutil.copy(ROOT / name, copy / name)
    for name in FOLDERS:
        built = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, copy / name, ignore=built)
    for name in (".venv", ".tools", "docs"):
        (copy / name).symlink_to(ROOT / name)
    return copy


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def outside() -> Iterator[Outside]:
    with closing(Outside()) as proxy:
        yield proxy
