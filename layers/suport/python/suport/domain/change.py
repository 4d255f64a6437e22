"""One change of an incident: the entries and the fields that one transaction writes.

The functions of `citizen_acts`, `contact_acts`, `operator_acts`, `file_acts`, `mail_acts` and
`service_acts` decide what happens to an incident, from the incident, the moment and the request.
Each drafts a change and returns it with its answer; the register writes all of the change or
nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from suport.domain import consent, deadlines, owed_mail, retention
from suport.domain.category import Category
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Action, Consent, Content, Done, Entry, Message, next_entry_id
from suport.domain.incident import Actor, Incident, Reason, Status, Written
from suport.domain.owed_mail import MailKind, OwedMail

KEYED = 25  # latest requests with a key that are recognised; more than a day's messages
TOLD_AS_CHANGED = {
    *("status", "category", "claimed_by", "snoozed_until", "last_written"),
    *("files", "mail_trouble", "ending_told"),
}
"""What a team follows: a change of any of these moves `changed_at`, as does a mail set aside."""


class Change:
    """A draft of what to write: new entries, and new values of the incident's fields."""

    def __init__(self, seen: Incident, now: datetime) -> None:
        """An empty draft; `seen` is the incident as it was read."""
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
        """Adds an entry. It comes after all others of the incident, whatever the clocks say."""
        entry = new_entry(content, self.now, self._latest)
        self.entries.append(entry)
        return entry

    def act(self, done: Done, by: Actor, **about: Any) -> Entry:
        """Adds what somebody did; see `history.Action` for the facts about it."""
        return self.add(Action(done=done, by=by, **about))

    def set(self, **fields: Any) -> None:
        """Gives the incident's fields these values; None takes one away."""
        before = self.result
        self.fields |= fields
        if self.result.status is not before.status:
            left = dict.fromkeys([*before.former_states, before.status])
            self.fields["former_states"] = tuple(left)

    def queue(self, reason: Reason) -> None:
        """Marks the incident, as nobody's, for its team's queue; `route_incident` puts it there."""
        self.set(status=Status.QUEUED, claimed_by=None, claimed_at=None, snoozed_until=None)
        self.set(**to_be_routed(reason, self._latest, self.now))

    def pass_on(self, to: Category) -> None:
        """Gives the incident to another team.

        There it is linked to nothing: somebody found that it is another matter.
        """
        teams = tuple(dict.fromkeys([*self.seen.former_teams, self.seen.category]))
        self.set(category=to, former_teams=teams, known_problem=None, answered_with=None)

    def citizen_writes(self, entry: Entry) -> None:
        """Marks this message or file of the citizen as new to the team; it ends a snooze.

        `service_acts.follow_up` does what follows from the end of the snooze. The message in the
        queue about a linked incident may have been passed over; its team gets another one.
        """
        self.set(last_written=Written(self.now, Actor.CITIZEN), citizen_wrote=entry.id)
        self.set(unread=self.seen.unread + 1)
        if self.result.snoozed_until:
            self.set(snoozed_until=self.now)
        if self.seen.is_left_to_all and self.result.status is Status.QUEUED:
            self.queue(self.result.route_reason or Reason.CITIZEN_REPLIED)

    def operator_writes(self, operator: str, body: str) -> Entry:
        """Adds a message to the citizen; the first one sets when the team first answered."""
        if self.seen.first_answered_at is None:
            self.set(first_answered_at=self.now)
        self.set(last_written=Written(self.now, Actor.OPERATOR))
        return self.add(Message(by=Actor.OPERATOR, operator=operator, body=body))

    def operator_sees(self, operator: str) -> None:
        """Marks all that the citizen wrote as read, if this operator has the incident.

        What nobody has stays unread, however many look: it still waits for somebody to take it.
        """
        if self.seen.unread and self.result.claimed_by == operator:
            self.set(unread=0)

    def stand_alone(self, operator: str) -> Entry | None:
        """Has the incident answered by itself, if it followed another one; returns the entry."""
        leader = self.seen.answered_with
        if leader is None:
            return None
        self.set(answered_with=None)
        return self.act(Done.UNFOLLOWED, Actor.OPERATOR, operator=operator, leader=leader)

    @property
    def mails(self) -> dict[str, OwedMail]:
        """The mails that are owed once this is written."""
        mails: dict[str, OwedMail] = self.fields.get("mails", self.seen.mails)
        return mails

    def owe_mail(
        self, kind: MailKind, entry: str, words: Entry | None = None, to: str | None = None
    ) -> None:
        """Owes the citizen the mail about this entry, if mail reaches them at all.

        to: the address that the incident has had until this change, and that the mail goes to.
        """
        if to or may_be_mailed(self.result):
            request = next_entry_id(self.now, self._latest)
            thread = owed_mail.oldest_first(self.seen.mail_thread) if to else ()
            about = {"words": words.id if words else None, "to": to, "thread": thread}
            mail = owed_mail.owed(kind, request, self.now, **about)
            self.set(mails=self.mails | {entry: mail})

    def change_mail(self, entry: str, mail: OwedMail) -> None:
        """Records how far that owed mail has got."""
        if mail != self.mails[entry]:
            self.set(mails=self.mails | {entry: mail})

    def settle_mail(self, entry: str) -> None:
        """Removes that mail from those that are owed."""
        self.set(mails={name: mail for name, mail in self.mails.items() if name != entry})

    def wait_no_longer(self) -> None:
        """Queues an incident that waits for its citizen in vain: the team must find another way."""
        if self.result.status is Status.WAITING:
            self.queue(Reason.REQUEUED)

    def end_consent(
        self, scope: Scope, *, by: Actor | None = None, operator: str | None = None
    ) -> None:
        """Ends this consent, if it is in force, and any that depends on it, each with an entry."""
        remaining = dict(self.result.consents)
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
        """Ends the help with the incident, and every consent with it.

        words: the operator's last message, which the mail about the solution quotes.
        """
        resolved = self.act(Done.RESOLVED, by, operator=operator)
        self.set(
            status=Status.RESOLVED,
            resolved_at=self.now,
            resolved_by=by,
            route_reason=None,
            route_request=None,
            due_at=None,
            claimed_by=None,
            claimed_at=None,
            snoozed_until=None,
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
    """What to write about an attempt that is refused, and what to raise once it is written."""

    change: Change
    reason: Exception


def new_entry(content: Content, now: datetime, after: str | None) -> Entry:
    """An entry of that moment. It comes after the entry `after`, whatever the clocks say."""
    return Entry(
        id=next_entry_id(now, after),
        recorded_at=now,
        expires_at=retention.expires_at(now),
        content=content,
    )


def may_be_mailed(incident: Incident) -> bool:
    """Whether mail reaches the citizen, as far as anybody knows."""
    return "email" in incident.contact and incident.mail_trouble is None


def to_be_routed(reason: Reason, after: str, now: datetime) -> dict[str, Any]:
    """The fields of an incident that has to be put into its team's queue."""
    return {
        "route_reason": reason,
        "route_request": next_entry_id(now, after),
        "due_at": deadlines.due_at(Status.RECEIVED, now),
    }


def request_digest(key: str, *request: str) -> str:
    """A digest of a request and its key, by which the service recognises a repetition.

    It has 128 bits: enough to rule out a collision, and few enough to keep the item small.
    """
    return hashlib.sha256("\n".join([key, *request]).encode()).hexdigest()[:32]


def remembered(keyed: Mapping[str, str], digest: str, entry: Entry) -> dict[str, str]:
    """The latest `KEYED` entries, with this one, by the digests of their requests.

    The table keeps no order in a map; the ids give the order of the entries.
    """
    latest = sorted({**keyed, digest: entry.id}.items(), key=itemgetter(1))
    return dict(latest[-KEYED:])
