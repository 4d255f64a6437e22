"""People and programs take the role of a team, in each way that the template offers, with IAM.

The stage of these tests lets its one key take any name. Therefore each test makes a role that
trusts as the template's role does in another stage.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.support.service import Service
from tests.support.trust import ACCOUNT, statements

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

MAY_TAKE_ROLES = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
    }
)


class Account:
    """The account of the embedded AWS: roles that trust as stated, and those who ask for them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.iam: IAMClient = service.aws.client("iam")
        self.sts: STSClient = service.aws.client("sts")
        self.number = self.sts.get_caller_identity()["Account"]

    def role(self, **given: str) -> str:
        """The ARN of a role with the trust of the team's role in prod, with these parameters."""
        document = {
            "Version": "2012-10-17",
            "Statement": statements("PaymentTeamRole", Stage="prod", **given),
        }
        made = self.iam.create_role(
            RoleName=f"team-{secrets.token_hex(4)}",
            AssumeRolePolicyDocument=json.dumps(document).replace(ACCOUNT, self.number),
        )
        return made["Role"]["Arn"]

    def user(self, name: str) -> "STSClient":
        """STS as asked by an IAM user of that name."""
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(
            UserName=name, PolicyName="take-roles", PolicyDocument=MAY_TAKE_ROLES
        )
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return self._asked_with(key["AccessKeyId"], key["SecretAccessKey"])

    def permitted(self, permission_set: str, name: str) -> "STSClient":
        """STS as asked by a user whom IAM Identity Center let into the account."""
        role = self.iam.create_role(
            RoleName=f"AWSReservedSSO_{permission_set}_{secrets.token_hex(8)}",
            Path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{self.number}:root"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            ),
        )["Role"]
        self.iam.put_role_policy(
            RoleName=role["RoleName"], PolicyName="take-roles", PolicyDocument=MAY_TAKE_ROLES
        )
        given = self.sts.assume_role(RoleArn=role["Arn"], RoleSessionName=name)["Credentials"]
        return self._asked_with(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        )

    def _asked_with(self, key: str, secret: str, token: str | None = None) -> "STSClient":
        client: STSClient = boto3.client(
            "sts",
            endpoint_url=self._service.environment["AWS_ENDPOINT_URL"],
            region_name=self._service.environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(proxies={}),
        )
        return client


@pytest.fixture(scope="module")
def account(service: Service) -> Iterator[Account]:
    there = Account(service)
    yield there
    there.iam.close()
    there.sts.close()


@pytest.fixture
def new_name() -> Callable[[str], str]:
    """A name that no other test has."""
    return lambda name: f"{name}-{secrets.token_hex(3)}"


def taken(sts: "STSClient", role: str, name: str, **factor: Any) -> str | None:
    """The ARN under which the service would know the caller; None if the role refuses them."""
    with suppress(sts.exceptions.ClientError):
        given = sts.assume_role(RoleArn=role, RoleSessionName=name, **factor)
        return given["AssumedRoleUser"]["Arn"]
    return None


def test_an_iam_user_needs_a_second_factor_and_keeps_their_own_name(
    account: Account, new_name: Callable[[str], str]
) -> None:
    role, name = account.role(), new_name("marta")
    marta = account.user(name)
    factor = {"SerialNumber": f"arn:aws:iam::{account.number}:mfa/{name}", "TokenCode": "123456"}
    assert taken(marta, role, name) is None
    assert taken(marta, role, "joan", **factor) is None
    assert str(taken(marta, role, name, **factor)).endswith(f"/{name}")
    assert taken(marta, account.role(RequireMfa="off"), name) is not None
    marta.close()


def test_a_user_of_identity_center_keeps_their_name_there(
    account: Account, new_name: Callable[[str], str]
) -> None:
    role, name = account.role(OperatorsPermissionSets="Suport*"), new_name("marta@caib.es")
    marta = account.permitted("SuportPayment", name)
    assert str(taken(marta, role, name)).endswith(f"/{name}")
    assert taken(marta, role, "joan@caib.es") is None
    other = account.permitted("Administrator", name)
    assert taken(other, role, name) is None
    marta.close()
    other.close()


def test_a_ticket_system_needs_no_second_factor(
    account: Account, new_name: Callable[[str], str]
) -> None:
    name = new_name("tickets")
    role = account.role(TicketSystems=f"arn:aws:iam::{ACCOUNT}:user/{name}")
    tickets = account.user(name)
    assert str(taken(tickets, role, name)).endswith(f"/{name}")
    assert taken(tickets, role, "marta") is None
    assert taken(tickets, account.role(), name) is None
    tickets.close()
