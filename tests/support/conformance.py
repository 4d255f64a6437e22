"""Holds every answer that a test gets from the JSON API to the published document.

The document lets an answer have more members than it names. Here an answer has exactly those.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPMethod
from typing import Any

from pydantic import TypeAdapter

from openapi.answers.problem import Problem
from openapi.headers import HEADERS
from openapi.operation import Operation
from openapi.operations import OPERATIONS
from openapi.problem_types import PREFIX, PROBLEM_TYPES

_OPERATIONS = {each.key: each for each in OPERATIONS}


def hold(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Fails if the answer to this event is not as published; pages are not published."""
    operation = _OPERATIONS.get((event["httpMethod"], event["resource"]))
    if operation is None or event["httpMethod"] == HTTPMethod.HEAD:
        return
    headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
    if headers.get("Content-Type") == "application/problem+json":
        _hold_problem(operation, answer, headers)
        return
    successes = {int(each.status): each for each in operation.successes}
    assert answer["statusCode"] in successes, f"{operation.id}: {answer['statusCode']}"
    success = successes[answer["statusCode"]]
    if success.model and not isinstance(success.model, Mapping):
        _adapter(success.model).validate_json(answer["body"])
    for name in success.headers:
        pattern = HEADERS[success.components.get(name, name)]["schema"].get("pattern", "")
        assert name not in headers or re.search(pattern, headers[name]), f"{operation.id}: {name}"
    absent = {name for name in success.headers if name not in headers}
    is_earlier_part = "before" in (event.get("queryStringParameters") or {})
    assert absent <= ({"ETag"} if is_earlier_part else set()), f"{operation.id}: no {absent}"


def _hold_problem(
    operation: Operation, answer: Mapping[str, Any], headers: Mapping[str, str]
) -> None:
    told = Problem.model_validate_json(answer["body"])
    name = told.type.removeprefix(PREFIX)
    assert name in operation.all_problems, f"{operation.id}: {name}"
    assert answer["statusCode"] == told.status == PROBLEM_TYPES[name].status
    assert headers["Content-Language"] in {"ca", "es", "en", "de"}
    assert PROBLEM_TYPES[name].headers.keys() <= headers.keys()
    assert json.loads(answer["body"])["errors"] is not None


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)
