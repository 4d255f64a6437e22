"""Every page in each of its shapes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from suport.domain.attachment import MOST_FILES, MediaType, Refusal
from suport.domain.attachment import State as FileState
from suport.domain.category import Category
from suport.domain.forecast import Forecast
from suport.domain.guide import Guide
from suport.domain.incident import Topic
from suport.domain.known_errors.recognition import recognise
from suport.domain.language import Language
from suport.domain.owed_mail import MailKind
from suport.domain.phone_line import availability
from suport.domain.procedures import catalogue
from suport.domain.progress import Stage, Standing, Step
from suport.domain.reference import Reference
from suport.domain.remote_session import Ending, EndReason, RemoteSession, State
from suport.domain.unit_of_time import Unit
from suport.files.file_store import UploadForm, new_file_id
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_incidents, about_pages, about_requests
from suport.runtime.settings import PrivacyContacts, SupportTool
from suport.texts.field_names import CONTACT_LABELS
from suport.texts.message import N_
from suport.texts.published_notices import Subject
from suport.web.pages.contact import ContactPage
from suport.web.pages.contact_data import ContactDataPage, ReplaceCodePage
from suport.web.pages.erase import ErasedPage, ErasePage
from suport.web.pages.export import ExportPage
from suport.web.pages.files import FilesPage, RemovalPage, Sent, UploadedPage
from suport.web.pages.guides import GuidePage, GuidesPage
from suport.web.pages.help import CategoryPage, ErrorPage, HelpPage
from suport.web.pages.incident import ClosingPage, IncidentPage, RatingPage
from suport.web.pages.incident_form import CheckPage, IncidentForm, KindPage, SecondPage
from suport.web.pages.join import JoinPage
from suport.web.pages.notices import NoticePage
from suport.web.pages.problem import ProblemPage, form_again
from suport.web.pages.procedures import ProceduresPage
from suport.web.pages.remote_support import RemoteSupportPage
from suport.web.pages.tracking import LostCodePage, SentPage, TrackingForm
from suport.web.rendering import Page
from suport.web.site_map import FORMS, LEGAL_PAGES
from tests.support.known_problems import a_problem

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
KNOWN_PROBLEMS = (
    a_problem(id="A"),
    a_problem(
        id="B",
        procedures=frozenset(each.code for each in catalogue().procedures),
        errors=frozenset({"190"}),
    ),
    a_problem(id="C", categories=frozenset(Category)),
)
FORECAST = Forecast(count=3, unit=Unit.HOURS, days=30)
LINE = availability(NOW)
CONTACTS = PrivacyContacts("dpd@example.org", "https://example.org/rights", "Decret 1/2026")
KEY = "0123456789abcdef"
ENGLISH = Language.ENGLISH
NOWHERE: Mapping[str, str] = {"code": "", "name": ""}
PROCEDURE: Mapping[str, str] = {"code": "AB 1&2", "name": 'Ajuda "nova" <i>'}


def way(now: Stage, *stages: Stage) -> list[Step]:
    """The steps of an incident that is at one of the stages."""
    here = stages.index(now)
    standings = [
        *(Standing.DONE for _ in stages[:here]),
        Standing.NOW,
        *(Standing.AHEAD for _ in stages[here + 1 :]),
    ]
    return [Step(*each) for each in zip(stages, standings, strict=True)]


OPEN_STAGES = (Stage.SENT, Stage.WITH_TEAM, Stage.WORKED_ON, Stage.ASKED, Stage.ENDED)
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
    "closes_at": None,
    "answer_by": None,
    "resolved_at": None,
    "resolved_by": None,
    "reopenable_until": None,
    "rating": None,
    "files": [
        {
            "file": f"F{number}",
            "number": number,
            "type": list(MediaType)[number % len(MediaType)],
            "bytes": 1234,
            "state": state,
            "added_at": "…",
        }
        for number, state in enumerate(FileState, start=1)
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
    "can_be_rated": False,
    "steps": way(Stage.WITH_TEAM, *OPEN_STAGES),
}
RESOLVED = VIEW | {
    "status": "resolved",
    "resolved_at": "2026-11-24T11:00:00.000Z",
    "resolved_by": "operator",
    "reopenable_until": "2026-12-08T11:00:00.000Z",
    "can_be_reopened": True,
    "can_be_rated": True,
    "steps": way(Stage.ENDED, Stage.SENT, Stage.WITH_TEAM, Stage.WORKED_ON, Stage.ENDED),
}
CLOSED = RESOLVED | {
    "resolved_by": "citizen",
    "can_be_rated": False,
    "steps": way(Stage.ENDED, Stage.SENT, Stage.ENDED),
}
WAITING = VIEW | {
    "status": "waiting",
    "closes_at": "2026-12-07T12:00:00.000Z",
    "steps": way(Stage.ASKED, *OPEN_STAGES),
}
MISSED = [
    {
        "entry": f"01M{number:02}",
        "at": "2026-11-23T12:00:00.000Z",
        "kind": "action",
        "by": "service",
        **told,
    }
    for number, told in enumerate(
        (
            {"action": "undeliverable", "reason": "bounced"},
            *(
                {"action": "mail_set_aside", "mail": kind, "reason": "not_sent"}
                for kind in MailKind
            ),
        )
    )
]
BARE = VIEW | {
    **dict.fromkeys(("error", "procedure", "context")),
    "files": [],
    "history": [],
}
COMPLAINT = VIEW | {"topic": "accessibility", "answer_by": "2026-12-22"}
KEPT = [
    {
        "what": "consent",
        "scope": "view",
        "action": action,
        "recorded_at": "2026-11-23T11:00:00.000Z",
        "until": "2027-05-23",
    }
    for action in ("grant", "withdraw")
]
ADDRESS = "https://suport.example.test/en/track"
EARLIER, BEFORE = "01M853AR7V2QG01MJESSWCHBJS", "01M853AR7V2QG01MJESSWCHBJT"
SENT: Mapping[str, str] = {
    "reference": "7K3M-9QXA-2BTC",
    "idempotency_key": KEY,
    "error": "SAF_08",
    "score": "4",
    "comment": "Bé",
    "id": "F1",
    "scope": "view",
    "action": "grant",
    "unknown": "kept",
}
FILE_KEY = "7K3M-9QXA-2BTC/0123456789ABCDEFGHJKMNPQRS"
UPLOAD = UploadForm("https://store.test/", {"key": "k", "policy": "p"}, new_file_id())


INVITATION = RemoteSession(
    id="S1",
    reference=Reference("7K3M-9QXA-2BTC"),
    operator="operator",
    team=Category.SIGNATURE,
    invited_at=NOW,
    operator_seen=NOW,
    code_digest="digest",
)
TOOL = SupportTool("Eina de suport", "https://tool.example.org/")


def joined(**more: Any) -> RemoteSession:
    """The session once the citizen's browser has joined it."""
    return replace(replace(INVITATION, state=State.JOINED, joined_at=NOW), **more)


