"""No text is missing, stale or broken in any language, and no published notice changes."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from babel.messages.extract import extract_from_dir

from suport.domain import phone_line
from suport.domain.language import Language
from suport.domain.remote_session import KEPT_FOR
from suport.texts import markup, published_notices
from suport.texts.published_notices import Subject
from suport.web import remote_cookie, session, site_map
from suport.web.pages.join import JoinPage
from tests.support.catalogues import catalogue
from tests.support.notices import DIRECTORATE_GENERAL

ROOT = Path(__file__).parents[3]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]
PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s|\[count\]")
LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
PUBLIC_BODIES = {"www.boe.es", "www.caib.es", "www.aepd.es", "sedeaepd.gob.es"}


def said() -> set[str]:
    """Every text of the package and the functions, in the source's English."""
    keywords = {"N_": None, "_": None, "gettext": None}
    return {
        str(message)
        for folder in ("layers/suport/python/suport", "functions")
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, METHODS, keywords=keywords)
    }


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_a_translation_and_no_translation_is_left_over(language: Language) -> None:
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


def paragraphs(subject: Subject, language: Language) -> list[str]:
    return published_notices.current(subject, language).text.strip().split("\n\n")


def shape(paragraph: str) -> tuple[str, int, list[str]]:
    """A block's kind, the number of its lines, and the targets of its links."""
    kinds = {"## ": "heading", "- ": "list"}
    kind = next((name for mark, name in kinds.items() if paragraph.startswith(mark)), "text")
    return kind, len(paragraph.splitlines()), sorted(LINK.findall(paragraph))


@pytest.mark.parametrize("subject", list(Subject))
def test_a_notice_has_the_same_headings_and_paragraphs_in_every_language(subject: Subject) -> None:
    shapes = {
        language: [shape(paragraph) for paragraph in paragraphs(subject, language)]
        for language in Language
    }
    assert shapes == dict.fromkeys(Language, shapes[Language.CATALAN])


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("subject", list(Subject))
def test_the_marks_of_a_notice_are_whole(subject: Subject, language: Language) -> None:
    for paragraph in paragraphs(subject, language):
        lines = paragraph.splitlines()
        assert len(lines) == 1 or all(line.startswith("- ") for line in lines), paragraph
        assert lines == [line.strip() for line in lines if line.strip()], paragraph
        assert not paragraph.startswith("## ") or not LINK.findall(paragraph), paragraph
        assert not re.search(r"[][]", LINK.sub("", paragraph)), paragraph


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("subject", list(Subject))
def test_a_link_of_a_notice_leads_to_a_page_of_the_service_or_to_a_public_body(
    subject: Subject, language: Language
) -> None:
    for target in LINK.findall(published_notices.current(subject, language).text):
        address = urlsplit(target)
        if address.scheme:
            assert (address.scheme, address.netloc in PUBLIC_BODIES) == ("https", True), target
        else:
            assert address.path in {*site_map.PAGES, *site_map.LEGAL_PAGES, JoinPage.name}, target
            assert address.query in {"", "topic=accessibility"}, target


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("subject", list(Subject))
def test_a_notice_appears_with_all_its_words_and_links(
    subject: Subject, language: Language
) -> None:
    for paragraph in paragraphs(subject, language):
        pieces = markup.linked(paragraph)
        assert [target for _, target in pieces if target] == LINK.findall(paragraph)
        assert "".join(words for words, _ in pieces) == re.sub(
            r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph
        )


def test_a_text_without_links_is_one_piece() -> None:
    assert markup.linked("Only [this] (and that).") == [("Only [this] (and that).", None)]
    assert markup.linked("[all](help)") == [("all", "help")]


def spaced(subject: Subject, language: Language) -> str:
    """The current text, with spaces that break lines in place of those that do not."""
    return published_notices.current(subject, language).text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("subject", [each for each in Subject if each is not Subject.COOKIES])
def test_a_notice_names_the_directorate_general(subject: Subject, language: Language) -> None:
    assert DIRECTORATE_GENERAL[language] in published_notices.current(subject, language).text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("subject", list(Subject))
def test_a_notice_that_names_the_phone_line_gives_all_numbers_and_hours(
    subject: Subject, language: Language
) -> None:
    text = spaced(subject, language)
    numbers = set(re.findall(r"\b012\b|(?:\b00 34 )?\b971(?: \d\d){3}\b", text))
    assert numbers == (
        set(phone_line.NUMBERS.values())
        if subject in {Subject.ACCESSIBILITY, Subject.RESPONSIBLE, Subject.REMOTE_SUPPORT}
        else set()
    )
    days = {
        Language.CATALAN: ("de dilluns a divendres, de {} a {} h", "dissabtes, de {} a {} h"),
        Language.SPANISH: ("de lunes a viernes, de {} a {} h", "sábados, de {} a {} h"),
        Language.ENGLISH: ("Monday to Friday, {} to {}", "Saturday, {} to {}"),
        Language.GERMAN: ("Montag bis Freitag von {} bis {} Uhr", "Samstag von {} bis {} Uhr"),
    }
    twelve = "%-I%p" if language is Language.ENGLISH else "%-H"
    hours = [
        said.format(*(each.strftime(twelve).lower() for each in (open_.opens, open_.closes)))
        for said, open_ in zip(days[language], phone_line.HOURS, strict=True)
    ]
    assert [hour for hour in hours if numbers and hour not in text] == []


