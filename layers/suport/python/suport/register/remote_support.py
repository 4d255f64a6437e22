"""Remote sessions and the register together: what happens in a session is recorded with it.

Every step is one transaction over the session's table and the register: nobody sees a screen
without the entry of the consent, and there is no entry of what did not happen. Each question of a
page first looks whether the session has to end, and ends it.
"""

import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from suport.domain import remote_acts
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.consent import NoticeIdentity
from suport.domain.history import Entry
from suport.domain.incident import Actor, Incident
from suport.domain.operator_acts import Work
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Description, Offer, SessionName, Step
from suport.domain.remote_session import (
    MOST_OPEN,
    NOTHING,
    Ending,
    EndReason,
    NoSuchSession,
    Permissions,
    RemoteSession,
    Way,
    due_ending,
    may_be_removed,
    permissions,
)
from suport.register.contention import attempts
from suport.register.errors import Contended, NoSuchIncident, NotBackYet
from suport.register.register import Register
from suport.register.remote_sessions import RemoteSessions

type Belongs = Callable[[RemoteSession], bool]
"""Whether a session is that of the operator, or of the browser, that asks."""

type Ended = Callable[[RemoteSession], None]
"""Called with each session that has ended."""


class TooManySessions(Exception):
    """So many sessions are open that another one would slow all of them down."""


