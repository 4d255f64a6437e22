"""What a search for words finds, and what it says it has found instead."""

import re
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.plain_words import plain
from suport.words.inflection import forms
from suport.words.stop_words import STOP_WORDS
from suport.words.word_search import Found, WordSearch

# A catalogue in small: each line is an item, in Catalan and in Spanish.
TITLES = {
    "rent": ("Ajuda per al lloguer d'habitatge", "Ayuda al alquiler de vivienda"),
    "grants": ("Beques per a estudis superiors", "Becas para estudios superiores"),
    "fishing": ("Llicència de pesca esportiva", "Licencia de pesca deportiva"),
    "hunting": ("Permís de caça menor", "Permiso de caza menor"),
    "solar": (
        "Subvencions per a instal·lacions d'autoconsum",
        "Subvenciones para instalaciones de autoconsumo",
    ),
    "family": ("Títol de família nombrosa", "Título de familia numerosa"),
    "degrees": ("Duplicats de títols acadèmics", "Duplicados de títulos académicos"),
    "couples": ("Registre de parelles estables", "Registro de parejas estables"),
    "beach": ("Ocupació de platges i places", "Ocupación de playas y plazas"),
    "officials": ("Borsa de funcionaris interins", "Bolsa de funcionarios interinos"),
    "jobless": ("Ajuda als treballadors aturats", "Ayuda a los trabajadores parados"),
    "harbour": ("Amarrament al port", "Amarre en el puerto"),
    "laws": ("Consulta de lleis", "Consulta de leyes"),
    "languages": ("Curs de llengua catalana", "Curso de lengua catalana"),
}
SEARCH = WordSearch((name, (titles,)) for name, titles in TITLES.items())


def found(query: str, *texts: str) -> list[int]:
    """Which of the texts are found, by their numbers."""
    return WordSearch((number, ([text],)) for number, text in enumerate(texts)).find(query).items


@pytest.mark.parametrize(
    ("query", "first"),
    [
        # plurals and singulars, in both directions
        *[("ajudes", "rent"), ("beca", "grants"), ("llicències", "fishing")],
        *[("subvenció", "solar"), ("permisos", "hunting"), ("títols", "degrees")],
        *[("pesques", "fishing"), ("instal·lació", "solar"), ("platja", "beach")],
        *[("plaça", "beach"), ("parella", "couples"), ("cursos", "languages")],
        *[("llengües", "languages"), ("llei", "laws")],
        *[("licencias", "fishing"), ("subvención", "solar"), ("títulos", "degrees")],
        *[("ley", "laws"), ("ayudas", "rent"), ("pareja", "couples"), ("lenguas", "languages")],
        *[("puertos", "harbour"), ("plaza", "beach"), ("viviendas", "rent"), ("ports", "harbour")],
        # gender
        *[("funcionària", "officials"), ("funcionàries", "officials")],
        *[("funcionarias", "officials"), ("treballadora aturada", "jobless")],
        *[("trabajadora parada", "jobless"), ("interina", "officials")],
        # slips of the pen
        *[("lloger", "rent"), ("abitatge", "rent"), ("habitatje", "rent"), ("vibienda", "rent")],
        *[("bivienda", "rent"), ("vekas", None), ("vecas", "grants"), ("bequas", "grants")],
        *[("llisencia", "fishing"), ("licensia", "fishing"), ("llicenica", "fishing")],
        *[("suvenció", "solar"), ("suvbenció", "solar"), ("subensiones", "solar")],
        *[("instalaccion", "solar"), ("intal·lacions", "solar"), ("instal.laçio", "solar")],
        *[("famillia numbrosa", "family"), ("tutol familia", "family"), ("emarre", "harbour")],
        *[("trevalladors", "jobless"), ("espportiva", "fishing"), ("autocnosum", "solar")],
        *[("rejistre parelles", "couples"), ("academycs", "degrees"), ("ocupasio", "beach")],
        # run together, and taken apart
        *[("parellesestables", "couples"), ("parellaestable", "couples")],
        *[("auto consum", "solar"), ("permisode caza", "hunting"), ("sub vencions", "solar")],
        # several things at once, with stop words in either language
        *[("ajudes per al lloger", "rent"), ("una beca d'estudi", "grants")],
        *[("com demanar el permis de caça", "hunting"), ("títol de família nombrossa", "family")],
        *[("quiero pedir licencias para la pesca", "fishing"), ("permís en caza", "hunting")],
        # nothing of the kind
        *[("piscina", None), ("xyz", None), ("gos", None), ("automòbil", None), ("zz", None)],
        *[("hipopòtam", None), ("passaport", None), ("12345", None)],
        *[("tortuga", None), ("lasanya", None), ("xocolata", None), ("ordenador", None)],
        *[("dni", None), ("boda", None), ("restaurante", None), ("guitarra", None)],
    ],
)
def test_what_people_type_finds_what_they_mean(query: str, first: str | None) -> None:
    assert next(iter(SEARCH.find(query).items), None) == first


