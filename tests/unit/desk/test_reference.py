"""References as people type them."""

import pytest

from desk.reference import as_written
from suport.domain.reference import parse_reference
from tests.support.desk import DONE, REFERENCE, RELEASE, Desk, Service


@pytest.mark.parametrize(
    "typed", ["gqnc-yqby-1h8c", "GQNCYQBY1H8C", "gqnc yqby lh8c", " GQNC-YQBY-IH8C"]
)
def test_the_desk_understands_a_reference_as_the_service_does(typed: str) -> None:
    assert as_written(typed) == parse_reference(typed) == REFERENCE


@pytest.mark.parametrize("typed", ["new", "", "GQNC-YQBY-1H8", "GQNC-YQBY-1H8U", "../stats"])
def test_text_that_is_not_a_reference_stays_as_it_is(typed: str) -> None:
    assert as_written(typed) == typed


def test_a_command_is_the_same_however_the_reference_is_typed(service: Service, desk: Desk) -> None:
    service.answers[RELEASE] = [None, None, None, DONE]
    desk("release", "gqnc yqby ih8c")
    assert desk("release", REFERENCE).code == 0
    assert len(set(service.keys(RELEASE))) == 1
