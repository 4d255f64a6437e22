"""Every page, read as a browser reads it: what all of them have in common."""

import gzip
import re
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.category import Category
from suport.domain.language import Language
from suport.web import assets
from suport.web.pages.help import help_page
from suport.web.rendering import environment
from tests.support.form_checks import unnamed, untied
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, INVALID, LINE, NOWHERE, PAGES, PROCEDURE

NOT_TYPED = {"hidden", "radio", "checkbox", "file"}


def test_every_page_says_its_language_and_what_it_is(page: Page, reader: Language) -> None:
    assert page.of("html")[0]["lang"] == reader
    (title,) = page.said_in("title")
    service = environment(reader).from_string('{{ _("Help with online procedures") }}')
    assert re.fullmatch(rf".*\S – {re.escape(service.render())}", title)
    (heading,) = page.said_in("h1")
    assert heading
    assert page.said_in("main")


def test_headings_skip_no_level(pages: list[Page]) -> None:
    for page in pages:
        levels = [
            int(tag[1])
            for tag, attributes in page.elements
            if re.fullmatch(r"h[1-6]", tag)
            and not re.search(r"error-summary|notification-banner", attributes.get("class", ""))
        ]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_whatever_an_element_points_to_is_there(pages: list[Page]) -> None:
    for page in pages:
        ids = page.attributes("id")
        assert sorted(set(ids)) == sorted(ids)
        pointed = [
            each
            for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
            for value in page.attributes(attribute)
            for each in value.split()
        ]
        pointed += [href[1:] for href in page.attributes("href") if href.startswith("#")]
        pointed += [*page.attributes("data-copy"), *page.attributes("data-says")]
        assert set(pointed) - set(ids) == set()


def test_every_field_has_a_label(pages: list[Page]) -> None:
    for page in pages:
        labelled = set(page.attributes("for"))
        fields = [*page.of("input"), *page.of("textarea"), *page.of("select")]
        visible = [each for each in fields if each.get("type") != "hidden"]
        assert [each for each in visible if each["id"] not in labelled] == []


def test_every_field_takes_the_direction_of_what_is_typed(pages: list[Page]) -> None:
    for page in pages:
        typed = [each for each in page.of("input") if each.get("type") not in NOT_TYPED]
        assert [each for each in [*typed, *page.of("textarea")] if each.get("dir") != "auto"] == []


def test_nothing_in_a_page_is_refused_by_its_own_policy(pages: list[Page]) -> None:
    for page in pages:
        assert page.of("style") + page.of("base") + page.of("iframe") + page.of("object") == []
        assert page.attributes("style") == []
        assert [each for each in page.of("script") if "src" not in each] == []
        assert [text for text in page.said_in("script") if text] == []
        handlers = [
            each for _, attributes in page.elements for each in attributes if each[:2] == "on"
        ]
        assert handlers == []


def test_links_work_under_any_address(page: Page, name: str) -> None:
    elsewhere = set()
    for attribute in ("href", "src", "action"):
        for target in page.attributes(attribute):
            parts = urlsplit(target)
            assert parts.scheme in {"", "tel", "https", "mailto"}, target
            assert parts.scheme or not parts.netloc, target
            assert not parts.path.startswith("/") or parts.netloc, target
            if parts.scheme in {"https", "mailto"}:
                elsewhere.add(target)
    assert not elsewhere or name.startswith(("files", "guide,", "join", "notice"))


def test_numbers_to_call_can_be_dialled(pages: list[Page]) -> None:
    for page in pages:
        numbers = {each for each in page.attributes("href") if each.startswith("tel:")}
        assert numbers <= {"tel:012", "tel:+34971225791"}
        assert "tel:012" in numbers


def test_pictures_scripts_and_styles_are_those_of_the_build(pages: list[Page]) -> None:
    for page in pages:
        linked = [*page.attributes("src"), *(each["href"] for each in page.of("link"))]
        named = {each for each in linked if each.startswith("../assets/")}
        assert {each.removeprefix("../assets/") for each in named} <= set(assets.names().values())
        assert all("alt" in each for each in page.of("img"))


def test_every_page_leads_to_the_legal_ones(pages: list[Page]) -> None:
    for page in pages:
        linked = {urlsplit(each["href"]).path for each in page.of("a")}
        last = {each.rpartition("/")[2] for each in linked}
        assert {"privacy", "cookies", "accessibility", "responsible"} <= last


def test_every_page_leads_to_itself_in_each_language(page: Page, reader: Language) -> None:
    buttons = [each for each in page.of("button") if "lang" in each]
    for button in buttons:  # what was typed into the form goes along
        assert (button["form"], button["name"]) == ("form", "step")
        assert button["formaction"] == f"../{button['lang']}/incident?send=1"
    assert {each["lang"] for each in buttons} in (set(), set(Language) - {reader})
    if not buttons:
        others = {each["hreflang"]: each["href"] for each in page.of("a") if "hreflang" in each}
        assert others.keys() == set(Language) - {reader}
        assert len({href.removeprefix(f"../{other}/") for other, href in others.items()}) == 1
        assert all(href.startswith(f"../{other}/") for other, href in others.items())


