"""Functions on an AWS in this process: the register in memory, all else in moto."""

import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend

from suport.register.other_tables import published_forecasts, published_problems
from suport.runtime import aws
from tests.support import identity_provider
from tests.support.figures import FIGURES, RegisterAndFigures
from tests.support.gateway import ACCOUNT
from tests.support.index_table import IndexTable
from tests.support.operators_api import desk
from tests.support.requests import service
from tests.support.table import PlainTable, Table
from tests.support.web import web

__all__ = ["desk", "service", "web"]

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
SECRET = "a secret that only tests know"
COMANDA = {"username": "comanda", "password": "only-tests-know-this"}
CATEGORIES = ("functional", "payment", "signature")


@contextmanager
def aws_in_this_process() -> Iterator[dict[str, str]]:
    """AWS by moto for the length of a `with` block; and the environment that leads to it.

    A block within another one has the same AWS: the tests of two folders may share a process.
    """
    if _running:
        yield _running[0]
        return
    with _begun() as environment:
        _running.append(environment)
        try:
            yield environment
        finally:
            _running.clear()


_running: list[dict[str, str]] = []


@contextmanager
def _begun() -> Iterator[dict[str, str]]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name, value in {
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }.items():
            environment.setenv(name, value)
        secret = boto3.client("secretsmanager").create_secret(Name="secret", SecretString=SECRET)
        comanda = boto3.client("secretsmanager").create_secret(
            Name="comanda", SecretString=json.dumps(COMANDA)
        )
        person_key = boto3.client("secretsmanager").create_secret(
            Name="person-key", SecretString="a key that only tests know"
        )
        queues = {
            f"{name.upper()}_QUEUE_URL": boto3.client("sqs").create_queue(QueueName=name)[
                "QueueUrl"
            ]
            for name in (*CATEGORIES, "erasures", "mail", "mail_events")
        }
        boto3.client("s3").create_bucket(
            Bucket="attachments",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        yield {
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "ACCOUNT_ID": ACCOUNT,
            "POWERTOOLS_METRICS_NAMESPACE": "Suport",
            "POWERTOOLS_SERVICE_NAME": "test",
            "REGISTER_TABLE": "register",
            "FIGURES_TABLE": FIGURES,
            "COMANDA": "on",
            "COMANDA_SECRET_ARN": comanda["ARN"],
            "TOMBSTONES_TABLE": "tombstones",
            "RETENTION_RUNS_TABLE": "retention_runs",
            "DESK_TABLE": "desk",
            "SEARCH_INDEX_TABLE": "search_index",
            "PERSON_KEY_ARN": person_key["ARN"],
            "KNOWN_PROBLEMS_TABLE": "known_problems",
            "ANSWER_LINKED_FUNCTION": "answer_linked",
            "REMOTE_SESSIONS_TABLE": "remote_sessions",
            "RELAY_URLS": "",
            "WITHOUT_RELAY": "allowed",
            "SUPPORT_TOOL_NAME": "Mostra",
            "SUPPORT_TOOL_URL": "https://mostra.example.org/",
            "SECRET_ARN": secret["ARN"],
            "RECOVERY_DAYS": "7",
            "DATA_PROTECTION_OFFICER": "dpd@example.org",
            "RIGHTS_PROCEDURE_URL": "https://example.org/rights",
            "COMPETENCE_DECREE": "",
            "ATTACHMENTS_BUCKET": "attachments",
            "MALWARE_SCANNING": "off",
            "HEALTH_FOR_EVERYBODY": "off",
            "PUBLIC_URL": "",
            "API_NAME": "suport",
            "WATCHED": json.dumps(
                {
                    "web": {"functions": ["show_help", "submit_incident"], "dead_letters": []},
                    "mail": {
                        "functions": ["notify_citizen"],
                        "dead_letters": [queues["MAIL_EVENTS_QUEUE_URL"]],
                    },
                }
            ),
            **identity_provider.VARIABLES,
            **queues,
        }


@pytest.fixture(scope="session")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process, once for all tests; and the environment that leads functions to it."""
    with aws_in_this_process() as environment:
        yield environment


@pytest.fixture
def embedded(moto: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty register, empty queues and an empty store, and the functions' environment."""
    for name, value in moto.items():
        monkeypatch.setenv(name, value)
    table = Table(
        retention_runs=PlainTable(("month", "day")),
        figures=PlainTable(("period", "dimension")),
        desk=PlainTable(("owner", "item")),
        search_index=IndexTable(),
        known_problems=PlainTable(("problem", "item")),
        remote_sessions=PlainTable(("owner", "item")),
    )
    by_moto = aws.client
    monkeypatch.setattr(
        aws, "client", lambda service: table if service == "dynamodb" else by_moto(service)
    )
    published_problems.cache_clear()
    published_forecasts.cache_clear()
    queues = moto_backends("sqs")
    for name, queue in queues.queues.items():
        queue.last_purged_at = None  # SQS allows a purge only once a minute
        queues.purge_queue(name)
    moto_backends("s3").buckets["attachments"].keys.clear()


def moto_backends(service: Literal["sqs", "s3"]) -> Any:
    """What moto stores for a service; emptying it by calls takes longer than most tests."""
    region = "eu-west-1" if service == "sqs" else "aws"
    backends: Any = get_backend(service)
    return backends[ACCOUNT][region]


@pytest.fixture
def figures(embedded: None, monkeypatch: pytest.MonkeyPatch) -> RegisterAndFigures:  # noqa: ARG001  first the environment
    """An empty register, and an empty table of the figures beside it."""
    tables, others = RegisterAndFigures(), aws.client
    monkeypatch.setattr(
        aws, "client", lambda service: tables if service == "dynamodb" else others(service)
    )
    aws.comanda_login.cache_clear()
    return tables


@pytest.fixture
def load(embedded: None) -> Callable[[str], ModuleType]:  # noqa: ARG001  they need AWS
    """Loads a function's file as Lambda does, again in each test."""

    def load_function(name: str) -> ModuleType:
        assert os.environ["REGISTER_TABLE"]
        spec = importlib.util.spec_from_file_location(f"app_{name}", FUNCTIONS / name / "app.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load_function
