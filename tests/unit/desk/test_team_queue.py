"""The team's queue in SQS, and messages kept from others while somebody looks at them."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from desk.queue.team_queue import Depth, TeamQueue
from tests.support.desk import NEXT, QUEUE_URL, REFERENCE, VIEW, Desk, Service, message
from tests.support.failures import FAILURES

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs(service: Service) -> Iterator["SQSClient"]:  # noqa: ARG001  whose credentials it takes
    with mock_aws():
        yield boto3.client("sqs", "eu-west-1")


@pytest.fixture
def watched(service: Service) -> TeamQueue:
    """The queue in memory, with one message."""
    service.queue(message())
    return TeamQueue(cast("Any", service.sqs()), QUEUE_URL)


def test_a_message_can_be_received_held_given_back_and_deleted(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="payment")["QueueUrl"]
    queue = TeamQueue(sqs, url)
    sqs.send_message(QueueUrl=url, MessageBody=message())
    first = queue.receive(0)
    assert first
    assert (first.content or {})["reference"] == REFERENCE
    assert (first.times_seen, queue.receive(0)) == (1, None)
    with queue.held(first):
        assert queue.depth() == Depth(waiting=0, held=1)
    queue.give_back(first)
    again = queue.receive(0)
    assert again
    assert (again.id, again.times_seen, again.sent_at) == (first.id, 2, first.sent_at)
    queue.delete(again)
    assert queue.depth() == Depth(waiting=0, held=0)


def test_every_message_is_received_once_although_sqs_gives_ten_at_a_time(service: Service) -> None:
    service.queue(*(message() for _ in range(12)))
    found = TeamQueue(cast("Any", service.sqs()), QUEUE_URL).receive_all(held_s=5)
    assert len({each.id for each in found}) == len(found) == 12
    assert service.in_the_queue() == (0, 12)


def test_nobody_else_gets_a_message_while_somebody_looks_at_it(
    service: Service, watched: TeamQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time passes only while the thread that prolongs the visibility waits."""
    prolonged = threading.Semaphore(0)
    prolong = service.queues.change_message_visibility

    class Passing(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if timeout is None:
                return super().wait()
            service.queues.let_pass(timeout)
            return super().wait(0.001)

    def counted(**asked: Any) -> None:
        prolong(**asked)
        prolonged.release()

    monkeypatch.setattr(service.queues, "change_message_visibility", counted)
    received = watched.receive(0)
    assert received
    monkeypatch.setattr("threading.Event", Passing)
    with watched.held(received):
        for _ in range(10):  # of a third of the visibility timeout each
            assert prolonged.acquire(timeout=10)
            assert service.in_the_queue() == (0, 1)
    service.queues.let_pass(service.queues.visibility_timeout_s)
    assert service.in_the_queue() == (1, 0)


def test_a_look_goes_on_even_if_the_message_cannot_be_held(
    watched: TeamQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = watched.receive(0)
    assert received
    tried = threading.Event()

    def broken(*_: object, **__: object) -> None:
        tried.set()
        raise ConnectTimeoutError(endpoint_url=QUEUE_URL)

    monkeypatch.setattr(TeamQueue, "_visibility_timeout", lambda _: 0)
    monkeypatch.setattr(TeamQueue, "_hold", broken)
    with watched.held(received):
        assert tried.wait(10)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_pull_goes_on_even_if_the_queue_does_not_say_its_visibility_timeout(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    def broken(*_: object) -> Any:
        error = FAILURES[failure]()
        raise error

    service.queue(message())
    service.answers[NEXT] = (200, VIEW)
    monkeypatch.setattr(TeamQueue, "_visibility_timeout", broken)
    pulled = desk("pull", "--wait", 0)
    assert (pulled.code, pulled.err) == (0, "")