def test_a_page_in_another_language_is_about_the_same_thing() -> None:
    for asked in (NOWHERE, PROCEDURE):
        page = Page(help_page(asked, Category.PAYMENT, LINE).render(ENGLISH))
        (german,) = {each["href"] for each in page.of("a") if each.get("hreflang") == "de"}
        expected = {"category": ["payment"]} | {
            f"procedure.{name}": [value] for name, value in asked.items() if value
        }
        assert german.startswith("../de/help?")
        assert parse_qs(urlsplit(german).query) == expected


def test_each_hint_and_each_mistake_belongs_to_a_field_and_names_it(pages: list[Page]) -> None:
    for page in pages:
        assert (untied(page), unnamed(page)) == ([], [])


MOST_REQUESTS = 4
MOST_BYTES = 30_000
GATEWAYS_LEVEL = 6  # of gzip, at which API Gateway is taken to compress


@pytest.mark.parametrize(
    "name", ["help", "form", "form, payment", "form, signature", "tracking", "contact"]
)
def test_the_first_view_of_a_page_is_light_and_takes_few_requests(
    name: str, reader: Language
) -> None:
    html = PAGES[name].render(reader)
    page = Page(html)
    loaded = {each["href"] for each in page.of("link") if each["rel"] in {"icon", "stylesheet"}}
    loaded |= set(page.attributes("src"))
    assert 1 + len(loaded) <= MOST_REQUESTS
    files = [assets.FOLDER / each.removeprefix("../assets/") for each in loaded]
    sizes = [
        len(gzip.compress(each, GATEWAYS_LEVEL))
        for each in (html.encode(), *(file.read_bytes() for file in files))
    ]
    assert sum(sizes) <= MOST_BYTES, sizes


def listed(page: Page) -> tuple[list[str], dict[str, str], list[str]]:
    """What a page says to search engines: its description, its addresses, and what they may do."""
    named = {each["name"]: each["content"] for each in page.of("meta") if "name" in each}
    links = {each.get("hreflang", each["rel"]): each["href"] for each in page.of("link")}
    robots = [named["robots"]] if "robots" in named else []
    addresses = {name: links[name] for name in links if name not in {"icon", "stylesheet"}}
    return [named["description"]] if "description" in named else [], addresses, robots


PUBLIC = {
    *("help", "help, payment", "procedures", "form", "form, payment", "tracking", "contact"),
    *(
        "guides",
        "guide, clave",
        "guide, dnie-pin",
        "remote support",
        "lost code",
        "notice, privacy",
        "notice, cookies",
    ),
}


def test_a_page_is_described_to_search_engines_or_hidden_from_them(
    pages: list[Page], name: str
) -> None:
    described = [listed(page)[0] for page in pages]
    assert len({text for texts in described for text in texts}) in {0, len(Language)}
    for page in pages:
        ((*description,), addresses, robots) = listed(page)
        assert robots == ([] if description else ["noindex"])
        assert addresses == {}, "nobody has said under which address the pages are found"
        assert all(50 <= len(text) <= 160 for text in description)
    assert name not in PUBLIC or all(described)


def test_a_page_that_shows_what_a_person_typed_or_has_is_hidden_from_search_engines(
    reader: Language,
) -> None:
    for name in (
        "form, wrong",
        "guides, none found",
        "guide, helped",
        "form, to check",
        "incident",
        "rating",
        "error known",
        "files",
    ):
        assert listed(Page(PAGES[name].render(reader)))[::2] == ([], ["noindex"]), name


def test_a_page_names_its_address_in_every_language_where_the_domain_is_known(
    reader: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://suport.example.org/")
    for name, here in (
        ("help", "help"),
        ("contact", "contact"),
        ("help, payment", "help?category=payment"),
    ):
        page = Page(PAGES[name].render(reader))
        _, addresses, _ = listed(page)
        own = {each: f"https://suport.example.org/{each}/{here}" for each in Language}
        assert {each: addresses[each].partition("&")[0] for each in own} == own
        assert addresses["x-default"] == addresses["ca"]
        assert addresses["canonical"] == addresses[reader]
        assert len(addresses) == len(own) + 2
    assert listed(Page(PAGES["incident"].render(reader)))[1] == {}


def test_an_error_comes_first_and_is_in_the_title(reader: Language) -> None:
    for name in ("form, wrong", "incident, wrong message", "rating, wrong", "files, wrong"):
        page = Page(PAGES[name].render(reader))
        error = environment(reader).from_string('{{ _("Error") }}').render()
        assert page.said_in("title")[0].startswith(f"{error}: ")
        main = next(place for place, (tag, _) in enumerate(page.elements) if tag == "main")
        summary = [
            place
            for place, (_, attributes) in enumerate(page.elements)
            if "govuk-error-summary" in attributes.get("class", "").split()
        ]
        heading = next(place for place, (tag, _) in enumerate(page.elements) if tag == "h1")
        assert main < summary[0] < heading


def test_every_wrong_field_is_marked_where_it_stands(reader: Language) -> None:
    page = Page(PAGES["form, wrong"].render(reader))
    described = {
        attributes["name"]
        for tag, attributes in page.elements
        if tag in {"input", "textarea"}
        and f"{attributes['name']}-error" in attributes.get("aria-describedby", "").split()
    }
    marked = {each.removesuffix("-error") for each in page.attributes("id") if "-error" in each}
    told = {error.field for error in INVALID.errors}
    hidden = {"idempotency_key", "privacy_notice", "contact"}
    assert marked >= told - hidden
    assert described >= told - hidden - {"category", "context.charged"}  # groups say it themselves
