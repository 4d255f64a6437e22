"""Who may do what: each operation, by everybody, in every state of an incident.

`tests/support/who_may.py` says what is expected. What is refused writes nothing, and no answer has
more of an incident than the one who asks may see.
"""

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from tests.support import who_may
from tests.support.gateway import Load
from tests.support.incident_states import (
    BEHIND,
    CONTACT,
    FILE,
    KEY,
    NOTE,
    NOTICE,
    PEOPLE,
    SIGNERS,
    STATES,
    WRITTEN,
    Answer,
    States,
    World,
)
from tests.support.known_problems import a_problem
from tests.support.session_descriptions import ANSWER, OFFER

PROBLEM = a_problem().id
OFTEN = KEY + "9"  # an idempotency key
HELD = {"claimed", "waiting", "agreed", "invited", "shown"}
GONE = {"expired", "erased"}
TEAM = {"marta", "joan"}
OTHER_TEAMS = {"pau", "nuria", "marta, who has changed teams"}

BY_PROGRAM: Mapping[str, tuple[str, str, Any]] = {
    "look": ("GET", "", None),
    "claim": ("POST", "/claim", {}),
    "take-over": ("POST", "/take-over", {"reason": "x"}),
    "write": ("POST", "/messages", {"body": "x"}),
    "note": ("POST", "/notes", {"body": "x"}),
    "transfer": ("POST", "/transfer", {"category": "signature", "reason": "x"}),
    "snooze": ("POST", "/snooze", {"until": "2026-12-01"}),
    "release": ("POST", "/release", {}),
    "resolve": ("POST", "/resolve", {}),
    "withdraw": ("POST", "/consents", {"scope": "view"}),
    "access-code": ("POST", "/access-code", {}),
    "correct": ("PATCH", "/contact", {"name": "x"}),
    "file": ("GET", "/files/{file}", None),
    "export": ("GET", "/export", None),
    "foresee": ("GET", "/erasure", None),
    "erase": ("DELETE", "", None),
    "invite": ("POST", "/remote", {}),
    "watch": ("GET", "/remote", None),
    "answer": ("PUT", "/remote/answer", {"n": 1, "sdp": ANSWER}),
    "end": ("DELETE", "/remote", None),
    "permissions": ("GET", "/permissions", None),
}
"""The operation, and the request of an operator's program for it."""

AT_THE_WEB_DESK: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "look": ("GET", "incident", {}),
    "claim": ("POST", "claim", {}),
    "take-over": ("POST", "take-over", {"why": "x"}),
    "write": ("POST", "write", {"body": "x", "kind": "answer"}),
    "draft": ("POST", "draft", {"form": "write", "body": "x"}),
    "note": ("POST", "note", {"note": "x"}),
    "transfer": ("POST", "transfer", {"to": "team:signature", "reason": "x"}),
    "hand-over": ("POST", "transfer", {"to": "colleague:{colleague}", "reason": "x"}),
    "snooze": ("POST", "snooze", {"until": "2026-12-01"}),
    "release": ("POST", "release", {}),
    "resolve": ("POST", "resolve", {}),
    "withdraw": ("POST", "withdraw", {"scope": "view"}),
    "file": ("GET", "file", {"id": FILE}),
    "link-problem": ("POST", "link-problem", {"problem": PROBLEM}),
    "unlink-problem": ("POST", "unlink-problem", {"problem": PROBLEM}),
    "follow": ("POST", "follow", {"follower": "{second}"}),
    "unfollow": ("POST", "unfollow", {"follower": "{reference}", "reference": "{second}"}),
    "remote-page": ("GET", "remote", {}),
    "invite": ("POST", "remote", {"act": "invite"}),
    "end": ("POST", "remote", {"act": "end"}),
    "watch": ("GET", "remote/state", {}),
    "answer": ("POST", "remote/answer", {"n": "1", "sdp": ANSWER}),
    "accept-control": ("POST", "remote/control", {}),
}
"""The operation, and the page or the form for it."""

