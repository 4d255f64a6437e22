import json
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def found(query: str, *among: Procedure, language: Language = CATALAN) -> list[str]:
    return [each.code for each in Catalogue(False, among).search(query, language)]


# Plain letters, and the ways to write them.
SPELLINGS = {each[0]: each for each in ("aàáÀA", "eèéÉE", "iíïÏI", "oòóÒO", "cçÇC", "nñÑN", "lL")}
GEMINATES = ["ll", "l·l", "L·L", "l.l", "ŀl", "ĿL", "l‧l", "l•l"]
ELIDED = ["", "", "", "l'", "L’", "d'", "s’", "n'", "m'"]
plain_words = st.text("aceilnort", min_size=1, max_size=5)


@st.composite
def spelled(draw: st.DrawFn, word: str) -> str:
    """The word as somebody might write it, perhaps with an article before it."""
    pieces = re.findall("ll|.", word)
    written = [
        draw(st.sampled_from(GEMINATES if piece == "ll" else list(SPELLINGS.get(piece, piece))))
        for piece in pieces
    ]
    return draw(st.sampled_from(ELIDED)) + "".join(written)


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[str], str]:
    """The plain words of a text, and a spelling of the text."""
    words = draw(st.lists(plain_words, max_size=4))
    separators = st.sampled_from([" ", ", ", " (", ") ", "-", " / ", "\u00a0"])
    return words, "".join(draw(spelled(word)) + draw(separators) for word in words)


@given(st.data(), texts(), texts())
def test_each_word_of_the_query_must_begin_a_word_of_the_name_or_the_purpose(
    data: st.DataObject, name: tuple[list[str], str], purpose: tuple[list[str], str]
) -> None:
    there = data.draw(st.lists(st.sampled_from([*name[0], *purpose[0]] or ["x"]), max_size=3))
    beginnings = [word[: data.draw(st.integers(1, len(word)))] for word in there]
    query = beginnings + data.draw(st.lists(plain_words, max_size=1))
    written = " ".join(data.draw(spelled(word)) for word in query)
    expected = all(
        any(word.startswith(sought) for word in [*name[0], *purpose[0]]) for sought in query
    )
    one = procedure(ca=f"- {name[1]}", purpose={CATALAN: purpose[1]})
    assert bool(found(written, one)) is expected


@given(st.text(), st.sampled_from(Language), st.booleans())
def test_no_query_is_an_error(query: str, language: Language, telematic_only: bool) -> None:
    everything = catalogue().search("", language)
    some = catalogue().search(query, language, telematic_only=telematic_only)
    assert all(each in everything for each in some)
    assert (one := catalogue().find(query)) is None or one.code == query


@given(st.text(min_size=1))
def test_a_procedure_is_found_by_its_own_name_whatever_the_name_is_made_of(name: str) -> None:
    assert found(name, procedure(ca=name)) == ["1"]


@pytest.mark.parametrize(
    "query",
    [
        *("habitatge", "HABIT", "l'habitatge", "L’HABITATGE", "l’ habitatge", "de l'habitatge"),
        *("ajuda habitatge", "habitatge ajuda", "per a l'habit", "«habitatge»", "ajuda-habitatge"),
        *("instal·lació", "instal.lacio", "INSTALLACIÓ", "insta\u0140lació", "instal·", "instal"),
        *("plaça", "placa", "PLAÇA", "plac\u0327a", "vivienda", "", " ", "...", "l'"),
        *("4321", "9876543", "4321 ajuda"),
    ],
)
def test_the_spellings_that_people_use_find_the_procedure(query: str) -> None:
    one = procedure(
        "4321",
        ca="Ajuda de l'habitatge: per a la instal·lació",
        es="Ayuda a la vivienda",
        purpose={CATALAN: "A la plaça"},
        sia_code="9876543",
    )
    assert found(query, one)


@pytest.mark.parametrize("query", ["abc-7", "ABC-7", "Abc-7 nom", "SIA-9", "sia-9"])
def test_the_case_of_a_code_makes_no_difference(query: str) -> None:
    assert found(query, procedure("abc-7", ca="Nom", sia_code="SIA-9"))


@pytest.mark.parametrize("query", ["bitatge", "432", "98765", "habitatges", "ajuda platja"])
def test_a_query_that_begins_no_word_and_is_not_a_whole_code_finds_nothing(query: str) -> None:
    assert not found(query, procedure("4321", ca=HOUSING, sia_code="9876543"))


@given(st.permutations(range(4)))
def test_matches_by_name_come_first_and_each_group_is_in_alphabetical_order(
    order: list[int],
) -> None:
    all_of_them = [
        procedure("4", ca="Àrea de platja"),
        procedure("3", ca="Barca a la platja"),
        procedure("2", ca="Àncora", purpose={CATALAN: "Per fondejar a la platja"}),
        procedure("1", ca="Boia", purpose={SPANISH: "Cerca de la platja"}),
    ]
    assert found("platja", *(all_of_them[place] for place in order)) == ["4", "3", "2", "1"]


def test_the_order_is_that_of_the_readers_language() -> None:
    both = [procedure("1", ca="Vaixell", es="Barco"), procedure("2", ca="Grua", es="Grúa")]
    assert found("", *both) == ["2", "1"]
    assert found("", *both, language=SPANISH) == ["1", "2"]
    assert found("", *both, language=Language.GERMAN) == ["2", "1"]


@given(st.lists(st.tuples(plain_words, st.booleans())), st.booleans())
def test_a_search_for_telematic_procedures_finds_no_others(
    rows: list[tuple[str, bool]], telematic_only: bool
) -> None:
    all_of_them = tuple(
        procedure(str(number), ca=name, telematic=telematic)
        for number, (name, telematic) in enumerate(rows)
    )
    shown = Catalogue(False, all_of_them).search("", CATALAN, telematic_only=telematic_only)
    expected = [each for each in all_of_them if each.telematic or not telematic_only]
    assert sorted(each.code for each in shown) == sorted(each.code for each in expected)
    assert all(one.names[CATALAN] <= next_.names[CATALAN] for one, next_ in pairwise(shown))


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
    if not catalogue().sample:
        pytest.skip("the real catalogue has been imported")
    shown = catalogue().procedures
    assert all(set(each.names) == set(LANGUAGES) for each in shown)
    assert all(set(each.purposes) in (set(LANGUAGES), set()) for each in shown)
    assert len({(each.telematic, each.fee) for each in shown}) == 4


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
