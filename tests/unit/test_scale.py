"""A day with too many citizens: some wait, some come again, and nothing is lost."""

from dataclasses import replace

import pytest

from benchmarks.scale import __main__ as simulate
from benchmarks.scale import limits
from benchmarks.scale.chart import drawn
from benchmarks.scale.demand import INCIDENTS_A_DAY, MAILS, shares
from benchmarks.scale.simulation import Day, run
from local import ROOT
from suport.register.items import SHARDS
from tests.support.template import FUNCTIONS, properties, resolved

LIMITS = limits.read()
DOCUMENT = (ROOT / "docs/scale.md").read_text()
THROUGHPUTS = {limits.REGIONAL: {"ServesANation": ""}, limits.NATIONAL: {"ServesANation": "yes"}}


@pytest.fixture(scope="module")
def days() -> list[tuple[Day, str]]:
    return [(run(times, LIMITS, how), how) for times, how in simulate.SHOWN]


def test_every_incident_and_every_mail_is_somewhere(days: list[tuple[Day, str]]) -> None:
    for day, _ in days:
        assert day.arrived == day.times * INCIDENTS_A_DAY
        assert day.accepted + day.coming_again == day.arrived
        assert day.mails_sent + day.mails_waiting == day.routed * MAILS
        assert day.lost == 0


def test_a_rush_drains(days: list[tuple[Day, str]]) -> None:
    """But where a thousand times a regional office goes on with the throughput of one."""
    drained = [(day, how) for day, how in days if day.drained_s is not None]
    left = {(day.times, how) for day, how in days} - {(day.times, how) for day, how in drained}
    assert left == {(1000, limits.REGIONAL)}
    for day, _ in drained:
        assert day.mails_sent == day.accepted * MAILS == day.arrived * MAILS


@pytest.mark.parametrize(
    ("name", "figure"),
    [("concurrency", 60), ("key_writes", 10)],
)
def test_a_limit_below_the_rush_refuses_some_who_come_again_and_are_accepted(
    name: str, figure: int
) -> None:
    """The rush brings 33 incidents a second, and each of these limits lets 20 through."""
    planted = dict(LIMITS) | {name: replace(LIMITS[name], national=figure)}
    day = run(1000, planted, limits.NATIONAL, days=1)
    assert day.refused[name] > 0
    assert day.most_coming_again > 0
    assert (day.lost, day.coming_again) == (0, 0)
    assert day.accepted == day.arrived


def test_too_few_mailers_show_as_a_queue_that_does_not_drain() -> None:
    planted = dict(LIMITS) | {"mails_a_day": replace(LIMITS["mails_a_day"], figure=100)}
    day = run(10, planted)
    assert day.drained_s is None
    assert day.mails_waiting == day.routed * MAILS - 200  # of two days
    assert day.lost == 0


def test_the_document_has_the_table_of_limits_and_what_a_day_takes_of_them() -> None:
    for line in (*simulate.limit_rows(LIMITS), *simulate.share_rows(LIMITS)):
        assert line in DOCUMENT


def test_the_document_has_what_the_simulation_finds(days: list[tuple[Day, str]]) -> None:
    for line in simulate.rows(days):
        assert line in DOCUMENT
    assert (ROOT / "docs/rush.svg").read_text().startswith(drawn(days[1][0], days[1][0])[:60])


def test_mails_are_met_first() -> None:
    for times in simulate.COMPARED_TIMES:
        first, second, *_ = shares(times, LIMITS)
        assert {first, second} == {"mailers", "mails_a_day"}


@pytest.mark.parametrize("throughput", THROUGHPUTS)
def test_the_limits_of_the_template_are_those_of_the_table(throughput: str) -> None:
    known = THROUGHPUTS[throughput]
    of_all = resolved(properties("Api")["MethodSettings"][0], known)
    mail = resolved(
        FUNCTIONS["NotifyCitizen"]["Events"]["Mail"]["Properties"]["ScalingConfig"], known
    )
    assert of_all["ThrottlingRateLimit"] == LIMITS["stage_requests"].at(throughput)
    assert mail["MaximumConcurrency"] == LIMITS["mailers"].at(throughput)
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    assert stream["ParallelizationFactor"] == LIMITS["router_lanes"].at(throughput)


def test_the_document_names_the_shards_of_the_indexes() -> None:
    assert SHARDS == 8
    assert "spread over eight keys" in DOCUMENT


def test_each_limit_of_aws_names_the_page_that_states_it() -> None:
    for name, limit in LIMITS.items():
        assert limit.source == "template" or limit.source.startswith(
            "https://docs.aws.amazon.com/"
        ), name
