"""Forms that another site sends in a citizen's name: every function recognises and refuses them."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.language import Language
from suport.domain.remote_acts import SessionName
from suport.register.deployed import remote_support
from suport.register.register import Register
from suport.runtime import aws
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.forgery import is_forged
from suport.web.session import Session
from tests.support.forms import FILE
from tests.support.gateway import Load, answered, asked
from tests.support.submitting import submitted
from tests.support.template import FUNCTIONS, snake

AINA = ("aina", Category.FUNCTIONAL)
HOST = "suport.example.org"
OWN = {"host": HOST, "origin": f"https://{HOST}"}

hosts = st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z]{2,8}){1,2}(:[1-9][0-9]{1,3})?", fullmatch=True)


@pytest.mark.parametrize(
    ("headers", "forged"),
    [
        ({}, False),  # an old browser, or a program, which does not have a citizen's cookie
        ({"host": HOST}, False),
        (OWN, False),
        ({"host": HOST, "origin": "null"}, False),  # our own pages, which ask for no referrer
        ({"host": f"{HOST}:8443", "origin": f"https://{HOST}:8443"}, False),
        ({"host": HOST, "origin": f"https://{HOST}:8443"}, True),
        ({"host": HOST, "origin": "https://evil.example"}, True),
        ({"host": HOST, "origin": f"https://{HOST}.evil.example"}, True),
        ({"host": HOST, "origin": f"https://evil.example/{HOST}"}, True),
        ({"host": HOST, "origin": f"https://{HOST}@evil.example"}, True),
        ({"host": HOST, "origin": f"https://evil.example@{HOST}"}, True),
        ({"host": HOST, "origin": HOST}, True),  # no browser writes it like this
        ({"host": HOST, "origin": ""}, True),
        ({"host": HOST, "origin": "https://[::1"}, True),
        ({"origin": "https://evil.example"}, True),
        (OWN | {"sec-fetch-site": "same-origin"}, False),
        (OWN | {"sec-fetch-site": "none"}, False),
        (OWN | {"sec-fetch-site": "same-site"}, True),  # a neighbour under the same domain
        (OWN | {"sec-fetch-site": "cross-site"}, True),
        ({"host": HOST, "origin": "null", "sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
    ],
)
def test_a_request_from_another_site_is_recognised(headers: dict[str, str], forged: bool) -> None:
    assert is_forged(headers) is forged


@given(st.text(min_size=1), st.sampled_from([{}, OWN, {"host": HOST, "origin": "https://x.test"}]))
def test_the_browsers_word_about_the_site_decides(site: str, others: dict[str, str]) -> None:
    assert is_forged(others | {"sec-fetch-site": site}) == (site not in {"same-origin", "none"})


@given(hosts, hosts, st.sampled_from(["https", "http"]))
def test_an_origin_is_ours_only_with_our_name_and_port(own: str, other: str, scheme: str) -> None:
    assert not is_forged({"host": own, "origin": f"{scheme}://{own}"})
    assume(own != other)
    assert is_forged({"host": own, "origin": f"{scheme}://{other}"})


@given(st.text(), st.text())
def test_any_headers_have_an_answer(origin: str, host: str) -> None:
    assert is_forged({"origin": origin, "host": host}) in {True, False}


# ------------------------------------------------------------- every form

ROUTES = {
    definition["Properties"]["Path"].removeprefix("/{language}"): snake(logical_id)
    for logical_id, function in FUNCTIONS.items()
    for definition in function["Events"].values()
    if definition["Type"] == "Api"
    and definition["Properties"]["Method"] == "post"
    and definition["Properties"]["Path"].startswith("/{language}/")
}
"""Every address that takes a form, without its language, and the function behind it."""

SENT: dict[str, dict[str, str]] = {
    "/help": {"error": "SAF_08"},
    "/guides/{guide}": {"helped": "yes"},
    "/incident": {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact.email": "anna@example.org",
        "idempotency_key": "k" * 20,
    },
    "/track": {"body": "Encara falla", "idempotency_key": "k" * 20},
    "/leave": {},
    "/reply": {"body": "Encara falla", "idempotency_key": "k" * 20},
    "/close": {},
    "/reopen": {},
    "/rate": {"score": "1"},
    "/access-code": {},
    "/contact-data": {"contact.name": "Xisca"},
    "/erase": {},
    "/join": {},
    "/lost-code": {"reference": "0000-0000-0000", "reached_at": "anna@example.org"},
    "/remove-file": {"id": FILE},
    "/remote-support": {
        "scope": "view",
        "action": "grant",
        "notice_sha256": published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).sha256,
    },
}
"""The fields of a correct form for each address."""

WRITES_NOTHING = {"/help", "/guides/{guide}", "/leave", "/lost-code"}


@pytest.fixture
def request_of(load: Load) -> Callable[..., tuple[dict[str, Any], ModuleType]]:
    """The request of a correct form, with the session of its citizen, and its function."""

    def request(route: str, **headers: str) -> tuple[dict[str, Any], ModuleType]:
        receipt, now = submitted(load), datetime.now(UTC)
        if route in {"/reopen", "/rate"}:
            register = Register(aws.client("dynamodb"), "register")
            register.claim(receipt["reference"], *AINA, now)
            register.resolve(receipt["reference"], *AINA, None, now)
        if route == "/remove-file":
            file = File(FILE, MediaType.PNG, 10, "version", now)
            register = Register(aws.client("dynamodb"), "register")
            register.add_file(receipt["reference"], file, State.UNSCANNED, now)
        fields = dict(SENT[route])
        if route == "/join":
            fields["reference"] = receipt["reference"]
            Register(aws.client("dynamodb"), "register").claim(receipt["reference"], *AINA, now)
            named = SessionName("id", "the digest of its code")
            remote_support().invite(receipt["reference"], *AINA, named, now)
        if route == "/track":
            fields |= {name: receipt[name] for name in ("reference", "access_code")}
        opened = Session(reference=receipt["reference"])
        cookie = session.set_cookie(aws.service_secret(), opened, now)
        event = asked(
            "POST",
            f"/ca{route}".replace("{guide}", "clave"),
            body=urlencode(fields).encode(),
            Content_Type="application/x-www-form-urlencoded",
            Cookie=cookie.partition(";")[0],
            Host=HOST,
            query=None,
            **headers,
        )
        event["requestContext"]["domainName"] = HOST
        return event, load(ROUTES[route])

    return request


def in_the_register() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("dynamodb").scan(TableName="register")["Items"]
    return found


def test_these_tests_cover_every_form_of_the_template() -> None:
    without_form = {
        "/guides",
        "/procedures",
        "/contact",
        "/export",
        "/files",
        "/file",
        "/{notice}",
        "/{notice}/{rest+}",
    }
    assert ROUTES.keys() - without_form == SENT.keys()


@pytest.mark.parametrize("route", SENT)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
    ids=["cross-site", "same-site", "origin"],
)
def test_a_form_from_another_site_changes_nothing(
    request_of: Callable[..., Any], route: str, headers: dict[str, str]
) -> None:
    event, app = request_of(route, **headers)
    before = in_the_register()
    status, page, sent = answered(app, event)
    assert (status, "Set-Cookie" in sent) == (422 if route == "/incident" else 403, False)
    assert in_the_register() == before
    assert "<h1" in page


@pytest.mark.parametrize("route", SENT)
@pytest.mark.parametrize(
    "headers",
    [{"Sec_Fetch_Site": "same-origin"}, {"Origin": f"https://{HOST}"}, {"Origin": "null"}, {}],
    ids=["same-origin", "origin", "null", "nothing said"],
)
def test_the_same_form_from_our_own_page_is_taken(
    request_of: Callable[..., Any], route: str, headers: dict[str, str]
) -> None:
    event, app = request_of(route, **headers)
    before = in_the_register()
    status, _, _ = answered(app, event)
    assert status == (200 if route == "/help" else 303)
    assert (in_the_register() == before) is (route in WRITES_NOTHING)


def test_a_forged_submission_comes_back_ready_to_send_again(request_of: Callable[..., Any]) -> None:
    event, app = request_of("/incident", Sec_Fetch_Site="cross-site")
    _, page, _ = answered(app, event)
    assert "No puc annexar el document" in page
    assert SENT["/incident"]["idempotency_key"] not in page
