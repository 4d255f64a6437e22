"""The register's items: how an incident and an entry are written to the table and read back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from suport.domain import crockford, erasure, overdue, retention
from suport.domain.attachment import AddedFile, FileId, Refusal, State
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.consent import ConsentAction, NoticeIdentity, Scope, StandingConsent
from suport.domain.deadlines import ends_soon, follow_up_at, is_overdue
from suport.domain.desk_list import (
    ListedIncident,
    Part,
    is_left_to_all,
    is_linked,
    place_of,
    snoozed_until,
)
from suport.domain.erasure import Erasure, Remains
from suport.domain.history import (
    CONTENTS,
    Action,
    Content,
    Done,
    Entry,
    Kind,
    LookPurpose,
    fact_name,
)
from suport.domain.incident import (
    Actor,
    AddressChange,
    Channel,
    ErasureRequest,
    Incident,
    MailTrouble,
    Reason,
    Status,
    Topic,
    Written,
)
from suport.domain.language import Language
from suport.domain.legal_time import utc_text
from suport.domain.owed_mail import MailKind, OwedMail, SetAside
from suport.domain.reference import Reference
from suport.domain.remote_session import EndReason, Surface, Way
from suport.register.marshalling import Item

if TYPE_CHECKING:
    from suport.domain.search_terms import Findable
    from suport.domain.team_load import OpenIncident, SetAsideMail

INCIDENT = "incident"  # the entry key of the incident itself; those of its history are ULIDs
SHARDS = 8  # over which the indexes by time are spread

_FIRST_WORDS = ("description", "error", "procedure", "context")
_TOLD_OF_FIRST_WORDS = ("procedure_code", "known_error")
_SET_ASIDE = "set_aside"
_BEFORE_ALL = "0" * 26  # no entry has this name
_CALLED = {"submitted_at": "recorded_at"}
_NOT_STORED = {"holds_first_words"}  # follows from whether the item has them


def incident_item(incident: Incident) -> Item:
    """The item of a new incident."""
    values = {field.name: getattr(incident, field.name) for field in fields(incident)}
    item: Item = {
        "entry": INCIDENT,
        "kind": INCIDENT,
        **_stored(values),
        **_derived(incident),
        **_told_of_first_words(incident),
    }
    return {name: value for name, value in item.items() if value is not None}


def restored_item(item: Item, incident: Incident) -> Item:
    """The item of an incident from a recovery copy, as the incident is to be now.

    item: the one from the copy. Of its parts, those that have expired are left behind.
    """
    also = ("key", "content") if incident.holds_first_words else ("key",)
    return incident_item(incident) | {name: item[name] for name in also if name in item}


def changed_attributes(change: Change) -> Item:
    """The attributes of the incident's item that a change changes.

    The table removes an attribute that is None here.
    """
    result = change.result
    attributes = _stored(change.fields) | _derived(result)
    if not result.holds_first_words and change.seen.holds_first_words:
        # "content" is their fingerprint
        attributes |= dict.fromkeys([*_FIRST_WORDS, "content", *_TOLD_OF_FIRST_WORDS])
    return attributes


def list_attributes(incident: Incident) -> Item:
    """What the index `desk` needs of the incident; None for what its item is not to have.

    An item from before the index has none of it, and the retention audit adds it.
    """
    told = _told_of_first_words(incident) if incident.holds_first_words else {}
    return dict.fromkeys(_TOLD_OF_FIRST_WORDS) | told | _place(incident)


def remains_of(done: Erasure) -> Item:
    """What is left in place of an erased incident, see `Erasure.remains_until`.

    To every other read it is absent, see `remains_in`. It has nothing of the incident but the
    reference and the number of its access code, and no keys of the indexes. `kept` names the
    entries that belong to it; `by`, `operator` and `team` say who erased it.
    """
    who = {"by": done.by, "operator": done.operator, "team": done.team}
    return {name: each for name, each in who.items() if each is not None} | {
        "reference": done.seen.reference,
        "entry": INCIDENT,
        "kind": INCIDENT,
        "recorded_at": utc_text(done.at),
        "erased_at": utc_text(done.at),
        "expires_at": done.remains_until,
        "last_entry": done.act,
        "revision": done.seen.revision + 1,
        "code_number": done.seen.code_number,
        "kept": [entry.id for entry in done.kept],
    }


def is_erased(item: Item) -> bool:
    """Whether the item of an incident is only what an erasure leaves."""
    return "erased_at" in item


def remains_in(item: Item, entries: Iterable[Item]) -> Remains:
    """What is left of an erased incident: its item, and those of these entries that it names."""
    kept = [entry_of(entry) for entry in entries if entry["entry"] in item["kept"]]
    return Remains(
        reference=Reference(item["reference"]),
        at=datetime.fromisoformat(item["erased_at"]),
        code_number=item.get("code_number", 0),
        kept=erasure.kept(kept),
    )


def incident_of(item: Item, now: datetime) -> Incident:
    """The incident that this item holds, without its expired parts."""
    return overdue.hide_expired(whole_incident_of(item), now)


def whole_incident_of(item: Item) -> Incident:
    """The incident as this item stores it, with the parts that nobody may see any more."""
    submitted_at = datetime.fromisoformat(item["recorded_at"])
    read = {
        field: _READ.get(field, _as_it_is)(item[name])
        for field, name in _NAMES.items()
        if name in item
    }
    before_counting = {
        "description": None,
        "revision": 0,
        "changed_at": submitted_at,
        "citizen_wrote": _BEFORE_ALL,
        "last_written": Written(submitted_at, Actor.CITIZEN),
    }
    given: Item = before_counting | read
    return Incident(**given, holds_first_words="description" in item)


class CountedIncident(NamedTuple):
    """What a tally needs to know of an open incident, see `desk_list.Counted`."""

    claimed_by: str | None
    unread: int
    ending: bool
    snoozed_until: datetime | None


COUNTED = "claimed_by, unread, expires_at, desk_order"
"""The attributes of an item of which `counted_incident_of` makes it."""


def counted_incident_of(item: Item, now: datetime) -> CountedIncident:
    """The same of an open incident's item that has no more than `COUNTED`."""
    ending = ends_soon(item["expires_at"], now)
    snoozed = _snoozed_until(item, now)
    return CountedIncident(item.get("claimed_by"), item.get("unread", 0), ending, snoozed)


