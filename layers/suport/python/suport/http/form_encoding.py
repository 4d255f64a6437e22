"""A form as a browser sends it: fields named like the paths of the JSON body.

Text that is not UTF-8 is read as windows-1252, which includes Latin-1, unless the form declares
another charset: nobody has to type a text twice because of its accents.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from suport.http import charset as charsets
from suport.http.problems import about_requests
from suport.texts.message import N_

FORM = "application/x-www-form-urlencoded"

_MOST_FIELDS = 80  # more than any form has: a page of a list has 50 incidents to choose from
_MOST_GIVEN_BACK = 1000  # fields; a page with more takes too long to make

_CHARSET_FIELD = b"_charset_"  # a browser fills it in with the charset of the form (HTML, 4.10)


def content_type(header: str) -> tuple[str, dict[str, str]]:
    """The media type in a `Content-Type` header, and its parameters by name."""
    media_type, *parameters = header.split(";")
    named = (parameter.partition("=") for parameter in parameters)
    return media_type.strip().lower(), {
        name.strip().lower(): value.strip().strip('"') for name, _, value in named
    }


def read_form(body: bytes, charset: str = "") -> dict[str, str]:
    """The fields of an urlencoded form, by their names in the form.

    charset: the declared one. The whole form is read in one encoding: UTF-8 if possible, else the
    declared one, else windows-1252; a few bytes that are not UTF-8 change nothing for the others.

    Raises
    ------
    Problem
        400 if it has far more fields than any form; 422 with each field named that has half a
        character in it.
    """
    try:
        pairs = _pairs(body, _MOST_FIELDS)
    except ValueError:
        message = N_("A form can have {most} fields or fewer.", most=_MOST_FIELDS)
        raise about_requests.unreadable(message) from None
    fields = _decoded(pairs, charset)
    broken = [name for name, value in fields.items() if not charsets.is_whole(name + value)]
    if broken:
        raise about_requests.broken(map(charsets.made_whole, broken))
    return fields


def legible(body: bytes, header: str) -> dict[str, str] | None:
    """All legible fields of a form, whatever is wrong with it; None if there are too many.

    header: the form's `Content-Type`. A file in the form is not read.
    """
    media_type, parameters = content_type(header)
    try:
        if media_type == "multipart/form-data":
            pairs = _parts(body, header)
        else:
            pairs = _pairs(body, _MOST_GIVEN_BACK)
    except ValueError:
        return None
    fields = _decoded(pairs, parameters.get("charset", ""))
    return {charsets.made_whole(name): charsets.made_whole(text) for name, text in fields.items()}


def _pairs(body: bytes, most: int) -> list[tuple[bytes, bytes]]:
    body = charsets.without_mark(body)
    return parse_qsl(body, keep_blank_values=True, max_num_fields=most)


def _decoded(pairs: Iterable[tuple[bytes, bytes]], charset: str) -> dict[str, str]:
    sent = dict(pairs)
    charset = sent.pop(_CHARSET_FIELD, b"").decode("latin-1") or charset
    try:
        return {name.decode(): value.decode() for name, value in sent.items()}
    except UnicodeDecodeError:
        read = charsets.reader(b"\n".join(chain.from_iterable(sent.items())), charset)
        return {read(name): read(value) for name, value in sent.items()}


def _parts(body: bytes, header: str) -> list[tuple[bytes, bytes]]:
    from email.parser import BytesParser  # noqa: PLC0415  no page sends such a form

    head = f"Content-Type: {header}\r\n\r\n".encode("ascii", "replace")
    pairs = []
    for part in BytesParser().parsebytes(head + body).walk():
        name = part.get_param("name", header="Content-Disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and part.get_filename() is None:
            pairs.append((name.encode(errors="replace"), content))
    if len(pairs) > _MOST_GIVEN_BACK:
        raise ValueError(len(pairs))
    return pairs


def nested(fields: Mapping[str, str]) -> bytes:
    """A form's dotted fields as the JSON that the API takes: `contact.email` inside `contact`."""
    body: dict[str, Any] = {}
    for path, value in fields.items():
        parent, _, name = path.rpartition(".")
        part = body.setdefault(parent, {}) if parent else body
        if isinstance(part, dict):  # else the form sent the part itself as text: the model objects
            part[name] = value
    return json.dumps(body).encode()


def flat(content: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a JSON object under a form's dotted names: the inverse of `nested`."""
    return {
        f"{parent}.{name}" if name else parent: text
        for parent, part in content.items()
        for name, text in (part.items() if isinstance(part, dict) else [("", part)])
    }
