"""A short run of `make load`, which finds each accepted incident again as its citizen can."""

import os
import re
import subprocess
import sys

from local import ROOT
from tests.support.service import Service


def test_a_run_finds_every_incident_and_closes_it(service: Service) -> None:
    done = subprocess.run(  # noqa: S603  the project's own command
        [
            *(sys.executable, "-m", "operations.load"),
            *(f"--url={service.environment['API_URL']}", "--mail-domain=example.test"),
            *("--rate=3", "--seconds=1", "--flood=6"),
        ],
        cwd=ROOT,
        env=os.environ | service.aws.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = re.findall(r", run (\w+)$", done.stdout, re.MULTILINE)[0]
    made = [
        item
        for item in service.register()
        if item["entry"] == "incident" and run in item.get("description", "")
    ]
    counts = dict(re.findall(r"^  (\w+(?: aside)?) +(\d+)$", done.stdout, re.MULTILINE))
    assert len(made) == int(counts["accepted"]) == int(counts["registered"]) >= 9
    assert int(counts["queued"]) == len(made)
    assert int(counts["mailed"]) + int(counts["set aside"]) == len(made)
    assert {item["status"] for item in made} == {"resolved"}
    assert set(re.findall(r"(\d{3}): \d+", done.stdout)) <= {"200", "201", "303", "404"}
