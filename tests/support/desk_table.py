"""The table of the web desk in this process, with the template's keys, in moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from tests.support.template import TEMPLATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DESK = "desk"
_PROPERTIES = TEMPLATE["Resources"]["DeskTable"]["Properties"]


@contextmanager
def desk_table() -> Iterator["DynamoDBClient"]:
    """A client that reaches the table `DESK`, which is empty."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create(client)
        erase_all(client)  # that of other tests of the same process
        yield client


def create(client: "DynamoDBClient") -> None:
    """Makes the table `DESK`, unless this process has it already."""
    if DESK in client.list_tables()["TableNames"]:
        return
    client.create_table(
        TableName=DESK,
        AttributeDefinitions=_PROPERTIES["AttributeDefinitions"],
        KeySchema=_PROPERTIES["KeySchema"],
        BillingMode=_PROPERTIES["BillingMode"],
    )


def erase_all(client: "DynamoDBClient") -> None:
    """Empties the table `DESK`, which is faster than making it again."""
    pages = client.get_paginator("scan").paginate(TableName=DESK)
    for item in [item for page in pages for item in page["Items"]]:
        client.delete_item(TableName=DESK, Key={name: item[name] for name in ("owner", "item")})
