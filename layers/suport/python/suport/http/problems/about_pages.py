"""What is wrong with a page that a browser asks for, or with the form that it sends."""

from http import HTTPStatus

from suport.http.problem import Problem, ProblemName
from suport.texts.message import N_


def page_expired() -> Problem:
    """The form came without the key that its page had."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.PAGE_EXPIRED,
        N_("This page was no longer current"),
        N_("Nothing has been recorded yet. What you wrote is kept here; send it once more."),
    )


def forged() -> Problem:
    """A page of another site sent the form."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.FORGED,
        N_("This was not sent from a page of this service"),
        N_("Nothing has been recorded. If it was you, start from the help page and send it again."),
    )


def session_over() -> Problem:
    """The half hour in which the browser had an incident open has passed."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SESSION_OVER,
        N_("Your incident is no longer open in this browser"),
        N_(
            "It was open for half an hour, or its access code has been replaced since then. Type "
            "the reference and the access code to open it again."
        ),
    )


def signed_out() -> Problem:
    """An operator sends a form of the desk, and the session has ended."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SESSION_OVER,
        N_("You are no longer signed in"),
        N_(
            "Nothing has been done, and what you typed is still here. Sign in again in another "
            "tab, come back to this one, and send it once more."
        ),
    )


def other_incident() -> Problem:
    """The form is on the page of one incident, but the same browser has since opened another."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.OTHER_INCIDENT,
        N_("Another incident is open in this browser"),
        N_(
            "Nothing has been recorded: you opened another incident in this browser after "
            "you opened this form. To return to the incident of this form, type its "
            "access code."
        ),
    )


def cookie_refused() -> Problem:
    """Reference and code were right, but the browser does not keep the session's cookie."""
    return Problem(
        HTTPStatus.OK,
        ProblemName.COOKIE_REFUSED,
        N_("This browser does not keep the incident open"),
        N_(
            "Reference and access code were right. Half an hour has passed since, or the browser "
            "refuses the one cookie that keeps the incident open: allow cookies for this site and "
            "open the incident again."
        ),
    )


def sent_already() -> Problem:
    """The form has already made an incident, and comes again with other content."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.SENT_ALREADY,
        N_("You have already sent an incident from this page"),
        N_("It is kept as you sent it. To make this a second incident, send it once more."),
    )


def no_such_page() -> Problem:
    """Nothing is served at this address."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_PAGE,
        N_("There is nothing at this address"),
        N_("Check the address, or start from the help page."),
    )


def takes_no_form() -> Problem:
    """A browser sends a form to a page that has none."""
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        ProblemName.METHOD_NOT_ALLOWED,
        N_("This page does not accept forms"),
        N_("Nothing has been recorded. Open the page directly and continue from there."),
        headers={"Allow": "GET, HEAD"},
    )
