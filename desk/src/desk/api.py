"""The operators' API by the names of what is done; every request is signed in the team's role."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from desk.aws import Answer
from desk.trouble import NotAllowed, Refused, Unreached

Json = dict[str, Any]

_INCIDENTS = "/v1/desk/incidents"
_OF_A_VIEW = ("reference", "category", "status", "language", "submitted_at", "description")
"""What there is in every view of an incident."""
_FIGURES = ("days", "open", "waiting", "submitted")
_PAUSES_S = (0.5, 2.0)
"""Before a request without an answer is sent again."""
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
    and Unreached where there is no answer. Every request may be repeated: it changes nothing, says
    again what is true already, or goes with a key, and is recorded once.

    seen: up to which of the citizen's writings the operator has read the incident (its etag). Where
    the citizen has written since, the service refuses with `changed-meanwhile`.
    """

    def __init__(self, url: str, aws: Signed, pause: Callable[[float], None] = time.sleep) -> None:
        self._url = url
        self._aws = aws
        self._pause = pause

    def open_incidents(self, changed_since: datetime | None = None) -> list[Json]:
        """The team's open incidents, the oldest first; or those of them that changed since."""
        since = {"changed_since": changed_since.isoformat()} if changed_since else {}
        incidents: list[Json] = self._got(f"{_INCIDENTS}{_query(**since)}", "incidents")[
            "incidents"
        ]
        return incidents

    def incident(self, reference: str, before: str | None = None) -> Json:
        """The incident with the latest part of its history; the register records this look.

        before: the entry before which the part ends, for an earlier one.
        """
        part = {"before": before} if before else {}
        return self._got(f"{_of(reference)}{_query(**part)}", *_OF_A_VIEW)

    def claim(self, reference: str) -> Json:
        """Takes the incident; claiming one's own again changes nothing."""
        return self._posted(f"{_of(reference)}/claim", {}, *_OF_A_VIEW)

    def message(
        self, reference: str, body: str, key: str, *, ask: bool, seen: str | None = None
    ) -> Json:
        """Writes to the citizen; with `ask` the incident then waits for the answer."""
        content = {"body": body, "ask": ask}
        return self._posted(f"{_of(reference)}/messages", content, "status", key=key, seen=seen)

    def note(self, reference: str, body: str, key: str) -> Json:
        """Writes for the team only."""
        return self._posted(f"{_of(reference)}/notes", {"body": body}, "status", key=key)

    def resolve(
        self, reference: str, body: str | None, key: str, *, seen: str | None = None
    ) -> Json:
        """Ends it, with a last message where there is one."""
        content = {} if body is None else {"body": body}
        return self._posted(f"{_of(reference)}/resolve", content, "status", key=key, seen=seen)

    def transfer(
        self, reference: str, category: str, reason: str, key: str, *, seen: str | None = None
    ) -> Json:
        """Gives it to another team."""
        content = {"category": category, "reason": reason}
        return self._posted(f"{_of(reference)}/transfer", content, "status", key=key, seen=seen)

    def release(self, reference: str, key: str) -> Json:
        """Gives it back to the team's queue."""
        return self._posted(f"{_of(reference)}/release", {}, "status", key=key)

    def withdraw(self, reference: str, scope: str) -> Json:
        """Ends a consent, as the citizen told; to say so again changes nothing."""
        return self._posted(f"{_of(reference)}/consents", {"scope": scope}, "status")

    def submit(self, submission: Mapping[str, Any], key: str) -> Json:
        """Records an incident that was taken by phone."""
        return self._posted(_INCIDENTS, submission, "reference", "category", key=key)

    def file(self, reference: str, file: str) -> Json:
        """Where a file of the incident can be fetched for a minute."""
        return self._got(f"{_of(reference)}/files/{_in_a_path(file)}", "url", "headers")

    def stats(self, days: int) -> Json:
        """The team's figures of the last days."""
        return self._got(f"/v1/desk/stats?days={days}", "category", *_FIGURES)

    def _got(self, path: str, *needed: str) -> Json:
        return self._answered("GET", path, None, {}, needed)

    def _posted(
        self,
        path: str,
        content: Mapping[str, Any],
        *needed: str,
        key: str | None = None,
        seen: str | None = None,
    ) -> Json:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        body = json.dumps(content, ensure_ascii=False).encode()
        return self._answered("POST", path, body, headers, needed)

    def _answered(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        needed: Iterable[str],
    ) -> Json:
        """The answer, which has the needed members; asked for again where there is none."""
        sent = {"Accept": "application/json", "Accept-Language": "en", **headers}
        pauses = list(_PAUSES_S)
        while True:
            try:
                answer = _understood(self._aws.signed(method, self._url + path, body, sent))
            except Unreached:
                if not pauses:
                    raise
                self._pause(pauses.pop(0))
                continue
            if missing := [name for name in needed if name not in answer]:
                raise Unreached(
                    f"Something other than the service answered (without {missing[0]}): check"
                    " api_url."
                )
            return answer


def _understood(answer: Answer) -> Json:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
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
            f"Something other than the service answered ({answer.status}): check api_url."
        )
    raise Refused(problem)


def _of(reference: str) -> str:
    return f"{_INCIDENTS}/{_in_a_path(reference)}"


def _query(**parameters: str) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


def _in_a_path(text: str) -> str:
    return quote(text.strip(), safe="")
