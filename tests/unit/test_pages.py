"""The pages, taken apart as a browser does: what each of them has, and what some of them say."""

import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.attachment import LARGEST_FILE, MOST_FILES, File, MediaType, Refusal, State
from suport.domain.consent import Scope
from suport.domain.history import Kind
from suport.domain.incident import Category, Incident, MailTrouble, Status
from suport.domain.known_errors import recognise
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.phone_line import availability
from suport.domain.procedures import catalogue
from suport.domain.submission import Submission
from suport.files.file_store import UploadForm, new_file_id
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_incidents, about_pages, about_requests
from suport.register.register import Register
from suport.texts import notice
from suport.texts.known_errors import ADVICE
from suport.texts.local_dates import size_text
from suport.texts.message import N_
from suport.texts.notice import Subject
from suport.views.citizen_view import page_view
from suport.web import assets, pages
from tests.markup import Markup
from tests.support.register import submission_of

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
LINE = availability(NOW)
KEY = "0123456789abcdef"
SECRET = b"secret"
ENGLISH = Language.ENGLISH
NOWHERE: Mapping[str, str] = {"code": "", "name": ""}
PROCEDURE: Mapping[str, str] = {"code": "AB 1&2", "name": 'Ajuda "nova" <i>'}

VIEW: dict[str, Any] = {
    "reference": "7K3M9QXA2BTC",
    "category": "signature",
    "status": "queued",
    "language": "ca",
    "submitted_at": "2026-11-23T11:00:00.000Z",
    "expires_on": "2027-05-23",
    "description": "No puc\nsignar",
    "error": {"code": "SAF_08", "message": "error"},
    "procedure": {"name": "Ajudes"},
    "contact": {"email": "a…@example.org", "name": "A… B…"},
    "privacy_notice": "2026-11-23",
    "context": {"step": "Pas 3", "browser": "Firefox 145, Linux", "charged": "unknown"},
    "topic": None,
    "resolved_at": None,
    "reopenable_until": None,
    "rating": None,
    "files": [
        {"file": "F", "type": each, "bytes": 1234, "state": state, "added_at": "…"}
        for each, state in zip(MediaType, State, strict=False)
    ],
    "consents": [],
    "history": [
        {
            "entry": "01M8",
            "at": "2026-11-23T12:00:00.000Z",
            "kind": "message",
            "by": "operator",
            "body": "Bon dia",
        },
        {
            "entry": "01M7",
            "at": "2026-11-23T11:05:00.000Z",
            "kind": "action",
            "action": "queued",
            "by": "service",
        },
    ],
    "earlier": None,
    "can_be_reopened": False,
}
RESOLVED = VIEW | {
    "status": "resolved",
    "resolved_at": "2026-11-24T11:00:00.000Z",
    "reopenable_until": "2026-12-08T11:00:00.000Z",
    "can_be_reopened": True,
}
BARE = VIEW | {
    **dict.fromkeys(("error", "procedure", "context")),
    "files": [],
    "history": [],
}
EARLIER, BEFORE = "01M853AR7V2QG01MJESSWCHBJS", "01M853AR7V2QG01MJESSWCHBJT"
SENT: Mapping[str, str] = {
    "reference": "7K3M-9QXA-2BTC",
    "idempotency_key": KEY,
    "error": "SAF_08",
    "score": "4",
    "comment": "Bé",
    "type": "image/png",
    "scope": "view",
    "action": "grant",
    "unknown": "kept",
}
FILE_LIMITS = (MOST_FILES, LARGEST_FILE)
INVALID = about_requests.invalid(
    [
        FieldError(name, N_("This is needed."))
        for name in (
            *("category", "description", "error.code", "error.message", "context.charged"),
            *("procedure.name", "context.step", "context.browser", "contact.email"),
            *("contact.phone", "contact.name", "contact.nif", "contact.availability", "contact"),
            *("idempotency_key", "privacy_notice"),
        )
    ]
)


def wrong(*names: str) -> Problem:
    return about_requests.invalid([FieldError(name, N_("This is needed.")) for name in names])


