"""Which releases are kept, and what else follows a deployment."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from moto import mock_aws

from operations import smoke_test
from operations.releases import MOST_KEPT, Releases, settle
from operations.stage import Stage, Unable


class Account:
    """An account with one deployed stage: CloudFormation is played, S3 is moto's."""

    def __init__(self) -> None:
        self.s3: Any = boto3.client("s3", region_name="eu-west-1")
        # Another one for each test: moto may be the same one for all tests of a process.
        self.bucket = f"samclisourcebucket-{secrets.token_hex(6)}"
        self.s3.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        self.cloudformation = Mock()
        outputs = [{"OutputKey": "SourceBucket", "OutputValue": self.bucket}]
        self.cloudformation.describe_stacks.return_value = {"Stacks": [{"Outputs": outputs}]}
        self.stage = Stage(
            name="pre",
            region="eu-west-1",
            stack="suport-pre",
            status="UPDATE_COMPLETE",
            url="https://ajuda.example.test",
            outputs={},
            parameters={"Stage": "pre", "RegisterGeneration": "3"},
            tags={},
            client=lambda name: self.s3 if name == "s3" else self.cloudformation,
        )

    def deploys(self, template: str, **parameters: str) -> None:
        self.cloudformation.get_template.return_value = {"TemplateBody": template}
        self.stage = replace(self.stage, parameters=self.stage.parameters | parameters)

    def kept(self) -> list[str]:
        """The templates that are kept, the oldest first."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [
            self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read().decode()
            for each in listed
            if each["Key"].endswith(".template")
        ]


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account()


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The smoke test's answer."""
    works = Mock(return_value=True)
    monkeypatch.setattr(smoke_test, "works", works)
    return works


def test_the_same_release_is_kept_once_and_another_parameter_makes_another(
    account: Account,
) -> None:
    account.deploys("A")
    Releases(account.stage).keep()
    Releases(account.stage).keep()
    assert account.kept() == ["A"]
    account.deploys("A", RecoveryDays="3")
    Releases(account.stage).keep()
    assert account.kept() == ["A", "A"]


def test_another_register_makes_no_other_release(account: Account) -> None:
    account.deploys("A", RegisterGeneration="3")
    Releases(account.stage).keep()
    account.deploys("A", RegisterGeneration="4")
    Releases(account.stage).keep()
    assert account.kept() == ["A"]


def test_only_the_latest_releases_are_kept(account: Account) -> None:
    for number in range(MOST_KEPT + 3):
        account.deploys(f"{number}")
        Releases(account.stage).keep()
    assert account.kept() == [f"{number}" for number in range(3, MOST_KEPT + 3)]


def test_a_deployment_that_does_not_work_is_not_kept(account: Account, works: Mock) -> None:
    account.deploys("A")
    works.return_value = False
    assert not settle(account.stage)
    assert account.kept() == []
    works.return_value = True
    assert settle(account.stage)
    assert account.kept() == ["A"]


@pytest.mark.parametrize(("stage", "protected"), [("dev", False), ("pre", True), ("prod", True)])
def test_the_stacks_with_citizens_data_are_protected_even_if_they_do_not_work_yet(
    account: Account, works: Mock, stage: str, protected: bool
) -> None:
    account.deploys("A")
    works.return_value = False
    settle(replace(account.stage, name=stage))
    protect = account.cloudformation.update_termination_protection
    assert protect.called is protected


@pytest.mark.parametrize(
    "status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"]
)
def test_a_stack_that_cannot_be_changed_is_left_alone(account: Account, status: str) -> None:
    account.deploys("A")
    with pytest.raises(Unable, match=status):
        Releases(replace(account.stage, status=status)).go_back()
    assert not account.cloudformation.create_change_set.called
