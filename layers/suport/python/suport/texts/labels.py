"""What pages and mails call the values of the domain."""

from collections.abc import Mapping
from typing import Any

from suport.domain.attachment import MediaType, Refusal, State
from suport.domain.category import Category
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor, Channel, Charged, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.phone_line import Origin
from suport.domain.progress import Stage, Standing, Step
from suport.domain.remote_session import EndReason, Surface, Way
from suport.domain.unit_of_time import Unit
from suport.texts.field_names import (  # noqa: F401  pages look for them here
    CONTACT_LABELS,
    CONTEXT_LABELS,
    LANGUAGE_NAMES,
)
from suport.texts.message import N_, Message

_MINUTE = 60  # seconds

LANGUAGES = {
    Language.CATALAN: "Català",
    Language.SPANISH: "Español",
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
}
"""Each language by the name that its own readers use."""

CATEGORIES = {
    Category.FUNCTIONAL: N_("Questions about a procedure"),
    Category.PAYMENT: N_("Problems with a payment"),
    Category.SIGNATURE: N_("Problems with signing or a certificate"),
}
GUIDANCE = {
    Category.FUNCTIONAL: N_(
        "How the procedure works: for example, how to fill in fields or attach documents."
    ),
    Category.PAYMENT: N_("Only if you saw an error while paying."),
    Category.SIGNATURE: N_(
        "Signing, or proving who you are with a certificate, an electronic identity card (DNIe) or "
        "Cl@ve."
    ),
}
"""When to choose each category, as the assistance page states it."""

TOPICS = {
    Topic.ACCESSIBILITY: N_("An accessibility problem"),
    Topic.OTHER: N_("Another question or a complaint"),
}
TOPIC_GUIDANCE = {
    Topic.ACCESSIBILITY: N_("Something on these pages or in a procedure is not accessible to you."),
    Topic.OTHER: N_("A question, suggestion or complaint that is not about any of the above."),
}
"""When to choose each of these, which are no kinds of problem with a procedure."""

STATUSES = {
    Status.RECEIVED: N_("Received"),
    Status.QUEUED: N_("Waiting for the support team"),
    Status.CLAIMED: N_("An operator is working on it"),
    Status.WAITING: N_("Waiting for your answer"),
    Status.RESOLVED: N_("Resolved"),
}
CLOSED = N_("Closed")
"""What an incident is called that ended without an operator resolving it."""

STEPS: dict[tuple[str, ...], Message] = {
    (Stage.SENT,): N_("Sent"),
    (Stage.REOPENED,): N_("Reopened"),
    (Stage.WITH_TEAM,): N_("With the team"),
    (Stage.WORKED_ON, Standing.DONE): N_("Somebody has worked on it"),
    (Stage.WORKED_ON, Standing.AHEAD): N_("Somebody works on it"),
    (Stage.ASKED, Standing.DONE): N_("We waited for your answer"),
    (Stage.ASKED, Standing.AHEAD): N_("Your answer, if we ask you something"),
    (Stage.ENDED,): N_("Resolved"),
}
"""The steps of an incident that are not its present one, which is called like its state."""

_WITHIN_ONE = {
    Unit.HOURS: N_("within 1\u00a0hour"),
    Unit.DAYS: N_("within 1\u00a0day"),
}
_WITHIN = {
    Unit.MINUTES: N_("within {count}\u00a0minutes"),
    Unit.HOURS: N_("within {count}\u00a0hours"),
    Unit.DAYS: N_("within {count}\u00a0days"),
    Unit.WEEKS: N_("within {count}\u00a0weeks"),
}


def within(count: int, unit: Unit) -> Message:
    """What a time is called that is not exceeded."""
    if count == 1:
        return _WITHIN_ONE[unit]
    return Message(_WITHIN[unit].text, {"count": count})


CHARGED = {Charged.YES: N_("Yes"), Charged.NO: N_("No"), Charged.UNKNOWN: N_("I do not know")}

