"""The state of the service: what the watcher records, and what Comanda is told of it."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from suport.domain.health import Part
from suport.domain.version import VERSION
from suport.register.other_tables import health_record
from suport.runtime import aws, clock, observation
from tests.functions.conftest import COMANDA
from tests.support.figures import RegisterAndFigures
from tests.support.gateway import CONTEXT, Load, asked

AT = datetime(2026, 11, 26, 9, 7, 30, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
OWN = "Suport"


class Service:
    """A watcher and a dashboard, and the counts in CloudWatch between them."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self._load = load
        self._patch = monkeypatch
        self._comanda = load("answer_comanda")
        self._metrics: dict[tuple[str, ...], list[tuple[datetime, float]]] = {}
        self.refused: set[str] = set()
        self.asked_of_cloudwatch: list[str] = []
        self.at(AT)
        others = aws.client

        def client(service: str) -> Any:
            if service == "cloudwatch":
                return self
            return Refusing(others(service), self.refused)  # type: ignore[call-overload]

        monkeypatch.setattr(aws, "client", client)

    def at(self, moment: datetime) -> None:
        """Sets the clock."""
        self.now = moment
        self._patch.setattr(clock, "now", lambda: moment)

    def counted(
        self, name: str, *values: float, at: datetime | None = None, namespace: str = "AWS/Lambda"
    ) -> None:
        """Values of a metric, by default three minutes ago: `show_help Duration`."""
        moment = at or self.now - timedelta(minutes=3)
        self._metrics.setdefault((namespace, *name.split()), []).extend(
            (moment, value) for value in values
        )

    def get_metric_statistics(self, **asked: Any) -> Any:
        """As CloudWatch answers: a point for each minute."""
        self.asked_of_cloudwatch.append(asked["MetricName"])
        if "GetMetricStatistics" in self.refused:
            raise refusal("GetMetricStatistics")
        assert asked["StartTime"].second == asked["EndTime"].second == 0
        assert asked["Period"] == 60
        of = [each["Value"] for each in asked["Dimensions"][:1]]
        found = [
            value
            for moment, value in self._metrics.get(
                (asked["Namespace"], *of, asked["MetricName"]), []
            )
            if asked["StartTime"] <= moment < asked["EndTime"]
        ]
        if not found:
            return {"Datapoints": []}
        return {"Datapoints": [{"SampleCount": float(len(found)), "Sum": sum(found)}]}

    def watched(self) -> None:
        """A run of the watcher, five minutes after the one before."""
        self._load("watch_incidents").handler({"source": "aws.scheduler"}, CONTEXT)

    def ask(self, path: str = "", login: str | None = ":".join(COMANDA.values())) -> Any:
        """Status and body of the answer to Comanda."""
        sent: dict[str, Any] = {}
        if login is not None:
            sent["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
        answer = self._comanda.handler(asked("GET", f"/comanda/salut{path}", **sent), CONTEXT)
        return answer["statusCode"], json.loads(answer["body"])

    def state(self) -> Any:
        """What Comanda is told."""
        status, told = self.ask()
        assert status == 200
        return told

    def of(self, kind: str, code: str) -> Any:
        """What Comanda is told of one thing: `integracions`, `SES`."""
        (found,) = [each for each in self.state()[kind] if each["codi"] == code]
        return found


class Refusing:
    """A client that is refused some operations."""

    def __init__(self, client: Any, refused: set[str]) -> None:
        self._client = client
        self._refused = refused

    def __getattr__(self, name: str) -> Any:
        operation = "".join(word.capitalize() for word in name.split("_"))
        if operation in self._refused:

            def refuse(**_: Any) -> Any:
                raise refusal(operation)

            return refuse
        if name == "get_account":
            return lambda: {"SendingEnabled": "SendingEnabled" not in self._refused}
        return getattr(self._client, name)


def refusal(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ServiceUnavailable"}}, operation)


@pytest.fixture
def service(load: Load, figures: RegisterAndFigures, monkeypatch: pytest.MonkeyPatch) -> Service:
    assert figures.records == {}
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "watch_incidents")
    return Service(load, monkeypatch)


# What the watcher records


def test_what_functions_did_since_the_last_look_is_counted_once(service: Service) -> None:
    service.counted("show_help Duration", 20, 40)
    service.counted("submit_incident Duration", *[100] * 8)
    service.counted("submit_incident Errors", 0, 1)
    service.watched()
    web = service.of("subsistemes", "WEB")
    assert (web["estat"], web["latencia"]) == ("UP", 86)
    assert (web["totalOk"], web["totalError"], web["totalTempsMig"]) == (9, 1, 86)
    service.at(AT + FIVE_MINUTES)
    service.counted("show_help Duration", 10)
    service.watched()
    web = service.of("subsistemes", "WEB")
    assert (web["totalOk"], web["totalError"]) == (10, 1)
    assert (web["peticionsOkUltimPeriode"], web["peticionsErrorUltimPeriode"]) == (1, 0)
    assert web["tempsMigUltimPeriode"] == 10


def test_the_failures_that_functions_report_themselves_count_with_those_of_lambda(
    service: Service,
) -> None:
    service.counted("submit_incident Duration", *[100] * 4)
    service.counted("submit_incident Errors", 1)
    service.counted("submit_incident Failures", 2, namespace=OWN)
    service.watched()
    web = service.of("subsistemes", "WEB")
    assert (web["totalOk"], web["totalError"], web["estat"]) == (1, 3, "ERROR")


def test_a_batch_of_which_many_failed_is_one_failure(service: Service) -> None:
    service.counted("notify_citizen Duration", 100)
    service.counted("notify_citizen Failures", 5, namespace=OWN)
    service.watched()
    mail = service.of("subsistemes", "CORREU")
    assert (mail["totalOk"], mail["totalError"], mail["estat"]) == (0, 1, "DOWN")


def test_the_answers_of_the_gateway_are_counted(service: Service) -> None:
    service.counted("suport Latency", *[50] * 4, namespace="AWS/ApiGateway")
    service.counted("suport 5XXError", 0, 1, 0, 0, namespace="AWS/ApiGateway")
    service.watched()
    api = service.of("subsistemes", "API")
    assert (api["totalOk"], api["totalError"], api["estat"]) == (3, 1, "DEGRADED")
    assert service.state()["estatGlobal"] == {"estat": "DEGRADED", "latencia": 50}


def test_a_function_with_nothing_to_do_costs_one_question(service: Service) -> None:
    service.watched()
    assert set(service.asked_of_cloudwatch) == {"Invocations", "Duration", "Latency"}


def test_no_function_is_asked_about_while_nothing_but_the_watcher_runs(service: Service) -> None:
    service.counted("watch_incidents Invocations", 1)
    service.counted("Invocations", 1)
    service.watched()
    assert service.asked_of_cloudwatch == ["Invocations", "Invocations", "Latency"]


def test_each_function_is_asked_about_once_any_other_ran(service: Service) -> None:
    service.watched()
    service.at(AT + FIVE_MINUTES)
    service.counted("watch_incidents Invocations", 1)
    service.counted("Invocations", 1, 1)
    service.counted("show_help Duration", 20)
    service.watched()
    assert service.of("subsistemes", "WEB")["totalOk"] == 1


def test_where_comanda_does_not_ask_the_watcher_looks_at_nothing_and_nobody_has_a_login(
    service: Service, figures: RegisterAndFigures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMANDA", "off")
    monkeypatch.setenv("COMANDA_SECRET_ARN", "")
    service.watched()
    assert service.asked_of_cloudwatch == []
    assert health_record().read() is None
    assert figures.records == {}
    assert service.ask()[0] == 401


def test_what_cloudwatch_does_not_tell_is_counted_by_the_next_look(service: Service) -> None:
    service.watched()
    service.at(AT + FIVE_MINUTES)
    service.counted("show_help Duration", 20)
    service.refused.add("GetMetricStatistics")
    service.watched()
    assert service.of("subsistemes", "WEB")["totalOk"] == 0
    assert service.of("integracions", "SES")["estat"] == "UP"
    service.refused.clear()
    service.at(AT + 2 * FIVE_MINUTES)
    service.watched()
    assert service.of("subsistemes", "WEB")["totalOk"] == 1


@pytest.mark.parametrize("silent", [timedelta(hours=3), timedelta(0)])
def test_no_period_is_longer_than_an_hour_and_none_is_counted_twice(
    service: Service, silent: timedelta
) -> None:
    service.watched()
    service.at(AT + silent)
    start, end = observation.period(AT.replace(second=0) - timedelta(minutes=1), service.now)
    assert end - start == min(silent, timedelta(hours=1))
    service.watched()
    assert service.of("subsistemes", "WEB")["estat"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        ("GetBucketLocation", "S3"),
        ("DescribeSecret", "SECRETS"),
        ("GetAccount", "SES"),
        ("SendingEnabled", "SES"),
        ("GetQueueAttributes", "SQS"),
    ],
)
def test_what_the_service_is_built_on_is_down_when_it_does_not_answer_the_watcher(
    service: Service, refused: str, code: str
) -> None:
    service.watched()
    assert {each["estat"] for each in service.state()["integracions"]} == {"UP"}
    service.refused.add(refused)
    service.at(AT + FIVE_MINUTES)
    service.watched()
    told = service.of("integracions", code)
    assert (told["estat"], service.state()["estatGlobal"]["estat"]) == ("DOWN", "DOWN")
    assert told["peticions"]["totalOk"] == told["peticions"]["totalError"] == 1
    assert {each["estat"] for each in service.state()["integracions"]} == {"UP", "DOWN"}


def test_messages_that_nobody_could_handle_are_told(service: Service) -> None:
    (url,) = observation.watched()[Part.MAIL].dead_letters
    for _ in range(3):
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody="anna@example.org")
    service.counted("notify_citizen Duration", 20)
    service.watched()
    assert service.of("subsistemes", "CORREU")["estat"] == "WARN"
    (message,) = service.state()["missatges"]
    assert (message["nivell"], message["data"]) == ("ERROR", int(AT.timestamp() * 1000))
    assert "Correus a la ciutadania" in message["missatge"]
    assert "3" in message["missatge"]


