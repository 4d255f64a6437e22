"""What citizens do with their incident: write, close, reopen, rate, agree and withdraw."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from suport.domain import consent
from suport.domain.change import (
    Change,
    Decision,
    new_entry,
    remembered,
    to_be_routed,
)
from suport.domain.consent import ConsentAction, NoticeIdentity, Scope, StandingConsent
from suport.domain.deadlines import may_reopen
from suport.domain.history import (
    Action,
    Consent,
    Done,
    Entry,
    LookPurpose,
    Message,
    Rating,
    next_entry_id,
)
from suport.domain.incident import Actor, Channel, Incident, Reason, Status, Written
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.operator_acts import AlreadyResolved
from suport.domain.operator_identity import Operator
from suport.domain.owed_mail import OF_THE_INCIDENT, MailKind, owed
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.submission import Submission
from suport.domain.working_days import answer_by

MOST_MESSAGES_A_DAY = 20  # from a citizen, on one calendar day of Madrid


class ReopeningOver(Exception):
    """The incident was resolved so long ago that its citizen can no longer reopen it."""


class NotResolved(Exception):
    """The citizen rates an incident that is still open, or that no operator has resolved."""


class TooManyMessages(Exception):
    """The citizen has written all the messages of one day; the next is possible at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def submit(
    submission: Submission,
    reference: Reference,
    now: datetime,
    operator: Operator | None = None,
    *,
    closed_dates: Collection[date] = (),
) -> tuple[Incident, Entry | None]:
    """A new incident, marked for its team's queue, and the first entry of its history.

    operator: the one who wrote it down, if the citizen called; only then is there an entry. It also
    records a look at the contact data, because the citizen told them. closed_dates: do not count
    among the days within which a topic has to be answered.
    """
    call = None
    if operator is not None:
        phoned = Action(
            done=Done.PHONED,
            by=Actor.OPERATOR,
            operator=operator.name,
            team=operator.team,
            purpose=LookPurpose.CALL,
            contact=True,
        )
        call = new_entry(phoned, now, None)
    first = call.id if call else next_entry_id(now)
    mails = {}
    if "email" in submission.contact:
        mails[OF_THE_INCIDENT] = owed(MailKind.ACKNOWLEDGEMENT, next_entry_id(now, first), now)
    incident = Incident(
        reference=reference,
        category=submission.category,
        status=Status.RECEIVED,
        language=submission.language,
        submitted_at=now,
        expires_at=expires_at(now),
        last_entry=first,
        description=submission.description,
        origin=Channel.PHONE if call else Channel.WEB,
        error=submission.error,
        procedure=submission.procedure,
        contact=submission.contact,
        context=submission.context,
        privacy_notice=submission.privacy_notice,
        topic=submission.topic,
        answer_by=answer_by(now, closed_dates) if submission.topic else None,
        mails=mails,
        last_written=Written(now, Actor.CITIZEN),
        citizen_wrote=first,
        unread=1,
        changed_at=now,
        **to_be_routed(Reason.SUBMITTED, first, now),
    )
    return incident, call


def write(
    incident: Incident, now: datetime, body: str, digest: str | None = None
) -> Decision[Entry]:
    """Adds the citizen's message.

    An incident that is resolved or waits for its citizen is queued again: nobody would look at
    the message otherwise. digest: identifies a repetition, see `change.request_digest`.

    Raises
    ------
    ReopeningOver, TooManyMessages
    """
    change = Change(incident, now)
    change.set(written_on=after_one_more_message(incident.written_on, now))
    if incident.status is Status.RESOLVED:
        _reopen(change)
    elif incident.status is Status.WAITING:
        change.queue(Reason.CITIZEN_REPLIED)
    message = change.add(Message(by=Actor.CITIZEN, body=body))
    change.citizen_writes(message)
    if digest:
        change.set(keyed_messages=remembered(incident.keyed_messages, digest, message))
    return Decision(change, message)


def close(incident: Incident, now: datetime) -> Decision[None]:
    """Ends the help because the citizen needs no more; changes nothing if it has ended already."""
    change = Change(incident, now)
    if incident.status is not Status.RESOLVED:
        change.resolve(Actor.CITIZEN)
    return Decision(change, None)


