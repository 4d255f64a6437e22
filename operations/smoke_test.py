"""`make smoke`: whether a deployed stage does its work, as a citizen and an operator meet it.

It reads the pages and the API, and takes one incident the whole way: submitted, put into its team's
queue, opened again with its access code, closed by its citizen. That incident says that it is a
test, names nobody (its telephone is the service's own), gets no mail, and is closed within seconds.
Of its message in the queue nothing is left as soon as a desk reads it.
"""

import http.client
import json
import re
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from operations.stage import Stage, Unable, stated

LANGUAGES = ("ca", "es", "en", "de")
TEXT = "A test after a deployment. It closes itself; there is nothing to do."
OWN_TELEPHONE = "+34971225791"
ATTEMPTS = 3
PAUSE_S = 2.0
QUEUED_WITHIN_S = 60.0
TIMEOUT_S = 35.0  # API Gateway answers within 29
NOT_YET = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
FORM = "application/x-www-form-urlencoded"

# a remote session is told to the browser that has joined it, and to nobody else
_PUBLISHED = re.compile(r"\bMethod: get, Path: (?!/v1/remote,)(/v1/[\w.-]+),")


class Failed(Exception):
    """The stage does not do what it must; the sentence says what it did instead."""


@dataclass(frozen=True)
class Answer:
    """The stage's answer to one request."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    text: str

    def json(self) -> Any:
        """What the body says.

        Raises
        ------
        Failed
            If it is no JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise Failed("The answer is no JSON.") from None


class Visitor:
    """Asks one stage over HTTP; repeats what fails as it may right after a deployment."""

    def __init__(self, url: str) -> None:
        """For the stage at that address."""
        self.url = url

    def ask(
        self,
        path: str,
        *expected: int,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, which has one of these statuses (200 by default).

        Raises
        ------
        Failed
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._asked(method, path, body, headers or {})
            except (OSError, http.client.HTTPException) as failure:
                if attempt == ATTEMPTS:
                    raise Failed(_unreached(self.url, failure)) from None
            else:
                if answer.status in (expected or (HTTPStatus.OK,)):
                    return answer
                is_settling = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
                if attempt == ATTEMPTS or not (is_settling or answer.status in NOT_YET):
                    raise Failed(f"{method} {path} is answered with {answer.status}.")
            time.sleep(PAUSE_S)
        raise AssertionError

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=TIMEOUT_S)
        try:
            own = {"User-Agent": "suport-smoke-test"}
            connection.request(method, parts.path + path, body, own | dict(headers))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read().decode(errors="replace"))
        finally:
            connection.close()


def _unreached(url: str, failure: Exception) -> str:
    if isinstance(failure, socket.gaierror):
        return (
            f"The DNS does not know {urlsplit(url).hostname} (yet): its record is in the output"
            " DomainRecords of the stack."
        )
    return f"{url} cannot be reached: {failure}."


def help_pages(visitor: Visitor) -> None:
    """The help page speaks each language, and its stylesheet is there."""
    for language in LANGUAGES:
        page = visitor.ask(f"/{language}/help")
        if f'lang="{language}"' not in page.text:
            raise Failed(f"/{language}/help does not say that it is in {language}.")
        for link in re.findall(r'<link[^>]+href="([^"]+\.css)"', page.text):
            visitor.ask(f"/assets/{link.rpartition('/')[2]}")


def published() -> list[str]:
    """What the API tells everybody: its addresses that need neither a reference nor a signature."""
    template = (Path(__file__).parents[1] / "template.yaml").read_text()
    return sorted(set(_PUBLISHED.findall(template)))


def public_answers(visitor: Visitor) -> None:
    """The line's hours, the notices, and whatever else the API tells everybody."""
    for path in published():
        visitor.ask(path).json()
    if not visitor.ask("/v1/contact?from=abroad").json().get("dial"):
        raise Failed("/v1/contact names no number.")


def wrong_requests(visitor: Visitor) -> None:
    """What is wrong is refused, and named."""
    sent = _json({"category": "payment"})
    problem = visitor.ask("/v1/incidents", 400, 422, method="POST", **sent).json()
    if not {"description", "contact"} <= {each["field"] for each in problem["errors"]}:
        raise Failed("An incident without a description is refused for another reason.")


def an_incident(visitor: Visitor) -> None:
    """An incident is recorded, reaches its team's queue, opens with its code, and closes."""
    content = {
        "category": "functional",
        "description": TEXT,
        "language": "en",
        "contact": {"phone": OWN_TELEPHONE},
    }
    sent = _json(content, {"Idempotency-Key": secrets.token_urlsafe()})
    receipt = visitor.ask("/v1/incidents", 201, 200, method="POST", **sent).json()
    try:
        status = _status(visitor, receipt)
        ends = time.monotonic() + QUEUED_WITHIN_S
        while status == "received" and time.monotonic() < ends:
            time.sleep(PAUSE_S / 4)
            status = _status(visitor, receipt)
        if status == "received":
            raise Failed(
                f"{receipt['reference']} did not reach its team's queue within a minute: look at"
                " the log of route_incident."
            )
    finally:
        close(visitor, receipt)
    if (status := _status(visitor, receipt)) != "resolved":
        raise Failed(f"{receipt['reference']} was closed by its citizen, and is {status}.")


