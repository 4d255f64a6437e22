"""Requests that nobody means: odd bodies, parameters and headers never make the service fail.

A failure of the service rings an alarm and wakes somebody; no sender may be able to cause one.
"""

import json
from http import HTTPStatus
from typing import Any

import pytest
from pydantic import BaseModel

from suport.http.bodies.citizens import ConfirmationBody, ConsentRequest, MessageBody
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    ResolutionBody,
    SnoozeBody,
    TakeOverBody,
    TransferBody,
    WithdrawalBody,
)
from suport.http.bodies.remote_support import AnswerBody, ControlBody, EndBody, OfferBody
from suport.http.bodies.submission import SubmissionBody
from tests.support.bodies import NAMES, NO_JSON, PLACES, VALID, VALUES, refusal
from tests.support.gateway import answered
from tests.support.requests import JSON_REQUESTS, PAGES, Service

BODIES: dict[tuple[str, str], type[BaseModel]] = {
    ("submit_incident", "/v1/incidents"): SubmissionBody,
    ("track_incident", "/v1/incidents/{reference}/messages"): MessageBody,
    ("correct_contact", "/v1/incidents/{reference}/contact"): ConfirmationBody,
    ("erase_incident", "/v1/incidents/{reference}/erasure"): ConfirmationBody,
    ("record_consent", "/v1/incidents/{reference}/consents"): ConsentRequest,
    ("work_incident", "/v1/desk/incidents"): SubmissionBody,
    ("work_incident", "/v1/desk/incidents/{reference}/take-over"): TakeOverBody,
    ("work_incident", "/v1/desk/incidents/{reference}/messages"): ReplyBody,
    ("work_incident", "/v1/desk/incidents/{reference}/notes"): NoteBody,
    ("work_incident", "/v1/desk/incidents/{reference}/transfer"): TransferBody,
    ("work_incident", "/v1/desk/incidents/{reference}/snooze"): SnoozeBody,
    ("work_incident", "/v1/desk/incidents/{reference}/resolve"): ResolutionBody,
    ("work_incident", "/v1/desk/incidents/{reference}/consents"): WithdrawalBody,
    ("share_screen", "/v1/desk/incidents/{reference}/remote/answer"): AnswerBody,
    ("share_screen", "/v1/remote/offer"): OfferBody,
    ("share_screen", "/v1/remote/control"): ControlBody,
    ("share_screen", "/v1/remote/end"): EndBody,
}
WITHOUT_A_BODY = {"claim", "release", "access-code", "remote"}
METHODS = {
    (function, resource): method
    for function, method, resource in JSON_REQUESTS
    if method in {"POST", "PUT"}
}
"""The method with which each body is sent."""

ODD = [
    *("", " ", "\t", "0", "-1", "1e400", "9" * 5000, "null", "[]", "x" * 5000, "x[]=1"),
    *("%", "%zz", "{x}", '"', "\\", ";", ",", "=", "&", "<b>", "../..", "é", "٣", "²", "\u202e"),
    *("\ufffe", "\U0001f600", "İ", "\ufffd", "\x00", "\r\n", "ca", "0000-0000-0000"),
]
"""Values that may mean something to some parser."""

