"""`make procedures FILE=…`: brings the catalogue of procedures up to date.

A file is what `POST /rolsac2api/externa/services/v1/procedimientos/?lang=ca` answered: one
language, or one page of it. Only the file's name says which language (procediments.ca.json). Of
each row, the import keeps only what citizens see: never its addresses of people in charge, or for
incidents.
"""

import argparse
import html
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import Unable
from suport.domain import procedures
from suport.domain.language import Language
from suport.domain.procedures import Catalogue, Procedure

_LONGEST_CODE, _LONGEST_NAME = 100, 300  # characters, as in the form of an incident
_LONGEST_PURPOSE = 4000
_LANGUAGE_IN_NAME = re.compile(r"(?<![a-z])(ca|es)(?=\.json$)", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|em|font|i|span|strong|su[bp]|u)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)  # they separate words
_HOW = "Name what the catalogue answered: make procedures FILE=procediments.ca.json"


def main(arguments: list[str] | None = None) -> int:
    """Import the files that the command line names.

    Returns the exit code: 1 if nothing could be imported (said in a sentence), otherwise 0.
    """
    parser = argparse.ArgumentParser(prog="make procedures")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--catalogue", type=Path, default=procedures.CATALOGUE)
    given = parser.parse_args(arguments)
    try:
        _import(given.files, given.catalogue)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _import(files: list[Path], target: Path) -> None:
    if not files:
        raise Unable(f"{_HOW} (several files, or pages of one, with spaces between them).")
    answers: dict[Language, _Answer] = {}
    for file in _with_sibling(files):
        answers.setdefault(_language(file), _Answer()).add(file)
    for language in procedures.LANGUAGES:
        if language in answers and not answers[language].rows:
            names = " and ".join(map(str, answers[language].files))
            raise Unable(f"No row of {names} could be used; the catalogue stays as it is.")
    earlier = _earlier(target)
    real = {} if earlier.sample else {each.code: each for each in earlier.procedures}
    new = _merged(real, answers)
    if (imported := Catalogue(sample=False, procedures=tuple(new.values()))) != earlier:
        _write(imported, target)
    _report(real, new, answers, replaced_sample=earlier.sample)


@dataclass
class _Row:
    """What one row says about a procedure, in its answer's language."""

    code: str
    sia_code: str | None
    name: str
    purpose: str | None
    telematic: bool
    fee: bool


class _Bad(Exception):
    """A row cannot be used; its text is the reason."""


@dataclass
class _Answer:
    """What the catalogue answered in one language, in one file or in several pages.

    `named` holds every code in the answer: a row that cannot be used removes no procedure.
    """

    files: list[Path] = field(default_factory=list)
    rows: dict[str, _Row] = field(default_factory=dict)
    named: dict[str, Path] = field(default_factory=dict)
    length: int = 0
    totals: set[str] = field(default_factory=set)
    unpublished: int = 0
    pages_overlap: bool = False

    @property
    def complete(self) -> bool:
        """Whether it holds as many procedures as the catalogue says there are."""
        return self.totals == {str(self.length)} and not self.pages_overlap

    def add(self, file: Path) -> None:
        """Takes the rows of one file, and names on stderr those that it cannot use.

        Raises
        ------
        Unable
            If the file cannot be read or is not such an answer.
        """
        content = _json(file)
        rows = content.get("resultado") if isinstance(content, dict) else None
        if not isinstance(rows, list):
            raise Unable(f'{file} is not what the catalogue answers: it has no list "resultado".')
        self.files.append(file)
        self.length += len(rows)
        total = str(content.get("numeroElementos"))
        self.totals.add(total if total.isdecimal() else "an unknown number")
        for number, row in enumerate(rows, start=1):
            code = None
            try:
                fields = _object(row)
                code = _code(fields)
                if not _published(fields):
                    self.unpublished += 1
                    continue
                if (first := self.named.setdefault(code, file)) != file:
                    self.pages_overlap = True
                    raise _Bad(f"it is in {first} already")
                if code in self.rows:
                    raise _Bad("the code is there twice")
                self.rows[code] = _row(code, fields)
            except _Bad as reason:
                whose = ""
                if code is not None:
                    self.named.setdefault(code, file)
                    whose = f" (code {code})"
                print(f"{file}, row {number}{whose}: {reason}; skipped", file=sys.stderr)


def _with_sibling(files: list[Path]) -> list[Path]:
    """The files; a single one is joined by that in the other language, if it is beside it."""
    if len(files) > 1:
        return list(dict.fromkeys(files))
    file = files[0]
    other = "es" if _language(file) is Language.CATALAN else "ca"
    sibling = file.with_name(_LANGUAGE_IN_NAME.sub(other, file.name))
    if not sibling.exists():
        return [file]
    print(f"{sibling} lies beside it and is read too.")
    return [file, sibling]


