"""What a request is of which API Gateway says less than it always does, or something else."""

from typing import Any

import pytest

from suport.domain.language import Language
from suport.http.request import Request
from tests.support.gateway import asked

SENT = asked("GET", "/v1/incidents/0000-0000-0000", Authorization="Bearer x", Accept_Language="es")


@pytest.mark.parametrize("name", SENT)
@pytest.mark.parametrize("value", [None, 7, "x", [], ["x"], {"x": None}, {"x": {}}])
def test_a_request_can_be_read_whatever_a_member_of_its_event_is(name: str, value: Any) -> None:
    request = Request(SENT | {name: value})
    assert isinstance(request.sent, bytes)
    assert isinstance(request.path, str)
    assert all(isinstance(each, str) for each in request.headers.values())


def test_an_empty_event_is_a_request_for_nothing_by_nobody() -> None:
    request = Request({})
    assert (request.method, request.resource, request.caller) == ("", "", None)
    assert request.parameters["reference"] == ""
    assert request.language is Language.CATALAN


def test_a_header_that_is_no_text_hides_no_other() -> None:
    request = Request(SENT | {"headers": {"Cookie": None, "Accept-Language": "es"}})
    assert request.headers == {"accept-language": "es"}
