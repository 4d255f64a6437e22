"""The headers and the parameters of the API, by name, as OpenAPI describes them."""

from collections.abc import Mapping
from typing import Any

from suport.domain.consent import Scope
from suport.domain.language import Language
from suport.domain.looks import STATED
from suport.domain.phone_line import Origin
from suport.http.bodies.reading import FIT_KEY
from suport.http.list_filters import View
from suport.http.problem import IDEMPOTENCY_KEY
from suport.http.query import CLAIM_SOURCES, COPY_FORMATS

_ENTRY = "01M8A9GS32SWC3AYT3M5FPN97G"
_ETAG = {"type": "string", "pattern": '^"[^"]*"$', "examples": [f'"{_ENTRY}"']}
_DOCUMENT_ETAG = {
    "type": "string",
    "pattern": '^W/"[^"]*"$',
    "examples": ['W/"openapi.0123456789ab.json"'],
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "Content-Language": {
        "description": "The language of the titles, details and messages.",
        "schema": {"type": "string", "enum": [each.value for each in Language]},
    },
    "Content-Disposition": {
        "description": "Has a browser save the answer as a file.",
        "schema": {
            "type": "string",
            "pattern": "^attachment; ",
            "examples": ['attachment; filename="GQNC-YQBY-1H8C-view.json"'],
        },
    },
    "ETag": {
        "description": "Names what the citizen wrote last; `If-Match` takes it.",
        "schema": _ETAG,
    },
    "DocumentETag": {
        "description": "Names this version of the document; `If-None-Match` takes it. It is weak, "
        "since gzip changes the bytes.",
        "schema": _DOCUMENT_ETAG,
    },
    "Location": {
        "description": "The address of the new incident, relative to the one of the request.",
        "schema": {"type": "string", "examples": ["incidents/GQNC-YQBY-1H8C"]},
    },
    "Retry-After": {
        "description": "In how many seconds the same may be sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$", "examples": ["60"]},
    },
    "WWW-Authenticate": {
        "description": "How to say who asks (RFC 9110). API Gateway gives it as "
        "`x-amzn-Remapped-WWW-Authenticate`.",
        "schema": {"type": "string", "examples": ['Bearer realm="suport"']},
    },
}