def reopen(incident: Incident, now: datetime) -> Decision[None]:
    """Puts a resolved incident back into its team's queue; changes nothing if it is not resolved.

    Reopening counts as one of the day's messages.

    Raises
    ------
    ReopeningOver, TooManyMessages
    """
    change = Change(incident, now)
    if incident.status is Status.RESOLVED:
        change.set(written_on=after_one_more_message(incident.written_on, now))
        change.citizen_writes(_reopen(change))
    return Decision(change, None)


def rate(
    incident: Incident, now: datetime, rating: Rating, latest: Rating | None
) -> Decision[None]:
    """Records how the citizen rates the help with an incident that an operator has resolved.

    latest: the last rating recorded for this resolution; the same rating again adds nothing.

    Raises
    ------
    NotResolved
    """
    if not may_rate(incident):
        raise NotResolved
    change = Change(incident, now)
    if incident.rating != rating.score or latest != rating:
        change.add(rating)
        change.set(rating=rating.score, rated_at=now)
    return Decision(change, None)


def may_rate(incident: Incident) -> bool:
    """Whether its citizen may rate the help: once it is resolved, not where it was only closed.

    An operator resolves an incident; its citizen or silence closes it. One that ended before the
    register named who ended it counts as resolved.
    """
    closed_by = {Actor.CITIZEN, Actor.SERVICE}
    return incident.status is Status.RESOLVED and incident.resolved_by not in closed_by


def grant(
    incident: Incident, now: datetime, scope: Scope, notice: NoticeIdentity
) -> Decision[Entry]:
    """Records that the citizen agrees, having read that notice; returns the consent's entry.

    A consent that is already in force is recorded again only if the notice is another one.

    Raises
    ------
    AlreadyResolved, ControlNeedsView
    """
    if incident.status is Status.RESOLVED:  # consents end with the help
        raise AlreadyResolved
    change = Change(incident, now)
    standing = frozenset(incident.consents)
    if scope in standing:
        if incident.consents[scope].notice == notice:
            return Decision(change, _entry_of(scope, incident.consents[scope]))
        standing -= {scope}
    consent.changes(standing, scope, ConsentAction.GRANT)
    given = Consent(scope=scope, action=ConsentAction.GRANT, notice=notice, given_at=now)
    entry = change.add(given)
    granted = StandingConsent(notice, now, entry.id, entry.expires_at)
    change.set(consents=incident.consents | {scope: granted})
    return Decision(change, entry)


def withdraw(incident: Incident, now: datetime, scope: Scope) -> Decision[Entry | None]:
    """Ends a consent and any that depends on it; returns the entry of the last withdrawal.

    None if the consent is not in force: it was withdrawn before, or never given.
    """
    change = Change(incident, now)
    change.end_consent(scope)
    return Decision(change, change.entries[-1] if change.entries else None)


def export(incident: Incident, now: datetime) -> Decision[None]:
    """Records that the citizen gets a copy of everything."""
    change = Change(incident, now)
    change.act(Done.EXPORTED, Actor.CITIZEN)
    return Decision(change, None)


def after_one_more_message(written_on: Mapping[str, int], now: datetime) -> dict[str, int]:
    """How many messages the citizen has written today, in Madrid, with one more; keyed by the day.

    Raises
    ------
    TooManyMessages
        If the day's messages are used up.
    """
    today = to_madrid(now).date()
    written_today = written_on.get(today.isoformat(), 0)
    if written_today >= MOST_MESSAGES_A_DAY:
        raise TooManyMessages(start_of(today + timedelta(days=1)))
    return {today.isoformat(): written_today + 1}


def _reopen(change: Change) -> Entry:
    if not may_reopen(change.seen, change.now):
        raise ReopeningOver
    reopened = change.act(Done.REOPENED, Actor.CITIZEN)
    change.queue(Reason.REOPENED)
    change.set(resolved_at=None, resolved_by=None, rating=None, reopened_at=change.now)
    change.set(former_states=())
    return reopened


def _entry_of(scope: Scope, given: StandingConsent) -> Entry:
    """The entry by which a consent in force was given."""
    return Entry(
        id=given.record,
        recorded_at=given.given_at,
        expires_at=given.expires_at,
        content=Consent(
            scope=scope,
            action=ConsentAction.GRANT,
            notice=given.notice,
            given_at=given.given_at,
            record=given.record,
        ),
    )
