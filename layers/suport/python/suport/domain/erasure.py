"""The erasure of an incident, because its citizen asks for it (GDPR art. 17).

Anybody who finds the access code can ask. Therefore a code from a mail to the recorded address
confirms it, or an operator who has identified the citizen. What must be kept is left: the proof of
each consent to remote support, which holds nothing about how to reach the citizen (art. 7.1). A
complaint about accessibility has to be answered first, or closed by its citizen (RD 1112/2018).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from suport.domain import tombstone
from suport.domain.category import Category
from suport.domain.change import Change, Decision, Refused, may_be_mailed
from suport.domain.citizen_acts import TooManyMessages, after_one_more_message
from suport.domain.deadlines import erasure_confirmable_until
from suport.domain.history import Done, Entry, Kind, LookPurpose, next_entry_id
from suport.domain.incident import Actor, ErasureRequest, Incident, Status, Topic
from suport.domain.operator_acts import (
    NOT_THEIRS,
    OtherTeam,
    Work,
    look,
    must_be_at_hand,
    refused_look,
)
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.domain.tombstone import Tombstone, What, digest_of


class ComplaintInProgress(Exception):
    """The incident is a complaint about accessibility that nobody has answered or closed yet."""


class NowhereToConfirm(Exception):
    """The incident has no e-mail address that mail reaches: an operator confirms who asks."""


class ErasureNotAsked(Exception):
    """Nobody asked for the erasure, or it was too long ago."""


class Remains(NamedTuple):
    """What is left of an incident that was erased at that moment.

    code_number: that of its last access code, which still proves whose the incident was. kept: the
    entries that are left, the oldest first.
    """

    reference: Reference
    at: datetime
    code_number: int
    kept: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What the erasure of an incident writes and leaves.

    seen: the incident as it was read. act: names the erasure in the order of the entries. kept: the
    entries that are left, each until its own expiry. operator, team: who erased it, if that was
    done at the desk; somebody can then be asked about it.
    """

    seen: Incident
    at: datetime
    act: str
    by: Actor
    kept: tuple[Entry, ...]
    operator: str | None = None
    team: Category | None = None

    @property
    def remains(self) -> "Remains":
        """What is left of the incident."""
        return Remains(self.seen.reference, self.at, self.seen.code_number, self.kept)

    @property
    def remains_until(self) -> int:
        """Until when the register knows that the incident was erased, in epoch seconds.

        As long as an entry of it is kept, and as long as its tombstone: till then, a late
        repetition of its submission does not bring it back under the same reference.
        """
        return max([tombstone.expires_at(self.at), *(entry.expires_at for entry in self.kept)])

    def tombstone(self, secret: bytes) -> Tombstone:
        """What keeps an older copy of the register from bringing the incident back."""
        return Tombstone(
            digest=digest_of(secret, self.seen.reference),
            act=self.act,
            what=What.ERASED,
            by=self.by,
            operator=self.operator,
            team=self.team,
            at=self.at,
            expires_at=tombstone.expires_at(self.at),
            kept=tuple(entry.id for entry in self.kept),
        )


def ask(incident: Incident, now: datetime) -> Decision[ErasureRequest]:
    """Asks for the erasure; the mail with the code that confirms it is owed.

    A request that still waits goes on: its mail is sent again, with the same code, unless it is
    still on its way or the day's messages are used up. It counts as one of these.

    Raises
    ------
    ComplaintInProgress, NowhereToConfirm, TooManyMessages
    """
    must_be_erasable(incident)
    if not may_be_mailed(incident):
        raise NowhereToConfirm
    change = Change(incident, now)
    waits = pending(incident, now)
    if waits and waits.entry in incident.mails:
        return Decision(change, waits)
    try:
        change.set(written_on=after_one_more_message(incident.written_on, now))
    except TooManyMessages:
        if waits:
            return Decision(change, waits)
        raise
    if waits is None:
        asked = change.act(Done.ERASURE_ASKED, Actor.CITIZEN)
        waits = ErasureRequest(entry=asked.id, asked_at=now)
        change.set(erasure_asked=waits)
    change.owe_mail(MailKind.ERASURE, waits.entry)
    return Decision(change, waits)


def pending(incident: Incident, now: datetime) -> ErasureRequest | None:
    """The request for the erasure that can still be confirmed, if there is one."""
    until = erasure_confirmable_until(incident)
    return incident.erasure_asked if until and now < until else None


def drop_request(change: Change) -> bool:
    """Takes a request away that was not confirmed in time; returns whether there was one."""
    if change.seen.erasure_asked is None or pending(change.seen, change.now):
        return False
    change.act(Done.ERASURE_DROPPED, Actor.SERVICE)
    change.set(erasure_asked=None)
    return True


def confirm(incident: Incident, now: datetime, history: Iterable[Entry], entry: str) -> Erasure:
    """Erases the incident, because the code that was sent for this request is right.

    Raises
    ------
    ComplaintInProgress, ErasureNotAsked
    """
    asked = pending(incident, now)
    if asked is None or asked.entry != entry:
        raise ErasureNotAsked
    return _erase(incident, now, history, Actor.CITIZEN)


def prepare_at_desk(incident: Incident, now: datetime, work: Work) -> Decision[None] | Refused:
    """Lets the operator erase the incident who has claimed it, or anybody in its team if it ended.

    It is a look, because it shows which consents are kept; an attempt in vain is recorded, too.

    Raises
    ------
    ComplaintInProgress
    """
    try:
        must_be_at_hand(incident, work.operator)
    except NOT_THEIRS as refusal:
        return refused_look(incident, now, work, refusal, LookPurpose.ERASURE)
    must_be_erasable(incident)
    change = Change(incident, now)
    look(change, work, LookPurpose.ERASURE, contact=False)
    return Decision(change, None)


def erase_at_desk(
    incident: Incident, now: datetime, history: Iterable[Entry], work: Work
) -> Erasure:
    """Erases the incident for a citizen whom the operator has identified.

    Raises
    ------
    ClaimedByAnother, ComplaintInProgress, NotClaimed, OtherTeam
    """
    if incident.category is not work.team:
        raise OtherTeam
    must_be_at_hand(incident, work.operator)
    erased = _erase(incident, now, history, Actor.OPERATOR)
    return replace(erased, operator=work.operator, team=work.team)


def must_be_erasable(incident: Incident) -> None:
    """Refuses the erasure of a complaint about accessibility that is still open.

    Raises
    ------
    ComplaintInProgress
    """
    if incident.topic is Topic.ACCESSIBILITY and incident.status is not Status.RESOLVED:
        raise ComplaintInProgress


def kept(history: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that an erasure leaves, the oldest first."""
    consents = (entry for entry in history if entry.kind is Kind.CONSENT)
    return tuple(sorted(consents, key=lambda entry: entry.id))


def _erase(incident: Incident, now: datetime, history: Iterable[Entry], by: Actor) -> Erasure:
    must_be_erasable(incident)
    act = next_entry_id(now, incident.last_entry)
    return Erasure(seen=incident, at=now, act=act, by=by, kept=kept(history))