words_of_letters = st.text("abcçdeéèiílmnñoòprstuúvx", min_size=1, max_size=9)
titles = st.lists(words_of_letters, min_size=1, max_size=4)


@given(st.lists(titles, min_size=1, max_size=6), st.data())
def test_what_has_the_words_as_they_are_comes_before_all_else(
    texts: list[list[str]], data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from([word for text in texts for word in text]))
    having = [
        number for number, text in enumerate(texts) if plain(word) in {plain(each) for each in text}
    ]
    assert found(word, *map(" ".join, texts))[: len(having)] == having


@given(st.lists(titles, min_size=1, max_size=6), titles)
def test_accents_and_cedillas_and_tildes_change_nothing(
    texts: list[list[str]], query: list[str]
) -> None:
    titled = [" ".join(text) for text in texts]
    assert found(" ".join(query), *titled) == found(plain(" ".join(query)), *titled)


@given(
    st.text(ascii_lowercase, min_size=4, max_size=12).filter(lambda word: word not in STOP_WORDS),
    st.data(),
)
def test_one_slip_in_a_word_does_not_hide_it(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(ascii_lowercase))
    before, after = word[:place], word[place:]
    mistyped = data.draw(
        st.sampled_from(
            [
                before + letter + after,
                before + letter + after[1:],
                before + after[1:],
                before + after[1::-1] + after[2:],
            ]
        )
    )
    if len(mistyped) >= 4 and mistyped not in STOP_WORDS:
        assert found(mistyped, f"aquest {word}") == [0]


def test_two_slips_hide_a_word_of_seven_letters_but_none_of_eight() -> None:
    assert found("pensuon", "Pensions") == [0]
    assert found("psnuio", "pensio") == []
    assert found("pxnsxons", "Pensions") == [0]
    assert found("pxnsxxns", "Pensions") == []


def test_a_similar_word_is_found_only_where_no_text_has_the_word() -> None:
    assert found("caza", "Casa", "Caza", "Cazas") == [1, 2]
    assert found("caza", "Casa", "Calma") == [0]
    assert found("paro", "Per a, para, un, una") == []
    assert found("beca", "Becari", "Beques", "Beca", "Seca") == [2, 1, 0]


def test_each_word_of_the_query_must_be_there_and_stop_words_exclude_nothing() -> None:
    assert found("ajuda lloguer", "Ajuda", "Lloguer", "Ajuda: lloguer") == [2]
    assert found("l'ajuda de la vostra casa", "Ajuda a casa vostra") == [0]
    assert found("per a", "Per a tothom", "Altres") == [0]
    assert found("", "A", "B") == found(" ... ", "A", "B") == [0, 1]


def test_the_weightier_field_decides_between_those_equally_near() -> None:
    below, above = ("below", (["Àrea"], ["platja"])), ("above", (["Platja"], ["platja", "àrea"]))
    assert WordSearch([below, above]).find("platja").items == ["above", "below"]
    assert WordSearch([below, above]).find("platges").items == ["above", "below"]


def test_order_decides_between_those_equally_near_and_among_leaves_out_the_others() -> None:
    search = WordSearch((name, (["Platja"],)) for name in ("c", "a", "b"))
    assert search.find("platges", order=ord).items == ["a", "b", "c"]
    assert search.find("platges").items == ["c", "a", "b"]
    assert search.find("", among="ab".__contains__, order=ord).items == ["a", "b"]


def test_a_code_is_found_as_a_whole_whatever_its_case_and_is_never_similar() -> None:
    search = WordSearch(
        [("one", (["Nom"],)), ("two", (["Un altre"],))], [("ABC-7", 0), ("4321", 1)]
    )
    assert [search.find(each).items for each in ("abc-7", "Abc-7 nom", "4321", "4321 altres")] == [
        *(["one"], ["one"], ["two"], ["two"])
    ]
    assert [search.find(each).items for each in ("4322", "432")] == [[], []]
    some = search.find("abc-7 altre")
    assert (some.partly, set(some.items)) == (True, {"one", "two"})


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("ajuda lloguer", {}),
        ("beca", {}),
        ("Lloger", {"lloger": ("lloguer",)}),
        ("instalasions", {"instalasions": ("instalaciones",)}),
        ("auto consum", {"auto consum": ("autoconsum", "autoconsumo")}),
        ("parellaestable", {"parellaestable": ("parella estable",)}),
        ("familla nombrossa", {"familla": ("família",), "nombrossa": ("nombrosa",)}),
        ("hipopòtam", {}),
        ("lloger hipopòtam", {}),
    ],
)
def test_it_says_which_words_it_has_found_instead(
    query: str, instead: dict[str, tuple[str, ...]]
) -> None:
    said = SEARCH.find(query).instead
    assert {typed: set(words) for typed, words in said.items()} == {
        typed: set(words) for typed, words in instead.items()
    }


