"""Corrects how a citizen is reached, and replaces the access code, the way back to the incident."""

import json
import os
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from suport.domain.access_code import confirms
from suport.domain.change import may_be_mailed
from suport.domain.contact_acts import (
    Correction,
    NothingToConfirm,
    confirmable_until,
    pending,
    was_replaced,
)
from suport.domain.history import HistoryPart
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.http.bodies.citizens import ConfirmationBody, ContactCorrection, LostCodeBody
from suport.http.bodies.contact import ContactParts, reachable
from suport.http.bodies.parts import is_blank
from suport.http.bodies.reading import FIT_KEY, read, read_fields
from suport.http.problem import Problem
from suport.http.problems import about_incidents, about_pages
from suport.http.request import JSON, MERGE_PATCH, Request
from suport.http.response import Response, json_answer
from suport.mail.lost_code import lost_code_request
from suport.register.deployed import register
from suport.runtime import aws, clock
from suport.runtime.metrics import Metric, count
from suport.views.citizen_view import CitizenView, citizen_view, masked
from suport.web import session
from suport.web.pages.contact_data import ContactDataPage, ReplaceCodePage
from suport.web.pages.tracking import LostCodePage
from suport.web.rendering import Page
from suport.web.session import Session
from suport.web.site import Site
from suport.web.visit import Visit, lead_to, session_cookie

from aws_lambda_powertools import Logger

logger = Logger()


def ask_to_replace_code(visit: Visit) -> Response:
    """Asks whether to replace the access code."""
    assert visit.language
    visit.opened()
    assert visit.incident
    return visit.page(code_page(visit.incident))


def code_page(incident: Incident, trouble: Problem | None = None) -> Page:
    """The page that asks whether to replace the access code."""
    return ReplaceCodePage(
        view=view_of(incident),
        key=secrets.token_urlsafe(),
        mailed=may_be_mailed(incident),
        trouble=trouble,
    )


def change_code(visit: Visit) -> Response:
    """Replaces the access code, or shows it no more: the pressed button says which.

    The new code goes to the recorded address. If mail does not reach that, the page shows it.
    """
    fields = visit.form()
    key = fields.get("idempotency_key", "")
    stated = visit.stated_session()
    if visit.open_session() is None and stated and (answer := replaced_before(stated, key)):
        return answer  # the same form once more, from the session of the code before
    reference = visit.opened()
    assert visit.session
    if "noted" in fields:
        return visit.kept_open("track", session.with_code_noted(visit.session))
    request = key if FIT_KEY.fullmatch(key) else secrets.token_urlsafe()
    incident = register().replace_code(reference, clock.now(), request)
    done = "code-mailed" if may_be_mailed(incident) else "code-replaced"
    return changed(visit, done, after=incident)


def replaced_before(stated: Session, key: str) -> Response | None:
    """The answer to a form that has replaced the code already; None if it has not.

    A double click, or an answer that got lost, must not lock out a citizen who gets no mail.
    """
    incident = register().incident(stated.reference, clock.now())
    is_the_one_before = stated.code_number == incident.code_number - 1
    if not (is_the_one_before and was_replaced(incident, key)):
        return None
    mailed = may_be_mailed(incident)
    kept = session.with_new_code(stated, incident.code_number, clock.now(), shown=not mailed)
    done = "code-mailed" if mailed else "code-replaced"
    return lead_to(f"track?done={done}", session_cookie(kept))


def show_contact(visit: Visit) -> Response:
    """How the citizen is reached: to be read and corrected in the session that submitted."""
    assert visit.language
    visit.opened()
    assert visit.incident
    return visit.page(contact_page(visit, visit.incident, done=visit.query.get("done", "")))


def contact_page(
    visit: Visit,
    incident: Incident,
    *,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    trouble: Problem | None = None,
) -> Page:
    """The page that corrects how the citizen is reached."""
    assert visit.session
    here = visit.session.has_submitted(clock.now())
    until = confirmable_until(incident, clock.now())
    known = ContactParts.model_fields
    recorded = {f"contact.{name}": each for name, each in incident.contact.items() if name in known}
    return ContactDataPage(
        view=view_of(incident),
        fields={**(recorded if here else {}), **(typed or {})},
        submitted_here=here,
        until=utc_text(until) if until else None,
        done=done,
        trouble=trouble,
    )


def correct_contact(visit: Visit) -> Response:
    """Corrects how the citizen is reached, or confirms another e-mail address."""
    reference, fields = visit.opened(), visit.form()
    assert visit.session
    if "confirmation" in fields:
        return confirm_address(visit, fields["confirmation"])
    at_once = visit.session.has_submitted(clock.now())
    shown = "shown" in fields  # then an empty field takes its part away
    if shown and not at_once:
        raise about_pages.page_expired()
    stated = {name: each for name, each in fields.items() if name.startswith("contact.")}
    corrections = read_fields(ContactCorrection, stated, visit.language).contact
    blank = {name.removeprefix("contact.") for name, each in stated.items() if is_blank(each)}
    emptied = blank & ContactParts.model_fields.keys() if shown else ()

    def corrected(contact: Mapping[str, str]) -> dict[str, str]:
        return reachable(corrections.corrected(contact, emptied), "contact.email")

    incident, became = register().correct_contact(
        reference, corrected, clock.now(), at_once=at_once
    )
    if became is Correction.TO_BE_CONFIRMED:
        return visit.kept_open("contact-data?done=to-be-confirmed")
    done = "unchanged" if became is Correction.UNCHANGED else "corrected"
    return changed(visit, done, after=incident)


