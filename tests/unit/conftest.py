"""Unit tests reach no network; AWS is moto in the same process, made from the template."""

import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws
from pytest_socket import disable_socket

from suport.domain.history import Entry, HistoryPart
from suport.domain.incident import Incident, Language
from suport.domain.reference import Reference
from suport.http.submission import Submission, read
from suport.register.register import Register
from suport.runtime import aws
from tests.model.table import Table
from tests.template import TEMPLATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
SECRET = "a secret that only tests know"
CATEGORIES = ("functional", "payment", "signature")
ACCOUNT = "123456789012"  # that everything in moto belongs to


def pytest_runtest_setup() -> None:
    disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return TEMPLATE


@pytest.fixture
def embedded(template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The register, queues, files and secret, with the functions' environment set to them."""
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "ACCOUNT_ID": ACCOUNT,
        "POWERTOOLS_METRICS_NAMESPACE": "Suport",
        "POWERTOOLS_SERVICE_NAME": "test",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        properties = template["Resources"]["Register"]["Properties"]
        kept = {
            name: properties[name]
            for name in (
                *("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"),
                *("BillingMode", "StreamSpecification"),
            )
        }
        kept["StreamSpecification"] |= {"StreamEnabled": True}
        boto3.client("dynamodb").create_table(TableName="register", **kept)
        monkeypatch.setenv("REGISTER_TABLE", "register")
        secret = boto3.client("secretsmanager").create_secret(Name="secret", SecretString=SECRET)
        monkeypatch.setenv("SECRET_ARN", secret["ARN"])
        for category in CATEGORIES:
            queue = boto3.client("sqs").create_queue(QueueName=category)
            monkeypatch.setenv(f"{category.upper()}_QUEUE_URL", queue["QueueUrl"])
        for name in ("erasures", "mail", "mail_events"):
            queue = boto3.client("sqs").create_queue(QueueName=name)
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", queue["QueueUrl"])
        boto3.client("s3").create_bucket(
            Bucket="attachments",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        monkeypatch.setenv("ATTACHMENTS_BUCKET", "attachments")
        monkeypatch.setenv("MALWARE_SCANNING", "off")
        forget()
        yield
    forget()


def forget() -> None:
    """Clients and the secret are made once per start; each test is a start of its own."""
    cached: list[Any] = [aws.client, aws.service_secret]
    for each in cached:
        each.cache_clear()


@pytest.fixture
def load(embedded: None) -> Callable[[str], ModuleType]:  # noqa: ARG001  they need AWS
    """Loads a function's file as Lambda does, anew for each test."""

    def load_function(name: str) -> ModuleType:
        assert os.environ["REGISTER_TABLE"]
        spec = importlib.util.spec_from_file_location(f"app_{name}", FUNCTIONS / name / "app.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load_function


@pytest.fixture
def register(embedded: None) -> Register:  # noqa: ARG001  it needs the table
    return Register(aws.client("dynamodb"), "register")


@pytest.fixture
def register_in_memory() -> Register:
    """The register in a table of this process, for tests that write hundreds of entries."""
    return Register(cast("DynamoDBClient", Table()), "register")


def whole_history(
    register: Register, reference: Reference, now: datetime
) -> tuple[Incident, list[Entry]]:
    """The incident and all entries of its history, the oldest first."""
    incident = register.incident(reference, now)
    return incident, list(register.entries(reference, now))[::-1]


def part_of(*entries: Entry) -> HistoryPart:
    """These entries, the oldest first, as the latest part of a history."""
    return HistoryPart(entries[::-1])


def a_submission(**changes: Any) -> Submission:
    content = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    return read(Submission, json.dumps(content | changes).encode(), Language.CATALAN)
