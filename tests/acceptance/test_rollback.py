"""A deployment that breaks the service is noticed, and one command takes it back.

Here `local.stack` deploys instead of `sam deploy` to the real AWS; all that follows it in `make
deploy`, `make smoke` and `make rollback` are the commands themselves.
"""

import http.client
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local import ROOT, stack
from tests.support import documents
from tests.support.deployment import deployed
from tests.support.service import Service, submission

DOCUMENT = documents.of_the_project()["docs/operations.md"]
WORKS = "Accepts an incident and records it before answering"
BROKEN = f"{WORKS}\n      Handler: app.nothing"
LATER_TABLE = """
  Later:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: day, AttributeType: S}]
      KeySchema: [{AttributeName: day, KeyType: HASH}]
"""


@dataclass
class Stage:
    """The stage on the embedded AWS, and the commands of operations."""

    service: Service
    cloudformation: Any
    bucket: str

    def make(self, command: str) -> tuple[int, str]:
        """The exit code of `make …` as documented, but for this stage, and what it prints."""
        assert f"make {command} STAGE=prod" in DOCUMENT.make
        return self._run(
            "make", command, "STAGE=local", f"URL={self.service.environment['API_URL']}"
        )

    def settle(self) -> tuple[int, str]:
        """What `make deploy` does after `sam deploy`."""
        url = self.service.environment["API_URL"]
        return self._run(
            *(".venv/bin/python", "-m", "operations.releases", "settle"),
            *("--stage", "local", "--url", url),
        )

    def _run(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(  # noqa: S603  the project's own commands
            ["/usr/bin/env", *words],
            cwd=ROOT,
            env=os.environ | self.service.aws.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def template(self) -> str:
        """What CloudFormation was given."""
        answer = self.cloudformation.get_template(StackName=stack.NAME, TemplateStage="Original")
        return str(answer["TemplateBody"])

    def deploy(self, template: str, **parameters: str) -> None:
        """Another template, as a deployment of other sources would give it to CloudFormation."""
        self.service.aws.client("s3").put_object(
            Bucket=self.bucket, Key="next.template", Body=template.encode()
        )
        known = self.parameters()
        self.cloudformation.update_stack(
            StackName=stack.NAME,
            TemplateURL=f"{self.service.aws.endpoint}/{self.bucket}/next.template",
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in (known | parameters).items()
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.cloudformation.get_waiter("stack_update_complete").wait(
            StackName=stack.NAME, WaiterConfig={"Delay": 1}
        )

    def parameters(self) -> dict[str, str]:
        found = self.cloudformation.describe_stacks(StackName=stack.NAME)["Stacks"][0]
        return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}

    def physical(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(
            StackName=stack.NAME, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with deployed() as service:
        cloudformation = service.aws.client("cloudformation")
        sams = cloudformation.describe_stacks(StackName="aws-sam-cli-managed-default")
        (outputs,) = (each["Outputs"] for each in sams["Stacks"])
        (bucket,) = (x["OutputValue"] for x in outputs if x["OutputKey"] == "SourceBucket")
        yield Stage(service, cloudformation, bucket)
        cloudformation.close()


def test_a_second_deployment_of_the_same_build_changes_nothing(stage: Stage) -> None:
    said: list[str] = []
    before = stage.cloudformation.describe_stack_events(StackName=stack.NAME)["StackEvents"]
    stage.service.aws.client("ssm").delete_parameter(Name=f"/{stack.NAME}/build")
    stack.deploy(stage.service.aws, stack.build(), watch=said.append)
    assert any("No changes to deploy" in line for line in said)
    after = stage.cloudformation.describe_stack_events(StackName=stack.NAME)["StackEvents"]
    assert after == before


def test_the_stack_has_the_tags_of_its_stage(stage: Stage) -> None:
    (found,) = stage.cloudformation.describe_stacks(StackName=stack.NAME)["Stacks"]
    tags = {each["Key"]: each["Value"] for each in found["Tags"]}
    assert tags == {"project": "suport", "stage": "local"}


def test_a_stage_that_works_passes_and_has_nothing_to_go_back_to(stage: Stage) -> None:
    code, said = stage.make("smoke")
    assert (code, said.count("  ok ")) == (0, 5), said
    assert stage.settle()[0] == 0
    code, said = stage.make("rollback")
    assert code != 0
    assert "No earlier release" in said


def test_a_deployment_that_breaks_the_service_is_noticed_and_taken_back(stage: Stage) -> None:
    good, receipt = stage.template(), stage.service.submitted()
    register, secret = stage.physical("Register"), stage.physical("Secret")
    stage.deploy(good.replace(WORKS, BROKEN), RecoveryDays="3", RegisterAwaitsCopy="off")

    code, said = stage.settle()
    assert code != 0
    assert "FAILED  An incident is recorded" in said
    assert "  ok      The help page" in said
    assert "make rollback STAGE=local" in said

    code, said = stage.make("rollback")
    assert code == 0, said
    assert stage.template() == good
    assert stage.parameters()["RecoveryDays"] == "7"
    assert (stage.physical("Register"), stage.physical("Secret")) == (register, secret)
    seen = stage.service.get(f"/v1/incidents/{receipt['reference']}", receipt["access_code"])
    assert seen.status == http.client.OK
    assert stage.service.submit(submission()).status == http.client.CREATED


def test_one_goes_back_from_a_release_that_passed_too_but_not_twice_to_the_same(
    stage: Stage,
) -> None:
    good = stage.template()
    stage.deploy(good.replace(WORKS, "Accepts an incident"))
    assert stage.settle()[0] == 0
    code, said = stage.make("rollback")
    assert code == 0, said
    assert stage.template() == good
    code, said = stage.make("rollback")
    assert code != 0
    assert "No earlier release" in said


def test_a_rollback_never_takes_the_register_back(stage: Stage) -> None:
    good = stage.template()
    stage.deploy(good.replace(WORKS, "Accepts an incident"), RegisterGeneration="2")
    code, said = stage.make("rollback")
    assert code == 0, said
    assert stage.parameters()["RegisterGeneration"] == "2"
    assert stage.physical("Register") == f"{stack.NAME}-register-2"


def test_a_rollback_that_would_lose_a_table_is_refused(stage: Stage) -> None:
    good = stage.template()
    stage.deploy(good.replace("\nResources:\n", f"\nResources:{LATER_TABLE}"))
    code, said = stage.make("rollback")
    assert code != 0
    assert "Later" in said
    assert "Nothing was changed" in said
    assert stage.physical("Later")
