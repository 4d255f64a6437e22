"""`make load`: citizens arrive at a fixed rate, then the same beside a flood by one client.

Each citizen reads the help and the form, submits an incident by the form or the API, opens it with
its code and adds a message; some send twice. Artillery's engine starts the arrivals, whether or not
the service has answered those before. The run then looks for every incident that was accepted, and
fails if one is not in the register, in its team's queue and among the mails.

Without an address it deploys the service into an embedded AWS of its own.
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

import local
from local import ROOT, TOOLS, WORK, child
from operations.load import plot, report, target
from operations.load.ledger import Ledger, Traces, accepted
from operations.load.measured import Measured, Request
from operations.load.target import Target
from operations.smoke_test import Failed
from operations.stage import Stage, Unable, stages

FOLDER = WORK / "load"
SETTLED_WITHIN_S = 120.0
PAUSE_S = 1.0
WARM_UP_S = 5
"""How long citizens come before anything is measured: functions that nobody has called yet take
seconds to start."""
_NODE = TOOLS / "deploy/bin/node"
_MODULES = TOOLS / "load/node_modules"
_GENERATOR = Path(__file__).parent / "arrivals.cjs"
_ANSWERED_WITHIN_S = 40.0  # the generator waits 35 for an answer


@dataclass(frozen=True)
class Arrivals:
    """What one generator is to send."""

    kind: str
    rate: float
    seconds: int
    run: str
    mail_domain: str


def sent(url: str, *wanted: Arrivals) -> list[Measured]:
    """What became of these arrivals, which begin at the same time.

    Raises
    ------
    Unable
        If a generator broke off.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder, ExitStack() as running:
        outputs = [Path(folder) / str(number) for number in range(len(wanted))]
        processes = []
        for each, path in zip(wanted, outputs, strict=True):
            output = running.enter_context(path.open("wb"))
            asked = json.dumps({"url": url} | vars(each))
            process = child.start(
                [_NODE, _GENERATOR, asked],
                environment=_environment(url),
                folder=ROOT,
                output=output,
            )
            running.callback(child.stop, process, patience_s=1)
            processes.append(process)
        # a citizen waits for the answers to seven requests, one after the other
        ends = time.monotonic() + max(each.seconds for each in wanted) + 7 * _ANSWERED_WITHIN_S
        for process, path in zip(processes, outputs, strict=True):
            if process.wait(max(1.0, ends - time.monotonic())) != 0:
                raise Unable(f"The generator broke off: {path.read_text()[-500:]}")
        return [
            Measured.read(path.read_text(), each.rate, each.seconds)
            for each, path in zip(wanted, outputs, strict=True)
        ]


def _environment(url: str) -> dict[str, str]:
    """The variables of the generator, which asks this machine without any proxy."""
    is_here = urlsplit(url).hostname in {"127.0.0.1", "localhost"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not (is_here and name.upper().endswith("_PROXY"))
    }
    return kept | {"NODE_PATH": str(_MODULES)}


def settled(service: Target, run: str, requests: Iterable[Request]) -> Ledger:
    """What became of the incidents that these requests submitted, once nothing is on its way."""
    every = tuple(requests)
    incidents, others = accepted(every)
    traces: dict[str, Traces] = {}
    ends = time.monotonic() + SETTLED_WITHIN_S
    while True:
        traces |= service.traces(
            each for each in incidents if any(Ledger((each,), traces).faults())
        )
        if not any(Ledger(incidents, traces).faults()) or time.monotonic() > ends:
            break
        time.sleep(PAUSE_S)
    found = service.astray(run, incidents)
    if len(found.untold) > sum(_is_open(each) for each in every):
        told = ", ".join(found.untold)
        others += (f"The register has incidents whose references nobody was told: {told}.",)
    others += tuple(f"Messages are in {queue}, which nobody reads." for queue in found.messages)
    return Ledger(incidents, traces, others)


def _is_open(request: Request) -> bool:
    """Whether it submitted, and its sender cannot know if the incident was accepted."""
    failed = request.status is None or request.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return bool(request.key) and failed


def tested(service: Target, rate: float, seconds: int, flood: float) -> bool:
    """Whether nothing was lost; prints all that was measured."""
    run = secrets.token_hex(6)
    print(f"{service.url}, run {run}", flush=True)

    def citizens(lasting: int, label: str) -> Arrivals:
        return Arrivals("citizens", rate, lasting, run + label, service.mail_domain)

    (warming,) = sent(service.url, citizens(min(seconds, WARM_UP_S), "w"))
    print(report.warmed_up(warming), flush=True)
    (alone,) = sent(service.url, citizens(seconds, "a"))
    print("\n".join(report.of("Citizens alone", alone)), flush=True)
    measured = {"citizens alone": alone}
    if flood:
        beside, flooding = sent(
            service.url,
            citizens(seconds, "b"),
            Arrivals("flood", flood, seconds, f"{run}c", service.mail_domain),
        )
        measured |= {"citizens beside the flood": beside, "the flood": flooding}
        print("\n".join(report.of("Citizens beside a flood by one client", beside)))
        print("\n".join(report.of("The flood", flooding)))
        print("\n".join(report.side_by_side(alone, beside)), flush=True)
    requests = tuple(chain.from_iterable(each.requests for each in (warming, *measured.values())))
    ledger = settled(service, run, requests)
    print("\n".join(report.counted(ledger)))
    print(f"  ({service.how})")
    faults = list(ledger.faults())
    print("\n".join(f"  LOST  {fault}" for fault in faults) or "  nothing lost, nothing doubled")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.svg"
    path.write_text(plot.svg(measured))
    print(f"\n{service.finish(ledger.accepted)}\nPlotted: {path.relative_to(ROOT)}")
    return not faults


@contextmanager
def _target(url: str, stage: str | None, mail_domain: str) -> Iterator[Target]:
    if url or stage:
        found = url.rstrip("/") or Stage.deployed(str(stage)).url
        yield target.Remote(found, mail_domain)
        return
    with target.embedded() as service:
        yield service


def main(arguments: list[str] | None = None) -> int:
    """Puts the service under load. Returns the exit code: 1 if an incident was lost or doubled."""
    parser = argparse.ArgumentParser(prog="make load")
    parser.add_argument("--url", default="", help="of the service; without it, one on this machine")
    parser.add_argument("--stage", choices=stages(), help="the stage whose address to use")
    parser.add_argument("--rate", type=float, default=2.0, help="citizens that arrive in a second")
    parser.add_argument("--seconds", type=int, default=15, help="for how long")
    parser.add_argument("--flood", type=float, help="requests a second of one client; 0 for none")
    parser.add_argument("--mail-domain", default="", help="takes mails to any mailbox, unread")
    given = parser.parse_args(arguments)
    if given.rate <= 0 or given.seconds < 1 or given.rate * given.seconds < 1:
        parser.error("at least one citizen must arrive")
    flood = 10 * given.rate if given.flood is None else given.flood
    try:
        with _target(given.url, given.stage, given.mail_domain) as service:
            return 0 if tested(service, given.rate, given.seconds, flood) else 1
    except (Unable, local.Unable, Failed) as reason:
        print(reason, file=sys.stderr)
    except (BotoCoreError, ClientError) as refusal:
        print(f"AWS refused: {refusal}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
