"""The edge to AWS: clients and the service's secrets, each made or read once per start.

The clients come from the session of botocore that boto3 would ask. boto3 itself is not imported: it
brings resources and transfers of files by several processes, which no function uses.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

from botocore import __version__
from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

# A citizen waits: a call is tried up to three times, and given up within about ten seconds.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    # botocore's own name lists platform, interpreter and features, put together for every request.
    user_agent=f"Botocore/{__version__}",
)
# Forms for citizens' files go to the bucket's own address in its region, which needs no redirect.
# Their signature is the only kind that every region takes. A numeric address has no subdomains:
# there the bucket goes into the path.
_S3_CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
# Nobody waits for a mail. SES may have accepted one although its answer never arrived; therefore
# the client does not retry: the queue asks again, after a look at the register.
_MAIL_CONFIG = Config(read_timeout=8, retries={"total_max_attempts": 1})
# botocore would check each value of an item against its model, and DynamoDB checks them anyway.
_TABLE_CONFIG = Config(parameter_validation=False)
_OWN_CONFIG = {"dynamodb": _TABLE_CONFIG, "s3": _S3_CONFIG, "sesv2": _MAIL_CONFIG}


@cache
def session() -> Session:
    """The one session of this process: whose credentials its clients have, and in which region."""
    return get_session()


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(service: Literal["lambda"]) -> "LambdaClient": ...
@overload
def client(service: Literal["cloudwatch"]) -> Any: ...
@cache
def client(service: str) -> object:
    """The one client of a service in this process."""
    config = _CONFIG.merge(_OWN_CONFIG.get(service, Config()))
    return session().create_client(service, config=config)


@cache
def service_secret() -> bytes:
    """The secret from which references, access codes and sessions are derived."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    return answer["SecretString"].encode()


@cache
def person_key() -> bytes:
    """The key of the digests by which the desk finds a person's incidents."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["PERSON_KEY_ARN"])
    return answer["SecretString"].encode()


@cache
def relay_secret() -> bytes:
    """The secret that the service shares with the relay of remote support."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["RELAY_SECRET_ARN"])
    return answer["SecretString"].strip().encode()


@cache
def comanda_login() -> tuple[str, str]:
    """The user and the password with which Comanda asks."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["COMANDA_SECRET_ARN"])
    login = json.loads(answer["SecretString"])
    return login["username"], login["password"]
