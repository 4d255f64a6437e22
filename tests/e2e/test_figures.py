"""The nightly count, and the desk and Comanda after it, with IAM."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from suport.domain.category import Category
from suport.domain.legal_time import start_of, to_madrid, utc_text
from tests.support.operator import Operator, operator
from tests.support.service import Answer, Service

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

__all__ = ["operator"]

YESTERDAY = to_madrid(datetime.now(UTC)).date() - timedelta(days=1)
NOON = start_of(YESTERDAY) + timedelta(hours=12)
MANY = 6
PAYMENT_ERROR = {"code": "190"}


@pytest.fixture(scope="module")
def counted(service: Service) -> int:
    """How many incidents of the payment team the night counts for yesterday."""
    for _ in range(MANY):
        made = service.submitted(category="payment", error=PAYMENT_ERROR)
        service.change_incident(
            made["reference"],
            recorded_at=utc_text(NOON),
            figures_month=f"payment/{utc_text(NOON)[:7]}",
        )
    for _ in range(2):  # the same night again changes nothing
        count(service)
    return MANY


@pytest.fixture(scope="module")
def anna(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.PAYMENT)


def count(service: Service) -> None:
    """Invokes the function that the schedule invokes every night."""
    scheduler = service.aws.client("scheduler")
    functions: LambdaClient = service.aws.client("lambda")
    (schedule,) = [
        scheduler.get_schedule(Name=each["Name"])
        for each in scheduler.list_schedules()["Schedules"]
        if "CountFigures" in each["Name"]
    ]
    assert schedule["ScheduleExpression"] == "cron(30 1 * * ? *)"
    answer = functions.invoke(FunctionName=schedule["Target"]["Arn"], Payload=b"{}")
    assert "FunctionError" not in answer
    scheduler.close()
    functions.close()


def comanda(service: Service, path: str = "", password: str | None = None) -> Answer:
    """The answer to Comanda, which sends its user and password at once."""
    user = service.environment["COMANDA_USER"]
    login = f"{user}:{password or service.environment['COMANDA_PASSWORD']}"
    sent = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    return service.request("GET", f"/comanda/estadistiques{path}", headers=sent)


def test_a_teams_figures_have_what_the_night_counted(anna: Operator, counted: int) -> None:
    told = anna.request("GET", "/stats?days=7").json()
    assert (told["category"], told["days"], told["until"]) == ("payment", 7, str(YESTERDAY))
    assert told["submitted"] == counted
    assert told["open"] >= counted


def test_the_report_of_the_month_has_yesterday(anna: Operator, counted: int) -> None:
    told = anna.request("GET", f"/reports/{YESTERDAY:%Y-%m}")
    assert told.status == HTTPStatus.OK, told.text
    (day,) = [
        each
        for each in told.json()["days"]
        if (each["day"], each["category"]) == (str(YESTERDAY), "payment")
    ]
    assert day["submitted"] == {"total": counted, "parts": {"web": counted, "phone": 0}}


def test_comanda_gets_yesterday_with_its_password_only(service: Service, counted: int) -> None:
    for path in ("", f"/of/{YESTERDAY:%d-%m-%Y}"):
        told = comanda(service, path)
        assert told.status == HTTPStatus.OK, told.text
        (payment,) = [
            fact["fets"] for fact in told.json()["fets"] if fact["dimensions"][0]["valor"] == "PAG"
        ]
        assert {"codi": "REB", "valor": counted} in payment
    assert [
        day["temps"]["dia"] for day in comanda(service, f"/from/{YESTERDAY}/to/{YESTERDAY}").json()
    ] == [YESTERDAY.day]
    assert comanda(service, "/info").json()["codi"] == "SUPORT"
    assert comanda(service, password="wrong").status == HTTPStatus.UNAUTHORIZED
    without = service.request("GET", "/comanda/estadistiques")
    assert without.status == HTTPStatus.UNAUTHORIZED


@pytest.mark.usefixtures("counted")
def test_a_record_names_no_incident(service: Service) -> None:
    items = service.dynamodb.scan(TableName=service.environment["FIGURES_TABLE"])["Items"]
    assert items
    told = str(items)
    assert "expires_at" not in told
    register = service.dynamodb.scan(TableName=service.environment["REGISTER_TABLE"])["Items"]
    assert not [each for each in register if each["reference"]["S"] in told]
