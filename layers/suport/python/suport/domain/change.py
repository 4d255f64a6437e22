"""One change of an incident: the entries and the fields that one transaction will write.

What is done with an incident is decided by functions of the incident, the moment and the request:
those of `citizen_acts`, `operator_acts`, `file_acts`, `mail_acts` and `service_acts`. Each drafts a
change and returns it with its answer; the register writes all of it or nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from suport.domain import consent, deadlines, owed_mail, retention
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Action, Consent, Content, Done, Entry, next_entry_id
from suport.domain.incident import Actor, Incident, Reason, Status, Written
from suport.domain.owed_mail import MailKind, OwedMail

KEYED = 25  # requests with a key, of which a repetition is told; more than a day's messages
TOLD_AS_CHANGED = {
    *("status", "category", "claimed_by", "last_written"),
    *("files", "mail_trouble", "ending_told"),
}
"""What a team follows: changes of these move `changed_at`, as does a mail that is set aside."""


class Change:
    """A draft of what to write: new entries, and other values of the incident's fields."""

    def __init__(self, seen: Incident, now: datetime) -> None:
        """Nothing yet; `seen` is the incident as it was read."""
        self.seen = seen
        self.now = now
        self.entries: list[Entry] = []
        self.fields: dict[str, Any] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.entries or self.fields)

    @property
    def result(self) -> Incident:
        """The incident once this is written."""
        if self.is_empty:
            return self.seen
        follows: dict[str, Any] = {
            "revision": self.seen.revision + 1,
            "expires_at": max(
                [
                    self.seen.expires_at,
                    *(entry.expires_at for entry in self.entries if retention.prolongs(entry)),
                ]
            ),
        }
        if self.entries:
            follows["last_entry"] = self.entries[-1].id
        if self.fields.keys() & TOLD_AS_CHANGED:
            follows["changed_at"] = self.now
        return replace(self.seen, **self.fields | follows)

    def add(self, content: Content) -> Entry:
        """Adds an entry that comes after all others of the incident, whatever the clocks say."""
        entry = new_entry(content, self.now, self._latest)
        self.entries.append(entry)
        return entry

    def act(self, done: Done, by: Actor, **about: Any) -> Entry:
        """Adds what somebody did; see `history.Action` for the facts about it."""
        return self.add(Action(done=done, by=by, **about))

    def set(self, **fields: Any) -> None:
        """Gives the incident's fields these values; None takes one away."""
        self.fields |= fields

    def queue(self, reason: Reason) -> None:
        """Has the incident put into its team's queue, nobody's; the stream brings it there."""
        self.set(status=Status.QUEUED, claimed_by=None, claimed_at=None)
        self.set(**to_be_routed(reason, self._latest, self.now))

    def citizen_writes(self, entry: Entry) -> None:
        """Marks that this message or file of the citizen is new to the team."""
        self.set(last_written=Written(self.now, Actor.CITIZEN), citizen_wrote=entry.id)
        self.set(unread=self.seen.unread + 1)

    def operator_sees(self, operator: str) -> None:
        """Marks that nothing of the citizen is new to the operator who has it, or to the team."""
        if self.seen.unread and self.result.claimed_by in {None, operator}:
            self.set(unread=0)

    @property
    def mails(self) -> dict[str, OwedMail]:
        """The mails that are owed once this is written."""
        mails: dict[str, OwedMail] = self.fields.get("mails", self.seen.mails)
        return mails

    def owe_mail(self, kind: MailKind, entry: str, words: Entry | None = None) -> None:
        """Owes the citizen the mail about this entry, where mail reaches them at all."""
        if "email" in self.seen.contact and self.seen.mail_trouble is None:
            request = next_entry_id(self.now, self._latest)
            mail = owed_mail.owed(kind, request, self.now, words.id if words else None)
            self.set(mails=self.mails | {entry: mail})

    def change_mail(self, entry: str, mail: OwedMail) -> None:
        """Keeps how far that owed mail is."""
        if mail != self.mails[entry]:
            self.set(mails=self.mails | {entry: mail})

    def settle_mail(self, entry: str) -> None:
        """Owes that mail no longer."""
        self.set(mails={name: mail for name, mail in self.mails.items() if name != entry})

    def wait_no_longer(self) -> None:
        """Has a team look for another way to a citizen whose answer it waits for in vain."""
        if self.result.status is Status.WAITING:
            self.queue(Reason.REQUEUED)

    def end_consent(
        self, scope: Scope, *, by: Actor | None = None, operator: str | None = None
    ) -> None:
        """Ends this consent and what falls with it, if it stands, each with an entry of its own."""
        remaining = dict(self.seen.consents)
        for each in consent.changes(frozenset(remaining), scope, ConsentAction.WITHDRAW):
            given = remaining.pop(each)
            self.add(
                Consent(
                    scope=each,
                    action=ConsentAction.WITHDRAW,
                    notice=given.notice,
                    given_at=given.given_at,
                    record=given.record,
                    by=by,
                    operator=operator,
                )
            )
            self.set(consents=dict(remaining))

    def resolve(self, by: Actor, words: Entry | None = None, operator: str | None = None) -> Entry:
        """Ends the help with the incident, and with it what was agreed to for it.

        words: the operator's last message, which the mail about the solution quotes.
        """
        resolved = self.act(Done.RESOLVED, by, operator=operator)
        self.set(
            status=Status.RESOLVED,
            resolved_at=self.now,
            route_reason=None,
            route_request=None,
            due_at=None,
            claimed_by=None,
            claimed_at=None,
        )
        kind = MailKind.SOLUTION if by is Actor.OPERATOR else MailKind.CLOSING
        self.owe_mail(kind, resolved.id, words)
        self.end_consent(Scope.VIEW, by=Actor.SERVICE)  # control with it
        return resolved

    @property
    def _latest(self) -> str:
        """The name of the latest entry."""
        return self.entries[-1].id if self.entries else self.seen.last_entry


@dataclass(frozen=True, slots=True)
class Decision[Answer]:
    """What to write, and what to answer once it is written."""

    change: Change
    answer: Answer


@dataclass(frozen=True, slots=True)
class Refused:
    """What to write of an attempt that is refused, and what to raise once it is written."""

    change: Change
    reason: Exception


def new_entry(content: Content, now: datetime, after: str | None) -> Entry:
    """An entry of that moment, which comes after that one whatever the clocks say."""
    return Entry(
        id=next_entry_id(now, after),
        recorded_at=now,
        expires_at=retention.expires_at(now),
        content=content,
    )


def to_be_routed(reason: Reason, after: str, now: datetime) -> dict[str, Any]:
    """The fields of an incident that has to be put into its team's queue."""
    return {
        "route_reason": reason,
        "route_request": next_entry_id(now, after),
        "due_at": deadlines.due_at(Status.RECEIVED, now),
    }


def request_digest(key: str, *request: str) -> str:
    """A digest of a request and its key, by which a repetition is known.

    It has 128 bits: it cannot be met by chance, and the incident's item stays small.
    """
    return hashlib.sha256("\n".join([key, *request]).encode()).hexdigest()[:32]


def remembered(keyed: Mapping[str, str], digest: str, entry: Entry) -> dict[str, str]:
    """The entries by the digests of their requests, with this one, and without the oldest.

    The table keeps no order in a map; entries are in that of their ids.
    """
    latest = sorted({**keyed, digest: entry.id}.items(), key=itemgetter(1))
    return dict(latest[-KEYED:])
