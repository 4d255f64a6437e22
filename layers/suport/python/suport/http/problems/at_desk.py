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
        N_("There is nothing at this address"),
        N_("Check the address, or start from the list of incidents."),
    )


def never_agreed() -> Problem:
    """An operator takes back for the citizen a consent that the citizen never gave."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOTHING_TO_WITHDRAW,
        N_("There is nothing to withdraw"),
        N_("Nothing has been changed. The citizen has not agreed to this, so you may not do it."),
        errors=[FieldError("scope", N_("This was never agreed to."))],
    )


def no_team() -> Problem:
    """The caller who signed the request does not act in the role of any support team."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only the support teams may do this"),
        N_("Nothing has been recorded. Sign the request in the role of your team."),
    )


def not_data_protection() -> Problem:
    """The caller who signed the request does not act in the role of data protection."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NOT_DATA_PROTECTION,
        N_("Only data-protection officers may do this"),
        N_("Nothing has been shown. Sign the request in the role of data protection."),
    )


def not_supervisor() -> Problem:
    """Somebody asks at the web desk for what only supervisors may do."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only supervisors may do this"),
        N_("Nothing has been changed. Ask a supervisor to do it."),
    )


def no_team_in_browser() -> Problem:
    """Somebody who has signed in at the web desk is in no support team."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only the support teams may do this"),
        N_("Nothing has been recorded. Those who look after the accounts can add you to a team."),
    )


def no_officer_in_browser() -> Problem:
    """Somebody who has signed in at the web desk asks for what data protection is shown."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NOT_DATA_PROTECTION,
        N_("Only data-protection officers may do this"),
        N_("Nothing has been shown. Those who look after the accounts can give you this role."),
    )


def other_team() -> Problem:
    """An operator asks for an incident of another team; the register records that they did."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.OTHER_TEAM,
        N_("This incident belongs to another team"),
        N_("You see the incidents of your own team only. That you asked for it is recorded."),
    )


def no_such_incident() -> Problem:
    """An operator names a reference that does not exist, or whose incident has expired."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NOT_FOUND,
        N_("No incident was found"),
        N_(
            "There is no incident with this reference. Check it; an incident is erased six months "
            "after somebody last wrote or did something in it."
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
        N_("The incident was erased"),
        N_("Its citizen asked for it. Erase what you still have about it."),
        members={"reference": reference, "erased_at": at, **(by or {})},
    )


def complaint_in_progress() -> Problem:
    """An operator wants to erase a complaint about accessibility that is still open."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.COMPLAINT_IN_PROGRESS,
        N_("This complaint has to be answered first"),
        N_(
            "Nothing has been erased. The law asks for an answer to a complaint about "
            "accessibility (RD 1112/2018): resolve the incident, or let the citizen close it; then "
            "it can be erased."
        ),
    )


def claimed_by_another(operator: str) -> Problem:
    """Another operator of the same team works on the incident."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.CLAIMED_BY_ANOTHER,
        N_("Another operator has claimed this incident"),
        N_(
            "Nothing has been changed: {operator} works on it. Agree with them, or take it over "
            "with a reason.",
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
        N_("Nothing has been changed. Claim the incident and send the same again."),
    )


def waits_for_citizen() -> Problem:
    """An operator takes from the queue an incident whose citizen has been asked since."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.WAITS_FOR_CITIZEN,
        N_("This incident waits for its citizen"),
        N_("Nothing has been changed. The citizen's answer brings it back to the queue."),
    )


def answered_together() -> Problem:
    """An operator takes from the queue an incident that is left to the answer to several."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ANSWERED_TOGETHER,
        N_("This incident is answered together with others"),
        N_(
            "Nothing has been changed. It comes back to the queue when its citizen writes, or when "
            "it still needs an answer of its own."
        ),
    )


