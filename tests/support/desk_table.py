"""The tables of the web desk in this process, with the template's keys, in moto."""

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
PROBLEMS = "known_problems"
TABLES = {DESK: "DeskTable", PROBLEMS: "KnownProblems"}
"""What the tables are called here and in the template."""


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


def create(client: "DynamoDBClient", table: str = DESK) -> None:
    """Makes that table, unless this process has it already."""
    if table in client.list_tables()["TableNames"]:
        return
    properties = TEMPLATE["Resources"][TABLES[table]]["Properties"]
    client.create_table(
        TableName=table,
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        BillingMode=properties["BillingMode"],
    )


def erase_all(client: "DynamoDBClient", table: str = DESK) -> None:
    """Empties that table, which is faster than making it again."""
    schema = TEMPLATE["Resources"][TABLES[table]]["Properties"]["KeySchema"]
    keys = [each["AttributeName"] for each in schema]
    pages = client.get_paginator("scan").paginate(TableName=table)
    for item in [item for page in pages for item in page["Items"]]:
        client.delete_item(TableName=table, Key={name: item[name] for name in keys})