def test_a_register_that_awaits_its_copy_is_told_as_maintenance(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTER_AWAITS_COPY", "on")
    service.watched()
    told = service.state()
    assert told["estatGlobal"]["estat"] == told["estatBaseDeDades"]["estat"] == "MAINTENANCE"
    assert [each["nivell"] for each in told["missatges"]] == ["WARN"]


def test_a_look_that_fails_harms_nothing_and_keeps_what_was_counted(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.counted("show_help Duration", 20)
    service.watched()
    before = health_record().read()
    service.refused.add("GetItem")
    service.watched()
    service.refused.clear()
    assert health_record().read() == before
    assert "health not recorded" in caplog.text


def test_the_record_names_no_incident_and_nobody(
    service: Service, figures: RegisterAndFigures
) -> None:
    service.watched()
    ((key, item),) = figures.records.items()
    assert key == ("health", "latest")
    assert item.keys() - {"period", "dimension"} == {
        *("seen_at", "counted_until", "database", "integrations", "parts", "dead_letters"),
        *("overdue", "in_maintenance"),
    }


# What Comanda is told


def test_the_state_has_the_form_of_the_manual(service: Service) -> None:
    service.watched()
    told = service.state()
    assert told.keys() == {
        *("codi", "versio", "data", "estatGlobal", "estatBaseDeDades", "integracions"),
        *("subsistemes", "missatges"),
    }
    assert (told["codi"], told["versio"]) == ("SUPORT", VERSION)
    assert told["data"] == int(AT.timestamp() * 1000)
    requests = {
        *("totalOk", "totalError", "totalTempsMig", "peticionsOkUltimPeriode"),
        *("peticionsErrorUltimPeriode", "tempsMigUltimPeriode"),
    }
    for each in told["integracions"]:
        assert each.keys() == {"codi", "estat", "latencia", "peticions"}
        assert each["peticions"].keys() == requests
    for each in told["subsistemes"]:
        assert each.keys() == {"codi", "estat", "latencia", *requests}
    assert told["estatBaseDeDades"].keys() == {"estat", "latencia"}
    assert told["estatBaseDeDades"]["estat"] == "UP"
    assert told["missatges"] == []


def test_what_is_told_of_is_what_was_named(service: Service) -> None:
    service.watched()
    _, info = service.ask("/info")
    told = service.state()
    for kind in ("integracions", "subsistemes"):
        assert [each["codi"] for each in told[kind]] == [each["codi"] for each in info[kind]]
        assert all(len(each["codi"]) <= 16 for each in info[kind])
        assert all(each.keys() == {"codi", "nom"} for each in info[kind])


def test_the_service_says_what_it_is_and_where_but_not_its_revision(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, info = service.ask("/info")
    assert info.keys() == {
        *("codi", "nom", "versio", "data", "integracions", "subsistemes", "contexts"),
    }
    assert (info["codi"], info["versio"]) == ("SUPORT", VERSION)
    assert len(info["versio"]) <= 10
    assert info["data"] % 1000 == 0
    for context in info["contexts"]:
        assert context["codi"] in {"BACK", "INT", "EXT"}
        assert context.keys() == {"codi", "nom", "path", "manuals", "api"}
        assert context["api"].endswith("/suport/v1/openapi.json")
        assert all(each.keys() == {"nom", "path"} for each in context["manuals"])
    monkeypatch.setenv("PUBLIC_URL", "https://suport.caib.es")
    _, info = service.ask("/info")
    assert {each["api"] for each in info["contexts"]} == {"https://suport.caib.es/v1/openapi.json"}


def test_before_the_first_look_nothing_is_known(service: Service) -> None:
    told = service.state()
    states = [told["estatGlobal"], told["estatBaseDeDades"]]
    states += told["integracions"] + told["subsistemes"]
    assert {each["estat"] for each in states} == {"UNKNOWN"}
    assert {each["latencia"] for each in states} == {None}
    assert [each["nivell"] for each in told["missatges"]] == ["INFO"]


def test_a_watcher_that_is_silent_leaves_nothing_known_and_says_since_when(
    service: Service,
) -> None:
    service.counted("show_help Duration", 20)
    service.watched()
    service.at(AT + timedelta(minutes=15))
    assert service.state()["estatGlobal"]["estat"] == "UP"
    service.at(AT + timedelta(minutes=15, seconds=1))
    told = service.state()
    states = [told["estatGlobal"], told["estatBaseDeDades"]]
    states += told["integracions"] + told["subsistemes"]
    assert {each["estat"] for each in states} == {"UNKNOWN"}
    assert service.of("subsistemes", "WEB")["totalOk"] == 1
    assert told["data"] == int(AT.timestamp() * 1000)
    (message,) = told["missatges"]
    assert (message["nivell"], "26/11/2026 10:07" in message["missatge"]) == ("ERROR", True)


def test_a_database_that_does_not_answer_is_told_and_not_an_error(service: Service) -> None:
    service.watched()
    service.refused.add("GetItem")
    told = service.state()
    assert told["estatGlobal"]["estat"] == told["estatBaseDeDades"]["estat"] == "DOWN"
    assert {each["estat"] for each in told["subsistemes"]} == {"UNKNOWN"}
    assert [each["nivell"] for each in told["missatges"]] == ["ERROR"]


def test_comanda_is_answered_by_one_read(
    service: Service, figures: RegisterAndFigures, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.watched()
    service.state()  # the password is read once per start
    calls: list[tuple[str, str]] = []
    used: list[str] = []
    answer, client = figures._answer, aws.client

    def recorded(name: str, asked: dict[str, Any]) -> Any:
        calls.append((name, asked["TableName"]))
        return answer(name, asked)

    def remembered(name: Any) -> Any:
        used.append(name)
        return client(name)

    monkeypatch.setattr(figures, "_answer", recorded)
    monkeypatch.setattr(aws, "client", remembered)
    service.state()
    assert (calls, used) == ([("get_item", "figures")], ["dynamodb"])


@pytest.mark.parametrize("path", ["", "/info"])
@pytest.mark.parametrize("login", [None, "", "comanda:", "comanda:wrong"])
def test_without_its_password_comanda_learns_nothing(
    service: Service, path: str, login: str | None
) -> None:
    status, told = service.ask(path, login)
    assert (status, told["type"]) == (401, "urn:suport:problem:unauthorized")
    assert VERSION not in str(told)


def test_the_state_may_be_opened_to_everybody_and_the_figures_may_not(
    service: Service, load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTH_FOR_EVERYBODY", "on")
    assert service.ask("", None)[0] == service.ask("/info", None)[0] == 200
    event = asked("GET", "/comanda/estadistiques/info")
    assert load("answer_comanda").handler(event, CONTEXT)["statusCode"] == 401