FILE_TYPES = {
    MediaType.PDF: N_("PDF document"),
    MediaType.PNG: N_("PNG image, such as a screenshot"),
    MediaType.JPEG: N_("JPEG image, such as a photo"),
    MediaType.HEIC: N_("HEIC image, such as an iPhone photo"),
    MediaType.TEXT: N_("Plain text"),
    MediaType.SIGNED_XML: N_("Signed XML document (.xsig)"),
    MediaType.CMS: N_("Signed document (.csig, .p7s or .p7m)"),
}
FILE_STATES = {
    State.QUARANTINED: N_("being scanned for malware"),
    State.UNSCANNED: N_("not scanned for malware"),
    State.CLEAN: N_("scanned: no malware found"),
    State.INFECTED: N_("erased: it contained malware"),
    State.UNSCANNABLE: N_("could not be scanned and cannot be opened"),
    State.REPLACED: N_("erased: it was replaced after it was sent"),
    State.REMOVED: N_("erased: you removed it"),
    State.LOST: N_("lost: the service could no longer find it"),
}

SCORES = {
    "5": N_("5 – very well"),
    "4": N_("4 – well"),
    "3": N_("3 – neither well nor badly"),
    "2": N_("2 – badly"),
    "1": N_("1 – very badly"),
}

CHANNELS = {Channel.WEB: N_("online"), Channel.PHONE: N_("by phone")}
"""How an incident reached the service."""

MAILS = {
    MailKind.ACKNOWLEDGEMENT: N_("acknowledgement"),
    MailKind.REPLY: N_("answer"),
    MailKind.QUESTION: N_("question"),
    MailKind.SOLUTION: N_("solution"),
    MailKind.CLOSING: N_("closing"),
    MailKind.ENDING: N_("warning before it is erased"),
    MailKind.ACCESS_CODE: N_("access code"),
    MailKind.ADDRESS_CHANGED: N_("change of email address"),
    MailKind.CONFIRMATION: N_("confirmation code for the email address"),
    MailKind.ERASURE: N_("confirmation code for the erasure"),
}
"""What a mail is about, in a copy of everything."""

HOURS = (
    (N_("Monday to Friday"), N_("8am to 8pm, Balearic Islands time")),
    (N_("Saturday"), N_("9am to 2pm, Balearic Islands time")),
)
"""The days and the times of each of `phone_line.HOURS`."""

ORIGINS = {
    Origin.BALEARIC_ISLANDS: N_("From the Balearic Islands"),
    Origin.SPAIN: N_("From elsewhere in Spain"),
    Origin.ABROAD: N_("From abroad"),
}

SCOPES = {
    Scope.VIEW: N_("An operator views your screen and gives you instructions"),
    Scope.CONTROL: N_("An operator controls your computer because you ask for it"),
}

