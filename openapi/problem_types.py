"""Every type of problem, with what it means: one list for the document and docs/integration.md.

Statuses, titles, details and members come from the problems themselves, so the list says nothing
that the service does not say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from local import ROOT
from openapi.answers.history import MESSAGE
from suport.domain.language import Language
from suport.http.problem import FieldError, Problem
from suport.http.problems import (
    about_figures,
    about_incidents,
    about_pages,
    about_remote_support,
    about_requests,
    at_desk,
    at_sign_in,
)
from suport.texts.message import N_

PREFIX = "urn:suport:problem:"

_NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
_REFERENCE = "GQNC-YQBY-1H8C"
_ENTRY = "01M8A9GS32SWC3AYT3M5FPN97G"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A type of problem: the status that it comes with, and what the service says of it.

    meaning: for those who write a program. bodies: as the citizen reads the problem and, where they
    differ, as an operator does. to_get: what answers a GET, where it differs. only_pages: whether
    no program ever gets it.
    """

    name: str
    status: int
    meaning: str
    bodies: tuple[Mapping[str, Any], ...]
    headers: Mapping[str, str]
    to_get: Mapping[str, Any] | None = None
    only_pages: bool = False


def _of(
    *said: Problem, means: str, to_get: Problem | None = None, only_pages: bool = False
) -> ProblemType:
    (status,) = {int(each.status) for each in said}
    bodies = tuple(each.body(Language.ENGLISH) for each in said)
    return ProblemType(
        said[0].name,
        status,
        means,
        bodies,
        said[-1].headers,
        to_get.body(Language.ENGLISH) if to_get else None,
        only_pages,
    )


def _invalid() -> Problem:
    return about_requests.invalid([FieldError("description", N_("Describe the problem."))])


def _on_pages(said: Problem, means: str) -> ProblemType:
    return _of(said, means=means, only_pages=True)


_OF_THE_SERVICE = (
    _of(
        about_requests.unreadable(N_("This must be JSON in UTF-8.")),
        means="The body as a whole cannot be read.",
    ),
    _of(
        about_requests.no_access_code(),
        about_figures.no_login(),
        means="The access code is missing; for Comanda, the user or the password is missing or "
        "wrong.",
    ),
    _of(
        at_desk.no_team(),
        means="The role that signed the request is not a support team's.",
    ),
    _of(
        at_desk.not_data_protection(),
        means="The role that signed the request is not that of data protection.",
    ),
    _of(
        at_desk.other_team(),
        means="The incident belongs to another team. That you asked is recorded.",
    ),
    _of(
        about_incidents.no_access(),
        at_desk.no_such_incident(),
        means="No incident has this reference and, from a citizen, this access code; or it was "
        "erased.",
    ),
    _of(
        at_desk.erased("GQNC-YQBY-1H8C", "2026-11-26T09:30:00.000Z"),
        means="The incident was erased because its citizen asked; operators alone are told, and "
        "data protection also by whom. Erase what you still have about it.",
    ),
    _of(
        about_incidents.no_such_file(),
        at_desk.no_such_file(),
        means="The incident has no such file, or nobody may open it.",
    ),
    _of(
        at_desk.no_such_proof(),
        means="No audit of the register has begun in this month.",
    ),
    _of(
        about_figures.none_recorded("day", "2026-11-03"),
        means="Nothing has been counted for this day, these days or this month.",
    ),
    _of(
        about_pages.no_such_page(),
        means="Nothing is served at this address, for GET, HEAD or POST.",
    ),
    _of(
        about_incidents.solved_already(),
        at_desk.already_resolved(),
        means="The incident is resolved, and this can be done with an open one only.",
    ),
    _of(
        at_desk.claimed_by_another("marta"),
        means="`claimed_by` has claimed the incident.",
    ),
    _of(
        at_desk.not_claimed(),
        means="Nobody has claimed the incident; claim it first.",
    ),
    _of(
        at_desk.waits_for_citizen(),
        means="A claim from the queue: the citizen has been asked, and has not answered.",
    ),
    _of(
        at_desk.answered_together(),
        means="A claim from the queue: the incident is left to the answer that several get, to an "
        "open known problem or to another incident of the citizen.",
    ),
    _of(
        about_incidents.complaint_in_progress(),
        at_desk.complaint_in_progress(),
        means="A complaint about accessibility has to be answered before it may be erased.",
    ),
    _of(
        about_incidents.control_needs_view(),
        means="The citizen lets the operator act, but not even view the screen yet.",
    ),
    _of(
        about_incidents.nothing_to_withdraw(),
        at_desk.never_agreed(),
        means="The citizen never gave the consent that is to be withdrawn.",
    ),
    _of(
        about_incidents.nowhere_to_send(),
        at_desk.nowhere_to_send(),
        means="Something would have to go to the recorded email address, but there is none, or "
        "mail does not reach it.",
    ),
    _of(
        about_incidents.nothing_to_confirm(),
        means="No other email address waits for its confirmation.",
    ),
    _of(
        about_incidents.reopening_over(),
        means="The incident ended too long ago to be reopened, which a message would do.",
    ),
    _of(
        about_incidents.nowhere_to_confirm(),
        means="No email reaches the citizen that could confirm the erasure.",
    ),
    _of(
        about_incidents.erasure_not_asked(),
        means="No erasure waits for its confirmation.",
    ),
    _of(
        at_desk.changed_meanwhile(_ENTRY, [MESSAGE]),
        means="The citizen has written since; `written` says what, and `etag` is the new tag.",
    ),
    _of(
        about_requests.too_large(2 * 1024 * 1024),
        means="The body is larger than 2 MB.",
    ),
    _of(
        about_requests.unsupported_media_type("application/json"),
        means="The body declares another media type or charset than this address takes.",
    ),
    _of(
        _invalid(),
        means="Fields are missing or wrong; `errors` names each. A parameter or a header is named "
        "likewise.",
    ),
    _of(
        about_requests.key_reused(),
        about_requests.key_reused(_REFERENCE),
        about_requests.key_of_erased(),
        means="The `Idempotency-Key` belongs to another incident that was sent before, or to one "
        "that was erased; operators learn the `reference` of the former.",
    ),
    _of(
        about_incidents.wrong_confirmation(),
        about_incidents.wrong_erasure_confirmation(),
        means="The confirmation code is not the one from the latest email.",
    ),
    _of(
        about_incidents.too_many_messages(_NOON.replace(hour=23), _NOON),
        means="The citizen has written all the messages of one day; `Retry-After` says when the "
        "next is possible.",
    ),
    _of(
        about_pages.forged(),
        means="A page of another site sent the form, or the request of a remote session.",
    ),
    _of(
        about_remote_support.no_such_session(),
        means="The incident has no remote session, or it is another browser's or operator's.",
    ),
    _of(
        about_remote_support.no_receipt(),
        means="The citizen has not agreed to this in the remote session.",
    ),
    _of(
        about_remote_support.not_now(),
        means="The state of the remote session does not allow it; ask for the state again.",
    ),
    _of(
        about_remote_support.no_support_tool(),
        means="The office has no tool by which operators control a citizen's computer.",
    ),
    _of(
        about_remote_support.no_relay(),
        means="No relay is configured through which the pictures could pass.",
    ),
    _of(
        about_remote_support.too_many_sessions(),
        means="As many screens are being shared as the service can serve; try again later.",
    ),
    _of(
        about_requests.unavailable(),
        about_requests.not_back_yet(),
        to_get=about_requests.not_shown(),
        means="The service cannot answer now, or is being restored. Send the same again, with the "
        "same key, after `Retry-After` seconds.",
    ),
    _on_pages(about_pages.session_over(), "The browser has had no incident open for half an hour."),
    _on_pages(about_pages.takes_no_form(), "The page takes no form."),
    _on_pages(
        about_pages.other_incident(),
        "The form is about another incident than the browser has open.",
    ),
    _on_pages(about_incidents.not_resolved(), "The incident is still open, and cannot be rated."),
    _on_pages(
        at_desk.not_all_reassigned([]),
        "Some of the incidents that a supervisor reassigns have changed since the page was made.",
    ),
    _on_pages(about_pages.page_expired(), "The form came without the key that its page had."),
    _of(
        about_pages.sent_already(),
        about_pages.sent_and_erased(),
        means="The form has already made an incident, which may have been erased since.",
        only_pages=True,
    ),
    _on_pages(about_pages.cookie_refused(), "The browser does not keep the session's cookie."),
    _on_pages(at_sign_in.sign_in_over(), "The browser has begun no such sign-in lately."),
    _on_pages(at_sign_in.token_refused(), "The identity provider vouches for nobody."),
)


