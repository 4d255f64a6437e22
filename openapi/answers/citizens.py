"""What citizens are answered about their incident."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.answers.history import MESSAGE, CitizensEntry, CopiedEntry
from openapi.answers.parts import (
    Answer,
    ContactShown,
    ContextShown,
    Copies,
    Day,
    EntryId,
    ErrorShown,
    File,
    Kept,
    Links,
    Moment,
    NamedFile,
    NoticeIdentity,
    ProcedureShown,
    Reference,
    left_out,
)
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.contact_acts import Correction
from suport.domain.incident import Actor, Channel, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind


class Receipt(Answer):
    """What the citizen keeps of a new incident: the reference and the code open it."""

    reference: Reference
    access_code: Annotated[
        str,
        Field(
            description="Secret. It is shown here and on the page after sending, nowhere else.",
            examples=["81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"],
        ),
    ]
    category: Category
    status: Literal[Status.RECEIVED]
    submitted_at: Moment
    expires_on: Day
    links: Links


class IncidentLinks(Links):
    """The same, and the next part of the history if there is one."""

    self: Annotated[str, Field(examples=["GQNC-YQBY-1H8C"])]
    messages: Annotated[str, Field(examples=["GQNC-YQBY-1H8C/messages"])]
    consents: Annotated[str, Field(examples=["GQNC-YQBY-1H8C/consents"])]
    page: Annotated[str, Field(examples=["../../en/track"])]
    earlier: str = left_out()


class _Seen(Answer):
    reference: Reference
    category: Category
    status: Status
    language: Language
    submitted_at: Moment
    expires_on: Annotated[Day, Field(description="The last day on which it is kept.")]
    description: Annotated[
        str | None,
        Field(
            description="Null once six months have passed since it was written.",
            examples=["The card was charged, but the page shows an error."],
        ),
    ]
    error: ErrorShown | None
    procedure: ProcedureShown | None
    contact: ContactShown
    privacy_notice: Annotated[
        str | None, Field(description="The version that was shown.", examples=["2026-11-26"])
    ]
    context: ContextShown | None
    topic: Topic | None
    closes_at: Annotated[
        Moment | None, Field(description="When a waiting incident is closed for silence.")
    ]
    answer_by: Annotated[
        Day | None, Field(description="The last day for the answer, if it has a topic.")
    ]
    resolved_at: Moment | None
    resolved_by: Actor | None
    reopenable_until: Moment | None
    rating: Annotated[int | None, Field(ge=1, le=5)]


class CitizensIncident(_Seen):
    """An incident as its citizen sees it, with a part of its history, the newest entry first."""

    files: list[File]
    consents: list[Scope]
    history: Annotated[list[CitizensEntry], Field(examples=[[MESSAGE]])]
    earlier: Annotated[
        EntryId | None, Field(description="What `before` has to name for the part before.")
    ]
    links: IncidentLinks


class AddressChange(Answer):
    """Another email address that waits for its confirmation; null to have none."""

    email: Annotated[str | None, Field(examples=["a…@example.org"])]
    confirm_by: Moment


class CopiedIncident(_Seen):
    """All that the register holds of an incident, but for the names of operators."""

    files: list[NamedFile]
    consents: list[Scope]
    history: Annotated[list[CopiedEntry], Field(examples=[[MESSAGE]])]
    earlier: EntryId | None
    origin: Channel
    former_teams: list[Category]
    mail_trouble: MailTrouble | None
    mails_to_be_sent: list[MailKind]
    address_change: AddressChange | None
    erasure_to_be_confirmed_by: Moment | None


class ConsentEvent(Answer):
    """When a consent was given or ended."""

    time: Moment
    type: Literal["explicit", "implicit"]
    state: Literal["given", "withdrawn"]
    validity: Annotated[str, Field(examples=["Until you withdraw it or the incident ends"])]


class ConsentReceipt(Answer):
    """The citizen's proof of a consent: a record as ISO/IEC TS 27560 has it."""

    schema_version: Literal["ISO/IEC TS 27560:2023"]
    record_id: EntryId
    pii_principal_id: Reference
    notice: NoticeIdentity
    purpose: str
    lawful_basis: str
    controller: str
    data_categories: list[str]
    scope: Scope
    withdrawal_method: str
    kept_until: Day
    events: list[ConsentEvent]


class Copy(Answer):
    """The copy of everything for the citizen (GDPR art. 15), or a part of a long history."""

    schema_: Annotated[Literal["suport.export/1"], Field(alias="schema")]
    controller: str
    incident: CopiedIncident
    consents: list[ConsentReceipt]
    before: EntryId | None
    exported_at: Moment


class CorrectedContact(Answer):
    """The contact data after a correction, masked, because a code can be found."""

    reference: Reference
    contact: ContactShown
    correction: Correction


class Confirmation(Answer):
    """Where the code went that confirms the erasure, and until when it does."""

    sent_to: Annotated[str, Field(examples=["a…@example.org"])]
    until: Moment


class ErasureAsked(Answer):
    """What would be kept, and how the citizen confirms the erasure."""

    reference: Reference
    kept: list[Kept]
    copies: Copies
    confirmation: Confirmation


class ErasureDone(Answer):
    """That the incident is erased, and what is kept."""

    reference: Reference
    erased_at: Moment
    kept: list[Kept]
    copies: Copies
