"""Shows citizens their incident, opened by reference and access code, and takes their messages."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from suport.domain import crockford
from suport.domain.access_code import AccessCode, access_code_for, opens
from suport.domain.change import may_be_mailed
from suport.domain.contact_acts import confirmable_until
from suport.domain.forecast import Forecast
from suport.domain.history import HistoryPart
from suport.domain.incident import Incident, Status
from suport.domain.legal_time import utc_text
from suport.domain.reference import MisreadReference, Reference, agrees, parse_reference
from suport.domain.typed_text import is_blank
from suport.http import bodies, query
from suport.http.problems import about_incidents, about_pages
from suport.http.request import JSON, Request
from suport.http.response import Response, json_answer, json_text
from suport.http.tracking_key import tracking_key
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import aws, clock
from suport.runtime.metrics import Metric, count
from suport.views.citizen_view import citizen_view, is_shown, page_view
from suport.views.export import export
from suport.web import kept_form, session
from suport.web.conversation import after
from suport.web.pages.export import ExportPage
from suport.web.pages.incident import IncidentPage
from suport.web.pages.tracking import SentPage, TrackingForm
from suport.web.session import Session
from suport.web.shown_forecast import shown_forecast
from suport.web.site import Site
from suport.web.visit import Visit, lead_to, session_cookie

from aws_lambda_powertools import Logger

logger = Logger()


def show(request: Request) -> Response:
    """The JSON API: the citizen's view of the incident, with a part of its history."""
    opened = request.opened(aws.service_secret())
    before = query.before(request.query.get("before"))
    return json_answer(HTTPStatus.OK, citizen_view(*history_of(opened, before)))


def add_message(request: Request) -> Response:
    """The JSON API: 201 with the entry that the citizen's message became."""
    opened = request.opened(aws.service_secret())
    body, key = bodies.read(bodies.MessageBody, request).body, bodies.sent_key(request)
    entry = register().add_citizen_message(opened, body, clock.now(), key)
    logger.info("message recorded")
    recorded = {"entry": entry.id, "recorded_at": utc_text(entry.recorded_at)}
    return json_answer(HTTPStatus.CREATED, recorded)


def show_page(visit: Visit) -> Response:
    """The page of the incident that the session opens, or the form that asks which one to open.

    After sending, the address names the incident (`sent`): the page says that it has arrived, even
    if the browser has kept no session.
    """
    assert visit.language
    before, sent = asked_part(visit), just_sent(visit)
    part = visit.open_with(lambda reference: history_of(reference, before))
    opened, incident = visit.session, visit.incident
    if sent and (opened is None or opened.reference != sent):
        return visit.page(SentPage(reference=sent, address=visit.track_address))
    if opened is None or incident is None or part is None:
        refused = about_pages.cookie_refused() if "opened" in visit.query else None
        return visit.page(TrackingForm(trouble=refused))
    now = clock.now()
    until = confirmable_until(incident, now)
    page = IncidentPage(
        view=page_view(incident, part, now),
        key=secrets.token_urlsafe(),
        done=visit.query.get("done", ""),
        before=before or "",
        sent=sent is not None,
        access_code=code_of(opened) if opened.shows_code(now) else None,
        mailed=may_be_mailed(incident),
        confirmable_until=utc_text(until) if until else None,
        address=visit.track_address,
        forecast=forecast_for(incident),
    )
    return visit.page(page)


def forecast_for(incident: Incident) -> Forecast | None:
    """How soon such incidents are answered, while nobody has answered this one."""
    if incident.first_answered_at or incident.status is Status.RESOLVED:
        return None
    return shown_forecast(incident.topic or incident.category)


def just_sent(visit: Visit) -> Reference | None:
    """The incident that the page's address says was just sent."""
    try:
        return parse_reference(visit.query.get("sent", ""))
    except MisreadReference:
        return None


def code_of(opened: Session) -> AccessCode:
    """The access code that has opened the session."""
    return access_code_for(aws.service_secret(), opened.reference, opened.code_number)


def open_page(visit: Visit) -> Response:
    """The page's form: the right reference and code open a session and lead back to the page.

    What came too late for the previous session comes along and is recorded now.
    """
    fields = visit.form()
    reference, code = tracking_key(fields)
    number = number_of_code(reference)
    if not (number and opens(aws.service_secret(), reference, code, number)):
        count(Metric.WRONG_ACCESS_CODES)
        raise about_incidents.no_access()  # it does not say which of the two is wrong
    opened = Session(reference=reference, code_number=number)
    before = visit.stated_session()  # it may be the one that submitted, which shows more
    if before and (before.reference, before.code_number) == (reference, number):
        opened = before
    if page := kept_form.page_of(fields):  # the page that records it gets the same form
        kept_for(reference, fields)
        return lead_to(page, session_cookie(opened), HTTPStatus.TEMPORARY_REDIRECT)
    return lead_to(record_kept(visit, reference, fields), session_cookie(opened))


