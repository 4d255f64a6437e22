"""References as people type them."""

import pytest

from desk.reference import as_written
from suport.domain.reference import parse_reference
from tests.support.desk import DONE, RELEASE, Desk, Service
from tests.support.pasted_references import MISREAD, PASTED, REFERENCE


@pytest.mark.parametrize("typed", PASTED, ids=ascii)
def test_the_desk_understands_a_reference_as_the_service_does(typed: str) -> None:
    assert as_written(typed) == parse_reference(typed) == REFERENCE


@pytest.mark.parametrize("typed", ["", *MISREAD], ids=ascii)
def test_text_that_is_not_a_reference_stays_as_it_is(typed: str) -> None:
    assert as_written(typed) == typed


def test_a_command_is_the_same_however_the_reference_is_typed(service: Service, desk: Desk) -> None:
    service.answers[RELEASE] = [None, None, None, DONE]
    desk("release", "gqnc yqby ih8c")
    assert desk("release", REFERENCE).code == 0
    assert len(set(service.keys(RELEASE))) == 1
