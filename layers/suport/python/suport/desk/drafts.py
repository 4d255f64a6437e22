"""What operators have begun to write at the web desk, kept for a day after its last change.

A draft is personal data: what an operator wants to tell a citizen, or what a caller said. So each
question hides a draft whose day is over, and an erased incident's drafts go with it.

The table's keys are `owner` and `item`. A draft about an incident is under `about/<reference>`, so
that the erasure finds those of every operator; a phone call is under `calls/<operator>`. Operators
and forms are named by digests: an operator's name is nobody else's business, and the id of a call
comes from a request.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.domain.retention import is_visible
from suport.register.marshalling import Item, epoch, marshalled
from suport.register.owned_items import items_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(hours=24)
LONGEST = 100_000  # bytes of a draft's fields, with their names
CALL: Literal["call"] = "call"
"""What a draft is about that becomes a new incident: a phone call."""

type About = Reference | Literal["call"]


class DraftTooLong(Exception):
    """The fields have more than `LONGEST` bytes. What was kept before is kept still."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in a form that was not sent. form: its name, or the id of a phone call."""

    form: str
    fields: Mapping[str, str]
    changed_at: datetime


def new_call() -> str:
    """The id of another phone call."""
    return secrets.token_urlsafe(12)


class Drafts:
    """The drafts in one DynamoDB table. Every operator has their own."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Those in the table of that name, reached with this client."""
        self._client, self._table = client, table

    def keep(
        self,
        operator_name: str,
        about: About,
        form: str,
        fields: Mapping[str, str],
        now: datetime,
    ) -> Draft:
        """Keeps what is in the form, in place of what was kept of it before.

        form: the form's name; of a phone call its id, see `new_call`.

        Raises
        ------
        DraftTooLong
        """
        # half a character is nothing that DynamoDB takes
        whole = {_whole(name): _whole(value) for name, value in fields.items()}
        if sum(len(each.encode()) for field in whole.items() for each in field) > LONGEST:
            raise DraftTooLong
        item = {
            **_key(operator_name, about, form),
            "form": _whole(form),
            "fields": whole,
            "changed_at": utc_text(now),
            "expires_at": epoch(now + KEPT_FOR),
        }
        self._client.put_item(TableName=self._table, Item=marshalled(item))
        return _draft(item)

    def of(self, operator_name: str, about: About, now: datetime) -> dict[str, Draft]:
        """The operator's drafts about an incident by their forms, the last changed first."""
        key = _key(operator_name, about, "")
        found = [
            _draft(item)
            for item in items_of(
                self._client, self._table, key["owner"], beginning=_of_operator(operator_name)
            )
            if is_visible(item["expires_at"], now)
        ]
        found.sort(key=lambda draft: draft.changed_at, reverse=True)
        return {draft.form: draft for draft in found}

    def calls(self, operator_name: str, now: datetime) -> dict[str, Draft]:
        """The phone calls that the operator has begun to record, by their ids."""
        return self.of(operator_name, CALL, now)

    def drop(self, operator_name: str, about: About, form: str) -> None:
        """Forgets a draft, if there is one: it was sent, or nobody wants it."""
        self._delete(_key(operator_name, about, form))

    def drop_all_about(self, reference: Reference) -> int:
        """Forgets the drafts of all operators about an incident. Returns how many there were."""
        items = list(items_of(self._client, self._table, _owner(reference)))
        for item in items:
            self._delete(item)
        return len(items)

    def _delete(self, item: Item) -> None:
        key = {name: item[name] for name in ("owner", "item")}
        self._client.delete_item(TableName=self._table, Key=marshalled(key))


def _key(operator_name: str, about: About, form: str) -> Item:
    owner = f"calls/{_digest(operator_name)}" if about == CALL else _owner(about)
    return {"owner": owner, "item": _of_operator(operator_name) + _digest(form)}


def _owner(about: str) -> str:
    return f"about/{about}"


def _of_operator(name: str) -> str:
    return f"{_digest(name)}/"


def _draft(item: Item) -> Draft:
    return Draft(item["form"], item["fields"], datetime.fromisoformat(item["changed_at"]))


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
