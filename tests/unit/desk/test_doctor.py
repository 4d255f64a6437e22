"""`desk doctor` says what to mend, for whatever is wrong, and nothing that must stay secret."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import UnauthorizedSSOTokenError

from desk.checkup import Check
from tests.support.desk import API_URL, Desk, Ended
from tests.support.desk_network import (
    ACCOUNT,
    DEAD_LETTERS,
    KEY,
    QUEUE,
    SECRET,
    Network,
    network,
)

__all__ = ["network"]


@dataclass
class Diagnosis:
    """What the doctor found, by check."""

    ended: Ended

    @property
    def verdicts(self) -> dict[str, str]:
        return {each["check"]: each["verdict"] for each in self.ended.json["checks"]}

    @property
    def to_mend(self) -> list[str]:
        return [name for name, verdict in self.verdicts.items() if verdict == "mend"]

    def text(self, check: str) -> str:
        (text,) = [each["text"] for each in self.ended.json["checks"] if each["check"] == check]
        return str(text)


type Doctor = Callable[..., Diagnosis]


@pytest.fixture
def doctor(desk: Desk, network: Network) -> Doctor:
    """Asks the doctor; whatever is found, each check says a sentence, and none tells a secret."""
    assert network.silent == set()

    def ask(*arguments: str) -> Diagnosis:
        for_people = desk("doctor", *arguments)
        told = Diagnosis(desk("doctor", "--json", *arguments))
        assert list(told.verdicts) == list(Check)
        assert for_people.code == told.ended.code == int(set(told.verdicts.values()) != {"ok"})
        assert told.ended.json["well"] is (told.ended.code == 0)
        lines = " ".join(for_people.out.split())
        for each in told.ended.json["checks"]:
            assert re.fullmatch(r"[^\n]+\.", each["text"])
            assert each["text"] in lines
        printed = for_people.out + for_people.err + told.ended.out + told.ended.err
        assert not [secret for secret in (KEY, SECRET, ACCOUNT, "token") if secret in printed]
        return told

    return ask


def test_all_is_well(doctor: Doctor) -> None:
    told = doctor()
    assert set(told.verdicts.values()) == {"ok"}
    assert told.text("Sign-in") == "AWS knows you as marta, an IAM user."
    assert told.text("Role") == "You act as marta, in the role suport-payment."
    assert (
        told.text("Queue") == "3 messages wait, 3 are with operators, 1 in the dead-letter queue."
    )
    assert "payment" in told.text("Desk")


def test_with_nothing_set_each_check_says_what_it_needs(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_URL", "REGION", "TEAM", "QUEUE_URL", "ROLE_ARN", "OPERATOR"):
        monkeypatch.delenv(f"DESK_{name}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    told = doctor()
    assert told.to_mend == ["Settings", "Sign-in"]
    assert "--team" in told.text("Settings")
    assert "no AWS credentials" in told.text("Sign-in")
    assert told.text("Queue") == "Waits for: Region, Role."


@pytest.mark.parametrize("name", ["API_URL", "REGION", "QUEUE_URL"])
def test_a_missing_setting_is_named_and_the_sign_in_is_checked_all_the_same(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(f"DESK_{name}")
    told = doctor()
    assert (told.to_mend, told.verdicts["Sign-in"]) == (["Settings"], "ok")
    assert name.lower() in told.text("Settings")


def test_a_settings_file_that_cannot_be_read_is_named(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.toml").write_text("api_url = ")
    monkeypatch.setenv("DESK_CONFIG", str(tmp_path / "broken.toml"))
    assert "broken.toml" in doctor().text("Settings")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "expired: sign in again"),
        ("ExpiredTokenException", "expired: sign in again"),
        ("InvalidClientTokenId", "does not know your access key"),
        ("SignatureDoesNotMatch", "secret access key"),
        ("AccessDenied", "AWS refuses"),
    ],
)
def test_credentials_that_aws_refuses_are_told_with_the_way_out(
    doctor: Doctor, network: Network, code: str, said: str
) -> None:
    network.sts_refuses = code
    told = doctor()
    assert told.to_mend == ["Sign-in"]
    assert said in told.text("Sign-in")
    assert told.verdicts["Service"] == told.verdicts["Clock"] == told.verdicts["Region"] == "ok"


def test_an_expired_sign_in_at_identity_center_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expired(_: object) -> None:
        raise UnauthorizedSSOTokenError

    monkeypatch.setattr("botocore.session.Session.get_credentials", expired)
    told = doctor()
    assert told.to_mend == ["Sign-in"]
    assert "aws sso login" in told.text("Sign-in")


def test_a_profile_that_is_not_there_is_named(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_PROFILE", "suport-paiment")
    told = doctor()
    assert told.to_mend == ["Sign-in"]
    assert "suport-paiment" in told.text("Sign-in")


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-west-3", "but api_url is in eu-west-1"),
        ("eu-wst-1", "AWS has no region eu-wst-1"),
        ("Ireland", "AWS has no region Ireland"),
    ],
)
def test_a_wrong_region_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, region: str, said: str
) -> None:
    monkeypatch.setenv("DESK_REGION", region)
    told = doctor()
    assert "Region" in told.to_mend
    assert said in told.text("Region")
    assert told.verdicts["Queue"] == told.verdicts["Desk"] == "waits"


def test_a_queue_in_another_region_is_told_where_the_service_has_its_own_domain(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_API_URL", API_URL)
    assert doctor().to_mend == []
    monkeypatch.setenv("DESK_QUEUE_URL", QUEUE.replace("eu-west-1", "eu-south-2"))
    assert "queue_url is in eu-south-2" in doctor().text("Region")


def test_without_a_network_both_ends_are_told(doctor: Doctor, network: Network) -> None:
    network.silent |= {"api", "sts", "sqs"}
    told = doctor()
    assert told.to_mend == ["Service", "Sign-in"]
    assert "check the connection" in told.text("Service")
    assert told.text("Clock") == "Waits for: Service."


@pytest.mark.parametrize(
    "answer",
    [
        (403, {"message": "Missing Authentication Token"}),
        (404, "<html>Not found</html>"),
        (200, "<html>Log in to the network</html>"),
        (200, "[]"),
    ],
)
def test_a_wrong_address_is_told(doctor: Doctor, network: Network, answer: tuple[int, Any]) -> None:
    network.contact = answer
    told = doctor()
    assert told.to_mend == ["Service"]
    assert "api_url must be the output ApiUrl" in told.text("Service")
    assert (told.verdicts["Queue"], told.verdicts["Desk"]) == ("ok", "waits")


def test_an_address_that_nobody_has_is_told(doctor: Doctor, network: Network) -> None:
    network.silent.add("api")
    told = doctor()
    assert told.to_mend == ["Service"]
    assert "a1b2c3.execute-api.eu-west-1.amazonaws.com does not answer" in told.text("Service")


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (timedelta(minutes=-7), "7 minutes fast"),
        (timedelta(hours=1), "60 minutes slow"),
        (timedelta(days=-1), "1440 minutes fast"),
    ],
)
def test_a_wrong_clock_is_told_before_aws_refuses_what_it_signs(
    doctor: Doctor, network: Network, skew: timedelta, said: str
) -> None:
    network.skew, network.sts_refuses = skew, "SignatureDoesNotMatch"
    told = doctor()
    assert told.to_mend == ["Clock"]
    assert said in told.text("Clock")
    assert told.text("Sign-in") == "Waits for: Clock."


@pytest.mark.parametrize("seconds", [-200, 0, 200])
def test_a_clock_that_aws_tolerates_is_well(doctor: Doctor, network: Network, seconds: int) -> None:
    network.skew = timedelta(seconds=seconds)
    assert doctor().to_mend == []


# The role


def test_a_name_that_is_not_ones_own_is_told_with_the_right_one(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.assume_refuses = "AccessDenied"
    monkeypatch.setenv("DESK_OPERATOR", "Marta Pons")
    told = doctor()
    assert told.to_mend == ["Role"]
    assert "set it to marta, not Marta-Pons" in told.text("Role")


@pytest.mark.parametrize(
    ("operator", "name"), [("Àngela Ñ", "-ngela--"), ("joan@caib.es", "joan@caib.es")]
)
def test_the_name_under_which_one_acts_is_told_as_aws_takes_it(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch, operator: str, name: str
) -> None:
    monkeypatch.setenv("DESK_OPERATOR", operator)
    told = doctor()
    assert told.text("Settings").endswith(f"you work for payment, under the name {name}.")
    assert {asked["RoleSessionName"] for asked in network.assumptions} == {name}


def test_a_name_that_is_too_short_is_told_before_aws_refuses_it(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_OPERATOR", "j")
    told = doctor()
    assert told.to_mend == ["Settings"]
    assert "operator needs two characters at least" in told.text("Settings")
    assert network.assumptions == []


def test_where_no_settings_file_is_the_doctor_says_so(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DESK_CONFIG", str(tmp_path / "missing.toml"))
    assert f"there is no file {tmp_path}/missing.toml" in doctor().text("Settings")
    monkeypatch.delenv("DESK_QUEUE_URL")
    assert f"There is no file {tmp_path}/missing.toml." in doctor().text("Settings")


def test_a_setting_that_the_desk_does_not_know_is_named_and_all_else_is_checked(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text('[aws]\nprofile = "suport-pagament"\n')
    monkeypatch.setenv("DESK_CONFIG", str(tmp_path / "own.toml"))
    told = doctor()
    assert told.to_mend == []
    assert told.text("Settings").endswith("The desk does not know: [aws].")


def test_a_role_that_asks_for_a_second_factor_is_told(doctor: Doctor, network: Network) -> None:
    network.assume_refuses = "AccessDenied"
    assert "mfa_serial" in doctor().text("Role")


def test_a_sign_in_that_does_not_lead_to_the_role_is_told(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "AWSReservedSSO_SuportPayment_0123456789abcdef"
    network.own = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/marta@caib.es"
    network.assume_refuses = "AccessDenied"
    monkeypatch.setenv("DESK_OPERATOR", "marta@caib.es")
    assert "ask those who keep the roles" in doctor().text("Role")


@pytest.mark.parametrize(
    "own",
    [
        f"arn:aws:iam::{ACCOUNT}:user/teams/marta",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Suport_0123456789abcdef/marta@caib.es",
        f"arn:aws:iam::{ACCOUNT}:root",
    ],
)
def test_whoever_is_in_no_teams_role_is_told_to_set_it(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    monkeypatch.delenv("DESK_ROLE_ARN")
    network.own = own
    told = doctor()
    assert told.to_mend == ["Role"]
    assert "set role_arn" in told.text("Role")
    assert "under [payment]" in told.text("Role")


def test_a_profile_in_the_teams_role_is_well_without_a_role_of_its_own(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_ROLE_ARN")
    network.own = f"arn:aws:sts::{ACCOUNT}:assumed-role/suport-payment/marta@caib.es"
    assert doctor().text("Role") == "You act as marta@caib.es, in the role suport-payment."


@pytest.mark.parametrize(
    "role", ["payment", f"arn:aws:iam::{ACCOUNT}:user/marta", "arn:aws:iam::1:role/x", "arn"]
)
def test_what_is_no_role_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("DESK_ROLE_ARN", role)
    assert "not the ARN of a role" in doctor().text("Settings")


def test_the_role_of_another_team_is_told(doctor: Doctor, network: Network) -> None:
    network.team, network.sqs_refuses = "signature", "AccessDeniedException"
    told = doctor()
    assert told.to_mend == ["Queue", "Desk"]
    assert "another team's" in told.text("Queue")
    assert "takes you for the team signature" in told.text("Desk")


NOT_IN_IAM = (403, {"message": "User is not authorized to access this resource"})
"""What API Gateway answers to a role that may not call the path."""


def refused(name: str) -> tuple[int, Any]:
    return 403, {"type": f"urn:suport:problem:{name}", "title": "No", "errors": []}


@pytest.mark.parametrize(
    "answer", [refused("no-team"), refused("not-data-protection"), refused("refused"), NOT_IN_IAM]
)
def test_a_role_of_another_stack_is_told(
    doctor: Doctor, network: Network, answer: tuple[int, Any]
) -> None:
    network.desk = answer
    told = doctor()
    assert told.to_mend == ["Desk"]
    assert "the output PaymentTeamRoleArn of this very stack, under [payment]" in told.text("Desk")


def test_a_queue_that_is_not_there_is_told(doctor: Doctor, network: Network) -> None:
    network.sqs_refuses = "QueueDoesNotExist"
    told = doctor()
    assert told.to_mend == ["Queue"]
    assert "no queue at queue_url" in told.text("Queue")


@pytest.mark.parametrize(
    ("queue", "dead_letters", "said"),
    [
        (DEAD_LETTERS, DEAD_LETTERS, "queue_url is a dead-letter queue"),
        (DEAD_LETTERS, QUEUE, "queue_url is a dead-letter queue"),
        (DEAD_LETTERS, None, "queue_url is a dead-letter queue"),
        ("suport-payment", DEAD_LETTERS, "queue_url is no address of the web: suport-payment"),
        (QUEUE, QUEUE, "dead_letter_queue_url is not the dead-letter queue of"),
        (QUEUE, f"{QUEUE}-older", "dead_letter_queue_url is not the dead-letter queue of"),
        (QUEUE, "https://sqs.eu-west-1.amazonaws.com", "is not the dead-letter queue of"),
        (QUEUE, "nonsense", "dead_letter_queue_url is no address of the web: nonsense"),
    ],
)
def test_queues_that_are_mixed_up_are_told_with_the_output_to_copy(
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    queue: str,
    dead_letters: str | None,
    said: str,
) -> None:
    monkeypatch.setenv("DESK_QUEUE_URL", queue)
    monkeypatch.setenv("DESK_DEAD_LETTER_QUEUE_URL", dead_letters or "")
    told = doctor()
    assert told.to_mend == ["Queue"]
    assert said in told.text("Queue")
    which = "PaymentQueueUrl" if queue != QUEUE else "PaymentDeadLetterQueueUrl"
    assert f"Copy the output {which} of the stack, under [payment]." in told.text("Queue")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("QueueDoesNotExist", "no queue at dead_letter_queue_url"),
        ("InvalidAddress", "no queue at dead_letter_queue_url"),
        ("AccessDeniedException", "may not see the queue at dead_letter_queue_url"),
    ],
)
def test_a_dead_letter_queue_that_cannot_be_asked_is_told(
    doctor: Doctor, network: Network, code: str, said: str
) -> None:
    network.queue_refuses[DEAD_LETTERS] = code
    told = doctor()
    assert told.to_mend == ["Queue"]
    assert said in told.text("Queue")


def test_that_no_dead_letter_queue_is_set_is_said(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_DEAD_LETTER_QUEUE_URL")
    told = doctor()
    assert told.to_mend == []
    assert "dead_letter_queue_url is not set" in told.text("Queue")


def test_a_dead_letter_queue_in_another_region_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = DEAD_LETTERS.replace("eu-west-1", "eu-south-2")
    monkeypatch.setenv("DESK_DEAD_LETTER_QUEUE_URL", moved)
    assert "dead_letter_queue_url is in eu-south-2" in doctor().text("Region")


@pytest.fixture
def officer(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The settings of a data-protection officer, in no team."""
    for name in ("TEAM", "QUEUE_URL", "DEAD_LETTER_QUEUE_URL"):
        monkeypatch.delenv(f"DESK_{name}")
    network.role = f"arn:aws:sts::{ACCOUNT}:assumed-role/suport-data-protection/marta"
    network.is_officer = True
    return network


