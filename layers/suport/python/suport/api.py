"""How a function answers over HTTP: problems in the reader's language, safe headers always."""

import base64
import binascii
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import problem
from suport.failure import facts
from suport.incident import Language
from suport.problem import Problem
from suport.reference import MisreadReference, Reference, opens, parse_reference
from suport.texts import preferred_language

LARGEST_BODY = 2 * 1024 * 1024  # bytes; the longest correct submission is under 100 KB

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer; the service itself never frames, is framed or asks for a device."""

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

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
            raise problem.no_access()
        return parsed

    def _tell(self, trouble: Problem) -> Response[str]:
        language = trouble.language or self.reader
        if self.current_event.path.startswith("/v1/"):
            content_type, body = "application/problem+json", json_text(trouble.body(language))
        else:
            from suport import pages  # noqa: PLC0415  an API function needs no templates

            content_type, body = pages.HTML, pages.problem(trouble, language)
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


def json_answer(status: HTTPStatus, content: Any) -> Response[str]:
    """An answer of the JSON API."""
    return Response(status, JSON, json_text(content))


def json_text(content: Any) -> str:
    """JSON as people can read it, too: in the letters of its language."""
    return json.dumps(content, ensure_ascii=False)