def _header(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": schema}


def _query(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "examples": [example]}
    described = {"name": name, "in": "path", "required": True, "description": description}
    return described | {"schema": schema}


PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "Accept-Language": _header(
        "Accept-Language",
        "The language of titles, details and messages: Catalan (`ca`), Spanish (`es`), English "
        "(`en`) or German (`de`); Catalan for any other. A `language` in the body goes before it.",
        {"type": "string", "examples": ["en"]},
    ),
    "Idempotency-Key": _header(
        IDEMPOTENCY_KEY,
        "Makes a retry safe: the same request with the same key is recorded once, and answered "
        "like the first time. A new key for each act: with another body, the same key records a "
        "second entry. Only an incident is refused with `key-reused`.",
        {
            "type": "string",
            "pattern": f"^{FIT_KEY.pattern}$",
            "examples": ["0d7a4c1e-5b0e-4a53-9a0a-6f4a2f6f7c11"],
        },
    ),
    "If-Match": _header(
        "If-Match",
        "The `ETag` of what the operator has read, or several with commas between them. If the "
        "citizen has written since, nothing is done, and the answer is 412. `*` is as good as "
        "none.",
        {
            "type": "string",
            "pattern": r'^(\*|[\s,]*"[^"]*"(\s*,(\s*"[^"]*")?)*\s*)$',
            "examples": [f'"{_ENTRY}"'],
        },
    ),
    "reference": _path(
        "reference",
        "The reference, in any case and grouping.",
        "GQNC-YQBY-1H8C",
    ),
    "file": _path("file", "The file, as the incident's `files` name it.", "0" * 26),
    "month": _path("month", "A month.", "2026-11"),
    "day": _path("day", "A day, as 2026-11-03 or 03-11-2026.", "2026-11-03"),
    "last": _path("last", "The last day, at most 365 days later.", "2026-11-09"),
    "before": _query(
        "before",
        "Asks for the part of the history before this entry, which `earlier` names.",
        {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{26}$", "examples": [_ENTRY]},
    ),
    "purpose": _query(
        "purpose",
        "For what the operator looks; the citizen sees it.",
        {"type": "string", "enum": [each.value for each in STATED], "default": STATED[0].value},
    ),
    "references": _query(
        "references",
        "1 to 50 references, with commas between them.",
        {"type": "string", "examples": ["GQNC-YQBY-1H8C,7SRJ-797M-D0GE"]},
    )
    | {"required": True},
    "changed_since": _query(
        "changed_since",
        "Only the incidents that changed since this moment.",
        {"type": "string", "format": "date-time", "examples": ["2026-11-23T20:22:25Z"]},
    ),
    "view": _query(
        "view",
        "Which list: what the operator has claimed, all of the team, or what is erased soon.",
        {"type": "string", "enum": [each.value for each in View], "default": View.TEAM.value},
    ),
    "state": _query(
        "state",
        "Only those in this state, or in one of several with commas between them; `all` for the "
        "resolved ones, too.",
        {"type": "string", "examples": ["queued,claimed"]},
    ),
    "procedure": _query(
        "procedure",
        "Only those about the procedure with this code.",
        {"type": "string", "examples": ["2104883"]},
    ),
    "since": _query(
        "since",
        "Only those submitted on this day or later, in Madrid.",
        {"type": "string", "format": "date", "examples": ["2026-11-01"]},
    ),
    "until": _query(
        "until",
        "Only those submitted on this day or earlier.",
        {"type": "string", "format": "date", "examples": ["2026-11-30"]},
    ),
    "snoozed": _query(
        "snoozed",
        "Only those that are snoozed. Without it, `mine` leaves them out.",
        {"type": "string", "enum": ["on"]},
    ),
    "linked": _query(
        "linked",
        "Only those that are answered together with others.",
        {"type": "string", "enum": ["on"]},
    ),
    "page": _query("page", "The `next` of the page before.", {"type": "string"}),
    "days": _query(
        "days",
        "How many days before today.",
        {"type": "integer", "minimum": 1, "maximum": 180, "default": 30},
    ),
    "format": _query(
        "format",
        "Adds the copy as a page to be printed.",
        {"type": "string", "enum": COPY_FORMATS},
    ),
    "source": _query(
        "from",
        "Says that a message of the team's queue led here. An incident that needs nobody now is "
        "then refused: one that waits for its citizen, or is left to the answer to several.",
        {"type": "string", "enum": CLAIM_SOURCES},
    ),
    "from": _query(
        "from",
        "Where the citizen calls from.",
        {
            "type": "string",
            "enum": [each.value for each in Origin],
            "default": Origin.BALEARIC_ISLANDS.value,
        },
    ),
    "at": _query(
        "at",
        "The moment to ask about; now by default.",
        {"type": "string", "format": "date-time", "examples": ["2026-11-29T10:00:00Z"]},
    ),
    "n": _query(
        "n",
        "The number of the offer that the page has made; 0 before its first.",
        {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
    ),
    "session": _query(
        "session",
        "Names the session of the page that asks, as the page has it. Where the browser has joined "
        "another one since, the answer is 404.",
        {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    ),
    "have": _query(
        "have",
        "The number of the latest offer that the operator's page has.",
        {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
    ),
    "again": _query(
        "again",
        "Asks for another offer: the operator's page was loaded again.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    "picture": _query(
        "picture",
        "Says that the operator's page has shown a picture.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    "scope": _query(
        "scope",
        "The consent that the receipt is of.",
        {"type": "string", "enum": [each.value for each in Scope], "default": Scope.VIEW.value},
    ),
    "language": _query(
        "language",
        "The language of the notice; by default that of `Accept-Language`.",
        {"type": "string", "enum": [each.value for each in Language]},
    ),
    "version": _query(
        "version",
        "A version of the notice; by default the one of today.",
        {"type": "string", "examples": ["2026-11-23"]},
    ),
    "If-None-Match": _header(
        "If-None-Match",
        "The `ETag` of the copy that you have.",
        {"type": "string", "examples": _DOCUMENT_ETAG["examples"]},
    ),
}