PLACES: Mapping[str, Mapping[str, str]] = {
    "POST:next": {"team": "{team}"},
    "POST:shift": {"to": "team", "note": "x", "move:{reference}": "on"},
    "POST:new": {
        "category": "functional",
        "description": "No puc pagar",
        "contact.phone": "971225791",
    },
    "GET:search": {"reference": "{reference}"},
    "POST:search": {"person": "xisca.amengual@example.org"},
    "GET:problem": {"id": PROBLEM},
    "POST:problem": {"title.ca": "x"},
    "POST:link": {"problem": PROBLEM, "reference": "{reference}"},
    "POST:unlink": {"problem": PROBLEM, "reference": "{reference}"},
    "POST:answer-all": {"problem": PROBLEM, "act": "tell"},
    "GET:team": {"team": "payment"},
    "POST:team": {"team": "payment", "to": "team:signature", "reason": "x"},
    "POST:sessions": {"session": "x"},
    "GET:looks": {"reference": "{reference}"},
    "POST:keys": {"keys": "off"},
}
"""What is asked for, or sent, at the other pages of the desk."""


@pytest.fixture
def states(load: Load, monkeypatch: pytest.MonkeyPatch) -> States:
    return States(load, monkeypatch)


class Held:
    """Compares what happened with what is expected, and keeps what differs."""

    def __init__(self, states: States) -> None:
        self.states = states
        self.tried = 0
        self.wrong: list[str] = []

    def ask(
        self,
        what: str,
        state: str,
        ask: Callable[[], Answer],
        expected: str,
        *,
        unseen: set[str],
        typed: Collection[str] = (),
    ) -> None:
        """Asks in that state.

        unseen: words that must not be in the answer. typed: those that were sent, and come back.
        """
        world = self.states.worlds[state]
        self.states.restore(world)
        answer = ask()
        self.tried += 1
        found = [*self._answered(answer, expected), *self._written(world, expected)]
        found += [f"says {word}" for word in unseen if word in answer.body]
        if expected[0] == "4" and not expected.endswith("~"):
            nothing = (WRITTEN | {NOTE} | CONTACT) - {*typed}
            found += [f"says {word}" for word in nothing if word in answer.body]
        self.wrong += [f"{what}, {state}: {expected}, but {each}" for each in found]

    def fail(self) -> None:
        """Fails with everything that differs, one in a line."""
        assert not self.wrong, "\n" + "\n".join(self.wrong)

    def _answered(self, answer: Answer, expected: str) -> Iterator[str]:
        leads = answer.headers.get("Location", "")
        is_sign_in = answer.status == 303 and leads.startswith("../sign-in")
        match expected:
            case "yes" | "away":
                if answer.status >= 400 or is_sign_in:
                    yield f"{answer.status} {answer.body[-120:]}"
            case "in":
                if not is_sign_in:
                    yield str(answer.status)
            case "led":
                if (answer.status, leads) != (303, "track"):
                    yield f"{answer.status} {leads}"
            case _:
                if answer.status != int(expected[:3]):
                    yield f"{answer.status} {answer.body[-120:]}"

    def _written(self, world: World, expected: str) -> Iterator[str]:
        """What was written although it was refused."""
        if expected in {"yes", "away"}:
            return
        mine = self.states.reference
        before, after = world.items.get(mine, {}), self.states.table.items.get(mine, {})
        done = [
            after[name]["content"]["M"]["action"]["S"]
            for name in after.keys() - before.keys()
            if after[name]["kind"]["S"] == "action"
        ]
        recorded = {"!": ["refused"], "~": ["viewed"]}.get(expected[3:], [])
        if done != recorded and not (expected[3:] == "~" and not done):
            yield f"wrote {done}"
        if len(after) != len(before) + len(done):
            yield "wrote other entries"
        others = {name: each for name, each in world.items.items() if name != mine}
        if {k: v for k, v in self.states.table.items.items() if k != mine} != others:
            yield "wrote to another incident"
        if not recorded and before != after:
            yield "wrote to the incident"
        if recorded and before:
            one, other = before["incident"], after["incident"]
            kept = {"status", "category", "claimed_by", "contact", "expires_at", "code_number"}
            if any(one.get(each) != other.get(each) for each in kept):
                yield "changed the incident"
        yield from self._written_elsewhere(world, is_kept=expected.endswith("~"))

    def _written_elsewhere(self, world: World, *, is_kept: bool) -> Iterator[str]:
        """What was written to other tables. is_kept: whether a draft may be."""
        if world.tombstones != self.states.table.tombstones:
            yield "erased something"
        for name, kept_items in world.beside.items():
            is_draft = name == "desk" and is_kept
            if (
                not is_draft
                and vars(self.states.table.beside[name])["items"] != kept_items["items"]
            ):
                yield f"wrote to {name}"


