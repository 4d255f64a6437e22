"""What is wrong with a request about a remote session."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from suport.http.problem import FieldError, Problem, ProblemName
from suport.http.problems.about_requests import invalid
from suport.texts.message import N_

if TYPE_CHECKING:
    from suport.texts.published_notices import Notice


def wrong_code() -> Problem:
    """No session waits for a citizen with this code: it was used, or is over, or never was."""
    message = N_(
        "This code does not admit you. A code works once, for ten minutes. Check it, or ask the "
        "operator for a new one."
    )
    return invalid([FieldError("code", message)])


def not_invited() -> Problem:
    """No operator waits for the citizen of the incident that is open."""
    message = N_(
        "No operator is waiting to see your screen. Ask the operator to invite you, then enter "
        "the code here."
    )
    return invalid([FieldError("code", message)])


def no_such_session() -> Problem:
    """There is none, or it is another browser's or another operator's."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_SESSION,
        N_("There is no such remote support session"),
        N_("Nothing is shown. It has ended, or it belongs to somebody else."),
    )


def not_now() -> Problem:
    """The session's state does not allow it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOT_NOW,
        N_("This is not possible in the present state of the session"),
        N_("Nothing has been changed. Ask for the state again."),
    )


def no_relay() -> Problem:
    """An operator invites a citizen where no relay passes pictures on."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NO_RELAY,
        N_("Screen sharing is not set up"),
        N_(
            "The citizen has not been invited. This installation has no relay for the pictures. "
            "Ask operations to set one up, and help the citizen by message or phone meanwhile."
        ),
    )


def too_many_sessions() -> Problem:
    """As many sessions are open as the service can serve."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.TOO_MANY_SESSIONS,
        N_("Too many screens are being shared now"),
        N_("The citizen has not been invited. Try again in a few minutes."),
    )


def no_support_tool() -> Problem:
    """A citizen asks for control where the office has no tool for it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NO_SUPPORT_TOOL,
        N_("The operator cannot control your computer"),
        N_("Nothing has been changed. The operator sees what you show, and tells you what to do."),
    )


def no_receipt() -> Problem:
    """The citizen asks for the receipt of a consent that was not given in the session."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_RECEIPT,
        N_("There is no receipt"),
        N_("You have not agreed to this in the session."),
    )


def wrong_description(field: str = "sdp") -> Problem:
    """A page describes a connection that could do more than show one picture."""
    message = N_("{field} must describe one picture in one direction, and nothing else.")
    return invalid([FieldError(field, message)])


def other_notice(shown: "Notice") -> Problem:
    """The citizen agrees to another text than today's, which the refusal names."""
    message = N_(
        "Show the current notice, version {version}, and send its SHA-256: {sha256}.",
        version=shown.version,
        sha256=shown.sha256,
    )
    refusal = invalid([FieldError("notice_sha256", message)])
    refusal.members = {"current_notice": shown.identity.as_facts()}
    return refusal
