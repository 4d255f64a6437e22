"""The edge to AWS: clients made once per start, and the service's secret read once per start."""

import os
from functools import cache
from typing import TYPE_CHECKING, Literal, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# A citizen waits: a call is tried three times and given up within about ten seconds.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)
# Forms for citizens' files go to the bucket's own address in its region, which needs no redirect,
# and are signed in the only way that every region takes. An address of numbers has no subdomains:
# there the bucket stands in the path.
_S3_CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@cache
def client(service: str) -> object:
    """The one client of a service in this process."""
    config = _CONFIG.merge(_S3_CONFIG) if service == "s3" else _CONFIG
    return boto3.client(service, config=config)  # type: ignore[call-overload]


@cache
def service_secret() -> bytes:
    """The secret that references, access codes and sessions are derived from."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    return answer["SecretString"].encode()
