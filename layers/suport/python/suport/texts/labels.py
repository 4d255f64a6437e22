"""What pages and mails call the values of the domain."""

from collections.abc import Mapping
from typing import Any

from suport.domain.attachment import MediaType, Refusal, State
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor, Category, Channel, Charged, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.phone_line import Origin
from suport.texts.message import N_, Message

LANGUAGES = {
    Language.CATALAN: "Català",
    Language.SPANISH: "Español",
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
}
"""Each language by the name that its own readers use."""

CATEGORIES = {
    Category.FUNCTIONAL: N_("Functional doubts"),
    Category.PAYMENT: N_("Payment problems"),
    Category.SIGNATURE: N_("Signing or certificate problems"),
}
GUIDANCE = {
    Category.FUNCTIONAL: N_(
        "How the procedure works: filling in fields, attaching documents and the like."
    ),
    Category.PAYMENT: N_("Only if an error came up while paying."),
    Category.SIGNATURE: N_("Signing, or proving who you are with a certificate."),
}
"""When to choose each category, as the assistance page states it."""

TOPICS = {
    Topic.ACCESSIBILITY: N_("An accessibility barrier"),
    Topic.OTHER: N_("Another matter"),
}
TOPIC_GUIDANCE = {
    Topic.ACCESSIBILITY: N_("Something on these pages or in a procedure is not accessible to you."),
    Topic.OTHER: N_("A question, a suggestion or a complaint that is none of the above."),
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

CHARGED = {Charged.YES: N_("Yes"), Charged.NO: N_("No"), Charged.UNKNOWN: N_("I do not know")}

CONTACT_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "phone": N_("Phone number"),
    "nif": N_("NIF or NIE"),
    "availability": N_("When we can reach you"),
}
CONTEXT_LABELS = {
    "step": N_("Step or screen"),
    "browser": N_("Browser and system"),
    "charged": N_("Money taken"),
}

FILE_TYPES = {
    MediaType.PDF: N_("PDF document"),
    MediaType.PNG: N_("PNG picture, such as one of the screen"),
    MediaType.JPEG: N_("JPEG picture, such as a photograph"),
    MediaType.HEIC: N_("HEIC picture, such as a photograph of an iPhone"),
    MediaType.TEXT: N_("Plain text"),
    MediaType.SIGNED_XML: N_("Signed XML document (.xsig)"),
    MediaType.CMS: N_("Signed document (.csig, .p7s or .p7m)"),
}
FILE_STATES = {
    State.QUARANTINED: N_("being scanned for malware"),
    State.UNSCANNED: N_("not scanned for malware"),
    State.CLEAN: N_("scanned, no malware found"),
    State.INFECTED: N_("erased: it contained malware"),
    State.UNSCANNABLE: N_("cannot be scanned, and is not opened"),
    State.REPLACED: N_("erased: it was replaced after it had been sent"),
    State.REMOVED: N_("erased: you removed it"),
    State.LOST: N_("lost: the service could no longer find it"),
}

SCORES = {
    "5": N_("5 – very well"),
    "4": N_("4 – well"),
    "3": N_("3 – so-so"),
    "2": N_("2 – badly"),
    "1": N_("1 – very badly"),
}

CHANNELS = {Channel.WEB: N_("on the web"), Channel.PHONE: N_("by telephone")}
"""How an incident reached the service."""

MAILS = {
    MailKind.ACKNOWLEDGEMENT: N_("acknowledgement"),
    MailKind.REPLY: N_("answer"),
    MailKind.QUESTION: N_("question"),
    MailKind.SOLUTION: N_("solution"),
    MailKind.CLOSING: N_("closing"),
    MailKind.ENDING: N_("warning before the end"),
    MailKind.ACCESS_CODE: N_("access code"),
    MailKind.ADDRESS_CHANGED: N_("change of the e-mail address"),
    MailKind.CONFIRMATION: N_("confirmation code for the e-mail address"),
    MailKind.ERASURE: N_("confirmation code for the erasure"),
}
"""What a mail is about, in a copy of everything."""

ORIGINS = {
    Origin.BALEARIC_ISLANDS: N_("From the Balearic Islands"),
    Origin.SPAIN: N_("From elsewhere in Spain"),
    Origin.ABROAD: N_("From abroad"),
}

SCOPES = {
    Scope.VIEW: N_("An operator views your screen and gives you instructions"),
    Scope.CONTROL: N_("An operator acts on your computer, because you ask for it"),
}