class RemoteSupport:
    """The remote sessions of the incidents in the register. All moments are aware.

    Every method that names an incident raises `NoSuchSession` where it has no session, or that of
    another browser or operator; every act, and every question that notes a page, `Contended`.
    """

    def __init__(self, register: Register, sessions: RemoteSessions, ended: Ended) -> None:
        """Those in that register and that table; `ended` is called with each one that has ended."""
        self._register, self._sessions, self._ended = register, sessions, ended

    # The operator's side

    def invite(
        self,
        reference: Reference,
        operator: str,
        category: Category,
        named: SessionName,
        now: datetime,
    ) -> RemoteSession:
        """Invites the citizen, see `remote_acts.invite`.

        Raises
        ------
        NoSuchIncident, OtherTeam, NotClaimed, ClaimedByAnother, AlreadyResolved, TooManySessions
        """
        work = Work(operator, category)
        self._register.must_be_held_by(reference, operator, category, now)
        others = (each for each in self._sessions.open(now) if each.reference != reference)
        if sum(1 for each in others if now < each.until) >= MOST_OPEN:
            raise TooManySessions

        def invite(before: RemoteSession | None, incident: Incident | None) -> Step:
            if incident is None:
                raise NoSuchIncident(reference)
            return remote_acts.invite(incident, now, work, named, before)

        return self._write(reference, now, invite).session

    def seen_by_operator(
        self,
        reference: Reference,
        operator: Operator,
        now: datetime,
        *,
        picture: bool = False,
        again: bool = False,
    ) -> tuple[RemoteSession, Incident | None]:
        """Notes that the operator's page is there.

        Returns the session and its incident as they are then.
        picture: whether the page has shown a picture. again: whether it was loaded again.
        """
        session = self._sessions.note_operator(reference, operator, now, picture=picture)
        if session is None:
            raise NoSuchSession
        belongs = _is_operators(operator)
        if again:
            session = self._act(reference, now, belongs, remote_acts.want_again)
        return self._as_noted(session, now) or self._as_it_is(reference, now, belongs)

    def latest_of(
        self, reference: Reference, operator: Operator, now: datetime
    ) -> RemoteSession | None:
        """The session of this operator, which may have ended; None if there is none."""
        try:
            return self._as_it_is(reference, now, _is_operators(operator))[0]
        except NoSuchSession:
            return None

    def answer(
        self, reference: Reference, operator: Operator, number: int, sdp: str, now: datetime
    ) -> None:
        """Answers the latest offer, see `remote_acts.answer`."""
        self._act(reference, now, _is_operators(operator), remote_acts.answer, number, sdp)

    def accept_control(self, reference: Reference, operator: Operator, now: datetime) -> None:
        """Accepts the citizen's request, see `remote_acts.accept_control`."""
        self._act(reference, now, _is_operators(operator), remote_acts.accept_control)

    def end_by_operator(self, reference: Reference, operator: Operator, now: datetime) -> None:
        """Ends the session, as its operator wishes."""
        self._stop(reference, now, _is_operators(operator), Actor.OPERATOR)

    def permissions(self, reference: Reference, category: Category, now: datetime) -> Permissions:
        """What the team's operator may do now; nothing with an incident of another team."""
        session = self._sessions.find(reference, now)
        if session is None or session.team is not category:
            return NOTHING
        return permissions(session, self._incident(reference, now), now)

    # The citizen's side. `token_digest` is of the token in the browser that has joined.

    def join_by_code(self, code_digest: str, token_digest: str, now: datetime) -> RemoteSession:
        """Joins the session to which the code with that digest admits."""
        reference = self._sessions.admitted_by(code_digest, now)
        if reference is None:
            raise NoSuchSession

        def belongs(session: RemoteSession) -> bool:
            return session.code_digest == code_digest

        return self._act(reference, now, belongs, remote_acts.join, token_digest, Way.CODE)

    def join_by_incident(
        self, reference: Reference, token_digest: str, now: datetime
    ) -> RemoteSession:
        """Joins the session of an incident that the browser has open."""
        return self._act(reference, now, _is_any, remote_acts.join, token_digest, Way.INCIDENT)

    def invited(self, reference: Reference, now: datetime) -> RemoteSession | None:
        """The session of that incident that waits for its citizen; None if there is none."""
        session = self._sessions.find(reference, now)
        if session is None or session.joined_at or not session.is_open:
            return None
        is_over = due_ending(session, self._incident(reference, now), now)
        return None if is_over else session

    def seen_by_citizen(
        self, reference: Reference, token_digest: str, now: datetime, *, offered: int | None = None
    ) -> tuple[RemoteSession, Incident | None]:
        """Notes that the citizen's page is there.

        Returns the session and its incident as they are then.
        offered: the offer that this page has made; None if no page needs to be noted.
        """
        session = None
        if offered is not None:
            session = self._sessions.note_citizen(reference, token_digest, offered, now)
        known = self._as_noted(session, now) if session else None
        return known or self._as_it_is(reference, now, _is_citizens(token_digest))

    def show(
        self,
        reference: Reference,
        token_digest: str,
        offer: Offer,
        notice: NoticeIdentity | None,
        now: datetime,
    ) -> None:
        """Shows the screen, see `remote_acts.show`: one transaction with the consent."""
        self._act(reference, now, _is_citizens(token_digest), remote_acts.show, offer, notice)

    def pause(self, reference: Reference, token_digest: str, offered: int, now: datetime) -> None:
        """Pauses what that offer shows, see `remote_acts.pause`."""
        self._act(reference, now, _is_citizens(token_digest), remote_acts.pause, offered)

    def ask_for_control(
        self, reference: Reference, token_digest: str, notice: NoticeIdentity, now: datetime
    ) -> None:
        """Asks the operator to act on the computer, see `remote_acts.ask_for_control`."""
        belongs = _is_citizens(token_digest)
        self._act(reference, now, belongs, remote_acts.ask_for_control, notice)

    def withdraw_control(self, reference: Reference, token_digest: str, now: datetime) -> None:
        """Takes that back, see `remote_acts.withdraw_control`."""
        self._act(reference, now, _is_citizens(token_digest), remote_acts.withdraw_control)

    def end_by_citizen(self, reference: Reference, token_digest: str, now: datetime) -> None:
        """Ends the session, as its citizen wishes."""
        self._stop(reference, now, _is_citizens(token_digest), Actor.CITIZEN)

    # Both sides

    def description(
        self, which: Description, session: RemoteSession, number: int, now: datetime
    ) -> str | None:
        """The offer of that number, or the answer to it, while the session is open.

        None if there is none, or a later one has taken its place.
        """
        if not session.is_open:
            return None
        return self._sessions.description(which, session.reference, number, now)

    def consent(self, session: RemoteSession, record: str, now: datetime) -> Entry | None:
        """The entry of a consent that the session rests or rested on; None if it is gone."""
        return self._register.entry(session.reference, record, now)

    def sessions_to_end(self, now: datetime) -> list[Reference]:
        """The incidents whose session has to end, although no page has asked about it since.

        Of an incident that is not back from a recovery copy yet, nobody knows.
        """
        found = []
        for session in self._sessions.open(now):
            with suppress(NotBackYet):
                if due_ending(session, self._incident(session.reference, now), now):
                    found.append(session.reference)
        return found

    def end_overdue(self, reference: Reference, now: datetime) -> None:
        """Ends the session of that incident, if it is still there and has to end."""
        with suppress(NoSuchSession):
            self._as_it_is(reference, now, _is_any)

    def forget(self, reference: Reference, now: datetime) -> None:
        """Removes all of remote support that there is of an erased incident.

        A session that is open ends instead, and stays until both pages have learned why. It is one
        of `sessions_to_forget` then.
        """
        with suppress(NoSuchSession):
            session, _ = self._as_it_is(reference, now, _is_any)
            if not may_be_removed(session, now):
                return
        self._sessions.remove(reference)

    def sessions_to_forget(self, now: datetime) -> list[Reference]:
        """The erased incidents whose session has ended with them long enough ago."""
        ended = self._sessions.ended_by_erasure()
        return [each.reference for each in ended if may_be_removed(each, now)]

    # How it is done

    def _act[**Asked](
        self,
        reference: Reference,
        now: datetime,
        belongs: Belongs,
        act: remote_acts.Act[Asked],
        *asked: Asked.args,
        **options: Asked.kwargs,
    ) -> RemoteSession:
        def decide(session: RemoteSession, incident: Incident | None) -> Step:
            if incident is None:
                raise NoSuchSession
            return act(session, incident, now, *asked, **options)

        return self._step(reference, now, belongs, decide).session

    def _stop(self, reference: Reference, now: datetime, belongs: Belongs, by: Actor) -> None:
        ending = Ending(EndReason.STOPPED, by)
        self._step(
            reference,
            now,
            belongs,
            lambda session, incident: remote_acts.end(session, incident, now, ending),
        )

    def _as_noted(
        self, session: RemoteSession, now: datetime
    ) -> tuple[RemoteSession, Incident | None] | None:
        """The session as it was noted a moment ago, and its incident; None if it has to end."""
        incident = self._incident(session.reference, now)
        return None if due_ending(session, incident, now) else (session, incident)

    def _as_it_is(
        self, reference: Reference, now: datetime, belongs: Belongs
    ) -> tuple[RemoteSession, Incident | None]:
        """The session and its incident now; one that has to end has ended."""

        def decide(session: RemoteSession, incident: Incident | None) -> Step:
            if ending := due_ending(session, incident, now):
                return remote_acts.end(session, incident, now, ending)
            return Step(session, Change(incident, now) if incident else None)

        step = self._step(reference, now, belongs, decide)
        return step.session, step.change.result if step.change else None

    def _step(
        self,
        reference: Reference,
        now: datetime,
        belongs: Belongs,
        decide: Callable[[RemoteSession, Incident | None], Step],
    ) -> Step:
        """Lets the domain decide about a session that `belongs` to the one who asks."""

        def decide_if_there(session: RemoteSession | None, incident: Incident | None) -> Step:
            if session is None or not belongs(session):
                raise NoSuchSession
            return decide(session, incident)

        return self._write(reference, now, decide_if_there)

    def _write(
        self,
        reference: Reference,
        now: datetime,
        decide: Callable[[RemoteSession | None, Incident | None], Step],
    ) -> Step:
        """Reads both, lets the domain decide, and writes all of the decision or nothing."""
        for _ in attempts():
            before = self._sessions.find(reference, now)
            step = decide(before, self._incident(reference, now))
            writes = self._sessions.writes(before, step, now)
            if not writes:
                return step
            if self._register.attempt(step.change, writes):
                if step.ended:
                    self._ended(step.ended)
                return step
        raise Contended

    def _incident(self, reference: Reference, now: datetime) -> Incident | None:
        try:
            return self._register.incident(reference, now)
        except NoSuchIncident:
            return None


def _is_operators(operator: Operator) -> Belongs:
    """The session is of this operator, as long as they are in the team that invited."""
    return lambda session: session.operator == operator.name and session.team in operator.teams


def _is_citizens(token_digest: str) -> Belongs:
    return lambda session: (
        bool(session.token_digest) and hmac.compare_digest(session.token_digest, token_digest)
    )


def _is_any(_: RemoteSession) -> bool:
    return True
