"""The page that lists the procedures."""

from urllib.parse import parse_qs, urlsplit

from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.web.pages.procedures import ProceduresPage
from tests.support.html import Page


def test_procedures_are_shown_twenty_at_a_time(reader: Language) -> None:
    found = catalogue().procedures * 5
    shown: list[str] = []
    start = 0
    while start is not None:
        part = ProceduresPage(query="a&b", found=found, telematic=True, start=start, sample=False)
        page = Page(part.render(reader))
        own = [href for href in page.attributes("href") if href.startswith("help?procedure.code=")]
        shown += own
        assert len(own) <= 20
        further = [each for each in page.attributes("href") if each.startswith("procedures?")]
        if not further:
            break
        asked = parse_qs(urlsplit(further[0]).query)
        assert (asked["q"], asked["telematic"]) == (["a&b"], ["1"])
        assert int(asked["start"][0]) > start
        start = int(asked["start"][0])
    assert len(shown) == len(found)


def test_the_page_names_the_similar_words_that_it_has_found_instead(reader: Language) -> None:
    shown = ProceduresPage(
        query="<llogers>",
        found=catalogue().procedures,
        instead={"<llogers>": ("lloguer", "lloguers")},
        telematic=False,
        start=0,
        sample=False,
    )
    text = Page(shown.render(reader)).text
    assert "<llogers>" in text
    assert "lloguer, lloguers" in text


def test_telematic_procedures_are_marked_for_every_reader(reader: Language) -> None:
    found = catalogue().procedures
    shown = ProceduresPage(query="", found=found, telematic=False, start=0, sample=False)
    page = Page(shown.render(reader))
    legend, *marks = page.of("img")
    assert legend["src"] == marks[0]["src"]
    assert not legend["alt"]  # beside it stands what it means
    assert len(marks) == sum(each.telematic for each in found[:20])
    assert all(each["alt"] for each in marks)
