"""The export: what the citizen keeps of an incident."""

import pytest

from suport.domain.incident import Charged
from suport.domain.language import Language
from suport.texts.labels import CHARGED
from tests.support.html import Page
from tests.support.page_examples import EXPORTS


@pytest.mark.parametrize("exported", [*EXPORTS])
def test_an_export_stands_alone(exported: str, reader: Language) -> None:
    page = Page(EXPORTS[exported].render(reader))
    assert page.of("html") == [{"lang": reader}]
    assert page.attributes("href") + page.attributes("src") == []
    assert len(page.said_in("h1")) == len(page.said_in("title")) == 1


def test_an_export_says_everything_in_the_readers_language(reader: Language) -> None:
    said = Page(EXPORTS["export"].render(reader)).said_in("dd")
    assert CHARGED[Charged.UNKNOWN].in_(reader) in said
    assert {"Pas 3", "Firefox 145, Linux", "a…@example.org"} <= set(said)
