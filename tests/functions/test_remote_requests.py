"""What nobody means to send to remote support: each wrong field is named, and nothing is done."""

from typing import Any

import pytest

from tests.support.remote import Remote, desks, problem, remote, wrong_fields
from tests.support.session_descriptions import ANSWER, OFFER

__all__ = ["desks", "remote"]

NO_NUMBERS: list[Any] = [-1, 0, 1.5, "", "x", "1e3", 10**9, 10**30, "9" * 5000, True, [], {}, None]
NO_TEXTS: list[Any] = [1, True, [], {}, None, ["x"]]
IN_OFFERS: dict[str, list[Any]] = {
    "n": NO_NUMBERS,
    "replaces": [-1, 1.5, "x", 10**9, 10**30, [], {}],
    "sdp": [*NO_TEXTS, "", "\0", OFFER + "\0", OFFER + "a=\u2028\r\n", "é"],
    "notice_sha256": [*NO_TEXTS, "", "x", "\0" * 64, "x" * 100_000],
    "surface": ["tab", "BROWSER", 1, [], {}],
    "language": ["fr", 1, [], {}],
    "unknown": [1, None],
}
IN_ANSWERS: dict[str, list[Any]] = {
    "n": NO_NUMBERS,
    "sdp": [*NO_TEXTS, "", "\0"],
    "unknown": [1, None],
}
IN_FORMS = {
    "n": ["", "-1", "x", "1.5", "9" * 5000, "\0"],
    "sdp": ["", "x", "\0", "\ufffd"],
}
"""Values that these fields must not have."""


@pytest.mark.parametrize("field", IN_OFFERS)
def test_each_wrong_field_of_an_offer_is_named(remote: Remote, field: str) -> None:
    screen = remote.joined()
    for value in IN_OFFERS[field]:
        told = screen.show(**{field: value})
        assert told[0] == 422, value
        assert wrong_fields(told) == [field]
    assert remote.agreed == set()
    assert remote.stored("offers") == []


@pytest.mark.parametrize("field", IN_ANSWERS)
def test_each_wrong_field_of_an_answer_is_named(remote: Remote, field: str) -> None:
    remote.joined().show()
    for value in IN_ANSWERS[field]:
        told = remote.ask("PUT", "remote/answer", {"n": 1, "sdp": ANSWER} | {field: value})
        assert told[0] == 422, value
        assert wrong_fields(told) == [field]
    assert remote.stored("answers") == []


@pytest.mark.parametrize("field", IN_FORMS)
def test_each_wrong_field_of_an_answer_at_the_web_desk_is_named(remote: Remote, field: str) -> None:
    remote.joined().show()
    for value in IN_FORMS[field]:
        typed = {"reference": remote.reference, "n": "1", "sdp": ANSWER} | {field: value}
        answer = remote.desk.post("remote/answer", typed)
        assert answer.status == 422, value
        assert wrong_fields((422, answer.body)) == [field]
    assert remote.stored("answers") == []


@pytest.mark.parametrize("value", [-1, 1.5, "x", 10**9, 10**30, [], {}, True])
def test_a_wrong_number_of_a_page_that_is_left_is_named(remote: Remote, value: Any) -> None:
    told = remote.viewing().end(left=value)
    assert told[0] == 422
    assert wrong_fields(told) == ["left"]


@pytest.mark.parametrize("value", ["", "x", 1, None, [], {}, "GRANT"])
def test_a_wrong_act_about_control_is_named(remote: Remote, value: Any) -> None:
    told = remote.viewing().control(action=value)
    assert told[0] == 422
    assert wrong_fields(told) == ["action"]


ROUTES = [("PUT", "/offer"), ("POST", "/control"), ("POST", "/end")]
NO_OBJECTS = [b"", b"[]", b"1", b'"x"', b"null", b"true", b"{", b"\xff\xfe", b"{" * 100_000]
HALF = rb'{"n": 1, "sdp": "\ud800", "action": "\ud800", "left": "\ud800"}'


@pytest.mark.parametrize("body", [*NO_OBJECTS, HALF, b'{"n": NaN, "left": NaN}'])
def test_a_body_that_is_no_object_in_json_is_refused(remote: Remote, body: bytes) -> None:
    screen = remote.joined()
    for method, act in ROUTES:
        status, told = screen.ask(method, act, body=body)
        assert status in {400, 422}, (act, told)
    status, told = remote.ask("PUT", "remote/answer", body=body or b" ")
    assert status in {400, 422}
    assert screen.look()[1]["state"] == "joined"


@pytest.mark.parametrize(
    "media_type", ["", "text/html", "multipart/form-data", "application/json; charset=none"]
)
def test_a_body_of_another_type_is_refused(remote: Remote, media_type: str) -> None:
    screen = remote.joined()
    for method, act in ROUTES:
        told = screen.ask(method, act, {}, media_type=media_type)
        assert problem(told) == (415, "unsupported-media-type")
    told = remote.ask("PUT", "remote/answer", {}, media_type=media_type)
    assert problem(told) == (415, "unsupported-media-type")


@pytest.mark.parametrize("value", ["-1", "x", "", "1.5", "1" * 10, "\0", "１", " 1"])
def test_a_wrong_number_in_an_address_is_named(remote: Remote, value: str) -> None:
    screen = remote.viewing()
    assert wrong_fields(screen.look(value)) == ["n"]
    assert wrong_fields(remote.ask(query={"have": value})) == ["have"]
    about = {"reference": remote.reference, "have": value}
    answer = remote.desk.get("remote/state", **about)
    assert answer.status == 422
    assert wrong_fields((422, answer.body)) == ["have"]


@pytest.mark.parametrize("value", ["", "both", "VIEW", "\0"])
def test_a_wrong_scope_of_a_receipt_is_named(remote: Remote, value: str) -> None:
    told = remote.viewing().ask("GET", "/receipt", query={"scope": value})
    assert told[0] == 422
    assert wrong_fields(told) == ["scope"]


@pytest.mark.parametrize("reference", ["x", "AAAA-AAAA-AAAA", "%00", "é"])
def test_a_reference_that_nobody_has_is_not_found(remote: Remote, reference: str) -> None:
    for method in ("POST", "GET", "DELETE"):
        assert remote.ask(method, reference=reference)[0] == 404
    told = remote.ask("PUT", "remote/answer", {"n": 1, "sdp": ANSWER}, reference=reference)
    assert told[0] == 404
    for answer in (
        remote.desk.get("remote", reference=reference),
        remote.desk.get("remote/state", reference=reference),
        remote.desk.post("remote/control", {"reference": reference}),
        remote.desk.post("remote", {"reference": reference, "act": "end"}),
    ):
        assert answer.status == 404


def test_a_form_that_asks_for_nothing_known_is_refused(remote: Remote) -> None:
    answer = remote.desk.post("remote", {"reference": remote.reference, "act": "x"})
    assert answer.status == 422
    assert remote.stored("sessions") == []
