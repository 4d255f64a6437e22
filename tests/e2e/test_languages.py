"""Every page, in each of its states, is in one language and declares it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from urllib.parse import parse_qsl, quote, urldefrag, urljoin, urlsplit

import pytest

from tests.support.citizen import Citizen
from tests.support.html import Page
from tests.support.page_states import LANGUAGES, NAMES, State, every_state
from tests.support.service import DESCRIPTION, Answer, Service

# Names that keep their language on every page; those of procedures are in Catalan or Spanish.
FOREIGN = {
    "Català": "ca",
    "Español": "es",
    "English": "en",
    "Deutsch": "de",
    "Seu Electrònica": "ca",
    "Carpeta Ciutadana": "ca",
    "Govern de les Illes Balears": "ca",
    "Direcció General d'Estratègia Digital": "ca",
    **{name: language for language, name in NAMES.items()},
    "Consulta presencial d'expedients de l'arxiu": "ca",
}
ERROR = {"ca": "Error: ", "es": "Error: ", "en": "Error: ", "de": "Fehler: "}


class Pages(Citizen):
    """The pages as the service sends them; the last one is open."""

    shown: Page

    def goto(self, path: str) -> int:
        return self._open(self.get(quote(path, safe="/?&=")))

    def send(self, path: str, fields: Mapping[str, str]) -> int:
        answer = self.post(path, fields)
        if answer.status == 303:
            answer = self.get(urldefrag(urljoin(path, answer.headers["Location"])).url)
        return self._open(answer)

    def keep(self, path: str) -> None:
        self._open(self.get(path))

    def said_by(self, element_id: str) -> str:
        return self.shown.said_by(element_id)

    def forget(self) -> None:
        self.cookie = ""

    def _open(self, answer: Answer) -> int:
        self.shown = Page(answer.text)
        return answer.status


class Walk:
    """All pages in one language, and their faults by kind and by state."""

    def __init__(self, service: Service, language: str) -> None:
        self.found: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.titles: dict[str, set[str]] = defaultdict(set)
        """The names of the pages with each title."""
        pages = every_state(service, language, Pages(service, language))
        for state, page, written_in in pages:
            self._note("languages", state, mislabelled(page, FOREIGN | {DESCRIPTION: written_in}))
            if page.language != language:
                self._note("languages", state, [str(page.language)])
            levels = [int(each.tag[1]) for each in page.all if re.fullmatch("h[1-6]", each.tag)]
            if levels.count(1) != 1 or any(below > above + 1 for above, below in pairwise(levels)):
                self._note("headings", state, [str(levels)])
            targets = {link[1:] for link in page.links if link.startswith("#")}
            self._note("links", state, sorted(targets - page.ids))
            if state.fields is None and state.status == 200 and state.name != "export":
                self._note("other languages", state, leading_elsewhere(page, language, state.path))
            [title] = page.said_in("title")
            self.titles[title].add(state.page)
            told = ERROR[language] if state.wrong else ""
            if "state" in page.ids and state.name != "sent":
                told += f"{page.said_by('state')}: {page.said_by('reference')}"
            if not title.startswith(told) or title.startswith(ERROR[language]) != state.wrong:
                self._note("titles", state, [title])

    def _note(self, what: str, state: State, found: list[str]) -> None:
        if found:
            self.found[what][state.name] = found


def leading_elsewhere(page: Page, language: str, path: str) -> list[str]:
    """The languages whose link does not lead to the same page in that language."""
    if buttons := [each for each in page.of("button") if "lang" in each]:  # with what is typed
        assert {each["lang"] for each in buttons} == set(LANGUAGES) - {language}
        sent_to = {each["lang"]: each["formaction"] for each in buttons}
        return [
            f"{other}: {address}"
            for other, address in sent_to.items()
            if urlsplit(address).path != f"../{other}/incident"
        ]
    links = {each["hreflang"]: each["href"] for each in page.of("a") if "hreflang" in each}
    assert links.keys() == set(LANGUAGES) - {language}
    asked = urlsplit(path)
    root = "../" * (asked.path.count("/") + 1)
    about = {name: value for name, value in parse_qsl(asked.query) if name not in {"done", "etag"}}
    return [
        f"{other}: {link}"
        for other, link in links.items()
        if urlsplit(link).path != f"{root}{other}/{asked.path}"
        or not about.items() <= dict(parse_qsl(urlsplit(link).query)).items()
    ]


def mislabelled(page: Page, languages: Mapping[str, str]) -> list[str]:
    """The given texts that the page marks with a language other than their own."""
    return [
        f"{part}: {said}"
        for text, said in spoken(page)
        for part, language in languages.items()
        if said != language and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text)
    ]


def spoken(page: Page) -> Iterator[tuple[str, str | None]]:
    """Each text of the page with the language with which it is marked."""
    for element in page.within("body").walk():
        for text in element.own_texts():
            yield text, element.language
        if element.tag == "input" and element.attributes.get("type") != "hidden":
            yield element.attributes.get("value", ""), element.language


@pytest.fixture(scope="module", params=LANGUAGES)
def walk(request: pytest.FixtureRequest, service: Service) -> Walk:
    return Walk(service, request.param)


def test_every_text_is_in_the_language_that_the_page_declares(walk: Walk) -> None:
    assert walk.found["languages"] == {}


def test_headings_are_in_order(walk: Walk) -> None:
    assert walk.found["headings"] == {}


def test_titles_report_mistakes_and_the_state_of_the_incident(walk: Walk) -> None:
    assert walk.found["titles"] == {}


def test_no_two_pages_share_a_title(walk: Walk) -> None:
    shared = {title: sorted(pages) for title, pages in walk.titles.items() if len(pages) > 1}
    assert shared == {}


def test_links_within_a_page_lead_somewhere(walk: Walk) -> None:
    assert walk.found["links"] == {}


def test_links_to_other_languages_lead_to_the_same_page(walk: Walk) -> None:
    assert walk.found["other languages"] == {}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ca-ES,ca;q=0.9", "ca"),
        ("es-AR,es;q=0.9", "es"),
        ("en-GB,en;q=0.9", "en"),
        ("de-AT,de;q=0.9", "de"),
        ("fr-FR,fr;q=0.9", "ca"),
    ],
)
def test_the_root_address_leads_to_the_browsers_language(
    service: Service, accepted: str, language: str
) -> None:
    answer = service.get("/", **{"Accept-Language": accepted})
    assert (answer.status, answer.headers["Location"]) == (303, f"{language}/help")