def sent(fate: FileState | Refusal | None, number: int | None = None, **more: Any) -> FilesPage:
    """The page after a file was sent that became this."""
    became = Sent(FILE_KEY, fate, number, **more)
    return FilesPage(view=VIEW, places=1, upload=UPLOAD, sent=became)


INVALID = about_requests.invalid(
    [
        FieldError(name, N_("{field} is missing."))
        for name in (
            *("category", "description", "error.code", "error.message", "context.charged"),
            *("procedure.name", "context.step", "context.browser", "contact.email"),
            *("contact.phone", "contact.name", "contact.nif", "contact.availability", "contact"),
            *("idempotency_key", "privacy_notice"),
        )
    ]
)


ANSWERS: Mapping[str, str] = {
    "category": "payment",
    "description": "He pagat\r\ni ha fallat",
    "error.code": "190",
    "context.charged": "unknown",
    "context.browser": "Firefox 145, Linux",
    "procedure.code": catalogue().procedures[0].code,
    "procedure.name": "",
    "contact.email": "anna@example.org",
    "contact.phone": "Tel. 971 22 57 91 ext. 3",
    "contact.nif": "",
}
RECORDED = {**ANSWERS, "contact.dial": "+34971225791;ext=3"}


def wrong(*names: str) -> Problem:
    return about_requests.invalid([FieldError(name, N_("{field} is missing.")) for name in names])


