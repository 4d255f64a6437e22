"""Who is signed in, who has looked at an incident, and the keys of one's own keyboard."""

from suport.desk.deployed import desk_sessions, person_searches
from suport.domain import crockford
from suport.domain.operator_identity import NotDataProtection, Role
from suport.http.problem import FieldError
from suport.http.problems import about_requests, at_desk
from suport.http.response import Response
from suport.register.deployed import register
from suport.register.errors import Erased
from suport.runtime import clock
from suport.texts.message import N_
from suport.views.looks_view import looks_view
from suport.web.desk.pages.people import KeysPage, LooksPage, SessionsPage
from suport.web.desk.visit import DeskVisit
from suport.web.site_map import address
from suport.web.visit import lead_to


def show_sessions(visit: DeskVisit) -> Response:
    """Who is signed in, for supervisors."""
    must_be(visit, Role.SUPERVISOR)
    now = clock.now()
    page = SessionsPage(
        frame=visit.frame,
        sessions=desk_sessions().all(now),
        ended=desk_sessions().ended(now),
        done=visit.query.get("done", ""),
    )
    return visit.page(page)


def end_sessions(visit: DeskVisit) -> Response:
    """Ends all sessions of the person whose session the form names; they are out at once."""
    must_be(visit, Role.SUPERVISOR)
    stated, now = visit.form().get("session", ""), clock.now()
    names = {each.id: each.operator.name for each in desk_sessions().all(now)}
    if stated not in names:
        raise about_requests.invalid([FieldError("session", N_("This session has already ended."))])
    desk_sessions().end_all_of(names[stated], visit.operator.name, now)
    return lead_to(address("sessions", {"done": "ended"}))


def show_looks(visit: DeskVisit) -> Response:
    """Who has looked at an incident, for data protection; that they look is recorded, too.

    Before they ask for an incident: who has searched for a person.
    """
    if Role.DATA_PROTECTION not in visit.operator.roles:
        raise NotDataProtection
    asked = visit.query.get("reference", "")
    if not asked.strip():
        searches = person_searches().latest(clock.now(), visit.query.get("searches"))
        return visit.page(LooksPage(frame=visit.frame, searches=searches))
    stated = visit.query.get("before", "")
    before = stated if crockford.is_id(stated) else None
    try:
        looked = register().audit_looks(
            visit.reference, visit.operator.name, clock.now(), before=before
        )
    except Erased as erased:  # data protection is also told who did it
        raise at_desk.erased(erased.reference, erased.at, erased.by) from None
    fields = {"reference": asked}
    return visit.page(LooksPage(frame=visit.frame, view=looks_view(*looked), fields=fields))


def show_keys(visit: DeskVisit) -> Response:
    """Which keys there are."""
    page = KeysPage(
        frame=visit.frame,
        are_on=visit.frame.has_keys,
        done=visit.query.get("done", ""),
    )
    return visit.page(page)


def switch_keys(visit: DeskVisit) -> Response:
    """Switches the one-letter keys on or off for this operator."""
    on = visit.form().get("keys") != "off"
    desk_sessions().set_key_shortcuts(visit.operator.name, on, clock.now())
    return lead_to(address("keys", {"done": "keys-on" if on else "keys-off"}))


def must_be(visit: DeskVisit, role: Role) -> None:
    """Lets only operators with that role in.

    Raises
    ------
    Problem
        403 for anybody else.
    """
    if role not in visit.operator.roles:
        raise at_desk.not_supervisor()
