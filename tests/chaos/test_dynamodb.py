"""The table in this process answers as moto does whatever a schedule asks of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.chaos import dynamodb
from tests.chaos.acts import ACTS
from tests.chaos.dynamodb import DynamoDB, Refused
from tests.chaos.schedule import Step
from tests.chaos.town import Town
from tests.chaos.world import World, running
from tests.support.template import resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Request = tuple[str, dict[str, Any], Any]

SEED = 3
WITHOUT = {"breaks_down", "nights", "waits"}
"""Nothing can be asked of what is away, and the long ones ask little new."""


def test_moto_answers_the_same_to_all_that_a_schedule_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dynamodb, "PAGE", 10_000)
    monkeypatch.setattr(DynamoDB, "expire", lambda *_: None)  # TTL deletes unasked
    asked = requests_of_all_acts()
    assert {operation for operation, _, _ in asked} > {"Query", "TransactWriteItems", "UpdateItem"}
    with tables_of_moto() as moto:
        differing = [
            (operation, request)
            for operation, request, told in _first_asked(asked)
            if operation != "Scan"  # each cuts a table into segments of its own
            and outcome(moto, operation, request, told) != _told(operation, told)
        ]
    assert differing == []


def _first_asked(asked: list[Request]) -> Iterator[Request]:
    """The requests without those that repeat a transaction by its token, which moto ignores."""
    tokens = set()
    for operation, request, told in asked:
        token = request.get("ClientRequestToken")
        if token is None or token not in tokens:
            yield operation, request, told
        if token and not isinstance(told, Refused):
            tokens.add(token)


def requests_of_all_acts() -> list[Request]:
    """What the service asks of the tables while everything happens, some of it twice."""
    towns: list[Town] = []
    world = World(SEED, lambda kind, chance: ACTS[kind][1](towns[0], chance))
    world.aws.dynamodb.lag = lambda: timedelta(0)
    asked = world.aws.dynamodb.requests = []
    town = Town(world)
    towns.append(town)
    kinds = [kind for kind in ACTS if kind not in WITHOUT]
    with running(world):
        world.faults.rate = 5
        for number, kind in enumerate(["submits"] * 3 + kinds * 2):
            with world.chances_of(Step(number, kind, number).seed) as chance:
                ACTS[kind][1](town, chance)
    return asked


@contextmanager
def tables_of_moto() -> Iterator["DynamoDBClient"]:
    """The template's tables in moto."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        client = boto3.client("dynamodb", region_name="eu-west-1")
        for name, stated in resources("AWS::DynamoDB::Table").items():
            wanted: Any = {
                each: stated[each]
                for each in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
                if each in stated
            }
            client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **wanted)
        yield client


def outcome(moto: Any, operation: str, request: dict[str, Any], told: Any) -> Any:
    """What moto answers, as far as anybody reads it."""
    if operation == "BatchWriteItem":
        request = {"RequestItems": _written(request["RequestItems"], told["UnprocessedItems"])}
    if operation == "BatchGetItem":
        request = {"RequestItems": _got(request["RequestItems"], told["UnprocessedKeys"])}
    try:
        return _told(operation, moto._make_api_call(operation, request))
    except ClientError as refused:
        response: Any = refused.response
        return _refusal(response["Error"]["Code"], response)


def _told(operation: str, answer: Any) -> Any:
    if isinstance(answer, Refused):
        return _refusal(answer.code, answer.told)
    match operation:
        case "Query":
            return sorted(map(str, (_sorted(each) for each in answer["Items"])))
        case "BatchGetItem":
            return {
                name: sorted(str(_sorted(each)) for each in found)
                for name, found in answer["Responses"].items()
            }
    kept = {"Item", "Attributes"} & answer.keys()
    return {name: _sorted(answer[name]) for name in kept}


def _refusal(code: str, told: dict[str, Any]) -> Any:
    reasons = [(each["Code"], each.get("Item")) for each in told.get("CancellationReasons", [])]
    return code, told.get("Item"), reasons


def _sorted(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in sorted(item)}


def _written(asked: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [each for each in writes if each not in left.get(name, [])]
        for name, writes in asked.items()
    }


def _got(asked: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    return {
        name: each
        | {"Keys": [key for key in each["Keys"] if key not in left.get(name, {}).get("Keys", [])]}
        for name, each in asked.items()
    }
