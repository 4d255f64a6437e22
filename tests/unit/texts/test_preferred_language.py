import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.language import Language
from suport.texts.message import preferred_language

CATALAN, SPANISH = Language.CATALAN, Language.SPANISH
ENGLISH, GERMAN = Language.ENGLISH, Language.GERMAN

tags = st.sampled_from(
    ["ca", "es", "en", "de", "fr", "it", "*", "ca-ES", "es-419", "EN-gb", "de-CH"]
)
thousandths = st.integers(0, 1000)


def offered(tag: str) -> Language | None:
    primary = tag.lower().split("-")[0]
    return Language(primary) if primary in list(Language) else None


@pytest.mark.parametrize("header", [None, "", " ", ",", ",,,", ";", "*", "fr", "fr-FR, it;q=0.9"])
def test_a_browser_without_a_language_of_ours_gets_catalan(header: str | None) -> None:
    assert preferred_language(header) is CATALAN


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ca", CATALAN),
        ("es-ES,es;q=0.9,en;q=0.8", SPANISH),
        ("en-US,en;q=0.9", ENGLISH),
        ("de-CH", GERMAN),
        ("DE", GERMAN),
        ("fr-FR,fr;q=0.9,de;q=0.4,en;q=0.3", GERMAN),
        ("es;q=0.2,de;q=0.7,en;q=0.5", GERMAN),
        ("ca;q=0.1,en", ENGLISH),
        ("  en  ,  es  ", ENGLISH),
    ],
)
def test_a_browser_gets_the_language_that_it_likes_best(header: str, expected: Language) -> None:
    assert preferred_language(header) is expected


@given(st.lists(st.tuples(tags, thousandths), max_size=8))
def test_the_language_with_the_highest_weight_wins_and_the_first_of_equals(
    choices: list[tuple[str, int]],
) -> None:
    header = ",".join(f"{tag};q={weight / 1000:.3f}" for tag, weight in choices)
    ours = [(language, weight) for tag, weight in choices if weight and (language := offered(tag))]
    heaviest = max((weight for _, weight in ours), default=0)
    expected = next((language for language, weight in ours if weight == heaviest), CATALAN)
    assert preferred_language(header) is expected


@given(st.permutations(list(Language)))
def test_without_weights_the_first_wins(order: list[Language]) -> None:
    assert preferred_language(", ".join(order)) is order[0]


@given(st.sampled_from(Language))
def test_a_refused_language_is_not_chosen_over_another(language: Language) -> None:
    other = next(each for each in Language if each is not language)
    assert preferred_language(f"{language};q=0,{other};q=0.001") is other


@pytest.mark.parametrize(
    "header", ["es;q=0.5, en; q=0.9", "es;q=0.5, en ;q=0.9", "es;q=0.5,en ; q=0.9"]
)
def test_spaces_around_the_semicolon_change_nothing(header: str) -> None:
    # RFC 9110, 12.4.2: weight = OWS ";" OWS "q=" qvalue
    assert preferred_language(header) is ENGLISH


def test_the_weight_may_be_written_with_a_capital() -> None:
    assert preferred_language("es;q=0.5,en;Q=0.9") is ENGLISH


@pytest.mark.parametrize(
    "weight", ["abc", "nan", "-1", "0,9", "0.5.5", "", "inf", "infinity", "5", "1e3", "1_0"]
)
def test_a_malformed_weight_counts_as_zero(weight: str) -> None:
    assert preferred_language(f"en;q={weight},es;q=0.001") is SPANISH


@given(st.text())
def test_a_language_of_ours_is_chosen_whatever_a_browser_sends(header: str) -> None:
    assert preferred_language(header) in Language