REFUSALS = {
    Refusal.WRONG_TYPE: N_("A file was not kept: it is of no kind that can be opened here"),
    Refusal.OFFICE: N_(
        "A file was not kept: it is an office document, such as one of Word or Excel"
    ),
    Refusal.ARCHIVE: N_(
        "A file was not kept: it is an archive that packs other files, such as a ZIP"
    ),
    Refusal.PICTURE: N_("A file was not kept: it is a picture of a kind that is not taken"),
    Refusal.WEB_PAGE: N_("A file was not kept: it is a web page"),
    Refusal.PROGRAM: N_("A file was not kept: it is a program"),
    Refusal.RECORDING: N_("A file was not kept: it is a film or a sound recording"),
    Refusal.PRIVATE_KEY: N_("A file was not kept: it holds the private key of a certificate"),
    Refusal.EMPTY: N_("A file was not kept: it is empty, or none was chosen"),
    Refusal.TOO_LARGE: N_("A file was not kept: it is too large"),
    Refusal.WRONG_SIZE: N_("A file was not kept: it is too large or empty"),
    Refusal.TOO_MANY: N_("A file was not kept: there are five already"),
    Refusal.RESOLVED: N_("A file was not kept: the incident was no longer open"),
    Refusal.INFECTED: N_("A file was not kept: it contained malware"),
    Refusal.REPLACED: N_("A file was not kept: it had been replaced"),
    Refusal.REMOVED: N_("A file was not kept: you had removed it"),
    Refusal.LOST: N_("A file was not kept: it arrived after it had been noted as lost"),
}
_SAVE_AS_PDF = N_("Open it in its program, save it as PDF, and add the PDF.")
_ADD_AGAIN = N_("Choose it again below to add it as a new file.")
ADVICE = {
    Refusal.WRONG_TYPE: N_(
        "Save it as PDF, or take a picture of the screen that shows it, and add that. Taken are "
        "PDF, PNG, JPEG and HEIC pictures, plain text, and signed documents (.xsig, .csig, .p7s)."
    ),
    Refusal.OFFICE: _SAVE_AS_PDF,
    Refusal.ARCHIVE: N_("Unpack it, and add the files in it one by one."),
    Refusal.PICTURE: N_("Save it as PNG or JPEG, or take a picture of the screen, and add that."),
    Refusal.WEB_PAGE: N_(
        "Open it in the browser, print it as PDF or take a picture of the screen, and add that."
    ),
    Refusal.PROGRAM: N_("Programs are never taken. A picture of the screen may show the problem."),
    Refusal.RECORDING: N_("Take a picture of the screen that shows the problem, and add that."),
    Refusal.PRIVATE_KEY: N_(
        "Give this file to nobody: with it, others can sign in your name. It has been erased here."
    ),
    Refusal.EMPTY: N_("Check that the file has something in it, and choose it again."),
    Refusal.TOO_LARGE: N_(
        "A file may have 10 MB at most. Make it smaller, for example with fewer pages or pictures "
        "of a lower resolution, or add it in parts."
    ),
    Refusal.WRONG_SIZE: N_("Choose a file that is not empty and has 10 MB at most."),
    Refusal.TOO_MANY: N_("Remove one of the five files to make room for another."),
    Refusal.RESOLVED: N_("Reopen the incident to add a file."),
    Refusal.INFECTED: N_(
        "It has been erased, and nobody opened it. Have your computer scanned for malware."
    ),
    Refusal.REPLACED: _ADD_AGAIN,
    Refusal.REMOVED: _ADD_AGAIN,
    Refusal.LOST: _ADD_AGAIN,
}
"""What the citizen can do about a file that was not kept."""
CONSENTS = {
    (ConsentAction.GRANT, Scope.VIEW): N_("You agreed that an operator views your screen"),
    (ConsentAction.GRANT, Scope.CONTROL): N_("You asked that an operator acts on your computer"),
    (ConsentAction.WITHDRAW, Scope.VIEW): N_("Viewing your screen is no longer allowed"),
    (ConsentAction.WITHDRAW, Scope.CONTROL): N_("Acting on your computer is no longer allowed"),
}

