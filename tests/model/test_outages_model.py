"""The promises hold even if AWS fails: outages for hours, lost answers, deaths between calls.

Register, router, mailer and watcher are the real ones; their calls fail as a schedule says. Nothing
here knows how they work. The model checks the promises in what the mail provider took, in the
register's items, and in the answers that people got.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore import exceptions
from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from suport.domain.incident import Category
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.register import contention
from suport.register.errors import NoSuchIncident
from suport.register.register import Register
from tests.support import silent_functions as functions
from tests.support.register import submission_of
from tests.support.silent_functions import SECRET
from tests.support.table import Change, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
AINA = ("aina", Category.FUNCTIONAL)
STREAM_RETRIES, MOST_RECEIVES = 10, 10
CONTEXT = SimpleNamespace(
    function_name="model",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:model",
    aws_request_id="request",
)


class Died(BaseException):
    """The process ended in the middle of its work."""


class Weather:
    """The fate of each call: an outage of its service, or a random fault."""

    def __init__(self) -> None:
        self.now = START
        self.outages: dict[str, tuple[str, datetime]] = {}
        self.chance = Random(0)  # noqa: S311  repeatable, not secret
        self.faults = True

    def call[Answer](self, service: str, effect: Callable[[], Answer]) -> Answer:
        how, until = self.outages.get(service, ("", START))
        if self.now >= until:
            how = self.chance.choice(FAULTS) if self.faults else ""
        match how:
            case "unreachable":
                raise exceptions.ConnectTimeoutError(endpoint_url=service)
            case "silent":
                raise exceptions.ReadTimeoutError(endpoint_url=service)
            case "refusing":
                raise ClientError(
                    {"Error": {"Code": "ThrottlingException"}}
                    | cast("Any", {"ResponseMetadata": {"HTTPStatusCode": 400}}),
                    service,
                )
            case "answer lost":
                effect()
                raise exceptions.ConnectionClosedError(endpoint_url=service)
            case "dies before":
                raise Died
            case "dies after":
                effect()
                raise Died
        return effect()


OUTAGES = ("unreachable", "silent", "refusing", "answer lost")
FAULTS = (*[""] * 60, *OUTAGES, "dies before", "dies after")


class FaultyTable(Table):
    """The register's table, under the weather."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
        self.weather = weather

    def _answer(self, name: str, asked: dict[str, Any]) -> Any:
        own = super()._answer
        return self.weather.call("dynamodb", lambda: own(name, asked))


@dataclass(eq=False)
class Message:
    """A message in the mail queue, as SQS counts it."""

    body: str
    visible_at: datetime
    receives: int = 0


@dataclass
class Sqs:
    """The mail queue; this model ignores what goes into the teams' queues."""

    weather: Weather
    mails: list[Message] = field(default_factory=list)
    dead: int = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803  as SQS has it
        def send() -> None:
            if QueueUrl == "//mail":
                self.mails.append(Message(MessageBody, self.weather.now))

        self.weather.call("sqs", send)

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> None:
        assert QueueUrl == "//mail"

        def change() -> None:
            message = self.mails[int(ReceiptHandle)]
            message.visible_at = self.weather.now + timedelta(seconds=VisibilityTimeout)

        self.weather.call("sqs", change)


type MailName = tuple[str, str]


