"""The service without its API Gateway: the built functions, and the AWS that they use from moto."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tests.support import template
from tests.support.built_service import LOGIN, PUBLIC_URL, SECRET, BuiltService

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient


class Aws:
    """An AWS account with the template's tables, queues, buckets and secret; counts its requests.

    `known` has the values of the template's references; `requests` are the operations requested so
    far, such as `DynamoDB_20120810.PutItem`, or method and path for a request without an operation.
    """

    def __init__(self, endpoint: str, requests: list[str]) -> None:
        self.endpoint = endpoint
        self.requests = requests
        self.known: dict[str, str] = {}
        self.dynamodb: DynamoDBClient = self._client("dynamodb")
        self.streams: DynamoDBStreamsClient = self._client("dynamodbstreams")
        self.sqs: SQSClient = self._client("sqs")
        self.s3: S3Client = self._client("s3")
        for logical_id, properties in template.resources("AWS::DynamoDB::Table").items():
            self._create_table(logical_id, properties)
        for logical_id in template.resources("AWS::SQS::Queue"):
            self._create_queue(logical_id)
        for logical_id in template.resources("AWS::S3::Bucket"):
            self.known[logical_id] = logical_id.lower()
            self.s3.create_bucket(
                Bucket=self.known[logical_id],
                CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
            )
        named = ("AWS::IAM::Role", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolDomain")
        for logical_id in (
            *template.FUNCTIONS,
            *(each for kind in named for each in template.resources(kind)),
        ):
            self.known[logical_id] = logical_id
        for logical_id, properties in template.resources("AWS::SecretsManager::Secret").items():
            login = "SecretStringTemplate" in properties["GenerateSecretString"]
            secret = self._client("secretsmanager").create_secret(
                Name=logical_id, SecretString=json.dumps(LOGIN) if login else SECRET
            )
            self.known[logical_id] = self.known[f"{logical_id}.Id"] = secret["ARN"]
        self.known |= {"HasDomain": "yes", "DomainName": PUBLIC_URL.removeprefix("https://")}
        self.ses: SESV2Client = self._client("sesv2")
        for logical_id in template.resources("AWS::SES::ConfigurationSet"):
            self.known[logical_id] = logical_id
            self.ses.create_configuration_set(ConfigurationSetName=logical_id)
        sender = template.variables("NotifyCitizen", self.known)["MAIL_FROM"]
        self.ses.create_email_identity(EmailIdentity=sender)

    def put_incident(self, item: dict[str, Any]) -> None:
        """Writes an item without the service, as DynamoDB stores it."""
        self.dynamodb.put_item(TableName=self.known["Register"], Item=item)

    def messages(self, queue: str) -> list[Any]:
        """The messages in the queue of that logical id, in order of arrival; removes them."""
        found: list[Any] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.known[queue], MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            if not answer.get("Messages"):
                return found
            for message in answer["Messages"]:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(
                    QueueUrl=self.known[queue], ReceiptHandle=message["ReceiptHandle"]
                )

    def mails(self) -> list[Any]:
        """The mails that SES got, oldest first: `raw_data` and `destinations`."""
        backends: Any = get_backend("ses")
        return [
            mail for regions in backends.values() for mail in regions["eu-west-1"].sent_messages
        ]

    def _client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name="eu-west-1",
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _create_table(self, logical_id: str, properties: dict[str, Any]) -> None:
        kept = {"BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"}
        asked: Any = {name: properties[name] for name in kept & properties.keys()}
        if stream := properties.get("StreamSpecification"):
            asked["StreamSpecification"] = {"StreamEnabled": True} | stream
        table = self.dynamodb.create_table(TableName=logical_id, **asked)["TableDescription"]
        self.known[logical_id] = logical_id
        self.known[f"{logical_id}.Arn"] = table["TableArn"]
        if stream:
            self.known[f"{logical_id}.StreamArn"] = table["LatestStreamArn"]

    def _create_queue(self, logical_id: str) -> None:
        url = self.sqs.create_queue(QueueName=logical_id)["QueueUrl"]
        self.known[logical_id] = url
        self.known[f"{logical_id}.Arn"] = self.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]


@dataclass
class Service(BuiltService):
    """The built functions on an AWS from moto."""

    aws: Aws


@contextmanager
def service() -> Iterator[Service]:
    """A service with an empty register; one at a time, because moto has one account per process."""
    for backend in (
        *("dynamodb", "dynamodbstreams", "sqs", "s3", "secretsmanager"),
        *("ses", "sesv2"),
    ):
        get_backend(backend).reset()
    requests: list[str] = []
    moto = DomainDispatcherApplication(create_backend_app)

    def counted(environ: dict[str, Any], start_response: Any) -> Any:
        address = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        requests.append(environ.get("HTTP_X_AMZ_TARGET", address))
        return moto(environ, start_response)

    server = make_server("127.0.0.1", 0, counted, threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        with ExitStack() as running:
            yield Service(Aws(endpoint, requests), running)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
