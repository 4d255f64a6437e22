"""A request for a page of the desk, from a browser in which an operator may have signed in."""

from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus

from suport.domain.desk_session import DeskSession
from suport.domain.language import Language
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference, parse_reference
from suport.http.form_encoding import FORM, legible, read_form
from suport.http.problems import about_pages, about_requests
from suport.http.request import LARGEST_BODY, Request
from suport.http.response import Response
from suport.web.desk.frame import DeskPage, Frame
from suport.web.desk.session_cookie import FORM_TOKEN, form_token, is_form_token
from suport.web.site_map import address
from suport.web.visit import KEPT, answer_with, fits

_WITH_A_PAGE = {"new", "shift", "search", "problem", "sessions", "keys"}
"""The forms whose own address has a page."""


class SignedOut(Exception):
    """Nobody is signed in, or no longer."""


class DeskVisit:
    """One request for a page of the desk.

    name: the page's name in the address; empty at the start. session: the operator's, or None.
    """

    def __init__(
        self,
        request: Request,
        token: str | None = None,
        session: DeskSession | None = None,
        *,
        has_keys: bool = True,
    ) -> None:
        """The visit that this request makes.

        token: what the browser shows of the session. has_keys: whether the operator has the
        one-letter keys.
        """
        self.request = request
        self._has_keys = has_keys
        self.session = session
        self.name = "/".join(request.path.strip("/").split("/")[2:])
        self._token = token
        self._form: dict[str, str] | None = None

    @property
    def operator(self) -> Operator:
        """Who is signed in.

        Raises
        ------
        SignedOut
        """
        if self.session is None:
            raise SignedOut
        return self.session.operator

    @property
    def language(self) -> Language:
        """The language that the page's address names, or else the one that the browser prefers."""
        named = self.request.parameters.get("language", "")
        return Language(named) if named in Language else self.request.language

    @property
    def query(self) -> Mapping[str, str]:
        """The fields in the query of the address."""
        return self.request.query

    @property
    def here(self) -> str:
        """The page's address with its query, relative to its language; that of a form's page."""
        if self.request.method != "POST":
            return address(self.name, self.query)
        if problem := self.typed.get("problem", ""):
            return address("problem", {"id": problem})
        about = self.typed.get("reference", "")
        if about:
            return address("incident", {"reference": about})
        if self.name == "team":
            return address("team", {"team": self.typed.get("team", "")})
        return self.name if self.name in _WITH_A_PAGE else "list"

    @property
    def reference(self) -> Reference:
        """The incident that the address names, or the form.

        Raises
        ------
        MisreadReference
        """
        named = self.typed if self.request.method == "POST" else self.query
        return parse_reference(named.get("reference", ""))

    @cached_property
    def typed(self) -> dict[str, str]:
        """All that can be read of a form, also of a forged one; nothing is done because of it."""
        request = self.request
        fields = legible(request.sent, request.content_type) or {}
        fields.pop(FORM_TOKEN, None)
        return fields

    def form(self) -> dict[str, str]:
        """The fields of a form that a page of this session sent.

        Raises
        ------
        Problem
            422 if it is of another session, such as one that has ended; also those of
            `Request.body`.
        SignedOut
        """
        if self._form is None:
            if self.session is None:
                raise SignedOut
            fields = read_form(self.request.body(FORM), self.request.charset)
            if not is_form_token(self._token or "", fields.pop(FORM_TOKEN, "")):
                raise about_pages.page_expired()
            self._form = fields
        return self._form

    @property
    def frame(self) -> Frame:
        """What every page of the desk has around it."""
        return Frame(
            operator=self.session.operator if self.session else None,
            form_token=form_token(self._token) if self._token else "",
            here=self.here,
            has_keys=self._has_keys,
        )

    def page(self, page: DeskPage, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """A page of the desk. The browser keeps it, to go back to it with what was typed.

        Raises
        ------
        Problem
            413 if what was typed makes it larger than an answer may be.
        """
        answer = answer_with(page, self.language, status, KEPT)
        if not fits(answer.body):
            raise about_requests.too_large(LARGEST_BODY)
        return answer
