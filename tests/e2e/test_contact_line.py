"""The number to call, and the hours in which somebody answers."""

import pytest

from tests.support.service import Service

SATURDAY_BEFORE_CLOSING = "2026-11-21T13:59:59%2B01:00"


@pytest.mark.parametrize(
    ("origin", "number"),
    [
        ("balearic-islands", "012"),
        ("spain", "971 22 57 91"),
        ("abroad", "00 34 971 22 57 91"),
    ],
)
def test_number_depends_on_where_the_caller_is(service: Service, origin: str, number: str) -> None:
    assert service.get(f"/v1/contact?from={origin}").json()["dial"] == number


def test_the_islands_are_the_default_origin(service: Service) -> None:
    assert service.get("/v1/contact").json()["from"] == "balearic-islands"


def test_answer_has_the_fields_of_the_contract(service: Service) -> None:
    assert service.get("/v1/contact").json().keys() == {
        *("dial", "international", "from", "open", "closes_at", "opens_at", "timezone", "hours"),
        "numbers",
    }


def test_line_is_open_until_the_last_second(service: Service) -> None:
    line = service.get(f"/v1/contact?at={SATURDAY_BEFORE_CLOSING}").json()
    assert (line["open"], line["closes_at"]) == (True, "2026-11-21T14:00:00+01:00")


def test_line_is_closed_from_saturday_afternoon_until_monday(service: Service) -> None:
    line = service.get("/v1/contact?at=2026-11-21T14:00:00%2B01:00").json()
    assert (line["open"], line["opens_at"]) == (False, "2026-11-23T08:00:00+01:00")


@pytest.mark.parametrize(
    "query",
    [
        "from=menorca",
        "from=",
        "at=tomorrow",
        "at=",
        "at=2026-11-21T13:59:59",
        "at=2026-11-21",
        "at=0001-01-01T00:00:00%2B14:00",
        "at=9999-12-31T23:59:59-12:00",
        "at=%00",
        "at=" + "9" * 5000,
    ],
    ids=lambda query: query[:40],
)
def test_bad_parameter_is_refused_with_its_name(service: Service, query: str) -> None:
    answer = service.get(f"/v1/contact?{query}")
    assert (answer.status, answer.wrong_fields) == (422, [query.partition("=")[0]])
