"""Signing in to the desk in the browser: who is let in, and what keeps everybody else out."""

import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.utils import base64url_encode

from suport.desk import identity_provider
from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.language import Language
from suport.domain.operator_identity import Operator, Role
from suport.http.security_headers import page_headers
from suport.runtime import aws, clock
from suport.web.desk import session_cookie, sign_in_cookie
from tests.support import desk_table
from tests.support.desk_browser import TablesOfDesk
from tests.support.gateway import Load, answered, asked
from tests.support.html import Page
from tests.support.identity_provider import (
    CLIENT,
    GROUPS,
    SIGN_IN,
    VARIABLES,
    Provider,
    forget_keys,
    key,
)

HOST = "suport.example.org"
CALLBACK = f"https://{HOST}/suport/desk/callback"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, list[str]]

    @property
    def page(self) -> Page:
        return Page(self.body)

    @property
    def title(self) -> str:
        (title,) = self.page.said_in("h1")
        return title

    @property
    def location(self) -> str:
        (location,) = self.headers["Location"]
        return location

    @property
    def goes_on_to(self) -> str | None:
        """Where the page leads by itself."""
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]*)"', self.body)
        return found[1].replace("&amp;", "&") if found else None


@dataclass
class Browser:
    """A browser with its own cookies."""

    desk: "Desk"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: str) -> Answer:
        return self.ask("GET", path, query=query or None)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        sent = {"Content_Type": FORM, "Host": HOST, "Origin": f"https://{HOST}"} | headers
        return self.ask("POST", path, body=urlencode(fields or {}).encode(), **sent)

    def ask(self, method: str, path: str, **given: Any) -> Answer:
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        event = asked(method, path, Cookie=header, Accept_Language="en", **given)
        event["requestContext"]["domainName"] = HOST
        answer = Answer(*answered(self.desk.app, event))
        for name, value in page_headers().items():
            assert answer.headers[name] == [value]
        for cookie in answer.headers.get("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if "Max-Age=0" not in cookie:
                self.cookies[name] = value
        return answer

    def is_sent_to_sign_in(self, **query: str) -> dict[str, str]:
        """What the provider is asked for."""
        answer = self.get("/desk/sign-in", **query)
        assert answer.status == 303
        self.location = answer.location
        return dict(parse_qsl(urlsplit(answer.location).query))

    def comes_back(self) -> dict[str, str]:
        """The query with which the provider sends the browser back."""
        state = dict(parse_qsl(urlsplit(self.location).query))["state"]
        return {"code": self.desk.provider.sign_in(self.location), "state": state}

    def signs_in(self, **query: str) -> Answer:
        self.is_sent_to_sign_in(**query)
        return self.get("/desk/callback", **self.comes_back())

    @property
    def operator(self) -> Operator | None:
        """Who is signed in in it."""
        token = self.cookies.get(session_cookie.COOKIE)
        found = self.desk.sessions.find(token, self.desk.now) if token else None
        return found.operator if found else None


class Desk:
    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.provider = Provider()
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(identity_provider, "_ask", self.provider.ask)
        forget_keys()
        self.app = load("sign_in_operator")
        self.client = aws.client("dynamodb")
        self.sessions = DeskSessions(self.client, desk_table.DESK)

    def browser(self) -> Browser:
        return Browser(self)

    @property
    def nobody_is_in(self) -> bool:
        return not self.sessions.all(self.now)


@pytest.fixture
def desk(load: Load, two_tables: None, monkeypatch: pytest.MonkeyPatch) -> Desk:  # noqa: ARG001  first the tables
    return Desk(load, monkeypatch)


@pytest.fixture
def two_tables(embedded: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001  first the environment
    others = aws.client
    tables: Any = TablesOfDesk(others("dynamodb"))
    own = tables._desk
    desk_table.create(own)
    desk_table.erase_all(own)
    monkeypatch.setattr(
        aws, "client", lambda service: tables if service == "dynamodb" else others(service)
    )


# Who is let in


def test_an_operator_signs_in_and_goes_on_where_the_desk_was_left(desk: Desk) -> None:
    marta = desk.browser()
    answer = marta.signs_in(language="de", back="list?mine=1&state=claimed")
    assert (answer.status, answer.goes_on_to) == (200, "de/list?mine=1&state=claimed")
    assert marta.operator == Operator("marta", (Category.PAYMENT,))
    assert answer.page.of("html")[0]["lang"] == "de"
    assert {*marta.cookies} == {session_cookie.COOKIE}  # the sign-in's own is gone


def test_the_page_after_the_sign_in_goes_on_without_a_script(desk: Desk) -> None:
    page = desk.browser().signs_in(language="ca").page
    assert page.of("script") == []
    assert "ca/list" in page.attributes("href")


def test_the_provider_is_asked_for_a_code_for_this_sign_in_only(desk: Desk) -> None:
    first, second = (desk.browser().is_sent_to_sign_in(language="es") for _ in range(2))
    assert first | {"state": "", "nonce": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": "",
        "nonce": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
        "lang": "es",
        "prompt": "login",
    }
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43


def test_what_turns_the_code_into_a_token_is_neither_in_the_browser_nor_in_the_address(
    desk: Desk,
) -> None:
    marta = desk.browser()
    begun = sign_in_cookie.SignIn(
        state=marta.is_sent_to_sign_in()["state"],
        begun_at=NOW,
        language=Language.ENGLISH,
        back="list",
    )
    verifier = begun.verifier(aws.service_secret())
    assert re.fullmatch(r"[\w-]{43}", verifier)
    assert verifier not in marta.location + json.dumps(marta.cookies)


@pytest.mark.parametrize("language", list(Language))
def test_the_provider_speaks_the_operators_language_or_the_nearest(
    desk: Desk, language: Language
) -> None:
    spoken = {"ca": "es", "es": "es", "en": "en", "de": "de"}
    assert desk.browser().is_sent_to_sign_in(language=language)["lang"] == spoken[language]


def test_all_teams_and_roles_are_those_of_the_groups(desk: Desk) -> None:
    groups = ["suport-signature", "suport-supervisor", "other", "suport-payment"]
    desk.provider.claims = {"cognito:groups": groups, "cognito:username": "aina"}
    aina = desk.browser()
    aina.signs_in()
    teams = (Category.PAYMENT, Category.SIGNATURE)
    assert aina.operator == Operator("aina", teams, frozenset({Role.SUPERVISOR}))


def test_two_pages_may_have_led_to_a_sign_in_at_once(desk: Desk) -> None:
    marta = desk.browser()
    marta.is_sent_to_sign_in(back="list")
    first = marta.comes_back()
    marta.is_sent_to_sign_in(back="keys")
    second = marta.comes_back()
    assert marta.get("/desk/callback", **second).goes_on_to == "en/keys"
    assert marta.get("/desk/callback", **first).goes_on_to == "en/list"


def test_a_browser_keeps_few_sign_ins_however_many_begin(desk: Desk) -> None:
    marta = desk.browser()
    for _ in range(30):
        marta.is_sent_to_sign_in(back="list?" + "x" * 500)
    assert len(marta.cookies) == 5
    assert sum(map(len, marta.cookies.values())) < 6000
    assert marta.get("/desk/callback", **marta.comes_back()).status == 200


def test_keys_that_the_provider_has_changed_are_read_again(desk: Desk) -> None:
    desk.browser().signs_in()
    desk.provider.keys = {"second": 1}
    desk.provider.header, desk.provider.signed_with = {"kid": "second"}, key(1)
    marta = desk.browser()
    assert marta.signs_in().status == 200
    assert marta.operator
    asked_for_keys = [each for each in desk.provider.asked if each.endswith("/keys")]
    assert len(asked_for_keys) == 2


# Who is passed on by another provider


@pytest.fixture
def federated(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SIGN_IN_PROVIDER", "saml-directory")
    desk.provider.claims = {
        "cognito:username": "saml-directory_marta@caib.es",
        "cognito:groups": ["eu-west-1_Desk_saml-directory"],
        "preferred_username": "marta",
        "custom:groups": "[tothom, suport-payment]",
    }
    return desk


def test_who_is_passed_on_has_the_name_and_the_groups_of_their_own_directory(
    federated: Desk,
) -> None:
    marta = federated.browser()
    assert marta.is_sent_to_sign_in()["identity_provider"] == "saml-directory"
    marta.signs_in()
    assert marta.operator == Operator("marta", (Category.PAYMENT,))


@pytest.mark.parametrize(
    "groups",
    ["suport-payment", "[suport-payment]", '["a", "suport-payment"]', "[a, suport-payment]"],
)
def test_groups_are_read_however_cognito_writes_them(federated: Desk, groups: str) -> None:
    federated.provider.claims["custom:groups"] = groups
    marta = federated.browser()
    marta.signs_in()
    assert marta.operator == Operator("marta", (Category.PAYMENT,))


def test_a_group_of_the_user_pool_is_no_way_around_the_directory(federated: Desk) -> None:
    federated.provider.claims |= {"cognito:groups": ["suport-payment"], "custom:groups": "[]"}
    assert federated.browser().signs_in().status == 403
    assert federated.nobody_is_in


def test_an_attribute_is_no_way_into_a_group_of_the_user_pool(desk: Desk) -> None:
    desk.provider.claims = {"custom:groups": "[suport-payment]", "cognito:groups": None}
    assert desk.browser().signs_in().status == 403
    assert desk.nobody_is_in


@pytest.mark.parametrize(
    "name", [None, "", "m", "m" * 65, "marta vidal", "xisca/à", "núria", 7, ["marta"]]
)
def test_a_name_that_no_session_could_have_is_refused_with_a_sentence(
    federated: Desk, name: object
) -> None:
    federated.provider.claims["preferred_username"] = name
    answer = federated.browser().signs_in(language="es", back="keys")
    assert (answer.status, answer.title) == (
        403,
        "La mesa de soporte no puede usar su nombre de usuario",
    )
    assert federated.nobody_is_in


# Who is not let in


@pytest.mark.parametrize("groups", [None, [], ["other"], ["SUPORT-PAYMENT"], "suport", {"a": 1}])
def test_who_is_in_no_team_is_told_so_and_can_sign_in_as_somebody_else(
    desk: Desk, groups: object
) -> None:
    desk.provider.claims = {"cognito:groups": groups}
    answer = desk.browser().signs_in(language="de", back="list?mine=1")
    assert (answer.status, answer.title) == (403, "Sie gehören zu keinem Support-Team")
    assert "../desk/sign-in?language=de&back=list%3Fmine%3D1" in answer.page.attributes("href")
    assert desk.nobody_is_in


def test_the_log_says_that_somebody_was_not_let_in_and_not_who(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.provider.claims = {"cognito:username": "xisca.qzrvwb", "cognito:groups": ["elsewhere"]}
    desk.browser().signs_in()
    (line,) = caplog.records
    assert (line.getMessage(), line.__dict__["problem"]) == ("request refused", "no-team")
    assert "qzrvwb" not in str(line.__dict__)


def public_pem(number: int) -> bytes:
    public = key(number).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signature_over_another_token(provider: Provider) -> None:
    own = provider.token

    def spliced(nonce: str) -> str:
        header, _, signature = own(nonce).split(".")
        provider.claims["cognito:groups"] = ["suport-supervisor"]
        return ".".join((header, own(nonce).split(".")[1], signature))

    provider.token = spliced  # type: ignore[method-assign]


HOUR = 3600
FORGED: dict[str, Any] = {
    "signed with another key": lambda p: p.become(signed_with=key(7)),
    "signed with another key under its own name": lambda p: p.become(
        signed_with=key(7), header={"kid": "seventh"}
    ),
    "not signed": lambda p: p.become(algorithm="none"),
    "signed with the public key as a password": lambda p: p.become(
        algorithm="HS256", signed_with="x" * 64
    ),
    "signed by another method": lambda p: p.become(algorithm="PS256"),
    "signed by a longer method": lambda p: p.become(algorithm="RS512"),
    "without the name of a key": lambda p: p.become(header={}),
    "with a number for a key": lambda p: p.become(header={"kid": "0"}),
    "with the key in it": lambda p: p.become(
        signed_with=key(7), header={"kid": "seventh", "jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}
    ),
    "with the address of a key in it": lambda p: p.become(
        signed_with=key(7), header={"kid": "seventh", "jku": "https://evil.example/keys"}
    ),
    "of another issuer": lambda p: p.claims.update(iss=f"{VARIABLES['TOKEN_ISSUER']}x"),
    "of no issuer": lambda p: p.claims.update(iss=None),
    "for another client": lambda p: p.claims.update(aud="another client"),
    "for several clients": lambda p: p.claims.update(aud=[CLIENT, "another client"]),
    "for no client": lambda p: p.claims.update(aud=None),
    "of another sign-in": lambda p: p.claims.update(nonce="0" * 64),
    "of no sign-in": lambda p: p.claims.update(nonce=None),
    "expired": lambda p: p.claims.update(exp=int(time.time()) - 60),
    "without an end": lambda p: p.claims.update(exp=None),
    "not yet valid": lambda p: p.claims.update(nbf=int(time.time()) + HOUR),
    "made in the future": lambda p: p.claims.update(iat=int(time.time()) + HOUR),
    "an access token": lambda p: p.claims.update(token_use="access"),
    "of no use": lambda p: p.claims.update(token_use=None),
    "of a session at the provider": lambda p: p.claims.update(auth_time=1_700_000_000),
    "of nobody knows when": lambda p: p.claims.update(auth_time=None),
    "of some time": lambda p: p.claims.update(auth_time="yesterday"),
    "of nobody": lambda p: p.claims.update(sub=None),
    "with the signature of another token": signature_over_another_token,
    "no token at all": lambda p: p.become(token=lambda _: "not.a.token"),
    "a text": lambda p: p.become(token=lambda _: "x"),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_token_that_the_provider_has_not_made_for_this_sign_in_is_refused(
    desk: Desk, forged: Any, caplog: pytest.LogCaptureFixture
) -> None:
    forged(desk.provider)
    answer = desk.browser().signs_in()
    assert (answer.status, answer.title) == (403, "The desk could not check who you are")
    assert desk.nobody_is_in
    assert caplog.messages == ["id token refused", "request refused"]


def test_a_public_key_is_no_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """HS256 with the PEM of the provider's key, which the library itself does not make."""

    def confused(nonce: str) -> str:
        header, claims, _ = Provider(header={"kid": "first"}).token(nonce).split(".")
        header = base64url_encode(json.dumps({"alg": "HS256", "kid": "first"}).encode()).decode()
        signature = hmac.digest(public_pem(0), f"{header}.{claims}".encode(), hashlib.sha256)
        return f"{header}.{claims}.{base64url_encode(signature).decode()}"

    monkeypatch.setattr(desk.provider, "token", confused)
    assert desk.browser().signs_in().status == 403
    assert desk.nobody_is_in


# The way back


def test_a_code_serves_once(desk: Desk) -> None:
    marta = desk.browser()
    marta.is_sent_to_sign_in()
    query, cookies = marta.comes_back(), dict(marta.cookies)
    assert marta.get("/desk/callback", **query).status == 200
    again = Browser(desk, cookies)  # with the cookie that the first answer has ended
    answer = again.get("/desk/callback", **query)
    assert (answer.status, answer.title) == (400, "This sign-in has expired")
    assert again.operator is None


def test_the_page_loaded_again_does_not_sign_anybody_out(desk: Desk) -> None:
    marta = desk.browser()
    marta.is_sent_to_sign_in()
    query = marta.comes_back()
    marta.get("/desk/callback", **query)
    assert marta.get("/desk/callback", **query).status == 400
    assert marta.operator


def test_nobody_is_signed_in_with_the_sign_in_of_another_browser(desk: Desk) -> None:
    """Somebody sends a victim the address with a code of their own."""
    attacker, victim = desk.browser(), desk.browser()
    attacker.is_sent_to_sign_in()
    victim.is_sent_to_sign_in()
    answer = victim.get("/desk/callback", **attacker.comes_back())
    assert (answer.status, victim.operator) == (400, None)
    assert len(desk.provider.given) == 1  # nobody asked for its token


def test_a_code_of_another_sign_in_is_worth_nothing(desk: Desk) -> None:
    one, other = desk.browser(), desk.browser()
    one.is_sent_to_sign_in()
    other.is_sent_to_sign_in()
    query = one.comes_back() | {"code": other.comes_back()["code"]}
    assert one.get("/desk/callback", **query).status == 400
    assert desk.nobody_is_in


@pytest.mark.parametrize(("after", "status"), [(10 * MINUTE - SECOND, 200), (10 * MINUTE, 400)])
def test_a_sign_in_is_over_after_ten_minutes_whatever_the_browser_keeps(
    desk: Desk, after: timedelta, status: int
) -> None:
    marta = desk.browser()
    marta.is_sent_to_sign_in()
    query = marta.comes_back()
    desk.now += after
    assert marta.get("/desk/callback", **query).status == status


@given(
    at=st.integers(0, 400),
    sign=st.sampled_from(".-_0aZ"),
    query=st.dictionaries(st.sampled_from(["code", "state", "error"]), st.text(), max_size=3),
)
def test_a_changed_cookie_is_none(at: int, sign: str, query: dict[str, str]) -> None:
    secret = b"the secret of the service"
    begun = sign_in_cookie.begin(Language.ENGLISH, "list", NOW)
    (header,) = sign_in_cookie.set_cookies(secret, begun, "")
    name, _, value = header.partition(";")[0].partition("=")
    at %= len(value)
    changed = value[:at] + sign + value[at + 1 :]
    read = sign_in_cookie.sign_in_of(secret, f"{name}={changed}", begun.state, NOW)
    assert (read == begun) is (changed == value)
    stated = query.get("state", "")
    assert sign_in_cookie.sign_in_of(secret, f"{name}={value}", stated, NOW) is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"state": "x"},
        {"code": "x", "state": "x"},
        {"code": "x", "state": "é" * 300},
        {"error": "access_denied"},
        {"error": "server_error", "state": "x", "error_description": "<script>"},
    ],
)
def test_who_comes_back_from_nowhere_is_told_so(desk: Desk, query: dict[str, str]) -> None:
    answer = desk.browser().get("/desk/callback", **query)
    assert (answer.status, answer.title) == (400, "This sign-in has expired")
    assert "<script>" not in answer.body
    assert any("desk/sign-in" in href for href in answer.page.attributes("href"))
    assert desk.provider.asked == []


@pytest.mark.parametrize("error", ["access_denied", "invalid_request", "<b>", "server_error"])
def test_who_is_refused_by_the_provider_is_told_so(desk: Desk, error: str) -> None:
    marta = desk.browser()
    state = marta.is_sent_to_sign_in(language="ca")["state"]
    answer = marta.get("/desk/callback", state=state, error=error, error_description="x")
    assert (answer.status, answer.title) == (403, "El proveïdor d'identitat no us ha deixat entrar")
    assert "<b>" not in answer.body
    assert marta.cookies == {}


ELSEWHERE = [
    *("https://evil.example", "//evil.example", "/\\evil.example", "/", "javascript:alert(1)"),
    *("../../x", "list/../../x", "LIST", "list#x", 'list?"onload=', "list?'", "list\r\nX: y", ""),
    *("data:text/html,x", "list?x y", "list?<b>", "@evil.example", ".evil.example", "ca/list"),
]


@pytest.mark.parametrize("back", ELSEWHERE)
def test_a_sign_in_leads_to_pages_of_the_desk_only(desk: Desk, back: str) -> None:
    answer = desk.browser().signs_in(language="en", back=back)
    assert answer.goes_on_to == "en/list"


@given(st.text())
def test_whatever_the_way_back_is_it_stays_at_the_desk(back: str) -> None:
    page = sign_in_cookie.begin(Language.ENGLISH, back, NOW).back
    way = urlsplit(f"https://desk.example/suport/desk/en/{page}")
    assert (way.netloc, way.fragment) == ("desk.example", "")
    assert re.fullmatch(r"/suport/desk/en/[a-z-]+", way.path)


def test_a_way_back_with_a_query_that_is_too_long_leads_to_the_page(desk: Desk) -> None:
    answer = desk.browser().signs_in(language="en", back="keys?" + "x" * 5000)
    assert answer.goes_on_to == "en/keys"


# When something does not work


@pytest.mark.parametrize(
    "trouble",
    [
        lambda provider: provider.become(is_away=True),
        lambda provider: provider.answers.update({"/oauth2/token": (500, {})}),
        lambda provider: provider.answers.update({"/oauth2/token": (200, {})}),
        lambda provider: provider.answers.update({"/oauth2/token": (200, {"id_token": 7})}),
        lambda provider: provider.answers.update(
            {"/oauth2/token": (400, {"error": "invalid_client"})}
        ),
        lambda provider: provider.answers.update({"/keys": (500, {})}),
        lambda provider: provider.answers.update({"/keys": (200, {"keys": "none"})}),
    ],
)
def test_who_meets_a_provider_that_does_not_work_can_try_again(
    desk: Desk,
    trouble: Any,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    trouble(desk.provider)
    answer = desk.browser().signs_in(language="es", back="keys")
    assert (answer.status, answer.title) == (503, "En este momento no se puede iniciar sesión")
    assert "../desk/sign-in?language=es&back=keys" in answer.page.attributes("href")
    assert caplog.records[-1].__dict__["error"] == "Away"
    assert '"Failures"' in capsys.readouterr().out
    desk.provider.is_away = False
    desk.provider.answers.clear()
    assert desk.browser().signs_in().status == 200


def test_who_cannot_be_recorded_is_not_signed_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(DeskSessions, "begin", fail)
    marta = desk.browser()
    assert marta.signs_in().status == 503
    assert marta.cookies == {}


def test_the_log_names_the_teams_of_who_signs_in_and_nothing_else(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.provider.claims = {"cognito:username": "xisca.qzrvwb"}
    marta = desk.browser()
    marta.signs_in()
    (line,) = caplog.records
    assert (line.getMessage(), line.__dict__["teams"]) == ("operator signed in", ("payment",))
    said = str(line.__dict__)
    assert "qzrvwb" not in said
    assert not any(value in said for value in marta.cookies.values())


# Signing out


def test_signing_out_ends_the_session_here_and_at_the_provider(desk: Desk) -> None:
    marta = desk.browser()
    marta.signs_in()
    token = marta.cookies[session_cookie.COOKIE]
    answer = marta.post("/desk/de/sign-out", {"form_token": session_cookie.form_token(token)})
    assert answer.status == 200
    assert desk.sessions.find(token, desk.now) is None
    assert marta.cookies == {}
    assert answer.headers["Clear-Site-Data"] == ['"cache"']
    way = urlsplit(answer.goes_on_to or "")
    assert f"{way.scheme}://{way.netloc}{way.path}" == f"{SIGN_IN}/logout"
    assert dict(parse_qsl(way.query)) == {
        "client_id": CLIENT,
        "logout_uri": f"https://{HOST}/suport/desk/signed-out",
    }


def test_at_the_end_somebody_else_can_sign_in(desk: Desk) -> None:
    answer = desk.browser().get("/desk/signed-out")
    assert (answer.status, answer.title) == (200, "You have signed out")
    assert "../desk/sign-in?language=en" in answer.page.attributes("href")


@pytest.mark.parametrize(
    ("form_token", "headers"),
    [
        ("", {}),
        ("0" * 64, {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Sec_Fetch_Site": "cross-site"}),
        (None, {"Sec_Fetch_Site": "same-site"}),
    ],
)
def test_nobody_is_signed_out_by_another_site(
    desk: Desk, form_token: str | None, headers: dict[str, str]
) -> None:
    marta = desk.browser()
    marta.signs_in()
    own = session_cookie.form_token(marta.cookies[session_cookie.COOKIE])
    stated = own if form_token is None else form_token
    answer = marta.post("/desk/en/sign-out", {"form_token": stated}, **headers)
    assert answer.status in {403, 422}
    assert marta.operator


def test_a_form_of_an_earlier_session_offers_to_sign_out_of_this_one(desk: Desk) -> None:
    marta = desk.browser()
    marta.signs_in()
    answer = marta.post("/desk/en/sign-out", {"form_token": session_cookie.form_token("earlier")})
    assert (answer.status, answer.title) == (422, "You are still signed in")
    (form,) = answer.page.forms
    fields = form[1]
    assert marta.post("/desk/en/sign-out", fields).status == 200
    assert marta.operator is None


def test_who_is_signed_out_already_signs_out_again(desk: Desk) -> None:
    assert desk.browser().post("/desk/en/sign-out").status == 200


def test_a_session_that_cannot_be_ended_is_forgotten_by_the_browser_and_said_to_last(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    marta = desk.browser()
    marta.signs_in()

    def fail(*_: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(DeskSessions, "end", fail)
        token = session_cookie.form_token(marta.cookies[session_cookie.COOKIE])
        answer = marta.post("/desk/en/sign-out", {"form_token": token})
    assert (answer.status, marta.cookies) == (503, {})
    assert "half an hour" in answer.page.text
    assert caplog.messages[-1] == "session not ended"


# Every answer


def test_no_cookie_of_signing_in_is_shown_to_scripts_or_sent_unencrypted(desk: Desk) -> None:
    marta = desk.browser()
    started = marta.get("/desk/sign-in")
    marta.location = started.location
    ended = marta.get("/desk/callback", **marta.comes_back())
    strict = {"Path=/", "Secure", "HttpOnly"}
    kept = [*started.headers["Set-Cookie"], *ended.headers["Set-Cookie"]]
    assert len(kept) == 3
    for cookie in kept:
        name, *attributes = cookie.split("; ")
        assert name.startswith("__Host-")
        assert {*attributes} >= strict
        same_site = "Strict" if name.startswith(f"{session_cookie.COOKIE}=") else "Lax"
        assert f"SameSite={same_site}" in attributes


def test_no_page_of_signing_in_is_kept(desk: Desk) -> None:
    answer = desk.browser().signs_in()
    assert answer.headers["Cache-Control"] == ["no-store"]
    assert GROUPS not in answer.body
