"""Makes the OpenAPI document from the operations, the models and the problem types."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from openapi.answers.parts import Answer
from openapi.answers.problem import Problem
from openapi.examples import example_of
from openapi.headers import HEADERS, PARAMETERS
from openapi.operation import Body, Caller, Operation, Success
from openapi.operations import OPERATIONS
from openapi.problem_types import PREFIX, PROBLEM_TYPES, ProblemType
from suport.domain.version import VERSION
from suport.http.request import JSON
from suport.web.remote_cookie import COOKIE

PROBLEM_JSON = "application/problem+json"
REF = "#/components/schemas/{model}"

_DESCRIPTION = """\
Incidents of citizens who get stuck in an electronic procedure of the Government of the Balearic \
Islands: reported and followed by citizens, worked on by the support teams.

**Languages.** Titles, details and messages come in Catalan, Spanish, English or German: that of \
the body's `language`, else that of `Accept-Language`, else Catalan. Programs go by a problem's \
`type`, never by its words.

**Refusals** are problem details (RFC 9457). After an answer 4xx nothing is recorded; after a 5xx \
or no answer, send the same again with the same `Idempotency-Key`.

**Blanks.** A text without anything visible counts as left out.

**Changes.** Members, values of enumerations, problem types and operations may be added; none is \
taken away under `/v1`. Ignore what you do not know.

**HEAD.** Each public GET also answers HEAD.

**Addresses.** An unknown address answers GET, HEAD and POST with 404 `no-such-page`. API Gateway \
answers any other method there, and one that a known address does not take, with 403 `not-served`.

Each operation's answers list the types of problem that it gives. docs/integration.md tells what \
to do about each, and how the teams' queues work."""

_BY_API_GATEWAY = """\
- `unavailable`: The function failed, or took longer than 29 seconds. Send the same again in a \
minute, with the same key."""

_TAGS = {
    Caller.EVERYBODY: "Needs nothing.",
    Caller.CITIZEN: "Needs the incident's access code.",
    Caller.REMOTE: "For the page of a browser that has joined a remote session.",
    Caller.OPERATOR: "Needs a signature in the role of a support team.",
    Caller.DATA_PROTECTION: "Needs a signature in the role of data protection.",
    Caller.COMANDA: "Needs Comanda's user and password.",
}
_SECURITY: Mapping[Caller, list[dict[str, list[str]]]] = {
    Caller.EVERYBODY: [],
    Caller.CITIZEN: [{"accessCode": []}],
    Caller.REMOTE: [{"remoteSession": []}],
    Caller.OPERATOR: [{"sigv4": []}],
    Caller.DATA_PROTECTION: [{"sigv4": []}],
    Caller.COMANDA: [{"comanda": []}],
}
_SCHEMES = {
    "accessCode": {
        "type": "http",
        "scheme": "bearer",
        "description": "The access code that came with the reference, "
        "`81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD`.",
    },
    "remoteSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Opens one remote session, and nothing of the incident.",
    },
    "sigv4": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4 for the service `execute-api`, in a session of the "
        "role of a support team or of data protection. The session's name says who acts.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "comanda": {"type": "http", "scheme": "basic", "description": "Comanda's user and password."},
}


class _Schemas(GenerateJsonSchema):
    """JSON Schema without the titles that pydantic makes of names, and without null defaults."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        """Never: a title would only repeat the member's name."""
        return False

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        """A member that may be left out has no default: it is left out."""
        made = super().default_schema(schema)
        return {name: each for name, each in made.items() if (name, each) != ("default", None)}


def document() -> dict[str, Any]:
    """The whole document, ready for JSON."""
    models = _models()
    refs, definitions = _Schemas(ref_template=REF).generate_definitions(
        [(model, "validation", TypeAdapter(model).core_schema) for model in models]
    )
    schemas = {name: _published(name, each) for name, each in sorted(definitions.items())}
    ref_of = {id(model): refs[model, "validation"] for model in models}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        described = _operation(operation, ref_of)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Suport",
            "version": VERSION,
            "summary": "Assistance with the electronic procedures of the Government of the "
            "Balearic Islands",
            "description": _DESCRIPTION,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "..", "description": "Where this document comes from."}],
        "tags": [{"name": each.value, "description": told} for each, told in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {name: dict(each) for name, each in PARAMETERS.items()},
            "headers": {name: dict(each) for name, each in HEADERS.items()},
            "examples": _problem_examples(),
            "securitySchemes": _SCHEMES,
        },
        "x-problem-types": {
            PREFIX + each.name: {
                "status": each.status,
                "meaning": each.meaning,
                **({"only-pages": True} if each.only_pages else {}),
            }
            for each in sorted(PROBLEM_TYPES.values(), key=lambda each: (each.status, each.name))
        },
    }


