"""What the functions report to CloudWatch, and what the alarms watch."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from local import ROOT
from suport.runtime.metrics import Metric, count
from tests.support.template import FUNCTIONS, TEMPLATE, alarms, resolved

PACKAGE = ROOT / "layers/suport/python"
MODULE = PACKAGE / "suport/runtime/metrics.py"
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
    aws_request_id="request",
)
DIMENSIONS = {
    Metric.INCIDENTS_SUBMITTED: {"category"},
    Metric.INCIDENTS_QUEUED: {"category"},
    Metric.INCIDENTS_WOKEN: {"done"},
    Metric.MAILS: {"outcome"},
    Metric.MAIL_EVENTS: {"trouble"},
    Metric.FILES_CHECKED: {"outcome"},
    Metric.FAILURES: {"function"},
    Metric.LOST_CODES: {"outcome"},
    Metric.RETENTION_ERASED: {"kind"},
    Metric.INCIDENTS_ERASED: {"by"},
}
"""The dimensions of each metric that has any."""


@dataclass(frozen=True)
class Series:
    """A series of CloudWatch: a metric under exactly these dimensions."""

    namespace: str
    metric: str
    dimensions: frozenset[str]


def namespace(**known: str) -> str:
    """The namespace in which every function of a stack of that name reports."""
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    for function in FUNCTIONS.values():
        assert "POWERTOOLS_METRICS_NAMESPACE" not in function["Environment"]["Variables"]
    return str(resolved(shared["POWERTOOLS_METRICS_NAMESPACE"], known))


def series(metric: str) -> Series:
    """The only series that the metric should have."""
    return Series(namespace(), metric, frozenset(DIMENSIONS.get(Metric(metric), ())))


def watched(**known: str) -> dict[str, Series]:
    """The series that each alarm on the service's own metrics watches."""
    return {
        name: Series(
            resolved(alarm["Namespace"], known),
            alarm["MetricName"],
            frozenset(dimension["Name"] for dimension in alarm.get("Dimensions", [])),
        )
        for name, alarm in alarms().items()
        if not str(alarm["Namespace"]).startswith("AWS/")
    }


def reported(printed: str) -> Iterator[tuple[Series, float]]:
    """Every figure in a log, as CloudWatch reads the embedded metric format."""
    for line in printed.splitlines():
        document = json.loads(line) if line.startswith("{") else {}
        for directive in document.get("_aws", {}).get("CloudWatchMetrics", []):
            for dimensions in directive["Dimensions"]:
                assert all(isinstance(document[name], str) for name in dimensions)
                for metric in directive["Metrics"]:
                    assert metric["Unit"] == "Count"
                    (value,) = document[metric["Name"]]
                    of = Series(directive["Namespace"], metric["Name"], frozenset(dimensions))
                    yield of, value


def sources() -> list[Path]:
    """All deployed code, except the module that names the metrics."""
    found = [*(ROOT / "functions").rglob("*.py"), *PACKAGE.rglob("*.py")]
    return [path for path in found if path != MODULE]


def counted() -> dict[Metric, set[frozenset[str]]]:
    """Every metric that the code names, with the dimensions of each call that names it."""
    found: dict[Metric, set[frozenset[str]]] = defaultdict(set)
    for node in (node for path in sources() for node in ast.walk(ast.parse(path.read_text()))):
        match node:
            case ast.Attribute(value=ast.Name(id="Metric"), attr=name):
                found[Metric[name]] |= set()  # counted in another place
            case ast.Call(
                func=ast.Name(id="count"),
                args=[ast.Attribute(value=ast.Name(id="Metric"), attr=name), *_],
                keywords=given,
            ):
                found[Metric[name]].add(frozenset(str(each.arg) for each in given) - {"value"})
    return found


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that decides on namespace and dimensions, as the template sets it."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", namespace())
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "a_function")


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("metric", Metric)
def test_a_figure_is_reported_under_exactly_the_named_dimensions(
    metric: Metric, capsys: pytest.CaptureFixture[str]
) -> None:
    count(metric, 7, **dict.fromkeys(DIMENSIONS.get(metric, ()), "what it is of"))
    assert list(reported(capsys.readouterr().out)) == [(series(metric), 7)]