def listed_incident_of(item: Item, now: datetime) -> ListedIncident:
    """What this item of the index `desk` tells of its incident, without its expired parts."""
    submitted_at = datetime.fromisoformat(item["recorded_at"])
    written = item.get("last_written")
    if not retention.is_visible(retention.expires_at(submitted_at), now):
        item = {name: each for name, each in item.items() if name not in _TOLD_OF_FIRST_WORDS}
    status = Status(item["status"])
    due_at, answer_by = _moment_in(item, "due_at"), _day_in(item, "answer_by")
    is_open = status is not Status.RESOLVED
    return ListedIncident(
        reference=Reference(item["reference"]),
        category=Category(item["category"]),
        status=status,
        language=Language(item["language"]),
        origin=Channel(item.get("origin", Channel.WEB)),
        submitted_at=submitted_at,
        due_at=due_at,
        resolved_at=_moment_in(item, "resolved_at"),
        claimed_by=item.get("claimed_by"),
        snoozed_until=_snoozed_until(item, now),
        changed_at=_moment_in(item, "changed_at") or submitted_at,
        last_written=_written_of(written) if written else Written(submitted_at, Actor.CITIZEN),
        unread=item.get("unread", 0),
        expires_at=item["expires_at"],
        ending=is_open and ends_soon(item["expires_at"], now),
        overdue=is_open and is_overdue(_teams_due_at(item, due_at), answer_by, now),
        procedure=item.get("procedure_code"),
        known_error=item.get("known_error"),
        topic=Topic(item["topic"]) if "topic" in item else None,
        answer_by=answer_by,
        linked=is_linked(item.get("desk_order", "")),
        answered_with=item.get("answered_with"),
    )


