"""`make run` as a newcomer meets it, in a copy of the project, and the commands beside it."""

import json
import os
import re
import shlex
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import documents, newcomer
from tests.support.documents import CONSOLE, is_like
from tests.support.newcomer import COMMANDS, Outside, Run, Shell, Terminal

SECONDS_TO_START_AGAIN = 15
SHOWN = {
    name: commands
    for name, document in documents.of_the_project().items()
    if (commands := document.commands(CONSOLE))
}
"""The commands for a reader to type, by document."""


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The first terminal, for `make run`."""
    project = newcomer.copy_of_the_project(tmp_path_factory.mktemp("project"))
    newcomer.install(project)
    newcomer.build(project)
    terminal = Terminal(project)
    yield terminal
    terminal.interrupt()


@pytest.fixture
def run(terminal: Terminal) -> Run:
    return terminal.run


@pytest.fixture
def shell(run: Run, commands: str, outside: Outside, tmp_path: Path) -> Iterator[Shell]:
    """The second terminal; nothing may leave this machine from it."""
    environment = {"HOME": str(tmp_path), "COLUMNS": "100"} | outside.settings
    with closing(Shell(run.project, commands, environment)) as opened:
        yield opened
    assert outside.asked == []


@pytest.mark.parametrize("name", SHOWN)
def test_the_commands_of_a_document_print_the_output_that_it_shows(
    name: str, run: Run, shell: Shell
) -> None:
    for command in SHOWN[name]:
        printed, code = shell.run(command.text)
        where = f"{name}, line {command.line}: {command.text}\nended with {code} and printed:\n"
        assert code == 0, where + printed
        assert is_like(command.output, printed), where + printed
        run.await_quiet()


def test_the_commands_that_make_run_prints_work(run: Run, shell: Shell) -> None:
    """In the order of its list, after the report of an incident, as its first line says."""
    steps = [line.strip() for line in run.said.splitlines() if line.startswith("      ")]
    assert steps, run.said
    report = (
        """curl -s "$API_URL/v1/incidents" -H 'Content-Type: application/json' -d '"""
        '{"category": "functional", "description": "The button does not answer.",'
        """ "contact": {"email": "anna@example.org"}}'"""
    )
    for step in [". .local/env", report, *steps]:
        printed, code = shell.run(step)
        assert code == 0, f"{step}\nprinted:\n{printed}"
        run.await_quiet()
    pages = re.findall(r"http://\S+/ca/\w+", run.said)
    assert len(pages) == 2
    for page in pages:
        assert "<html" in shell.run(f"curl -sf {shlex.quote(page)}")[0]


def test_no_request_leaves_this_machine_once_the_local_environment_is_sourced(
    run: Run, outside: Outside, tmp_path: Path
) -> None:
    """The README promises it, even if the newcomer's own settings lead to the real AWS."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[default]\noutput = yaml\nignore_configured_endpoint_urls = true\n"
        "[profile work]\nregion = us-east-1\nignore_configured_endpoint_urls = true\n"
    )
    own_settings = {
        "HOME": str(tmp_path),
        "AWS_PROFILE": "work",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.eu-west-1.amazonaws.com",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "NO_PROXY": "intranet.example.org",
    }
    # The AWS CLI has its own addresses for the first three; the last is not in its model.
    services = ("sqs list-queues", "emr list-clusters", "rds describe-db-instances", "s3 ls")
    at_once = " & ".join(f'{{ aws {each} >/dev/null; echo "{each}: $?"; }}' for each in services)
    of_boto = """.venv/bin/python -c 'import boto3; print(boto3.client("sqs").list_queues())'"""
    with closing(Shell(run.project, COMMANDS, own_settings | outside.settings)) as shell:
        assert shell.run(". .local/env") == ("", 0)
        assert "PaymentQueue" in shell.run(of_boto)[0]
        answered, _ = shell.run(f"{at_once} & wait")
        settings, _ = shell.run('echo "$SAM_CLI_TELEMETRY $NO_PROXY"')
    assert set(answered.splitlines()) == {f"{each}: 0" for each in services}
    assert settings == "0 127.0.0.1,localhost,intranet.example.org\n"
    assert outside.asked == []


def answer(url: str, code: str = "", body: bytes | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if code:
        headers["Authorization"] = f"Bearer {code}"
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        answered: dict[str, str] = json.load(response)
        return answered


def test_a_second_start_is_quick_and_has_the_data_of_the_first(terminal: Terminal) -> None:
    first = terminal.run
    assert re.search(r"http://127\.0\.0\.1:\d+/_aws/execute-api/\w+/suport/ca/incident", first.said)
    submission = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    receipt = answer(
        first.environment()["API_URL"] + "/v1/incidents", body=json.dumps(submission).encode()
    )
    assert terminal.interrupt() == 0
    assert not first.environment_file.exists()
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", terminal.port)) != 0  # the port is free again

    second = terminal.run
    assert second.seconds_to_start < SECONDS_TO_START_AGAIN
    url = f"{second.environment()['API_URL']}/v1/incidents/{receipt['reference']}"
    assert answer(url, receipt["access_code"])["reference"] == receipt["reference"]


def test_make_run_reports_a_busy_port_in_a_sentence(tmp_path: Path) -> None:
    project, port = newcomer.copy_of_the_project(tmp_path), newcomer.free_port()
    newcomer.install(project)
    with closing(socket.socket()) as occupant:
        occupant.bind(("127.0.0.1", port))
        occupant.listen()
        run = Run(project, port)
    assert run.ended() == 1
    assert f"Port {port} is already in use" in run.said
    assert "Traceback" not in run.said


def test_preparing_a_fresh_project_without_a_network_names_the_network(tmp_path: Path) -> None:
    fresh = newcomer.copy_of_the_project(tmp_path)
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
