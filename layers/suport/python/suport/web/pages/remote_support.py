"""Remote support: what it is, and how a citizen agrees to it and withdraws."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from suport.domain.consent import Scope
from suport.domain.incident import Status
from suport.texts import published_notices
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject
from suport.views.citizen_view import CitizenView
from suport.web.rendering import FormPage

BUTTONS = {
    (Scope.VIEW, False): N_("Let an operator view my screen"),
    (Scope.VIEW, True): N_("Stop sharing my screen"),
    (Scope.CONTROL, False): N_("Ask the operator to control my computer"),
    (Scope.CONTROL, True): N_("Stop operator control"),
}
"""The text of the button that changes a consent, by its scope and by whether it is in force."""


class Consent(NamedTuple):
    """A consent on the page. given: whether it is in force. offered: whether it can change now."""

    scope: Scope
    given: bool
    offered: bool

    @property
    def button(self) -> Message:
        """The text of the button that changes it."""
        return BUTTONS[self.scope, self.given]


@dataclass(frozen=True, kw_only=True)
class RemoteSupportPage(FormPage):
    """What remote support is and, with an incident open, how to agree to it and to withdraw.

    view: that incident as its citizen sees it. done: one of `DONE`.
    """

    name: ClassVar[str] = "remote-support"
    template: ClassVar[str] = "remote_support.html"
    listed_as: ClassVar[Message | None] = N_(
        "How remote support works: the operator sees your screen only if you agree, and you can "
        "stop it at any moment."
    )
    own: ClassVar = {"reference", "scope", "action", "notice_sha256", "language"}
    view: CitizenView | None
    done: str = ""

    @property
    def earlier(self) -> list[str]:
        """The earlier versions of the notice, the latest first."""
        return published_notices.earlier(Subject.REMOTE_SUPPORT)

    @property
    def description(self) -> Message | None:
        """What search engines say of it, while no incident is open."""
        return None if self.view else super().description

    @property
    def consents(self) -> list[Consent]:
        """View and control: control is offered only while view is given, neither after the end."""
        given = self.view["consents"] if self.view else ()
        asked_for: Scope | None = Scope.CONTROL if Scope.VIEW in given else Scope.VIEW
        if self.view is None or self.view["status"] == Status.RESOLVED:
            asked_for = None
        return [
            Consent(scope, scope in given, scope in given or scope is asked_for) for scope in Scope
        ]
