"""Unit tests need no AWS: the register keeps its table in this process."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from suport.register.register import Register
from suport.register.tombstones import Tombstones
from tests.support.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
SECRET = "a secret that only tests know"
CATEGORIES = ("functional", "payment", "signature")


@pytest.fixture
def register() -> Register:
    """The register in a table of this process, which the desk's model compares with moto's."""
    client = cast("DynamoDBClient", Table())
    return Register(client, "register", Tombstones(client, "tombstones", SECRET.encode))
