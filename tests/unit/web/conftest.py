"""The fixtures of the tests of pages."""

from functools import cache

import pytest

from suport.domain.language import Language
from tests.support.html import Page
from tests.support.page_examples import PAGES


@pytest.fixture(params=[*PAGES])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=[*Language])
def reader(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture
def page(name: str, reader: Language) -> Page:
    """The page of that name in that language, read as a browser reads it."""
    return _page(name, reader)


@pytest.fixture
def pages(name: str) -> list[Page]:
    """The page of that name in every language."""
    return [_page(name, reader) for reader in Language]


@cache
def _page(name: str, reader: Language) -> Page:
    return Page(PAGES[name].render(reader))
