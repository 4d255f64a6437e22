"""How the desk in the browser answers: its pages, and what it shows when something goes wrong.

Whatever goes wrong with a form, the answer is a page with all that the operator typed. Functions
only raise what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from aws_lambda_powertools import Logger

from suport.desk.deployed import desk_sessions
from suport.domain.language import Language
from suport.domain.operator_identity import NotDataProtection, NoTeam, NotSupervisor
from suport.http.api import Api
from suport.http.problem import Problem, ProblemName, Refusals
from suport.http.problems import about_pages, at_desk
from suport.http.refusals import TO_OPERATORS
from suport.http.request import Request
from suport.http.response import Response
from suport.register.known_problems import NoSuchProblem
from suport.runtime import clock
from suport.web.desk.frame import DeskPage
from suport.web.desk.pages.problem import ArrivalPage, FormAtDesk, ProblemAtDesk
from suport.web.desk.session_cookie import FORGET_PAGES, token_in
from suport.web.desk.visit import DeskVisit, SignedOut
from suport.web.forgery import is_forged
from suport.web.visit import KEPT, answer_with, fits, lead_to

type Pages = Mapping[tuple[str, str], Callable[[DeskVisit], Response]]
"""What answers a visit, by method and the page's name: `("GET", "list")`."""

type FormPage = Callable[[DeskVisit, Problem], DeskPage | None]
"""Makes the page of a form again, from what was typed and what is wrong; None if it has none."""

START, PAGE = "/desk", "/desk/{language}/{page}"
_LANGUAGE_START = "/desk/{language}"
_STARTS = (START, _LANGUAGE_START)
_LONGEST_WAY_BACK = 500  # characters of an address
_REFUSALS: Refusals = {
    **TO_OPERATORS,
    NoTeam: lambda _: at_desk.no_team_in_browser(),
    NoSuchProblem: lambda _: at_desk.no_such_problem(),
    NotDataProtection: lambda _: at_desk.no_officer_in_browser(),
    NotSupervisor: lambda _: at_desk.not_supervisor(),
}
_FROM_ELSEWHERE = {"cross-site", "same-site"}


logger = Logger()


