"""Every page of the desk in each of its states, one after the other, in one language."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.sync_api import Page

from tests.support.browser import Visitor
from tests.support.page_walk import send
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz. Qzrvwb!"
"""Words as long as they come."""


@dataclass(frozen=True)
class Incidents:
    """What the pages are about: incidents of the payment team, and one of another team."""

    free: str
    own: str
    colleagues: str
    resolved: str
    of_signature: str

    @classmethod
    def made(cls, service: Service, own: Seat, colleague: Seat) -> "Incidents":
        """New ones; the two operators take theirs."""
        service.private.add(LONG)

        def new(**changes: Any) -> str:
            stated = {"category": "payment", "error": {"code": "190"}, "description": LONG}
            return str(service.submitted(**stated | changes)["reference"])

        made = cls(
            free=new(),
            own=new(language="de", procedure={"name": LONG}),
            colleagues=new(),
            resolved=new(),
            of_signature=new(category="signature"),
        )
        for seat, reference in (
            (own, made.own),
            (colleague, made.colleagues),
            (own, made.resolved),
        ):
            seat.open(reference)
            seat.send("claim")
        own.send("resolve")
        own.open(made.own)
        own.send("note", note=LONG)
        own.send("write", body=LONG)
        return made


def every_state(
    visitor: Visitor,
    desk: WebDesk,
    incidents: Incidents,
    language: str,
    *,
    only: Collection[str] = (),
) -> Iterator[tuple[str, Page, int]]:
    """Goes to each state, or only to these: its name, the page, and the status of the answer."""
    seats: dict[str, Seat] = {}
    for who, state, go in _states(incidents):
        if only and state not in only:
            continue
        if who not in seats:
            seats[who] = desk.seat(visitor, who, language)
        yield state, seats[who].page, go(seats[who])


def _states(incidents: Incidents) -> Iterator[tuple[str, str, Callable[[Seat], int]]]:
    """Who sees a state, its name, and what leads there."""
    for state, way in {
        "list": "list?view=team",
        "list: mine": "list?view=mine",
        "list: empty": "list?view=ending&done=nothing-waits",
        "list: filtered": "list?view=team&state=resolved&since=2026-01-01",
        "list: a wrong filter": "list?view=team&state=lost&since=yesterday",
        "incident: free": f"incident?reference={incidents.free}",
        "incident: a colleague's": f"incident?reference={incidents.colleagues}",
        "incident: one's own": f"incident?reference={incidents.own}",
        "incident: just taken": f"incident?reference={incidents.own}&done=taken",
        "incident: resolved": f"incident?reference={incidents.resolved}",
        "incident: of another team": f"incident?reference={incidents.of_signature}",
        "incident: misread": "incident?reference=x",
        "keys": "keys",
        "call": "new",
    }.items():
        yield "marta", state, partial(Seat.goto, way=way)
    for state, reference, form, typed in (
        ("answer: empty", incidents.own, "write", {"body": ""}),
        ("answer: preview", incidents.own, "write", {"body": LONG, "step": "preview"}),
        ("answer: a draft", incidents.own, "write", {"body": LONG, "step": "draft"}),
        ("answer: written meanwhile", incidents.own, "write", {"body": LONG, "seen": "0"}),
        ("note: empty", incidents.own, "note", {"note": ""}),
        ("pass on: to nobody", incidents.own, "transfer", {"to": "", "reason": ""}),
        ("take over: no reason", incidents.colleagues, "take-over", {"why": ""}),
        ("form given back", incidents.of_signature, "write", {"body": LONG}),
    ):
        sent = {"reference": reference, "key": "k" * 20, "kind": "answer"} | typed
        yield "marta", state, partial(_send, form=form, typed=sent)
    for state, step, told in (
        ("call: wrong", "", {"description": "Curt"}),
        ("call: procedures", "search", {"description": LONG, "procedure.name": "beca"}),
        ("call: kept", "draft", {"description": LONG}),
    ):
        yield "marta", state, partial(_call, step=step, typed=told)
    yield "marta", "call: begun ones", partial(Seat.goto, way="new")
    yield "marta", "keys: beside the page", _keys
    for who, state, way in (
        ("aina", "sessions", "sessions"),
        ("biel", "looks", "looks"),
        ("biel", "looks: of an incident", f"looks?reference={incidents.own}"),
        ("biel", "looks: of none", "looks?reference=x"),
        ("", "signed out", "../signed-out"),
        ("", "sign-in: not begun here", "../callback?code=x&state=x"),
    ):
        yield who, state, partial(Seat.goto, way=way)
    late = {"reference": incidents.own, "body": LONG, "kind": "answer"}
    yield "", "form given back: signed out", partial(_send_late, typed=late)


def _send(seat: Seat, *, form: str, typed: Mapping[str, str]) -> int:
    """Sends a form as a page of this session would, with these fields."""
    seat.goto("keys")
    token = seat.page.locator("[name=form_token]").first.input_value()
    return send(seat.page, form, {"form_token": token, **typed}).status


def _send_late(seat: Seat, *, typed: Mapping[str, str]) -> int:
    """Sends an answer although nobody is signed in."""
    seat.goto("../signed-out")
    return send(seat.page, f"{seat.language}/write", typed).status


def _call(seat: Seat, *, step: str, typed: Mapping[str, str]) -> int:
    seat.goto("new")
    return seat.send("new", step, **typed)


def _keys(seat: Seat) -> int:
    status = seat.goto("list")
    seat.page.keyboard.press("?")
    return status
