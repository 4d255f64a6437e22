"""The notices and the canned replies are easy to read: short sentences, and nothing torn apart."""

import re
from itertools import product
from pathlib import Path

import pytest

from suport.domain.category import Category
from suport.domain.language import Language
from suport.texts import canned_replies, published_notices
from suport.texts.message import LOCALES
from suport.texts.published_notices import Subject
from tests.support.reading import LONGEST, TARGET, TORN, WORD, sentences

READ = [
    pytest.param(published_notices.current(subject, language).text, id=f"{subject}.{language}")
    for subject, language in product(Subject, Language)
] + [
    pytest.param(reply.text, id=f"{team}/{reply.name}.{language}")
    for team, language in product(Category, Language)
    for reply in canned_replies.replies(team, language)
]


@pytest.mark.parametrize("text", READ)
def test_no_sentence_is_too_long(text: str) -> None:
    assert [each for each in sentences(text) if len(WORD.findall(each)) > LONGEST] == []


@pytest.mark.parametrize("text", READ)
def test_a_number_stays_on_the_line_of_what_it_counts_or_numbers(text: str) -> None:
    assert TORN.findall(TARGET.sub("]", text)) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("- One. Two\n- Is it?", ["One.", "Two", "Is it?"]),
        ("## Am 23.\N{NO-BREAK SPACE}November\n\nSiehe [hier](https://a.example/b.c).", None),
        ("See Art. 6 of it. End.", ["See Art. 6 of it.", "End."]),
        ("Say “yes.” Then go.", ["Say “yes.", "Then go."]),
    ],
)
def test_sentences_are_told_apart(text: str, read: list[str] | None) -> None:
    assert list(sentences(text)) == (read or ["Am 23.\N{NO-BREAK SPACE}November", "Siehe [hier]."])


@pytest.mark.parametrize(
    "torn",
    [
        *("6 months", "30 dies", "7 weitere Tage", "20 working days", "8 a 20 h", "10 MB"),
        *("Article 6(1)(e)", "artículos 12 y 13", "Ley 39/2015", "Llei orgànica 3/2018"),
        *("971 22", "22 57"),
    ],
)
def test_a_torn_number_is_found(torn: str) -> None:
    assert TORN.search(torn)
    assert not TORN.search(torn.replace(" ", "\N{NO-BREAK SPACE}"))


MILD = re.compile(
    r"no (?:l'heu|ho heu|cal) (?:de |que )?d(?:ir|igueu)[^.]* a ningú"
    r"|no (?:tiene|hace falta|necesita) (?:que )?dec[^.]* nadie"
    r"|need (?:not |to )?tell (?:nobody|anybody|anyone)"
    r"|(?:müssen|brauchen) Sie niemandem",
    re.IGNORECASE,
)
"""Who reads this of a PIN, a password or an access code may tell it, only need not."""


@pytest.mark.parametrize(
    "text",
    [
        *("El codi d'accés, no l'heu de dir a ningú.", "No tiene que decírselo a nadie."),
        *("You need to tell nobody the access code.", "Den Code müssen Sie niemandem nennen."),
    ],
)
def test_a_mild_text_is_found(text: str) -> None:
    assert MILD.search(text)


@pytest.mark.parametrize("text", READ)
def test_a_secret_is_for_nobody_and_not_only_if_one_likes(text: str) -> None:
    assert MILD.search(text) is None


@pytest.mark.parametrize(
    "catalogue", sorted(LOCALES.rglob("*.po")), ids=lambda path: path.parts[-3]
)
def test_no_page_or_mail_is_mild_about_a_secret(catalogue: Path) -> None:
    """Each catalogue has the English texts, too."""
    assert MILD.findall(catalogue.read_text("utf-8")) == []
