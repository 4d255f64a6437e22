"""Numbers of identity documents, Spanish and foreign, as people write them."""

import pytest

from tests.support.pasted import kept, refusal

MENDED = [
    ("12345678Z", "12345678Z"),
    ("12345678z", "12345678Z"),
    ("12.345.678-Z", "12345678Z"),
    ("12 345 678 Z", "12345678Z"),
    ("12345678‑Z.", "12345678Z"),
    ("１２３４５６７８Ｚ", "12345678Z"),
    ("١٢٣٤٥٦٧٨Z", "12345678Z"),
    ("1234\u200b5678\u00adZ", "12345678Z"),
    ("DNI: 12345678Z", "12345678Z"),
    ("D.N.I. 12.345.678-Z", "12345678Z"),
    ("NIF 12345678-Z", "12345678Z"),
    ("N.I.F.: 12345678Z", "12345678Z"),
    ("DNI/NIF: 12345678Z", "12345678Z"),
    ("dni núm. 12345678Z", "12345678Z"),
    ("DNI nº 12345678Z", "12345678Z"),
    ("DNI12345678Z", "12345678Z"),
    ("NIEX1234567L", "X1234567L"),
    ("NIEX-1234567-L", "X1234567L"),
    ("nie y 1234567 x", "Y1234567X"),
    ("NIFK-1234567-L", "K1234567L"),
    ("DNI/NIE 12345678Z", "12345678Z"),
    ("Félix 12345678Z", "12345678Z"),
    ("12345678Z (Anna Pons)", "12345678Z"),
    ("el meu DNI és 12345678Z", "12345678Z"),
    ("ES12345678Z", "12345678Z"),
    ("ES-12345678-Z", "12345678Z"),
    ("1234567L", "01234567L"),
    ("01234567L", "01234567L"),
    ("012345678Z", "12345678Z"),
    ("0012345678Z", "12345678Z"),
    ("X1234567L", "X1234567L"),
    ("X-1234567-L", "X1234567L"),
    ("NIE: x 1234567 l", "X1234567L"),
    ("X01234567L", "X1234567L"),
    ("Y1234567X", "Y1234567X"),
    ("K1234567L", "K1234567L"),
    # labels in a sentence, and the letter by its name
    ("DNIe 12345678Z", "12345678Z"),
    ("mi NIF es el 12345678-Z", "12345678Z"),
    ("N.º de DNI: 12345678Z", "12345678Z"),
    ("Document d'identitat: 12345678Z", "12345678Z"),
    ("12345678 lletra Z", "12345678Z"),
    # names behind it
    ("43098765P Anna Pons", "43098765P"),
    ("43098765P, Anna Pons", "43098765P"),
    ("43.098.765-P Anna", "43098765P"),
    ("X1234567L de la Anna", "X1234567L"),
    ("43098765P DNI", "43098765P"),
    ("Anna Pons (43098765P)", "43098765P"),
    # brackets and marks around its letters, zeros before them
    ("43098765(P)", "43098765P"),
    ("43098765 (P)", "43098765P"),
    ("(X)1234567(L)", "X1234567L"),
    ("43098765[P]", "43098765P"),
    ("43098765-P.", "43098765P"),
    ("43098765/P;", "43098765P"),
    ("0X2345678T", "X2345678T"),
    ("00Y1234567X", "Y1234567X"),
    ("0K1234567L", "K1234567L"),
    # names that are like countries and passports; both documents in one label
    ("Pere Vidal 12345678Z", "12345678Z"),
    ("Anna Passarell 12345678Z", "12345678Z"),
    ("Pere Alemany 12345678Z", "12345678Z"),
    ("Francesc Peruga 12345678Z", "12345678Z"),
    ("DNI 12345678Z Núria Cuba", "12345678Z"),
    ("DNI/Passaport: 12345678Z", "12345678Z"),
    ("ESB58378431", "B58378431"),
    ("CIF: b-58.378.431", "B58378431"),
    ("C.I.F. B58378431", "B58378431"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "written"), MENDED)