REFUSALS = {
    Refusal.WRONG_TYPE: N_(
        "A file was not kept because it is of a kind that cannot be opened here"
    ),
    Refusal.OFFICE: N_(
        "A file was not kept because it is an office document, such as Word or Excel"
    ),
    Refusal.ARCHIVE: N_(
        "A file was not kept because it is an archive with other files in it, such as a ZIP"
    ),
    Refusal.PICTURE: N_("A file was not kept because we cannot accept this kind of image"),
    Refusal.WEB_PAGE: N_("A file was not kept because it is a web page"),
    Refusal.PROGRAM: N_("A file was not kept because it is a program"),
    Refusal.RECORDING: N_("A file was not kept because it is a video or a sound recording"),
    Refusal.PRIVATE_KEY: N_(
        "A file was not kept because it contains the private key of a certificate"
    ),
    Refusal.EMPTY: N_("A file was not kept because it is empty or no file was chosen"),
    Refusal.TOO_LARGE: N_("A file was not kept because it is too large"),
    Refusal.WRONG_SIZE: N_("A file was not kept because it is too large or empty"),
    Refusal.TOO_MANY: N_("A file was not kept because there are already five"),
    Refusal.RESOLVED: N_("A file was not kept because the incident was no longer open"),
    Refusal.INFECTED: N_("A file was not kept because it contained malware"),
    Refusal.REPLACED: N_("A file was not kept because it had been replaced"),
    Refusal.REMOVED: N_("A file was not kept because you had removed it"),
    Refusal.LOST: N_("A file was not kept because it arrived after we had recorded it as lost"),
}
_SAVE_AS_PDF = N_("Open it in its program, save it as a PDF, and add the PDF.")
_ADD_AGAIN = N_("Choose it again below to add it as a new file.")
ADVICE = {
    Refusal.WRONG_TYPE: N_(
        "Save it as a PDF, or take a screenshot and add that. We accept PDF, PNG, JPEG, HEIC, "
        "plain text and signed documents (.xsig, .csig, .p7s)."
    ),
    Refusal.OFFICE: _SAVE_AS_PDF,
    Refusal.ARCHIVE: N_("Unzip it and add the files one by one."),
    Refusal.PICTURE: N_("Save it as PNG or JPEG, or take a screenshot and add that."),
    Refusal.WEB_PAGE: N_(
        "Open it in the browser, print it as a PDF or take a screenshot, and add that."
    ),
    Refusal.PROGRAM: N_("We never accept programs. A screenshot may show the problem."),
    Refusal.RECORDING: N_("Take a screenshot that shows the problem, and add that."),
    Refusal.PRIVATE_KEY: N_(
        "Do not give this file to anyone. With it, others can sign in your name. We have erased it."
    ),
    Refusal.EMPTY: N_("Check that the file is not empty, and choose it again."),
    Refusal.TOO_LARGE: N_(
        "The file must be 10\u00a0MB or smaller. Make it smaller, for example with fewer pages or "
        "a lower resolution, or add it in parts."
    ),
    Refusal.WRONG_SIZE: N_("Choose a file that is not empty and is 10\u00a0MB or smaller."),
    Refusal.TOO_MANY: N_("Remove one of the five files to make room for another."),
    Refusal.RESOLVED: N_("Reopen the incident to add a file."),
    Refusal.INFECTED: N_(
        "We have erased it, and nobody opened it. Scan your computer for malware."
    ),
    Refusal.REPLACED: _ADD_AGAIN,
    Refusal.REMOVED: _ADD_AGAIN,
    Refusal.LOST: _ADD_AGAIN,
}
"""What the citizen can do about a file that was not kept."""
CONSENTS = {
    (ConsentAction.GRANT, Scope.VIEW): N_("You agreed to let an operator view your screen"),
    (ConsentAction.GRANT, Scope.CONTROL): N_("You asked an operator to control your computer"),
    (ConsentAction.WITHDRAW, Scope.VIEW): N_("The operator can no longer view your screen"),
    (ConsentAction.WITHDRAW, Scope.CONTROL): N_("The operator can no longer control your computer"),
}

REMOTE_ENDINGS = {
    EndReason.WITHDRAWN: N_("The remote support session ended because you withdrew your consent"),
    EndReason.RELEASED: N_(
        "The remote support session ended because the operator no longer has the incident"
    ),
    EndReason.TRANSFERRED: N_(
        "The remote support session ended because another team has the incident"
    ),
    EndReason.RESOLVED: N_("The remote support session ended because the incident is resolved"),
    EndReason.ERASED: N_("The remote support session ended because the incident was erased"),
    EndReason.REPLACED: N_("The remote support session ended because you were invited again"),
    EndReason.CITIZEN_SILENT: N_(
        "The remote support session ended because your page no longer answered"
    ),
    EndReason.OPERATOR_SILENT: N_(
        "The remote support session ended because the operator’s page no longer answered"
    ),
    EndReason.TIME: N_("The remote support session ended because its time was over"),
}
"""Why a session of remote support ended, unless somebody stopped it: then it matters who did."""

