"""What an operator cannot do with an incident, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from suport.http.problem import FieldError, Problem, ProblemName
from suport.http.problems import about_requests
from suport.texts.message import N_


def no_such_page() -> Problem:
    """The web desk has nothing at this address."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_PAGE,
        N_("Page not found"),
        N_(
            "If you typed the address, check that it is correct. You can also start from the list "
            "of incidents."
        ),
    )


def not_shown() -> Problem:
    """The service could not show a page of the desk now."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Sorry, there is a problem with the service"),
        N_("Nothing has been lost. Try again in a minute."),
        headers={"Retry-After": "60"},
    )


def file_not_opened() -> Problem:
    """The store of files does not answer now."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("The file cannot be opened at the moment"),
        N_("Nothing has been lost. Try again in a minute. You can continue without the file."),
        headers={"Retry-After": "60"},
    )


def form_not_handled() -> Problem:
    """The service could not handle a form of the desk now."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        ProblemName.UNAVAILABLE,
        N_("Sorry, there is a problem with the service"),
        N_(
            "What you sent may not have been recorded. Wait a minute, then send it again: it will "
            "not be recorded twice."
        ),
        headers={"Retry-After": "60"},
    )


def never_agreed() -> Problem:
    """An operator takes back for the citizen a consent that the citizen never gave."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_WITHDRAW,
        N_("There is nothing to withdraw"),
        N_("Nothing has been changed. The citizen has not agreed to this, so you cannot do it."),
        errors=[
            FieldError("scope", N_("You cannot withdraw this, because it was never agreed to."))
        ],
    )


def no_team() -> Problem:
    """The caller who signed the request does not act in the role of any support team."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only the support teams can do this"),
        N_("Nothing has been recorded. Sign the request in the role of your team."),
    )


def not_data_protection() -> Problem:
    """The caller who signed the request does not act in the role of data protection."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NOT_DATA_PROTECTION,
        N_("Only data protection officers can do this"),
        N_("Nothing has been shown. Sign the request in the role of data protection."),
    )


def not_supervisor() -> Problem:
    """Somebody asks at the web desk for what only supervisors may do."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only supervisors can do this"),
        N_("Nothing has been changed. Ask a supervisor to do it."),
    )


def no_team_in_browser() -> Problem:
    """Somebody who has signed in at the web desk is in no support team."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only the support teams can do this"),
        N_("Nothing has been recorded. Ask the people who manage accounts to add you to a team."),
    )


def no_officer_in_browser() -> Problem:
    """Somebody who has signed in at the web desk asks for what data protection is shown."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NOT_DATA_PROTECTION,
        N_("Only data protection officers can do this"),
        N_("Nothing has been shown. Ask the people who manage accounts to give you this role."),
    )


def other_team() -> Problem:
    """An operator asks for an incident of another team; the register records that they did."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.OTHER_TEAM,
        N_("This incident belongs to another team"),
        N_(
            "You can only see incidents of your own team. We have recorded that you asked for "
            "this one."
        ),
    )


def no_such_incident() -> Problem:
    """An operator names a reference that does not exist, or whose incident has expired."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NOT_FOUND,
        N_("We cannot find this incident"),
        N_(
            "No incident has this reference. Check it. We erase an incident six months after "
            "anybody last wrote or did something in it."
        ),
    )


def erased(reference: str, at: str, by: Mapping[str, str] | None = None) -> Problem:
    """An operator names an incident that was erased because its citizen asked for it.

    A problem of its own, so that a program erases what it has about the incident, too. Citizens
    are not told. by: who did it, for data protection only.
    """
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.ERASED,
        N_("This incident was erased"),
        N_("The citizen asked for it. Erase everything you still have about it."),
        members={"reference": reference, "erased_at": at, **(by or {})},
    )


def complaint_in_progress() -> Problem:
    """An operator wants to erase a complaint about accessibility that is still open."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.COMPLAINT_IN_PROGRESS,
        N_("This complaint must be answered first"),
        N_(
            "Nothing has been erased. By law we must answer a complaint about accessibility "
            "(RD\u00a01112/2018). Resolve the incident, or let the citizen close it. After that "
            "you can erase it."
        ),
    )


def claimed_by_another(operator: str) -> Problem:
    """Another operator of the same team works on the incident."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.CLAIMED_BY_ANOTHER,
        N_("Another operator has claimed this incident"),
        N_(
            "Nothing has been changed. {operator} is working on it. Talk to them, or take it over "
            "and give a reason.",
            operator=operator,
        ),
        members={"claimed_by": operator},
    )


def not_claimed() -> Problem:
    """An operator acts on an incident that nobody has claimed."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOT_CLAIMED,
        N_("Claim this incident first"),
        N_("Nothing has been changed. Claim the incident and send your change again."),
    )


def waits_for_citizen() -> Problem:
    """An operator takes from the queue an incident whose citizen has been asked since."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.WAITS_FOR_CITIZEN,
        N_("This incident is waiting for the citizen"),
        N_(
            "Nothing has been changed. The incident goes back to the queue when the citizen "
            "answers."
        ),
    )


def answered_together() -> Problem:
    """An operator takes from the queue an incident that is left to the answer to several."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ANSWERED_TOGETHER,
        N_("This incident is answered together with others"),
        N_(
            "Nothing has been changed. The incident goes back to the queue when the citizen "
            "writes, or when it still needs its own answer."
        ),
    )


