"""The functions that take batches: what arrives there, and what shows that it was handled.

Three incidents are in the register, each of a citizen of its own, with a file in the store. The
changed records are about the first. The second has a sound record in each batch, which has to be
handled. There is no record about the third: nothing of it may change.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import boto3
import pytest
from hypothesis import strategies as st

from suport.domain.attachment import FileId
from suport.domain.incident import MailTrouble
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.files import file_store
from suport.files.file_store import ERASURE_SCHEMA
from suport.mail import lost_code, mail_queue
from suport.register.register import Register
from suport.runtime import aws
from tests.functions.conftest import SECRET, moto_backends
from tests.support.failures import PRIVATE, Call, intercept
from tests.support.figures import RegisterAndFigures
from tests.support.gateway import CONTEXT, Load
from tests.support.index_table import IndexTable
from tests.support.mutation import NO_MESSAGES, Path, mangled, mutated
from tests.support.register import a_submission
from tests.support.sample_events import sample
from tests.support.table import PlainTable

type Record = dict[str, Any]

SAMPLED, SAMPLED_FILE = "7SRJ-797M-D0GE", "3N8QZT5V0KX7MJH2RD9CWB4EYG"
CHANGED, SOUND, UNTOUCHED = range(3)
SENT_ITSELF = {"SendEmail", "SendMessageBatch", "ChangeMessageVisibility"}
"""The calls that nobody answers here but this module."""


class World:
    """The three incidents, and all calls to AWS."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "MAIL_FROM": "suport@example.org",
            "MAIL_CONFIGURATION": "mails",
            "PUBLIC_URL": "https://suport.example.test",
        }.items():
            monkeypatch.setenv(name, value)
        self.apps: dict[str, ModuleType] = {}
        self.load = load
        client: Any = aws.client("dynamodb")
        self.table = client
        self.register = Register(client, "register")
        self.calls: list[tuple[str, Any]] = []
        self.references: list[Reference] = []
        self.files: list[FileId] = []
        for number in range(3):
            submission = a_submission(description=PRIVATE, contact={"email": address(number)})
            key, at = f"{number:016}", datetime.now(UTC)
            made = self.register.submit(submission, key, SECRET.encode(), at)
            self.references.append(made.reference)
            self.files.append(FileId(f"{number:026}"))
        self._first_state = copy.deepcopy((self.table.items, self.table.tombstones))
        for named in zip(self.references, self.files, strict=True):
            boto3.client("s3").put_object(
                Bucket="attachments", Key=file_store.object_key(*named), Body=b"%PDF-1.7\n"
            )
        self._stored = {key: moto_bucket().keys[key] for key in moto_bucket().keys}
        intercept(monkeypatch, self._called)

    def go_back(self) -> None:
        """Puts the tables and the store back into their first state."""
        items, tombstones = copy.deepcopy(self._first_state)
        self.table.items, self.table.tombstones = items, tombstones
        for table in self.table.beside.values():
            if isinstance(table, PlainTable):
                table.items.clear()
        self.table.beside["search_index"] = IndexTable()
        bucket = moto_bucket()
        bucket.keys.clear()
        for key, stored in self._stored.items():
            bucket.keys[key] = stored
        if isinstance(self.table, RegisterAndFigures):
            self.table.records.clear()
        self.calls.clear()

    def invoke(self, function: str, records: list[Record]) -> Any:
        """The answer of the function to that batch."""
        if function not in self.apps:
            self.apps[function] = self.load(function)
        return self.apps[function].handler({"Records": records}, CONTEXT)

    def untouched(self) -> Any:
        """All that is stored of the incident about which there is no record."""
        reference = self.references[UNTOUCHED]
        stored = [key for key in self.stored() if reference in key]
        return copy.deepcopy((self.table.items[reference], stored))

    def stored(self) -> list[str]:
        """The keys of the files in the store."""
        return list(moto_bucket().keys)

    def asked(self, operation: str) -> list[Any]:
        """What was asked of AWS by the calls of that name."""
        return [request for name, request in self.calls if name == operation]

    def image(self, number: int) -> Any:
        """The incident's item."""
        return copy.deepcopy(self.table.items[self.references[number]]["incident"])

    def _called(self, own: Call, operation: str, request: dict[str, Any]) -> Any:
        self.calls.append((operation, request))
        return {"MessageId": "an id"} if operation in SENT_ITSELF else own(operation, request)


def moto_bucket() -> Any:
    """The store of files in moto."""
    return moto_backends("s3").buckets["attachments"]


def address(number: int) -> str:
    """The address of the citizen of that incident."""
    return f"citizen-{number}@example.org"


