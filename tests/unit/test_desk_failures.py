"""Whatever fails below the desk ends in a sentence and an exit code, never in a traceback."""

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.parsers
import pytest
import urllib3.exceptions
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)

from desk.aws import Answer, Aws, opened, told
from desk.team_queue import TeamQueue
from desk.trouble import NotAllowed, Unreached
from tests.support.failures import FAILURES, every_failure
from tests.unit.desk import (
    API_URL,
    REFERENCE,
    VIEW,
    Ended,
    Service,
    desk,
    message,
    problem,
    service,
)

__all__ = ["desk", "service"]

Desk = Callable[..., Ended]
WRITES: dict[str, list[object]] = {
    "reply": ["reply", REFERENCE, "-m", "It is corrected.", "--yes"],
    "release": ["release", REFERENCE],
    "transfer": ["transfer", REFERENCE, "signature", "--reason", "Certificate"],
    "call": ["new", "-m", "It hangs.", "--category", "functional", "--phone", "971", "--yes"],
}
READS: dict[str, list[object]] = {
    "of the API": ["show", REFERENCE],
    "of the queue": ["pull", "--wait", 0],
    "of one's own name": ["list", "--mine"],
}


@pytest.fixture
def alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with botocore itself between it and what fails."""
    monkeypatch.setattr("desk.aws.opened", lambda _: Aws(service.settings))
    return monkeypatch


def raises(failure: str) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        error = FAILURES[failure]()
        raise error

    return fail


def is_told(ended: Ended) -> bool:
    """Whether it ended as something that may go better later, or that one may not do."""
    sentence = ended.err.strip()
    return ended.code in {3, 4} and sentence != "" and "Traceback" not in sentence


# ----------------------------------------------------------- what each layer raises


@pytest.mark.parametrize("command", READS)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_broken_line_is_told(
    alone: pytest.MonkeyPatch, desk: Desk, command: str, failure: str
) -> None:
    alone.setattr("botocore.httpsession.URLLib3Session.send", raises(failure))
    alone.setattr("moto.core.botocore_stubber.BotocoreStubber.__call__", lambda *_, **__: None)
    assert is_told(desk(*READS[command]))


@pytest.mark.parametrize("failure", FAILURES)
def test_credentials_that_cannot_be_had_are_told(
    alone: pytest.MonkeyPatch, desk: Desk, failure: str
) -> None:
    alone.setattr("botocore.session.Session.get_credentials", raises(failure))
    assert is_told(desk(*READS["of the API"]))


@pytest.mark.parametrize("failure", FAILURES)
def test_a_client_that_cannot_be_made_is_told(
    alone: pytest.MonkeyPatch, desk: Desk, failure: str
) -> None:
    alone.setattr("botocore.session.Session.create_client", raises(failure))
    assert is_told(desk("pull", "--wait", 0))


@pytest.mark.parametrize("failure", FAILURES)
def test_settings_of_aws_that_cannot_be_read_are_told(
    service: Service, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    monkeypatch.setattr("botocore.session.Session.__init__", raises(failure))
    with pytest.raises((Unreached, NotAllowed)):
        opened(service.settings)


@pytest.mark.parametrize("command", WRITES)
def test_whatever_is_raised_on_the_way_leaves_what_was_written_where_it_can_be_repeated(
    service: Service, desk: Desk, tmp_path: Path, command: str
) -> None:
    path = "" if command == "call" else f"/{REFERENCE}/{command}"
    path = path.replace("/reply", "/messages")
    done = (201, {"reference": REFERENCE, "category": "functional", "status": "received"})
    request = f"POST /incidents{path}"
    for failure in FAILURES:
        service.sent.clear()
        service.answers[request] = [FAILURES[failure]() for _ in range(3)]
        assert is_told(desk(*WRITES[command])), failure
        assert len(list((tmp_path / "state/drafts").glob("*.txt"))) == 1
        service.answers[request] = done
        assert desk(*WRITES[command]).code == 0
        assert len({each.key for each in service.sent}) == 1
        assert list((tmp_path / "state/drafts").iterdir()) == []


BELOW = (
    *(botocore.exceptions.BotoCoreError, ClientError, botocore.parsers.ResponseParserError),
    *(urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError),
    *(LookupError, RuntimeError),
)
RAISED = [each for each in every_failure() if isinstance(each, BELOW)]


@pytest.mark.parametrize(
    "error", RAISED, ids=[f"{number} {type(each).__name__}" for number, each in enumerate(RAISED)]
)
def test_every_error_of_the_layers_below_is_told_as_what_it_means(error: Exception) -> None:
    trouble = told(error, "The queue does not answer")
    assert isinstance(trouble, Unreached | NotAllowed)
    assert str(trouble).endswith(".")


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
def test_what_aws_says_is_told_as_what_it_means(error: Exception, kind: type[Exception]) -> None:
    assert type(told(error, "The queue does not answer")) is kind


@pytest.mark.parametrize("error", [ZeroDivisionError(), TypeError(), AttributeError()])
def test_an_error_of_our_own_is_not_taken_for_one_of_aws(error: Exception) -> None:
    assert told(error, "?") is None


def test_without_credentials_it_is_said_whose_the_roles_trust(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: None)
    with pytest.raises(NotAllowed, match="those of your IAM user") as refused:
        Aws(service.settings).signed("GET", API_URL, None, {})
    assert "sso" not in str(refused.value)


def test_who_is_refused_the_role_learns_which_name_it_takes() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")
    assert "operator must be the name of your IAM user" in str(told(denied, "?"))


@pytest.mark.parametrize("failure", FAILURES)
def test_a_message_is_kept_from_others_as_long_as_that_works_and_looked_at_all_the_same(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    service.queue(message())
    service.answers[f"POST /incidents/{REFERENCE}/claim"] = (200, VIEW)
    monkeypatch.setattr(TeamQueue, "_visibility_timeout", raises(failure))
    pulled = desk("pull", "--wait", 0)
    assert (pulled.code, pulled.err) == (0, "")


# --------------------------------------------------------- answers of something else

ODD = [
    (200, {}),
    (200, {"message": "Welcome to this network"}),
    (200, []),
    (200, None),
    (302, {}),
    (404, {"message": "Not Found"}),
    (422, {"type": "urn:suport:problem:invalid", "errors": ["description", None, 7]}),
    (422, {"type": "urn:suport:problem:invalid", "errors": 7}),
    (412, {"type": "urn:suport:problem:changed-meanwhile"}),
    (500, "broken"),
]


@pytest.mark.parametrize("command", ["show", "claim", "list", "stats", "call", "file", "reply"])
def test_an_answer_that_is_not_the_services_is_no_traceback(
    service: Service, desk: Desk, tmp_path: Path, command: str
) -> None:
    asked: dict[str, tuple[str, list[object]]] = {
        "show": (f"GET /incidents/{REFERENCE}", ["show", REFERENCE]),
        "claim": (f"POST /incidents/{REFERENCE}/claim", ["claim", REFERENCE]),
        "list": ("GET /incidents", ["list"]),
        "stats": ("GET /stats?days=30", ["stats"]),
        "call": ("POST /incidents", WRITES["call"]),
        "file": (
            f"GET /incidents/{REFERENCE}/files/7Q2M",
            ["file", REFERENCE, "7Q2M", "--to", tmp_path / "proof.pdf"],
        ),
        "reply": (f"POST /incidents/{REFERENCE}/messages", WRITES["reply"]),
    }
    request, arguments = asked[command]
    for answer in ODD:
        service.answers[request] = answer
        ended = desk(*arguments)
        assert ended.code in {1, 3}, answer
        assert ended.err.strip()


def test_a_folder_that_cannot_be_written_is_named(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")
    refused = desk("release", REFERENCE)
    assert refused.code == 2
    assert str(tmp_path / "state") in refused.err.replace("\n", "")
    assert service.sent == []


def test_a_file_that_cannot_be_saved_is_named(
    service: Service, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = {"url": "https://files.example.test/signed", "headers": {}}
    service.answers[f"GET /incidents/{REFERENCE}/files/7Q2M"] = (200, link)
    answer = Answer(200, {}, b"%PDF-1.7")
    monkeypatch.setattr(Service, "fetched", lambda *_: answer, raising=False)
    nowhere = tmp_path / "nowhere/proof.pdf"
    refused = desk("file", REFERENCE, "7Q2M", "--to", nowhere)
    assert (refused.code, str(nowhere) in refused.err.replace("\n", "")) == (2, True)


def test_a_problem_without_its_members_is_told(service: Service, desk: Desk) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/release"] = problem(409, "odd", errors=None)
    assert desk("release", REFERENCE).code == 1
