"""Files that citizens add to their incident: which the service takes, and who may open them when.

The browser sends a file straight to the store, with a form that takes only that one file. The
service checks what arrives before anybody may open it; `file_content` says what it is. The file's
name on the citizen's computer may say more than the citizen means to, and is not kept.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

FileId = NewType("FileId", str)

MOST_FILES = 5  # of one incident
MOST_ERASED = 20  # files that were erased again, after which none is taken
LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_FILE_STATED = 10_000_000  # bytes: "10 MB", whichever way a computer counts them
LARGEST_ARRIVAL = (
    100 * 1024 * 1024
)  # bytes: what the store lets in, so that our page says it is large


class MediaType(StrEnum):
    """The types of file that the service takes."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    HEIC = "image/heic"  # the photographs of iPhones
    TEXT = "text/plain"
    SIGNED_XML = "application/xml"  # XMLDSig, XAdES, Facturae: .xsig
    CMS = "application/pkcs7-mime"  # CAdES, PKCS #7: .csig, .p7s, .p7m


class State(StrEnum):
    """How far the service trusts a file."""

    QUARANTINED = "quarantined"  # until it has been scanned
    UNSCANNED = "unscanned"  # scanning is off
    CLEAN = "clean"
    INFECTED = "infected"  # and therefore erased
    UNSCANNABLE = "unscannable"  # encrypted, too deep, or the scanner failed
    REPLACED = "replaced"  # another file was put in its place; both were erased
    REMOVED = "removed"  # by the citizen, and therefore erased
    LOST = "lost"  # the audit did not find it in the store


class Refusal(StrEnum):
    """Why the service does not keep a file that arrived."""

    WRONG_TYPE = "wrong_type"  # nobody knows what it is
    OFFICE = "office"
    ARCHIVE = "archive"
    PICTURE = "picture"  # of another type than those that are taken
    WEB_PAGE = "web_page"
    PROGRAM = "program"
    RECORDING = "recording"  # sound or film
    PRIVATE_KEY = "private_key"
    EMPTY = "empty"  # or none was chosen
    TOO_LARGE = "too_large"
    WRONG_SIZE = "wrong_size"  # in entries from before the two reasons above
    TOO_MANY = "too_many"
    RESOLVED = "resolved"
    INFECTED = "infected"
    REPLACED = "replaced"
    REMOVED = "removed"  # it arrived again after the citizen had removed it
    LOST = "lost"  # it arrived again after the audit had missed it


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that the citizen has added to an incident; see `File`.

    It expires with its entry; `expires_at` is in epoch seconds.
    """

    type: str
    bytes: int
    version: str
    state: State
    added_at: datetime
    expires_at: int


@dataclass(frozen=True, slots=True)
class File:
    """A file in the store. `version` names its content: the store's ETag, without the quotes.

    recognised: what its content is, or why the service takes no such file.
    """

    id: FileId
    recognised: MediaType | Refusal
    size: int
    """in bytes"""
    version: str
    arrived_at: datetime
    """by the store's clock, in whole seconds"""


ERASED = frozenset({State.INFECTED, State.REPLACED, State.REMOVED, State.LOST})
"""The states of files that are no longer in the store."""


def may_be_opened(state: State) -> bool:
    """Whether the citizen, or an operator, may open a file in that state.

    The operator gets exactly the version that the register names: until the form that brought
    the file expires, somebody could still replace its content.
    """
    return state in {State.CLEAN, State.UNSCANNED}
