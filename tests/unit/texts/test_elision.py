"""An article fits the value that follows it, in pages and in mails."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from suport.domain.language import Language
from suport.texts.elision import elided
from suport.texts.local_dates import date_text, moment_text, time_text, weekday_text
from suport.texts.message import N_, Message
from suport.web.rendering import environment
from tests.support.catalogues import catalogue

MAY = [date(2026, 5, day) for day in range(1, 32)]
ARTICLE = re.compile(r"\b(el|al|del|les|las) (%\(\w+\)s|\{\w+\})", re.IGNORECASE)
ENDS_OPEN = re.compile(
    r"(?<![-'\w])(?:els?|als?|dels?|la|les|l'|el|los|las|al?|de|d'|en|per|pel|amb|fins|des|con|por"
    r"|para|hasta|desde|der|die|das|dem|den|des|am|bis|vom|von|zum|zur|im|seit|um)\s*:?\s*$",
    re.IGNORECASE,
)
"""An article or a preposition at the end of a text, before a colon or not."""
WRONG = {
    Language.CATALAN: re.compile(r"\b([ea]l|del) 11?\N{NO-BREAK SPACE}|les 1:", re.IGNORECASE),
    Language.SPANISH: re.compile(r"las 1:", re.IGNORECASE),
}


def on_page(text: str, language: Language, **values: str) -> str:
    template = environment(language).from_string("{{ _(text, **values) }}")
    return template.render(text=text, values=values)


def said(text: str, language: Language, value: str) -> str:
    """A text of the catalogue as a mail or a page says it, with the same value everywhere."""
    if names := re.findall(r"%\((\w+)\)s", text):
        return on_page(text, language, **dict.fromkeys(names, value))
    return Message(text, dict.fromkeys(re.findall(r"\{(\w+)\}", text), value)).in_(language)


@pytest.mark.parametrize("language", list(WRONG))
def test_no_text_has_an_article_that_its_value_does_not_take(language: Language) -> None:
    with_article = [
        str(message.id)
        for message in catalogue(language)
        if message.id and ARTICLE.search(str(message.string))
    ]
    assert len(with_article) > 1
    values = [date_text(day, language) for day in MAY]
    values += [time_text(datetime(2026, 1, 15, hour, tzinfo=UTC), language) for hour in range(24)]
    for text in with_article:
        for value in values:
            assert not WRONG[language].search(said(text, language, value)), text


@pytest.mark.parametrize("language", [Language.CATALAN, Language.SPANISH, Language.GERMAN])
def test_no_text_ends_in_a_word_that_would_join_a_value_outside_of_it(language: Language) -> None:
    """The service can put the article before a placeholder only, not before another element."""
    assert [
        (str(message.id), str(message.string))
        for message in catalogue(language)
        if message.id and ENDS_OPEN.search(str(message.string))
    ] == []


@pytest.mark.parametrize("label", ["Es conserva fins al", "Afecta a:", "Antwort bis zum"])
def test_such_an_end_is_found(label: str) -> None:
    assert ENDS_OPEN.search(label)


@pytest.mark.parametrize("day", MAY)
def test_catalan_elides_the_article_before_the_first_and_the_eleventh(day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    elides = day.day in {1, 11}
    for value in (date_text(day, Language.CATALAN), moment_text(noon, Language.CATALAN)):
        for article, before_vowel in (("el ", "l'"), ("al ", "a l'"), ("del ", "de l'")):
            text = elided(article + "{day}", {"day": value}, Language.CATALAN)
            assert text.format(day=value) == (before_vowel if elides else article) + value


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(
    ("language", "one", "several"),
    [(Language.CATALAN, "la ", "les "), (Language.SPANISH, "la ", "las ")],
)
def test_one_o_clock_is_singular(language: Language, one: str, several: str, hour: int) -> None:
    time = time_text(datetime(2026, 1, 15, hour, 30, tzinfo=UTC) - timedelta(hours=1), language)
    article = one if hour == 1 else several
    assert time.startswith(f"{hour}:30")
    assert elided(several + "{time}", {"time": time}, language).format(time=time) == article + time


def test_a_weekday_needs_no_elision() -> None:
    eleventh = datetime(2026, 5, 11, 12, tzinfo=UTC)
    day = weekday_text(eleventh, Language.CATALAN)
    assert elided("obre el %(day)s", {"day": day}, Language.CATALAN) == "obre el %(day)s"


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("fa més de {n} dies", "11", "fa més d'{n} dies"),
        ("fa més de {n} dies", 11, "fa més d'{n} dies"),
        ("fa més de {n} dies", "14", "fa més de {n} dies"),
        ("fa més de {n} dies", "111", "fa més de {n} dies"),
        ("pel {n}", "1 de març", "per l'{n}"),
        ("de {n} MB", "1,5", "d'{n} MB"),
        ("de {n} casos", "1.000", "de {n} casos"),
        ("de {n} casos", "11.000", "d'{n} casos"),
        ("El {n} s'acaba", "11", "L'{n} s'acaba"),
        ("A les {n}", "01:00", "A la {n}"),
        ("A les {n}", "11:00", "A les {n}"),
        ("les {n} incidències", "1", "les {n} incidències"),
        ("model {n}", "11", "model {n}"),
    ],
)
def test_only_what_the_value_asks_for_changes(text: str, value: object, expected: str) -> None:
    assert elided(text, {"n": value}, Language.CATALAN) == expected


def test_what_a_person_typed_is_never_changed() -> None:
    typed = N_("{given}", given="de 11 a 1, el 1 de març, a les 1:00")
    assert typed.in_(Language.CATALAN) == "de 11 a 1, el 1 de març, a les 1:00"
    assert on_page("%(question)s (optional)", Language.CATALAN, question="el 11 <b>").startswith(
        "el 11 &lt;b&gt;"
    )


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN])
def test_other_languages_have_no_such_article(language: Language) -> None:
    for text in ("de el les las {n}", "las {n} al {n}"):
        assert elided(text, {"n": "1:00"}, language) == text
