"""Hundreds of citizens at once, and impatient ones."""

import re
import secrets
import subprocess
from concurrent.futures import ThreadPoolExecutor

from local import ROOT
from tests.support.service import Service, submission


def test_the_service_loses_doubles_and_misplaces_no_incident_of_hundreds_of_citizens() -> None:
    done = subprocess.run(
        ["/usr/bin/env", "make", "load", "RATE=5", "SECONDS=20", "FLOOD=20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"^  (\w+(?: aside)?) +(\d+)$", done.stdout, re.MULTILINE))
    assert int(counts["accepted"]) == int(counts["registered"]) == int(counts["queued"]) > 225
    (plotted,) = re.findall(r"^Plotted: (\S+\.svg)$", done.stdout, re.MULTILINE)
    assert (ROOT / plotted).read_text().count("<polyline") == 3


def test_ten_retries_at_once_make_one_incident(service: Service) -> None:
    key, sent = secrets.token_urlsafe(), submission(description="Ho envio deu vegades.")
    with ThreadPoolExecutor(10) as attempts:
        answers = list(attempts.map(lambda _: service.submit(sent, key), range(10)))
    assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}
    service.settle()
    assert len(service.inbox.of(answers[0].json()["reference"])) == 1


def test_eight_messages_at_once_are_all_kept(service: Service) -> None:
    receipt = service.routed()
    address = f"/v1/incidents/{receipt['reference']}"
    bodies = {f"Missatge {number}" for number in range(8)}

    def send(body: str) -> int:
        return service.post(f"{address}/messages", {"body": body}, receipt["access_code"]).status

    with ThreadPoolExecutor(len(bodies)) as windows:
        answers = list(windows.map(send, bodies))
    history = service.get(address, receipt["access_code"]).json()["history"]
    kept = {entry["body"] for entry in history if entry["kind"] == "message"}
    assert (answers, kept) == ([201] * len(bodies), bodies)
