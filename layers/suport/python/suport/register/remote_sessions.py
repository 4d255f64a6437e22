"""The table of the remote sessions: what two browsers need to find each other, for two hours.

It is apart from the register, because the descriptions of the connections hold addresses of the
citizen's and of the operator's computers. These have items of their own, and go when the session
ends. The keys are `owner` and `item`: `sessions`, `offers` or `answers` and the reference, `codes`
and the digest of the code that admits a citizen.

No read finds what is past its time, because DynamoDB erases that only within days.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from suport.domain.category import Category
from suport.domain.incident import Actor
from suport.domain.legal_time import utc_text
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Description, Step
from suport.domain.remote_session import (
    JOIN_WITHIN,
    SILENCE,
    Control,
    Ending,
    EndReason,
    RemoteSession,
    State,
    Surface,
)
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.marshalling import Item, epoch, marshalled, unmarshalled
from suport.register.owned_items import items_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SESSIONS, _CODES = "sessions", "codes"
_DESCRIPTIONS = {Description.OFFER: "offers", Description.ANSWER: "answers"}
_MOMENTS = {
    *("invited_at", "operator_seen", "joined_at", "citizen_seen", "viewing_since", "paused_at"),
    *("picture_at", "ended_at", "claimed_at"),
}
_NOTED = ("citizen_seen", "operator_seen", "picture_at")
"""What questions of the pages change without a change of the session's revision."""
_MILLISECOND = timedelta(milliseconds=1)


class RemoteSessions:
    """The sessions in one DynamoDB table; an incident has one at a time."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Those in the table of that name, reached with this client."""
        self._client, self._table = client, table

    def find(self, reference: Reference, now: datetime) -> RemoteSession | None:
        """The session of that incident, the latest; it may have ended."""
        item = self._item(_SESSIONS, reference, now)
        return _session(item) if item else None

    def admitted_by(self, code_digest: str, now: datetime) -> Reference | None:
        """The incident to whose session the code with that digest admits; None if there is none."""
        item = self._item(_CODES, code_digest, now)
        return Reference(item["reference"]) if item else None

    def description(
        self, which: Description, reference: Reference, number: int, now: datetime
    ) -> str | None:
        """The offer of that number, or the answer to it, while it is the latest."""
        item = self._item(_DESCRIPTIONS[which], reference, now)
        return item["sdp"] if item and item["number"] == number else None

    def open(self, now: datetime) -> Iterator[RemoteSession]:
        """Every session that has not ended, as far as the table knows."""
        for item in items_of(self._client, self._table, _SESSIONS):
            if epoch(now) < item["expires_at"] and item["state"] != State.ENDED:
                yield _session(item)

    def ended_by_erasure(self) -> Iterator[RemoteSession]:
        """Every session that ended because its incident was erased, even if past its time."""
        for item in items_of(self._client, self._table, _SESSIONS):
            if item.get("end_reason") == EndReason.ERASED:
                yield _session(item)

    def remove(self, reference: Reference) -> None:
        """Removes all there is of the session of that incident, even if past its time."""
        for owner in (_SESSIONS, *_DESCRIPTIONS.values()):
            self._client.delete_item(**self._at(owner, reference))
        # An invitation that nobody ended may have left a code that no session names any more.
        codes = [
            each
            for each in items_of(self._client, self._table, _CODES)
            if each["reference"] == reference
        ]
        for code in codes:
            self._client.delete_item(**self._at(_CODES, code["item"]))

    def note_citizen(
        self, reference: Reference, token_digest: str, offered: int, now: datetime
    ) -> RemoteSession | None:
        """Notes that the page that made that offer is there; the session as it is then.

        None if it is no longer that browser, or no longer that page, that shows the screen; or if
        it was silent for too long, because what has lapsed does not come back by itself.

        Raises
        ------
        Contended
        """
        asked = {"token_digest": token_digest, "offered": offered}
        heard = {"citizen_seen": now - SILENCE}
        return self._noted(reference, {"citizen_seen": now}, asked, now, since=heard)

    def note_operator(
        self, reference: Reference, operator: Operator, now: datetime, *, picture: bool = False
    ) -> RemoteSession | None:
        """Notes that the page of that operator is there; None if the session is not theirs.

        It is not theirs either once they are no longer in the team that invited.
        picture: whether it has shown a picture.

        Raises
        ------
        Contended
        """
        first = {"picture_at": now} if picture else {}
        if not operator.teams:
            return None
        asked, teams = {"operator": operator.name}, operator.teams
        return self._noted(reference, {"operator_seen": now}, asked, now, once=first, teams=teams)

    def writes(self, before: RemoteSession | None, step: Step, now: datetime) -> list[Any]:
        """What a transaction has to write for a step of the session, if it was seen like this."""
        session = step.session
        if session is before:
            return []
        reference, expires_at = session.reference, epoch(session.expires_at)
        put: Any = {"TableName": self._table, "Item": marshalled(_item(session))}
        if before:
            put |= _as_seen(before)
        else:
            put["ConditionExpression"] = "attribute_not_exists(expires_at) OR expires_at <= :now"
            put["ExpressionAttributeValues"] = marshalled({":now": epoch(now)})
        written = [{"Put": put}]
        if before and (before.code_digest != session.code_digest or before.state is State.INVITED):
            written.append(self._delete(_CODES, before.code_digest))
        if session.state is State.INVITED:
            admitted = {
                **_key(_CODES, session.code_digest),
                "reference": reference,
                "expires_at": epoch(session.invited_at + JOIN_WITHIN),
            }
            written.append({"Put": {"TableName": self._table, "Item": marshalled(admitted)}})
        for which, sdp in step.kept.items():
            numbered = session.offered if which is Description.OFFER else session.answered
            kept = {
                **_key(_DESCRIPTIONS[which], reference),
                "sdp": sdp,
                "number": numbered,
                "expires_at": expires_at,
            }
            written.append({"Put": {"TableName": self._table, "Item": marshalled(kept)}})
        if step.forgets:
            written += [self._delete(owner, reference) for owner in _DESCRIPTIONS.values()]
        return written

    def _delete(self, owner: str, item: str) -> Any:
        return {"Delete": self._at(owner, item)}

    def _at(self, owner: str, item: str) -> Any:
        return {"TableName": self._table, "Key": marshalled(_key(owner, item))}

    def _item(self, owner: str, item: str, now: datetime) -> Item | None:
        answer = self._client.get_item(
            **self._at(owner, item),
            ConsistentRead=True,  # what was withdrawn a moment ago is withdrawn
        )
        found = unmarshalled(answer.get("Item", {}))
        return found if found and epoch(now) < found["expires_at"] else None

    def _noted(
        self,
        reference: Reference,
        seen: Mapping[str, datetime],
        asked: Item,
        now: datetime,
        *,
        once: Mapping[str, datetime] = MappingProxyType({}),
        since: Mapping[str, datetime] = MappingProxyType({}),
        teams: Collection[Category] = (),
    ) -> RemoteSession | None:
        """Writes these moments if the session has what is asked, and no moment before `since`.

        once: moments that are written only where the session has none yet. teams: one of them must
        have invited; without any, it does not matter which.
        """
        assigned = [f"#{name} = :{name}" for name in seen]
        assigned += [f"#{name} = if_not_exists(#{name}, :{name})" for name in once]
        conditions = [f"#{name} = :{name}" for name in asked]
        conditions += [f"#{name} >= :{name}_since" for name in since]
        moments = {**seen, **once}
        values = {name: utc_text(moment) for name, moment in moments.items()} | asked
        values |= {f"{name}_since": utc_text(moment) for name, moment in since.items()}
        names = {f"#{name}": name for name in (*moments, *asked, "expires_at")}
        if teams:
            invited = {f"team_{team}": str(team) for team in sorted(teams)}
            conditions.append(f"#team IN ({', '.join(f':{name}' for name in invited)})")
            values |= invited
            names["#team"] = "team"
        update: Any = {
            "TableName": self._table,
            "Key": marshalled(_key(_SESSIONS, reference)),
            "UpdateExpression": "SET " + ", ".join(assigned),
            "ConditionExpression": " AND ".join([*conditions, "#expires_at > :now"]),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": marshalled(
                {f":{name}": value for name, value in values.items()} | {":now": epoch(now)}
            ),
            "ReturnValues": "ALL_NEW",
        }
        refusals = self._client.exceptions
        for _ in attempts():
            try:
                answer = self._client.update_item(**update)
            except refusals.ConditionalCheckFailedException:
                return None
            except refusals.TransactionConflictException:
                continue  # the transaction of an act is writing the session
            return _session(unmarshalled(answer["Attributes"]))
        raise Contended


