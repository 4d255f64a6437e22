"""What an older copy of the register must not bring back: what was erased or rectified since.

An erasure and a rectification each leave a tombstone, in the same transaction. It names the
incident by a keyed hash of its reference, and holds nothing that anybody typed. Of an erasure at
the desk it has the operator's name and team, so that somebody can be asked. The command
`make restore-register` applies the tombstones to all that it puts back from a copy of the register.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.history import Entry
from suport.domain.incident import Actor, Incident
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference

KEPT_FOR = timedelta(days=40)
"""Longer than any copy of the register: point-in-time recovery reaches back `RecoveryDays`, 7 at
most, and the system backup of a table that was deleted lasts 35 days."""

_LEAVE_ONE = {"contact", "code_number", "address_number"}


class What(StrEnum):
    """The act that a tombstone stands for."""

    ERASED = "erased"
    RECTIFIED = "rectified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """That an incident was erased or rectified; `at` is aware UTC, `expires_at` epoch seconds.

    digest: names the incident, see `digest_of`. act: the name of the act in the order of the
    incident's entries, a ULID. operator, team: who did it, of an erasure at the desk. kept: the
    entries that an erasure left. fields: the names of the
    contact data that were corrected. code_number, address_number: those after a rectification, see
    `Incident`.
    """

    digest: str
    act: str
    what: What
    by: Actor
    at: datetime
    expires_at: int
    kept: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    code_number: int = 1
    address_number: int = 1
    operator: str | None = None
    team: Category | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What becomes of a restored incident.

    erased_at: when it was erased, if it was; its item goes, or becomes what an erasure leaves.
    gone: the names of its entries that go. rectified: the change to write, which may be empty.
    """

    erased_at: datetime | None
    gone: tuple[str, ...]
    rectified: Change


def digest_of(secret: bytes, reference: Reference) -> str:
    """What a tombstone calls the incident; nobody gets the reference from it."""
    return keyed_hash(secret, Purpose.TOMBSTONE, reference).hex()


def expires_at(at: datetime) -> int:
    """When the tombstone of an act of that moment is gone, in epoch seconds."""
    return int((at + KEPT_FOR).timestamp())


def leaves_one(change: Change) -> bool:
    """Whether a change leaves a tombstone, because an older copy would undo it.

    Corrected contact data do. So does a replaced access code: the code before it must not open the
    incident again.
    """
    return not change.fields.keys().isdisjoint(_LEAVE_ONE)


def left_by(change: Change, secret: bytes) -> Tombstone:
    """The tombstone of a rectification, which is this change."""
    before, after = change.seen.contact, change.result.contact
    names = {*before, *after}
    return Tombstone(
        digest=digest_of(secret, change.seen.reference),
        act=change.result.last_entry,
        what=What.RECTIFIED,
        by=_actor(change),
        at=change.now,
        expires_at=expires_at(change.now),
        fields=tuple(sorted(name for name in names if before.get(name) != after.get(name))),
        code_number=change.result.code_number,
        address_number=change.result.address_number,
    )


def applied(
    incident: Incident, entries: Iterable[Entry], tombstones: Iterable[Tombstone], now: datetime
) -> Applied:
    """What must go of an incident that was restored from a copy, with the entries of its history.

    tombstones: those of this incident. Of an erased incident everything goes that was recorded up
    to the erasure, except what the erasure kept. Of a rectified one the contact data go that were
    corrected after the copy was made: nobody knows the corrected ones any more.
    """
    rectified = Change(incident, now)
    erased: Tombstone | None = None
    for tombstone in sorted(tombstones, key=lambda each: each.act):
        if tombstone.what is What.ERASED:
            erased = tombstone
        elif tombstone.act > incident.last_entry:
            _rectify(rectified, tombstone)
    if erased is None or incident.submitted_at > erased.at:
        return Applied(None, (), rectified)
    gone = tuple(
        entry.id for entry in entries if entry.id <= erased.act and entry.id not in erased.kept
    )
    return Applied(erased.at, gone, Change(incident, now))


def _rectify(change: Change, tombstone: Tombstone) -> None:
    """Takes away what was corrected, and makes useless what opened the incident before."""
    now_is = change.result
    contact = {name: each for name, each in now_is.contact.items() if name not in tombstone.fields}
    change.set(
        contact=contact,
        code_number=max(now_is.code_number, tombstone.code_number),
        address_number=max(now_is.address_number, tombstone.address_number),
    )
    if "email" in tombstone.fields:  # no mail goes to the address before, or asks it anything
        change.set(
            address_change=None,
            erasure_asked=None,
            mails={
                entry: mail
                for entry, mail in now_is.mails.items()
                if mail.to is None and mail.kind not in {MailKind.CONFIRMATION, MailKind.ERASURE}
            },
        )


def _actor(change: Change) -> Actor:
    by = {getattr(entry.content, "by", None) for entry in change.entries}
    return Actor.OPERATOR if Actor.OPERATOR in by else Actor.CITIZEN
