"""The register's items: how an incident and an entry are written into the table, and read."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from suport.domain import crockford, desk_rules, follow_up, owed_mail, retention
from suport.domain.consent import Scope
from suport.domain.history import Entry, Kind
from suport.domain.incident import (
    Category,
    Incident,
    Language,
    MailTrouble,
    Origin,
    Reason,
    Status,
    Topic,
)
from suport.domain.legal_time import utc_text
from suport.domain.owed_mail import MailKind, OwedMail
from suport.domain.reference import Reference

if TYPE_CHECKING:
    from suport.http.submission import Submission

INCIDENT = "incident"  # the entry key of the incident itself; those of its history are ULIDs
KEYED = 25  # requests with a key, of which a repetition is told; more than a day's messages
SHARDS = 8  # over which the indexes by time are spread

_FIRST_WORDS = ("description", "error", "procedure", "context")
_BEFORE_ALL = "0" * 26  # no entry is named so

type Item = dict[str, Any]


def submitted(
    submission: "Submission", reference: Reference, origin: Origin, last_entry: str, now: datetime
) -> Item:
    """The item of a new incident, still to be put into its team's queue."""
    category = submission.category
    item = {
        "reference": reference,
        "entry": INCIDENT,
        "kind": Kind.INCIDENT,
        "recorded_at": utc_text(now),
        "expires_at": retention.expires_at(now),
        "last_entry": last_entry,
        "revision": 1,
        "status": Status.RECEIVED,
        "origin": origin,
        "figures_month": figures_month(category, now),
        "citizen_wrote": last_entry,
        "unread": 1,
        **_stored(
            reference,
            to_be_routed(Reason.SUBMITTED, now)
            | {
                "changed_at": now,
                "last_written": written(now, "citizen"),
                "mails": _acknowledgement(submission, now),
            },
        ),
        **submission.model_dump(mode="json", exclude_none=True),
    }
    item = {name: value for name, value in item.items() if value is not None}
    due = _follow_up(incident_of(item, now))
    return item | {name: value for name, value in due.items() if value is not None}


def written(now: datetime, by: str) -> dict[str, str]:
    """When and by whom the latest message or file came."""
    return {"at": utc_text(now), "by": by}


def _acknowledgement(submission: "Submission", now: datetime) -> dict[str, OwedMail]:
    """The receipt that is owed from the beginning, where there is an address to send it to."""
    if submission.contact.email is None:
        return {}
    return {INCIDENT: owed_mail.owed(MailKind.ACKNOWLEDGEMENT, entry_id(now), now)}


def to_be_routed(reason: Reason, now: datetime) -> dict[str, Any]:
    """What becomes of an incident that has to be put into its team's queue."""
    return {
        "route_reason": reason,
        "route_request": entry_id(now),
        "due_at": desk_rules.due_at(Status.RECEIVED, now),
    }


def changed(incident: Incident, changes: Mapping[str, Any]) -> Item:
    """The attributes of the incident's item that these changes of its fields change.

    One that is None is to be removed.
    """
    attributes = _stored(incident.reference, changes)
    attributes |= {name: None for name, value in attributes.items() if value == {}}
    if changes.get("holds_first_words") is False:
        attributes |= dict.fromkeys([*_FIRST_WORDS, "content"])  # and what tells a repetition
        del attributes["holds_first_words"]
    if category := changes.get("category"):
        attributes["figures_month"] = figures_month(category, incident.submitted_at)
    return attributes


def always_changed(incident: Incident) -> Item:
    """The attributes of the incident's item that follow from all others, after any change."""
    return {
        "revision": incident.revision,
        "last_entry": incident.last_entry,
        "expires_at": incident.expires_at,
        "changed_at": incident.changed_at and utc_text(incident.changed_at),
    } | _follow_up(incident)


def _follow_up(incident: Incident) -> Item:
    """The key of the index by which the service finds what it has to look at again."""
    at = follow_up.follow_up_at(incident)
    return {
        "follow_up_at": at and utc_text(at),
        "follow_up_shard": at and _shard(incident.reference),
    }


