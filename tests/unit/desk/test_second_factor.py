"""A profile that asks for a second factor asks once a session, and each team may have a profile."""

from pathlib import Path

import pytest
from botocore.credentials import AssumeRoleProvider

from desk.service_vocabulary import Category
from desk.settings import load
from tests.support.desk import Desk
from tests.support.desk_network import ACCOUNT, KEY, SECRET, TEAM_ROLE, Network, network

__all__ = ["network"]

PROFILE = f"""
[profile suport-payment]
source_profile = default
role_arn = {TEAM_ROLE}
role_session_name = marta
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/marta
duration_seconds = 28800
region = eu-west-1
"""
SETTINGS = """
[payment]
profile = "suport-payment"
"""


@pytest.fixture
def codes(
    network: Network,  # noqa: ARG001  first the environment
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> list[str]:
    """An operator as docs/operators.md says; the list gets each question for a code."""
    asked: list[str] = []
    (tmp_path / "aws-config").write_text(PROFILE)
    (tmp_path / "aws-credentials").write_text(
        f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.toml").write_text(SETTINGS)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "DESK_ROLE_ARN", "DESK_OPERATOR"):
        monkeypatch.delenv(name)

    def answer(question: str) -> str:
        asked.append(question)
        return "123456"

    # botocore has the question to the terminal as a default of this parameter
    _, *others = AssumeRoleProvider.__init__.__defaults__ or ()
    monkeypatch.setattr(AssumeRoleProvider.__init__, "__defaults__", (answer, *others))
    return asked


def test_the_code_is_asked_for_once_and_the_session_is_as_the_profile_says(
    desk: Desk, network: Network, codes: list[str]
) -> None:
    for _ in range(2):
        ended = desk("doctor", "--json")
        assert ended.code == 0, ended.out
    assert len(codes) == 1
    (asked,) = network.assumptions
    assert (asked["RoleArn"], asked["RoleSessionName"]) == (TEAM_ROLE, "marta")
    assert (asked["TokenCode"], asked["DurationSeconds"]) == ("123456", "28800")


def test_the_kept_session_is_the_operators_alone(
    desk: Desk, codes: list[str], tmp_path: Path
) -> None:
    assert desk("doctor").code == 0
    assert codes
    (kept,) = (tmp_path / "sessions").iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_team_without_a_profile_of_its_own_has_the_common_one(
    codes: list[str], tmp_path: Path
) -> None:
    assert codes == []
    (tmp_path / "config/config.toml").write_text(f'profile = "suport"\n{SETTINGS}[signature]\n')
    assert load(Category.PAYMENT, local=False).profile == "suport-payment"
    assert load(Category.SIGNATURE, local=False).profile == "suport"
