"""The entries of a history: made from what the register holds of each kind (`domain.history`)."""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from functools import reduce
from operator import or_
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import Field, create_model

from openapi.answers.parts import Answer, EntryId, Moment, NoticeIdentity, left_out
from suport.domain import consent
from suport.domain.attachment import FileId
from suport.domain.history import CONTENTS, Content, Kind, fact_name
from suport.views.citizen_view import _OF_A_LOOK, _SHOWN
from suport.views.export import LEFT_OUT
from suport.views.operator_view import _OF_A_CONSENT

type _Members = dict[str, Any]

_NUMBER: _Members = {
    "number": (
        Annotated[int, Field(ge=1)] | None,
        left_out(description="The number of `file`; null once that is gone."),
    )
}


def _members(content: type[Content], shown: Callable[[str], bool] = lambda _: True) -> _Members:
    """The facts of a kind of entry, each with its type, as pydantic wants them.

    A fact that is not known is left out. Only a comment of a rating is null instead.
    """
    hints = get_type_hints(content)
    members: _Members = {}
    for field in fields(content):
        name, hint = fact_name(field.name), hints[field.name]
        name = "mail" if field.name == "mail" else name
        if not shown(name):
            continue
        types = [_published(each) for each in get_args(hint) if each is not NoneType]
        can_be_absent = field.default is not MISSING
        kind: Any = reduce(or_, types) if types else _published(hint)
        if NoneType in get_args(hint) and not can_be_absent:
            kind |= None
        own = field.name if name == fact_name(field.name) or name == "mail" else name
        default = left_out(alias=name) if can_be_absent else Field(alias=name)
        members[own] = (kind, default)
    return members


def _published(hint: Any) -> Any:
    if hint is FileId:
        return EntryId
    return NoticeIdentity if hint is consent.NoticeIdentity else hint


def _entry(whose: str, kind: Kind, members: _Members) -> Any:
    content = CONTENTS[kind]
    first: _Members = {
        "entry": (EntryId, ...),
        "at": (Moment, ...),
        "kind": (Literal[kind.value], ...),
    }
    about = (content.__doc__ or "").partition("\n")[0]
    name = f"{whose}{content.__name__}"
    return create_model(name, __base__=Answer, __doc__=about, **first, **members)


def _one_of(entries: Iterable[Any]) -> Any:
    return Annotated[reduce(or_, entries), Field(discriminator="kind")]


def _citizens(kind: Kind) -> Any:
    names = _SHOWN[kind] + (_OF_A_LOOK if kind is Kind.ACTION else ())
    members = _members(CONTENTS[kind], names.__contains__)
    return _entry("Citizens", kind, members | (_NUMBER if kind is Kind.ACTION else {}))


def _copied(kind: Kind) -> Any:
    """An entry in the copy of everything: without the operators' names and other references."""
    members = _members(CONTENTS[kind], lambda name: name not in LEFT_OUT)
    return _entry("Copied", kind, members | (_NUMBER if "file" in members else {}))


def _operators(kind: Kind) -> Any:
    is_shown = _OF_A_CONSENT.__contains__ if kind is Kind.CONSENT else lambda _: True
    return _entry("Operators", kind, _members(CONTENTS[kind], is_shown))


MESSAGE = {
    "entry": "01M8A9GS32SWC3AYT3M5FPN97G",
    "at": "2026-11-23T22:45:21.218Z",
    "kind": "message",
    "by": "citizen",
    "body": "It is a card of Colonya.",
}
"""An example of an entry."""

CitizensEntry: Any = _one_of(map(_citizens, _SHOWN))
CopiedEntry: Any = _one_of(map(_copied, Kind))
OperatorsEntry: Any = _one_of(map(_operators, Kind))
