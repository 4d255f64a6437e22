"""`make firewall`: the web ACL of a stage that is behind CloudFront.

WAF keeps what stands in front of CloudFront in us-east-1, where the stage's stack is not. So it is
a stack of its own, deployed before the stage. Its rules are those of the template's own firewall:
they count by the address that connects, which at CloudFront is the citizen's.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from operations import template
from operations.stage import Unable, clients, described, stages

REGION = "us-east-1"
FILTER = "RequestFilter"
WAITING = {"Delay": 2, "MaxAttempts": 300}


def for_cloudfront() -> dict[str, Any]:
    """The template of the stack: the template's own firewall, as CloudFront takes it."""
    own = template.read()["Resources"][FILTER]
    (inspected,) = own["Properties"]["AssociationConfig"]["RequestBody"].values()
    properties = own["Properties"] | {
        "Scope": "CLOUDFRONT",
        "AssociationConfig": {"RequestBody": {"CLOUDFRONT": inspected}},
    }
    return {
        "Description": "What may reach the service through CloudFront",
        "Resources": {FILTER: {"Type": own["Type"], "Properties": properties}},
        "Outputs": {"WebAcl": {"Value": {"Fn::GetAtt": [FILTER, "Arn"]}}},
    }


def deploy(cloudformation: Any, stack: str, tags: Sequence[Mapping[str, str]]) -> str:
    """Makes the stack, or changes it to what the template says now. Returns the web ACL's ARN.

    Raises
    ------
    Unable
        If AWS does not make what the template says. Nothing is left of a new stack then, and an
        earlier one is as it was.
    """
    wanted = {"StackName": stack, "TemplateBody": json.dumps(for_cloudfront()), "Tags": tags}
    if described(cloudformation, stack) is None:
        made = cloudformation.create_stack(**wanted, OnFailure="DELETE")
        _wait(cloudformation, "stack_create_complete", made["StackId"])
    else:
        try:
            changed = cloudformation.update_stack(**wanted)
        except cloudformation.exceptions.ClientError as refusal:
            if "No updates are to be performed" not in str(refusal):
                raise
        else:
            _wait(cloudformation, "stack_update_complete", changed["StackId"])
    (output,) = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return str(output["OutputValue"])


def _wait(cloudformation: Any, until: str, stack_id: str) -> None:
    try:
        cloudformation.get_waiter(until).wait(StackName=stack_id, WaiterConfig=WAITING)
    except WaiterError:
        events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
        for each in events:  # the latest first
            if each["LogicalResourceId"] == FILTER and each["ResourceStatus"].endswith("_FAILED"):
                raise Unable(
                    f"AWS does not make the firewall: {each['ResourceStatusReason']}"
                ) from None
        raise


def main() -> int:
    """Returns the exit code: 1 if there is no such firewall afterwards."""
    parser = argparse.ArgumentParser(prog="make firewall")
    parser.add_argument("--stage", choices=stages(), required=True)
    stage = parser.parse_args().stage
    settings = stages()[stage]
    stack = f"{settings['stack_name']}-firewall"
    tags = [
        {"Key": key, "Value": value}
        for key, _, value in (each.partition("=") for each in settings["tags"])
    ]
    try:
        arn = deploy(clients(REGION)("cloudformation"), stack, tags)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError, WaiterError) as refusal:
        print(f"AWS refused: {refusal}", file=sys.stderr)
        return 1
    print(f"{stack} is in {REGION}. State in parameter_overrides of {stage}, in samconfig.toml:")
    print(f'"CloudFrontWebAcl={arn}"')
    if "Firewall=on" in settings["parameter_overrides"]:
        print('Remove "Firewall=on" there: it would count CloudFront\'s addresses.')
    return 0


if __name__ == "__main__":
    sys.exit(main())
