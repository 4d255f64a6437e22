"""A request for a page, from a browser that may have an incident open."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from suport.domain.language import Language
from suport.domain.reference import Reference, agrees
from suport.http.form_encoding import FORM, read_form
from suport.http.problem import Problem
from suport.http.problems import about_pages, about_requests
from suport.http.request import LARGEST_BODY, Request
from suport.http.response import Response
from suport.http.security_headers import page_headers
from suport.runtime import clock
from suport.web import session
from suport.web.forgery import is_forged
from suport.web.session import Session

if TYPE_CHECKING:
    from suport.domain.incident import Incident
    from suport.web.rendering import Document

HTML = "text/html; charset=utf-8"
KEPT: Mapping[str, str] = {"Cache-Control": "private, no-cache"}
"""The browser keeps a page, to show it again when the citizen goes back; else it asks first."""
LARGEST_PAGE = 5 * 1024 * 1024  # bytes; Lambda takes no answer of more than six megabytes


class Visit:
    """One request for a page.

    name: the page's name in the address; empty at the start. session, incident: that of the request
    and the incident that it has open, once `open_session` has read them.
    """

    def __init__(self, request: Request) -> None:
        """The visit that this request makes."""
        self.request = request
        self.session: Session | None = None
        self.incident: Incident | None = None
        self._names = request.path.removeprefix("/").split("/")
        self._form: dict[str, str] | None = None

    @property
    def name(self) -> str:
        """The page's name."""
        return self._names[1] if len(self._names) > 1 else ""

    @property
    def is_at_usual_address(self) -> bool:
        """Whether the address is a language and a name, and nothing after them."""
        return len(self._names) == 2 and self._names[0] in Language  # noqa: PLR2004

    @property
    def language(self) -> Language:
        """The language that the page's address begins with.

        Raises
        ------
        Problem
            404 if the service does not speak it.
        """
        if self._names[0] not in Language:
            raise about_pages.no_such_page()
        return Language(self._names[0])

    @property
    def reader(self) -> Language:
        """The language of the page, or else the one that the browser prefers."""
        named = self._names[0]
        return Language(named) if named in Language else self.request.language

    @property
    def track_address(self) -> str:
        """The whole address of the page on which incidents are tracked, for a sheet of paper."""
        return f"{self.request.service_url}/{self.reader}/track"

    @property
    def query(self) -> Mapping[str, str]:
        """The fields in the query of the address."""
        return self.request.query

    def form(self, forged: Callable[[], Problem] = about_pages.forged) -> dict[str, str]:
        """The fields of a form that one of the service's own pages sent.

        Raises
        ------
        Problem
            404 if the service does not speak the page's language; `forged` if another site sent
            the form; 400 if it has too many fields; also those of `Request.body`.
        """
        if self._form is None:
            assert self.language
            if is_forged(self.request.headers):
                raise forged()
            self._form = read_form(self.request.body(FORM), self.request.charset)
        return self._form

    def stated_session(self) -> Session | None:
        """The session in the browser's cookie, without a look at its incident."""
        stated = self._in_cookie()
        return None if stated is None or stated.has_erased else stated

    def erased(self) -> Reference | None:
        """The incident that the browser had open until it was erased, half an hour ago at most."""
        stated = self._in_cookie()
        return stated.reference if stated and stated.has_erased else None

    def _in_cookie(self) -> Session | None:
        from suport.runtime import aws  # noqa: PLC0415  few pages need the session

        cookie = self.request.headers.get("cookie", "")
        return session.session_of(aws.service_secret(), cookie, clock.now())

    def open_session(self) -> Session | None:
        """The session that the browser's cookie carries, if it still lasts.

        It ends early if the access code that opened it is replaced.

        Raises
        ------
        Problem
            409 if the form is on the page of another incident, which the same browser had open
            before; also those of `form`.
        NoSuchIncident
        """
        from suport.register.deployed import register  # noqa: PLC0415  as above

        self.open_with(lambda opened: (register().incident(opened, clock.now()), None))
        return self.session

    def open_with[Read](self, read: Callable[[Reference], tuple["Incident", Read]]) -> Read | None:
        """Opens the session by a read of all that the page shows: one call to AWS instead of two.

        read: reads the incident with whatever else the page needs. Returns what else it read; None
        if there is no session.

        Raises
        ------
        Problem, NoSuchIncident
            As `open_session`; also what `read` raises.
        """
        fields = self.form() if self.request.method == "POST" else {}
        opened = self.stated_session()
        if opened is None:
            return None
        if not agrees(opened.reference, fields.get("reference", "")):
            raise about_pages.other_incident()
        self.session = opened
        incident, besides = read(opened.reference)
        if incident.code_number != opened.code_number:
            self.session = None
            return None
        self.incident = incident
        return besides

    def opened(self) -> Reference:
        """The reference of the incident that the session opens.

        Raises
        ------
        Problem
            403 without a session, which leads to the page that begins one; also those of
            `open_session`.
        """
        opened = self.open_session()
        if opened is None:
            raise about_pages.session_over()
        return opened.reference

    def kept_open(self, location: str, changed: Session | None = None) -> Response:
        """Leads to another page and keeps the incident open there for another half an hour.

        changed: the session from now on, if it is not as the visit's.
        """
        kept = changed or self.session
        assert kept
        return lead_to(location, session_cookie(kept))

    def page(
        self,
        page: "Document",
        status: HTTPStatus = HTTPStatus.OK,
        *,
        personal: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page of the service. The browser may keep one that is not personal, to go back to it.

        Raises
        ------
        Problem
            413 if what the citizen typed makes it larger than an answer may be.
        """
        kept = {} if personal else KEPT
        answer = answer_with(page, self.language, status, {**kept, **(headers or {})})
        if not fits(answer.body):
            raise about_requests.too_large(LARGEST_BODY)
        return answer


def answer_with(
    page: "Document",
    language: Language,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer with that page, which may do in the browser what its script needs.

    Every page is answered by this function, also one about a mistake: a form that is shown again
    works as it did before.
    """
    own = page_headers(connects=page.connects, captures=page.captures)
    own["Content-Language"] = str(language)
    return Response(status, HTML, page.render(language), {**own, **(headers or {})})


def lead_to(
    location: str, cookie: str | None = None, status: HTTPStatus = HTTPStatus.SEE_OTHER
) -> Response:
    """Sends the browser to another page of the service, and sets a cookie if there is one.

    status: 307 if the browser shall send its form there, too.
    """
    headers = {"Location": location} | ({"Set-Cookie": cookie} if cookie else {})
    return Response(status, headers=headers)


def session_cookie(opened: Session) -> str:
    """The `Set-Cookie` header that keeps the incident open from now on, for half an hour."""
    from suport.runtime import aws  # noqa: PLC0415  as above

    return session.set_cookie(aws.service_secret(), opened, clock.now())


def fits(html: str) -> bool:
    """Whether Lambda takes a page of that size, which leaves it as JSON."""
    return len(json.dumps(html)) <= LARGEST_PAGE
