"""The search that guards all end-to-end tests finds what people wrote wherever it may not be."""

import json
import urllib.parse
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.embedded_aws import EmbeddedAws
from tests.support import personal_data
from tests.support.personal_data import WATCHED, Haystack
from tests.support.service import JSON, answered

TEXT = "Sóc la Xisca l’Hort, «DNI» 00.000.000-T"


@pytest.mark.parametrize(
    "written",
    [
        TEXT.encode(),
        json.dumps({"body": TEXT}).encode(),
        json.dumps(json.dumps({"body": TEXT})).encode(),
        urllib.parse.quote(TEXT).encode(),
        urllib.parse.quote_plus(TEXT).encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b'{"isBase64Encoded": true, "body": "' + b64encode(f'"{TEXT}"'.encode()) + b'"}',
    ],
)
def test_a_text_is_found_in_every_writing(written: bytes) -> None:
    haystack = Haystack(b"\x00before " + written + b" after\xff")
    assert haystack.has(TEXT)
    assert haystack.among([TEXT, "Sóc en Xisco"]) == {TEXT}


def test_a_number_is_found_without_its_spaces_and_dashes() -> None:
    assert Haystack(b"called +34971481726").has("+34 971 48 17-26")


def test_bytes_are_found_as_they_are() -> None:
    assert Haystack(b"\x89PNG\x00\xff content").has(b"\x00\xff")
    assert not Haystack(b"\x89PNG").has(b"\x00")


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """An embedded AWS of its own, to which somebody has sent a text."""
    with EmbeddedAws.started(added=[WATCHED]) as aws:
        url = f"{aws.endpoint}/_aws/execute-api/none/stage/v1/incidents"
        answered("POST", url, json.dumps({"description": TEXT}).encode(), {"Content-Type": JSON})
        yield aws


def to_a_log(client: Any) -> None:
    client.create_log_group(logGroupName="group")
    client.create_log_stream(logGroupName="group", logStreamName="stream")
    events = [{"timestamp": 1_800_000_000_000, "message": json.dumps({"said": TEXT})}]
    client.put_log_events(logGroupName="group", logStreamName="stream", logEvents=events)


def to_a_metric(client: Any) -> None:
    dimensions = [{"Name": "name", "Value": TEXT}]
    metric = {"MetricName": "m", "Value": 1, "Dimensions": dimensions}
    client.put_metric_data(Namespace="n", MetricData=[metric])


def to_a_queue(client: Any) -> None:
    url = client.create_queue(QueueName="queue")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=json.dumps(TEXT))


def through_a_queue(client: Any) -> None:
    url = client.create_queue(QueueName="emptied")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=json.dumps(TEXT))
    taken = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    client.delete_message(QueueUrl=url, ReceiptHandle=taken)


def to_a_key(client: Any) -> None:
    location = {"LocationConstraint": "eu-west-1"}
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration=location)
    client.put_object(Bucket="bucket", Key=TEXT, Body=b"")


def to_a_url(client: Any) -> None:
    with pytest.raises(client.exceptions.NoSuchBucket):
        client.list_objects_v2(Bucket="nothing", Prefix=TEXT)


def to_a_parameter(client: Any) -> None:
    client.put_parameter(Name="/parameter", Value=TEXT, Type="String")


@pytest.mark.parametrize(
    ("service", "put", "place"),
    [
        ("logs", to_a_log, "cloudwatch_logs _log_groups"),
        ("cloudwatch", to_a_metric, "cloudwatch _metrics"),
        ("sqs", to_a_queue, "sqs _queues"),
        ("sqs", through_a_queue, "messages"),
        ("s3", to_a_key, "object keys"),
        ("s3", to_a_url, "URLs"),
        ("ssm", to_a_parameter, "ssm _parameters"),
    ],
)
def test_a_text_that_was_sent_is_found_where_it_may_not_be(
    aws: EmbeddedAws, service: str, put: Callable[[Any], None], place: str
) -> None:
    client = aws.client(service)
    put(client)
    client.close()
    assert place in personal_data.told(aws)


def test_a_text_that_was_sent_may_be_in_a_table_and_in_a_file() -> None:
    with EmbeddedAws.started(added=[WATCHED]) as aws:
        url = f"{aws.endpoint}/_aws/execute-api/none/stage/v1/incidents"
        answered("POST", url, json.dumps({"description": TEXT}).encode(), {"Content-Type": JSON})
        client = aws.client("s3")
        location = {"LocationConstraint": "eu-west-1"}
        client.create_bucket(Bucket="bucket", CreateBucketConfiguration=location)
        client.put_object(Bucket="bucket", Key="key", Body=TEXT.encode())
        client.close()
        assert personal_data.told(aws) == {}
