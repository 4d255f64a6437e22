"""How many mails that anybody can cause may go to one address: the form must flood nobody."""

from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from suport.domain.legal_time import utc_text
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.marshalling import Item, epoch, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_ACKNOWLEDGEMENTS, COUNTED_FOR = 3, timedelta(hours=1)
"""At most so many to one address in any period of that length."""

_NOTHING: Item = {"sent": {}, "version": 0}
_COUNTED = "acknowledgements"  # the entry key, and the kind, of the count for one address


class AcknowledgementLimit:
    """Counts, for each address, the latest mails that anybody can cause.

    The count has a key of its own in the register's table, with the digest of the address.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """The counts in that table, reached with this client."""
        self._client = client
        self._table = table

    def admits(self, counted: str, address_digest: str, now: datetime) -> bool:
        """Whether one more such mail may go to an address; if so, counts it.

        counted: the name of the mail. If it was counted before, it counts once, as of now.

        Raises
        ------
        Contended
        """
        since = utc_text(now - COUNTED_FOR)
        seen: Item = (
            _NOTHING  # as for most; where it is not so, the first attempt says what there is
        )
        for _ in chain([0], attempts()):
            others = {
                other: moment
                for other, moment in seen["sent"].items()
                if moment > since and other != counted
            }
            if len(others) >= MOST_ACKNOWLEDGEMENTS:
                return False
            item = {
                "reference": address_digest,
                "entry": _COUNTED,
                "kind": _COUNTED,
                "recorded_at": utc_text(now),
                "expires_at": epoch(now + COUNTED_FOR) + 1,
                "sent": others | {counted: utc_text(now)},
                "version": seen["version"] + 1,
            }
            there = self._put_over(item, seen["version"], now)
            if there is None:
                return True
            seen = there
        raise Contended

    def _put_over(self, item: Item, version: int, now: datetime) -> Item | None:
        """Replaces that version of the item (0: no item), if it is still that one.

        Returns None if it did, and what is there if it did not.
        """
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
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            response: Any = refusal.response  # its type lacks what ALL_OLD adds
            there = unmarshalled(response.get("Item", {}))
            return there if there and there["expires_at"] > epoch(now) else _NOTHING
        return None
