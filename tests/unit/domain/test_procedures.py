import json

import pytest

from suport.domain.language import Language
from suport.domain.procedures import CATALOGUE, LANGUAGES, Catalogue, Procedure, catalogue

CATALAN, SPANISH = LANGUAGES
OTHERS = [Language.ENGLISH, Language.GERMAN]
HOUSING = "Ajuda per a l'habitatge"


def procedure(
    code: str = "1",
    ca: str | None = None,
    es: str | None = None,
    purpose: dict[Language, str] | None = None,
    sia_code: str | None = None,
    *,
    telematic: bool = True,
) -> Procedure:
    names = {CATALAN: ca, SPANISH: es}
    return Procedure(
        code=code,
        sia_code=sia_code,
        names={language: name for language, name in names.items() if name},
        purposes=purpose or {},
        telematic=telematic,
        fee=False,
    )


@pytest.mark.parametrize(
    ("language", "codes"), [(CATALAN, "321"), (SPANISH, "312"), (Language.GERMAN, "321")]
)
def test_the_alphabetical_order_is_that_of_the_readers_language(
    language: Language, codes: str
) -> None:
    boat, crane = procedure("1", ca="Vaixell", es="Barco"), procedure("2", ca="grua", es="grúa")
    anchor = procedure("3", ca="Àncora", es="Áncora")
    ordered = Catalogue(False, (boat, crane, anchor)).alphabetical(language)
    assert "".join(each.code for each in ordered) == codes


def test_a_name_comes_with_the_language_that_it_is_really_in() -> None:
    both, only_spanish = procedure(ca="Nom", es="Nombre"), procedure(es="Nombre")
    assert both.name_in(CATALAN) == ("Nom", CATALAN)
    assert both.name_in(SPANISH) == ("Nombre", SPANISH)
    assert procedure(ca="Nom").name_in(SPANISH) == ("Nom", CATALAN)
    assert only_spanish.name_in(CATALAN) == ("Nombre", SPANISH)
    for language in OTHERS:
        assert both.name_in(language) == ("Nom", CATALAN)
        assert only_spanish.name_in(language) == ("Nombre", SPANISH)


def test_a_purpose_comes_with_the_language_that_it_is_really_in_or_is_missing() -> None:
    for language in Language:
        assert procedure(ca="Nom").purpose_in(language) is None
        one = procedure(ca="Nom", purpose={SPANISH: "Para algo"})
        assert one.purpose_in(language) == ("Para algo", SPANISH)


def test_a_procedure_is_found_by_exactly_its_code() -> None:
    one = procedure("123", ca="Nom", sia_code="456")
    assert Catalogue(False, (one,)).find("123") is one
    assert [Catalogue(False, (one,)).find(code) for code in ("12", "456", "", "123 ")] == [None] * 4


@pytest.mark.parametrize(
    "typed", [HOUSING, "  AJUDA per a  l'habitatge ", "ayuda à la vivienda", "abc-7", "SIA-9"]
)
def test_a_whole_name_or_code_names_its_procedure(typed: str) -> None:
    housing = procedure("ABC-7", HOUSING, "Ayuda a la vivienda", sia_code="sia-9")
    other = procedure("2", "Ajuda per a l'habitatge i el lloguer")
    assert Catalogue(False, (housing, other)).named(typed) is housing


@pytest.mark.parametrize("typed", ["", " ", "Ajuda", "habitatge", "Beca"])
def test_part_of_a_name_and_a_name_of_two_procedures_name_none(typed: str) -> None:
    among = (procedure("1", HOUSING), procedure("2", "Beca"), procedure("3", "Bec", "Beca"))
    assert Catalogue(False, among).named(typed) is None


def test_the_shipped_catalogue_is_read_once() -> None:
    assert catalogue() is catalogue()


# These tests apply to the sample and, once it is imported, to the real catalogue.


def test_the_sample_is_marked_as_such_and_its_codes_look_like_samples() -> None:
    codes = [each.code for each in catalogue().procedures]
    codes += [each.sia_code for each in catalogue().procedures if each.sia_code]
    assert codes
    assert {code.startswith("sample-") for code in codes} == {catalogue().sample}


def test_the_sample_has_names_in_both_languages_and_shows_every_kind() -> None:
    shown = catalogue().procedures
    assert not catalogue().sample or (
        all(set(each.names) == set(LANGUAGES) for each in shown)
        and all(set(each.purposes) in (set(LANGUAGES), set()) for each in shown)
        and len({(each.telematic, each.fee) for each in shown}) == 4
    )


def test_the_shipped_catalogue_is_well_formed() -> None:
    for each in catalogue().procedures:
        assert each.code == each.code.strip() != ""
        assert set(each.names) | set(each.purposes) <= set(LANGUAGES)
        assert all(each.names.values())
        assert each.names
        assert {type(each.telematic), type(each.fee)} == {bool}


def test_the_shipped_catalogue_has_one_procedure_a_line_sorted_by_code() -> None:
    first, *lines, last = CATALOGUE.read_text(encoding="utf-8").splitlines()
    sample = json.dumps(catalogue().sample)
    assert (first, last) == (f'{{"sample": {sample}, "procedures": [', "]}")
    codes = [json.loads(line.removesuffix(","))["code"] for line in lines]
    assert codes == sorted(set(codes)) == [each.code for each in catalogue().procedures]
