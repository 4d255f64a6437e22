"""How signing in and out answers: a page, whatever goes wrong."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from suport.domain.language import Language
from suport.http.api import Api
from suport.http.problem import Problem
from suport.http.problems import at_sign_in
from suport.http.request import Request
from suport.http.response import Response
from suport.web.desk.sign_in_page import SignInPage, trouble
from suport.web.visit import KEPT, answer_with


class SignInSite(Api):
    """The pages of signing in and out."""

    def answer(self, request: Request) -> Response:
        """The answer to a request, whatever goes wrong; to a form, one to go back to (`Site`)."""
        told = super().answer(request)
        is_kept = request.method == "POST" and told.body
        return replace(told, headers={**told.headers, **KEPT}) if is_kept else told

    def unavailable(self, request: Request) -> Problem:
        """The problem that answers a failure of the service, or of the identity provider."""
        return at_sign_in.not_now() if request.method == "GET" else super().unavailable(request)

    def tell(self, request: Request, trouble: Problem) -> Response:
        """The page that says what went wrong, and leads to another sign-in."""
        return about(trouble, request, reader(request), request.query.get("back", ""))


def about(told: Problem, request: Request, language: Language, back: str) -> Response:
    """The page about a problem. back: where to go on after another sign-in."""
    page = trouble(told, sign_in_again(request, language, back), top(request))
    return answer(page, language, told)


def answer(page: SignInPage, language: Language, told: Problem | None = None) -> Response:
    """The answer with that page; told: the problem that it is about, if any."""
    status, headers = (told.status, told.headers) if told else (HTTPStatus.OK, {})
    return answer_with(page, language, status, headers)


def reader(request: Request) -> Language:
    """The language that the address states, or else the one that the browser prefers."""
    stated = request.parameters.get("language") or request.query.get("language", "")
    return Language(stated) if stated in Language else request.language


def top(request: Request) -> str:
    """The way from a page of signing in or out to where the service begins."""
    return "../" * request.path.removeprefix("/").count("/")


def sign_in_again(request: Request, language: Language, back: str = "") -> str:
    """The way to another sign-in. back: the page at which to go on."""
    asked = {"language": str(language), "back": back}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{top(request)}desk/sign-in?{query}"
