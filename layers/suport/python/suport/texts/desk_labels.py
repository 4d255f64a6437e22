"""What the desk in the browser calls what happened to an incident, for operators."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from suport.domain.attachment import Refusal, State
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor
from suport.domain.known_problem import Wrong
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.remote_session import EndReason, Surface, Way
from suport.texts import field_names, labels
from suport.texts.labels import CATEGORIES, MAILS, exact_time
from suport.texts.local_dates import date_text
from suport.texts.message import N_, Message

LANGUAGES = field_names.LANGUAGE_NAMES

ROLES = {
    Role.SUPERVISOR: N_("supervision"),
    Role.DATA_PROTECTION: N_("data protection"),
    Role.EDITOR: N_("known problems"),
}

DONE_NOW = {
    "taken": N_("You have taken the incident."),
    "nothing-waits": N_("There are no incidents waiting in the queue."),
    "press-again": N_(
        "Many entries in the queue were out of date, and there are more. Take the next incident "
        "again."
    ),
    "answered": N_("Your answer has been sent."),
    "asked": N_("Your question has been sent. The incident is waiting for the citizen."),
    "resolved": N_("The incident has been resolved."),
    "noted": N_("Your note has been saved."),
    "transferred": N_("The incident has been passed on to the other team."),
    "handed-over": N_("The incident has been passed on to your colleague."),
    "released": N_("The incident is back in its team’s queue."),
    "snoozed": N_(
        "The incident is snoozed. It comes back on the day you chose, or as soon as the citizen "
        "writes."
    ),
    "resumed": N_("The incident is no longer snoozed."),
    "taken-over": N_("You have taken the incident over."),
    "reassigned": N_("The incidents have been reassigned."),
    "withdrawn": N_("The consent has ended."),
    "linked": N_("The incident has been linked to the known problem."),
    "unlinked": N_("The incident is no longer linked to a known problem."),
    "draft-kept": N_("The draft has been saved for a day."),
    "draft-dropped": N_("The draft has been deleted."),
    "recorded": N_("The call has been recorded. Give the caller the reference:"),
    "recorded-taken": N_(
        "The call has been recorded and the incident is yours. Give the caller the reference."
    ),
    "call-dropped": N_("The call has been deleted."),
    "followed": N_("It will get the same answers as this one."),
    "unfollowed": N_("It is answered separately again."),
    "problem-opened": N_("The problem is open. The help pages and the form show it now."),
    "problem-changed": N_("The announcement has been changed."),
    "problem-linked": N_("The incident has been linked."),
    "problem-linking": N_("The incidents are being linked."),
    "problem-unlinked": N_("The incident is back with its team."),
    "problem-telling": N_("The message is being sent to everyone."),
    "problem-solved": N_("The problem has been solved and is no longer announced."),
    "ended": N_("The sessions have been ended."),
    "keys-on": N_("Keyboard shortcuts are on."),
    "keys-off": N_("Keyboard shortcuts are off."),
}
"""What was just done, as the next page says it, by the name in that page's address."""

WRONG_IN_PROBLEM = {
    Wrong.MISSING: N_("{field} is missing."),
    Wrong.TOO_LONG: N_("{field} is too long."),
    Wrong.TOO_MANY: N_("{field} has too many entries."),
    Wrong.UNKNOWN: N_("{field}: choose at least one."),
    Wrong.NO_MOMENT: N_("{field} must be a date and time like 2026-11-26 08:30."),
    Wrong.IN_FUTURE: N_("{field} must be a date and time in the past."),
    Wrong.BROKEN: N_("{field} contains a character that cannot be used."),
}
"""Why a field about a known problem is refused."""

