"""Pages about people at the desk: who is signed in, who has looked, which keys there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from suport.desk.person_searches import SearchesPage
from suport.desk.sessions import EndedSessions
from suport.domain.desk_session import DeskSession
from suport.domain.search_terms import PersonFact
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskForm, DeskPage

PERSON_FACTS = {
    PersonFact.NIF: N_("by NIF"),
    PersonFact.EMAIL: N_("by email address"),
    PersonFact.PHONE: N_("by phone number"),
}


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
    """Who has looked at an incident, or searched for a person, for data protection.

    view: as `looks_view` makes it; None if no incident was asked for yet. searches: only then.
    """

    template: ClassVar[str] = "desk/looks.html"
    view: Mapping[str, Any] | None = None
    searches: SearchesPage | None = None

    @property
    def kinds(self) -> Mapping[PersonFact, Message]:
        """By what a person is searched for."""
        return PERSON_FACTS


@dataclass(frozen=True, kw_only=True)
class KeysPage(DeskPage):
    """Which keys there are, and the switch for them.

    are_on: whether they work for the operator. done: what was just done.
    """

    template: ClassVar[str] = "desk/keys.html"
    are_on: bool
    done: str = ""
