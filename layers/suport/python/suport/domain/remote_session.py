"""A remote session: the citizen shows an operator their screen, from one browser to another.

Only the citizen's page sends a picture, and only after the citizen has agreed to it and has chosen
what to show. The service never sees the picture: it brings the two pages together, watches that the
consent is in force, and says who may do what. What the states are and who changes them:

    invited -> joined -> viewing <-> paused, and from each of them to ended

`remote_acts` has what people do; here is what follows from it by itself. Time never turns into a
permission: it only ends one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.incident import Actor, Incident, Status
from suport.domain.reference import Reference

JOIN_WITHIN = timedelta(minutes=10)
"""How long an invitation lasts, and a pause."""
LASTS = timedelta(minutes=60)
"""How long a session lasts at most, from joining on."""
KEPT_FOR = timedelta(hours=2)
"""How long what a session needs is kept, from the invitation on, as are the relay's credentials."""
SILENCE = timedelta(seconds=15)
"""How long a page may say nothing while the screen is shown."""
TOLD_OF_ERASURE_FOR = timedelta(minutes=2)
"""How long a session that ended because its incident was erased stays, for its pages to say so.

A browser may let a page in the background ask only once a minute.
"""
MOST_OPEN = 50
"""Sessions open at once: their polls stay within the API's limits."""


class State(StrEnum):
    """How far a session has got."""

    INVITED = "invited"
    JOINED = "joined"
    VIEWING = "viewing"
    PAUSED = "paused"  # the citizen's page was left or loaded again
    ENDED = "ended"


class Way(StrEnum):
    """How the citizen joined."""

    CODE = "code"  # that the operator told them
    INCIDENT = "incident"  # that they had open


class Surface(StrEnum):
    """What the citizen shows, in the words of the W3C (Screen Capture, `displaySurface`)."""

    TAB = "browser"
    WINDOW = "window"
    SCREEN = "monitor"


class Control(StrEnum):
    """How far the citizen's request for control has got."""

    ASKED = "asked"
    ACCEPTED = "accepted"


class EndReason(StrEnum):
    """Why a session ended."""

    STOPPED = "stopped"  # somebody pressed the button
    WITHDRAWN = "withdrawn"  # the consent
    RELEASED = "released"  # the operator no longer has the incident
    TRANSFERRED = "transferred"  # another team has it
    RESOLVED = "resolved"
    ERASED = "erased"
    REPLACED = "replaced"  # by another invitation
    CITIZEN_SILENT = "citizen_silent"  # their page said nothing any more
    OPERATOR_SILENT = "operator_silent"
    TIME = "time"


class NoSuchSession(LookupError):
    """There is no such session, or it is somebody else's."""


class NotNow(Exception):
    """The session is not in the state for this."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a session ended, and who ended it."""

    reason: EndReason
    by: Actor = Actor.SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSession:
    """A session of one incident. Moments are aware UTC.

    id: names it towards the relay. operator, team: who invited. claimed_at: when that operator had
    taken the incident; the session ends with this claim, even if another one follows. code_digest:
    of the code that the operator tells the citizen. token_digest: of the token that the citizen's
    browser has since joining. wanted: the number of the offer that the operator's page needs;
    offered, answered: those of the latest offer and of the latest answer since the citizen began to
    show the screen. offer_digest, answer_digest: of these, by which a repetition is recognised.
    surface, consent: what is shown, and the entry of the consent to it. control, control_consent:
    the request for control, and the entry of the latest one. viewing_since: since when the screen
    is shown without a pause; shown: for how long it was shown before. picture_at: when the
    operator's page had its first picture. citizen_seen, operator_seen: when their pages last asked.
    ending: once it has ended. revision: counts its changes.
    """

    id: str
    reference: Reference
    operator: str
    team: Category
    invited_at: datetime
    operator_seen: datetime
    code_digest: str
    claimed_at: datetime | None = None
    state: State = State.INVITED
    token_digest: str = ""
    joined_at: datetime | None = None
    citizen_seen: datetime | None = None
    wanted: int = 1
    offered: int = 0
    answered: int = 0
    offer_digest: str = ""
    answer_digest: str = ""
    surface: Surface | None = None
    consent: str | None = None
    control: Control | None = None
    control_consent: str | None = None
    viewing_since: datetime | None = None
    paused_at: datetime | None = None
    shown: timedelta = timedelta()
    picture_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    revision: int = 1

    @property
    def expires_at(self) -> datetime:
        """When nothing of it is to be found any more."""
        return self.invited_at + KEPT_FOR

    @property
    def until(self) -> datetime:
        """When it ends by itself, in its present state."""
        if self.joined_at is None:
            return self.invited_at + JOIN_WITHIN
        last = self.joined_at + LASTS
        return min(last, self.paused_at + JOIN_WITHIN) if self.paused_at else last

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state is not State.ENDED

    def shown_by(self, now: datetime) -> timedelta:
        """For how long the screen was shown, until now."""
        since = self.viewing_since
        return self.shown + max(now - since, timedelta()) if since else self.shown


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the operator may do with the citizen's computer, and until when one may rely on it."""

    view: bool = False
    control: bool = False
    until: datetime | None = None