@pytest.mark.parametrize(
    ("query", "first"),
    [
        *[("cacera menor", "hunting"), ("carnet de pesca", "fishing"), ("lloguer pis", "rent")],
        *[("carnet família nombrosa", "family"), ("bitllet de vaixell", None)],
        *[("renovar el carnet de familia numerosa de mi hermana", "family")],
        *[("dejadme hacer pesca por favor", "fishing"), ("vull plaques al port", "harbour")],
        *[("amarar al port de Palma", "harbour"), ("examen de catalana", "languages")],
        *[("un gelat de xocolata i maduixa", None), ("quin temps fa avui", None)],
    ],
)
def test_without_an_item_that_has_all_words_those_with_the_telling_ones_are_found(
    query: str, first: str | None
) -> None:
    found = SEARCH.find(query)
    assert (next(iter(found.items), None), found.partly) == (first, first is not None)


def test_a_word_in_few_items_weighs_more_than_one_in_many() -> None:
    texts = ["Ajuda al cotxe", *["Ajuda al tren"] * 40, "Barca"]
    assert found("ajuda barca", *texts) == [41]
    assert found("ajuda nau", *texts) == []


def test_an_item_with_all_words_hides_those_with_some() -> None:
    exact = WordSearch([("some", (["Barca"],)), ("all", (["Barca nova"],))]).find("nova barca")
    assert exact == Found(["all"])


@given(st.lists(titles, min_size=1, max_size=6), titles)
def test_what_is_found_by_some_words_has_one_of_them_or_a_similar_one(
    texts: list[list[str]], query: list[str]
) -> None:
    search = WordSearch((number, ([" ".join(text)],)) for number, text in enumerate(texts))
    some = search.find(" ".join(query))
    of_each = {place for word in query for place in search.find(word).items}
    assert set(some.items) <= of_each or not some.partly


# Plain letters, and the ways to write them.
SPELLINGS = {each[0]: each for each in ("aàáÀA", "eèéÉE", "iíïÏI", "oòóÒO", "cçÇC", "nñÑN", "lL")}
GEMINATES = ["ll", "l·l", "L·L", "l.l", "ŀl", "ĿL", "l‧l", "l•l"]
ELIDED = ["", "", "", "l'", "L’", "d'", "s’", "n'", "m'"]


@given(st.data(), st.lists(st.text("ceilnort", min_size=4, max_size=7), min_size=1, max_size=3))
def test_however_the_words_are_spelled_they_are_the_same_words(
    data: st.DataObject, plain_words: list[str]
) -> None:
    def spelled(word: str) -> str:
        pieces = re.findall("ll|.", word)
        ways = [GEMINATES if piece == "ll" else SPELLINGS.get(piece, piece) for piece in pieces]
        written = [data.draw(st.sampled_from([*each])) for each in ways]
        return data.draw(st.sampled_from(ELIDED)) + "".join(written)

    between = data.draw(st.sampled_from([" ", ", ", " (", "-", " / ", "\u00a0"]))
    text = between.join(map(spelled, plain_words))
    query = " ".join(map(spelled, plain_words))
    assert WordSearch([(1, ([text],))]).find(query) == Found([1])


@given(st.text())
def test_no_query_is_an_error(query: str) -> None:
    assert set(SEARCH.find(query).items) <= TITLES.keys()


@given(st.text(min_size=1))
def test_a_text_is_found_by_itself_whatever_it_is_made_of(text: str) -> None:
    assert found(text, text) == [0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("ajuda", "ajudes"), ("beca", "beques"), ("aigua", "aigues"), ("vez", "veces")],
        *[("luz", "luces"), ("ley", "leyes"), ("joven", "jovenes"), ("pais", "paisos")],
        *[("mes", "mesos"), ("desig", "desitjos"), ("interes", "interessos")],
        *[("text", "textos"), ("pluja", "pluges"), ("botiga", "botigues"), ("raça", "races")],
        *[("ciutada", "ciutadanes"), ("jubilat", "jubilades"), ("public", "publica")],
        *[("educatiu", "educatives"), ("extranjero", "extranjeras"), ("casado", "casada")],
    ],
)
def test_forms_of_one_word_have_a_form_in_common(one: str, other: str) -> None:
    assert forms(plain(one)) & forms(plain(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("carrer", "carrera"), ("vida", "vit"), ("port", "porta"), ("casa", "cas")],
        *[("universal", "universitat"), ("comunicat", "comunitat"), ("gas", "ga")],
        *[("cura", "curs"), ("renda", "rendiment"), ("obra", "obrer")],
    ],
)
def test_forms_of_two_words_have_none(one: str, other: str) -> None:
    assert not forms(one) & forms(other)
