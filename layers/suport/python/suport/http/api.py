"""How a function answers over HTTP: problems in the reader's language, safe headers always.

A form that cannot be handled, for whatever reason, is answered by a page with all that was typed in
it; functions raise what is wrong and need not care.
"""

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import (
    ApiGatewayResolver,
    APIGatewayRestResolver,
    Response,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.incident import Language
from suport.domain.reference import MisreadReference, Reference, agrees, opens, parse_reference
from suport.http import problem
from suport.http.form import CHARSETS, FORM, content_type, legible, read_form
from suport.http.problem import Problem
from suport.http.security_headers import SECURITY_HEADERS
from suport.runtime.failure import facts
from suport.runtime.metrics import Metric, count
from suport.texts.message import preferred_language
from suport.web.forgery import is_forged
from suport.web.session import Session, session_of

LARGEST_BODY = 2 * 1024 * 1024  # bytes; the longest correct submission is under 100 KB
LARGEST_PAGE = 5 * 1024 * 1024  # bytes; Lambda takes no answer of more than six megabytes

JSON = "application/json"
HTML = "text/html; charset=utf-8"

logger = Logger()

RefusedForm = Callable[[Reference, Mapping[str, str], Problem], str]
"""Makes the page on which a form stands, of an incident, what was typed and what is wrong."""

_UNDER_A_NEW_KEY = {"forged", "page-expired", "sent-already"}
_TO_BE_OPENED_FIRST = {"session-over", "other-incident", "not-found"}


class Api(APIGatewayRestResolver):
    """The routes of one function, with what all answers of the service have in common."""

    def __init__(self) -> None:
        super().__init__()
        self.exception_handler(Problem)(self._tell)
        self.exception_handler(Exception)(self._tell_of_failure)
        self.not_found(self._tell_of_absence)
        self._opened: Session | None = None
        self._form: dict[str, str] | None = None
        self._page_of_form: RefusedForm | None = None

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """The answer for API Gateway, with the headers that none may lack.

        HEAD is answered as GET would be, without the body. It shows nothing, and so it does not
        change the session either.
        """
        self._opened = self._form = None
        head = event["httpMethod"] == "HEAD"
        answer = super().resolve({**event, "httpMethod": "GET"} if head else event, context)
        always = {name: [value] for name, value in SECURITY_HEADERS.items()}
        answer["multiValueHeaders"] = always | answer["multiValueHeaders"]
        answer["body"] = answer["body"] or ""  # a redirect has none; the embedded AWS wants one
        if head:
            answer["body"] = ""
            answer["multiValueHeaders"].pop("Set-Cookie", None)
        return answer

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        """A page's address ends with its name: with a slash behind it, links would lead astray."""
        if rule.count("/") < 2 or rule.startswith("/v1/"):  # noqa: PLR2004  the starts, and JSON
            base_regex = "^{}/*$"
        compiled: re.Pattern[str] = ApiGatewayResolver._compile_regex(  # noqa: SLF001
            rule, base_regex
        )
        return compiled

    def refused(self, page: RefusedForm) -> RefusedForm:
        """Decorates what makes the page to show again where a form of an opened incident is wrong.

        It may ask the register. Where that fails, too, a page is shown that needs nothing.
        """
        self._page_of_form = page
        return page

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
        asked = self._names[0]
        if asked not in Language:
            raise problem.no_such_page()
        return Language(asked)

    def body(self, media_type: str) -> bytes:
        """The request's body as it was sent, in UTF-8.

        Raises
        ------
        Problem
            415 if it is declared to be something else, 413 if it is too large.
        """
        return self._body(media_type, {"", "utf-8", "utf8"})[0]

    def form(self, forged: Callable[[], Problem] = problem.forged) -> dict[str, str]:
        """The fields of a form that one of the service's own pages sent.

        Raises
        ------
        Problem
            404 if the page's language is none; `forged` if another site sent the form; 400 if it
            has too many fields; else as `body`.
        """
        if self._form is None:
            if self._names[0] not in Language:
                raise problem.no_such_page()
            if is_forged(self.current_event.headers):
                raise forged()
            self._form = read_form(*self._body(FORM, CHARSETS))
        return self._form

    def session(self, secret: bytes, now: datetime) -> Session | None:
        """The session on the web that the browser's cookie carries, if it still lasts.

        Raises
        ------
        Problem
            409 if the form that is sent stands on the page of another incident, which was open in
            the same browser before; and as `form`.
        """
        fields = self.form() if self._posted else {}
        opened = session_of(secret, self.current_event.headers.get("Cookie", ""), now)
        if opened and not agrees(opened.reference, fields.get("reference", "")):
            raise problem.other_incident()
        self._opened = opened
        return opened

    def opened_by_session(self, secret: bytes, now: datetime) -> Reference:
        """The incident that the session opens.

        Raises
        ------
        Problem
            403 without a session, which leads to the page where one is begun; else as `session`.
        """
        opened = self.session(secret, now)
        if opened is None:
            raise problem.session_over()
        return opened.reference

    def page(
        self,
        html: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        personal: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Response[str]:
        """A page of the service. One that is not personal may be kept to go back to.

        Raises
        ------
        Problem
            413 if what was typed makes it larger than an answer may be.
        """
        if not _fits(html):
            raise problem.too_large(LARGEST_BODY)
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
            count(Metric.WRONG_ACCESS_CODES)
            raise problem.no_access()
        return parsed

    def failed(self, failure: Exception) -> Problem:
        """Logs a failure of the service, and returns the problem to answer with."""
        logger.error("request failed", **facts(failure))
        return problem.unavailable()

    @property
    def _posted(self) -> bool:
        return self.current_event.http_method.upper() == "POST"

    @property
    def _content_type(self) -> str:
        return self.current_event.headers.get("Content-Type", "")

    @property
    def _sent(self) -> bytes:
        text = self.current_event.body or ""
        try:
            return base64.b64decode(text) if self.current_event.is_base64_encoded else text.encode()
        except ValueError:  # it is no base64, or holds half a character
            return b""

    def _body(self, expected: str, charsets: Iterable[str]) -> tuple[bytes, str]:
        """The body, and the charset that it is declared to be in."""
        media_type, parameters = content_type(self._content_type)
        charset = parameters.get("charset", "").lower()
        if media_type != expected or charset not in charsets:
            raise problem.unsupported_media_type(expected)
        body = self._sent
        if len(body) > LARGEST_BODY:
            raise problem.too_large(LARGEST_BODY)
        return body, charset

    def _tell(self, trouble: Problem) -> Response[str]:
        if self.current_event.path.startswith("/v1/"):
            language = trouble.language or self.reader
            media_type, body = "application/problem+json", json_text(trouble.body(language))
        elif trouble.name == "session-over" and not self._posted:
            return self.lead_to("track")
        else:
            language = self.reader
            media_type, body = HTML, self._page_on(trouble, language)
        headers = {"Content-Language": str(language), **trouble.headers}
        return Response(trouble.status, media_type, body, headers=headers)

    def _page_on(self, trouble: Problem, language: Language) -> str:
        """The page on what went wrong, with the form that was sent, if one was."""
        from suport.web.pages.problem import ProblemPage  # noqa: PLC0415  JSON needs no templates
        from suport.web.pages.tracking import TrackingForm  # noqa: PLC0415  as above
        from suport.web.site_map import FORMS  # noqa: PLC0415  as above

        name = self._names[1] if len(self._names) > 1 else ""
        if self._posted and name in FORMS:
            page = self._form_again(name, trouble, language)
            if page and _fits(page):
                return page
            lost = ProblemPage(trouble=trouble, asked=name, root=self._root, too_long=True)
            return lost.render(language)
        if trouble.name in _TO_BE_OPENED_FIRST:
            return TrackingForm(trouble=trouble).render(language)
        return ProblemPage(trouble=trouble, asked=name, root=self._root).render(language)

    def _form_again(self, name: str, trouble: Problem, language: Language) -> str | None:
        """The form of that name with all that was typed in it; None if that is too much."""
        from suport.web.pages.problem import form_again  # noqa: PLC0415  as above
        from suport.web.pages.tracking import TrackingForm  # noqa: PLC0415  as above

        typed = legible(self._sent, self._content_type)
        if typed is None:
            return None
        typed.pop("access_code", None)  # a secret is given back to nobody
        if self._opened:
            typed.setdefault("reference", self._opened.reference)
        if trouble.name in _UNDER_A_NEW_KEY:
            typed["idempotency_key"] = secrets.token_urlsafe()
        is_refusal = trouble.status < HTTPStatus.INTERNAL_SERVER_ERROR
        to_be_opened = trouble.name in _TO_BE_OPENED_FIRST
        if self._opened and self._page_of_form and is_refusal and not to_be_opened:
            try:
                return self._page_of_form(self._opened.reference, typed, trouble)
            except Exception as failure:  # noqa: BLE001  whatever it is, what was typed is kept
                self.failed(failure)
        root = None if self._names == [language, name] else self._root
        if to_be_opened:
            return TrackingForm(fields=typed, trouble=trouble, root=root).render(language)
        return form_again(name, typed, trouble, root).render(language)

    @property
    def _names(self) -> list[str]:
        """The names in the address: the language, the page, and what stands behind it."""
        return self.current_event.path.removeprefix("/").split("/")

    @property
    def _root(self) -> str:
        """The way from the address that was asked for to where the languages begin: `../`.

        API Gateway's own path is the one that the browser sees, with its last slash or without. It
        begins with the stage, but not under a domain of the service's own.
        """
        seen = self.current_event.request_context.path
        above = _depth(seen) - _depth(self.current_event.path)
        *folders, last = seen.removeprefix("/").split("/")
        if len(folders) < above:  # the start, without its last slash
            return f"{last}/"
        return "../" * (len(folders) - above)

    def _tell_of_failure(self, failure: Exception) -> Response[str]:
        return self._tell(self.failed(failure))

    def _tell_of_absence(self, _: Exception) -> Response[str]:
        return self._tell(problem.no_such_page())


def _depth(path: str) -> int:
    return path.rstrip("/").count("/")


def _fits(html: str) -> bool:
    """Whether Lambda takes a page, which leaves it as JSON."""
    return len(json.dumps(html)) <= LARGEST_PAGE


def json_answer(status: HTTPStatus, content: Any) -> Response[str]:
    """An answer of the JSON API."""
    return Response(status, JSON, json_text(content))


def json_text(content: Any) -> str:
    """JSON as people can read it, too: in the letters of its language."""
    return json.dumps(content, ensure_ascii=False)
