"""`make run` as a newcomer meets it, in a copy of the project of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.newcomer.conftest import Run

SECONDS_TO_START_AGAIN = 15


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
    installed = shutil.ignore_patterns(".venv", ".tools", ".local", "docs")
    shutil.copytree(project, fresh, ignore=installed)
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
