"""The whole service in this process, on an AWS that fails as a seed says, at a time of its own.

A step of a schedule is a citizen, an operator or AWS itself doing one thing. It has a seed of its
own, from which all its chances follow: without one step, the others go on as before.
"""

import io
import json
import logging
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from suport.register import other_tables, whole_table
from suport.runtime import aws as service_aws
from suport.runtime import clock as service_clock
from tests.chaos.aws import REGION, Aws, Died, Effect, Queue, Stored
from tests.chaos.dynamodb import Written
from tests.chaos.event_sources import (
    Delivery,
    QueueConsumer,
    StreamConsumer,
    queue_consumers,
    queues,
    stream_consumers,
)
from tests.chaos.faults import Faults
from tests.chaos.functions import ROUTES, TIMEOUTS, environment, loaded
from tests.support.gateway import asked, routed

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
SECRETS = {
    "Secret": "a secret that only chaos knows",
    "PersonKey": "a key that only chaos knows",
    "ComandaSecret": '{"username": "comanda", "password": "only-chaos-knows-this"}',
}
MOST_SKEW_S = 5
DEEPEST = 2
"""How many functions may be at work at once: one between the read and the write of another."""


@dataclass(frozen=True)
class Answer:
    """What somebody got from the API."""

    status: int
    body: str
    headers: dict[str, list[str]]

    @property
    def ok(self) -> bool:
        """Whether it says that the request was accepted."""
        return self.status < 400

    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)


NO_ANSWER = Answer(504, "", {})
"""What API Gateway answers for a function that died; or the answer was lost on its way."""


@dataclass
class Process:
    """A function at work: how wrong its clock is, and when Lambda ends it."""

    function: str
    skew: timedelta
    ends_at: datetime


