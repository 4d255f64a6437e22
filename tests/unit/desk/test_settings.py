"""Where the desk's settings come from."""

from pathlib import Path

import pytest

from desk.errors import Misused
from desk.service_vocabulary import Category
from desk.settings import load, load_for_data_protection, login_name, remember_team
from tests.support.desk import API_URL

ROLES = "arn:aws:iam::123456789012:role/"
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
            f"export {team.upper()}_{name}='{of_it}{team}'"
            for team in Category
            for name, of_it in (
                *(("TEAM_ROLE_ARN", ROLES), ("QUEUE_URL", "of ")),
                ("DEAD_LETTER_QUEUE_URL", "dead letters of "),
            )
        ),
        f"export DATA_PROTECTION_ROLE_ARN={ROLES}data-protection",
        'PATH=.tools/bin:"$PATH"',
    ]
    (folder / "env").write_text("\n".join(lines))
    monkeypatch.setenv("DESK_LOCAL_ENV", str(folder / "env"))
    monkeypatch.setenv("DESK_API_URL", "https://elsewhere")
    found = load(Category.SIGNATURE, local=True)
    assert found.api_url == "http://127.0.0.1:8012/_aws/execute-api/a1/suport"
    assert found.role_arn == f"{ROLES}signature"
    assert found.aws["AWS_ENDPOINT_URL"] == "http://127.0.0.1:8012"
    assert load_for_data_protection(local=True).role_arn == f"{ROLES}data-protection"
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_file_is_read_as_the_editors_of_windows_save_it(
    folder: Path, encoding: str, line_end: str
) -> None:
    text = f"# Àngela's{ONE_TEAM}".replace("\n", line_end)
    (folder / "config.toml").write_bytes(text.encode(encoding))
    assert load(None, local=False).api_url == API_URL


@pytest.mark.parametrize("content", ["# Àngela".encode("cp1252"), b"\xff\xfe\x23"])
def test_a_file_in_an_encoding_that_nobody_can_tell_is_named(folder: Path, content: bytes) -> None:
    (folder / "config.toml").write_bytes(content)
    with pytest.raises(Misused, match=r"config\.toml cannot be read: save it as UTF-8\."):
        load(Category.PAYMENT, local=False)


@pytest.mark.parametrize("team", [None, Category.SIGNATURE])
def test_that_there_is_no_settings_file_is_said_with_its_path(
    folder: Path, team: Category | None
) -> None:
    with pytest.raises(Misused) as missing:
        load(team, local=False)
    assert f"There is no file {folder / 'config.toml'}." in str(missing.value)
    (folder / "config.toml").write_text("")
    with pytest.raises(Misused) as empty:
        load(team, local=False)
    assert "There is no file" not in str(empty.value)


@pytest.mark.parametrize("name", ["x", " 7 ", "Ñ"])
def test_a_name_that_is_too_short_for_aws_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (folder / "config.toml").write_text(ONE_TEAM.replace("Anna Pons", name))
    with pytest.raises(Misused, match="operator needs two characters at least"):
        load(None, local=False)
    monkeypatch.setenv("DESK_OPERATOR", "jo")
    assert load(None, local=False).operator == "jo"


def test_a_name_on_this_computer_that_is_too_short_for_aws_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "j")
    assert login_name() == "operator"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("operator", '"Anna Pons"', '["Anna", "Pons"]'),
        ("operator", '"Anna Pons"', '{name = "Anna"}'),
        ("region", '"eu-west-1"', '["eu-west-1"]'),
    ],
)
def test_a_setting_that_is_no_text_is_named(
    folder: Path, name: str, right: str, wrong: str
) -> None:
    (folder / "config.toml").write_text(ONE_TEAM.replace(right, wrong))
    with pytest.raises(Misused, match=f"{name} in .* must be one text in quotes"):
        load(None, local=False)


def test_what_the_desk_does_not_know_in_the_file_is_named(folder: Path) -> None:
    known = 'team = "payment"\nprofile = "p"\n' + ONE_TEAM + 'dead_letter_queue_url = "https://d"\n'
    (folder / "config.toml").write_text(known + OFFICER.partition('"eu-west-1"')[2])
    assert load(None, local=False).unread == ()
    more = '[aws]\nprofile = "suport"\n[paymnet]\nrole_arn = "r"\n'
    mistyped = known.replace("dead_letter_queue_url", "dead_leter_queue_url")
    (folder / "config.toml").write_text('regoin = "x"\n' + mistyped + more)
    unread = ("regoin", "[payment] dead_leter_queue_url", "[aws]", "[paymnet]")
    assert load(None, local=False).unread == unread
    (folder / "config.toml").write_text(ONE_TEAM.replace("queue_url", "queue_ulr"))
    with pytest.raises(Misused, match=r"queue_url is missing.* not know: \[payment\] queue_ulr\."):
        load(None, local=False)


@pytest.mark.parametrize(
    "address",
    [
        *("suport", "localhost:8012", "http://", "https:///suport", "ftp://suport.example.test"),
        *("http://127.0.0.1:99999/x", "https://[::1", "https://suport.example.test:abc"),
        *("https://suport .example.test", "https://suport..test", f"https://{'a' * 64}.test"),
        *("https://suport.example.test/?stage=prod", "https://suport.example.test:0"),
    ],
)
def test_an_api_url_that_is_no_address_is_named_with_the_output_to_copy(
    folder: Path, address: str
) -> None:
    (folder / "config.toml").write_text(ONE_TEAM.replace(f"{API_URL}/", address))
    with pytest.raises(Misused, match=r"api_url is no address of the web.*output ApiUrl"):
        load(None, local=False)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8012", "https://[::1]:8012/suport", "https://Suport.example."]
)
def test_addresses_of_any_kind_are_taken(folder: Path, address: str) -> None:
    (folder / "config.toml").write_text(ONE_TEAM.replace(f"{API_URL}/", address))
    assert load(None, local=False).api_url == address


@pytest.mark.parametrize(
    "arn", ["x", "payment", "arn:aws:iam::123456789012:user/anna", "arn:aws:iam::1234:role/x"]
)
def test_a_role_arn_that_is_none_is_named_with_the_output_to_copy(folder: Path, arn: str) -> None:
    role = "arn:aws:iam::123456789012:role/payment"
    (folder / "config.toml").write_text(ONE_TEAM.replace(role, arn))
    with pytest.raises(Misused, match=r"role_arn is not the ARN.*PaymentTeamRoleArn.*\[payment\]"):
        load(None, local=False)
