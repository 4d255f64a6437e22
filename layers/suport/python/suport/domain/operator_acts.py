"""What operators do with the incidents of their team, who may do it, and what they see.

Only the operators of an incident's category see it. Only the operator who has claimed it acts on
it and sees how to reach the citizen. Every look is recorded, and so is every attempt to look that
was refused: because the incident is with another team, or nobody or a colleague has claimed it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Concatenate

from suport.domain import deadlines, retention
from suport.domain.attachment import AddedFile, FileId
from suport.domain.category import Category
from suport.domain.change import Change, Decision, Refused, remembered
from suport.domain.consent import Scope
from suport.domain.file_acts import openable
from suport.domain.history import Done, Entry, Kind, LookPurpose, Message, Note
from suport.domain.incident import Actor, Incident, Reason, Status
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.operator_identity import NotSupervisor, Operator, Role
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.domain.working_hours import AROUND_THE_CLOCK, WorkingHours

LONGEST_SNOOZE = timedelta(days=60)


class OtherTeam(Exception):
    """The incident is not, or no longer, with the operator's team."""


class NotClaimed(Exception):
    """The operator acts on an incident that nobody has claimed."""


class ClaimedByAnother(Exception):
    """Another operator has the incident: `operator` names them."""

    def __init__(self, operator: str) -> None:
        super().__init__(operator)
        self.operator = operator


class AlreadyResolved(Exception):
    """The incident is resolved: only its citizen can reopen it."""


class WaitsForCitizen(Exception):
    """The incident waits for its citizen; the answer brings a message of its own to the queue."""


class AnsweredTogether(Exception):
    """The incident is left to the answer that several get.

    answered_with: another one of its citizen, with which it is answered; None if it is linked to a
    known problem.
    """

    def __init__(self, answered_with: Reference | None = None) -> None:
        super().__init__(answered_with)
        self.answered_with = answered_with


class NoSuchSnooze(Exception):
    """The incident cannot be snoozed until that day, but from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(first, last)
        self.first = first
        self.last = last


class ChangedMeanwhile(Exception):
    """The citizen wrote something that the operator had not seen; nothing was done.

    citizen_wrote: names the latest such entry. written: all of them, the oldest first, once the
    register has looked them up.
    """

    def __init__(self, citizen_wrote: str, written: tuple[Entry, ...] = ()) -> None:
        super().__init__(citizen_wrote)
        self.citizen_wrote = citizen_wrote
        self.written = written


NOT_THEIRS = (AlreadyResolved, NotClaimed, ClaimedByAnother)
"""Why an operator of the incident's own team may not see or do something."""


@dataclass(frozen=True, slots=True)
class Work:
    """A request of an operator.

    digest: identifies a repetition, see `change.request_digest`. seen: names the citizen's entries
    that the operator had read (`Incident.citizen_wrote`); None if the request does not say. hours:
    in which the team works.
    """

    operator: str
    team: Category
    digest: str | None = None
    seen: frozenset[str] | None = None
    hours: WorkingHours = AROUND_THE_CLOCK


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an incident: an operator of a team or, without one, the team's queue."""

    team: Category
    operator: str | None = None


def in_team[**Asked, Answer](
    incident: Incident,
    now: datetime,
    work: Work,
    act: Callable[Concatenate[Incident, datetime, Work, Asked], Decision[Answer] | Refused],
    *asked: Asked.args,
    **options: Asked.kwargs,
) -> Decision[Answer] | Refused:
    """Does the act, or records that the operator asked for an incident of another team.

    An operator may ask in good faith, because of an old message in the queue of a team that has
    passed the incident on: `former` in the entry says that the incident was that team's.
    """
    if incident.category is work.team:
        return act(incident, now, work, *asked, **options)
    change = Change(incident, now)
    former = work.team in incident.former_teams
    _act(change, Done.REFUSED, work, team=work.team, former=former)
    return Refused(change, OtherTeam())


