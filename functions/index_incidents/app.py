"""Follows the register's stream: keeps the search index of the desk as the register is.

It looks at incidents only, and most of their changes change nothing that is searched. A record may
come twice, or late: what it writes follows from the record alone, and whatever a search finds is
read from the register before anybody sees it. The nightly audit mends what was lost.
"""

from suport.register.items import findable_of
from suport.register.marshalling import unmarshalled
from suport.register.other_tables import search_index
from suport.runtime import clock
from suport.runtime.batch import change_handler

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

logger = Logger()


def index(record: DynamoDBRecord) -> None:
    """Brings the index from the incident before the change to the one after it."""
    images = record.raw_event["dynamodb"]
    now = clock.now()
    before, after = (
        findable_of(unmarshalled(images[each]), now) if each in images else None
        for each in ("OldImage", "NewImage")
    )
    if search_index().follow(before, after):
        logger.info("incident indexed")


handler = change_handler(index, failed="change not indexed")
