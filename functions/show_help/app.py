"""Shows the pages that need no register: help, guides, procedures, the form, and the notices.

Help, procedures and the form also show the known problems that are open. Of a guide it counts how
often it helped.
"""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from suport.domain.category import Category
from suport.domain.guide import Guide
from suport.domain.language import Language
from suport.domain.phone_line import availability
from suport.domain.submission import LONGEST_ERROR
from suport.domain.typed_text import pasted
from suport.http.form_encoding import FORM, read_form
from suport.http.problem import Problem
from suport.http.problems import about_pages, about_requests
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.runtime import clock, settings
from suport.runtime.logged_failure import facts
from suport.texts import published_notices
from suport.texts.message import N_
from suport.texts.published_notices import Subject
from suport.web.named_procedure import named_procedure
from suport.web.pages.guides import GuidePage, GuidesPage, vote_of
from suport.web.pages.help import ErrorPage, help_page
from suport.web.pages.incident_form import IncidentForm, KindPage
from suport.web.pages.notices import NoticePage, earlier_version
from suport.web.pages.procedures import ProceduresPage
from suport.web.questions import kind_of, settled
from suport.web.shown_forecast import shown_forecast
from suport.web.shown_problems import problems_of_procedures, shown_problems
from suport.web.site import Site
from suport.web.site_map import LEGAL_PAGES, address
from suport.web.user_agent import described
from suport.web.visit import Visit, lead_to

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from suport.domain.known_errors.recognition import Sign

# what a link to the form may carry; nothing personal is ever in an address
CARRIED = ("category", "procedure.code", "procedure.name", "error.code", "topic")

MOST_SUGGESTED = 8  # procedures
VOTES = {vote_of(helped=helped): helped for helped in (True, False)}
BELOW = "../../"  # the way from a guide to where the languages begin

# pages that only show something, among them the notices
WITHOUT_FORM = {*LEGAL_PAGES, "guides", "procedures", "contact", "export", "files", "file"}

logger = Logger()


def start(visit: Visit) -> Response:
    """Leads to the help page in the language that the browser prefers."""
    # Without its last slash, the stage's address makes links relative to the folder above it.
    stage = visit.request.seen_path.rpartition("/")[2]
    location = f"{stage}/{visit.reader}/help" if stage else f"{visit.reader}/help"
    headers = {"Location": location, "Vary": "Accept-Language"}
    return Response(HTTPStatus.SEE_OTHER, headers=headers)


def start_in(visit: Visit) -> Response:
    """Leads to the help page in the language of the address."""
    last = visit.request.seen_path.rpartition("/")[2]
    return lead_to(f"{visit.language}/help" if last == visit.language else "help")


def show_help(visit: Visit) -> Response:
    """The question what kind of problem it is or, for a chosen kind, what helps soonest."""
    line = availability(clock.now(), settings.closed_dates())
    page = help_page(
        *(procedure(visit.query), category(visit.query), line),
        shown_forecast(category(visit.query)),
        problems=shown_problems(visit.query),
    )
    return visit.page(page, personal=False)


def look_up_error(visit: Visit) -> Response:
    """What is known about an error that the citizen typed or pasted; nothing of it is recorded.

    A text too long to be reported comes back, to be shortened.
    """
    from suport.domain.known_errors.recognition import only_code, recognise  # noqa: PLC0415  few need it
    from suport.http.text_length import wrong_length  # noqa: PLC0415  as above

    fields = visit.form()
    line = availability(clock.now(), settings.closed_dates())
    typed = pasted(fields.get("error", "").replace("\0", ""))
    if too_long := wrong_length(typed, LONGEST_ERROR):
        trouble = about_requests.wrong_question("error", too_long)
        wrong = help_page(
            *(procedure(fields), category(fields), line, shown_forecast(category(fields))),
            typed=typed,
            trouble=trouble,
            problems=shown_problems(fields),
        )
        return visit.page(wrong, trouble.status, personal=False)
    signs = recognise(typed)
    kind = kind_of_error(signs, category(fields))
    stated = {"error.code": only_code(signs) or "", "category": kind or ""}
    page = ErrorPage(
        procedure=procedure(fields),
        category=kind,
        typed=typed,
        signs=signs,
        line=line,
        chosen=category(fields),
        problems=shown_problems({**fields, **stated}),
    )
    return visit.page(page, personal=False)  # an error alone says nothing about a person


def show_guides(visit: Visit) -> Response:
    """The guides, or what a search finds in them."""
    from suport.web.guide_search import find  # noqa: PLC0415  few need it

    query, words = visit.query, visit.query.get("q", "")
    page = GuidesPage(
        procedure=procedure(query),
        category=category(query),
        query=words,
        found=find(words, visit.language),
    )
    return visit.page(page, personal=False)


