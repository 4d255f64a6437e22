"""Brings two browsers together: the citizen's, which shows the screen, and the operator's.

It serves the page on which the citizen joins and shows the screen, the operator's page at the web
desk, and what their scripts ask while they look for each other and while the screen is shown. The
picture never passes here. `domain.remote_session` has the rules.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from suport.domain import join_code
from suport.domain.consent import ConsentAction, Scope
from suport.domain.language import Language
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.remote_acts import Description, Offer
from suport.domain.remote_session import NOTHING, NoSuchSession, RemoteSession
from suport.domain.session_description import Direction, is_fit
from suport.http import bodies, operators_session, query
from suport.http.api import Api
from suport.http.gateway_event import text
from suport.http.problem import Problem, ProblemName
from suport.http.problems import about_pages, about_remote_support
from suport.http.refusals import TO_OPERATORS
from suport.http.request import JSON, Request
from suport.http.response import Response, json_answer
from suport.http.signed_operator import at_desk, caller
from suport.register.deployed import register, remote_support
from suport.register.errors import NoSuchIncident
from suport.runtime import aws, clock, settings
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count, count_failure
from suport.runtime.relay import connection
from suport.texts import published_notices
from suport.texts.published_notices import Notice, Subject
from suport.views.consent_receipt import receipt
from suport.views.remote_session_view import citizens_state, permissions_view
from suport.web import remote_cookie
from suport.web.desk import remote_support as remote_desk
from suport.web.desk.site import DeskSite
from suport.web.forgery import is_forged
from suport.web.site import Site
from suport.web.visit import Visit, lead_to

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

if TYPE_CHECKING:
    from suport.web.pages.join import JoinPage

PLAIN = "text/plain"
"""What a browser calls the body of a beacon."""

logger = Logger()


# The citizen's page


def show_page(visit: Visit) -> Response:
    """The page on which the citizen joins, or that of the session that the browser has joined."""
    return visit.page(page_of(visit))


def page_of(
    visit: Visit, typed: Mapping[str, str] | None = None, trouble: Problem | None = None
) -> "JoinPage":
    """That page, with what was typed and what is wrong."""
    from suport.web.pages.join import JoinPage  # noqa: PLC0415  scripts need no page

    invitation = None
    session = session_of(visit.request)
    if session is None or not session.is_open:
        invitation = invitation_to(visit)
    return JoinPage(
        session=session,
        invitation=invitation,
        tool=settings.support_tool(),
        fields=typed or {},
        trouble=trouble,
    )


def session_of(request: Request) -> RemoteSession | None:
    """The session that the browser has joined, which may have ended; None if it has joined none."""
    opened = remote_cookie.joined(request.headers.get("cookie", ""))
    try:
        return remote_support().seen_by_citizen(*opened, clock.now())[0] if opened else None
    except NoSuchSession:
        return None


def invitation_to(visit: Visit) -> RemoteSession | None:
    """The session to which the citizen of the open incident is invited, if there is one."""
    try:
        opened = visit.open_session()
        return remote_support().invited(opened.reference, clock.now()) if opened else None
    except NoSuchIncident:
        return None


def join(visit: Visit) -> Response:
    """Lets the browser join: with a code, or because it has the incident open."""
    fields = visit.form()
    typed = fields.get("code", "")
    token = remote_cookie.new_token()
    token_digest = remote_cookie.token_digest(token)
    try:
        if typed or "reference" not in fields:
            session = by_code(typed, token_digest)
        else:
            session = by_incident(visit, token_digest)
    except Problem as trouble:
        if trouble.name is not ProblemName.INVALID:
            raise
        return visit.page(page_of(visit, fields, trouble), trouble.status)
    logger.info("remote session joined")
    return lead_to("join", remote_cookie.set_cookie(session.reference, token))


def by_code(typed: str, token_digest: str) -> RemoteSession:
    """Joins the session to which the typed code admits; a wrong one is counted."""
    code = join_code.read_code(typed)
    try:
        if code is None:
            raise NoSuchSession
        code_digest = join_code.code_digest(aws.service_secret(), code)
        return remote_support().join_by_code(code_digest, token_digest, clock.now())
    except NoSuchSession:
        count(Metric.WRONG_JOIN_CODES)
        raise about_remote_support.wrong_code() from None


def by_incident(visit: Visit, token_digest: str) -> RemoteSession:
    """Joins the session of the incident that the browser has open."""
    try:
        return remote_support().join_by_incident(visit.opened(), token_digest, clock.now())
    except NoSuchSession:
        raise about_remote_support.not_invited() from None


# What the script of that page asks


def joined(request: Request) -> tuple[Reference, str]:
    """The session that the browser has joined, as arguments of `RemoteSupport`.

    Raises
    ------
    Problem
        403 if another site asks.
    NoSuchSession
    """
    if is_forged(request.headers):
        raise about_pages.forged()
    opened = remote_cookie.joined(request.headers.get("cookie", ""))
    if opened is None or not is_of_its_page(request, opened[1]):
        raise NoSuchSession
    return opened


def is_of_its_page(request: Request, token_digest: str) -> bool:
    """Whether the browser has not joined another session since the page that asks was loaded."""
    stated = request.query.get("session", "")
    return not stated or stated == remote_cookie.session_mark(token_digest)


def look(request: Request) -> Response:
    """The session as it is now; the page that shows the screen is thereby known to be there."""
    return state_for_citizen(request, query.number("n", request.query.get("n", "0")))


def show(request: Request) -> Response:
    """Shows the screen: the citizen has agreed, and has chosen what to show."""
    mine, sent = joined(request), bodies.read(bodies.OfferBody, request)
    if not is_fit(sent.sdp, Direction.SENDS, relayed=settings.relay().is_required):
        raise about_remote_support.wrong_description()
    offer = Offer(
        number=sent.n,
        replaces=sent.replaces,
        sdp=sent.sdp,
        surface=sent.surface,
    )
    # A page that connects again shows what was agreed to before, whatever the notice says by now.
    notice = None if sent.replaces else agreed_to(sent.notice_sha256, sent.language).identity
    remote_support().show(*mine, offer, notice, clock.now())
    return state_for_citizen(request, sent.n)


def change_control(request: Request) -> Response:
    """The citizen asks the operator to act on the computer, or takes that back."""
    mine, sent = joined(request), bodies.read(bodies.ControlBody, request)
    if sent.action is ConsentAction.WITHDRAW:
        remote_support().withdraw_control(*mine, clock.now())
        return state_for_citizen(request)
    if settings.support_tool() is None:
        raise about_remote_support.no_support_tool()
    notice = agreed_to(sent.notice_sha256, sent.language)
    remote_support().ask_for_control(*mine, notice.identity, clock.now())
    return state_for_citizen(request)


def end(request: Request) -> Response:
    """The citizen ends the session, or leaves the page, which pauses it."""
    mine = joined(request)
    sent = bodies.read(bodies.EndBody, request, (JSON, PLAIN))
    if sent.left is None:
        remote_support().end_by_citizen(*mine, clock.now())
    else:
        remote_support().pause(*mine, sent.left, clock.now())
    return state_for_citizen(request)


def give_receipt(request: Request) -> Response:
    """The receipt of the consent that the session rests on, as a file."""
    scope = query.one_of("scope", request.query.get("scope", Scope.VIEW), list(Scope))
    now = clock.now()
    session, _ = remote_support().seen_by_citizen(*joined(request), now)
    record = session.consent if scope == Scope.VIEW else session.control_consent
    entry = remote_support().consent(session, record, now) if record else None
    if entry is None:
        raise about_remote_support.no_receipt()
    name = f"{session.reference}-{scope}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return json_answer(HTTPStatus.OK, receipt(session.reference, entry), headers)


def state_for_citizen(request: Request, made: int | None = None) -> Response:
    """The session as its citizen's page is told. made: the offer that this page has made."""
    mine, now = joined(request), clock.now()
    session, incident = remote_support().seen_by_citizen(*mine, now, offered=made)
    description = None
    if made and session.answered == made:
        description = remote_support().description(Description.ANSWER, session, made, now)
    state = citizens_state(
        session,
        incident,
        now,
        connection=connection(session),
        tool=settings.support_tool(),
        answer=description,
    )
    return json_answer(HTTPStatus.OK, state)