@dataclass(frozen=True)
class Batches:
    """What one source sends to a function.

    records: about the incident with that number, as they should be. is_done: whether the first of
    them was handled. is_known: whether the content of a message, read from JSON, is of a kind that
    the function knows; None if there are no messages. identity: the member that names a record.
    """

    function: str
    records: Callable[[World, int], list[Record]]
    is_done: Callable[[World, int], bool]
    is_known: Callable[[Any], bool] | None = None

    @property
    def identity(self) -> str:
        """What names a record in the answer."""
        return "messageId" if self.is_known else "SequenceNumber"

    def name_of(self, record: Record) -> str:
        """The name of the record in the answer."""
        name: str = (record if self.is_known else record["dynamodb"])[self.identity]
        return name


def named(record: Record, name: str) -> Record:
    """The record under that name."""
    if "dynamodb" in record:
        return record | {"dynamodb": record["dynamodb"] | {"SequenceNumber": name}}
    return record | {"messageId": name}


@st.composite
def changed(draw: st.DrawFn, record: Record) -> Record:
    """The record with something wrong in it, but still under its name."""
    return draw(_changed_change(record) if "dynamodb" in record else _changed_message(record))


@st.composite
def _changed_message(draw: st.DrawFn, record: Record) -> Record:
    body = record["body"]
    match draw(st.sampled_from(["content", "content", "text", "none", "envelope"])):
        case "content":
            body = json.dumps(draw(mutated(json.loads(body))))
        case "text":
            body = draw(mangled(body))
        case "none":
            body = draw(st.sampled_from(NO_MESSAGES))
        case "envelope":
            attributes = draw(mutated({"attributes": record["attributes"]}))
            return {**{name: record[name] for name in record if name != "attributes"}, **attributes}
    return record | {"body": body}


@st.composite
def _changed_change(draw: st.DrawFn, record: Record) -> Record:
    event_name = draw(st.sampled_from([record["eventName"]] * 3 + ["INSERT", "MODIFY", "REMOVE"]))
    return {**draw(mutated(record, may_change=_is_of_an_image)), "eventName": event_name}


def _is_of_an_image(path: Path) -> bool:
    return len(path) > 1 and path[0] == "dynamodb" and path[1] in {"NewImage", "OldImage"}


# What arrives


def message(name: str, content: Any, number: int = 0) -> Record:
    """A message as it comes from the queue of that sample."""
    queue = {"notify_citizen.mail": "mail", "notify_citizen.mail_events": "mail_events"}
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{queue.get(name, 'a-queue')}"
    record: Record = sample(name)["Records"][number]
    return record | {"body": json.dumps(content), "eventSourceARN": arn}


def _sampled(name: str) -> Callable[[World, int], list[Record]]:
    """The messages of the sample, about another incident and its file."""

    def records(world: World, number: int) -> list[Record]:
        return [
            message(
                name,
                json.loads(
                    each["body"]
                    .replace(SAMPLED_FILE, world.files[number])
                    .replace(SAMPLED, world.references[number])
                ),
            )
            for each in sample(name)["Records"]
        ]

    return records


def _asked_mails(world: World, number: int) -> list[Record]:
    reference, kind = world.references[number], MailKind.ACKNOWLEDGEMENT
    lost = lost_code.lost_code_request(SECRET.encode(), reference, address(number), "a request")
    mail = mail_queue.mail_request(reference, "incident", kind)
    return [message("notify_citizen.mail", each) for each in (mail, lost)]


def _mail_events(world: World, number: int) -> list[Record]:
    [bounced] = _sampled("notify_citizen.mail_events")(world, number)
    told = json.loads(bounced["body"])
    complaint = {"complaintFeedbackType": "abuse"}
    others = [
        told | {"bounce": told["bounce"] | {"bounceType": "Transient"}},
        {"eventType": "Complaint", "complaint": complaint, "mail": told["mail"]},
        {"eventType": "Delivery", "mail": told["mail"]},
    ]
    return [bounced, *(message("notify_citizen.mail_events", each) for each in others)]


def _erasures(world: World, number: int) -> list[Record]:
    asked = [
        file_store.erasure(world.references[number], world.files[number]),
        file_store.erasure(world.references[number]),
    ]
    return [message("erase_expired.erasures", each) for each in asked]


def change(
    world: World, number: int, event: str, before: Any, after: Any, *, entry: str = "incident"
) -> Record:
    """A record of the register's stream."""
    images = {"OldImage": before, "NewImage": after}
    told: Record = {"Keys": {"reference": {"S": world.references[number]}, "entry": {"S": entry}}}
    told |= {name: image for name, image in images.items() if image is not None}
    record: Record = sample("route_incident.stream")["Records"][0]
    return record | {"eventName": event, "dynamodb": told | {"SequenceNumber": "1"}}


