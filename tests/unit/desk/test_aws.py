"""Any failure below the desk ends in a sentence and an exit code, never in a traceback."""

import http.client
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import botocore.exceptions
import botocore.loaders
import botocore.parsers
import pytest
import urllib3.exceptions
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from moto.core.models import botocore_stubber

from desk.errors import NotAllowed, Unreached
from desk.service.aws import Aws
from desk.service.error_messages import content_of, meaning
from tests.support.desk import API_URL, DONE, REFERENCE, Desk, Ended, Kept, Service
from tests.support.failures import FAILURES, every_failure

WRITES: dict[str, list[object]] = {
    "/messages": ["reply", REFERENCE, "-m", "It is corrected.", "--yes"],
    "/release": ["release", REFERENCE],
    "/transfer": ["transfer", REFERENCE, "signature", "--reason", "Certificate"],
    "": ["new", "-m", "It hangs.", "--category", "functional", "--phone", "971", "--yes"],
}
READS: dict[str, list[object]] = {
    "of the API": ["show", REFERENCE],
    "of the queue": ["pull", "--wait", 0],
    "of one's own name": ["list", "--mine"],
}
HOUR = timedelta(hours=1)
LOADER = botocore.loaders.create_loader()


@pytest.fixture
def alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk on the real botocore, whose data files are read only once.

    Other tests of the process may have moto answer for AWS meanwhile.
    """
    monkeypatch.setattr(botocore_stubber, "enabled", False)
    monkeypatch.setattr("botocore.session.create_loader", lambda _: LOADER)
    monkeypatch.setattr("desk.operators_desk.Desk.aws", property(lambda _: Aws(service.settings)))
    return monkeypatch


def raises(failure: str) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        error = FAILURES[failure]()
        raise error

    return fail


def is_told(ended: Ended) -> bool:
    """Whether the command ended with "try again later" or with "not allowed"."""
    sentence = ended.err.strip()
    return ended.code in {3, 4} and sentence != "" and "Traceback" not in sentence


@pytest.mark.parametrize("command", READS)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_broken_line_ends_in_a_sentence(
    alone: pytest.MonkeyPatch, desk: Desk, command: str, failure: str
) -> None:
    alone.setattr("botocore.httpsession.URLLib3Session.send", raises(failure))
    assert is_told(desk(*READS[command]))


@pytest.mark.parametrize("failure", FAILURES)
def test_missing_credentials_end_in_a_sentence(
    alone: pytest.MonkeyPatch, desk: Desk, failure: str
) -> None:
    alone.setattr("botocore.session.Session.get_credentials", raises(failure))
    assert is_told(desk(*READS["of the API"]))


@pytest.mark.parametrize("failure", FAILURES)
def test_a_client_that_cannot_be_made_ends_in_a_sentence(
    alone: pytest.MonkeyPatch, desk: Desk, failure: str
) -> None:
    alone.setattr("botocore.session.Session.create_client", raises(failure))
    assert is_told(desk(*READS["of the queue"]))


@pytest.mark.parametrize("failure", FAILURES)
def test_unreadable_settings_of_aws_end_in_a_sentence(
    alone: pytest.MonkeyPatch, desk: Desk, failure: str
) -> None:
    alone.setattr("botocore.session.Session.__init__", raises(failure))
    assert is_told(desk(*READS["of the API"]))


@pytest.mark.parametrize("path", WRITES)
def test_after_any_failure_the_same_command_sends_the_text_again(
    service: Service, desk: Desk, kept: Kept, path: str
) -> None:
    request = f"POST /incidents{f'/{REFERENCE}' if path else ''}{path}"
    for failure in FAILURES:
        service.sent.clear()
        service.answers[request] = [FAILURES[failure]() for _ in range(3)]
        assert is_told(desk(*WRITES[path])), failure
        assert len(kept()) == 1
        service.answers[request] = DONE
        assert desk(*WRITES[path]).code == 0
        assert len({each.key for each in service.sent}) == 1
        assert kept() == []


BELOW = (
    *(botocore.exceptions.BotoCoreError, ClientError, botocore.parsers.ResponseParserError),
    *(urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError),
    *(LookupError, RuntimeError),
)


def test_every_error_of_the_lower_layers_has_a_meaning_for_the_operator() -> None:
    raised = [each for each in every_failure() if isinstance(each, BELOW)]
    meant = [(each, meaning(each, "The queue does not answer")) for each in raised]
    assert len(meant) > 100
    assert [
        (error, trouble)
        for error, trouble in meant
        if not isinstance(trouble, Unreached | NotAllowed) or not str(trouble).endswith(".")
    ] == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectTimeoutError(endpoint_url=API_URL), Unreached),
        (EndpointConnectionError(endpoint_url=API_URL), Unreached),
        (ReadTimeoutError(endpoint_url=API_URL), Unreached),
        (SSLError(endpoint_url=API_URL, error=OSError("expired")), Unreached),
        (HTTPClientError(error="broken"), Unreached),
        (botocore.parsers.ResponseParserError("no XML"), Unreached),
        (urllib3.exceptions.ProtocolError("broken"), Unreached),
        (ConnectionResetError(104, "reset"), Unreached),
        (FileNotFoundError(2, "No such file", "/home/anna/.aws/token"), NotAllowed),
        (RuntimeError("the refreshed credentials are still expired"), NotAllowed),
        (NoCredentialsError(), NotAllowed),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "ReceiveMessage"), NotAllowed),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "AssumeRole"), NotAllowed),
        (ClientError({"Error": {"Code": "ServiceUnavailable"}}, "ReceiveMessage"), Unreached),
        (ClientError({}, "ReceiveMessage"), Unreached),
    ],
)
def test_an_error_of_aws_means_try_again_or_not_allowed(
    error: Exception, kind: type[Exception]
) -> None:
    assert type(meaning(error, "The queue does not answer")) is kind


@pytest.mark.parametrize("error", [ZeroDivisionError(), TypeError(), AttributeError()])
def test_an_error_of_the_desk_does_not_pass_for_one_of_aws(error: Exception) -> None:
    assert meaning(error, "?") is None


def test_without_credentials_the_operator_learns_which_ones_are_needed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: None)
    with pytest.raises(NotAllowed, match=r"docs/operators\.md") as refused:
        Aws(service.settings).signed("GET", API_URL, None, {})
    assert "sso" not in str(refused.value)


def test_an_operator_whom_the_role_refuses_learns_which_name_it_takes() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")
    assert "must be your name in AWS" in str(meaning(denied, "?"))


def test_the_desk_asks_for_a_file_with_the_signed_headers(service: Service) -> None:
    asked: list[Any] = []

    class Store:
        def send(self, request: Any) -> Any:
            asked.append(request)
            return SimpleNamespace(status_code=200, headers={}, content=b"%PDF-1.7")

    aws = Aws(service.settings)
    aws._http = Store()  # type: ignore[assignment]
    url = "https://files.example.test/signed?X-Amz-SignedHeaders=host%3Bif-match"
    assert aws.fetched(url, {"If-Match": '"0123"'}).body == b"%PDF-1.7"
    assert [(each.url, each.headers["If-Match"]) for each in asked] == [(url, '"0123"')]


def an_error(
    code: str, operation: str, said: str = "", date: datetime | None = None
) -> ClientError:
    """An error as AWS answers it. date: the moment of its answer."""
    stated = {"date": format_datetime(date, usegmt=True)} if date else {}
    answer: Any = {
        "Error": {"Code": code, "Message": said},
        "ResponseMetadata": {"HTTPHeaders": stated},
    }
    return ClientError(answer, operation)


OLD = "Signature expired: 20261126T080000Z is now earlier than 20261126T085500Z"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (an_error("ExpiredToken", "AssumeRole"), "sign-in has expired"),
        (an_error("InvalidClientTokenId", "GetCallerIdentity"), "does not know your access key"),
        (an_error("SignatureDoesNotMatch", "AssumeRole"), "secret access key"),
        (an_error("SignatureDoesNotMatch", "AssumeRole", OLD), "clock is wrong"),
        (an_error("InvalidSignatureException", "ReceiveMessage", OLD), "clock is wrong"),
        (an_error("RequestExpired", "ReceiveMessage", "Request timestamp is skewed"), "clock"),
        (an_error("AccessDenied", "ReceiveMessage"), "may be another team's"),
        (an_error("AccessDenied", "AssumeRole"), "must be your name in AWS"),
        (an_error("AWS.SimpleQueueService.NonExistentQueue", "ReceiveMessage"), "queue_url"),
        (an_error("QueueDoesNotExist", "GetQueueAttributes"), "There is no queue"),
        (an_error("ValidationError", "AssumeRole", "1 error: roleArn"), "1 error: roleArn"),
        (an_error("RegionDisabledException", "AssumeRole"), "setting region"),
    ],
)
def test_an_error_of_sqs_sts_and_the_clock_names_its_cause(error: ClientError, cause: str) -> None:
    meant = meaning(error, "AWS does not answer")
    assert (type(meant), cause in str(meant)) == (NotAllowed, True)


@pytest.mark.parametrize(("off", "cause"), [(HOUR, "60 minutes slow"), (-HOUR, "60 minutes fast")])
def test_an_error_of_the_clock_says_how_wrong_it_is(off: timedelta, cause: str) -> None:
    error = an_error("InvalidSignatureException", "ReceiveMessage", OLD, datetime.now(UTC) + off)
    assert cause in str(meaning(error, "AWS does not answer"))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (an_error("Throttling", "AssumeRole", "Rate exceeded"), "too often"),
        (an_error("OverLimit", "ReceiveMessage"), "too often"),
        (an_error("KmsDisabled", "ReceiveMessage"), "those who run the service"),
        (
            an_error("InternalFailure", "ReceiveMessage", "Oh."),
            "ReceiveMessage: InternalFailure: Oh",
        ),
        (SSLError(endpoint_url=API_URL, error=OSError("expired")), "certificate"),
        (ProxyConnectionError(proxy_url="http://proxy"), "proxy settings"),
        (ReadTimeoutError(endpoint_url=API_URL), "in time"),
    ],
)
def test_what_may_pass_names_its_cause_too(error: Exception, cause: str) -> None:
    meant = meaning(error, "AWS does not answer")
    assert (type(meant), cause in str(meant)) == (Unreached, True)


@pytest.mark.parametrize(
    ("off", "said", "cause"),
    [
        (HOUR, "Forbidden", "60 minutes slow"),
        (timedelta(), "Forbidden", "Log in again"),
        (None, f"{OLD}.", "clock is wrong"),
    ],
)
def test_a_signature_that_the_service_does_not_take_because_of_the_clock_says_so(
    off: timedelta | None, said: str, cause: str
) -> None:
    stated = None if off is None else format_datetime(datetime.now(UTC) + off, usegmt=True)
    with pytest.raises(NotAllowed, match=cause):
        content_of(403, json.dumps({"message": said}).encode(), stated)
