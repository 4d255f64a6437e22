"""What an operation is: who may ask for it, what is sent, and what every answer holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from suport.http.bodies.parts import Part
from suport.http.request import JSON, MERGE_PATCH


class Caller(StrEnum):
    """Who may ask for an operation: the tag, and by which security scheme they prove it."""

    EVERYBODY = "everybody"
    CITIZEN = "citizen"
    REMOTE = "remote session"
    OPERATOR = "operator"
    DATA_PROTECTION = "data protection"
    COMANDA = "comanda"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent: JSON of a model, or a form with the fields of a schema.

    example: is sent by a test, and accepted.
    """

    model: type[Part] | Mapping[str, Any]
    example: Mapping[str, Any]
    media_types: tuple[str, ...] = (JSON,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """An answer to a request that was fulfilled.

    model: of `answers`, or a schema; None for no content. headers: names of those in
    `headers.HEADERS`. components: the names there of those that have another one, by header.

    example: members that differ from the examples of the model.
    """

    model: Any
    means: str
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[str, ...] = ()
    components: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address.

    parameters: names of those in `parameters.PARAMETERS`, besides those in the address. problems:
    names of the types that it gives, besides those that any operation of its caller gives.
    """

    id: str
    method: str
    path: str
    caller: Caller
    summary: str
    description: str = ""
    parameters: tuple[str, ...] = ()
    body: Body | None = None
    successes: tuple[Success, ...]
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The method and the address, as functions name their routes."""
        return self.method, self.path

    @property
    def all_problems(self) -> tuple[str, ...]:
        """The names of all types of problem that it gives."""
        of_the_body = _OF_A_BODY if self.body else ()
        return (*_OF_ANY, *_OF_CALLER[self.caller], *of_the_body, *self.problems)


PATCH_TYPES = (JSON, MERGE_PATCH)

_OF_ANY = ("refused", "too-many-requests", "unavailable")
_OF_CALLER: Mapping[Caller, tuple[str, ...]] = {
    Caller.EVERYBODY: (),
    Caller.CITIZEN: ("unauthorized", "not-found"),
    Caller.REMOTE: ("forged", "no-such-session"),
    Caller.OPERATOR: ("no-team", "not-served"),
    Caller.DATA_PROTECTION: ("not-data-protection", "not-served"),
    Caller.COMANDA: ("unauthorized",),
}
_OF_A_BODY = ("unreadable", "unsupported-media-type", "too-large", "invalid")
