"""Reads a body as one of the models, and says what is wrong with each wrong field."""

import json
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import from_json

from suport.domain.language import Language
from suport.http.bodies.field_messages import field_error
from suport.http.bodies.parts import Part
from suport.http.charset import in_utf8, is_whole
from suport.http.form_encoding import nested
from suport.http.problem import IDEMPOTENCY_KEY, FieldError
from suport.http.problems import about_requests
from suport.http.request import JSON, Request
from suport.texts.message import N_

FIT_KEY = re.compile(r"[!-~]{16,128}")
"""16 to 128 visible ASCII characters: long enough that nobody hits on one by chance."""

_ERRORS_NAMED = 20


def read[Body: Part](
    model: type[Body], request: Request, media_types: Sequence[str] = (JSON,)
) -> Body:
    """The request's JSON as that model; the language in it becomes that of the request.

    If the body states no language, the browser's is used. media_types: those that it may declare.

    Raises
    ------
    Problem
        400 if the body is not JSON, in UTF-8 or in the charset that it declares; 422 with each
        wrong field named.
    """
    body = in_utf8(request.body(*media_types), request.charset)
    try:
        content = _read(model, body, request.language)
    finally:
        request.stated_language = _stated_language(body)
    return content


def read_fields[Body: Part](
    model: type[Body], fields: Mapping[str, str], language: Language
) -> Body:
    """The fields of a form as that model; a field that the model does not have is wrong.

    Raises
    ------
    Problem
        422 with each wrong field named.
    """
    return _read(model, nested(fields), language)


def checked_key(key: str) -> str:
    """The key, if it can be an idempotency key.

    Raises
    ------
    Problem
        422 if it is too short, too long or has other characters.
    """
    if not FIT_KEY.fullmatch(key):
        message = N_(
            "The key must be 16 to 128 visible ASCII characters. Use a new one for each request."
        )
        raise about_requests.invalid([FieldError(IDEMPOTENCY_KEY, message)])
    return key


def sent_key(request: Request) -> str | None:
    """The request's idempotency key, if it has one; an empty header is too short a key.

    Raises
    ------
    Problem
        As `checked_key`.
    """
    key = request.headers.get(IDEMPOTENCY_KEY.lower())
    return None if key is None else checked_key(key)


def _read[Body: Part](model: type[Body], body: bytes, language: Language) -> Body:
    try:
        return model.model_validate_json(body, context={"language": language})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            if broken := _broken_texts(body):
                raise about_requests.broken(broken[:_ERRORS_NAMED]) from None
            raise about_requests.unreadable(N_("The body must be JSON in UTF-8.")) from None
        raise about_requests.invalid(
            [field_error(each) for each in details[:_ERRORS_NAMED]]
        ) from None


def _broken_texts(body: bytes) -> list[str]:
    """The fields of a JSON object with half a character, by their paths: such JSON is no UTF-8."""
    try:
        found = [("", json.loads(body))]
    except (ValueError, RecursionError):
        return []
    broken = []
    for path, value in found:
        if isinstance(value, dict | list):
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            found += [(f"{path}.{name}".removeprefix("."), part) for name, part in parts]
        elif path and isinstance(value, str) and not is_whole(value) and is_whole(path):
            broken.append(path)
    return broken


def _stated_language(body: bytes) -> Language | None:
    try:
        content = from_json(body)
    except ValueError:
        return None
    stated = content.get("language") if isinstance(content, dict) else None
    return Language(stated) if isinstance(stated, str) and stated in Language else None
