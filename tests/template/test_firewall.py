"""What the firewall lets through, as AWS WAF evaluates its rules one after the other."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from suport.domain.language import Language
from suport.domain.remote_session import MOST_OPEN
from tests.support.template import (
    RESOURCES,
    TEMPLATE,
    evaluated,
    parameters,
    properties,
    resolved,
)
from tests.support.transformed import routes

KILOBYTE = 1024
STAGED, AT_A_DOMAIN = "/suport", ""


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = properties("RequestFilter")["Rules"]
    return sorted(found, key=lambda rule: rule["Priority"])


def matches(statement: dict[str, Any], method: str, path: str, size: int) -> bool:
    """Whether a request is one that the statement counts or refuses."""
    ((kind, about),) = statement.items()
    match kind:
        case "AndStatement":
            return all(matches(each, method, path, size) for each in about["Statements"])
        case "RateBasedStatement":
            within = about.get("ScopeDownStatement")
            return within is None or matches(within, method, path, size)
        case "RegexMatchStatement":
            assert about["FieldToMatch"] == {"UriPath": {}}
            return re.search(about["RegexString"], path) is not None
        case "ByteMatchStatement":
            assert about["FieldToMatch"] == {"Method": {}}
            assert about["PositionalConstraint"] == "EXACTLY"
            return bool(method == about["SearchString"])
        case "SizeConstraintStatement":
            seen = inspected()
            if size > seen:
                return bool(about["FieldToMatch"]["Body"]["OversizeHandling"] == "MATCH")
            assert about["ComparisonOperator"] == "GT"
            return bool(size > about["Size"])
    raise AssertionError(kind)


def inspected() -> int:
    """How many bytes of a body WAF sees."""
    config = properties("RequestFilter")["AssociationConfig"]["RequestBody"]["API_GATEWAY"]
    return int(config["DefaultSizeInspectionLimit"].removeprefix("KB_")) * KILOBYTE


def answered(method: str, path: str, size: int = 0, before: int = 0) -> int:
    """The status with which the firewall answers; 0 if it lets the request through.

    before: how many like it the same address has sent within the last five minutes.
    """
    for rule in rules():
        if not matches(rule["Statement"], method, path, size):
            continue
        rate = rule["Statement"].get("RateBasedStatement")
        if rate is None or before >= rate["Limit"]:
            return int(rule["Action"]["Block"]["CustomResponse"]["ResponseCode"])
    return 0


def limit(method: str, path: str) -> int:
    """How many such requests one address may send within five minutes."""
    limits = [
        rule["Statement"]["RateBasedStatement"]["Limit"]
        for rule in rules()
        if "RateBasedStatement" in rule["Statement"]
        and matches(rule["Statement"], method, path, size=0)
    ]
    return int(min(limits))


@pytest.mark.parametrize("stage", [STAGED, AT_A_DOMAIN])
@pytest.mark.parametrize(
    ("size", "status"), [(0, 0), (20 * KILOBYTE, 0), (64 * KILOBYTE, 0), (64 * KILOBYTE + 1, 413)]
)
@pytest.mark.parametrize(
    "path", ["/v1/incidents", "/ca/incident", "/es/reply", "/v1/desk/incidents"]
)
def test_a_body_of_more_than_64_kilobytes_is_refused_and_no_smaller_one(
    stage: str, path: str, size: int, status: int
) -> None:
    assert answered("POST", stage + path, size) == status
    assert answered("POST", stage + path, 2 * KILOBYTE * KILOBYTE) == 413


@pytest.mark.parametrize("stage", [STAGED, AT_A_DOMAIN])
@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/v1/incidents", 500),
        ("POST", "/ca/incident", 500),
        ("POST", "/de/incident", 500),
        ("GET", "/de/incident", 10000),
        ("GET", "/v1/incidents/7K3M-9QXA-2WVT", 1000),
        ("POST", "/v1/incidents/7K3M-9QXA-2WVT/messages", 1000),
        ("DELETE", "/v1/incidents/7K3M-9QXA-2WVT", 1000),
        ("POST", "/en/track", 1000),
        ("POST", "/en/lost-code", 1000),
        ("POST", "/en/join", 1000),
        ("GET", "/v1/remote", 10000),
        ("GET", "/en/help", 10000),
        ("GET", "/assets/suport.abc.css", 10000),
        ("POST", "/v1/desk/incidents", 10000),
        ("POST", "/v1/procedures", 10000),
        ("GET", "/comanda/estadistiques", 10000),
    ],
)
def test_each_class_of_requests_has_its_limit_and_429_comes_only_beyond_it(
    stage: str, method: str, path: str, most: int
) -> None:
    assert limit(method, stage + path) == most
    assert answered(method, stage + path, before=most - 1) == 0
    assert answered(method, stage + path, before=most) == 429


def test_every_route_that_submits_has_the_limit_of_submissions() -> None:
    submitting = [each for each in routes("prod") if each.function == "SubmitIncident"]
    assert len(submitting) == 2
    for route in submitting:
        assert limit(route.method, route.path.replace("{language}", "ca")) == 500


def test_an_office_whose_people_share_one_address_is_not_shut_out() -> None:
    """A hundred people who all do their business within the same five minutes."""
    people, steps, looks, pages, with_assets = 100, 4, 5, 10, 4
    assert people * steps < limit("POST", "/ca/incident")
    assert people * looks < limit("POST", "/ca/track")
    assert people * pages * with_assets < limit("GET", "/ca/help")


def test_an_office_may_watch_as_many_screens_as_can_be_shown_at_once() -> None:
    every, window = 2, 300  # seconds
    asked = MOST_OPEN * window / every
    assert asked < limit("GET", "/desk/ca/remote/state")
    assert asked < limit("GET", "/v1/desk/incidents/7K3M-9QXA-2WVT/remote")


def test_an_address_is_counted_by_itself_and_takes_a_share_of_the_api_at_most() -> None:
    setting, *_ = resolved(properties("Api")["MethodSettings"], {})  # that of all addresses
    for rule in rules():
        if rate := rule["Statement"].get("RateBasedStatement"):
            assert (rate["AggregateKeyType"], rate["EvaluationWindowSec"]) == ("IP", 300)
            assert rate["Limit"] * 6 <= setting["ThrottlingRateLimit"] * 300


class _Languages(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attributes if name == "lang"]


def test_who_is_refused_gets_a_problem_from_the_api_and_a_page_in_each_language_else() -> None:
    bodies = properties("RequestFilter")["CustomResponseBodies"]
    for rule in rules():
        response = rule["Action"]["Block"]["CustomResponse"]
        body = bodies[response["CustomResponseBodyKey"]]
        path = "/v1/x" if rule["Name"].endswith("-the-api") else "/ca/x"
        assert matches(rule["Statement"], "POST", path, 10**7) or "RateBased" in str(rule)
        if rule["Name"].endswith("-the-api"):
            problem = json.loads(body["Content"])
            assert problem["status"] == response["ResponseCode"]
            assert problem["type"].startswith("urn:suport:problem:too-")
            assert problem.keys() == {"type", "title", "status", "detail", "errors"}
        else:
            assert body["ContentType"] == "TEXT_HTML"
            page = _Languages()
            page.feed(body["Content"])
            assert sorted(page.found) == sorted(Language)
        headers = {each["Name"]: each["Value"] for each in response["ResponseHeaders"]}
        assert headers["Cache-Control"] == "no-store"
        assert "content-type" not in {name.lower() for name in headers}  # WAF refuses it
        assert len(headers) <= 10  # as many as WAF takes
        assert ("Retry-After" in headers) is (response["ResponseCode"] == 429)
        assert len(body["Content"]) <= 4096


def test_the_firewall_keeps_no_samples_of_requests() -> None:
    for each in (properties("RequestFilter"), *rules()):
        assert each["VisibilityConfig"]["SampledRequestsEnabled"] is False


def test_the_firewall_stands_before_the_api_where_the_stage_asks_for_it() -> None:
    assert TEMPLATE["Parameters"]["Firewall"]["Default"] == "off"
    assert not evaluated({"Condition": "HasFirewall"}, parameters())
    assert evaluated({"Condition": "HasFirewall"}, parameters(Firewall="on"))
    for name in ("RequestFilter", "RequestFilterOfTheApi"):
        assert RESOURCES[name]["Condition"] == "HasFirewall"
    stage = properties("RequestFilterOfTheApi")["ResourceArn"]["Fn::Sub"]
    assert stage.endswith("::/restapis/${Api}/stages/" + properties("Api")["StageName"])
