"""How a function answers over HTTP: problems in the reader's language, safe headers always."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import problem
from suport.failure import facts
from suport.forgery import is_forged
from suport.incident import Language
from suport.problem import Problem
from suport.reference import MisreadReference, Reference, opens, parse_reference
from suport.security_headers import SECURITY_HEADERS
from suport.session import Session, session_of
from suport.texts import preferred_language

LARGEST_BODY = 2 * 1024 * 1024  # bytes; the longest correct submission is under 100 KB

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HTML = "text/html; charset=utf-8"

logger = Logger()


class Api(APIGatewayRestResolver):
    """The routes of one function, with what all answers of the service have in common."""

    def __init__(self) -> None:
        super().__init__()
        self.exception_handler(Problem)(self._tell)
        self.exception_handler(Exception)(self._tell_of_failure)
        self.not_found(self._tell_of_absence)

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """The answer for API Gateway, with the headers that none may lack."""
        answer = super().resolve(event, context)
        always = {name: [value] for name, value in SECURITY_HEADERS.items()}
        answer["multiValueHeaders"] = always | answer["multiValueHeaders"]
        answer["body"] = answer["body"] or ""  # a redirect has none; the embedded AWS wants one
        return answer

    @property
    def reader(self) -> Language:
        """The language of whoever asks: that of the page, else the one that the browser prefers."""
        try:
            return self.page_language
        except Problem:
            return preferred_language(self.current_event.headers.get("Accept-Language"))

    @property
    def page_language(self) -> Language:
        """The language that the page's address begins with.

        Raises
        ------
        Problem
            404 if it is none of the service's.
        """
        asked = self.current_event.path.removeprefix("/").partition("/")[0]
        if asked not in Language:
            raise problem.no_such_page()
        return Language(asked)

    def body(self, media_type: str) -> bytes:
        """The request's body as it was sent.

        Raises
        ------
        Problem
            415 if it is declared to be something else, 413 if it is too large.
        """
        declared, _, parameters = (
            self.current_event.headers.get("Content-Type", "").lower().partition(";")
        )
        charset = parameters.strip().removeprefix("charset=").strip('"')
        if declared.strip() != media_type or charset not in {"", "utf-8", "utf8"}:
            raise problem.unsupported_media_type(media_type)
        text = self.current_event.body or ""
        try:
            body = base64.b64decode(text) if self.current_event.is_base64_encoded else text.encode()
        except (binascii.Error, UnicodeEncodeError):
            body = b""
        if len(body) > LARGEST_BODY:
            raise problem.too_large(LARGEST_BODY)
        return body

    def form(self) -> bytes:
        """The body of a form that one of the service's own pages sent.

        Raises
        ------
        Problem
            403 if it was another site's; else as `body`.
        """
        if is_forged(self.current_event.headers):
            raise problem.forged()
        return self.body(FORM)

    def session(self, secret: bytes, now: datetime) -> Session | None:
        """The session on the web that the browser's cookie carries, if it still lasts."""
        return session_of(secret, self.current_event.headers.get("Cookie", ""), now)

    def page(
        self,
        html: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        personal: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Response[str]:
        """A page of the service. One that is not personal may be kept to go back to."""
        kept = {} if personal else {"Cache-Control": "private, no-cache"}
        language = {"Content-Language": str(self.page_language)}
        return Response(status, HTML, html, headers=language | kept | dict(headers or {}))

    def lead_to(self, location: str, cookie: str | None = None) -> Response[str]:
        """Sends the browser to another page of the service, and sets a cookie if there is one."""
        headers = {"Location": location} | ({"Set-Cookie": cookie} if cookie else {})
        return Response(HTTPStatus.SEE_OTHER, headers=headers)

    def opened(self, secret: bytes, reference: str) -> Reference:
        """The reference in the address, once the bearer has shown its access code.

        Raises
        ------
        Problem
            401 without a code; 404 with a wrong one, and likewise for a reference nobody has.
        """
        scheme, _, code = self.current_event.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not code.strip():
            raise problem.no_access_code()
        try:
            parsed = parse_reference(reference)
        except MisreadReference:
            raise problem.no_access() from None
        if not opens(secret, parsed, code):
            count_wrong_code()
            raise problem.no_access()
        return parsed

    def _tell(self, trouble: Problem) -> Response[str]:
        language = trouble.language or self.reader
        if self.current_event.path.startswith("/v1/"):
            content_type, body = "application/problem+json", json_text(trouble.body(language))
        else:
            from suport import pages  # noqa: PLC0415  an API function needs no templates

            content_type, body = HTML, pages.problem(trouble, language)
        headers = {"Content-Language": str(language), **trouble.headers}
        return Response(trouble.status, content_type, body, headers=headers)

    def failed(self, failure: Exception) -> Problem:
        """Logs a failure of the service, and returns what to tell whoever asked."""
        logger.error("request failed", **facts(failure))
        return problem.unavailable()

    def _tell_of_failure(self, failure: Exception) -> Response[str]:
        return self._tell(self.failed(failure))

    def _tell_of_absence(self, _: Exception) -> Response[str]:
        return self._tell(problem.no_such_page())


def count_wrong_code() -> None:
    """Counts a try to open an incident with a wrong access code; many of them ring an alarm."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415  rare

    whole = {"service": "suport"}  # one figure for all functions, for one alarm
    with single_metric("WrongAccessCodes", MetricUnit.Count, 1, default_dimensions=whole):
        pass


def json_answer(status: HTTPStatus, content: Any) -> Response[str]:
    """An answer of the JSON API."""
    return Response(status, JSON, json_text(content))


def json_text(content: Any) -> str:
    """JSON as people can read it, too: in the letters of its language."""
    return json.dumps(content, ensure_ascii=False)
