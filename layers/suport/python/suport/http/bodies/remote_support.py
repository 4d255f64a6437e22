"""What the pages of a remote session send."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from suport.domain.consent import ConsentAction
from suport.domain.remote_session import Surface
from suport.domain.session_description import LONGEST
from suport.http.bodies.parts import DIGITS, LINE, Length, Part, SpokenPart

_STRANGE = re.compile(r"[^ -~\r\n]")


def _of_browser(value: str) -> str:
    """The value unchanged.

    Refuses characters that no browser writes, which some parsers take for a line break.
    """
    if _STRANGE.search(value):
        raise PydanticCustomError("control_character", "control character")
    return value


Sdp = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=LONGEST),
    AfterValidator(_of_browser),
]
"""A session description, whose lines all end with a line break."""
_MOST_OFFERS = 1_000_000

Number = Annotated[int, DIGITS, Field(ge=1, le=_MOST_OFFERS)]
"""The number of an offer."""

NoticeHash = Annotated[str, LINE, Length(64)]
"""The SHA-256 of the notice that was shown."""


class OfferBody(SpokenPart):
    """What the citizen's page offers to send, and on which notice the citizen agreed to it."""

    n: Number
    replaces: Annotated[int, Field(ge=0, le=_MOST_OFFERS)] = 0
    sdp: Sdp
    notice_sha256: NoticeHash
    surface: Surface | None = None


class AnswerBody(Part):
    """How the operator's page answers that offer."""

    n: Number
    sdp: Sdp


class ControlBody(SpokenPart):
    """That the citizen asks for control, on which notice, or takes that back."""

    action: ConsentAction
    notice_sha256: NoticeHash | None = None

    @model_validator(mode="after")
    def _granted_on_a_notice(self) -> "ControlBody":
        if self.action is ConsentAction.GRANT and self.notice_sha256 is None:
            raise PydanticCustomError("no_notice", "no notice")
        return self


class EndBody(Part):
    """That the citizen ends the session, or that the page that made this offer is being left."""

    left: Annotated[int, Field(ge=0, le=_MOST_OFFERS)] | None = None
