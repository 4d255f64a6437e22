"""Shows the pages that need no register: help, procedures, the incident form, and the notices."""

import os
import secrets
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.incident import Category, Language, Topic
from suport.domain.phone_line import availability
from suport.http import problem
from suport.http.api import Api, json_answer
from suport.http.problem import FieldError
from suport.texts import notice
from suport.texts.message import N_
from suport.texts.notice import Subject
from suport.web.browser import described
from suport.web.named_procedure import named_procedure
from suport.web.pages.help import ErrorPage, help_page
from suport.web.pages.incident_form import IncidentForm
from suport.web.pages.notices import NoticePage
from suport.web.pages.procedures import ProceduresPage
from suport.web.site_map import LEGAL_PAGES

CLOSED_DATES = frozenset(
    date.fromisoformat(day) for day in os.environ.get("CLOSED_DATES", "").split(",") if day
)
# what a link to the form may bring along; nothing personal ever stands in an address
CARRIED = ("category", "procedure.code", "procedure.name", "error.code", "topic")

# pages that only show something; the notices are among them
WITHOUT_FORM = {*LEGAL_PAGES, "procedures", "contact", "export"}

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


@app.get("/")
def start() -> Response[str]:
    """Leads to the help page in the language that the browser prefers."""
    # Asked for without its last slash, the stage's address is relative to what stands before it.
    stage = app.current_event.request_context.path.rpartition("/")[2]
    location = f"{stage}/{app.reader}/help" if stage else f"{app.reader}/help"
    headers = {"Location": location, "Vary": "Accept-Language"}
    return Response(HTTPStatus.SEE_OTHER, headers=headers)


@app.get("/<language>")
def start_in(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Leads to the help page in the language of the address."""
    last = app.current_event.request_context.path.rpartition("/")[2]
    reader = app.page_language
    return app.lead_to(f"{reader}/help" if last == reader else "help")


@app.get("/<language>/help")
def show_help(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """What kind of problem is it? For a kind that was chosen: what helps soonest."""
    query = app.current_event.query_string_parameters
    page = help_page(procedure(query), category(query), availability(now(), CLOSED_DATES))
    return app.page(page.render(app.page_language), personal=False)


@app.post("/<language>/help")
def look_up_error(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """What is known about an error that was typed or pasted; nothing of it is recorded."""
    from suport.domain.known_errors import recognise  # noqa: PLC0415  asked for by few

    fields = app.form()
    typed = fields.get("error", "").strip()
    signs = recognise(typed)
    page = ErrorPage(
        procedure=procedure(fields),
        category=signs[0].category if signs else category(fields),
        typed=typed,
        signs=signs,
    ).render(app.page_language)
    return app.page(page, personal=False)  # an error alone says nothing of a person


@app.get("/<language>/procedures")
def show_procedures(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The catalogue of procedures, or what a search finds in it."""
    from suport.domain.procedures import catalogue  # noqa: PLC0415  asked for by few

    query = app.current_event.query_string_parameters
    reader, words, telematic = app.page_language, query.get("q", ""), bool(query.get("telematic"))
    begun = query.get("start", "")
    page = ProceduresPage(
        query=words,
        found=catalogue().search(words, reader, telematic_only=telematic),
        telematic=telematic,
        start=int(begun[:6]) if begun.isascii() and begun.isdigit() else 0,
        sample=catalogue().sample,
    )
    return app.page(page.render(reader), personal=False)


@app.get("/<language>/incident")
def show_form(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The form, with a key of its own, so that sending it twice makes one incident.

    The browser may keep it to go back to: the key is then still the same.
    """
    query = app.current_event.query_string_parameters
    fields = {name: query[name] for name in CARRIED if name in query}
    if fields.get("topic") in Topic:  # such a communication is for the functional team
        fields.setdefault("category", Category.FUNCTIONAL)
    if code := fields.get("procedure.code"):
        named = named_procedure({"code": code}, app.page_language)
        fields.setdefault("procedure.name", named.name)
    fields["context.browser"] = described(app.current_event.headers.get("User-Agent"))
    page = IncidentForm(fields=fields, key=secrets.token_urlsafe())
    return app.page(page.render(app.page_language), personal=False)


@app.get("/<language>/<notice>")
def show_notice(language: str, notice: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """A notice as it stands; anything else that is asked for here does not exist."""
    if notice not in LEGAL_PAGES:
        raise problem.no_such_page()
    page = NoticePage(subject=Subject(notice))
    return app.page(page.render(app.page_language), personal=False)


@app.post("/")
def refuse_form() -> Response[str]:
    """A form sent to the start, which takes none."""
    raise problem.takes_no_form()


@app.post("/<language>")
def refuse_form_in(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """A form sent to the start in a language; where there is no such language, no page."""
    assert app.page_language
    raise problem.takes_no_form()


@app.post("/<language>/<page>")
def refuse_form_of_page(language: str, page: str) -> Response[str]:  # noqa: ARG001
    """A form sent to a page that takes none, or to none at all."""
    if app.page_language and page in WITHOUT_FORM:
        raise problem.takes_no_form()
    raise problem.no_such_page()


@app.get("/v1/privacy-notice")
def privacy_notice() -> Response[str]:
    """The JSON API: the notice on personal data, with what proves its text."""
    return told(Subject.PRIVACY)


@app.get("/v1/remote-support-notice")
def remote_support_notice() -> Response[str]:
    """The JSON API: the notice before remote support; consents name its SHA-256."""
    return told(Subject.REMOTE_SUPPORT)


def told(subject: Subject) -> Response[str]:
    """The current notice, in the language asked for in the query, else in the browser's."""
    asked = app.current_event.query_string_parameters.get("language")
    shown = notice.current(subject, app.reader if asked is None else language_of(asked))
    return json_answer(HTTPStatus.OK, shown.identity() | {"text": shown.text})


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
        raise problem.invalid([FieldError("language", message)])
    return Language(asked)


def category(fields: Any) -> Category | None:
    """The kind of problem that was chosen, if one was."""
    chosen = fields.get("category", "")
    return Category(chosen) if chosen in Category else None


def procedure(fields: Any) -> dict[str, str]:
    """The procedure that one comes from, by code and name."""
    return {name: fields.get(f"procedure.{name}", "")[:300] for name in ("code", "name")}


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