def agreed_to(sha256_shown: str | None, language: Language) -> Notice:
    """The notice that the citizen agreed to.

    Raises
    ------
    Problem
        422, with the current notice, if that is another text.
    """
    shown = published_notices.current(Subject.REMOTE_SUPPORT, language)
    if sha256_shown != shown.sha256:
        raise about_remote_support.other_notice(shown)
    return shown


# What operators' programs ask


def invite(request: Request) -> Response:
    """Invites the citizen; the answer has the code and the addresses of both pages."""
    reference, operator, team = at_desk(request)
    session = operators_session.invite(reference, operator, team)
    incident = register().incident(reference, clock.now())
    public = settings.public_url() or request.service_url
    logger.info("remote session invited", team=team)
    invitation = {
        "reference": reference,
        **operators_session.state_of(session, incident),
        "address": f"{public}/{incident.language}/join",
        "watch": f"{public}/desk/{request.language}/remote?reference={reference}",
    }
    return json_answer(HTTPStatus.CREATED, invitation)


def watch(request: Request) -> Response:
    """The session as its operator's program is told."""
    operator, reference = caller(request), at_desk(request)[0]
    return operators_session.told(reference, operator, request.query)


def answer(request: Request) -> Response:
    """Takes the description with which the operator's program answers an offer."""
    operator, reference = caller(request), at_desk(request)[0]
    return operators_session.answer(reference, operator, bodies.read(bodies.AnswerBody, request))


