"""Numbers of identity documents: Spanish ones, checked by their letter, and all others."""

import re

from pydantic_core import PydanticCustomError

from suport.domain import typed_text

_SPANISH = r"(?: D\W?N\W?I (?:\W?E)? | N\W?I\W?[EF] | T\W?I\W?E )"
_LABEL = re.compile(
    rf"""^\W* (?: (?: {_SPANISH} | C\W?I\W?F | V\W?A\W?T )
        (?: \b | (?=[XYZKLM]?[\W_]*\d) ) [\W_]* )*
    (?: (?: N(?:[UÚ]M(?:ERO)?)? [.ºO°]* | NO | Nº ) [\s:.] [\W_]* )?
    (?: ES [\W_]* (?=[A-Z]?\W*\d) )?""",
    re.VERBOSE,
)
_OTHER_LABEL = re.compile(r"(?:(?:[^\W\d_][.'’\s]\s*)*[^\W\d_]{2,}[\W_]+)+")
_CALLED_SPANISH = re.compile(rf"\b{_SPANISH} (?: \b | (?=[XYZKLM]?[\W_]*\d) )", re.VERBOSE)
# Words around a number that say nothing about its country, and those that name one of another.
_OF_ANY_COUNTRY = {
    *("DOC", "DOCUMENT", "DOCUMENTO", "DOKUMENT", "DOCUMENTACIÓ", "DOCUMENTACIÓN"),
    *("ID", "IDENTITAT", "IDENTIDAD", "IDENTITY", "IDENTITÄT", "IDENTIFICACIÓ", "IDENTIFICACIÓN"),
    *("IDENTIFICATION", "NACIONAL", "FISCAL", "ELECTRÒNIC", "ELECTRÓNICO"),
    *("NÚM", "NUM", "NÚMERO", "NUMERO", "NUMBER", "NUMMER", "NR", "NO"),
    *("EL", "LA", "THE", "DE", "DEL", "MEU", "MEVA", "MI", "MY", "MEIN", "MEINE", "MEINER"),
    *("ÉS", "ES", "IS", "IST", "SÓN", "SON", "LAUTET"),
}
_CALLED_FOREIGN = re.compile(r"PASS|PASAP|PASPORT|AUSWEIS|C[EÉ]DULA|ARGENTIN|PERU")
_BEHIND = re.compile(r"(\d.*?)\s*\((?!\W*[A-ZÇÑ]\W*\))[^()]*\)\W*$")
_THE_LETTER = re.compile(r"\b(?:(?:AMB|CON|MIT)\s+)?(?:LLETRA|LETRA|LETTER|BUCHSTABEN?)\b")
_BEFORE_WORDS = re.compile(
    r"((?:0*[XYZKLM][\W_]*)?\d(?:[\d\W_]*\d)?([\W_]*)[A-ZÇÑ])(?![^\W_])"
    r"\D*?[^\W\d_]{2}\D*"
)
_FOREIGNER = re.compile(r"\b[NT]\W?I\W?E\b")  # a NIE, or the card that bears one
_DNI = re.compile(r"0*(\d{1,8})([A-ZÇÑ])")
_NIE = re.compile(r"0*([XYZ])0*(\d{1,7})([A-ZÇÑ])")
_NIF_OF_OTHERS = re.compile(r"0*([KLM]\d{7}[A-ZÇÑ])")  # minors and people without DNI or NIE
_DNI_DIGITS = 8  # one more than a NIE has
_FEWEST_DIGITS = 7  # of what is surely meant as a Spanish number


def identity_number(typed: str) -> str:
    """A DNI, NIE or NIF as the administration writes it; any other number as somebody typed it.

    What looks like the NIF of a company is also the passport of a person from another country.

    Raises
    ------
    PydanticCustomError
        `nif` if the letter of a DNI, of a NIE or of a person's NIF does not belong to its number.
    """
    from stdnum.es import nif  # noqa: PLC0415  only where one is given

    whole = _THE_LETTER.sub(" ", typed_text.bare(typed).upper())
    unlabelled = _BEHIND.sub(r"\1", _LABEL.sub("", whole))
    other_label = _OTHER_LABEL.match(unlabelled)
    stated = unlabelled[other_label.end() if other_label else 0 :]
    before_words = _BEFORE_WORDS.fullmatch(stated)
    compact = re.sub(r"[\W_]", "", before_words[1] if before_words else stated)
    if _may_lack_its_first_letter(whole, compact):
        return typed
    written = _written(compact)
    if written and nif.is_valid(written):
        return written
    # "12345678 A. Pons": the letter may be the first of a name.
    is_sure = not before_words or not re.search(r"\s", before_words[2])
    digits = sum(each.isdigit() for each in compact)
    label = other_label[0] if other_label else ""
    if written and digits >= _FEWEST_DIGITS and is_sure and _is_called_spanish(whole, label):
        raise PydanticCustomError("nif", "NIF")
    return compact if nif.is_valid(compact) else typed


def _is_called_spanish(whole: str, label: str) -> bool:
    """Whether a number of Spanish shape is called so, or nothing else either."""
    if _CALLED_FOREIGN.search(whole):
        return False
    words = set(re.findall(r"[^\W\d_]{2,}", label))
    return words <= _OF_ANY_COUNTRY or bool(_CALLED_SPANISH.search(whole))


def _may_lack_its_first_letter(whole: str, compact: str) -> bool:
    """Whether this short DNI is called a NIE, or the text has a letter of a NIE before it."""
    found = _DNI.fullmatch(compact)
    if not found or len(found[1]) == _DNI_DIGITS:
        return False
    before = re.split(r"\d", whole, maxsplit=1)[0]
    return bool(_FOREIGNER.search(before) or re.search(r"[XYZKLM][\W_]*$", before))


def _written(compact: str) -> str | None:
    """The number of a person, with all its zeros and no others; None if it is none of Spain's."""
    if found := _DNI.fullmatch(compact):
        return found[1].zfill(8) + found[2]
    if found := _NIE.fullmatch(compact):
        return found[1] + found[2].zfill(7) + found[3]
    found = _NIF_OF_OTHERS.fullmatch(compact)
    return found[1] if found else None
