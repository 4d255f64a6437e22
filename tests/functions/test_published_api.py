"""What the published document says of the API is what the functions answer.

`tests.support.conformance` also holds every answer of the other tests to the document.
"""

import base64
import json
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from openapi.headers import PARAMETERS
from openapi.operation import Caller, Operation
from openapi.operations import OPERATIONS
from suport.http.form_encoding import FORM
from suport.web.remote_cookie import COOKIE
from tests.functions.conftest import COMANDA
from tests.support.gateway import asked
from tests.support.published_service import Known, PublishedService

SERVICE = PublishedService()
SCHEMA = schemathesis.openapi.from_wsgi(
    "/v1/openapi.json",
    SERVICE,
    # API Gateway itself answers what no address takes
    config=SchemathesisConfig.from_dict({"phases": {"coverage": {"unexpected-methods": []}}}),
)
CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LOGIN = base64.b64encode(f"{COMANDA['username']}:{COMANDA['password']}".encode()).decode()


@pytest.fixture(scope="module", autouse=True)
def at_work(moto: dict[str, str]) -> Iterator[None]:
    with SERVICE.at_work(moto):
        yield


@SCHEMA.parametrize()
@settings(max_examples=settings().max_examples * 15 // 100)  # more where others are drawn
def test_every_answer_to_any_request_is_as_published(case: Any) -> None:
    SERVICE.go_back()
    address_known(case)
    case.call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_the_published_example_is_accepted(operation: Operation) -> None:
    reached = set()
    for known in SERVICE.known:
        SERVICE.go_back()
        reached.add(SERVICE.answer(example(operation, known))["statusCode"])
    assert min(reached) in {int(each.status) for each in operation.successes}
    assert max(reached) < HTTPStatus.INTERNAL_SERVER_ERROR


def example(operation: Operation, known: Known) -> dict[str, Any]:
    """The operation's example, about that incident; with its code, where one confirms."""
    path = operation.path.format(**known.in_addresses)
    headers = authorized(operation.caller, known)
    body = b""
    if operation.body:
        content = dict(operation.body.example)
        if "confirmation" in content:
            content["confirmation"] = known.confirmation or content["confirmation"]
        headers["Content-Type"] = operation.body.media_types[0]
        is_form = FORM in operation.body.media_types
        body = (urlencode(content) if is_form else json.dumps(content)).encode()
    needed = [PARAMETERS[name] for name in operation.parameters]
    query = {each["name"]: each["schema"]["examples"][0] for each in needed if each.get("required")}
    return asked(operation.method, path, body=body, query=query or None, **headers)


def authorized(caller: str, known: Known) -> dict[str, str]:
    """The header by which the caller proves who they are; API Gateway checks signatures."""
    if caller == Caller.COMANDA:
        return {"Authorization": f"Basic {LOGIN}"}
    if caller == Caller.REMOTE:
        return {"Cookie": f"{COOKIE}={known.reference}.{known.token}"}
    return {"Authorization": f"Bearer {known.access_code}"} if caller == Caller.CITIZEN else {}


def address_known(case: Any) -> None:
    """Has most requests be about an incident that there is, and bear its code.

    Which one follows from the request: the same request always gets the same answer.
    """
    content = (case.method, case.path, case.path_parameters, case.query, case.headers, case.body)
    chance = zlib.crc32(repr(content).encode(errors="replace"))
    known = SERVICE.known[chance % len(SERVICE.known)]
    confirms = isinstance(case.body, dict) and "confirmation" in case.body
    if chance >> 8 & 1:
        known = SERVICE.to_be_confirmed[chance & 1] if confirms else SERVICE.claimed
    if chance >> 9 & 7:
        named = case.path_parameters or {}
        case.path_parameters = named | {
            name: value for name, value in known.in_addresses.items() if name in named
        }
    if chance >> 12 & 7:
        (caller,) = case.operation.tags
        case.headers = {**(case.headers or {}), **authorized(caller, known)}
    if chance >> 15 & 3 and confirms:
        case.body["confirmation"] = known.confirmation or case.body["confirmation"]