class Ses:
    """Counts how often each mail may have gone out, and how often it did."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, weather: Weather) -> None:
        self.weather = weather
        self.maybe: Counter[MailName] = Counter()
        self.taken: Counter[MailName] = Counter()

    def send_email(self, **request: Any) -> Any:
        tags = {each["Name"]: each["Value"] for each in request["EmailTags"]}
        name = (tags["reference"], tags["entry"])
        self.maybe[name] += 1

        def take() -> Any:
            self.taken[name] += 1
            return {"MessageId": f"message {self.taken[name]} of {name}"}

        try:
            return self.weather.call("ses", take)
        except (ClientError, exceptions.ConnectTimeoutError):
            self.maybe[name] -= 1  # it certainly did not go out
            raise


@dataclass(eq=False)
class Record:
    """A change on the stream, and how often its delivery has failed."""

    change: Change
    failures: int = 0


chances = st.integers(0, 2**32)
waits = st.sampled_from(
    [
        *(timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=6), timedelta(minutes=16)),
        *(timedelta(hours=1), timedelta(hours=5), timedelta(days=1), timedelta(days=15)),
    ]
)


class Outages(RuleBasedStateMachine):
    """Everybody at once, in bad weather."""

    @initialize()
    def begin(self) -> None:
        self.weather = Weather()
        self.table = FaultyTable(self.weather)
        self.register = Register(cast("DynamoDBClient", self.table), "register")
        self.sqs, self.ses = Sqs(self.weather), Ses(self.weather)
        self.stream: list[Record] = []
        self.made: list[Reference] = []
        self.answered: list[tuple[Reference, str]] = []
        self.number = 0
        clients = {"dynamodb": self.table, "sqs": self.sqs, "sesv2": self.ses}
        for name in ("route_incident", "notify_citizen", "watch_incidents"):
            functions.connect(FUNCTIONS[name], clients, lambda: self.weather.now)

    # People, who may or may not get an answer

    @precondition(lambda self: len(self.made) < 3)
    @rule(chance=chances, by_phone=st.booleans(), again=st.booleans())
    def submits(self, chance: int, by_phone: bool, again: bool) -> None:
        self.number += 1
        content = {
            "category": "functional",
            "description": "I cannot go on from here.",
            "contact": {"email": f"person-{self.number}@example.org"},
        }
        submission = submission_of(content)
        key = f"{self.number:016}"

        def submit() -> Reference:
            now = self.weather.now
            if by_phone:
                made = self.register.take_phone_call(
                    submission, Operator(AINA[0], AINA[1:]), key, SECRET, now
                )
            else:
                made = self.register.submit(submission, key, SECRET, now)
            return made.reference

        for _ in range(2 if again else 1):
            if (reference := self.attempt(chance, submit)) and reference not in self.made:
                self.made.append(reference)
                self.answered.append((reference, "acknowledgement"))

    @precondition(lambda self: self.made)
    @rule(
        chance=chances,
        which=st.integers(0, 2),
        what=st.sampled_from(["reply", "question", "solution", "closing", "write"]),
        again=st.booleans(),
    )
    def acts(self, chance: int, which: int, what: str, again: bool) -> None:
        reference = self.made[which % len(self.made)]
        self.number += 1
        words, key = f"words {self.number}", f"{self.number:016}"

        def act() -> bool:
            now = self.weather.now
            if what == "write":
                self.register.add_citizen_message(reference, words, now, key)
                return False
            if what == "closing":
                was_open = self.register.incident(reference, now).status != "resolved"
                self.register.resolve_by_citizen(reference, now)
                return was_open
            self.register.claim(reference, *AINA, now)
            if what == "solution":
                self.register.resolve(reference, *AINA, words, now, key=key)
            else:
                ask = what == "question"
                self.register.reply(reference, *AINA, words, now, ask=ask, key=key)
            return True

        for _ in range(2 if again else 1):
            if self.attempt(chance, act):
                self.answered.append((reference, what))
                break

    def attempt(self, chance: int, act: Callable[[], Any]) -> Any:
        """The answer that they get; None for a refusal, an error or no answer."""
        self.weather.chance.seed(chance)
        try:
            return act()
        except (Exception, Died):  # noqa: BLE001  whatever it is, nothing was promised
            return None
        finally:
            self.stream += [Record(change) for change in self.table.stream]
            self.table.stream.clear()

    # The service

    @precondition(lambda self: self.stream)
    @rule(chance=chances, which=st.integers(0, 5), twice=st.booleans())
    def routes(self, chance: int, which: int, twice: bool) -> None:
        record = self.stream[which % len(self.stream)]
        told = {
            "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"reference": {"S": record.change.reference}, "entry": {"S": "incident"}},
                "NewImage": record.change.image,
                **({"OldImage": before} if (before := record.change.image_before) else {}),
            },
        }
        well = self.serve(chance, lambda: FUNCTIONS["route_incident"].route(DynamoDBRecord(told)))
        record.failures += not well
        if (well and not twice) or record.failures > STREAM_RETRIES:
            self.stream.remove(record)

    @precondition(lambda self: any(each.visible_at <= self.weather.now for each in self.sqs.mails))
    @rule(chance=chances, which=st.integers(0, 5), twice=st.booleans())
    def mails(self, chance: int, which: int, twice: bool) -> None:
        there = [each for each in self.sqs.mails if each.visible_at <= self.weather.now]
        message = there[which % len(there)]
        message.receives += 1
        message.visible_at = self.weather.now + timedelta(seconds=300)
        delivery = {
            "messageId": "message",
            "receiptHandle": str(self.sqs.mails.index(message)),
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": str(message.receives)},
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:mail",
        }
        well = self.serve(chance, lambda: FUNCTIONS["notify_citizen"].receive(SQSRecord(delivery)))
        if (well and not twice) or message.receives >= MOST_RECEIVES:
            self.sqs.mails.remove(message)

    @rule(chance=chances)
    def watches(self, chance: int) -> None:
        self.serve(chance, lambda: FUNCTIONS["watch_incidents"].handler({}, CONTEXT))

    def serve(self, chance: int, work: Callable[[], Any]) -> bool:
        """Runs a function; returns whether it ended well. No expiry may move."""
        before = self.expiries()
        well = self.attempt(chance, lambda: work() is None)
        after = self.expiries()
        assert {name: after[name] for name in before} == before
        return bool(well)

    def expiries(self) -> dict[tuple[str, str], str]:
        return {
            (reference, entry): item["expires_at"]["N"]
            for reference, entries in self.table.items.items()
            for entry, item in entries.items()
            if entry != "acknowledgements"  # the count of an address's receipts, kept for an hour
        }

    # What happens to everybody

    @rule(
        service=st.sampled_from(["dynamodb", "sqs", "ses"]),
        how=st.sampled_from(OUTAGES),
        hours=st.sampled_from([0.1, 1, 5, 30]),
    )
    def breaks_down(self, service: str, how: str, hours: float) -> None:
        self.weather.outages[service] = (how, self.weather.now + timedelta(hours=hours))

    @rule(span=waits)
    def waits(self, span: timedelta) -> None:
        self.weather.now += span

    @precondition(lambda self: self.made)
    @rule(chance=chances, hours=st.sampled_from([1, 3, 8]))
    def rides_it_out(self, chance: int, hours: int) -> None:
        """The service works on as well as it can, whatever is out of order."""
        chances_of_each = Random(chance)  # noqa: S311
        end = self.weather.now + timedelta(hours=hours)
        while self.weather.now < end and self.goes_on(chances_of_each):
            pass

    def teardown(self) -> None:
        if not hasattr(self, "made"):
            return
        self.weather.outages, self.weather.faults = {}, False
        end = self.weather.now + timedelta(days=4)
        while self.weather.now < end and self.goes_on(Random(0)):  # noqa: S311
            pass
        for name, times in self.ses.maybe.items():
            assert times <= 2, f"{name} may have gone out {times} times"
            assert self.ses.taken[name] <= 2
        for reference in self.made:
            self.check(reference)

    def goes_on(self, chance: Random) -> bool:
        """Does what is possible now, then lets time pass; returns whether more is left to do."""
        for _ in range(len(self.stream)):
            self.routes(chance.getrandbits(32), chance.randrange(6), twice=chance.random() < 0.1)
        for _ in range(sum(each.visible_at <= self.weather.now for each in self.sqs.mails)):
            if any(each.visible_at <= self.weather.now for each in self.sqs.mails):
                self.mails(chance.getrandbits(32), chance.randrange(6), twice=False)
        self.watches(chance.getrandbits(32))
        self.weather.now += timedelta(minutes=5)
        owing = any("mails" in entries.get("incident", {}) for entries in self.table.items.values())
        return owing or bool(self.sqs.mails) or bool(self.stream)

    def check(self, reference: Reference) -> None:
        now = self.weather.now
        try:
            incident = self.register.incident(reference, now)
        except NoSuchIncident:
            return
        assert incident.mails == {}, "a mail is owed although all is well again"
        settled: Counter[str] = Counter()
        for entry in self.register.entries(reference, now):
            if entry.kind == "mail" or entry.facts.get("action") == "mail_set_aside":
                settled[entry.facts["kind"]] += 1
        owed = Counter(kind for each, kind in self.answered if each == reference)
        assert owed <= settled, f"owed {owed}, sent or set aside {settled}"


FUNCTIONS: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    """The functions' own code, in the environment that the template gives it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "REGISTER_TABLE": "register",
            "FUNCTIONAL_QUEUE_URL": "functional",
            "MAIL_QUEUE_URL": "//mail",
            "MAIL_EVENTS_QUEUE_URL": "//mail_events",
            "MAIL_FROM": "suport@example.org",
            "MAIL_CONFIGURATION": "mails",
            "PUBLIC_URL": "https://suport.example.org",
        }.items():
            patch.setenv(name, value)
        for name in ("route_incident", "notify_citizen", "watch_incidents"):
            FUNCTIONS[name] = functions.silent(name)
        patch.setattr(contention, "pause", lambda _: None)  # nobody has to wait for themselves
        yield


def test_every_mail_is_sent_or_set_aside_and_nothing_is_kept_longer_in_any_weather() -> None:
    long = settings.get_current_profile_name() == "acceptance"
    many = settings(max_examples=2_500)
    few = settings(max_examples=60, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Outages, settings=many if long else few)
