"""What the pages and programs of a remote session are answered."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.answers.parts import Answer, Moment, Reference
from suport.domain.incident import Actor
from suport.domain.remote_session import Control, EndReason, State, Surface

type Sdp = Annotated[str, Field(description="A session description (RFC 8866).")]
type OfferNumber = Annotated[int, Field(ge=0, examples=[1])]


class Ended(Answer):
    """How the session ended."""

    by: Actor
    reason: EndReason


class SupportTool(Answer):
    """The external program by which operators control a citizen's computer."""

    name: Annotated[str, Field(examples=["Mostra"])]
    url: Annotated[str, Field(examples=["https://files.example.org/support-tool"])]


class IceServer(Answer):
    """The relay, as a browser takes it (`RTCIceServer`)."""

    urls: Annotated[list[str], Field(examples=[["turns:relay.example.org:443?transport=tcp"]])]
    username: Annotated[str, Field(examples=["1764194400:y5jv0p2b6bWn1lV0qfH5Gg"])]
    credential: Annotated[str, Field(examples=["m8Wm4Yb5xW2u9m3gq0c1l5Qy7nA="])]


class _Session(Answer):
    state: Annotated[State, Field(examples=["viewing"])]
    surface: Annotated[
        Surface | None,
        Field(description="What is shown: a tab (`browser`), a window or the whole screen."),
    ]
    offered: Annotated[
        OfferNumber, Field(description="The number of the latest offer; 0 before the first.")
    ]
    answered: Annotated[
        OfferNumber, Field(description="The number of the offer that was answered last.")
    ]
    control: Annotated[
        Control | None,
        Field(description="How far the citizen's request has got that the operator act."),
    ]
    until: Annotated[
        Moment | None, Field(description="When the session ends by itself; null until it begins.")
    ]
    ended: Annotated[Ended | None, Field(description="Null while the session is open.")]
    ice_transport_policy: Annotated[
        Literal["relay", "all"],
        Field(description="`all` on a developer's machine only.", examples=["relay"]),
    ]
    ice_servers: list[IceServer]


class CitizensRemoteSession(_Session):
    """The session as the page that shows the screen sees it."""

    wanted: Annotated[
        OfferNumber, Field(description="If higher than `offered`, the operator needs a new offer.")
    ]
    answer: Annotated[Sdp | None, Field(description="The answer to offer `n`.")]
    operator_here: Annotated[bool, Field(description="Whether the operator is watching.")]
    tool: Annotated[
        SupportTool | None, Field(description="Null where control cannot be asked for.")
    ]


class OperatorsRemoteSession(_Session):
    """The session as its operator sees it."""

    join_code: Annotated[
        str | None,
        Field(description="What the operator tells the citizen; null once it was used."),
    ]
    join_by: Annotated[Moment | None, Field(description="Until when the code admits the citizen.")]
    offer: Annotated[Sdp | None, Field(description="The latest offer, if it is after `have`.")]
    tool: Annotated[
        SupportTool | None, Field(description="Null until the operator has accepted control.")
    ]


class RemoteInvitation(OperatorsRemoteSession):
    """A new session, and the addresses of its two pages."""

    reference: Reference
    address: Annotated[
        str,
        Field(
            description="Where the citizen enters the code.",
            examples=["https://suport.example.org/ca/join"],
        ),
    ]
    watch: Annotated[
        str,
        Field(
            description="Where the operator sees the screen.",
            examples=["https://suport.example.org/desk/en/remote?reference=GQNC-YQBY-1H8C"],
        ),
    ]


class RemotePermissions(Answer):
    """What an external tool may let the operator do now: nothing on every doubt."""

    view: bool
    control: bool
    until: Annotated[
        Moment | None,
        Field(description="When to ask again at the latest; null where nothing is allowed."),
    ]
