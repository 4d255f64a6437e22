"""What citizens and operators do in a remote session, and how it ends.

Each function decides, from the session, its incident and the moment, what both are afterwards. The
register writes all of it in one transaction or nothing. Only the citizen begins to show the screen,
and only the citizen asks for control; either of them may end the session at any moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Concatenate

from suport.domain import citizen_acts
from suport.domain.change import Change
from suport.domain.consent import NoticeIdentity, Scope
from suport.domain.history import Done
from suport.domain.incident import Actor, Incident
from suport.domain.operator_acts import Work, must_have_claimed
from suport.domain.remote_session import (
    Control,
    Ending,
    EndReason,
    NoSuchSession,
    NotNow,
    RemoteSession,
    State,
    Surface,
    Way,
    due_ending,
    standing_control,
)


class Description(StrEnum):
    """A description of one side's connection (SDP), as the other side needs it."""

    OFFER = "offer"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the citizen's page offers to send.

    number: higher than that of any offer before. replaces: the offer of the same page and the same
    click that it takes the place of; 0 after a click of the citizen.
    """

    number: int
    replaces: int
    sdp: str
    surface: Surface | None


@dataclass(frozen=True, slots=True)
class SessionName:
    """What a session is known by: its id, and the digest of the code that admits to it."""

    id: str
    code_digest: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a session and its incident are after an act.

    change: of the incident; None if it is gone. kept: the descriptions to be stored. forgets:
    whether all that was needed for the connection goes. ended: the session that has ended with it,
    which another one may have replaced.
    """

    session: RemoteSession
    change: Change | None
    kept: Mapping[Description, str] = field(default_factory=lambda: MappingProxyType({}))
    forgets: bool = False
    ended: RemoteSession | None = None


type Act[**Asked] = Callable[Concatenate[RemoteSession, Incident, datetime, Asked], Step]
"""What a citizen or an operator does in a session."""


