"""How a function handles a batch: record by record; only those that failed come again."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.runtime.logged_failure import facts
from suport.runtime.metrics import count_failure


class UnknownMessage(Exception):
    """A message is of no kind that its function handles. It comes again, and is then set aside."""


type Handler = Callable[[dict[str, Any], LambdaContext], PartialItemFailureResponse]

logger = Logger()


def content_of(record: SQSRecord) -> dict[str, Any]:
    """What the message says.

    Raises
    ------
    ValueError, UnknownMessage
        If its body is not a JSON object.
    """
    content = json.loads(record.body)
    if not isinstance(content, dict):
        raise UnknownMessage
    return content


def message_handler(
    handle: Callable[[SQSRecord], None],
    failed: str,
    expected: tuple[type[Exception], ...] = (),
) -> Handler:
    """The handler of a function that takes the messages of a queue, one by one.

    failed: what the log says about a message that could not be handled. expected: exceptions that
    are not failures, although the message has to come again.
    """
    return _handler(EventType.SQS, handle, failed, _message, expected)


def change_handler(handle: Callable[[DynamoDBRecord], None], failed: str) -> Handler:
    """The handler of a function that takes the register's stream, change by change; as above."""
    return _handler(EventType.DynamoDBStreams, handle, failed, _change)


def _message(record: SQSRecord) -> Mapping[str, Any]:
    return {"message_id": record.message_id}


def _change(record: DynamoDBRecord) -> Mapping[str, Any]:
    assert record.dynamodb
    return {"reference": record.dynamodb.keys["reference"]}


def _handler[Record](
    kind: EventType,
    handle: Callable[[Record], None],
    failed: str,
    about: Callable[[Record], Mapping[str, Any]],
    expected: tuple[type[Exception], ...] = (),
) -> Handler:
    processor = BatchProcessor(kind, raise_on_entire_batch_failure=False)

    def handle_one(record: Record) -> None:
        try:
            handle(record)
        except expected as reason:
            logger.info(failed, **about(record), **facts(reason))
            raise
        except Exception as failure:
            # `exception` would log the message, which may quote what a citizen wrote
            logger.error(failed, **about(record), **facts(failure))  # noqa: TRY400
            count_failure()
            raise

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
        if event.get("Records") == []:  # Powertools takes it for an event of another source
            return {"batchItemFailures": []}
        return process_partial_response(event, handle_one, processor, context)

    return handler