PAGES: dict[str, Page] = {
    "help": HelpPage(procedure=NOWHERE, line=LINE),
    "help from a procedure": HelpPage(procedure=PROCEDURE, line=LINE),
    **{
        f"help, {category}": CategoryPage(
            procedure=PROCEDURE, category=category, line=LINE, forecast=FORECAST
        )
        for category in Category
    },
    "error known": ErrorPage(
        procedure=PROCEDURE,
        category=Category.SIGNATURE,
        typed="SAF_08",
        signs=recognise("SAF_08"),
        line=LINE,
    ),
    "error unknown": ErrorPage(
        procedure=NOWHERE, category=Category.PAYMENT, typed="boom", signs=[], line=LINE
    ),
    "help, known problem": HelpPage(procedure=NOWHERE, line=LINE, problems=KNOWN_PROBLEMS[1:2]),
    "help, many known problems": HelpPage(procedure=NOWHERE, line=LINE, problems=KNOWN_PROBLEMS),
    "form, known problem": IncidentForm(
        key=KEY, fields={"category": Category.PAYMENT}, problems=KNOWN_PROBLEMS[:2]
    ),
    "guides": GuidesPage(procedure=PROCEDURE, category=Category.PAYMENT, found=list(Guide)),
    "guides, none found": GuidesPage(procedure=NOWHERE, query="zzz", found=[]),
    **{f"guide, {each}": GuidePage(procedure=PROCEDURE, guide=each, line=LINE) for each in Guide},
    "guide, helped": GuidePage(procedure=NOWHERE, guide=Guide.DNIE_PIN, helped=True, line=LINE),
    **{
        f"guide, did not help with {kind}": GuidePage(
            procedure=PROCEDURE, category=kind, guide=Guide.EXPIRED_SESSION, helped=False, line=LINE
        )
        for kind in (None, Category.SIGNATURE)
    },
    "guide, wrong": GuidePage(
        procedure=NOWHERE,
        guide=Guide.CLAVE,
        line=LINE,
        trouble=about_requests.wrong_question(
            "helped", N_("Say whether this guide helped: Yes or No.")
        ),
    ),
    "procedures, known problems": ProceduresPage(
        query="",
        found=catalogue().procedures,
        telematic=False,
        start=0,
        sample=False,
        known=KNOWN_PROBLEMS,
    ),
    "procedures": ProceduresPage(
        query="", found=catalogue().procedures * 5, telematic=True, start=20, sample=True
    ),
    "procedures, similar words": ProceduresPage(
        query="lloger",
        found=catalogue().procedures[3:4],
        instead={"lloger": ("lloguer",)},
        telematic=False,
        start=0,
        sample=False,
    ),
    "no procedures": ProceduresPage(query="zzz", found=[], telematic=False, start=0, sample=False),
    "form": KindPage(key=KEY),
    "form, kind wrong": KindPage(key=KEY, fields=ANSWERS, trouble=wrong("category")),
    **{
        f"form, {kind}": IncidentForm(key=KEY, fields={"category": kind}, line=LINE)
        for kind in Category
    },
    **{f"form, {topic}": IncidentForm(key=KEY, fields={"topic": topic}) for topic in Topic},
    "form, filled in": IncidentForm(key=KEY, fields=ANSWERS),
    "form, procedures found": IncidentForm(
        key=KEY, fields=ANSWERS, found=catalogue().procedures * 5
    ),
    "form, no procedure found": IncidentForm(key=KEY, fields=ANSWERS, found=()),
    "form, to check": CheckPage(key=KEY, fields=ANSWERS, recorded=RECORDED),
    "form, complaint to check": CheckPage(
        key=KEY, fields={**ANSWERS, "topic": "accessibility"}, recorded=RECORDED
    ),
    "form, wrong": IncidentForm(
        fields={"topic": "accessibility", "procedure.code": "x"}, key=KEY, trouble=INVALID
    ),
    "form, sent before": SecondPage(
        fields={"description": "No puc signar"}, key=KEY, sent=Reference("7K3M-9QXA-2BTC")
    ),
    "form, no longer current": IncidentForm(key=KEY, trouble=about_pages.page_expired()),
    "tracking": TrackingForm(),
    "tracking, wrong": TrackingForm(
        fields={"reference": "x", "body": "text", "idempotency_key": KEY},
        trouble=about_incidents.no_access(),
    ),
    "tracking, with a rating": TrackingForm(
        fields={"score": "3", "comment": "Bé", "other": "x"}, trouble=about_pages.session_over()
    ),
    "incident, just submitted": IncidentPage(
        view=VIEW, key=KEY, sent=True, access_code="AAAA-BBBB", mailed=True
    ),
    "incident, submitted before": IncidentPage(
        view=VIEW, key=KEY, access_code="AAAA-BBBB", address=ADDRESS
    ),
    "sent": SentPage(reference=Reference("7K3M-9QXA-2BTC")),
    "sent, address known": SentPage(reference=Reference("7K3M-9QXA-2BTC"), address=ADDRESS),
    "lost code": LostCodePage(),
    "lost code, asked": LostCodePage(asked=True),
    "lost code, wrong": LostCodePage(
        fields={"reference": "x", "reached_at": "y", "other": "z"},
        trouble=wrong("reference", "reached_at"),
    ),
    "replace the code": ReplaceCodePage(view=VIEW, key=KEY, mailed=True),
    "replace the code, without mail": ReplaceCodePage(
        view=BARE, key=KEY, mailed=False, trouble=about_incidents.too_many_messages(NOW, NOW)
    ),
    "contact data": ContactDataPage(
        view=VIEW, done="to-be-confirmed", until="2026-12-01T11:00:00Z"
    ),
    "contact data, own": ContactDataPage(
        view=VIEW, fields={"contact.email": "anna@example.org"}, submitted_here=True
    ),
    "contact data, wrong": ContactDataPage(
        view=VIEW,
        until="2026-12-01T11:00:00Z",
        fields={"confirmation": "x", "other": "y"},
        trouble=wrong("confirmation", *(f"contact.{name}" for name in CONTACT_LABELS)),
    ),
    "erase": ErasePage(view=VIEW, days=7),
    "erase, asked": ErasePage(
        view=VIEW, kept=KEPT, days=7, until="2026-12-01T11:00:00Z", done="erasure-asked"
    ),
    "erase, wrong": ErasePage(
        view=VIEW,
        days=7,
        until="2026-12-01T11:00:00Z",
        fields={"confirmation": "x", "other": "y"},
        trouble=about_incidents.wrong_erasure_confirmation(),
    ),
    "erase, without mail": ErasePage(view=BARE, days=7, mailed=False),
    "erase, a complaint": ErasePage(view=COMPLAINT, days=7, in_progress=True),
    "erased": ErasedPage(erased=Reference("7K3M-9QXA-2BTC"), days=7),
    "none erased": ErasedPage(erased=None, days=7),
    "incident": IncidentPage(view=VIEW, key=KEY, done="replied"),
    "incident, with a topic": IncidentPage(view=COMPLAINT, key=KEY),
    "incident, earlier part": IncidentPage(
        view=VIEW | {"earlier": EARLIER}, key=KEY, before=BEFORE
    ),
    "incident, first words erased": IncidentPage(view=BARE | {"description": None}, key=KEY),
    "incident, too many messages": IncidentPage(
        view=VIEW,
        key=KEY,
        fields={"body": "Encara falla"},
        trouble=about_incidents.too_many_messages(NOW + timedelta(hours=13), NOW),
    ),
    "incident, forecast": IncidentPage(view=VIEW, key=KEY, forecast=FORECAST),
    "incident, bare": IncidentPage(view=BARE, key=KEY),
    "incident, waiting": IncidentPage(view=WAITING, key=KEY),
    "incident, only actions": IncidentPage(
        view=VIEW | {"earlier": EARLIER, "history": VIEW["history"][1:]}, key=KEY, before=BEFORE
    ),
    **{
        f"incident, {told}": IncidentPage(
            view=VIEW | {"history": MISSED}, key=KEY, mailed=mailed, access_code="AAAA-BBBB"
        )
        for told, mailed in (("mails not sent", True), ("mail came back", False))
    },
    "incident, nothing": IncidentPage(view=BARE | {"earlier": EARLIER}, key=KEY, before=BEFORE),
    "incident, resolved": IncidentPage(view=RESOLVED, key=KEY),
    "incident, closed": IncidentPage(view=CLOSED, key=KEY),
    "incident, over": IncidentPage(
        view=RESOLVED | {"can_be_reopened": False},
        key=KEY,
        trouble=about_incidents.reopening_over(),
    ),
    "incident, wrong message": IncidentPage(
        view=VIEW, key=KEY, fields={"body": ""}, trouble=wrong("body")
    ),
    "closing": ClosingPage(view=VIEW),
    "rating": RatingPage(view=RESOLVED),
    "rating, wrong": RatingPage(view=RESOLVED, trouble=wrong("score", "comment")),
    "rating, not resolved": RatingPage(view=VIEW, trouble=about_incidents.not_resolved()),
    "files": FilesPage(view=VIEW, places=1, upload=UPLOAD),
    "files, none": FilesPage(view=BARE, places=5, upload=UPLOAD),
    "files, wrong": FilesPage(view=BARE, places=5, trouble=about_incidents.no_such_file()),
    "files, removed": FilesPage(view=BARE, places=5, upload=UPLOAD, done="removed"),
    "files, added": sent(FileState.UNSCANNED, 1),
    "files, being scanned": sent(FileState.QUARANTINED, 1),
    "files, still being scanned": sent(FileState.QUARANTINED, 1, looks=9),
    "files, refused": sent(Refusal.OFFICE),
    "files, resolved": FilesPage(view=RESOLVED, places=5),
    "files, five": FilesPage(view=VIEW | {"files": VIEW["files"][:1] * MOST_FILES}, places=0),
    "removal": RemovalPage(view=VIEW, file=VIEW["files"][0]),
    "removal, wrong": RemovalPage(
        view=VIEW, file=VIEW["files"][0], trouble=about_requests.unavailable()
    ),
    "uploaded": UploadedPage(key=FILE_KEY),
    "contact": ContactPage(line=LINE),
    "remote support": RemoteSupportPage(view=None),
    "remote support, nothing agreed": RemoteSupportPage(view=VIEW),
    "remote support, viewed": RemoteSupportPage(view=VIEW | {"consents": ["view"]}, done="agreed"),
    "remote support, both": RemoteSupportPage(view=VIEW | {"consents": ["view", "control"]}),
    "remote support, resolved": RemoteSupportPage(view=RESOLVED),
    "remote support, reopening over": RemoteSupportPage(view=RESOLVED | {"can_be_reopened": False}),
    "remote support, refused": RemoteSupportPage(
        view=VIEW, trouble=about_incidents.control_needs_view()
    ),
    "remote support, wrong": RemoteSupportPage(
        view=VIEW, trouble=wrong("scope", "action", "notice_sha256")
    ),
    "join": JoinPage(),
    "join, wrong code": JoinPage(fields={"code": "x", "other": "y"}, trouble=wrong("code")),
    "join, invited": JoinPage(invitation=INVITATION, tool=TOOL),
    "join, joined": JoinPage(session=joined()),
    "join, paused": JoinPage(
        session=joined(state=State.PAUSED, consent="01M8", control_consent="01M9"), tool=TOOL
    ),
    "join, ended": JoinPage(
        session=joined(state=State.ENDED, ending=Ending(EndReason.TIME), consent="01M8")
    ),
    **{
        f"notice, {subject}": NoticePage(
            subject=subject, contacts=CONTACTS if subject is Subject.PRIVACY else None
        )
        for subject in LEGAL_PAGES
    },
    "notice, an earlier version": NoticePage(subject=Subject.PRIVACY, version="2026-11-23"),
    "problem": ProblemPage(trouble=about_requests.too_large(1024)),
    "no such page": ProblemPage(trouble=about_pages.no_such_page()),
    "no such page, but its neighbour": ProblemPage(
        trouble=about_pages.no_such_page(), asked="procedures"
    ),
    "no form": ProblemPage(trouble=about_pages.takes_no_form(), asked="privacy"),
    "too much typed": ProblemPage(
        trouble=about_requests.too_large(1024), asked="reply", too_long=True
    ),
    **{
        f"form again, {form}": form_again(
            form,
            {**SENT, "body": "Encara falla"},
            about_pages.form_not_handled(),
            Language.CATALAN,
        )
        for form in FORMS
    },
    "form again, unreadable": form_again(
        "help",
        {"error": "x"},
        about_requests.unreadable(N_("{field} is missing.")),
        Language.CATALAN,
    ),
}