LISTED = (
    *("reference", "category", "status", "language", "origin", "recorded_at", "due_at"),
    *("resolved_at", "claimed_by", "changed_at", "last_written", "unread", "expires_at"),
    *("procedure_code", "known_error", "topic", "answer_by", "entry", "erased_at"),
    *("desk_order", "answered_with"),
)
"""The attributes of an incident's item of which `listed_incident_of` makes what a list shows."""

FINDABLE = (*LISTED, "known_problem", "contact")
"""The attributes of which `findable_of` makes what the search index needs."""


def findable_of(item: Item, now: datetime) -> "Findable | None":
    """What the search index needs to know of the incident of this item; None if it has none.

    An entry has none, nor what an erasure leaves, nor what has no expiry and is shown to nobody.
    """
    from suport.domain.search_terms import Findable  # noqa: PLC0415  only the index asks

    is_shown = isinstance(item.get("expires_at"), int)
    if item["entry"] != INCIDENT or is_erased(item) or not is_shown:
        return None
    listed = listed_incident_of(item, now)
    return Findable(
        reference=listed.reference,
        category=listed.category,
        status=listed.status,
        submitted_at=listed.submitted_at,
        expires_at=listed.expires_at,
        procedure=listed.procedure,
        known_error=listed.known_error,
        known_problem=item.get("known_problem"),
        answered_with=item.get("answered_with"),
        contact=item.get("contact", {}),
    )


LOADED = "recorded_at, #status, claimed_by, unread, expires_at, due_at, answer_by, desk_order"
"""The attributes of an item of which `open_incident_of` makes it; `status` is a reserved word."""


def open_incident_of(item: Item, now: datetime) -> "OpenIncident":
    """What a team's load needs of an open incident's item that has no more than `LOADED`."""
    from suport.domain.team_load import OpenIncident  # noqa: PLC0415  only the desk asks

    due_at, answer_by = _moment_in(item, "due_at"), _day_in(item, "answer_by")
    return OpenIncident(
        status=Status(item["status"]),
        submitted_at=datetime.fromisoformat(item["recorded_at"]),
        operator=item.get("claimed_by"),
        is_unread=item.get("unread", 0) > 0,
        is_ending=ends_soon(item["expires_at"], now),
        is_overdue=is_overdue(_teams_due_at(item, due_at), answer_by, now),
    )


def _teams_due_at(item: Item, due_at: datetime | None) -> datetime | None:
    """By when the team has something to do; what is left to all is looked at by the service."""
    return None if is_left_to_all(item.get("desk_order", "")) else due_at


def desk_list(category: Category, part: Part) -> str:
    """The key of a part of a team's list in the index `desk`: `payment/open`."""
    return f"{category}/{part}"


def set_aside_list(category: Category) -> str:
    """The key of a team's mails that were set aside in the index `desk`: `payment/set_aside`."""
    return f"{category}/{_SET_ASIDE}"


def set_aside_mail_of(item: Item) -> "SetAsideMail":
    """The mail that this item of the index `desk` is about."""
    from suport.domain.team_load import SetAsideMail  # noqa: PLC0415  as above

    moment = item["desk_order"].partition("/")[0]
    return SetAsideMail(Reference(item["reference"]), datetime.fromisoformat(moment))


def set_aside_place(category: Category, entry: Entry) -> Item:
    """The keys of the index `desk` that an entry has if it says that a mail was set aside.

    category: that of its incident at that moment.
    """
    if entry.facts.get("action") != Done.MAIL_SET_ASIDE:
        return {}
    order = f"{utc_text(entry.recorded_at)}/{entry.id}"
    return {"desk_list": set_aside_list(category), "desk_order": order}


def entry_item(reference: Reference, entry: Entry) -> Item:
    """The item of an entry."""
    return {
        "reference": reference,
        "entry": entry.id,
        "kind": entry.kind,
        "recorded_at": utc_text(entry.recorded_at),
        "expires_at": entry.expires_at,
        "content": entry.facts,
    }


