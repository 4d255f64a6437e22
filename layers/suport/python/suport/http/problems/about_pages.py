"""What is wrong with a page that a browser asks for, or with the form that it sends."""

from http import HTTPStatus

from suport.http.problem import Problem, ProblemName
from suport.texts.message import N_


def page_expired() -> Problem:
    """The form came without the key that its page had."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.PAGE_EXPIRED,
        N_("This page was out of date"),
        N_("Nothing has been recorded yet. What you wrote is still here. Send it again."),
    )


def forged() -> Problem:
    """A page of another site sent the form."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.FORGED,
        N_("This did not come from a page of this service"),
        N_("Nothing has been recorded. If it was you, start again from the help page."),
    )


def session_over() -> Problem:
    """The half hour in which the browser had an incident open has passed."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.SESSION_OVER,
        N_("You have been signed out of your incident"),
        N_(
            "You were signed in for half an hour, or the access code has been replaced since "
            "then. Enter the reference and the access code to sign in again."
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
            "tab, come back to this one, and send it again."
        ),
    )


def other_incident() -> Problem:
    """The form is on the page of one incident, but the same browser has since opened another."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.OTHER_INCIDENT,
        N_("You are signed in to another incident"),
        N_(
            "Nothing has been recorded. You opened another incident in this browser after you "
            "opened this form. To return to the incident of this form, enter its access code."
        ),
    )


def cookie_refused() -> Problem:
    """Reference and code were right, but the browser does not keep the session's cookie."""
    return Problem(
        HTTPStatus.OK,
        ProblemName.COOKIE_REFUSED,
        N_("You could not be kept signed in"),
        N_(
            "The reference and access code are correct. Half an hour has passed since, or your "
            "browser refuses our cookies. Allow cookies for this site and sign in again."
        ),
    )


def sent_already() -> Problem:
    """The form has already made an incident, and comes again with other content."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.SENT_ALREADY,
        N_("You have already sent an incident from this page"),
        N_("We have it as you sent it. If this is a second incident, send it again."),
    )


def sent_and_erased() -> Problem:
    """The form has already made an incident, which was erased, and comes again."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.SENT_ALREADY,
        N_("The incident that you sent from this page was erased"),
        N_(
            "It does not come back, and nothing has been recorded. If you still need help, send it "
            "again."
        ),
    )


def no_such_page() -> Problem:
    """Nothing is served at this address."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_PAGE,
        N_("Page not found"),
        N_(
            "If you typed the address, check that it is correct. You can also start from the help "
            "page."
        ),
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


def form_not_handled() -> Problem:
    """The service could not handle a form now. The page sends it again under the same key."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Sorry, there is a problem with the service"),
        N_(
            "What you sent may not have been recorded. Wait a minute, then send it again: it will "
            "not be recorded twice. If it is urgent, call 012."
        ),
        headers={"Retry-After": "60"},
    )
