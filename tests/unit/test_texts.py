"""No text is missing, stale or broken in any language, and no published notice is changed."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from suport import notice
from suport.incident import Language
from suport.notice import Subject
from suport.texts import LOCALES

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]
PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s")


def said() -> set[str]:
    """Every text that the package and the functions say, in the source's English."""
    keywords = {"N_": None, "_": None, "gettext": None}
    return {
        str(message)
        for folder in ("layers/suport/python/suport", "functions")
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, METHODS, keywords=keywords)
    }


def catalogue(language: Language) -> Catalog:
    content = (LOCALES / language / "LC_MESSAGES/suport.po").read_bytes()
    return read_po(BytesIO(content), locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_left_over(language: Language) -> None:
    translated = {
        str(message.id)
        for message in catalogue(language)
        if message.id and message.string and not message.fuzzy
    }
    assert translated == said()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language: Language) -> None:
    for message in catalogue(language):
        placeholders = sorted(PLACEHOLDER.findall(str(message.id)))
        assert sorted(PLACEHOLDER.findall(str(message.string))) == placeholders, message.id


@pytest.mark.parametrize("subject", list(Subject))
def test_a_notice_says_the_same_headings_and_paragraphs_in_every_language(subject: Subject) -> None:
    shapes = {
        language: [
            paragraph.startswith("## ")
            for paragraph in notice.current(subject, language).text.strip().split("\n\n")
        ]
        for language in Language
    }
    assert all(shape == shapes[Language.CATALAN] for shape in shapes.values())


@pytest.mark.parametrize("language", list(Language))
def test_the_privacy_notice_states_what_the_law_asks_for(language: Language) -> None:
    text = notice.current(Subject.PRIVACY, language).text
    article = {
        Language.CATALAN: "article 6.1.e",
        Language.SPANISH: "artículo 6.1.e",
        Language.ENGLISH: "Article 6(1)(e)",
        Language.GERMAN: "Artikel 6 Absatz 1 Buchstabe e",
    }
    stated = ("Direcció General d'Estratègia Digital", "3/2018", "aepd.es", article[language])
    assert [fact for fact in stated if fact not in text] == []