def kept_for(reference: Reference, fields: Mapping[str, str]) -> None:
    """Refuses what the citizen wrote on the page of another incident.

    Raises
    ------
    Problem
        409 if it is another one.
    """
    if not agrees(reference, fields.get("kept_for", "")):
        raise about_pages.other_incident()


def number_of_code(reference: Reference) -> int:
    """The number of the access code that opens the incident; 0 if there is no such incident."""
    try:
        return register().incident(reference, clock.now()).code_number
    except NoSuchIncident:
        return 0


def record_kept(visit: Visit, reference: Reference, fields: Mapping[str, str]) -> str:
    """Records the message or the rating that the form has kept, if any; returns where that leads.

    Raises
    ------
    Problem
        409 if the citizen wrote it on the page of another incident; 422 if it is wrong.
    """
    if all(is_blank(fields.get(name, "")) for name in ("body", "score", "comment")):
        return "track?opened=1"
    kept_for(reference, fields)
    if not is_blank(fields.get("body", "")):
        key = fields.get("idempotency_key", "")
        if not bodies.FIT_KEY.fullmatch(key):
            raise about_pages.page_expired()
        body = bodies.read_fields(bodies.MessageBody, {"body": fields["body"]}, visit.language).body
        entry = register().add_citizen_message(reference, body, clock.now(), key)
        return after("replied", entry)
    given = {name: fields.get(name, "") for name in ("score", "comment")}
    rating = bodies.read_fields(bodies.RatingBody, given, visit.language)
    register().rate(reference, rating.score, rating.comment, clock.now())
    return after("rated")


def export_incident(visit: Visit) -> Response:
    """Everything about the incident, for the citizen to keep, as JSON or as a page.

    Of a long history it has the part that the incident's page shows.
    """
    assert visit.language
    opened, before = visit.opened(), asked_part(visit)
    content = exported(opened, before)
    as_json = visit.query.get("format") == "json"
    name = f"suport-{opened}.{'json' if as_json else 'html'}"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    if as_json:
        return Response(HTTPStatus.OK, JSON, json_text(content), headers=kept)
    document = ExportPage(
        view=content["incident"],
        receipts=content["consents"],
        exported_at=content["exported_at"],
        before=before or "",
    )
    return visit.page(document, headers=kept)


def give_copy(request: Request) -> Response:
    """The JSON API: everything about the incident, with a part of a long history."""
    opened = request.opened(aws.service_secret())
    return json_answer(HTTPStatus.OK, exported(opened, query.before(request.query.get("before"))))


def exported(reference: Reference, before: str | None) -> dict[str, Any]:
    """The copy for the citizen, which is recorded; ready for JSON."""
    now = clock.now()
    copied = export(*register().export(reference, now, shown=is_shown, before=before), now)
    logger.info("incident exported")
    return copied | {"before": before, "exported_at": utc_text(now)}


def lead_back(_: Visit) -> Response:
    """Leads to the help page: the address of the form to leave has no page. No session ends."""
    return lead_to("help")


def leave(visit: Visit) -> Response:
    """Ends the session, whatever incident it has open.

    The browser also forgets the forms that it kept to go back to: others may use it next.
    """
    visit.form()
    left = lead_to("help", session.end_cookie())
    return replace(left, headers={**left.headers, "Clear-Site-Data": '"cache"'})


def asked_part(visit: Visit) -> str | None:
    """The entry before which the requested part of the history ends; None for the latest part."""
    before = visit.query.get("before", "")
    return before if crockford.is_id(before) else None


def history_of(reference: Reference, before: str | None) -> tuple[Incident, HistoryPart]:
    """The incident with that part of its history, as far as citizens see it."""
    return register().history(reference, clock.now(), before=before, shown=is_shown)


site = Site(
    pages={
        ("GET", "/{language}/track"): show_page,
        ("POST", "/{language}/track"): open_page,
        ("GET", "/{language}/export"): export_incident,
        ("GET", "/{language}/leave"): lead_back,
        ("POST", "/{language}/leave"): leave,
    },
    api={
        ("GET", "/v1/incidents/{reference}"): show,
        ("GET", "/v1/incidents/{reference}/export"): give_copy,
        ("POST", "/v1/incidents/{reference}/messages"): add_message,
    },
)
handler = site.handler
