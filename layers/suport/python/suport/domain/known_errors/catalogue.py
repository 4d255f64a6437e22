"""The known errors, as `known_errors.toml` lists them.

The build turns the file into JSON, which is read ten times as fast (`compile_known_errors`). From
the sources, where there is no JSON, the file itself is read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from suport.domain.category import Category
from suport.domain.guide import Guide

SOURCE = Path(__file__).with_name("known_errors.toml")
_COMPILED = SOURCE.with_suffix(".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """One known error.

    codes: under which it is shown, in the spelling that the service keeps. form: the beginning of
    the codes that only look like one of its kind ("SAF_", for SAF_77). category: the team that
    helps. guide: the one that helps, if any. source: where the code or the wording is published.
    replies: the canned ones that fit, by name. look_first: whether money may have moved, so that
    the first step begins with looking. taken: whether it certainly has, so that it begins with not
    paying again. general: whether it is only a subject ("DNIe"), which counts
    where nothing else is recognised. wordings: how people and programs put it, see the file.
    meaning, first_step: by the name of the language.
    """

    id: str
    codes: tuple[str, ...]
    form: str | None
    category: Category
    guide: Guide | None
    source: str
    replies: tuple[str, ...]
    look_first: bool
    taken: bool
    general: bool
    wordings: tuple[str, ...]
    meaning: Mapping[str, str]
    first_step: Mapping[str, str]


def known_errors() -> Mapping[str, KnownError]:
    """All known errors by their id, in the order of the file."""
    return _read()[0]


def error_with_code(code: str) -> KnownError | None:
    """The known error with that code, spelt as the service keeps it."""
    return _by_code().get(code)


def error_of_form(form: str) -> KnownError:
    """The error that stands for all codes of that form."""
    return next(each for each in known_errors().values() if each.form == form)


def named_words() -> Mapping[str, str]:
    """The groups of words that wordings name with `$`: alternatives, parted by `|`."""
    return _read()[1]


def things_of_others() -> Sequence[tuple[str, str]]:
    """Groups of words, each with one of which a word beside them makes them something else."""
    return _read()[2]


def look_first(language: str) -> str:
    """What to look at before anything else where money may have moved."""
    return _read()[3]["look_first"][language]


def not_again(language: str) -> str:
    """What to refrain from where money has moved."""
    return _read()[3]["taken"][language]


def compile_known_errors() -> None:
    """Replaces the file by JSON, in the build."""
    _COMPILED.write_text(json.dumps(_parsed(), ensure_ascii=False, separators=(",", ":")), "utf-8")
    SOURCE.unlink()


def _parsed() -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  not where the build has made JSON of it

    return tomllib.loads(SOURCE.read_text("utf-8"))


@cache
def _read() -> tuple[
    dict[str, KnownError], dict[str, str], list[tuple[str, str]], dict[str, dict[str, str]]
]:
    content = json.loads(_COMPILED.read_text("utf-8")) if _COMPILED.exists() else _parsed()
    errors = (_known_error(block) for block in content["error"])
    of_others = [(each["words"], each["with"]) for each in content["another_thing"]]
    beginnings = {name: content[name] for name in ("look_first", "taken")}
    return {each.id: each for each in errors}, content["words"], of_others, beginnings


def _known_error(block: dict[str, Any]) -> KnownError:
    return KnownError(
        id=block["id"],
        codes=tuple(block.get("codes", ())),
        form=block.get("form"),
        category=Category(block["category"]),
        guide=Guide(block["guide"]) if "guide" in block else None,
        source=block["source"],
        replies=tuple(block.get("replies", ())),
        look_first=block.get("look_first", False),
        taken=block.get("taken", False),
        general=block.get("general", False),
        wordings=tuple(block.get("wordings", ())),
        meaning=block["meaning"],
        first_step=block["first_step"],
    )


@cache
def _by_code() -> dict[str, KnownError]:
    return {code: each for each in known_errors().values() for code in each.codes}
