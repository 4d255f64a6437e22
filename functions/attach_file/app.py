"""Lets citizens add files to their incident: the browser posts each straight to the store."""

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, pages, problem, session
from suport.api import Api
from suport.attachment import LARGEST_FILE_STATED, MOST_FILES, MediaType, upload_form
from suport.citizen_view import citizen_view
from suport.form import read_form
from suport.incident import Status
from suport.problem import FieldError, Problem
from suport.reference import Reference
from suport.register import NoSuchIncident, Register
from suport.security_headers import SECURITY_HEADERS
from suport.texts import N_

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
    reader, opened = app.page_language, app.session(aws.service_secret(), now())
    arrived = "etag" in app.current_event.query_string_parameters  # which the store adds
    if opened is None:
        return app.page(pages.uploaded(reader)) if arrived else app.lead_to("track")
    try:
        view = view_of(opened.reference)
    except NoSuchIncident:
        return app.lead_to("track")
    return app.page(pages.files(reader, view, {}, MOST_FILES, LARGEST_FILE_STATED, arrived=arrived))


@app.post("/<language>/files")
def choose_file(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The form that takes one file of the kind that was chosen, and nothing else."""
    reader, secret = app.page_language, aws.service_secret()
    fields = read_form(app.form())
    opened = app.session(secret, now())
    if opened is None:
        return app.lead_to("track")
    try:
        view = view_of(opened.reference)
    except NoSuchIncident:
        return app.lead_to("track")
    chosen = fields.get("type", "")
    if chosen not in MediaType:
        trouble = problem.invalid([FieldError("type", N_("Choose what kind of file it is."))])
        return files_again(view, fields, trouble)
    if view["status"] == Status.RESOLVED or len(view["files"]) >= MOST_FILES:
        return files_again(view, fields, None)
    form = upload_form(
        aws.client("s3"),
        os.environ["ATTACHMENTS_BUCKET"],
        opened.reference,
        MediaType(chosen),
        address(),
    )
    page = pages.upload(reader, form, MediaType(chosen), LARGEST_FILE_STATED)
    store = urlsplit(form.url)
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'self'", f"form-action 'self' {store.scheme}://{store.netloc}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Set-Cookie": session.set_cookie(secret, opened.reference, now()),
    }
    return app.page(page, headers=headers)


def files_again(
    view: dict[str, Any], fields: dict[str, str], trouble: Problem | None
) -> Response[str]:
    """The page that was sent, with what is wrong."""
    page = pages.files(
        app.page_language, view, fields, MOST_FILES, LARGEST_FILE_STATED, trouble=trouble
    )
    status = trouble or problem.invalid([])
    return app.page(page, status.status)


def address() -> str:
    """The absolute address of this page, as the browser asked for it."""
    context = app.current_event.request_context
    scheme = app.current_event.headers.get("X-Forwarded-Proto", "https")
    return f"{scheme}://{context.domain_name}{context.path}"


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident."""
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    return citizen_view(*register.history(reference, now()))


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