def _language(file: Path) -> Language:
    named = _LANGUAGE_IN_NAME.search(file.name)
    if not named:
        raise Unable(
            f"The language of {file} is not known: its name has to end in .ca.json or .es.json."
        )
    return Language(named[1].lower())


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unable(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Unable(f"{file} is no JSON in UTF-8.") from error


def _row(code: str, fields: dict[str, Any]) -> _Row:
    name = _text(fields, "nombreProcedimientoWorkFlow", _LONGEST_NAME)
    if name is None:
        raise _Bad("it has no name")
    return _Row(
        code=code,
        sia_code=_text(fields, "codigoSIA", _LONGEST_CODE, or_number=True),
        name=name,
        purpose=_text(fields, "objeto", _LONGEST_PURPOSE),
        telematic=_flag(fields, "tramitElectronica", absent=False),
        fee=_flag(fields, "tieneTasa", absent=False),
    )


def _object(row: object) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise _Bad("it is no object")
    return row


def _code(fields: dict[str, Any]) -> str:
    code = _text(fields, "codigo", _LONGEST_CODE, or_number=True)
    if code is None:
        raise _Bad("it has no code")
    return code


def _published(fields: dict[str, Any]) -> bool:
    state = _text(fields, "estado", _LONGEST_CODE)
    return state == "PUBLICADO" and _flag(fields, "publicado", absent=True)


def _flag(fields: dict[str, Any], name: str, *, absent: bool) -> bool:
    value = fields.get(name)
    if value is None:
        return absent
    if not isinstance(value, bool):
        raise _Bad(f"{name} is neither true nor false")
    return value


def _text(
    fields: dict[str, Any], name: str, longest: int, *, or_number: bool = False
) -> str | None:
    """The field as one line of plain text; None if it is missing or blank."""
    value = fields.get(name)
    if or_number and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Bad(f"{name} is of the wrong type")
    line = " ".join(_without_markup(value).split())
    if len(line) > longest:
        raise _Bad(f"{name} is longer than {longest} characters")
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in line):
        raise _Bad(f"{name} holds a control character")
    return line or None


def _without_markup(text: str) -> str:
    """The text alone, if the catalogue's editors formatted it as HTML."""
    return html.unescape(_TAG.sub(" ", _INLINE_TAG.sub("", text)))


def _merged(
    earlier: dict[str, Procedure], answers: dict[Language, _Answer]
) -> dict[str, Procedure]:
    """The procedures after the import, by code and in its order."""
    found = set().union(*(answer.rows for answer in answers.values()))
    if any(answer.complete for answer in answers.values()):
        kept = earlier.keys() & set().union(*(answer.named for answer in answers.values()))
    else:
        kept = set(earlier)
    merged = (_procedure(code, earlier.get(code), answers) for code in sorted(found | kept))
    return {procedure.code: procedure for procedure in merged if procedure.names}


def _procedure(code: str, earlier: Procedure | None, answers: dict[Language, _Answer]) -> Procedure:
    """One procedure: in each language what that answer says now, or else said earlier.

    Its facts are those of the Catalan answer, if both answers have them.
    """
    names: dict[Language, str] = {}
    purposes: dict[Language, str] = {}
    facts: Procedure | _Row | None = earlier
    for language in reversed(procedures.LANGUAGES):
        answer = answers.get(language)
        row = answer.rows.get(code) if answer else None
        if row:
            facts, names[language] = row, row.name
            if row.purpose:
                purposes[language] = row.purpose
        elif earlier and not (answer and answer.complete and code not in answer.named):
            names |= _only(earlier.names, language)
            purposes |= _only(earlier.purposes, language)
    assert facts
    return Procedure(
        code=code,
        sia_code=facts.sia_code,
        names=dict(sorted(names.items())),
        purposes=dict(sorted(purposes.items())),
        telematic=facts.telematic,
        fee=facts.fee,
    )


def _only(texts: dict[Language, str], language: Language) -> dict[Language, str]:
    return {language: texts[language]} if language in texts else {}


def _earlier(target: Path) -> Catalogue:
    try:
        return procedures.read(target.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Catalogue(sample=False, procedures=())
    except OSError as error:
        raise Unable(f"{target} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unable(
            f"{target} is no catalogue any more; bring it back: git checkout {target}"
        ) from error


def _write(catalogue: Catalogue, target: Path) -> None:
    """Replaces the file as a whole: nobody ever finds half of it."""
    new = target.with_name(target.name + ".new")
    try:
        new.write_text("".join(_lines(catalogue)), encoding="utf-8")
        new.replace(target)
    except OSError as error:
        raise Unable(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        new.unlink(missing_ok=True)


def _lines(catalogue: Catalogue) -> Iterator[str]:
    """The catalogue as JSON with one procedure a line: a diff shows what changed."""
    yield f'{{"sample": {json.dumps(catalogue.sample)}, "procedures": [\n'
    for number, each in enumerate(catalogue.procedures, start=1):
        fields = {
            "code": each.code,
            "sia_code": each.sia_code,
            "names": each.names,
            "purposes": each.purposes,
            "telematic": each.telematic,
            "fee": each.fee,
        }
        comma = "," if number < len(catalogue.procedures) else ""
        yield f"{json.dumps(fields, ensure_ascii=False)}{comma}\n"
    yield "]}\n"


def _report(
    earlier: dict[str, Procedure],
    new: dict[str, Procedure],
    answers: dict[Language, _Answer],
    *,
    replaced_sample: bool,
) -> None:
    added = len(new.keys() - earlier.keys())
    removed = len(earlier.keys() - new.keys())
    unchanged = sum(earlier.get(code) == procedure for code, procedure in new.items())
    changed = len(new) - added - unchanged
    print(f"{added} added, {changed} changed, {removed} removed, {unchanged} unchanged")
    if replaced_sample:
        print("They replace the sample catalogue.")
    if unpublished := sum(answer.unpublished for answer in answers.values()):
        print(f"Left out because they are not published: {unpublished} rows.")
    for answer in answers.values():
        if not answer.complete:
            names = " and ".join(map(str, answer.files))
            total = " or ".join(sorted(answer.totals))
            print(f"Not the whole catalogue, so nothing is removed by {names}:", end=" ")
            print(f"{answer.length} rows of {total}.")


if __name__ == "__main__":
    sys.exit(main())