def standing(state: str, who: str) -> str:
    """The column of an incident in that state for an operator of its team."""
    if state in {"resolved", "closed"}:
        return "ended"
    if state in HELD:
        waits = "-waits" if state == "waiting" else ""
        return f"own{waits}" if who == "marta" else f"colleague{waits}"
    return "nobody"


def expected_at_desk(act: str, who: str, state: str, *, in_team: bool) -> str:
    """What somebody at the desk gets; in_team: whether they are in any team."""
    if not in_team:
        return "403"
    if act == "permissions":
        return "yes"
    if act in who_may.IN_A_SESSION:
        now = state if state in {"invited", "shown"} else "none"
        return who_may.IN_A_SESSION[act][now] if who == "marta" else "404"
    if state in GONE:
        return "404"
    if act in who_may.WITH_A_CONSENT:
        agreed = "agreed" if state in {"agreed", "shown"} else "never-agreed"
        return who_may.WITH_A_CONSENT[act][agreed if who in TEAM else "other-team"]
    return who_may.ON_AN_INCIDENT[act][standing(state, who) if who in TEAM else "other-team"]


def unseen_by(who: str, state: str, expected: str, act: str) -> set[str]:
    """What an answer to that operator never has; who takes an incident then has it."""
    if act in {"claim", "take-over"} and expected == "yes":
        return set()
    if who not in TEAM or state in GONE:
        return WRITTEN | {NOTE} | CONTACT
    return set() if who == "marta" and state in HELD else CONTACT


