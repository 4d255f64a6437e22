"""The guides: short, whole and alike in every language."""

import re
from urllib.parse import urlsplit

import pytest

from suport.domain.guide import Guide
from suport.domain.language import Language
from suport.texts import published_guides
from suport.texts.markup import Block
from suport.texts.published_guides import text_of
from suport.web import site_map

MOST_WORDS = 220  # a guide has some 200; German and English need more words than Catalan
LONGEST_SENTENCE = 30  # words
PUBLIC_BODIES = {
    *("clave.gob.es", "firmaelectronica.gob.es", "valide.redsara.es", "www.caib.es"),
    *("www.dnielectronico.es", "www.sede.fnmt.gob.es"),
}
PAGES = {*site_map.PAGES, *(f"guides/{guide}" for guide in Guide)}
NUMBER = re.compile(
    r"\d (?:minut|min\b|caràct|caract|charact|Zeich|anys|años|years|Jahr|ppp|dpi|MB|KB)"
)


def blocks(guide: Guide, language: Language) -> list[Block]:
    return list(text_of(guide, language).blocks())


def lines(guide: Guide, language: Language) -> list[str]:
    """The title, and each line of the guide without the addresses of its links."""
    said = [
        "".join(words for words, _ in line) for _, each in blocks(guide, language) for line in each
    ]
    return [text_of(guide, language).title, *said]


def targets(guide: Guide, language: Language) -> list[str]:
    pieces = (piece for _, each in blocks(guide, language) for line in each for piece in line)
    return [target for _, target in pieces if target]


def test_every_guide_has_a_file_in_every_language_and_no_other_file_is_there() -> None:
    folder = published_guides._GUIDES
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {f"{guide}/{language}.txt" for guide in Guide for language in Language}


@pytest.mark.parametrize("guide", Guide)
def test_a_guide_says_what_it_is_for_and_then_gives_steps_and_does_so_in_every_language(
    guide: Guide,
) -> None:
    shapes = {
        language: [(kind, len(each)) for kind, each in blocks(guide, language)]
        for language in Language
    }
    assert shapes == dict.fromkeys(Language, shapes[Language.CATALAN])
    assert shapes[Language.CATALAN][0] == ("paragraph", 1)
    assert "steps" in {kind for kind, _ in shapes[Language.CATALAN]}
    leads = {language: sorted(targets(guide, language)) for language in Language}
    assert leads == dict.fromkeys(Language, leads[Language.CATALAN])


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("guide", Guide)
def test_a_guide_is_short_and_so_are_its_sentences(guide: Guide, language: Language) -> None:
    said = lines(guide, language)
    assert sum(len(line.split()) for line in said) <= MOST_WORDS
    assert len(said[0]) <= 60
    for line in said:
        for sentence in re.split(r"(?<=[.:;?!]) ", line):
            assert len(sentence.split()) <= LONGEST_SENTENCE, sentence
        assert not NUMBER.search(line), f"a number and its unit stay on one line: {line}"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("guide", Guide)
def test_the_marks_of_a_guide_are_whole(guide: Guide, language: Language) -> None:
    text = text_of(guide, language)
    assert text.title == text.title.strip(" #-.") != ""
    assert "](" not in text.purpose
    for paragraph in text.body.strip().split("\n\n"):
        each = paragraph.splitlines()
        assert each == [line.strip() for line in each]
        if re.match(r"\d+\. ", each[0]):
            assert [line.partition(". ")[0] for line in each] == [
                str(number) for number in range(1, len(each) + 1)
            ]
        else:
            assert len(each) == 1 or all(line.startswith("- ") for line in each), paragraph
    for line in lines(guide, language):
        assert not re.search(r"[][#]|\(guides|https?:", line), line


@pytest.mark.parametrize("guide", Guide)
def test_a_link_of_a_guide_leads_to_a_page_of_the_service_or_to_a_public_body(guide: Guide) -> None:
    for target in targets(guide, Language.CATALAN):
        parts = urlsplit(target)
        assert target in PAGES or (parts.scheme, parts.netloc in PUBLIC_BODIES) == ("https", True)
        assert target != f"guides/{guide}"


@pytest.mark.parametrize("language", Language)
def test_no_two_guides_have_the_same_title(language: Language) -> None:
    assert len({text_of(guide, language).title for guide in Guide}) == len(Guide)
