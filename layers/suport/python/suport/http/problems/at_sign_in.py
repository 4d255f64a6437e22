"""Why an operator could not sign in to the web desk, or out of it."""

from http import HTTPStatus

from suport.http.problem import Problem, ProblemName
from suport.texts.message import N_


def sign_in_over() -> Problem:
    """The browser comes back from a sign-in that it has not begun, or not lately, or has ended."""
    return Problem(
        HTTPStatus.BAD_REQUEST,
        ProblemName.SIGN_IN_OVER,
        N_("This sign-in has expired"),
        N_(
            "It began more than ten minutes ago, has already been used, or began in another "
            "browser. If this keeps happening, allow cookies for this site."
        ),
    )


def refused_by_provider() -> Problem:
    """The identity provider sends the browser back without a code."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The identity provider did not let you in"),
        N_(
            "Try to sign in again. If it still does not work, ask the people who manage your "
            "organisation’s accounts."
        ),
    )


def token_refused() -> Problem:
    """What the identity provider answers does not prove who somebody is."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The desk could not check who you are"),
        N_("You are not signed in. If this happens again, tell the people who run this service."),
    )


def wrong_name() -> Problem:
    """The identity provider gives a name that no session in a team's role could have."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The desk cannot use your user name"),
        N_(
            "Your user name must have 2 to 64 characters: letters without accents, numbers and "
            "+=,.@-_. It is kept with everything you do. Ask the people who manage your "
            "organisation’s accounts for one like that."
        ),
    )


def no_place() -> Problem:
    """The person is in no group that stands for a team or a role."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("You are not in a support team"),
        N_(
            "None of your groups belongs to a team of this desk. Ask your team’s supervisor to "
            "add you to the team’s group, then sign in again."
        ),
    )


def not_now() -> Problem:
    """The identity provider or the service itself does not answer."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("You cannot sign in at the moment"),
        N_("You are not signed in. Try again in a minute."),
        headers={"Retry-After": "60"},
    )


def not_signed_out() -> Problem:
    """The session could not be ended; the browser has forgotten it."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("You are signed out in this browser only"),
        N_(
            "The desk could not end your session. It ends by itself within half an hour. If "
            "somebody else may have used it, tell your team’s supervisor."
        ),
        headers={"Retry-After": "60"},
    )