def end_by_operator(request: Request) -> Response:
    """Ends the session for its operator."""
    operator, reference = caller(request), at_desk(request)[0]
    return operators_session.end(reference, operator)


def show_permissions(request: Request) -> Response:
    """What an external tool may let the operator do now: nothing in any doubt.

    Raises
    ------
    NoTeam
    """
    team, allowed = caller(request).team, NOTHING
    try:
        reference = parse_reference(request.parameters["reference"])
        allowed = remote_support().permissions(reference, team, clock.now())
    except MisreadReference:
        pass
    except Exception as failure:  # noqa: BLE001  whatever it is, nothing may be let through
        # without its message, which may hold anything
        logger.error("permissions unknown", **facts(failure))  # noqa: TRY400
        count_failure()
    return json_answer(HTTPStatus.OK, permissions_view(allowed))


site = Site(
    pages={
        ("GET", "/{language}/join"): show_page,
        ("POST", "/{language}/join"): join,
    },
    api={
        ("GET", "/v1/remote"): look,
        ("PUT", "/v1/remote/offer"): show,
        ("POST", "/v1/remote/control"): change_control,
        ("POST", "/v1/remote/end"): end,
        ("GET", "/v1/remote/receipt"): give_receipt,
    },
)
api = Api(
    {
        ("POST", "/v1/desk/incidents/{reference}/remote"): invite,
        ("GET", "/v1/desk/incidents/{reference}/remote"): watch,
        ("PUT", "/v1/desk/incidents/{reference}/remote/answer"): answer,
        ("DELETE", "/v1/desk/incidents/{reference}/remote"): end_by_operator,
        ("GET", "/v1/desk/incidents/{reference}/permissions"): show_permissions,
    },
    TO_OPERATORS,
)
desk = DeskSite(
    "list",
    {
        ("GET", "remote"): remote_desk.show,
        ("POST", "remote"): remote_desk.change,
        ("GET", "remote/state"): remote_desk.look,
        ("POST", "remote/answer"): remote_desk.answer,
        ("POST", "remote/control"): remote_desk.accept_control,
    },
    remote_desk.page_again,
    is_whole_desk=False,
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The function that API Gateway invokes: for citizens and for operators of either kind."""
    resource = text(event.get("resource"))
    if resource.startswith("/desk/"):
        return desk.handler(event, context)
    return (api if resource.startswith("/v1/desk/") else site).handler(event, context)
