"""`make restore-register`: puts a recovery copy of the register back into the register in service.

DynamoDB restores a copy as a table of its own, outside the stack, with all that was erased or has
expired since. That table never serves anybody. This command reads it and writes what may come back
into the register of the stack, the open incidents first. It never overwrites what the register has.
It can be stopped and repeated at any time: a repetition adds only what is still missing.

It prints counts, and the references of incidents that it could not put back.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from operations.recovered import Recovered, recovered
from operations.stage import Unable, stages
from suport.domain.reference import Reference
from suport.domain.working_hours import ALWAYS, TeamHours, read_dates, read_hours
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.items import INCIDENT
from suport.register.marshalling import Item, marshalled, unmarshalled
from suport.register.tombstones import Tombstones
from suport.runtime import clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IN_ONE_TRANSACTION = 25  # of the 100 writes and 4 MB that DynamoDB allows
ENTRIES_A_SECOND = 200  # a new table takes twenty times as many, and citizens use it meanwhile


class Pace:
    """Holds the writes to so many entries a second, on average from the first one on."""

    def __init__(self, per_second: float) -> None:
        """So many a second."""
        self._per_second = per_second
        self._began: float | None = None
        self._spent = 0

    def spend(self, entries: int) -> None:
        """Waits until that many entries more may be written."""
        self._began = time.monotonic() if self._began is None else self._began
        time.sleep(max(0, self._began + self._spent / self._per_second - time.monotonic()))
        self._spent += entries


class Restoration:
    """One recovery copy, and the register that it goes back into; both are DynamoDB tables."""

    def __init__(  # noqa: PLR0917  they are what it takes
        self,
        client: "DynamoDBClient",
        copy: str,
        register: str,
        tombstones: Tombstones,
        pace: Pace,
        hours: TeamHours = ALWAYS,
    ) -> None:
        """The two tables by their names, and what tells which of the copy must not come back.

        hours: in which the teams work.
        """
        self._client = client
        self._copy = copy
        self._register = register
        self._tombstones = tombstones
        self._pace = pace
        self._hours = hours
        self.counts: Counter[str] = Counter()
        self.failed: dict[Reference, str] = {}

    def put_all_back(self) -> None:
        """Puts every incident back, the open ones first; `counts` and `failed` tell the result.

        An incident that fails stops none of the others.
        """
        for reference in self._references():
            try:
                self._put_back(reference)
            except (BotoCoreError, ClientError):
                raise  # the next incident would meet the same
            except Exception as failure:  # noqa: BLE001  its message may quote what a citizen wrote
                self.failed[reference] = type(failure).__name__

    def _references(self) -> list[Reference]:
        """Every incident in the copy."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._copy,
            ConsistentRead=True,
            FilterExpression="#entry = :incident",
            ProjectionExpression="#reference, due_at",
            ExpressionAttributeNames={"#entry": "entry", "#reference": "reference"},
            ExpressionAttributeValues=marshalled({":incident": INCIDENT}),
        )
        found = [unmarshalled(item) for page in pages for item in page["Items"]]
        found.sort(key=lambda item: "due_at" not in item)
        return [Reference(item["reference"]) for item in found]

    def _put_back(self, reference: Reference) -> None:
        """Puts one incident back, its own item last: nobody sees a part of it.

        Raises
        ------
        Contended
            If others change the incident in the register again and again.
        """
        for _ in attempts():
            now = clock.now()
            # In this order: an erasure that has emptied the register has left its tombstone.
            there = {item["entry"]: item for item in self._keys(reference)}
            tombstones = self._tombstones.of(reference, now)
            back = recovered(self._items(self._copy, reference), tombstones, now, self._hours)
            missing = [item for item in back.entries if item["entry"] not in there]
            if INCIDENT in there:  # from an earlier run; or its citizen has sent it again since
                guard = there[INCIDENT]
                done = self._write(missing, guard=guard, begun_at=earlier_beginning(back, guard))
            elif back.incident:
                done = self._write([*missing, *back.added, back.incident])
            else:
                done = True
            if not done:
                continue
            is_new = back.incident is not None and INCIDENT not in there
            self.counts += Counter(
                {
                    "incidents": is_new and not back.erased,
                    "open": is_new and back.is_open,
                    "entries": len(missing),
                    "there": INCIDENT in there,
                    "erased": is_new and back.erased,
                    "rectified": is_new and back.rectified,
                    "expired": back.expired,
                }
            )
            return
        raise Contended

    def _write(
        self, items: Iterable[Item], guard: Item | None = None, begun_at: str | None = None
    ) -> bool:
        """Writes these items in this order; returns whether the register was still as it was read.

        guard: the keys of the incident's item as it was read; None if there was none. begun_at:
        when its history begins from now on; None if that does not change.
        """
        checks: list[Any] = []
        if guard:
            seen = guard.get("revision")
            is_as_seen: Any = {"ConditionExpression": "attribute_not_exists(revision)"}
            if seen is not None:
                is_as_seen = {
                    "ConditionExpression": "revision = :seen",
                    "ExpressionAttributeValues": marshalled({":seen": seen}),
                }
            key = marshalled({"reference": guard["reference"], "entry": INCIDENT})
            of_it: Any = {"TableName": self._register, "Key": key} | is_as_seen
            checks = [{"ConditionCheck": of_it}]
            if begun_at:
                values = of_it.pop("ExpressionAttributeValues", {})
                values |= marshalled({":begun_at": begun_at})
                of_it |= {"UpdateExpression": "SET history_from = :begun_at"}
                checks = [{"Update": of_it | {"ExpressionAttributeValues": values}}]
        for some in batched(items, IN_ONE_TRANSACTION, strict=False):
            self._pace.spend(len(some))
            puts: list[Any] = [
                {
                    "Put": {
                        "TableName": self._register,
                        "Item": marshalled(item),
                        "ConditionExpression": "attribute_not_exists(expires_at)",
                    }
                }
                for item in some
            ]
            try:
                self._client.transact_write_items(TransactItems=[*checks, *puts])
            except self._client.exceptions.TransactionCanceledException as refusal:
                reasons = {reason.get("Code") for reason in refusal.response["CancellationReasons"]}
                if reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                    return False
                raise
        return True

    def _items(self, table: str, reference: Reference, **asked: Any) -> Iterator[Item]:
        names = {"#reference": "reference"} | asked.pop("names", {})
        pages = self._client.get_paginator("query").paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression="#reference = :reference",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=marshalled({":reference": reference}),
            **asked,
        )
        for page in pages:
            yield from map(unmarshalled, page["Items"])

    def _keys(self, reference: Reference) -> Iterator[Item]:
        """What the register has of an incident: the keys, its revision and when it begins."""
        return self._items(
            self._register,
            reference,
            names={"#entry": "entry"},
            ProjectionExpression="#reference, #entry, revision, recorded_at, history_from",
        )


