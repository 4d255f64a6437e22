"""Procedures are found by the words of their names and purposes in any language, and by codes."""

import pytest

from suport.domain.language import Language
from suport.domain.procedures import LANGUAGES, Catalogue, Procedure, catalogue
from suport.web.procedure_search import ProcedureSearch, procedure_search

CATALAN, SPANISH = LANGUAGES


def procedure(
    code: str, ca: str, es: str = "", purpose: str = "", *, online: bool = True
) -> Procedure:
    return Procedure(
        code=code,
        sia_code=f"SIA-{code}",
        names={CATALAN: ca} | ({SPANISH: es} if es else {}),
        purposes={CATALAN: purpose} if purpose else {},
        telematic=online,
        fee=False,
    )


SEARCH = ProcedureSearch(
    Catalogue(
        sample=True,
        procedures=(
            procedure("abc-1", "Àrea de platja", "Zona de playa"),
            procedure("2", "Barca a la platja", "Lancha en la playa", online=False),
            procedure("3", "Àncora", "Ancla", "Per fondejar a les platges"),
            procedure("4", "Boia", "Baliza", "Prop de la platja"),
        ),
    )
)


@pytest.mark.parametrize(
    ("query", "language", "codes"),
    [
        ("platja", CATALAN, ["abc-1", "2", "4", "3"]),
        ("playas", CATALAN, ["abc-1", "2"]),
        ("playas", SPANISH, ["2", "abc-1"]),
        ("platxa", Language.GERMAN, ["abc-1", "2", "3", "4"]),
        ("ABC-1", CATALAN, ["abc-1"]),
        ("sia-3", CATALAN, ["3"]),
        ("sia-2 barques", CATALAN, ["2"]),
        ("abc-2", CATALAN, []),
        ("", SPANISH, ["3", "4", "2", "abc-1"]),
    ],
)
def test_names_come_before_purposes_and_then_the_readers_alphabet_decides(
    query: str, language: Language, codes: list[str]
) -> None:
    assert [each.code for each in SEARCH.find(query, language).items] == codes


@pytest.mark.parametrize("query", ["", "platja", "platxa"])
def test_a_search_for_telematic_procedures_finds_no_others(query: str) -> None:
    every = SEARCH.find(query, CATALAN).items
    online = SEARCH.find(query, CATALAN, telematic_only=True).items
    assert online == [each for each in every if each.telematic] != every


def test_what_is_named_instead_is_in_a_procedure_that_was_found() -> None:
    assert SEARCH.find("barka", CATALAN).instead == {"barka": ("barca",)}
    assert SEARCH.find("barka", CATALAN, telematic_only=True).instead == {}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        *[("necesito renovar el carnet de familia numerosa", "01"), ("carnet de pescar", "09")],
        *[("dejadme pescar por favor", "09"), ("vivienda turistica", "08")],
        *[("examen de català", "02"), ("com puc treure'm el carnet per anar a pescar", "09")],
        *[("quiero poner placas solares en el tejado", "07"), ("impuesto coche vehiculo", "03")],
        *[("casar-me o parella estable", "06"), ("oposiciones de personal funcionario", "10")],
    ],
)
def test_a_question_in_the_citizens_words_finds_the_procedure_with_some_of_them(
    query: str, code: str
) -> None:
    found = procedure_search().find(query, SPANISH)
    assert found.partly
    assert f"sample-{code}" in [each.code for each in found.items[:2]]


@pytest.mark.parametrize(
    "query",
    [
        *["vull llogar un cotxe", "un gelat de xocolata", "quin temps fa avui", "si us plau"],
        *["quiero un perro", "piscina municipal", "hola buenos dias", "horario del autobus"],
    ],
)
def test_words_of_no_procedure_find_none(query: str) -> None:
    assert procedure_search().find(query, SPANISH).items == []


def test_each_shipped_procedure_is_found_by_each_of_its_names_and_codes() -> None:
    for each in catalogue().procedures:
        for called in (*each.names.values(), each.code, each.sia_code or each.code):
            assert procedure_search().find(called, CATALAN).items[0] == each
