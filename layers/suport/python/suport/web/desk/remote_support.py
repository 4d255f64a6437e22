"""Remote support at the desk: the operator invites the citizen, and sees the screen."""

from suport.domain.operator_acts import ClaimedByAnother
from suport.domain.remote_session import NoSuchSession, State
from suport.http import bodies, operators_session
from suport.http.problem import Problem
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register.deployed import register, remote_support
from suport.runtime import clock, settings
from suport.web.desk.acting import acting_on
from suport.web.desk.pages.remote import RemoteAtDesk
from suport.web.desk.visit import DeskVisit
from suport.web.site_map import address
from suport.web.visit import lead_to


def show(visit: DeskVisit) -> Response:
    """The page from which the operator invites, and on which the screen is seen."""
    return visit.page(page_of(visit))


def page_of(visit: DeskVisit, trouble: Problem | None = None) -> RemoteAtDesk:
    """That page, with what is wrong.

    Raises
    ------
    NoSuchSession
        If a colleague has the incident: an invitation is its operator's alone.
    OtherTeam, NotClaimed, AlreadyResolved
        If nobody could invite its citizen now, or another team.
    """
    reference, name, team = acting_on(visit)
    now = clock.now()
    incident = register().incident(reference, now)
    session = remote_support().latest_of(reference, visit.operator, now)
    may_invite = incident.category is team and incident.claimed_by == name
    if session is None and not may_invite:
        try:
            register().must_be_held_by(reference, name, team, now)
        except ClaimedByAnother:
            raise NoSuchSession from None
    invited = session if session and session.state is State.INVITED else None
    public = settings.public_url() or visit.request.service_url
    return RemoteAtDesk(
        frame=visit.frame,
        reference=reference,
        session=session,
        join_code=operators_session.code_of(invited) if invited else "",
        address=f"{public}/{incident.language}/join",
        spoken=incident.language,
        may_invite=may_invite,
        trouble=trouble,
    )


def page_again(visit: DeskVisit, trouble: Problem) -> RemoteAtDesk | None:
    """The page that the form is on, with what is wrong; None for operators of another team."""
    reference, _, team = acting_on(visit)
    if register().incident(reference, clock.now()).category is not team:
        return None
    return page_of(visit, trouble)


def change(visit: DeskVisit) -> Response:
    """Invites the citizen, or ends the session; the pressed button says which."""
    reference, name, team = acting_on(visit)
    act = visit.form().get("act", "")
    if act == "invite":
        operators_session.invite(reference, name, team)
    elif act == "end":
        operators_session.end(reference, visit.operator)
    else:
        raise about_requests.unknown_step()
    return lead_to(address("remote", {"reference": reference}))


def look(visit: DeskVisit) -> Response:
    """The session as the page's script is told."""
    return operators_session.told(visit.reference, visit.operator, visit.query)


def answer(visit: DeskVisit) -> Response:
    """Takes the script's answer to an offer."""
    sent = bodies.read_fields(bodies.AnswerBody, fields_of(visit, "n", "sdp"), visit.language)
    return operators_session.answer(visit.reference, visit.operator, sent)


def accept_control(visit: DeskVisit) -> Response:
    """Accepts that the citizen asks for control."""
    return operators_session.accept_control(visit.reference, visit.operator)


def fields_of(visit: DeskVisit, *names: str) -> dict[str, str]:
    """Those fields of the form."""
    return {name: visit.form().get(name, "") for name in names}
