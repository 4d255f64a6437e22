"""What the service does with an incident by itself."""

from dataclasses import dataclass
from datetime import datetime

from suport.domain import (
    contact_acts,
    deadlines,
    erasure,
    file_acts,
    mail_acts,
    overdue,
    owed_mail,
)
from suport.domain.change import Change, Decision
from suport.domain.consent import Scope
from suport.domain.deadlines import (
    Wake,
    ending_is_due,
    first_words_are_due,
    snooze_is_over,
)
from suport.domain.history import Done, next_entry_id
from suport.domain.incident import Actor, Incident, Reason, Status
from suport.domain.overdue import Overdue, Part
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.working_hours import AROUND_THE_CLOCK, WorkingHours


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """What was done when the service looked at one incident again: how many of each."""

    mails_requested: int = 0
    mails_set_aside: int = 0
    files_not_scanned: int = 0
    ending: int = 0
    first_words_erased: int = 0
    resumed: int = 0


def mark_queued(incident: Incident, now: datetime, routed: Incident) -> Decision[None]:
    """Records that the incident, as it was routed, was put into its team's queue.

    Nothing is recorded if that is already recorded, or if the incident was claimed, or has to be
    queued again in the meantime: that change brings its own record to the stream.
    """
    change = Change(incident, now)
    if incident.route_reason and incident.route_request == routed.route_request:
        change.act(Done.QUEUED, Actor.SERVICE, reason=routed.route_reason)
        change.set(
            status=Status.QUEUED,
            route_reason=None,
            route_request=None,
            due_at=deadlines.queue_due_at(incident, now),
        )
    return Decision(change, None)


def wake(incident: Incident, now: datetime, *, is_led: bool = False) -> Decision[Wake | None]:
    """Does what is due to the incident now, and returns what that was; None if nothing is due.

    is_led: whether the incident that it follows is open, and so an answer for both may come. If
    not, however that one has ended, its team has it again.
    """
    change = Change(incident, now)
    due = deadlines.due(incident, now)
    match due:
        case Wake.REROUTED:  # the change brings the item to the stream again
            change.act(Done.REROUTED, Actor.SERVICE, reason=incident.route_reason)
            change.set(due_at=deadlines.due_at(Status.RECEIVED, now))
        case Wake.REQUEUED if is_led and incident.is_left_to_all:
            change.set(due_at=deadlines.queue_due_at(incident, now))
            due = None
        case Wake.REQUEUED | Wake.RELEASED:
            change.act(Done(due), Actor.SERVICE)
            if incident.answered_with and due is Wake.REQUEUED:  # in vain
                change.set(answered_with=None, unread=max(incident.unread, 1))
            change.queue(Reason.REQUEUED)
        case Wake.RESOLVED:
            change.resolve(Actor.SERVICE)
        case None:
            pass
    return Decision(change, due)


def follow_up(
    incident: Incident, now: datetime, hours: WorkingHours = AROUND_THE_CLOCK
) -> Decision[FollowedUp]:
    """Does what is due to an incident besides its team's work. hours: those of the team.

    A mail that is still owed is asked for again, or set aside if that is hopeless. A file whose
    scan is overdue is marked as unscannable. Another address that nobody confirmed in time is
    dropped, and so is a request for the erasure. A snoozed incident comes back to its operator. The
    citizen of an open incident is told once that its end is near. What the citizen first wrote is
    erased after its own six months.
    """
    change = Change(incident, now)
    requested = set_aside = 0
    for entry, mail in incident.mails.items():
        if now < mail.ask_again_at:
            continue
        if reason := owed_mail.hopeless(mail, now):
            mail_acts.give_up(change, entry, reason)
            set_aside += 1
        else:
            request = next_entry_id(now, mail.request)
            change.change_mail(entry, owed_mail.requested_again(mail, request, now))
            requested += 1
    not_scanned = file_acts.give_up_scans(change)
    contact_acts.drop_address(change)
    erasure.drop_request(change)
    if resumed := snooze_is_over(incident, now):
        _resume(change, hours)
    if ending := ending_is_due(incident, now):
        _tell_of_ending(change)
    if erased := first_words_are_due(incident, now):
        change.set(holds_first_words=False)
    done = FollowedUp(
        *(requested, set_aside, not_scanned, int(ending), int(erased)), resumed=int(resumed)
    )
    return Decision(change, done)


