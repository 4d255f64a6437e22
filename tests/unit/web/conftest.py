"""The fixtures of the tests of pages."""

import pytest

from suport.domain.language import Language
from tests.support.page_examples import PAGES


@pytest.fixture(params=[*PAGES])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=[*Language])
def reader(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found