def invite(
    incident: Incident,
    now: datetime,
    work: Work,
    named: SessionName,
    before: RemoteSession | None,
) -> Step:
    """Invites the citizen to show the screen; a session before is replaced.

    One that had to end, but about which no page has asked since, ends for that other reason.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    must_have_claimed(incident, work.operator)
    change, ended = Change(incident, now), None
    if before and before.is_open:
        ending = due_ending(before, incident, now) or Ending(EndReason.REPLACED, Actor.OPERATOR)
        _record_end(change, before, now, ending)
        ended = _ended(before, now, ending)
    change.act(Done.REMOTE_INVITED, Actor.OPERATOR, operator=work.operator, team=work.team)
    session = RemoteSession(
        id=named.id,
        code_digest=named.code_digest,
        reference=incident.reference,
        operator=work.operator,
        team=work.team,
        claimed_at=incident.claimed_at,
        invited_at=now,
        operator_seen=now,
        revision=before.revision + 1 if before else 1,
    )
    return Step(session, change, forgets=True, ended=ended)


def join(
    session: RemoteSession, incident: Incident, now: datetime, token_digest: str, way: Way
) -> Step:
    """Lets the browser whose token has that digest join; an invitation admits one browser, once.

    Raises
    ------
    NoSuchSession
        If the invitation was used, or is over.
    """
    if session.state is not State.INVITED or due_ending(session, incident, now):
        raise NoSuchSession
    change = Change(incident, now)
    change.act(Done.REMOTE_JOINED, Actor.CITIZEN, via=way)
    joined = _after(
        session,
        state=State.JOINED,
        token_digest=token_digest,
        joined_at=now,
        citizen_seen=now,
    )
    return Step(joined, change)


def show(
    session: RemoteSession,
    incident: Incident,
    now: datetime,
    offer: Offer,
    notice: NoticeIdentity | None,
) -> Step:
    """Shows the screen to the operator: the citizen agrees, having read that notice.

    A repetition changes nothing. An offer that replaces another one needs no agreement and no
    notice: the page connects again, with what it already shows.

    Raises
    ------
    NotNow
        If nobody has joined, or another page shows the screen meanwhile, or the session is over.
    """
    if _is_repeated(session, offer):
        return Step(session, Change(incident, now))
    _must_go_on(session, incident, now, State.JOINED, State.VIEWING, State.PAUSED)
    if offer.number <= session.offered:
        raise NotNow
    kept = {Description.OFFER: offer.sdp}
    numbers = {
        "offered": offer.number,
        "wanted": max(session.wanted, offer.number),
        "offer_digest": _digest(offer.sdp),
        "citizen_seen": now,
    }
    if offer.replaces:
        if session.state is not State.VIEWING or offer.replaces != session.offered:
            raise NotNow
        return Step(_after(session, **numbers), Change(incident, now), kept)
    assert notice  # every click comes with its agreement
    granted = citizen_acts.grant(incident, now, Scope.VIEW, notice)
    change, record = granted.change, granted.answer
    _end_control(change, session)
    shown = {"team": session.team, "consent": record.id, "surface": offer.surface}
    change.act(Done.REMOTE_VIEWING, Actor.CITIZEN, **shown)
    viewing = _after(
        session,
        **numbers,
        state=State.VIEWING,
        surface=offer.surface,
        consent=record.id,
        answered=0,
        answer_digest="",
        control=None,
        viewing_since=now,
        paused_at=None,
        shown=session.shown_by(now),
    )
    return Step(viewing, change, kept)


def pause(session: RemoteSession, incident: Incident, now: datetime, offered: int) -> Step:
    """Pauses what that offer shows, because its page is left; changes nothing if none shows it.

    Nothing is shown until the citizen presses the button again. A request for control ends.
    """
    change = Change(incident, now)
    if session.state is not State.VIEWING or session.offered != offered:
        return Step(session, change)
    _end_control(change, session)
    paused = _after(
        session,
        state=State.PAUSED,
        control=None,
        viewing_since=None,
        paused_at=now,
        shown=session.shown_by(now),
    )
    return Step(paused, change)


def ask_for_control(
    session: RemoteSession, incident: Incident, now: datetime, notice: NoticeIdentity
) -> Step:
    """Asks the operator to act on the computer: the citizen agrees, having read that notice.

    Raises
    ------
    NotNow
        If the screen is not being shown.
    """
    _must_go_on(session, incident, now, State.VIEWING)
    if standing_control(session, incident):
        return Step(session, Change(incident, now))
    granted = citizen_acts.grant(incident, now, Scope.CONTROL, notice)
    asked = _after(session, control=Control.ASKED, control_consent=granted.answer.id)
    return Step(asked, granted.change)


def withdraw_control(session: RemoteSession, incident: Incident, now: datetime) -> Step:
    """Takes the request for control back; changes nothing if there is none."""
    change = Change(incident, now)
    if session.control is None:
        return Step(session, change)
    change.end_consent(Scope.CONTROL)
    return Step(_after(session, control=None), change)


def accept_control(session: RemoteSession, incident: Incident, now: datetime) -> Step:
    """The operator accepts the citizen's request, and gets the way to the external tool.

    Raises
    ------
    NotNow
        If the citizen does not ask for it, or no longer.
    """
    _must_go_on(session, incident, now, State.VIEWING)
    asked = standing_control(session, incident)
    if asked is None:
        raise NotNow
    change = Change(incident, now)
    if asked is Control.ACCEPTED:
        return Step(session, change)
    change.act(Done.REMOTE_CONTROL_ACCEPTED, Actor.OPERATOR, operator=session.operator)
    return Step(_after(session, control=Control.ACCEPTED), change)


def want_again(session: RemoteSession, incident: Incident, now: datetime) -> Step:
    """Asks the citizen's page for another offer: the operator's page was loaded again."""
    change = Change(incident, now)
    if session.state is not State.VIEWING or session.wanted > session.offered:
        return Step(session, change)
    return Step(_after(session, wanted=session.offered + 1), change)


def answer(
    session: RemoteSession, incident: Incident, now: datetime, number: int, sdp: str
) -> Step:
    """Answers that offer, which is the latest; each offer has one answer.

    A repetition changes nothing.

    Raises
    ------
    NotNow
    """
    if _is_answered_so(session, number, sdp):
        return Step(session, Change(incident, now))
    _must_go_on(session, incident, now, State.VIEWING)
    if number != session.offered or session.answered == number:
        raise NotNow
    answered = _after(session, answered=number, answer_digest=_digest(sdp), operator_seen=now)
    return Step(answered, Change(incident, now), {Description.ANSWER: sdp})


def end(session: RemoteSession, incident: Incident | None, now: datetime, ending: Ending) -> Step:
    """Ends the session, and the consents with it that it rested on; once.

    incident: None if it is gone, and with it all that could be recorded.
    """
    change = Change(incident, now) if incident else None
    if not session.is_open:
        return Step(session, change)
    if change:
        _record_end(change, session, now, ending)
    ended = _ended(session, now, ending)
    return Step(ended, change, forgets=True, ended=ended)


def _ended(session: RemoteSession, now: datetime, ending: Ending) -> RemoteSession:
    return _after(
        session,
        state=State.ENDED,
        ended_at=now,
        ending=ending,
        control=None,
        viewing_since=None,
        shown=session.shown_by(_last_seen(session, now, ending)),
    )


def _last_seen(session: RemoteSession, now: datetime, ending: Ending) -> datetime:
    """Until when the screen was seen: the service may notice an end only later."""
    known = {
        EndReason.CITIZEN_SILENT: session.citizen_seen,
        EndReason.OPERATOR_SILENT: session.operator_seen,
        EndReason.TIME: session.until,
    }
    return min(now, known.get(ending.reason) or now)


def _record_end(change: Change, session: RemoteSession, now: datetime, ending: Ending) -> None:
    seen = session.shown_by(_last_seen(session, now, ending))
    seconds = seen // timedelta(seconds=1)
    by_operator = {"operator": session.operator} if ending.by is Actor.OPERATOR else {}
    change.act(Done.REMOTE_ENDED, ending.by, reason=ending.reason, seconds=seconds, **by_operator)
    given = change.seen.consents.get(Scope.VIEW)
    if given and given.record == session.consent:
        # Only its citizen takes a consent back. Every other end of the session ends it, too.
        by_citizen = ending.by is Actor.CITIZEN
        change.end_consent(Scope.VIEW, by=None if by_citizen else Actor.SERVICE)
    else:
        _end_control(change, session)


def _end_control(change: Change, session: RemoteSession) -> None:
    given = change.seen.consents.get(Scope.CONTROL)
    if given and given.record == session.control_consent:
        change.end_consent(Scope.CONTROL, by=Actor.SERVICE)


def _must_go_on(session: RemoteSession, incident: Incident, now: datetime, *states: State) -> None:
    if session.state not in states or due_ending(session, incident, now):
        raise NotNow


def _is_repeated(session: RemoteSession, offer: Offer) -> bool:
    is_latest = offer.number == session.offered
    is_same = _digest(offer.sdp) == session.offer_digest
    return session.state is State.VIEWING and is_latest and is_same


def _is_answered_so(session: RemoteSession, number: int, sdp: str) -> bool:
    is_latest = number == session.answered == session.offered
    is_same = _digest(sdp) == session.answer_digest
    return session.state is State.VIEWING and is_latest and is_same


def _digest(sdp: str) -> str:
    return sha256(sdp.encode()).hexdigest()


def _after(session: RemoteSession, **changes: object) -> RemoteSession:
    return replace(session, **changes, revision=session.revision + 1)  # type: ignore[arg-type]