PAGES: dict[str, Callable[[Language], str]] = {
    "help": lambda reader: pages.help_page(reader, NOWHERE, None, LINE),
    "help from a procedure": lambda reader: pages.help_page(reader, PROCEDURE, None, LINE),
    **{
        f"help, {category}": lambda reader, category=category: pages.help_page(  # type: ignore[misc]
            reader, PROCEDURE, category, LINE
        )
        for category in Category
    },
    "error known": lambda reader: pages.error_found(
        reader, "SAF_08", recognise("SAF_08"), PROCEDURE, None
    ),
    "error unknown": lambda reader: pages.error_found(
        reader, "boom", [], NOWHERE, Category.PAYMENT
    ),
    "procedures": lambda reader: pages.procedures(
        reader, "", catalogue().procedures * 5, telematic=True, start=20, sample=True
    ),
    "no procedures": lambda reader: pages.procedures(
        reader, "zzz", [], telematic=False, start=0, sample=False
    ),
    "form": lambda reader: pages.incident_form(reader, {}, KEY),
    "form, wrong": lambda reader: pages.incident_form(
        reader, {"topic": "accessibility", "procedure.code": "x"}, KEY, INVALID
    ),
    "form, no longer current": lambda reader: pages.incident_form(
        reader, {}, KEY, about_pages.page_expired()
    ),
    "tracking": pages.tracking_form,
    "tracking, wrong": lambda reader: pages.tracking_form(
        reader,
        {"reference": "x", "body": "text", "idempotency_key": KEY},
        about_incidents.no_access(),
    ),
    "tracking, with a rating": lambda reader: pages.tracking_form(
        reader, {"score": "3", "comment": "Bé", "other": "x"}, about_pages.session_over()
    ),
    "incident, just submitted": lambda reader: pages.incident(
        reader, VIEW, key=KEY, access_code="AAAA-BBBB"
    ),
    "incident": lambda reader: pages.incident(reader, VIEW, key=KEY, done="replied"),
    "incident, earlier part": lambda reader: pages.incident(
        reader, VIEW | {"earlier": EARLIER}, key=KEY, before=BEFORE
    ),
    "incident, first words erased": lambda reader: pages.incident(
        reader, BARE | {"description": None}, key=KEY
    ),
    "incident, too many messages": lambda reader: pages.incident(
        reader,
        VIEW,
        key=KEY,
        fields={"body": "Encara falla"},
        trouble=about_incidents.too_many_messages(NOW + timedelta(hours=13), NOW),
    ),
    "incident, bare": lambda reader: pages.incident(reader, BARE, key=KEY),
    "incident, resolved": lambda reader: pages.incident(reader, RESOLVED, key=KEY),
    "incident, over": lambda reader: pages.incident(
        reader,
        RESOLVED | {"can_be_reopened": False},
        key=KEY,
        trouble=about_incidents.reopening_over(),
    ),
    "incident, wrong message": lambda reader: pages.incident(
        reader, VIEW, key=KEY, fields={"body": ""}, trouble=wrong("body")
    ),
    "closing": lambda reader: pages.closing(reader, VIEW),
    "rating": lambda reader: pages.rating(reader, RESOLVED, {}),
    "rating, wrong": lambda reader: pages.rating(reader, RESOLVED, {}, wrong("score", "comment")),
    "rating, not resolved": lambda reader: pages.rating(
        reader, VIEW, {}, about_incidents.not_resolved()
    ),
    "files": lambda reader: pages.files(reader, VIEW, {}, *FILE_LIMITS, places=1, arrived=True),
    "files, none": lambda reader: pages.files(reader, BARE, {}, *FILE_LIMITS, places=5),
    "files, wrong": lambda reader: pages.files(
        reader, BARE, {}, *FILE_LIMITS, places=5, trouble=wrong("type")
    ),
    "files, resolved": lambda reader: pages.files(reader, RESOLVED, {}, *FILE_LIMITS, places=5),
    "files, five": lambda reader: pages.files(
        reader, VIEW | {"files": VIEW["files"][:1] * MOST_FILES}, {}, *FILE_LIMITS, places=0
    ),
    "upload": lambda reader: pages.upload(
        reader,
        UploadForm("https://store.test/", {"key": "k", "policy": "p"}, new_file_id()),
        MediaType.PNG,
        LARGEST_FILE,
    ),
    "uploaded": pages.uploaded,
    "contact": lambda reader: pages.contact(reader, LINE),
    "remote support": lambda reader: pages.remote_support(reader, None),
    "remote support, nothing agreed": lambda reader: pages.remote_support(reader, VIEW),
    "remote support, viewed": lambda reader: pages.remote_support(
        reader, VIEW | {"consents": ["view"]}, done="agreed"
    ),
    "remote support, both": lambda reader: pages.remote_support(
        reader, VIEW | {"consents": ["view", "control"]}
    ),
    "remote support, refused": lambda reader: pages.remote_support(
        reader, VIEW, trouble=about_incidents.control_needs_view()
    ),
    "remote support, wrong": lambda reader: pages.remote_support(
        reader, VIEW, trouble=wrong("scope", "action", "notice_sha256")
    ),
    **{
        f"notice, {subject}": lambda reader, subject=subject: pages.notice_page(  # type: ignore[misc]
            subject, reader
        )
        for subject in pages.NOTICE_TITLES
    },
    "problem": lambda reader: pages.problem(about_requests.too_large(1024), reader),
    "no such page": lambda reader: pages.problem(about_pages.no_such_page(), reader),
    "no such page, but its neighbour": lambda reader: pages.problem(
        about_pages.no_such_page(), reader, "procedures"
    ),
    "no form": lambda reader: pages.problem(about_pages.takes_no_form(), reader, "privacy"),
    "too much typed": lambda reader: pages.problem(
        about_requests.too_large(1024), reader, "reply", too_long=True
    ),
    **{
        f"form again, {form}": lambda reader, form=form: pages.form_again(  # type: ignore[misc]
            reader, form, {**SENT, "body": "Encara falla"}, about_requests.unavailable()
        )
        for form in pages.FORMS
    },
    "form again, unreadable": lambda reader: pages.form_again(
        reader, "help", {"error": "x"}, about_requests.unreadable(N_("This is needed."))
    ),
}
"""Every page of the service, in each of its shapes."""

