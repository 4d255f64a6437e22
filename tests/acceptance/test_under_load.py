"""Hundreds of citizens at once."""

from tests.support.rush import expect_nothing_lost_doubled_or_misplaced, rush
from tests.support.service import Service


def test_the_service_loses_doubles_and_misplaces_no_incident_of_200_citizens(
    service: Service,
) -> None:
    expect_nothing_lost_doubled_or_misplaced(rush(service, count=200, at_once=20))
