"""What fields are called in messages, which may be read alone.

Each field has a name here, which the messages to programs use. A page that asks for a field in
other words uses those words (`names` of `suport.web.rendering.Correctable`).
"""

from collections.abc import Mapping

from suport.domain.language import Language
from suport.texts.message import N_, Message

LANGUAGE_NAMES = {
    Language.CATALAN: N_("Catalan"),
    Language.SPANISH: N_("Spanish"),
    Language.ENGLISH: N_("English"),
    Language.GERMAN: N_("German"),
}
"""Each language by its name in the reader's."""

CONTACT_LABELS = {
    "name": N_("Name"),
    "email": N_("Email address"),
    "phone": N_("Phone number"),
    "nif": N_("NIF or NIE"),
    "availability": N_("When we can contact you"),
}
CONTEXT_LABELS = {
    "step": N_("Step or screen"),
    "browser": N_("Browser and system"),
    "charged": N_("Money taken"),
}

PROBLEM_FIELDS: Mapping[str, Message] = {
    **{
        f"{part}.{each}": Message(label.text, {"language": name})
        for part, label in (
            ("title", N_("Title ({language})")),
            ("text", N_("“What happens, and what people can do” ({language})")),
            ("body", N_("Message ({language})")),
        )
        for each, name in LANGUAGE_NAMES.items()
    },
    "categories": N_("Kinds of incident affected"),
    "procedures": N_("Procedures affected"),
    "errors": N_("Error codes that people see"),
    "since": N_("Since when (Madrid time)"),
}
"""What the fields about a known problem are called."""

FIELD_NAMES: Mapping[str, Message] = {
    **PROBLEM_FIELDS,
    "category": N_("Kind of problem"),
    "topic": N_("Kind of problem"),
    "description": N_("Description"),
    "error": N_("Error"),
    "error.code": N_("Error code"),
    "error.message": N_("Error message"),
    "procedure": N_("Procedure"),
    "procedure.name": N_("Procedure name"),
    "procedure.code": N_("Procedure code"),
    **{f"context.{name}": label for name, label in CONTEXT_LABELS.items()},
    **{f"contact.{name}": label for name, label in CONTACT_LABELS.items()},
    "contact": N_("Your contact details"),
    "context": N_("Browser and system"),
    "language": N_("Language"),
    "reference": N_("Reference"),
    "access_code": N_("Access code"),
    "reached_at": N_("Email address or phone number"),
    "confirmation": N_("Confirmation code"),
    "score": N_("Rating"),
    "comment": N_("Comment"),
    "body": N_("Message"),
    "note": N_("Note"),
    "reason": N_("Reason"),
    "until": N_("Snooze until"),
    "state": N_("Status"),
    "team": N_("Team"),
    "person": N_("NIF, email address or phone number"),
    "to": N_("Who to?"),
    "at": N_("Date and time"),
    "day": N_("Day"),
    "scope": N_("Kind of remote support"),
    "action": N_("Consent"),
    "notice_sha256": N_("Notice"),
    "privacy_notice": N_("Privacy notice"),
    "idempotency_key": N_("Key of the form"),
}
"""The name of each field that a person fills in, by its path."""


def name_of(field: str) -> Message | str:
    """What the field with that path is called."""
    return FIELD_NAMES.get(field, field)


def quoted(label: Message) -> Message:
    """The label in quotation marks."""
    return N_("“{question}”", question=label)


def as_name(label: Message) -> Message:
    """The label of a field as its name in a sentence: a question is put into quotation marks."""
    return quoted(label) if label.text.endswith("?") else label


def with_name(name: Message | str, message: Message) -> Message:
    """The message with that name in the place that it leaves for the name of its field."""
    return Message(message.text, {**message.values, "field": name})
