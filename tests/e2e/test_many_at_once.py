"""Several citizens at once; `tests/acceptance/test_under_load.py` has hundreds."""

from tests.support.rush import expect_nothing_lost_doubled_or_misplaced, rush
from tests.support.service import Service


def test_nothing_is_lost_doubled_or_misplaced_with_several_citizens_at_once(
    service: Service,
) -> None:
    expect_nothing_lost_doubled_or_misplaced(rush(service, count=24, at_once=3))