COPIED = VIEW | {
    "language": "ca",
    "origin": "web",
    "former_teams": ["functional"],
    "mail_trouble": "bounced",
    "mails_to_be_sent": ["question"],
    "address_change": {"email": "b…@example.org", "confirm_by": "2026-12-01T10:00:00.000Z"},
    "erasure_to_be_confirmed_by": "2026-12-02T10:00:00.000Z",
    "closes_at": "2026-12-07T12:00:00.000Z",
    "reopenable_until": "2026-12-08T12:00:00.000Z",
    "answer_by": "2026-12-22",
    "resolved_at": "2026-11-24T12:00:00.000Z",
    "resolved_by": "operator",
    "rating": 4,
    "consents": ["view"],
    "privacy_notice": "2026-11-26",
}
RECEIPTS: list[dict[str, Any]] = [
    {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": "01M85180ZD1XETBXW4XFFHFEC3",
        "notice": {"version": "2026-11-23", "language": "ca", "sha256": "0" * 64},
        "purpose": "Perquè un operador vegi la pantalla",
        "lawful_basis": "El vostre consentiment",
        "data_categories": ["El que surt a la pantalla"],
        "scope": "view",
        "withdrawal_method": "En qualsevol moment",
        "kept_until": "2027-05-23",
        "events": [
            {
                "time": "2026-11-23T10:00:00.000Z",
                "type": "explicit",
                "state": "given",
                "validity": "Fins que el retireu",
            }
        ],
    }
]
EXPORTS = {
    "export": ExportPage(view=COPIED, receipts=RECEIPTS, exported_at="2026-11-24T11:00:00.000Z"),
    "export, with a topic": ExportPage(view=COMPLAINT, exported_at="2026-11-24T11:00:00.000Z"),
    "export, part": ExportPage(
        view=VIEW | {"earlier": EARLIER}, exported_at="2026-11-24T11:00:00.000Z", before=BEFORE
    ),
    "export, first words erased": ExportPage(
        view=BARE | {"description": None}, exported_at="2026-11-24T11:00:00.000Z"
    ),
    "export, bare": ExportPage(view=BARE, exported_at="2026-11-24T11:00:00.000Z"),
}
