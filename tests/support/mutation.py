"""Content gone wrong somewhere: a value missing, of another type, doubled, or far too long."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from tests.support.failures import PRIVATE

type Path = tuple[str | int, ...]
"""The way to a value inside of JSON: names of members, numbers of elements."""

TEXTS = [
    *("", " ", "\x00", "%00", "%", "%ff", "..", "../..", "/", "//", "\\", '"', "'", "&", "=", ";"),
    *("\r\n", "\u2028", "\u202e", "\ufffe", "\ufeff", "\ud800", "\U0001f600", "é", "e\u0301", "٣"),
    *("null", "true", "0", "-1", "1e400", "NaN", "[]", "{}", "${x}", "{{x}}", "<b>", "' OR 1=1"),
    *("7SRJ-797M-D0GE", "0000-0000-0000", "2026-11-27T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("incident", "arn:aws:sqs:::", "x" * 300, "0" * 5000, "a " * 40_000),
    PRIVATE,
]
"""Texts that may mean something to some parser, and one that no log may quote."""

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 0.5, 10**30, [], {}, [None], [[]], {"": ""}, {"S": "x"}),
    *TEXTS,
]

NO_MESSAGES = [
    *("", " ", "no JSON", "null", "[]", "7", '"text"', "{", "{}", "NaN", "\ufeff{}", "\x00"),
    *('{"schema": null}', '{"schema": "suport.unknown/1"}', '{"Records": 7, "schema": "x"}'),
    *('{"schema": "suport.mail/2", "reference": "7SRJ-797M-D0GE"}', "[" * 100_000, "9" * 5000),
    *(f'{{"said": "{PRIVATE}"}}', PRIVATE, json.dumps([{"eventType": "Bounce"}]), "x" * 250_000),
]
"""Bodies that no sender of a message sends."""


def paths(content: Any, before: Path = ()) -> Iterator[Path]:
    """The way to every value inside of the content, from the outermost inwards."""
    named = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for name, value in named:
        yield (*before, name)
        yield from paths(value, (*before, name))


@st.composite
def mutated(
    draw: st.DrawFn,
    content: Any,
    *,
    may_change: Callable[[Path], bool] = lambda _: True,
    most: int = 3,
) -> Any:
    """A copy of the content with a few changes, of values to which the way `may_change`."""
    result = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, most))):
        if ways := [path for path in paths(result) if may_change(path)]:
            _change(draw, result, draw(st.sampled_from(ways)))
    return result


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """The text with a piece cut out, put in or repeated."""
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    piece = draw(st.sampled_from(["", text[start:end] * 2, *TEXTS]))
    return text[:start] + piece + text[end:]


def _change(draw: st.DrawFn, content: Any, path: Path) -> None:
    *way, last = path
    holder = content
    for name in way:
        holder = holder[name]
    value = holder[last]
    acts = ["leave out", "replace", "wrap", "double"]
    match draw(st.sampled_from([*acts, "mangle"] if isinstance(value, str) else acts)):
        case "leave out":
            del holder[last]
        case "replace":
            holder[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        case "wrap":
            holder[last] = draw(st.sampled_from([[value], {"S": value}, {"": value}]))
        case "double" if isinstance(holder, list):
            holder.append(copy.deepcopy(value))
        case "double":
            holder[f"{last}_"] = copy.deepcopy(value)
        case "mangle":
            holder[last] = draw(mangled(value))
