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
from functools import cached_property
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from mypy_boto3_dynamodb import DynamoDBClient

from local import ROOT, WORK, stack
from tests.support.patience import await_truth

SOURCES = ("template.yaml", "samconfig.toml", "pyproject.toml", "Makefile", ".python-version")
FOLDERS = ("functions", "layers", "local", "desk")
COMMANDS = "/usr/local/bin:/usr/bin:/bin"
"""The PATH of a newcomer's machine."""
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
        """Waits until the service has queued and sent everything; a person types slower."""
        table = self.environment()["REGISTER_TABLE"]

        def is_quiet() -> bool:
            items = self._dynamodb.scan(TableName=table, ConsistentRead=True)
            return not any(item.keys() & {"route_reason", "mails"} for item in items["Items"])

        await_truth(is_quiet)

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        environment = self.environment()
        client: DynamoDBClient = boto3.client(
            "dynamodb",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(proxies={}),
        )
        return client

    def busy_s(self) -> float:
        """How many seconds of a processor the run and its processes have taken so far (Linux)."""
        stats = [_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
        parents = {int(each[0]): int(each[1]) for each in stats if each}
        ticks = {int(each[0]): int(each[2]) + int(each[3]) for each in stats if each}
        ours = {self.process.pid}
        while more := {each for each, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return sum(ticks.get(each, 0) for each in ours) / os.sysconf("SC_CLK_TCK")

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.ended()

    def ended(self) -> int:
        assert self.process.stdout
        with self.process.stdout:
            self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)


def _stat(path: Path) -> tuple[str, ...]:
    """A process, its parent, its ticks, and those of the kernel for it; empty if it is gone."""
    try:
        process, _, facts = path.read_text().partition(" ")
    except OSError:
        return ()
    after_name = facts.rpartition(")")[2].split()
    return process, after_name[1], after_name[11], after_name[12]


class Shell:
    """A shell in the project's folder, without the tests' own environment."""

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
        """The output of the command, and its exit code."""
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
    """A proxy that lets nothing out, and remembers the requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._refuse, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """The variables by which programs find the proxy."""
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


def copy_of_the_project(folder: Path) -> Path:
    """Copies the sources to that folder, without anything installed or built."""
    for name in SOURCES:
        shutil.copy(ROOT / name, folder / name)
    for name in FOLDERS:
        made = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=made)
    return folder


def install(project: Path) -> None:
    """Links the project's environments and documents into the copy."""
    for name in (".venv", ".tools", "docs"):
        (project / name).symlink_to(ROOT / name)


def build(project: Path) -> None:
    """Links a build of the same sources into the copy."""
    stack.build()
    (project / ".local").mkdir()
    for name in ("build", "layers"):
        (project / ".local" / name).symlink_to(WORK / name)


class Terminal:
    """A terminal for one `make run` after another."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.port = free_port()
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        """The present `make run`; starts one if there is none."""
        if self._run is None:
            self._run = Run(self.project, self.port)
        return self._run

    def interrupt(self) -> int:
        """Presses Ctrl-C. Returns the exit code."""
        run, self._run = self.run, None
        return run.interrupt()


def script(path: Path, line: str) -> None:
    """Writes a command of one line."""
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


@pytest.fixture
def commands(tmp_path: Path) -> str:
    """The PATH of a newcomer, with a `make` that only prints its commands."""
    folder = tmp_path / "commands"
    folder.mkdir()
    script(folder / "make", f'exec {shutil.which("make")} -n "$@"')
    return f"{folder}:{COMMANDS}"


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def outside() -> Iterator[Outside]:
    with closing(Outside()) as proxy:
        yield proxy
