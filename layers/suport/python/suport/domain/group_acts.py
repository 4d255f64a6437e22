"""What is done with many incidents at once: link them to a known problem, and answer them all."""

from datetime import datetime

from suport.domain import deadlines
from suport.domain.change import Change, Decision, remembered
from suport.domain.group_answer import Act, GroupAnswer, Skipped, digest
from suport.domain.history import Done, Entry
from suport.domain.incident import Actor, Incident, Reason, Status, Written
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, Work
from suport.domain.owed_mail import MailKind


class LinkedElsewhere(Exception):
    """The incident is linked to another known problem by now."""


def link_problem(incident: Incident, now: datetime, work: Work, problem: str) -> Decision[None]:
    """Links the incident to that known problem; changes nothing if it is linked to it already.

    From then on its team has nothing to do with it: the operator who has it and links it gives it
    away. If its citizen wrote anything besides what they first wrote, that stays unread.

    Raises
    ------
    AlreadyResolved
    """
    change = Change(incident, now)
    if incident.known_problem == problem:
        return Decision(change, None)
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    if incident.known_problem is not None:  # its history names both
        left = {"operator": work.operator, "problem": incident.known_problem}
        change.act(Done.PROBLEM_UNLINKED, Actor.OPERATOR, **left)
    change.act(Done.PROBLEM_LINKED, Actor.OPERATOR, operator=work.operator, problem=problem)
    change.set(known_problem=problem)
    _leave_to_others(change, work)
    return Decision(change, None)


def unlink_problem(incident: Incident, now: datetime, work: Work, problem: str) -> Decision[None]:
    """Undoes the link to that known problem, if there is any: its team has to deal with it again.

    Raises
    ------
    LinkedElsewhere
        If it was linked to another one since somebody saw it.
    """
    change = Change(incident, now)
    if incident.known_problem not in {None, problem}:
        raise LinkedElsewhere
    if incident.known_problem is not None:
        _unlink(change, work.operator)
    return Decision(change, None)


def follow(incident: Incident, now: datetime, work: Work, leader: Incident) -> Decision[None]:
    """Has the incident answered together with another one of the same citizen; once.

    As with `link_problem`, its team has nothing to do with it from then on. If the leader ends in
    another way than by an answer for both, its team has it again: see `service_acts.wake`.

    Raises
    ------
    AlreadyResolved, ClaimedByAnother
    ValueError
        If the leader is the incident itself, follows another one, or is with another team.
    """
    change = Change(incident, now)
    if incident.answered_with == leader.reference:
        return Decision(change, None)
    if leader.reference == incident.reference or leader.answered_with:
        raise ValueError("an incident follows another one, which follows none")
    if leader.category is not incident.category:
        raise ValueError("both are with one team")
    if Status.RESOLVED in {incident.status, leader.status}:
        raise AlreadyResolved
    if incident.claimed_by not in {None, work.operator}:
        raise ClaimedByAnother(str(incident.claimed_by))
    followed = {"operator": work.operator, "leader": leader.reference}
    change.act(Done.FOLLOWED, Actor.OPERATOR, **followed)
    change.set(answered_with=leader.reference)
    _leave_to_others(change, work)
    return Decision(change, None)


def may_lead(leader: Incident, incident: Incident) -> bool:
    """Whether an answer to the leader can still be one to the incident, too."""
    return (
        leader.status is not Status.RESOLVED
        and leader.category is incident.category
        and leader.answered_with is None
    )


def unfollow(incident: Incident, now: datetime, work: Work) -> Decision[None]:
    """Has the incident answered by itself again, if it followed another one."""
    change = Change(incident, now)
    if incident.answered_with is not None:
        _unfollow(change, work.operator)
    return Decision(change, None)


