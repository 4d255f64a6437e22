"""Requests as API Gateway passes them on, and the functions' answers."""

import base64
import json
import re
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

from suport.domain.language import Language
from suport.http.bodies import reading
from suport.http.bodies.parts import Part
from suport.http.request import Request
from tests.support import conformance
from tests.support.template import EVENTS

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
    aws_request_id="request",
)
type Load = Callable[[str], ModuleType]
"""Loads a function's module by the name of its folder."""

ACCOUNT = "123456789012"  # the owner of everything in moto
RESOURCES = sorted(
    {each["Properties"]["Path"] for _, each in EVENTS.values() if each["Type"] == "Api"},
    # API Gateway prefers literal parts to variable ones, from left to right
    key=lambda path: [(part.endswith("+}"), part.startswith("{")) for part in path.split("/")],
)
"""The template's resources, the most exact first."""


def asked(
    method: str,
    path: str,
    *,
    body: bytes = b"",
    query: dict[str, str] | None = None,
    **headers: str,
) -> dict[str, Any]:
    """The event of a request to that path below the stage."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    resource, parameters = routed(path)
    return {
        "httpMethod": method,
        "path": path,
        "resource": resource,
        "headers": named,
        "multiValueHeaders": {name: [value] for name, value in named.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": parameters or None,
        "stageVariables": {"domain": "none", "desk_client": "the desk's client"},
        "requestContext": {"path": f"/suport{path}", "stage": "suport", "httpMethod": method},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def routed(path: str) -> tuple[str, dict[str, str]]:
    """The template's resource for a path, and its variable parts; else the path itself.

    A slash at the end makes no difference.
    """
    for resource in RESOURCES:
        pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", resource)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        if found := re.fullmatch(f"{pattern.rstrip('/')}/?", path):
            return resource, found.groupdict()
    return path, {}


def answered(app: ModuleType, event: dict[str, Any]) -> tuple[int, Any, dict[str, list[str]]]:
    """Status, body and headers of a function's answer."""
    answer = app.handler(event, CONTEXT)
    conformance.hold(event, answer)
    headers = answer["multiValueHeaders"]
    body = answer["body"]
    if "json" in headers.get("Content-Type", [""])[0]:
        body = json.loads(body)
    return answer["statusCode"], body, headers


def read[Body: Part](model: type[Body], body: bytes, language: Language) -> Body:
    """The body as a function reads it from JSON, sent by a browser of that language."""
    event = asked(
        "POST",
        "/v1/incidents",
        body=body,
        query=None,
        Content_Type="application/json",
        Accept_Language=str(language),
    )
    return reading.read(model, Request(event))