EVENTS: dict[tuple[str, ...], Message] = {
    (Kind.ACTION, Done.PHONED): N_("You called, and an operator recorded it"),
    (Kind.ACTION, Done.PHONED, Category.FUNCTIONAL): N_(
        "You called, and the team for questions about a procedure recorded it"
    ),
    (Kind.ACTION, Done.PHONED, Category.PAYMENT): N_(
        "You called, and the team for payment problems recorded it"
    ),
    (Kind.ACTION, Done.PHONED, Category.SIGNATURE): N_(
        "You called, and the team for signing and certificates recorded it"
    ),
    (Kind.ACTION, Done.QUEUED): N_("Put in the support team’s queue"),
    (Kind.ACTION, Done.CLAIMED): N_("An operator has taken it"),
    (Kind.ACTION, Done.VIEWED): N_("An operator viewed your incident"),
    (Kind.ACTION, Done.VIEWED, Category.FUNCTIONAL): N_(
        "The team for questions about a procedure viewed your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Category.PAYMENT): N_(
        "The team for payment problems viewed your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Category.SIGNATURE): N_(
        "The team for signing and certificates viewed your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Actor.DATA_PROTECTION): N_(
        "The data protection officer checked who has viewed your incident"
    ),
    (Kind.ACTION, Done.RELEASED): N_("Given back to the team"),
    (Kind.ACTION, Done.TRANSFERRED): N_("Passed on to another team"),
    (Kind.ACTION, Done.TAKEN_OVER): N_("Another operator of the team took it over"),
    (Kind.ACTION, Done.HANDED_OVER): N_("Passed on to another operator of the team"),
    (Kind.ACTION, Done.REASSIGNED): N_("Passed on within the support teams"),
    (Kind.ACTION, Done.ASKED): N_("The support team is waiting for your answer"),
    (Kind.ACTION, Done.RESOLVED, Actor.CITIZEN): N_("You closed it"),
    (Kind.ACTION, Done.RESOLVED, Actor.OPERATOR): N_("The support team resolved it"),
    (Kind.ACTION, Done.RESOLVED, Actor.SERVICE): N_(
        "Closed because there was no answer for 14\u00a0days"
    ),
    (Kind.ACTION, Done.REOPENED): N_("Reopened"),
    (Kind.ACTION, Done.UNDELIVERABLE): N_("An email to you could not be delivered"),
    (Kind.ACTION, Done.UNDELIVERABLE, MailTrouble.COMPLAINED): N_(
        "Your email provider reported one of our emails as unwanted"
    ),
    (Kind.ACTION, Done.MAIL_SET_ASIDE): N_("An email to you could not be sent"),
    (Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.UNKNOWN_OUTCOME): N_(
        "An email to you may not have been sent"
    ),
    (Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.TOO_MANY): N_(
        "An email to you was not sent because your address had several within an hour"
    ),
    (Kind.ACTION, Done.ENDING): N_(
        "Reminder: if nobody writes again, the incident will be erased within 30\u00a0days"
    ),
    **{(Kind.ACTION, Done.FILE_REFUSED, reason): said for reason, said in REFUSALS.items()},
    (Kind.ACTION, Done.FILE_SCANNED, State.CLEAN): N_("A file was scanned: no malware found"),
    (Kind.ACTION, Done.FILE_SCANNED, State.UNSCANNABLE): N_(
        "A file could not be scanned and cannot be opened"
    ),
    (Kind.ACTION, Done.CODE_REPLACED): N_("The access code was replaced"),
    (Kind.ACTION, Done.CODE_REPLACED, Actor.OPERATOR): N_(
        "The support team had a new access code sent to you"
    ),
    (Kind.ACTION, Done.CONTACT_CORRECTED): N_("You corrected your contact details"),
    (Kind.ACTION, Done.CONTACT_CORRECTED, Actor.OPERATOR): N_(
        "The support team corrected your contact details"
    ),
    (Kind.ACTION, Done.ADDRESS_ASKED): N_("You asked for another email address"),
    (Kind.ACTION, Done.ADDRESS_DROPPED): N_("The other email address was not confirmed in time"),
    (Kind.ACTION, Done.ERASURE_ASKED): N_("You asked to have the incident erased"),
    (Kind.ACTION, Done.ERASURE_DROPPED): N_("The erasure was not confirmed in time"),
    (Kind.ACTION, Done.EXPORTED): N_("You downloaded a copy of everything"),
    (Kind.ACTION, Done.EXPORTED, Actor.OPERATOR): N_("The support team made a copy for you"),
    (Kind.ACTION, Done.FILE_REMOVED): N_("You removed a file, and it was erased"),
    (Kind.ACTION, Done.PROBLEM_LINKED): N_(
        "It is about a known problem: everyone who reports it gets the answer together"
    ),
    (Kind.ACTION, Done.PROBLEM_UNLINKED): N_("It is no longer linked to a known problem"),
    (Kind.ACTION, Done.FOLLOWED): N_("It is answered together with another of your incidents"),
    (Kind.ACTION, Done.UNFOLLOWED): N_("It is answered separately again"),
    (Kind.ACTION, Done.REMOTE_INVITED): N_("An operator invited you to show your screen"),
    (Kind.ACTION, Done.REMOTE_INVITED, Category.FUNCTIONAL): N_(
        "The team for questions about a procedure invited you to show your screen"
    ),
    (Kind.ACTION, Done.REMOTE_INVITED, Category.PAYMENT): N_(
        "The team for payment problems invited you to show your screen"
    ),
    (Kind.ACTION, Done.REMOTE_INVITED, Category.SIGNATURE): N_(
        "The team for signing and certificates invited you to show your screen"
    ),
    (Kind.ACTION, Done.REMOTE_JOINED): N_("You joined the remote support session"),
    (Kind.ACTION, Done.REMOTE_JOINED, Way.CODE): N_(
        "You joined the remote support session with the operator’s code"
    ),
    (Kind.ACTION, Done.REMOTE_JOINED, Way.INCIDENT): N_(
        "You joined the remote support session from your incident"
    ),
    (Kind.ACTION, Done.REMOTE_VIEWING): N_("You started to show your screen"),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.TAB): N_(
        "You started to show a tab of your browser"
    ),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.WINDOW): N_(
        "You started to show a window of your computer"
    ),
    (Kind.ACTION, Done.REMOTE_VIEWING, Surface.SCREEN): N_("You started to show your whole screen"),
    (Kind.ACTION, Done.REMOTE_CONTROL_ACCEPTED): N_(
        "An operator accepted your request to control your computer"
    ),
    (Kind.ACTION, Done.REMOTE_ENDED): N_("The remote support session ended"),
    (Kind.ACTION, Done.REMOTE_ENDED, Actor.CITIZEN): N_("You ended the remote support session"),
    (Kind.ACTION, Done.REMOTE_ENDED, Actor.OPERATOR): N_(
        "The operator ended the remote support session"
    ),
    **{(Kind.ACTION, Done.REMOTE_ENDED, why): said for why, said in REMOTE_ENDINGS.items()},
    (Kind.ACTION, Done.RESTORED): N_(
        "Restored after a failure of the service: anything written shortly before it may be missing"
    ),
    (Kind.ACTION, Done.FILE_LOST): N_(
        "The service could no longer find one of your files. Please add it again if it is still "
        "needed"
    ),
    (Kind.ATTACHMENT,): N_("You added a file"),
    (Kind.MESSAGE, Actor.CITIZEN): N_("You wrote"),
    (Kind.MESSAGE, Actor.OPERATOR): N_("The support team wrote"),
    **{(Kind.CONSENT, *changed): said for changed, said in CONSENTS.items()},
    (Kind.RATING,): N_("You rated the support"),
}
"""What may have happened to an incident, by the kind of the entry, by what was done or by whom, and
by any other fact that changes the text."""