def confirm_address(visit: Visit, confirmation: str) -> Response:
    """Lets the other e-mail address take effect, if the code from the mail is right."""
    assert visit.incident
    stated = {"confirmation": confirmation}
    given = read_fields(ConfirmationBody, stated, visit.language).confirmation
    return changed(visit, "corrected", after=confirmed(visit.incident, given))


def confirmed(incident: Incident, confirmation: str) -> Incident:
    """The incident with the other address, which the code confirms.

    Raises
    ------
    NothingToConfirm
    Problem
        422 if the code is another one.
    """
    asked = pending(incident, clock.now())
    if asked is None:
        raise NothingToConfirm
    if not confirms(aws.service_secret(), incident.reference, asked.entry, confirmation):
        count(Metric.WRONG_ACCESS_CODES)
        raise about_incidents.wrong_confirmation()
    return register().confirm_address(incident.reference, asked.entry, clock.now())


def patch_contact(request: Request) -> Response:
    """The JSON API: corrects the parts that are stated; null takes one away.

    202 if another e-mail address waits for its confirmation from the present one.
    """
    opened = request.opened(aws.service_secret())
    stated = read(ContactParts, request, (JSON, MERGE_PATCH))
    incident, became = register().correct_contact(
        opened,
        lambda contact: reachable(stated.corrected(contact), "email"),
        clock.now(),
        at_once=False,
    )
    logger.info("contact corrected", became=became)
    waits = became is Correction.TO_BE_CONFIRMED
    status = HTTPStatus.ACCEPTED if waits else HTTPStatus.OK
    return json_answer(status, corrected_contact(incident, became))


def confirm_contact(request: Request) -> Response:
    """The JSON API: confirms the other e-mail address with the code from the mail."""
    opened = request.opened(aws.service_secret())
    confirmation = read(ConfirmationBody, request).confirmation
    incident = confirmed(register().incident(opened, clock.now()), confirmation)
    return json_answer(HTTPStatus.OK, corrected_contact(incident, Correction.CORRECTED))


def corrected_contact(incident: Incident, became: Correction) -> dict[str, Any]:
    """What the API says of a correction; the data are masked, because a code can be found."""
    return {
        "reference": incident.reference,
        "contact": masked(incident.contact),
        "correction": became,
    }


def ask_for_lost_code(visit: Visit) -> Response:
    """Asks how the citizen who has lost the access code is reached."""
    return visit.page(LostCodePage(asked="done" in visit.query), personal=False)


def send_lost_code(visit: Visit) -> Response:
    """Has another access code sent to the recorded address, if what was typed belongs together.

    The mailer finds out; the answer and the time it takes are the same in any case.
    """
    known = LostCodeBody.model_fields
    fields = {name: value for name, value in visit.form().items() if name in known}
    lost = read_fields(LostCodeBody, fields, visit.language)
    reference = Reference(lost.reference)
    request = lost_code_request(
        aws.service_secret(), reference, lost.reached_at, secrets.token_urlsafe(16)
    )
    aws.client("sqs").send_message(
        QueueUrl=os.environ["MAIL_QUEUE_URL"], MessageBody=json.dumps(request)
    )
    logger.info("lost code asked for")
    return lead_to("lost-code?done=asked")


def changed(visit: Visit, done: str, *, after: Incident | None = None) -> Response:
    """Leads back to the incident's page, which says what was done.

    after: the incident, if it may have another access code now. The session goes on with it.
    """
    assert visit.session
    logger.info("incident changed", done=done)
    kept = visit.session
    if after and after.code_number != kept.code_number:
        mailed = may_be_mailed(after)
        kept = session.with_new_code(kept, after.code_number, clock.now(), shown=not mailed)
        if done == "corrected":  # another e-mail address, or none any more
            done = "address-changed" if mailed else "code-replaced"
    return visit.kept_open(f"track?done={done}", kept)


def view_of(incident: Incident) -> CitizenView:
    """The incident as its citizen sees it, without its history."""
    return citizen_view(incident, HistoryPart())


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> Page:
    """The page that the form is on, with what is wrong."""
    visit.opened()
    assert visit.incident
    if visit.name == "access-code":
        return code_page(visit.incident, trouble)
    return contact_page(visit, visit.incident, typed=typed, trouble=trouble)


site = Site(
    pages={
        ("GET", "/{language}/access-code"): ask_to_replace_code,
        ("POST", "/{language}/access-code"): change_code,
        ("GET", "/{language}/contact-data"): show_contact,
        ("POST", "/{language}/contact-data"): correct_contact,
        ("GET", "/{language}/lost-code"): ask_for_lost_code,
        ("POST", "/{language}/lost-code"): send_lost_code,
    },
    api={
        ("PATCH", "/v1/incidents/{reference}/contact"): patch_contact,
        ("POST", "/v1/incidents/{reference}/contact"): confirm_contact,
    },
    form_page=form_page,
)
handler = site.handler
