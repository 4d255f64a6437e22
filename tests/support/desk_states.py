"""Every page of the desk in each of its states, one after the other, in one language."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from playwright.sync_api import Page

from suport.domain.known_problem import KnownProblem
from suport.domain.language import Language
from suport.register.known_problems import KnownProblems, new_id
from tests.support.browser import Visitor
from tests.support.known_problems import a_problem
from tests.support.page_walk import send
from tests.support.service import CONTACT, Service
from tests.support.web_desk import Seat, WebDesk

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz. Qzrvwb!"
"""Words as long as they come."""


@dataclass(frozen=True)
class Incidents:
    """What the pages are about: incidents of the payment team, and one of another team.

    linked: to a known problem, which is open until `solve`.
    """

    free: str
    own: str
    colleagues: str
    resolved: str
    follower: str
    of_signature: str
    linked: str
    problem: KnownProblem

    @classmethod
    def made(cls, service: Service, own: Seat, colleague: Seat) -> "Incidents":
        """New ones; the two operators take theirs."""
        service.private.add(LONG)
        now = datetime.now(UTC)

        def new(**changes: Any) -> str:
            stated = {"category": "payment", "error": {"code": "190"}, "description": LONG}
            return str(service.submitted(**stated | changes)["reference"])

        made = cls(
            free=new(),
            own=new(language="de", procedure={"name": LONG}),
            colleagues=new(),
            resolved=new(),
            follower=new(),
            of_signature=new(category="signature"),
            linked=new(),
            problem=_known_problems(service).open(
                a_problem(id=new_id(now), titles=dict.fromkeys(Language, LONG)), now
            ),
        )
        for seat, reference in (
            (own, made.own),
            (colleague, made.colleagues),
            (own, made.resolved),
        ):
            seat.open(reference)
            seat.send("claim")
        own.send("resolve")
        own.open(made.linked)
        own.send("link-problem")  # the only one is chosen
        own.open(made.own)
        own.send("note", note=LONG)
        own.send("write", body=LONG)
        return made

    def solve(self, service: Service) -> None:
        """Ends the known problem, of which citizens are told as long."""
        _known_problems(service).solve(self.problem.id, "caterina", datetime.now(UTC))


def _known_problems(service: Service) -> KnownProblems:
    return KnownProblems(service.dynamodb, service.environment["KNOWN_PROBLEMS_TABLE"])


def every_state(
    visitor: Visitor,
    desk: WebDesk,
    incidents: Incidents,
    language: str,
) -> Iterator[tuple[str, Page, int]]:
    """Goes to each state: its name, the page, and the status of the answer."""
    seats: dict[str, Seat] = {}
    for who, state, go in _states(incidents):
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
        "list: of known problems": "list?view=team&linked=on",
        "list: a wrong filter": "list?view=team&state=lost&since=yesterday",
        "incident: free": f"incident?reference={incidents.free}",
        "incident: a colleague's": f"incident?reference={incidents.colleagues}",
        "incident: one's own": f"incident?reference={incidents.own}",
        "incident: just taken": f"incident?reference={incidents.own}&done=taken",
        "incident: linked": f"incident?reference={incidents.linked}&done=linked",
        "incident: resolved": f"incident?reference={incidents.resolved}",
        "incident: of another team": f"incident?reference={incidents.of_signature}",
        "incident: misread": "incident?reference=x",
        "search": "search",
        "search: found": "search?state=all",
        "search: nothing": "search?reference=0000&until=2026-01-01",
        "search: wrong": "search?reference=-&since=yesterday",
        "keys": "keys",
        "call": "new",
        "shift": "shift",
    }.items():
        yield "marta", state, partial(Seat.goto, way=way)
    for state, reference, form, typed in (
        ("answer: empty", incidents.own, "write", {"body": ""}),
        ("answer: preview", incidents.own, "write", {"body": LONG, "step": "preview"}),
        ("answer: a draft", incidents.own, "write", {"body": LONG, "step": "draft"}),
        ("answer: written meanwhile", incidents.own, "write", {"body": LONG, "seen": "0"}),
        ("note: empty", incidents.own, "note", {"note": ""}),
        ("pass on: to nobody", incidents.own, "transfer", {"to": "", "reason": ""}),
        ("snooze: no day", incidents.own, "snooze", {"until": "demà"}),
        ("link: to no problem", incidents.own, "link-problem", {"problem": "x"}),
        ("take over: no reason", incidents.colleagues, "take-over", {"why": ""}),
        ("form given back", incidents.of_signature, "write", {"body": LONG}),
    ):
        sent = {"reference": reference, "key": "k" * 20, "kind": "answer"} | typed
        yield "marta", state, partial(_send, form=form, typed=sent)
    for state, person in (
        ("search: a person", CONTACT["email"]),
        ("search: nobody", "x@example.test"),
        ("search: no person", LONG),
    ):
        yield "marta", state, partial(_send, form="search", typed={"person": person})
    together = {"reference": incidents.own, "follower": incidents.follower}
    for state, typed in (
        ("incident: leads another", together),
        ("incident: cannot lead", together | {"follower": incidents.own}),
    ):
        yield "marta", state, partial(_send, form="follow", typed=typed)
    way = f"incident?reference={incidents.follower}"
    yield "marta", "incident: follows another", partial(Seat.goto, way=way)
    for state, typed in (
        ("shift: nothing chosen", {"note": LONG * 20}),
        (
            "shift: one stays",
            {f"move:{incidents.colleagues}": "on", "to": "team", "note": LONG},
        ),
    ):
        sent = {"key": "k" * 20} | typed
        yield "marta", state, partial(_send, form="shift", typed=sent)
    yield from _of_remote_support(incidents)
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
        ("aina", "teams", "teams"),
        ("aina", "team", "team?team=payment"),
        ("aina", "team: empty", "team?team=functional&only=overdue&operator=nobody"),
        ("aina", "team: a wrong filter", "team?team=payment&only=lost"),
        ("biel", "looks", "looks"),
        ("biel", "looks: of an incident", f"looks?reference={incidents.own}"),
        ("biel", "looks: of none", "looks?reference=x"),
        ("", "signed out", "../signed-out"),
        ("", "sign-in: not begun here", "../callback?code=x&state=x"),
    ):
        yield who, state, partial(Seat.goto, way=way)
    moved = {"team": "payment", "key": "k" * 20, f"of-{incidents.own}": "joan"}
    for state, to in (("team: to nobody", ""), ("team: changed meanwhile", "queue")):
        typed = moved | {"to": to, "reason": LONG}
        yield "aina", state, partial(_send, form="team", typed=typed)
    yield from _of_the_editor(incidents)
    late = {"reference": incidents.own, "body": LONG, "kind": "answer"}
    yield "", "form given back: signed out", partial(_send_late, typed=late)


def _of_remote_support(incidents: Incidents) -> Iterator[tuple[str, str, Callable[[Seat], int]]]:
    """The same of the page on which an operator sees a citizen's screen."""
    for state, reference in (
        ("remote: not invited", incidents.own),
        ("remote: of a colleague", incidents.colleagues),
    ):
        yield "marta", state, partial(Seat.goto, way=f"remote?reference={reference}")
    for state, act in (
        ("remote: invited", "invite"),
        ("remote: ended", "end"),
    ):
        sent = {"reference": incidents.own, "act": act}
        yield "marta", state, partial(_send, form="remote", typed=sent)


