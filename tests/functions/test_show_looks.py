"""Who looked at an incident: every look an entry, told to its citizen and to data protection."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.history import MOST_AT_ONCE, Kind, is_look
from suport.runtime import clock
from suport.views.citizen_view import citizen_view, is_shown
from tests.support.operators_api import CONTACT, PAYMENT, OperatorsApi, refusal, with_file

TYPED = "Typed by somebody, for nobody else."


def looks(desk: OperatorsApi) -> list[dict[str, Any]]:
    """What the looks at the incident say, the oldest first."""
    return [
        {name: each.facts.get(name) for name in ("operator", "team", "purpose", "contact", "file")}
        for each in desk.entries(Kind.ACTION)
        if is_look(each)
    ]


def claimed(desk: OperatorsApi) -> None:
    assert desk.on("claim")[0] == 200


ACTS: dict[str, tuple[Callable[[OperatorsApi], Any], str, bool]] = {
    "reading": (lambda desk: desk.on(name="bert"), "work", False),
    "reading one's own": (lambda desk: desk.on(), "work", True),
    "reading an earlier part": (
        lambda desk: desk.on(query={"before": "7" + 25 * "Z"}, name="bert"),
        "work",
        False,
    ),
    "claiming once more": (lambda desk: desk.on("claim"), "claim", True),
    "correcting": (
        lambda desk: desk.ask(
            "PATCH", "/v1/desk/incidents/{reference}/contact", {"phone": "971 000 000"}
        ),
        "correction",
        True,
    ),
    "trying what the phone number is": (
        lambda desk: desk.ask(
            "PATCH", "/v1/desk/incidents/{reference}/contact", {"phone": CONTACT["phone"]}
        ),
        "correction",
        True,
    ),
    "answering over what the citizen wrote": (
        lambda desk: desk.on("messages", {"body": "Hello."}, If_Match='"0"'),
        "work",
        False,
    ),
}
"""Each way to be shown or told personal data of a claimed incident, for what, and which data."""


@pytest.mark.parametrize("act", ACTS)
def test_whatever_shows_personal_data_leaves_one_look_with_team_and_purpose(
    desk: OperatorsApi, act: str
) -> None:
    claimed(desk)
    before = looks(desk)
    do, purpose, contact = ACTS[act]
    do(desk)
    (look,) = looks(desk)[len(before) :]
    assert (look["team"], look["purpose"], look["contact"]) == ("payment", purpose, contact)


def test_opening_a_file_leaves_one_look_that_names_it(desk: OperatorsApi) -> None:
    file = with_file(desk)
    claimed(desk)
    assert desk.on(f"files/{file.id}")[0] == 200
    assert looks(desk)[1:] == [
        {
            "operator": "anna",
            "team": "payment",
            "purpose": "file",
            "contact": False,
            "file": file.id,
        }
    ]


def test_writing_a_call_down_is_a_look_of_the_operators_own_team(desk: OperatorsApi) -> None:
    _, made = desk.ask("POST", "/v1/desk/incidents", PAYMENT, role="signature-role")
    desk.reference = made["reference"]
    (look,) = looks(desk)
    assert (look["operator"], look["team"], look["purpose"]) == ("anna", "signature", "call")
    assert look["contact"] is True


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("messages", {"body": TYPED}),
        ("notes", {"body": TYPED}),
        ("transfer", {"category": "functional", "reason": TYPED}),
        ("release", {}),
        ("resolve", {"body": TYPED}),
        ("access-code", {}),
    ],
)
def test_what_only_writes_shows_nothing_and_is_no_look(
    desk: OperatorsApi, act: str, content: Any
) -> None:
    claimed(desk)
    before = looks(desk)
    status, answer = desk.on(act, content)
    assert status in {200, 201}
    told = json.dumps(answer)
    assert not [each for each in (*CONTACT.values(), PAYMENT["description"]) if each in told]
    assert looks(desk) == before


@pytest.mark.parametrize("stated", ["work", "call", "handover", "check"])
def test_an_operator_can_state_for_what_they_read(desk: OperatorsApi, stated: str) -> None:
    assert desk.on(query={"purpose": stated})[0] == 200
    assert [each["purpose"] for each in looks(desk)] == [stated]


@pytest.mark.parametrize("stated", ["", "claim", "audit", "curiosity", "Call"])
def test_a_purpose_that_nobody_can_state_shows_nothing(desk: OperatorsApi, stated: str) -> None:
    answer = desk.on(query={"purpose": stated})
    assert (answer[0], answer[1]["errors"][0]["field"]) == (422, "purpose")
    assert "call" in answer[1]["errors"][0]["message"]
    assert looks(desk) == []


def test_data_protection_sees_who_looked_for_what_and_at_which_file(desk: OperatorsApi) -> None:
    file = with_file(desk)
    desk.on(query={"purpose": "handover"}, name="bert")
    claimed(desk)
    desk.on(f"files/{file.id}")
    desk.on(name="carla", role="signature-role")
    status, seen = desk.viewed()
    assert (status, seen["reference"], seen["earlier"]) == (200, desk.reference, None)
    told = [
        tuple(each[name] for name in ("action", "operator", "team", "purpose", "contact", "file"))
        for each in seen["looks"]
    ]
    assert told == [
        ("viewed", "olga", None, "audit", False, None),
        ("refused", "carla", "signature", None, None, None),
        ("viewed", "anna", "payment", "file", False, file.id),
        ("viewed", "anna", "payment", "claim", True, None),
        ("viewed", "bert", "payment", "handover", False, None),
    ]
    assert [each["by"] for each in seen["looks"]] == ["data_protection", *["operator"] * 4]
    assert all(each["at"] and each["entry"] for each in seen["looks"])


def test_data_protection_sees_nothing_that_anybody_wrote(desk: OperatorsApi) -> None:
    claimed(desk)
    for act in ("notes", "messages"):
        desk.on(act, {"body": TYPED})
    desk.register.add_citizen_message(desk.reference, TYPED, clock.now())
    desk.on("transfer", {"category": "functional", "reason": TYPED})
    told = json.dumps(desk.viewed()[1])
    assert not [each for each in (*CONTACT.values(), PAYMENT["description"], TYPED) if each in told]


def test_data_protection_reads_a_long_list_in_parts_and_misses_nothing(desk: OperatorsApi) -> None:
    for _ in range(MOST_AT_ONCE):
        desk.register.view(desk.reference, "anna", Category.PAYMENT, clock.now())
    _, newest = desk.viewed()
    _, rest = desk.viewed(query={"before": newest["earlier"]})
    assert len(newest["looks"]) == MOST_AT_ONCE
    assert [each["operator"] for each in rest["looks"]] == ["anna"]
    assert rest["earlier"] is None
    wrong = desk.viewed(query={"before": "the first one"})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "before")


@pytest.mark.parametrize("role", ["payment-role", "signature-role", "another-role"])
def test_no_team_sees_who_looked_even_if_aws_let_it_ask(desk: OperatorsApi, role: str) -> None:
    assert refusal(desk.viewed(role=role)) == (403, "not-data-protection")
    assert looks(desk) == []


def test_data_protection_does_nothing_that_the_teams_do(desk: OperatorsApi) -> None:
    for act, content in (("", None), ("claim", {}), ("notes", {"body": TYPED})):
        answer = desk.on(act, content, role="data-protection-role", name="olga")
        assert refusal(answer) == (403, "no-team")
    assert looks(desk) == []


def test_an_unknown_reference_is_told_to_data_protection(desk: OperatorsApi) -> None:
    for unknown in ("7SRJ-797M-D0GE", "nothing"):
        assert refusal(desk.viewed(reference=unknown)) == (404, "not-found")


def test_the_citizen_sees_when_which_team_looked_and_for_what_but_no_name(
    desk: OperatorsApi,
) -> None:
    file = with_file(desk)
    desk.on(query={"purpose": "check"}, name="bert")
    claimed(desk)
    desk.on(f"files/{file.id}")
    desk.viewed()
    seen = desk.register.history(desk.reference, clock.now(), shown=is_shown)
    view = citizen_view(*seen)
    told = [each for each in view["history"] if each.get("action") == "viewed"]
    without_moment = [
        {name: fact for name, fact in each.items() if name not in {"entry", "at", "kind", "action"}}
        for each in told
    ]
    assert without_moment == [
        {"by": "data_protection", "purpose": "audit", "contact": False},
        {"by": "operator", "team": "payment", "purpose": "file", "contact": False}
        | {"file": file.id, "number": 1},
        {"by": "operator", "team": "payment", "purpose": "claim", "contact": True},
        {"by": "operator", "team": "payment", "purpose": "check", "contact": False},
    ]
    assert not [name for name in ("anna", "bert", "olga") if f'"{name}"' in json.dumps(view)]
