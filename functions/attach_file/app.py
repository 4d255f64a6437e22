"""Lets citizens add files to their incident, open and remove them.

The browser posts each file straight to the store, which then leads it back to the page. There the
file is checked at once, so that the page says what became of it.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from suport.domain.attachment import ERASED, FileId
from suport.domain.file_acts import NoSuchFile, openable, places_left
from suport.domain.history import HistoryPart
from suport.domain.incident import Incident, Status
from suport.domain.reference import Reference
from suport.files import arrivals, file_store
from suport.files.file_store import UploadForm
from suport.http.problem import Problem
from suport.http.problems import about_incidents, about_pages
from suport.http.response import Response
from suport.http.security_headers import page_headers
from suport.register.deployed import register
from suport.runtime import aws, clock, logged_failure, settings
from suport.views.citizen_view import citizen_view
from suport.views.file_view import file_name, file_views
from suport.web.pages.files import FilesPage, RemovalPage, Sent, UploadedPage
from suport.web.rendering import Page
from suport.web.site import Site
from suport.web.visit import Visit, lead_to, session_cookie

from aws_lambda_powertools import Logger

logger = Logger()


def show_files(visit: Visit) -> Response:
    """The files of the incident, and the form that adds one.

    The store leads back here, too, with the key of what was sent. Some browsers do not bring the
    session along in that case; they get a page that leads here once more.
    """
    assert visit.language
    opened = visit.open_session()
    key = visit.query.get("key", "")
    named = file_store.parse_key(key)
    if opened is None and "etag" in visit.query:  # the store adds it
        return visit.page(UploadedPage(key=key if named else ""))
    if opened is None:
        raise about_pages.session_over()
    sent = None
    if named and named[0] == opened.reference:
        sent = what_became(*named, looks_so_far(visit.query))
    incident = register().incident(opened.reference, clock.now())
    upload = upload_form(incident, address(visit))
    page = files_page(incident, upload=upload, sent=sent, done=visit.query.get("done", ""))
    if upload is None:
        return visit.page(page)
    headers = {
        **page_headers(connects=page.connects, store=origin(upload.url)),
        "Set-Cookie": session_cookie(opened),
    }
    return visit.page(page, headers=headers)


def open_file(visit: Visit) -> Response:
    """Leads to a link to the file, valid for a minute; shows the list if it cannot be opened.

    Citizens' own looks are no entries.
    """
    assert visit.language
    incident = register().incident(visit.opened(), clock.now())
    file_id = FileId(visit.query.get("id", ""))
    with suppress(NoSuchFile):
        file = openable(incident, file_id)
        link = file_store.browser_download(
            *(aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"], incident.reference, file_id),
            version=file.version,
            media_type=file.type,
            name=file_name(incident, file_id),
        )
        if link:
            return lead_to(link)
    trouble = about_incidents.no_such_file()
    return visit.page(files_page(incident, trouble=trouble), trouble.status)


def ask_to_remove(visit: Visit) -> Response:
    """The question whether to remove a file; the list, if there is no such file."""
    assert visit.language
    incident = register().incident(visit.opened(), clock.now())
    if not (page := removal_page(incident, {"id": visit.query.get("id", "")})):
        return lead_to("files")
    return visit.page(page)


def remove_file(visit: Visit) -> Response:
    """Removes a file; the same again changes nothing."""
    reference = visit.opened()
    file_id = FileId(visit.form().get("id", ""))
    register().remove_file(reference, file_id, clock.now())
    logger.info("file removed")
    return lead_to("files?done=removed")


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> Page:
    """The question about the file again, with what is wrong; the list, if there is no such file."""
    incident = register().incident(visit.opened(), clock.now())
    return removal_page(incident, typed, trouble) or files_page(incident, trouble=trouble)


def removal_page(
    incident: Incident, typed: Mapping[str, str], trouble: Problem | None = None
) -> RemovalPage | None:
    """The question whether to remove the file that the form names; None if it is not, or gone."""
    named = typed.get("id")
    known = next((each for each in file_views(incident) if each["file"] == named), None)
    if known is None or known["state"] in ERASED:
        return None
    return RemovalPage(view=view_of(incident), file=known, fields=typed, trouble=trouble)


def files_page(incident: Incident, **more: Any) -> FilesPage:
    """The files of the incident; see `FilesPage` for what else."""
    return FilesPage(view=view_of(incident), places=places_for(incident), **more)


def what_became(reference: Reference, file_id: FileId, looks: int) -> Sent:
    """What became of a file that the store says has been sent.

    If it cannot be checked now, the store's own message has it checked a little later.
    """
    key = file_store.object_key(reference, file_id)
    if file_id not in register().incident(reference, clock.now()).files:
        try:
            arrivals.check(reference, file_id, clock.now())
        except Exception as failure:  # noqa: BLE001  whatever it is, the page says so
            logger.error("file not checked", **logged_failure.facts(failure))  # noqa: TRY400  it quotes nothing
            return Sent(key, None, unchecked=True, looks=looks)
    incident = register().incident(reference, clock.now())
    fate = register().fate_of_file(incident, file_id, clock.now())
    numbers = {each["file"]: each["number"] for each in file_views(incident)}
    return Sent(key, fate, numbers.get(file_id), looks=looks)


def looks_so_far(query: Mapping[str, str]) -> int:
    """How often the page has already looked again by itself."""
    stated = query.get("look", "")
    return int(stated) if re.fullmatch(r"[0-9]", stated) else 0


def upload_form(incident: Incident, back: str) -> UploadForm | None:
    """The form for one file, if the incident takes one more."""
    if incident.status is Status.RESOLVED or places_for(incident) <= 0:
        return None
    bucket = os.environ["ATTACHMENTS_BUCKET"]
    return file_store.upload_form(aws.client("s3"), bucket, incident.reference, back)


def places_for(incident: Incident) -> int:
    """How many more files the incident takes."""
    return places_left(file.state for file in incident.files.values())


def origin(url: str) -> str:
    """The origin of an address, as a policy names it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def address(visit: Visit) -> str:
    """The absolute address of this page: under the public one if there is one, else as requested.

    Behind a content delivery network or under a domain of the service's own, the request's host
    is not the one that the browser knows and has the session's cookie for.
    """
    if public := settings.public_url():
        return f"{public}/{visit.language}/files"
    request = visit.request
    scheme = request.headers.get("x-forwarded-proto", "https")
    return f"{scheme}://{request.domain_name}{request.seen_path}"


def view_of(incident: Incident) -> dict[str, Any]:
    """The citizen's view of the incident, without its history."""
    return citizen_view(incident, HistoryPart())


site = Site(
    {
        ("GET", "/{language}/files"): show_files,
        ("GET", "/{language}/file"): open_file,
        ("GET", "/{language}/remove-file"): ask_to_remove,
        ("POST", "/{language}/remove-file"): remove_file,
    },
    form_page=form_page,
)
handler = site.handler
