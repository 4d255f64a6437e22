"""Lets citizens add files to their incident; the browser posts each straight to the store."""

import os
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from suport.domain.attachment import MediaType
from suport.domain.file_acts import places_left
from suport.domain.history import HistoryPart
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.files.file_store import upload_form
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_pages, about_requests
from suport.http.response import Response
from suport.http.security_headers import SECURITY_HEADERS
from suport.register.deployed import register
from suport.runtime import aws, clock
from suport.texts.message import N_
from suport.views.citizen_view import CitizenView, citizen_view
from suport.web.pages.files import FilesPage, UploadedPage, UploadPage
from suport.web.rendering import Page
from suport.web.site import Site
from suport.web.visit import Visit, session_cookie


def show_files(visit: Visit) -> Response:
    """The files of the incident, and the question what kind of file to add.

    The store leads back here, too. Some browsers do not bring the session along in that case.
    """
    arrived = "etag" in visit.query  # the store adds it
    opened = visit.open_session()
    if opened is None and arrived:
        return visit.page(UploadedPage())
    if opened is None:
        raise about_pages.session_over()
    return visit.page(files_page(view_of(opened.reference), arrived=arrived))


def choose_file(visit: Visit) -> Response:
    """The form that takes one file of the chosen kind, and nothing else."""
    reference = visit.opened()
    chosen = visit.form().get("type", "")
    if chosen not in MediaType:
        message = N_("Choose what kind of file it is.")
        raise about_requests.invalid([FieldError("type", message)])
    view = view_of(reference)
    if view["status"] == Status.RESOLVED or places_for(view) <= 0:
        page = files_page(view, visit.form())
        return visit.page(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    form = upload_form(
        aws.client("s3"),
        os.environ["ATTACHMENTS_BUCKET"],
        reference,
        MediaType(chosen),
        address(visit),
    )
    store = urlsplit(form.url)
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'self'", f"form-action 'self' {store.scheme}://{store.netloc}"
    )
    assert visit.session
    headers = {"Content-Security-Policy": policy, "Set-Cookie": session_cookie(visit.session)}
    page = UploadPage(upload=form, type=MediaType(chosen))
    return visit.page(page, headers=headers)


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> Page:
    """The page that the form is on, with what is wrong."""
    return files_page(view_of(visit.opened()), typed, trouble=trouble)


def files_page(
    view: CitizenView,
    typed: Mapping[str, str] | None = None,
    *,
    arrived: bool = False,
    trouble: Problem | None = None,
) -> Page:
    """The files of the incident and, while it takes more, the question what kind to add."""
    places = places_for(view)
    return FilesPage(view=view, fields=typed or {}, places=places, arrived=arrived, trouble=trouble)


def places_for(view: CitizenView) -> int:
    """How many more files the incident takes."""
    return places_left(file["state"] for file in view["files"])


def address(visit: Visit) -> str:
    """The absolute address of this page: under PUBLIC_URL if that is set, else as requested.

    Behind a content delivery network or under a domain of the service's own, the request's host
    is not the one that the browser knows and has the session's cookie for.
    """
    if public := os.environ.get("PUBLIC_URL", ""):
        return f"{public.rstrip('/')}/{visit.language}/files"
    request = visit.request
    scheme = request.headers.get("x-forwarded-proto", "https")
    return f"{scheme}://{request.domain_name}{request.seen_path}"


def view_of(reference: Reference) -> CitizenView:
    """The citizen's view of the incident, without its history."""
    return citizen_view(register().incident(reference, clock.now()), HistoryPart())


site = Site(
    {
        ("GET", "/{language}/files"): show_files,
        ("POST", "/{language}/files"): choose_file,
    },
    form_page=form_page,
)
handler = site.handler