def show_guide(visit: Visit) -> Response:
    """One guide; after the vote whether it helped, the thanks for it and the way on.

    A reader who opens such an address from elsewhere (a chat, a bookmark) has not voted. Browsers
    say where a request comes from; where one does not, the thanks are shown, above the question.
    """
    comes_from = visit.request.headers.get("sec-fetch-site", "same-origin")
    helped = VOTES.get(visit.query.get("helped", "")) if comes_from == "same-origin" else None
    return visit.page(guide_page(guide_in(visit), visit.query, helped=helped), personal=False)


def count_vote(visit: Visit) -> Response:
    """Counts whether a guide helped, and leads back to it: also where the count is out of reach.

    Nothing is known of the reader: two presses count twice.
    """
    # for a vote alone
    from suport.domain.figures import day_of, month_of  # noqa: PLC0415
    from suport.register.other_tables import guide_votes  # noqa: PLC0415

    guide, fields = guide_in(visit), visit.form()
    helped = VOTES.get(fields.get("helped", ""))
    if helped is None:
        trouble = about_requests.wrong_question(
            "helped", N_("Say whether this guide helped: Yes or No.")
        )
        return visit.page(guide_page(guide, fields, trouble=trouble), trouble.status)
    try:
        guide_votes().count(guide, month_of(day_of(clock.now())), helped=helped)
    except Exception as failure:  # noqa: BLE001  whatever it is, the reader is thanked
        logger.error("vote not counted", **facts(failure))  # noqa: TRY400  as in every log
    along = guide_page(guide, fields).taken_along
    thanks = address(f"guides/{guide}", {"helped": vote_of(helped=helped), **along})
    return lead_to(f"../{thanks}#helped")


def guide_in(visit: Visit) -> Guide:
    """The guide in the address.

    Raises
    ------
    Problem
        404 if there is no such guide.
    """
    named = visit.request.path.rpartition("/")[2]
    if named not in Guide:
        raise about_pages.no_such_page()
    return Guide(named)


def guide_page(
    guide: Guide,
    fields: Mapping[str, str],
    *,
    helped: bool | None = None,
    trouble: Problem | None = None,
) -> GuidePage:
    """The page of a guide. fields: what the query or the form says of the reader's problem."""
    return GuidePage(
        root=BELOW,
        guide=guide,
        procedure=procedure(fields),
        category=category(fields),
        helped=helped,
        line=availability(clock.now(), settings.closed_dates()),
        trouble=trouble,
    )


def show_procedures(visit: Visit) -> Response:
    """The catalogue of procedures, or what a search finds in it."""
    from suport.domain.procedures import catalogue  # noqa: PLC0415  few need it
    from suport.web.procedure_search import procedure_search  # noqa: PLC0415  as above

    query = visit.query
    reader, words, telematic = visit.language, query.get("q", ""), bool(query.get("telematic"))
    begun = query.get("start", "")
    found = procedure_search().find(words, reader, telematic_only=telematic)
    page = ProceduresPage(
        query=words,
        found=found.items,
        instead=found.instead,
        partly=found.partly,
        telematic=telematic,
        start=int(begun[:6]) if begun.isascii() and begun.isdigit() else 0,
        sample=catalogue().sample,
        known=problems_of_procedures(),
    )
    return visit.page(page, personal=False)


def show_form(visit: Visit) -> Response:
    """The form, at the questions of the kind in the address, or else at the choice of a kind.

    It has a key of its own: sending it twice makes one incident.

    The browser may keep it, to go back to it: the key is then still the same.
    """
    fields = {name: visit.query[name] for name in CARRIED if name in visit.query}
    fields = settled(fields)
    if code := fields.get("procedure.code"):
        fields.setdefault("procedure.name", named_procedure({"code": code}, visit.language).name)
    fields["context.browser"] = described(visit.request.headers.get("user-agent"))
    kind = kind_of(fields)
    page = IncidentForm if kind else KindPage
    shown = page(
        fields=fields,
        key=secrets.token_urlsafe(),
        problems=shown_problems(fields),
        line=availability(clock.now(), settings.closed_dates()),
    )
    return visit.page(shown, personal=False)


def show_notice(visit: Visit) -> Response:
    """The text of a notice, or an earlier one if the query names its version.

    Under any other name, and for a version that never was, there is no page.
    """
    if visit.name not in LEGAL_PAGES:
        raise about_pages.no_such_page()
    subject = Subject(visit.name)
    version = earlier_version(subject, visit.query.get("version"))
    contacts = settings.privacy_contacts() if subject is Subject.PRIVACY else None
    shown = NoticePage(subject=subject, version=version, contacts=contacts)
    return visit.page(shown, personal=False)


def refuse_form(visit: Visit) -> Response:
    """Refuses a form sent to a page that takes none (a start page, for one), or to no page."""
    at_start = not visit.name
    if at_start and visit.request.resource == "/":
        raise about_pages.takes_no_form()
    if visit.language and (at_start or visit.name in WITHOUT_FORM):
        raise about_pages.takes_no_form()
    raise about_pages.no_such_page()