EXPORTS: dict[str, Callable[[Language], str]] = {
    "export": lambda reader: pages.export(reader, VIEW, "2026-11-24T11:00:00.000Z"),
    "export, part": lambda reader: pages.export(
        reader, VIEW | {"earlier": EARLIER}, "2026-11-24T11:00:00.000Z", BEFORE
    ),
    "export, first words erased": lambda reader: pages.export(
        reader, BARE | {"description": None}, "2026-11-24T11:00:00.000Z"
    ),
    "export, bare": lambda reader: pages.export(reader, BARE, "2026-11-24T11:00:00.000Z"),
}


@pytest.fixture(params=[*PAGES])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=[*Language])
def reader(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


# --------------------------------------------------------------- every page


def test_every_page_says_its_language_and_what_it_is(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    assert page.of("html")[0]["lang"] == reader
    (title,) = page.said_in("title")
    service = pages._environment(reader).from_string(
        '{{ _("Assistance for electronic procedures") }}'
    )
    assert re.fullmatch(rf".*\S – {re.escape(service.render())}", title)
    (heading,) = page.said_in("h1")
    assert heading
    assert page.said_in("main")


def test_headings_leave_no_level_out(name: str, reader: Language) -> None:
    levels = [
        int(tag[1])
        for tag, attributes in Markup(PAGES[name](reader)).elements
        if re.fullmatch(r"h[1-6]", tag)
        and not re.search(r"error-summary|notification-banner", attributes.get("class", ""))
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_whatever_an_element_points_to_is_there(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    ids = page.attributes("id")
    assert sorted(set(ids)) == sorted(ids)
    pointed = [
        each
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
        for value in page.attributes(attribute)
        for each in value.split()
    ]
    pointed += [href[1:] for href in page.attributes("href") if href.startswith("#")]
    pointed += [*page.attributes("data-copy"), *page.attributes("data-says")]
    assert set(pointed) - set(ids) == set()


def test_every_field_has_a_label(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    labelled = set(page.attributes("for"))
    fields = [*page.of("input"), *page.of("textarea"), *page.of("select")]
    visible = [each for each in fields if each.get("type") != "hidden"]
    assert [each for each in visible if each["id"] not in labelled] == []


def test_nothing_in_a_page_is_refused_by_its_own_policy(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    assert page.of("style") + page.of("base") + page.of("iframe") + page.of("object") == []
    assert page.attributes("style") == []
    assert [each for each in page.of("script") if "src" not in each] == []
    assert [text for text in page.said_in("script") if text] == []
    handlers = [each for _, attributes in page.elements for each in attributes if each[:2] == "on"]
    assert handlers == []


def test_links_work_under_any_address(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    elsewhere = set()
    for attribute in ("href", "src", "action"):
        for target in page.attributes(attribute):
            parts = urlsplit(target)
            assert parts.scheme in {"", "tel", "https"}, target
            assert parts.scheme or not parts.netloc, target
            assert not parts.path.startswith("/") or parts.netloc, target
            if parts.scheme == "https":
                elsewhere.add(target)
    assert not elsewhere or name == "upload" or name.startswith("notice")


def test_numbers_to_call_can_be_dialled(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    numbers = {each for each in page.attributes("href") if each.startswith("tel:")}
    assert numbers <= {"tel:012", "tel:+34971225791"}
    assert "tel:012" in numbers


def test_pictures_scripts_and_styles_are_those_of_the_build(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    linked = [*page.attributes("src"), *(each["href"] for each in page.of("link"))]
    named = {each for each in linked if each.startswith("../assets/")}
    assert {each.removeprefix("../assets/") for each in named} <= set(assets.names().values())
    assert all("alt" in each for each in page.of("img"))


def test_every_page_leads_to_the_legal_ones(name: str, reader: Language) -> None:
    linked = {urlsplit(each["href"]).path for each in Markup(PAGES[name](reader)).of("a")}
    last = {each.rpartition("/")[2] for each in linked}
    assert {"privacy", "cookies", "accessibility", "responsible"} <= last


def test_every_page_leads_to_itself_in_each_language(name: str, reader: Language) -> None:
    page = Markup(PAGES[name](reader))
    for tag in ("a", "link"):
        others = {each["hreflang"]: each["href"] for each in page.of(tag) if "hreflang" in each}
        assert others.keys() == set(Language) - {reader}
        assert len({href.removeprefix(f"../{other}/") for other, href in others.items()}) == 1
        assert all(href.startswith(f"../{other}/") for other, href in others.items())


def test_a_page_in_another_language_is_about_the_same() -> None:
    for asked in (NOWHERE, PROCEDURE):
        page = Markup(pages.help_page(ENGLISH, asked, Category.PAYMENT, LINE))
        (german,) = {each["href"] for each in page.of("a") if each.get("hreflang") == "de"}
        expected = {"category": ["payment"]} | {
            f"procedure.{name}": [value] for name, value in asked.items() if value
        }
        assert german.startswith("../de/help?")
        assert parse_qs(urlsplit(german).query) == expected


def test_an_error_is_said_first_and_in_the_title(reader: Language) -> None:
    for name in ("form, wrong", "incident, wrong message", "rating, wrong", "files, wrong"):
        page = Markup(PAGES[name](reader))
        error = pages._environment(reader).from_string('{{ _("Error") }}').render()
        assert page.said_in("title")[0].startswith(f"{error}: ")
        main = next(place for place, (tag, _) in enumerate(page.elements) if tag == "main")
        summary = [
            place
            for place, (_, attributes) in enumerate(page.elements)
            if "govuk-error-summary" in attributes.get("class", "").split()
        ]
        heading = next(place for place, (tag, _) in enumerate(page.elements) if tag == "h1")
        assert main < summary[0] < heading


def test_every_wrong_field_is_marked_where_it_stands(reader: Language) -> None:
    page = Markup(PAGES["form, wrong"](reader))
    described = {
        attributes["name"]
        for tag, attributes in page.elements
        if tag in {"input", "textarea"}
        and f"{attributes['name']}-error" in attributes.get("aria-describedby", "").split()
    }
    marked = {each.removesuffix("-error") for each in page.attributes("id") if "-error" in each}
    told = {error.field for error in INVALID.errors}
    hidden = {"idempotency_key", "privacy_notice", "contact"}
    assert marked >= told - hidden
    assert described >= told - hidden - {"category", "context.charged"}  # groups say it themselves


@pytest.mark.parametrize("exported", [*EXPORTS])
def test_an_export_stands_alone(exported: str, reader: Language) -> None:
    page = Markup(EXPORTS[exported](reader))
    assert page.of("html") == [{"lang": reader}]
    assert page.attributes("href") + page.attributes("src") == []
    assert len(page.said_in("h1")) == len(page.said_in("title")) == 1


def test_an_export_says_everything_in_the_readers_language(reader: Language) -> None:
    said = Markup(EXPORTS["export"](reader)).said_in("dd")
    assert pages.CHARGED["unknown"].in_(reader) in said
    assert {"Pas 3", "Firefox 145, Linux", "a…@example.org"} <= set(said)


# ------------------------------------------------------------------ history


def submission() -> Submission:
    content = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    return submission_of(content)


VIEW_NOTICE = notice.current(Subject.REMOTE_SUPPORT, Language.CATALAN)


def a_file() -> File:
    return File(new_file_id(), MediaType.PDF, 1234, "version", NOW)


def consented(register: Register, made: Incident) -> None:
    for scope in Scope:
        register.grant_consent(made.reference, scope, VIEW_NOTICE.identity, NOW)


def withdrawn(register: Register, made: Incident) -> None:
    consented(register, made)
    register.withdraw_consent(made.reference, Scope.CONTROL, NOW)
    register.withdraw_consent(made.reference, Scope.VIEW, NOW)


def resolved(register: Register, made: Incident) -> None:
    consented(register, made)
    register.resolve_by_citizen(made.reference, NOW)


def reopened(register: Register, made: Incident) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    register.reopen(made.reference, NOW)


def reopened_by_message(register: Register, made: Incident) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    register.add_citizen_message(made.reference, "Encara falla", NOW)


def rated(register: Register, made: Incident) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    register.rate(made.reference, 4, "Bé", NOW)


def refused_at_the_door(register: Register, made: Incident) -> None:
    for _ in range(MOST_FILES + 1):
        register.add_file(made.reference, a_file(), State.QUARANTINED, NOW)
    register.resolve_by_citizen(made.reference, NOW)
    register.add_file(made.reference, a_file(), State.QUARANTINED, NOW)


def refused(register: Register, made: Incident) -> None:
    for reason in Refusal:
        register.refuse_file(made.reference, a_file(), reason, NOW)


def scanned(register: Register, made: Incident) -> None:
    for found in (State.CLEAN, State.UNSCANNABLE):
        file = a_file()
        register.add_file(made.reference, file, State.QUARANTINED, NOW)
        register.record_scan(made.reference, file.id, file.version, found, NOW)


def set_aside(register: Register, made: Incident) -> None:
    for reason, owed in zip(SetAside, register.incident(made.reference, NOW).mails, strict=False):
        register.set_mail_aside(made.reference, owed, reason, NOW)


def ending(register: Register, made: Incident) -> None:
    assert register.follow_up(made.reference, NOW + timedelta(days=170)).ending


WHAT_HAPPENS: dict[str, list[Callable[[Register, Incident], None]]] = {
    "mark_queued": [lambda register, made: register.mark_queued(made, NOW)],
    "add_citizen_message": [
        lambda register, made: [
            register.add_citizen_message(made.reference, "Encara falla", NOW)
        ].clear(),
        reopened_by_message,
    ],
    "resolve_by_citizen": [resolved],
    "reopen": [reopened],
    "rate": [rated],
    "grant_consent": [consented],
    "withdraw_consent": [withdrawn],
    "add_file": [refused_at_the_door],
    "refuse_file": [refused],
    "record_scan": [scanned],
    "set_mail_aside": [set_aside],
    "follow_up": [ending],
}
"""What may be recorded about an incident, by the register's method that records it."""

READS = {"submit", "incident", "history", "entries", "entry", "open_incidents", "overdue"}
READS |= {"figures", "to_follow_up", "may_acknowledge", "attempt_mail", "refuse_mail"}
READS |= {"postpone_mail"}
"""Methods that add nothing to a history."""


def undeliverable(register: Register, made: Incident) -> None:
    for trouble in MailTrouble:
        register.mark_undeliverable(made.reference, trouble, NOW)


OPERATOR = ("marta", Category.FUNCTIONAL)
FILE = File(new_file_id(), media_type=MediaType.PDF, size=10, version="v", arrived_at=NOW)
AT_DESK: dict[str, Callable[[Register, Incident], object]] = {
    "claim": lambda register, made: register.claim(made.reference, *OPERATOR, NOW),
    "view": lambda register, made: register.view(made.reference, *OPERATOR, NOW),
    "view_file": lambda register, made: (
        register.add_file(made.reference, FILE, State.CLEAN, NOW),
        register.view_file(made.reference, *OPERATOR, FILE.id, NOW),
    ),
    "reply": lambda register, made: register.reply(
        made.reference, *OPERATOR, "Quin?", NOW, ask=True
    ),
    "note": lambda register, made: register.note(made.reference, *OPERATOR, "Intern", NOW),
    "release": lambda register, made: register.release(made.reference, *OPERATOR, NOW),
    "transfer": lambda register, made: register.transfer(
        made.reference, *OPERATOR, Category.SIGNATURE, "És del certificat", NOW
    ),
    "resolve": lambda register, made: register.resolve(made.reference, *OPERATOR, "Fet", NOW),
    "withdraw_for_citizen": lambda register, made: (
        register.grant_consent(made.reference, Scope.VIEW, VIEW_NOTICE.identity, NOW),
        register.withdraw_for_citizen(made.reference, *OPERATOR, Scope.VIEW, NOW),
    ),
    "wake": lambda register, made: register.wake(made.reference, NOW + timedelta(days=2)),
    "record_mail": lambda register, made: register.record_mail(
        made.reference, "incident", MailKind.ACKNOWLEDGEMENT, "id", NOW
    ),
    "mark_undeliverable": undeliverable,
    "take_phone_call": lambda register, made: register.take_phone_call(
        submission(), "marta", f"{KEY}{made.reference}", SECRET, NOW
    ),
}
"""What operators and the service record about a claimed incident; not all of it is shown."""


def test_all_that_the_register_records_is_tried_here() -> None:
    methods = {name for name in dir(Register) if not name.startswith("_")}
    assert WHAT_HAPPENS.keys() | AT_DESK.keys() == methods - READS


@pytest.mark.parametrize("method", [*AT_DESK])
def test_what_citizens_see_of_the_desk_has_words_and_no_names(
    register: Register, method: str
) -> None:
    made = register.submit(submission(), f"{KEY}{method}", SECRET, NOW)
    register.claim(made.reference, *OPERATOR, NOW)
    AT_DESK[method](register, made)
    view = page_view(*register.history(made.reference, NOW), NOW)
    assert [entry for entry in view["history"] if pages._happened(entry) is None] == []
    assert "marta" not in str(view)
    assert "Intern" not in str(view)
    assert "És del certificat" not in str(view)


@pytest.mark.parametrize("method", [*WHAT_HAPPENS])
def test_all_that_happens_to_an_incident_is_told_in_its_history(
    register: Register, method: str
) -> None:
    for happen in WHAT_HAPPENS[method]:
        made = register.submit(submission(), f"{KEY}{happen}"[:128], SECRET, NOW)
        happen(register, made)
        incident, part = register.history(made.reference, NOW)
        entries = part.entries
        assert entries
        view = page_view(incident, part, NOW)
        untold = [entry for entry in view["history"] if pages._happened(entry) is None]
        assert (untold, len(view["history"])) == ([], len(entries))
        for reader in Language:
            page = pages.incident(reader, view, key=KEY)
            assert page.count('<li class="govuk-body') == len(entries)
            assert pages.export(reader, view, "2026-11-23T11:00:00.000Z").count(
                '<li class="govuk-body'
            ) == len(entries)


@pytest.mark.parametrize("refusal", list(Refusal))
def test_each_reason_why_a_file_is_not_kept_has_words_of_its_own(refusal: Refusal) -> None:
    entry = {"kind": Kind.ACTION, "action": "file_refused", "reason": refusal, "by": "service"}
    said = pages._happened(entry)
    others = [text for of, text in pages.EVENTS.items() if of[-1] != refusal]
    assert said is not None
    assert said not in others


def test_every_state_has_its_words() -> None:
    assert pages.STATUSES.keys() == set(Status)
    assert pages.FILE_STATES.keys() == set(State)
    assert pages.FILE_TYPES.keys() == set(MediaType)
    assert pages.CATEGORIES.keys() == set(Category)
    assert pages.SCOPES.keys() == set(Scope)
    for texts in (pages.STATUSES, pages.FILE_STATES, pages.FILE_TYPES, pages.EVENTS, pages.DONE):
        assert len({message.text for message in texts.values()}) == len(texts)


def test_what_operators_note_for_themselves_is_not_told() -> None:
    assert pages._happened({"kind": "note", "by": "operator"}) is None


def test_what_the_team_wrote_is_marked(reader: Language) -> None:
    page = Markup(pages.incident(reader, VIEW, key=KEY))
    marked = [each for each in page.of("li") if "suport-history__operator" in each.get("class", "")]
    assert len(marked) == 1
    assert "Bon dia" in page.said_in("p")


# --------------------------------------------------------------------- help


def help_text(category: Category, at: datetime = NOW, reader: Language = ENGLISH) -> Markup:
    return Markup(pages.help_page(reader, NOWHERE, category, availability(at)))


def test_help_offers_the_three_kinds_with_their_guidance(reader: Language) -> None:
    page = Markup(pages.help_page(reader, NOWHERE, None, LINE))
    for category, (name, guidance) in pages.CATEGORIES.items():
        assert f"help?category={category}" in page.attributes("href")
        assert name.in_(reader) in page.said_in("h3")
        assert guidance.in_(reader) in page.said_in("p")


def test_whoever_has_paid_is_told_not_to_pay_twice() -> None:
    text = help_text(Category.PAYMENT).text
    assert "do not pay a second time, and keep the proof of payment" in text
    assert "Do not discard the procedure if you have a proof of payment" in text
    assert "second time" not in help_text(Category.FUNCTIONAL).text


def test_each_kind_leads_to_the_form_with_the_kind_chosen() -> None:
    for category in Category:
        assert f"incident?category={category}" in help_text(category).attributes("href")


@pytest.mark.parametrize(
    ("at", "state", "next_change"),
    [
        # the clocks of Madrid are an hour ahead of UTC in winter, two in summer
        ("2026-11-23T07:00", "Open now", "It answers today until 20:00."),
        ("2026-11-23T18:59", "Open now", "It answers today until 20:00."),
        ("2026-11-23T19:00", "Closed now", "It answers again on Tuesday 24 November at 08:00."),
        ("2026-11-24T06:59", "Closed now", "It answers again on Tuesday 24 November at 08:00."),
        ("2026-11-27T19:00", "Closed now", "It answers again on Saturday 28 November at 09:00."),
        ("2026-11-28T12:59", "Open now", "It answers today until 14:00."),
        ("2026-11-28T13:00", "Closed now", "It answers again on Monday 30 November at 08:00."),
        ("2026-11-29T11:00", "Closed now", "It answers again on Monday 30 November at 08:00."),
        ("2026-07-01T06:00", "Open now", "It answers today until 20:00."),
        ("2026-07-01T18:00", "Closed now", "It answers again on Thursday 2 July at 08:00."),
    ],
)
def test_whoever_cannot_sign_reads_whom_to_call_and_whether_somebody_answers(
    at: str, state: str, next_change: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    contact = Markup(pages.contact(ENGLISH, availability(moment)))
    for page in (help_text(Category.SIGNATURE, moment), contact):
        assert f"{state} {next_change}" in page.text
        assert page.text.count("Open now") + page.text.count("Closed now") == 1
        numbers = [
            page.parts[place + 1][1]
            for place, (_, attributes) in enumerate(page.parts)
            if isinstance(attributes, dict) and attributes.get("class") == "suport-number"
        ]
        assert numbers == ["012", "971 22 57 91", "00 34 971 22 57 91"]


def test_the_phone_comes_before_all_else_for_signatures() -> None:
    page = help_text(Category.SIGNATURE)
    assert page.text.index("Call the 012 line") < page.text.index("Did you see an error?")


def test_a_known_error_is_explained_and_carried_to_the_form() -> None:
    (sign, *_) = signs = recognise("Error 190")
    page = Markup(pages.error_found(ENGLISH, "Error 190", signs, PROCEDURE, None))
    assert sign.category is Category.PAYMENT
    assert f"190: {ADVICE[sign.fault].meaning.in_(ENGLISH)}" in page.said_in("h2")
    assert ADVICE[sign.fault].first_step.in_(ENGLISH) in page.said_in("p")
    assert {
        "start": "1",
        "category": "payment",
        "procedure.code": PROCEDURE["code"],
        "procedure.name": PROCEDURE["name"],
        "error.code": "190",
        "error.message": "Error 190",
    }.items() <= page.values.items()


def test_a_code_typed_alone_is_not_repeated_as_the_message() -> None:
    page = Markup(pages.error_found(ENGLISH, "SAF_08", recognise("SAF_08"), NOWHERE, None))
    assert (page.values["error.code"], page.values.get("error.message")) == ("SAF_08", None)


def test_an_unknown_error_is_no_dead_end() -> None:
    page = Markup(pages.error_found(ENGLISH, "boom", [], NOWHERE, Category.PAYMENT))
    assert page.said_in("h1") == ["We do not know this error"]
    assert page.values["error.message"] == page.values["error"] == "boom"
    assert page.values["category"] == "payment"


# --------------------------------------------------------------- procedures


def test_the_procedure_goes_along_wherever_help_leads(reader: Language) -> None:
    for category in (None, *Category):
        page = Markup(pages.help_page(reader, PROCEDURE, category, LINE))
        ahead = [
            parse_qs(urlsplit(href).query)
            for href in page.attributes("href")
            if re.match(r"(help|incident)\?", href)
        ]
        left = [asked for asked in ahead if "procedure.code" not in asked]
        assert left == ([{"category": [category]}] if category else [])  # "something else"
        assert all(
            asked["procedure.code"] == [PROCEDURE["code"]]
            and asked["procedure.name"] == [PROCEDURE["name"]]
            for asked in ahead
            if asked not in left
        )
        assert page.values["procedure.code"] == PROCEDURE["code"]
        assert PROCEDURE["name"] in page.said_in("strong")


def test_a_procedure_of_the_catalogue_is_named_in_the_readers_language() -> None:
    known = catalogue().procedures[0]
    for reader in Language:
        name, spoken = known.name_in(reader)
        page = Markup(pages.help_page(reader, {"code": known.code, "name": ""}, None, LINE))
        assert name in page.said_in("strong")
        assert ({"lang": spoken} in page.of("strong")) is (spoken != reader)


def test_procedures_are_shown_twenty_at_a_time(reader: Language) -> None:
    found = catalogue().procedures * 5
    shown: list[str] = []
    start = 0
    while start is not None:
        page = Markup(
            pages.procedures(reader, "a&b", found, telematic=True, start=start, sample=False)
        )
        own = [href for href in page.attributes("href") if href.startswith("help?procedure.code=")]
        shown += own
        assert len(own) <= 20
        further = [each for each in page.attributes("href") if each.startswith("procedures?")]
        if not further:
            break
        asked = parse_qs(urlsplit(further[0]).query)
        assert (asked["q"], asked["telematic"]) == (["a&b"], ["1"])
        assert int(asked["start"][0]) > start
        start = int(asked["start"][0])
    assert len(shown) == len(found)


def test_the_telematic_ones_are_marked_for_every_reader(reader: Language) -> None:
    found = catalogue().procedures
    page = Markup(pages.procedures(reader, "", found, telematic=False, start=0, sample=False))
    marks = page.of("img")
    assert len(marks) == sum(each.telematic for each in found[:20])
    assert all(each["alt"] for each in marks)


# --------------------------------------------------------------- the forms

TYPED = {
    "category": "payment",
    "description": "\nPrimera línia\r\n</textarea><b>",
    "error.code": "E-7",
    "error.message": "una\ndues",
    "context.charged": "unknown",
    "context.step": "Pas 3",
    "context.browser": "Firefox",
    "procedure.name": 'Ajuda "A"',
    "procedure.code": "AB1",
    "contact.email": "anna@",
    "contact.phone": "012",
    "contact.name": "Anna & Co",
    "contact.nif": "X",
    "contact.availability": "0",
    "topic": "accessibility",
}


@pytest.mark.parametrize(
    "trouble", [None, INVALID, about_pages.page_expired(), about_requests.unavailable()]
)
def test_the_form_keeps_all_that_was_typed(trouble: Problem | None, reader: Language) -> None:
    page = Markup(pages.incident_form(reader, TYPED, KEY, trouble))
    version = notice.current(Subject.PRIVACY, reader).version
    assert page.values == TYPED | {
        "description": "Primera línia\r\n</textarea><b>",  # HTML drops the first line break
        "idempotency_key": KEY,
        "privacy_notice": version,
    }


def test_a_description_too_long_is_told_by_how_much(reader: Language) -> None:
    body = {"category": "functional", "description": "x" * 4321, "contact": {"phone": "971225791"}}
    with pytest.raises(Problem) as refusal:
        submission_of(body, reader)
    page = Markup(pages.incident_form(reader, {"description": "x" * 4321}, KEY, refusal.value))
    (message,) = [text for text in page.said_in("p") if "4321" in text]
    assert "4000" in message
    assert "#description" in page.attributes("href")


def test_every_description_field_says_how_much_it_takes(reader: Language) -> None:
    page = Markup(pages.incident_form(reader, {}, KEY))
    assert "4000" in page.text
    assert "10" in page.text


def test_a_message_that_could_not_be_sent_is_kept_with_its_key(reader: Language) -> None:
    kept = {"body": "Encara\nfalla", "idempotency_key": KEY, "score": "3"}
    page = Markup(pages.tracking_form(reader, kept, about_pages.session_over()))
    assert {name: page.values.get(name) for name in ("body", "idempotency_key")} == {
        "body": kept["body"],
        "idempotency_key": KEY,
    }


def test_the_tracking_form_never_gives_a_code_back(reader: Language) -> None:
    typed = {"reference": "7K3M", "access_code": "AAAA-BBBB"}
    page = Markup(pages.tracking_form(reader, typed, about_incidents.no_access()))
    assert (page.values["reference"], page.values["access_code"]) == ("7K3M", "")


def test_a_resolved_incident_can_be_reopened_only_in_time(reader: Language) -> None:
    for reopenable in (True, False):
        view = RESOLVED | {"can_be_reopened": reopenable}
        page = Markup(pages.incident(reader, view, key=KEY))
        actions = page.attributes("action")
        assert ("reopen" in actions, "reply" in actions) == (reopenable, reopenable)
        assert ("rate" in page.attributes("href"), "close" in page.attributes("href")) == (
            True,
            False,
        )


@pytest.mark.parametrize(
    ("given", "status", "offered"),
    [
        ([], "queued", [("view", "grant")]),
        (["view"], "queued", [("view", "withdraw"), ("control", "grant")]),
        (["view", "control"], "queued", [("view", "withdraw"), ("control", "withdraw")]),
        ([], "resolved", []),
    ],
)
def test_control_is_asked_for_separately_and_after_view(
    given: list[str], status: str, offered: list[tuple[str, str]], reader: Language
) -> None:
    view = VIEW | {"consents": given, "status": status}
    page = Markup(pages.remote_support(reader, view))
    fields = [each for each in page.of("input") if each["type"] == "hidden"]
    scopes, actions = (
        [each["value"] for each in fields if each["name"] == name] for name in ("scope", "action")
    )
    assert list(zip(scopes, actions, strict=True)) == offered
    shown = notice.current(Subject.REMOTE_SUPPORT, reader)
    assert {f["value"] for f in fields if f["name"] == "notice_sha256"} <= {shown.sha256}


def test_each_form_that_agrees_has_a_single_button(reader: Language) -> None:
    page = pages.remote_support(reader, VIEW | {"consents": ["view"]})
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert len(forms) == 2
    assert all(form.count("<button") == 1 for form in forms)


def test_the_upload_form_takes_the_file_last(reader: Language) -> None:
    page = Markup(PAGES["upload"](reader))
    fields = page.of("input")
    assert [field["name"] for field in fields] == ["key", "policy", "file"]
    assert fields[-1]["accept"] == MediaType.PNG
    assert fields[-1]["data-most-bytes"] == str(LARGEST_FILE)
    assert size_text(LARGEST_FILE, reader) in page.text


# ------------------------------------------------- templates, compiled ahead


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the build fills, elsewhere; templates are read anew."""
    folder = tmp_path / "compiled"
    monkeypatch.setattr(pages, "_COMPILED", folder)
    pages._environment.cache_clear()
    pages.compile_templates()
    pages._environment.cache_clear()
    return folder


@pytest.fixture(autouse=True, scope="module")
def as_it_was() -> Any:
    """Other tests find no template that one of these has changed."""
    yield
    pages._environment.cache_clear()


def test_the_build_compiles_every_template_that_a_page_needs(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_anew(*_: Any, **__: Any) -> Any:
        raise AssertionError("a page compiles a template")

    monkeypatch.setattr("jinja2.Environment.compile", compile_anew)
    for render in [*PAGES.values(), *EXPORTS.values()]:
        assert "</html>" in render(ENGLISH)
    assert {path.name for path in compiled.iterdir()} >= {"layout.html", "help.html"}


def test_pages_are_the_same_with_and_without_compiled_templates(
    compiled: Path, reader: Language
) -> None:
    ahead = {name: render(reader) for name, render in PAGES.items()}
    shutil.rmtree(compiled)
    pages._environment.cache_clear()
    assert {name: render(reader) for name, render in PAGES.items()} == ahead


def test_a_template_that_was_changed_since_is_compiled_anew(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(pages.__file__).parent
    shutil.copytree(package / "templates", tmp_path / "templates")
    changed = tmp_path / "templates/uploaded.html"
    changed.write_text(changed.read_text().replace("<h1", "<h1 id='changed'"))
    monkeypatch.setattr(pages, "__file__", str(tmp_path / "pages.py"))
    pages._environment.cache_clear()
    before = (compiled / "uploaded.html").read_bytes()
    assert {"id": "changed", "class": "govuk-heading-xl"} in Markup(pages.uploaded(ENGLISH)).of(
        "h1"
    )
    assert (compiled / "uploaded.html").read_bytes() != before


def test_where_the_folder_cannot_be_written_pages_are_shown_all_the_same(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(compiled)
    compiled.mkdir()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "</html>" in pages.uploaded(ENGLISH)
    assert list(compiled.iterdir()) == []


def test_moments_are_those_of_madrid(reader: Language) -> None:
    late = VIEW | {"submitted_at": "2026-12-31T23:30:00.000Z"}
    assert "0:30" in Markup(pages.incident(reader, late, key=KEY)).text
