"""Numbers of identity documents: Spanish ones, checked by their letter, and all others."""

import re

from pydantic_core import PydanticCustomError

from suport.domain import typed_text

_LABEL = re.compile(
    r"""^\W* (?: (?: D\W?N\W?I | N\W?I\W?F | N\W?I\W?E | C\W?I\W?F | V\W?A\W?T )
        (?: \b | (?=[XYZKLM]?[\W_]*\d) ) [\W_]* )*
    (?: (?: N(?:[UÚ]M(?:ERO)?)? [.ºO°]* | NO | Nº ) [\s:.] [\W_]* )?
    (?: ES [\W_]* (?=[A-Z]?\W*\d) )?""",
    re.VERBOSE,
)
_OTHER_LABEL = re.compile(r"(?:[^\W\d_]{2,}[\W_]+)+")
_FOREIGNER = re.compile(r"\b[NT]\W?I\W?E\b")  # a NIE, or the card that bears one
_BEHIND = re.compile(r"\s*\([^()]*\)\W*$")
_DNI = re.compile(r"0*(\d{1,8})([A-ZÇÑ])")
_NIE = re.compile(r"([XYZ])0*(\d{1,7})([A-ZÇÑ])")
_NIF_OF_OTHERS = re.compile(r"[KLM]\d{7}[A-ZÇÑ]")  # minors and people without DNI or NIE
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

    unlabelled = _BEHIND.sub("", _LABEL.sub("", typed_text.bare(typed).upper()))
    other_label = _OTHER_LABEL.match(unlabelled)
    compact = re.sub(r"[\W_]", "", unlabelled[other_label.end() if other_label else 0 :])
    if _may_lack_its_first_letter(typed_text.bare(typed).upper(), compact):
        return typed
    written = _written(compact)
    if written and nif.is_valid(written):
        return written
    digits = sum(each.isdigit() for each in compact)
    if written and digits >= _FEWEST_DIGITS and not other_label:
        raise PydanticCustomError("nif", "NIF")
    return compact if nif.is_valid(compact) else typed


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
    return compact if _NIF_OF_OTHERS.fullmatch(compact) else None
