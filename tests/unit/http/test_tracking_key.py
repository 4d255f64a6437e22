"""Reference and access code as people put them into the form that opens an incident."""

import pytest

from suport.domain.access_code import has_code, opens
from suport.domain.language import Language
from suport.domain.reference import agrees, parse_reference
from suport.http.problem import Problem
from suport.http.tracking_key import tracking_key
from tests.support.pasted_references import (
    CODE,
    IN_LONG_TEXTS,
    MAILED_LINKS,
    MISREAD,
    PASTED,
    REFERENCE,
)

SECRET = b"the secret of these tests"


def ends(text: str) -> str:
    """A name for a test: the end of what is pasted."""
    return ascii(text[-60:])


def wrong(**typed: str) -> dict[str, str]:
    """What is said about each wrong field."""
    try:
        taken = tracking_key(typed)
    except Problem as problem:
        told = problem.body(Language.ENGLISH)
        assert told["status"] == 422
        return {each["field"]: each["message"] for each in told["errors"]}
    raise AssertionError(taken)


@pytest.mark.parametrize("pasted", [*PASTED, *MAILED_LINKS, *IN_LONG_TEXTS], ids=ends)
def test_a_reference_is_found_in_what_was_pasted(pasted: str) -> None:
    reference, code = tracking_key({"reference": pasted, "access_code": CODE})
    assert (reference, code) == (REFERENCE, CODE)
    assert agrees(reference, pasted)


def test_reference_and_code_may_change_places() -> None:
    assert tracking_key({"reference": CODE, "access_code": REFERENCE}) == (REFERENCE, CODE)
    assert wrong(reference=CODE, access_code=MISREAD[0]).keys() == {"reference", "access_code"}


@pytest.mark.parametrize("pasted", MISREAD, ids=ascii)
def test_a_misread_reference_is_told_at_its_field(pasted: str) -> None:
    told = wrong(reference=pasted, access_code=CODE)
    assert told == {
        "reference": "Check the reference: one character is wrong or missing. It has 12 letters "
        "and numbers, like 7K3M-9QXA-2BTC."
    }


@pytest.mark.parametrize(
    "pasted",
    [
        *(CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", "–")),
        *(f"{CODE}.", f"<{CODE}>"),
        *(CODE.replace("0", "O").replace("1", "l"), f"Codi d'accés {CODE}", f"Code: {CODE} \u200b"),
        *(CODE.replace("-", "\n"), "８１Ｄ２" + CODE[4:], f"{REFERENCE}.{CODE}&sa=D"),
        *(f"%3C{CODE}%3E", f"%253C{CODE}%253E", f"Codi&nbsp;d&#39;acc&eacute;s&nbsp;{CODE}"),
        *(f"\u202a{CODE}\u202c", CODE.replace("-", "-\u200b"), "٨" + CODE[1:]),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_code_is_found_in_what_was_pasted(pasted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suport.domain.access_code.access_code_for", lambda *_: CODE)
    reference = parse_reference(REFERENCE)
    assert has_code(pasted)
    assert opens(
        SECRET, reference, tracking_key({"reference": REFERENCE, "access_code": pasted})[1]
    )
    assert not opens(
        SECRET, reference, pasted.replace("X", "V").replace("Ｘ", "Ｖ").replace("x", "v")
    )


@pytest.mark.parametrize(
    "both", [*(each for each in PASTED if "WXJD" in each), *MAILED_LINKS], ids=ends
)
@pytest.mark.parametrize("field", ["reference", "access_code"])
@pytest.mark.parametrize("other", ["", " ", "\u200b"])
def test_one_field_may_have_both(
    both: str, field: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suport.domain.access_code.access_code_for", lambda *_: CODE)
    typed = {"reference": other, "access_code": other} | {field: both}
    reference, code = tracking_key(typed)
    assert reference == REFERENCE
    assert opens(SECRET, reference, code)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "Enter the access code. It has 28 letters and numbers."),
        (" \u200b", "Enter the access code. It has 28 letters and numbers."),
        (CODE[:-1], "The access code must have 28 letters and numbers. It has 27 now."),
        (f"{CODE}7", "The access code must have 28 letters and numbers. It has 29 now."),
        (f"Codi: {CODE[:9]}", "The access code must have 28 letters and numbers. It has 8 now."),
        (REFERENCE, "The access code must have 28 letters and numbers. It has 12 now."),
        ("?!", "The access code must have 28 letters and numbers. It has 0 now."),
        (
            CODE.replace("Q", "U"),
            "Check the access code: it has a letter that access codes never use.",
        ),
    ],
    ids=ascii,
)
def test_what_is_no_code_is_told_at_its_field(code: str, told: str) -> None:
    assert wrong(reference=REFERENCE, access_code=code) == {"access_code": told}


def test_both_fields_are_told_at_once() -> None:
    assert wrong(reference="", access_code="").keys() == {"reference", "access_code"}
    assert wrong(reference="GQNC", access_code="x").keys() == {"reference", "access_code"}
    assert wrong(reference="", access_code=CODE) == {
        "reference": "Enter the reference. It has 12 letters and numbers, like 7K3M-9QXA-2BTC."
    }