@pytest.mark.usefixtures("deployed")
def test_a_figure_counts_one_by_default_and_may_count_zero(
    capsys: pytest.CaptureFixture[str],
) -> None:
    count(Metric.FILES_ERASED)
    count(Metric.OVERDUE_INCIDENTS, 0)
    assert [value for _, value in reported(capsys.readouterr().out)] == [1, 0]


def test_every_metric_is_counted_by_some_code_and_always_under_the_same_dimensions() -> None:
    found = counted()
    assert found.keys() == set(Metric)
    for metric, dimensions in found.items():
        assert dimensions <= {frozenset(DIMENSIONS.get(metric, ()))}, metric


def test_no_code_reports_a_figure_that_is_not_in_the_list() -> None:
    for path in sources():
        assert "aws_lambda_powertools.metrics" not in path.read_text(), path


def test_every_alarm_watches_a_reported_figure() -> None:
    meant = {series(metric) for metric in Metric}
    assert len(watched()) >= 6
    for name, of in watched().items():
        assert of in meant, name


def test_no_stage_hides_the_failures_of_another() -> None:
    """Neither in what functions report nor in what API Gateway reports under the API's name."""
    pre, prod = ({"AWS::StackName": name} for name in ("suport-pre", "suport-prod"))
    assert namespace(**pre) != namespace(**prod)
    assert {of.namespace for of in watched(**prod).values()} == {namespace(**prod)}
    api = TEMPLATE["Resources"]["Api"]["Properties"]["Name"]
    assert resolved(api, pre) != resolved(api, prod)
    for name, alarm in alarms().items():
        for dimension in alarm.get("Dimensions", []):
            if dimension["Name"] == "ApiName":
                assert dimension["Value"] == api, name
            # any other dimension names a resource of the stack, or the only stage of its API
            assert isinstance(dimension["Value"], dict) or dimension["Name"] == "Stage", name


def test_the_docstring_of_a_metric_names_its_alarm() -> None:
    (metrics,) = [
        node
        for node in ast.parse(MODULE.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Metric"
    ]
    said = {
        Metric[ast.unparse(member.targets[0])]: ast.literal_eval(text.value)
        for member, text in zip(metrics.body, metrics.body[1:], strict=False)
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr)
    }
    assert said.keys() == set(Metric)
    for metric, text in said.items():
        named = set(re.findall(r"Alarm (\w+)", text))
        assert named == {name for name, of in watched().items() if of.metric == metric}, metric
        assert ("No alarm." in text) is (not named), metric


def test_the_watcher_reports_its_figure_even_if_nothing_is_overdue(
    load: Callable[[str], ModuleType],
    deployed: None,  # noqa: ARG001  after `load`, which sets another namespace
    capsys: pytest.CaptureFixture[str],
) -> None:
    load("watch_incidents").handler({"source": "aws.scheduler"}, CONTEXT)
    assert list(reported(capsys.readouterr().out)) == [(watched()["IncidentsOverdue"], 0)]


def test_a_wrong_access_code_is_reported_as_its_alarm_watches_it(
    load: Callable[[str], ModuleType],
    deployed: None,  # noqa: ARG001  after `load`, which sets another namespace
    capsys: pytest.CaptureFixture[str],
) -> None:
    event = json.loads((ROOT / "events/track_incident.json.json").read_text())
    for headers in (event["headers"], event["multiValueHeaders"]):
        headers.pop("Authorization")
    event["headers"]["Authorization"] = "Bearer A-WRONG-CODE"
    event["multiValueHeaders"]["Authorization"] = ["Bearer A-WRONG-CODE"]
    assert load("track_incident").handler(event, CONTEXT)["statusCode"] == 404
    found = list(reported(capsys.readouterr().out))
    assert found == [(watched()["WrongAccessCodesTried"], 1)]


def test_the_list_of_metrics_does_not_slow_down_a_functions_start() -> None:
    """Every function imports the list; only a request that reports something loads Powertools."""
    program = "import sys, suport.runtime.metrics; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert "suport.runtime.metrics" in loaded
    assert not [name for name in loaded if name.startswith("aws_lambda_powertools")]
