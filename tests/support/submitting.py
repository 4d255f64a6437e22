"""Incidents submitted as JSON."""

import json
from typing import Any

from tests.support.gateway import Load, answered, asked

VALID: dict[str, Any] = {
    "category": "functional",
    "description": "No puc annexar el document",
    "contact": {"email": "anna@example.org"},
}


def submitted(load: Load, **headers: str) -> dict[str, Any]:
    event = asked(
        "POST",
        "/v1/incidents",
        body=json.dumps(VALID).encode(),
        Content_Type="application/json",
        query=None,
        **headers,
    )
    status, body, _ = answered(load("submit_incident"), event)
    assert status == 201
    receipt: dict[str, Any] = body
    return receipt


def rejected(load: Load, body: bytes, **headers: str) -> tuple[int, list[str]]:
    event = asked(
        "POST",
        "/v1/incidents",
        body=body,
        query=None,
        **({"Content_Type": "application/json"} | headers),
    )
    status, problem, _ = answered(load("submit_incident"), event)
    return status, [error["field"] for error in problem["errors"]]
