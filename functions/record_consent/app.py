"""Records what the citizen agrees to, or takes back, about remote support."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from suport.domain.consent import ConsentAction, NothingToWithdraw
from suport.domain.history import Entry, HistoryPart
from suport.domain.reference import Reference
from suport.http import bodies
from suport.http.problem import Problem
from suport.http.problems import about_pages, about_remote_support
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import aws, clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.citizen_view import CitizenView, citizen_view
from suport.views.consent_receipt import receipt
from suport.web.site import Site
from suport.web.visit import Visit, lead_to

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from suport.web.rendering import Page

logger = Logger()


def record_consent(request: Request) -> Response:
    """201 with the receipt; the same receipt again if the consent is already in force."""
    opened = request.opened(aws.service_secret())
    entry = record(opened, bodies.read(bodies.ConsentRequest, request))
    return json_answer(HTTPStatus.CREATED, receipt(opened, entry))


def show_page(visit: Visit) -> Response:
    """What remote support is, and what the citizen of the open incident has agreed to.

    If the query names an earlier version of the notice, only that: a receipt names it, too.
    """
    from suport.web.pages.notices import NoticePage, earlier_version  # noqa: PLC0415  JSON needs none
    from suport.web.pages.remote_support import RemoteSupportPage  # noqa: PLC0415  as above

    if version := earlier_version(Subject.REMOTE_SUPPORT, visit.query.get("version")):
        return visit.page(
            NoticePage(subject=Subject.REMOTE_SUPPORT, version=version), personal=False
        )
    try:
        opened = visit.open_session()
        view = view_of(opened.reference) if opened else None
    except NoSuchIncident:
        view = None
    return visit.page(RemoteSupportPage(view=view, done=visit.query.get("done", "")))


def change_consent(visit: Visit) -> Response:
    """Grants or withdraws a consent; the page has one button for each."""
    reference = visit.opened()
    known = bodies.ConsentRequest.model_fields
    given = {name: value for name, value in visit.form().items() if name in known}
    request = bodies.read_fields(bodies.ConsentRequest, given, visit.language)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, visit.language)
    if request.action is ConsentAction.GRANT and request.notice_sha256 != shown.sha256:
        raise about_pages.page_expired()
    try:
        record(reference, request)
    except NothingToWithdraw:
        return lead_to("remote-support")
    done = "agreed" if request.action is ConsentAction.GRANT else "withdrawn"
    return visit.kept_open(f"remote-support?done={done}")


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> "Page":
    """The page that the form is on, with what is wrong and with today's notice."""
    from suport.web.pages.remote_support import RemoteSupportPage  # noqa: PLC0415  as above

    return RemoteSupportPage(view=view_of(visit.opened()), fields=typed, trouble=trouble)


def view_of(reference: Reference) -> CitizenView:
    """The citizen's view of the incident, without its history."""
    return citizen_view(register().incident(reference, clock.now()), HistoryPart())


def record(reference: Reference, request: "bodies.ConsentRequest") -> Entry:
    """Records the grant or the withdrawal in the register.

    Raises
    ------
    Problem
        422, with the current notice, if the citizen agrees to a text that is no longer shown.
    """
    if request.action is ConsentAction.WITHDRAW:
        entry = register().withdraw_consent(reference, request.scope, clock.now())
    else:
        shown = published_notices.current(Subject.REMOTE_SUPPORT, request.language)
        if request.notice_sha256 != shown.sha256:
            raise about_remote_support.other_notice(shown)
        entry = register().grant_consent(reference, request.scope, shown.identity, clock.now())
    logger.info("consent recorded", scope=request.scope, action=request.action)
    return entry


site = Site(
    pages={
        ("GET", "/{language}/remote-support"): show_page,
        ("POST", "/{language}/remote-support"): change_consent,
    },
    api={("POST", "/v1/incidents/{reference}/consents"): record_consent},
    form_page=form_page,
)
handler = site.handler