def must_be_for_the_next(incident: Incident, open_problems: Callable[[], Collection[str]]) -> None:
    """Whether the operator who takes the next from the queue is to have this one.

    Its message may be older than what was done since. Once the incident is left to others no more,
    or its citizen writes, it gets a message again. open_problems: gives the ids of the known
    problems that are open; asked only where the incident is linked to one.

    Raises
    ------
    WaitsForCitizen, AnsweredTogether
    """
    # An operator who claimed it because of an older message would take it from the colleague who
    # has asked.
    if incident.status is Status.WAITING:
        raise WaitsForCitizen
    if incident.status in {Status.RECEIVED, Status.QUEUED} and incident.is_left_to_all:
        if incident.answered_with:
            raise AnsweredTogether(incident.answered_with)
        if incident.known_problem in open_problems():
            raise AnsweredTogether


def claim(incident: Incident, now: datetime, work: Work) -> Decision[None]:
    """Gives the incident to this operator, who then sees how to reach the citizen.

    If the operator already has it, only the look is recorded. Anybody in the team may claim an
    incident that waits for its citizen: the operator who asked may be away. One that followed
    another is answered by itself from then on: somebody has found a reason to look into it.

    Raises
    ------
    AlreadyResolved, ClaimedByAnother
    """
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    change = Change(incident, now)
    if incident.status is Status.CLAIMED:
        must_have_claimed(incident, work.operator)
    else:
        _act(change, Done.CLAIMED, work)
        change.stand_alone(work.operator)
        change.set(
            status=Status.CLAIMED,
            claimed_by=work.operator,
            claimed_at=now,
            route_reason=None,
            route_request=None,
            snoozed_until=None,
            due_at=deadlines.due_at(Status.CLAIMED, now, work.hours),
        )
    look(change, work, LookPurpose.CLAIM, contact=True)
    change.operator_sees(work.operator)
    return Decision(change, None)


def take_over(incident: Incident, now: datetime, work: Work, why: str) -> Decision[Entry]:
    """Gives an incident that a colleague has to this operator; `why` is for operators only.

    The operator then sees how to reach the citizen, and has the full time of a claim. If the
    operator already has it, only the look is recorded. An incident that waited for its citizen
    waits no longer: somebody works on it.

    Raises
    ------
    AlreadyResolved, NotClaimed
    """
    _must_be_with_somebody(incident)
    change = Change(incident, now)
    taken = None
    if incident.claimed_by != work.operator:
        taken = _act(change, Done.TAKEN_OVER, work, colleague=incident.claimed_by, why=why)
        change.set(
            status=Status.CLAIMED,
            claimed_by=work.operator,
            claimed_at=now,
            snoozed_until=None,
            due_at=deadlines.due_at(Status.CLAIMED, now, work.hours),
        )
    seen = look(change, work, LookPurpose.HANDOVER, contact=True)
    change.operator_sees(work.operator)
    return _remembering(work, Decision(change, taken or seen))


def hand_over(
    incident: Incident, now: datetime, work: Work, colleague: str, why: str
) -> Decision[Entry]:
    """Gives the incident to a colleague of the team, who has to look at it; `why` is for operators.

    colleague: the name of an operator of the team; the caller knows who that is. The incident goes
    on as it is, claimed or waiting for its citizen. It counts as unread until the colleague looks.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    ValueError
        If the operator names themselves.
    """
    if colleague == work.operator:
        raise ValueError("the operator has the incident already")
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    change.set(claimed_by=colleague, claimed_at=now, unread=max(incident.unread, 1))
    change.set(snoozed_until=None)
    if incident.status is Status.CLAIMED:
        change.set(due_at=deadlines.due_at(Status.CLAIMED, now, work.hours))
    handed_over = _act(change, Done.HANDED_OVER, work, colleague=colleague, why=why)
    return _remembering(work, Decision(change, handed_over))


def view(
    incident: Incident,
    now: datetime,
    work: Work,
    purpose: LookPurpose = LookPurpose.WORK,
    *,
    latest_part: bool = True,
) -> Decision[None]:
    """Records the look, for what it was, and whether it showed how to reach the citizen.

    latest_part: whether the operator is shown what the citizen wrote last.
    """
    change = Change(incident, now)
    look(change, work, purpose, contact=sees_contact(incident, work.operator))
    if latest_part:
        change.operator_sees(work.operator)
    return Decision(change, None)


