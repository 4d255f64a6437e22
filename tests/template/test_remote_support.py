"""What the template promises about remote support: who may be shown a screen, and what is kept."""

import re
from typing import Any

import pytest

from suport.domain.remote_session import JOIN_WITHIN, MOST_OPEN
from suport.runtime.metrics import Metric
from tests.support.template import (
    FUNCTIONS,
    PSEUDO,
    RESOURCES,
    TEMPLATE,
    alarms,
    evaluated,
    granted,
    parameters,
    properties,
    refusals,
    statements,
    variables,
)
from tests.support.transformed import routes

MAIL = {"MailFrom": "assistencia@caib.es"}
RELAY = {
    "RelayUrls": "turn:relay.caib.es:3478?transport=udp,turns:relay.caib.es:443?transport=tcp",
    "RelaySecret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:suport/relay-a1B2c3",
}
TOOL = {"SupportToolName": "Suport Remot", "SupportToolUrl": "https://eina.caib.es/entra"}
POLLED_EVERY = 0.7  # seconds; less often once the picture is there
POLLED = {
    ("GET", "/v1/remote"),
    ("GET", "/desk/{language}/remote/state"),
    ("GET", "/v1/desk/incidents/{reference}/remote"),
    ("GET", "/v1/desk/incidents/{reference}/permissions"),
}
GUESSED = ("POST", "/{language}/join")


# ------------------------------------------------------------------- what a stage states


@pytest.mark.parametrize("given", [{}, RELAY, TOOL, RELAY | TOOL])
def test_a_relay_and_a_tool_are_stated_as_a_whole_or_not_at_all(given: dict[str, str]) -> None:
    assert refusals("prod", **MAIL, **given) == []


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        ("RelayUrls", "RelaySecret"),
        ("RelaySecret", "RelayUrls"),
        ("SupportToolName", "SupportToolUrl"),
        ("SupportToolUrl", "SupportToolName"),
    ],
)
def test_half_a_relay_or_half_a_tool_is_refused_with_what_is_missing(
    stated: str, missing: str
) -> None:
    (said,) = refusals("prod", **MAIL, **{stated: (RELAY | TOOL)[stated]})
    assert missing in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RelayUrls", "https://relay.caib.es"),
        ("RelayUrls", "stun:relay.caib.es:3478"),  # it would tell each side the other's address
        ("RelayUrls", "turn://relay.caib.es"),
        ("RelayUrls", "turn:relay.caib.es, turns:relay.caib.es"),
        ("RelayUrls", ",turn:relay.caib.es"),
        ("RelayUrls", "turn:relay.caib.es,"),
        ("RelayUrls", "turn:relay.caib.es?transport=sctp"),
        ("RelaySecret", "a-secret-itself"),
        ("RelaySecret", "arn:aws:ssm:eu-west-1:123456789012:parameter/relay"),
        ("SupportToolName", "<b>Suport</b>"),
        ("SupportToolName", " "),
        ("SupportToolName", "x" * 61),
        ("SupportToolUrl", "http://eina.caib.es"),
        ("SupportToolUrl", "javascript:alert(1)"),
        ("SupportToolUrl", 'https://eina.caib.es/"'),
    ],
)
def test_what_no_browser_could_use_is_refused(name: str, value: str) -> None:
    (said,) = refusals("prod", **MAIL, **RELAY | TOOL | {name: value})
    assert name in said


@pytest.mark.parametrize(
    "urls",
    [
        "turn:192.0.2.7",
        "turns:[2001:db8::7]:443?transport=tcp",
        "turn:a.example:3478,turns:b.test",
    ],
)
def test_a_relay_is_named_as_browsers_name_one(urls: str) -> None:
    assert refusals("prod", **MAIL, **RELAY | {"RelayUrls": urls}) == []


def test_nobody_is_invited_without_a_relay_but_on_this_machine() -> None:
    told = properties("ShareScreen")["Environment"]["Variables"]["WITHOUT_RELAY"]
    assert told == {"Fn::If": ["IsLocal", "allowed", "refused"]}
    for stage in TEMPLATE["Parameters"]["Stage"]["AllowedValues"]:
        local = evaluated({"Condition": "IsLocal"}, parameters(Stage=stage))
        assert local is (stage == "local")


def test_the_function_is_told_of_the_relay_and_the_tool_as_the_stage_states_them() -> None:
    known = dict.fromkeys(_resources_named(), "named") | RELAY | TOOL | PSEUDO
    told = variables("ShareScreen", known)
    assert (told["RELAY_URLS"], told["RELAY_SECRET_ARN"]) == tuple(RELAY.values())
    assert (told["SUPPORT_TOOL_NAME"], told["SUPPORT_TOOL_URL"]) == tuple(TOOL.values())


def _resources_named() -> set[str]:
    """The resources that the variables of the function name, with their attributes."""
    values = properties("ShareScreen")["Environment"]["Variables"].values()
    return {str(*value.values()) for value in values if isinstance(value, dict)}


