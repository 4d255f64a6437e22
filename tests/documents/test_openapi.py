"""The published description of the API: what the code makes it, complete, and fit for a client."""

import ast
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from local import ROOT
from openapi.__main__ import DOCUMENT, INTEGRATION, as_text, with_table
from openapi.headers import HEADERS, PARAMETERS
from openapi.operations import OPERATIONS
from openapi.problem_types import PREFIX, PROBLEM_TYPES
from suport.domain.language import Language
from suport.http.problem import ProblemName
from suport.http.problems import about_requests
from suport.web import assets
from tests.support.template import EVENTS

PUBLISHED: dict[str, Any] = json.loads(DOCUMENT.read_text())
PROBLEMS = ROOT / "layers/suport/python/suport/http/problems"
PUBLISHED_ADDRESSES = re.compile(r"/v1/|/comanda/")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in PUBLISHED["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema with examples: of what is sent and of what is answered."""
    for name, operation in operations():
        for media in operation.get("requestBody", {}).get("content", {}).values():
            yield name, media
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                yield f"{name} {status}", media


def test_the_committed_document_is_the_one_that_the_code_makes() -> None:
    assert DOCUMENT.read_text() == as_text(), "run: make openapi"


def test_the_committed_list_of_problem_types_is_the_one_that_the_code_makes() -> None:
    text = INTEGRATION.read_text()
    assert text == with_table(text), "run: make openapi"
    assert all(f"| `{name}` |" in text for name in PROBLEM_TYPES)


def test_the_function_serves_the_committed_document() -> None:
    served = assets.content(assets.names()["openapi.json"], compressed=False)
    assert served
    assert json.loads(served) == PUBLISHED


def test_the_document_is_valid_openapi() -> None:
    validate(PUBLISHED)


def test_the_document_has_every_operation_and_no_other() -> None:
    routes = {
        f"{event['Properties']['Method'].upper()} {event['Properties']['Path']}"
        for _, event in EVENTS.values()
        if event["Type"] == "Api" and PUBLISHED_ADDRESSES.match(event["Properties"]["Path"])
    }
    published = {name for name, _ in operations()}
    assert published == {route for route in routes if not route.startswith("HEAD ")}


def test_each_operation_has_a_name_of_its_own_and_says_who_may_ask() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))
    for name, operation in operations():
        schemes = {scheme for each in operation["security"] for scheme in each}
        signed, secret = "/v1/desk/" in name, "/v1/incidents/" in name
        expected = {"sigv4"} if signed else {"accessCode"} if secret else set()
        if re.search("/v1/remote($|/)", name):
            expected = {"remoteSession"}
        assert schemes == ({"comanda"} if "/comanda/" in name else expected), name


def test_every_header_and_parameter_that_is_described_is_used() -> None:
    text = json.dumps(PUBLISHED["paths"])
    assert [name for name in HEADERS if f"#/components/headers/{name}" not in text] == []
    assert [name for name in PARAMETERS if f"#/components/parameters/{name}" not in text] == []


def test_every_schema_that_is_described_is_used() -> None:
    text = json.dumps(PUBLISHED)
    schemas = PUBLISHED["components"]["schemas"]
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in text] == []


@pytest.mark.parametrize("name", [name for name, _ in operations()])
def test_every_example_fits_its_schema(name: str) -> None:
    for where, media in contents():
        if where == name or where.startswith(f"{name} "):
            fits(where, media)


def fits(name: str, media: dict[str, Any]) -> None:
    whole = {"components": PUBLISHED["components"], **media["schema"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    shown = [media["example"]] if "example" in media else []
    for reference in media.get("examples", {}).values():
        named = reference["$ref"].removeprefix("#/components/examples/")
        shown.append(PUBLISHED["components"]["examples"][named]["value"])
    assert shown or name == "GET /v1/openapi.json 200"
    for example in shown:
        validator.validate(example)


def test_nothing_in_the_document_names_a_machine() -> None:
    assert [each["url"] for each in PUBLISHED["servers"]] == [".."]
    addresses = re.findall(r"https?://[^\s\"`]+", DOCUMENT.read_text())
    assert [
        each
        for each in addresses
        if not re.match(r"https://(files\.example|suport\.example|json-schema)\.org", each)
    ] == []


def test_the_list_has_every_type_of_problem_that_the_code_and_the_template_name() -> None:
    by_api_gateway = set(re.findall(f"{PREFIX}([a-z-]+)", (ROOT / "template.yaml").read_text()))
    assert {*ProblemName, *by_api_gateway} == PROBLEM_TYPES.keys()


def problems_made(source: Path) -> list[ast.Call]:
    """Where a file makes a `Problem`."""
    return [
        call
        for call in ast.walk(ast.parse(source.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Problem"
    ]


def test_every_problem_that_is_made_has_the_status_in_the_list() -> None:
    made = set()
    for call in (call for source in PROBLEMS.glob("*.py") for call in problems_made(source)):
        status, name = (ast.unparse(each).rpartition(".")[2] for each in call.args[:2])
        made.add((ProblemName[name], int(HTTPStatus[status])))
    assert made == {
        (name, each.status) for name, each in PROBLEM_TYPES.items() if name in set(ProblemName)
    }


def test_problems_are_made_in_one_place() -> None:
    sources = [
        source
        for folder in ("functions", "layers/suport/python/suport")
        for source in (ROOT / folder).rglob("*.py")
    ]
    assert {source.parent for source in sources if problems_made(source)} == {PROBLEMS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_operation_names_only_problems_that_are_listed_and_that_programs_get(
    operation: Any,
) -> None:
    assert not [name for name in operation.all_problems if PROBLEM_TYPES[name].only_pages]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_only_an_operation_that_sends_something_warns_that_it_may_not_be_recorded(
    operation: Any,
) -> None:
    described = PUBLISHED["paths"][operation.path][operation.method.lower()]
    media = described["responses"].get("503", {}).get("content", {}).values()
    named = {
        example["$ref"].rpartition("/")[2]
        for each in media
        for example in each["examples"].values()
    }
    details = {PUBLISHED["components"]["examples"][name]["value"]["detail"] for name in named}
    nothing_lost = about_requests.not_shown().detail.in_(Language.ENGLISH)
    assert all((detail == nothing_lost) == (operation.method == "GET") for detail in details)
