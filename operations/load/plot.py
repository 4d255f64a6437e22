"""The plots of a run, as one SVG: how long the answers took, by percentile and over time."""

import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from operations.load.measured import Measured, percentile

_COLOURS = ("#00508c", "#c8500a", "#6e6e6e")
_WIDTH, _HEIGHT = 640, 300
_LEFT, _TOP, _BOTTOM = 90, 40, 50
_MARKS = (0.0, 50.0, 90.0, 99.0, 99.9)
_NINES = 3.0  # the curve ends at 99.9 percent
_STEPS = 200


def svg(measured: Mapping[str, Measured]) -> str:
    """Both plots, with one colour for each of what was measured, by its name."""
    highest = max((each.took for every in measured.values() for each in every.requests), default=1)
    top = 10 ** math.ceil(math.log10(max(highest, 10)))
    longest = max((_span(each) for each in measured.values()), default=1.0)
    parts = [
        *_frame(0, "Answered within, by percentile", top),
        *(
            _text(_x(_nines(mark)), _HEIGHT - _BOTTOM + 18, f"{mark:g} %", "middle")
            for mark in _MARKS
        ),
        *_frame(_HEIGHT, "Answered within, over time", top),
        *(
            _text(_x(part / 4), 2 * _HEIGHT - _BOTTOM + 18, f"{longest * part / 4:.3g} s", "middle")
            for part in range(5)
        ),
    ]
    for number, (name, each) in enumerate(measured.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        took = [request.took for request in each.requests]
        if took:
            curve = " ".join(f"{x:.1f},{_y(value, top):.1f}" for x, value in _curve(took))
            parts.append(f'<polyline points="{curve}" fill="none" stroke="{colour}"/>')
        parts += [
            f'<circle cx="{_x((request.due - each.began) / 1000 / longest):.1f}"'
            f' cy="{_HEIGHT + _y(request.took, top):.1f}" r="2" fill="{colour}"/>'
            for request in each.requests
        ]
        parts.append(_text(_WIDTH - 20, _TOP + 16 * (number + 1), name, "end", colour=colour))
    size = f'width="{_WIDTH}" height="{2 * _HEIGHT}" viewBox="0 0 {_WIDTH} {2 * _HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12"'
    background = '<rect width="100%" height="100%" fill="white"/>'
    lines = "\n".join([background, *parts])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{lines}\n</svg>\n'


def _curve(took: Sequence[float]) -> Iterator[tuple[float, float]]:
    for step in range(_STEPS + 1):
        share = step / _STEPS
        yield _x(share), percentile(took, 100 * (1 - 10 ** (-share * _NINES)))


def _nines(percent: float) -> float:
    """Where that percentile is on the axis, from 0 to 1: each further nine as far again."""
    return -math.log10(1 - percent / 100) / _NINES


def _span(measured: Measured) -> float:
    """The seconds from the start until the last request was due."""
    last = max((each.due for each in measured.requests), default=measured.began)
    return max(1.0, (last - measured.began) / 1000)


def _frame(down: int, title: str, top: float) -> Iterable[str]:
    yield _text(_LEFT, down + _TOP - 14, title, "start", weight="bold")
    tick = 1.0
    while tick <= top:
        y = down + _y(tick, top)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - 20}" stroke="#dddddd"/>'
        yield _text(_LEFT - 6, y + 4, f"{tick:g} ms", "end")
        tick *= 10


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - 20 - _LEFT)


def _y(milliseconds: float, top: float) -> float:
    """On a logarithmic scale from 1 ms to the top."""
    share = math.log10(max(milliseconds, 1)) / math.log10(top)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _text(
    x: float, y: float, text: str, anchor: str, *, colour: str = "#222222", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
        f' font-weight="{weight}">{html.escape(text)}</text>'
    )