def take_back(change: Change, hours: WorkingHours = AROUND_THE_CLOCK) -> None:
    """Makes an incident whole that comes back from a recovery copy of the register.

    Nobody knows what happened to it after the copy was made. Its team gets it again, even if the
    message about it is still in the queue. The operator who has it, or the citizen who is waited
    for, has the full time again. A consent may have been withdrawn meanwhile: none is in force any
    more. A mail that is owed stays owed, and may reach the citizen twice. hours: those of the team.
    """
    incident, now = change.seen, change.now
    change.act(Done.RESTORED, Actor.SERVICE)
    change.end_consent(Scope.VIEW, by=Actor.SERVICE)  # control with it
    if incident.status in {Status.RECEIVED, Status.QUEUED}:
        change.queue(incident.route_reason or Reason.REQUEUED)
    elif incident.due_at:
        change.set(due_at=deadlines.due_at(incident.status, now))
        if incident.status is Status.CLAIMED:
            change.set(due_at=deadlines.claim_due_at(incident, now, hours))


def erase_expired_parts(incident: Incident, now: datetime) -> Decision[list[Part]]:
    """Takes from the incident the parts that are past their own time; returns these.

    incident: as it is stored, with what reads hide. An owed mail is set aside, and a request that
    nobody confirmed is dropped, with the entry that says so.
    """
    change = Change(incident, now)
    expired = overdue.expired_parts(incident, now)
    kinds = {part.kind for part in expired}
    for field, kind in _FIELDS:
        if kind in kinds:
            kept = overdue.without(getattr(incident, field), expired, kind)
            change.set(**{field: kept})
    if Overdue.FIRST_WORDS in kinds:
        change.set(holds_first_words=False)
    if Overdue.RATING in kinds:
        change.set(rating=None, rated_at=None)
    for part in expired:
        if part.kind is Overdue.MAIL:
            mail_acts.give_up(change, part.name, SetAside.EXPIRED)
    contact_acts.drop_address(change)
    erasure.drop_request(change)
    return Decision(change, expired)


_FIELDS = (
    ("consents", Overdue.CONSENT),
    ("files", Overdue.FILE),
    ("keyed_messages", Overdue.REQUEST),
    ("keyed_work", Overdue.REQUEST),
    ("mail_thread", Overdue.SENT_MAIL),
    ("written_on", Overdue.MESSAGE_COUNT),
)
"""The fields that hold several parts, and of which kind."""


def _resume(change: Change, hours: WorkingHours) -> None:
    """Brings a snoozed incident back to its operator, with the full time of a claim.

    It comes back as unread, unless what the citizen wrote ended the snooze: the operator may have
    read that in the meantime.
    """
    incident = change.seen
    change.act(Done.RESUMED, Actor.SERVICE)
    change.set(snoozed_until=None)
    written = incident.last_written
    if written is None or (written.at, written.by) != (incident.snoozed_until, Actor.CITIZEN):
        change.set(unread=max(incident.unread, 1))
    if incident.status is Status.CLAIMED:
        change.set(due_at=deadlines.claim_due_at(incident, change.now, hours))


def _tell_of_ending(change: Change) -> None:
    """Owes the reminder once for each end; after that the incident is only counted, once a day."""
    change.set(ending_counted_at=change.now)
    if change.seen.ending_told != change.seen.expires_at:
        told = change.act(Done.ENDING, Actor.SERVICE)
        change.owe_mail(MailKind.ENDING, told.id)
        change.set(ending_told=change.seen.expires_at)
