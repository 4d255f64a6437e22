"""What the log says about an exception, whatever layer it comes from."""

import io
import json
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError

from suport.runtime.logged_failure import facts
from tests.support.failures import PRIVATE, THROTTLED, every_failure

SERVICES = ("cloudwatch", "dynamodb", "lambda", "s3", "secretsmanager", "sesv2", "sqs")


def raised(failure: Exception) -> Exception:
    try:
        raise failure
    except Exception as caught:  # noqa: BLE001  to hand it back with its place
        return caught


def test_the_log_has_the_kind_and_place_of_every_exception_and_quotes_none() -> None:
    failures = every_failure()
    lines = io.StringIO()
    logger = Logger(service="test of failures", stream=lines)
    for failure in failures:
        logger.error("request failed", **facts(raised(failure)))
    assert PRIVATE.split()[2] not in lines.getvalue()
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [each["error"] for each in logged] == [type(each).__name__ for each in failures]
    assert all(each["at"].startswith(__file__) for each in logged)
    assert {HTTPClientError, ReadTimeoutError, ClientError} <= {type(each) for each in failures}


@pytest.mark.parametrize("service", SERVICES)
def test_the_log_has_code_and_operation_of_every_known_refusal_by_aws(service: Any) -> None:
    client = boto3.Session("test", "test", region_name="eu-west-1").client(service)
    model = client.meta.service_model
    codes = {str(shape.error_code) for shape in model.error_shapes}
    assert len(codes) > 5
    for code in codes:
        answer = {"Error": {"Code": code, "Message": PRIVATE}}
        for operation in model.operation_names:
            told = facts(client.exceptions.from_code(code)(answer, operation))
            assert (told["code"], told["operation"]) == (code, operation)


def test_the_log_has_code_and_operation_of_an_unknown_refusal_too() -> None:
    told = facts(THROTTLED)
    assert (told["code"], told["operation"]) == ("ThrottlingException", "UpdateItem")


class Mute(dict[str, Any]):
    """An answer whose contents raise on every look."""

    def get(self, *_: object) -> Any:
        raise LookupError(PRIVATE)

    def __getitem__(self, _: object) -> Any:
        raise LookupError(PRIVATE)


class Odd:
    """An object that no library should bring along, but one could."""

    def get(self, *_: object) -> Any:
        raise RuntimeError(PRIVATE)

    def __repr__(self) -> str:
        return PRIVATE

    __str__ = __repr__


@pytest.mark.parametrize(
    "response",
    [
        None,
        Odd(),
        Mute(Error={"Code": "X"}),
        {},
        {"Error": None},
        {"Error": PRIVATE},
        {"Error": [PRIVATE]},
        {"Error": Odd()},
        {"Error": Mute(Code="X")},
        {"Error": {}},
        {"Error": {"Code": None}},
        {"Error": {"Code": 503}},
        {"Error": {"Code": PRIVATE}},
        {"Error": {"Code": ""}},
        {"Error": {"Code": [PRIVATE]}},
        {"Error": {"Code": Odd()}},
        PRIVATE,
        PRIVATE.encode(),
        [PRIVATE],
        17,
        True,
    ],
)
def test_a_failure_without_a_code_or_operation_has_none_in_the_log(response: Any) -> None:
    class Failure(Exception):
        def __init__(self) -> None:
            super().__init__(PRIVATE)
            self.response = response
            self.operation_name = response

    told = facts(raised(Failure()))
    assert (told["error"], told["code"], told["operation"]) == ("Failure", None, None)


@pytest.mark.parametrize("trouble", [RuntimeError, AttributeError, RecursionError, ValueError])
def test_an_attribute_that_fails_hides_no_other(trouble: type[Exception]) -> None:
    class Failure(Exception):
        @property
        def response(self) -> Any:
            raise trouble(PRIVATE)

        @property
        def operation_name(self) -> Any:
            raise trouble(PRIVATE)

    told = facts(raised(Failure(PRIVATE)))
    assert (told["error"], told["code"], told["operation"]) == ("Failure", None, None)
    assert told["at"].endswith(" raised")


def test_the_log_has_an_operation_without_a_code_and_a_code_without_an_operation() -> None:
    class Failure(Exception):
        response: Any = Odd()
        operation_name: Any = Odd()

    one, other = Failure(), Failure()
    one.operation_name = "PutItem"
    other.response = {"Error": {"Code": "NoSuchKey"}}
    assert (facts(one)["code"], facts(one)["operation"]) == (None, "PutItem")
    assert (facts(other)["code"], facts(other)["operation"]) == ("NoSuchKey", None)


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert facts(ValueError(PRIVATE)) == {
        "error": "ValueError",
        "code": None,
        "operation": None,
        "at": None,
    }
