"""What was measured, as figures: each with its unit and, where there is one, its reference."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.targets import TARGETS


@dataclass(frozen=True)
class Figure:
    """One figure. reference: the name of the figure beside it; ratio: how many times that it is."""

    name: str
    value: float
    unit: str
    reference: str | None = None
    ratio: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether it reaches its target; None if it has none."""
        target = TARGETS.get(self.name)
        if target is None:
            return None
        measured = self.value if target.unit else self.ratio
        assert measured is not None, self.name
        return measured <= target.most

    @property
    def target(self) -> str:
        """The most that it should be, in words; empty if nothing is asked."""
        target = TARGETS.get(self.name)
        if target is None:
            return ""
        return f"≤ {target.most:g} {target.unit}" if target.unit else f"≤ {target.most:g} ×"

    def as_json(self) -> dict[str, Any]:
        """As in `results.json`."""
        rounded = {"value": _rounded(self.value), "ratio": self.ratio and _rounded(self.ratio)}
        target = {"target": self.target, "is_met": self.is_met} if self.target else {}
        return asdict(self) | rounded | target


def _rounded(value: float) -> float:
    """To four significant digits; none of them is surer."""
    return float(f"{value:.4g}")
