"""How soon questions like the citizen's were answered, as pages tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from suport.domain.category import Category
from suport.domain.figures import ENOUGH, Latest, day_of
from suport.domain.forecast import halves
from suport.register.other_tables import figures_table, published_forecasts
from suport.runtime import aws
from tests.support.web import FILLED_IN, Answer, Web, web

__all__ = ["web"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PAYMENT = FILLED_IN | {"category": "payment", "error.code": "190"}


@pytest.fixture
def page(web: Web) -> Web:
    web.now = NOW
    return web


def answered(minutes: int, many: int = ENOUGH, days_ago: int = 1, of: str = "payment") -> None:
    """So many incidents of a kind were first answered on a day, each after so many minutes."""
    yesterday = day_of(NOW) - timedelta(days=1)
    day = day_of(NOW) - timedelta(days=days_ago)
    half = halves({day: [minutes] * many}, yesterday)
    figures_table().replace_latest(Category(of), Latest({}, {}), half, yesterday)
    published_forecasts.cache_clear()


def told(answer: Answer) -> str | None:
    """What the page tells, with its no-break spaces; None where it tells nothing of it."""
    assert answer.status == 200
    _, is_there, rest = answer.body.partition('id="forecast">')
    return rest.partition("</p>")[0] if is_there else None


@pytest.mark.parametrize(
    ("language", "minutes", "within"),
    [
        ("ca", 5, "en 15\u00a0minuts com a màxim"),
        ("ca", 60, "en 1\u00a0hora com a màxim"),
        ("ca", 1441, "en 2\u00a0dies com a màxim"),
        ("es", 61, "en 2\u00a0horas como máximo"),
        ("es", 1440, "en 1\u00a0día como máximo"),
        ("en", 179, "within 3\u00a0hours"),
        ("en", 60, "within 1\u00a0hour."),
        ("en", 20161, "within 3\u00a0weeks"),
        ("de", 1440, "innerhalb von 1\u00a0Tag."),
        ("de", 2880, "innerhalb von 2\u00a0Tagen"),
    ],
)
def test_the_help_of_a_kind_tells_it_in_the_readers_words(
    page: Web, language: str, minutes: int, within: str
) -> None:
    answered(minutes, days_ago=20)
    said = told(page.get("help", language, category="payment"))
    assert said
    assert within in said
    assert "30\u00a0" in said


def test_the_form_does_not_tell_it_once_more(page: Web) -> None:
    answered(100, days_ago=60)
    said = told(page.get("help", category="payment"))
    assert said
    assert "90\u00a0" in said
    assert told(page.get("incident", category="payment")) is None


def test_it_is_told_of_no_other_kind_and_of_no_other_matter(page: Web) -> None:
    answered(100, of="payment")
    assert told(page.get("help", category="payment"))
    for other in ({}, {"category": "signature"}, {"category": "x"}):
        assert told(page.get("help", **other)) is None


def test_fewer_than_twenty_answers_tell_nothing(page: Web) -> None:
    answered(100, many=ENOUGH - 1)
    assert told(page.get("help", category="payment")) is None


def test_an_incident_tells_it_until_the_team_answers(page: Web) -> None:
    answered(100)
    reference = page.submit(**PAYMENT)
    assert told(page.get("track"))
    page.register.claim(reference, "marta", Category.PAYMENT, NOW)
    assert told(page.get("track"))
    page.register.reply(reference, "marta", Category.PAYMENT, "Done.", NOW)
    assert told(page.get("track")) is None


def test_an_incident_that_its_citizen_has_closed_tells_nothing(page: Web) -> None:
    answered(100)
    page.submit(**PAYMENT)
    assert page.post("close", {"reference": page.reference}).status == 303
    assert told(page.get("track")) is None


def test_another_matter_tells_nothing(page: Web) -> None:
    answered(100, of="functional")
    page.submit(topic="other", category="")
    assert told(page.get("track")) is None


# ------------------------------------------------------------------- what it costs


class Watched:
    """The tables, and which requests for figures they get; they may be away."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables
        self.exceptions = tables.exceptions
        self.asked = 0
        self.is_away = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)

    def get_paginator(self, name: str) -> Any:
        return self if name == "query" else self._tables.get_paginator(name)

    def paginate(self, **asked: Any) -> Any:
        if asked["TableName"] == "figures":
            self.asked += 1
            if self.is_away:
                raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Query")
        return self._tables.get_paginator("query").paginate(**asked)


@pytest.fixture
def watched(page: Web, monkeypatch: pytest.MonkeyPatch) -> Watched:  # noqa: ARG001  it comes first
    others = aws.client
    tables = Watched(others("dynamodb"))
    monkeypatch.setattr(
        aws, "client", lambda service: tables if service == "dynamodb" else others(service)
    )
    return tables


def test_pages_ask_for_the_figures_of_all_kinds_once_a_minute(page: Web, watched: Watched) -> None:
    answered(100)
    for second in (0, 30, 59):
        page.now = NOW + timedelta(seconds=second)
        for kind in Category:
            page.get("help", category=kind)
            page.get("incident", category=kind)
    assert watched.asked == 1
    page.now = NOW + timedelta(seconds=60)
    page.get("help", category="payment")
    assert watched.asked == 2


def test_pages_without_a_kind_and_sending_an_incident_do_not_ask(
    page: Web, watched: Watched
) -> None:
    answered(100)
    for where in ("help", "incident", "procedures", "privacy"):
        page.get(where)
    assert page.post("incident", PAYMENT | {"description": ""}).status == 422
    page.submit(**PAYMENT)
    assert watched.asked == 0


def test_where_the_figures_cannot_be_read_pages_come_without(
    page: Web, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(100)
    watched.is_away = True
    assert told(page.get("help", category="payment")) is None
    assert watched.asked == 1
    published_forecasts.cache_clear()
    monkeypatch.delenv("FIGURES_TABLE")
    page.submit(**PAYMENT)
    for where in ("help", "incident", "track"):
        assert told(page.get(where, category="payment")) is None