def _shard(reference: Reference) -> int:
    return crockford.decode(reference[0]) % SHARDS


def figures_month(category: Category, submitted_at: datetime) -> str:
    """Under which key the index of the figures has it: `payment/2026-11`, the month in UTC."""
    return f"{category}/{utc_text(submitted_at)[:7]}"


def _stored(reference: Reference, changes: Mapping[str, Any]) -> Item:
    attributes = {
        name: utc_text(value) if isinstance(value, datetime) else value
        for name, value in changes.items()
    }
    if "due_at" in changes:  # both or none: the index has only the open incidents
        attributes["due_shard"] = _shard(reference) if changes["due_at"] else None
    if "mails" in changes:
        mails: Mapping[str, OwedMail] = changes["mails"]
        attributes["mails"] = {entry: _mail_item(mail) for entry, mail in mails.items()} or None
        # the stream's filter looks for it
        attributes["mail_request"] = max((mail.request for mail in mails.values()), default=None)
    return attributes


def _mail_item(mail: OwedMail) -> Item:
    item = {
        name: utc_text(value) if isinstance(value, datetime) else value
        for name, value in asdict(mail).items()
    }
    return {name: value for name, value in item.items() if value is not None}


def _mail_of(item: Item) -> OwedMail:
    return OwedMail(
        kind=MailKind(item["kind"]),
        request=item["request"],
        ask_again_at=datetime.fromisoformat(item["ask_again_at"]),
        requests=item["requests"],
        attempts=item["attempts"],
        attempt=item.get("attempt"),
        attempt_ends_at=_moment(item, "attempt_ends_at"),
        words=item.get("words"),
    )


def incident_of(item: Item, now: datetime) -> Incident:
    """The incident that this item holds; what of it has expired is not there."""
    submitted_at = datetime.fromisoformat(item["recorded_at"])
    kept = retention.is_visible(retention.expires_at(submitted_at), now)
    first_words = {name: item[name] for name in _FIRST_WORDS if kept and name in item}
    return Incident(
        reference=item["reference"],
        category=Category(item["category"]),
        status=Status(item["status"]),
        language=Language(item["language"]),
        submitted_at=submitted_at,
        expires_at=item["expires_at"],
        last_entry=item["last_entry"],
        revision=item.get("revision", 0),
        holds_first_words="description" in item,
        description=first_words.get("description"),
        error=first_words.get("error", {}),
        procedure=first_words.get("procedure", {}),
        context=first_words.get("context", {}),
        route_reason=Reason(item["route_reason"]) if "route_reason" in item else None,
        route_request=item.get("route_request"),
        due_at=_moment(item, "due_at"),
        claimed_by=item.get("claimed_by"),
        claimed_at=_moment(item, "claimed_at"),
        first_answered_at=_moment(item, "first_answered_at"),
        mail_trouble=MailTrouble(item["mail_trouble"]) if "mail_trouble" in item else None,
        origin=Origin(item.get("origin", Origin.WEB)),
        contact=item["contact"],
        consents=_visible_consents(item.get("consents", {}), now),
        privacy_notice=item.get("privacy_notice"),
        topic=Topic(item["topic"]) if "topic" in item else None,
        resolved_at=_moment(item, "resolved_at"),
        rating=_visible_rating(item, now),
        rated_at=_moment(item, "rated_at"),
        keyed_messages=item.get("keyed_messages", {}),
        keyed_work=item.get("keyed_work", {}),
        files=_visible_files(item.get("files", {}), now),
        mails={entry: _mail_of(mail) for entry, mail in item.get("mails", {}).items()},
        last_written=item.get("last_written", written(submitted_at, "citizen")),
        citizen_wrote=item.get("citizen_wrote", _BEFORE_ALL),
        unread=item.get("unread", 0),
        changed_at=_moment(item, "changed_at") or submitted_at,
        written_on=item.get("written_on", {}),
        former_teams=item.get("former_teams", []),
        ending_told=item.get("ending_told"),
        ending_counted_at=_moment(item, "ending_counted_at"),
    )