IN_A_COPY: dict[tuple[str, ...], Message] = {
    (Kind.NOTE,): N_("Internal note of the support team"),
    (Kind.MAIL,): N_("We sent you an email"),
    (Kind.ACTION, Done.REFUSED): N_("An operator asked to see it and was refused"),
    (Kind.ACTION, Done.REQUEUED): N_("Put back in the team’s queue"),
    (Kind.ACTION, Done.REROUTED): N_("Put back in the team’s queue"),
}
"""What a copy of everything tells besides."""

LOOK_PURPOSES = {
    LookPurpose.WORK: N_("to work on it"),
    LookPurpose.CLAIM: N_("to take it"),
    LookPurpose.FILE: N_("to open one of your files"),
    LookPurpose.CALL: N_("because of a phone call with you"),
    LookPurpose.SEARCH: N_("found in a search for your data"),
    LookPurpose.HANDOVER: N_("to take it over from a colleague"),
    LookPurpose.CHECK: N_("to check how it was handled"),
    LookPurpose.CORRECTION: N_("to correct your contact details"),
    LookPurpose.COPY: N_("to make a copy for you"),
    LookPurpose.ERASURE: N_("to erase it for you"),
}
"""For what a team looked; why data protection does is in the text of that event."""


def state(view: Mapping[str, Any]) -> Message:
    """The state of the incident, by its view.

    An operator resolves an incident; its citizen closes it, or silence does. An incident that ended
    before the register named who ended it is called resolved.
    """
    if view.get("resolved_by") in {Actor.CITIZEN, Actor.SERVICE}:
        return CLOSED
    return STATUSES[view["status"]]


