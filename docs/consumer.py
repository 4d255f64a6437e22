"""Takes what waits in a team's queue into a ticket system, until it is stopped (SIGTERM, Ctrl+C).

Needs boto3, the team's role, QUEUE_URL and API_URL. A message is deleted once its incident is
stored, or is somebody else's. Whatever goes wrong before that, the message comes back by itself.
"""

import json
import logging
import os
import random
import signal
import threading
import time
from types import FrameType
from typing import Any
from urllib.parse import quote

import boto3
import urllib3
from botocore import auth, awsrequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

UNDERSTOOD = {"suport.incident/2", "suport.incident/1"}  # the second may wait from before
NOT_OURS = {
    *("claimed-by-another", "already-resolved", "other-team", "not-found", "erased"),
    *("waits-for-citizen", "answered-together"),
}

WAITS = 20  # seconds for a message: long polling
ANSWERED_WITHIN = 35  # seconds; API Gateway answers within 29
HELD = 240  # seconds to try again in: nobody else receives the message for 300
LONGEST_PAUSE = 60  # seconds, unless the service asks for more
LONGEST_ASKED_FOR = 3600  # seconds; while the register is being restored

log = logging.getLogger("consumer")


class TryLater(Exception):
    """The service has not answered the claim. after: in how many seconds, if it said that."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Consumer:
    """One program that takes one message at a time."""

    def __init__(self, queue_url: str, api_url: str) -> None:
        self.queue, self.api = {"QueueUrl": queue_url}, api_url.rstrip("/")
        self.session = boto3.Session()
        patience = Config(connect_timeout=5, read_timeout=WAITS + 10)
        self.sqs = self.session.client("sqs", config=patience)
        self.stopped = threading.Event()
        self.is_idle = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Ends at once while it waits for a message, else once it is done with the one it has."""
        self.stopped.set()
        if self.is_idle:
            raise SystemExit(0)

    def run(self) -> None:
        """Takes messages until it is stopped, whatever goes wrong."""
        failures = 0
        while not self.stopped.is_set():
            try:
                self.take_next()
            except Exception as failure:  # noqa: BLE001  the next attempt may succeed
                failures += 1
                # what another library says might quote the citizen
                is_ours = isinstance(failure, (TryLater, BotoCoreError, ClientError))
                log.warning("%s %s", type(failure).__name__, failure if is_ours else "")
                self.stopped.wait(pause(failures, getattr(failure, "after", None)))
            else:
                failures = 0

    def take_next(self) -> None:
        """Waits for a message and deals with it; returns without one, too."""
        self.is_idle = True
        if self.stopped.is_set():
            return
        received = self.sqs.receive_message(**self.queue, WaitTimeSeconds=WAITS)
        self.is_idle = False
        for message in received.get("Messages", []):
            reference = reference_in(message["Body"])
            if reference is None:  # it becomes a dead letter, which rings an alarm
                log.warning("message %s left: not understood", message["MessageId"])
                continue
            held = self.queue | {"ReceiptHandle": message["ReceiptHandle"]}
            try:
                incident = self.claimed(reference)
            except TryLater:
                if self.stopped.is_set():  # somebody else may have it at once
                    self.sqs.change_message_visibility(**held, VisibilityTimeout=0)
                raise
            if incident is not None:
                store(incident)
            self.sqs.delete_message(**held)

    def claimed(self, reference: str) -> dict[str, Any] | None:
        """The incident with its contact data, now ours; None if there is nothing to do about it.

        A claim may be sent again and again: what is ours already is answered like the first time.
        """
        give_up, failures = time.monotonic() + HELD, 0
        while True:
            try:
                return self.claim(reference)
            except TryLater as later:
                failures += 1
                delay = pause(failures, later.after)
                log.warning("%s: %s; again in %.0f s", reference, later, delay)
                if time.monotonic() + delay > give_up or self.stopped.wait(delay):
                    raise

    def claim(self, reference: str) -> dict[str, Any] | None:
        """The same, of one request."""
        url = f"{self.api}/v1/desk/incidents/{quote(reference, safe='')}/claim?from=queue"
        sent = awsrequest.AWSRequest("POST", url, {"Content-Type": "application/json"}, b"{}")
        credentials, region = self.session.get_credentials(), self.session.region_name
        auth.SigV4Auth(credentials, "execute-api", region).add_auth(sent)
        try:
            answer = urllib3.request(
                "POST",
                url,
                body=b"{}",
                headers=dict(sent.headers),
                timeout=urllib3.Timeout(connect=5, read=ANSWERED_WITHIN),
                retries=False,
            )
            told = answer.json()
        except (urllib3.exceptions.HTTPError, ValueError) as failure:  # none, or half of one
            raise TryLater(type(failure).__name__) from failure
        if answer.status == 200 and isinstance(told, dict):
            return told
        kind = str(told.get("type", "")).rpartition(":")[2] if isinstance(told, dict) else ""
        if kind in NOT_OURS:
            return None
        after = answer.headers.get("Retry-After", "")
        raise TryLater(f"{answer.status} {kind}", float(after) if after.isdecimal() else None)


def reference_in(body: str) -> str | None:
    """The reference in a message of a shape that we know; None in any other."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    is_known = isinstance(told, dict) and str(told.get("schema")) in UNDERSTOOD
    reference = told.get("reference") if is_known else None
    return reference if isinstance(reference, str) and reference else None


def store(incident: dict[str, Any]) -> None:
    """Puts the incident into the ticket system: here a line of JSON on the standard output.

    It may come twice. Store it under its reference, once.
    """
    print(json.dumps(incident), flush=True)


def pause(failures: int, asked: float | None = None) -> float:
    """How many seconds to wait after so many failures in a row, unless the service asked for more.

    Not all programs come back at the same moment.
    """
    usual = min(LONGEST_PAUSE, 2 ** min(failures, 10)) * random.uniform(0.5, 1)  # noqa: S311
    return max(usual, min(asked or 0, LONGEST_ASKED_FOR))


def main() -> None:
    """Runs until SIGTERM or Ctrl+C."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    consumer = Consumer(os.environ["QUEUE_URL"], os.environ["API_URL"])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, consumer.stop)
    consumer.run()


if __name__ == "__main__":
    main()