NOTHING = Permissions()
"""Neither view nor control."""


def due_ending(session: RemoteSession, incident: Incident | None, now: datetime) -> Ending | None:
    """Why an open session has to end now; None if it may go on, or has ended.

    The silence of the operator's page counts once it has answered: until then nobody sees anything.
    incident: as it is now; None if it is gone.
    """
    if not session.is_open:
        return None
    reason = _of_incident(session, incident) or _of_time(session, now)
    if reason is None and session.consent and not _is_standing(incident, Scope.VIEW, session):
        return Ending(EndReason.WITHDRAWN, Actor.CITIZEN)
    return Ending(reason) if reason else None


def may_be_removed(session: RemoteSession, now: datetime) -> bool:
    """Whether nobody needs the session any more, once its incident is erased."""
    if session.ended_at is None or session.ending is None:
        return False
    is_news = session.ending.reason is EndReason.ERASED
    return not is_news or now - session.ended_at >= TOLD_OF_ERASURE_FOR


def _of_incident(session: RemoteSession, incident: Incident | None) -> EndReason | None:
    if incident is None:
        return EndReason.ERASED
    if incident.status is Status.RESOLVED:
        return EndReason.RESOLVED
    if incident.category is not session.team:
        return EndReason.TRANSFERRED
    is_held = incident.claimed_by == session.operator
    is_same_claim = incident.claimed_at == session.claimed_at
    return None if is_held and is_same_claim else EndReason.RELEASED


def _of_time(session: RemoteSession, now: datetime) -> EndReason | None:
    if now >= session.until:
        return EndReason.TIME
    if session.state is State.VIEWING:
        if is_silent(session.citizen_seen, now):
            return EndReason.CITIZEN_SILENT
        if session.answered and is_silent(session.operator_seen, now):
            return EndReason.OPERATOR_SILENT
    return None


def is_silent(seen: datetime | None, now: datetime) -> bool:
    """Whether a page that was seen then has been silent for too long."""
    return seen is None or now - seen > SILENCE


def standing_control(session: RemoteSession, incident: Incident) -> Control | None:
    """How far the request for control has got, if it is still in force."""
    is_asked = session.state is State.VIEWING and _is_standing(incident, Scope.CONTROL, session)
    return session.control if is_asked else None


def permissions(
    session: RemoteSession | None, incident: Incident | None, now: datetime
) -> Permissions:
    """What the operator may do now: nothing in any doubt.

    It may be relied on for the time in which the citizen's page may be silent, and no longer.
    """
    if session is None or incident is None or session.state is not State.VIEWING:
        return NOTHING
    if session.citizen_seen is None or due_ending(session, incident, now):
        return NOTHING
    if not _is_standing(incident, Scope.VIEW, session):
        return NOTHING
    control = standing_control(session, incident) is Control.ACCEPTED
    until = min(session.citizen_seen + SILENCE, session.until)
    return Permissions(view=True, control=control, until=until)


def _is_standing(incident: Incident | None, scope: Scope, session: RemoteSession) -> bool:
    """Whether the consent on which the session rests is in force: that one, and no other."""
    record = session.consent if scope is Scope.VIEW else session.control_consent
    given = incident.consents.get(scope) if incident else None
    return given is not None and given.record == record
