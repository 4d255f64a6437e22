"""What the service keeps of a field of a submission, or says about it."""

import json
from typing import Any

from suport.domain.language import Language
from suport.http.bodies.submission import SubmissionBody
from suport.http.problem import Problem
from tests.support.gateway import read

FAMILY = "👩‍👩‍👧‍👦"

COUNTED: list[tuple[str, int]] = [
    ("", 0),
    ("abc", 3),
    ("línia\nlínia", 11),
    ("«l·l» – 100 €", 13),
    (FAMILY, 1),
    (f"{FAMILY}{FAMILY}", 2),
    ("👩🏽‍❤️‍💋‍👨🏽", 1),
    ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
    ("🇪🇸🇨🇦", 2),
    ("1️⃣", 1),
    ("é", 1),
    ("e\u0323\u0301", 1),
    ("한국", 2),
    ("\u1112\u1161\u11ab", 1),
    ("क्षि", 1),
    ("กำ", 1),
    ("👍", 1),
    # A virama joins consonants, and nothing else.
    ("অ্যাপ", 3),
    ("অ্যাকাউন্ট", 5),
    ("এ্যাপ", 3),
    ("എൻ്റെ", 3),
    ("ൽ്ല", 2),
    ("ক্ষমা", 2),
    ("ন্যায্য", 2),
    ("ऑ्फिस", 3),
    ("राष्ट्रीय", 3),
    ("क्\u200dष", 1),
    ("क़्क", 1),
    ("क\u0301ष", 2),
    ("ઍ્ક", 2),
    ("పత్రం", 2),
    ("\u094dक", 2),
    ("१्क", 2),
    ("a्क", 2),
]
"""A text, and how many characters a person sees in it."""

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
