"""Every text that people read keeps to the terms of its language, in sentences of thirty words.

It covers the catalogues, the English of the sources, the notices in force, the canned replies, the
guides and the known errors, as they are when the test runs.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from suport.domain.category import Category
from suport.domain.guide import Guide
from suport.domain.known_errors.catalogue import known_errors
from suport.domain.language import Language
from suport.texts import canned_replies, published_guides, published_notices
from suport.texts.published_notices import Subject
from tests.support.catalogues import catalogue
from tests.support.reading import LONGEST, TARGET, TORN, WORD, sentences

NAMES = re.compile(r"(?:Auto|\S+@|https?://)\S*|\{\w+\}|%\(\w+\)s", re.IGNORECASE)
"""Names of programs, addresses and placeholders, whose words are nobody's choice."""
A_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
"""A moment as it is typed into a field."""

INSTEAD: Mapping[Language, Mapping[str, str]] = {
    Language.CATALAN: {
        r"programa(?:ri)? maliciós|\banalitz\w+": "virus, comprovar",
        r"\bbloca(?:t|da|r|ts|dor\w*)\b": "bloquejat",
        r"registre d'actuacions": "historial",
        r"\b(?:companys?|ciutadans?|vós mateix)\b": "a form for everybody",
        r"\bfeu(?:-\w+)?\b": "feis",
        r"\b(?:la|les) pass(?:a|es) de\b": "el pas de",
        r"signatur\w*|\b(?:re)?sign(?:ar|au|eu|at|ada|ats|ades|ant)\b": "firma, firmar",
        r"\bfins el\b": "fins al",
        r"\b(?:al|el|del) (?:1|11)\b(?! ?%)": "l'1, l'11",
        r"dret (?:d'|a )indemnització": "dret a una indemnització",
        r"analitza\w* contra": "comprovar si té virus",
        r"l'equip d'aquest tipus": "l'equip que s'ocupa d'aquest tipus de problema",
        r"l'operador que us|\bun operador (?:veu|us)|\bel ciutadà\b": "la persona que us atén",
        r"\b(?:e-?mail|mail|tiquet)\b": "correu electrònic, incidència",
        r"\b(?:el|del) delegat de protecció": "Delegació de Protecció de Dades",
        r"[àèòéíóúa-z]’[a-zàèéíòóú]": "the straight apostrophe of the other texts",
    },
    Language.SPANISH: {
        r"\bficheros?\b": "archivo",
        r"programas? malicios|\banaliz\w+": "virus, comprobar",
        r"registro de actuaciones": "historial",
        r"\b(?:compañeros?|ciudadanos?|usted mismo)\b": "a form for everybody",
        r"lo actuado": "lo que se ha hecho",
        r"Seu Electr[òo]nica": "Sede Electrónica",
        r"Direcció General": "Dirección General",
        r"\b(?:e-?mail|mail|ticket)\b": "correo electrónico, incidencia",
        r"en busca de programas": "comprobar si tiene virus",
        r"\bel ciudadano (?:ha|que|le)\b": "la persona",
    },
    Language.ENGLISH: {
        r"\bdata-protection officer|\bwhom\b|\bneed not\b": "data protection officer, who",
        r"\be-mails?\b": "email",
        r"\banew\b": "again",
        r"\bfunctional doubts?\b": "questions about a procedure",
        r"\bgo(?:es)? on (?:with|to)\b": "continue",
        r"\bmalware software\b|\binformations\b|\badvices\b": "malware, information, advice",
    },
    Language.GERMAN: {
        r"Schadsoftware": "Virus",
        r"\bProtokoll\b|\bVermerke\b": "Verlauf, Notiz",
        r"\bReferenz\b": "Referenznummer",
        r"Zahlungsbeleg|\bBelege?\b": "Zahlungsnachweis",
        r"\b\w+es Meldung": "the feminine that Meldung needs",
        r"\bAnliegen": "Meldung, Problem",
        r"\bVorfall|\bVorfälle": "Meldung",
        r"auf (?:Ihrem|dem|meinem) Computer (?:zu )?hand": "bedient Ihren Computer",
        r"Wahrnehmung einer Aufgabe": "in Wahrnehmung einer öffentlichen Aufgabe",
        r"\bgelöste[rns]? Meldung|Meldung(?: ist| wurde)? gelöst": "erledigt",
        r"(?<!-)\bMail\b(?!-)": "E-Mail",
        r"\bum \d{1,2}(?::\d\d)?(?!\S* ?Uhr|\d|:| ?\N{NO-BREAK SPACE}?Uhr)": "… Uhr",
    },
}
"""What is not said, and what is said instead."""


def texts() -> Iterator[tuple[str, Language, str]]:
    """Where each text is, its language, and the text."""
    for language in Language:
        if language is Language.ENGLISH:
            said = [str(each.id) for each in catalogue(Language.CATALAN) if each.id]
        else:
            said = [str(each.string) for each in catalogue(language) if each.id]
        yield from ((f"catalogue: {text}", language, text) for text in said)
        for subject in Subject:
            text = published_notices.current(subject, language).text
            yield f"notice: {subject}", language, text
        for team in Category:
            for reply in canned_replies.replies(team, language):
                yield f"reply: {reply.name}", language, reply.text
        for guide in Guide:
            told = published_guides.text_of(guide, language)
            yield f"guide: {guide}", language, f"{told.title}\n{told.body}"
        for error in known_errors().values():
            for part in (error.meaning[language], error.first_step[language]):
                yield f"known error: {error.id}", language, part


TEXTS = list(texts())


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_of_any_text_is_too_long(language: Language) -> None:
    assert [
        (where, each)
        for where, spoken, text in TEXTS
        if spoken is language
        for each in sentences(text)
        if len(WORD.findall(each)) > LONGEST
    ] == []


@pytest.mark.parametrize(
    ("language", "forbidden"),
    [
        pytest.param(*each, id=f"{each[0]}: {each[1]}")
        for each in (
            (language, forbidden) for language in Language for forbidden in INSTEAD[language]
        )
    ],
)
def test_a_text_says_it_in_the_terms_of_its_language(language: Language, forbidden: str) -> None:
    found = [
        (where, INSTEAD[language][forbidden])
        for where, spoken, text in TEXTS
        if spoken is language and re.search(forbidden, NAMES.sub("", text), re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("language", list(Language))
def test_no_text_parts_a_number_from_what_it_counts_or_numbers(language: Language) -> None:
    torn = re.compile(rf"{TORN.pattern}|(?:%\(\w+\)s|\}}|\]) (?:MB|kB|KB|h|Uhr)\b")
    assert [
        (where, found[0])
        for where, spoken, text in TEXTS
        if spoken is language and (found := torn.search(A_MOMENT.sub("", TARGET.sub("]", text))))
    ] == []


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        *product(
            [Language.CATALAN], ["Firmau o signau-ho.", "fins el dilluns", "fins al 11 de maig"]
        ),
        *product([Language.SPANISH], ["Consulte lo actuado.", "la Seu Electrònica"]),
        *product([Language.ENGLISH], ["Send an e-mail.", "Functional doubts"]),
        *product(
            [Language.GERMAN], ["Ihr Anliegen", "handelt: auf Ihrem Computer handeln", "um 8 an"]
        ),
    ],
)
def test_a_wrong_term_is_found(language: Language, wrong: str) -> None:
    assert any(re.search(each, wrong, re.IGNORECASE) for each in INSTEAD[language])
