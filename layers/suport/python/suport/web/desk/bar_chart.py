"""A chart of bars, one for each day, as the numbers that its SVG is drawn with.

The chart needs no colours and no script. A table beside it has the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

_WIDTH, _HEIGHT = 360, 130  # of the drawing: about pixels on a telephone
_LEFT, _RIGHT, _TOP, _BASE = 30, 352, 8, 112  # where bars may be
_LABELLED_EVERY = 7  # days
_LEAST_TOP = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar, from `left` and `top` on; count: None if that is not shown."""

    day: date
    count: int | None
    left: float
    middle: float
    top: float
    is_labelled: bool


@dataclass(frozen=True)
class BarChart:
    """The chart. ticks: the numbers at its side, and where each is; base: where bars begin."""

    width: ClassVar[int] = _WIDTH
    height: ClassVar[int] = _HEIGHT
    left: ClassVar[int] = _LEFT
    base: ClassVar[int] = _BASE
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]
    bar_width: float

    @property
    def peak(self) -> Bar | None:
        """The first of the days with the highest count; None if no day shows any."""
        return max(
            (bar for bar in self.bars if bar.count), key=lambda bar: bar.count or 0, default=None
        )


def bar_chart(counts: Sequence[tuple[date, int | None]]) -> BarChart:
    """The chart of these days, in order; None for a count that is not shown."""
    end = _rounded_up(max((count or 0 for _, count in counts), default=0))
    step, last = (_RIGHT - _LEFT) / max(len(counts), 1), len(counts) - 1

    def at(count: float) -> float:
        return round(_BASE - count / end * (_BASE - _TOP), 1)

    bars = tuple(
        Bar(
            day=day,
            count=count,
            left=round(_LEFT + (number + 0.15) * step, 1),
            middle=round(_LEFT + (number + 0.5) * step, 1),
            top=at(count or 0),
            is_labelled=(last - number) % _LABELLED_EVERY == 0,
        )
        for number, (day, count) in enumerate(counts)
    )
    ticks = tuple((count, at(count)) for count in (0, end // 2, end))
    return BarChart(bars, ticks, bar_width=round(0.7 * step, 1))


def _rounded_up(most: int) -> int:
    """The end of the scale: an even number with one digit that counts, or two."""
    if most <= _LEAST_TOP:
        return _LEAST_TOP
    unit = int(10 ** (len(str(most)) - 1))
    return -(-most // unit) * unit
