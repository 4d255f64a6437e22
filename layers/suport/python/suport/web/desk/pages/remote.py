"""Remote support at the desk: an operator invites the citizen, and then sees the screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from suport.domain.language import Language
from suport.domain.remote_session import RemoteSession, State
from suport.http.problem import Problem
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskPage

NOT_INVITED = "none"
"""What the page calls the state in which there is no session."""

LINES: Mapping[str, Message] = MappingProxyType(
    {
        NOT_INVITED: N_("The citizen is not invited."),
        State.INVITED: N_("Waiting for the citizen to enter the code."),
        State.JOINED: N_("The citizen has joined and is choosing what to show."),
        "connecting": N_("The citizen is showing something. Connecting…"),
        State.VIEWING: N_("You see what the citizen is showing."),
        "viewing-browser": N_("You see a tab of the citizen’s browser."),
        "viewing-window": N_("You see a window on the citizen’s computer."),
        "viewing-monitor": N_("You see the citizen’s whole screen."),
        State.PAUSED: N_(
            "Paused. The citizen has been showing nothing since [time]. They can show the screen "
            "again without another code."
        ),
        "stale": N_(
            "Nothing has arrived since [time]. The last picture is covered because it may be out "
            "of date."
        ),
        "interrupted": N_("The connection has been interrupted since [time]. Connecting again…"),
        "unreachable": N_(
            "Your browser cannot connect to the relay, so no picture can reach you. Your network "
            "may block it."
        ),
        "away": N_(
            "The service has not answered since [time], so the picture is covered. This page keeps "
            "trying."
        ),
        "signed-out": N_(
            "You are no longer signed in, so the picture is covered. Reload the page to sign in."
        ),
        "ending": N_("Ending remote support…"),
        "elsewhere": N_("You are watching in another window of your browser."),
        State.ENDED: N_("Remote support has ended."),
        "ended-stopped-citizen": N_("The citizen has ended remote support."),
        "ended-stopped-operator": N_("You have ended remote support."),
        "ended-withdrawn": N_(
            "The citizen’s consent has been withdrawn. Remote support has ended."
        ),
        "ended-released": N_("Remote support has ended because you no longer have the incident."),
        "ended-transferred": N_("Remote support has ended because the incident was passed on."),
        "ended-resolved": N_("Remote support has ended because the incident was resolved."),
        "ended-erased": N_("Remote support has ended because the incident was erased."),
        "ended-replaced": N_("This invitation has ended because you invited the citizen again."),
        "ended-citizen_silent": N_(
            "Remote support has ended because the citizen’s page no longer answered."
        ),
        "ended-operator_silent": N_(
            "Remote support has ended because your page no longer answered."
        ),
        "ended-time": N_("Remote support has ended because the time was up."),
    }
)
"""What the page says about each state, in one line.

A line about an end names its reason and, where it matters, who ended it. The page's script fills in
`[time]`, the moment since which it is so.
"""

_TO_SAY = N_(
    "Open this address in the browser of your computer and enter the code. You will see who is "
    "asking, and you choose what to show. I can only look: I cannot click or type on your "
    "computer. You can stop at any time."
)


@dataclass(frozen=True, kw_only=True)
class RemoteAtDesk(DeskPage):
    """Remote support for one incident, for the operator who has claimed it.

    reference: the incident's. session: the latest, None if there is none. join_code: admits the
    citizen while they are invited; else empty. address: the absolute address of the page on which
    they enter it. spoken: their language. may_invite: whether the operator still has the incident,
    and it is not resolved. trouble: why the service did not do what a form of the page asked for.
    """

    template: ClassVar[str] = "desk/remote.html"
    connects: ClassVar[bool] = True  # to ask for the session, and to answer an offer
    reference: str
    session: RemoteSession | None = None
    join_code: str = ""
    address: str
    spoken: Language
    may_invite: bool = True
    trouble: Problem | None = None

    @property
    def state(self) -> str:
        """The session's state; `none` without a session."""
        return self.session.state if self.session else NOT_INVITED

    @property
    def lines(self) -> Mapping[str, Message]:
        """What is said about each state."""
        return LINES

    @property
    def line(self) -> Message:
        """What is said about the present state before a script has looked."""
        ending = self.session.ending if self.session else None
        if ending is None:
            return LINES["connecting" if self.state == State.VIEWING else self.state]
        reason = f"{State.ENDED}-{ending.reason}"
        told = (f"{reason}-{ending.by}", reason, str(State.ENDED))
        return next(LINES[name] for name in told if name in LINES)

    @property
    def to_say(self) -> str:
        """What the operator reads out on the phone, in the citizen's language."""
        return _TO_SAY.in_(self.spoken)