def _changes(world: World, number: int) -> list[Record]:
    """A change for each pattern of the filter, and changes of items of other kinds."""
    image, entry = world.image(number), "01M853KXEMZ5H0W8N2R4VQ7TBC"
    file = {"M": {"file": {"S": world.files[number]}, "action": {"S": "file_removed"}}}
    key = {name: image[name] for name in ("reference", "recorded_at", "expires_at")}
    key |= {"entry": {"S": entry}, "content": file}
    erased = key | {"kind": {"S": "incident"}, "erased_at": image["recorded_at"]}
    without_mail = {name: image[name] for name in image if name not in {"mails", "mail_request"}}
    return [
        change(world, number, "INSERT", None, image),
        change(world, number, "MODIFY", without_mail, image),
        change(world, number, "MODIFY", image, erased | {"entry": {"S": "incident"}}),
        change(world, number, "INSERT", None, key | {"kind": {"S": "action"}}, entry=entry),
        change(world, number, "REMOVE", key | {"kind": {"S": "attachment"}}, None, entry=entry),
        change(world, number, "INSERT", None, key | {"kind": {"S": "of the future"}}, entry=entry),
        change(world, number, "REMOVE", image, None),
    ]


def _changes_of_incidents(world: World, number: int) -> list[Record]:
    return [
        each
        for each in _changes(world, number)
        if each["dynamodb"]["Keys"]["entry"]["S"] == "incident"
    ]


# What shows that it was handled


def _is_queued(world: World, number: int) -> bool:
    requests = world.asked("SendMessageBatch")
    sent = [json.loads(each["MessageBody"]) for request in requests for each in request["Entries"]]
    is_marked = "route_reason" not in world.image(number)
    return is_marked and any(each["reference"] == world.references[number] for each in sent)


def _is_indexed(world: World, number: int) -> bool:
    return world.references[number].replace("-", "") in str(
        world.table.beside["search_index"].all_items()
    )


def _is_mailed(world: World, number: int) -> bool:
    sent = [each["Destination"]["ToAddresses"] for each in world.asked("SendEmail")]
    return sent.count([address(number)]) == 1


def _has_bounced(world: World, number: int) -> bool:
    return bool(world.image(number).get("mail_trouble") == {"S": MailTrouble.BOUNCED})


def _has_its_file(world: World, number: int) -> bool:
    found = world.register.incident(world.references[number], datetime.now(UTC))
    return set(found.files) == {world.files[number]}


def _is_rid_of_its_file(world: World, number: int) -> bool:
    return not any(world.references[number] in key for key in world.stored())


SCANNED = "GuardDuty Malware Protection Object Scan Result"


def _is_mail_request(content: Any) -> bool:
    return isinstance(content, dict) and content.get("schema") in (
        mail_queue.SCHEMA,
        lost_code.SCHEMA,
    )


def _is_mail_event(content: Any) -> bool:
    return _is_mail_request(content) or (
        isinstance(content, dict)
        and "schema" not in content
        and isinstance(content.get("eventType"), str)
    )


def _is_arrival(content: Any) -> bool:
    return isinstance(content, dict) and (
        "Records" in content
        or content.get("detail-type") == SCANNED
        or content.get("Event") == "s3:TestEvent"
    )


def _is_erasure(content: Any) -> bool:
    return isinstance(content, dict) and content.get("schema") == ERASURE_SCHEMA


SOURCES = {
    "route_incident.stream": Batches("route_incident", _changes, _is_queued),
    "index_incidents.stream": Batches("index_incidents", _changes_of_incidents, _is_indexed),
    "notify_citizen.mail": Batches("notify_citizen", _asked_mails, _is_mailed, _is_mail_event),
    "notify_citizen.mail_events": Batches(
        "notify_citizen", _mail_events, _has_bounced, _is_mail_event
    ),
    "check_attachment.arrivals": Batches(
        "check_attachment", _sampled("check_attachment.arrivals"), _has_its_file, _is_arrival
    ),
    "erase_expired.erasures": Batches("erase_expired", _erasures, _is_rid_of_its_file, _is_erasure),
}
"""What comes in batches, by the names of the template's events."""

SENDERS = {
    "check_attachment.arrivals": {"Attachments", "ScanResults"},
    "notify_citizen.mail_events": {"MailEventsSubscription"},
}
"""The resources that send to a queue what is not the service's own, by the event of the queue."""