class _Loader(yaml.SafeLoader):
    """Reads the template without CloudFormation's own tags."""


_Loader.add_multi_constructor("!", lambda *_: None)


def _by_api_gateway() -> dict[str, dict[str, Any]]:
    """The problems that API Gateway answers by itself, by their names, from the template."""
    template = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # noqa: S506  a SafeLoader
    found = {}
    for kind, answer in template["Resources"]["Api"]["Properties"]["GatewayResponses"].items():
        body = json.loads(answer["ResponseTemplates"]["application/json"])
        status = answer.get("StatusCode", 500 if kind.endswith("5XX") else 403)
        found[kind] = {"status": status} | body
    return {body["type"].removeprefix(PREFIX): body for body in found.values()}


_MEANT_BY_API_GATEWAY = {
    "not-served": "The address does not take this method, or a request to the desk is not signed.",
    "refused": "API Gateway refuses the request: its signature is wrong or has expired, or a rule "
    "of the firewall blocks it.",
    "too-many-requests": "Too many requests at once. Nothing is recorded; try again in a minute.",
}

OF_API_GATEWAY = tuple(
    ProblemType(name, body["status"], _MEANT_BY_API_GATEWAY[name], (body,), {})
    for name, body in _by_api_gateway().items()
    if name not in {each.name for each in _OF_THE_SERVICE}
)
"""What only API Gateway answers. What else it answers, the service does, too."""

PROBLEM_TYPES: Mapping[str, ProblemType] = {
    each.name: each for each in (*_OF_THE_SERVICE, *OF_API_GATEWAY)
}
"""Every type of problem, by its name."""

MEMBERS = {
    name
    for each in _OF_THE_SERVICE
    for body in each.bodies
    for name in body
    if name not in {"type", "title", "status", "detail", "errors"}
}
"""The extension members of all types."""


def as_table() -> str:
    """The list as docs/integration.md shows it."""
    lines = ["| Status | `urn:suport:problem:` | What it means |", "|---|---|---|"]
    ordered = sorted(PROBLEM_TYPES.values(), key=lambda each: (each.only_pages, each.status))
    for each in ordered:
        where = "On a page only. " if each.only_pages else ""
        lines.append(f"| {each.status} | `{each.name}` | {where}{each.meaning} |")
    return "\n".join(lines) + "\n"