def entry_of(item: Item) -> Entry:
    """The entry that this item holds."""
    return Entry(
        id=item["entry"],
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        expires_at=item["expires_at"],
        content=_content_of(Kind(item["kind"]), item["content"]),
    )


def figures_month(category: Category, submitted_at: datetime) -> str:
    """The incident's key in the index `figures`: `payment/2026-11`, the month in UTC."""
    return f"{category}/{utc_text(submitted_at)[:7]}"


def _stored(values: Mapping[str, Any]) -> Item:
    """The attributes for these fields of an incident; empty ones are None."""
    return {
        _CALLED.get(name, name): _plain(value)
        for name, value in values.items()
        if name not in _NOT_STORED
    }


def _derived(incident: Incident) -> Item:
    """The attributes that follow from the incident as a whole, including the indexes' keys."""
    look_again_at = follow_up_at(incident)
    shard = crockford.decode(incident.reference[0]) % SHARDS
    return {
        "revision": incident.revision,
        "last_entry": incident.last_entry,
        "expires_at": incident.expires_at,
        "changed_at": incident.changed_at and utc_text(incident.changed_at),
        # an incident without this key is not in the index `open`
        "due_shard": shard if incident.due_at else None,
        "follow_up_at": look_again_at and utc_text(look_again_at),
        "follow_up_shard": shard if look_again_at else None,
        "figures_month": figures_month(incident.category, incident.submitted_at),
        **_place(incident),
        # the stream's filter looks for this attribute
        "mail_request": max((mail.request for mail in incident.mails.values()), default=None),
    }


def _place(incident: Incident) -> Item:
    """The keys of the index `desk`; an incident without them is not in it."""
    place = place_of(incident)
    return {
        "desk_list": place and desk_list(incident.category, place.part),
        "desk_order": place and place.order,
    }


def _told_of_first_words(incident: Incident) -> Item:
    """What lists and figures tell of what the citizen first wrote, and none of their words."""
    return {"procedure_code": _procedure_code(incident), "known_error": _known_error(incident)}


