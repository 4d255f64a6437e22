"""An operator's words survive a mail: steps stay indented, and only web addresses become links."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.mail.quotation import as_html, as_text
from tests.support.html import Page

NO_BREAK = "\N{NO-BREAK SPACE}"

# what people and attackers write around addresses
PIECES = (
    *(
        "https://caib.es/a",
        "http://x.test/(b)",
        "javascript:alert(1)",
        "data:text/html,x",
        "HTTPS://",
    ),
    *(
        "https://",
        "//evil.test",
        "www.caib.es",
        "mailto:a@caib.es",
        "a@caib.es",
        "https://u@caib.es",
    ),
    *("<b>", "</p>", "<a href='https://x.test'>", '" onclick="', "&amp;", "&#x3c;", "`", "\\"),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "1. ",
        "- ",
        "(",
        ")",
        ".",
        ",",
        "»",
        "«",
        "à",
        "\u200e",
        "\u202e",
    ),
    *("\u00a0", "\u200b", "\ufeff", "שלום", "x" * 90),
)
typed = st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map("".join)


def paragraphs(words: str) -> list[str]:
    """The lines of the quotation, as a program shows them."""
    quoted = Page(as_html(words)).all
    return ["".join(each._texts()) for each in quoted if each.tag == "p"]


def links(words: str) -> list[str]:
    return [str(link) for link in Page(as_html(words)).links]


def words_of(text: str) -> list[str]:
    return re.sub("[\u200e\u200f]", "", text).split()


@given(typed)
def test_both_forms_have_the_words_and_no_tag_comes_of_them(words: str) -> None:
    html = as_html(words)
    assert {element for element, _ in Page(html).elements} <= {"blockquote", "p", "br", "a"}
    for _, attributes in Page(html).elements:
        assert attributes.keys() <= {"dir", "style", "href"}
    shown = unescape(re.sub("<[^>]*>", "", html))
    assert words_of(shown) == words_of(words) == words_of(as_text(words))


@given(typed)
def test_only_https_and_http_addresses_become_links_and_each_leads_where_it_says(
    words: str,
) -> None:
    for element in Page(as_html(words)).all:
        if element.tag == "a":
            target, [said] = element.attributes["href"], element.own_texts()
            assert re.fullmatch(r"https?://[a-z0-9.:-]+([/?#][!-~]*)?", target, re.IGNORECASE)
            assert "@" not in target.split("/")[2]
            assert target.isascii()
            assert not said.isascii() or said == target


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("Obriu https://www.caib.es/seu.", ["https://www.caib.es/seu"]),
        ("(https://caib.es/a)", ["https://caib.es/a"]),
        (
            "https://ca.wikipedia.org/wiki/Clau_(eina), o",
            ["https://ca.wikipedia.org/wiki/Clau_(eina)"],
        ),
        ("«https://caib.es/a»; <https://caib.es/b>!", ["https://caib.es/a", "https://caib.es/b"]),
        ("https://caib.es/a?b=1&c='2'", ["https://caib.es/a?b=1&c='2"]),
        ("http://caib.es:8443/x#y", ["http://caib.es:8443/x#y"]),
        ("https://caib.es/tràmit", ["https://caib.es/tr%C3%A0mit"]),
        ("\u200ehttps://caib.es/a\u200e és", ["https://caib.es/a"]),
        ("https://caib.es/a\u202eexe", ["https://caib.es/a"]),
        ("https://caib.es\\@evil.test/", ["https://caib.es"]),
        ("https://caib.es@evil.test/ https://u:p@evil.test", []),
        ("https://xn--cab-hja.es/ https://www.xn--p1ai https://cаib.es/", []),  # а of Cyrillic
        ("javascript:alert(1) JavaScript://caib.es/%0Aalert(1) data:text/html,x", []),
        ("ftp://caib.es gopher://caib.es/ mailto:a@caib.es www.caib.es xhttps://caib.es", []),
        ("https://localhost/ https://127.0.0.1/ https://[::1]/ https://caib.es:x/", []),
    ],
)
def test_an_address_is_a_link_without_the_sentence_around_it(
    words: str, targets: list[str]
) -> None:
    assert links(words) == targets


def test_steps_stay_indented_and_their_further_lines_begin_below_their_words() -> None:
    steps = (
        f"1. Obriu AutoFirma\n   a) {'Triau el certificat ' * 6}\n\t- Signau\n\n    java -jar x.jar"
    )
    assert as_text(steps).splitlines() == [
        "  1. Obriu AutoFirma",
        "     a) Triau el certificat Triau el certificat Triau el certificat",
        "        Triau el certificat Triau el certificat Triau el certificat",
        "      - Signau",
        "",
        "      java -jar x.jar",
    ]
    first, second, third, blank, code = paragraphs(steps)
    assert (first, blank) == ("1. Obriu AutoFirma", "")
    assert second.startswith(f"{NO_BREAK * 3}a) Triau")
    assert (third, code) == (f"{NO_BREAK * 4}- Signau", f"{NO_BREAK * 4}java -jar x.jar")


def test_a_long_address_stays_whole_in_plain_text() -> None:
    address = f"https://caib.es/{'seu/' * 30}fi"
    assert f"\n  {address}\n" in f"\n{as_text(f'Obriu {address} i triau')}\n"


def test_a_line_that_is_indented_very_far_keeps_room_for_its_words() -> None:
    text = as_text(" " * 500 + "paraula " * 20)
    assert max(map(len, text.splitlines())) <= 72