def _as_seen(session: RemoteSession) -> Any:
    """The condition that the session is as it was read, and no page was noted as there since."""
    item = _item(session)
    seen = {name: item[name] for name in ("revision", *_NOTED) if name in item}
    conditions = [f"#{name} = :{name}" for name in seen]
    conditions += [f"attribute_not_exists(#{name})" for name in _NOTED if name not in seen]
    return {
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{name}": name for name in ("revision", *_NOTED)},
        "ExpressionAttributeValues": marshalled({f":{name}": seen[name] for name in seen}),
    }


def _key(owner: str, item: str) -> Item:
    return {"owner": owner, "item": item}


def _item(session: RemoteSession) -> Item:
    values = {field.name: getattr(session, field.name) for field in fields(session)}
    ending = values.pop("ending")
    values["shown"] = session.shown // _MILLISECOND
    told = {
        name: utc_text(value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
    if ending:
        told |= {"ended_by": ending.by, "end_reason": ending.reason}
    return _key(_SESSIONS, session.reference) | told | {"expires_at": epoch(session.expires_at)}


def _session(item: Item) -> RemoteSession:
    read: Item = {
        field.name: item[field.name] for field in fields(RemoteSession) if field.name in item
    }
    read |= {name: datetime.fromisoformat(read[name]) for name in _MOMENTS & read.keys()}
    read |= {
        "reference": Reference(item["reference"]),
        "team": Category(item["team"]),
        "state": State(item["state"]),
        "surface": Surface(item["surface"]) if "surface" in item else None,
        "control": Control(item["control"]) if "control" in item else None,
        "shown": item["shown"] * _MILLISECOND,
    }
    if "end_reason" in item:
        read["ending"] = Ending(EndReason(item["end_reason"]), Actor(item["ended_by"]))
    return RemoteSession(**read)