def already_resolved() -> Problem:
    """An operator acts on an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This incident is resolved"),
        N_(
            "Nothing has been changed. The incident goes back to the queue if the citizen reopens "
            "it."
        ),
    )


def no_such_snooze(first: date, last: date) -> Problem:
    """An operator puts an incident aside for too long, or until a day that is not to come."""
    told = N_("Choose a day from {first} to {last}.", first=first, last=last)
    if last < first:
        told = N_("You cannot snooze this incident because it will be erased soon.")
    return about_requests.invalid([FieldError("until", told)])


def changed_meanwhile(etag: str, written: Sequence[Mapping[str, Any]]) -> Problem:
    """The citizen wrote something that the operator has not read; the problem shows it."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("The citizen has written in the meantime"),
        N_(
            "Nothing has been done. Read what the citizen wrote, then send your answer again with "
            "any changes it needs."
        ),
        headers={"ETag": f'"{etag}"'},
        members={"etag": etag, "written": list(written)},
    )


def not_all_reassigned(errors: Sequence[FieldError]) -> Problem:
    """Incidents that a supervisor reassigns have changed since; `errors` say how each has."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOT_ALL_REASSIGNED,
        N_("Some incidents have not been reassigned"),
        N_("They have changed since you opened the page. Check each of them and decide again."),
        errors=errors,
    )


def nowhere_to_send() -> Problem:
    """An operator has another access code sent, but the incident has no address for it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_SEND,
        N_("There is no email address to send it to"),
        N_(
            "Nothing has been changed. The incident has no email address, or emails do not reach "
            "it. Correct the contact details first. The citizen then gets a new code."
        ),
    )


def no_such_file() -> Problem:
    """An operator names a file that the incident does not have, or that nobody may open."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_FILE,
        N_("This file cannot be found or opened"),
        N_(
            "The incident does not have this file, or the file is still being scanned, could not "
            "be scanned, or has been erased. The incident shows the status of each file."
        ),
    )


def no_such_proof() -> Problem:
    """An operator asks for the proof of erasure of a month in which no audit has begun."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_PROOF,
        N_("There is no proof of erasure for this month"),
        N_(
            "No audit of the register began in this month. Choose a month in which the service "
            "was running."
        ),
        errors=[FieldError("month", N_("There is no proof of erasure for this month"))],
    )


def recorded_already(reference: str) -> Problem:
    """The page of a telephone call has made an incident, and comes again with other content."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.KEY_REUSED,
        N_("This call has already been recorded"),
        N_(
            "It is incident {reference}, as you first recorded it. There is no second one. Your "
            "later changes are still here: add them to that incident as a note.",
            reference=reference,
        ),
        members={"reference": reference},
    )


def draft_too_long(most_bytes: int) -> Problem:
    """What an operator typed at the web desk is longer than a draft may be."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ProblemName.TOO_LARGE,
        N_("This draft is too long to save"),
        N_(
            "Nothing has been sent, and your draft is still in the form. A draft must be "
            "{kilobytes}\u00a0KB or smaller. Shorten the text, or send it in two parts.",
            kilobytes=most_bytes // 1000,
        ),
    )


def not_editor() -> Problem:
    """Somebody asks at the web desk for what only editors of known problems may do."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only editors of known problems can do this"),
        N_("Nothing has been changed. Ask the people who manage accounts to give you this role."),
    )


def neither_editor_nor_supervisor() -> Problem:
    """Somebody asks at the web desk for what only editors and supervisors see."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only editors and supervisors may see this"),
        N_("Those who look after the accounts can give you one of these roles."),
    )


def no_such_problem() -> Problem:
    """The known problem does not exist, or was erased six months after its last change."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NOT_FOUND,
        N_("We cannot find this known problem"),
        N_("It may have been erased. We erase a known problem six months after its last change."),
    )


def problem_solved() -> Problem:
    """Somebody links an incident to a known problem that is solved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This problem has been solved"),
        N_("Nothing has been changed. If it has come back, open a new one."),
    )


def linked_elsewhere() -> Problem:
    """Somebody takes an incident out of a known problem, and it is linked to another by now."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("The incident is now linked to another known problem"),
        N_("Nothing has been changed. Open the incident to see which one it is."),
    )


def linking_under_way(done: int, total: int) -> Problem:
    """An editor answers all that are linked, while others are still being linked."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("Incidents are still being linked: {done} of {total}", done=done, total=total),
        N_(
            "Nothing has been sent. Your text is still in the form. Send it again when all "
            "incidents are linked."
        ),
    )


def problem_changed(by: str) -> Problem:
    """Another editor has changed the known problem since the form was made."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("{editor} has changed this problem in the meantime", editor=by),
        N_(
            "Nothing has been saved. Your text is still in the form. Compare it with the new "
            "version, and save it again."
        ),
    )


def too_many_problems(most: int) -> Problem:
    """So many known problems are open that citizens would no longer read them."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("There are already {most} open known problems", most=most),
        N_("Nothing has been saved. Solve one of them first, or add to its text."),
    )
