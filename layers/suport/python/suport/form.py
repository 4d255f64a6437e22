"""What a browser sends of a form: fields named like the paths of the JSON body."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from suport import problem
from suport.texts import N_

_FIELDS = 40  # far more than any form has


def read_form(body: bytes) -> dict[str, str]:
    """The fields of an urlencoded form, as their names stand there.

    Raises
    ------
    Problem
        400 if it is not urlencoded UTF-8 or has far more fields than the form.
    """
    try:
        return dict(
            parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_FIELDS,
            )
        )
    except ValueError:
        raise problem.unreadable(N_("This must be a form in UTF-8.")) from None


def nested(fields: Mapping[str, str]) -> bytes:
    """The form's dotted fields as the JSON that the API takes: `contact.email` inside `contact`."""
    body: dict[str, Any] = {}
    for path, value in fields.items():
        parent, _, name = path.rpartition(".")
        part = body.setdefault(parent, {}) if parent else body
        if isinstance(part, dict):  # else the part itself was sent as text, which is told
            part[name] = value
    return json.dumps(body).encode()
