"""How a function answers with pages: its routes, and what it shows when something goes wrong.

If a form cannot be handled, for whatever reason, the answer is a page with all that the citizen
typed in it. Functions only raise what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from suport.domain.language import Language
from suport.http.api import Api, Routes
from suport.http.form_encoding import legible
from suport.http.problem import Problem, ProblemName
from suport.http.problems import about_pages
from suport.http.request import Request
from suport.http.response import Response
from suport.web.site_map import FORMS
from suport.web.visit import KEPT, Visit, answer_with, fits, lead_to

if TYPE_CHECKING:
    from suport.web.rendering import Page

type PageRoutes = Mapping[tuple[str, str], Callable[[Visit], Response]]
"""What answers a visit, by method and resource: `("GET", "/{language}/help")`."""

type FormPage = Callable[[Visit, Mapping[str, str], Problem], "Page"]
"""Makes a form's page from a visit with a session, what was typed, and what is wrong.

It may ask the register. If that fails, too, the answer is a page that needs no register.
"""

FOR_PROGRAMS = {"v1", "comanda"}
"""What is below these has no pages: even what is not there is told as problem details."""

_UNDER_A_NEW_KEY = {ProblemName.FORGED, ProblemName.PAGE_EXPIRED, ProblemName.SENT_ALREADY}
_TO_BE_OPENED_FIRST = {
    ProblemName.SESSION_OVER,
    ProblemName.OTHER_INCIDENT,
    ProblemName.NOT_FOUND,
}


class Site(Api):
    """The pages of one function, and its JSON API if it has one."""

    def __init__(
        self, pages: PageRoutes, api: Routes | None = None, form_page: FormPage | None = None
    ) -> None:
        """These pages; `form_page` makes the page of a form about an incident again."""
        super().__init__(api or {})
        self._pages = pages
        self._form_page = form_page

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The method and the resource of every route, pages and JSON API."""
        return super().routes | set(self._pages)

    def answer(self, request: Request) -> Response:
        """The answer to a request, whatever goes wrong."""
        if _is_for_program(request):
            return super().answer(request)
        visit = Visit(request)
        try:
            answer = self.visit(visit)
        except Exception as failure:  # noqa: BLE001  whatever it is, somebody waits for a page
            answer = self._show(visit, self.problem_of(failure, request))
        return _kept_to_go_back_to(answer) if request.method == "POST" else answer

    def visit(self, visit: Visit) -> Response:
        """What the route of the visit answers.

        Raises
        ------
        Problem
            404 if there is no such route.
        """
        request = visit.request
        show = self._pages.get((request.method, request.resource))
        # A page's address ends with its name: after another slash, links would lead astray.
        astray = request.path.endswith("/") and request.resource.count("/") > 1
        if show is None or astray:
            raise about_pages.no_such_page()
        return show(visit)

    def unavailable(self, request: Request) -> Problem:
        """The problem that answers a failure of the service."""
        if request.method == "POST" and not _is_for_program(request):
            return about_pages.form_not_handled()
        return super().unavailable(request)

    def _show(self, visit: Visit, trouble: Problem) -> Response:
        """The page about what went wrong, with the form, if the request sent one."""
        posted = visit.request.method == "POST"
        if trouble.name is ProblemName.SESSION_OVER and not posted:
            return lead_to("track")
        # the JSON API needs no templates
        from suport.web.pages.problem import ProblemPage  # noqa: PLC0415
        from suport.web.pages.tracking import TrackingForm  # noqa: PLC0415

        is_form = posted and visit.name in FORMS
        if is_form:
            answer = self._form_again(visit, trouble)
            if answer and fits(answer.body):
                return answer
        elif trouble.name in _TO_BE_OPENED_FIRST:
            return _about(trouble, TrackingForm(trouble=trouble), visit.reader)
        root = _root(visit)
        page = ProblemPage(trouble=trouble, asked=visit.name, root=root, too_long=is_form)
        return _about(trouble, page, visit.reader)

    def _form_again(self, visit: Visit, trouble: Problem) -> Response | None:
        """The form with all that the citizen typed in it; None if that is too much."""
        # as above
        from suport.web.pages.problem import form_again  # noqa: PLC0415
        from suport.web.pages.tracking import TrackingForm  # noqa: PLC0415

        typed = legible(visit.request.sent, visit.request.content_type)
        if typed is None:
            return None
        if visit.name != "track":
            typed.pop("access_code", None)  # no page but that of its field repeats the secret
        if visit.session:
            typed.setdefault("reference", visit.session.reference)
        if trouble.name in _UNDER_A_NEW_KEY:
            import secrets  # noqa: PLC0415  few forms come back so

            typed["idempotency_key"] = secrets.token_urlsafe()
        is_refusal = trouble.status < HTTPStatus.INTERNAL_SERVER_ERROR
        to_be_opened = trouble.name in _TO_BE_OPENED_FIRST
        if visit.session and self._form_page and is_refusal and not to_be_opened:
            try:
                return _about(trouble, self._form_page(visit, typed, trouble), visit.reader)
            except Exception as failure:  # noqa: BLE001  whatever it is, what was typed is kept
                self.problem_of(failure, visit.request)
        root = None if visit.is_at_usual_address else _root(visit)
        if to_be_opened:
            if visit.name != "track":
                typed["kept_on"] = visit.name
            page: Page = TrackingForm(fields=typed, trouble=trouble, root=root)
        else:
            page = form_again(visit.name, typed, trouble, visit.reader, root)
        return _about(trouble, page, visit.reader)


def _is_for_program(request: Request) -> bool:
    return request.path.removeprefix("/").partition("/")[0] in FOR_PROGRAMS


def _about(trouble: Problem, page: "Page", language: Language) -> Response:
    """The answer with that page, which says what went wrong."""
    return answer_with(page, language, trouble.status, trouble.headers)


def _kept_to_go_back_to(answer: Response) -> Response:
    """The answer to a form as the browser may keep it, if it is a page.

    To go back to any other page, a browser asks the service. It does not send a form again: where
    it has not kept the answer, it shows an error of its own instead of what was typed.
    """
    if not answer.body:
        return answer
    status = answer.status
    if status is HTTPStatus.TOO_MANY_REQUESTS:  # Firefox keeps no such answer
        status = HTTPStatus.CONFLICT
    return replace(answer, status=status, headers={**answer.headers, **KEPT})


def _root(visit: Visit) -> str:
    """The way from the requested address to where the languages begin: `../`."""
    request = visit.request
    above = _depth(request.seen_path) - _depth(request.path)
    *folders, last = request.seen_path.removeprefix("/").split("/")
    if len(folders) < above:  # the start page, without its last slash
        return f"{last}/"
    return "../" * (len(folders) - above)


def _depth(path: str) -> int:
    return path.rstrip("/").count("/")
