"""The register as citizens change it: messages, closing, rating, consents and files."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from suport.domain import attachment, consent
from suport.domain.attachment import File, FileId, Refusal, State
from suport.domain.consent import Action, Scope
from suport.domain.desk_rules import AlreadyResolved
from suport.domain.history import Entry, Kind
from suport.domain.incident import (
    Incident,
    Reason,
    Status,
    after_one_more_message,
    reason_after_reply,
)
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.register.items import remembered, request_digest, standing_consent
from suport.register.store import Draft, Store
from suport.texts.notice import Notice

_CLOCKS_DIFFER_BY = timedelta(minutes=5)  # the store's and ours, at the very most


class NotResolved(Exception):
    """The incident is rated although it is not resolved."""


class CitizensRegister(Store):
    """What citizens do with their incidents, and what becomes of the files they add."""

    def add_citizen_message(
        self, reference: Reference, body: str, now: datetime, key: str | None = None
    ) -> Entry:
        """Adds the citizen's message; where nobody would look at it, the incident is queued anew.

        The same text with the same key as one of the latest messages with a key adds nothing: the
        entry that stands is returned.

        Raises
        ------
        NoSuchIncident, ReopeningOver, TooManyMessages, Contended
        """
        digest = key and request_digest(key, body)
        standing: list[Entry | None] = []

        def add(current: Incident, draft: Draft) -> None:
            standing[:] = [self._keyed(reference, current.keyed_messages, digest, now)]
            if standing[0]:
                return
            draft.set(written_on=after_one_more_message(current.written_on, now))
            reason = reason_after_reply(current.status)
            if reason is Reason.REOPENED:
                draft.reopen()
            elif reason:
                draft.queue(reason)
            message = draft.add(Kind.MESSAGE, by="citizen", body=body)
            draft.citizen_writes(message)
            if digest:
                draft.set(keyed_messages=remembered(current.keyed_messages, digest, message))

        draft = self._change(reference, now, add)
        return standing[0] or draft.entries[-1]

    def resolve_by_citizen(self, reference: Reference, now: datetime) -> None:
        """Records that the citizen needs no more help; what was agreed to for it ends.

        Nothing is recorded where the incident is resolved already.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def resolve(current: Incident, draft: Draft) -> None:
            if current.status is not Status.RESOLVED:
                draft.resolve(by="citizen")

        self._change(reference, now, resolve)

    def reopen(self, reference: Reference, now: datetime) -> None:
        """Puts a resolved incident back into its team's queue, as its citizen asks.

        Nothing is recorded where the incident is not resolved. It counts as a message of the day.

        Raises
        ------
        NoSuchIncident, ReopeningOver, TooManyMessages, Contended
        """

        def reopen(current: Incident, draft: Draft) -> None:
            if current.status is Status.RESOLVED:
                draft.set(written_on=after_one_more_message(current.written_on, now))
                draft.citizen_writes(draft.reopen())

        self._change(reference, now, reopen)

    def rate(self, reference: Reference, score: int, comment: str | None, now: datetime) -> None:
        """Records how the citizen rates the help with a resolved incident, from 1 to 5.

        Nothing is recorded where the latest rating of this resolution says the same.

        Raises
        ------
        NoSuchIncident, NotResolved, Contended
        """
        content = {"score": score, "comment": comment}

        def rate(current: Incident, draft: Draft) -> None:
            if current.status is not Status.RESOLVED:
                raise NotResolved
            if current.rating != score or self._latest_rating(reference, now) != content:
                draft.add(Kind.RATING, **content)
                draft.set(rating=score, rated_at=now)

        self._change(reference, now, rate)

    def _latest_rating(self, reference: Reference, now: datetime) -> dict[str, Any] | None:
        ratings = (each for each in self.entries(reference, now) if each.kind is Kind.RATING)
        return next((rating.content for rating in ratings), None)

    def grant_consent(
        self, reference: Reference, scope: Scope, notice: Notice, now: datetime
    ) -> Entry:
        """Records that the citizen agrees, having read that notice; returns the consent's entry.

        Raises
        ------
        NoSuchIncident, AlreadyResolved, ControlNeedsView, Contended
        """
        standing: list[Entry] = []

        def grant(current: Incident, draft: Draft) -> None:
            if current.status is Status.RESOLVED:  # with which consents end
                raise AlreadyResolved
            standing_scopes = frozenset(Scope(each) for each in current.consents)
            if scope in standing_scopes:
                if current.consents[scope]["notice"] == notice.identity():
                    standing.append(standing_consent(current, scope))
                else:  # another text is agreed to: that is a consent of its own
                    standing_scopes -= {scope}
            for each in consent.changes(standing_scopes, scope, Action.GRANT):
                entry = draft.add(
                    Kind.CONSENT,
                    scope=each,
                    action=Action.GRANT,
                    notice=notice.identity(),
                    given_at=utc_text(now),
                )
                given = entry.content | {"record": entry.id, "expires_at": entry.expires_at}
                draft.set(consents=current.consents | {each: given})

        return (self._change(reference, now, grant).entries or standing)[-1]

    def withdraw_consent(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        """Records that the citizen takes a consent back; returns the withdrawal's entry.

        Raises
        ------
        NoSuchIncident, NothingToWithdraw, Contended
        """

        def withdraw(_: Incident, draft: Draft) -> None:
            draft.end_consent(scope)

        entries = self._change(reference, now, withdraw).entries
        return entries[-1] if entries else self._last_withdrawal(reference, scope, now)

    def add_file(
        self, reference: Reference, file: File, state: State, now: datetime
    ) -> Refusal | None:
        """Adds a file that arrived in the store, or records why it is refused.

        Whoever gets a refusal erases what arrived. To be told of a file again adds nothing. Where
        the incident waits for its citizen, it is queued again; one that was resolved while the file
        was on its way stays resolved.

        Raises
        ------
        NoSuchIncident, Contended
        """
        refused: list[Refusal | None] = []

        def add(current: Incident, draft: Draft) -> None:
            refused[:] = [attachment.refusal(file, current.files, current.resolved_at)]
            if refused[0]:
                self._refuse(current, draft, file, refused[0])
            elif file.id not in current.files:
                about = {
                    "type": file.media_type,
                    "bytes": file.size,
                    "version": file.version,
                    "state": state,
                }
                entry = draft.add(Kind.ATTACHMENT, file=file.id, **about)
                added = about | {"added_at": utc_text(now), "expires_at": entry.expires_at}
                draft.set(files=current.files | {file.id: added})
                draft.citizen_writes(entry)
                if current.status is Status.WAITING:
                    draft.queue(Reason.CITIZEN_REPLIED)

        self._change(reference, now, add)
        return refused[0]

    def refuse_file(self, reference: Reference, file: File, reason: Refusal, now: datetime) -> None:
        """Records that what arrived as this file is no file that is taken; once for each content.

        Raises
        ------
        NoSuchIncident, Contended
        """
        self._change(
            reference, now, lambda current, draft: self._refuse(current, draft, file, reason)
        )

    def _refuse(self, current: Incident, draft: Draft, file: File, reason: Refusal) -> None:
        known = current.files.get(file.id)
        refused = {"action": "file_refused", "file": file.id, "version": file.version}
        if known:
            if known["state"] in {State.INFECTED, State.REPLACED}:
                return
            replaced = known | {"state": State.REPLACED}  # in the store; both are erased
            draft.set(files=current.files | {file.id: replaced})
        elif any(
            refused.items() <= entry.content.items()
            for entry in takewhile(
                lambda entry: entry.recorded_at >= file.arrived_at - _CLOCKS_DIFFER_BY,
                self.entries(current.reference, draft.now),
            )
        ):
            return
        draft.add(Kind.ACTION, **refused, reason=reason, by="service")

    def record_scan(
        self, reference: Reference, file_id: FileId, version: str, state: State, now: datetime
    ) -> None:
        """Records what the scan of that content found; nothing where no such file was added.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def record(current: Incident, draft: Draft) -> None:
            file = current.files.get(file_id)
            if file is None or file["version"] != version:
                return
            found = attachment.after_scan(State(file["state"]), state)
            if found != file["state"]:
                draft.add(
                    Kind.ACTION, action="file_scanned", file=file_id, state=found, by="service"
                )
                draft.set(files=current.files | {file_id: file | {"state": found}})

        self._change(reference, now, record)
