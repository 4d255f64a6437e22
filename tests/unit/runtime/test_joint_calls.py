"""Several records of a batch make their calls as one; each has its own answer or failure."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError

from suport.runtime import aws
from suport.runtime.joint_calls import MOST_MESSAGES, NotSent, Steps, outcomes, sent
from suport.runtime.logged_failure import facts


def refusal(status: int = 400) -> ClientError:
    told: Any = {
        "Error": {"Code": "ValidationException"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(told, "BatchGetItem")


@dataclass
class Doubling:
    """Doubles numbers, as many as are asked for at once; fails where one of them is `broken`."""

    failure: Exception = field(default_factory=refusal)
    broken: frozenset[int] = frozenset()
    made: list[list[int]] = field(default_factory=list)

    def answer(self, numbers: Sequence[int]) -> list[int]:
        self.made.append([*numbers])
        if self.broken & {*numbers}:
            raise self.failure
        return [2 * each for each in numbers]


@dataclass(frozen=True)
class Double:
    """A number to be doubled."""

    number: int
    by: Doubling
    group: Hashable = None

    def made_for(self, calls: Sequence["Double"]) -> Iterable[int]:
        return self.by.answer([each.number for each in calls])


def doubled(number: int, by: Doubling, answers: list[int], group: Hashable = None) -> Steps[None]:
    answers.append((yield Double(number, by, group)))


def test_what_waits_for_calls_of_a_group_makes_one_call_and_each_gets_its_own_answer() -> None:
    by, answers = Doubling(), list[int]()
    tasks = {number: doubled(number, by, answers, number % 2) for number in range(5)}
    assert outcomes(tasks) == dict.fromkeys(range(5))
    assert by.made == [[0, 2, 4], [1, 3]]
    assert sorted(answers) == [0, 2, 4, 6, 8]


def test_what_fails_between_two_calls_keeps_nothing_else_from_its_second_one() -> None:
    by, answers = Doubling(), list[int]()

    def twice(number: int) -> Steps[None]:
        half_way: int = yield Double(number, by)
        if number == 1:
            raise LookupError
        answers.append((yield Double(half_way, by)))

    done = outcomes({number: twice(number) for number in range(3)})
    assert [type(done[number]) for number in range(3)] == [type(None), LookupError, type(None)]
    assert by.made == [[0, 1, 2], [0, 4]]
    assert answers == [0, 8]


def test_nothing_is_asked_of_aws_where_nothing_waits() -> None:
    def nothing() -> Steps[None]:
        yield from ()

    assert outcomes({"one": nothing()}) == {"one": None}
    assert outcomes({}) == {}


@pytest.mark.parametrize("failure", [refusal(), ParamValidationError(report="no"), TypeError()])
def test_a_call_that_is_refused_is_made_for_each_alone(failure: Exception) -> None:
    by, answers = Doubling(failure, broken=frozenset({1})), list[int]()
    done = outcomes({number: doubled(number, by, answers) for number in range(3)})
    assert done == {0: None, 1: failure, 2: None}
    assert by.made == [[0, 1, 2], [0], [1], [2]]
    assert answers == [0, 4]


@pytest.mark.parametrize("failure", [ReadTimeoutError(endpoint_url="x"), refusal(status=500)])
def test_a_call_without_an_answer_fails_for_all_and_is_not_repeated(failure: Exception) -> None:
    by, answers = Doubling(failure, broken=frozenset({1})), list[int]()
    done = outcomes({number: doubled(number, by, answers) for number in range(3)})
    assert done == dict.fromkeys(range(3), failure)
    assert by.made == [[0, 1, 2]]
    assert answers == []


class Sqs:
    """Takes messages, except those whose body it refuses."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.requests: list[tuple[str, list[str]]] = []

    def send_message_batch(self, **request: Any) -> Any:
        bodies = {each["Id"]: each["MessageBody"] for each in request["Entries"]}
        assert len(bodies) == len(request["Entries"]) <= MOST_MESSAGES
        self.requests.append((request["QueueUrl"], [*bodies.values()]))
        failed = [name for name, body in bodies.items() if body == self.refused]
        return {
            "Successful": [{"Id": name} for name in bodies if name not in failed],
            "Failed": [{"Id": name, "Code": "InternalError"} for name in failed],
        }


def test_messages_for_a_queue_are_sent_ten_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = Sqs()
    monkeypatch.setattr(aws, "client", lambda _: sqs)
    tasks = {number: sent("one", f"{number}") for number in range(11)} | {"x": sent("other", "x")}
    assert set(outcomes(tasks).values()) == {None}
    numbers = [str(number) for number in range(11)]
    assert sqs.requests == [("one", numbers[:10]), ("one", numbers[10:]), ("other", ["x"])]


def test_a_message_that_sqs_refuses_fails_alone_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aws, "client", lambda _: Sqs(refused="b"))
    done = outcomes({body: sent("queue", body) for body in "abc"})
    assert done["a"] is done["c"] is None
    assert isinstance(done["b"], NotSent)
    assert facts(done["b"])["code"] == "InternalError"
