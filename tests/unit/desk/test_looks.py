"""Who looked at an incident, as `desk viewed` shows data protection."""

import re
from typing import Any

from tests.support.desk import REFERENCE, Desk, Service, problem

EARLIER = "01M8A9GS32SWC3AYT3M5FPN97G"


def a_look(**facts: Any) -> dict[str, Any]:
    known = {"entry": EARLIER, "at": "2026-11-23T20:40:00.000Z", "action": "viewed"}
    known |= {"by": "operator", "operator": "anna", "team": "payment", "purpose": "work"}
    return known | {"contact": False, "file": None} | facts


LOOKS = [
    a_look(by="data_protection", operator="olga", team=None, purpose="audit"),
    a_look(action="refused", operator="carla", team="signature", purpose=None, contact=None),
    a_look(action="refused", operator="bert", purpose="file", contact=None, file="7Q2M"),
    a_look(purpose="file", file="7Q2M"),
    a_look(purpose="claim", contact=True),
    a_look(operator="bert", team=None, purpose=None, contact=True),  # older than these facts
]


def answered(service: Service, *looks: dict[str, Any], earlier: str | None = None) -> Any:
    view = {"reference": REFERENCE, "looks": list(looks), "earlier": earlier}
    service.answers[f"GET /viewed/{REFERENCE}"] = (200, view)
    return view


def test_each_look_has_a_row_and_the_newest_is_next_to_the_prompt(
    service: Service, desk: Desk
) -> None:
    answered(service, *LOOKS)
    ended = desk("viewed", REFERENCE)
    titles, *rows = (re.split(r" {2,}", line.strip()) for line in ended.out.splitlines())
    assert titles == ["When", "Who", "Team", "For", "Contact data", "File"]
    assert [row[1:] for row in rows] == [
        ["bert", "?", "?", "shown"],
        ["anna", "payment", "claim", "shown"],
        ["anna", "payment", "file", "not shown", "7Q2M"],
        ["bert", "payment", "refused: file", "not shown", "7Q2M"],
        ["carla", "signature", "refused", "not shown"],
        ["olga", "data protection", "audit", "not shown"],
    ]
    assert {row[0] for row in rows} == {"23 Nov 2026, 21:40"}


def test_programs_get_the_looks_as_the_service_gives_them(service: Service, desk: Desk) -> None:
    view = answered(service, *LOOKS)
    assert desk("viewed", REFERENCE, "--json").json == view


def test_a_long_list_names_the_command_for_its_earlier_part(service: Service, desk: Desk) -> None:
    answered(service, a_look(), earlier=EARLIER)
    command = f"desk viewed {REFERENCE} --before {EARLIER}"
    assert f"There are earlier entries: {command}" in desk("viewed", REFERENCE).out
    service.answers[f"GET /viewed/{REFERENCE}?before={EARLIER}"] = service.answers[
        f"GET /viewed/{REFERENCE}"
    ]
    assert desk("viewed", REFERENCE, "--before", EARLIER.lower()).code == 0


def test_an_operator_of_a_team_learns_whose_command_it_is(service: Service, desk: Desk) -> None:
    for refused in (problem(403, "refused"), (403, {"Message": "User is not authorized"})):
        service.answers[f"GET /viewed/{REFERENCE}"] = refused
        ended = desk("viewed", REFERENCE)
        assert ended.code == 4
        assert "desk viewed is for that of data protection" in ended.told
