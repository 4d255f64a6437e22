"""All of one incident: accepted, routed, acknowledged, as the stream and the queue bring it on."""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import batched
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import Running
from benchmarks.operations import asked_by
from benchmarks.peer import SUBMISSION, SUBMISSION_OF_TEN
from tests.support import template

BATCH = 10
_ALSO_INDEXED = "index_incidents.stream"


def figures(bench: Bench) -> Iterator[Figure]:
    """Routing a batch; then all that the service does for an incident that is submitted."""
    yield from routing(bench)
    with ExitStack() as running:
        way = Way(bench, running)
        for _ in range(bench.calls // 4):
            way.go(BATCH)
        alone = [way.go(1) for _ in range(bench.rounds * 3)]
        together = [way.go(BATCH) for _ in range(bench.rounds)]
    for name, every in ((SUBMISSION, alone), (SUBMISSION_OF_TEN, together)):
        yield Figure(name, statistics.median(sum(each.values()) for each in every), "ms")
        for step in every[0]:
            cpu = statistics.median(each[step] for each in every)
            yield Figure(f"{name}: {step}", cpu, "ms")
    indexing = statistics.median(way.indexing)
    yield Figure(f"{SUBMISSION}: made searchable besides", indexing, "ms")


def routing(bench: Bench) -> Iterator[Figure]:
    """What a batch of submissions on the stream costs."""

    def ten() -> dict[str, Any]:
        records = []
        for _ in range(BATCH):
            bench.samples.submitted()
            records += bench.samples.on_stream("route_incident")[:1]
        return {"Records": records}

    name = f"routing {BATCH} records"
    process = Running(bench.subject(name, "route_incident.stream", ten))
    with process.started():
        for _ in range(3):
            process.call()
        cpu = statistics.median(process.call().cpu for _ in range(bench.rounds))
        asked = asked_by(bench, process)
    yield Figure(name, cpu, "ms")
    yield Figure(f"{name}, calls", asked.calls.total(), "calls")
    yield Figure(f"{name}, read units", asked.read_units, "units")
    yield Figure(f"{name}, write units", asked.write_units, "units")


class Way:
    """The functions through which an incident goes, each in a process that is warm."""

    def __init__(self, bench: Bench, running: ExitStack) -> None:
        self._bench, self._running = bench, running
        self._submit = self._process("submit_incident.json")
        self._route = self._process("route_incident.stream")
        self._notify = self._process("notify_citizen.mail")
        self._index = self._process(_ALSO_INDEXED)
        mappings = template.FUNCTIONS["NotifyCitizen"]["Events"].values()
        self._mails = min(each["Properties"]["BatchSize"] for each in mappings)
        self.indexing: list[float] = []

    def go(self, many: int) -> dict[str, float]:
        """Takes so many incidents through all of it: the processor time of each step for one."""
        account, samples = self._bench.account, self._bench.samples
        account.aws.queues["MailQueue"].messages.clear()
        account.changes.clear()
        spent = {"accepted": 0.0, "routed": 0.0, "acknowledged": 0.0}
        for _ in range(many):
            spent["accepted"] += self._submit.call().cpu
        indexed = 0.0
        while account.changes:
            records, to_index = (
                samples.on_stream(each) for each in ("route_incident", "index_incidents")
            )
            account.changes.clear()
            for batch in batched(records, BATCH, strict=False):
                spent["routed"] += self._route.call({"Records": list(batch)}).cpu
            for batch in batched(to_index, BATCH, strict=False):
                indexed += self._index.call({"Records": list(batch)}).cpu
            for messages in batched(samples.mails_asked_for(), self._mails, strict=False):
                spent["acknowledged"] += self._notify.call({"Records": list(messages)}).cpu
        self.indexing.append(indexed / many)
        return {step: cpu / many for step, cpu in spent.items()}

    def _process(self, name: str) -> Running:
        process = Running(self._bench.subject(name))
        self._running.enter_context(process.started())
        return process
