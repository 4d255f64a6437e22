"""A session in a role serves later commands until it ends, and serves nobody else."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.errors import NotAllowed
from desk.kept_sessions import KeptSessions, erase_expired
from desk.service.aws import Aws
from desk.settings import load
from tests.support.desk import Desk, Service
from tests.support.desk_network import KEY, SECRET, TEAM_ROLE, Network, network

__all__ = ["network"]

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ANOTHER_KEY = "AKIAI44QH8DHBEXAMPLE"


def an_answer(ends: datetime | str) -> dict[str, Any]:
    """What STS answers, with a session until then."""
    keys = {"AccessKeyId": "ASIA1", "SecretAccessKey": "secret", "SessionToken": "token"}
    return {"Credentials": keys | {"Expiration": ends}}


@pytest.fixture(autouse=True)
def _(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the desk on the real botocore."""
    assert service.sent == []
    monkeypatch.setattr(
        "desk.operators_desk.Desk.aws", property(lambda desk: Aws(desk.settings)), raising=True
    )


def test_aws_is_asked_for_one_session_and_not_for_one_a_command(
    network: Network, desk: Desk
) -> None:
    for _ in range(3):
        assert desk("stats").code == 0
    assert [each["RoleSessionName"] for each in network.assumptions] == ["marta"]


@pytest.mark.parametrize("command", [["list"], ["stats"], ["pull", "--wait", 0]])
@pytest.mark.parametrize("named", [True, False])
def test_a_session_that_aws_does_not_give_is_not_blamed_on_who_was_to_be_asked_next(
    network: Network,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    command: list[object],
    *,
    named: bool,
) -> None:
    if not named:
        monkeypatch.delenv("DESK_OPERATOR")
    monkeypatch.setattr("time.sleep", lambda _: None)
    network.silent = {"sts"}
    ended = desk(*command)
    assert ended.code == 3
    assert ended.err.startswith("AWS (STS), which gives the session in your role, does not answer")


def test_aws_is_asked_once_who_the_operator_is(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_OPERATOR")
    assert desk("stats").code == 0
    network.silent = {"sts"}
    assert desk("stats").code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ACCESS_KEY_ID", ANOTHER_KEY),
        ("DESK_OPERATOR", "bert"),
        ("DESK_ROLE_ARN", TEAM_ROLE.replace("payment", "signature")),
    ],
)
def test_another_sign_in_name_or_role_gets_a_session_of_its_own(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert desk("stats").code == 0
    monkeypatch.setenv(name, value)
    assert desk("stats").code == 0
    assert len(network.assumptions) == 2


def test_a_profile_of_another_name_gets_a_session_of_its_own(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    (tmp_path / "aws-config").write_text(f"[profile one]\n{keys}[profile other]\n{keys}")
    for profile in ("one", "other"):
        monkeypatch.setenv("DESK_PROFILE", profile)
        assert desk("stats").code == 0
    assert len(network.assumptions) == 2


def test_a_session_that_aws_has_ended_is_replaced_within_the_command(
    network: Network, desk: Desk
) -> None:
    assert desk("stats").code == 0
    ended = (403, {"message": "The security token included in the request is invalid."})
    network.desk = lambda: ended if len(network.assumptions) == 1 else None
    assert desk("stats").code == 0
    assert len(network.assumptions) == 2


def test_a_refusal_of_the_service_is_no_reason_for_another_session(
    network: Network, desk: Desk
) -> None:
    assert desk("stats").code == 0
    network.desk = (403, {"type": "urn:suport:problem:no-team", "title": "No", "errors": []})
    assert desk("stats").code == 4
    assert len(network.assumptions) == 1


def test_the_doctor_tries_whether_aws_gives_a_session_now(network: Network, desk: Desk) -> None:
    assert desk("stats").code == 0
    network.assume_refuses = "AccessDenied"
    with pytest.raises(NotAllowed):
        Aws(load(None, local=False), afresh=True).caller()


def test_only_the_operator_can_read_a_kept_session(tmp_path: Path) -> None:
    KeptSessions(tmp_path, "AKIA1")["key"] = an_answer(datetime.now(UTC) + timedelta(hours=1))
    (kept,) = tmp_path.rglob("*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"Credentials": null}',
        json.dumps(an_answer("yesterday")),
        json.dumps(an_answer((datetime.now(UTC) - timedelta(seconds=1)).isoformat())),
        json.dumps(an_answer("2126-11-26T09:00:00")),
        "\xff",
    ],
)
def test_what_is_no_session_any_more_is_as_good_as_absent(tmp_path: Path, content: str) -> None:
    kept = KeptSessions(tmp_path, "AKIA1")
    kept["key"] = an_answer(datetime.now(UTC) + timedelta(hours=1))
    assert "key" in kept
    (file,) = tmp_path.rglob("*.json")
    file.write_text(content, encoding="latin-1")
    assert "key" not in kept


def test_an_expired_session_is_erased_with_the_name_that_went_with_it(tmp_path: Path) -> None:
    kept = KeptSessions(tmp_path, "AKIA1")
    kept.name = "marta"
    kept["key"] = an_answer(NOW + timedelta(hours=1))
    erase_expired(tmp_path, NOW)
    assert kept.name == "marta"
    erase_expired(tmp_path, NOW + timedelta(hours=2))
    assert list((tmp_path / "sessions").iterdir()) == []


def test_identity_center_is_asked_for_keys_once_a_sign_in(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sign_ins = tmp_path / ".aws/sso/cache"
    sign_ins.mkdir(parents=True)
    of_the_profile = {
        "sso_start_url": "https://goib.awsapps.com/start",
        "sso_region": "eu-west-1",
        "sso_account_id": "123456789012",
        "sso_role_name": "SuportPayment",
    }
    lines = [f"{name} = {value}" for name, value in of_the_profile.items()]
    (tmp_path / "aws-config").write_text("\n".join(["[profile suport]", *lines]))
    asked: list[dict[str, Any]] = []

    def keys(_: object) -> dict[str, Any]:
        ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        asked.append(an_answer(ends))
        asked[-1]["Credentials"]["AccessKeyId"] = f"ASIA{len(asked)}"  # others each time
        return asked[-1]

    monkeypatch.setattr("botocore.credentials.SSOCredentialFetcher._get_credentials", keys)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DESK_PROFILE", "suport")
    for person in ("marta", "bert"):
        (sign_ins / "token.json").write_text(json.dumps({"accessToken": person}))
        for _ in range(2):
            assert desk("stats").code == 0
    assert (len(asked), len(network.assumptions)) == (2, 2)
