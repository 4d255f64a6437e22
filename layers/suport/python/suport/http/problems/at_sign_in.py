"""Why an operator could not sign in to the web desk, or out of it."""

from http import HTTPStatus

from suport.http.problem import Problem, ProblemName
from suport.texts.message import N_


def sign_in_over() -> Problem:
    """The browser comes back from a sign-in that it has not begun, or not lately, or has ended."""
    return Problem(
        HTTPStatus.BAD_REQUEST,
        ProblemName.SIGN_IN_OVER,
        N_("This sign-in is over"),
        N_(
            "Ten minutes have passed since it began, it was used already, or it began in another "
            "browser. If it keeps happening, allow cookies for this site."
        ),
    )


def refused_by_provider() -> Problem:
    """The identity provider sends the browser back without a code."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The identity provider did not let you in"),
        N_(
            "Sign in again. If it does not let you in then, ask those who look after your "
            "organisation's accounts."
        ),
    )


def token_refused() -> Problem:
    """What the identity provider answers does not prove who somebody is."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The desk could not make sure who you are"),
        N_("You are not signed in. If it happens again, tell those who operate this service."),
    )


def wrong_name() -> Problem:
    """The identity provider gives a name that no session in a team's role could have."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SIGN_IN_REFUSED,
        N_("The desk cannot use your user name"),
        N_(
            "It needs one of 2 to 64 letters without accents, digits and the signs +=,.@-_, "
            "because it is kept with all that you do. Ask those who look after your "
            "organisation's accounts for such a name."
        ),
    )


def no_place() -> Problem:
    """The person is in no group that stands for a team or a role."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("You are in no support team"),
        N_(
            "The identity provider knows you, but none of your groups stands for a team of this "
            "desk. Ask your team's supervisor to have you added to the team's group; then sign in "
            "again."
        ),
    )


def not_now() -> Problem:
    """The identity provider or the service itself does not answer."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Signing in does not work at the moment"),
        N_("You are not signed in. Try again in a minute."),
        headers={"Retry-After": "60"},
    )


def not_signed_out() -> Problem:
    """The session could not be ended; the browser has forgotten it."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Signing out has worked only in this browser"),
        N_(
            "The desk could not end your session, which ends by itself within half an hour. If "
            "somebody else may have used it, tell your team's supervisor."
        ),
        headers={"Retry-After": "60"},
    )
