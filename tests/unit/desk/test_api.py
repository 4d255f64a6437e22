"""The desk's requests to the operators' API, and how it reads the answers."""

import json
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest

from desk.service.api import Api
from desk.service.aws import Answer, Aws
from tests.support.desk import (
    API_URL,
    CALLS,
    CLAIM,
    LIST,
    LOOK,
    MESSAGES,
    REFERENCE,
    VIEW,
    Desk,
    Service,
)

ODD = [
    (200, {}),
    (200, {"message": "Welcome to this network"}),
    (200, []),
    (200, None),
    (302, {}),
    (404, {"message": "Not Found"}),
    (422, {"type": "urn:suport:problem:invalid", "errors": ["description", None, 7]}),
    (422, {"type": "urn:suport:problem:invalid", "errors": 7}),
    (412, {"type": "urn:suport:problem:changed-meanwhile"}),
    (500, "broken"),
]


def test_a_reference_leads_to_no_other_address() -> None:
    asked: list[str] = []

    class Recorder:
        def signed(self, method: str, url: str, *_: Any) -> Answer:
            asked.append(f"{method} {url}")
            return Answer(200, json.dumps(VIEW).encode())

    Api(API_URL, cast("Aws", Recorder())).incident("../stats?x=", "../&y=")
    assert asked == [f"GET {API_URL}/v1/desk/incidents/..%2Fstats%3Fx%3D?before=..%2F%26y%3D"]


def test_no_question_is_about_more_incidents_than_the_service_takes() -> None:
    asked: list[list[str]] = []

    class Recorder:
        def signed(self, _method: str, url: str, *_: Any) -> Answer:
            asked.append(unquote(url.partition("=")[2]).split(","))
            return Answer(200, json.dumps({"erased": asked[-1][:1]}).encode())

    api = Api(API_URL, cast("Aws", Recorder()))
    about = [f"reference-{number}" for number in range(101)]
    assert (api.erased([]), asked) == ([], [])
    assert api.erased(about) == [about[0], about[50], about[100]]
    assert [each for some in asked for each in some] == about


@pytest.mark.parametrize(
    "command", ["show", "claim", "list", "stats", "proof", "call", "file", "reply"]
)
def test_an_answer_from_something_else_ends_in_a_sentence(
    service: Service, desk: Desk, tmp_path: Path, command: str
) -> None:
    call = ("new", "-m", "It hangs.", "--category", "functional", "--phone", "971", "--yes")
    asked: dict[str, tuple[str, tuple[object, ...]]] = {
        "show": (LOOK, ("show", REFERENCE)),
        "claim": (CLAIM, ("claim", REFERENCE)),
        "list": (LIST, ("list",)),
        "stats": ("GET /stats?days=30", ("stats",)),
        "proof": ("GET /proofs/2026-11", ("proof", "2026-11")),
        "call": (CALLS, call),
        "file": (
            f"{LOOK}/files/7Q2M",
            ("file", REFERENCE, "7Q2M", "--to", tmp_path / "proof.pdf"),
        ),
        "reply": (MESSAGES, ("reply", REFERENCE, "-m", "It is corrected.", "--yes")),
    }
    request, arguments = asked[command]
    for answer in ODD:
        service.answers[request] = answer
        ended = desk(*arguments)
        assert ended.code in {1, 3}, answer
        assert ended.err.strip()