def _models() -> list[Any]:
    """Every model of a body or an answer, once."""
    bodies = [each.body.model for each in OPERATIONS if each.body]
    answers = [success.model for each in OPERATIONS for success in each.successes]
    found = [each for each in (*bodies, *answers) if each and not isinstance(each, Mapping)]
    return list({id(each): each for each in (Problem, *found)}.values())


def _published(name: str, schema: JsonSchemaValue) -> JsonSchemaValue:
    """A schema as it is published: what is answered may get more members later."""
    hidden = {"title", "additionalProperties"} if name in _names_of_answers() else {"title"}
    return {key: each for key, each in schema.items() if key not in hidden}


@cache
def _names_of_answers() -> set[str]:
    models = [Answer]
    for model in models:
        models += model.__subclasses__()
    return {model.__name__ for model in models}


def _operation(operation: Operation, ref_of: Mapping[int, Any]) -> dict[str, Any]:
    in_path = re.findall(r"\{(\w+)\}", operation.path)
    parameters = (*in_path, *operation.parameters, "Accept-Language")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.caller.value],
        "summary": operation.summary,
        "description": operation.description,
        "security": _SECURITY[operation.caller],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
        "requestBody": operation.body and _body(operation.body, ref_of),
        "responses": {
            **{
                str(int(success.status)): _success(success, ref_of)
                for success in operation.successes
            },
            **_refusals(operation),
        },
    }
    return {name: each for name, each in described.items() if each not in ("", None)}


def _schema(model: Any, ref_of: Mapping[int, Any]) -> Any:
    return model if isinstance(model, Mapping) else ref_of[id(model)]


def _body(body: Body, ref_of: Mapping[int, Any]) -> dict[str, Any]:
    content = {"schema": _schema(body.model, ref_of), "example": body.example}
    return {"required": True, "content": dict.fromkeys(body.media_types, content)}


def _success(success: Success, ref_of: Mapping[int, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": success.means}
    if success.headers:
        described["headers"] = _headers(success.headers, success.components)
    if success.model:
        content = {"schema": _schema(success.model, ref_of)}
        if not isinstance(success.model, Mapping):
            content["example"] = example_of(success.model, success.example)
        described["content"] = {JSON: content}
    return described


def _headers(names: Iterable[str], components: Mapping[str, str] | None = None) -> dict[str, Any]:
    named = components or {}
    return {name: {"$ref": f"#/components/headers/{named.get(name, name)}"} for name in names}


def _refusals(operation: Operation) -> dict[str, Any]:
    """The refusals by their status: what each type means, and one example of it."""
    by_status: dict[int, list[str]] = {}
    for name in dict.fromkeys(operation.all_problems):
        by_status.setdefault(PROBLEM_TYPES[name].status, []).append(name)
    return {str(status): _refusal(names, operation) for status, names in sorted(by_status.items())}


def _refusal(names: Iterable[str], operation: Operation) -> dict[str, Any]:
    types = [PROBLEM_TYPES[name] for name in sorted(names)]
    as_citizens = operation.caller in {Caller.CITIZEN, Caller.REMOTE, Caller.EVERYBODY}
    is_get = operation.method == "GET"
    example_for = {
        each.name: _example_to_get(each)
        if is_get and each.to_get
        else _example(each, as_citizens=as_citizens)
        for each in types
    }
    headers = sorted({name for each in types for name in each.headers if name in HEADERS})
    return {
        "description": "\n".join(f"- `{each.name}`: {each.meaning}" for each in types),
        "headers": _headers(("Content-Language", *headers)),
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": REF.format(model=Problem.__name__)},
                "examples": {
                    name: {"$ref": f"#/components/examples/{example}"}
                    for name, example in example_for.items()
                },
            }
        },
        "x-problem-types": [PREFIX + each.name for each in types],
    }


def _problem_examples() -> dict[str, Any]:
    """Each type of problem as citizens, operators and those who send a GET read it."""
    types = [each for each in PROBLEM_TYPES.values() if not each.only_pages]
    sent = {
        _example(each, as_citizens=as_citizens): {"value": each.bodies[0 if as_citizens else -1]}
        for each in types
        for as_citizens in (True, False)
    }
    return sent | {_example_to_get(each): {"value": each.to_get} for each in types if each.to_get}


def _example(problem: ProblemType, *, as_citizens: bool) -> str:
    is_one = len(problem.bodies) == 1
    return problem.name if as_citizens or is_one else f"{problem.name}.at-desk"


def _example_to_get(problem: ProblemType) -> str:
    return f"{problem.name}.to-get"
