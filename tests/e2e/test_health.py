"""The state of the service: counted and recorded by the watcher, told to Comanda, with IAM."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.service import Answer, Service

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

A_MOMENT_AGO = timedelta(minutes=3)


def health(service: Service, path: str = "", login: str | None = None) -> Answer:
    """The answer to Comanda, with its own login if none is given."""
    own = f"{service.environment['COMANDA_USER']}:{service.environment['COMANDA_PASSWORD']}"
    encoded = base64.b64encode((own if login is None else login).encode()).decode()
    return service.request(
        "GET", f"/comanda/salut{path}", headers={"Authorization": f"Basic {encoded}"}
    )


@pytest.fixture(scope="module")
def watched(service: Service) -> dict[str, Any]:
    """What Comanda is told after a run of the watcher, which CloudWatch has something to tell."""
    functions: LambdaClient = service.aws.client("lambda")
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    (watcher,) = [name for name in names if "WatchIncidents" in name]
    (submit,) = [name for name in names if "SubmitIncident" in name]
    environment = functions.get_function_configuration(FunctionName=watcher)["Environment"][
        "Variables"
    ]
    cloudwatch = service.aws.client("cloudwatch")
    before = datetime.now(UTC) - A_MOMENT_AGO
    for namespace, name, of, values in (
        ("AWS/ApiGateway", "Latency", ("ApiName", environment["API_NAME"]), [40.0] * 8),
        ("AWS/ApiGateway", "5XXError", ("ApiName", environment["API_NAME"]), [1.0, 1.0]),
        ("AWS/Lambda", "Duration", ("FunctionName", submit), [60.0] * 9),
        ("AWS/Lambda", "Errors", ("FunctionName", submit), [1.0]),
    ):
        stage = [{"Name": "Stage", "Value": "suport"}] if of[0] == "ApiName" else []
        cloudwatch.put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": of[0], "Value": of[1]}, *stage],
                    "Timestamp": before,
                    "Value": value,
                }
                for value in values
            ],
        )
    # The schedule may have started it a moment ago: that run has counted what was before.
    service.dynamodb.delete_item(
        TableName=service.environment["FIGURES_TABLE"],
        Key={"period": {"S": "health"}, "dimension": {"S": "latest"}},
    )
    answer = functions.invoke(FunctionName=watcher, Payload=b"{}")
    assert "FunctionError" not in answer
    functions.close()
    cloudwatch.close()
    told: dict[str, Any] = health(service).json()
    return told


def of(told: dict[str, Any], kind: str, code: str) -> dict[str, Any]:
    (found,) = [each for each in told[kind] if each["codi"] == code]
    return dict(found)


def test_the_watcher_may_see_all_that_it_has_to_look_at(watched: dict[str, Any]) -> None:
    assert watched["estatBaseDeDades"]["estat"] == "UP"
    assert {each["codi"]: each["estat"] for each in watched["integracions"]} == dict.fromkeys(
        ("SES", "S3", "SQS", "SECRETS"), "UP"
    )
    assert time.time() - watched["data"] / 1000 < 60


def test_what_cloudwatch_has_counted_reaches_comanda(watched: dict[str, Any]) -> None:
    api = of(watched, "subsistemes", "API")
    assert (api["totalOk"], api["totalError"], api["estat"]) == (6, 2, "DEGRADED")
    assert api["latencia"] == 40
    web = of(watched, "subsistemes", "WEB")
    assert (web["totalError"], web["totalOk"] >= 8) == (1, True)
    assert watched["estatGlobal"]["estat"] == "DEGRADED"


def test_what_a_function_reports_in_its_log_becomes_a_metric(service: Service) -> None:
    service.submitted(category="payment", error={"code": "190"})
    cloudwatch = service.aws.client("cloudwatch")
    known = cloudwatch.list_metrics(MetricName="IncidentsSubmitted")["Metrics"]
    cloudwatch.close()
    assert [{"Name": "category", "Value": "payment"}] in [each["Dimensions"] for each in known]


@pytest.mark.usefixtures("watched")
def test_comanda_is_told_where_the_service_is_and_a_stranger_nothing(service: Service) -> None:
    told = health(service, "/info")
    assert told.status == HTTPStatus.OK
    (page,) = [each for each in told.json()["contexts"] if each["codi"] == "EXT"]
    assert page["path"] == f"{service.environment['API_URL']}/"
    for path in ("", "/info"):
        assert health(service, path, "comanda:wrong").status == HTTPStatus.UNAUTHORIZED
        without = service.request("GET", f"/comanda/salut{path}")
        assert without.status == HTTPStatus.UNAUTHORIZED
        assert "codi" not in json.loads(without.text)
