"""What can be wrong with any request."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from suport.http.problem import IDEMPOTENCY_KEY, FieldError, Problem, ProblemName
from suport.texts.message import N_, Message

CANNOT_BE_USED = N_("{field} contains a character that cannot be used.")


def invalid(errors: Sequence[FieldError]) -> Problem:
    """Fields are missing or wrong; the answer names each."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.INVALID,
        N_("There is a problem"),
        N_("Nothing has been recorded yet. Correct these fields and send the form again."),
        errors=errors,
    )


def broken(fields: Iterable[str]) -> Problem:
    """These fields have half a character in them."""
    return invalid([FieldError(field, CANNOT_BE_USED) for field in fields])


def wrong_question(field: str, message: Message) -> Problem:
    """What a read or a look-up asks for cannot be understood; neither ever records anything."""
    return wrong_questions([FieldError(field, message)])


def wrong_questions(errors: Sequence[FieldError]) -> Problem:
    """The same of several fields."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.INVALID,
        N_("There is a problem"),
        N_("Correct these fields and ask again."),
        errors=errors,
    )


def unknown_step() -> Problem:
    """A button of a form states a step that the form does not have."""
    return invalid([FieldError("step", N_("The form does not have this button."))])


def unreadable(message: Message) -> Problem:
    """The body as a whole cannot be read."""
    return Problem(
        HTTPStatus.BAD_REQUEST,
        ProblemName.UNREADABLE,
        N_("The request cannot be read"),
        N_("Nothing has been recorded. Correct the request and send it again."),
        errors=[FieldError("body", message)],
    )


def unsupported_media_type(*taken: str) -> Problem:
    """The body declares another type than these, which this address takes."""
    expected = ", ".join(taken)
    if len(taken) == 1:
        how = N_(
            "Nothing has been recorded. Send the body as {expected} in UTF-8.", expected=expected
        )
        must = N_("The body must be {expected} in UTF-8.", expected=expected)
    else:
        how = N_(
            "Nothing has been recorded. Send the body in UTF-8 as one of: {expected}.",
            expected=expected,
        )
        must = N_("The body must be one of these, in UTF-8: {expected}.", expected=expected)
    return Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ProblemName.UNSUPPORTED_MEDIA_TYPE,
        N_("The content type is not supported"),
        how,
        errors=[FieldError("body", must)],
    )


def too_large(most_bytes: int) -> Problem:
    """The body is larger than any correct one can be."""
    kilobytes = most_bytes // 1024
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ProblemName.TOO_LARGE,
        N_("The request is too large"),
        N_("Nothing has been recorded. Send {kilobytes}\u00a0KB or less.", kilobytes=kilobytes),
        errors=[
            FieldError(
                "body",
                N_("The request must be {kilobytes}\u00a0KB or smaller.", kilobytes=kilobytes),
            )
        ],
    )


def key_reused(reference: str | None = None) -> Problem:
    """The idempotency key belongs to an incident with other content; operators learn which one."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.KEY_REUSED,
        N_("This key was used for another incident"),
        N_(
            "The first incident sent with this key has not changed. To send a different one, use "
            "a new key."
        ),
        errors=[FieldError(IDEMPOTENCY_KEY, N_("Use a new key for a new incident."))],
        members={"reference": reference} if reference else None,
    )


def key_of_erased() -> Problem:
    """The idempotency key belongs to an incident that was erased, which stays erased."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.KEY_REUSED,
        N_("This key was used for an incident that was erased"),
        N_(
            "Nothing has been recorded, and the erased incident does not come back. To send an "
            "incident, use a new key."
        ),
        errors=[FieldError(IDEMPOTENCY_KEY, N_("Use a new key for a new incident."))],
    )


def no_access_code() -> Problem:
    """The request has no access code."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        ProblemName.UNAUTHORIZED,
        N_("The access code is missing"),
        N_("Send the access code of the incident in the header Authorization: Bearer."),
        headers={"WWW-Authenticate": 'Bearer realm="suport"'},
    )


def not_back_yet() -> Problem:
    """The register does not have the incident, but a recovery copy that may is being put back."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Earlier incidents are being restored"),
        N_(
            "Nothing has been recorded. The service is recovering from a failure, and this "
            "incident may not be back yet. Try again in an hour. If it is urgent, call 012."
        ),
        headers={"Retry-After": "3600"},
    )


def not_shown() -> Problem:
    """The service could not show something now, and nothing was sent that could be lost."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Sorry, there is a problem with the service"),
        N_("Nothing has been lost. Try again in a minute. If it is urgent, call 012."),
        headers={"Retry-After": "60"},
    )


def unavailable() -> Problem:
    """The service could not handle the request now; the same request may succeed later."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Sorry, there is a problem with the service"),
        N_(
            "What you sent may not have been recorded. Send it again in a minute: with the same "
            "key it is recorded only once. If it is urgent, call 012."
        ),
        headers={"Retry-After": "60"},
    )