def find(incident: Incident, now: datetime, work: Work) -> Decision[None]:
    """Records that a search by its citizen's data has shown the operator that there is one.

    Nothing else of it was shown than in a list.
    """
    change = Change(incident, now)
    look(change, work, LookPurpose.SEARCH, contact=False)
    return Decision(change, None)


def view_file(
    incident: Incident, now: datetime, work: Work, file_id: FileId
) -> Decision[AddedFile] | Refused:
    """Shows a file to the operator who has claimed the incident, or records that they asked.

    Raises
    ------
    NoSuchFile
    """
    try:
        must_have_claimed(incident, work.operator)
    except NOT_THEIRS as refusal:
        known = file_id if file_id in incident.files else None  # anything else may be in an address
        return refused_look(incident, now, work, refusal, LookPurpose.FILE, file=known)
    file = openable(incident, file_id)
    change = Change(incident, now)
    look(change, work, LookPurpose.FILE, contact=False, file=file_id)
    return Decision(change, file)


def reply(
    incident: Incident, now: datetime, work: Work, body: str, *, ask: bool = False
) -> Decision[Entry]:
    """Adds a message to the citizen; with `ask`, the incident then waits for the answer.

    An incident that waits already goes on waiting, and its time starts again with this message. One
    that is snoozed comes back when it would have.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    message = change.operator_writes(work.operator, body)
    change.owe_mail(MailKind.QUESTION if ask else MailKind.REPLY, message.id, message)
    if ask:
        _act(change, Done.ASKED, work)
    status = Status.WAITING if ask else incident.status
    change.set(status=status)
    if status is Status.WAITING:
        change.set(due_at=deadlines.due_at(status, now))
    _restart_claim(change, work)
    return _remembering(work, Decision(change, message))


def note(incident: Incident, now: datetime, work: Work, body: str) -> Decision[Entry]:
    """Adds a note that only operators see; anybody in the team may, in any state.

    A note by the operator who has claimed the incident counts as work on it.
    """
    change = Change(incident, now)
    if incident.status is Status.CLAIMED and incident.claimed_by == work.operator:
        _restart_claim(change, work)
    written = change.add(Note(operator=work.operator, body=body))
    return _remembering(work, Decision(change, written))


def snooze(incident: Incident, now: datetime, work: Work, until: date) -> Decision[Entry]:
    """Puts the incident aside for its operator until that day begins in Madrid.

    It comes back then, or as soon as the citizen writes, and its operator has the full time of a
    claim again: see `service_acts.follow_up`. The time of an incident that waits for its citizen
    goes on meanwhile.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    NoSuchSnooze
        If the day is not after today, or is more than `LONGEST_SNOOZE` ahead, or if the incident
        ends before it.
    """
    must_have_claimed(incident, work.operator)
    first, last = snoozable(incident, now)
    if not first <= until <= last:
        raise NoSuchSnooze(first, last)
    change = Change(incident, now)
    change.set(snoozed_until=start_of(until).astimezone(UTC))
    _restart_claim(change, work)
    return _remembering(work, Decision(change, _act(change, Done.SNOOZED, work, until=until)))


def snoozable(incident: Incident, now: datetime) -> tuple[date, date]:
    """The first and the last day until which the incident can be snoozed."""
    today = to_madrid(now).date()
    last = min(today + LONGEST_SNOOZE, retention.last_day_before(incident.expires_at))
    return today + timedelta(days=1), last


def resume(incident: Incident, now: datetime, work: Work) -> Decision[None]:
    """Ends a snooze before its day; changes nothing if the incident is not snoozed.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    if incident.snoozed_until:
        _act(change, Done.RESUMED, work)
        change.set(snoozed_until=None)
        _restart_claim(change, work)
    return Decision(change, None)


