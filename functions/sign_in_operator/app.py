"""Signs operators in to the desk in the browser, at the identity provider, and out again."""

import os
from dataclasses import replace

from suport.desk.deployed import desk_sessions, identity_provider
from suport.desk.identity_provider import CodeRefused, TokenRefused
from suport.domain.directory_groups import WrongName, operator_in, read_places
from suport.domain.operator_identity import NoTeam, Operator
from suport.http.form_encoding import FORM, read_form
from suport.http.problem import Refusals
from suport.http.problems import about_pages, at_sign_in
from suport.http.request import Request
from suport.http.response import Response
from suport.runtime import aws, clock
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import count_failure
from suport.web.desk import session_cookie, sign_in_cookie, sign_in_page
from suport.web.desk.sign_in_cookie import SignIn
from suport.web.desk.sign_in_site import SignInSite, about, answer, reader, sign_in_again, top
from suport.web.forgery import is_forged
from suport.web.visit import lead_to

from aws_lambda_powertools import Logger

REFUSALS: Refusals = {
    CodeRefused: lambda _: at_sign_in.sign_in_over(),
    TokenRefused: lambda _: at_sign_in.token_refused(),
    WrongName: lambda _: at_sign_in.wrong_name(),
    NoTeam: lambda _: at_sign_in.no_place(),
}

logger = Logger()


def begin(request: Request) -> Response:
    """Sends the browser to the identity provider, with a sign-in that it has to come back to."""
    secret = aws.service_secret()
    begun = sign_in_cookie.begin(reader(request), request.query.get("back", ""), clock.now())
    location = identity_provider(client(request)).sign_in_url(
        callback(request), begun.state, begun.nonce(secret), begun.verifier(secret), begun.language
    )
    cookies = sign_in_cookie.set_cookies(secret, begun, request.headers.get("cookie", ""))
    return replace(lead_to(location), cookies=cookies)


def finish(request: Request) -> Response:
    """Signs in an operator who comes back with a code of a sign-in that this browser has begun.

    Whatever comes of it, that sign-in is over.
    """
    state, cookie = request.query.get("state", ""), request.headers.get("cookie", "")
    begun = sign_in_cookie.sign_in_of(aws.service_secret(), cookie, state, clock.now())
    if begun is None:
        raise at_sign_in.sign_in_over()
    cookies = [sign_in_cookie.end_cookie(state)]
    try:
        operator = who_comes_back(request, begun)
        token = desk_sessions().begin(operator, clock.now())
    except Exception as failure:  # noqa: BLE001  whatever it is, somebody waits for a page
        told = about(site.problem_of(failure, request), request, begun.language, begun.back)
    else:
        logger.info("operator signed in", teams=operator.teams)
        cookies.append(session_cookie.set_cookie(token))
        page = sign_in_page.signed_in(f"{begun.language}/{begun.back}", top(request))
        told = answer(page, begun.language)
    return replace(told, cookies=cookies)


def who_comes_back(request: Request, begun: SignIn) -> Operator:
    """The operator whom the provider names for the code in the address.

    Raises
    ------
    Problem
        403 if the provider gives none.
    CodeRefused
    TokenRefused
    WrongName
    NoTeam
    Away
    """
    code = request.query.get("code")
    if not code:
        raise at_sign_in.refused_by_provider()
    secret = aws.service_secret()
    provider = identity_provider(client(request))
    token = provider.id_token(code, begun.verifier(secret), callback(request))
    try:
        claims = provider.claims(token, begun.nonce(secret), begun.begun_at)
    except TokenRefused as refusal:
        logger.warning("id token refused", reason=str(refusal))
        raise
    name, groups = provider.name_and_groups(claims)
    return operator_in(groups, name, read_places(os.environ["DESK_GROUPS"]))


def sign_out(request: Request) -> Response:
    """Ends the session, and leads to the provider, which signs the operator out there."""
    if is_forged(request.headers):
        raise about_pages.forged()
    language = reader(request)
    token = session_cookie.token_in(request.headers.get("cookie", ""))
    stated = read_form(request.body(FORM), request.charset).get(session_cookie.FORM_TOKEN, "")
    if token and not session_cookie.is_form_token(token, stated):
        again = sign_in_page.not_signed_out(session_cookie.form_token(token), top(request))
        return answer(again, language, about_pages.page_expired())
    onward = identity_provider(client(request)).sign_out_url(at_desk(request, "signed-out"))
    told = answer(sign_in_page.signing_out(onward, top(request)), language)
    try:
        if token:
            desk_sessions().end(token)
    except Exception as failure:  # noqa: BLE001  the browser forgets the session all the same
        logger.error("session not ended", **facts(failure))  # noqa: TRY400  as in every log
        count_failure()
        told = about(at_sign_in.not_signed_out(), request, language, "")
    headers = {**told.headers, **session_cookie.FORGET_PAGES}
    return replace(told, headers=headers, cookies=[session_cookie.end_cookie()])


def signed_out(request: Request) -> Response:
    """The page at which the provider leaves somebody who has signed out."""
    language = reader(request)
    page = sign_in_page.signed_out(sign_in_again(request, language), top(request))
    return answer(page, language)


def to_the_desk(_request: Request) -> Response:
    """Leads who opens the address of the form to the desk: it shows whether somebody is in."""
    return lead_to("list")


def refuse_form(_request: Request) -> Response:
    """Refuses a form sent to a page that takes none."""
    raise about_pages.takes_no_form()


def client(request: Request) -> str:
    """The service's name at the provider; there it has its name only after this function has it."""
    return request.stage_variables["desk_client"]


def callback(request: Request) -> str:
    """Where the provider sends the browser back to, which it only does if it knows the address."""
    return at_desk(request, "callback")


def at_desk(request: Request, page: str) -> str:
    """The whole address of a page of signing in."""
    return f"{request.service_url}/desk/{page}"


site = SignInSite(
    {
        ("GET", "/desk/sign-in"): begin,
        ("GET", "/desk/callback"): finish,
        ("GET", "/desk/signed-out"): signed_out,
        ("POST", "/desk/{language}/sign-out"): sign_out,
        ("GET", "/desk/{language}/sign-out"): to_the_desk,
        ("POST", "/desk/sign-in"): refuse_form,
        ("POST", "/desk/callback"): refuse_form,
        ("POST", "/desk/signed-out"): refuse_form,
    },
    REFUSALS,
)
handler = site.handler