def step(view: Mapping[str, Any], taken: Step) -> Message:
    """What a step of the incident is called, by its view."""
    if taken.standing is Standing.NOW:
        return state(view)
    return STEPS.get((taken.stage,)) or STEPS[taken.stage, taken.standing]


def ended(view: Mapping[str, Any]) -> Message | None:
    """How the incident ended, by its view; None while it is open, or if nobody noted it."""
    return EVENTS.get((Kind.ACTION, Done.RESOLVED, view.get("resolved_by") or ""))


def happened_exactly(entry: Mapping[str, Any]) -> Message | None:
    """What happened, according to an entry of a copy of everything; None if that has no text."""
    way = tuple(filter(None, (entry["kind"], entry.get("action"))))
    return IN_A_COPY.get(way) or happened(entry)


def happened(entry: Mapping[str, Any]) -> Message | None:
    """What happened, according to an entry of the citizen's view; None if that has no text."""
    kind, action, by = entry["kind"], entry.get("action", ""), entry.get("by", "")
    told = (entry.get(fact) for fact in ("scope", "state", "reason", "via", "surface", "team"))
    more = next(filter(None, told), "")
    ways = ((kind, action, more), (kind, action, by), (kind, action), (kind, by), (kind,))
    return next((EVENTS[way] for way in ways if way in EVENTS), None)


def details(entry: Mapping[str, Any]) -> list[Message]:
    """What else is said of an entry of the citizen's view, to be read after `happened`."""
    return [*about_look(entry), *about_remote_session(entry)]


def about_remote_session(entry: Mapping[str, Any]) -> list[Message]:
    """To which team the screen was shown, or for how long; empty for every other entry."""
    match entry:
        case {"action": Done.REMOTE_VIEWING, "team": team}:
            return [N_("to the team for “{team}”", team=CATEGORIES[team])]
        case {"action": Done.REMOTE_ENDED, "seconds": 0}:
            return [N_("your screen was not shown")]
        case {"action": Done.REMOTE_ENDED, "seconds": seconds}:
            return [N_("your screen was shown for {time}", time=exact_time(seconds))]
    return []


def exact_time(seconds: int) -> Message:
    """How long something took, to the second; the symbols are the same in every language."""
    if seconds < _MINUTE:
        return N_("{seconds}\u00a0s", seconds=seconds)
    minutes, seconds = divmod(seconds, _MINUTE)
    return N_("{minutes}\u00a0min {seconds}\u00a0s", minutes=minutes, seconds=seconds)


def about_look(entry: Mapping[str, Any]) -> list[Message]:
    """For what somebody looked and whether they saw the contact data, to be read after `happened`.

    It is empty for every other entry, and for what a look of before 2026-11-26 does not say.
    """
    said: list[Message] = []
    if entry.get("number") and entry.get("purpose") == LookPurpose.FILE:
        said.append(N_("to open file {number}", number=entry["number"]))
    elif (
        entry.get("action") in {Done.VIEWED, Done.REFUSED} and entry.get("purpose") in LOOK_PURPOSES
    ):
        said.append(LOOK_PURPOSES[entry["purpose"]])
    says_so_already = entry.get("purpose") == LookPurpose.CORRECTION
    if entry.get("by") == Actor.OPERATOR and "contact" in entry and not says_so_already:
        seen = N_("with your contact details"), N_("without your contact details")
        said.append(seen[0] if entry["contact"] else seen[1])
    return said