def release(
    incident: Incident, now: datetime, work: Work, why: str | None = None
) -> Decision[Entry]:
    """Gives the incident back to the team, into its queue; `why` is for operators only.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    change.queue(Reason.REQUEUED)
    return _remembering(work, Decision(change, _act(change, Done.RELEASED, work, why=why)))


def transfer(
    incident: Incident, now: datetime, work: Work, to: Category, why: str
) -> Decision[Entry]:
    """Passes the incident on to another team, into its queue; `why` is for operators only.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    ValueError
        If the incident is already with that team.
    """
    if to is work.team:
        raise ValueError(f"the incident is with the team {to} already")
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    change.pass_on(to)
    change.queue(Reason.TRANSFERRED)
    passed_on = _act(change, Done.TRANSFERRED, work, from_=work.team, to=to, why=why)
    return _remembering(work, Decision(change, passed_on))


def reassign(  # noqa: PLR0917  they are what a reassignment is
    incident: Incident,
    now: datetime,
    supervisor: Operator,
    seen: Holder,
    to: Holder,
    why: str,
    digest: str | None = None,
    hours: WorkingHours = AROUND_THE_CLOCK,
) -> Decision[Entry]:
    """Gives an incident to an operator, to its team's queue or to another team's; `why` says why.

    The supervisor needs no team, and is shown nothing of the incident: there is no look. The
    citizen gets no mail. seen: who had the incident when the supervisor decided. to: the caller
    makes sure that the operator is in that team. To its new operator it counts as unread. An
    incident that waits for its citizen goes on waiting, unless it goes to a queue. digest: see
    `Work`. hours: in which the team works that it goes to.

    Raises
    ------
    NotSupervisor
    OtherTeam, AlreadyResolved, NotClaimed, ClaimedByAnother
        If somebody else than `seen` has the incident, or nobody any more.
    ValueError
        If it would stay where it is.
    """
    if Role.SUPERVISOR not in supervisor.roles:
        raise NotSupervisor
    _must_be_with(incident, seen)
    if to == seen:
        raise ValueError("the incident is there already")
    work = Work(supervisor.name, seen.team, digest)
    change = Change(incident, now)
    about: dict[str, object] = {"held_by": seen.operator, "colleague": to.operator, "why": why}
    if to.team is not seen.team:
        about |= {"from_": seen.team, "to": to.team}
        change.pass_on(to.team)
    if to.operator is None:
        moved = to.team is not seen.team
        change.queue(Reason.TRANSFERRED if moved else Reason.REQUEUED)
    else:
        change.stand_alone(work.operator)
        change.set(
            claimed_by=to.operator,
            claimed_at=now,
            unread=max(incident.unread, 1),
            snoozed_until=None,
            route_reason=None,
            route_request=None,
        )
        if incident.status is not Status.WAITING:
            due_at = deadlines.due_at(Status.CLAIMED, now, hours)
            change.set(status=Status.CLAIMED, due_at=due_at)
    return _remembering(work, Decision(change, _act(change, Done.REASSIGNED, work, **about)))


def resolve(incident: Incident, now: datetime, work: Work, body: str | None) -> Decision[Entry]:
    """Ends the help, with a last message to the citizen if there is one; consents end with it.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    words = None
    if body is not None:
        words = change.operator_writes(work.operator, body)
    elif incident.first_answered_at is None:  # a solution is an answer, too
        change.set(first_answered_at=now)
    resolved = change.resolve(Actor.OPERATOR, words, work.operator)
    return _remembering(work, Decision(change, resolved))


def withdraw(incident: Incident, now: datetime, work: Work, scope: Scope) -> Decision[Entry | None]:
    """Ends a consent because the citizen asked this operator to, see `Change.end_consent`.

    Returns the entry of the last withdrawal; None if the consent is not in force.
    """
    change = Change(incident, now)
    change.end_consent(scope, by=Actor.OPERATOR, operator=work.operator)
    return Decision(change, change.entries[-1] if change.entries else None)


def export(incident: Incident, now: datetime, work: Work) -> Decision[None] | Refused:
    """Records that the operator makes a copy of everything for a citizen who asks at the desk.

    It also records that they asked in vain, because they have not claimed the incident.
    """
    try:
        must_be_at_hand(incident, work.operator)
    except NOT_THEIRS as refusal:
        return refused_look(incident, now, work, refusal, LookPurpose.COPY)
    change = Change(incident, now)
    made = {"team": work.team, "purpose": LookPurpose.COPY, "contact": False}
    _act(change, Done.EXPORTED, work, **made)
    return Decision(change, None)


