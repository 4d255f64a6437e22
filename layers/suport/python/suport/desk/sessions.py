"""Who is signed in at the web desk, and who has been: records in the desk's table.

The browser has a token; the table has its SHA-256, which opens nothing. So nobody who reads the
table, or a copy of it, can take over a session. Each question hides what is over, because DynamoDB
erases it only within days.

The table's keys are `owner` and `item`: `sessions` and the token's digest, `people` and the digest
of a name, `ended` and the moment in which a supervisor ended somebody's sessions.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from suport.domain.category import Category
from suport.domain.desk_session import DeskSession
from suport.domain.legal_time import utc_text
from suport.domain.operator_identity import Operator, Role
from suport.register.marshalling import Item, epoch, marshalled, unmarshalled
from suport.register.owned_items import items_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KNOWN_FOR = timedelta(days=90)
"""Colleagues can hand an incident to a person so long after the person's last sign-in."""

ENDS_TOLD_FOR = timedelta(days=180)
"""How long the desk tells who ended whose sessions."""

_SESSIONS, _PEOPLE, _ENDED = "sessions", "people", "ended"
_TOKEN_BYTES = 32  # 256 bits: nobody guesses one


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """That a supervisor (`by`) ended the sessions of the operator `name`."""

    at: datetime
    name: str
    by: str


class DeskSessions:
    """The sessions and the people of the web desk, in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Those in the table of that name, reached with this client."""
        self._client, self._table = client, table

    # Sessions

    def begin(self, operator: Operator, now: datetime) -> str:
        """Begins a session, and remembers its person. Returns the token that opens it."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        session = DeskSession(id=_digest(token), operator=operator, begun_at=now, seen_at=now)
        self._client.put_item(TableName=self._table, Item=marshalled(_item(session)))
        self._change_person(
            operator.name,
            now,
            teams=[str(team) for team in operator.teams],
            roles=sorted(map(str, operator.roles)),
            signed_in_at=utc_text(now),
        )
        return token

    def find(self, token: str, now: datetime) -> DeskSession | None:
        """The session that this token opens; None if there is none, or if it is over.

        It notes that somebody is there. A session that is ended meanwhile stays ended.
        """
        answer = self._client.get_item(
            TableName=self._table,
            Key=marshalled(_key(_SESSIONS, _digest(token))),
            ConsistentRead=True,  # who was signed out a moment ago is out
        )
        if "Item" not in answer:
            return None
        session = _session(unmarshalled(answer["Item"]))
        if session.is_over(now):
            return None
        if not session.is_noted_again(now):
            return session
        return self._noted(session.seen(now))

    def end(self, token: str) -> None:
        """Ends the session that this token opens, if there is one."""
        self.end_session(_digest(token))

    def end_session(self, id: str) -> None:  # noqa: A002  as DeskSession has it
        """Ends the session with that id, if there is one."""
        self._client.delete_item(TableName=self._table, Key=marshalled(_key(_SESSIONS, id)))

    def end_all_of(self, name: str, by: str, now: datetime) -> None:
        """Ends all sessions of the operator with that name, and records which supervisor did it."""
        item = {
            **_key(_ENDED, f"{utc_text(now)}/{secrets.token_hex(8)}"),
            "name": name,
            "by": by,
            "expires_at": epoch(now + ENDS_TOLD_FOR),
        }
        self._client.put_item(TableName=self._table, Item=marshalled(item))
        for session in items_of(self._client, self._table, _SESSIONS):
            if session["name"] == name:
                self.end_session(session["item"])

    def ended(self, now: datetime) -> list[EndedSessions]:
        """Whose sessions supervisors have ended during the last six months, the last first."""
        found = [
            EndedSessions(
                datetime.fromisoformat(item["item"].partition("/")[0]), item["name"], item["by"]
            )
            for item in items_of(self._client, self._table, _ENDED)
            if epoch(now) < item["expires_at"]
        ]
        return found[::-1]

    def all(self, now: datetime) -> list[DeskSession]:
        """Every session that is not over, the last begun first."""
        found = [_session(item) for item in items_of(self._client, self._table, _SESSIONS)]
        open_ones = [session for session in found if not session.is_over(now)]
        return sorted(open_ones, key=lambda session: session.begun_at, reverse=True)

    # People

    def colleagues(self, team: Category, now: datetime) -> list[str]:
        """The names of that team's people who have signed in during the last 90 days, sorted."""
        return sorted(
            person["name"]
            for person in items_of(self._client, self._table, _PEOPLE)
            if team in person.get("teams", ()) and epoch(now) < person["expires_at"]
        )

    def has_key_shortcuts(self, name: str) -> bool:
        """Whether single letters are commands on that operator's keyboard: yes, unless unwanted."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=marshalled(_key(_PEOPLE, _digest(name))),
            ConsistentRead=True,  # the next page is to show what was just chosen
        )
        return bool(unmarshalled(answer.get("Item", {})).get("key_shortcuts", True))

    def set_key_shortcuts(self, name: str, on: bool, now: datetime) -> None:  # noqa: FBT001  it is what is set
        """Sets whether single letters are commands on that operator's keyboard (WCAG 2.1.4)."""
        self._change_person(name, now, key_shortcuts=on)

    # How it is done

    def _noted(self, session: DeskSession) -> DeskSession | None:
        """Records when the session was seen last, unless it was ended meanwhile."""
        facts = {"seen_at": utc_text(session.seen_at), "expires_at": epoch(session.ends_at)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marshalled(_key(_SESSIONS, session.id)),
                ConditionExpression="attribute_exists(begun_at)",
                **_set(facts),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return session

    def _change_person(self, name: str, now: datetime, **facts: object) -> None:
        known = {"name": name, "expires_at": epoch(now + KNOWN_FOR)}
        self._client.update_item(
            TableName=self._table,
            Key=marshalled(_key(_PEOPLE, _digest(name))),
            **_set(known | facts),
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _key(owner: str, item: str) -> Item:
    return {"owner": owner, "item": item}


def _set(facts: Item) -> Item:
    """The arguments of `update_item` that set these attributes."""
    return {
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in facts),
        "ExpressionAttributeNames": {f"#{name}": name for name in facts},
        "ExpressionAttributeValues": marshalled({f":{name}": each for name, each in facts.items()}),
    }


def _item(session: DeskSession) -> Item:
    operator = session.operator
    return {
        **_key(_SESSIONS, session.id),
        "name": operator.name,
        "teams": [str(team) for team in operator.teams],
        "roles": sorted(map(str, operator.roles)),
        "begun_at": utc_text(session.begun_at),
        "seen_at": utc_text(session.seen_at),
        "expires_at": epoch(session.ends_at),
    }


def _session(item: Item) -> DeskSession:
    return DeskSession(
        id=item["item"],
        operator=Operator(
            item["name"],
            tuple(map(Category, item["teams"])),
            frozenset(map(Role, item["roles"])),
        ),
        begun_at=datetime.fromisoformat(item["begun_at"]),
        seen_at=datetime.fromisoformat(item["seen_at"]),
    )
