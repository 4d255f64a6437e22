"""What the two pages of a remote session are told, ready for JSON."""

from datetime import datetime
from typing import Any

from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.domain.remote_session import (
    Control,
    Permissions,
    RemoteSession,
    State,
    is_silent,
    standing_control,
)
from suport.runtime.relay import Connection
from suport.runtime.settings import SupportTool


def citizens_state(
    session: RemoteSession,
    incident: Incident | None,
    now: datetime,
    *,
    connection: Connection,
    tool: SupportTool | None,
    answer: str | None,
) -> dict[str, Any]:
    """The session for the page of its citizen. answer: to that page's offer, once there is one."""
    is_watched = bool(session.answered) and not is_silent(session.operator_seen, now)
    return {
        **_common(session, incident, connection),
        "wanted": session.wanted,
        "answer": answer,
        "operator_here": is_watched and session.state is State.VIEWING,
        "tool": tool._asdict() if tool else None,
    }


def operators_state(
    session: RemoteSession,
    incident: Incident | None,
    *,
    connection: Connection,
    tool: SupportTool | None,
    offer: str | None,
    code: str,
) -> dict[str, Any]:
    """The session for the page of its operator; the tool's link only once control is accepted.

    offer: the latest, if the page has not had it. code: admits the citizen.
    """
    is_invited = session.state is State.INVITED
    common = _common(session, incident, connection)
    may_control = common["control"] == Control.ACCEPTED
    return {
        **common,
        "join_code": code if is_invited else None,
        "join_by": utc_text(session.until) if is_invited else None,
        "offer": offer,
        "tool": tool._asdict() if tool and may_control else None,
    }


def permissions_view(allowed: Permissions) -> dict[str, Any]:
    """What an external tool may let through, and until when it may rely on this."""
    until = utc_text(allowed.until) if allowed.until else None
    return {"view": allowed.view, "control": allowed.control, "until": until}


def _common(
    session: RemoteSession, incident: Incident | None, connection: Connection
) -> dict[str, Any]:
    ending = session.ending
    return {
        "state": session.state,
        "surface": session.surface,
        "offered": session.offered,
        "answered": session.answered,
        "control": standing_control(session, incident) if incident else None,
        "until": utc_text(session.until) if session.is_open and session.joined_at else None,
        "ended": {"by": ending.by, "reason": ending.reason} if ending else None,
        **connection.as_facts(),
    }
