"""The built audit with its sample events: it erases, records, and is done for the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.backends import get_backend

from suport.domain.legal_time import MADRID
from tests.integration.service import Service
from tests.support.sample_events import sample

KEY = sample("route_incident.stream")["Records"][0]["dynamodb"]["Keys"]


@pytest.fixture(scope="module")
def audited(running: Service) -> Service:
    """A service in which something is past its time, after the first start of the night."""
    running.submit("an-expired-incident")
    [expired] = running.aws.dynamodb.scan(TableName="Register")["Items"]
    ended = {"N": str(int(datetime.now(UTC).timestamp()) - 60)}
    running.aws.put_incident(expired | {"expires_at": ended})
    running.submit(sample("submit_incident.json")["headers"]["Idempotency-Key"])
    bucket = running.aws.known["Attachments"]
    for name in ("0000-0000-0000/old", "0000-0000-0000/new", "ZZZZ/old"):
        running.aws.s3.put_object(Bucket=bucket, Key=name, Body=b"%PDF-1.7")
        if name.endswith("old"):
            backends: Any = get_backend("s3")
            [keys] = [each.buckets[bucket].keys for each in _with(backends, bucket)]
            keys[name].last_modified -= timedelta(hours=1, minutes=5)
    running.answer("audit_retention.begin", sample("audit_retention.begin"))
    return running


def _with(backends: Any, bucket: str) -> list[Any]:
    """The backends that have that bucket."""
    return [
        backend
        for regions in backends.values()
        for backend in regions.values()
        if bucket in backend.buckets
    ]


def test_what_is_past_its_time_is_gone_and_all_else_is_kept(audited: Service) -> None:
    left = audited.aws.dynamodb.scan(TableName="Register")["Items"]
    assert [item["reference"] for item in left] == [KEY["reference"]]
    listed = audited.aws.s3.list_objects_v2(Bucket=audited.aws.known["Attachments"])["Contents"]
    assert [each["Key"] for each in listed] == ["0000-0000-0000/new"]


def test_the_run_is_recorded_once_and_the_next_start_finds_it_finished(audited: Service) -> None:
    def recorded() -> dict[str, Any]:
        [item] = audited.aws.dynamodb.scan(TableName="RetentionRuns")["Items"]
        return item

    first = recorded()
    assert first["day"] == {"S": datetime.now(MADRID).date().isoformat()}
    assert first["erased"] == {"M": {"stored_file_alone": {"N": "2"}, "incident": {"N": "1"}}}
    assert "finished_at" in first
    assert "held_until" not in first
    assert not {"reference", "key", "entry"} & first.keys()
    audited.answer("audit_retention.go_on", sample("audit_retention.go_on"))
    assert recorded() == first
