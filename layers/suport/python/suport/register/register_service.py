"""The register as the service itself keeps it: queueing, waking what is overdue, figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from suport.domain import attachment, desk_rules, follow_up, owed_mail
from suport.domain.attachment import State
from suport.domain.desk_rules import Wake
from suport.domain.incident import Category, Incident, Reason, Status
from suport.domain.legal_time import utc_text
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.register.items import SHARDS, Item, entry_id, epoch, figures_month
from suport.register.store import Draft, Store

if TYPE_CHECKING:
    from suport.domain.figures import Figures


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is not resolved, as the index of the open ones has it.

    `changed_at`, `last_written` and `unread` are those of `Incident`; `ending` says that it is near
    its end, `expires_at` in epoch seconds.
    """

    reference: Reference
    status: Status
    recorded_at: datetime
    due_at: datetime
    claimed_by: str | None
    changed_at: datetime
    last_written: dict[str, str]
    unread: int
    expires_at: int
    ending: bool


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """What was done for one incident that the service had to look at again: how many of each."""

    mails_requested: int = 0
    mails_set_aside: int = 0
    files_not_scanned: int = 0
    ending: int = 0
    first_words_erased: int = 0


class ServiceRegister(Store):
    """What the service does without anybody asking, and what it tells of all incidents."""

    def mark_queued(self, routed: Incident, now: datetime) -> None:
        """Records that the incident, as routed, was put into its team's queue.

        Nothing is recorded where it has been marked or claimed already, or has meanwhile to be
        queued anew: that change brings its own record to the stream.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def mark(current: Incident, draft: Draft) -> None:
            if current.route_reason and current.route_request == routed.route_request:
                draft.act_as_service("queued", reason=routed.route_reason)
                draft.set(
                    status=Status.QUEUED,
                    route_reason=None,
                    route_request=None,
                    due_at=desk_rules.due_at(Status.QUEUED, now),
                )

        self._change(routed.reference, now, mark)

    def overdue(self, now: datetime) -> list[Reference]:
        """The incidents to which something should have happened by now, the longest overdue first.

        The index may be a moment behind: `wake` looks at the incident itself.
        """
        items = [item for shard in range(SHARDS) for item in self._open(shard, now, until=now)]
        items.sort(key=itemgetter("due_at"))
        return [Reference(item["reference"]) for item in items]

    def to_follow_up(self, now: datetime) -> list[Reference]:
        """The incidents at which the service itself has to look again by now, the first due first.

        See `follow_up`. The index may be a moment behind: `follow_up` looks at the incident.
        """
        items = [
            item
            for shard in range(SHARDS)
            for item in self._query(
                IndexName="follow_ups",
                KeyConditionExpression="follow_up_shard = :shard AND follow_up_at <= :until",
                FilterExpression="expires_at > :now",
                ExpressionAttributeValues={
                    ":shard": shard,
                    ":until": utc_text(now),
                    ":now": epoch(now),
                },
            )
        ]
        items.sort(key=itemgetter("follow_up_at"))
        return [Reference(item["reference"]) for item in items]

    def follow_up(self, reference: Reference, now: datetime) -> FollowedUp:
        """Does what is due to an incident besides its team's work.

        A mail that is still owed is asked for again, or set aside where that is hopeless. A file
        of which no scan told in time may not be opened. The citizen of an open incident that is
        near its end is told so once. What the citizen first wrote is erased after its own time.

        Raises
        ------
        NoSuchIncident, Contended
        """
        done: list[FollowedUp] = []

        def do(current: Incident, draft: Draft) -> None:
            requested = set_aside = 0
            for entry, mail in current.mails.items():
                if now < mail.ask_again_at:
                    continue
                if reason := owed_mail.hopeless(mail, now):
                    draft.set_mail_aside(entry, reason)
                    set_aside += 1
                else:
                    request = entry_id(now)
                    draft.change_mail(entry, owed_mail.requested_again(mail, request, now))
                    requested += 1
            files = attachment.overdue_scans(current.files, now)
            for file in files:
                _give_up_scan(draft, file)
            ending = follow_up.ending_is_due(current, now)
            if ending:
                _tell_of_ending(current, draft)
            erased = follow_up.first_words_are_due(current, now)
            if erased:
                draft.set(holds_first_words=False)
            done[:] = [FollowedUp(requested, set_aside, len(files), int(ending), int(erased))]

        self._change(reference, now, do)
        return done[0]

    def wake(self, reference: Reference, now: datetime) -> Wake | None:
        """Does what is due to the incident now and tells what it was; None if nothing is.

        Of several who do so at once, one does it and the others find nothing due.

        Raises
        ------
        NoSuchIncident, Contended
        """
        done: list[Wake | None] = []

        def wake(current: Incident, draft: Draft) -> None:
            done[:] = [desk_rules.due(current, now)]
            match done[0]:
                case Wake.REROUTED:  # the changed item comes to the stream again
                    reason = current.route_reason
                    draft.act_as_service("rerouted", reason=reason)
                    draft.set(due_at=desk_rules.due_at(Status.RECEIVED, now))
                case Wake.REQUEUED | Wake.RELEASED as woken:
                    draft.act_as_service(woken)
                    draft.queue(Reason.REQUEUED)
                case Wake.RESOLVED:
                    draft.resolve(by="service")
                case None:
                    pass

        self._change(reference, now, wake)
        return done[0]

    def open_incidents(self, category: Category, now: datetime) -> list[OpenIncident]:
        """The incidents of a team that are not resolved, the oldest first."""
        found = [
            OpenIncident(
                reference=Reference(item["reference"]),
                status=Status(item["status"]),
                recorded_at=datetime.fromisoformat(item["recorded_at"]),
                due_at=datetime.fromisoformat(item["due_at"]),
                claimed_by=item.get("claimed_by"),
                changed_at=datetime.fromisoformat(str(item.get("changed_at", item["recorded_at"]))),
                last_written=item.get("last_written", {"at": item["recorded_at"], "by": "citizen"}),
                unread=item.get("unread", 0),
                expires_at=item["expires_at"],
                ending=follow_up.ends_soon(item["expires_at"], now),
            )
            for shard in range(SHARDS)
            for item in self._open(shard, now)
            if item["category"] == category
        ]
        return sorted(found, key=lambda each: (each.recorded_at, each.reference))

    def _open(self, shard: int, now: datetime, until: datetime | None = None) -> Iterator[Item]:
        """The open incidents of one shard, all or those due until then, in the order due."""
        values: Item = {":shard": shard, ":now": epoch(now)}
        condition = "due_shard = :shard"
        if until:
            condition += " AND due_at <= :until"
            values[":until"] = utc_text(until)
        return self._query(
            IndexName="open",
            KeyConditionExpression=condition,
            FilterExpression="expires_at > :now",
            ExpressionAttributeValues=values,
        )

    def figures(self, category: Category, since: datetime, now: datetime) -> "Figures":
        """How a team did with the incidents submitted since then and now with it.

        What is open is counted whenever it was submitted. Those that have expired are not
        counted: figures reach back six months.
        """
        from suport.domain.figures import Handled, figures  # noqa: PLC0415  only where asked for

        handled = [
            Handled(
                submitted_at=datetime.fromisoformat(item["recorded_at"]),
                first_answered_at=_moment(item.get("first_answered_at")),
                resolved_at=_moment(item.get("resolved_at")),
                rating=item.get("rating"),
            )
            for month in _months(since, now)
            for item in self._query(
                IndexName="figures",
                KeyConditionExpression="figures_month = :month",
                FilterExpression="expires_at > :now AND recorded_at >= :since",
                ExpressionAttributeValues={
                    ":month": figures_month(category, month),
                    ":now": epoch(now),
                    ":since": utc_text(since),
                },
            )
        ]
        open_now = [each.status for each in self.open_incidents(category, now)]
        return figures(handled, open_now)


def _give_up_scan(draft: Draft, file: str) -> None:
    files: dict[str, Any] = draft.changes.get("files", draft.seen.files)
    found = {"state": State.UNSCANNABLE}
    draft.act_as_service("file_scanned", file=file, **found)
    draft.set(files=files | {file: files[file] | found})


def _tell_of_ending(current: Incident, draft: Draft) -> None:
    """Once for each end; until then the incident is only counted again, day by day."""
    draft.set(ending_counted_at=draft.now)
    if current.ending_told != current.expires_at:
        told = draft.act_as_service("ending")
        draft.owe_mail(MailKind.ENDING, told.id)
        draft.set(ending_told=current.expires_at)


def _months(since: datetime, now: datetime) -> Iterator[datetime]:
    """A moment of each month, in UTC, from the one of `since` to the one of `now`."""
    month = datetime.fromisoformat(utc_text(since)[:7] + "-01T00:00:00Z")
    while month <= now:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