CONSENTS = {
    (ConsentAction.GRANT, Scope.VIEW): N_("The citizen agreed to let an operator view the screen"),
    (ConsentAction.GRANT, Scope.CONTROL): N_(
        "The citizen asked an operator to control the computer"
    ),
    (ConsentAction.WITHDRAW, Scope.VIEW): N_("Permission to view the screen has ended"),
    (ConsentAction.WITHDRAW, Scope.CONTROL): N_("Permission to control the computer has ended"),
}
CONTACT_LABELS = field_names.CONTACT_LABELS | {"availability": N_("When to contact the citizen")}
_HOUR, _TOLD_IN_HOURS = 3_600, 48  # seconds, hours
_REFUSALS = labels.REFUSALS | {
    Refusal.REMOVED: N_("A file was not kept because the citizen had removed it"),
}
REMOTE_ENDINGS = labels.REMOTE_ENDINGS | {
    EndReason.WITHDRAWN: N_(
        "The remote support session ended because the citizen withdrew the consent"
    ),
    EndReason.RELEASED: N_(
        "The remote support session ended because its operator no longer has the incident"
    ),
    EndReason.REPLACED: N_(
        "The remote support session ended because the citizen was invited again"
    ),
    EndReason.CITIZEN_SILENT: N_(
        "The remote support session ended because the citizen’s page no longer answered"
    ),
}
"""Why a session of remote support ended, unless somebody stopped it: then it matters who did."""
_TO_COLLEAGUE, _TO_TEAM = "to a colleague", "to a team"
_UNKNOWN = N_("Something was done with the incident")
_EVENTS: dict[tuple[str, ...], Message] = {
    (Kind.MESSAGE, Actor.CITIZEN): N_("The citizen wrote"),
    (Kind.MESSAGE, Actor.OPERATOR): N_("{operator} wrote to the citizen"),
    (Kind.NOTE,): N_("{operator} left a note for the team"),
    (Kind.MAIL,): N_("An email was sent to the citizen: {mail}"),
    (Kind.ATTACHMENT,): N_("The citizen added a file"),
    (Kind.RATING,): N_("The citizen rated the support: {score} out of 5"),
    (Kind.ACTION, Done.PHONED): N_("{operator} recorded the citizen’s call"),
    (Kind.ACTION, Done.QUEUED): N_("Put in the team’s queue"),
    (Kind.ACTION, Done.CLAIMED): N_("{operator} took it"),
    (Kind.ACTION, Done.RELEASED): N_("{operator} gave it back to the team"),
    (Kind.ACTION, Done.RELEASED, Actor.SERVICE): N_(
        "Given back to the team because nobody worked on it for a working day"
    ),
    (Kind.ACTION, Done.TRANSFERRED): N_("{operator} passed it on: from {former} to {to}"),
    (Kind.ACTION, Done.TAKEN_OVER): N_("{operator} took it over from {colleague}"),
    (Kind.ACTION, Done.HANDED_OVER): N_("{operator} handed it over to {colleague}"),
    (Kind.ACTION, Done.REASSIGNED): N_("{operator} (supervisor) put it in the team’s queue"),
    (Kind.ACTION, Done.REASSIGNED, _TO_COLLEAGUE): N_(
        "{operator} (supervisor) gave it to {colleague}"
    ),
    (Kind.ACTION, Done.REASSIGNED, _TO_TEAM): N_(
        "{operator} (supervisor) passed it on: from {former} to {to}"
    ),
    (Kind.ACTION, Done.SNOOZED): N_("{operator} snoozed it until {until}"),
    (Kind.ACTION, Done.RESUMED): N_("{operator} ended the snooze"),
    (Kind.ACTION, Done.RESUMED, Actor.SERVICE): N_("The snooze ended"),
    (Kind.ACTION, Done.ASKED): N_("{operator} is waiting for the citizen’s answer"),
    (Kind.ACTION, Done.RESOLVED): N_("Resolved"),
    (Kind.ACTION, Done.RESOLVED, Actor.CITIZEN): N_("The citizen closed it"),
    (Kind.ACTION, Done.RESOLVED, Actor.OPERATOR): N_("{operator} resolved it"),
    (Kind.ACTION, Done.RESOLVED, Actor.SERVICE): N_(
        "Closed because the citizen did not answer for 14\u00a0days"
    ),
    (Kind.ACTION, Done.REOPENED): N_("The citizen reopened it"),
    (Kind.ACTION, Done.REROUTED): N_("Put back in the team’s queue"),
    (Kind.ACTION, Done.REQUEUED): N_("Put back in the team’s queue"),
    (Kind.ACTION, Done.UNDELIVERABLE): N_("Emails do not reach the citizen"),
    (Kind.ACTION, Done.MAIL_SET_ASIDE): N_(
        "An email could not be sent ({mail}): call the citizen if you can"
    ),
    (Kind.ACTION, Done.ENDING): N_("The citizen was told that the incident will be erased soon"),
    (Kind.ACTION, Done.FILE_SCANNED): N_("A file was scanned"),
    (Kind.ACTION, Done.FILE_SCANNED, State.CLEAN): N_("A file was scanned: no malware found"),
    (Kind.ACTION, Done.FILE_SCANNED, State.UNSCANNABLE): N_(
        "A file could not be scanned and cannot be opened"
    ),
    (Kind.ACTION, Done.CODE_REPLACED): N_("The access code was replaced"),
    (Kind.ACTION, Done.CODE_REPLACED, Actor.OPERATOR): N_(
        "{operator} had a new access code sent to the citizen"
    ),
    (Kind.ACTION, Done.CONTACT_CORRECTED): N_("The citizen corrected the contact details"),
    (Kind.ACTION, Done.CONTACT_CORRECTED, Actor.OPERATOR): N_(
        "{operator} corrected the contact details"
    ),
    (Kind.ACTION, Done.ADDRESS_ASKED): N_("The citizen asked for another email address"),
    (Kind.ACTION, Done.ADDRESS_DROPPED): N_("The other email address was not confirmed in time"),
    (Kind.ACTION, Done.FILE_REMOVED): N_("The citizen removed a file"),
    (Kind.ACTION, Done.FILE_LOST): N_("The service could no longer find a file"),
    (Kind.ACTION, Done.ERASURE_ASKED): N_("The citizen asked to have the incident erased"),
    (Kind.ACTION, Done.ERASURE_DROPPED): N_("The erasure was not confirmed in time"),
    (Kind.ACTION, Done.EXPORTED): N_("The citizen downloaded a copy of everything"),
    (Kind.ACTION, Done.EXPORTED, Actor.OPERATOR): N_("{operator} made a copy for the citizen"),
    (Kind.ACTION, Done.PROBLEM_LINKED): N_("{operator} linked it to a known problem"),
    (Kind.ACTION, Done.PROBLEM_UNLINKED): N_("{operator} unlinked it from a known problem"),
    (Kind.ACTION, Done.FOLLOWED): N_("{operator} chose to answer it together with {leader}"),
    (Kind.ACTION, Done.UNFOLLOWED): N_("{operator} chose to answer it separately again"),
    (Kind.ACTION, Done.REMOTE_INVITED): N_("{operator} invited the citizen to show the screen"),
    (Kind.ACTION, Done.REMOTE_JOINED): N_("The citizen joined the remote support session"),
    (Kind.ACTION, Done.REMOTE_JOINED, Way.CODE): N_(
        "The citizen joined the remote support session with the code"
    ),
    (Kind.ACTION, Done.REMOTE_JOINED, Way.INCIDENT): N_(
        "The citizen joined the remote support session from the incident"
    ),
    (Kind.ACTION, Done.REMOTE_VIEWING): N_("The citizen started to show the screen"),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.TAB): N_(
        "The citizen started to show a tab of the browser"
    ),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.WINDOW): N_("The citizen started to show a window"),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.SCREEN): N_(
        "The citizen started to show the whole screen"
    ),
    (Kind.ACTION, Done.REMOTE_CONTROL_ACCEPTED): N_(
        "{operator} accepted the citizen’s request to control the computer"
    ),
    (Kind.ACTION, Done.REMOTE_ENDED): N_("The remote support session ended"),
    (Kind.ACTION, Done.REMOTE_ENDED, Actor.CITIZEN): N_(
        "The citizen ended the remote support session"
    ),
    (Kind.ACTION, Done.REMOTE_ENDED, Actor.OPERATOR): N_(
        "{operator} ended the remote support session"
    ),
    **{(Kind.ACTION, Done.REMOTE_ENDED, why): said for why, said in REMOTE_ENDINGS.items()},
    (Kind.ACTION, Done.RESTORED): N_("Restored after a failure of the service"),
    (Kind.ACTION, Done.VIEWED): N_("{operator} viewed it"),
    (Kind.ACTION, Done.VIEWED, Actor.DATA_PROTECTION): N_(
        "Data protection checked who has viewed it"
    ),
    (Kind.ACTION, Done.REFUSED): N_("{operator} asked to see it and was refused"),
    **{(Kind.ACTION, Done.FILE_REFUSED, reason): said for reason, said in _REFUSALS.items()},
    **{(Kind.CONSENT, *changed): said for changed, said in CONSENTS.items()},
}
"""What happened, by the kind of the entry, by what was done, and by whom."""

