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
    assert "Ratings in 90 days       4" in shown
    assert "4.2 of 5" in shown
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
    assert "12; 4 days with 1 to 4 not added" in shown
    assert "Ratings in 30 days 7 Mean rating too few to show" in shown
    assert shown.endswith("Counted until 2026-11-25")
    for missing, told in ((1, "1 day"), (3, "3 days")):
        service.answers["GET /stats?days=30"] = (200, figures | {"uncounted_days": missing})
        shown = " ".join(desk("stats").out.split())
        assert f"Counted until 2026-11-25 (not counted yet: {told})" in shown
    service.answers["GET /stats?days=30"] = (200, figures | {"until": None})
    assert "nothing yet" in desk("stats").out


def test_one_day_is_one_day_and_what_covers_more_days_says_so(service: Service, desk: Desk) -> None:
    figures = {
        "category": "payment",
        "days": 1,
        "until": "2026-11-25",
        "open": 0,
        "waiting": 0,
        "submitted": 0,
        "withheld_days": {"submitted": 1},
        "span_days": 7,
        "first_answer_s": {"p50": 60, "p90": 120},
        "solution_s": {"p50": None, "p90": None},
        "ratings": {"count": 0, "mean": 4.5},
    }
    service.answers["GET /stats?days=1"] = (200, figures)
    shown = " ".join(desk("stats", "--days", 1).out.split())
    assert "Submitted in 1 day 0; 1 day with 1 to 4 not added" in shown
    assert "First answer, over 7 days half within 1 min" in shown
    assert "Mean rating, over 7 days 4.5 of 5" in shown
