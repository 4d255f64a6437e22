"""Every way to invoke a function, from the sample event to the artifact's answer."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local import ROOT
from suport.domain import group_answer
from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.figures import day_of
from suport.domain.group_answer import Act
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.reference import Reference, reference_for
from suport.register.figures_table import FiguresTable
from suport.register.known_problems import KnownProblems
from suport.register.register import Register
from tests.integration.service import Service
from tests.support import mails, template
from tests.support.built_service import PUBLIC_URL, SECRET
from tests.support.sample_events import answered, sample, sent
from tests.support.todays_events import of_today

STATUSES = {
    "show_help.start": 303,
    "show_help.help_page": 200,
    "show_help.form_page": 200,
    "show_help.error_seen": 200,
    "show_help.guides": 200,
    "show_help.guide": 200,
    "show_help.guide_answered": 303,
    "show_help.procedures": 200,
    "show_help.notice": 200,
    "show_help.language_start": 303,
    "show_help.privacy_notice": 200,
    "show_help.remote_support_notice": 200,
    "show_help.procedures_named": 200,
    "submit_incident.json": 201,
    "submit_incident.form": 303,
    "track_incident.json": 200,
    "track_incident.message": 201,
    "track_incident.page": 200,
    "track_incident.form": 303,
    "track_incident.export": 200,
    "track_incident.copy": 200,
    "track_incident.leave": 303,
    "update_incident.reply": 303,
    "update_incident.close_page": 200,
    "update_incident.close": 303,
    "update_incident.reopen": 303,
    "update_incident.rate_page": 200,
    "update_incident.rate": 303,
    "correct_contact.correction": 200,
    "correct_contact.confirmation": 409,  # nothing waits for it
    "correct_contact.page": 200,
    "correct_contact.form": 303,
    "correct_contact.code_page": 200,
    "correct_contact.code": 303,
    "correct_contact.lost_code_page": 200,
    "correct_contact.lost_code": 303,
    "erase_incident.request": 202,
    "erase_incident.confirmation": 409,  # nobody has asked yet
    "erase_incident.page": 200,
    "erase_incident.form": 303,
    "erase_incident.erased": 200,
    "erase_incident.look_ahead": 200,
    "erase_incident.at_desk": 200,
    "attach_file.page": 200,
    "attach_file.file": 303,
    "attach_file.removal_page": 200,
    "attach_file.removal": 303,
    "serve_asset.asset": 200,
    "serve_asset.open_api": 200,
    "lookup_contact.contact": 200,
    "lookup_contact.page": 200,
    "record_consent.consent": 201,
    "record_consent.page": 200,
    "record_consent.form": 303,
    "share_screen.join_page": 200,
    "share_screen.join": 303,
    "share_screen.session": 200,
    "share_screen.offer": 200,
    "share_screen.control": 200,
    "share_screen.end": 200,
    "share_screen.receipt": 200,
    "share_screen.desk_page": 303,  # nobody has signed in
    "share_screen.desk_form": 403,
    "share_screen.desk_state": 403,
    "share_screen.desk_answer": 403,
    "share_screen.desk_control": 403,
    "share_screen.invitation": 201,
    "share_screen.state": 200,
    "share_screen.answer": 200,
    "share_screen.end_at_desk": 200,
    "share_screen.permissions": 200,
    "work_incident.incidents": 200,
    "work_incident.phone_call": 201,
    "work_incident.incident": 200,
    "work_incident.claim": 200,
    "work_incident.take_over": 200,
    "work_incident.message": 201,
    "work_incident.note": 201,
    "work_incident.transfer": 200,
    "work_incident.release": 200,
    "work_incident.snooze": 200,
    "work_incident.resolve": 200,
    "work_incident.consent": 201,
    "work_incident.access_code": 201,
    "work_incident.contact": 200,
    "work_incident.file": 200,
    "work_incident.copy": 200,
    "work_incident.stats": 200,
    "work_incident.report": 200,
    "work_incident.proof": 404,  # no audit has begun
    "answer_comanda.health": 200,
    "answer_comanda.health_info": 200,
    "answer_comanda.info": 200,
    "answer_comanda.yesterday": 200,
    "answer_comanda.day": 200,
    "answer_comanda.days": 200,
    "show_desk.start": 303,
    "show_desk.language_start": 303,
    "show_desk.page": 303,  # nobody has signed in
    "show_desk.form": 403,
    "show_looks.looks": 200,
    "sign_in_operator.sign_in": 303,
    "sign_in_operator.callback": 400,  # ten minutes have passed since it began
    "sign_in_operator.sign_out": 200,
    "sign_in_operator.signed_out": 200,
    "show_help.no_such_page": 404,
}
# Here citizens get a page although nothing takes this method; these have no sample file.
FALLBACKS = {
    "show_help.start_sent": 405,
    "show_help.language_start_sent": 405,
    "show_help.notice_sent": 405,
    "show_help.guides_sent": 405,
    "show_help.procedures_sent": 405,
    "show_help.contact_sent": 405,
    "show_help.export_sent": 405,
    "show_help.files_sent": 405,
    "show_help.file_sent": 405,
    "show_help.no_such_page_sent": 404,
    "track_incident.leave_page": 303,
    "update_incident.reply_page": 303,
    "update_incident.reopen_page": 303,
    "show_desk.start_sent": 303,
    "show_desk.language_start_sent": 303,
    "sign_in_operator.sign_in_sent": 405,
    "sign_in_operator.callback_sent": 405,
    "sign_in_operator.signed_out_sent": 405,
    "sign_in_operator.sign_out_page": 303,
}
# The event for HEAD is derived from GET of the same address.
AS_GET = {name: name.removesuffix("_head") for name in template.EVENTS if name.endswith("_head")}
STATUSES |= FALLBACKS | {head: STATUSES[get] for head, get in AS_GET.items()}
# These have nothing personal: a browser may keep them to go back to, and the asset for ever. The
# page that answers a form is kept, too.
KEPT = {
    "show_help.help_page": "private, no-cache",
    "show_help.guides": "private, no-cache",
    "show_help.guide": "private, no-cache",
    "show_help.procedures": "private, no-cache",
    "show_help.error_seen": "private, no-cache",
    "show_help.form_page": "private, no-cache",
    "show_help.notice": "private, no-cache",
    "lookup_contact.page": "private, no-cache",
    "correct_contact.lost_code_page": "private, no-cache",
    "serve_asset.asset": "public, max-age=31536000, immutable",
    "serve_asset.open_api": "public, max-age=3600",
}
SAMPLES = sorted(path.stem for path in (ROOT / "events").glob("*"))
API_SAMPLES = sorted(name for name, (_, event) in template.EVENTS.items() if event["Type"] == "Api")


@pytest.fixture(scope="module")
def receipt(running: Service) -> dict[str, Any]:
    """The receipt of the incident of the sample events."""
    answer = running.answer("submit_incident.json", sample("submit_incident.json"))
    assert answer["statusCode"] == 201
    submitted: dict[str, Any] = json.loads(answer["body"])
    return submitted


def test_every_event_of_the_template_has_a_sample_and_every_sample_an_event() -> None:
    assert sorted(template.EVENTS) == sorted([*SAMPLES, *FALLBACKS, *AS_GET])
    assert sorted(STATUSES) == API_SAMPLES


@pytest.mark.parametrize("name", API_SAMPLES)
def test_a_sample_is_addressed_as_the_template_says(name: str) -> None:
    _, definition = template.EVENTS[name]
    event = sample(name)
    path = definition["Properties"]["Path"]
    method = definition["Properties"]["Method"].upper()
    assert event["resource"] == event["requestContext"]["resourcePath"] == path
    assert event["httpMethod"] == event["requestContext"]["httpMethod"] == method
    assert event["path"] == path.replace("+}", "}").format(**event["pathParameters"] or {})
    stage = template.TEMPLATE["Resources"]["Api"]["Properties"]["StageName"]
    assert event["requestContext"]["path"] == f"/{stage}{event['path']}"
    assert event["multiValueHeaders"] == {n: [v] for n, v in event["headers"].items()}
    # this API treats every body as binary
    assert event["isBase64Encoded"] == (method in {"POST", "PATCH", "PUT"})


@pytest.mark.parametrize("name", API_SAMPLES)
def test_the_function_answers_its_sample(
    name: str, running: Service, receipt: dict[str, Any]
) -> None:
    answer = running.answer(name, of_today(name, running))
    assert answer["statusCode"] == STATUSES[name], answered(answer)
    headers = answer["multiValueHeaders"]
    event = sample(name)
    answers_a_form = event["httpMethod"] == "POST" and not event["path"].startswith("/v1/")
    usual = "private, no-cache" if answers_a_form and answer["body"] else "no-store"
    assert headers["Cache-Control"] == [KEPT.get(AS_GET.get(name, name), usual)]
    if name in {"track_incident.json", "track_incident.page"}:
        assert receipt["reference"] in answered(answer)


def test_the_nightly_sample_has_the_day_before_recorded(running: Service) -> None:
    assert running.answer("count_figures.schedule", sample("count_figures.schedule")) is None
    yesterday = day_of(datetime.now(UTC)) - timedelta(days=1)
    told = FiguresTable(running.aws.dynamodb, running.aws.known["Figures"]).days(
        yesterday, yesterday
    )
    assert set(told[yesterday]) == set(Category)


def test_the_sample_job_answers_all_its_incidents(running: Service) -> None:
    event, now = sample("answer_linked.job"), datetime.now(UTC)
    register = Register(running.aws.dynamodb, running.aws.known["Register"])
    jobs = KnownProblems(running.aws.dynamodb, running.aws.known["KnownProblems"])
    references = tuple(
        Reference(running.submit(f"{number:016}-job")["reference"]) for number in range(3)
    )
    for reference in references:
        register.link_problem(reference, "eva", None, event["owner"], now)
    jobs.begin(
        group_answer.begun(
            id=event["job"],
            problem=event["owner"],
            act=Act.RESOLVE,
            bodies=dict.fromkeys(Language, "Ja funciona."),
            references=references,
            by="eva",
            now=now,
        )
    )
    assert running.answer("answer_linked.job", event) is None
    [done] = jobs.jobs_of(event["owner"], now)
    assert (done.answered, done.total) == (3, 3)
    assert {register.incident(each, now).status for each in references} == {Status.RESOLVED}


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize("name", AS_GET)
def test_head_gets_the_answer_to_get_without_its_body(name: str, running: Service) -> None:
    shown = running.answer(AS_GET[name], of_today(AS_GET[name], running))
    answer = running.answer(name, of_today(name, running))
    assert answer["statusCode"] == shown["statusCode"]
    shown["multiValueHeaders"].pop("Set-Cookie", None)  # HEAD prolongs no session
    assert answer["multiValueHeaders"] == shown["multiValueHeaders"]
    assert not answer["body"]


@pytest.mark.parametrize("name", FALLBACKS)
def test_a_citizen_who_uses_a_wrong_method_gets_a_page(name: str, running: Service) -> None:
    answer = running.answer(name, sample(name))
    headers = answer["multiValueHeaders"]
    if answer["statusCode"] == 303:
        assert headers["Location"] in (["help"], ["track"], ["desk/ca/list"], ["ca/list"], ["list"])
    else:
        assert headers["Content-Type"] == ["text/html; charset=utf-8"]
        assert headers["Content-Language"] == ["ca"]
        assert 'lang="ca"' in answered(answer)


def test_the_samples_are_about_the_incident_that_the_sample_submission_makes(
    receipt: dict[str, Any],
) -> None:
    secret = SECRET.encode()
    key = sample("submit_incident.json")["headers"]["Idempotency-Key"]
    assert receipt["reference"] == reference_for(secret, key)
    assert receipt["access_code"] == access_code_for(secret, receipt["reference"])
    for name in ("track_incident.json", "track_incident.message", "record_consent.consent"):
        event = sample(name)
        assert event["pathParameters"] == {"reference": receipt["reference"]}
        assert event["headers"]["Authorization"] == f"Bearer {receipt['access_code']}"
    stream = sample("route_incident.stream")["Records"][0]["dynamodb"]
    assert stream["Keys"]["reference"] == {"S": receipt["reference"]}


@pytest.mark.usefixtures("receipt")
def test_the_stream_sample_is_the_submission_as_the_register_stores_it(running: Service) -> None:
    change = sample("route_incident.stream")["Records"][0]["dynamodb"]
    item = running.aws.dynamodb.get_item(
        TableName=running.aws.known["Register"], Key=change["Keys"]
    )
    stored = item["Item"]
    # moments, and what has changed since the submission
    later = {"recorded_at", "expires_at", "last_entry", "due_at", "consents"}
    later |= {"status", "route_reason", "route_request", "figures_month", "keyed_messages"}
    later |= {"revision", "unread", "citizen_wrote", "changed_at", "last_written"}
    later |= {"rated_at", "written_on", "mails", "mail_request", "follow_up_at", "follow_up_shard"}
    later |= {"contact", "files", "erasure_asked", "reopened_at", "desk_order"}
    assert change["NewImage"].keys() - later == stored.keys() - later
    for name in change["NewImage"].keys() - later:
        assert change["NewImage"][name] == stored[name], name


def test_the_stream_sample_puts_its_incident_into_the_queue_of_its_category(
    running: Service, receipt: dict[str, Any]
) -> None:
    answer = running.answer("route_incident.stream", sample("route_incident.stream"))
    assert answer == {"batchItemFailures": []}
    queued = running.aws.messages("PaymentQueue")
    assert [message["reference"] for message in queued] == [receipt["reference"]]
    assert running.aws.messages("FunctionalQueue") == running.aws.messages("SignatureQueue") == []


def test_the_index_sample_has_the_incident_found(running: Service, receipt: dict[str, Any]) -> None:
    answer = running.answer("index_incidents.stream", sample("index_incidents.stream"))
    assert answer == {"batchItemFailures": []}
    stored = running.aws.dynamodb.scan(TableName=running.aws.known["SearchIndex"])["Items"]
    compact = receipt["reference"].replace("-", "")
    assert {"S": compact} in [each.get("r") for each in stored]
    assert [each for each in stored if each["place"]["S"].endswith(compact)]  # by its contact data


def test_the_mail_sample_sends_the_acknowledgement_of_its_incident(
    running: Service, receipt: dict[str, Any]
) -> None:
    event = sample("notify_citizen.mail")
    for _ in range(2):  # the second finds the mail sent
        assert running.answer("notify_citizen.mail", event) == {"batchItemFailures": []}
    [left] = running.aws.mails()
    submitted = json.loads(sent(sample("submit_incident.json")))
    assert set(left.destinations) == {submitted["contact"]["email"]}
    mail = mails.read(left.raw_data.encode())
    assert receipt["reference"] in mail["Subject"]
    link = f"{PUBLIC_URL}/ca/track#{receipt['reference']}.{receipt['access_code']}"
    assert f'href="{link}"' in mails.html(mail)
    assert submitted["description"] not in mails.html(mail)


@pytest.mark.usefixtures("receipt")
def test_the_bounce_sample_marks_the_incident_of_its_mail(running: Service) -> None:
    event = sample("notify_citizen.mail_events")
    assert running.answer("notify_citizen.mail_events", event) == {"batchItemFailures": []}
    item = running.aws.dynamodb.get_item(
        TableName=running.aws.known["Register"],
        Key=sample("route_incident.stream")["Records"][0]["dynamodb"]["Keys"],
    )["Item"]
    assert item["mail_trouble"] == {"S": "bounced"}