def _moment(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if name in item else None


def _visible_rating(item: Item, now: datetime) -> int | None:
    """A rating expires as its own entry does."""
    rated_at = _moment(item, "rated_at")
    if rated_at and not retention.is_visible(retention.expires_at(rated_at), now):
        return None
    return item.get("rating")


def _visible_consents(consents: dict[str, Item], now: datetime) -> dict[str, Item]:
    """Those that stand: a consent expires as its entry does, and control goes with view."""
    visible = {
        scope: given
        for scope, given in consents.items()
        if retention.is_visible(int(given["expires_at"]), now)
    }
    return visible if Scope.VIEW in visible else {}


def _visible_files(files: dict[str, Item], now: datetime) -> dict[str, Item]:
    """Those that are kept, the first one first: a file expires as its entry does."""
    visible = [
        (file_id, file)
        for file_id, file in files.items()
        if retention.is_visible(file["expires_at"], now)
    ]
    return dict(sorted(visible, key=lambda each: (each[1]["added_at"], each[0])))


def entry_item(entry: Entry) -> Item:
    """The item of an entry, without its incident's reference."""
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "recorded_at": utc_text(entry.recorded_at),
        "expires_at": entry.expires_at,
        "content": entry.content,
    }


def entry_of(item: Item) -> Entry:
    """The entry that this item holds."""
    return Entry(
        id=item["entry"],
        kind=Kind(item["kind"]),
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        expires_at=item["expires_at"],
        content=item["content"],
    )


def new_entry(kind: Kind, content: dict[str, Any], now: datetime, after: str | None) -> Entry:
    """An entry of that moment, which comes after that one whatever the clocks say."""
    return Entry(
        id=entry_id(now, after),
        kind=kind,
        recorded_at=now,
        expires_at=retention.expires_at(now),
        content=content,
    )


def standing_consent(incident: Incident, scope: Scope) -> Entry:
    """The entry by which a standing consent was given."""
    content = incident.consents[scope]
    given_at = datetime.fromisoformat(content["given_at"])
    return Entry(
        id=content["record"],
        kind=Kind.CONSENT,
        recorded_at=given_at,
        expires_at=retention.expires_at(given_at),
        content=content,
    )


def entry_id(now: datetime, after: str | None = None) -> str:
    """A ULID of that moment, made the direct successor of `after` where it would not follow it."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return crockford.encode(max(number, crockford.decode(after) + 1 if after else 0), 26)


def request_digest(key: str, *request: str) -> str:
    """Of a request and its key, to tell its repetition by; of 128 bits, to keep the item small."""
    return hashlib.sha256("\n".join([key, *request]).encode()).hexdigest()[:32]


def remembered(keyed: Mapping[str, str], digest: str, entry: Entry) -> dict[str, str]:
    """The entries by the digests of their requests, with this one, and without the oldest.

    The table keeps no order in a map; entries are in that of their ids.
    """
    latest = sorted({**keyed, digest: entry.id}.items(), key=itemgetter(1))
    return dict(latest[-KEYED:])


def epoch(moment: datetime) -> int:
    """The moment in whole seconds, as expiries are compared with it."""
    return int(moment.timestamp())


def marshalled(values: Item) -> dict[str, Any]:
    """The values as DynamoDB's interface takes them."""
    return {name: _TO_DYNAMODB.serialize(value) for name, value in values.items()}


def unmarshalled(item: Any) -> Item:
    """The values of an item as DynamoDB's interface gives it."""
    return {name: _plain(_FROM_DYNAMODB.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """The numbers of the register are whole; boto3 reads them as decimals."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, Decimal) else value


_TO_DYNAMODB, _FROM_DYNAMODB = TypeSerializer(), TypeDeserializer()
