"""What every page of the desk has around it: who is signed in, where to go, the way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from suport.domain.operator_identity import Operator, Role
from suport.texts import desk_labels
from suport.texts.message import N_, Message
from suport.web.desk.keyboard import KEYS
from suport.web.rendering import Document, FilledIn
from suport.web.site_map import GUIDES

_TOP = "../../"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page.

    operator: who is signed in, if anybody is. form_token: goes into every form. here: the page's
    address with its query, relative to its language. has_keys: whether one-letter keys work.
    """

    operator: Operator | None
    form_token: str
    here: str
    has_keys: bool = True

    @property
    def places(self) -> dict[str, Message]:
        """The pages that this operator may use, by their names in the address."""
        if self.operator is None:
            return {}
        places: dict[str, Message] = {}
        if self.operator.teams:
            places |= {
                "list": N_("Incidents"),
                "search": N_("Search"),
                "new": N_("Phone call"),
                "shift": N_("End of shift"),
            }
        if Role.EDITOR in self.operator.roles:
            places["problems"] = N_("Known problems")
        if Role.DATA_PROTECTION in self.operator.roles:
            places["looks"] = N_("Who has viewed incidents")
        if Role.SUPERVISOR in self.operator.roles:
            places |= {"teams": N_("Teams"), "sessions": N_("Open sessions")}
        if not self.operator.roles.isdisjoint({Role.EDITOR, Role.SUPERVISOR}):
            places["guides"] = GUIDES
        return places | {"keys": N_("Keyboard shortcuts")}

    @property
    def keys(self) -> Mapping[str, Message]:
        """What each key does."""
        return KEYS

    @property
    def labels(self) -> ModuleType:
        """What the values of the domain are called at the desk."""
        return desk_labels


@dataclass(frozen=True, kw_only=True)
class DeskPage(Document):
    """A page of the desk. frame: what is around it."""

    frame: Frame

    @property
    def top(self) -> str:
        """The way to where the languages begin, and the assets."""
        return _TOP


@dataclass(frozen=True, kw_only=True)
class DeskForm(FilledIn, DeskPage):
    """A page of the desk with forms, which may have been filled in already."""
