"""Calls to AWS that several records of a batch make as one.

What is done about a record is a generator. It reads like a function for this record alone: where
another record may need the same kind of call, it yields the call, and gets its answer there, or the
failure is raised there. What all generators wait for is then asked of AWS in as few requests as
possible. A call that fails in part fails only those that it failed for. One that AWS refuses as a
whole is made for each of them alone, because the reason may be one of them. One that AWS does not
answer fails for all: it takes seconds to give up, and the function has to be in time for the rest.
"""

from collections.abc import Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, Protocol

from botocore.exceptions import ClientError, ParamValidationError

from suport.runtime import aws

MOST_MESSAGES = 10
"""in one request to SQS"""


class JointCall(Protocol):
    """A call that can be made together with others of its group."""

    @property
    def group(self) -> Hashable:
        """What this call has in common with all that can be made with it."""

    def made_for(self, calls: Sequence[Any]) -> Iterable[Any]:
        """Makes the calls of one group, this one among them.

        Returns their answers in the same order; in place of an answer, why there is none.
        """


type Steps[Answer] = Generator[JointCall, Any, Answer]
"""What is done about a record, up to its answer."""


class NotSent(Exception):
    """SQS took other messages of a request, but not this one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}  # as botocore's errors have it, for the log


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be put into a queue."""

    queue_url: str
    body: str

    @property
    def group(self) -> Hashable:
        """A request is for one queue."""
        return self.queue_url

    def made_for(self, calls: Sequence["Message"]) -> Iterator[NotSent | None]:
        """Sends the messages."""
        for some in batched(calls, MOST_MESSAGES, strict=False):
            answer = aws.client("sqs").send_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(number), "MessageBody": each.body}
                    for number, each in enumerate(some)
                ],
            )
            refused = {each["Id"]: each["Code"] for each in answer.get("Failed", [])}
            for number in map(str, range(len(some))):
                yield NotSent(refused[number]) if number in refused else None


def sent(queue_url: str, body: str) -> Steps[None]:
    """Puts a message into a queue.

    Raises
    ------
    NotSent
    """
    yield Message(queue_url, body)


def outcomes[Name: Hashable](tasks: Mapping[Name, Steps[None]]) -> dict[Name, Exception | None]:
    """Does all of it, and returns what made which task fail; None for one that is done."""
    done: dict[Name, Exception | None] = {}
    ready: list[tuple[Name, Any]] = [(name, None) for name in tasks]
    while ready:
        waiting: dict[Name, JointCall] = {}
        for name, answer in ready:
            steps = tasks[name]
            try:
                failed = isinstance(answer, Exception)
                waiting[name] = steps.throw(answer) if failed else steps.send(answer)
            except StopIteration:
                done[name] = None
            except Exception as failure:  # noqa: BLE001  it is the record's own, and reported as such
                done[name] = failure
        ready = list(zip(waiting, _answers([*waiting.values()]), strict=True))
    return done


def _answers(calls: Sequence[JointCall]) -> list[Any]:
    """The answers to these calls, or why there is none, in the same order."""
    groups: dict[Hashable, list[int]] = {}
    for place, call in enumerate(calls):
        groups.setdefault((type(call), call.group), []).append(place)
    answers: list[Any] = [None] * len(calls)
    for places in groups.values():
        given = _made([calls[place] for place in places])
        for place, answer in zip(places, given, strict=True):
            answers[place] = answer
    return answers


def _made(calls: Sequence[JointCall]) -> list[Any]:
    """The same of one group."""
    try:
        return list(calls[0].made_for(calls))
    except Exception as failure:  # noqa: BLE001  it is raised where each of them waits
        if len(calls) > 1 and _is_refusal(failure):
            return [answer for call in calls for answer in _made([call])]
        return [failure] * len(calls)


def _is_refusal(failure: Exception) -> bool:
    """Whether the call could not be put into words, or AWS said at once that it refuses it."""
    if isinstance(failure, ClientError):
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status in range(400, 500)
    return isinstance(failure, ParamValidationError | TypeError)
