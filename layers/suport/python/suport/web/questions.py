"""What the forms ask about each kind of problem, and what becomes of answers to others.

A citizen who changes the kind loses nothing: answers that the new kind does not ask for travel
along unseen, and come back with their kind. Where the form is about to be sent, their names begin
with `KEPT`, and the service does not record them.
"""

from collections.abc import Mapping

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.texts.field_names import FIELD_NAMES
from suport.texts.message import N_, Message

type Kind = Category | Topic
"""What a citizen may report: a problem of some category, or another matter."""

KEPT = "kept."
CHOICE = "procedure.choice"
"""The code of the procedure that the citizen chose among those that a search found."""

SECOND_PROBLEM = "second"
"""The step of the button that sends a text once more: it is about a second problem."""

_CONTACT = ("contact.email", "contact.phone", "contact.name", "contact.nif", "contact.availability")
_ERROR = ("error.code", "error.message")
_WHERE = ("procedure.name", "procedure.code", "context.step", "context.browser")

ASKED: Mapping[Kind, tuple[str, ...]] = {
    Category.FUNCTIONAL: (*_WHERE, "description", *_ERROR, *_CONTACT),
    Category.PAYMENT: ("description", *_ERROR, "context.charged", *_WHERE, *_CONTACT),
    Category.SIGNATURE: ("description", *_ERROR, *_WHERE, *_CONTACT),
    Topic.ACCESSIBILITY: ("context.step", "description", *_CONTACT),
    Topic.OTHER: ("description", *_CONTACT),
}
"""The names of the fields for each kind, in the order in which they are asked."""

ALL = ASKED[Category.PAYMENT]
"""Every question."""

KIND_ASKED: Mapping[str, Message] = dict.fromkeys(
    ("category", "topic"), N_("What kind of problem is it?")
)
"""The question what an incident is about, by either of its fields."""

LABELS: Mapping[str, Message] = {
    **{name: FIELD_NAMES[name] for name in ALL},
    **KIND_ASKED,
    "description": N_("What happened?"),
    "context.charged": N_("Was the money taken?"),
}
ERROR_SEEN = N_("Code or text of the error")
"""What the pages of help ask for."""

RATING: Mapping[str, Message] = {
    "score": N_("How good was the support you got?"),
    "comment": N_("What was good, and what could be better?"),
}
"""The questions about the support, by the name of the field."""

_LABELS_OF: Mapping[Kind, Mapping[str, Message]] = {
    Topic.ACCESSIBILITY: {
        "description": N_("What can you not use or read?"),
        "context.step": N_("Where is the problem?"),
    },
    Topic.OTHER: {"description": N_("What is it about?")},
}


def labels_of(kind: Kind | None) -> Mapping[str, Message]:
    """What the questions of that kind are called, by the name of the field."""
    return {**LABELS, **_LABELS_OF.get(kind, {})} if kind else LABELS


def kind_of(fields: Mapping[str, str]) -> Kind | None:
    """The kind that the form is about, if it is known. A topic comes before a category."""
    topic, category = fields.get("topic", ""), fields.get("category", "")
    if topic in Topic:
        return Topic(topic)
    return Category(category) if category in Category else None


def settled(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields as the JSON API names them, although the form asks in its own way.

    Its choice of a kind also offers the topics, and a search offers procedures by their codes.
    Without any field of the contact data, that of the e-mail address is there, and blank: it is
    where the form says that they are missing.
    """
    named = dict(fields)
    if not any(name.startswith("contact") for name in named):
        named["contact.email"] = ""
    if named.get("category", "") in Topic:
        named["topic"] = named.pop("category")
    if chosen := named.pop(CHOICE, ""):
        named["procedure.code"] = chosen
        named.pop("procedure.name", None)
    return named


def restored(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with those that were kept, each under its own name, unless that is taken."""
    plain = {name: value for name, value in fields.items() if not name.startswith(KEPT)}
    for name, value in fields.items():
        own = name.removeprefix(KEPT)
        if own != name and own in ALL and not plain.get(own):
            plain[own] = value
    return settled(plain)


def without_kept(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that are to be recorded."""
    return settled({name: each for name, each in fields.items() if not name.startswith(KEPT)})


def asked_in(kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields without the answers to questions that the kind does not ask."""
    unasked = set(ALL) - set(ASKED[kind])
    return {name: each for name, each in fields.items() if name not in unasked}