LOOK_PURPOSES = {
    LookPurpose.WORK: N_("to work on it"),
    LookPurpose.CLAIM: N_("to take it"),
    LookPurpose.FILE: N_("to open a file"),
    LookPurpose.CALL: N_("because of a phone call"),
    LookPurpose.SEARCH: N_("found in a search for the person"),
    LookPurpose.HANDOVER: N_("to take it over from a colleague"),
    LookPurpose.CHECK: N_("to check how it was handled"),
    LookPurpose.CORRECTION: N_("to correct the contact details"),
    LookPurpose.COPY: N_("to make a copy for the citizen"),
    LookPurpose.ERASURE: N_("to erase it"),
    LookPurpose.AUDIT: N_("to check who has viewed it"),
}
"""For what somebody looked."""


def happened(entry: Mapping[str, Any], language: Language) -> str:
    """What happened, according to an entry as operators see it, in the reader's language."""
    kind, action, by = entry["kind"], entry.get("action", ""), entry.get("by", "")
    told = (entry.get(fact) for fact in ("scope", "reason", "state", "via", "surface"))
    more = next(filter(None, told), "")
    if action == Done.REASSIGNED:
        more = _TO_TEAM if "to" in entry else _TO_COLLEAGUE if "colleague" in entry else ""
    ways = ((kind, action, more), (kind, action, by), (kind, action), (kind, by), (kind,))
    found = next((_EVENTS[way] for way in ways if way in _EVENTS), _UNKNOWN)
    values: dict[str, object] = {
        "operator": entry.get("operator") or by,
        "colleague": entry.get("colleague", ""),
        "score": entry.get("score", ""),
        "leader": entry.get("leader", ""),
    }
    if until := entry.get("until"):
        values["until"] = date_text(date.fromisoformat(until), language)
    if mail := entry.get("mail"):
        values["mail"] = MAILS[mail].in_(language)
    if "from" in entry and "to" in entry:
        values["former"] = CATEGORIES[entry["from"]].in_(language)
        values["to"] = CATEGORIES[entry["to"]].in_(language)
    said = Message(found.text, values).in_(language)
    if (seconds := entry.get("seconds")) is not None:
        return _for_how_long(said, seconds).in_(language)
    if held_by := entry.get("held_by"):
        return N_("{event}; {operator} had it before", event=said, operator=held_by).in_(language)
    return said


def _for_how_long(event: str, seconds: int) -> Message:
    if seconds == 0:
        return N_("{event}; the screen was not shown", event=event)
    return N_("{event}; the screen was shown for {time}", event=event, time=exact_time(seconds))


def age(since: datetime, now: datetime) -> Message:
    """How long ago that was, in plain words."""
    return lasted(int((now - since).total_seconds()))


def lasted(seconds: int) -> Message:
    """How long something took or takes, in whole hours or, from two days on, in whole days."""
    hours = seconds // _HOUR
    if hours < 1:
        return N_("less than an hour")
    if hours == 1:
        return N_("1\u00a0hour")
    if hours < _TOLD_IN_HOURS:
        return N_("{hours}\u00a0hours", hours=hours)
    return N_("{days}\u00a0days", days=hours // 24)
