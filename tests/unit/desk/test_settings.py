"""Where the desk's settings come from."""

from pathlib import Path

import pytest

from desk.errors import Misused
from desk.service_vocabulary import Category
from desk.settings import load, load_for_data_protection, remember_team
from tests.support.desk import API_URL

ONE_TEAM = f"""
api_url = "{API_URL}/"
region = "eu-west-1"
operator = "Anna Pons"
[payment]
queue_url = "https://sqs.example.test/payment"
role_arn = "arn:aws:iam::123456789012:role/payment"
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the operator's settings file, which need not exist yet."""
    for name in ("TEAM", "API_URL", "REGION", "PROFILE", "OPERATOR", "ROLE_ARN", "QUEUE_URL"):
        monkeypatch.delenv(f"DESK_{name}", raising=False)
    monkeypatch.setenv("DESK_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("DESK_STATE", str(tmp_path / "state"))
    return tmp_path


def test_an_operator_of_one_team_need_not_name_it(folder: Path) -> None:
    (folder / "config.toml").write_text(ONE_TEAM)
    found = load(None, local=False)
    assert (found.team, found.api_url) == ("payment", API_URL)
    assert found.operator == "Anna-Pons"  # a valid name of a session


def test_the_environment_takes_precedence_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config.toml").write_text(ONE_TEAM)
    monkeypatch.setenv("DESK_QUEUE_URL", "https://sqs.example.test/other")
    assert load(None, local=False).queue_url == "https://sqs.example.test/other"


def test_an_operator_of_several_teams_goes_on_with_the_one_they_pulled_for_last(
    folder: Path,
) -> None:
    two = ONE_TEAM + '[signature]\nqueue_url = "https://sqs.example.test/signature"\n'
    (folder / "config.toml").write_text(two)
    with pytest.raises(Misused, match="--team"):
        load(None, local=False)
    remember_team(Category.SIGNATURE)
    assert load(None, local=False).team == "signature"


@pytest.mark.parametrize("text", ["", "api_url = ", 'region = "eu-west-1"'])
def test_the_error_names_a_missing_setting_and_the_file_it_belongs_in(
    folder: Path, text: str
) -> None:
    (folder / "config.toml").write_text(text)
    with pytest.raises(Misused, match=r"config\.toml"):
        load(Category.PAYMENT, local=False)


def test_a_local_run_brings_its_own_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "export AWS_ENDPOINT_URL=http://127.0.0.1:8012",
        "export AWS_REGION=eu-west-1",
        "export AWS_ACCESS_KEY_ID=test",
        "export API_URL=http://127.0.0.1:8012/_aws/execute-api/a1/suport",
        *(
            f"export {team.upper()}_{name}='{team} {name}'"
            for team in Category
            for name in ("TEAM_ROLE_ARN", "QUEUE_URL", "DEAD_LETTER_QUEUE_URL")
        ),
        "export DATA_PROTECTION_ROLE_ARN=data-protection",
        'PATH=.tools/bin:"$PATH"',
    ]
    (folder / "env").write_text("\n".join(lines))
    monkeypatch.setenv("DESK_LOCAL_ENV", str(folder / "env"))
    monkeypatch.setenv("DESK_API_URL", "https://elsewhere")
    found = load(Category.SIGNATURE, local=True)
    assert found.api_url == "http://127.0.0.1:8012/_aws/execute-api/a1/suport"
    assert found.role_arn == "signature TEAM_ROLE_ARN"
    assert found.aws["AWS_ENDPOINT_URL"] == "http://127.0.0.1:8012"
    assert load_for_data_protection(local=True).role_arn == "data-protection"
    monkeypatch.setenv("DESK_LOCAL_ENV", str(folder / "no"))
    with pytest.raises(Misused, match="make run"):
        load(Category.PAYMENT, local=True)


OFFICER = f"""
api_url = "{API_URL}"
region = "eu-west-1"
[data_protection]
role_arn = "arn:aws:iam::123456789012:role/data-protection"
"""


def test_a_data_protection_officer_needs_neither_a_team_nor_a_queue(folder: Path) -> None:
    (folder / "config.toml").write_text(OFFICER)
    found = load_for_data_protection(local=False)
    assert (found.api_url, found.role_arn) == (
        API_URL,
        "arn:aws:iam::123456789012:role/data-protection",
    )


def test_an_officer_who_asks_for_a_teams_command_learns_which_one_is_theirs(folder: Path) -> None:
    (folder / "config.toml").write_text(OFFICER)
    with pytest.raises(Misused, match="desk viewed"):
        load(None, local=False)


@pytest.mark.parametrize(
    "section",
    [
        'aws = "eu-central-1"',
        "aws = 7",
        'aws = ["suport"]',
        '[aws]\nprofile = "suport-pagament"',
        '[aws]\nAWS_ENDPOINT_URL = "http://127.0.0.1:8150"',
    ],
)
def test_only_a_local_run_brings_credentials_and_an_endpoint(folder: Path, section: str) -> None:
    is_table = section.startswith("[")
    text = f"{ONE_TEAM}\n{section}" if is_table else f"{section}\n{ONE_TEAM}"
    (folder / "config.toml").write_text(text)
    found = load(None, local=False)
    assert (found.aws, found.profile, found.api_url) == ({}, None, API_URL)
