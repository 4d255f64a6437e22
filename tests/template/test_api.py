"""What the template promises about the API, as CloudFormation gets it from SAM."""

import json
from collections import defaultdict
from typing import Any

import pytest

from suport.http.security_headers import SECURITY_HEADERS
from tests.support.template import EVENTS, PSEUDO, properties
from tests.support.transformed import Route, deployed, resources, routes, transformed

STAGES = ["dev", "prod"]
NO_PAGES = ("/v1/", "/assets/", "/comanda/")
LARGEST_POLICY = 20 * 1024  # bytes that Lambda takes of the permissions of one function
# Pages only for a browser with a session or an access code, or pages that only lead there.
WITH_A_SESSION = {
    f"/{{language}}/{page}"
    for page in (
        *("export", "close", "rate", "files", "file", "remove-file", "reply", "reopen", "leave"),
        *("access-code", "contact-data", "erase"),
    )
} | {
    *("/v1/incidents/{reference}", "/v1/incidents/{reference}/export"),
    *("/v1/remote", "/v1/remote/receipt"),
    *("/desk/{language}/{page}", "/desk/{language}/remote", "/desk/{language}/remote/state"),
    "/desk/{language}/sign-out",
    *("/desk/sign-in", "/desk/callback"),  # begin and end a sign-in, which nobody does twice
}
# No page: what the script of the page above it sends and asks for, in JSON.
FOR_A_SCRIPT = {f"/desk/{{language}}/remote/{name}" for name in ("state", "answer", "control")}


def permissions(stage: str) -> dict[str, dict[str, Any]]:
    return resources(stage, "AWS::Lambda::Permission")


