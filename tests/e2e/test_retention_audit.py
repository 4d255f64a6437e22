"""The nightly audit in its own role: what it erases is gone everywhere, and the desk proves it."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from suport.domain.history import next_entry_id
from suport.domain.legal_time import MADRID
from suport.files.file_store import object_key
from tests.support.operator_desk import Desk
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client


def audited(service: Service) -> None:
    """Runs the audit of today from its beginning, as its schedule does."""
    functions: LambdaClient = service.aws.client("lambda")
    schedules = service.aws.client("scheduler")
    [begins] = [
        schedules.get_schedule(Name=each["Name"])
        for each in schedules.list_schedules()["Schedules"]
        if "AuditRetentionBegin" in each["Name"]
    ]
    day = datetime.now(MADRID).date().isoformat()
    [runs] = [name for name in service.dynamodb.list_tables()["TableNames"] if "Retention" in name]
    service.dynamodb.delete_item(TableName=runs, Key={"month": {"S": day[:7]}, "day": {"S": day}})
    answer = functions.invoke(FunctionName=begins["Target"]["Arn"], Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    schedules.close()
    functions.close()


def today(proof: dict[str, Any]) -> dict[str, Any]:
    day: dict[str, Any] = proof["days"][-1]
    assert day["day"] == datetime.now(MADRID).date().isoformat()
    return day


@pytest.fixture
def uploader(service: Service, store: "S3Client") -> Uploader:
    return Uploader(service, store, service.routed()["reference"])


def test_what_is_past_its_time_is_gone_from_register_and_store_and_the_desk_proves_it(
    service: Service, uploader: Uploader, anna: Desk, store: "S3Client"
) -> None:
    file = uploader.add(PDF)
    uploader.await_added(file)
    ended = int(time.time()) - 1
    for item in service.items(uploader.reference):
        service.change_entry(uploader.reference, item["entry"], expires_at=ended)
    undated, living = service.routed()["reference"], service.routed()["reference"]
    service.change_incident(undated, expires_at=None, unread=0)
    long_ago = datetime.now(UTC) - timedelta(days=200)
    service.change_incident(living, keyed_messages={"d" * 32: next_entry_id(long_ago)})
    losing = Uploader(service, store, living)
    lost = losing.add(PDF)
    losing.await_added(lost)
    store.delete_object(Bucket=losing.bucket, Key=object_key(losing.reference, lost))

    audited(service)
    assert service.items(uploader.reference) == []
    await_truth(lambda: not uploader.stored(file))
    assert service.items(undated) == []
    incident = service.incident(living)
    assert "keyed_messages" not in incident
    assert incident["files"][lost]["state"] == "lost"
    assert service.actions(living)[-1] == {"action": "file_lost", "by": "service", "file": lost}

    shown = anna("proof", datetime.now(MADRID).strftime("%Y-%m"), "--json")
    assert shown.code == 0, shown.err
    proved = today(shown.json)
    assert proved["finished_at"]
    for kind in ("no_expiry", "request", "file_lost"):
        assert proved["erased"][kind] >= 1, kind
    assert proved["breaches"] >= 2
    assert not [each for each in (uploader.reference, undated, living) if each in shown.out]
    for_people = anna("proof", datetime.now(MADRID).strftime("%Y-%m"))
    assert "finished" in for_people.out
    assert "items without an expiry" in for_people.out


def test_the_desk_says_which_month_has_no_proof(anna: Desk) -> None:
    none = anna("proof", "2019-02")
    assert (none.code, "no proof of erasure" in none.err) == (1, True)
    wrong = anna("proof", "February", "--json")
    assert wrong.code == 2
    assert "month" in json.dumps(wrong.json)
