"""Which operators have searched for a person, with what result: kept six months, found or not.

Where incidents are found, each of them records a look besides. The keys in the desk's table are
`owner`, `person-searches`, and `item`, the moment and something random. What was typed is there
only as a digest, which tells data protection whether two searches were for the same person.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport.domain.legal_time import utc_text
from suport.domain.retention import expires_at, is_visible
from suport.domain.search_terms import PersonFact, search_digest
from suport.register.marshalling import marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 50
_OWNER = "person-searches"
_CURSOR = re.compile(r"[\d:.TZ-]{24}/[\da-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonSearch:
    """That an operator searched for a person, and how many incidents they were shown.

    digest: of what they searched by, keyed.
    """

    at: datetime
    operator: str
    fact: PersonFact
    found: int
    digest: str


@dataclass(frozen=True, slots=True)
class SearchesPage:
    """Searches, the latest first; `next` is the cursor of the page after it, if there is one."""

    searches: tuple[PersonSearch, ...]
    next: str | None = None


class PersonSearches:
    """The searches for a person, in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str, key: Callable[[], bytes]) -> None:
        """Those in the table of that name, reached with this client; key: gives the digests'."""
        self._client, self._table, self._key = client, table, key

    def note(self, operator: str, fact: PersonFact, value: str, found: int, now: datetime) -> None:
        """Notes a search by that normalised value."""
        item = {
            "owner": _OWNER,
            "item": f"{utc_text(now)}/{secrets.token_hex(8)}",
            "operator": operator,
            "fact": fact,
            "digest": search_digest(self._key(), fact, value),
            "found": found,
            "expires_at": expires_at(now),
        }
        self._client.put_item(TableName=self._table, Item=marshalled(item))

    def latest(self, now: datetime, before: str | None = None) -> SearchesPage:
        """A page of the searches of the last six months.

        before: the cursor that the page before gave as `next`. One that is none is as good as none.
        """
        goes_on = before is not None and _CURSOR.fullmatch(before)
        start: Any = {"ExclusiveStartKey": marshalled({"owner": _OWNER, "item": before})}
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=marshalled({":owner": _OWNER}),
            ScanIndexForward=False,
            Limit=PAGE,
            **(start if goes_on else {}),
        )
        items = [unmarshalled(each) for each in answer["Items"]]
        kept = [each for each in items if is_visible(each["expires_at"], now)]
        # Those whose time is over are the earliest: none that is kept comes after one of them.
        more = "LastEvaluatedKey" in answer and len(kept) == len(items)
        return SearchesPage(
            tuple(
                PersonSearch(
                    at=datetime.fromisoformat(each["item"].partition("/")[0]),
                    operator=each["operator"],
                    fact=PersonFact(each["fact"]),
                    found=each["found"],
                    digest=each["digest"],
                )
                for each in kept
            ),
            items[-1]["item"] if more else None,
        )
