"""How the web desk takes the next incident: it claims before it deletes, and loses nothing."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from suport.desk import take_next as module
from suport.desk.deployed import team_queues
from suport.desk.take_next import ClaimUncertain, PassedOver, Pull, Taken, Why, take_next
from suport.desk.team_queue import TeamQueue, reference_in
from suport.domain.category import Category
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.register.errors import Contended, NotBackYet
from suport.register.incomplete import IncompleteRegister
from suport.register.register import Register
from suport.runtime import aws
from tests.support import desk
from tests.support.desk import Queues
from tests.support.failures import FAILURES
from tests.support.register import a_submission, table_of

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TEAM = Category.PAYMENT
UNKNOWN = Reference("GQNC-YQBY-1H8C")


class Team:
    """The payment team: its queue, and the register."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.sqs = Queues()
        self.queue = TeamQueue(cast("Any", self.sqs), "payment", TEAM)

    def submit(self, key: str = "1", category: Category = TEAM) -> Reference:
        error = {"message": "Error 190"}
        made = a_submission(category=category, error=error)
        return self.register.submit(made, key * 16, b"secret", NOW).reference

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl="payment", MessageBody=body)

    def take(self, operator: str = "neus", register: Register | None = None) -> Pull:
        return take_next(self.queue, register or self.register, operator, TEAM, NOW)

    @property
    def left(self) -> tuple[int, int]:
        """How many messages are in the queue, and how many somebody has received."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        told = self.sqs.get_queue_attributes(QueueUrl="payment", AttributeNames=names)
        waiting, held = (int(told["Attributes"][name]) for name in names)
        return waiting, held

    def has(self, reference: Reference) -> str | None:
        return self.register.incident(reference, NOW).claimed_by


@pytest.fixture
def team(register: Register) -> Team:
    return Team(register)


def message(reference: str, **changes: Any) -> str:
    return desk.message(reference, **changes)


@pytest.mark.parametrize("form", [desk.message, desk.former_message])
def test_the_operator_gets_the_next_incident_and_its_message_is_gone(
    team: Team, form: Callable[[str], str]
) -> None:
    first, second = team.submit("1"), team.submit("2")
    team.send(form(first), form(second))
    assert team.take() == Pull(Taken(first))
    assert (team.has(first), team.has(second)) == ("neus", None)
    assert team.left == (1, 0)


def test_an_empty_queue_has_nothing_to_take(team: Team) -> None:
    assert team.take() == Pull(None)


def test_the_message_is_in_the_queue_until_the_register_has_the_claim(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = team.submit()
    team.send(message(reference))
    claim, meanwhile = team.register.claim, []

    def watched(*asked: Any) -> Any:
        meanwhile.append(team.left)
        return claim(*asked)

    monkeypatch.setattr(team.register, "claim", watched)
    assert team.take().taken
    assert meanwhile == [(0, 1)]


def test_messages_that_nobody_needs_are_deleted_on_the_way_to_the_next(team: Team) -> None:
    with_colleague, waiting, resolved, passed_on, erased, next_one = map(team.submit, "123456")
    for reference in (with_colleague, waiting, resolved, passed_on):
        team.register.claim(reference, "biel", TEAM, NOW)
    team.register.reply(waiting, "biel", TEAM, "Amb quin banc?", NOW, ask=True)
    team.register.resolve(resolved, "biel", TEAM, None, NOW)
    team.register.transfer(passed_on, "biel", TEAM, Category.SIGNATURE, "firma", NOW)
    asked = team.register.ask_for_erasure(erased, NOW).erasure_asked
    assert asked
    team.register.erase(erased, asked.entry, NOW)
    about = (with_colleague, waiting, resolved, passed_on, erased, UNKNOWN, next_one)
    team.send(*map(message, about))
    found = team.take()
    assert found.taken == Taken(next_one)
    assert found.passed_over == (
        PassedOver(Why.COLLEAGUE_HAS_IT, with_colleague, "biel", deleted=True),
        PassedOver(Why.WAITS_FOR_CITIZEN, waiting, deleted=True),
        PassedOver(Why.RESOLVED, resolved, deleted=True),
        PassedOver(Why.OTHER_TEAM, passed_on, deleted=True),
        PassedOver(Why.ERASED, erased, deleted=True),
        PassedOver(Why.NO_SUCH_INCIDENT, UNKNOWN, deleted=True),
    )
    assert team.left == (0, 0)
    assert (team.has(waiting), team.register.incident(waiting, NOW).status) == (
        "biel",
        Status.WAITING,
    )


@pytest.mark.parametrize(
    "body",
    [
        *("no JSON", "[" * 100_000, "[]", "null", '"suport.incident/2"', ""),
        *('{"schema": "suport.incident/2"}', '{"schema": ["suport.incident/2"]}'),
        message(UNKNOWN, schema="suport.incident/3"),
        message(cast("Any", 7)),
        message(cast("Any", None)),
        message("GQNC-YQBY-1H8D"),  # its check character is another
    ],
)
def test_what_is_no_message_of_the_service_is_left_for_the_dead_letter_queue(
    team: Team, body: str
) -> None:
    reference = team.submit()
    team.send(body, message(reference))
    assert team.take() == Pull(Taken(reference), (PassedOver(Why.NOT_OURS),))
    assert team.left == (0, 1)


def test_a_message_with_members_of_later_versions_is_understood() -> None:
    assert reference_in(message(UNKNOWN, severity={"level": 3})) == UNKNOWN


def test_a_message_that_comes_twice_leads_its_operator_to_the_incident_again(team: Team) -> None:
    reference = team.submit()
    team.send(message(reference), message(reference))
    assert team.take() == team.take() == Pull(Taken(reference))
    assert team.left == (0, 0)


def test_of_two_operators_with_one_message_one_gets_the_incident_and_the_other_the_next(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQS may give a message to two receivers; the second is faster here."""
    first, second = team.submit("1"), team.submit("2")
    team.send(message(first), message(second))
    receive, results = TeamQueue.receive, []

    def received_by_both(queue: TeamQueue) -> Any:
        received = receive(queue)
        monkeypatch.setattr(TeamQueue, "receive", receive)
        if received:
            queue.give_back(received)  # as if SQS had it still
        table_of(team.register).meanwhile.append(lambda: results.append(team.take("biel")))
        return received

    monkeypatch.setattr(TeamQueue, "receive", received_by_both)
    found = team.take("neus")
    assert results == [Pull(Taken(first))]
    assert found.taken == Taken(second)
    assert [(each.why, each.colleague) for each in found.passed_over] == [
        (Why.COLLEAGUE_HAS_IT, "biel")
    ]
    assert (team.has(first), team.has(second)) == ("biel", "neus")


