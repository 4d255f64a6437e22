"""What the service keeps of a field of a submission, or says about it."""

import json
from typing import Any

from suport.domain.language import Language
from suport.http.bodies.citizens import SubmissionBody
from suport.http.problem import Problem
from tests.support.gateway import read

VALID: dict[str, Any] = {
    "category": "functional",
    "description": "No puc annexar el document",
    "contact": {"email": "anna@example.org"},
}


def kept(field: str, typed: str, **others: Any) -> Any:
    """What is recorded of this text in that field; None if nothing is.

    field: its path, such as `contact.phone`.
    """
    content = json.loads(json.dumps(VALID | others))
    part, _, name = field.rpartition(".")
    (content.setdefault(part, {}) if part else content)[name] = typed
    submission = read(SubmissionBody, json.dumps(content).encode(), Language.ENGLISH).submission()
    recorded = getattr(submission, part or name)
    return recorded.get(name) if part else recorded


def refusal(field: str, typed: str, **others: Any) -> str:
    """What the only error says, which is in that field."""
    try:
        taken = kept(field, typed, **others)
    except Problem as problem:
        told = problem.body(Language.ENGLISH)
        assert (told["status"], [each["field"] for each in told["errors"]]) == (422, [field])
        return str(told["errors"][0]["message"])
    raise AssertionError(taken)
