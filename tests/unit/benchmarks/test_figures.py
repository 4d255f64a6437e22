"""The arithmetic of `make bench`: ratios, targets, units of capacity, and what it leaves."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks import growth, peer, plots, results
from benchmarks.figures import Figure
from benchmarks.measured import ratio
from benchmarks.plots import Bar
from benchmarks.tables import Tables, size_of
from benchmarks.targets import TARGETS, Target

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_a_ratio_is_the_median_of_those_of_each_turn_because_the_machine_drifts() -> None:
    assert ratio([10, 30, 60], [10, 20, 20]) == 1.5
    assert ratio([10, 100, 30], [10, 100, 10]) == 1


@pytest.mark.parametrize(("value", "beside", "met"), [(900, 1.25, True), (1, 1.26, False)])
def test_a_cold_start_is_judged_by_its_ratio(value: float, beside: float, *, met: bool) -> None:
    figure = Figure("submit_incident.json, cold", value, "ms", "(b)", beside)
    assert TARGETS[figure.name] == Target(1.25)
    assert figure.is_met is met


@pytest.mark.parametrize(("value", "met"), [(3.5, True), (3.51, False)])
def test_a_warm_page_is_judged_by_its_milliseconds(value: float, *, met: bool) -> None:
    figure = Figure("show_help.form_page, warm", value, "ms", "(b)", 0.1)
    assert figure.is_met is met


def test_a_figure_without_a_target_is_not_judged() -> None:
    assert Figure("show_help.guide, warm", 1, "ms").is_met is None


def test_a_figure_is_kept_with_four_digits_and_its_verdict() -> None:
    kept = Figure("layers, zipped", 11.23456, "MB").as_json()
    assert kept == {
        "name": "layers, zipped",
        "value": 11.23,
        "unit": "MB",
        "reference": None,
        "ratio": None,
        "target": "≤ 11 MB",
        "is_met": False,
    }


def test_the_results_say_of_every_target_whether_it_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    figures = [Figure(name, 4, "ms", "(b)", 1.0) for name in TARGETS]
    results.keep({"cold": figures, "warm": [], "sizes": []})
    kept = json.loads((tmp_path / "results.json").read_text())
    assert kept.keys() == {"machine", "date", "figures"}
    assert [each["name"] for each in kept["figures"]] == list(TARGETS)
    report = (tmp_path / "results.md").read_text()
    rows = {line.split(" | ")[0].strip("| "): line for line in report.splitlines()}
    for each in figures:
        assert f"| {each.target} |" in report
        assert each.name in rows
    assert report.count("**not met**") == sum(not each.is_met for each in figures)


def test_what_the_peer_does_too_has_its_ratio_and_keeps_its_own_target() -> None:
    ours = [Figure(peer.SUBMISSION, 9, "ms"), Figure("routing 10 records", 40, "ms")]
    theirs = [Figure(f"{peer.NAME}: {peer.SUBMISSION}", 18, "ms")]
    groups = peer.beside({"incident": ours, "peer": theirs})
    submission, routing = groups["incident"]
    assert (submission.reference, submission.ratio) == (theirs[0].name, 0.5)
    assert submission.is_met  # 12 ms, whatever the peer needs
    assert [routing, *groups["peer"]] == [ours[1], *theirs]
    assert "| all of one incident | 9 ms | 18 ms | 0.50 |" in list(results.report(groups))


def test_the_longest_bar_fills_the_plot_and_the_others_are_in_proportion() -> None:
    svg = plots.bars("<Cold>", "ms", [Bar("a", 10), Bar("(b)", 40, is_reference=True)])
    drawn = ET.fromstring(svg)  # noqa: S314  our own
    lengths = [float(each.get("width", "")) for each in drawn.findall("{*}rect[@x]")]
    assert lengths[1] == pytest.approx(4 * lengths[0], rel=0.01)
    assert "<Cold>" in [each.text for each in drawn.findall("{*}text")]


def test_what_grows_is_drawn_by_milliseconds_and_calls_in_proportion() -> None:
    figures = [
        Figure(f"list at {incidents} incidents{kind}", value, unit)
        for kind, unit in (("", "ms"), (", calls", "calls"))
        for incidents, value in (("10", 5), ("1,000", 10), ("100,000", 20))
    ]
    unplotted = [Figure("list at 10 incidents, read units", 99, "units"), Figure("other", 99, "ms")]
    shown = growth.panels([*figures, *unplotted])
    assert [panel.title for panel in shown] == ["ms, by incidents", "Calls to AWS, by incidents"]
    assert shown[0].lines == {"list": {10: 5, 1000: 10, 100_000: 20}}
    drawn = ET.fromstring(plots.lines("What grows", shown[:1]))  # noqa: S314  our own
    places = [
        (float(each.get("cx", "")), float(each.get("cy", "")))
        for each in drawn.findall("{*}circle")
    ]
    (x1, y1), (x2, y2), (x3, y3) = places
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)  # each hundredfold takes as much room
    assert 2 * (y1 - y2) == pytest.approx(y2 - y3, abs=0.2)
    assert {"10", "1,000", "100,000", "20"} <= {each.text for each in drawn.findall("{*}text")}


@pytest.fixture
def tables() -> Tables:
    return Tables(lambda: NOW, lambda _: None)


@pytest.fixture
def put(tables: Tables) -> Callable[[str, int], None]:
    def put(entry: str, size: int) -> None:
        item: dict[str, Any] = {"reference": {"S": "R"}, "entry": {"S": entry}, "text": {"S": ""}}
        item["text"]["S"] = "x" * (size - size_of(item))
        tables.answer("PutItem", {"TableName": "Register", "Item": item})

    return put


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1024, 1), (1025, 2), (4000, 4)])
def test_a_write_costs_a_unit_for_each_kilobyte(
    tables: Tables, put: Callable[[str, int], None], size: int, units: int
) -> None:
    put("1", size)
    assert tables.write_units == units


def test_a_write_in_a_transaction_costs_twice_as_much(tables: Tables) -> None:
    item = {"reference": {"S": "R"}, "entry": {"S": "1"}}
    writes = [{"Put": {"TableName": "Register", "Item": item}}]
    tables.answer("TransactWriteItems", {"TransactItems": writes, "ClientRequestToken": "t"})
    assert tables.write_units == 2


@pytest.mark.parametrize(("consistent", "units"), [(False, 1.5), (True, 3)])
def test_a_query_costs_by_all_that_it_reads_and_half_if_it_may_lag(
    tables: Tables, put: Callable[[str, int], None], *, consistent: bool, units: float
) -> None:
    for number in range(3):
        put(str(number), 4000)
    found = tables.answer(
        "Query",
        {
            "TableName": "Register",
            "KeyConditionExpression": "#reference = :reference",
            "ExpressionAttributeNames": {"#reference": "reference"},
            "ExpressionAttributeValues": {":reference": {"S": "R"}},
            "ConsistentRead": consistent,
        },
    )
    assert len(found["Items"]) == 3
    assert tables.read_units == units


def test_an_index_costs_a_write_of_its_own(tables: Tables) -> None:
    item = {
        "reference": {"S": "R"},
        "entry": {"S": "incident"},
        "desk_list": {"S": "payment/open"},
        "desk_order": {"S": "1"},
    }
    tables.answer("PutItem", {"TableName": "Register", "Item": item})
    assert tables.write_units == 2
    tables.answer("PutItem", {"TableName": "Register", "Item": item | {"desk_order": {"S": "2"}}})
    assert tables.write_units == 2 + 3  # it moves within the index