def test_a_spanish_number_is_written_as_the_administration_does(typed: str, written: str) -> None:
    assert kept("contact.nif", typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        *("12345678A", "12.345.678-a", "1234567A", "012345678A", "DNI 12345678A", "ES12345678A"),
        *("X1234567A", "X-01234567-A", "Z1234567A", "NIE Y1234567A", "K1234567A", "12345678O"),
        *("00123456A", "X0123456A", "12345678Ñ", "DNI12345678A", "12345678A (Anna)"),
        *("DNIe 12345678A", "el meu DNI és 12345678A", "Document: 12345678A", "12345678(A)"),
        *("mi NIF es 12345678A", "DNI/NIE: 12345678A", "DNI o NIE: X1234567A", "N.º DNI 12345678A"),
        *("my DNI is 12345678A", "meine DNI ist 12345678A", "DNI electrònic 12345678A"),
        *("Documento nacional de identidad 12345678A", "Document d'identitat: 12345678A"),
        *("TIE X1234567A", "12345678A Anna Pons", "0X2345678A", "el DNI de l'Anna: 12345678A"),
    ],
)
def test_a_wrong_letter_is_told_and_that_the_field_may_be_empty(typed: str) -> None:
    told = refusal("contact.nif", typed)
    assert told.startswith("Check the NIF or NIE: its letter and its number do not match.")
    assert "leave it empty" in told


@pytest.mark.parametrize(
    "document",
    [
        *("C01X00T47", "L01X00T471", "T220001293", "LZ6311T47"),  # Germany
        *("A12345678", "123456789", "X1234567", "Y12345678"),  # passports of letter and digits
        *("12AB34567", "CA00000AA", "12345678 9 ZZ4", "ABC 123456"),  # FR, IT, PT, PL
        *("S1234567D", "B12345678", "P1234567X", "AB123456C", "12345678", "5A", "123456M", "E1"),
        *("Passaport C01X00T47", "passport no. A12345678", "Reisepass L1234567C"),
        *("Ausweis 12345678A", "C01X 00T47"),
        # Without its first letter a NIE would become the DNI of somebody else.
        *("NIE 1234567L", "T.I.E. 1234567L", "permisX 1234567L", "resX-1234567-L"),
        *("Passaport/DNI 12345678A", "DNI peruano 12345678-A", "12345678A (passaport)"),
        *("12345678 A. Pons", "12345678 Anna", "X1234567 Anna", "43098765P tel. 971225791"),
        "CC 12345678A",
        # Their letter is right for a DNI by chance.
        *("PPS 1234567L", "PPSN: 1234567L", "passport no. 1234567L", "Passnummer 1234567L"),
        *("Reisepass 12345678Z", "Passaport: 12345678Z", "Personalausweis 12345678Z"),
        *("cédula 12345678Z", "12345678Z (passport)", "foreign ID 12345678Z", "Perú 12345678Z"),
        *("DNI Argentina 12345678Z", "DNI del Perú 12345678Z", "Italian ID 12345678Z"),
        *("12345678Z (Argentina)", "DNI: 12345678Z, Argentina", "DNI de l'Argentina 12345678Z"),
        *("carte d'identité 12345678Z", "paspoort 12345678Z"),
        # with accents
        *("DNI Perú 12345678A", "DNI argentí 12345678A", "DNI de Colòmbia 12345678A"),
        *("document francès 12345678A", "DNI México 12345678A"),
        *("№ 12/34 567890", "not at hand", "護照 E12345678", "?", "12345678ZZ", "123456789Z0"),
    ],
)  # fmt: skip
def test_any_other_number_is_kept_as_it_was_typed(document: str) -> None:
    assert kept("contact.nif", document) == document


def test_only_an_absurdly_long_number_is_refused() -> None:
    assert kept("contact.nif", "9" * 100) == "9" * 100
    assert (
        refusal("contact.nif", "9" * 101)
        == "NIF or NIE must be 100 characters or fewer. It has 101 now."
    )
