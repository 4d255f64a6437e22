"""What becomes of the files that citizens add to their incident."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from suport.domain.attachment import (
    ERASED,
    LARGEST_FILE,
    MOST_ERASED,
    MOST_FILES,
    AddedFile,
    File,
    FileId,
    Refusal,
    State,
    may_be_opened,
)
from suport.domain.change import Change, Decision
from suport.domain.deadlines import SCANNED_WITHIN
from suport.domain.history import Action, Attachment, Done, Entry
from suport.domain.incident import Actor, Incident, Reason, Status

type History = Callable[[], Iterable[Entry]]

_CLOCKS_DIFFER_BY = timedelta(minutes=5)  # the store's and ours, at the very most


class NoSuchFile(LookupError):
    """The incident has no such file, or none that may be opened."""


def add(
    incident: Incident, now: datetime, file: File, state: State, history: History
) -> Decision[Refusal | None]:
    """Adds a file that arrived in the store, or records why it is refused; returns that reason.

    A file that the incident already has is not added again. An incident that waits for its citizen
    is queued again; one that was resolved while the file was on its way stays resolved.
    history: yields the incident's entries, the newest first, and is read only as far as needed.
    """
    if refused := refusal(file, incident.files, incident.resolved_at):
        return Decision(_refuse(incident, now, file, refused, history), refused)
    change = Change(incident, now)
    if file.id not in incident.files:
        arrived = Attachment(
            file=file.id, type=file.recognised, bytes=file.size, version=file.version, state=state
        )
        entry = change.add(arrived)
        added = AddedFile(
            type=file.recognised,
            bytes=file.size,
            version=file.version,
            state=state,
            added_at=now,
            expires_at=entry.expires_at,
        )
        change.set(files=incident.files | {file.id: added})
        change.citizen_writes(entry)
        if incident.status is Status.WAITING:
            change.queue(Reason.CITIZEN_REPLIED)
    return Decision(change, None)


def remove(incident: Incident, now: datetime, file_id: FileId) -> Decision[None]:
    """Removes a file because its citizen wants it gone, in any state of the incident.

    Nobody may open it from then on, and it takes no place. The entry about the removal has it
    erased from the store. A file that is erased already stays as it is.

    Raises
    ------
    NoSuchFile
    """
    known = _known(incident, file_id)
    change = Change(incident, now)
    if known.state not in ERASED:
        change.act(Done.FILE_REMOVED, Actor.CITIZEN, file=file_id)
        change.set(files=incident.files | {file_id: replace(known, state=State.REMOVED)})
    return Decision(change, None)


def openable(incident: Incident, file_id: FileId) -> AddedFile:
    """The file, if it may be opened now.

    Raises
    ------
    NoSuchFile
    """
    known = _known(incident, file_id)
    if not may_be_opened(known.state):
        raise NoSuchFile(file_id)
    return known


def record_scan(
    incident: Incident, now: datetime, file_id: FileId, version: str, state: State
) -> Decision[None]:
    """Records what the scan of that content found; nothing if the incident has no such file."""
    change = Change(incident, now)
    file = incident.files.get(file_id)
    if file is None or file.version != version:
        return Decision(change, None)
    found = after_scan(file.state, state)
    if found is not file.state:
        change.act(Done.FILE_SCANNED, Actor.SERVICE, file=file_id, state=found)
        change.set(files=incident.files | {file_id: replace(file, state=found)})
    return Decision(change, None)


def record_loss(incident: Incident, now: datetime, file_id: FileId, version: str) -> Decision[bool]:
    """Records that the store no longer has that content of a file; returns whether that was news.

    Nobody is offered it from then on. It was the citizen's, so the history says it.
    """
    change = Change(incident, now)
    known = incident.files.get(file_id)
    if known is None or known.state in ERASED or known.version != version:
        return Decision(change, answer=False)
    change.act(Done.FILE_LOST, Actor.SERVICE, file=file_id)
    change.set(files=incident.files | {file_id: replace(known, state=State.LOST)})
    return Decision(change, answer=True)


def give_up_scans(change: Change) -> int:
    """Marks the files whose scan is overdue as unscannable; returns how many there are."""
    files = dict(change.seen.files)
    overdue = overdue_scans(files, change.now)
    for file_id in overdue:
        change.act(Done.FILE_SCANNED, Actor.SERVICE, file=file_id, state=State.UNSCANNABLE)
        files[file_id] = replace(files[file_id], state=State.UNSCANNABLE)
    if overdue:
        change.set(files=files)
    return len(overdue)


def fate(incident: Incident, file_id: FileId, history: Iterable[Entry]) -> State | Refusal | None:
    """What became of a file that arrived; None if the incident knows nothing of it.

    history: the incident's entries, the newest first, read only as far as needed.
    """
    if known := incident.files.get(file_id):
        return known.state
    refusals = (
        entry.content.reason
        for entry in history
        if isinstance(entry.content, Action)
        and entry.content.done is Done.FILE_REFUSED
        and entry.content.file == file_id
    )
    reason = next(refusals, None)
    return reason if isinstance(reason, Refusal) else None


def places_left(states: Iterable[str]) -> int:
    """How many more files an incident takes that has files in these states.

    What was erased takes no place, but not without end.
    """
    erased = [state in ERASED for state in states]
    return MOST_FILES - erased.count(False) if erased.count(True) < MOST_ERASED else 0


def refusal(
    file: File, added: Mapping[FileId, AddedFile], resolved_at: datetime | None
) -> Refusal | None:
    """Why the incident, which has those files, does not take this one.

    What is wrong with the file itself comes first: it is wrong at any time. Then counts when it
    arrived: one that was on its way when the incident was resolved is taken. A file that the
    incident has already is no other one: to hear of it twice changes nothing.
    """
    if known := added.get(file.id):
        if known.state in ERASED:
            return Refusal(known.state)  # they are called alike
        return Refusal.REPLACED if known.version != file.version else None
    if wrong := misfit(file):
        return wrong
    if resolved_at and file.arrived_at > resolved_at:
        return Refusal.RESOLVED
    states = [each.state for each in added.values()]
    return None if places_left(states) > 0 else Refusal.TOO_MANY


def misfit(file: File) -> Refusal | None:
    """What is wrong with the file itself, if anything."""
    if file.size > LARGEST_FILE:
        return Refusal.TOO_LARGE
    return file.recognised if isinstance(file.recognised, Refusal) else None


def overdue_scans(files: Mapping[FileId, AddedFile], now: datetime) -> list[FileId]:
    """The files of which no scan has told anything in time."""
    return [
        file_id
        for file_id, file in files.items()
        if file.state is State.QUARANTINED and now >= file.added_at + SCANNED_WITHIN
    ]


def after_scan(known: State, found: State) -> State:
    """How a file stands after a scan; what was erased stays so."""
    return known if known in ERASED else found


def _refuse(
    incident: Incident, now: datetime, file: File, reason: Refusal, history: History
) -> Change:
    """Records that what arrived as this file is not taken, once for each content."""
    change = Change(incident, now)
    refused = Action(
        done=Done.FILE_REFUSED,
        by=Actor.SERVICE,
        file=file.id,
        version=file.version,
        reason=reason,
    )
    if known := incident.files.get(file.id):
        if known.state in ERASED:
            return change
        # the other content took its place in the store; both are erased
        change.set(files=incident.files | {file.id: replace(known, state=State.REPLACED)})
    elif _is_recorded(refused, file, history):
        return change
    change.add(refused)
    return change


def _known(incident: Incident, file_id: FileId) -> AddedFile:
    if file_id not in incident.files:
        raise NoSuchFile(file_id)
    return incident.files[file_id]


def _is_recorded(refusal: Action, file: File, history: History) -> bool:
    """Whether this content of the file was refused before, for whatever reason."""
    since = file.arrived_at - _CLOCKS_DIFFER_BY
    return any(
        isinstance(entry.content, Action)
        and replace(entry.content, reason=refusal.reason) == refusal
        for entry in takewhile(lambda entry: entry.recorded_at >= since, history())
    )
