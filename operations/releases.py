"""`make rollback`: a stage goes back to its latest release that passed the smoke test.

A release is what CloudFormation was given: the packaged template, which names its code by hashes,
and the parameters. It is kept beside the code, in the bucket that SAM keeps for the account. So a
rollback builds nothing, and serves exactly what served before.

It takes no data back. The register's generation stays as it is, and a rollback that would replace
or remove what holds data is refused.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from operations import smoke_test
from operations.stage import WITH_CITIZENS_DATA, Stage, Unable, stated

MOST_KEPT = 10
OF_THE_REGISTER = ("RegisterGeneration", "RegisterAwaitsCopy")
"""Parameters that say which data serve: they never go back."""
HOLDING_DATA = {
    *("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"),
}
SAMS_OWN_STACK = "aws-sam-cli-managed-default"  # sam deploy, resolve_s3
READY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


@dataclass(frozen=True)
class Release:
    """What CloudFormation was given. `parameters` lacks those that never go back."""

    template: str
    parameters: Mapping[str, str]


class Releases:
    """The releases of one stage that passed the smoke test, the latest first."""

    def __init__(self, stage: Stage) -> None:
        """Those of this stage."""
        self._stage = stage
        self._s3 = stage.client("s3")
        self._cloudformation = stage.client("cloudformation")
        self._prefix = f"releases/{stage.stack}/"

    @property
    def _bucket(self) -> str:
        found = self._cloudformation.describe_stacks(StackName=SAMS_OWN_STACK)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
        return str(outputs["SourceBucket"])

    def current(self) -> Release:
        """What the stage serves now."""
        answer = self._cloudformation.get_template(
            StackName=self._stage.stack, TemplateStage="Original"
        )
        body = answer["TemplateBody"]
        template = body if isinstance(body, str) else json.dumps(body)
        stated = self._stage.parameters.items()
        return Release(template, {key: it for key, it in stated if key not in OF_THE_REGISTER})

    def keep(self) -> None:
        """Keeps what the stage serves now, unless it is the latest already."""
        release = self.current()
        names = list(self._names())
        if names and self._kept(names[0]) == release:
            return
        name = self._prefix + datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
        self._put(f"{name}.template", release.template)
        self._put(f"{name}.json", json.dumps(dict(release.parameters)))  # last: it makes a release
        for old in names[MOST_KEPT - 1 :]:
            self._forget(old)

    def go_back(self) -> None:
        """Deploys the latest release that the stage does not serve now, and forgets later ones.

        Raises
        ------
        Unable
            If there is none, or if it would replace or remove what holds data.
        """
        if self._stage.status not in READY:
            raise Unable(
                f"{self._stage.stack} is in {self._stage.status}. CloudFormation changes it once it"
                " is complete: docs/operations.md, Going back."
            )
        serving = self.current()
        later = []
        for name in self._names():
            release = self._kept(name)
            if release != serving:
                self._deploy(name, release)
                break
            later.append(name)
        else:
            raise Unable(
                f"No earlier release of {self._stage.stack} passed its smoke test. Check out what"
                f" worked, and deploy it: make deploy STAGE={self._stage.name}"
            )
        for each in later:
            self._forget(each)

    def _deploy(self, name: str, release: Release) -> None:
        made = name.removeprefix(self._prefix).partition(".")[0]
        print(f"{self._stage.stack} goes back to the release of {made}.")
        own = [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in release.parameters.items()
        ]
        as_they_are = [
            {"ParameterKey": key, "UsePreviousValue": True}
            for key in OF_THE_REGISTER
            if key in self._stage.parameters
        ]
        change = {"StackName": self._stage.stack, "ChangeSetName": f"rollback-{uuid4()}"}
        self._cloudformation.create_change_set(
            **change,
            ChangeSetType="UPDATE",
            TemplateURL=f"https://s3.{self._stage.region}.amazonaws.com/{self._bucket}/{name}.template",
            Parameters=[*own, *as_they_are],
            Tags=[{"Key": key, "Value": value} for key, value in self._stage.tags.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        waiting = {"Delay": 2, "MaxAttempts": 900}
        try:
            self._cloudformation.get_waiter("change_set_create_complete").wait(
                **change, WaiterConfig=waiting
            )
            lost = sorted(self._lost(change))
            if lost:
                raise Unable(
                    f"Nothing was changed: that release would replace or remove {', '.join(lost)},"
                    " with what is in them. Mend the fault and deploy instead:"
                    f" make deploy STAGE={self._stage.name}"
                )
        except BaseException:
            self._cloudformation.delete_change_set(**change)
            raise
        self._cloudformation.execute_change_set(**change)
        self._cloudformation.get_waiter("stack_update_complete").wait(
            StackName=self._stage.stack, WaiterConfig=waiting
        )

    def _lost(self, change: Mapping[str, str]) -> Iterator[str]:
        """The resources with data that the change would replace or remove."""
        asked: dict[str, Any] = dict(change)
        while True:
            answer = self._cloudformation.describe_change_set(**asked)
            for each in answer["Changes"]:
                resource = each["ResourceChange"]
                goes = resource["Action"] == "Remove" or resource.get("Replacement") == "True"
                if goes and resource["ResourceType"] in HOLDING_DATA:
                    yield resource["LogicalResourceId"]
            if not answer.get("NextToken"):
                return
            asked["NextToken"] = answer["NextToken"]

    def _names(self) -> Iterator[str]:
        """The releases' names in the bucket, the latest first."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        yield from sorted(key.removesuffix(".json") for key in keys if key.endswith(".json"))[::-1]

    def _kept(self, name: str) -> Release:
        return Release(self._got(f"{name}.template"), json.loads(self._got(f"{name}.json")))

    def _put(self, key: str, text: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())

    def _got(self, key: str) -> str:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body.decode()

    def _forget(self, name: str) -> None:
        for ending in ("json", "template"):
            self._s3.delete_object(Bucket=self._bucket, Key=f"{name}.{ending}")


def settle(stage: Stage) -> bool:
    """What follows a deployment: its stack is protected, and tested; if it works, it is kept."""
    if stage.name in WITH_CITIZENS_DATA:
        stage.client("cloudformation").update_termination_protection(
            StackName=stage.stack, EnableTerminationProtection=True
        )
    if not smoke_test.works(stage):
        print(f"The stage does not work. Back to what did: make rollback STAGE={stage.name}")
        return False
    Releases(stage).keep()
    return True


def main() -> int:
    """`settle` after a deployment, or `go-back`. Returns the exit code: 1 if it does not work."""
    act = sys.argv.pop(1)
    try:
        stage = stated("make rollback" if act == "go-back" else "make deploy")
        if act == "go-back":
            Releases(stage).go_back()
            print("The next deployment brings again what is checked out here.")
            return 0 if smoke_test.works(stage) else 1
        return 0 if settle(stage) else 1
    except Unable as reason:
        print(reason, file=sys.stderr)
    except (BotoCoreError, ClientError, WaiterError) as refusal:
        print(f"AWS refused: {refusal}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