def test_data_protection_is_checked_in_its_own_role(doctor: Doctor, officer: Network) -> None:
    told = doctor("--data-protection")
    assert told.to_mend == []
    assert told.text("Role") == "You act as marta, in the role suport-data-protection."
    assert told.text("Desk") == "The service answers you as data protection."
    assert officer.is_officer


@pytest.mark.parametrize("answer", [None, refused("no-team"), refused("refused"), NOT_IN_IAM])
def test_data_protection_in_the_role_of_a_team_is_told_which_one_to_set(
    doctor: Doctor, officer: Network, answer: tuple[int, Any] | None
) -> None:
    officer.is_officer, officer.desk = False, answer
    told = doctor("--data-protection")
    assert told.to_mend == ["Desk"]
    assert "does not take your role for that of data protection" in told.text("Desk")
    assert "output DataProtectionRoleArn" in told.text("Desk")
    assert "under [data_protection]" in told.text("Desk")


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("", ("Role", "no role of data protection")),
        ("officers", ("Settings", "not the ARN of a role")),
    ],
)
def test_data_protection_without_its_role_is_told_of_no_team(
    doctor: Doctor,
    officer: Network,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    told: tuple[str, str],
) -> None:
    assert officer.is_officer
    monkeypatch.setenv("DESK_ROLE_ARN", role)
    check, said = told
    text = doctor("--data-protection").text(check)
    assert said in text
    assert "the output DataProtectionRoleArn of the stack, under [data_protection]" in text
    assert "team" not in text


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/teams/marta", "marta"),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Suport_0123456789abcdef/m@caib.es",
            "m@caib.es",
        ),
        (f"arn:aws:iam::{ACCOUNT}:root", "Anna-at-home"),
    ],
)
def test_who_states_no_name_acts_under_the_one_by_which_aws_knows_them(
    doctor: Doctor, network: Network, monkeypatch: pytest.MonkeyPatch, own: str, name: str
) -> None:
    monkeypatch.delenv("DESK_OPERATOR")
    monkeypatch.setattr("getpass.getuser", lambda: "Anna at home")
    network.own = own
    assert doctor().to_mend == []
    assert {asked["RoleSessionName"] for asked in network.assumptions} == {name}


