"""What a citizen cannot do with an incident, and why."""

import math
from datetime import datetime
from http import HTTPStatus

from suport.domain.citizen_acts import MOST_MESSAGES_A_DAY
from suport.domain.deadlines import CONFIRMED_WITHIN, REOPENABLE_FOR
from suport.http.problem import FieldError, Problem, ProblemName
from suport.texts.message import N_


def no_access() -> Problem:
    """Reference and code open no incident; the answer does not say which of the two is wrong."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NOT_FOUND,
        N_("We cannot find this incident"),
        N_(
            "No incident has this reference and access code. Check both. We erase an incident six "
            "months after anybody last wrote or did something in it, or earlier if you ask us to "
            "and confirm it."
        ),
    )


def reopening_over() -> Problem:
    """The incident was resolved too long ago for its citizen to reopen it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.REOPENING_OVER,
        N_("You can no longer reopen this incident"),
        N_(
            "Nothing has been recorded. The incident ended more than {days}\u00a0days ago. Report "
            "a new incident and include the reference of this one.",
            days=REOPENABLE_FOR.days,
        ),
    )


def too_many_messages(until: datetime, now: datetime) -> Problem:
    """The citizen has written all the messages of one day; the next is possible at `until`."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        ProblemName.TOO_MANY_MESSAGES,
        N_("You can send {most} messages a day about one incident", most=MOST_MESSAGES_A_DAY),
        N_(
            "Nothing has been recorded. The limit is {most} a day for messages, corrections and "
            "new access codes together. Try again tomorrow, or call 012.",
            most=MOST_MESSAGES_A_DAY,
        ),
        headers={"Retry-After": str(max(1, math.ceil((until - now).total_seconds())))},
    )


def nowhere_to_send() -> Problem:
    """Something would have to go to the recorded e-mail address, but mail does not reach it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_SEND,
        N_("Only the support team can change this email address"),
        N_(
            "Nothing has been changed. You would have to confirm the new address from the current "
            "one, but our emails do not reach it. Write to the support team here, or call 012. An "
            "operator will change it for you."
        ),
    )


def nothing_to_confirm() -> Problem:
    """No other e-mail address waits for its confirmation."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_CONFIRM,
        N_("There is no change to confirm"),
        N_(
            "Nothing has been changed. Nobody asked for another email address, or it was more "
            "than {days}\u00a0days ago. Ask for it again.",
            days=CONFIRMED_WITHIN.days,
        ),
    )


def wrong_confirmation() -> Problem:
    """The confirmation code is not the one that was sent to the present address."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.WRONG_CONFIRMATION,
        N_("The confirmation code is wrong"),
        N_(
            "Nothing has been changed. Use the code in the latest email that we sent you about "
            "this."
        ),
        errors=[
            FieldError(
                "confirmation",
                N_("Enter the 8 letters and numbers of the confirmation code from the email."),
            )
        ],
    )


def complaint_in_progress() -> Problem:
    """The citizen wants a complaint about accessibility erased that is still open."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.COMPLAINT_IN_PROGRESS,
        N_("This complaint must be answered first"),
        N_(
            "Nothing has been erased. By law we must answer a complaint about accessibility "
            "(RD\u00a01112/2018). Wait for the answer or close the incident. After that you can "
            "erase it."
        ),
    )


def nowhere_to_confirm() -> Problem:
    """The citizen wants the incident erased, but no e-mail reaches them that could confirm it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_CONFIRM,
        N_("An operator must check that it is you"),
        N_(
            "Nothing has been erased. The incident has no email address to confirm the erasure "
            "from. Call 012, or write to the support team here. An operator will erase the "
            "incident for you."
        ),
    )


def erasure_not_asked() -> Problem:
    """No request for the erasure waits for its confirmation."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ERASURE_NOT_ASKED,
        N_("There is no erasure to confirm"),
        N_(
            "Nothing has been erased. Nobody asked for it, or it was more than {days}\u00a0days "
            "ago. Ask for the code again.",
            days=CONFIRMED_WITHIN.days,
        ),
    )


def wrong_erasure_confirmation() -> Problem:
    """The confirmation code is not the one that was sent for this erasure."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.WRONG_CONFIRMATION,
        N_("The confirmation code is wrong"),
        N_(
            "Nothing has been erased. Use the code in the latest email that we sent you about this."
        ),
        errors=[
            FieldError(
                "confirmation",
                N_("Enter the 8 letters and numbers of the confirmation code from the email."),
            )
        ],
    )


def not_resolved() -> Problem:
    """The citizen rates help that no operator has brought to its end."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOT_RESOLVED,
        N_("You can only rate an incident that has been resolved"),
        N_(
            "Nothing has been recorded. The incident is still open, or it was closed before an "
            "operator resolved it."
        ),
    )


def control_needs_view() -> Problem:
    """The citizen grants control, but the operator may not even see the screen yet."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.CONTROL_NEEDS_VIEW,
        N_("Let the operator view your screen first"),
        N_(
            "An operator can control your computer only while you share your screen. Agree to "
            "share it first."
        ),
        errors=[FieldError("scope", N_("Agree to share your screen first."))],
    )


def nothing_to_withdraw() -> Problem:
    """The citizen takes back a consent that they never gave."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_WITHDRAW,
        N_("There is nothing to withdraw"),
        N_("You have not agreed to this, so the operator cannot do it."),
        errors=[
            FieldError("scope", N_("You cannot withdraw this, because it was never agreed to."))
        ],
    )


def solved_already() -> Problem:
    """The citizen agrees to remote support for an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This incident is no longer open"),
        N_(
            "Nothing has been recorded. Remote support is only for open incidents. If you need "
            "more help, reopen this one or report a new one."
        ),
    )


def no_such_file() -> Problem:
    """The incident does not have the file, or has it in a state in which nobody may open it."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_FILE,
        N_("This file cannot be opened"),
        N_(
            "The incident does not have this file, the file has been replaced, or nobody is "
            "allowed to open it. The list shows the status of each file."
        ),
    )