@dataclass
class World:
    """Everything there is in one schedule.

    act: does a step of that kind, with these chances; `people` and `nature` provide it.
    """

    seed: int
    act: Callable[[str, Random], None]
    now: datetime = START
    processes: list[Process] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What was promised and not kept, in one sentence each."""
    log: io.StringIO = field(default_factory=io.StringIO)
    scanning: bool = False

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311  repeatable, not secret
        self.faults = Faults(self, self._let_others_act)
        self.interleaving = 0.0
        self.others: list[str] = []
        self.streams: list[StreamConsumer] = stream_consumers()
        self.consumers: list[QueueConsumer] = queue_consumers()
        self.aws = Aws(
            now=lambda: self.now,
            lag=lambda: timedelta(seconds=self.faults.chance.choice((0, 0, 1, 3))),
            choose=lambda below: self.faults.chance.randrange(below),  # noqa: PLW0108  those of now
            on_change=self._changed,
            queues=queues(),
            secrets=SECRETS,
        )
        self.aws.fate = self._fate
        self.aws.on_arrival = self._arrived
        self.observers: list[Callable[[Written], None]] = []
        self.scheduler_away_until = START
        self.sequence = 0

    # ------------------------------------------------------------------ time and chance

    def wait(self, span: timedelta) -> None:
        """Lets time pass, and nothing else."""
        self.now += span

    def queue(self, name: str) -> Queue:
        """The queue of that name in the template."""
        return self.aws.queues[name]

    def _fate(self, service: str, operation: str, effect: Effect) -> AWSResponse:
        if self.processes and self.now > self.processes[-1].ends_at:
            raise Died
        return self.faults(service, operation, effect)

    def _let_others_act(self) -> None:
        if len(self.processes) >= DEEPEST or not self.others:
            return
        if self.faults.chance.random() < self.interleaving:
            kind = self.faults.chance.choice(self.others)
            with self.chances_of(self.faults.chance.getrandbits(32)) as chance:
                self.act(kind, chance)

    @contextmanager
    def chances_of(self, seed: int) -> Iterator[Random]:
        """The chances of one step, of whatever fails in it, too."""
        before = self.faults.chance
        self.faults.chance = Random(seed)  # noqa: S311
        try:
            yield Random(seed + 1)  # noqa: S311
        finally:
            self.faults.chance = before

    # ------------------------------------------------------------------ functions

    def invoke(self, function: str, event: Any) -> Any:
        """What the function returns for the event.

        Raises
        ------
        Died
            If it was ended while it worked.
        Exception
            Whatever it raises.
        """
        skew = timedelta(seconds=self.faults.chance.uniform(-MOST_SKEW_S, MOST_SKEW_S))
        ends_at = self.now + timedelta(seconds=TIMEOUTS[function])
        process = Process(function, skew, ends_at)
        context = SimpleNamespace(
            function_name=function,
            memory_limit_in_mb=1024,
            invoked_function_arn=f"arn:aws:lambda:{REGION}:123456789012:function:{function}",
            aws_request_id="request",
            get_remaining_time_in_millis=lambda: (ends_at - self.now) / timedelta(milliseconds=1),
        )
        self.processes.append(process)
        try:
            with _environment(function, scanning=self.scanning), redirect_stdout(_LOG):
                module = loaded(function, len(self.processes))
                return module.handler(event, context)
        finally:
            self.processes.pop()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: dict[str, str] | None = None,
        caller: str | None = None,
        **headers: str,
    ) -> Answer:
        """What somebody gets who asks the API; `NO_ANSWER` if no answer arrives.

        caller: the ARN of who signed the request.
        """
        event = asked(method, path, body=body, query=query, **headers)
        event["requestContext"] |= {"domainName": "suport.example.org"}
        if caller:
            event["requestContext"]["identity"] = {"userArn": caller}
        function = ROUTES[method, routed(path)[0]]
        try:
            answered = self.invoke(function, event)
        except Died:
            return NO_ANSWER
        except Exception as failure:  # noqa: BLE001  the promise is that it never does
            self.broken.append(f"{method} {path}: {function} raised {type(failure).__name__}")
            return NO_ANSWER
        if self.faults.chance.random() * 100 < self.faults.rate:
            return NO_ANSWER  # it was lost on its way to the browser
        answer = Answer(
            answered["statusCode"], answered["body"] or "", answered["multiValueHeaders"]
        )
        self.judge(method, path, answer)
        return answer

    def judge(self, method: str, path: str, answer: Answer) -> None:
        """Notes an answer that nobody should get, whatever is out of order."""
        if answer.status >= 500 and answer.status != 503:
            self.broken.append(f"{method} {path}: answered {answer.status}")
        if answer.status == 503 and "Retry-After" not in answer.headers:
            self.broken.append(f"{method} {path}: 503 without Retry-After")

    # ------------------------------------------------------------------ events

    def _changed(self, written: Written) -> None:
        self.sequence += 1
        for consumer in self.streams:
            consumer.take(written, self.sequence)
        for observe in self.observers:
            observe(written)

    def _arrived(self, stored: Stored) -> None:
        message = {"Records": [{"s3": {"object": {"key": stored.key}}}]}
        self.aws.put(self.queue("ArrivalsQueue"), json.dumps(message))
        if self.scanning:
            status = self.faults.chance.choice(("NO_THREATS_FOUND", "THREATS_FOUND", "FAILED"))
            detail = {
                "s3ObjectDetails": {"objectKey": stored.key, "eTag": stored.etag.strip('"')},
                "scanResultDetails": {"scanResultStatus": status},
            }
            kind = "GuardDuty Malware Protection Object Scan Result"
            result = json.dumps({"detail-type": kind, "detail": detail})
            self.aws.put(self.queue("ArrivalsQueue"), result)

    def deliveries(self) -> list[Delivery]:
        """What AWS may bring to a function now."""
        found: list[Delivery] = []
        for stream in self.streams:
            found += stream.ready(self.now)
        for consumer in self.consumers:
            found += consumer.ready(self.queue(consumer.queue), self.now)
        return found

    def deliver(self, chance: Random) -> bool:
        """Has AWS bring something to a function, if there is anything."""
        if not (ready := self.deliveries()) and not self.aws.started:
            return False
        if self.aws.started and (not ready or chance.random() < 0.2):
            self.start_answer(chance)
            return True
        chance.choice(ready)(self, chance)
        return True

    def start_answer(self, chance: Random) -> None:
        """Starts the function that an operator's request started, up to three times."""
        name, event = self.aws.started.pop(0)
        assert name == "AnswerLinked"
        for _ in range(3):
            try:
                self.invoke("answer_linked", event)
            except (Died, Exception):  # noqa: BLE001  Lambda starts it again
                self.wait(timedelta(minutes=1))
                continue
            if chance.random() > 0.05:  # now and then it is started once more
                return

    def schedule(self, function: str) -> None:
        """What the schedule starts; a failure is repeated twice, and then waits for the next."""
        if self.now < self.scheduler_away_until:
            return
        for _ in range(3):
            try:
                self.invoke(function, {})
            except (Died, Exception):  # noqa: BLE001  the schedule tries again
                self.wait(timedelta(seconds=30))
                continue
            return

    def settle(self, chance: Random, budget: int = 400) -> None:
        """Has AWS bring all that it may bring now."""
        while budget and self.deliver(chance):
            budget -= 1