# ------------------------------------------------------------------- what is kept, and who may


def test_what_browsers_tell_each_other_is_in_no_copy_and_no_stream_and_expires() -> None:
    table = properties("RemoteSessions")
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    copies = {"StreamSpecification", "KinesisStreamSpecification", "GlobalSecondaryIndexes"}
    copies |= {"PointInTimeRecoverySpecification", "DeletionProtectionEnabled"}
    assert table.keys().isdisjoint(copies)
    assert RESOURCES["RemoteSessions"]["DeletionPolicy"] == "Delete"


def test_only_this_function_the_watcher_and_erasures_reach_sessions() -> None:
    reached: dict[str, set[str]] = {}
    for function in FUNCTIONS:
        for action, resource in granted(f"{function}Role"):
            if "RemoteSessions" in resource:
                reached.setdefault(function, set()).add(action.removeprefix("dynamodb:"))
    ends = {"GetItem", "Query", "PutItem", "DeleteItem"}
    assert reached == {
        "ShareScreen": ends | {"UpdateItem"},
        "WatchIncidents": ends,
        "EraseIncident": ends,
        "EraseExpired": ends,
    }
    for function in reached:
        told = FUNCTIONS[function]["Environment"]["Variables"]
        assert told["REMOTE_SESSIONS_TABLE"] == {"Ref": "RemoteSessions"}


def test_the_function_erases_nothing_of_an_incident_and_signs_nobody_in() -> None:
    rights = granted("ShareScreenRole")
    assert {each for each in rights if each[1] != "RemoteSessions.Arn"} == {
        *((f"dynamodb:{name}", "Register.Arn") for name in ("GetItem", "PutItem", "UpdateItem")),
        *((f"dynamodb:{name}", "DeskTable.Arn") for name in ("GetItem", "UpdateItem")),
        ("secretsmanager:GetSecretValue", "Secret.Id"),
        ("secretsmanager:GetSecretValue", "RelaySecret"),
    }


def test_the_relays_secret_is_for_this_function_alone_and_only_where_there_is_one() -> None:
    reading = {
        name for name in FUNCTIONS for _, resource in granted(f"{name}Role") if "Relay" in resource
    }
    assert reading == {"ShareScreen"}
    (policy,) = properties("ShareScreenRole")["Policies"]
    (conditional,) = [
        each["Fn::If"] for each in policy["PolicyDocument"]["Statement"] if "Fn::If" in each
    ]
    assert conditional[0] == "HasRelay"
    assert conditional[1] in statements("ShareScreenRole")
    assert conditional[2] == {"Ref": "AWS::NoValue"}
    assert evaluated({"Condition": "HasRelay"}, parameters(**RELAY))
    assert not evaluated({"Condition": "HasRelay"}, parameters())


# ------------------------------------------------------------------- how often somebody may ask


def limits() -> dict[tuple[str, str], tuple[int, int]]:
    """The rate and the burst of each address that has limits of its own."""
    _, *of_some = properties("Api")["MethodSettings"]
    return {
        (each["HttpMethod"], _path(each)): (
            each["ThrottlingRateLimit"],
            each["ThrottlingBurstLimit"],
        )
        for each in of_some
    }


def _path(setting: dict[str, Any]) -> str:
    """The path of a setting; CloudFormation writes each slash but the first as ~1."""
    written = str(setting["ResourcePath"])
    assert re.fullmatch(r"/~1[^/]+", written)
    return written[1:].replace("~1", "/")


def test_an_address_with_limits_of_its_own_is_one_of_the_api() -> None:
    """API Gateway refuses a setting for an address that it does not have."""
    served = {(route.method, route.path) for route in routes("prod")}
    assert limits().keys() == POLLED | {GUESSED}
    assert limits().keys() <= served


def test_pages_that_ask_all_the_time_have_limits_of_their_own_that_no_session_reaches() -> None:
    for address in POLLED:
        rate, burst = limits()[address]
        assert MOST_OPEN / POLLED_EVERY < rate <= burst


def test_guesses_at_a_code_are_few_and_counted() -> None:
    rate, burst = limits()[GUESSED]
    guesses = rate * JOIN_WITHIN.total_seconds() + burst
    assert guesses * MOST_OPEN / 2**40 < 1e-6
    alarm = alarms()["JoinCodesGuessed"]
    assert (alarm["MetricName"], alarm["Statistic"]) == (Metric.WRONG_JOIN_CODES, "Sum")
    assert (alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"]) == (30, 300, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["Threshold"] < rate * alarm["Period"]  # what is let through makes it ring


def test_sessions_that_never_show_a_picture_wake_somebody() -> None:
    alarm = alarms()["RemoteSessionsFail"]
    metric = Metric.REMOTE_SESSIONS_WITHOUT_PICTURE
    assert (alarm["MetricName"], alarm["Statistic"]) == (metric, "Sum")
    assert (alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"]) == (3, 3600, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
