"""Plots of the figures as SVG, drawn with a few lines instead of a package."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_OURS, _REFERENCE, _INK = "#00508c", "#c8500a", "#222222"
_WIDTH, _LEFT, _RIGHT = 760, 270, 90
_TOP, _STEP, _THICK = 44, 22, 14


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
    lines = [_text(10, 24, title, "start", weight="bold")]
    for number, bar in enumerate(shown):
        y = _TOP + _STEP * number
        length = bar.value / longest * (_WIDTH - _LEFT - _RIGHT)
        colour = _REFERENCE if bar.is_reference else _OURS
        lines += [
            _text(_LEFT - 8, y + 12, bar.name, "end"),
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_THICK}" fill="{colour}"/>',
            _text(_LEFT + length + 6, y + 12, f"{bar.value:.3g} {unit}", "start"),
        ]
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    style = 'font-family="sans-serif" font-size="12"'
    drawn = "\n".join(['<rect width="100%" height="100%" fill="white"/>', *lines])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{drawn}\n</svg>\n'


def _text(x: float, y: float, text: str, anchor: str, *, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}"'
        f' font-weight="{weight}">{html.escape(text)}</text>'
    )