@pytest.mark.parametrize("language", list(Language))
def test_the_accessibility_statement_states_what_the_royal_decree_asks_for(
    language: Language,
) -> None:
    text = spaced(Subject.ACCESSIBILITY, language)
    prepared = {
        Language.CATALAN: "23 de novembre de 2026",
        Language.SPANISH: "23 de noviembre de 2026",
        Language.ENGLISH: "23 November 2026",
        Language.GERMAN: "23. November 2026",
    }
    answered_within = {
        Language.CATALAN: "20 dies hàbils",
        Language.SPANISH: "20 días hábiles",
        Language.ENGLISH: "20 working days",
        Language.GERMAN: "20 Arbeitstagen",
    }
    conforms = {
        Language.CATALAN: "parcialment conforme",
        Language.SPANISH: "parcialmente conforme",
        Language.ENGLISH: "partially compliant",
        Language.GERMAN: "teilweise mit",
    }
    articles = ("10.2.a", "10.2.b", "12.5", "13", "3.4")
    stated = (
        "1112/2018",
        "WCAG) 2.2",
        "(incident?topic=accessibility)",
        *(told[language] for told in (prepared, answered_within, conforms)),
    )
    assert [fact for fact in stated if fact not in text] == []
    assert [article for article in articles if not re.search(rf"\b{article}\b", text)] == []


@pytest.mark.parametrize("language", list(Language))
def test_the_cookies_page_names_every_cookie_and_how_long_it_lasts(language: Language) -> None:
    text = spaced(Subject.COOKIES, language)
    minutes, hours = session.LASTS // timedelta(minutes=1), KEPT_FOR // timedelta(hours=1)
    units = {
        Language.CATALAN: ("minuts", "hores"),
        Language.SPANISH: ("minutos", "horas"),
        Language.ENGLISH: ("minutes", "hours"),
        Language.GERMAN: ("Minuten", "Stunden"),
    }
    in_minutes, in_hours = units[language]
    lasts = (f"{minutes} {in_minutes}", f"{hours} {in_hours}")
    stated = (session.COOKIE, remote_cookie.COOKIE, *lasts, "22.2", "34/2002")
    assert [fact for fact in stated if fact not in text] == []


@pytest.mark.parametrize("language", list(Language))
def test_nobody_is_left_to_believe_that_an_incident_is_an_application(language: Language) -> None:
    text = spaced(Subject.RESPONSIBLE, language)
    warning = {
        Language.CATALAN: ("no és presentar una sol·licitud", "No atura ni amplia cap termini"),
        Language.SPANISH: ("no es presentar una solicitud", "No detiene ni amplía ningún plazo"),
        Language.ENGLISH: ("is not an application", "It stops no deadline"),
        Language.GERMAN: ("heißt nicht, einen Antrag zu stellen", "hält keine Frist an"),
    }
    assert [said for said in warning[language] if said not in text] == []
    assert "https://www.caib.es/seucaib" in LINK.findall(text)


@pytest.mark.parametrize("language", list(Language))
def test_the_privacy_notice_states_what_the_law_asks_for(language: Language) -> None:
    text = spaced(Subject.PRIVACY, language)
    article = {
        Language.CATALAN: "article 6.1.e",
        Language.SPANISH: "artículo 6.1.e",
        Language.ENGLISH: "Article 6(1)(e)",
        Language.GERMAN: "Artikel 6 Absatz 1 Buchstabe e",
    }
    laws = ("39/2015", "40/2015", "203/2021", "3/2003", "3/2018")
    stated = (*laws, "aepd.es", "privacy#contacts", article[language])
    assert [fact for fact in stated if fact not in text] == []


@pytest.mark.parametrize("language", list(Language))
def test_the_privacy_notice_tells_of_files_mails_and_ratings(language: Language) -> None:
    text = spaced(Subject.PRIVACY, language)
    officer = {
        Language.CATALAN: "Delegació de Protecció de Dades",
        Language.SPANISH: "Delegación de Protección de Datos",
        Language.ENGLISH: "data protection officer",
        Language.GERMAN: "Datenschutzstelle",
    }
    rating = {
        Language.CATALAN: "de l'1 al 5",
        Language.SPANISH: "del 1 al 5",
        Language.ENGLISH: "from 1 to 5",
        Language.GERMAN: "von 1 bis 5",
    }
    longest_kept = 185  # days: the longest six calendar months, to the midnight after
    stated = ("Amazon S3", "Amazon SES", f"{longest_kept} ", officer[language], rating[language])
    assert [fact for fact in stated if fact not in text] == []
    assert {"cookies", "remote-support"} <= set(LINK.findall(text))


@pytest.mark.parametrize("language", list(Language))
def test_consent_to_remote_support_is_withdrawn_where_it_is_given(language: Language) -> None:
    text = published_notices.current(Subject.REMOTE_SUPPORT, language).text
    assert LINK.findall(text) == ["contact", "join", "remote-support", "privacy"]
