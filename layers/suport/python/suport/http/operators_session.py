"""What an operator does with a remote session, at the web desk and by the signed API alike."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from suport.domain import join_code
from suport.domain.category import Category
from suport.domain.incident import Incident
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Description, SessionName
from suport.domain.remote_session import RemoteSession
from suport.domain.session_description import Direction, is_fit
from suport.http import bodies, query
from suport.http.problems import about_remote_support
from suport.http.response import Response, json_answer
from suport.register.deployed import remote_support
from suport.register.remote_support import TooManySessions
from suport.runtime import aws, clock, settings
from suport.runtime.relay import connection
from suport.views.remote_session_view import operators_state

_ID_BYTES = 16


def invite(reference: Reference, operator: str, team: Category) -> RemoteSession:
    """Invites the citizen to show the screen; `code_of` gives the code to tell them.

    Raises
    ------
    Problem
        409 where no relay passes pictures on, or too many sessions are open.
    """
    if settings.relay().is_missing:
        raise about_remote_support.no_relay()
    name = secrets.token_urlsafe(_ID_BYTES)
    digest = join_code.code_digest(
        aws.service_secret(), join_code.code_for(aws.service_secret(), name)
    )
    named = SessionName(name, digest)
    try:
        return remote_support().invite(reference, operator, team, named, clock.now())
    except TooManySessions:
        raise about_remote_support.too_many_sessions() from None


def code_of(session: RemoteSession) -> str:
    """The code that admits the citizen to the session."""
    return join_code.code_for(aws.service_secret(), session.id)


def told(
    reference: Reference, operator: Operator, asked: Mapping[str, str] | None = None
) -> Response:
    """The session as its operator's page is told; that page is thereby known to be there.

    asked: `have`, the number of the offer that the page has; `again=1` if it was loaded again;
    `picture=1` if it has shown a picture.
    """
    asked = asked or {}
    have = query.number("have", asked.get("have", "0"))
    flags = {name: asked.get(name) == "1" for name in ("again", "picture")}
    session, incident = remote_support().seen_by_operator(reference, operator, clock.now(), **flags)
    return json_answer(HTTPStatus.OK, state_of(session, incident, have))


def state_of(session: RemoteSession, incident: Incident | None, have: int = 0) -> dict[str, Any]:
    """The session for its operator. have: the number of the offer that the page has."""
    offer = None
    if session.offered > have:
        offer = remote_support().description(
            Description.OFFER, session, session.offered, clock.now()
        )
    return operators_state(
        session,
        incident,
        connection=connection(session),
        tool=settings.support_tool(),
        offer=offer,
        code=code_of(session),
    )


def answer(reference: Reference, operator: Operator, sent: "bodies.AnswerBody") -> Response:
    """Takes the description with which the operator's page answers an offer.

    Raises
    ------
    Problem
        422 if it asks for anything but one picture.
    """
    if not is_fit(sent.sdp, Direction.RECEIVES, relayed=settings.relay().is_required):
        raise about_remote_support.wrong_description()
    remote_support().answer(reference, operator, sent.n, sent.sdp, clock.now())
    return told(reference, operator, {"have": str(sent.n)})


def accept_control(reference: Reference, operator: Operator) -> Response:
    """Accepts that the citizen asks for control; the answer has the way to the external tool."""
    remote_support().accept_control(reference, operator, clock.now())
    return told(reference, operator)


def end(reference: Reference, operator: Operator) -> Response:
    """Ends the session."""
    remote_support().end_by_operator(reference, operator, clock.now())
    return told(reference, operator)
