"""Days and months in an address or a field, as people type them."""

from datetime import date

import pytest

from suport.http import query
from suport.http.problem import Problem


@pytest.mark.parametrize(
    "typed",
    [
        *("2026-11-03", "2026/11/3", "2026.11.03", "03-11-2026", "3-11-2026", "03/11/2026"),
        *(
            "3/11/2026",
            "3.11.2026",
            "3 11 2026",
            " 03/11/2026 ",
            "03–11–2026",
            "03\u201111\u20112026",
        ),
        "\u200e03/11/2026\u200e",
    ],
)
def test_a_day_is_read_in_the_order_and_with_the_signs_that_people_use(typed: str) -> None:
    assert query.day("until", typed) == date(2026, 11, 3)


@pytest.mark.parametrize(
    "typed", ["", "demà", "31/02/2026", "3/11/26", "3/11", "11/2026", "3/11/2026 10:00", "0/1/2026"]
)
def test_what_is_no_day_or_leaves_a_doubt_is_refused(typed: str) -> None:
    with pytest.raises(Problem):
        query.day("until", typed)


@pytest.mark.parametrize("typed", ["2026-11", "11-2026", "11/2026", "2026/11", "11.2026"])
def test_a_month_is_read_likewise(typed: str) -> None:
    assert query.month("month", typed) == "2026-11"
