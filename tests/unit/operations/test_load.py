"""What `make load` measures, and that it finds every incident that is lost or doubled."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from operations.load import __main__ as load
from operations.load import plot, report, target
from operations.load.ledger import Accepted, Ledger, Traces, accepted
from operations.load.measured import Measured, Request, outcomes, percentile
from operations.load.target import Astray, traces_in

WHOLE = Traces(registered=True, queues=("payment",), mailed=1)
SVG = "{http://www.w3.org/2000/svg}"


def submitted(reference: str, key: str = "", **changes: Any) -> Request:
    """A submission that was answered with that reference."""
    facts: dict[str, Any] = {
        "number": 1,
        "name": "submit (JSON)",
        "due": 0.0,
        "began": 1.0,
        "ended": 30.0,
        "status": 201,
        "key": key or f"key of {reference}",
        "category": "payment",
        "reference": reference,
        "code": "code",
    }
    return Request(**facts | changes)


def ledger(traces: Traces) -> Ledger:
    """One incident about a payment, of which these traces are found."""
    return Ledger((Accepted("REF1", "code", "payment"),), {"REF1": traces})


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (90, 9), (95, 10), (100, 10), (1, 1)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    percent: float, value: float
) -> None:
    assert percentile([7, 3, 10, 1, 9, 2, 8, 4, 6, 5], percent) == value


def test_of_nothing_there_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_an_answer_takes_from_when_its_request_was_due_not_from_when_it_left() -> None:
    assert submitted("REF1", due=1000.0, began=1400.0, ended=1500.0).took == 500


def test_arrivals_that_begin_late_or_never_are_said() -> None:
    lines: list[Mapping[str, Any]] = [{"began": 0.0}]
    for number in range(1, 11):
        due = number * 500.0
        began = due + (300 if number == 4 else 1)
        lines.append(
            {"number": number, "request": "help page", "due": due, "began": began, "status": 200}
            | {"ended": began + 20}
        )
    output = "\n".join(map(json.dumps, lines))
    late = Measured.read(output, 2, 5)
    assert (late.expected_arrivals, len(late.arrivals), max(late.lateness)) == (10, 10, 300)
    assert not late.kept_up
    assert any("DID NOT KEEP UP" in line for line in report.of("Citizens", late))
    on_time = replace(late, requests=tuple(each for each in late.requests if each.number != 4))
    assert not on_time.kept_up  # one is missing
    assert replace(on_time, seconds=4, requests=late.requests[4:] + late.requests[:3]).kept_up
    assert late.achieved_rate == pytest.approx(2, rel=0.01)


def test_a_refused_guess_is_no_failure_and_an_admitted_one_is() -> None:
    guess = submitted("", name="flood: guess a code", key="", status=404)
    assert guess.succeeded
    assert not replace(guess, status=200).succeeded
    assert not submitted("", status=503).succeeded
    assert not submitted("", status=None, error="ECONNRESET").succeeded


def test_outcomes_name_each_status_and_error() -> None:
    answers = [submitted("A"), submitted("B"), submitted("", status=None, error="ECONNRESET")]
    assert outcomes(answers) == "201: 2, ECONNRESET: 1"


def test_an_incident_that_left_all_its_traces_is_no_fault() -> None:
    assert list(ledger(WHOLE).faults()) == []
    assert list(ledger(replace(WHOLE, mailed=0, set_aside=True)).faults()) == []


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (Traces(), "REF1 was accepted, and is not in the register."),
        (replace(WHOLE, queues=()), "REF1 belongs into the queue payment, and is in none."),
        (
            replace(WHOLE, queues=("signature",)),
            "REF1 belongs into the queue payment, and is in signature.",
        ),
        (
            replace(WHOLE, queues=("payment", "payment")),
            "REF1 belongs into the queue payment, and is in payment and payment.",
        ),
        (
            replace(WHOLE, mailed=0),
            "REF1 owes its citizen a mail, which was neither sent nor set aside.",
        ),
        (replace(WHOLE, mailed=2), "REF1 was acknowledged by 2 mails."),
    ],
)
def test_a_lost_or_doubled_incident_is_named(found: Traces, fault: str) -> None:
    assert list(ledger(found).faults()) == [fault]


def test_a_submission_sent_again_is_one_incident() -> None:
    incidents, wrong = accepted([submitted("REF1", "key"), submitted("REF1", "key")])
    assert ([each.reference for each in incidents], wrong) == (["REF1"], ())


def test_one_key_with_two_references_and_one_reference_with_two_keys_are_faults() -> None:
    _, doubled = accepted([submitted("REF1", "key"), submitted("REF2", "key")])
    assert doubled == ("REF1 and REF2 were made by one submission that was sent again.",)
    _, merged = accepted([submitted("REF1", "key"), submitted("REF1", "another")])
    assert merged == ("REF1 was given to 2 submissions.",)


def test_counts_are_of_incidents_that_reached_each_place() -> None:
    incidents = tuple(Accepted(f"REF{number}", "code", "payment") for number in range(4))
    traces = {
        "REF0": WHOLE,
        "REF1": replace(WHOLE, mailed=0, set_aside=True),
        "REF2": replace(WHOLE, queues=(), mailed=0),
    }
    assert Ledger(incidents, traces).counts == {
        "accepted": 4,
        "registered": 3,
        "queued": 2,
        "mailed": 1,
        "set aside": 1,
    }


def test_the_citizens_copy_tells_of_queue_and_mail() -> None:
    history = [
        {"kind": "action", "action": "queued"},
        {"kind": "mail", "mail": "acknowledgement"},
        {"kind": "message", "body": "queued"},
    ]
    assert traces_in(history, "payment") == WHOLE
    aside = {"kind": "action", "action": "mail_set_aside", "mail": "acknowledgement"}
    assert traces_in([history[0], aside], "payment") == replace(WHOLE, mailed=0, set_aside=True)
    another = {"kind": "mail", "mail": "reply"}
    assert traces_in([history[0], another], "payment").mailed == 0


class Losing:
    """A service that accepts one incident in each run, and leaves only these traces of it."""

    url, how, mail_domain = "http://127.0.0.1:1", "here", "example.test"

    def __init__(self, found: Traces, left: Astray) -> None:
        self.found, self.left = found, left

    def traces(self, incidents: Iterable[Accepted]) -> dict[str, Traces]:
        return {each.reference: self.found for each in incidents}

    def astray(self, _run: str, _incidents: Iterable[Accepted]) -> Astray:
        return self.left

    def finish(self, _incidents: Iterable[Accepted]) -> str:
        return ""


def run(
    found: Traces, left: Astray, patch: pytest.MonkeyPatch, answers: Iterable[Request] = ()
) -> int:
    """The exit code of `make load` with such a service."""

    def sent(_url: str, *wanted: load.Arrivals) -> list[Measured]:
        one = submitted(f"REF-{secrets.token_hex(3)}")
        return [Measured(0.0, 1.0, 1, (one, *answers)) for _ in wanted]

    patch.setattr(load, "sent", sent)
    patch.setattr(load, "SETTLED_WITHIN_S", 0.0)
    patch.setattr(load, "PAUSE_S", 0.0)
    patch.setattr(target, "Remote", lambda *_: Losing(found, left))
    return load.main(["--url", Losing.url])


def test_a_run_that_loses_nothing_succeeds_and_draws_what_it_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(load.FOLDER.glob("*.svg"))
    assert run(WHOLE, Astray(), monkeypatch) == 0
    told = capsys.readouterr().out
    assert "nothing lost, nothing doubled" in told
    assert "Citizens without the flood → with it" in told
    for path in set(load.FOLDER.glob("*.svg")) - before:
        path.unlink()


@pytest.mark.parametrize(
    ("found", "left", "told"),
    [
        (Traces(), Astray(), "is not in the register"),
        (replace(WHOLE, queues=()), Astray(), "is in none"),
        (replace(WHOLE, mailed=0), Astray(), "neither sent nor set aside"),
        (WHOLE, Astray(untold=("REF9",)), "nobody was told: REF9"),
        (WHOLE, Astray(messages=("ROUTING_FAILURES_URL",)), "ROUTING_FAILURES_URL"),
    ],
)
def test_a_run_that_loses_something_fails_and_names_it(
    found: Traces,
    left: Astray,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(found, left, monkeypatch) == 1
    lost = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  LOST  ")]
    assert lost
    assert all(told in line for line in lost)


def test_an_incident_whose_sender_got_no_answer_may_be_in_the_register(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unanswered = submitted("", "key", status=None, error="ETIMEDOUT")
    assert run(WHOLE, Astray(untold=("REF9",)), monkeypatch, [unanswered]) == 0


def test_the_plot_has_a_curve_for_each_and_a_dot_for_each_answer() -> None:
    fast = Measured(0.0, 1.0, 2, (submitted("REF1"), submitted("REF2", ended=500.0)))
    slow = Measured(0.0, 1.0, 1, (submitted("REF3", ended=9000.0),))
    drawn = ET.fromstring(plot.svg({"citizens <alone>": fast, "flood": slow}))  # noqa: S314
    curves = drawn.findall(f"{SVG}polyline")
    assert (len(curves), len(drawn.findall(f"{SVG}circle"))) == (2, 3)
    points = [curve.attrib["points"].split() for curve in curves]
    lowest = [min(float(point.partition(",")[2]) for point in each) for each in points]
    assert lowest[1] < lowest[0]  # slower is higher up
