"""How a function handles a batch: each record for itself; only those that failed come again."""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import partial
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

from suport.runtime.joint_calls import Steps, outcomes
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import count_failure


class UnknownMessage(Exception):
    """A message is of no kind that its function handles. It comes again, and is then set aside."""


type Handler = Callable[[dict[str, Any], LambdaContext], PartialItemFailureResponse]
type Task = tuple[Hashable, Steps[None]]
"""Something to do, and its name: what several records of a batch call for is done once."""

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

    def begin(_: dict[str, Any]) -> Callable[[SQSRecord], None]:
        return handle

    return _handler(EventType.SQS, begin, failed, _message, expected)


def joint_message_handler(
    tasks: Callable[[SQSRecord], Iterable[Task]],
    failed: str,
    expected: tuple[type[Exception], ...] = (),
) -> Handler:
    """The same, where the messages of a batch share their calls to AWS.

    tasks: what a message calls for, all of which is done, whatever becomes of the rest of it.
    """

    def begin(event: dict[str, Any]) -> Callable[[SQSRecord], None]:
        return _handled_jointly(tasks, map(SQSRecord, event.get("Records", ())))

    return _handler(EventType.SQS, begin, failed, _message, expected)


def change_handler(handle: Callable[[DynamoDBRecord], None], failed: str) -> Handler:
    """The handler of a function that takes the register's stream, change by change; as above."""

    def begin(_: dict[str, Any]) -> Callable[[DynamoDBRecord], None]:
        return handle

    return _handler(EventType.DynamoDBStreams, begin, failed, _change)


def joint_change_handler(tasks: Callable[[DynamoDBRecord], Iterable[Task]], failed: str) -> Handler:
    """The same, where the changes of a batch share their calls to AWS; as above."""

    def begin(event: dict[str, Any]) -> Callable[[DynamoDBRecord], None]:
        return _handled_jointly(tasks, map(DynamoDBRecord, event.get("Records", ())))

    return _handler(EventType.DynamoDBStreams, begin, failed, _change)


def _message(record: SQSRecord) -> Mapping[str, Any]:
    return {"message_id": record.message_id}


def _change(record: DynamoDBRecord) -> Mapping[str, Any]:
    assert record.dynamodb
    return {"reference": record.dynamodb.keys["reference"]}


def _handled_jointly[Record](
    tasks: Callable[[Record], Iterable[Task]], records: Iterable[Record]
) -> Callable[[Record], None]:
    """Handles all these records; returns what raises, for each in turn, why it failed."""
    wanted: dict[Hashable, Steps[None]] = {}
    named: list[list[Hashable] | Exception] = []
    for record in records:
        try:
            own = dict(tasks(record))
        except Exception as failure:  # noqa: BLE001  it is raised when the turn is this record's
            named.append(failure)
        else:
            named.append([*own])
            for name, steps in own.items():
                wanted.setdefault(name, steps)
    done = outcomes(wanted)

    def of_each() -> Iterator[Exception | None]:
        for names in named:
            if isinstance(names, Exception):
                yield names
            else:
                yield next(filter(None, (done[name] for name in names)), None)

    in_turn = of_each()

    def handled(_: Record) -> None:
        if failure := next(in_turn):
            raise failure

    return handled


def _handler[Record](
    kind: EventType,
    begin: Callable[[dict[str, Any]], Callable[[Record], None]],
    failed: str,
    about: Callable[[Record], Mapping[str, Any]],
    expected: tuple[type[Exception], ...] = (),
) -> Handler:
    processor = BatchProcessor(kind, raise_on_entire_batch_failure=False)

    def handle_one(record: Record, handle: Callable[[Record], None]) -> None:
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
        handling = partial(handle_one, handle=begin(event))
        return process_partial_response(event, handling, processor, context)

    return handler
