"""What pages and mails call the values of the domain."""

from collections.abc import Mapping
from typing import Any

from suport.domain.attachment import MediaType, Refusal, State
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Done, Kind
from suport.domain.incident import Actor, Category, Charged, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.owed_mail import SetAside
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
    MediaType.TEXT: N_("Plain text"),
}
FILE_STATES = {
    State.QUARANTINED: N_("being scanned for malware"),
    State.UNSCANNED: N_("not scanned for malware"),
    State.CLEAN: N_("scanned, no malware found"),
    State.INFECTED: N_("erased: it contained malware"),
    State.UNSCANNABLE: N_("cannot be scanned, and is not opened"),
    State.REPLACED: N_("erased: it was replaced after it had been sent"),
}

SCORES = {
    "5": N_("5 – very well"),
    "4": N_("4 – well"),
    "3": N_("3 – so-so"),
    "2": N_("2 – badly"),
    "1": N_("1 – very badly"),
}

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
    Refusal.WRONG_TYPE: N_("A file was not kept: it is not of the kind named"),
    Refusal.WRONG_SIZE: N_("A file was not kept: it is too large or empty"),
    Refusal.TOO_MANY: N_("A file was not kept: there are five already"),
    Refusal.RESOLVED: N_("A file was not kept: the incident was no longer open"),
    Refusal.INFECTED: N_("A file was not kept: it contained malware"),
    Refusal.REPLACED: N_("A file was not kept: it had been replaced"),
}
CONSENTS = {
    (ConsentAction.GRANT, Scope.VIEW): N_("You agreed that an operator views your screen"),
    (ConsentAction.GRANT, Scope.CONTROL): N_("You asked that an operator acts on your computer"),
    (ConsentAction.WITHDRAW, Scope.VIEW): N_("Viewing your screen is no longer allowed"),
    (ConsentAction.WITHDRAW, Scope.CONTROL): N_("Acting on your computer is no longer allowed"),
}

EVENTS: dict[tuple[str, ...], Message] = {
    (Kind.ACTION, Done.PHONED): N_("You called, and an operator wrote it down"),
    (Kind.ACTION, Done.QUEUED): N_("Put into the support team's queue"),
    (Kind.ACTION, Done.CLAIMED): N_("An operator has taken it on"),
    (Kind.ACTION, Done.VIEWED): N_("An operator has looked at how to reach you"),
    (Kind.ACTION, Done.RELEASED): N_("Given back to the team"),
    (Kind.ACTION, Done.TRANSFERRED): N_("Passed on to another team"),
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
    (Kind.ATTACHMENT,): N_("You added a file"),
    (Kind.MESSAGE, Actor.CITIZEN): N_("You wrote"),
    (Kind.MESSAGE, Actor.OPERATOR): N_("The support team wrote"),
    **{(Kind.CONSENT, *changed): said for changed, said in CONSENTS.items()},
    (Kind.RATING,): N_("You rated the support"),
}
"""What may have happened to an incident, by the kind of the entry, by what was done or by whom, and
by any other fact that changes the text."""


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


def happened(entry: Mapping[str, Any]) -> Message | None:
    """What happened, according to an entry of the citizen's view; None if that has no text."""
    kind, action, by = entry["kind"], entry.get("action", ""), entry.get("by", "")
    more = entry.get("scope") or entry.get("state") or entry.get("reason") or ""
    ways = ((kind, action, more), (kind, action, by), (kind, action), (kind, by), (kind,))
    return next((EVENTS[way] for way in ways if way in EVENTS), None)
