"""How long somebody stays signed in at the web desk."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from suport.domain.operator_identity import Operator

IDLE = timedelta(minutes=30)
"""A session ends so long after the last request in it: somebody has left the PC."""
LASTS = timedelta(hours=12)
"""No session lasts longer, however busy: the directory is asked again every day."""
NOTED_AGAIN_AFTER = timedelta(minutes=1)
"""A request is noted if the last one noted is older: a page and all that belongs to it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """An operator who has signed in at the web desk.

    id: names the session and does not open it. seen_at: the last request noted, which may be a
    minute older than the last request.
    """

    id: str
    operator: Operator
    begun_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The moment from which it opens nothing, unless a request comes before."""
        return min(self.seen_at + IDLE, self.begun_at + LASTS)

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more."""
        return now >= self.ends_at

    def is_noted_again(self, now: datetime) -> bool:
        """Whether a request at that moment is to be noted."""
        return now >= self.seen_at + NOTED_AGAIN_AFTER

    def seen(self, now: datetime) -> Self:
        """The session after a request noted at that moment."""
        return replace(self, seen_at=now)