def _of_the_editor(incidents: Incidents) -> Iterator[tuple[str, str, Callable[[Seat], int]]]:
    """The same of the pages about known problems."""
    for state, way in (
        ("problems", "problems"),
        ("problem: a new one", "problem"),
        ("problem", f"problem?id={incidents.problem.id}&done=problem-linked"),
        ("problem: not there", "problem?id=x"),
        ("guides", "guides"),
    ):
        yield "caterina", state, partial(Seat.goto, way=way)
    about = {"problem": incidents.problem.id, "key": new_id(datetime.now(UTC))}
    words = {f"body.{each}": LONG for each in Language}
    for state, form, typed in (
        ("problem: wrong", "problem", {"key": about["key"], "title.ca": LONG * 3, "errors": LONG}),
        ("problem: changed meanwhile", "problem", about | _announced() | {"revision": "0"}),
        ("answer to all: wrong", "answer-all", about | words | {"body.de": ""}),
        ("answer to all: check", "answer-all", about | words | {"act": "resolve"}),
    ):
        yield "caterina", state, partial(_send, form=form, typed=typed)


def _announced() -> dict[str, str]:
    """What an editor announces, in words as long as they come."""
    words = {f"{part}.{each}": LONG for part in ("title", "text") for each in Language}
    return words | {"categories.payment": "on", "since": "2026-01-01T00:00"}


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
