"""What every refusal answers (RFC 9457)."""

from typing import Annotated

from pydantic import Field

from openapi.answers.history import OperatorsEntry
from openapi.answers.parts import (
    Answer,
    FieldProblem,
    Moment,
    NoticeIdentity,
    Operator,
    Reference,
    left_out,
)
from suport.domain.category import Category
from suport.domain.incident import Actor


class Problem(Answer):
    """What is wrong, for a program (`type`) and in the reader's language (`title`, `detail`).

    Nothing was recorded unless `detail` says that it may have been. Types may be added.
    """

    type: Annotated[
        str,
        Field(
            pattern="^urn:suport:problem:[a-z-]+$",
            description="Programs go by this. The description of each answer lists those that the "
            "operation gives.",
            examples=["urn:suport:problem:invalid"],
        ),
    ]
    title: str
    status: Annotated[
        int, Field(ge=200, le=599, description="The status of the answer, once more.")
    ] = left_out()
    detail: str
    errors: list[FieldProblem]
    claimed_by: Operator = left_out(description="With `claimed-by-another`: who has the incident.")
    reference: Reference = left_out(
        description="With `key-reused`, to operators: the incident that the key belongs to. With "
        "`erased`: the incident."
    )
    erased_at: Moment = left_out(description="With `erased`: when.")
    by: Actor = left_out(description="With `erased`, to data protection: who did it.")
    operator: Operator = left_out(description="Likewise, if it was an operator.")
    team: Category = left_out(description="Likewise.")
    etag: str = left_out(description="With `changed-meanwhile`: the new tag, without quotes.")
    written: list[OperatorsEntry] = left_out(
        description="With `changed-meanwhile`: what the citizen wrote since, the oldest first."
    )
    current_notice: NoticeIdentity = left_out(
        description="With `invalid`, of a consent to another text: the notice of today."
    )