MOMENTS = [
    *("2026-11-23", "2026-11-23T10:00:00", "2026-W01-1T00:00:00+01:00", "T", "24:00", "-1"),
    *("9999-12-31T23:59:59-23:59", "9000-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"),
    *("1900-01-01T00:00:00+23:59", "2026-11-23T10:00:00 01:00", "2026-11-23T10:00:00+00:00:01"),
    *("2026-11-23T24:00:00Z", "2026-11-23T10:00:00.9999999999Z", "2026-11-23T10:00:00+24:00"),
    *("2999-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "10000-01-01T00:00:00Z"),
]
IDS = [
    "0" * 26,
    "Z" * 26,
    "01hzzzzzzzzzzzzzzzzzzzzzzz",
    "0" * 25,
    "incident",
    "message#" + "0" * 18,
]

PARAMETERS: list[tuple[str, str, dict[str, list[str]]]] = [
    ("lookup_contact", "/v1/contact", {"from": [], "at": MOMENTS}),
    ("show_help", "/v1/privacy-notice", {"language": ["CA"], "version": ["2026-11-25", ".."]}),
    ("show_help", "/{language}/help", {"category": ["payment"], "procedure.code": []}),
    ("show_help", "/{language}/procedures", {"q": ["a" * 99], "start": ["٣", "1" * 99], "x": []}),
    ("show_help", "/{language}/incident", {"topic": ["accessibility"], "error.code": []}),
    ("track_incident", "/v1/incidents/{reference}", {"before": IDS}),
    ("track_incident", "/{language}/track", {"before": IDS, "done": ["replied"]}),
    ("track_incident", "/{language}/export", {"before": IDS, "format": ["json", "html"]}),
    ("track_incident", "/v1/incidents/{reference}/export", {"before": IDS}),
    ("work_incident", "/v1/desk/incidents/{reference}/export", {"before": IDS, "format": ["html"]}),
    ("erase_incident", "/{language}/erase", {"done": ["erased", "erasure-asked"]}),
    ("record_consent", "/{language}/remote-support", {"done": ["agreed"]}),
    ("attach_file", "/{language}/files", {"etag": []}),
    ("work_incident", "/v1/desk/incidents", {"changed_since": MOMENTS}),
    ("work_incident", "/v1/desk/incidents/{reference}", {"before": IDS, "purpose": ["audit"]}),
    ("show_looks", "/v1/desk/viewed/{reference}", {"before": IDS}),
    (
        "sign_in_operator",
        "/desk/sign-in",
        {"language": ["CA"], "back": ["//h", "list?" + "x" * 999]},
    ),
    ("sign_in_operator", "/desk/callback", {"state": [], "code": [], "error": ["access_denied"]}),
    ("sign_in_operator", "/desk/signed-out", {"language": ["xx"]}),
    ("work_incident", "/v1/desk/stats", {"days": ["181", "٣٠", "1_0", "+7", "7.0"]}),
    ("share_screen", "/v1/remote", {"n": ["٣", "1_0", "+7", "7.0", "1" * 10]}),
    ("share_screen", "/v1/remote/receipt", {"scope": ["VIEW", "both"]}),
    (
        *("share_screen", "/v1/desk/incidents/{reference}/remote"),
        {"have": ["٣", "1" * 10], "again": ["2"], "picture": ["yes"]},
    ),
]
"""The parameters that addresses read in the query, and others that resemble them."""

TYPES = [
    *("application/json", "APPLICATION/JSON ; CHARSET=UTF-8", "application/json;charset=utf-7"),
    *("application/json; charset", "application/json;;", "multipart/form-data; boundary=x", "/"),
    *(
        f"application/x-www-form-urlencoded;charset={charset}"
        for charset in ("base64", "\x00", "cp1252", "utf-16", "idna", "x" * 99, '"')
    ),
]
HEADERS: dict[str, list[str]] = {
    "Accept-Language": ["*", "ca;q=", "ca;q=1e9", "de;q=-1,es;q=nan", "-", ",,,", "ca-" * 999],
    "Authorization": [
        "Bearer",
        "Bearer  ",
        "bearer é",
        "Bearer \x00",
        "Basic Og==",
        "Bearer " * 99,
    ],
    "Cookie": [
        *("__Host-suport", "__Host-suport=.", "__Host-suport=a.b.c.d", "=;=;=", "a=b; " * 999),
        *("__Host-suport-desk=é", "__Host-suport-sign-in-=a.b.c.d.e", "__Host-suport-sign-in-x=é"),
        *("__Host-remote", "__Host-remote=.", "__Host-remote=x.x", "__Host-remote=é.é"),
        *("__Host-remote=0000-0000-0000.\ud800", "__Host-remote=0000-0000-0000." + "x" * 9999),
        *("__Host-suport=é.é.é.é", "__Host-suport=0000-0000-0000.9.back." + "0" * 64),
    ],
    "Content-Type": TYPES,
    "Idempotency-Key": ["", "k" * 15, "k" * 129, "k" * 16 + " ", "ключ-ключ-ключ-ключ"],
    "If-Match": ["*", "", '"', 'W/"x"', '"a", "b"', *(f'"{each}"' for each in IDS)],
    "User-Agent": ["Mozilla/5.0 (", "Version/ Safari/", "Firefox/" + "9" * 999],
    "Host": ["h:99999", "[", "[::1", "h\x00"],
    "Origin": ["http://[", "//[::1", "https://h:99999", "null"],
    "Sec-Fetch-Site": ["same-origin", "cross-site"],
    "X-Forwarded-Proto": ["http,https", "javascript"],
}
"""The headers that the service reads, and others that resemble them."""

READ: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("show_help", "GET", "/", ("Accept-Language",)),
    ("show_help", "GET", "/{language}/incident", ("User-Agent",)),
    ("submit_incident", "POST", "/v1/incidents", ("Content-Type", "Idempotency-Key")),
    (
        *("submit_incident", "POST", "/{language}/incident"),
        ("Content-Type", "Host", "Origin", "Sec-Fetch-Site"),
    ),
    (
        *("track_incident", "POST", "/v1/incidents/{reference}/messages"),
        ("Authorization", "Content-Type", "Idempotency-Key"),
    ),
    ("track_incident", "GET", "/{language}/track", ("Cookie",)),
    ("update_incident", "POST", "/{language}/close", ("Cookie", "Origin")),
    ("share_screen", "GET", "/{language}/join", ("Cookie", "Accept-Language")),
    ("share_screen", "POST", "/{language}/join", ("Content-Type", "Cookie", "Origin")),
    ("share_screen", "GET", "/v1/remote", ("Cookie", "Host", "Origin", "Sec-Fetch-Site")),
    ("share_screen", "PUT", "/v1/remote/offer", ("Content-Type", "Cookie")),
    (
        *("share_screen", "POST", "/v1/desk/incidents/{reference}/remote"),
        ("Host", "X-Forwarded-Proto"),
    ),
    ("attach_file", "POST", "/{language}/files", ("Host", "X-Forwarded-Proto")),
    ("sign_in_operator", "GET", "/desk/callback", ("Cookie", "Accept-Language")),
    ("sign_in_operator", "GET", "/desk/sign-in", ("Cookie", "X-Forwarded-Proto")),
    (
        *("sign_in_operator", "POST", "/desk/{language}/sign-out"),
        ("Content-Type", "Cookie", "Host", "Origin", "Sec-Fetch-Site"),
    ),
    (
        *("work_incident", "POST", "/v1/desk/incidents/{reference}/resolve"),
        ("Content-Type", "Idempotency-Key", "If-Match"),
    ),
]
"""Addresses that, together, read every header that the service reads."""


