"""What went wrong, told to whoever asked: RFC 9457 problem details in the reader's language."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from suport.domain.incident import MOST_MESSAGES_A_DAY, REOPENABLE_FOR, Language
from suport.texts.message import N_, Message

IDEMPOTENCY_KEY = "Idempotency-Key"
"""The header of a submission or a message that makes a retry safe."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field to be mended; `field` is its path in the JSON body, `contact.email`."""

    field: str
    message: Message


class Problem(Exception):
    """A request that cannot be fulfilled, with its answer.

    `name` makes the problem's type, a URN that programs may rely on; `language`, where the
    request itself states one, goes before that of the browser; `members` are extension members.
    """

    def __init__(
        self,
        status: HTTPStatus,
        name: str,
        title: Message,
        detail: Message,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        language: Language | None = None,
    ) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.members = members or {}
        self.language = language

    def body(self, language: Language) -> dict[str, Any]:
        """The members of the problem details object in that language."""
        return {
            "type": f"urn:suport:problem:{self.name}",
            "title": self.title.in_(language),
            "status": int(self.status),
            "detail": self.detail.in_(language),
            "errors": [
                {"field": error.field, "message": error.message.in_(language)}
                for error in self.errors
            ],
            **self.members,
        }


def invalid(errors: Sequence[FieldError], language: Language | None = None) -> Problem:
    """Fields are missing or wrong; each is named."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        N_("Some fields need to be corrected"),
        N_("Nothing has been recorded yet. Correct the fields named here and send it again."),
        errors=errors,
        language=language,
    )


def unreadable(message: Message) -> Problem:
    """The body as a whole cannot be read."""
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "unreadable",
        N_("The request cannot be read"),
        N_("Nothing has been recorded. Correct the request and send it again."),
        errors=[FieldError("body", message)],
    )


def unsupported_media_type(expected: str) -> Problem:
    """The body is declared to be something that this address does not take."""
    return Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        N_("The content type is not supported"),
        N_("Nothing has been recorded. Send the body as {expected} in UTF-8.", expected=expected),
        errors=[FieldError("body", N_("This must be {expected} in UTF-8.", expected=expected))],
    )


def too_large(most_bytes: int) -> Problem:
    """The body is larger than any correct one can be."""
    kilobytes = most_bytes // 1024
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        N_("The request is too large"),
        N_("Nothing has been recorded. Send at most {kilobytes} KB.", kilobytes=kilobytes),
        errors=[
            FieldError("body", N_("This must be {kilobytes} KB at most.", kilobytes=kilobytes))
        ],
    )


def page_expired() -> Problem:
    """The form came without the key that its page was given."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "page-expired",
        N_("This page was no longer current"),
        N_("Nothing has been recorded yet. What you wrote is kept here; send it once more."),
    )


def forged() -> Problem:
    """A form that a page of another site sent."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "forged",
        N_("This was not sent from a page of this service"),
        N_("Nothing has been recorded. If it was you, start from the help page and send it again."),
    )


def session_over() -> Problem:
    """The half hour for which an incident was open has passed."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "session-over",
        N_("Your incident was open for half an hour, which has passed"),
        N_("Type the reference and the access code to open it again."),
    )


def other_incident() -> Problem:
    """A form stands on the page of one incident, and another one was opened in the same browser."""
    return Problem(
        HTTPStatus.CONFLICT,
        "other-incident",
        N_("Another incident is open in this browser"),
        N_(
            "Nothing has been recorded: you opened another incident in this browser after "
            "you opened this form. To return to the incident of this form, type its "
            "access code."
        ),
    )


def sent_already() -> Problem:
    """The form's page has made an incident, and is sent again with other content."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "sent-already",
        N_("You have already sent an incident from this page"),
        N_("It is kept as you sent it. To make this a second incident, send it once more."),
    )


def key_reused(language: Language, reference: str | None = None) -> Problem:
    """The idempotency key belongs to an incident with other content; operators are told which."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "key-reused",
        N_("This key was used for another incident"),
        N_(
            "The incident sent first with this key is kept as it is. To submit a different one, "
            "use a new key."
        ),
        errors=[FieldError(IDEMPOTENCY_KEY, N_("Use a new key for a new incident."))],
        members={"reference": reference} if reference else None,
        language=language,
    )


def no_access() -> Problem:
    """No incident is opened by this reference and code; which of the two is wrong is not said."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        N_("No incident was found"),
        N_(
            "There is no incident with this reference and access code. Check both; an incident is "
            "erased six months after somebody last wrote or did something in it."
        ),
    )


def no_access_code() -> Problem:
    """The request does not say by which access code it may see the incident."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "unauthorized",
        N_("The access code is missing"),
        N_("Send the access code of the incident in the header Authorization: Bearer."),
        headers={"WWW-Authenticate": 'Bearer realm="suport"'},
    )


def no_such_page() -> Problem:
    """Nothing is served at this address."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        "no-such-page",
        N_("There is nothing at this address"),
        N_("Check the address, or start from the help page."),
    )


def takes_no_form() -> Problem:
    """A form is sent to a page that has none."""
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "method-not-allowed",
        N_("This page does not accept forms"),
        N_("Nothing has been recorded. Open the page directly and continue from there."),
        headers={"Allow": "GET, HEAD"},
    )


def unavailable() -> Problem:
    """The service could not do it now; the same request may succeed later."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        N_("The service cannot answer at the moment"),
        N_(
            "What you sent may not have been recorded. Send the same again in a minute: with the "
            "same key it is recorded only once. If it is urgent, call 012."
        ),
        headers={"Retry-After": "60"},
    )