def answer_for_all(incident: Incident, now: datetime, job: GroupAnswer) -> Decision[Skipped | None]:
    """Does with the incident what the job says, in its citizen's language; anybody may have it.

    Nothing is done if the job did it before: the incident remembers. If the job is not, or no
    longer, for the incident, the answer says why. No incident is resolved while something that its
    citizen wrote is unread; if its leader is, its team has it again.
    """
    change = Change(incident, now)
    this_act = digest(job.id, incident.reference)
    if this_act in incident.keyed_work:
        return Decision(change, None)
    if why := _skipped(incident, job):
        if why is Skipped.UNREAD and job.leader:  # which is over: nobody else would answer this one
            _unfollow(change, job.by)
        return Decision(change, why)
    if job.act is Act.LINK:
        assert job.problem, "an incident is linked to a known problem"
        work = Work(job.by, incident.category)
        return Decision(link_problem(incident, now, work, job.problem).change, None)
    words = None
    if job.bodies is not None:
        words = change.operator_writes(job.by, job.bodies[incident.language])
    done = _do(change, job, words)
    change.set(keyed_work=remembered(incident.keyed_work, this_act, done))
    return Decision(change, None)


def _skipped(incident: Incident, job: GroupAnswer) -> Skipped | None:
    if job.act is Act.LINK and incident.known_problem not in {None, job.problem}:
        return Skipped.ELSEWHERE
    if job.act is not Act.LINK and job.problem and incident.known_problem != job.problem:
        return Skipped.UNLINKED
    if job.leader and incident.answered_with != job.leader:
        return Skipped.UNLINKED
    if incident.status is Status.RESOLVED:
        return Skipped.RESOLVED
    if incident.unread and job.act is Act.RESOLVE:
        return Skipped.UNREAD
    return None


def _do(change: Change, job: GroupAnswer, words: Entry | None) -> Entry:
    """Does the job's act, after its words; returns an entry of it."""
    if job.act is Act.RESOLVE:
        if change.seen.first_answered_at is None:  # a solution is an answer, too
            change.set(first_answered_at=change.now)
        return change.resolve(Actor.OPERATOR, words, job.by)
    if words:
        asks = job.act is Act.ASK
        change.owe_mail(MailKind.QUESTION if asks else MailKind.REPLY, words.id, words)
    if job.act is Act.GIVE_BACK:
        return _unfollow(change, job.by) if job.leader else _unlink(change, job.by)
    assert words, "a job that tells or asks has words"
    if job.act is Act.ASK:
        change.act(Done.ASKED, Actor.OPERATOR, operator=job.by)
        change.set(
            status=Status.WAITING,
            snoozed_until=None,
            route_reason=None,
            route_request=None,
            due_at=deadlines.due_at(Status.WAITING, change.now),
        )
    elif change.seen.status is Status.WAITING:  # as after an operator's message
        change.set(due_at=deadlines.due_at(Status.WAITING, change.now))
    elif job.leader and change.seen.status is Status.QUEUED and not change.seen.route_reason:
        change.set(due_at=deadlines.queue_due_at(change.seen, change.now))
    return words


def _leave_to_others(change: Change, work: Work) -> None:
    """Takes the incident from the operator, and as read if its citizen only reported it.

    If there is something that nobody has read, its team's queue gets it, which has no message about
    an incident that was claimed.
    """
    incident = change.seen
    if incident.last_written == Written(incident.submitted_at, Actor.CITIZEN):
        change.set(unread=0)
    if incident.status is Status.CLAIMED and incident.claimed_by == work.operator:
        if change.result.unread:
            change.queue(Reason.CITIZEN_REPLIED)
            return
        change.set(status=Status.QUEUED, claimed_by=None, claimed_at=None, snoozed_until=None)
    if change.result.status is Status.QUEUED and not incident.route_reason:
        change.set(due_at=deadlines.queue_due_at(change.result, change.now))


def _unfollow(change: Change, operator: str) -> Entry:
    alone = change.stand_alone(operator)
    assert alone, "the incident follows another one"
    _back_to_team(change)
    return alone


def _unlink(change: Change, operator: str) -> Entry:
    """Undoes the link to a known problem."""
    incident = change.seen
    unlinked = change.act(
        *(Done.PROBLEM_UNLINKED, Actor.OPERATOR), operator=operator, problem=incident.known_problem
    )
    change.set(known_problem=None)
    _back_to_team(change)
    return unlinked


def _back_to_team(change: Change) -> None:
    """Makes an incident that nobody has unread again, and has it queued."""
    incident = change.seen
    if incident.status in {Status.RECEIVED, Status.QUEUED}:
        change.set(unread=max(incident.unread, 1))
        change.queue(incident.route_reason or Reason.REQUEUED)