def _moment_in(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if name in item else None


def _snoozed_until(item: Item, now: datetime) -> datetime | None:
    """Until when the incident is snoozed; None if it is not, or no longer."""
    until = snoozed_until(item.get("desk_order", ""))
    return until if until and now < until else None


def _day_in(item: Item, name: str) -> date | None:
    return date.fromisoformat(item[name]) if name in item else None


def _known_error(incident: Incident) -> str | None:
    if not incident.error:
        return None
    from suport.domain.known_errors import stated_code  # noqa: PLC0415  few state an error

    return stated_code(incident.error)


def _procedure_code(incident: Incident) -> str | None:
    if not incident.procedure:
        return None
    from suport.domain.procedures import listed_code  # noqa: PLC0415  reads the catalogue

    return listed_code(incident.procedure)


def _plain(value: Any) -> Any:
    """A value as the table takes it; None if it is empty, and then it is not stored."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        plain = {str(name): _plain(each) for name, each in value.items()}
        return {name: each for name, each in plain.items() if each is not None} or None
    if isinstance(value, tuple):
        return [_plain(each) for each in value] or None
    return value


def _as_it_is(value: Any) -> Any:
    return value


def _notice_of(item: Item) -> NoticeIdentity:
    return NoticeIdentity(item["version"], Language(item["language"]), item["sha256"])


def _consents_of(items: dict[str, Item]) -> dict[Scope, StandingConsent]:
    return {
        Scope(scope): StandingConsent(
            notice=_notice_of(given["notice"]),
            given_at=datetime.fromisoformat(given["given_at"]),
            record=given["record"],
            expires_at=given["expires_at"],
        )
        for scope, given in items.items()
    }


def _files_of(items: dict[str, Item]) -> dict[FileId, AddedFile]:
    """The files, the oldest first."""
    files = {
        FileId(file_id): AddedFile(
            type=file["type"],
            bytes=file["bytes"],
            version=file["version"],
            state=State(file["state"]),
            added_at=datetime.fromisoformat(file["added_at"]),
            expires_at=file["expires_at"],
        )
        for file_id, file in items.items()
    }
    return dict(sorted(files.items(), key=lambda each: (each[1].added_at, each[0])))


def _mails_of(items: dict[str, Item]) -> dict[str, OwedMail]:
    moments = ("ask_again_at", "attempt_ends_at")
    return {
        entry: OwedMail(
            **mail
            | {"kind": MailKind(mail["kind"]), "thread": tuple(mail.get("thread", ()))}
            | {name: datetime.fromisoformat(mail[name]) for name in moments if name in mail}
        )
        for entry, mail in items.items()
    }


def _written_of(item: Item) -> Written:
    return Written(datetime.fromisoformat(item["at"]), Actor(item["by"]))


def _address_change_of(item: Item) -> AddressChange:
    return AddressChange(
        email=item.get("email"),
        entry=item["entry"],
        asked_at=datetime.fromisoformat(item["asked_at"]),
    )


def _erasure_request_of(item: Item) -> ErasureRequest:
    return ErasureRequest(entry=item["entry"], asked_at=datetime.fromisoformat(item["asked_at"]))


def _teams_of(names: list[str]) -> tuple[Category, ...]:
    return tuple(map(Category, names))


def _states_of(names: list[str]) -> tuple[Status, ...]:
    return tuple(map(Status, names))


_NAMES = {
    field.name: _CALLED.get(field.name, field.name)
    for field in fields(Incident)
    if field.name not in _NOT_STORED
}
"""What each stored field of an incident is called in its item."""

_READ: dict[str, Callable[[Any], Any]] = {
    "reference": Reference,
    "answered_with": Reference,
    "category": Category,
    "status": Status,
    "language": Language,
    "route_reason": Reason,
    "mail_trouble": MailTrouble,
    "origin": Channel,
    "resolved_by": Actor,
    "topic": Topic,
    "answer_by": date.fromisoformat,
    "consents": _consents_of,
    "files": _files_of,
    "mails": _mails_of,
    "last_written": _written_of,
    "address_change": _address_change_of,
    "erasure_asked": _erasure_request_of,
    "former_teams": _teams_of,
    "former_states": _states_of,
    **dict.fromkeys(
        (
            *("submitted_at", "due_at", "claimed_at", "snoozed_until", "first_answered_at"),
            "resolved_at",
            *("reopened_at", "rated_at", "changed_at", "ending_counted_at", "history_from"),
        ),
        datetime.fromisoformat,
    ),
}
"""How to read each field that the table has in another form."""


_FACTS: dict[str, Callable[[Any], Any]] = {
    "action": ConsentAction,
    "by": Actor,
    "done": Done,
    "fields": tuple,
    "file": FileId,
    "former": bool,
    "from_": Category,
    "given_at": datetime.fromisoformat,
    "mail": MailKind,
    "purpose": LookPurpose,
    "notice": _notice_of,
    "scope": Scope,
    "state": State,
    "surface": Surface,
    "team": Category,
    "to": Category,
    "until": date.fromisoformat,
    "via": Way,
}
"""How to read each fact of an entry that the table has in another form."""


_REASONS: dict[Done, Callable[[Any], Any]] = {
    Done.QUEUED: Reason,
    Done.REROUTED: Reason,
    Done.FILE_REFUSED: Refusal,
    Done.MAIL_SET_ASIDE: SetAside,
    Done.UNDELIVERABLE: MailTrouble,
    Done.REMOTE_ENDED: EndReason,
}
"""The type of the reason, by what was done."""


def _content_of(kind: Kind, facts: Item) -> Content:
    content = CONTENTS[kind]
    read: dict[str, Any] = {}
    for field in fields(content):
        if (name := fact_name(field.name)) in facts:
            read[field.name] = _FACTS.get(field.name, _as_it_is)(facts[name])
        elif field.default is MISSING:
            read[field.name] = None
    if content is Action and "reason" in read:
        read["reason"] = _REASONS[read["done"]](read["reason"])
    return content(**read)
