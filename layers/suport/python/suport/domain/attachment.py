"""Files that citizens add to their incident: which are taken, and when one may be opened.

A file goes from the browser straight to the store, by a form that only takes that one file. What
arrives is looked at before anybody may open it. Its name on the citizen's computer, which may say
more than they mean to, is kept nowhere.
"""

import codecs
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

FileId = NewType("FileId", str)

SMALLEST_FILE, LARGEST_FILE = 1, 10 * 1024 * 1024  # bytes
LARGEST_FILE_STATED = 10_000_000  # bytes: "10 MB", whichever way a computer counts them
FIRST_BYTES = 4096  # how much of a file tells whether it is what it says


class MediaType(StrEnum):
    """What kind of file it may be."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"


class State(StrEnum):
    """How far a file is trusted."""

    QUARANTINED = "quarantined"  # until it was scanned
    UNSCANNED = "unscanned"  # scanning is off
    CLEAN = "clean"
    INFECTED = "infected"  # and therefore erased
    UNSCANNABLE = "unscannable"  # encrypted, too deep, or the scanner failed
    REPLACED = "replaced"  # something else was put in its place, and erased with it


class Refusal(StrEnum):
    """Why a file that arrived is not kept."""

    WRONG_TYPE = "wrong_type"
    WRONG_SIZE = "wrong_size"
    TOO_MANY = "too_many"
    RESOLVED = "resolved"
    INFECTED = "infected"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that the citizen has added to an incident; see `File`.

    It expires as its entry does; `expires_at` is in epoch seconds.
    """

    type: str
    bytes: int
    version: str
    state: State
    added_at: datetime
    expires_at: int


@dataclass(frozen=True, slots=True)
class File:
    """A file as it lies in the store. `version` names its content: the store's ETag, unquoted."""

    id: FileId
    media_type: str
    size: int
    """in bytes"""
    version: str
    arrived_at: datetime
    """by the store's clock, in whole seconds"""


def may_be_opened(state: State) -> bool:
    """Whether an operator may open a file in that state.

    Whoever does so asks the store for the very version that the register names: until the form
    that brought it expires, another content could be put in its place.
    """
    return state in {State.CLEAN, State.UNSCANNED}


def fits(media_type: MediaType, first_bytes: bytes) -> bool:
    """Whether a file that begins so is of that type.

    `first_bytes` are the first `FIRST_BYTES` of it, or all of a shorter one.
    """
    if media_type is MediaType.TEXT:
        return not first_bytes.startswith(tuple(_SIGNATURES.values())) and _is_text(first_bytes)
    return first_bytes.startswith(_SIGNATURES[media_type])


def misfit(file: File, first_bytes: bytes) -> Refusal | None:
    """What is wrong with the file itself, if anything is."""
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
    """UTF-16 is known by its mark; in UTF-8 and 8-bit encodings no text has control characters."""
    if first_bytes.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()  # the last character may be cut
        try:
            return not _CONTROL.search(decoder.decode(first_bytes))
        except UnicodeDecodeError:
            return False
    return not _CONTROL.search(first_bytes.decode("latin-1"))