class DeskSite(Api):
    """The pages of the desk."""

    def __init__(
        self, start: str, pages: Pages, form_page: FormPage, *, is_whole_desk: bool = True
    ) -> None:
        """These pages; `start` names the first one.

        A script of a page asks what is below that page (`remote/state`), and is told in JSON.
        is_whole_desk: False for a function that serves only pages with routes of their own in the
        template.
        """
        super().__init__({}, _REFUSALS)
        self._start = start
        self.pages = pages
        self._form_page = form_page
        self._is_whole_desk = is_whole_desk

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The method and the resource of every route."""
        if not self._is_whole_desk:
            return {(method, f"{_LANGUAGE_START}/{name}") for method, name in self.pages}
        return {(method, each) for method in ("GET", "POST") for each in (*_STARTS, PAGE)}

    def answer(self, request: Request) -> Response:
        """The answer to a request, whatever goes wrong."""
        token = token_in(request.headers.get("cookie", ""))
        visit = DeskVisit(request, token)  # the page of a failure has the form's token again
        try:
            if request.resource not in _STARTS:
                visit = _identified(request, token)
            answer = self.visit(visit)
        except SignedOut:
            answer = self._sign_in(visit)
        except Exception as failure:  # noqa: BLE001  whatever it is, somebody waits for a page
            answer = self._show(visit, self.problem_of(failure, request))
        is_kept = request.method == "POST" and answer.body
        return replace(answer, headers={**answer.headers, **KEPT}) if is_kept else answer

    def visit(self, visit: DeskVisit) -> Response:
        """What the page of the visit answers.

        Raises
        ------
        Problem
            404 if there is no such page; also those of `DeskVisit.form`.
        SignedOut
        """
        request = visit.request
        if request.resource in _STARTS:  # a form that is sent to the start has lost its page
            return lead_to(_way_to(self._start, request))
        show = self.pages.get((request.method, visit.name))
        astray = request.path.endswith("/")  # from there, links would lead astray
        is_forms = request.method == "GET" and ("POST", visit.name) in self.pages
        if request.parameters.get("language") not in Language or astray:
            raise at_desk.no_such_page()
        if show is None:
            if is_forms:  # a reload of a form's address, or its language changed
                return lead_to(self._start)
            raise at_desk.no_such_page()
        if request.method == "POST" and is_forged(request.headers):
            raise about_pages.forged()
        if visit.session is None:
            raise SignedOut
        if request.method == "POST":
            visit.form()  # refuses what no page of this session sent, whatever it asks for
        answer = show(visit)
        if request.method == "POST" or not _is_for_script(visit):  # which asks every other second
            # the register knows who it was, and with which incident
            logger.info("operator acted", page=f"{request.method} {visit.name}")
        return answer

    def unavailable(self, request: Request) -> Problem:
        """The problem that answers a failure of the service; operators do not call 012."""
        if request.path.endswith("/file"):
            return at_desk.file_not_opened()
        return at_desk.not_shown() if request.method == "GET" else at_desk.form_not_handled()

    def _sign_in(self, visit: DeskVisit) -> Response:
        """Leads to the sign-in and from there back; a form that came too late is given back.

        A browser that comes by a link of another site does not show its session: the first page
        leads it to the same address once more, as a page of the desk's own.
        """
        request = visit.request
        if request.method == "POST" or _is_for_script(visit):
            return self._show(visit, about_pages.signed_out())
        if request.headers.get("sec-fetch-site") in _FROM_ELSEWHERE:
            return visit.page(ArrivalPage(frame=visit.frame))
        back = visit.here if len(visit.here) <= _LONGEST_WAY_BACK else visit.name
        asked = urlencode({"language": visit.language, "back": back})
        answer = lead_to(f"../sign-in?{asked}")
        if not token_in(request.headers.get("cookie", "")):
            return answer
        # a session is over: what it has shown is nobody's to go back to
        return replace(answer, headers={**answer.headers, **FORGET_PAGES})

    def _show(self, visit: DeskVisit, trouble: Problem) -> Response:
        """The page about what went wrong, with the form, if the request sent one."""
        if _is_for_script(visit):
            return self.tell(visit.request, trouble)
        is_lost = False
        if visit.request.method == "POST":
            answer = self._form_again(visit, trouble)
            if answer and fits(answer.body):
                return answer
            is_lost = answer is not None or not visit.typed
        page = ProblemAtDesk(
            frame=visit.frame,
            trouble=trouble,
            typed_is_lost=is_lost,
            reference=visit.query.get("reference", "") if visit.name == "file" else "",
        )
        return _about(trouble, page, visit.language)

    def _form_again(self, visit: DeskVisit, trouble: Problem) -> Response | None:
        """The form with all that the operator typed in it; None if nothing was typed.

        What another site has sent is none of the operator's, and must not be one press from being
        sent again.
        """
        is_form = ("POST", visit.name) in self.pages
        if not is_form or trouble.name is ProblemName.FORGED:
            return None
        if visit.session and trouble.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            try:
                if page := self._form_page(visit, trouble):
                    return _about(trouble, page, visit.language)
            except Exception as failure:  # noqa: BLE001  whatever it is, what was typed is kept
                self.problem_of(failure, visit.request)
        again = FormAtDesk(
            frame=visit.frame,
            form=visit.name,
            fields=visit.typed,
            trouble=trouble,
            signed_out=visit.session is None and trouble.name is not ProblemName.UNAVAILABLE,
        )
        return _about(trouble, again, visit.language) if again.texts else None


def _about(trouble: Problem, page: DeskPage, language: Language) -> Response:
    """The answer with that page, which says what went wrong."""
    return answer_with(page, language, trouble.status, trouble.headers)


def _is_for_script(visit: DeskVisit) -> bool:
    return "/" in visit.name


def _identified(request: Request, token: str | None) -> DeskVisit:
    """The visit, with the session that the browser shows, if it is not over."""
    session = desk_sessions().find(token, clock.now()) if token else None
    if session is None:
        return DeskVisit(request)
    visit = DeskVisit(request, token, session)
    if _is_for_script(visit):  # it gets no page
        return visit
    has_keys = desk_sessions().has_key_shortcuts(session.operator.name)
    return DeskVisit(request, token, session, has_keys=has_keys)


def _way_to(page: str, request: Request) -> str:
    """The way from where the desk, or one of its languages, begins to that page."""
    seen = request.seen_path
    last = "" if seen.endswith("/") else f"{seen.rpartition('/')[2]}/"
    language = "" if request.resource == _LANGUAGE_START else f"{request.language}/"
    return f"{last}{language}{page}"
