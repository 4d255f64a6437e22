"""The team's figures, as `desk stats` shows them."""

from tests.support.desk import Desk, Service


def test_people_see_figures_in_words_and_programs_as_they_are(service: Service, desk: Desk) -> None:
    figures = {
        "category": "payment",
        "days": 90,
        "open": 3,
        "waiting": 1,
        "submitted": 12,
        "first_answer_s": {"p50": 840, "p90": 7200},
        "solution_s": {"p50": None, "p90": None},
        "ratings": {"count": 4, "mean": 4.25},
    }
    service.answers["GET /stats?days=90"] = (200, figures)
    shown = desk("stats", "--days", 90).out
    assert "half within 14 min, nine of ten within 2 h" in shown
    assert "4.2 of 5, from 4" in shown
    assert desk("stats", "--days", 90, "--json").json == figures
