"""Every page in each of its states, for tests that look at all pages.

A walk brings an incident from one state into the next. It writes to the register directly if that
would take operators or time::

    for state, page in every_state(service, "de", Pages(service, "de")):
        assert page.language == "de", state.name
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from suport.domain.category import Category
from suport.domain.reference import Reference
from suport.domain.remote_acts import SessionName
from suport.register.register import Register
from suport.register.remote_sessions import RemoteSessions
from suport.register.remote_support import RemoteSupport
from tests.support.service import DESCRIPTION, Service

YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date()
"""Something older would be past its six months one day."""

LANGUAGES = ("ca", "es", "en", "de")
UNBROKEN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
PROCEDURE = "sample-01"
NAMES = {
    "ca": "Renovació del títol de família nombrosa",
    "es": "Renovación del título de familia numerosa",
}
WRITTEN = {
    "category": "signature",
    "description": f"{DESCRIPTION}\n{UNBROKEN}",
    "error.code": UNBROKEN[:100],
    "error.message": UNBROKEN,
    "procedure.code": PROCEDURE,
    "contact.name": "Xisca Qzrvwbauçà",
    "contact.email": f"xisca@{UNBROKEN[:30]}.example.test",
    "contact.phone": "+34 971 48 17 26",
    "contact.availability": UNBROKEN,
}
ALL_WRONG = {"description": UNBROKEN[:9], "error.message": UNBROKEN, "contact.phone": UNBROKEN}
OVERDUE = timedelta(days=15)  # a resolved incident can be reopened for 14 days


@dataclass(frozen=True)
class State:
    """A page in one of its states. `name` begins with `page`, as its title names it.

    path: below the language. fields: the form to send there, if any. stands: the incident's
    attributes in the register by then. wrong: whether the page reports a mistake.
    """

    name: str
    path: str
    fields: Mapping[str, str] | None = None
    status: int = 200
    stands: Mapping[str, Any] = field(default_factory=dict)
    wrong: bool = False
    shows: str = "main"
    """A selector of an element that the page has only in this state."""
    by_keyboard: bool = False
    """Whether it has controls that no page before it has."""

    @property
    def page(self) -> str:
        return self.name.partition(":")[0]


def file(state: str, minute: int) -> dict[str, Any]:
    """A file that was added to the incident."""
    return {
        "type": "image/png",
        "bytes": 123_456,
        "version": "0" * 32,
        "state": state,
        "added_at": f"{YESTERDAY}T10:{minute:02}:00+00:00",
        "expires_at": 4_102_444_800,
    }


def resolved(ago: timedelta, by: str = "operator") -> dict[str, Any]:
    """The attributes of an incident that ended so long ago."""
    at = (datetime.now(UTC) - ago).isoformat()
    return {"status": "resolved", "resolved_at": at, "resolved_by": by}


FILES = {f"{n:026}": file(state, n) for n, state in enumerate(("quarantined", "clean", "infected"))}
FULL = FILES | {f"{n:026}": file("unscanned", n) for n in (3, 4)}
GIVEN = {
    "view": {
        "notice": {"version": "2026-11-23", "language": "ca", "sha256": "0" * 64},
        "given_at": f"{YESTERDAY}T09:00:00.000Z",
        "record": "01KAXC4WW0AAAAAAAAAAAAAAAA",
        "expires_at": 4_102_444_800,
    }
}
AGREED = {name: GIVEN["view"][name] for name in ("notice", "given_at")}
OPEN: dict[str, Any] = {
    "status": "queued",
    **dict.fromkeys(("resolved_at", "resolved_by", "due_at")),
    "files": {},
    "consents": {},
}

ASKED = {"entry": "01KAXC4WW0AAAAAAAAAAAAAAAA", "asked_at": datetime.now(UTC).isoformat()}

TOO_MANY = {f"extra{number}": "x" for number in range(81)}  # too many fields: the form comes back

WITHOUT_INCIDENT = (
    State("help", "help", by_keyboard=True),
    State("help: from a procedure", f"help?procedure.code={PROCEDURE}"),
    *(
        State(f"help with {kind}", f"help?category={kind}&procedure.code={PROCEDURE}")
        for kind in ("functional", "payment", "signature")
    ),
    State("known error", "help", {"error": "SAF_09: no s'ha pogut signar"}, by_keyboard=True),
    State("unknown error", "help", {"error": UNBROKEN}),
    State("guides", "guides", by_keyboard=True),
    State("guides: none", f"guides?q={UNBROKEN}&category=payment"),
    State("guide: find-certificate", "guides/find-certificate", by_keyboard=True),
    State("guide: payment-not-verified", f"guides/payment-not-verified?procedure.code={PROCEDURE}"),
    State("guide: helped", "guides/card-refused", {"helped": "yes"}),
    State("guide: did not help", "guides/clave", {"helped": "no"}, shows=".suport-number"),
    State("guide: wrong", "guides/dnie-pin", {"helped": UNBROKEN}, 422, wrong=True),
    State("nothing there: no such guide", "guides/none", status=404),
    State("procedures", "procedures", by_keyboard=True),
    State("procedures: found", "procedures?q=l&telematic=1", shows="#telematic:checked"),
    State("procedures: none", f"procedures?q={UNBROKEN}"),
    State("form: kind", "incident", by_keyboard=True),
    State("form: functional", "incident?category=functional", by_keyboard=True),
    State("form: other", "incident?topic=other"),
    State("form: carried", f"incident?category=payment&procedure.code={PROCEDURE}"),
    State("form: accessibility", "incident?topic=accessibility", shows="[name=topic]"),
    State(
        "form: wrong",
        "incident",
        {"idempotency_key": "k" * 32, "context.step": UNBROKEN},
        422,
        wrong=True,
        by_keyboard=True,
    ),
    State("form: no kind", "incident", {"step": "questions"}, 422, wrong=True),
    State(
        "form: all wrong",
        "incident",
        WRITTEN | ALL_WRONG | {"idempotency_key": "k" * 32},
        422,
        wrong=True,
    ),
    State(
        "form: procedures found",
        "incident",
        {"step": "search", "category": "functional", "procedure.name": "de"},
        shows="#found-none",
        by_keyboard=True,
    ),
    State(
        "form: no procedure found",
        "incident",
        {"step": "search", "category": "payment", "procedure.name": UNBROKEN},
        shows="#found",
    ),
    State("check", "incident", WRITTEN | {"step": "check"}, by_keyboard=True),
    State(
        "check: complaint",
        "incident",
        WRITTEN | {"step": "check", "topic": "accessibility"},
    ),
    State("tracking", "track", by_keyboard=True),
    State(
        "tracking: wrong code",
        "track",
        {"reference": "0000-0000-0000", "access_code": "0" * 28},
        404,
        wrong=True,
    ),
    State("sent without a session", "track?sent=0000-0000-0000"),
    State("lost code", "lost-code", by_keyboard=True),
    State(
        "lost code: wrong",
        "lost-code",
        {"reference": UNBROKEN, "reached_at": UNBROKEN},
        422,
        wrong=True,
    ),
    State(
        "tracking: misread",
        "track",
        {"reference": UNBROKEN, "access_code": UNBROKEN},
        422,
        wrong=True,
    ),
    State("contact", "contact", by_keyboard=True),
    State("remote support", "remote-support"),
    State("join", "join", by_keyboard=True),
    State("join: wrong code", "join", {"code": UNBROKEN}, 422, wrong=True),
    State("nothing there", "nowhere", status=404),
    State("nothing there: below a page", "procedures/x", status=404),
    State("privacy", "privacy", by_keyboard=True),
    State("privacy: an earlier version", "privacy?version=2026-11-23", shows=".govuk-inset-text"),
    State("cookies", "cookies"),
    State("accessibility", "accessibility"),
    State("responsible", "responsible"),
    State("form again: help", "help", {"error": UNBROKEN, **TOO_MANY}, 400, shows="#error"),
    State("no form", "procedures", {"q": UNBROKEN}, 405),
)
OTHERWISE_WITH_A_SESSION = {"tracking", "sent without a session", "lost code", "remote support"}
"""The pages without an incident that a browser with an open one is not shown like this."""
WITH_INCIDENT = (
    State("received", "track", stands={"status": "received"}),
    State("queued", "track", stands=OPEN, by_keyboard=True),
    State("claimed", "track?done=replied", stands={"status": "claimed", "files": FILES}),
    State(
        "waiting",
        "track",
        stands={"status": "waiting", "due_at": "2026-12-07T12:00:00.000Z"},
        shows=".suport-history__operator",
    ),
    State(
        "waiting: wrong",
        "reply",
        {"idempotency_key": "k" * 32, "body": UNBROKEN * 25},
        422,
        wrong=True,
    ),
    State("queued: earlier entries", f"track?before=01{5:024}", stands=OPEN),
    State("form again: message", "reply", {"body": UNBROKEN, **TOO_MANY}, 400, shows="#body"),
    State(
        "tracking: another incident",
        "reply",
        {"body": UNBROKEN, "reference": "0000-0000-0000", "idempotency_key": "k" * 32},
        409,
        wrong=True,
        shows="#access_code",
    ),
    State("close", "close", stands=OPEN),
    State("replace the code", "access-code"),
    State("contact data", "contact-data", by_keyboard=True),
    State(
        "contact data: wrong",
        "contact-data",
        {"contact.email": UNBROKEN, "contact.name": UNBROKEN},
        422,
        wrong=True,
    ),
    State("erase", "erase", by_keyboard=True),
    State(
        "erase: asked",
        "erase?done=erasure-asked",
        stands={"erasure_asked": ASKED},
        shows="#confirmation",
        by_keyboard=True,
    ),
    State("erase: wrong", "erase", {"confirmation": "0000-0000"}, 422, wrong=True),
    State("none erased", "erase?done=erased"),
    State("rate: too early", "rate", shows="#not-resolved"),
    State("files", "files", by_keyboard=True),
    State("files: some", "files?done=removed", stands={"files": FILES}, by_keyboard=True),
    State("files: cannot be opened", "file?id=0", status=404, wrong=True),
    State("removal", f"remove-file?id={1:026}", shows="main form", by_keyboard=True),
    State("form again: removal", "remove-file", {"id": "0", **TOO_MANY}, 400),
    State("files: no more", "files", stands={"files": FULL}),
    State("remote support: with an incident", "remote-support", stands=OPEN),
    State(
        "remote support: too early",
        "remote-support",
        {"scope": "control", "action": "grant", "notice_sha256": "0"},
        422,
        wrong=True,
    ),
    State(
        "remote support: agreed",
        "remote-support?done=agreed",
        stands={"consents": GIVEN},
        shows="main form + form",
        by_keyboard=True,
    ),
    State("closed", "track?done=closed", stands=resolved(timedelta(hours=1), "citizen")),
    State("resolved", "track", stands=resolved(timedelta(hours=1))),
    State("resolved: too long ago", "track", stands=resolved(OVERDUE)),
    State("resolved: wrong", "reopen", {}, 409, wrong=True),
    State("files: of a resolved incident", "files"),
    State("rate", "rate"),
    State(
        "form again: rating",
        "rate",
        {"score": "2", "comment": UNBROKEN, **TOO_MANY},
        400,
        shows="#comment",
        by_keyboard=True,
    ),
    State("rate: wrong", "rate", {"comment": UNBROKEN}, 422, wrong=True, by_keyboard=True),
)
INVITED = State("join: invited", "join", shows="main [name=reference]", by_keyboard=True)
IN_ANOTHER_LANGUAGE = State("queued: in another language", "track")
SESSION_OVER = State(
    "tracking: session over",
    "reply",
    {"idempotency_key": "k" * 32, "body": UNBROKEN},
    403,
    wrong=True,
    shows="#body",
)


class Device[P](Protocol):
    """The device of a citizen; P is its type of a page."""

    @property
    def shown(self) -> P:
        """The open page."""
        ...

    def goto(self, path: str) -> int:
        """Opens the page at that path below the language. Returns its status."""
        ...

    def send(self, path: str, fields: Mapping[str, str]) -> int:
        """Sends a form there and follows redirects. Returns the last status."""
        ...

    def keep(self, path: str) -> None:
        """Downloads the document at that path, and opens it as a file."""
        ...

    def said_by(self, element_id: str) -> str:
        """The text of the element with that id on the open page."""
        ...

    def forget(self) -> None:
        """Loses the session."""
        ...


def every_state[P](
    service: Service, language: str, device: Device[P], *, only_new: bool = False
) -> Iterator[tuple[State, P, str]]:
    """Opens every page in each of its states.

    Gives the state, the page, and the language of the citizen's texts, mostly that of the page.

    only_new: whether to open each page only in its first state and in those with new controls.
    """
    pages: set[str] = set()

    def is_wanted(state: State) -> bool:
        is_first = state.page not in pages
        pages.add(state.page)
        return is_first or state.by_keyboard or not only_new

    alike = [state for state in WITHOUT_INCIDENT if state.page not in OTHERWISE_WITH_A_SESSION]
    for state in WITHOUT_INCIDENT:
        if state not in alike and is_wanted(state):
            yield _opened(state, device), device.shown, language
    yield _opened(_sent(service, language), device), device.shown, language
    service.private.add(device.said_by("access-code"))
    reference = device.said_by("reference")
    for state in filter(is_wanted, alike):  # the incident's mail is on its way meanwhile
        yield _opened(state, device), device.shown, language
    service.inbox.await_message(reference)
    service.await_status(reference, "queued")
    _write_history(service, reference)
    for state in WITH_INCIDENT:
        if state.stands:
            service.change_incident(reference, **state.stands)
        if is_wanted(state):
            yield _opened(state, device), device.shown, language
    another = "de" if language == "ca" else "ca"
    service.change_incident(reference, **OPEN, language=another)
    if is_wanted(IN_ANOTHER_LANGUAGE):
        yield _opened(IN_ANOTHER_LANGUAGE, device), device.shown, another
    device.keep("export?format=html")
    yield State("export", "export"), device.shown, another
    _invite(service, reference)
    yield _opened(INVITED, device), device.shown, another
    joined = State(
        *("join: joined", "join", {"reference": reference}), shows="#remote", by_keyboard=True
    )
    yield _opened(joined, device), device.shown, another
    device.forget()
    if is_wanted(SESSION_OVER):
        yield _opened(SESSION_OVER, device), device.shown, another


def _invite(service: Service, reference: str) -> None:
    """Has an operator claim the incident, and ask to see its citizen's screen."""
    service.change_incident(reference, status="claimed", claimed_by="marta")
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])
    sessions = RemoteSessions(service.dynamodb, service.environment["REMOTE_SESSIONS_TABLE"])
    known_as = SessionName(id=secrets.token_urlsafe(), code_digest=secrets.token_hex())
    RemoteSupport(register, sessions, lambda _: None).invite(
        Reference(reference),
        "marta",
        Category(WRITTEN["category"]),
        known_as,
        datetime.now(UTC),
    )


