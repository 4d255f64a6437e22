"""What an error of AWS, or a problem of the API, means to the operator, and what to do about it."""

import http.client
import json
import ssl
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import urllib3.exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own
    ConnectTimeoutError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from desk.errors import NotAllowed, Refused, Trouble, Unreached
from desk.service import clock
from desk.service_vocabulary import PROBLEM_TYPE, Problem

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"}
_WRONG_SIGNATURE = {
    *("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"),
    *("RequestTimeTooSkewed", "AuthFailure"),
}
_DENIED = {"AccessDenied", "AccessDeniedException", "KMS.AccessDeniedException", "OptInRequired"}
_TOO_OFTEN = ("Throttl", "OverLimit", "TooManyRequests", "LimitExceeded", "SlowDown")
NO_QUEUE = ("NonExistentQueue", "QueueDoesNotExist", "InvalidAddress", "QueueDeletedRecently")
"""Parts of the codes by which SQS says that there is no such queue."""
_OF_A_QUEUE = {
    *("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"),
}
_SIGN_IN_AGAIN = (
    "Your sign-in has expired: sign in again, with aws sso login or as you did the first time."
)
_UNKNOWN = (
    "AWS does not know your access key: it was deleted or mistyped. Sign in again, or get another"
    " key from those who keep the roles."
)
_WRONG_KEY = (
    "AWS does not accept your secret access key: enter it again (aws configure), and check this"
    " computer's clock."
)
_WRONG_CLOCK = (
    "This computer's clock is wrong, and AWS refuses what it signs: have it set from the network."
)
_NO_SUCH_QUEUE = (
    "There is no queue at that address. Copy queue_url and dead_letter_queue_url from the outputs"
    " of the stack; desk doctor says which is wrong"
)
_NO_SUCH_REGION = "AWS gives this account no sessions in that region: check the setting region."
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
            return Unreached(f"{unreached}{_on_the_line(error)} and try again.")
        case _:
            said = str(error).strip().rstrip(".") or type(error).__name__
            return NotAllowed(f"AWS cannot be used: {said}. Check this computer's AWS settings.")


def _is_of_the_line(error: BaseException) -> bool:
    if isinstance(error, BotoCoreError):
        return isinstance(error, HTTPClientError | ConnectionError)
    if isinstance(error, OSError):
        return error.filename is None  # else the error is about a file on this computer
    return isinstance(error, urllib3.exceptions.HTTPError | http.client.HTTPException)


def _on_the_line(error: BaseException) -> str:
    """What lies between this computer and who should answer, as far as the error tells."""
    match error:
        case ProxyConnectionError() | urllib3.exceptions.ProxyError():
            return " through the proxy: check the proxy settings"
        case SSLError() | urllib3.exceptions.SSLError() | ssl.SSLError():
            return (
                " with a certificate that this computer trusts: check its clock, and AWS_CA_BUNDLE"
                " if a proxy has one of its own,"
            )
        case ConnectTimeoutError() | ReadTimeoutError() | TimeoutError():
            return " in time: check the connection"
        case _:
            return ". Check the connection"


def _of_an_answer(error: ClientError, unreached: str) -> Trouble:
    """What an error that AWS answers means; the first rule that knows its code says it."""
    stated, asked = error.response.get("Error", {}), error.operation_name
    code, said = str(stated.get("Code", "")), str(stated.get("Message", "")).rstrip(".")
    if is_about_the_clock(said) or code in _WRONG_SIGNATURE:
        return NotAllowed(_of_a_signature(error, said))
    for knows, not_allowed in (
        (code in _EXPIRED, _SIGN_IN_AGAIN),
        (code in _UNKNOWN_KEY, _UNKNOWN),
        (code in _DENIED, _of_a_denial(asked, code)),
        (any(part in code for part in NO_QUEUE), f"{_NO_SUCH_QUEUE} ({asked}: {code})."),
        (code == "RegionDisabledException", _NO_SUCH_REGION),
        (
            (asked, code) == ("AssumeRole", "ValidationError"),
            f"AWS does not take role_arn, or operator, for a name: {said}.",
        ),
    ):
        if knows:
            return NotAllowed(not_allowed)
    why = ": ".join(filter(None, (asked, code, said)))
    if any(part in code for part in _TOO_OFTEN):
        return Unreached(f"AWS is asked too often just now ({why}). Try again in a minute.")
    if code.lower().startswith("kms"):
        return Unreached(f"AWS cannot read the queue ({why}). Tell those who run the service.")
    return Unreached(f"{unreached} as usual ({why}). Try again.")


def _of_a_signature(error: ClientError, said: str) -> str:
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if wrong := clock.fault(headers.get("date"), datetime.now(UTC)):
        return wrong
    return _WRONG_CLOCK if is_about_the_clock(said) else _WRONG_KEY


def _of_a_denial(asked: str, code: str) -> str:
    if asked == "AssumeRole":
        # the roles trust everybody only under their own name, and IAM users with a second factor
        first = "The setting operator, if there is one, must be your name in AWS; see desk doctor"
    elif asked in _OF_A_QUEUE:
        first = "The queue, or the role in which you act, may be another team's; see desk doctor"
    else:
        first = "Log in again"
    return (
        f"AWS refuses {asked} ({code}). {first}; if that does not help, ask those who keep the"
        " roles whether you may act in the one that this command needs."
    )


def is_about_the_clock(said: str) -> bool:
    """Whether a refusal says that a signature comes from another time."""
    return any(part in said.lower() for part in ("signature expired", "not yet current", "skew"))


def is_unaccepted(status: int, body: bytes) -> bool:
    """Whether the API did not accept a signature; the service itself has not seen the request."""
    if status != HTTPStatus.FORBIDDEN:
        return False
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return True
    kind = content.get("type", "") if isinstance(content, dict) else ""
    return kind in {"", PROBLEM_TYPE + Problem.REFUSED}


def content_of(status: int, body: bytes, date: str | None = None) -> dict[str, Any]:
    """The JSON object in an answer of the API, if it is not an error.

    date: the moment that the answer states, by which this computer's clock is compared.

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
    if is_unaccepted(status, body):
        told = str(problem.get("message") or problem.get("Message") or "")
        if wrong := clock.fault(date, datetime.now(UTC)) or (
            _WRONG_CLOCK if is_about_the_clock(told) else None
        ):
            raise NotAllowed(wrong, problem)
        raise NotAllowed(
            "The service does not accept your signature. Log in again, and check this computer's"
            " clock and your role: desk viewed is for that of data protection, and every other"
            " command for that of a team.",
            problem,
        )
    if not kind:
        raise Unreached(f"Something other than the service answered ({status}): check api_url.")
    raise Refused(problem)
