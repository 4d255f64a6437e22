"""Which counts may be shown, so that nobody can compute a count from 1 to 4 from those that are.

A small count could be a person. A day on which a team got two incidents shows nothing; nor may the
month's total show it, less the days that are shown. The rules, on which `tests/unit/domain` tries
every attack there is on small months:

- A count is shown from five on, or if it is zero: a zero is nobody.
- A count has *parts* (web and phone, say). A day shows them only if it may show each of them.
- A month is the sum of its days. The days that are too small to be shown are joined, and their sum
  is part of the month's only if it is five or more and, with all else that is shown, leaves every
  single day open: there must be another month, just as likely, of which everything shown is the
  same. The parts of a month follow the same rule.
- Categories are never summed up with each other except where each of them is shown. What a month
  shows by procedure and by language is about the incidents that it counts by category, no others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

LEAST = 5
"""The smallest count that is shown, besides zero."""

type Parts = tuple[int, ...]
"""A count as the sum of its parts, in an order that the caller knows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a count: the whole and its parts, or None where that is not shown."""

    total: int | None = None
    parts: Parts | None = None


def shown_of_day(parts: Parts) -> Shown:
    """What is shown of one day's count."""
    if _is_small(total := sum(parts)):
        return Shown()
    return Shown(total, None if any(map(_is_small, parts)) else parts)


def shown_of_month(days: Sequence[Parts]) -> Shown:
    """What is shown of a month's count beside what is shown of each of its days."""
    hidden = [day for day in days if shown_of_day(day).parts is None]
    unseen = [day for day in hidden if _is_small(sum(day))]
    rest = _sum(hidden)
    if _is_small(sum(_sum(unseen))):
        return Shown()
    total = sum(map(sum, days))
    if not any(map(_is_small, rest)) and _leaves_open(hidden, parts_are_shown=True):
        return Shown(total, _sum(days))
    return Shown(total) if _leaves_open(hidden, parts_are_shown=False) else Shown()


def joined(counts: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """The counts that are shown by themselves, the largest first, and the sum of all others.

    Everybody knows the sum of all. The others are those below five; where their sum would give one
    of them away, the next smallest joins them. Those that are zero are not listed.
    """
    shown = {
        name: count
        for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        if count
    }
    others = [shown.pop(name) for name in list(shown) if shown[name] < LEAST]
    while others and shown and not _hides_each(others):
        others.append(shown.popitem()[1])
    return shown, sum(others)


def _hides_each(others: Sequence[int]) -> bool:
    """Whether the sum of these counts leaves each of them open, known that they were too small."""
    return len(others) > 1 and LEAST <= sum(others) < (LEAST - 1) * len(others)


def _is_small(count: int) -> bool:
    return 0 < count < LEAST


def _sum(days: Sequence[Parts]) -> Parts:
    return tuple(map(sum, zip(*days, strict=True)))


def _leaves_open(hidden: Sequence[Parts], *, parts_are_shown: bool) -> bool:
    """Whether every part of every hidden day could as well have been another number."""
    open_parts: set[tuple[int, int]] = set()
    open_days: set[int] = set()
    for changed in _changes(hidden, parts_are_shown=parts_are_shown):
        for number, after in changed.items():
            before = hidden[number]
            open_parts |= {
                (number, part) for part in range(len(before)) if before[part] != after[part]
            }
            if sum(before) != sum(after):
                open_days.add(number)
    return all(
        (number, part) in open_parts
        for number, day in enumerate(hidden)
        for part, count in enumerate(day)
        if count
    ) and all(number in open_days for number, day in enumerate(hidden) if _is_small(sum(day)))


def _changes(hidden: Sequence[Parts], *, parts_are_shown: bool) -> Iterator[dict[int, Parts]]:
    """Changes of these days by one fact or two that change nothing that is shown of the month."""
    numbers, parts = range(len(hidden)), range(len(hidden[0]) if hidden else 0)
    for one, other in permutations(numbers, 2):
        for part in parts:  # one fact happened on another of the days that are not shown at all
            moved = {
                one: _moved(hidden[one], (part, -1)),
                other: _moved(hidden[other], (part, +1)),
            }
            if all(_is_small(sum(hidden[number])) for number in moved):
                yield from _allowed(hidden, moved)
    if not parts_are_shown:
        for one, (part, another) in product(numbers, permutations(parts, 2)):
            yield from _allowed(hidden, {one: _moved(hidden[one], (part, -1), (another, +1))})
        return
    for (one, other), (part, another) in product(permutations(numbers, 2), permutations(parts, 2)):
        yield from _allowed(
            hidden,
            {
                one: _moved(hidden[one], (part, -1), (another, +1)),
                other: _moved(hidden[other], (part, +1), (another, -1)),
            },
        )


def _allowed(hidden: Sequence[Parts], changed: dict[int, Parts]) -> Iterator[dict[int, Parts]]:
    """Yields the change if each of its days would show the same as before."""
    if all(
        min(after) >= 0 and shown_of_day(after) == shown_of_day(hidden[number])
        for number, after in changed.items()
    ):
        yield changed


def _moved(parts: Parts, *steps: tuple[int, int]) -> Parts:
    by = dict(steps)
    return tuple(count + by.get(part, 0) for part, count in enumerate(parts))
