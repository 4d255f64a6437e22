"""The reference and the access code in the form that opens an incident, as somebody typed them."""

from collections.abc import Mapping

from suport.domain import crockford
from suport.domain.access_code import CODE_CHARACTERS, has_code
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.typed_text import is_blank
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.texts.message import N_, Message

NO_REFERENCE = N_("Enter the reference. It has 12 letters and numbers, like 7K3M-9QXA-2BTC.")
MISREAD_REFERENCE = N_(
    "Check the reference: one character is wrong or missing. It has 12 letters and numbers, like "
    "7K3M-9QXA-2BTC."
)


def tracking_key(fields: Mapping[str, str]) -> tuple[Reference, str]:
    """The reference, and the text with the code. One field may have both: a link, a pasted line.

    Raises
    ------
    Problem
        422 with each field that cannot be a reference or a code. It says nothing about a
        well-formed pair, whether it opens an incident or not.
    """
    typed = {name: fields.get(name, "") for name in ("reference", "access_code")}
    reference_in, code_in = (
        typed[name] if not is_blank(typed[name]) else typed[other]
        for name, other in (("reference", "access_code"), ("access_code", "reference"))
    )
    if not _is_key(reference_in, code_in) and _is_key(code_in, reference_in):
        reference_in, code_in = code_in, reference_in  # each was typed where the other belongs
    errors = []
    reference = None
    try:
        reference = parse_reference(reference_in)
    except MisreadReference:
        errors.append(FieldError("reference", _about_reference(typed["reference"])))
    if not has_code(code_in):
        errors.append(FieldError("access_code", _about_code(typed["access_code"])))
    if reference is None or errors:
        raise about_requests.invalid(errors)
    return reference, code_in


def _is_key(reference_in: str, code_in: str) -> bool:
    try:
        parse_reference(reference_in)
    except MisreadReference:
        return False
    return has_code(code_in)


def _about_reference(typed: str) -> Message:
    return NO_REFERENCE if is_blank(typed) else MISREAD_REFERENCE


def _about_code(typed: str) -> Message:
    if is_blank(typed):
        return N_(
            "Enter the access code. It has {right} letters and numbers.", right=CODE_CHARACTERS
        )
    length = len(crockford.normalise(typed.rpartition(":")[2]))
    if length == CODE_CHARACTERS:
        return N_("Check the access code: it has a letter that access codes never use.")
    return N_(
        "The access code must have {right} letters and numbers. It has {length} now.",
        right=CODE_CHARACTERS,
        length=length,
    )
