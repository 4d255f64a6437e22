"""What the body of a request may hold, in JSON or in a form, checked field by field.

Each of the names below is looked up in its module when somebody first asks for it. Most functions
show pages first, for which no citizen has to wait for pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suport.http.bodies.citizens import (
        ConfirmationBody,
        ConsentRequest,
        MessageBody,
        RatingBody,
    )
    from suport.http.bodies.reading import FIT_KEY, read, read_fields, sent_key
    from suport.http.bodies.remote_support import AnswerBody, ControlBody, EndBody, OfferBody

_MODULES = {
    **dict.fromkeys(
        ("ConfirmationBody", "ConsentRequest", "MessageBody", "RatingBody"), "citizens"
    ),
    **dict.fromkeys(("FIT_KEY", "read", "read_fields", "sent_key"), "reading"),
    **dict.fromkeys(("AnswerBody", "ControlBody", "EndBody", "OfferBody"), "remote_support"),
}

__all__ = [
    "FIT_KEY",
    "AnswerBody",
    "ConfirmationBody",
    "ConsentRequest",
    "ControlBody",
    "EndBody",
    "MessageBody",
    "OfferBody",
    "RatingBody",
    "read",
    "read_fields",
    "sent_key",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