def _status(visitor: Visitor, receipt: Mapping[str, str]) -> str:
    bearer = {"Authorization": f"Bearer {receipt['access_code']}"}
    shown = visitor.ask(f"/v1/incidents/{receipt['reference']}", headers=bearer).json()
    return str(shown["status"])


def close(visitor: Visitor, receipt: Mapping[str, str]) -> None:
    """Closes the incident as its citizen does, on the pages."""
    fields = {"reference": receipt["reference"], "access_code": receipt["access_code"]}
    opened = visitor.ask("/en/track", 303, method="POST", **_form(fields))
    cookie = {"Cookie": opened.headers.get("set-cookie", "").partition(";")[0]}
    visitor.ask("/en/close", 303, method="POST", **_form({}, cookie))


def the_desk(visitor: Visitor, stage: Stage) -> None:
    """The desk answers to nobody without a signature, and to these credentials as it must."""
    path = "/v1/desk/incidents"
    visitor.ask(path, HTTPStatus.FORBIDDEN)
    own = boto3.Session().get_credentials()
    assert own  # with them the stage was found
    signed = AWSRequest("GET", visitor.url + path, headers={"Accept-Language": "en"})
    SigV4Auth(own.get_frozen_credentials(), "execute-api", stage.region).add_auth(signed)
    visitor.ask(path, HTTPStatus.OK, HTTPStatus.FORBIDDEN, headers=dict(signed.headers.items()))


def the_desk_in_a_browser(visitor: Visitor) -> None:
    """The desk sends operators to the identity provider, which knows the desk."""
    visitor.ask("/desk/ca/list", HTTPStatus.SEE_OTHER)
    asked = visitor.ask("/desk/sign-in", HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
    place = urlsplit(asked.headers.get("location", ""))
    provider = Visitor(f"{place.scheme}://{place.netloc}")
    shown = provider.ask(f"{place.path}?{place.query}", HTTPStatus.OK, HTTPStatus.FOUND)
    if "error" in shown.headers.get("location", ""):
        raise Failed(f"{provider.url} does not send operators back to this address.")


def _json(content: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    sent = {"Content-Type": "application/json", "Accept-Language": "en"} | dict(headers or {})
    return {"body": json.dumps(content).encode(), "headers": sent}


def _form(fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "body": urlencode(fields).encode(),
        "headers": {"Content-Type": FORM} | dict(headers or {}),
    }


def to_do(stage: Stage) -> Iterator[str]:
    """What keeps mails from leaving, each with the way out of it. A smoke test does not fail on it.

    Raises nothing for what these credentials may not see.
    """
    sender = stage.parameters.get("MailFrom", "")
    if not sender:
        return
    ses = stage.client("sesv2")
    try:
        if not ses.get_account()["ProductionAccessEnabled"]:
            yield (
                "SES is in its sandbox, and sends to verified addresses only: docs/operations.md,"
                " Mails."
            )
        names = (sender, sender.partition("@")[2])
        if not any(_is_verified(ses, name) for name in names):
            yield (
                f"SES has not verified {names[1]}: its records are in the output MailRecords of the"
                " stack with AccountSettings=on."
            )
    except ClientError as refusal:
        yield f"Whether mails leave is unknown: {refusal}"


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ses.exceptions.NotFoundException:
        return False


def works(stage: Stage) -> bool:
    """Whether the stage passes every check; prints each, and what is left to do."""
    visitor = Visitor(stage.url)
    checks: dict[str, Callable[[], None]] = {
        "The help page speaks four languages": lambda: help_pages(visitor),
        "The API tells what it tells everybody": lambda: public_answers(visitor),
        "What is wrong is refused by name": lambda: wrong_requests(visitor),
        "An incident is recorded, queued, opened and closed": lambda: an_incident(visitor),
        "The desk asks for a signature": lambda: the_desk(visitor, stage),
        "The desk in the browser asks who it is": lambda: the_desk_in_a_browser(visitor),
    }
    print(f"{stage.stack} at {stage.url}")
    failed = 0
    for name, check in checks.items():
        try:
            check()
        except (Failed, KeyError, TypeError) as failure:
            failed += 1
            why = str(failure) if isinstance(failure, Failed) else "The answer lacks something."
            print(f"  FAILED  {name}: {why}")
        else:
            print(f"  ok      {name}")
    for task in to_do(stage):
        print(f"  to do   {task}")
    return not failed


def main() -> int:
    """Tests the stage. Returns the exit code: 1 if it does not work."""
    try:
        return 0 if works(stated("make smoke")) else 1
    except Unable as reason:
        print(reason, file=sys.stderr)
    except (BotoCoreError, ClientError) as refusal:
        print(f"AWS refused: {refusal}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
