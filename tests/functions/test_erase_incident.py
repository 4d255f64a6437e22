"""The erasure of an incident at its citizen's request: on the page, in the API, at the desk."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import boto3
import pytest

from suport.desk.drafts import CALL, Drafts
from suport.domain import group_answer
from suport.domain.access_code import access_code_for, confirmation_for
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.group_answer import Act
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.files import erasure, file_store
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.register.other_tables import known_problems, search_index
from suport.runtime import aws, clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.session import Session
from tests.support.gateway import answered, asked
from tests.support.operators_api import PAYMENT, OperatorsApi, refusal
from tests.support.table import Table
from tests.support.web import FILLED_IN, OTHER_KEY, Answer, Web, in_the_register

NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).identity
PRIVATE = (
    "Xisca Ferragut Pons",
    "xisca@example.org",
    "971 48 17 26",
    "12345678Z",
    "la cuina crema",
)
CONTACT = {
    "contact.name": PRIVATE[0],
    "contact.email": PRIVATE[1],
    "contact.phone": PRIVATE[2],
    "contact.nif": PRIVATE[3],
    "description": f"No puc pagar: {PRIVATE[4]}",
}


def api(
    web: Web, method: str, reference: str, act: str = "", content: Any = None
) -> tuple[int, Any]:
    """Status and body of the API's answer to the citizen."""
    body = b"" if content is None else json.dumps(content).encode()
    event = asked(
        method,
        f"/v1/incidents/{reference}{act}",
        body=body,
        query=None,
        Authorization=f"Bearer {access_code_for(aws.service_secret(), Reference(reference))}",
        Content_Type="application/json",
        Accept_Language="en",
    )
    function = "track_incident" if method == "GET" else "erase_incident"
    status, text, _ = answered(web.load(function), event)
    return status, text if isinstance(text, dict) else json.loads(text)


def confirmation(web: Web, reference: Reference) -> str:
    """The code that the mail states."""
    waits = web.incident(reference).erasure_asked
    assert waits
    return confirmation_for(aws.service_secret(), reference, waits.entry)


def confirmed(web: Web, reference: Reference, code: str | None = None) -> Answer:
    typed = {"reference": reference, "confirmation": code or confirmation(web, reference)}
    return web.post("erase", typed, "en")


def with_history(web: Web, **changes: str) -> Reference:
    """An incident that has a bit of everything."""
    reference = web.submit(**CONTACT | changes)
    web.register.add_citizen_message(reference, f"Encara: {PRIVATE[4]}", web.now)
    web.register.grant_consent(reference, Scope.VIEW, NOTICE, web.now)
    web.register.withdraw_consent(reference, Scope.VIEW, web.now)
    for name in (file_store.new_file_id(), "never-registered"):
        key = f"{reference}/{name}"
        boto3.client("s3").put_object(Bucket="attachments", Key=key, Body=PRIVATE[4].encode())
    return reference


def files() -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket="attachments")
    return [each["Key"] for each in found.get("Contents", [])]


def table() -> Table:
    client: Any = aws.client("dynamodb")
    assert isinstance(client, Table)
    return client


def test_nothing_is_erased_before_the_code_from_the_mail_confirms_it(web: Web) -> None:
    reference = with_history(web)
    answer = web.post("erase", {"reference": reference})
    assert answer.location == "erase?done=erasure-asked"
    page = web.get("erase", "en", done="erasure-asked").page
    assert "x…@example.org" in page.text
    assert web.incident(reference).contact["email"] == PRIVATE[1]


def test_what_is_kept_is_said_before_the_button(web: Web) -> None:
    with_history(web)
    said = web.get("erase", "en").body
    button = said.index("Send me the code")
    assert said.index("You agreed to let an operator view your screen") < button
    assert said.index("gone within 7\u00a0days") < button


