"""Plots of the figures as SVG, drawn with a few lines instead of a package."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_OURS, _REFERENCE, _INK = "#00508c", "#c8500a", "#222222"
_WIDTH, _LEFT, _RIGHT = 760, 270, 90
_TOP, _STEP, _THICK = 44, 22, 14
_COLOURS = (_OURS, _REFERENCE, "#2a7a3b")
_ACROSS, _WIDE, _HIGH, _EDGE, _BELOW = 2, 270, 130, 60, 50


@dataclass(frozen=True)
class Bar:
    """One bar of a plot."""

    name: str
    value: float
    is_reference: bool = False


def bars(title: str, unit: str, shown: Sequence[Bar]) -> str:
    """Horizontal bars from zero, in the given order; references have a colour of their own."""
    longest = max((bar.value for bar in shown), default=1.0) or 1.0
    height = _TOP + _STEP * len(shown) + 10
    drawn = [_text(10, 24, title, "start", weight="bold")]
    for number, bar in enumerate(shown):
        y = _TOP + _STEP * number
        length = bar.value / longest * (_WIDTH - _LEFT - _RIGHT)
        colour = _REFERENCE if bar.is_reference else _OURS
        drawn += [
            _text(_LEFT - 8, y + 12, bar.name, "end"),
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_THICK}" fill="{colour}"/>',
            _text(_LEFT + length + 6, y + 12, f"{bar.value:.3g} {unit}", "start"),
        ]
    return _svg(height, drawn)


@dataclass(frozen=True)
class Panel:
    """One drawing of a plot: lines by their names, each a value at some sizes."""

    title: str
    lines: Mapping[str, Mapping[int, float]]


def lines(title: str, panels: Sequence[Panel]) -> str:
    """Drawings of values from zero, over sizes of which each tenfold takes as much room."""
    legend = _STEP * max((len(panel.lines) for panel in panels), default=0) + _THICK
    room = _STEP + legend + _HIGH + _BELOW
    height = _TOP + room * math.ceil(len(panels) / _ACROSS)
    drawn = [_text(10, 24, title, "start", weight="bold")]
    for number, panel in enumerate(panels):
        down, right = divmod(number, _ACROSS)
        left, top = _EDGE + right * _WIDTH / _ACROSS, _TOP + down * room
        drawn += [_text(left, top + 12, panel.title, "start", weight="bold")]
        for row, (name, values) in enumerate(panel.lines.items()):
            shown = ", ".join(f"{value:.3g}" for value in values.values())
            y = top + _STEP * (row + 1) + 12
            drawn += [_text(left, y, f"{name}: {shown}", "start", colour=_COLOURS[row])]
        drawn += _axes_and_lines(panel, left, top + _STEP + legend)
    return _svg(height, drawn)


def _axes_and_lines(panel: Panel, left: float, top: float) -> list[str]:
    every = list(panel.lines.values())
    sizes = sorted({size for values in every for size in values})
    highest = max(value for values in every for value in values.values()) or 1.0
    decades = math.log10(sizes[-1] / sizes[0]) or 1.0
    bottom = top + _HIGH

    def place(size: int) -> float:
        return left + _WIDE * math.log10(size / sizes[0]) / decades

    axes = f'd="M{left} {top}V{bottom}H{left + _WIDE}" fill="none" stroke="{_INK}"'
    drawn = [f"<path {axes}/>", _text(left - 6, top + 6, f"{highest:.3g}", "end")]
    drawn += [_text(left - 6, bottom, "0", "end")]
    drawn += [_text(place(size), bottom + 18, f"{size:,}", "middle") for size in sizes]
    for values, colour in zip(every, _COLOURS, strict=False):
        points = [(place(size), bottom - _HIGH * values[size] / highest) for size in sorted(values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn += [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return drawn


def _svg(height: float, drawn: Sequence[str]) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    style = 'font-family="sans-serif" font-size="12"'
    inside = "\n".join(['<rect width="100%" height="100%" fill="white"/>', *drawn])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{inside}\n</svg>\n'


def _text(
    x: float, y: float, text: str, anchor: str, *, weight: str = "normal", colour: str = _INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
        f' font-weight="{weight}">{html.escape(text)}</text>'
    )