def earlier_beginning(back: Recovered, there: Item) -> str | None:
    """When the history begins that comes back into an incident; None if it begins no earlier.

    there: the incident's item in the register. Reads show no entry of before its beginning.
    """
    if back.incident is None or back.erased:
        return None
    begun_at, now_from = (
        str(item.get("history_from", item["recorded_at"])) for item in (back.incident, there)
    )
    return begun_at if begun_at < now_from else None


def main() -> int:
    """Puts a copy back. Returns the exit code: 1 if something is left to do, and prints what."""
    parser = argparse.ArgumentParser(prog="make restore-register")
    parser.add_argument("--stage", choices=stages(), required=True)
    parser.add_argument("--from", dest="copy", required=True, help="the table with the copy")
    parser.add_argument("--rate", type=float, default=ENTRIES_A_SECOND, help="entries a second")
    given = parser.parse_args()
    try:
        restoration = restoration_of(stages()[given.stage], given.copy, Pace(given.rate))
        restoration.put_all_back()
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as refusal:
        print(f"AWS refused: {refusal}", file=sys.stderr)
        print("What is put back stays. Remove the cause, and run the same again.", file=sys.stderr)
        return 1
    counts = restoration.counts
    print(
        f"Put back: {counts['incidents']} incidents, {counts['open']} of them open, and"
        f" {counts['entries']} entries of their histories."
        f"\nIn the register already: {counts['there']} incidents."
        f"\nErased, and left behind but for the proof of consents: {counts['erased']} incidents."
        f"\nRectified since the copy: {counts['rectified']} incidents came back without the former"
        f" contact data.\nExpired since the copy, and left behind: {counts['expired']} items."
    )
    for reference, failure in restoration.failed.items():
        print(f"{reference} could not be put back ({failure}).", file=sys.stderr)
    return 1 if restoration.failed else 0


def restoration_of(settings: dict[str, Any], copy: str, pace: Pace) -> Restoration:
    """The restoration of that copy into the register of a stage; `settings` are from samconfig.

    Raises
    ------
    Unable
        If one of the tables is not there, not ready, or the same as the other.
    """
    region, stack = settings["region"], settings["stack_name"]
    config = Config(retries={"mode": "standard", "total_max_attempts": 10})
    cloudformation = boto3.client("cloudformation", region_name=region, config=config)
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    register = outputs["RegisterTable"]
    if copy == register:
        raise Unable(f"{copy} is the register of {stack} itself, not a copy of it.")
    client = boto3.client("dynamodb", region_name=region, config=config)
    for table in (register, copy):
        try:
            status: str = client.describe_table(TableName=table)["Table"]["TableStatus"]
        except client.exceptions.ResourceNotFoundException:
            status = "missing"
        if status != "ACTIVE":
            raise Unable(
                f"The table {table} is {status.lower()}. The copy must be restored, and the next"
                " generation of the register deployed: docs/operations.md, Restoring the register."
            )
    secret = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Secret")
    arn = secret["StackResourceDetail"]["PhysicalResourceId"]
    secrets = boto3.client("secretsmanager", region_name=region, config=config)
    key = secrets.get_secret_value(SecretId=arn)["SecretString"].encode()
    tombstones = Tombstones(client, outputs["TombstonesTable"], lambda: key)
    stated = {
        each["ParameterKey"]: each["ParameterValue"] for each in described.get("Parameters", [])
    }
    hours = read_hours(stated.get("TeamHours", ""), read_dates(stated.get("ClosedDates", "")))
    return Restoration(client, copy, register, tombstones, pace, hours)


if __name__ == "__main__":
    sys.exit(main())
