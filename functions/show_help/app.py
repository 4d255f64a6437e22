"""Shows the pages that need no register: help, procedures, the incident form, and the notices.

Help, procedures and the form also show the known problems that are open.
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from suport.domain.incident import Category
from suport.domain.language import Language
from suport.domain.phone_line import availability
from suport.domain.submission import LONGEST_ERROR
from suport.domain.typed_text import paragraphs
from suport.http.form_encoding import FORM, read_form
from suport.http.problems import about_pages, about_requests
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.runtime import clock, settings
from suport.texts import published_notices
from suport.texts.message import N_
from suport.texts.published_notices import Subject
from suport.web.named_procedure import named_procedure
from suport.web.pages.help import ErrorPage, help_page
from suport.web.pages.incident_form import IncidentForm, KindPage
from suport.web.pages.notices import NoticePage
from suport.web.pages.procedures import ProceduresPage
from suport.web.questions import kind_of, settled
from suport.web.shown_problems import problems_of_procedures, shown_problems
from suport.web.site import Site
from suport.web.site_map import LEGAL_PAGES
from suport.web.user_agent import described
from suport.web.visit import Visit, lead_to

# what a link to the form may carry; nothing personal is ever in an address
CARRIED = ("category", "procedure.code", "procedure.name", "error.code", "topic")

MOST_SUGGESTED = 8  # procedures

# pages that only show something, among them the notices
WITHOUT_FORM = {*LEGAL_PAGES, "procedures", "contact", "export", "files", "file"}


def start(visit: Visit) -> Response:
    """Leads to the help page in the language that the browser prefers."""
    # Without its last slash, the stage's address makes links relative to the folder above it.
    stage = visit.request.seen_path.rpartition("/")[2]
    location = f"{stage}/{visit.reader}/help" if stage else f"{visit.reader}/help"
    headers = {"Location": location, "Vary": "Accept-Language"}
    return Response(HTTPStatus.SEE_OTHER, headers=headers)


def start_in(visit: Visit) -> Response:
    """Leads to the help page in the language of the address."""
    last = visit.request.seen_path.rpartition("/")[2]
    return lead_to(f"{visit.language}/help" if last == visit.language else "help")


def show_help(visit: Visit) -> Response:
    """The question what kind of problem it is or, for a chosen kind, what helps soonest."""
    line = availability(clock.now(), settings.closed_dates())
    page = help_page(
        *(procedure(visit.query), category(visit.query), line),
        problems=shown_problems(visit.query),
    )
    return visit.page(page, personal=False)


def look_up_error(visit: Visit) -> Response:
    """What is known about an error that the citizen typed or pasted; nothing of it is recorded.

    A text too long to be reported comes back, to be shortened.
    """
    from suport.domain.known_errors import recognise  # noqa: PLC0415  few need it
    from suport.http.text_length import wrong_length  # noqa: PLC0415  as above

    fields = visit.form()
    typed = paragraphs(fields.get("error", "").replace("\0", ""))
    if too_long := wrong_length(typed, LONGEST_ERROR):
        trouble = about_requests.wrong_question("error", too_long)
        line = availability(clock.now(), settings.closed_dates())
        wrong = help_page(
            *(procedure(fields), category(fields), line),
            typed=typed,
            trouble=trouble,
            problems=shown_problems(fields),
        )
        return visit.page(wrong, trouble.status, personal=False)
    signs = recognise(typed)
    kind, code = (signs[0].category, signs[0].code) if signs else (category(fields), None)
    page = ErrorPage(
        procedure=procedure(fields),
        category=kind,
        typed=typed,
        signs=signs,
        problems=shown_problems({**fields, "category": kind or "", "error.code": code or ""}),
    )
    return visit.page(page, personal=False)  # an error alone says nothing about a person


def show_procedures(visit: Visit) -> Response:
    """The catalogue of procedures, or what a search finds in it."""
    from suport.domain.procedures import catalogue  # noqa: PLC0415  few need it

    query = visit.query
    reader, words, telematic = visit.language, query.get("q", ""), bool(query.get("telematic"))
    begun = query.get("start", "")
    page = ProceduresPage(
        query=words,
        found=catalogue().search(words, reader, telematic_only=telematic),
        telematic=telematic,
        start=int(begun[:6]) if begun.isascii() and begun.isdigit() else 0,
        sample=catalogue().sample,
        known=problems_of_procedures(),
    )
    return visit.page(page, personal=False)


def show_form(visit: Visit) -> Response:
    """The form, at the questions of the kind in the address, or else at the choice of a kind.

    It has a key of its own: sending it twice makes one incident.

    The browser may keep it, to go back to it: the key is then still the same.
    """
    fields = {name: visit.query[name] for name in CARRIED if name in visit.query}
    fields = settled(fields)
    if code := fields.get("procedure.code"):
        fields.setdefault("procedure.name", named_procedure({"code": code}, visit.language).name)
    fields["context.browser"] = described(visit.request.headers.get("user-agent"))
    page = IncidentForm if kind_of(fields) else KindPage
    shown = page(fields=fields, key=secrets.token_urlsafe(), problems=shown_problems(fields))
    return visit.page(shown, personal=False)


def show_notice(visit: Visit) -> Response:
    """The text of a notice, or an earlier one if the query names its version.

    Under any other name, and for a version that never was, there is no page.
    """
    if visit.name not in LEGAL_PAGES:
        raise about_pages.no_such_page()
    subject, version = Subject(visit.name), visit.query.get("version") or None
    if version == published_notices.CURRENT_VERSIONS[subject]:
        version = None
    if version and version not in published_notices.published(subject):
        raise about_pages.no_such_page()
    return visit.page(NoticePage(subject=subject, version=version), personal=False)


def refuse_form(visit: Visit) -> Response:
    """Refuses a form sent to a page that takes none (a start page, for one), or to no page."""
    at_start = not visit.name
    if at_start and visit.request.resource == "/":
        raise about_pages.takes_no_form()
    if visit.language and (at_start or visit.name in WITHOUT_FORM):
        raise about_pages.takes_no_form()
    raise about_pages.no_such_page()


def privacy_notice(request: Request) -> Response:
    """The JSON API: the notice on personal data, with the hash that proves its text."""
    return told(Subject.PRIVACY, request)


def remote_support_notice(request: Request) -> Response:
    """The JSON API: the notice before remote support; consents name its SHA-256."""
    return told(Subject.REMOTE_SUPPORT, request)


def name_procedures(request: Request) -> Response:
    """The procedures that a form suggests for the words typed so far; nothing is recorded.

    It is a form, `q` and `language`, so no address has the words.
    """
    from suport.domain.procedures import catalogue  # noqa: PLC0415  few need it

    asked = read_form(request.body(FORM))
    reader = language_of(asked.get("language", ""))
    words = asked.get("q", "")
    found = catalogue().search(words, reader) if words.strip() else []
    names = [(each.code, *each.name_in(reader)) for each in found[:MOST_SUGGESTED]]
    told = [{"code": code, "name": name, "language": spoken} for code, name, spoken in names]
    return json_answer(HTTPStatus.OK, {"procedures": told, "found": len(found)})


def told(subject: Subject, request: Request) -> Response:
    """The notice, in the query's language or else the browser's, and of the query's version if any.

    Raises
    ------
    Problem
        422 if the service does not speak that language, or if there never was such a version.
    """
    asked = request.query.get("language")
    spoken = request.language if asked is None else language_of(asked)
    version = request.query.get("version", published_notices.CURRENT_VERSIONS[subject])
    versions = sorted(published_notices.published(subject), reverse=True)
    if version not in versions:
        message = N_("Choose one of these: {choices}.", choices=", ".join(versions))
        raise about_requests.wrong_question("version", message)
    shown = published_notices.of_version(subject, spoken, version)
    facts = {"text": shown.text, "versions": versions}
    return json_answer(HTTPStatus.OK, shown.identity.as_facts() | facts)


def language_of(asked: str) -> Language:
    """The language of that name.

    Raises
    ------
    Problem
        422 if the service does not speak it.
    """
    if asked not in Language:
        choices = ", ".join(Language)
        message = N_("Choose one of these: {choices}.", choices=choices)
        raise about_requests.wrong_question("language", message)
    return Language(asked)


def category(fields: Mapping[str, str]) -> Category | None:
    """The kind of problem that the citizen chose, if any."""
    chosen = fields.get("category", "")
    return Category(chosen) if chosen in Category else None


def procedure(fields: Mapping[str, str]) -> dict[str, str]:
    """The procedure that the citizen comes from, by code and name."""
    return {name: fields.get(f"procedure.{name}", "")[:300] for name in ("code", "name")}


site = Site(
    pages={
        ("GET", "/"): start,
        ("GET", "/{language}"): start_in,
        ("GET", "/{language}/help"): show_help,
        ("POST", "/{language}/help"): look_up_error,
        ("GET", "/{language}/procedures"): show_procedures,
        ("GET", "/{language}/incident"): show_form,
        ("GET", "/{language}/{notice}"): show_notice,
        ("POST", "/"): refuse_form,
        ("POST", "/{language}"): refuse_form,
        ("POST", "/{language}/{notice}"): refuse_form,
        ("POST", "/{language}/procedures"): refuse_form,
        ("POST", "/{language}/contact"): refuse_form,
        ("POST", "/{language}/export"): refuse_form,
        ("POST", "/{language}/files"): refuse_form,
        ("POST", "/{language}/file"): refuse_form,
    },
    api={
        ("GET", "/v1/privacy-notice"): privacy_notice,
        ("GET", "/v1/remote-support-notice"): remote_support_notice,
        ("POST", "/v1/procedures"): name_procedures,
    },
)
handler = site.handler