def _opened[P](state: State, device: Device[P]) -> State:
    if state.fields is None:
        status = device.goto(state.path)
    else:
        status = device.send(state.path, state.fields)
    assert status == state.status, state.name
    return state


def _sent(service: Service, language: str) -> State:
    """The page with the access code, after the form."""
    name = NAMES.get(language, NAMES["ca"])
    written = WRITTEN | {"idempotency_key": secrets.token_urlsafe(), "procedure.name": name}
    service.private |= {UNBROKEN, *DESCRIPTION.splitlines()}
    service.typed_into_addresses.add(UNBROKEN)  # a name for which nobody finds a procedure
    service.private |= {value for name, value in WRITTEN.items() if name.startswith("contact.")}
    return State("sent", "incident", written, shows="#access-code", by_keyboard=True)


def _write_history(service: Service, reference: str) -> None:
    """Writes one entry of each kind that citizens see to the register."""
    contents = (
        ("action", {"action": "claimed", "by": "operator"}),
        ("message", {"by": "operator", "body": f"{DESCRIPTION} {UNBROKEN}"}),
        ("action", {"action": "asked", "by": "operator"}),
        ("message", {"by": "citizen", "body": UNBROKEN}),
        (
            "attachment",
            {"file": f"{1:026}", "type": "image/png", "bytes": 123_456, "state": "clean"},
        ),
        ("action", {"action": "file_refused", "reason": "too_many", "by": "service"}),
        ("consent", {"action": "grant", "scope": "view", "by": "citizen", **AGREED}),
        ("rating", {"score": 2, "comment": UNBROKEN}),
    )
    # reads show no entry from before the incident's history begins
    service.change_incident(reference, history_from="2004-01-01T00:00:00.000Z")
    for number, (kind, content) in enumerate(contents):
        service.add_entry(
            reference,
            entry=f"01{number:024}",
            kind=kind,
            recorded_at=f"{YESTERDAY}T10:{number:02}:00+00:00",
            expires_at=4_102_444_800,
            content=content,
        )
