"""What everybody is answered: the phone line, the notices, the procedures."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from openapi.answers.parts import Answer, NoticeIdentity
from suport.domain.language import Language
from suport.domain.phone_line import Origin

type Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class OpeningHours(Answer):
    """On which days the line answers from when to when, in local time."""

    days: Annotated[list[Weekday], Field(examples=[["monday", "tuesday"]])]
    opens: Annotated[str, Field(pattern="^[0-9]{2}:[0-9]{2}$", examples=["08:00"])]
    closes: Annotated[str, Field(pattern="^[0-9]{2}:[0-9]{2}$", examples=["20:00"])]


class PhoneLine(Answer):
    """What to dial, and whether the line answers at the moment asked about."""

    dial: Annotated[str, Field(examples=["971 22 57 91"])]
    international: Annotated[str, Field(examples=["+34971225791"])]
    from_: Annotated[Origin, Field(alias="from")]
    open: bool
    closes_at: Annotated[AwareDatetime | None, Field(description="When it closes, if it is open.")]
    opens_at: Annotated[
        AwareDatetime | None,
        Field(
            description="When it opens next, if it is closed.",
            examples=["2026-11-30T08:00:00+01:00"],
        ),
    ]
    timezone: Annotated[str, Field(examples=["Europe/Madrid"])]
    hours: list[OpeningHours]
    numbers: Annotated[
        dict[Origin, str],
        Field(
            examples=[
                {
                    "balearic-islands": "012",
                    "spain": "971 22 57 91",
                    "abroad": "00 34 971 22 57 91",
                }
            ]
        ),
    ]


class Notice(NoticeIdentity):
    """A notice; `sha256` is the hexadecimal digest of `text` in UTF-8."""

    text: Annotated[
        str,
        Field(
            description="Paragraphs with an empty line between them. One that begins with `## ` is "
            "a heading, lines that begin with `- ` are a list, `[text](target)` is a link.",
            examples=["Remote support\n\nAn operator may view your screen if you agree."],
        ),
    ]
    versions: Annotated[
        list[str], Field(description="Every version, the newest first.", examples=[["2026-11-23"]])
    ]


class PrivacyContacts(Answer):
    """Whom to contact today about personal data. It changes without the notice."""

    data_protection_officer: Annotated[
        str,
        Field(
            description="A mail address, or the address of a page.",
            examples=["dpd@suport.example.org"],
        ),
    ]
    rights_procedure: Annotated[
        str,
        Field(
            description="The procedure by which rights are exercised.",
            examples=["https://suport.example.org/rights"],
        ),
    ]
    competence_decree: Annotated[
        str | None,
        Field(
            description="The title of the decree that gives the controller its task.",
            examples=[None],
        ),
    ]


class PrivacyNotice(Notice):
    """The notice on personal data, with whom to contact about them."""

    contacts: PrivacyContacts


class ProcedureNamed(Answer):
    """A procedure; `language` is that of its name."""

    code: Annotated[str, Field(examples=["2914863"])]
    name: Annotated[str, Field(examples=["Model 620: used vehicles"])]
    language: Language


class Procedures(Answer):
    """The first procedures that have the words, and how many have; a similar word will do."""

    procedures: list[ProcedureNamed]
    found: Annotated[int, Field(ge=0, examples=[1])]
    partly: Annotated[
        bool,
        Field(
            description="Whether no procedure has all of the words, and these have some of them."
        ),
    ]
