"""How a function answers over HTTP: a table of routes, and problems in the reader's language.

API Gateway has already found the route: a method of one of the template's resources. A function
maps each route to what answers it. An exception that this raises becomes an answer, too.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.http.problem import Problem, Refusals
from suport.http.problems import about_pages, about_requests
from suport.http.request import Request
from suport.http.response import Response, json_text
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import count_failure

type Routes = Mapping[tuple[str, str], Callable[[Request], Response]]
"""What answers a request, by method and resource: `("GET", "/v1/incidents/{reference}")`."""

type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

_NOT_LET_IN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}

logger = Logger()


class Api:
    """The JSON API of one function."""

    def __init__(self, routes: Routes, refusals: Refusals | None = None) -> None:
        """These routes. An exception not in the table of refusals is a failure of the service.

        refusals: None for those to citizens.
        """
        self._routes = routes
        self._refusals = refusals

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The method and the resource of every route."""
        return set(self._routes)

    @property
    def handler(self) -> Handler:
        """The function that API Gateway invokes."""

        @logger.inject_lambda_context(clear_state=True)
        def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
            request = Request(event)
            return self.answer(request).for_gateway(is_head=request.is_head)

        return handler

    def answer(self, request: Request) -> Response:
        """The answer to a request, whatever goes wrong."""
        try:
            return self.route(request)
        except Exception as failure:  # noqa: BLE001  whatever it is, somebody waits for an answer
            return self.tell(request, self.problem_of(failure, request))

    def route(self, request: Request) -> Response:
        """What the route of the request answers.

        Raises
        ------
        Problem
            404 if there is no such route.
        """
        answer = self._routes.get((request.method, request.resource))
        if answer is None:
            raise about_pages.no_such_page()
        return answer(request)

    def tell(self, request: Request, trouble: Problem) -> Response:
        """The answer that says what went wrong."""
        headers = {"Content-Language": str(request.language), **trouble.headers}
        body = json_text(trouble.body(request.language))
        return Response(trouble.status, "application/problem+json", body, headers)

    def problem_of(self, failure: Exception, request: Request) -> Problem:
        """The problem that answers an exception.

        A failure of the service is logged, and so is that somebody was not let in, without who.
        """
        told = self._refusal(failure)
        if told and told.status in _NOT_LET_IN:
            logger.info("request refused", problem=told.name)
        if told:
            return told
        logger.error("request failed", **facts(failure))
        count_failure()
        return self.unavailable(request)

    def unavailable(self, request: Request) -> Problem:
        """The problem that answers a failure of the service."""
        if request.method == "GET":
            return about_requests.not_shown()
        return about_requests.unavailable()

    def _refusal(self, failure: Exception) -> Problem | None:
        """The problem that the exception is or becomes; None for a failure of the service."""
        if isinstance(failure, Problem):
            return failure
        refusals = self._refusals
        if refusals is None:
            from suport.http.refusals import TO_CITIZENS  # noqa: PLC0415  it knows all of the domain

            refusals = TO_CITIZENS
        for refusal in type(failure).__mro__:
            if told := refusals.get(refusal):
                return told(failure)
        return None
