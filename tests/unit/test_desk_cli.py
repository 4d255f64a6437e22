"""The desk as a command: settings, exit codes, tables, dead letters, files, help."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desk import settings
from desk.api import Api
from desk.aws import Answer, Aws
from desk.replies import SHIPPED, gaps, replies
from desk.settings import CATEGORIES
from desk.trouble import Misused
from tests.unit.desk import (
    API_URL,
    OTHER,
    REFERENCE,
    VIEW,
    Ended,
    Service,
    desk,
    message,
    problem,
    service,
)

__all__ = ["desk", "service"]

Desk = Callable[..., Ended]
COMMANDS = (
    *("pull", "show", "claim", "reply", "ask", "note", "resolve", "transfer", "release"),
    *("withdraw", "new", "list", "stats", "file", "replies", "drafts", "dead-letters"),
)
ROOT = Path(__file__).parents[2]


def open_one(reference: str, status: str, since: str, by: str | None = None) -> dict[str, Any]:
    return {
        "reference": reference,
        "status": status,
        "submitted_at": since,
        "due_at": "2026-11-20T08:00:00.000Z",
        "claimed_by": by,
    }


# -------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(404, "not-found"), 1),
        (problem(409, "claimed-by-another", claimed_by="bert"), 1),
        (problem(422, "invalid", errors=[{"field": "reason", "message": "Say why."}]), 1),
        (problem(403, "other-team"), 4),
        (problem(403, "no-team"), 4),
        (problem(403, "refused"), 4),
        ((403, {"Message": "User is not authorized"}), 4),
        (problem(503, "unavailable"), 3),
        (problem(429, "too-many-requests"), 3),
        ((404, {"message": "Not Found"}), 3),
        ((200, ["not", "the", "service"]), 3),
        (None, 3),
    ],
)
def test_each_way_to_end_has_its_exit_code_and_a_sentence(
    service: Service, desk: Desk, answer: Any, code: int
) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/transfer"] = answer
    ended = desk("transfer", REFERENCE, "signature", "--reason", "It is the certificate")
    assert ended.code == code
    assert ended.err.strip()
    assert "Traceback" not in ended.err


def test_what_the_citizen_told_to_stop_is_withdrawn_and_a_lost_answer_repeated(
    service: Service, desk: Desk
) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/consents"] = [
        None,
        (201, {"entry": "1", "status": "claimed"}),
    ]
    ended = desk("withdraw", REFERENCE, "control")
    assert ended.code == 0
    assert "control withdrawn" in ended.out
    assert [each.content for each in service.sent] == [{"scope": "control"}] * 2
    assert desk("withdraw", REFERENCE, "all").code == 2


def test_a_wrong_field_is_named(service: Service, desk: Desk) -> None:
    errors = [{"field": "reason", "message": "Say why."}]
    service.answers[f"POST /incidents/{REFERENCE}/transfer"] = problem(
        422, "invalid", errors=errors
    )
    assert "reason: Say why." in desk("transfer", REFERENCE, "payment", "--reason", "?").err


@pytest.mark.parametrize(
    "arguments",
    [["pull", "taxes"], ["reply"], ["nothing"], ["transfer", REFERENCE, "signature"]],
)
def test_wrong_use_ends_with_2(service: Service, desk: Desk, arguments: list[str]) -> None:
    assert desk(*arguments).code == 2
    assert service.sent == []


def test_a_reference_leads_nowhere_else(service: Service) -> None:
    asked: list[str] = []

    class Recorder:
        def signed(self, method: str, url: str, *_: Any) -> Answer:
            asked.append(f"{method} {url}")
            return Answer(200, {}, json.dumps(VIEW).encode())

    Api(API_URL, Recorder()).incident("../stats?x=", "../&y=")
    assert asked == [f"GET {API_URL}/v1/desk/incidents/..%2Fstats%3Fx%3D?before=..%2F%26y%3D"]
    assert service.sent == []


# ----------------------------------------------------------------- what is shown


def test_the_list_is_by_state_and_age(service: Service, desk: Desk) -> None:
    service.answers["GET /incidents"] = (
        200,
        {
            "incidents": [
                open_one("AAAA-AAAA-AAAA", "waiting", "2026-11-01T08:00:00.000Z", "anna"),
                open_one("BBBB-BBBB-BBBB", "claimed", "2026-11-02T08:00:00.000Z", "bert"),
                open_one("CCCC-CCCC-CCCC", "queued", "2026-11-04T08:00:00.000Z"),
                open_one("DDDD-DDDD-DDDD", "queued", "2026-11-03T08:00:00.000Z"),
            ]
        },
    )
    listed = desk("list").out
    places = [listed.index(name * 4) for name in "DCBA"]
    assert places == sorted(places)
    assert "late" in listed
    mine = desk("list", "--mine", "--json").json["incidents"]
    assert [each["reference"] for each in mine] == ["AAAA-AAAA-AAAA"]
    queued = desk("list", "--state", "queued", "--json").json["incidents"]
    assert [each["reference"] for each in queued] == ["DDDD-DDDD-DDDD", "CCCC-CCCC-CCCC"]


def test_the_figures_are_shown_in_words_and_as_they_are(service: Service, desk: Desk) -> None:
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


def test_a_file_is_saved_for_the_operator_alone_and_over_no_other(
    service: Service, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = {
        "url": "https://files.example.test/signed",
        "expires_in": 60,
        "headers": {"If-Match": '"0123"'},
    }
    service.answers[f"GET /incidents/{REFERENCE}/files/7Q2M"] = (200, link)

    def fetched(_: Any, url: str, headers: dict[str, str]) -> Answer:
        assert (url, headers) == (link["url"], link["headers"])
        return Answer(200, {}, b"%PDF-1.7")

    monkeypatch.setattr(Service, "fetched", fetched, raising=False)
    saved = tmp_path / "proof.pdf"
    assert desk("file", REFERENCE, "7Q2M", "--to", saved).code == 0
    assert (saved.read_bytes(), saved.stat().st_mode & 0o777) == (b"%PDF-1.7", 0o600)
    assert desk("file", REFERENCE, "7Q2M", "--to", saved).code == 2


def test_a_file_is_asked_for_with_the_headers_that_are_signed(service: Service) -> None:
    asked: list[Any] = []

    class Store:
        def send(self, request: Any) -> Any:
            asked.append(request)
            return SimpleNamespace(status_code=200, headers={}, content=b"%PDF-1.7")

    aws = Aws(service.settings)
    aws._http = Store()  # type: ignore[assignment]
    url = "https://files.example.test/signed?X-Amz-SignedHeaders=host%3Bif-match"
    assert aws.fetched(url, {"If-Match": '"0123"'}).body == b"%PDF-1.7"
    assert [(each.url, each.headers["If-Match"]) for each in asked] == [(url, '"0123"')]


# ----------------------------------------------------------------- dead letters


def test_a_dead_letter_is_explained_by_how_its_incident_stands(
    service: Service, desk: Desk
) -> None:
    resolved = "0000-0000-0000"
    service.queue(message(), message(OTHER), message(resolved), "odd", dead=True)
    service.answers["GET /incidents"] = (
        200,
        {
            "incidents": [
                open_one(REFERENCE, "queued", "2026-11-01T08:00:00.000Z"),
                open_one(OTHER, "claimed", "2026-11-01T08:00:00.000Z", "bert"),
            ]
        },
    )
    shown = {each["reference"]: each for each in desk("dead-letters", "--json").json}
    assert "redrive" in shown[REFERENCE]["explanation"]
    assert "bert has its incident" in shown[OTHER]["explanation"]
    assert "resolved" in shown[resolved]["explanation"]
    assert "no message of this service" in shown[None]["explanation"]
    assert {each["done"] for each in shown.values()} == {None}
    assert sum(service.in_the_queue(dead=True)) == 4
    assert "try again in some seconds" in desk("dead-letters").out


def test_redriving_queues_again_what_waits_and_deletes_the_rest(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), message(OTHER), "odd", dead=True)
    service.answers |= {
        "GET /incidents": (
            200,
            {"incidents": [open_one(REFERENCE, "queued", "2026-11-01T08:00:00.000Z")]},
        ),
        f"POST /incidents/{REFERENCE}/claim": (200, VIEW),
        f"POST /incidents/{REFERENCE}/release": (200, {"status": "queued"}),
    }
    driven = {
        each["reference"]: each["done"] for each in desk("dead-letters", "--redrive", "--json").json
    }
    assert driven == {
        REFERENCE: "queued again",
        OTHER: "deleted, it was out of date",
        None: "left here",
    }
    assert service.requests() == [
        "GET /incidents",
        f"POST /incidents/{REFERENCE}/claim",
        f"POST /incidents/{REFERENCE}/release",
    ]
    assert sum(service.in_the_queue(dead=True)) == 1


def test_a_redrive_that_breaks_off_keeps_the_letter_and_says_whose_the_incident_is(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), dead=True)
    service.answers |= {
        "GET /incidents": (
            200,
            {"incidents": [open_one(REFERENCE, "queued", "2026-11-01T08:00:00.000Z")]},
        ),
        f"POST /incidents/{REFERENCE}/claim": (200, VIEW),
        f"POST /incidents/{REFERENCE}/release": [None, None, None, (200, {"status": "queued"})],
    }
    broken = desk("dead-letters", "--redrive", "--yes")
    assert broken.code == 3
    assert f"may still be yours: desk release {REFERENCE}" in broken.err
    assert sum(service.in_the_queue(dead=True)) == 1
    assert desk("release", REFERENCE).code == 0
    released = [each.key for each in service.sent if each.path.endswith("/release")]
    assert (len(released), len(set(released))) == (4, 1)


def test_a_dead_letter_whose_incident_a_colleague_took_meanwhile_is_deleted(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), dead=True)
    service.answers |= {
        "GET /incidents": (
            200,
            {"incidents": [open_one(REFERENCE, "queued", "2026-11-01T08:00:00.000Z")]},
        ),
        f"POST /incidents/{REFERENCE}/claim": (200, VIEW),
        f"POST /incidents/{REFERENCE}/release": problem(409, "not-claimed"),
    }
    driven = desk("dead-letters", "--redrive", "--json")
    assert [each["done"] for each in driven.json] == ["deleted, it was out of date"]
    assert sum(service.in_the_queue(dead=True)) == 0
    assert desk("drafts", "--json").json == []


# --------------------------------------------------------------------- settings


def written(folder: Path, text: str) -> dict[str, str]:
    """The environment of somebody with this settings file."""
    (folder / "config.toml").write_text(text)
    return {"DESK_CONFIG": str(folder / "config.toml"), "DESK_STATE": str(folder / "state")}


ONE_TEAM = f"""
api_url = "{API_URL}/"
region = "eu-west-1"
operator = "Anna Pons"
[payment]
queue_url = "https://sqs.example.test/payment"
role_arn = "arn:aws:iam::123456789012:role/payment"
"""


def test_who_is_in_one_team_need_not_say_so(tmp_path: Path) -> None:
    found = settings.load(None, local=False, environment=written(tmp_path, ONE_TEAM))
    assert (found.team, found.api_url) == ("payment", API_URL)
    assert found.operator == "Anna-Pons"  # fit to be the name of a session


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environment = written(tmp_path, ONE_TEAM) | {"DESK_QUEUE_URL": "https://sqs.example.test/other"}
    found = settings.load(None, local=False, environment=environment)
    assert found.queue_url == "https://sqs.example.test/other"


def test_who_is_in_several_teams_goes_on_with_the_one_pulled_for_last(tmp_path: Path) -> None:
    two = ONE_TEAM + '[signature]\nqueue_url = "https://sqs.example.test/signature"\n'
    environment = written(tmp_path, two)
    with pytest.raises(Misused, match="--team"):
        settings.load(None, local=False, environment=environment)
    settings.remember_team("signature", environment)
    assert settings.load(None, local=False, environment=environment).team == "signature"


@pytest.mark.parametrize("text", ["", "api_url = ", 'region = "eu-west-1"'])
def test_missing_settings_are_named_with_their_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misused, match=r"config\.toml"):
        settings.load("payment", local=False, environment=written(tmp_path, text))


def test_a_local_run_brings_its_own_settings(tmp_path: Path) -> None:
    lines = [
        "export AWS_ENDPOINT_URL=http://127.0.0.1:8012",
        "export AWS_REGION=eu-west-1",
        "export AWS_ACCESS_KEY_ID=test",
        "export API_URL=http://127.0.0.1:8012/_aws/execute-api/a1/suport",
        *(
            f"export {team.upper()}_{name}='{team} {name}'"
            for team in CATEGORIES
            for name in ("TEAM_ROLE_ARN", "QUEUE_URL", "DEAD_LETTER_QUEUE_URL")
        ),
        'PATH=.tools/bin:"$PATH"',
    ]
    (tmp_path / "env").write_text("\n".join(lines))
    environment = {"DESK_LOCAL_ENV": str(tmp_path / "env"), "DESK_API_URL": "https://elsewhere"}
    found = settings.load("signature", local=True, environment=environment)
    assert found.api_url == "http://127.0.0.1:8012/_aws/execute-api/a1/suport"
    assert found.role_arn == "signature TEAM_ROLE_ARN"
    assert found.aws["AWS_ENDPOINT_URL"] == "http://127.0.0.1:8012"
    with pytest.raises(Misused, match="make run"):
        settings.load("payment", local=True, environment={"DESK_LOCAL_ENV": str(tmp_path / "no")})


# ------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example_and_its_exit_codes(
    desk: Desk, command: str
) -> None:
    shown = desk(command, "--help").out
    assert f"desk {command}" in shown.partition("Example")[2]
    assert "Exit codes: 0 done" in shown
    assert "--json" in shown


def test_help_names_every_command(desk: Desk) -> None:
    shown = desk("--help").out
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_help_and_completion_import_nothing_that_only_the_work_needs() -> None:
    check = (
        "import sys, desk.cli;"
        "print([name for name in ('botocore', 'rich', 'tomllib', 'zoneinfo')"
        " if name in sys.modules])"
    )
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", check],
        env={"PYTHONPATH": str(ROOT / "desk/src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout) == []


# --------------------------------------------------------------- canned replies


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_canned_reply_is_there_in_four_languages_with_the_same_gaps(category: str) -> None:
    shipped = replies([SHIPPED], category)
    names = {reply.name for reply in shipped}
    assert len(names) >= 3
    for name in names:
        of_it = [reply for reply in shipped if reply.name == name]
        assert sorted(reply.language for reply in of_it) == ["ca", "de", "en", "es"]
        assert len({len(gaps(reply.text)) for reply in of_it}) == 1
        assert all(len(reply.text) <= 4000 for reply in of_it)


def test_canned_replies_are_listed_with_where_to_change_them(desk: Desk) -> None:
    listed = desk("replies", "signature", "--language", "de")
    assert listed.code == 0
    assert "call-012" in listed.out
    assert "NAME.LANGUAGE.txt" in listed.out
    everything = desk("replies", "signature", "--json").json
    assert {each["language"] for each in everything} == {"ca", "es", "en", "de"}
