"""What docs/integration.md shows is true."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from suport.domain.history import LONGEST_HISTORY_PART
from suport.http import problem
from suport.http.problems import about_requests, at_desk
from suport.runtime import clock
from tests.support.operators_api import PAYMENT, OperatorsApi, with_file
from tests.support.remote import Remote, desks, remote
from tests.support.template import TEMPLATE

__all__ = ["desks", "remote"]

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "integration.md").read_text()


def blocks(language: str) -> list[str]:
    """The blocks of code in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_shown_message_fits_the_schema() -> None:
    (shown,) = blocks("json")
    schema = json.loads((DOCS / "suport.incident-2.schema.json").read_text())
    Draft202012Validator(schema).validate(json.loads(shown))


def test_links_lead_to_files_that_exist() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert linked
    assert [name for name in linked if not (DOCS / name).exists()] == []


@pytest.mark.parametrize(
    "refusal",
    [
        at_desk.claimed_by_another("anna"),
        at_desk.already_resolved(),
        at_desk.other_team(),
        at_desk.no_such_incident(),
    ],
)
def test_the_document_names_the_problems_that_the_service_gives(refusal: problem.Problem) -> None:
    assert f"{int(refusal.status)} `{refusal.name}`" in TEXT
    assert f'"{refusal.name}"' in (DOCS / "consumer.py").read_text()


@pytest.mark.parametrize(
    "refusal",
    [
        at_desk.changed_meanwhile("01K3ZB2E40AAAAAAAAAAAAAAAA", []),
        about_requests.key_reused("GQNC-YQBY-1H8C"),
    ],
)
def test_the_document_names_the_problems_of_a_repetition_with_their_members(
    refusal: problem.Problem,
) -> None:
    assert f"{int(refusal.status)} `{refusal.name}`" in TEXT
    assert [name for name in refusal.members if f"`{name}`" not in TEXT] == []


def test_the_keys_named_are_those_of_each_act_that_takes_one(desk: OperatorsApi) -> None:
    (named,) = re.findall(r"Send an `Idempotency-Key` with (.*?):", TEXT, re.DOTALL)
    assert set(re.findall(r"\w+", named)) - {"and"} == {
        *("incidents", "messages", "notes", "transfers", "snoozes", "releases"),
        "resolutions",
        *("access", "codes"),
    }
    key = {"Idempotency_Key": "a key of some length".replace(" ", "-")}
    desk.on("claim")
    for act, content in (
        ("notes", {"body": "Hello."}),
        ("messages", {"body": "Hello."}),
        ("access-code", {}),
        ("snooze", {"until": f"{clock.now() + timedelta(days=9):%Y-%m-%d}"}),
        ("release", {}),
    ):
        first, again = (desk.on(act, content, **key) for _ in range(2))
        assert first == again
        assert first[0] in {200, 201}
    desk.on("claim")
    asked = {"category": "signature", "reason": "Certificate"}
    first, again = (desk.on("transfer", asked, **key) for _ in range(2))
    assert first == again
    assert first[0] == 200


def test_what_the_list_of_open_incidents_tells_is_named_and_no_look_recorded(
    desk: OperatorsApi,
) -> None:
    desk.on("claim")
    looks = desk.actions("viewed")
    everything = desk.ask("GET", "/v1/desk/incidents")[1]["incidents"]
    (listed,) = everything
    assert [name for name in listed if f"`{name}`" not in TEXT] == []
    ((name, shown),) = re.findall(r"`/incidents\?(changed_since)=([^`]+)`", TEXT)
    datetime.fromisoformat(shown)
    changed_at = datetime.fromisoformat(listed["changed_at"])
    for since, expected in ((changed_at, []), (changed_at - timedelta(minutes=1), everything)):
        _, found = desk.ask("GET", "/v1/desk/incidents", query={name: since.isoformat()})
        assert found["incidents"] == expected
    assert desk.actions("viewed") == looks


def test_what_was_read_and_the_parts_of_a_history_are_named_as_the_incident_names_them(
    desk: OperatorsApi,
) -> None:
    _, claimed = desk.on("claim")
    assert {"etag", "earlier", "history", "description"} <= claimed.keys()
    assert [name for name in ("etag", "earlier", "description") if f"`{name}`" not in TEXT] == []
    assert f"at most {LONGEST_HISTORY_PART} entries of its history" in TEXT


def test_the_document_names_every_route_of_the_operators() -> None:
    named = ("WorkIncident", "EraseIncident", "ShareScreen")
    functions = [TEMPLATE["Resources"][name] for name in named]
    events = [event for each in functions for event in each["Properties"]["Events"].values()]
    for event in events:
        if not event["Properties"]["Path"].startswith("/v1/desk/"):
            continue
        method, path = event["Properties"]["Method"], event["Properties"]["Path"]
        path = path.removeprefix("/v1/desk")
        assert re.search(rf"\| {method.upper()} \| `{re.escape(path)}[`?]", TEXT), (method, path)


def answered(method: str, path: str) -> set[str]:
    """The members of the answer, according to the table of the routes."""
    (row,) = re.findall(rf"^\| {method} \| `{re.escape(path)}` \|.*$", TEXT, re.MULTILINE)
    return set(re.findall(r'"(\w+)"', row))


def test_the_answers_named_are_those_that_are_given(desk: OperatorsApi) -> None:
    file = with_file(desk)
    desk.on("claim")
    _, link = desk.on(f"files/{file.id}")
    assert answered("GET", "/incidents/{reference}/files/{file}") == link.keys()
    _, made = desk.ask("POST", "/v1/desk/incidents", PAYMENT)
    assert answered("POST", "/incidents") == made.keys()


def test_the_members_named_of_remote_support_are_those_that_are_given(remote: Remote) -> None:
    invited = answered("POST", "/incidents/{reference}/remote")
    told = remote.ask("POST")[1].keys()
    assert told - remote.ask("GET")[1].keys() == invited - {"join_code", "join_by"}
    assert told >= invited
    permitted = answered("GET", "/incidents/{reference}/permissions")
    assert permitted == remote.ask("GET", "permissions")[1].keys()


def test_the_document_names_the_operators_that_the_roles_trust() -> None:
    assert re.search(r"^\| `operator` \|.*must equal your name in AWS", TEXT, re.MULTILINE)
