"""The numbers of the 012 line within a text."""

import re

import pytest

from suport.web.phone_links import dialled


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Call 012.", ["012"]),
        ("012, 971 22 57 91 or 00 34 971 22 57 91", ["012", "+34971225791", "+34971225791"]),
        ("(971\N{NO-BREAK SPACE}22 57\N{NO-BREAK SPACE}91)", ["+34971225791"]),
        ("al 012;al 012", ["012", "012"]),
        ("In 2012, version 3.012, 012-3, 012.5, n012, +012, 10971 22 57 91, 971 22 57 912", []),
    ],
)
def test_each_becomes_a_link_and_nothing_else_does(text: str, targets: list[str]) -> None:
    html = dialled(text)
    assert re.findall('href="tel:([^"]*)"', html) == targets
    said = re.sub("<[^>]*>", "", html)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == text.replace("\N{NO-BREAK SPACE}", " ")
    assert not re.findall(">[^<]* [^<]*</a>", html)


def test_what_is_not_ours_stays_text() -> None:
    assert "<i>" not in dialled("<i>012</i>")
