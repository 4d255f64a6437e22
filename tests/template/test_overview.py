"""What the template shows: the dashboard, saved queries, the access log, traces, what they cost."""

import json
import re
from typing import Any

import pytest

from local import ROOT
from suport.runtime.metrics import Metric
from tests.support.metrics import DIMENSIONS
from tests.support.template import (
    FUNCTIONS,
    RESOURCES,
    TEMPLATE,
    alarms,
    parameters,
    properties,
    resolved,
    resources,
    watched_metrics,
)

SWITCHES = [
    *("AlarmsOfEachCause", "AlarmsOfEachFunction", "Comanda"),
    *("Overview", "AccessLogs", "Traces", "Firewall"),
]
OWN = "Suport/${AWS::StackName}"

type Shown = tuple[str, str, str]
"""A metric: its namespace, its name, and the queue for which it is, if it is one of SQS's."""


def widgets() -> list[dict[str, Any]]:
    body = json.loads(properties("Dashboard")["DashboardBody"]["Fn::Sub"])
    found: list[dict[str, Any]] = [each["properties"] for each in body["widgets"]]
    return found


def shown() -> list[Shown]:
    """Every metric of the dashboard, in order."""
    found = []
    for widget in widgets():
        for metric in widget.get("metrics", []):
            if isinstance(metric[0], dict):
                search = re.search(
                    r'SEARCH\(\'\{"?([\w/${}:]+)"?,([\w,]+)\} MetricName="(\w+)"',
                    metric[0]["expression"],
                )
                assert search, metric
                found.append((search[1], search[3], ""))
            else:
                found.append((metric[0], metric[1], _queue(metric[2:])))
    return found


def _queue(dimensions: list[Any]) -> str:
    if dimensions[:1] != ["QueueName"]:
        return ""
    return str(dimensions[1]).removeprefix("${").removesuffix(".QueueName}")


def watched() -> list[Shown]:
    """Every metric that an alarm watches, in the order of the alarms."""
    found = []
    for alarm in alarms().values():
        for metric in watched_metrics(alarm):
            namespace = metric["Namespace"]
            queue = [
                str(each["Value"]["Fn::GetAtt"]).removesuffix(".QueueName")
                for each in metric.get("Dimensions", [])
                if each["Name"] == "QueueName"
            ]
            name = namespace if isinstance(namespace, str) else namespace["Fn::Sub"]
            found.append((name, metric["MetricName"], "".join(queue)))
    return list(dict.fromkeys(found))


def test_the_dashboard_shows_every_figure_that_an_alarm_watches_or_a_function_reports() -> None:
    assert set(watched()) <= set(shown())
    assert {name for namespace, name, _ in shown() if namespace == OWN} == set(Metric)


def test_the_dashboard_is_in_the_order_of_the_alarms_which_is_that_of_the_data() -> None:
    sections = [_section(shown().index(each)) for each in watched()]
    assert sections == sorted(sections)
    assert max(sections) > 5


def _section(number: int) -> int:
    """In which section of the dashboard its metric of that number is."""
    count, section = 0, 0
    for widget in widgets():
        if "markdown" in widget:
            section = int(re.findall(r"## (\d+)\.", widget["markdown"])[0])
        count += len(widget.get("metrics", []))
        if number < count:
            return section
    raise AssertionError(number)


def test_the_dashboard_asks_for_a_figure_under_the_dimension_under_which_it_is_reported() -> None:
    for widget in widgets():
        for metric in widget.get("metrics", []):
            if isinstance(metric[0], dict):
                named = re.findall(
                    r'{"?[\w/${}:]+"?,([\w,]+)} MetricName="(\w+)"', metric[0]["expression"]
                )
                ((dimension, name),) = named
                if name in set(Metric):
                    assert DIMENSIONS[Metric(name)] == {dimension}
            elif metric[0] == OWN:
                assert Metric(metric[1]) not in DIMENSIONS
                assert all(isinstance(each, dict) for each in metric[2:])


def test_the_dashboard_names_resources_of_the_stack() -> None:
    body = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    named = {name.partition(".")[0] for name in re.findall(r"\$\{([\w:.]+)\}", body)}
    assert named - RESOURCES.keys() == {"AWS::Region", "AWS::StackName"}


# ----------------------------------------------------------------- saved queries


def queries() -> dict[str, dict[str, Any]]:
    """Each saved query by its name in CloudWatch."""
    return {
        each["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}/"): each
        for each in resources("AWS::Logs::QueryDefinition").values()
    }


def test_the_operations_document_and_the_alarms_name_queries_that_are_saved() -> None:
    text = " ".join((ROOT / "docs/operations.md").read_text().split())
    named = set(re.findall(r"saved query \*(.+?)\*", text))
    for alarm in alarms().values():
        named |= set(
            re.findall(r'saved query "(.+?)"', " ".join(alarm["AlarmDescription"].split()))
        )
    assert named
    assert named <= queries().keys()


def test_a_query_about_functions_reads_the_logs_of_all_of_them() -> None:
    every = [{"Ref": f"{name}Log"} for name in FUNCTIONS]
    for name in ("failed requests", "crashes", "slow requests"):
        asked = queries()[name]["LogGroupNames"]
        assert sorted(map(str, asked)) == sorted(map(str, every))


