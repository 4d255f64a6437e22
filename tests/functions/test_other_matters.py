"""Complaints about accessibility and other matters: their team, and the day of their answer."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.deadlines import due
from suport.domain.incident import Incident, Topic
from suport.domain.reference import Reference
from suport.views.queue_message import queue_message
from tests.support.gateway import answered, asked
from tests.support.operators_api import OperatorsApi
from tests.support.web import FILLED_IN, Web

BODY = {
    "description": "No puc llegir el text amb el lector de pantalla",
    "contact": {"email": "anna@example.org"},
    "language": "ca",
}
CLOSED = "2026-12-08,2026-12-25"
DUE = date(2026, 12, 22)  # of what comes on 23 November; two of the days are closed or a weekend


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOSED_DATES", CLOSED)


def submit(web: Web, **changes: Any) -> tuple[int, Any]:
    body = json.dumps(BODY | changes).encode()
    event = asked("POST", "/v1/incidents", body=body, Content_Type="application/json")
    app = web.load("submit_incident")
    web.get("help")  # sets the clock
    return answered(app, event)[:2]


def submitted(web: Web, **changes: Any) -> Incident:
    status, receipt = submit(web, **changes)
    assert status == 201
    return web.incident(Reference(receipt["reference"]))


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("team", Category)
def test_a_topic_goes_to_the_configured_team(
    web: Web, monkeypatch: pytest.MonkeyPatch, topic: Topic, team: Category
) -> None:
    monkeypatch.setenv("OTHER_MATTERS_TEAM", team)
    incident = submitted(web, topic=topic)
    assert (incident.category, incident.topic) == (team, topic)
    by_form = {name: value for name, value in FILLED_IN.items() if name != "category"}
    assert web.post("incident", by_form | {"topic": topic}).status == 303
    assert web.incident(web.reference).category is team


def test_the_functional_team_is_the_one_unless_another_is_named(web: Web) -> None:
    assert submitted(web, topic="other").category is Category.FUNCTIONAL


@pytest.mark.parametrize("category", Category)
def test_a_category_that_is_stated_with_a_topic_chooses_the_team(
    web: Web, monkeypatch: pytest.MonkeyPatch, category: Category
) -> None:
    monkeypatch.setenv("OTHER_MATTERS_TEAM", "signature")
    incident = submitted(web, topic="accessibility", category=category)  # and asks for no error
    assert (incident.category, incident.answer_by) == (category, DUE)


def test_without_a_topic_a_category_is_needed(web: Web) -> None:
    status, problem = submit(web)
    assert (status, [each["field"] for each in problem["errors"]]) == (422, ["category"])
    status, problem = submit(web, topic="payment")
    assert (status, problem["errors"][0]["field"]) == (422, "topic")


def test_only_a_topic_has_a_day_for_its_answer(web: Web) -> None:
    assert submitted(web, topic="other").answer_by == DUE
    assert submitted(web, category="functional").answer_by is None


def test_the_day_for_the_answer_wakes_nobody(web: Web) -> None:
    with_topic = submitted(web, topic="accessibility")
    without = submitted(web, category="functional", description="Una cosa ben diferent")
    assert with_topic.due_at == without.due_at
    assert due(with_topic, datetime(2026, 11, 23, 11, 1, tzinfo=UTC)) is None


def test_the_queue_is_told_no_day(web: Web) -> None:
    incident = submitted(web, topic="accessibility")
    message = queue_message(incident, incident.submitted_at)
    assert message["schema"] == "suport.incident/2"
    assert "answer_by" not in message


@pytest.mark.parametrize(
    ("topic", "called"),
    [("accessibility", "Una barrera d'accessibilitat"), ("other", "Un altre assumpte")],
)
def test_its_citizen_reads_what_it_is_about_and_the_day(web: Web, topic: str, called: str) -> None:
    by_form = {name: value for name, value in FILLED_IN.items() if name != "category"}
    web.post("incident", by_form | {"topic": topic})
    for page in (web.get("track").page, web.get("export", format="html").page):
        told = page.within("dl").text
        assert called in told
        assert "22 de desembre del 2026" in told
    view = web.get("export", format="json").body["incident"]
    assert (view["topic"], view["answer_by"]) == (topic, "2026-12-22")


def test_its_team_reads_what_it_is_about_and_the_day(web: Web, desk: OperatorsApi) -> None:
    role: Any = {"role": "functional-role"}
    reference = submitted(web, topic="other").reference
    [each] = desk.ask("GET", "/v1/desk/incidents", **role)[1]["incidents"]
    assert (each["reference"], each["topic"], each["answer_by"]) == (reference, "other", str(DUE))
    view = desk.on(reference=reference, **role)[1]
    assert (view["topic"], view["answer_by"]) == ("other", str(DUE))
    moved = {"category": "payment", "reason": "És d'un pagament."}
    desk.on("claim", reference=reference, **role)
    assert desk.on("transfer", moved, reference=reference, **role)[0] == 200
    assert web.incident(reference).answer_by == DUE


def test_by_phone_it_goes_the_same_way(
    web: Web, desk: OperatorsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_MATTERS_TEAM", "signature")
    status, made = desk.ask("POST", "/v1/desk/incidents", BODY | {"topic": "accessibility"})
    assert (status, made["category"]) == (201, "signature")
    assert web.register.incident(Reference(made["reference"]), datetime.now(UTC)).answer_by
