"""Lets citizens add files to their incident: the browser posts each straight to the store."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.attachment import MediaType, places_left
from suport.domain.history import HistoryPart
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.files.file_store import upload_form
from suport.http import problem
from suport.http.api import Api
from suport.http.problem import FieldError, Problem
from suport.http.refusal import refusals_told
from suport.http.security_headers import SECURITY_HEADERS
from suport.register.register import Register
from suport.runtime import aws
from suport.texts.message import N_
from suport.views.citizen_view import citizen_view
from suport.web import session
from suport.web.pages.files import FilesPage, UploadedPage, UploadPage

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


@app.get("/<language>/files")
def show_files(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The files of the incident, and the question what kind to add.

    The store leads back here, too, and some browsers do not bring the session along then.
    """
    arrived = "etag" in app.current_event.query_string_parameters  # which the store adds
    opened = app.session(aws.service_secret(), now())
    if opened is None and arrived:
        return app.page(UploadedPage().render(app.page_language))
    if opened is None:
        raise problem.session_over()
    return app.page(files_page(view_of(opened.reference), arrived=arrived))


@app.post("/<language>/files")
def choose_file(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The form that takes one file of the kind that was chosen, and nothing else."""
    secret = aws.service_secret()
    reference = app.opened_by_session(secret, now())
    chosen = app.form().get("type", "")
    if chosen not in MediaType:
        raise problem.invalid([FieldError("type", N_("Choose what kind of file it is."))])
    view = view_of(reference)
    if view["status"] == Status.RESOLVED or places_for(view) <= 0:
        return app.page(files_page(view, app.form()), HTTPStatus.UNPROCESSABLE_ENTITY)
    form = upload_form(
        aws.client("s3"),
        os.environ["ATTACHMENTS_BUCKET"],
        reference,
        MediaType(chosen),
        address(),
    )
    page = UploadPage(upload=form, type=MediaType(chosen)).render(app.page_language)
    store = urlsplit(form.url)
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'self'", f"form-action 'self' {store.scheme}://{store.netloc}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Set-Cookie": session.set_cookie(secret, reference, now()),
    }
    return app.page(page, headers=headers)


@app.refused
def page_of_form(reference: Reference, typed: Mapping[str, str], trouble: Problem) -> str:
    """The page that the form stands on, with what is wrong."""
    return files_page(view_of(reference), typed, trouble=trouble)


def files_page(
    view: dict[str, Any],
    typed: Mapping[str, str] | None = None,
    *,
    arrived: bool = False,
    trouble: Problem | None = None,
) -> str:
    """The files of the incident, and the question what kind to add while there is a place."""
    page = FilesPage(
        view=view,
        fields=typed or {},
        places=places_for(view),
        arrived=arrived,
        trouble=trouble,
    )
    return page.render(app.page_language)


def places_for(view: dict[str, Any]) -> int:
    """How many more files the incident takes."""
    return places_left(file["state"] for file in view["files"])


def address() -> str:
    """The absolute address of this page: the service's own, else as the browser asked for it.

    Behind a content delivery network or under a domain of the service's own, the request's host
    is another than the one that the browser knows, and has its cookie for.
    """
    if public := os.environ.get("PUBLIC_URL", ""):
        return f"{public.rstrip('/')}/{app.page_language}/files"
    context = app.current_event.request_context
    scheme = app.current_event.headers.get("X-Forwarded-Proto", "https")
    return f"{scheme}://{context.domain_name}{context.path}"


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident, without its history."""
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    with refusals_told(now()):
        return citizen_view(register.incident(reference, now()), HistoryPart())


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