def test_after_the_erasure_only_the_proof_of_consents_is_left(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    assert confirmed(web, reference).location == "erase?done=erased"
    left = in_the_register()
    assert sorted(item["kind"]["S"] for item in left) == ["consent", "consent", "incident"]
    assert files() == []
    everything = json.dumps([left, table().tombstones])
    assert [each for each in PRIVATE if each in everything] == []
    assert reference not in json.dumps(table().tombstones)


def test_after_the_erasure_no_search_finds_the_incident(web: Web) -> None:
    """At once, and not only when the register's stream has been followed."""
    reference = with_history(web)
    [incident] = register().findables([reference], web.now).values()
    index: Any = table().beside["search_index"]
    search_index().follow(None, incident)
    digests = [each["term"]["S"] for each in index.all_items()]
    assert len(digests) == 4  # all incidents; e-mail, phone and NIF
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    assert index.all_items() == []


def test_what_was_sent_to_all_that_followed_it_goes_with_the_incident(web: Web) -> None:
    """Whether that is finished or not, and though somebody has just taken it up."""
    reference = with_history(web)
    written = dict.fromkeys(Language, f"Senyora {PRIVATE[0]}, ja podeu pagar.")
    followers = (Reference("7K3M-9QXA-2BTC"), Reference("GQNC-YQBY-1H8C"))
    _, half, finished = (
        known_problems().begin(
            group_answer.begun(
                id=number * 26,
                leader=reference,
                act=Act.TELL,
                bodies=written,
                references=followers[: 1 if number == "3" else 2],
                by="marta",
                now=web.now,
            )
        )
        for number in "123"
    )
    held = group_answer.taken(half, web.now)
    assert held
    held = known_problems().advance(held)
    assert held
    assert known_problems().advance(group_answer.advanced(finished, web.now))
    stored: Any = table().beside["known_problems"]
    done = [each for each in stored.items.values() if finished.id in each["item"]["S"]]
    assert PRIVATE[0] not in json.dumps(done)  # each incident has it by now
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    assert not stored.items
    assert known_problems().advance(group_answer.advanced(held, web.now)) is None


def test_after_the_erasure_the_session_is_over_and_every_read_answers_404(web: Web) -> None:
    reference = with_history(web)
    stated = web.cookie
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    assert web.get("erase", "en", done="erased").title == "The incident has been erased"
    for page in ("track", "contact-data", "close", "files", "export"):
        assert reference not in web.get(page).body, page
    web.cookie = stated
    for page in ("track", "contact-data", "close", "files", "export"):
        assert web.get(page).status == 404, page
    for method, act, content in (
        ("GET", "", None),
        ("GET", "/export", None),
        ("DELETE", "", None),
    ):
        assert api(web, method, reference, act, content)[0] == 404, (method, act)
    with pytest.raises(NoSuchIncident):
        web.incident(reference)


def test_the_page_after_an_erasure_claims_none_to_anybody_else(web: Web) -> None:
    reference = with_history(web)
    opened = web.cookie
    for cookie in (None, opened):
        web.cookie = cookie
        assert web.get("erase", "en", done="erased").page.said_by("none-erased")
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    for _ in range(2):  # it may be opened again
        told = web.get("erase", "en", done="erased").page
        assert reference in told.said_in("main")[0]
        assert "none-erased" not in told.attributes("id")
    web.now += timedelta(minutes=31)
    assert web.get("erase", "en", done="erased").page.said_by("none-erased")


def test_the_same_form_after_the_erasure_leads_to_the_page_that_says_so(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    code = confirmation(web, reference)
    for _ in range(3):
        assert confirmed(web, reference, code).location == "erase?done=erased"
    assert web.get("erase").location == "erase?done=erased"


def test_the_api_answers_a_repeated_confirmation_like_the_first(web: Web) -> None:
    reference = with_history(web)
    api(web, "DELETE", reference)
    typed = {"confirmation": confirmation(web, reference)}
    first = api(web, "POST", reference, "/erasure", typed)
    assert first[0] == 200
    web.now += timedelta(days=3)
    web.monkeypatch.setattr("suport.runtime.clock.now", lambda: web.now)
    assert api(web, "POST", reference, "/erasure", typed) == first


def test_after_an_erasure_a_wrong_code_is_answered_like_an_unknown_reference(web: Web) -> None:
    reference = with_history(web)
    register().replace_code(reference, web.now, "key")  # the API's code is now the one before
    web.cookie = session.set_cookie(
        aws.service_secret(), Session(reference=reference, code_number=2), web.now
    ).partition(";")[0]
    web.post("erase", {"reference": reference})
    assert confirmed(web, reference).location == "erase?done=erased"
    typed = {"confirmation": "0000-0000"}
    told = [api(web, "POST", each, "/erasure", typed) for each in (reference, "0000-0000-0000")]
    assert told[0] == told[1]
    assert told[0][0] == 404


def test_a_second_click_on_the_last_button_says_that_it_is_erased(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    stated, code = web.cookie, confirmation(web, reference)
    confirmed(web, reference, code)
    web.cookie = stated
    assert confirmed(web, reference, code).location == "erase?done=erased"


def test_a_wrong_code_erases_nothing_and_names_the_field(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    answer = confirmed(web, reference, "0000-0000")
    assert answer.status == 422
    assert answer.page.values["confirmation"] == "0000-0000"
    assert "confirmation-error" in answer.page.attributes("id")
    status, problem = api(web, "POST", reference, "/erasure", {"confirmation": "AAAA-AAAA"})
    assert (status, problem["errors"][0]["field"]) == (422, "confirmation")
    assert web.incident(reference).contact


def test_the_code_may_be_typed_as_people_type_codes(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    typed = f" Codi: {confirmation(web, reference).lower()} "
    assert confirmed(web, reference, typed).location == "erase?done=erased"


@pytest.mark.parametrize("language", ["ca", "en"])
def test_a_code_typed_after_the_session_is_over_erases_once_the_incident_is_open_again(
    web: Web, language: str
) -> None:
    reference = web.opened()
    web.post("erase", {"reference": reference})
    typed = {"reference": reference, "confirmation": confirmation(web, reference)}
    web.now += timedelta(minutes=31)
    refused = web.post("erase", typed, language)
    assert refused.status == 403
    if language == "en":
        assert "We have kept your confirmation code on this page" in refused.page.text
        assert "We have kept your contact details" not in refused.page.text
    wrong = web.post("track", refused.page.values | {"access_code": "wrong"}, language)
    assert wrong.status == 422
    erased_from(web, wrong, reference)


def test_a_code_of_the_other_tab_erases_its_own_incident(web: Web) -> None:
    first = web.opened()
    web.post("erase", {"reference": first})
    typed = {"reference": first, "confirmation": confirmation(web, first)}
    second = web.submit(idempotency_key=OTHER_KEY)
    refused = web.post("erase", typed, "en")
    assert refused.status == 409
    assert "We have kept your confirmation code on this page" in refused.page.text
    elsewhere = refused.page.values | {"reference": second, "access_code": web.code}
    assert web.post("track", elsewhere).status == 409
    erased_from(web, refused, first)
    assert web.incident(second).reference == second


def erased_from(web: Web, page: Answer, reference: Reference) -> None:
    """Asserts that the form of this page, with the access code, erases the incident."""
    code = access_code_for(aws.service_secret(), reference)
    form = page.page.values | {"access_code": code}
    opening = web.post("track", form)
    assert (opening.status, opening.location) == (307, "erase")
    assert web.post("erase", form).location == "erase?done=erased"
    with pytest.raises(NoSuchIncident):
        web.incident(reference)


def test_another_tabs_incident_is_not_erased(web: Web) -> None:
    first = with_history(web)
    web.post("erase", {"reference": first})
    code = confirmation(web, first)
    second = web.submit(idempotency_key=OTHER_KEY)
    answer = web.post("erase", {"reference": first, "confirmation": code}, "en")
    assert answer.status == 409
    assert answer.page.values["confirmation"] == code
    assert web.incident(first).contact
    assert web.incident(second).contact


def test_the_api_says_what_is_kept_and_where_the_code_went(web: Web) -> None:
    reference = with_history(web)
    status, told = api(web, "DELETE", reference)
    assert status == 202
    assert [(each["what"], each["until"]) for each in told["kept"]] == [
        ("consent", "2027-05-23")
    ] * 2
    assert told["copies"] == {"gone_within_days": 7}
    assert told["confirmation"]["sent_to"] == "x…@example.org"
    typed = {"confirmation": confirmation(web, reference)}
    status, erased = api(web, "POST", reference, "/erasure", typed)
    assert (status, erased["kept"]) == (200, told["kept"])


def test_a_repeated_request_sends_the_same_code_again_once_the_first_mail_is_out(web: Web) -> None:
    reference = with_history(web)
    api(web, "DELETE", reference)
    (entry,) = [
        name for name, mail in web.incident(reference).mails.items() if mail.kind == "erasure"
    ]
    first = web.incident(reference)
    api(web, "DELETE", reference)
    assert web.incident(reference) == first  # the mail is still on its way
    web.register.record_mail(reference, entry, first.mails[entry].kind, "id", web.now)
    api(web, "DELETE", reference)
    again = web.incident(reference)
    assert entry in again.mails
    assert again.erasure_asked == first.erasure_asked


def test_a_request_is_valid_for_a_week(web: Web) -> None:
    reference = with_history(web)
    api(web, "DELETE", reference)
    code = confirmation(web, reference)
    web.now += timedelta(days=8)
    web.monkeypatch.setattr("suport.runtime.clock.now", lambda: web.now)
    status, problem = api(web, "POST", reference, "/erasure", {"confirmation": code})
    assert (status, problem["type"]) == (409, "urn:suport:problem:erasure-not-asked")


def test_a_code_for_another_address_does_not_erase(web: Web) -> None:
    """It may have been sent to the wrong person: that is why the address was corrected."""
    reference = with_history(web)
    api(web, "DELETE", reference)
    typed = {"reference": reference, "contact.email": "x.ferragut@example.org"}
    web.post("contact-data", typed)
    assert web.incident(reference).erasure_asked is None


@pytest.mark.parametrize("contact", [{"contact.email": ""}])
def test_without_an_address_the_citizen_is_sent_to_an_operator(
    web: Web, contact: dict[str, str]
) -> None:
    reference = with_history(web, **contact)
    status, problem = api(web, "DELETE", reference)
    assert (status, problem["type"]) == (409, "urn:suport:problem:nowhere-to-confirm")
    page = web.get("erase", "en").page
    assert "Call 012" in page.text
    assert "Send me the code" not in page.text
    assert web.post("erase", {"reference": reference}, "en").status == 409


def test_an_open_complaint_about_accessibility_is_answered_or_closed_first(web: Web) -> None:
    reference = with_history(web, topic="accessibility")
    status, problem = api(web, "DELETE", reference)
    assert (status, problem["type"]) == (409, "urn:suport:problem:complaint-in-progress")
    assert "close the incident" in web.get("erase", "en").page.text
    web.post("close", {"reference": reference})
    assert api(web, "DELETE", reference)[0] == 202
    assert confirmed(web, reference).location == "erase?done=erased"


def test_a_complaint_reopened_after_the_request_is_not_erased(web: Web) -> None:
    reference = with_history(web, topic="accessibility")
    web.post("close", {"reference": reference})
    api(web, "DELETE", reference)
    code = confirmation(web, reference)
    web.post("reopen", {"reference": reference})
    assert api(web, "POST", reference, "/erasure", {"confirmation": code})[0] == 409


def test_a_late_repetition_of_the_submission_does_not_bring_it_back(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    web.cookie = None
    for sent in (CONTACT, CONTACT | {"description": "Una altra cosa"}):
        again = web.post("incident", FILLED_IN | sent, "en")
        assert again.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "The incident that you sent from this page was erased" in again.page.text
    kept = again.page.values
    assert kept["description"] == "Una altra cosa"
    assert {each["reference"]["S"] for each in in_the_register()} == {reference}
    assert web.post("incident", kept).status == HTTPStatus.SEE_OTHER
    assert web.reference != reference
    with pytest.raises(NoSuchIncident):
        web.incident(reference)


def test_a_late_repetition_through_the_api_is_refused(web: Web) -> None:
    content = {"category": "functional", "description": PRIVATE[4] * 2, "language": "ca"}
    sent = asked(
        "POST",
        "/v1/incidents",
        body=json.dumps(content | {"contact": {"email": PRIVATE[1]}}).encode(),
        query=None,
        Content_Type="application/json",
        Accept_Language="en",
        Idempotency_Key="a-key-of-a-program",
    )
    submit = web.load("submit_incident")
    _, made, _ = answered(submit, sent)
    assert isinstance(made, dict)
    api(web, "DELETE", made["reference"])
    code = confirmation(web, made["reference"])
    assert api(web, "POST", made["reference"], "/erasure", {"confirmation": code})[0] == 200
    status, problem, _ = answered(submit, sent)
    assert isinstance(problem, dict)
    assert (status, problem["type"]) == (422, "urn:suport:problem:key-reused")
    assert "esborr" in problem["title"]


def test_what_a_broken_off_erasure_left_is_invisible_and_finished_by_the_queue(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = with_history(web)
    drafts = Drafts(aws.client("dynamodb"), "desk")
    for operator, about in [("neus", reference), ("biel", reference), ("biel", CALL)]:
        drafts.keep(operator, Reference(about), "1", {"body": "x"}, clock.now())
    follower = (Reference("7K3M-9QXA-2BTC"),)
    told: Any = {"act": Act.RESOLVE, "references": follower, "by": "biel", "now": web.now}
    known_problems().begin(group_answer.begun(id="4" * 26, leader=reference, **told))
    web.post("erase", {"reference": reference})

    def break_off(*_: Any, **__: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(Table, "delete_item", break_off)
        assert confirmed(web, reference).location == "erase?done=erased"
    with pytest.raises(NoSuchIncident):
        web.incident(reference)
    assert files()
    image = table().items[reference]["incident"]
    record = {
        "eventName": "MODIFY",
        "eventID": "1",
        "dynamodb": {
            "Keys": {"reference": {"S": reference}, "entry": {"S": "incident"}},
            "NewImage": image,
            "SequenceNumber": "1",
        },
    }
    from tests.support.gateway import CONTEXT  # noqa: PLC0415

    web.load("route_incident").handler({"Records": [record]}, CONTEXT)
    queue = boto3.client("sqs").get_queue_url(QueueName="erasures")["QueueUrl"]
    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    delivered = {"messageId": "1", "body": message["Body"], "eventSource": "aws:sqs"}
    web.load("erase_expired").handler({"Records": [delivered]}, CONTEXT)
    assert files() == []
    answers: Any = table().beside["known_problems"]
    assert not answers.items
    assert len(table().items[reference]) == 3  # two consents, and that it was erased
    (left,) = table().beside["desk"].items
    assert left[0].startswith("calls/"), "what operators had begun to write about it is gone, too"


def test_only_what_was_erased_is_finished(web: Web) -> None:
    reference = with_history(web)
    before = in_the_register()
    assert not erasure.finish(reference)
    assert in_the_register() == before
    assert files()


# ------------------------------------------------------------------- at the desk


def erase(desk: OperatorsApi, **by: Any) -> tuple[int, Any]:
    return desk.ask("DELETE", "/v1/desk/incidents/{reference}", **by)


@pytest.fixture
def eraser(desk: OperatorsApi) -> OperatorsApi:
    """The operators' API, with the function that erases behind it from the claim on."""
    desk.on("claim")
    desk.on("notes", {"body": "internal words"})
    desk.work = desk.app  # type: ignore[attr-defined]
    return desk


def at(desk: OperatorsApi, load: Any) -> OperatorsApi:
    desk.app = load("erase_incident")
    return desk


def test_the_operator_who_has_it_hears_what_is_kept_and_erases_it(
    eraser: OperatorsApi, load: Any
) -> None:
    reference = eraser.reference
    eraser.register.grant_consent(reference, Scope.VIEW, NOTICE, eraser.incident.submitted_at)
    at(eraser, load)
    status, ahead = eraser.ask("GET", "/v1/desk/incidents/{reference}/erasure")
    assert (status, [each["what"] for each in ahead["kept"]]) == (200, ["consent"])
    status, erased = erase(eraser)
    assert (status, erased["kept"]) == (200, ahead["kept"])
    (tombstone,) = table().tombstones
    assert tombstone["by"] == {"S": "operator"}
    eraser.app = eraser.work  # type: ignore[attr-defined]
    status, problem = eraser.on("messages", {"body": "Hola"})
    assert (status, problem["type"]) == (404, "urn:suport:problem:erased")
    assert (problem["reference"], problem["erased_at"]) == (reference, erased["erased_at"])


def test_data_protection_and_nobody_else_learns_who_erased_it(
    eraser: OperatorsApi, load: Any
) -> None:
    at(eraser, load)
    erase(eraser)
    who = {"by": "operator", "operator": "anna", "team": "payment"}
    told = eraser.viewed()
    assert refusal(told) == (404, "erased")
    assert told[1].items() >= who.items()
    left, tombstones = json.dumps(in_the_register()), json.dumps(table().tombstones)
    for stored in (left, tombstones):
        assert '"operator": {"S": "anna"}' in stored
        assert not [each for each in PAYMENT["contact"].values() if each in stored]
    eraser.app = eraser.work  # type: ignore[attr-defined]
    for asked_by in ({}, {"role": "signature-role"}):
        assert not {"by", "operator", "team"} & eraser.on("claim", **asked_by)[1].keys()


def test_a_telephone_call_sent_again_after_the_erasure_tells_the_program_to_erase_it(
    desk: OperatorsApi,
) -> None:
    key: Any = {"Idempotency_Key": "a-key-of-this-call-alone"}
    _, made = desk.ask("POST", "/v1/desk/incidents", PAYMENT, **key)
    reference, team = Reference(made["reference"]), Category.PAYMENT
    register().claim(reference, "anna", team, clock.now())
    register().erase_at_desk(reference, "anna", team, clock.now())
    answer = desk.ask("POST", "/v1/desk/incidents", PAYMENT, **key)
    assert refusal(answer) == (404, "erased")
    assert answer[1]["reference"] == reference


def test_any_team_learns_which_of_its_drafts_are_about_erased_incidents(
    eraser: OperatorsApi, load: Any
) -> None:
    at(eraser, load)
    asked = {"references": f"7SRJ-797M-D0GE,, {eraser.reference.lower()},"}
    path = "/v1/desk/erased"
    before = eraser.incident
    assert eraser.ask("GET", path, query=asked) == (200, {"erased": []})
    assert eraser.incident == before  # it is no look
    erase(eraser)
    told = eraser.ask("GET", path, query=asked, role="signature-role")
    assert told == (200, {"erased": [eraser.reference]})
    most = {"references": ",".join(["7SRJ-797M-D0GE"] * 49 + [eraser.reference])}
    assert eraser.ask("GET", path, query=most) == told
    assert refusal(eraser.ask("GET", path, query=asked, role="other-role")) == (403, "no-team")


@pytest.mark.parametrize(
    "stated",
    [
        *(None, "", " , ,", "nothing", "7SRJ-797M-D0GE,nothing", "7SRJ-797M-D0GF"),
        *("7SRJ-797M-D0GE GQNC-YQBY-1H8C", "7SRJ-797M-D0GE;GQNC-YQBY-1H8C"),
        ",".join(["7SRJ-797M-D0GE"] * 51),
    ],
)
def test_a_question_about_no_reference_too_many_or_something_else_is_refused(
    eraser: OperatorsApi, load: Any, stated: str | None
) -> None:
    at(eraser, load)
    query = {} if stated is None else {"references": stated}
    answer = eraser.ask("GET", "/v1/desk/erased", query=query)
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["references"]


def test_of_an_erasure_by_its_citizen_nobody_is_named(web: Web) -> None:
    reference = with_history(web)
    web.post("erase", {"reference": reference})
    confirmed(web, reference)
    assert '"by": {"S": "citizen"}' in json.dumps(in_the_register())
    assert "operator" not in json.dumps(table().tombstones)


def test_nobody_else_erases_it(eraser: OperatorsApi, load: Any) -> None:
    at(eraser, load)
    assert refusal(erase(eraser, name="biel")) == (409, "claimed-by-another")
    assert refusal(erase(eraser, role="functional-role")) == (403, "other-team")
    assert eraser.actions("refused")
    assert eraser.incident.contact


def test_an_incident_that_has_ended_is_erased_by_its_team(eraser: OperatorsApi, load: Any) -> None:
    eraser.on("resolve")
    at(eraser, load)
    assert erase(eraser, name="biel")[0] == 200


@pytest.mark.parametrize("wanted", ["xml", "json", "", "HTML"])
def test_a_copy_in_another_format_is_refused_and_not_recorded(
    eraser: OperatorsApi, wanted: str
) -> None:
    before = eraser.incident
    path = "/v1/desk/incidents/{reference}/export"
    answer = eraser.ask("GET", path, query={"format": wanted})
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["format"]
    assert eraser.incident == before


def test_the_copy_at_the_desk_is_json_and_a_page(eraser: OperatorsApi) -> None:
    status, copied = eraser.ask(
        "GET", "/v1/desk/incidents/{reference}/export", query={"format": "html"}
    )
    assert status == 200
    assert "internal words" in copied["page"]
    assert "internal words" in json.dumps(copied["incident"]["history"])
    looks = [each for each in copied["incident"]["history"] if each.get("action") == "viewed"]
    assert [(each["team"], each["purpose"], each["contact"]) for each in looks] == [
        ("payment", "claim", True)
    ]
    assert PAYMENT["contact"]["email"] not in json.dumps(copied)
    assert "anna" not in json.dumps(copied["incident"]["history"])
    assert [each["by"] for each in eraser.actions("exported")] == ["operator"]


# ---------------------------------------------------------- a copy of everything


def test_the_api_gives_a_copy_of_everything_and_records_it(web: Web) -> None:
    reference = with_history(web)
    operator = ("marta", Category.FUNCTIONAL)
    web.register.claim(reference, *operator, web.now)
    web.register.note(reference, *operator, "El banc ho confirma", web.now)
    status, copied = api(web, "GET", reference, "/export")
    assert status == 200
    told = json.dumps(copied, ensure_ascii=False)
    assert "El banc ho confirma" in told
    assert "marta" not in told
    assert [each for each in PRIVATE[:4] if each in told] == []
    assert [each["state"] for each in copied["consents"][0]["events"]] == ["given", "withdrawn"]
    entries = list(register().entries(reference, web.now))
    assert entries[0].facts == {"action": "exported", "by": "citizen"}


def test_all_parts_of_a_long_history_together_have_every_entry(web: Web) -> None:
    reference = with_history(web)
    operator = ("marta", Category.FUNCTIONAL)
    web.register.claim(reference, *operator, web.now)
    for number in range(120):
        web.register.note(reference, *operator, f"Nota {number}", web.now)
        if number % 2:
            web.register.reply(reference, *operator, f"Resposta {number}", web.now)
    entries = [entry.id for entry in web.register.entries(reference, web.now)]
    seen: list[str] = []
    query = ""
    while True:
        event = asked(
            "GET",
            f"/v1/incidents/{reference}/export",
            body=b"",
            query={"before": query} if query else None,
            Authorization=f"Bearer {access_code_for(aws.service_secret(), reference)}",
        )
        _, text, _ = answered(web.load("track_incident"), event)
        copied = text if isinstance(text, dict) else json.loads(text)
        seen += [each["entry"] for each in copied["incident"]["history"]]
        query = copied["incident"]["earlier"]
        if query is None:
            break
    assert seen == entries
