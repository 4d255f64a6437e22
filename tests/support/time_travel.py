"""The deployed service and its citizens and operators at another time, all by the same clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine

from tests.support import personal_data
from tests.support.deployment import deployed
from tests.support.service import Service


class TimeTravel:
    """Moves the clock of the embedded AWS, of all functions in it, and of this process.

    What was deployed knows nothing of it: the library `time-machine` replaces the clock of the
    interpreters. From then on time passes as always.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._here: time_machine.travel | None = None

    def to(self, moment: datetime) -> None:
        self.stay()
        personal_data.ask(self.service.aws, "clock", moment.timestamp())
        self._here = time_machine.travel(moment)
        self._here.start()

    def stay(self) -> None:
        """Brings this process back to its own time."""
        if self._here:
            self._here.stop()
            self._here = None

    def watch(self) -> None:
        """Has the watcher do what is due, as it does every five minutes."""
        with _client(self.service, "cloudformation") as cloudformation:
            watcher = cloudformation.describe_stack_resource(
                StackName="suport-local", LogicalResourceId="WatchIncidents"
            )["StackResourceDetail"]["PhysicalResourceId"]
        with _client(self.service, "lambda") as functions:
            answer = functions.invoke(FunctionName=watcher, Payload=b"{}")
            assert "FunctionError" not in answer, answer["Payload"].read()


@contextmanager
def time_travel(start: datetime, state: Path) -> Iterator[TimeTravel]:
    """A deployed service whose clock stands at `start`; its state is saved to the folder."""
    with deployed(state) as service:
        travel = TimeTravel(service)
        try:
            travel.to(start.astimezone(UTC))
            yield travel
        finally:
            travel.stay()


@contextmanager
def _client(service: Service, name: str) -> Iterator[Any]:
    client = service.aws.client(name)
    yield client
    client.close()