@pytest.mark.parametrize("url", ["suport", "localhost:8012", "https://", "http://[", "ftp://x/y"])
def test_what_is_no_address_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DESK_API_URL", url)
    told = doctor()
    assert told.to_mend == ["Settings"]
    assert "api_url is no address of the web" in told.text("Settings")


def test_a_service_that_is_out_of_order_is_not_taken_for_another(
    doctor: Doctor, network: Network
) -> None:
    network.contact = (503, {"type": "urn:suport:problem:unavailable", "title": "No"})
    assert "cannot answer at the moment (503)" in doctor().text("Service")


@pytest.mark.parametrize("stated", [None, "", "today", "Thu, 26 Nov 2026 25:00:00 GMT"])
def test_an_answer_without_a_time_leaves_the_clock_unchecked(
    doctor: Doctor, network: Network, stated: str | None
) -> None:
    network.date = stated
    told = doctor()
    assert told.verdicts["Clock"] == "waits"
    assert told.to_mend == []


@pytest.mark.parametrize(
    "text", ['payment = "x"', "[payment]\nrole_arn = 7", '[payment]\nqueue_url = ["a"]']
)
def test_settings_of_a_wrong_kind_end_in_sentences(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.delenv("DESK_QUEUE_URL")
    monkeypatch.delenv("DESK_ROLE_ARN")
    (tmp_path / "config.toml").write_text(text)
    monkeypatch.setenv("DESK_CONFIG", str(tmp_path / "config.toml"))
    assert doctor().to_mend
