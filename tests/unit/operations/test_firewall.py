"""The firewall that `make firewall` puts in front of CloudFront is the template's own."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, WaiterError

from operations.firewall import deploy, for_cloudfront
from operations.stage import Unable
from tests.support.template import properties

STACK = "suport-pre-firewall"
LARGEST_TEMPLATE = 51_200  # bytes that CloudFormation takes without a bucket
ADAPTED = {"Scope", "AssociationConfig"}
TAGS = [{"Key": "stage", "Value": "pre"}]
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/suport/0a1b2c3d-0000"


def web_acl() -> dict[str, Any]:
    (resource,) = for_cloudfront()["Resources"].values()
    assert resource.keys() == {"Type", "Properties"}  # a condition would be of another stack
    found: dict[str, Any] = resource["Properties"]
    return found


def references(part: Any) -> Iterator[str]:
    """Each name that a part of a template refers to."""
    if isinstance(part, list):
        for each in part:
            yield from references(each)
    if isinstance(part, dict):
        for name, value in part.items():
            if name in {"Ref", "Condition"} or name.startswith("Fn::"):
                yield str(value)
            else:
                yield from references(value)


def test_its_rules_and_answers_are_those_of_the_templates_own_firewall() -> None:
    own = properties("RequestFilter")
    made = web_acl()
    assert made.keys() == own.keys()
    assert {name for name in own if own[name] != made[name]} == ADAPTED


def test_it_is_cloudfronts_and_sees_as_much_of_a_body_as_the_templates_own() -> None:
    (seen,) = properties("RequestFilter")["AssociationConfig"]["RequestBody"].values()
    assert web_acl()["Scope"] == "CLOUDFRONT"
    assert web_acl()["AssociationConfig"] == {"RequestBody": {"CLOUDFRONT": seen}}


def test_its_stack_refers_to_nothing_that_only_the_stages_stack_has() -> None:
    made = for_cloudfront()
    assert list(references(made["Resources"])) == ["${AWS::StackName}-requests"]
    assert list(references(made["Outputs"])) == ["['RequestFilter', 'Arn']"]


def test_cloudformation_takes_it_without_a_bucket() -> None:
    assert len(json.dumps(for_cloudfront()).encode()) <= LARGEST_TEMPLATE


@pytest.fixture
def cloudformation() -> Mock:
    """One that has the stack, up to date."""
    played = Mock()
    played.exceptions.ClientError = ClientError
    outputs = [{"OutputKey": "WebAcl", "OutputValue": ACL}]
    played.describe_stacks.return_value = {"Stacks": [{"Outputs": outputs}]}
    played.update_stack.return_value = {"StackId": "id"}
    played.create_stack.return_value = {"StackId": "id"}
    return played


def refused(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "Any")


def test_a_stack_that_is_up_to_date_stays_as_it_is(cloudformation: Mock) -> None:
    cloudformation.update_stack.side_effect = refused("No updates are to be performed.")
    assert deploy(cloudformation, STACK, TAGS) == ACL
    cloudformation.create_stack.assert_not_called()


def test_another_refusal_is_not_taken_for_a_success(cloudformation: Mock) -> None:
    cloudformation.update_stack.side_effect = refused("Stack is in ROLLBACK_FAILED")
    with pytest.raises(ClientError, match="ROLLBACK_FAILED"):
        deploy(cloudformation, STACK, TAGS)


def test_whoever_deploys_it_hears_why_aws_does_not_make_it(cloudformation: Mock) -> None:
    def failed(name: str, why: str) -> dict[str, str]:
        status = {"ResourceStatus": "UPDATE_FAILED", "ResourceStatusReason": why}
        return {"LogicalResourceId": name} | status

    cloudformation.get_waiter.return_value.wait.side_effect = WaiterError("x", "failed", {})
    cloudformation.describe_stack_events.return_value = {
        "StackEvents": [
            {"LogicalResourceId": STACK, "ResourceStatus": "UPDATE_ROLLBACK_COMPLETE"},
            failed(STACK, "The following resource(s) failed to update"),
            failed("RequestFilter", "WAF would exceed its limit"),
            failed("RequestFilter", "of the update before"),
        ]
    }
    with pytest.raises(Unable, match="WAF would exceed its limit"):
        deploy(cloudformation, STACK, TAGS)
