"""The queues of a day as a picture, in SVG of its own."""

from html import escape

from benchmarks.scale.simulation import Day

WIDTH, HEIGHT, LEFT, TOP = 760, 300, 70, 40
MINUTES = 1440
NAMES = ("Throughput=regional, SES as at first", "Throughput=national, more mails from SES")
COLOURS = ("#1f5fa8", "#b3541e")


def drawn(regional: Day, national: Day) -> str:
    """The mails that wait through the day, with either throughput."""
    highest = max(1, *(mails for day in (regional, national) for _, _, mails in day.trace))
    lines = [
        f'<polyline fill="none" stroke="{colour}" points="{_points(day, highest)}"/>'
        for day, colour in zip((regional, national), COLOURS, strict=True)
    ]
    names = [
        f'<text x="{LEFT + 12}" y="{TOP + 18 + 20 * row}" fill="{colour}">{escape(name)}</text>'
        for row, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=True))
    ]
    hours = [
        f'<text x="{LEFT + WIDTH * hour / 24:.0f}" y="{TOP + HEIGHT + 20}" text-anchor="middle">'
        f"{hour:02}:00</text>"
        for hour in range(0, 25, 4)
    ]
    right, bottom = LEFT + WIDTH + 40, TOP + HEIGHT + 40
    title = f"Mails that wait on a day with {regional.arrived:,} incidents"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}"',
            ' font-family="sans-serif" font-size="14" stroke-width="2">',
            f"<title>{escape(title)}</title>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text x="{LEFT}" y="24" font-weight="bold">{escape(title)}</text>',
            f'<path d="M{LEFT} {TOP}V{TOP + HEIGHT}H{LEFT + WIDTH}" fill="none" stroke="#333"/>',
            f'<text x="{LEFT - 8}" y="{TOP + 6}" text-anchor="end">{highest:,}</text>',
            f'<text x="{LEFT - 8}" y="{TOP + HEIGHT}" text-anchor="end">0</text>',
            *hours,
            *lines,
            *names,
            "</svg>\n",
        ]
    )


def _points(day: Day, highest: int) -> str:
    return " ".join(
        f"{LEFT + WIDTH * minute / MINUTES:.1f},{TOP + HEIGHT * (1 - mails / highest):.1f}"
        for minute, (_, _, mails) in enumerate(day.trace[:MINUTES])
        if minute % 5 == 0
    )
