"""What went wrong with a request: RFC 9457 problem details in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from suport.domain.language import Language
from suport.texts.field_names import as_name, name_of, with_name
from suport.texts.message import Message

IDEMPOTENCY_KEY = "Idempotency-Key"
"""The header of a submission or a message that makes a retry safe."""


class ProblemName(StrEnum):
    """Every problem, by the end of its type. Programs may rely on it: `urn:suport:problem:…`."""

    INVALID = "invalid"
    UNREADABLE = "unreadable"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    TOO_LARGE = "too-large"
    KEY_REUSED = "key-reused"
    UNAUTHORIZED = "unauthorized"
    UNAVAILABLE = "unavailable"
    PAGE_EXPIRED = "page-expired"
    FORGED = "forged"
    SESSION_OVER = "session-over"
    OTHER_INCIDENT = "other-incident"
    SENT_ALREADY = "sent-already"
    NO_SUCH_PAGE = "no-such-page"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_FOUND = "not-found"
    REOPENING_OVER = "reopening-over"
    TOO_MANY_MESSAGES = "too-many-messages"
    NOT_RESOLVED = "not-resolved"
    CONTROL_NEEDS_VIEW = "control-needs-view"
    NOTHING_TO_WITHDRAW = "nothing-to-withdraw"
    ALREADY_RESOLVED = "already-resolved"
    NO_TEAM = "no-team"
    OTHER_TEAM = "other-team"
    NOT_DATA_PROTECTION = "not-data-protection"
    CLAIMED_BY_ANOTHER = "claimed-by-another"
    NOT_CLAIMED = "not-claimed"
    WAITS_FOR_CITIZEN = "waits-for-citizen"
    ANSWERED_TOGETHER = "answered-together"
    CHANGED_MEANWHILE = "changed-meanwhile"
    NOT_ALL_REASSIGNED = "not-all-reassigned"
    NO_SUCH_FILE = "no-such-file"
    NO_SUCH_PROOF = "no-such-proof"
    COOKIE_REFUSED = "cookie-refused"
    NOWHERE_TO_SEND = "nowhere-to-send"
    NOTHING_TO_CONFIRM = "nothing-to-confirm"
    WRONG_CONFIRMATION = "wrong-confirmation"
    NO_FIGURES = "no-figures"
    COMPLAINT_IN_PROGRESS = "complaint-in-progress"
    NOWHERE_TO_CONFIRM = "nowhere-to-confirm"
    ERASED = "erased"
    ERASURE_NOT_ASKED = "erasure-not-asked"
    NO_SUCH_SESSION = "no-such-session"
    NOT_NOW = "not-now"
    NO_RELAY = "no-relay"
    TOO_MANY_SESSIONS = "too-many-sessions"
    NO_SUPPORT_TOOL = "no-support-tool"
    NO_RECEIPT = "no-receipt"
    SIGN_IN_OVER = "sign-in-over"
    SIGN_IN_REFUSED = "sign-in-refused"


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field to correct; `field` is its path in the JSON body, such as `contact.email`.

    A message that leaves a place for the field's name gets it here.
    """

    field: str
    message: Message

    def __post_init__(self) -> None:
        if "{field}" in self.message.text and "field" not in self.message.values:
            object.__setattr__(self, "message", with_name(name_of(self.field), self.message))


class Problem(Exception):
    """A request that cannot be fulfilled, and the answer to it.

    `members` are extension members of the problem details.
    """

    def __init__(
        self,
        status: HTTPStatus,
        name: ProblemName,
        title: Message,
        detail: Message,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.members = members or {}

    def in_words_of(self, labels: Mapping[str, Message]) -> "Problem":
        """The same problem for a page that asks for its fields with these labels, by field."""
        errors = [
            FieldError(error.field, with_name(as_name(labels[error.field]), error.message))
            if error.field in labels and "{field}" in error.message.text
            else error
            for error in self.errors
        ]
        return type(self)(
            *(self.status, self.name, self.title, self.detail),
            errors=errors,
            headers=self.headers,
            members=self.members,
        )

    @property
    def by_field(self) -> dict[str, Message]:
        """What is wrong, by the name of the field."""
        return {error.field: error.message for error in self.errors}

    def body(self, language: Language) -> dict[str, Any]:
        """The members of the problem details object in that language."""
        return {
            "type": f"urn:suport:problem:{self.name}",
            "title": self.title.in_(language),
            "status": int(self.status),
            "detail": self.detail.in_(language),
            "errors": [
                {"field": error.field, "message": error.message.in_(language)}
                for error in self.errors
            ],
            **self.members,
        }


type Refusals = Mapping[type[Exception], Callable[[Any], Problem]]
"""The problem that answers each exception of the domain and of the register."""
