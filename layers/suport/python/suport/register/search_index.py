"""The search index: where an operator finds incidents, derived from the register.

It can be made again from the register, and follows its stream, so it may lag a moment behind:
whatever it finds is read from the register before anybody sees it. To find is one request, or two
where much has to be looked at, however many incidents there are. See `domain.search_terms`.

In the table, the items of `EVERY_INCIDENT` are as small as they can be: a request reads a megabyte,
and two are to read 30,000 of them. `r` is the reference, `g` the group, `p` the procedure's code,
`e` that of the known error.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from suport.domain import crockford
from suport.domain.category import Category
from suport.domain.desk_list import PAGE
from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.domain.search_terms import (
    EVERY_INCIDENT,
    Asked,
    Digest,
    Findable,
    FoundOfPerson,
    FoundPage,
    IndexItem,
    PersonFact,
    Told,
    at,
    findable,
    groups,
    leader_term,
    person_digest,
    places,
    problem_term,
    terms_of,
)
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.marshalling import Item, epoch, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REQUESTS = 2
"""At most, for a page of what was found."""
LOOKED_AT_FIRST = 500
"""Incidents that are looked at with the first request where many are likely to be found."""
MOST_OF_PERSON = 25
"""The latest incidents of one person that are found."""
_MOST_WRITES = 25  # of one request
_MOST_OPERANDS = 100  # of IN
_PAGE = 100  # items that the audit looks at together


class SearchIndex:
    """The search index in one DynamoDB table. All moments are aware."""

    def __init__(
        self, client: "DynamoDBClient", table: str, key: Callable[[], bytes] | None = None
    ) -> None:
        """The index in that table, reached with this client.

        key: gives the key of the persons' digests; without it, what needs a digest fails.
        """
        self._client = client
        self._name = table
        self._key = key

    # Questions

    def find(self, asked: Asked, now: datetime, page: str | None = None) -> FoundPage:
        """A page of the incidents that are asked for, the latest first, in at most `REQUESTS`.

        page: the cursor that the page before gave as `next`.
        """
        first, last = places(asked, page)
        found: list[tuple[str, str]] = []
        looked_at_first = None if asked.is_selective else LOOKED_AT_FIRST
        for limit in (looked_at_first, *[None] * (REQUESTS - 1)):
            if not asked.teams or first > last:
                return FoundPage(_references(found))
            answer = self._client.query(**self._question(asked, first, last, now, limit))
            # Thousands may be found: these two are read without the detour over `unmarshalled`.
            found += [(each["place"]["S"], each["r"]["S"]) for each in answer["Items"]]
            if len(found) > PAGE:
                shown = found[:PAGE]
                return FoundPage(_references(shown), shown[-1][0])
            if "LastEvaluatedKey" not in answer:
                return FoundPage(_references(found))
            page = answer["LastEvaluatedKey"]["place"]["S"]
            first, last = places(asked, page)
        return FoundPage(_references(found), page)

    def of_person(
        self, teams: Collection[Category], fact: PersonFact, value: str, now: datetime
    ) -> FoundOfPerson:
        """The latest incidents of these teams whose person has this normalised fact."""
        terms = [self._digest(team, fact, value) for team in dict.fromkeys(teams)]
        # One more than are shown, which tells whether there are more.
        latest = [islice(self._under(term, now), MOST_OF_PERSON + 1) for term in terms]
        found = list(merge(*latest, reverse=True))
        return FoundOfPerson(
            tuple(at(place) for place in found[:MOST_OF_PERSON]), len(found) > MOST_OF_PERSON
        )

    def linked(self, problem: str, now: datetime) -> tuple[Reference, ...]:
        """All incidents that are linked to a known problem."""
        return tuple(map(at, self._under(problem_term(problem), now)))

    def followers(self, leader: Reference, now: datetime) -> tuple[Reference, ...]:
        """The incidents that are answered together with this one."""
        return tuple(map(at, self._under(leader_term(leader), now)))

    # Following the register

    def follow(self, old: Findable | None, new: Findable | None) -> bool:
        """Brings the index from what it had of an incident to what it should have.

        It may be repeated. Returns whether there was anything to change.
        """
        if old == new:
            return False
        before, after = self.items_of(old), self.items_of(new)
        if before == after:
            return False
        self.write(after - before, {each.key for each in before} - {each.key for each in after})
        return True

    def forget(self, incident: Incident) -> None:
        """Deletes all that the index has of an incident."""
        self.write((), {each.key for each in self.items_of(findable(incident))})

    def items_of(self, incident: Findable | None) -> frozenset[IndexItem]:
        """All that the index should have of an incident."""
        return terms_of(incident, self._digest) if incident else frozenset()

    # What the audit asks

    def lacking(self, incident: Findable) -> frozenset[IndexItem]:
        """What the index should have of an incident and does not have so."""
        expected = self.items_of(incident)
        there = {index_item_of(each) for each in self._stored({each.key for each in expected})}
        return expected - there

    def pages(self, segment: int, segments: int) -> Iterator[list[IndexItem]]:
        """All that the table has in one of so many segments, page by page."""
        last: Any = {}
        while True:
            answer = self._client.scan(
                TableName=self._name,
                Segment=segment,
                TotalSegments=segments,
                Limit=_PAGE,
                **last,
            )
            yield [index_item_of(unmarshalled(each)) for each in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return
            last = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def write(self, put: Iterable[IndexItem], delete: Iterable[tuple[str, str]]) -> None:
        """Writes and deletes these items.

        Raises
        ------
        Contended
        """
        writes: list[Any] = [
            *({"PutRequest": {"Item": marshalled(item_of(each))}} for each in put),
            *({"DeleteRequest": {"Key": marshalled(_key(*each))}} for each in delete),
        ]
        for start in range(0, len(writes), _MOST_WRITES):
            left: Any = writes[start : start + _MOST_WRITES]
            for _ in attempts():
                answer = self._client.batch_write_item(RequestItems={self._name: left})
                left = answer.get("UnprocessedItems", {}).get(self._name)
                if not left:
                    break
            else:
                raise Contended

    # How it is done

    @cached_property
    def _digest(self) -> Digest:
        assert self._key, "this function needs PERSON_KEY_ARN"
        return person_digest(self._key())

    def _stored(self, keys: Iterable[tuple[str, str]]) -> list[Item]:
        left: Any = {
            "Keys": [marshalled(_key(*each)) for each in sorted(keys)],
            "ConsistentRead": True,
        }
        found: list[Item] = []
        for _ in attempts():
            answer = self._client.batch_get_item(RequestItems={self._name: left})
            found += map(unmarshalled, answer["Responses"].get(self._name, []))
            left = answer.get("UnprocessedKeys", {}).get(self._name)
            if not left:
                return found
        raise Contended

    def _under(self, term: str, now: datetime) -> Iterator[str]:
        """The places under a term, the latest first; asks for no more than are taken."""
        last: Any = None
        while True:
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression="term = :term",
                FilterExpression="expires_at > :now",
                ExpressionAttributeValues=marshalled({":term": term, ":now": epoch(now)}),
                ScanIndexForward=False,
                **({"ExclusiveStartKey": last} if last else {}),
            )
            yield from (each["place"]["S"] for each in answer["Items"])
            last = answer.get("LastEvaluatedKey")
            if not last:
                return

    def _question(
        self, asked: Asked, first: str, last: str, now: datetime, limit: int | None
    ) -> Any:
        values: Item = {":term": EVERY_INCIDENT, ":first": first, ":last": last}
        values[":now"] = epoch(now)
        conditions = ["expires_at > :now"]
        for name, several in (
            ("g", groups(asked)),
            ("p", asked.procedures),
            ("e", asked.errors),
        ):
            if 0 < len(several) <= _MOST_OPERANDS:  # else the register's rows decide alone
                names = {f":{name}{number}": each for number, each in enumerate(sorted(several))}
                conditions.append(f"{name} IN ({', '.join(names)})")
                values |= names
        if asked.reference:
            conditions.append("contains(r, :part)")
            values[":part"] = asked.reference
        return {
            "TableName": self._name,
            "KeyConditionExpression": "term = :term AND place BETWEEN :first AND :last",
            "FilterExpression": " AND ".join(conditions),
            "ProjectionExpression": "place, r",
            "ExpressionAttributeValues": marshalled(values),
            "ScanIndexForward": False,
            **({"Limit": limit} if limit else {}),
        }


def item_of(item: IndexItem) -> Item:
    """The item as the table has it."""
    told: Item = {}
    if of := item.told:
        told = {"r": of.reference, "g": of.group, "p": of.procedure, "e": of.known_error}
    stated = {name: each for name, each in told.items() if each}
    return _key(item.term, item.place) | {"expires_at": item.expires_at} | stated


def index_item_of(item: Item) -> IndexItem:
    """What the table has, as an item of the index."""
    told = None
    if "r" in item:
        told = Told(
            reference=item["r"],
            group=item.get("g", ""),
            procedure=item.get("p"),
            known_error=item.get("e"),
        )
    return IndexItem(item["term"], item["place"], item.get("expires_at", 0), told)


def _key(term: str, place: str) -> Item:
    return {"term": term, "place": place}


def _references(found: Iterable[tuple[str, str]]) -> tuple[Reference, ...]:
    return tuple(Reference(crockford.grouped(compact)) for _, compact in found)
