"""The functions' handlers with moto behind them: what shows only when the parts meet."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from suport.domain.language import Language
from suport.domain.legal_time import MADRID
from suport.register.register import Register
from suport.runtime import aws, clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.support.gateway import CONTEXT, Load, answered, asked
from tests.support.html import Page, as_read
from tests.support.requests import JSON_REQUESTS, Service
from tests.support.submitting import VALID, rejected, submitted


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "other"}, "category"),
        ({"category": 7}, "category"),
        ({"description": "massa curt"[:9]}, "description"),
        ({"description": "x" * 4001}, "description"),
        ({"description": "a NUL \x00 inside it"}, "description"),
        ({"description": ["x"]}, "description"),
        ({"contact": {}}, "contact.email"),
        ({"contact": None}, "contact"),
        ({"contact": {"email": "anna"}}, "contact.email"),
        ({"contact": {"phone": "012"}}, "contact.phone"),
        ({"contact": {"phone": "call me 61234567 ok"}}, "contact.phone"),
        ({"contact": {"email": "a@example.org", "nif": "12345678A"}}, "contact.nif"),
        ({"contact": {"email": "a@example.org", "fax": "1"}}, "contact.fax"),
        ({"contact": {"email": "a@example.org", "name": "a NUL \x00"}}, "contact.name"),
        ({"category": "payment"}, "error.code"),
        ({"category": "payment", "error": {"code": " "}}, "error.code"),
        ({"language": "fr"}, "language"),
        ({"privacy_notice": "not a version"}, "privacy_notice"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_the_problem_names_a_wrong_field(load: Load, changes: dict[str, Any], field: str) -> None:
    assert rejected(load, json.dumps(VALID | changes).encode()) == (422, [field])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"description": "\xff"}', 400),
        (b'"\\ud800"', 400),
        (b"[" * 1000 + b"]" * 1000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"x" * 2**20, 400),
        (b" " * (2 * 2**20 + 1), 413),
    ],
)
def test_a_body_that_is_not_a_submission_is_refused(load: Load, body: bytes, status: int) -> None:
    assert rejected(load, body) == (status, ["body"])


@pytest.mark.parametrize("declared", ["text/plain", "", "application/json; charset=utf-16"])
def test_another_content_type_is_refused(load: Load, declared: str) -> None:
    assert rejected(load, json.dumps(VALID).encode(), Content_Type=declared) == (415, ["body"])


@pytest.mark.parametrize(
    "key", ["", "short", "k" * 129, "with space in the key", "ключ-ключ-ключ-ключ"]
)
def test_an_unfit_key_is_refused(load: Load, key: str) -> None:
    status, fields = rejected(load, json.dumps(VALID).encode(), Idempotency_Key=key)
    assert (status, fields) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("email", ["llarg@museu.barcelona", "jo@exemple.photography"])
def test_long_top_level_domains_are_accepted(load: Load, email: str) -> None:
    body = json.dumps(VALID | {"contact": {"email": email}}).encode()
    event = asked("POST", "/v1/incidents", body=body, Content_Type="application/json")
    assert answered(load("submit_incident"), event)[0] == 201


def test_errors_come_in_the_language_that_the_body_states(load: Load) -> None:
    body = json.dumps(VALID | {"language": "en", "category": "x"}).encode()
    event = asked(
        "POST",
        "/v1/incidents",
        body=body,
        Content_Type="application/json",
        Accept_Language="de",
    )
    _, problem, headers = answered(load("submit_incident"), event)
    assert (
        problem["errors"][0]["message"]
        == "Kind of problem must be one of these: functional, payment, signature."
    )
    assert headers["Content-Language"] == ["en"]


def test_the_answer_to_a_failure_of_aws_does_not_quote_the_citizen(
    load: Load, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = load("submit_incident")
    monkeypatch.setenv("REGISTER_TABLE", "gone")
    event = asked(
        "POST",
        "/v1/incidents",
        body=json.dumps(VALID).encode(),
        Content_Type="application/json",
    )
    status, problem, headers = answered(app, event)
    assert (status, problem["type"]) == (503, "urn:suport:problem:unavailable")
    assert headers["Retry-After"] == ["60"]
    [logged] = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (logged["code"], logged["operation"]) == ("ResourceNotFoundException", "PutItem")
    assert "anna@example.org" not in str(logged)


def form_event(fields: dict[str, str]) -> dict[str, Any]:
    return asked(
        "POST",
        "/ca/incident",
        body=urlencode(fields).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def sent_form(load: Load, fields: dict[str, str]) -> tuple[int, Any, dict[str, list[str]]]:
    return answered(load("submit_incident"), form_event(fields))


FORM = {
    "category": "functional",
    "description": "Línia u\r\nlínia dos <b>",
    "contact.email": "anna@example.org",
    "idempotency_key": "k" * 20,
}


def test_the_form_leads_to_the_page_with_reference_and_code(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, track = load("submit_incident"), load("track_incident")
    sent = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: sent)
    monkeypatch.setattr(clock, "now", lambda: sent)
    status, _, headers = answered(submit, form_event(FORM))
    assert (status, headers["Location"][0].partition("?")[0]) == (303, "track")
    cookie = headers["Set-Cookie"][0].partition(";")[0]
    status, page, _ = answered(track, asked("GET", "/ca/track", Cookie=cookie))
    assert status == 200
    assert "5 de gener del 2027" in as_read(page)
    assert 'id="access-code"' in page
    assert "línia dos &lt;b&gt;" in page


def test_a_form_with_a_mistake_comes_back_with_all_that_was_typed(load: Load) -> None:
    typed = FORM | {"category": "payment", "contact.name": '"><script>alert(1)</script>'}
    status, page, _ = sent_form(load, typed)
    assert status == 422
    assert '<a href="#error.code">' in page
    assert 'id="error.code-error"' in page
    assert "<script>alert" not in page
    kept = Page(page).values
    assert kept["contact.name"] == typed["contact.name"]
    assert kept["description"] == "Línia u\r\nlínia dos <b>"
    assert kept["idempotency_key"] == typed["idempotency_key"]


@pytest.mark.parametrize("key", ["", "forged"])
def test_a_form_without_its_key_comes_back_with_a_new_one(load: Load, key: str) -> None:
    status, page, _ = sent_form(load, FORM | {"idempotency_key": key})
    assert status == 422
    assert len(Page(page).values["idempotency_key"]) >= 16
    assert (
        sent_form(load, FORM | {"idempotency_key": Page(page).values["idempotency_key"]})[0] == 303
    )


def test_a_changed_form_sent_again_is_offered_as_a_new_incident(load: Load) -> None:
    sent_form(load, FORM)
    status, page, _ = sent_form(load, FORM | {"description": "Una altra incidència"})
    kept = Page(page).values
    assert status == 422
    assert kept["idempotency_key"] != FORM["idempotency_key"]
    assert kept["description"].strip() == "Una altra incidència"


def test_after_a_failure_the_form_comes_back_whole_with_its_key(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = load("submit_incident")
    monkeypatch.setenv("REGISTER_TABLE", "gone")
    status, page, _ = answered(app, form_event(FORM))
    kept = Page(page).values
    assert status == 503
    assert kept["idempotency_key"] == FORM["idempotency_key"]
    assert kept["contact.email"] == FORM["contact.email"]


@pytest.mark.parametrize("language", ["", " ", None])
def test_the_browsers_language_replaces_a_blank_one(load: Load, language: str | None) -> None:
    body = json.dumps(VALID | {"language": language}).encode()
    event = asked(
        "POST",
        "/v1/incidents",
        body=body,
        Content_Type="application/json",
        Accept_Language="de",
    )
    status, receipt, _ = answered(load("submit_incident"), event)
    assert (status, receipt["links"]["page"]) == (201, "../de/track")


def test_a_form_with_far_too_many_fields_comes_back_with_all_of_them(load: Load) -> None:
    extra = {f"field{number}": str(number) for number in range(100)}
    status, page, _ = sent_form(load, FORM | extra)
    assert status == 400
    assert Page(page).values.items() >= (extra | {"contact.email": "anna@example.org"}).items()


def test_a_wrong_code_and_an_unknown_reference_get_the_same_answer(load: Load) -> None:
    receipt = submitted(load)
    track = load("track_incident")
    answers = [
        answered(
            track,
            asked("GET", f"/v1/incidents/{reference}", Authorization="Bearer AAAA-BBBB"),
        )
        for reference in (receipt["reference"], "0000-0000-0000", "nonsense")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404


def test_the_right_code_opens_the_incident_with_masked_data(load: Load) -> None:
    receipt = submitted(load)
    event = asked(
        "GET",
        f"/v1/incidents/{receipt['reference'].lower()}",
        Authorization=f"Bearer {receipt['access_code']}",
    )
    status, view, _ = answered(load("track_incident"), event)
    assert (status, view["contact"]["email"]) == (200, "a…@example.org")


def sent_message(load: Load, receipt: dict[str, Any], **headers: str) -> tuple[int, Any]:
    event = asked(
        "POST",
        f"/v1/incidents/{receipt['reference']}/messages",
        body=b'{"body": "Encara falla"}',
        query=None,
        Content_Type="application/json",
        Authorization=f"Bearer {receipt['access_code']}",
        **headers,
    )
    return answered(load("track_incident"), event)[:2]


def test_a_message_retried_with_its_key_gets_the_same_answer(load: Load) -> None:
    receipt = submitted(load)
    first = sent_message(load, receipt, Idempotency_Key="m" * 16)
    assert first[0] == 201
    assert sent_message(load, receipt, Idempotency_Key="m" * 16) == first
    assert sent_message(load, receipt) != first


@pytest.mark.parametrize("key", ["", "short", "k" * 129, "with space in the key"])
def test_an_unfit_key_of_a_message_is_refused(load: Load, key: str) -> None:
    status, problem = sent_message(load, submitted(load), Idempotency_Key=key)
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["Idempotency-Key"])


def test_the_answer_to_a_message_that_comes_too_late_says_what_to_do(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = submitted(load)
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    closed_at = datetime.now(UTC)
    register.resolve_by_citizen(receipt["reference"], closed_at)
    app = load("track_incident")
    monkeypatch.setattr(clock, "now", lambda: closed_at + timedelta(days=15))
    status, problem = sent_message(lambda _: app, receipt)
    assert (status, problem["type"]) == (409, "urn:suport:problem:reopening-over")


def test_the_json_api_shows_a_long_history_in_parts(load: Load) -> None:
    receipt = submitted(load)
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    for number in range(60):
        at = datetime.now(UTC) - timedelta(days=number // 20)
        register.add_citizen_message(receipt["reference"], f"{number}", at)

    def part(query: dict[str, str] | None) -> tuple[int, Any]:
        event = asked(
            "GET",
            f"/v1/incidents/{receipt['reference']}",
            query=query,
            Authorization=f"Bearer {receipt['access_code']}",
        )
        return answered(load("track_incident"), event)[:2]

    status, newest = part(None)
    assert (status, len(newest["history"])) == (200, 50)
    assert newest["links"]["earlier"] == f"{receipt['reference']}?before={newest['earlier']}"
    status, oldest = part({"before": newest["earlier"]})
    assert (status, len(oldest["history"]), oldest["earlier"]) == (200, 10, None)
    bodies = [each["body"] for each in newest["history"] + oldest["history"]]
    assert sorted(bodies, key=int) == [f"{number}" for number in range(60)]
    for before in ("", "x", "0" * 27, "incident"):
        status, problem = part({"before": before})
        assert (status, [error["field"] for error in problem["errors"]]) == (422, ["before"])


def test_the_twenty_first_message_of_a_day_is_refused_until_the_next(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = submitted(load)
    app = load("track_incident")
    night = datetime.now(UTC).replace(hour=21, minute=30, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: night)
    for _ in range(20):
        assert sent_message(lambda _: app, receipt)[0] == 201
    event = asked(
        "POST",
        f"/v1/incidents/{receipt['reference']}/messages",
        body=b'{"body": "Encara falla"}',
        Content_Type="application/json",
        Authorization=f"Bearer {receipt['access_code']}",
    )
    status, problem, headers = answered(app, event)
    assert (status, problem["type"]) == (429, "urn:suport:problem:too-many-messages")
    wait = timedelta(seconds=int(headers["Retry-After"][0]))
    midnight = (night + wait).astimezone(MADRID)
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    monkeypatch.setattr(clock, "now", lambda: night + wait)
    assert sent_message(lambda _: app, receipt)[0] == 201


def test_consent_for_a_resolved_incident_is_refused_but_withdrawal_is_not(load: Load) -> None:
    receipt = submitted(load)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.GERMAN)

    def send(action: str) -> tuple[int, Any]:
        request = {"scope": "view", "action": action, "language": "de"}
        event = asked(
            "POST",
            f"/v1/incidents/{receipt['reference']}/consents",
            body=json.dumps(request | {"notice_sha256": shown.sha256}).encode(),
            Content_Type="application/json",
            Authorization=f"Bearer {receipt['access_code']}",
        )
        return answered(load("record_consent"), event)[:2]

    assert send("grant")[0] == 201
    register = Register(aws.client("dynamodb"), "register")
    register.resolve_by_citizen(receipt["reference"], datetime.now(UTC))
    status, problem = send("grant")
    assert (status, problem["type"]) == (409, "urn:suport:problem:already-resolved")
    assert problem["title"] == "Diese Meldung ist nicht mehr offen"
    assert send("withdraw")[0] == 201
    assert register.incident(receipt["reference"], datetime.now(UTC)).consents == {}


def told_notice(load: Load, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
    event = asked("GET", "/v1/privacy-notice", query=query)
    status, told, _ = answered(load("show_help"), event)
    return status, told


@pytest.mark.parametrize("version", sorted(published_notices.published(Subject.PRIVACY)))
def test_every_version_of_the_privacy_notice_is_told_with_its_hash(
    load: Load, version: str
) -> None:
    shown = published_notices.of_version(Subject.PRIVACY, Language.SPANISH, version)
    status, told = told_notice(load, {"language": "es", "version": version})
    assert (status, told["version"], told["text"]) == (200, version, shown.text)
    assert told["sha256"] == hashlib.sha256(told["text"].encode()).hexdigest()
    assert told["versions"][0] == published_notices.CURRENT_VERSIONS[Subject.PRIVACY]
    assert version in told["versions"]


@pytest.mark.parametrize("version", ["2026-11-22", "", "..", "\0", "x" * 5000])
def test_a_version_that_was_never_published_is_refused_with_those_that_were(
    load: Load, version: str
) -> None:
    status, problem = told_notice(load, {"language": "en", "version": version})
    [error] = problem["errors"]
    assert (status, error["field"]) == (422, "version")
    assert published_notices.CURRENT_VERSIONS[Subject.PRIVACY] in error["message"]


def test_consent_to_another_notice_is_refused_with_the_current_one(load: Load) -> None:
    receipt = submitted(load)
    request = {"scope": "view", "action": "grant", "language": "de", "notice_sha256": "0" * 64}
    event = asked(
        "POST",
        f"/v1/incidents/{receipt['reference']}/consents",
        body=json.dumps(request).encode(),
        Content_Type="application/json",
        Authorization=f"Bearer {receipt['access_code']}",
    )
    status, problem, _ = answered(load("record_consent"), event)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.GERMAN)
    assert (status, problem["current_notice"]) == (422, shown.identity.as_facts())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "mars"}, "from"),
        ({"at": "today"}, "at"),
        ({"at": "2027-01-04T08:00:00"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
    ],
)
def test_the_problem_names_what_is_wrong_in_a_question_about_the_phone_line(
    load: Load, query: dict[str, str], field: str
) -> None:
    status, problem, _ = answered(load("lookup_contact"), asked("GET", "/v1/contact", query=query))
    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])


def test_the_phone_line_is_closed_on_the_configured_dates(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOSED_DATES", "2026-12-24,2026-12-25")
    app = load("lookup_contact")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 24, 10, tzinfo=UTC))
    _, body, _ = answered(app, asked("GET", "/v1/contact"))
    assert (body["open"], body["opens_at"]) == (False, "2026-12-26T09:00:00+01:00")


def stream_record(reference: str, number: str) -> dict[str, Any]:
    return {
        "eventID": number,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"reference": {"S": reference}, "entry": {"S": "incident"}},
            "NewImage": {"route_reason": {"S": "submitted"}},
            "SequenceNumber": number,
        },
    }


def queued(category: str) -> list[dict[str, Any]]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=category)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def test_a_poisoned_record_neither_blocks_nor_loses_its_neighbours(
    load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    first, poison, last = (submitted(load)["reference"] for _ in range(3))
    table: Any = aws.client("dynamodb")
    table.items[poison]["incident"]["category"] = {"S": "nonsense"}
    records = [stream_record(each, f"{n}") for n, each in enumerate((first, poison, last), 1)]
    answer = load("route_incident").handler({"Records": records}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [message["reference"] for message in queued("functional")] == [first, last]
    [logged] = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (logged["reference"], logged["error"]) == (poison, "ValueError")


def test_a_record_delivered_twice_is_queued_once(load: Load) -> None:
    reference = submitted(load)["reference"]
    event = {"Records": [stream_record(reference, "1"), stream_record(reference, "2")]}
    assert load("route_incident").handler(event, CONTEXT) == {"batchItemFailures": []}
    assert len(queued("functional")) == 1


def test_an_incident_that_its_queue_refuses_still_has_to_be_routed(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = submitted(load)["reference"]
    right = boto3.client("sqs").get_queue_url(QueueName="functional")["QueueUrl"]
    event = {"Records": [stream_record(reference, "1")]}
    monkeypatch.setenv("FUNCTIONAL_QUEUE_URL", right + "-gone")
    route = load("route_incident")
    assert route.handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    monkeypatch.setenv("FUNCTIONAL_QUEUE_URL", right)
    assert route.handler(event, CONTEXT) == {"batchItemFailures": []}
    assert len(queued("functional")) == 1


@pytest.mark.parametrize(
    ("address", "location"), [("/suport/", "de/help"), ("/suport", "suport/de/help")]
)
def test_the_start_page_leads_to_the_language_that_the_browser_prefers(
    load: Load, address: str, location: str
) -> None:
    event = asked("GET", "/", Accept_Language="fr, de-AT;q=0.8, en;q=0.2")
    event["requestContext"]["path"] = address
    assert answered(load("show_help"), event)[2]["Location"] == [location]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("page", ["help", "incident", "privacy"])
def test_every_page_exists_in_every_language(load: Load, language: Language, page: str) -> None:
    status, html, _ = answered(load("show_help"), asked("GET", f"/{language}/{page}"))
    assert status == 200
    assert f'<html lang="{language}" class' in html


def test_a_page_in_another_language_does_not_exist(load: Load) -> None:
    status, page, _ = answered(load("show_help"), asked("GET", "/fr/help"))
    assert status == 404
    assert "<h1 " in page


ACCENTS = "Això és la «sol·licitud» del niño"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("application/json", "utf-8-sig"),
        ("application/json; charset=utf-8", "utf-8-sig"),
        ("application/json; charset=utf-8; profile=x", "utf-8"),
        ("application/json;odata=verbose", "utf-8"),
        ('Application/JSON; profile="https://example.org/"; Charset="UTF-8"', "utf-8"),
        ("application/json; charset=us-ascii", "utf-8"),
        ("application/json; charset=utf_8", "utf-8"),
        ("application/json; charset=iso-8859-1", "utf-8"),
        ("application/json; charset=iso-8859-1", "iso-8859-1"),
        ("application/json; charset=ISO_8859-15", "iso-8859-15"),
        ("application/json; charset=latin1", "iso-8859-1"),
        ("application/json; charset='windows-1252'", "cp1252"),
    ],
)
def test_json_is_read_in_the_charset_that_it_is_in(
    load: Load, declared: str, encoding: str
) -> None:
    sent = json.dumps(VALID | {"description": ACCENTS}, ensure_ascii=False).encode(encoding)
    event = asked("POST", "/v1/incidents", body=sent, query=None, Content_Type=declared)
    status, receipt, _ = answered(load("submit_incident"), event)
    assert status == 201
    register = Register(aws.client("dynamodb"), "register")
    assert register.incident(receipt["reference"], clock.now()).description == ACCENTS


@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=us-ascii"])
def test_json_in_no_declared_charset_is_refused(load: Load, declared: str) -> None:
    sent = json.dumps(VALID | {"description": ACCENTS}, ensure_ascii=False).encode("cp1252")
    assert rejected(load, sent, Content_Type=f"application/json{declared}") == (400, ["body"])


# ------------------------------------------------------------ reads

NOT_UNDERSTOOD = dict.fromkeys(
    (
        *("at", "before", "changed_since", "days", "format", "from", "language", "purpose"),
        *("references", "version"),
    ),
    "no such",
)
READS = {
    ("erase_incident", "/v1/desk/erased"),
    ("lookup_contact", "/v1/contact"),
    ("show_help", "/v1/privacy-notice"),
    ("show_help", "/v1/remote-support-notice"),
    ("show_looks", "/v1/desk/viewed/{reference}"),
    ("track_incident", "/v1/incidents/{reference}"),
    ("track_incident", "/v1/incidents/{reference}/export"),
    *(
        ("work_incident", f"/v1/desk/{what}")
        for what in (
            *("incidents", "incidents/{reference}", "incidents/{reference}/export", "stats"),
            *("proofs/{month}", "reports/{month}"),
        )
    ),
}
"""The reads that can ask for something which the service does not understand."""


def test_a_read_that_is_not_understood_is_told_to_ask_again(service: Service) -> None:
    """It records nothing in any case, and there is nothing to send."""
    told: dict[tuple[str, str], set[str]] = {}
    for function, method, resource in sorted(JSON_REQUESTS.keys() | _asked(READS)):
        if method != "GET":
            continue
        event = service.json(method, resource)
        event["queryStringParameters"] = NOT_UNDERSTOOD
        if "month" in (event["pathParameters"] or {}):
            event["pathParameters"]["month"] = "2026-13"
        event["headers"]["Accept-Language"] = "en"
        status, body, _ = answered(service.load(function), event)
        if status == 422:
            told.setdefault((function, resource), set()).add(body["detail"])
    assert set().union(*told.values()) == {"Correct these fields and ask again."}
    assert told.keys() == READS


def _asked(reads: set[tuple[str, str]]) -> set[tuple[str, str, str]]:
    return {(function, "GET", resource) for function, resource in reads}