_LOG = io.StringIO()


def take_log() -> str:
    """What the functions have logged since this was asked last."""
    logged = _LOG.getvalue()
    _LOG.seek(0)
    _LOG.truncate()
    return logged


@contextmanager
def _environment(function: str, *, scanning: bool) -> Iterator[None]:
    before, own = dict(os.environ), dict(environment(function))
    if "MALWARE_SCANNING" in own:
        own["MALWARE_SCANNING"] = "on" if scanning else "off"
    os.environ.clear()
    os.environ.update(own)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Current:
    """The world of the schedule that runs now."""

    world: World


def _send(**sent: Any) -> Any:
    return _Current.world.aws.send(**sent)


def _moment() -> datetime:
    world = _Current.world
    return world.now + (world.processes[-1].skew if world.processes else timedelta(0))


@contextmanager
def _logged_here() -> Iterator[None]:
    """Has every logger that writes to a stream write to the log of the schedule."""
    loggers = [
        each for each in logging.root.manager.loggerDict.values() if hasattr(each, "handlers")
    ]
    streams = [
        (handler, handler.stream)
        for each in loggers
        for handler in each.handlers
        if isinstance(handler, logging.StreamHandler)
    ]
    for handler, _ in streams:
        handler.setStream(_LOG)
    try:
        yield
    finally:
        for handler, stream in streams:
            handler.setStream(sys.stdout if stream is _LOG else stream)


@cache
def _session() -> Any:
    """The session of this process, whose clients reach the world that runs."""
    session = botocore.session.get_session()
    # Nobody here reads who asks, or looks at a signature, and both take longer than the answer. The
    # links to files are signed: their client says how.
    session.set_default_client_config(Config(user_agent="chaos", signature_version=UNSIGNED))
    session.set_credentials("AKIAEXAMPLE", "only-chaos-knows", "of an assumed role")
    session.set_config_variable("region", REGION)
    session.get_component("event_emitter").register_first("before-send", _send)
    return session


def _forget() -> None:
    """Has this process begin like a new one: with no client, no secret, nothing it has read."""
    for kept in (
        *(service_aws.client, service_aws.service_secret, service_aws.person_key),
        *(other_tables.published_problems, other_tables.published_forecasts),
    ):
        forgettable: Any = kept
        forgettable.cache_clear()


@contextmanager
def running(world: World) -> Iterator[None]:
    """Puts this process into the world: its AWS, its time, its chances."""
    session = _session()
    _Current.world = world
    _forget()  # with new clients, each schedule has all its retries
    random.seed(world.seed)
    pause = lambda seconds: world.wait(timedelta(seconds=seconds))  # noqa: E731
    monotonic = lambda: (world.now - START) / timedelta(seconds=1)  # noqa: E731
    pace = partial(whole_table.Pace, now=monotonic, wait=pause)
    chance = Random(world.seed)  # noqa: S311
    with (
        _logged_here(),
        mock.patch.object(service_aws, "session", return_value=session),
        mock.patch.object(service_clock, "now", _moment),
        mock.patch.object(time, "sleep", pause),
        mock.patch.object(time, "monotonic", monotonic),
        mock.patch.object(whole_table, "Pace", pace),
        mock.patch.object(secrets, "token_bytes", lambda size=32: chance.randbytes(size or 32)),
        mock.patch.object(secrets, "randbits", chance.getrandbits),
        mock.patch.object(secrets, "randbelow", chance.randrange),
    ):
        try:
            yield
        finally:
            _forget()
