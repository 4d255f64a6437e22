"""What citizens do with their incident on its page: write, close, reopen, rate."""

from collections.abc import Mapping

from suport.domain.history import Entry, HistoryPart
from suport.domain.reference import Reference
from suport.http import bodies
from suport.http.problem import Problem
from suport.http.problems import about_pages
from suport.http.response import Response
from suport.register.deployed import register
from suport.runtime import clock
from suport.views.citizen_view import CitizenView, is_shown, page_view
from suport.web.conversation import after
from suport.web.pages.incident import ClosingPage, IncidentPage, RatingPage
from suport.web.rendering import Page
from suport.web.site import Site
from suport.web.visit import Visit, lead_to

from aws_lambda_powertools import Logger

logger = Logger()


def lead_back(_: Visit) -> Response:
    """Leads to the incident's page: a browser may ask for a form's address, which has no page."""
    return lead_to("track")


def reply(visit: Visit) -> Response:
    """Adds a message."""
    reference, fields = visit.opened(), visit.form()
    key = fields.get("idempotency_key", "")
    if not bodies.FIT_KEY.fullmatch(key):
        raise about_pages.page_expired()
    body = bodies.read_fields(
        bodies.MessageBody, {"body": fields.get("body", "")}, visit.language
    ).body
    entry = register().add_citizen_message(reference, body, clock.now(), key)
    return changed(visit, "replied", entry)


def ask_to_close(visit: Visit) -> Response:
    """Asks whether the incident is solved."""
    assert visit.language
    return visit.page(ClosingPage(view=view_of(visit.opened())))


def close(visit: Visit) -> Response:
    """Closes the incident."""
    reference = visit.opened()
    register().resolve_by_citizen(reference, clock.now())
    return changed(visit, "closed")


def reopen(visit: Visit) -> Response:
    """Reopens the incident, while that is possible."""
    reference = visit.opened()
    register().reopen(reference, clock.now())
    return changed(visit, "reopened")


def ask_to_rate(visit: Visit) -> Response:
    """Asks how the support was, once there is something to rate."""
    assert visit.language
    return visit.page(RatingPage(view=view_of(visit.opened())))


def rate(visit: Visit) -> Response:
    """Records the rating."""
    reference, fields = visit.opened(), visit.form()
    given = {name: value for name, value in fields.items() if name in {"score", "comment"}}
    rating = bodies.read_fields(bodies.RatingBody, given, visit.language)
    register().rate(reference, rating.score, rating.comment, clock.now())
    return changed(visit, "rated")


def changed(visit: Visit, done: str, entry: Entry | None = None) -> Response:
    """Leads back to the incident's page, which says what was done; to that entry, if any."""
    assert visit.session
    logger.info("incident changed", done=done)
    return visit.kept_open(after(done, entry))


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> Page:
    """The page that the form is on, with what is wrong."""
    reference = visit.opened()
    if visit.name == "rate":
        return RatingPage(view=view_of(reference), fields=typed, trouble=trouble)
    history = register().history(reference, clock.now(), shown=is_shown)
    view, key = page_view(*history, clock.now()), typed.get("idempotency_key", "")
    address = visit.track_address
    return IncidentPage(view=view, key=key, fields=typed, trouble=trouble, address=address)


def view_of(reference: Reference) -> CitizenView:
    """The citizen's view of the incident, for a page without its history."""
    return page_view(register().incident(reference, clock.now()), HistoryPart(), clock.now())


site = Site(
    {
        ("GET", "/{language}/reply"): lead_back,
        ("POST", "/{language}/reply"): reply,
        ("GET", "/{language}/close"): ask_to_close,
        ("POST", "/{language}/close"): close,
        ("GET", "/{language}/reopen"): lead_back,
        ("POST", "/{language}/reopen"): reopen,
        ("GET", "/{language}/rate"): ask_to_rate,
        ("POST", "/{language}/rate"): rate,
    },
    form_page=form_page,
)
handler = site.handler