def reopening_over() -> Problem:
    """The incident was resolved too long ago for its citizen to come back to it."""
    return Problem(
        HTTPStatus.CONFLICT,
        "reopening-over",
        N_("This incident can no longer be reopened"),
        N_(
            "Nothing has been recorded: it was resolved more than {days} days ago. Report a new "
            "incident and name the reference of this one in it.",
            days=REOPENABLE_FOR.days,
        ),
    )


def too_many_messages(until: datetime, now: datetime) -> Problem:
    """The citizen has written as many messages as one day takes; the next one is for `until`."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-messages",
        N_("You can write {most} messages a day about one incident", most=MOST_MESSAGES_A_DAY),
        N_(
            "This message has not been recorded, because you have already sent {most} "
            "today. Send it again tomorrow or later, or call 012.",
            most=MOST_MESSAGES_A_DAY,
        ),
        headers={"Retry-After": str(max(1, math.ceil((until - now).total_seconds())))},
    )


def not_resolved() -> Problem:
    """The citizen rates help that is still under way."""
    return Problem(
        HTTPStatus.CONFLICT,
        "not-resolved",
        N_("This incident is not resolved yet"),
        N_(
            "Nothing has been recorded. You can rate the help once the incident is resolved; if "
            "it is solved for you, close it first."
        ),
    )


def control_needs_view(language: Language | None = None) -> Problem:
    """The operator may not even see the screen yet."""
    return Problem(
        HTTPStatus.CONFLICT,
        "control-needs-view",
        N_("First let the operator view your screen"),
        N_(
            "An operator can act on your computer only while you let your screen be viewed. Agree "
            "to that first."
        ),
        errors=[FieldError("scope", N_("Agree to be viewed first."))],
        language=language,
    )


def nothing_to_withdraw(language: Language | None = None) -> Problem:
    """The citizen takes back what was never given."""
    return Problem(
        HTTPStatus.CONFLICT,
        "nothing-to-withdraw",
        N_("There is nothing to withdraw"),
        N_("You have not agreed to this, so the operator may not do it."),
        errors=[FieldError("scope", N_("This was never agreed to."))],
        language=language,
    )


def solved_already(language: Language | None = None) -> Problem:
    """The citizen agrees to remote support for an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        "already-resolved",
        N_("This incident is resolved"),
        N_(
            "Nothing has been recorded: remote support is for incidents that are still open. If "
            "you need more help, reopen this one or report a new one."
        ),
        language=language,
    )


def never_agreed() -> Problem:
    """An operator is told to stop what the citizen never agreed to."""
    return Problem(
        HTTPStatus.CONFLICT,
        "nothing-to-withdraw",
        N_("There is nothing to withdraw"),
        N_("Nothing has been changed. The citizen has not agreed to this, so you may not do it."),
        errors=[FieldError("scope", N_("This was never agreed to."))],
    )


def no_team() -> Problem:
    """Whoever signed the request acts in the role of no support team."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "no-team",
        N_("Only the support teams may do this"),
        N_("Nothing has been recorded. Sign the request in the role of your team."),
    )


def other_team() -> Problem:
    """An operator asks for an incident of another team; the register keeps that they did."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "other-team",
        N_("This incident belongs to another team"),
        N_("You see the incidents of your own team only. That you asked for it is recorded."),
    )


def no_such_incident() -> Problem:
    """An operator names a reference that nobody has, or whose incident has expired."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        N_("No incident was found"),
        N_(
            "There is no incident with this reference. Check it; an incident is erased six months "
            "after somebody last wrote or did something in it."
        ),
    )


def claimed_by_another(operator: str) -> Problem:
    """Another operator of the same team works on the incident."""
    return Problem(
        HTTPStatus.CONFLICT,
        "claimed-by-another",
        N_("Another operator has claimed this incident"),
        N_(
            "Nothing has been changed: {operator} works on it. Agree with them; once they release "
            "it, you can claim it.",
            operator=operator,
        ),
        members={"claimed_by": operator},
    )


def not_claimed() -> Problem:
    """An operator acts on an incident that nobody has claimed."""
    return Problem(
        HTTPStatus.CONFLICT,
        "not-claimed",
        N_("Claim this incident first"),
        N_("Nothing has been changed. Claim the incident and send the same again."),
    )


def already_resolved() -> Problem:
    """An operator acts on an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        "already-resolved",
        N_("This incident is resolved"),
        N_("Nothing has been changed. It comes back to the queue if its citizen reopens it."),
    )


def changed_meanwhile(etag: str, written: Sequence[Mapping[str, Any]]) -> Problem:
    """An operator answers without having read what the citizen wrote meanwhile: it is shown now."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        "changed-meanwhile",
        N_("The citizen has written meanwhile"),
        N_(
            "Nothing has been done. Read what the citizen wrote, then send your request "
            "again, with any changes it needs."
        ),
        headers={"ETag": f'"{etag}"'},
        members={"etag": etag, "written": list(written)},
    )


def no_such_file() -> Problem:
    """An operator names a file that the incident does not have, or that may not be opened."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        "no-such-file",
        N_("There is no such file that can be opened"),
        N_(
            "The incident does not have it, or it is still being scanned, could not be scanned, "
            "or is erased. The state of the file in the incident tells which."
        ),
    )