# --------------------------------------------------------------------- failures


def failing(layer: str, times: int = 99, before: Callable[..., Any] | None = None) -> Any:
    """A call that fails in that layer the first times, after `before` has been done."""
    calls = iter(range(times))

    def call(*args: Any, **kwargs: Any) -> Any:
        answer = before(*args, **kwargs) if before else None
        if next(calls, None) is not None:
            failure = FAILURES[layer]()
            raise failure
        return answer

    return call


@pytest.mark.parametrize("layer", FAILURES)
def test_if_the_queue_does_not_answer_nothing_has_happened(
    team: Team, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    reference = team.submit()
    team.send(message(reference))
    monkeypatch.setattr(team.sqs, "receive_message", failing(layer))
    with pytest.raises(type(FAILURES[layer]())):
        team.take()
    assert (team.has(reference), team.left) == (None, (1, 0))


@pytest.mark.parametrize("layer", FAILURES)
def test_an_operator_who_has_the_incident_gets_it_although_its_message_is_not_deleted(
    team: Team, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    reference = team.submit()
    team.send(message(reference))
    with monkeypatch.context() as broken:
        broken.setattr(team.sqs, "delete_message", failing(layer))
        assert team.take() == Pull(Taken(reference, comes_again=True))
    team.sqs.let_pass(61)
    passed = PassedOver(Why.COLLEAGUE_HAS_IT, reference, "neus", deleted=True)
    assert team.take("biel") == Pull(None, (passed,))


def test_a_stale_message_that_cannot_be_deleted_does_not_stop_the_search(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = team.submit()
    team.send(message(UNKNOWN), message(reference))
    monkeypatch.setattr(
        team.sqs, "delete_message", failing("throttling", 1, team.sqs.delete_message)
    )
    found = team.take()
    assert found.taken == Taken(reference)
    assert [each.deleted for each in found.passed_over] == [False]


@pytest.mark.parametrize("layer", FAILURES)
def test_a_claim_that_fails_puts_the_message_back_at_once(
    team: Team, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    reference = team.submit()
    team.send(message(reference))
    with monkeypatch.context() as broken:
        broken.setattr(team.register, "claim", failing(layer))
        with pytest.raises(ClaimUncertain) as uncertain:
            team.take()
    assert uncertain.value.reference == reference
    assert (team.has(reference), team.left) == (None, (1, 0))
    assert team.take("biel").taken == Taken(reference)


@pytest.mark.parametrize("layer", FAILURES)
def test_a_claim_whose_answer_was_lost_stands(
    team: Team, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    reference = team.submit()
    team.send(message(reference))
    monkeypatch.setattr(team.register, "claim", failing(layer, 1, team.register.claim))
    assert team.take() == Pull(Taken(reference))
    assert (team.has(reference), team.left) == ("neus", (0, 0))


def test_a_claim_whose_answers_were_all_lost_is_found_again(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = team.submit()
    team.send(message(reference))
    with monkeypatch.context() as broken:
        broken.setattr(team.register, "claim", failing("read time-out", before=team.register.claim))
        with pytest.raises(ClaimUncertain):
            team.take()
    assert team.left == (1, 0)
    assert team.take() == Pull(Taken(reference))


@pytest.mark.parametrize("failure", [Contended(), KeyboardInterrupt()])
def test_a_claim_that_did_not_come_about_puts_the_message_back_at_once(
    team: Team, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    team.send(message(team.submit()))

    def claim(*_: Any) -> None:
        raise failure

    monkeypatch.setattr(team.register, "claim", claim)
    with pytest.raises(type(failure)):
        team.take()
    assert team.left == (1, 0)


def test_no_message_is_deleted_while_a_copy_of_the_register_may_have_its_incident(
    team: Team,
) -> None:
    team.send(message(UNKNOWN))
    incomplete = IncompleteRegister(cast("Any", table_of(team.register)), "register")
    with pytest.raises(NotBackYet):
        team.take(register=incomplete)
    assert team.left == (1, 0)


def test_a_message_that_cannot_be_given_back_comes_back_after_a_minute(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = team.submit()
    team.send(message(reference))
    with monkeypatch.context() as broken:
        broken.setattr(team.register, "claim", failing("connection"))
        broken.setattr(team.sqs, "change_message_visibility", failing("connection"))
        with pytest.raises(ClaimUncertain):
            team.take()
    assert team.take() == Pull(None)
    team.sqs.let_pass(61)
    assert team.take() == Pull(Taken(reference))


def test_a_queue_full_of_stale_messages_keeps_nobody_waiting(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.send(*(message(UNKNOWN) for _ in range(9)))
    clock = iter(range(0, 99, 2))  # two seconds for each message
    monkeypatch.setattr(module, "time", cast("Any", type("", (), {"monotonic": clock.__next__})))
    found = team.take()
    assert (found.taken, found.more, len(found.passed_over)) == (None, True, 2)
    monkeypatch.setattr(module, "time", time)
    assert team.take().more is False


# -------------------------------------------------------------- each team's own


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Category, str]]:
    """The addresses of the teams' queues in SQS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1")
        monkeypatch.setattr(aws, "client", lambda _: client)
        urls = {team: client.create_queue(QueueName=team)["QueueUrl"] for team in Category}
        for team, url in urls.items():
            monkeypatch.setenv(f"{team.upper()}_QUEUE_URL", url)
        yield urls


def test_an_operator_receives_from_the_queue_of_their_team_only(
    sqs: dict[Category, str], register: Register
) -> None:
    team = Team(register)
    references = {each: team.submit(each[0], each) for each in Category}
    client: Any = aws.client("sqs")
    for each, url in sqs.items():
        client.send_message(QueueUrl=url, MessageBody=message(references[each], category=each))
    queues = team_queues()
    for each in (Category.SIGNATURE, Category.FUNCTIONAL):
        taken = take_next(queues[each], register, "neus", each, NOW)
        assert taken == Pull(Taken(references[each]))
    (left,) = client.receive_message(QueueUrl=sqs[TEAM])["Messages"]
    assert json.loads(left["Body"])["reference"] == references[TEAM]
    with pytest.raises(ValueError, match="payment"):
        take_next(queues[TEAM], register, "neus", Category.SIGNATURE, NOW)


def test_a_message_given_back_to_sqs_is_there_at_once(
    sqs: dict[Category, str],  # noqa: ARG001  of which the queues are made
) -> None:
    queue = team_queues()[TEAM]
    client: Any = aws.client("sqs")
    client.send_message(QueueUrl=queue._url, MessageBody=message(UNKNOWN))
    first = queue.receive()
    assert first
    queue.give_back(first)
    again = queue.receive()
    assert again
    queue.delete(again)
    assert again.reference == UNKNOWN
