"""The files of an incident, as their citizen and its operators are shown them."""

from typing import Any

from suport.domain.attachment import FileId, MediaType, State
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text

_ENDINGS = {
    MediaType.PDF: "pdf",
    MediaType.PNG: "png",
    MediaType.JPEG: "jpg",
    MediaType.HEIC: "heic",
    MediaType.TEXT: "txt",
    MediaType.SIGNED_XML: "xsig",
    MediaType.CMS: "csig",  # AutoFirma's own ending
}


def file_views(incident: Incident) -> list[dict[str, Any]]:
    """The files that were added, the first one first, ready for JSON; without what was removed.

    `number` is what people call a file. It stays the same when another one is removed.
    """
    return [
        {
            "file": file_id,
            "number": number,
            "type": file.type,
            "bytes": file.bytes,
            "state": file.state,
            "added_at": utc_text(file.added_at),
        }
        for number, (file_id, file) in enumerate(incident.files.items(), start=1)
        if file.state is not State.REMOVED
    ]


def file_number(incident: Incident, file_id: FileId) -> int | None:
    """What people call this file, even after it was removed; None once its entry is gone."""
    known = list(incident.files)
    return known.index(file_id) + 1 if file_id in known else None


def file_name(incident: Incident, file_id: FileId) -> str:
    """The file's name on the computer of whoever saves it, with nothing in it that anybody typed.

    Its ending is that of what the file is, whatever it was called before.
    """
    number = file_number(incident, file_id)
    ending = _ENDINGS[MediaType(incident.files[file_id].type)]
    return f"{incident.reference}-{number}.{ending}"
