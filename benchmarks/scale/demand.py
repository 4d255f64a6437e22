"""What the citizens of a day ask for, as a multiple of a regional office's."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.scale.limits import REGIONAL, Limit

INCIDENTS_A_DAY = 200
"""Assumed: 30,000 incidents in the six months for which the register keeps them are 170 a day."""
SHARE_OF_THE_PEAK_HOUR = 0.2
PEAK = 3
"""By how much the worst ten minutes exceed the mean of the peak hour. Assumed, as that share."""
REQUESTS = 30
"""For each incident: its own pages and assets, and those of people who only read. Assumed."""
MAILS = 3
RUN_S = 0.1
"""A request's run. Assumed, as the next one: measured are milliseconds of a processor."""
MAIL_S = 0.3
INCIDENT_CHANGES = 8
"""How often an incident is written in its life, at most: each index is written with it."""
HOTTEST_SHARE = 0.5
"""Of all writes to an index, those to one team's key. Assumed."""
WRITE_UNITS = 100
"""Units written in an incident's life, see `benchmarks/costs/calls.json`."""


@dataclass(frozen=True)
class Demand:
    """What a day asks for that is so many times a regional office's."""

    times: int

    @property
    def a_day(self) -> int:
        return INCIDENTS_A_DAY * self.times

    @property
    def at_peak(self) -> float:
        """Incidents in the worst second."""
        return self.a_day * SHARE_OF_THE_PEAK_HOUR / 3600 * PEAK

    def of(self, limit: str) -> float:
        """How much of what that limit counts."""
        peak = self.at_peak
        asked = {
            "stage_requests": peak * REQUESTS,
            "api_requests": peak * REQUESTS,
            "cloudfront_requests": peak * REQUESTS,
            "concurrency": peak * REQUESTS * RUN_S,
            "table_writes": peak * WRITE_UNITS,
            "key_writes": peak * INCIDENT_CHANGES * HOTTEST_SHARE,
            "mails_a_second": peak * MAILS,
            "mails_a_day": float(self.a_day * MAILS),
            "mailers": peak * MAILS * MAIL_S,
        }
        return asked[limit]


COMPARED = (
    *("stage_requests", "api_requests", "concurrency", "table_writes", "key_writes"),
    *("mailers", "mails_a_second", "mails_a_day", "cloudfront_requests"),
)


def shares(
    times: int, limits: Mapping[str, Limit], throughput: str = REGIONAL
) -> Mapping[str, float]:
    """How much of each limit such a day takes: 1 is all of it. The one met first comes first."""
    demand = Demand(times)
    found = {name: demand.of(name) / limits[name].at(throughput) for name in COMPARED}
    return dict(sorted(found.items(), key=lambda each: -each[1]))
