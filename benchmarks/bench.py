"""One run: the stand-in, the references, and what is to be measured how often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.measured import Subject
from benchmarks.references import references
from benchmarks.samples import Samples
from benchmarks.stand_in import StandIn, standing_in
from tests.support import artifact
from tests.support.sample_events import Event


@dataclass(frozen=True, eq=False)
class Bench:
    """What every group of figures is measured with.

    function: the beginning of the names of those samples that are wanted, empty for all.
    """

    account: StandIn
    samples: Samples
    references: dict[str, Subject]
    rounds: int
    calls: int
    function: str

    def subject(
        self, name: str, sample: str = "", event: Callable[[], Event] | None = None
    ) -> Subject:
        """The function of a sample, given this event or else the sample as of today.

        sample: its name, if that is not the subject's.
        """
        function = self.samples.function(sample or name)
        return Subject(
            name,
            artifact.program(function),
            self.samples.service.variables(function),
            event or self.samples.events(sample or name),
            lambda answer: judge(name, answer),
        )

    def wanted(self, names: tuple[str, ...]) -> list[str]:
        """Those of the names that the run is to measure."""
        return [name for name in names if name.startswith(self.function)]


def judge(name: str, answer: Any) -> None:
    """Raises an error if the function did not do what it was asked for."""
    if isinstance(answer, dict) and "statusCode" in answer:
        assert answer["statusCode"] < 400, f"{name}: {answer}"
    elif isinstance(answer, dict):
        assert not answer.get("batchItemFailures"), f"{name}: {answer}"


@contextmanager
def bench(rounds: int, calls: int, function: str) -> Iterator[Bench]:
    """A run with a stand-in of its own."""
    with standing_in() as account, Samples.ready(account) as samples:
        given = references(account.endpoint, lambda: samples.event("submit_incident.json"))
        yield Bench(account, samples, given, rounds, calls, function)
