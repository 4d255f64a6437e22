"""What an error of AWS, or a problem of the API, means to the operator, and what to do about it."""

import http.client
import json
from http import HTTPStatus
from typing import Any

import urllib3.exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own
    HTTPClientError,
    IncompleteReadError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from desk.errors import NotAllowed, Refused, Trouble, Unreached
from desk.service_vocabulary import PROBLEM_TYPE, Problem

_DENIED = {
    *("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch"),
    *("ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "AuthFailure"),
}
FAILURES = (
    *(BotoCoreError, ClientError, ResponseParserError, urllib3.exceptions.HTTPError),
    *(http.client.HTTPException, OSError, ValueError, LookupError, RuntimeError),
)
"""What a call to AWS can raise: botocore lets through what the layers below it raise."""


class explained:  # noqa: N801  used as a function
    """A context that turns the failures of calls to AWS into what they mean to the operator."""

    def __init__(self, unreached: str) -> None:
        self._unreached = unreached

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise what the failure means, if there is one."""
        if error is not None and (trouble := meaning(error, self._unreached)):
            raise trouble from error


def meaning(error: BaseException, unreached: str) -> Trouble | None:
    """What an error of a call to AWS means; None if it is not one of `FAILURES`.

    unreached: the beginning of the sentence, such as "The queue does not answer".
    """
    if not isinstance(error, FAILURES):
        return None
    match error:
        case ClientError():
            return _of_an_answer(error, unreached)
        case ResponseParserError() | IncompleteReadError() | LookupError():
            return Unreached(
                f"{unreached} as AWS does. Check whether the connection goes through a proxy that"
                " answers in its place, and try again."
            )
        case SSOError() | TokenRetrievalError():
            return NotAllowed("You are not signed in any more. Sign in again: aws sso login.")
        case _ if _is_of_the_line(error):
            return Unreached(f"{unreached}. Check the connection and try again.")
        case _:
            said = str(error).strip().rstrip(".") or type(error).__name__
            return NotAllowed(f"AWS cannot be used: {said}. Check this computer's AWS settings.")


def _is_of_the_line(error: BaseException) -> bool:
    if isinstance(error, BotoCoreError):
        return isinstance(error, HTTPClientError | ConnectionError)
    if isinstance(error, OSError):
        return error.filename is None  # else the error is about a file on this computer
    return isinstance(error, urllib3.exceptions.HTTPError | http.client.HTTPException)


def _of_an_answer(error: ClientError, unreached: str) -> Trouble:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code not in _DENIED:
        return Unreached(f"{unreached} ({error.operation_name}: {code}). Try again.")
    first = "Log in again"
    if (error.operation_name, code) == ("AssumeRole", "AccessDenied"):
        # the roles trust everybody only under their own name, and IAM users with a second factor
        first = "The setting operator, if there is one, must be your name in AWS; see desk doctor"
    return NotAllowed(
        f"AWS refuses {error.operation_name} ({code}). {first}; if that does not help, ask those"
        " who keep the roles whether you may act in the one that this command needs."
    )


def content_of(status: int, body: bytes) -> dict[str, Any]:
    """The JSON object in an answer of the API, if it is not an error.

    Raises Refused with the service's problem, NotAllowed if the service did not accept the
    signature, and Unreached if it failed, or if something else answered.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if status < HTTPStatus.BAD_REQUEST and isinstance(content, dict):
        return content
    problem = content if isinstance(content, dict) else {}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        detail = problem.get("detail") or f"It answered {status}."
        raise Unreached(f"The service cannot answer at the moment. {detail}", problem)
    kind = str(problem.get("type", ""))
    if status == HTTPStatus.FORBIDDEN and kind in {"", PROBLEM_TYPE + Problem.REFUSED}:
        raise NotAllowed(
            "The service does not accept your signature. Log in again, and check this computer's"
            " clock and your role: desk viewed is for that of data protection, and every other"
            " command for that of a team.",
            problem,
        )
    if not kind:
        raise Unreached(f"Something other than the service answered ({status}): check api_url.")
    raise Refused(problem)
