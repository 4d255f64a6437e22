"""Bars as SVG that a screen reader can read, a printer can print, and nobody needs colours for."""

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT = 720, 180
_LEFT, _BOTTOM, _TOP = 40, 24, 12
_TEXT = "font-size='11' fill='#333'"


def bars(name: str, title: str, described: str, values: Sequence[tuple[str, int | None]]) -> str:
    """A bar for each value; a dot where the value is not shown.

    name: of the chart in its page. title, described: what a screen reader says.
    """
    most = max([value or 0 for _, value in values], default=0)
    top = _round_up(most)
    step = (_WIDTH - _LEFT) / max(len(values), 1)
    base = _HEIGHT - _BOTTOM
    drawn = []
    for number in (0, 1, 2):
        height = base - number / 2 * (base - _TOP)
        drawn.append(
            f"<line x1='{_LEFT}' x2='{_WIDTH}' y1='{height:.0f}' y2='{height:.0f}'"
            f" stroke='#767676' stroke-width='{0.5 if number else 1}'/>"
            f"<text x='{_LEFT - 6}' y='{height + 4:.0f}' text-anchor='end' {_TEXT}>"
            f"{top * number // 2}</text>"
        )
    for number, (label, value) in enumerate(values):
        middle = _LEFT + (number + 0.5) * step
        if value is None:
            drawn.append(f"<circle cx='{middle:.1f}' cy='{base - 5}' r='2.5' fill='#333'/>")
        elif value:
            height = value / top * (base - _TOP)
            drawn.append(
                f"<rect x='{middle - step * 0.35:.1f}' y='{base - height:.1f}'"
                f" width='{step * 0.7:.1f}' height='{height:.1f}' fill='#0b4f7d'/>"
            )
        drawn.append(
            f"<text x='{middle:.1f}' y='{_HEIGHT - 8}' text-anchor='middle' {_TEXT}>"
            f"{escape(label)}</text>"
        )
    return (
        f"<svg viewBox='0 0 {_WIDTH} {_HEIGHT}' role='img'"
        f" aria-labelledby='{name}-title {name}-desc'>"
        f"<title id='{name}-title'>{escape(title)}</title>"
        f"<desc id='{name}-desc'>{escape(described)}</desc>{''.join(drawn)}</svg>"
    )


def _round_up(most: int) -> int:
    """The end of the scale: an even number with one digit that counts, or two."""
    if most <= 10:  # noqa: PLR2004
        return 10
    unit = int(10 ** (len(str(most)) - 1)) // 2
    return -(-most // (2 * unit)) * 2 * unit
