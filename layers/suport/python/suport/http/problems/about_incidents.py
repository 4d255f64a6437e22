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
        N_("No incident was found"),
        N_(
            "There is no incident with this reference and access code. Check both. An incident is "
            "erased six months after somebody last wrote or did something in it, or as soon as its "
            "citizen has asked for that and confirmed it."
        ),
    )


def reopening_over() -> Problem:
    """The incident was resolved too long ago for its citizen to reopen it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.REOPENING_OVER,
        N_("This incident can no longer be reopened"),
        N_(
            "Nothing has been recorded: it ended more than {days} days ago. Report a new "
            "incident and name the reference of this one in it.",
            days=REOPENABLE_FOR.days,
        ),
    )


def too_many_messages(until: datetime, now: datetime) -> Problem:
    """The citizen has written all the messages of one day; the next is possible at `until`."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        ProblemName.TOO_MANY_MESSAGES,
        N_("You can write {most} messages a day about one incident", most=MOST_MESSAGES_A_DAY),
        N_(
            "Nothing has been recorded: messages, corrections and new access codes count "
            "together, {most} a day. Try again tomorrow, or call 012.",
            most=MOST_MESSAGES_A_DAY,
        ),
        headers={"Retry-After": str(max(1, math.ceil((until - now).total_seconds())))},
    )


def nowhere_to_send() -> Problem:
    """Something would have to go to the recorded e-mail address, but mail does not reach it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_SEND,
        N_("The e-mail address can only be changed by the support team"),
        N_(
            "Nothing has been changed. The present address would have to confirm the new one, but "
            "e-mails do not reach it. Write to the support team here, or call 012: an operator "
            "changes it for you."
        ),
    )


def nothing_to_confirm() -> Problem:
    """No other e-mail address waits for its confirmation."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_CONFIRM,
        N_("There is no change to confirm"),
        N_(
            "Nothing has been changed: no other e-mail address was asked for, or it was more than "
            "{days} days ago. Ask for it again.",
            days=CONFIRMED_WITHIN.days,
        ),
    )


def wrong_confirmation() -> Problem:
    """The confirmation code is not the one that was sent to the present address."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.WRONG_CONFIRMATION,
        N_("The confirmation code is not right"),
        N_(
            "Nothing has been changed. Use the code in the latest e-mail that we sent you about "
            "this."
        ),
        errors=[FieldError("confirmation", N_("Type the eight characters from the e-mail."))],
    )


def complaint_in_progress() -> Problem:
    """The citizen wants a complaint about accessibility erased that is still open."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.COMPLAINT_IN_PROGRESS,
        N_("This complaint has to be answered first"),
        N_(
            "Nothing has been erased. The law asks us to answer a complaint about accessibility "
            "(RD 1112/2018). Wait for the answer, or close the incident; then you can erase it."
        ),
    )


def nowhere_to_confirm() -> Problem:
    """The citizen wants the incident erased, but no e-mail reaches them that could confirm it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_CONFIRM,
        N_("An operator has to make sure that it is you"),
        N_(
            "Nothing has been erased: there is no e-mail address that could confirm it. Call 012, "
            "or write to the support team here; an operator erases the incident for you."
        ),
    )


def erasure_not_asked() -> Problem:
    """No request for the erasure waits for its confirmation."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ERASURE_NOT_ASKED,
        N_("There is no erasure to confirm"),
        N_(
            "Nothing has been erased: nobody asked for it, or it was more than {days} days ago. "
            "Ask for the code again.",
            days=CONFIRMED_WITHIN.days,
        ),
    )


def wrong_erasure_confirmation() -> Problem:
    """The confirmation code is not the one that was sent for this erasure."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.WRONG_CONFIRMATION,
        N_("The confirmation code is not right"),
        N_(
            "Nothing has been erased. Use the code in the latest e-mail that we sent you about "
            "this."
        ),
        errors=[FieldError("confirmation", N_("Type the eight characters from the e-mail."))],
    )


def not_resolved() -> Problem:
    """The citizen rates help that no operator has brought to its end."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOT_RESOLVED,
        N_("Only a resolved incident can be rated"),
        N_(
            "Nothing has been recorded: no operator has resolved this incident. It is still open, "
            "or it was closed without that."
        ),
    )


def control_needs_view() -> Problem:
    """The citizen grants control, but the operator may not even see the screen yet."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.CONTROL_NEEDS_VIEW,
        N_("First let the operator view your screen"),
        N_(
            "An operator can act on your computer only while you let your screen be viewed. Agree "
            "to that first."
        ),
        errors=[FieldError("scope", N_("Agree to be viewed first."))],
    )


def nothing_to_withdraw() -> Problem:
    """The citizen takes back a consent that they never gave."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_WITHDRAW,
        N_("There is nothing to withdraw"),
        N_("You have not agreed to this, so the operator may not do it."),
        errors=[FieldError("scope", N_("This was never agreed to."))],
    )


def solved_already() -> Problem:
    """The citizen agrees to remote support for an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This incident is no longer open"),
        N_(
            "Nothing has been recorded: remote support is for incidents that are still open. If "
            "you need more help, reopen this one or report a new one."
        ),
    )


def no_such_file() -> Problem:
    """The incident does not have the file, or has it in a state in which nobody may open it."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_FILE,
        N_("This file cannot be opened"),
        N_(
            "The incident does not have it, or no longer has it as it was sent, or nobody may open "
            "it. The list says how each file is now."
        ),
    )
