"""Files that citizens add to their incident: which the service takes, and who may open them when.

The browser sends a file straight to the store, with a form that takes only that one file. The
service checks what arrives before anybody may open it. The file's name on the citizen's computer
may say more than the citizen means to, and is not kept.
"""

import codecs
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

FileId = NewType("FileId", str)

MOST_FILES = 5  # of one incident
MOST_ERASED = 20  # files that were erased again, after which none is taken
SMALLEST_FILE, LARGEST_FILE = 1, 10 * 1024 * 1024  # bytes
LARGEST_FILE_STATED = 10_000_000  # bytes: "10 MB", whichever way a computer counts them
FIRST_BYTES = 4096  # of a file: enough to see whether it is of the type that it claims


class MediaType(StrEnum):
    """The types of file that the service takes."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"


class State(StrEnum):
    """How far the service trusts a file."""

    QUARANTINED = "quarantined"  # until it has been scanned
    UNSCANNED = "unscanned"  # scanning is off
    CLEAN = "clean"
    INFECTED = "infected"  # and therefore erased
    UNSCANNABLE = "unscannable"  # encrypted, too deep, or the scanner failed
    REPLACED = "replaced"  # another file was put in its place; both were erased


class Refusal(StrEnum):
    """Why the service does not keep a file that arrived."""

    WRONG_TYPE = "wrong_type"
    WRONG_SIZE = "wrong_size"
    TOO_MANY = "too_many"
    RESOLVED = "resolved"
    INFECTED = "infected"
    REPLACED = "replaced"


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
    """A file in the store. `version` names its content: the store's ETag, without the quotes."""

    id: FileId
    media_type: str
    size: int
    """in bytes"""
    version: str
    arrived_at: datetime
    """by the store's clock, in whole seconds"""


def may_be_opened(state: State) -> bool:
    """Whether an operator may open a file in that state.

    The operator gets exactly the version that the register names: until the form that brought
    the file expires, somebody could still replace its content.
    """
    return state in {State.CLEAN, State.UNSCANNED}


def fits(media_type: MediaType, first_bytes: bytes) -> bool:
    """Whether a file that begins with these bytes is of that type.

    `first_bytes` are the first `FIRST_BYTES` of the file, or all of a shorter one.
    """
    if media_type is MediaType.TEXT:
        return not first_bytes.startswith(tuple(_SIGNATURES.values())) and _is_text(first_bytes)
    return first_bytes.startswith(_SIGNATURES[media_type])


def misfit(file: File, first_bytes: bytes) -> Refusal | None:
    """What is wrong with the file itself, if anything."""
    if file.media_type not in MediaType or not fits(MediaType(file.media_type), first_bytes):
        return Refusal.WRONG_TYPE
    if not SMALLEST_FILE <= file.size <= LARGEST_FILE:
        return Refusal.WRONG_SIZE
    return None


_SIGNATURES = {
    MediaType.PDF: b"%PDF-",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
    MediaType.JPEG: b"\xff\xd8\xff",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # all but tab, line ends and form feed


def _is_text(first_bytes: bytes) -> bool:
    """UTF-16 begins with its mark; text in UTF-8 or an 8-bit encoding has no control characters."""
    if first_bytes.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()  # the last character may be cut
        try:
            return not _CONTROL.search(decoder.decode(first_bytes))
        except UnicodeDecodeError:
            return False
    return not _CONTROL.search(first_bytes.decode("latin-1"))
