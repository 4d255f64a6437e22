"""What becomes of the files that citizens add to their incident."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from suport.domain import attachment
from suport.domain.attachment import AddedFile, File, FileId, Refusal, State
from suport.domain.change import Change, Decision
from suport.domain.history import Action, Attachment, Done, Entry
from suport.domain.incident import Actor, Incident, Reason, Status

type History = Callable[[], Iterable[Entry]]

_CLOCKS_DIFFER_BY = timedelta(minutes=5)  # the store's and ours, at the very most
_ERASED = {State.INFECTED, State.REPLACED}


def add(
    incident: Incident, now: datetime, file: File, state: State, history: History
) -> Decision[Refusal | None]:
    """Adds a file that arrived in the store, or records why it is refused; returns that reason.

    A file that the incident already has is not added again. An incident that waits for its citizen
    is queued again; one that was resolved while the file was on its way stays resolved.
    history: yields the incident's entries, the newest first, and is read only as far as needed.
    """
    if refused := attachment.refusal(file, incident.files, incident.resolved_at):
        return Decision(refuse(incident, now, file, refused, history).change, refused)
    change = Change(incident, now)
    if file.id not in incident.files:
        arrived = Attachment(
            file=file.id, type=file.media_type, bytes=file.size, version=file.version, state=state
        )
        entry = change.add(arrived)
        added = AddedFile(
            type=file.media_type,
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


def refuse(
    incident: Incident, now: datetime, file: File, reason: Refusal, history: History
) -> Decision[None]:
    """Records that what arrived as this file is not taken, once for each content.

    history: see `add`.
    """
    change = Change(incident, now)
    refusal = Action(
        done=Done.FILE_REFUSED,
        by=Actor.SERVICE,
        file=file.id,
        version=file.version,
        reason=reason,
    )
    if known := incident.files.get(file.id):
        if known.state in _ERASED:
            return Decision(change, None)
        # the other content took its place in the store; both are erased
        change.set(files=incident.files | {file.id: replace(known, state=State.REPLACED)})
    elif _is_recorded(refusal, file, history):
        return Decision(change, None)
    change.add(refusal)
    return Decision(change, None)


def record_scan(
    incident: Incident, now: datetime, file_id: FileId, version: str, state: State
) -> Decision[None]:
    """Records what the scan of that content found; nothing if the incident has no such file."""
    change = Change(incident, now)
    file = incident.files.get(file_id)
    if file is None or file.version != version:
        return Decision(change, None)
    found = attachment.after_scan(file.state, state)
    if found is not file.state:
        change.act(Done.FILE_SCANNED, Actor.SERVICE, file=file_id, state=found)
        change.set(files=incident.files | {file_id: replace(file, state=found)})
    return Decision(change, None)


def give_up_scans(change: Change) -> int:
    """Marks the files whose scan is overdue as unscannable; returns how many there are."""
    files = dict(change.seen.files)
    overdue = attachment.overdue_scans(files, change.now)
    for file_id in overdue:
        change.act(Done.FILE_SCANNED, Actor.SERVICE, file=file_id, state=State.UNSCANNABLE)
        files[file_id] = replace(files[file_id], state=State.UNSCANNABLE)
    if overdue:
        change.set(files=files)
    return len(overdue)


def _is_recorded(refusal: Action, file: File, history: History) -> bool:
    """Whether this content of the file was refused before, for whatever reason."""
    since = file.arrived_at - _CLOCKS_DIFFER_BY
    return any(
        isinstance(entry.content, Action)
        and replace(entry.content, reason=refusal.reason) == refusal
        for entry in takewhile(lambda entry: entry.recorded_at >= since, history())
    )