def already_resolved() -> Problem:
    """An operator acts on an incident that is resolved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This incident is resolved"),
        N_("Nothing has been changed. It comes back to the queue if its citizen reopens it."),
    )


def no_such_snooze(first: date, last: date) -> Problem:
    """An operator puts an incident aside for too long, or until a day that is not to come."""
    told = N_("Choose a day from {first} to {last}.", first=first, last=last)
    if last < first:
        told = N_("It is erased so soon that it cannot be snoozed.")
    return about_requests.invalid([FieldError("until", told)])


def changed_meanwhile(etag: str, written: Sequence[Mapping[str, Any]]) -> Problem:
    """The citizen wrote something that the operator has not read; the problem shows it."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("The citizen has written meanwhile"),
        N_(
            "Nothing has been done. Read what the citizen wrote, then send it again, with any "
            "changes it needs."
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
        N_("They have changed since the page was made. Look at each of them again, then decide."),
        errors=errors,
    )


def nowhere_to_send() -> Problem:
    """An operator has another access code sent, but the incident has no address for it."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.NOWHERE_TO_SEND,
        N_("There is no e-mail address to send it to"),
        N_(
            "Nothing has been changed. The incident has no e-mail address, or e-mails do not reach "
            "it. Correct the contact details first; the citizen then gets another code."
        ),
    )


def no_such_file() -> Problem:
    """An operator names a file that the incident does not have, or that nobody may open."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_FILE,
        N_("There is no such file that can be opened"),
        N_(
            "The incident does not have it, or it is still being scanned, could not be scanned, "
            "or is erased. The state of the file in the incident tells which."
        ),
    )


def no_such_proof() -> Problem:
    """An operator asks for the proof of erasure of a month in which no audit has begun."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_SUCH_PROOF,
        N_("There is no proof of erasure for this month"),
        N_(
            "No audit of the register has begun in it. Choose a month in which the service was "
            "running."
        ),
        errors=[FieldError("month", N_("There is no proof of erasure for this month"))],
    )


def recorded_already(reference: str) -> Problem:
    """The page of a telephone call has made an incident, and comes again with other content."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemName.KEY_REUSED,
        N_("This call is recorded already"),
        N_(
            "It is incident {reference}, as you recorded it first; there is no second one. What "
            "you have changed since is still here: write it into that incident, as a note.",
            reference=reference,
        ),
        members={"reference": reference},
    )


def draft_too_long(most_bytes: int) -> Problem:
    """What an operator typed at the web desk is longer than a draft may be."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ProblemName.TOO_LARGE,
        N_("This draft is too long to be kept"),
        N_(
            "It is still in the form, and nothing has been sent. A draft may have {kilobytes} KB "
            "at most: shorten the text, or send it in two parts.",
            kilobytes=most_bytes // 1000,
        ),
    )


def not_editor() -> Problem:
    """Somebody asks at the web desk for what only editors of known problems may do."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        ProblemName.NO_TEAM,
        N_("Only editors of known problems may do this"),
        N_("Nothing has been changed. Those who look after the accounts can give you this role."),
    )


def no_such_problem() -> Problem:
    """The known problem does not exist, or was erased six months after its last change."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NOT_FOUND,
        N_("There is no such known problem"),
        N_("It may have been erased: that happens six months after its last change."),
    )


def problem_solved() -> Problem:
    """Somebody links an incident to a known problem that is solved."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("This problem is solved"),
        N_("Nothing has been changed. Open another one if it has come back."),
    )


def linked_elsewhere() -> Problem:
    """Somebody takes an incident out of a known problem, and it is linked to another by now."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("The incident is linked to another known problem by now"),
        N_("Nothing has been changed. Open the incident to see which one it is."),
    )


def linking_under_way(done: int, total: int) -> Problem:
    """An editor answers all that are linked, while others are still being linked."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("Incidents are still being linked: {done} of {total}", done=done, total=total),
        N_("Nothing has been sent. Your text is still in the form: send it once all are linked."),
    )


def problem_changed(by: str) -> Problem:
    """Another editor has changed the known problem since the form was made."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        ProblemName.CHANGED_MEANWHILE,
        N_("{editor} has changed this problem in the meantime", editor=by),
        N_("Nothing has been saved. Your text is still in the form: compare it, and save again."),
    )


def too_many_problems(most: int) -> Problem:
    """So many known problems are open that citizens would no longer read them."""
    return Problem(
        HTTPStatus.CONFLICT,
        ProblemName.ALREADY_RESOLVED,
        N_("{most} known problems are open already", most=most),
        N_("Nothing has been saved. Solve one of them first, or add to its text."),
    )
