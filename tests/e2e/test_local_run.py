"""`make run` as a newcomer meets it, in a copy of the project of its own."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("template.yaml", "samconfig.toml", "pyproject.toml", "Makefile", ".python-version")
FOLDERS = ("functions", "layers", "local")
SECONDS_TO_START_AGAIN = 15


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, with the environments that are installed already."""
    copy = tmp_path_factory.mktemp("project")
    for name in SOURCES:
        shutil.copy(ROOT / name, copy / name)
    for name in FOLDERS:
        built = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, copy / name, ignore=built)
    for name in (".venv", ".tools"):
        (copy / name).symlink_to(ROOT / name)
    return copy


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


class Run:
    """One run, from its start to its Ctrl-C."""

    def __init__(self, project: Path, port: int) -> None:
        began = time.monotonic()
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

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.ended()

    def ended(self) -> int:
        assert self.process.stdout
        with self.process.stdout:
            self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)


@pytest.fixture
def runs(project: Path, port: int) -> Iterator[list[Run]]:
    started = [Run(project, port)]
    yield started
    for run in started:
        if run.process.poll() is None:
            run.interrupt()


def answer(url: str, code: str = "", body: bytes | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if code:
        headers["Authorization"] = f"Bearer {code}"
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        answered: dict[str, str] = json.load(response)
        return answered


def test_a_second_start_is_quick_and_has_the_data_of_the_first(
    project: Path, port: int, runs: list[Run]
) -> None:
    [first] = runs
    assert re.search(r"http://127\.0\.0\.1:\d+/_aws/execute-api/\w+/suport/ca/incident", first.said)
    submission = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    receipt = answer(
        first.environment()["API_URL"] + "/v1/incidents", body=json.dumps(submission).encode()
    )
    assert first.interrupt() == 0
    assert not first.environment_file.exists()
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0  # nobody listens any more

    second = Run(project, port)
    runs.append(second)
    assert second.seconds_to_start < SECONDS_TO_START_AGAIN
    url = f"{second.environment()['API_URL']}/v1/incidents/{receipt['reference']}"
    assert answer(url, receipt["access_code"])["reference"] == receipt["reference"]


def test_a_busy_port_is_told_in_a_sentence(project: Path, port: int) -> None:
    with closing(socket.socket()) as occupant:
        occupant.bind(("127.0.0.1", port))
        occupant.listen()
        run = Run(project, port)
    assert run.ended() == 1
    assert f"Port {port} is already in use" in run.said
    assert "Traceback" not in run.said


def test_without_a_network_a_fresh_project_says_so(project: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(project, fresh, ignore=shutil.ignore_patterns(".venv", ".tools", ".local"))
    nowhere = "http://127.0.0.1:9"
    cut_off = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), nowhere)
    cut_off |= {"PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null", "UV_HTTP_RETRIES": "0"}
    done = subprocess.run(  # noqa: S603  our own program
        [fresh / "local/prepare", "dev"],
        cwd=fresh,
        env={**os.environ, **cut_off},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert "network" in (done.stdout + done.stderr).lower()
    assert "Traceback" not in done.stdout + done.stderr