def privacy_notice(request: Request) -> Response:
    """The JSON API: the notice on personal data, with the hash that proves its text.

    The contacts are beside the text, as on the page: they change without it.
    """
    contacts = settings.privacy_contacts()
    stated = {
        "data_protection_officer": contacts.officer,
        "rights_procedure": contacts.rights,
        "competence_decree": contacts.decree or None,
    }
    return told(Subject.PRIVACY, request, contacts=stated)


def remote_support_notice(request: Request) -> Response:
    """The JSON API: the notice before remote support; consents name its SHA-256."""
    return told(Subject.REMOTE_SUPPORT, request)


def name_procedures(request: Request) -> Response:
    """The procedures that a form suggests for the words typed so far; nothing is recorded.

    It is a form, `q` and `language`, so no address has the words.
    """
    from suport.web.procedure_search import procedure_search  # noqa: PLC0415  few need it

    asked = read_form(request.body(FORM))
    reader = language_of(asked.get("language", ""))
    words = asked.get("q", "")
    if not words.strip():
        return json_answer(HTTPStatus.OK, {"procedures": [], "found": 0, "partly": False})
    found = procedure_search().find(words, reader)
    names = [(each.code, *each.name_in(reader)) for each in found.items[:MOST_SUGGESTED]]
    told = [{"code": code, "name": name, "language": spoken} for code, name, spoken in names]
    facts = {"procedures": told, "found": len(found.items), "partly": found.partly}
    return json_answer(HTTPStatus.OK, facts)


def told(subject: Subject, request: Request, **besides: object) -> Response:
    """The notice, in the query's language or else the browser's, and of the query's version if any.

    besides: what the answer says that is no part of the notice.

    Raises
    ------
    Problem
        422 if the service does not speak that language, or if there never was such a version.
    """
    asked = request.query.get("language")
    spoken = request.language if asked is None else language_of(asked)
    version = request.query.get("version", published_notices.CURRENT_VERSIONS[subject])
    versions = sorted(published_notices.published(subject), reverse=True)
    if version not in versions:
        message = N_("{field} must be one of these: {choices}.", choices=", ".join(versions))
        raise about_requests.wrong_question("version", message)
    shown = published_notices.of_version(subject, spoken, version)
    facts = {"text": shown.text, "versions": versions, **besides}
    return json_answer(HTTPStatus.OK, shown.identity.as_facts() | facts)


def language_of(asked: str) -> Language:
    """The language of that name.

    Raises
    ------
    Problem
        422 if the service does not speak it.
    """
    if asked not in Language:
        choices = ", ".join(Language)
        message = N_("{field} must be one of these: {choices}.", choices=choices)
        raise about_requests.wrong_question("language", message)
    return Language(asked)


def category(fields: Mapping[str, str]) -> Category | None:
    """The kind of problem that the citizen chose, if any."""
    chosen = fields.get("category", "")
    return Category(chosen) if chosen in Category else None


def kind_of_error(signs: Sequence["Sign"], chosen: Category | None) -> Category | None:
    """The kind of problem that the likeliest error is; that of browsers and sessions is any."""
    if not signs or (chosen and signs[0].category is Category.FUNCTIONAL):
        return chosen
    return signs[0].category


def procedure(fields: Mapping[str, str]) -> dict[str, str]:
    """The procedure that the citizen comes from, by code and name."""
    return {name: fields.get(f"procedure.{name}", "")[:300] for name in ("code", "name")}


site = Site(
    pages={
        ("GET", "/"): start,
        ("GET", "/{language}"): start_in,
        ("GET", "/{language}/help"): show_help,
        ("POST", "/{language}/help"): look_up_error,
        ("GET", "/{language}/guides"): show_guides,
        ("GET", "/{language}/guides/{guide}"): show_guide,
        ("POST", "/{language}/guides/{guide}"): count_vote,
        ("GET", "/{language}/procedures"): show_procedures,
        ("GET", "/{language}/incident"): show_form,
        ("GET", "/{language}/{notice}"): show_notice,
        ("POST", "/"): refuse_form,
        ("POST", "/{language}"): refuse_form,
        ("POST", "/{language}/{notice}"): refuse_form,
        ("POST", "/{language}/guides"): refuse_form,
        ("POST", "/{language}/procedures"): refuse_form,
        ("POST", "/{language}/contact"): refuse_form,
        ("POST", "/{language}/export"): refuse_form,
        ("POST", "/{language}/files"): refuse_form,
        ("POST", "/{language}/file"): refuse_form,
    },
    api={
        ("GET", "/v1/privacy-notice"): privacy_notice,
        ("GET", "/v1/remote-support-notice"): remote_support_notice,
        ("POST", "/v1/procedures"): name_procedures,
    },
)
handler = site.handler
