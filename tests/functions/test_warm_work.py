"""How much a warm function does for one request, counted in calls of Python functions.

A busy machine makes as many as a quick one. The bounds are a tenth to a fifth above what there is.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tests.support.web import FILLED_IN, Web

FURTHER = 3  # requests before the one that counts: they fill what a process keeps


def calls(web: Web, function: str, request: Callable[[int], None]) -> int:
    """The calls in the function's handler for a further request. request: makes one."""
    app = web.load(function)
    handler, found = app.handler, 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal found
        found += event == "call" and "/tests/" not in frame.f_code.co_filename

    def counted(*given: Any) -> Any:
        nonlocal found
        found = 0
        sys.setprofile(count)
        try:
            return handler(*given)
        finally:
            sys.setprofile(None)

    web.monkeypatch.setattr(app, "handler", counted)
    web.monkeypatch.setattr(web, "load", lambda _: app)
    for number in range(FURTHER + 1):
        request(number)
    return found


def test_a_blank_form_is_mostly_made_already(web: Web) -> None:
    def open_form(_: int) -> None:
        assert web.get("incident", category="payment").status == 200

    assert calls(web, "show_help", open_form) < 2_500


def test_the_page_of_an_incident_is_partly_made_already(web: Web) -> None:
    web.submit()

    def open_page(_: int) -> None:
        assert web.get("track").status == 200

    assert calls(web, "track_incident", open_page) < 2_850


def test_a_submission_takes_little_more_than_its_checks_and_its_item(web: Web) -> None:
    def submit(number: int) -> None:
        web.cookie = None
        sent = FILLED_IN | {"idempotency_key": f"a-key-of-its-own-{number}"}
        assert web.post("incident", sent).status == 303

    assert calls(web, "submit_incident", submit) < 1_600