def test_the_api_answers_the_routes_that_the_template_declares_and_no_others() -> None:
    declared = {
        Route(function, event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for function, event in EVENTS.values()
        if event["Type"] == "Api"
    }
    assert routes("prod") == declared


@pytest.mark.parametrize("stage", STAGES)
def test_the_api_has_one_stage_and_no_deployment_makes_another(stage: str) -> None:
    (served,) = resources(stage, "AWS::ApiGateway::Stage").values()
    (deployment,) = resources(stage, "AWS::ApiGateway::Deployment").items()
    assert served["StageName"] == "suport"
    assert served["DeploymentId"] == {"Ref": deployment[0]}
    assert deployment[1].keys() == {"Description", "RestApiId"}  # a StageName would make a stage
    assert not [
        logical_id
        for logical_id, resource in transformed(stage)["Resources"].items()
        if resource["Type"].startswith("AWS::ApiGatewayV2")
    ]


@pytest.mark.parametrize("throughput", ["regional", "national"])
@pytest.mark.parametrize("stage", STAGES)
def test_every_address_is_throttled_and_none_has_its_own_metrics(
    stage: str, throughput: str
) -> None:
    (served,) = [
        each["Properties"]
        for each in deployed(stage, Throughput=throughput)["Resources"].values()
        if each["Type"] == "AWS::ApiGateway::Stage"
    ]
    of_all, *of_some = served["MethodSettings"]
    assert (of_all["ResourcePath"], of_all["HttpMethod"]) == ("/*", "*")
    for setting in served["MethodSettings"]:
        assert 0 < setting["ThrottlingRateLimit"] <= setting["ThrottlingBurstLimit"]
        assert setting["MetricsEnabled"] is False
    for setting in of_some:  # none lifts the limit for its path
        assert setting["ThrottlingRateLimit"] < of_all["ThrottlingRateLimit"]


@pytest.mark.parametrize("stage", STAGES)
def test_only_its_own_addresses_of_this_api_may_invoke_a_function(stage: str) -> None:
    granted = set()
    for name, permission in permissions(stage).items():
        assert permission.keys() == {"Action", "FunctionName", "Principal", "SourceArn"}, name
        assert permission["Principal"] == "apigateway.amazonaws.com", name
        assert permission["Action"] == "lambda:InvokeFunction", name
        arn, names = permission["SourceArn"]["Fn::Sub"]
        # SAM allows every stage, because the console tries a method out in none. There is only one.
        assert names == {"__ApiId__": {"Ref": "Api"}, "__Stage__": "*"}, name
        own = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"
        method, _, path = arn.removeprefix(own).partition("/")
        granted.add((permission["FunctionName"]["Ref"], method, f"/{path}"))
    assert granted == {
        (route.function, route.method, "/".join(map(_any_text, route.path.split("/"))))
        for route in routes(stage)
    }
    assert not resources(stage, "AWS::Lambda::Url")


def _any_text(part: str) -> str:
    return "*" if part.startswith("{") else part


def test_lambda_has_room_for_the_permissions_of_every_function() -> None:
    """Lambda refuses a policy over 20 KB, and each address of a function adds a statement."""
    sizes: dict[str, int] = defaultdict(int)
    for name, permission in permissions("prod").items():
        account = f"{PSEUDO['AWS::Region']}:{PSEUDO['AWS::AccountId']}"
        function = permission["FunctionName"]["Ref"]
        statement = {
            "Sid": f"suport-prod-{name}-0123456789AB",
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": f"arn:aws:lambda:{account}:function:suport-prod-{function}-0123456789AB",
            "Condition": {"ArnLike": {"AWS:SourceArn": permission["SourceArn"]["Fn::Sub"][0]}},
        }
        sizes[function] += len(json.dumps(statement))
    assert sizes.keys() == {route.function for route in routes("prod")}
    assert max(sizes.values()) < LARGEST_POLICY


@pytest.mark.parametrize("stage", STAGES)
def test_only_the_desks_addresses_ask_for_a_signature(stage: str) -> None:
    (api,) = resources(stage, "AWS::ApiGateway::RestApi").values()
    of_the_desk = {route for route in routes(stage) if route.path.startswith("/v1/desk/")}
    assert of_the_desk >= {route for route in routes(stage) if route.function == "WorkIncident"}
    for path, operations in api["Body"]["paths"].items():
        for method, operation in operations.items():
            signed = operation.get("security") == [{"AWS_IAM": []}]
            assert signed is path.startswith("/v1/desk/"), (method, path)
            assert signed is ("security" in operation), (method, path)
            # With credentials API Gateway would invoke the function as the caller, not by itself.
            assert "credentials" not in operation["x-amazon-apigateway-integration"], (method, path)
    scheme = api["Body"]["components"]["securitySchemes"]["AWS_IAM"]
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"


def test_a_variable_part_of_an_address_has_the_same_name_in_every_address() -> None:
    """API Gateway refuses two variables side by side: `/{language}` and `/{page}`."""
    names: dict[str, set[str]] = defaultdict(set)
    for route in routes("prod"):
        parts = route.path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names["/".join(parts[:place])].add(part)
    assert names
    assert not {place: found for place, found in names.items() if len(found) > 1}


def test_every_address_that_needs_no_session_takes_head_as_well_as_get() -> None:
    asked = {method: _answering(method) for method in ("GET", "HEAD")}
    public = {
        path: function
        for path, function in asked["GET"].items()
        if path not in WITH_A_SESSION and not path.startswith("/v1/desk/")
    }
    assert asked["GET"].keys() > WITH_A_SESSION
    assert asked["HEAD"] == public


def test_a_page_answers_any_address_and_method_under_a_language() -> None:
    """API Gateway has no page of ours for an address or a method that it does not know."""
    pages = {path for path in _answering("GET") if not path.startswith(NO_PAGES)}
    sent_to = {path for path in _answering("POST") if not path.startswith("/v1/")}
    assert pages | sent_to > FOR_A_SCRIPT
    assert pages - FOR_A_SCRIPT == sent_to - FOR_A_SCRIPT
    assert {"/", "/{language}", "/{language}/{notice}", "/{language}/{notice}/{rest+}"} < pages


def _answering(method: str) -> dict[str, str]:
    """The function behind every path that answers that method."""
    return {route.path: route.function for route in routes("prod") if route.method == method}


def test_an_answer_of_the_api_itself_asks_for_no_device_as_those_of_the_functions() -> None:
    answers = properties("Api")["GatewayResponses"].values()
    headers = [each["ResponseParameters"]["Headers"] for each in answers]
    assert {each["Permissions-Policy"] for each in headers} == {
        f"'{SECURITY_HEADERS['Permissions-Policy']}'"
    }