def test_these_tests_cover_every_body_of_the_json_api() -> None:
    sent = {
        (function, resource)
        for function, resource in METHODS
        if resource.rpartition("/")[2] not in WITHOUT_A_BODY
    }
    assert sent == set(BODIES)


@pytest.mark.parametrize(("function", "resource"), BODIES)
def test_any_value_of_any_field_is_refused_exactly_as_its_model_refuses_it(
    service: Service, function: str, resource: str
) -> None:
    app, body = service.load(function), BODIES[function, resource]
    service.claim()
    event = service.json(METHODS[function, resource], resource, {})
    event["headers"]["Accept-Language"] = "en"
    event["isBase64Encoded"] = False

    def answer(content: bytes) -> tuple[int, list[tuple[str, str]]]:
        event["body"] = content.decode()
        status, told, _ = answered(app, event)
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR, content
        return status, [(each["field"], each["message"]) for each in told.get("errors", ())]

    contents = [
        place.with_value(value)
        for place in PLACES
        if place.body is body
        for value in [*VALUES, *NO_JSON]
    ]
    contents += [value.encode() for value in [*VALUES, *NO_JSON, ""]]
    contents += [json.dumps(VALID[body] | {name: 1}).encode() for name in NAMES]
    for content in contents:
        if refused := refusal(body, content):
            assert answer(content) == refused
        else:
            answer(content)


@pytest.mark.parametrize(("function", "resource", "parameters"), PARAMETERS)
def test_no_parameter_makes_an_address_fail(
    service: Service, function: str, resource: str, parameters: dict[str, list[str]]
) -> None:
    app = service.load(function)
    service.claim()
    event = meant(service, function, "GET", resource)
    for name, close in parameters.items():
        for value in [*ODD, *close]:
            query: dict[str, Any] = {"queryStringParameters": {name: value}}
            query["multiValueQueryStringParameters"] = {name: [value]}
            status, body, _ = answered(app, event | query)
            assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, value)
            if status == HTTPStatus.UNPROCESSABLE_ENTITY:
                assert [each["field"] for each in body["errors"]] == [name]


@pytest.mark.parametrize(("function", "method", "resource", "names"), READ)
def test_no_header_makes_an_address_fail(
    service: Service, function: str, method: str, resource: str, names: tuple[str, ...]
) -> None:
    app = service.load(function)
    service.claim()
    event = meant(service, function, method, resource)
    for name in names:
        for value in [*ODD, *HEADERS[name]]:
            headers = {"headers": event["headers"] | {name: value}}
            headers["multiValueHeaders"] = event["multiValueHeaders"] | {name: [value]}
            status, _, _ = answered(app, event | headers)
            assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, value)


@pytest.mark.parametrize(("function", "method", "resource"), [each[:3] for each in READ])
def test_neither_a_body_nor_its_absence_makes_an_address_fail(
    service: Service, function: str, method: str, resource: str
) -> None:
    app = service.load(function)
    event = meant(service, function, method, resource)
    bare: dict[str, Any] = {"headers": None, "multiValueHeaders": None}
    bare |= {"queryStringParameters": None, "multiValueQueryStringParameters": None}
    for body in (None, "", "=", "%", "%ff", "é", "w6k", "\ud800", "\x00", "a=b&a=c&=&&"):
        for encoded in (True, False):
            for sent in (event, event | bare):
                odd = {"body": body, "isBase64Encoded": encoded}
                status, _, _ = answered(app, sent | odd)
                assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (body, encoded)


def meant(service: Service, function: str, method: str, resource: str) -> dict[str, Any]:
    """A correct request to that address, from somebody who may make it."""
    if resource.startswith("/v1/"):
        return service.json(method, resource, JSON_REQUESTS.get((function, method, resource)))
    name = resource.removeprefix("/{language}").strip("/")
    event = service.page(method, name, PAGES.get((function, method, name), {}))
    return event | {"path": resource.replace("{language}", "de"), "resource": resource}
