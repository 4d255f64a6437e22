"""Pages about people at the desk: who is signed in, who has looked, which keys there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from suport.desk.sessions import EndedSessions
from suport.domain.desk_session import DeskSession
from suport.web.desk.frame import DeskForm, DeskPage


@dataclass(frozen=True, kw_only=True)
class SessionsPage(DeskPage):
    """Who is signed in, for a supervisor, who can end anybody's sessions.

    sessions: those that are not over. ended: whose sessions supervisors have ended. done: what was
    just done.
    """

    template: ClassVar[str] = "desk/sessions.html"
    sessions: Sequence[DeskSession]
    ended: Sequence[EndedSessions] = ()
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class LooksPage(DeskForm):
    """Who has looked at an incident, for data protection.

    view: as `looks_view` makes it; None if no incident was asked for yet.
    """

    template: ClassVar[str] = "desk/looks.html"
    view: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class KeysPage(DeskPage):
    """Which keys there are, and the switch for them.

    are_on: whether they work for the operator. done: what was just done.
    """

    template: ClassVar[str] = "desk/keys.html"
    are_on: bool
    done: str = ""
