"""Events of API Gateway that nobody means, and some that API Gateway never makes.

Every address has its sample event, here from a citizen of the incident who is also somebody at the
desk. Something in it is changed. Whatever a client sends, and whatever API Gateway says of it, a
function answers, blames nobody but the client, and writes nothing that it refuses.
"""

import base64
import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from suport.runtime import aws, clock
from suport.web import session
from suport.web.desk import session_cookie
from suport.web.remote_cookie import COOKIE as REMOTE_COOKIE
from suport.web.session import Session
from tests.functions.test_published_api import LOGIN
from tests.support.failures import PRIVATE
from tests.support.logged import Logged
from tests.support.mutation import mangled, mutated
from tests.support.published_service import Known, PublishedService, caller
from tests.support.sample_events import Event, sample, sent
from tests.support.template import EVENTS, snake

SERVICE = PublishedService()
SAMPLES: dict[str, list[str]] = {}
"""The names of the samples of every function behind API Gateway."""
for _name, (_function, _definition) in EVENTS.items():
    if _definition["Type"] == "Api":
        SAMPLES.setdefault(snake(_function), []).append(_name)

WITH_A_BODY = {
    function: with_body
    for function, names in SAMPLES.items()
    if (with_body := [name for name in names if sample(name)["body"]])
}
"""The samples that bring a body, by function."""

REPEATED = [
    *(
        " ",
        "\n",
        "a ",
        "a",
        "0",
        "A0-",
        "7SRJ-797M-D0GE ",
        "@",
        "a@",
        "http://",
        "<",
        "&",
        "&a=",
        "(",
    ),
    *("[", "{", '"', "\\", "+34 971 ", "é", "e\u0301", "\u202e", "\U0001f600", "\x00", "\r"),
]
"""What a long text is made of."""

SECONDS = 10
"""Of a processor, in which a function answers anything; most answers take some milliseconds."""

LARGEST = 4_500_000
"""Bytes of a body that Lambda passes on: an event has 6 MB at most, with the body in base 64."""

WRONG = {400, 404, 413, 415, 422}
"""Answers to what a client got wrong. The others are about the incident, and may be recorded."""


@pytest.fixture(scope="module", autouse=True)
def at_work(moto: dict[str, str]) -> Iterator[None]:
    with SERVICE.at_work(moto):
        yield


@pytest.mark.parametrize("function", SAMPLES)
@settings(
    max_examples=max(1, settings().max_examples * 50 // 100),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_event_gets_an_answer_and_a_refused_one_changes_nothing(
    function: str, data: st.DataObject
) -> None:
    SERVICE.go_back()
    known = SERVICE.known[data.draw(st.integers(0, len(SERVICE.known) - 1))]
    event = data.draw(changed(meant(data.draw(st.sampled_from(SAMPLES[function])), known)))
    before = SERVICE.stored()
    with Logged() as logged:
        started = time.process_time()
        answer = SERVICE.invoke(function, event)
        took = time.process_time() - started
    assert took < SECONDS
    assert 200 <= answer["statusCode"] < 500, logged.text
    assert PRIVATE not in logged.text
    if answer["statusCode"] in WRONG:
        assert SERVICE.stored() == before, answer["body"]
    if answer["statusCode"] == 422 and str(event.get("path")).startswith("/v1/") and answer["body"]:
        named = [each["field"] for each in json.loads(answer["body"])["errors"]]
        assert named
        assert all(named)


@pytest.mark.parametrize("function", WITH_A_BODY)
@settings(
    max_examples=max(1, settings().max_examples * 4 // 100),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_long_text_is_answered_in_time(function: str, data: st.DataObject) -> None:
    SERVICE.go_back()
    event = meant(data.draw(st.sampled_from(WITH_A_BODY[function])), SERVICE.claimed)
    size = data.draw(st.sampled_from([1_000, 100_000, 1_400_000, 1_900_000, LARGEST - 10_000]))
    text = data.draw(st.sampled_from(REPEATED)).encode()
    long = text * (size // len(text))
    fields = sent(event)
    if "json" in event["headers"].get("Content-Type", ""):
        content = json.loads(fields) or {"body": ""}
        content[data.draw(st.sampled_from(sorted(content)))] = long.decode()
        body = json.dumps(content, ensure_ascii=False).encode()
    else:
        named = [name for name, _ in parse_qsl(fields)] or ["body"]
        name = data.draw(st.sampled_from(named))
        body = f"{fields}&{name}=".encode() + data.draw(
            st.sampled_from([long, quote(long).encode()])
        )
    assume(len(body) <= LARGEST)
    event["body"] = base64.b64encode(body).decode()
    with Logged():
        started = time.process_time()
        answer = SERVICE.invoke(function, event)
        took = time.process_time() - started
    assert took < SECONDS, (function, event["resource"], text, size)
    assert 200 <= answer["statusCode"] < 500


@st.composite
def changed(draw: st.DrawFn, event: Event) -> Event:
    """The event with something changed: mostly what the client sends."""
    match draw(st.sampled_from(["body", "body", "headers", "address", "anything"])):
        case "body" if event["body"]:
            body = draw(_changed_body(sent(event), event["headers"].get("Content-Type", "")))
            encoded = base64.b64encode(body.encode(errors="surrogatepass")).decode()
            return event | {"body": encoded}
        case "headers":
            headers = draw(mutated(event["headers"]))
            return event | {"headers": headers}
        case "address" | "body":
            names = ("path", "pathParameters", "queryStringParameters")
            return {**event, **draw(mutated({name: event[name] for name in names}))}
    return {**draw(mutated(event))}


@st.composite
def _changed_body(draw: st.DrawFn, body: str, media_type: str) -> str:
    if draw(st.booleans()):
        return draw(mangled(body))
    if "json" in media_type:
        return json.dumps(draw(mutated(json.loads(body))))
    fields = draw(mutated(dict(parse_qsl(body, keep_blank_values=True))))
    return urlencode(fields, errors="surrogatepass")


def meant(name: str, known: Known) -> Event:
    """The sample, about that incident, from its citizen, an operator, Comanda and somebody at the
    desk."""
    text = json.dumps(sample(name)).replace(SAMPLED, known.reference)
    event: Event = json.loads(text)
    secret, now = aws.service_secret(), clock.now()
    if event["body"]:
        fields = sent(event).replace(SAMPLED, known.reference)
        for old, new in {
            SAMPLED_CODE: known.access_code,
            "form_token=0": f"form_token={session_cookie.form_token(SERVICE.desk_token)}",
        }.items():
            fields = fields.replace(old, new)
        event["body"] = base64.b64encode(fields.encode()).decode()
    opened = session.set_cookie(secret, Session(reference=known.reference), now).partition(";")[0]
    cookies = [
        *(opened, f"{session_cookie.COOKIE}={SERVICE.desk_token}"),
        f"{REMOTE_COOKIE}={known.reference}.{known.token}",
    ]
    is_for_comanda = event["resource"].startswith("/comanda")
    shown = f"Basic {LOGIN}" if is_for_comanda else f"Bearer {known.access_code}"
    event["headers"] |= {"Cookie": "; ".join(cookies), "Authorization": shown}
    event["requestContext"]["identity"]["userArn"] = caller(event["resource"])
    event["stageVariables"] = {"domain": "none", "desk_client": "the desk's client"}
    return event


SAMPLED: str = sample("track_incident.json")["pathParameters"]["reference"]
SAMPLED_CODE: str = sample("track_incident.json")["headers"]["Authorization"].split()[1]
