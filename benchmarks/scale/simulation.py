"""A day with a rush, second by second: what is refused and comes again, what waits, until when.

Nothing is asked of AWS. What is refused is sent again after some seconds, as pages and clients do.
What is accepted waits in the stream, and its mails in a queue, until there is room for them.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from benchmarks.scale import demand
from benchmarks.scale.demand import Demand
from benchmarks.scale.limits import REGIONAL, Limit

DAY = 86_400
PEAK_BEGINS, PEAK_LASTS = 9 * 3600, 600
ROUTED_IN_A_SECOND = 100
"""By one lane: batches of ten in a tenth of a second. Assumed."""
SUBMISSION_UNITS = 6
DOUBLES_AFTER = 1800
SHARD_UNITS = 1000
LONGEST_WAIT_S = 60
BURST = 2
"""By how much a second may exceed the API's rate, once the bucket is full."""
HOURS = {8: 0.10, 9: 0.20, 10: 0.15, 11: 0.15, 12: 0.12, 13: 0.08, 14: 0.05}
"""Shares of the day; the rest is spread evenly over the other hours. Assumed."""


@dataclass
class Day:
    """What became of the incidents of a day, and the longest queues."""

    times: int
    arrived: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Attempts, by the limit that refused them."""
    coming_again: int = 0
    in_stream: int = 0
    routed: int = 0
    mails_waiting: int = 0
    mails_sent: int = 0
    most_coming_again: int = 0
    most_in_stream: int = 0
    most_mails: int = 0
    drained_s: int | None = None
    """When nothing waited any more; None if something did after the last second."""
    trace: list[tuple[int, int, int]] = field(default_factory=list)
    """Each minute: those who come again, the stream, the mails that wait."""

    @property
    def lost(self) -> int:
        """Incidents or mails that are nowhere: none, or the sums are wrong."""
        incidents = self.arrived - self.accepted - self.coming_again
        changes = self.accepted - self.routed - self.in_stream
        mails = self.routed * demand.MAILS - self.mails_sent - self.mails_waiting
        return abs(incidents) + abs(changes) + abs(mails)


def run(
    times: int,
    limits: Mapping[str, Limit],
    throughput: str = REGIONAL,
    *,
    days: int = 2,
    seed: int = 1,
) -> Day:
    """A day that many times a regional office's, and the days until its queues are empty."""
    return _Simulation(times, limits, throughput, seed).run(days)


class _Simulation:
    def __init__(self, times: int, limits: Mapping[str, Limit], throughput: str, seed: int) -> None:
        self._at = {name: limit.at(throughput) for name, limit in limits.items()}
        self._day = Day(times)
        self._demand = Demand(times)
        self._chance = Random(seed)  # noqa: S311  repeatable, not secret
        self._due = 0.5  # of an incident
        self._again: Counter[int] = Counter()
        self._tokens = float(self._rate * BURST)
        self._environments = 0.0
        self._capacity = float(self._at["table_writes"])
        self._peak_units = 0.0
        self._mail_room = 0.0

    @property
    def _rate(self) -> int:
        return min(self._at["stage_requests"], self._at["api_requests"])

    def run(self, days: int) -> Day:
        day = self._day
        for second in range(days * DAY):
            self._arrive(second)
            self._route()
            self._send(second)
            waits = day.coming_again + day.in_stream + day.mails_waiting
            if waits:
                day.drained_s = None
            elif day.drained_s is None:
                day.drained_s = second
            if second >= DAY and not waits:
                break
            if second % 60 == 0:
                day.trace.append((day.coming_again, day.in_stream, day.mails_waiting))
        return day

    def _arrive(self, second: int) -> None:
        day = self._day
        self._due += self._demand.a_day * _SHARES[second // 60] if second < DAY else 0
        new = int(self._due)
        self._due -= new
        day.arrived += new
        again = self._again.pop(second, 0)
        day.coming_again -= again
        asking = new + again
        self._tokens = min(self._rate * BURST, self._tokens + self._rate)
        if asking:
            self._grow(asking * demand.REQUESTS)
        if second % DOUBLES_AFTER == 0:  # a table on demand takes twice what it took at its peak
            self._capacity = max(self._capacity, 2 * self._peak_units)
        if not asking:
            return
        let_in = self._refuse("stage_requests", asking, self._tokens / demand.REQUESTS, second)
        self._tokens -= let_in * demand.REQUESTS
        runs = self._environments / demand.RUN_S / demand.REQUESTS
        let_in = self._refuse("concurrency", let_in, runs, second)
        let_in = self._refuse("table_writes", let_in, self._capacity / SUBMISSION_UNITS, second)
        key = self._at["key_writes"] / demand.HOTTEST_SHARE
        let_in = self._refuse("key_writes", let_in, key, second)
        self._peak_units = max(self._peak_units, let_in * SUBMISSION_UNITS)
        day.accepted += let_in
        day.in_stream += let_in

    def _refuse(self, limit: str, asking: int, room: float, second: int) -> int:
        """How many of those who ask are let through; the others come again."""
        day = self._day
        let_in = min(asking, math.floor(room))
        refused = asking - let_in
        day.refused[limit] += refused
        day.coming_again += refused
        for _ in range(min(refused, LONGEST_WAIT_S)):
            self._again[second + self._chance.randint(1, LONGEST_WAIT_S)] += 1
        if refused > LONGEST_WAIT_S:  # a crowd spreads evenly over the seconds that follow
            each, some = divmod(refused - LONGEST_WAIT_S, LONGEST_WAIT_S)
            for wait in range(1, LONGEST_WAIT_S + 1):
                self._again[second + wait] += each + (wait <= some)
        day.most_coming_again = max(day.most_coming_again, day.coming_again)
        return let_in

    def _grow(self, requests: int) -> None:
        """Lambda starts environments while there are too few, at its own pace."""
        wanted = min(requests * demand.RUN_S + 1, self._at["concurrency"])
        pace = self._at["environments_in_ten_seconds"] / 10
        self._environments = max(self._environments, min(wanted, self._environments + pace))

    def _route(self) -> None:
        day = self._day
        if not day.in_stream:
            return
        shards = max(4, math.ceil(self._capacity / SHARD_UNITS))
        day.most_in_stream = max(day.most_in_stream, day.in_stream)
        done = min(day.in_stream, shards * self._at["router_lanes"] * ROUTED_IN_A_SECOND)
        day.in_stream -= done
        day.routed += done
        day.mails_waiting += done * demand.MAILS
        day.most_mails = max(day.most_mails, day.mails_waiting)

    def _send(self, second: int) -> None:
        day = self._day
        pace = min(self._at["mailers"] / demand.MAIL_S, self._at["mails_a_second"])
        self._mail_room = min(self._mail_room + pace, pace + 1)
        left_today = self._at["mails_a_day"] * (second // DAY + 1) - day.mails_sent
        sent = min(day.mails_waiting, int(self._mail_room), max(0, left_today))
        self._mail_room -= sent
        day.mails_waiting -= sent
        day.mails_sent += sent


def _share(second: int) -> float:
    """Which share of the day's incidents comes in that second."""
    hour = second // 3600
    rest = (1 - sum(HOURS.values())) / (24 - len(HOURS))
    mean = HOURS.get(hour, rest) / 3600
    if hour != PEAK_BEGINS // 3600:
        return mean
    of_hour = PEAK_LASTS / 3600
    if second < PEAK_BEGINS + PEAK_LASTS:
        return mean * demand.PEAK
    return mean * (1 - demand.PEAK * of_hour) / (1 - of_hour)


_SHARES = [_share(minute * 60) for minute in range(DAY // 60)]
