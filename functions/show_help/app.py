"""Shows the pages that need no register: help, the incident form, and the notices."""

import secrets
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import notice, pages, problem
from suport.api import Api, json_answer
from suport.incident import Language
from suport.notice import Subject
from suport.problem import FieldError
from suport.texts import N_

# what a link to the form may bring along; nothing personal ever stands in an address
CARRIED = ("category", "procedure.code", "procedure.name", "error.code")

logger = Logger()
app = Api()


@app.get("/")
def start() -> Response[str]:
    """Leads to the help page in the language that the browser prefers."""
    # Asked for without its last slash, the stage's address is relative to what stands before it.
    stage = app.current_event.request_context.path.rpartition("/")[2]
    location = f"{stage}/{app.reader}/help" if stage else f"{app.reader}/help"
    headers = {"Location": location, "Vary": "Accept-Language"}
    return Response(HTTPStatus.SEE_OTHER, headers=headers)


@app.get("/<language>/help")
def show_help(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """What kind of problem is it? Each kind leads to the form."""
    return Response(HTTPStatus.OK, pages.HTML, pages.help_page(app.page_language))


@app.get("/<language>/incident")
def show_form(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The form, with a key of its own, so that sending it twice makes one incident."""
    query = app.current_event.query_string_parameters
    fields = {name: query[name] for name in CARRIED if name in query}
    page = pages.incident_form(app.page_language, fields, secrets.token_urlsafe())
    return Response(HTTPStatus.OK, pages.HTML, page)


@app.get("/<language>/privacy")
def show_privacy_notice(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The whole notice on personal data."""
    shown = notice.current(Subject.PRIVACY, app.page_language)
    return Response(HTTPStatus.OK, pages.HTML, pages.notice_page(shown))


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


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