def having_read[**Asked, Answer](
    incident: Incident,
    now: datetime,
    work: Work,
    act: Callable[Concatenate[Incident, datetime, Work, Asked], Decision[Answer]],
    *asked: Asked.args,
    **options: Asked.kwargs,
) -> Decision[Answer] | Refused:
    """Does the act, unless the citizen wrote something that the operator had not read.

    In that case the refusal shows it to the operator.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    if work.seen is None or incident.citizen_wrote in work.seen:
        return act(incident, now, work, *asked, **options)
    must_have_claimed(incident, work.operator)
    change = Change(incident, now)
    look(change, work, LookPurpose.WORK, contact=False)
    change.operator_sees(work.operator)
    return Refused(change, ChangedMeanwhile(incident.citizen_wrote))


def hold(incident: Incident, now: datetime, work: Work) -> Decision[None]:
    """Changes nothing, but raises what would keep this operator from acting on the incident.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    return Decision(Change(incident, now), None)


def must_have_claimed(incident: Incident, operator: str) -> None:
    """Lets only the operator who has claimed an incident act on it.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    _must_be_with_somebody(incident)
    if incident.claimed_by and incident.claimed_by != operator:
        raise ClaimedByAnother(incident.claimed_by)


def must_be_at_hand(incident: Incident, operator: str) -> None:
    """Lets an operator act for a citizen: the one who has claimed the incident.

    Nobody can claim an incident that has ended; its whole team may act on that.

    Raises
    ------
    NotClaimed, ClaimedByAnother
    """
    if incident.status is not Status.RESOLVED:
        must_have_claimed(incident, operator)


def sees_contact(incident: Incident, operator: str) -> bool:
    """Whether this operator may see how to reach the citizen, unmasked."""
    return incident.claimed_by == operator


def is_from_citizen(entry: Entry) -> bool:
    """Whether the citizen wrote or sent this, and the operator therefore has to read it."""
    match entry.content:
        case Message(by=by):
            return by is Actor.CITIZEN
        case _:
            reopened = entry.facts.get("action") == Done.REOPENED
            return reopened or entry.kind is Kind.ATTACHMENT


def look(
    change: Change,
    work: Work,
    purpose: LookPurpose,
    *,
    contact: bool,
    file: FileId | None = None,
) -> Entry:
    """Adds that the operator is shown personal data of the incident, and for what.

    Every act that shows an operator personal data adds one such entry. contact: whether they are
    shown how to reach the citizen. file: the one that they open.
    """
    return _act(
        *(change, Done.VIEWED, work),
        team=work.team,
        purpose=purpose,
        contact=contact,
        file=file,
    )


def refused_look(
    incident: Incident,
    now: datetime,
    work: Work,
    refusal: Exception,
    purpose: LookPurpose,
    *,
    file: FileId | None = None,
) -> Refused:
    """Records that an operator of the incident's own team asked to see what they may not."""
    change = Change(incident, now)
    _act(change, Done.REFUSED, work, team=work.team, purpose=purpose, file=file)
    return Refused(change, refusal)


def _must_be_with_somebody(incident: Incident) -> None:
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    if incident.claimed_by is None:
        raise NotClaimed


def _restart_claim(change: Change, work: Work) -> None:
    """Gives the operator the full time of a claim again, from the end of a snooze on."""
    if deadlines.snooze_is_over(change.result, change.now):
        change.set(snoozed_until=None)
    if change.result.status is Status.CLAIMED:
        change.set(due_at=deadlines.claim_due_at(change.result, change.now, work.hours))


def _must_be_with(incident: Incident, holder: Holder) -> None:
    if incident.category is not holder.team:
        raise OtherTeam
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    if incident.claimed_by != holder.operator:
        raise ClaimedByAnother(incident.claimed_by) if incident.claimed_by else NotClaimed


def _act(change: Change, done: Done, work: Work, **about: object) -> Entry:
    return change.act(done, Actor.OPERATOR, operator=work.operator, **about)


def _remembering(work: Work, decision: Decision[Entry]) -> Decision[Entry]:
    """The same decision; the incident remembers its digest, to recognise a repetition."""
    if work.digest:
        keyed = remembered(decision.change.seen.keyed_work, work.digest, decision.answer)
        decision.change.set(keyed_work=keyed)
    return decision
