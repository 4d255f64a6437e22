"""What becomes of each call to AWS: at random by a seed, or because a service is away for hours."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Protocol

from botocore import exceptions
from botocore.awsrequest import AWSResponse

from suport.mail.send_failure import certainly_not_done
from tests.chaos.aws import Died, Effect, refusal
from tests.support.failures import every_failure

SERVICES = ("dynamodb", "sqs", "sesv2", "s3", "secrets-manager", "lambda")
READS = {"GetItem", "Query", "Scan", "BatchGetItem", "GetSecretValue", "GetAccount"}
THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "sesv2": "TooManyRequestsException",
    "s3": "SlowDown",
    "secrets-manager": "ThrottlingException",
    "lambda": "TooManyRequestsException",
}
GIVES_UP_AFTER = {"sesv2": 8}
"""Seconds that the service's client waits for an answer, where they are not 2."""
PATIENCE_S = 2

BEFORE = (
    *("throttled", "unavailable", "failed", "unreachable", "no connection", "no answer"),
    *("closed", "exception", "died", "stale credentials"),
)
AFTER = ("failed", "no answer", "closed", "exception", "died")
REFUSALS = {
    "unavailable": ("ServiceUnavailable", 503),
    "failed": ("InternalServerError", 500),
    "stale credentials": ("ExpiredTokenException", 400),
}
CONNECTIONS: dict[str, Any] = {
    "unreachable": exceptions.ConnectTimeoutError,
    "no connection": exceptions.EndpointConnectionError,
    "no answer": exceptions.ReadTimeoutError,
    "closed": exceptions.ConnectionClosedError,
}
OTHERWISE = ("late", "twice", "conflict", "in part")
BATCHED = {"BatchGetItem", "BatchWriteItem", "SendMessageBatch"}
"""The calls about several, of which AWS may do only some."""
OUTAGES = ("throttled", "unavailable", "failed", "unreachable", "no answer", "answers lost")


class Clock(Protocol):
    """The time of the world, which passes while somebody waits."""

    now: datetime

    def wait(self, span: timedelta) -> None: ...


@dataclass(frozen=True)
class Outage:
    """A service that is away until then, in one of the ways of `OUTAGES`."""

    how: str
    until: datetime


class Faults:
    """The fate of every attempt of every call.

    rate: how many attempts of a hundred have a fault. meanwhile: lets somebody else act before a
    call has its effect.
    """

    def __init__(self, clock: Clock, meanwhile: Callable[[], None]) -> None:
        self.clock, self.meanwhile = clock, meanwhile
        self.chance = Random(0)  # noqa: S311  repeatable, not secret
        self.rate = 0.0
        self.outages: dict[str, Outage] = {}
        self.happened: Counter[str] = Counter()

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self.rate, self.outages = 0.0, {}

    def __call__(self, service: str, operation: str, effect: Effect) -> AWSResponse:
        self.clock.wait(timedelta(milliseconds=self.chance.randrange(2, 30)))
        self.meanwhile()
        outage = self.outages.get(service)
        if outage and self.clock.now < outage.until:
            return self._away(outage.how, service, effect)
        if self.chance.random() * 100 >= self.rate:
            return effect()
        when, how = self._drawn(service, operation)
        self.happened[f"{how} {when}".strip()] += 1
        match when:
            case "before":
                return self._refuse(how, service)
            case "after":
                effect()
                return self._refuse(how, service, had_effect=True)
        return self._otherwise(how, service, operation, effect)

    def _drawn(self, service: str, operation: str) -> tuple[str, str]:
        kind = self.chance.choice(("before", "after", ""))
        if kind == "before":
            return kind, self.chance.choice(BEFORE)
        if kind == "after":
            return kind, self.chance.choice(AFTER)
        how = self.chance.choice(OTHERWISE)
        if operation in BATCHED and how == "conflict":
            how = "in part"
        if how == "in part" and operation not in BATCHED:
            how = "late"
        if how == "conflict" and (service != "dynamodb" or operation in READS):
            how = "late"
        if how == "twice" and service == "sesv2":  # its client does not ask twice
            how = "late"
        return "", how

    def _away(self, how: str, service: str, effect: Effect) -> AWSResponse:
        if how == "answers lost":
            effect()
            return self._refuse("no answer", service, had_effect=True)
        return self._refuse(how, service)

    def _refuse(self, how: str, service: str, *, had_effect: bool = False) -> AWSResponse:
        if how in REFUSALS:
            return refusal(*REFUSALS[how])
        if how == "throttled":
            return refusal(THROTTLED[service], 503 if service == "s3" else 400)
        if how == "died":
            raise Died
        if how == "exception":
            failure = self.chance.choice(_unknown_outcomes() if had_effect else _failures())
            raise failure.with_traceback(None)
        self.clock.wait(timedelta(seconds=self._patience(how, service)))
        raise CONNECTIONS[how](endpoint_url=f"https://{service}.example.org")

    @staticmethod
    def _patience(how: str, service: str) -> int:
        """How many seconds the client waits before it gives up so."""
        if how == "no answer":
            return GIVES_UP_AFTER.get(service, PATIENCE_S)
        return 1 if how == "unreachable" else 0

    def _otherwise(self, how: str, service: str, operation: str, effect: Effect) -> AWSResponse:
        match how:
            case "late":
                span = self.chance.uniform(0.1, GIVES_UP_AFTER.get(service, PATIENCE_S))
                answered = effect()
                self.clock.wait(timedelta(seconds=span))
                return answered
            case "twice":
                effect()
                return effect()
            case "in part":
                return effect(in_part=True)
        assert how == "conflict"
        code = "com.amazonaws.dynamodb.v20120810#Transaction"
        if operation != "TransactWriteItems":
            return refusal(f"{code}ConflictException")
        reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
        return refusal(f"{code}CanceledException", CancellationReasons=reasons)


@cache
def _failures() -> list[Exception]:
    """An exception of every class of every layer."""
    return every_failure()


@cache
def _unknown_outcomes() -> list[Exception]:
    """Those that can come after the request had its effect."""
    return [each for each in _failures() if not certainly_not_done(each)]
