"""What the answers have in common: references, moments, files, links."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from suport.domain.attachment import MediaType, State
from suport.domain.consent import ConsentAction, Scope
from suport.domain.incident import Charged
from suport.domain.language import Language

_LETTERS = "[0-9A-HJKMNP-TV-Z]"

type Reference = Annotated[
    str,
    Field(pattern=f"^{_LETTERS}{{4}}(-{_LETTERS}{{4}}){{2}}$", examples=["GQNC-YQBY-1H8C"]),
]
type EntryId = Annotated[
    str, Field(pattern=f"^{_LETTERS}{{26}}$", examples=["01M8A9GS32SWC3AYT3M5FPN97G"])
]
type Moment = Annotated[AwareDatetime, Field(examples=["2026-11-23T20:23:25.860Z"])]
type Day = Annotated[date, Field(examples=["2027-05-23"])]
type Month = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}$", examples=["2026-11"])]
type Sha256 = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{64}$",
        examples=["5faa1aa36d62edad3be2f31014af6dd50f37791a83fd9cdca784f6972400dc22"],
    ),
]
type Operator = Annotated[
    str, Field(description="The name of the operator's session.", examples=["marta"])
]


def left_out(**more: Any) -> Any:
    """A member that is left out where there is nothing to say; it is never null."""
    return Field(default=None, **more)


class Answer(BaseModel):
    """A JSON object with exactly these members."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(Answer):
    """A field to correct."""

    field: Annotated[
        str,
        Field(
            description="Its path in the body, such as `contact.email`; `body` for the body as a "
            "whole; or the name of a parameter or a header.",
            examples=["contact.email"],
        ),
    ]
    message: Annotated[
        str,
        Field(
            description="What to correct, in the reader's language.",
            examples=["Give an email address or a phone number."],
        ),
    ]


class NoticeIdentity(Answer):
    """Proves which notice somebody was shown, without its text."""

    version: Annotated[str, Field(examples=["2026-11-23"])]
    language: Language
    sha256: Sha256


class Links(Answer):
    """Addresses relative to the one that the request went to."""

    self: Annotated[str, Field(examples=["incidents/GQNC-YQBY-1H8C"])]
    messages: Annotated[str, Field(examples=["incidents/GQNC-YQBY-1H8C/messages"])]
    consents: Annotated[str, Field(examples=["incidents/GQNC-YQBY-1H8C/consents"])]
    page: Annotated[str, Field(description="The page for a browser.", examples=["../en/track"])]


class ErrorShown(Answer):
    """The error that the citizen saw."""

    code: str = left_out(examples=["190"])
    message: str = left_out()


class ProcedureShown(Answer):
    """The procedure in which the citizen got stuck."""

    code: str = left_out()
    name: str = left_out()


class ContextShown(Answer):
    """Where and with what the citizen got stuck."""

    step: str = left_out()
    browser: str = left_out(examples=["Firefox 145, Windows"])
    charged: Charged = left_out()


class ContactShown(Answer):
    """How the citizen is reached; masked for all but the operator who has claimed the incident."""

    name: str = left_out(examples=["A…"])
    email: str = left_out(examples=["a…@example.org"])
    phone: str = left_out(description="As the citizen wrote it.")
    dial: str = left_out(description="What to dial: E.164, with an extension as in RFC 3966.")
    nif: str = left_out()
    availability: str = left_out()


class File(Answer):
    """A file that the citizen added. One that they removed is no longer listed."""

    file: EntryId
    number: Annotated[int, Field(description="What people call it.", ge=1)]
    type: MediaType
    bytes: Annotated[int, Field(ge=0, examples=[48213])]
    state: Annotated[State, Field(examples=["clean"])]
    added_at: Moment


class NamedFile(File):
    """The same with the name under which it is saved."""

    name: Annotated[str, Field(examples=["GQNC-YQBY-1H8C-1.pdf"])]


class Kept(Answer):
    """The proof of a consent, which an erasure leaves."""

    what: Literal["consent"]
    scope: Scope
    action: ConsentAction
    recorded_at: Moment
    until: Day


class Copies(Answer):
    """The register's recovery copies, which still hold what was erased."""

    gone_within_days: Annotated[int, Field(examples=[7])]


class Recorded(Answer):
    """The entry that was recorded."""

    entry: EntryId
    recorded_at: Moment