EVENTS: dict[tuple[str, ...], Message] = {
    (Kind.ACTION, Done.PHONED): N_("You called, and an operator wrote it down"),
    (Kind.ACTION, Done.PHONED, Category.FUNCTIONAL): N_(
        "You called, and the team for functional doubts wrote it down"
    ),
    (Kind.ACTION, Done.PHONED, Category.PAYMENT): N_(
        "You called, and the team for payment problems wrote it down"
    ),
    (Kind.ACTION, Done.PHONED, Category.SIGNATURE): N_(
        "You called, and the team for signing or certificate problems wrote it down"
    ),
    (Kind.ACTION, Done.QUEUED): N_("Put into the support team's queue"),
    (Kind.ACTION, Done.CLAIMED): N_("An operator has taken it on"),
    (Kind.ACTION, Done.VIEWED): N_("An operator looked at your incident"),
    (Kind.ACTION, Done.VIEWED, Category.FUNCTIONAL): N_(
        "The team for functional doubts looked at your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Category.PAYMENT): N_(
        "The team for payment problems looked at your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Category.SIGNATURE): N_(
        "The team for signing or certificate problems looked at your incident"
    ),
    (Kind.ACTION, Done.VIEWED, Actor.DATA_PROTECTION): N_(
        "The data-protection officer checked who has looked at your incident"
    ),
    (Kind.ACTION, Done.RELEASED): N_("Given back to the team"),
    (Kind.ACTION, Done.TRANSFERRED): N_("Passed on to another team"),
    (Kind.ACTION, Done.TAKEN_OVER): N_("Another operator of the team has taken it over"),
    (Kind.ACTION, Done.HANDED_OVER): N_("Handed over to another operator of the team"),
    (Kind.ACTION, Done.REASSIGNED): N_("Passed on within the support teams"),
    (Kind.ACTION, Done.ASKED): N_("The support team waits for your answer"),
    (Kind.ACTION, Done.RESOLVED, Actor.CITIZEN): N_("You closed it"),
    (Kind.ACTION, Done.RESOLVED, Actor.OPERATOR): N_("The support team resolved it"),
    (Kind.ACTION, Done.RESOLVED, Actor.SERVICE): N_(
        "Closed, because there was no answer for 14 days"
    ),
    (Kind.ACTION, Done.REOPENED): N_("Reopened"),
    (Kind.ACTION, Done.UNDELIVERABLE): N_("An e-mail to you could not be delivered"),
    (Kind.ACTION, Done.UNDELIVERABLE, MailTrouble.COMPLAINED): N_(
        "Your e-mail provider reported an e-mail of ours as unwanted"
    ),
    (Kind.ACTION, Done.MAIL_SET_ASIDE): N_("An e-mail to you could not be sent"),
    (Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.UNKNOWN_OUTCOME): N_(
        "An e-mail to you may not have been sent"
    ),
    (Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.TOO_MANY): N_(
        "An e-mail to you was not sent: your address had several within the hour"
    ),
    (Kind.ACTION, Done.ENDING): N_(
        "Reminder: if nobody writes anything more, the incident is erased within 30 days"
    ),
    **{(Kind.ACTION, Done.FILE_REFUSED, reason): said for reason, said in REFUSALS.items()},
    (Kind.ACTION, Done.FILE_SCANNED, State.CLEAN): N_("A file was scanned: no malware found"),
    (Kind.ACTION, Done.FILE_SCANNED, State.UNSCANNABLE): N_(
        "A file cannot be scanned, and is not opened"
    ),
    (Kind.ACTION, Done.CODE_REPLACED): N_("The access code was replaced"),
    (Kind.ACTION, Done.CODE_REPLACED, Actor.OPERATOR): N_(
        "The support team had a new access code sent to you"
    ),
    (Kind.ACTION, Done.CONTACT_CORRECTED): N_("You corrected your contact details"),
    (Kind.ACTION, Done.CONTACT_CORRECTED, Actor.OPERATOR): N_(
        "The support team corrected your contact details"
    ),
    (Kind.ACTION, Done.ADDRESS_ASKED): N_("You asked for another e-mail address"),
    (Kind.ACTION, Done.ADDRESS_DROPPED): N_("The other e-mail address was not confirmed in time"),
    (Kind.ACTION, Done.ERASURE_ASKED): N_("You asked to have the incident erased"),
    (Kind.ACTION, Done.ERASURE_DROPPED): N_("The erasure was not confirmed in time"),
    (Kind.ACTION, Done.EXPORTED): N_("You got a copy of everything"),
    (Kind.ACTION, Done.EXPORTED, Actor.OPERATOR): N_("The support team made a copy for you"),
    (Kind.ACTION, Done.FILE_REMOVED): N_("You removed a file, and it was erased"),
    (Kind.ACTION, Done.PROBLEM_LINKED): N_(
        "It is about a known problem: all who report it get the answer together"
    ),
    (Kind.ACTION, Done.PROBLEM_UNLINKED): N_("It is no longer counted among a known problem"),
    (Kind.ACTION, Done.FOLLOWED): N_("It is answered together with another incident of yours"),
    (Kind.ACTION, Done.UNFOLLOWED): N_("It is answered by itself again"),
    (Kind.ACTION, Done.RESTORED): N_(
        "Restored after a failure of the service: what was written shortly before it may be missing"
    ),
    (Kind.ACTION, Done.FILE_LOST): N_(
        "The service could no longer find a file of yours: please add it again if it is still "
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
    (Kind.MAIL,): N_("We sent you an e-mail"),
    (Kind.ACTION, Done.REFUSED): N_("An operator asked to see it, and was refused"),
    (Kind.ACTION, Done.REQUEUED): N_("Put into the team's queue once more"),
    (Kind.ACTION, Done.REROUTED): N_("Put into the team's queue once more"),
}
"""What a copy of everything tells besides."""

LOOK_PURPOSES = {
    LookPurpose.WORK: N_("to work on it"),
    LookPurpose.CLAIM: N_("to take it on"),
    LookPurpose.FILE: N_("to open a file of yours"),
    LookPurpose.CALL: N_("because of a telephone call with you"),
    LookPurpose.SEARCH: N_("found by a search for your data"),
    LookPurpose.HANDOVER: N_("to take it over from a colleague"),
    LookPurpose.CHECK: N_("to check how it was dealt with"),
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
    told = (entry.get(fact) for fact in ("scope", "state", "reason", "team"))
    more = next(filter(None, told), "")
    ways = ((kind, action, more), (kind, action, by), (kind, action), (kind, by), (kind,))
    return next((EVENTS[way] for way in ways if way in EVENTS), None)


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
