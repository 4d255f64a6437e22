"""The operators' API: a method for each thing that an operator can do with an incident."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import batched
from typing import Any, cast
from urllib.parse import quote, urlencode

from desk.errors import Refused, Unreached
from desk.service.aws import Aws
from desk.service.error_messages import content_of
from desk.service_vocabulary import Category, LookPurpose, Problem, Scope

Json = dict[str, Any]

_INCIDENTS = "/v1/desk/incidents"
_OF_A_VIEW = ("reference", "category", "status", "language", "submitted_at", "description")
_FIGURES = ("category", "days", "open", "waiting", "submitted")
_PROOF = ("month", "days", "finished", "totals")
_INVITATION = ("join_code", "join_by", "address", "watch")
_REPORT = ("month", "days", "categories")
_MOST_REFERENCES = 50  # in one request
_PAUSES_S = (0.5, 2.0)  # before the next attempt of a request that got no answer


class Api:
    """The operators' API of the service, with every request signed in the team's role.

    Every method raises Refused with the service's own problem, NotAllowed if the role may not do
    it, and Unreached if there is no answer. Every request may be repeated: it changes nothing, says
    again what is already true, or has a key and is recorded once.

    seen: the etag of the latest of the citizen's entries that the operator has read. If the citizen
    has written since, the service refuses with `changed-meanwhile`.
    """

    def __init__(
        self, url: str, aws: Aws, erased: Callable[[Refused], None] = lambda _: None
    ) -> None:
        """The service at that address.

        erased: called with every refusal that says that its citizen had an incident erased.
        """
        self._url = url
        self._aws = aws
        self._erased = erased

    def open_incidents(self) -> list[Json]:
        """The team's open incidents, the oldest first."""
        return cast("list[Json]", self._got(_INCIDENTS, "incidents")["incidents"])

    def team_list(self, **filters: str | None) -> Json:
        """A page of the team's list: `incidents`, and `next`, the page after it or None.

        filters: as the addresses of the API have them; `view` is one of them.
        """
        return self._got(_INCIDENTS + _query(**filters), "incidents", "next")

    def incident(
        self, reference: str, before: str | None = None, purpose: LookPurpose | None = None
    ) -> Json:
        """The incident with the latest part of its history; the register records this look.

        before: the entry at which the part ends, for an earlier part. purpose: for what it is.
        """
        asked = _query(before=before, purpose=purpose)
        return self._got(_of(reference) + asked, *_OF_A_VIEW)

    def claim(self, reference: str) -> Json:
        """Claims the incident; for an operator who already has it, nothing changes."""
        return self._posted(f"{_of(reference)}/claim", {}, *_OF_A_VIEW)

    def claim_from_queue(self, reference: str) -> Json:
        """Claims the incident of a message, unless it needs nobody now."""
        return self._posted(f"{_of(reference)}/claim?from=queue", {}, *_OF_A_VIEW)

    def take_over(self, reference: str, reason: str) -> Json:
        """Takes the incident over from a colleague; for an operator who has it, nothing changes."""
        return self._posted(f"{_of(reference)}/take-over", {"reason": reason}, *_OF_A_VIEW)

    def message(
        self, reference: str, body: str, key: str, *, ask: bool, seen: str | None = None
    ) -> Json:
        """Writes to the citizen; with `ask`, the incident then waits for the answer."""
        content = {"body": body, "ask": ask}
        return self._posted(f"{_of(reference)}/messages", content, "status", key=key, seen=seen)

    def note(self, reference: str, body: str, key: str) -> Json:
        """Writes for the team only."""
        return self._posted(f"{_of(reference)}/notes", {"body": body}, "status", key=key)

    def resolve(self, reference: str, body: str, key: str, *, seen: str | None = None) -> Json:
        """Ends the incident, with a last message to the citizen unless the text is empty."""
        content = {"body": body} if body else {}
        return self._posted(f"{_of(reference)}/resolve", content, "status", key=key, seen=seen)

    def transfer(
        self, reference: str, category: Category, reason: str, key: str, *, seen: str | None = None
    ) -> Json:
        """Gives the incident to another team."""
        content = {"category": category, "reason": reason}
        return self._posted(f"{_of(reference)}/transfer", content, "status", key=key, seen=seen)

    def snooze(
        self, reference: str, until: str | None, key: str, *, seen: str | None = None
    ) -> Json:
        """Puts the incident aside until that day; None ends that."""
        content = {"until": until}
        return self._posted(f"{_of(reference)}/snooze", content, "status", key=key, seen=seen)

    def release(self, reference: str, key: str) -> Json:
        """Gives the incident back to the team's queue."""
        return self._posted(f"{_of(reference)}/release", {}, "status", key=key)

    def withdraw(self, reference: str, scope: Scope) -> Json:
        """Ends a consent, as the citizen asked; a repetition changes nothing."""
        return self._posted(f"{_of(reference)}/consents", {"scope": scope}, "status")

    def invite(self, reference: str) -> Json:
        """Invites the citizen to show the screen; a repetition replaces the invitation before."""
        return self._posted(f"{_of(reference)}/remote", {}, *_INVITATION)

    def end_remote(self, reference: str) -> Json:
        """Ends remote support, or the invitation to it."""
        return self._answered("DELETE", f"{_of(reference)}/remote", None, {}, ("state",))

    def replace_code(self, reference: str, key: str) -> Json:
        """Has another access code sent to the citizen's address."""
        return self._posted(f"{_of(reference)}/access-code", {}, "status", key=key)

    def correct_contact(self, reference: str, corrections: Mapping[str, str | None]) -> Json:
        """Corrects how the citizen is reached; None takes a part away."""
        return self._sent("PATCH", f"{_of(reference)}/contact", corrections, {}, "correction")

    def export(self, reference: str, before: str | None = None) -> Json:
        """A copy of everything for the citizen, or of an earlier part; the register records it."""
        path = f"{_of(reference)}/export{_query(format='html', before=before)}"
        return self._got(path, "incident", "page")

    def erasure(self, reference: str) -> Json:
        """What an erasure of the incident would leave."""
        return self._got(f"{_of(reference)}/erasure", "kept", "copies")

    def erase(self, reference: str) -> Json:
        """Erases the incident for good."""
        return self._answered("DELETE", _of(reference), None, {}, ("erased_at",))

    def erased(self, references: Iterable[str]) -> list[str]:
        """Which of these incidents their citizens had erased; as many requests as that takes."""
        erased: list[str] = []
        for some in batched(references, _MOST_REFERENCES, strict=False):
            asked = _query(references=",".join(some))
            erased += self._got(f"/v1/desk/erased{asked}", "erased")["erased"]
        return erased

    def submit(self, submission: Mapping[str, Any], key: str) -> Json:
        """Records an incident that a person reports by phone."""
        return self._posted(_INCIDENTS, submission, "reference", "category", key=key)

    def file(self, reference: str, file: str) -> Json:
        """The address of a file of the incident, valid for a minute."""
        return self._got(f"{_of(reference)}/files/{_in_a_path(file)}", "url", "headers")

    def looks(self, reference: str, before: str | None = None) -> Json:
        """Who looked at the incident, for data protection; the register records this look, too."""
        path = f"/v1/desk/viewed/{_in_a_path(reference)}"
        return self._got(path + _query(before=before), "reference", "looks")

    def stats(self, days: int) -> Json:
        """The team's figures of the last days."""
        return self._got(f"/v1/desk/stats?days={days}", *_FIGURES)

    def proof(self, month: str) -> Json:
        """What was erased in that month, day by day."""
        return self._got(f"/v1/desk/proofs/{_in_a_path(month)}", *_PROOF)

    def report(self, month: str) -> Json:
        """What is recorded of a month, of all teams."""
        return self._got(f"/v1/desk/reports/{_in_a_path(month)}", *_REPORT)

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
        headers = {}
        if key is not None:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return self._sent("POST", path, content, headers, *needed)

    def _sent(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any],
        headers: Mapping[str, str],
        *needed: str,
    ) -> Json:
        body = json.dumps(content, ensure_ascii=False).encode()
        stated = {"Content-Type": "application/json", **headers}
        return self._answered(method, path, body, stated, needed)

    def _answered(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        needed: tuple[str, ...],
    ) -> Json:
        """The answer, with the needed members. Without an answer, sends the request again."""
        sent = {"Accept": "application/json", "Accept-Language": "en", **headers}
        for pause_s in (*_PAUSES_S, None):
            try:
                answer = self._aws.signed(method, self._url + path, body, sent)
                content = content_of(answer.status, answer.body, answer.date)
                break
            except Unreached:
                if pause_s is None:
                    raise
                time.sleep(pause_s)
            except Refused as refused:
                if refused.name == Problem.ERASED:
                    self._erased(refused)
                raise
        if missing := [name for name in needed if name not in content]:
            raise Unreached(
                f"Something other than the service answered (without {missing[0]}): check api_url."
            )
        return content


def _of(reference: str) -> str:
    return f"{_INCIDENTS}/{_in_a_path(reference)}"


def _query(**parameters: str | None) -> str:
    stated = {name: value for name, value in parameters.items() if value}
    return f"?{urlencode(stated)}" if stated else ""


def _in_a_path(text: str) -> str:
    return quote(text.strip(), safe="")
