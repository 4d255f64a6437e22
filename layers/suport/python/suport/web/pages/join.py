"""Where the citizen shows an operator their screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from suport.domain.category import Category
from suport.domain.incident import Actor
from suport.domain.language import Language
from suport.domain.remote_session import EndReason, RemoteSession
from suport.runtime.settings import SupportTool
from suport.texts.message import N_, Message
from suport.texts.published_notices import CONTROLLERS
from suport.web import remote_cookie
from suport.web.rendering import FormPage

CODE = N_("Code from the operator")
"""The label of the field for the code."""

ENDINGS: Mapping[tuple[str, ...], Message] = {
    (EndReason.STOPPED, Actor.CITIZEN): N_("You have ended the session."),
    (EndReason.STOPPED, Actor.OPERATOR): N_("The operator has ended the session."),
    (EndReason.WITHDRAWN,): N_(
        "Your permission to view your screen was withdrawn, and the session has ended with it."
    ),
    (EndReason.RELEASED,): N_(
        "The operator no longer works on your incident, so the session has ended."
    ),
    (EndReason.TRANSFERRED,): N_(
        "Your incident has gone to another team, so the session has ended."
    ),
    (EndReason.RESOLVED,): N_(
        "Your incident has been resolved or closed, so the session has ended."
    ),
    (EndReason.ERASED,): N_("Your incident has been erased, so the session has ended."),
    (EndReason.CITIZEN_SILENT,): N_(
        "This page could not be reached for 15\u00a0seconds, so the session has ended."
    ),
    (EndReason.OPERATOR_SILENT,): N_(
        "The operator’s page could not be reached for 15\u00a0seconds, so the session has ended."
    ),
    (EndReason.TIME,): N_("The time for this session is over, so it has ended."),
}
"""What the citizen reads once a session has ended: why, and who ended it where that matters."""

ENDED = N_("The session has ended.")
"""The same, where nobody can say why."""

SURFACES = {
    "browser": N_("You are showing one tab."),
    "window": N_("You are showing one window."),
    "monitor": N_("You are showing your whole screen."),
    "unknown": N_("You are showing what you chose."),
}
"""What is shown, by the browser's name for it (W3C, Screen Capture, `displaySurface`)."""


@dataclass(frozen=True, kw_only=True)
class JoinPage(FormPage):
    """The citizen's page of a remote session: the code, the agreement, and the screen being shown.

    Its script alone shows a screen, and only in a session that the browser has joined.
    session: the one that the browser has joined, even if it has ended since. invitation: that of
    the incident open in the browser, if still unused. tool: the external program for control, where
    the office has one. controllers: the office that asks, as each language calls it.
    """

    name: ClassVar[str] = "join"
    template: ClassVar[str] = "join.html"
    connects: ClassVar[bool] = True  # to ask for the session, and to offer the picture
    captures: ClassVar[bool] = True  # no other page may
    own: ClassVar = {"code", "reference"}
    session: RemoteSession | None = None
    invitation: RemoteSession | None = None
    tool: SupportTool | None = None
    controllers: Mapping[Language, str] = field(default_factory=lambda: CONTROLLERS)

    @property
    def names(self) -> Mapping[str, Message]:
        """The label of the code."""
        return {"code": CODE}

    @property
    def joined(self) -> RemoteSession | None:
        """The session in which the browser may show a screen.

        None where a code was wrong: the code is asked for again, although the browser may have
        joined another session, which goes on.
        """
        is_open = self.session and self.session.is_open
        return self.session if is_open and "code" not in self.errors else None

    @property
    def session_mark(self) -> str:
        """What the script sends along with each question, see `remote_cookie.session_mark`."""
        return remote_cookie.session_mark(self.session.token_digest) if self.session else ""

    @property
    def ended(self) -> Message | None:
        """Why the session has ended that the browser had joined; None if it had joined none."""
        if self.session is None or self.session.is_open:
            return None
        ending = self.session.ending
        ways = [(ending.reason, ending.by), (ending.reason,)] if ending else []
        return next((ENDINGS[way] for way in ways if way in ENDINGS), ENDED)

    @property
    def was_shown(self) -> bool:
        """Whether the citizen has agreed to be seen in the session: there is a receipt of it."""
        return bool(self.session and self.session.consent)

    @property
    def asked_for_control(self) -> bool:
        """Whether the citizen has asked for control in the session: there is a receipt of it."""
        return bool(self.session and self.session.control_consent)

    @property
    def signs(self) -> bool:
        """Whether a signature may have to be seen, which is made outside the browser's tab."""
        return bool(self.joined and self.joined.team is Category.SIGNATURE)

    @property
    def endings(self) -> Mapping[str, Message]:
        """What the script says of each way in which a session ends; without a key, of others."""
        return {" ".join(way): text for way, text in ENDINGS.items()} | {"": ENDED}

    @property
    def surfaces(self) -> Mapping[str, Message]:
        """What the script says of what is shown."""
        return SURFACES