def filled(states: States, who: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with this incident and this person in them."""
    known = {
        "reference": states.reference,
        "second": states.second,
        "colleague": "joan" if who == "marta" else "marta",
        "team": str(PEOPLE[who].teams[0]) if who in PEOPLE and PEOPLE[who].teams else "payment",
    }
    return {
        name.format_map(known): each.format_map(known) if "{" in each else each
        for name, each in fields.items()
    }


def test_what_programs_of_operators_may_do(states: States) -> None:
    held = Held(states)
    for act, (method, path, content) in BY_PROGRAM.items():
        address = f"/v1/desk/incidents/{states.reference}{path.format(file=FILE)}"
        for who in SIGNERS:
            for state in STATES:
                sent = content
                if act == "transfer" and who == "nuria":  # to another team than her own
                    sent = {**content, "category": "payment"}
                is_in_team = who in TEAM | OTHER_TEAMS
                expected = expected_at_desk(act, who, state, in_team=is_in_team)
                held.ask(
                    f"{act} by {who}",
                    state,
                    partial(states.signed, who, method, address, sent),
                    expected.replace("~", ""),
                    unseen=unseen_by(who, state, expected, act),
                )
    assert held.tried == len(BY_PROGRAM) * len(SIGNERS) * len(STATES)
    held.fail()


# How it is kept small: the rest of the other teams, and those in no team, are tried in two states.
AT_LENGTH = ("marta", "joan", "pau", "marta, who has changed teams", "supervisor")
IN_SHORT = ("nuria", "editor", "officer")


def test_what_operators_may_do_with_an_incident_at_the_web_desk(states: States) -> None:
    held = Held(states)
    for act, (method, page, fields) in AT_THE_WEB_DESK.items():
        is_for_script = "/" in page
        for who in (*AT_LENGTH, *IN_SHORT, "over", "nobody"):
            for state in STATES if who in AT_LENGTH else ("claimed", "shown", "erased"):
                about = {"reference": "{reference}", "key": OFTEN, **fields}
                if act == "transfer" and who == "nuria":
                    about |= {"to": "team:payment"}
                sent = filled(states, who, about)
                if who in {"over", "nobody"}:
                    expected = "in" if method == "GET" and not is_for_script else "403"
                else:
                    is_in_team = bool(PEOPLE[who].teams) or is_for_script
                    expected = expected_at_desk(act, who, state, in_team=is_in_team)
                held.ask(
                    f"{act} by {who}",
                    state,
                    partial(
                        states.at_desk,
                        *(who, method, page, sent | {"seen": states.worlds[state].seen}),
                        states.worlds[state],
                    ),
                    expected,
                    unseen=unseen_by(who, state, expected, act),
                )
    held.fail()


def test_who_may_use_the_other_pages_of_the_web_desk(states: States) -> None:
    held = Held(states)
    roles = {"marta": "team", "pau": "team", "over": "nobody", "nobody": "nobody"}
    for place, row in who_may.PLACES.items():
        method, _, page = place.partition(":")
        for who in ("marta", "pau", "supervisor", "editor", "officer", "over", "nobody"):
            fields = filled(states, who, PLACES.get(place, {}))
            fields |= {f"of-{states.reference}": "marta"} if page == "team" else {}
            is_editors = page in {"problem", "link", "unlink", "answer-all"}
            if method == "POST":
                fields["key"] = PROBLEM if is_editors else OFTEN
            expected = row[roles.get(who, who)]
            if who in {"marta", "editor", "supervisor"} and expected == "yes" and method == "POST":
                expected = WITH_WRONG_FIELDS.get(place, expected)
            typed = {each for each in CONTACT if each in str(fields)}
            held.ask(
                f"{place} by {who}",
                "claimed",
                partial(states.at_desk, who, method, page, fields, states.worlds["claimed"]),
                expected,
                unseen=(WRITTEN | {NOTE} | CONTACT) - typed,
                typed=typed,
            )
    held.fail()


WITH_WRONG_FIELDS = {"POST:problem": "422", "POST:answer-all": "422", "POST:sessions": "422"}
"""What lets in an editor or a supervisor, and refuses what they have left out."""


def test_who_may_call_the_rest_of_the_operators_api(states: States) -> None:
    held = Held(states)
    bodies: dict[str, Any] = {
        "POST:/v1/desk/incidents": {
            "category": "functional",
            "description": "No puc pagar",
            "contact": {"phone": "971225791"},
        }
    }
    for address, row in who_may.BY_PROGRAMS.items():
        method, _, path = address.partition(":")
        path = path.format(reference=states.reference, month="2026-10")
        if path.endswith("/erased"):
            path += f"?references={states.reference}"
        for who in SIGNERS:
            role = "team" if who in TEAM | OTHER_TEAMS else who
            held.ask(
                f"{address} by {who}",
                "claimed",
                partial(states.signed, who, method, path, bodies.get(address)),
                row.get(role, row["nobody"]),
                unseen=WRITTEN | {NOTE} | CONTACT,
            )
    held.fail()


def column_of(state: str) -> str:
    """The column of a state for the citizen who holds the key to the incident."""
    if state in GONE:
        return state
    return "ended" if state in {"resolved", "closed"} else "open"


OF_A_CITIZEN: Mapping[str, Any] = {
    "POST:/v1/incidents/{reference}/messages": {"body": "x"},
    "PATCH:/v1/incidents/{reference}/contact": {"availability": "x"},
    "POST:/v1/incidents/{reference}/contact": {"confirmation": "AAAA-AAAA"},
    "POST:/v1/incidents/{reference}/erasure": {"confirmation": "AAAA-AAAA"},
    "POST:/v1/incidents/{reference}/consents": {
        "scope": "view",
        "action": "grant",
        "language": "ca",
        "notice_sha256": NOTICE.sha256,
    },
}


def test_what_a_citizens_program_may_do(states: States) -> None:
    held = Held(states)
    for address, row in who_may.CITIZENS.items():
        method, _, path = address.partition(":")
        path, content = path.format(reference=states.reference), OF_A_CITIZEN.get(address)
        for state in STATES:
            codes = {
                "right": states.code(states.worlds[state].code),
                "replaced": states.code(1),
                "another one's": states.others_code,
                "none": "",
            }
            for key, code in codes.items():
                sent = {"Authorization": f"Bearer {code}"} if code else {}
                column = column_of(state) if key == "right" else "none" if not code else "wrong"
                others = WRITTEN | {NOTE}
                note = set() if path.endswith("export") else {NOTE}
                held.ask(
                    f"{address} with the code: {key}",
                    state,
                    partial(states.json, method, path, content, **sent),
                    row[column],
                    unseen=CONTACT | {"marta"} | (note if key == "right" else others),
                )
    held.fail()


def test_no_signature_opens_an_incident_as_its_citizen(states: States) -> None:
    held = Held(states)
    for address in who_may.CITIZENS:
        method, _, path = address.partition(":")
        path = path.format(reference=states.reference)
        for who in SIGNERS:
            held.ask(
                f"{address} by {who}",
                "claimed",
                partial(states.signed, who, method, path, OF_A_CITIZEN.get(address)),
                "401",
                unseen=WRITTEN | {NOTE} | CONTACT,
            )
    held.fail()


FORMS: Mapping[str, Mapping[str, str]] = {
    "POST:reply": {"body": "x", "idempotency_key": OFTEN},
    "POST:rate": {"score": "4"},
    "POST:access-code": {"idempotency_key": OFTEN},
    "POST:contact-data": {"contact.availability": "x"},
    "GET:file": {"id": FILE},
    "GET:remove-file": {"id": FILE},
    "POST:remove-file": {"id": FILE},
    "POST:remote-support": {"scope": "view", "action": "grant", "notice_sha256": NOTICE.sha256},
}


def test_what_a_browser_may_do_with_the_incident_that_it_has_open(states: States) -> None:
    held = Held(states)
    for page, row in who_may.PAGES.items():
        method, _, name = page.partition(":")
        fields = dict(FORMS.get(page, {}))
        fields |= {"reference": states.reference} if method == "POST" else {}
        for state in STATES:
            world = states.worlds[state]
            cookies = {
                "open": states.session(world),
                "over": states.ended_session(world),
                "of a code that was replaced": states.session(world, code=1),
                "other": states.session(world, of_other=True),
                "none": "",
            }
            for key, cookie in cookies.items():
                column = key if key == "other" else "over"
                if key == "open":
                    column = state if state in {"resolved", "closed"} else column_of(state)
                elif key.startswith("of a code") and state in GONE:
                    column = state
                elif state not in {"claimed", "erased"}:
                    continue  # whatever the incident is like, such a browser does not get so far
                note = set() if name == "export" else {NOTE}
                seen = note if key == "open" else WRITTEN | {NOTE}
                held.ask(
                    f"{page} in a session: {key}",
                    state,
                    partial(states.page, method, name, fields, cookie),
                    row[column],
                    unseen=CONTACT | {"marta"} | seen,
                )
    held.fail()


def test_only_a_right_code_opens_the_page_of_an_incident(states: States) -> None:
    held = Held(states)
    for state in STATES:
        right = states.code(states.worlds[state].code)
        for code in (right, states.code(1), states.others_code, ""):
            opens = code == right and state not in GONE
            typed = {"reference": states.reference, "access_code": code}
            held.ask(
                f"code {code}",
                state,
                partial(states.page, "POST", "track", typed),
                "yes" if opens else "404" if code else "422",
                unseen=WRITTEN | {NOTE} | CONTACT,
            )
    held.fail()


def test_only_the_browser_that_has_joined_takes_part_in_a_remote_session(states: States) -> None:
    held = Held(states)
    shown = states.worlds["shown"]
    notice = {"notice_sha256": NOTICE.sha256, "language": "ca"}
    bodies: dict[str, Any] = {
        "PUT:/v1/remote/offer": {"n": 1, "replaces": 0, "sdp": OFFER, **notice},
        "POST:/v1/remote/control": {"action": "grant", **notice},
        "POST:/v1/remote/end": {},
    }
    forged = shown.screen.rpartition(".")[0] + "." + KEY
    for address, row in who_may.IN_THE_BROWSER_THAT_SHOWS.items():
        method, _, path = address.partition(":")
        for state in STATES:
            for key, cookie in {"its own": shown.screen, "forged": forged, "none": ""}.items():
                sent = {"Cookie": cookie} if cookie else {}
                held.ask(
                    f"{address} with the cookie: {key}",
                    state,
                    partial(states.json, method, path, bodies.get(address), **sent),
                    row["shown" if (state, key) == ("shown", "its own") else "else"],
                    unseen=WRITTEN | {NOTE} | CONTACT,
                )
    held.fail()


def test_only_somebody_who_was_invited_joins_a_remote_session(states: States) -> None:
    held = Held(states)
    invited = states.worlds["invited"]
    for state in STATES:
        for code in (invited.join_code, "AAAA-AAAA"):
            admits = (state, code) == ("invited", invited.join_code)
            held.ask(
                f"join with {code}",
                state,
                partial(states.page, "POST", "join", {"code": code}),
                "yes" if admits else "422",
                unseen=WRITTEN | {NOTE} | CONTACT,
            )
        world = states.worlds[state]
        for cookie in (states.session(world), states.ended_session(world), ""):
            is_open = cookie == states.session(world)
            known = "404" if state in GONE else "yes" if state == "invited" else "422"
            held.ask(
                "join from the incident",
                state,
                partial(states.page, "POST", "join", {"reference": states.reference}, cookie),
                known if is_open else "403",
                unseen=WRITTEN | {NOTE} | CONTACT,
            )
    held.fail()


def test_only_comanda_gets_the_figures_and_the_state(states: States) -> None:
    held = Held(states)
    right = "Basic " + base64.b64encode(b"comanda:only-tests-know-this").decode()
    wrong = "Basic " + base64.b64encode(b"comanda:guessed").decode()
    for address in sorted(who_may.COMANDA):
        path = address.format(day="2026-11-20", last="2026-11-21")
        has_none = address.endswith(("{day}", "{last}", "estadistiques"))
        for who in SIGNERS:
            held.ask(
                f"{address} by {who}",
                "claimed",
                partial(states.signed, who, "GET", path),
                "401",
                unseen=set(),
            )
        for sent, expected in {right: "404" if has_none else "yes", wrong: "401"}.items():
            held.ask(
                address,
                "claimed",
                partial(states.json, "GET", path, Authorization=sent),
                expected,
                unseen=set(),
            )
    held.fail()


# Nothing is left out


def test_every_address_has_a_row() -> None:
    of_programs = {
        (method, f"/v1/desk/incidents/{{reference}}{path}")
        for method, path, _ in BY_PROGRAM.values()
    }
    rows = {
        tuple(each.split(":", 1))
        for table in (*(who_may.BY_PROGRAMS, who_may.CITIZENS, who_may.IN_THE_BROWSER_THAT_SHOWS),)
        for each in table
    }
    pages = {tuple(each.split(":")) for each in {*who_may.PAGES, *who_may.LEAD_BACK}}
    rows |= of_programs | {(method, f"/{{language}}/{page}") for method, page in pages}
    rows |= {("GET", each) for each in who_may.COMANDA}
    rows |= {("POST", "/{language}/track"), ("GET", "/desk/{language}/{page}")}
    rows |= {("POST", "/desk/{language}/{page}")}
    rows |= {
        (method, f"/desk/{{language}}/{page}")
        for method, page, _ in AT_THE_WEB_DESK.values()
        if page.startswith("remote")
    }
    routed = {
        (method, path)
        for method, path in BEHIND
        if method != "HEAD" and path not in who_may.OPEN_TO_EVERYBODY
    }
    assert rows == routed


def test_every_page_of_the_web_desk_has_a_row(load: Load) -> None:
    places = {tuple(each.split(":")) for each in who_may.PLACES}
    acts = {(method, page) for method, page, _ in AT_THE_WEB_DESK.values()}
    pages = {*load("show_desk").site.pages, *load("share_screen").desk.pages}
    assert places | acts == pages


def test_every_row_is_tried() -> None:
    tables = (who_may.ON_AN_INCIDENT, who_may.WITH_A_CONSENT, who_may.IN_A_SESSION)
    rows = {row for table in tables for row in table} | {"permissions"}
    assert rows == BY_PROGRAM.keys() | AT_THE_WEB_DESK.keys()
