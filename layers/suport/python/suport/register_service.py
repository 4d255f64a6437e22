"""The register as the service itself keeps it: queueing, waking what is overdue, mail, figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from suport import desk_rules
from suport.desk_rules import Wake
from suport.incident import Category, Entry, Incident, Kind, MailTrouble, Reason, Status
from suport.legal_time import utc_text
from suport.mail import ACKNOWLEDGEMENTS_COUNTED_FOR, MOST_ACKNOWLEDGEMENTS
from suport.reference import Reference
from suport.register_items import SHARDS, Item, epoch, figures_month, marshalled
from suport.register_store import ATTEMPTS, Contended, Draft, NoSuchIncident, Store, pause

if TYPE_CHECKING:
    from suport.figures import Figures


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is not resolved, as the index of the open ones has it."""

    reference: Reference
    status: Status
    recorded_at: datetime
    due_at: datetime
    claimed_by: str | None


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
                draft.add(Kind.ACTION, action="queued", reason=routed.route_reason, by="service")
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
                    draft.add(Kind.ACTION, action="rerouted", reason=reason, by="service")
                    draft.set(due_at=desk_rules.due_at(Status.RECEIVED, now))
                case Wake.REQUEUED | Wake.RELEASED as woken:
                    draft.add(Kind.ACTION, action=woken, by="service")
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
        from suport.figures import Handled, figures  # noqa: PLC0415  only where asked for

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

    def may_acknowledge(self, reference: Reference, address_digest: str, now: datetime) -> bool:
        """Whether the receipt of this incident may be told to an address, which then counts.

        At most so many incidents in the time that `mail` states; one that was counted and is
        asked for again counts anew, from now on. The address is known by its digest only.

        Raises
        ------
        Contended
        """
        key = {"reference": address_digest, "entry": Kind.ACKNOWLEDGEMENTS}
        since = utc_text(now - ACKNOWLEDGEMENTS_COUNTED_FOR)
        for attempt in range(ATTEMPTS):
            pause(attempt)
            try:
                seen = self._item(Reference(address_digest), Kind.ACKNOWLEDGEMENTS, now)
            except NoSuchIncident:
                seen = {"sent": {}, "version": 0}
            others = {
                other: moment
                for other, moment in seen["sent"].items()
                if moment > since and other != reference
            }
            if len(others) >= MOST_ACKNOWLEDGEMENTS:
                return False
            item = key | {
                "kind": Kind.ACKNOWLEDGEMENTS,
                "recorded_at": utc_text(now),
                "expires_at": epoch(now + ACKNOWLEDGEMENTS_COUNTED_FOR) + 1,
                "sent": others | {reference: utc_text(now)},
                "version": seen["version"] + 1,
            }
            if self._put_over(item, seen["version"], now):
                return True
        raise Contended

    def _put_over(self, item: Item, version: int, now: datetime) -> bool:
        """Whether the item was written in the place of that version of it, or of none."""
        if version:
            condition, values = "version = :version", {":version": version}
        else:
            condition = "attribute_not_exists(expires_at) OR expires_at <= :now"
            values = {":now": epoch(now)}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=marshalled(item),
                ConditionExpression=condition,
                ExpressionAttributeValues=marshalled(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def record_mail(
        self, reference: Reference, entry: str, kind: str, message_id: str, now: datetime
    ) -> Entry:
        """Records that a mail of that kind about an entry was sent, by its id at the provider.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def record(_: Incident, draft: Draft) -> None:
            draft.add(Kind.MAIL, **{"for": entry, "kind": kind, "message_id": message_id})

        return self._change(reference, now, record).entries[-1]

    def mark_undeliverable(
        self, reference: Reference, kind: MailTrouble | str, now: datetime
    ) -> None:
        """Records that mail to the citizen came back, or was complained of; once for each.

        Raises
        ------
        NoSuchIncident, Contended
        """
        trouble = MailTrouble(kind)

        def mark(current: Incident, draft: Draft) -> None:
            if current.mail_trouble is not trouble:
                draft.add(Kind.ACTION, action="undeliverable", reason=trouble, by="service")
                draft.set(mail_trouble=trouble)

        self._change(reference, now, mark)


def _months(since: datetime, now: datetime) -> Iterator[datetime]:
    """A moment of each month, in UTC, from the one of `since` to the one of `now`."""
    month = datetime.fromisoformat(utc_text(since)[:7] + "-01T00:00:00Z")
    while month <= now:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
