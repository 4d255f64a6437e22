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


def test_days_that_are_not_added_and_what_is_not_counted_yet_are_told(
    service: Service, desk: Desk
) -> None:
    nothing = {"p50": None, "p90": None}
    figures = {
        "category": "payment",
        "days": 30,
        "until": "2026-11-25",
        "open": 3,
        "waiting": 1,
        "submitted": 12,
        "withheld_days": {"submitted": 4},
        "first_answer_s": nothing,
        "solution_s": nothing,
        "ratings": {"count": 7, "mean": None},
    }
    service.answers["GET /stats?days=30"] = (200, figures)
    shown = " ".join(desk("stats").out.split())
    assert "12, and fewer than five on each of 4 other days" in shown
    assert "7, too few for a mean" in shown
    assert "Counted until 2026-11-25" in shown
    service.answers["GET /stats?days=30"] = (200, figures | {"until": None})
    assert "nothing yet" in desk("stats").out
