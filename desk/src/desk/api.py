"""The operators' API by the names of what is done; every request is signed in the team's role."""

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from desk.aws import Answer
from desk.trouble import NotAllowed, Refused, Unreached

Json = dict[str, Any]

_PAUSES_S = (0.5, 2.0)
"""Before a request that may be repeated is sent again."""
_TEMPORARY = {
    HTTPStatus.TOO_MANY_REQUESTS,
    *(HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT),
}


class Signed(Protocol):
    """Whatever sends a signed request."""

    def signed(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """The answer to one request; raises Unreached or NotAllowed."""
        ...


class Api:
    """The operators' API of the service.

    Every method raises Refused with the service's own problem, NotAllowed where the role may not,
    and Unreached where there is no answer.
    """

    def __init__(self, url: str, aws: Signed, pause: Callable[[float], None] = time.sleep) -> None:
        self._url = url
        self._aws = aws
        self._pause = pause

    def open_incidents(self) -> list[Json]:
        """The team's open incidents, the oldest first."""
        incidents: list[Json] = self._asked("GET", "")["incidents"]
        return incidents

    def incident(self, reference: str) -> Json:
        """The incident with its history; the register records this look."""
        return self._asked("GET", f"/{_in_a_path(reference)}")

    def claim(self, reference: str) -> Json:
        """Takes the incident; claiming one's own again changes nothing."""
        return self._asked("POST", f"/{_in_a_path(reference)}/claim", {}, repeatable=True)

    def message(self, reference: str, body: str, key: str, *, ask: bool) -> Json:
        """Writes to the citizen; with `ask` the incident then waits for the answer."""
        return self._keyed(f"/{_in_a_path(reference)}/messages", {"body": body, "ask": ask}, key)

    def note(self, reference: str, body: str, key: str) -> Json:
        """Writes for the team only."""
        return self._keyed(f"/{_in_a_path(reference)}/notes", {"body": body}, key)

    def resolve(self, reference: str, body: str | None, key: str) -> Json:
        """Ends it, with a last message where there is one."""
        content = {} if body is None else {"body": body}
        return self._keyed(f"/{_in_a_path(reference)}/resolve", content, key)

    def transfer(self, reference: str, category: str, reason: str) -> Json:
        """Gives it to another team."""
        content = {"category": category, "reason": reason}
        return self._asked("POST", f"/{_in_a_path(reference)}/transfer", content)

    def release(self, reference: str) -> Json:
        """Gives it back to the team's queue."""
        return self._asked("POST", f"/{_in_a_path(reference)}/release", {})

    def withdraw(self, reference: str, scope: str) -> Json:
        """Ends a consent, as the citizen told; to say so again changes nothing."""
        path = f"/{_in_a_path(reference)}/consents"
        return self._asked("POST", path, {"scope": scope}, repeatable=True)

    def submit(self, submission: Mapping[str, Any], key: str) -> Json:
        """Records an incident that was taken by phone."""
        return self._keyed("", submission, key)

    def file(self, reference: str, file: str) -> Json:
        """Where a file of the incident can be fetched for a minute."""
        return self._asked("GET", f"/{_in_a_path(reference)}/files/{_in_a_path(file)}")

    def stats(self, days: int) -> Json:
        """The team's figures of the last days."""
        return self._request("GET", f"/v1/desk/stats?days={days}", None, {}, repeatable=True)

    def _keyed(self, path: str, content: Mapping[str, Any], key: str) -> Json:
        return self._asked("POST", path, content, repeatable=True, **{"Idempotency-Key": key})

    def _asked(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None = None,
        *,
        repeatable: bool = False,
        **headers: str,
    ) -> Json:
        repeatable = repeatable or method == "GET"
        path = f"/v1/desk/incidents{path}"
        return self._request(method, path, content, headers, repeatable=repeatable)

    def _request(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        *,
        repeatable: bool,
    ) -> Json:
        body = None
        sent = {"Accept": "application/json", "Accept-Language": "en", **headers}
        if content is not None:
            body = json.dumps(content, ensure_ascii=False).encode()
            sent["Content-Type"] = "application/json"
        pauses = list(_PAUSES_S) if repeatable else []
        while True:
            try:
                return _understood(self._aws.signed(method, self._url + path, body, sent))
            except Unreached as unreached:
                if not repeatable:
                    told = f"{unreached} Whether it was recorded is not known: desk show tells."
                    raise Unreached(told, unreached.facts) from unreached
                if not pauses:
                    raise
                self._pause(pauses.pop(0))


def _understood(answer: Answer) -> Json:
    try:
        content = json.loads(answer.body)
    except ValueError:
        content = None
    if answer.status < HTTPStatus.BAD_REQUEST and isinstance(content, dict):
        return content
    problem = content if isinstance(content, dict) else {}
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _TEMPORARY:
        detail = problem.get("detail") or f"It answered {answer.status}."
        raise Unreached(f"The service cannot answer at the moment. {detail}", problem)
    kind = str(problem.get("type", ""))
    if answer.status == HTTPStatus.FORBIDDEN and kind in {"", "urn:suport:problem:refused"}:
        raise NotAllowed(
            "The service does not accept your signature. Log in again, check this computer's"
            " clock, and that your role is the one of the team.",
            problem,
        )
    if not kind:
        raise Unreached(
            f"Something else than the service answered ({answer.status}): check api_url."
        )
    raise Refused(problem)


def _in_a_path(text: str) -> str:
    return quote(text.strip(), safe="")