def test_a_query_looks_for_what_the_functions_log() -> None:
    code = "".join(
        path.read_text()
        for folder in ("functions", "layers/suport/python/suport")
        for path in (ROOT / folder).rglob("*.py")
    )
    looked_for = {
        text
        for query in queries().values()
        for line in re.findall(r"message (?:=|in) (.+)", query["QueryString"])
        for text in re.findall(r'"(.+?)"', line)
    }
    assert len(looked_for) > 3
    assert {text for text in looked_for if f'"{text}"' not in code} == set()


def test_the_logs_are_asked_for_fields_that_the_access_log_has() -> None:
    fields = set(re.findall(r'"(\w+)": ', access_log()["Format"]))
    query = queries()["refused requests"]["QueryString"]
    assert set(re.findall(r"by (.+)", query)[0].split(", ")) <= fields
    assert RESOURCES["RefusedRequests"]["Condition"] == "LogsAccess"


# ----------------------------------------------------------------- the access log, traces


def access_log() -> dict[str, Any]:
    condition, setting, none = properties("Api")["AccessLogSetting"]["Fn::If"]
    assert (condition, none) == ("LogsAccess", {"Ref": "AWS::NoValue"})
    assert isinstance(setting, dict)
    return setting


def test_a_line_of_the_access_log_is_json_that_says_what_was_asked_for_and_not_by_whom() -> None:
    """A path would name an incident; the route has a variable in its place."""
    log = access_log()
    assert "\n" not in log["Format"]
    answered = {"$context.status": "404", "$context.responseLength": "12"}
    line = json.loads(
        re.sub(r"\$context\.[\w.]+", lambda name: answered.get(name[0], "7"), log["Format"])
    )
    assert (line["status"], line["bytes"]) == (404, 12)
    variables = set(re.findall(r"\$context\.([\w.]+)", log["Format"]))
    assert {"requestId", "httpMethod", "resourcePath", "status", "responseLatency"} <= variables
    telling = ("identity", "path", "domain", "authorizer", "requestOverride", "customDomain")
    assert [each for each in variables if each.startswith(telling)] == []
    assert log["DestinationArn"] == {"Fn::GetAtt": "ApiLog.Arn"}
    assert RESOURCES["ApiLog"]["Condition"] == "LogsAccess"


def test_no_request_is_logged_with_what_was_sent() -> None:
    for setting in properties("Api")["MethodSettings"]:
        assert setting.keys().isdisjoint({"LoggingLevel", "DataTraceEnabled"})


def test_traces_are_those_of_lambda_in_every_functions_role_and_not_of_api_gateway() -> None:
    """API Gateway's name the address, the browser and the URL of whoever asks."""
    assert TEMPLATE["Globals"]["Function"]["Tracing"] == {
        "Fn::If": ["TracesRuns", "Active", "PassThrough"]
    }
    assert "TracingEnabled" not in properties("Api")
    # Lambda refuses the setting while the role may not write: so the role has it from the beginning
    attached = {"Fn::If": ["TracesRuns", [{"Ref": "TracesPolicy"}], {"Ref": "AWS::NoValue"}]}
    for name in FUNCTIONS:
        assert properties(f"{name}Role")["ManagedPolicyArns"] == attached
    (statement,) = properties("TracesPolicy")["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    assert RESOURCES["TracesPolicy"]["Condition"] == "TracesRuns"
    locked = (ROOT / "layers/dependencies/requirements.txt").read_text()
    assert "aws-xray-sdk" not in locked


# ----------------------------------------------------------------- what it costs


@pytest.mark.parametrize("switch", [*SWITCHES, "MalwareScanning"])
def test_a_switch_says_what_it_costs_where_it_is_and_in_the_operations_document(
    switch: str,
) -> None:
    parameter = TEMPLATE["Parameters"][switch]
    assert parameter["AllowedValues"] == ["on", "off"]
    assert re.search(r"\d dollars (for a thousand|a month)", parameter["Description"])
    costs = (ROOT / "docs/operations.md").read_text().partition("## What the switches cost")[2]
    (row,) = re.findall(rf"^\| `{switch}` \| (.+?) \|", costs, re.MULTILINE)
    price = re.findall(r"\d+(?:\.\d+)?", row)[0]
    assert price == "0" or re.search(rf"\b{price} dollars", parameter["Description"])


def test_dev_pays_for_nothing_that_can_be_left_out() -> None:
    settings = (ROOT / "samconfig.toml").read_text()
    (given,) = re.findall(r'parameter_overrides = (\["Stage=dev".+?\])', settings)
    values = parameters(**dict(each.split("=", 1) for each in json.loads(given)))
    assert {values[switch] for switch in SWITCHES} == {"off"}
    kept = {name for name, each in RESOURCES.items() if not each.get("Condition")}
    assert kept.isdisjoint({"TopicsKey", "Dashboard", "ApiLog", "RequestFilter"})
    assert resolved({"Fn::If": ["HasOverview", "on", "off"]}, {}) == "off"
