"""Nobody loses the way back: the access code, its replacement, and who corrects an address."""

import json
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from suport.domain.access_code import access_code_for, confirmation_for
from suport.domain.category import Category
from suport.domain.history import Done, Kind
from suport.domain.incident import Incident, MailTrouble
from suport.domain.language import Language
from suport.domain.owed_mail import OF_THE_INCIDENT, MailKind, SetAside
from suport.domain.reference import Reference
from suport.runtime import aws
from suport.texts.labels import EVENTS
from tests.support.gateway import CONTEXT, answered, asked
from tests.support.web import FILLED_IN, OTHER_KEY, Answer, Web, in_the_register

PAGES = ("track", "contact-data", "close", "files", "remote-support")


def code_of(web: Web, reference: Reference) -> str:
    number = web.incident(reference).code_number
    return access_code_for(aws.service_secret(), reference, number)


def shown_code(answer: Answer) -> str | None:
    """The access code on the page, if it shows one."""
    page = answer.page
    return page.said_by("access-code") if "access-code" in page.ids else None


def opened_by_code(web: Web, **changes: str) -> Reference:
    """A new incident, opened with its access code in another browser."""
    reference = web.submit(**changes)
    web.cookie = None
    web.post("track", {"reference": reference, "access_code": code_of(web, reference)})
    return reference


def api(web: Web, method: str, reference: str, content: Any, code: str) -> tuple[int, Any]:
    """Status and body of the API's answer."""
    media_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    app = web.load("correct_contact")
    event = asked(
        method,
        f"/v1/incidents/{reference}/contact",
        body=json.dumps(content).encode(),
        query=None,
        Authorization=f"Bearer {code}",
        Content_Type=media_type,
        Accept_Language="en",
    )
    status, body, _ = answered(app, event)
    return status, body if isinstance(body, dict) else json.loads(body)


def test_a_body_of_another_type_is_told_every_type_that_may_be_sent(web: Web) -> None:
    reference = web.submit()
    for method, taken in (
        ("PATCH", "application/json, application/merge-patch+json"),
        ("POST", "application/json"),
    ):
        event = asked(
            method,
            f"/v1/incidents/{reference}/contact",
            body=b"<contact/>",
            query=None,
            Authorization=f"Bearer {code_of(web, reference)}",
            Content_Type="application/xml",
            Accept_Language="en",
        )
        status, told, _ = answered(web.load("correct_contact"), event)
        told = told if isinstance(told, dict) else json.loads(told)
        (error,) = told["errors"]
        assert (status, error["field"]) == (415, "body")
        for text in (told["detail"], error["message"]):
            assert f" {taken}" in text
            assert text.count("application/") == taken.count("application/")


# ------------------------------------------------------- where the code is shown


def test_the_session_that_submitted_shows_the_code_on_every_visit_for_half_an_hour(
    web: Web,
) -> None:
    reference = web.submit()
    code = code_of(web, reference)
    for minutes, language in ((0, "ca"), (10, "de"), (19, "es")):
        web.now += timedelta(minutes=minutes)
        web.post("reply", {"body": f"Encara falla {minutes}", "idempotency_key": OTHER_KEY})
        assert shown_code(web.get("track", language)) == code
    web.now += timedelta(minutes=1)
    assert shown_code(web.get("track")) is None


def test_no_other_page_shows_the_code(web: Web) -> None:
    code = code_of(web, web.submit())
    for page in (*PAGES[1:], "export", "access-code"):
        assert code not in web.get(page).body


def test_a_session_opened_by_the_code_does_not_show_it(web: Web) -> None:
    opened_by_code(web)
    assert shown_code(web.get("track")) is None


def test_a_citizen_who_has_noted_the_code_sees_it_no_more(web: Web) -> None:
    reference = web.submit()
    answer = web.post("access-code", {"noted": "1", "reference": reference})
    assert (answer.status, answer.location) == (303, "track")
    assert shown_code(web.get("track")) is None
    assert web.incident(reference).code_number == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "The access code is also in the email we are sending to a…@example.org."),
        ({"contact.email": "", "contact.phone": "971481726"}, "we do not send it by email."),
    ],
)
def test_the_page_says_where_else_the_code_is(web: Web, changes: dict[str, str], said: str) -> None:
    web.submit(**changes)
    assert said in web.get("track", "en").page.text


def test_where_the_receipt_was_not_sent_the_page_says_so_and_how_to_get_the_code(web: Web) -> None:
    reference = web.submit()
    web.register.set_mail_aside(reference, OF_THE_INCIDENT, SetAside.TOO_MANY, web.now)
    page = web.get("track", "en").page
    why = EVENTS[(Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.TOO_MANY)]
    assert why.in_(Language.ENGLISH) in page.text
    assert "replace it. We send the new code to your email address." in page.text
    assert "access-code" in page.links
    assert "Write down the access code" in page.text, "no mail has it"
    replaced = web.post("access-code", {"reference": reference, "idempotency_key": OTHER_KEY})
    assert replaced.location == "track?done=code-mailed"
    assert MailKind.ACCESS_CODE in [mail.kind for mail in web.incident(reference).mails.values()]


def test_where_mail_came_back_the_page_says_so_and_shows_another_code(web: Web) -> None:
    reference = opened_by_code(web)
    web.register.mark_undeliverable(reference, MailTrouble.BOUNCED, web.now)
    page = web.get("track", "en").page
    assert "Come back to this page to read the answers" in page.text
    assert {"contact-data", "access-code"} <= set(page.links)
    web.post("access-code", {"reference": reference, "idempotency_key": OTHER_KEY})
    assert shown_code(web.get("track")) == code_of(web, reference)


# ---------------------------------------------------------------- cookies refused


@pytest.mark.parametrize(
    ("email", "phone", "told"),
    [
        ("xisca@example.org", "971 48 17 26", "at your email address or by phone"),
        ("xisca@example.org", "", "here and at your email address"),
        ("", "971 48 17 26", "You will not get an email about it"),
    ],
)
def test_the_page_after_sending_promises_only_ways_that_lead_to_the_citizen(
    web: Web, email: str, phone: str, told: str
) -> None:
    reference = web.submit(**{"contact.email": email, "contact.phone": phone})
    page = web.get("track", "en", sent=reference).page
    assert told in page.text
    assert ("at your email address" in page.text) is bool(email)


def test_without_cookies_the_page_after_sending_shows_the_reference(web: Web) -> None:
    sent = web.post("incident", FILLED_IN)
    reference = web.reference
    path, _, fragment = (sent.location or "").partition("#")
    assert fragment == f"{reference}.{code_of(web, reference)}"
    assert code_of(web, reference) not in path
    web.cookie = None
    answer = web.get("track", "en", sent=reference)
    assert answer.title == "We have received your incident"
    assert answer.page.said_by("reference") == reference
    assert "It may refuse the one cookie" in answer.page.text


def test_the_page_of_a_sent_incident_does_not_show_another_one_that_is_open(web: Web) -> None:
    first = web.submit()
    web.submit(idempotency_key=OTHER_KEY, description="Un altre problema diferent")
    answer = web.get("track", sent=first)
    assert answer.page.said_by("reference") == first
    assert "No puc annexar" not in answer.body


@pytest.mark.parametrize("sent", ["", "x", "0000-0000-0001", "<b>", "7K3M9QXA2BT"])
def test_an_address_that_names_no_incident_says_nothing_of_one(web: Web, sent: str) -> None:
    answer = web.get("track", "en", sent=sent)
    assert answer.title == "Your incident"
    assert "received your incident" not in answer.page.text


def test_a_citizen_who_refuses_cookies_is_told_why_the_incident_stays_closed(web: Web) -> None:
    reference = web.submit()
    typed = {"reference": reference, "access_code": code_of(web, reference)}
    led_to = web.post("track", typed).location
    assert led_to == "track?opened=1"
    web.cookie = None
    page = web.get("track", "en", opened="1").page
    assert "The reference and access code are correct." in page.text
    assert "access_code" in page.values


# ------------------------------------------------------------- the code is replaced


def test_a_replaced_code_opens_the_incident_and_the_one_before_opens_nothing(web: Web) -> None:
    reference = opened_by_code(web)
    old = code_of(web, reference)
    answer = web.post("access-code", {"reference": reference})
    assert answer.location == "track?done=code-mailed"
    assert shown_code(web.get("track")) is None  # the mail has it
    new = code_of(web, reference)
    web.cookie = None
    assert web.post("track", {"reference": reference, "access_code": old}).status == 404
    assert web.post("track", {"reference": reference, "access_code": new}).status == 303


def test_sessions_of_the_code_before_are_over(web: Web) -> None:
    reference = opened_by_code(web)
    elsewhere = web.cookie
    web.post("access-code", {"reference": reference})
    here, web.cookie = web.cookie, elsewhere
    for page in PAGES:
        assert reference not in web.get(page).body
    written = {"body": "Encara falla", "idempotency_key": OTHER_KEY, "reference": reference}
    refused = web.post("reply", written)
    assert (refused.status, web.messages(reference)) == (403, [])
    assert refused.page.values["body"] == "Encara falla"
    web.cookie = here
    assert web.get("track").page.said_by("reference") == reference


def test_without_an_address_the_page_shows_the_new_code(web: Web) -> None:
    phone = {"contact.email": "", "contact.phone": "971481726"}
    reference = opened_by_code(web, **phone)
    answer = web.post("access-code", {"reference": reference})
    assert answer.location == "track?done=code-replaced"
    assert shown_code(web.get("track")) == code_of(web, reference)


def test_the_same_form_once_more_replaces_nothing_and_locks_nobody_out(web: Web) -> None:
    phone = {"contact.email": "", "contact.phone": "971481726"}
    reference = opened_by_code(web, **phone)
    form = web.get("access-code").page.values
    before = web.cookie
    assert web.post("access-code", form).location == "track?done=code-replaced"
    web.cookie = before  # the answer got lost
    assert web.post("access-code", form).location == "track?done=code-replaced"
    assert web.incident(reference).code_number == 2
    assert shown_code(web.get("track")) == code_of(web, reference)
    web.cookie = before
    assert web.post("access-code", web.get("access-code").page.values).status == 403


def test_opening_the_incident_again_keeps_the_session_that_submitted_it(web: Web) -> None:
    reference = web.submit()
    web.post("track", {"reference": reference, "access_code": code_of(web, reference)})
    assert shown_code(web.get("track")) == code_of(web, reference)


def test_a_form_sent_again_hours_later_shows_the_code_but_no_details(web: Web) -> None:
    web.submit()
    web.now += timedelta(hours=2)
    assert web.post("incident", FILLED_IN).status == 303
    assert shown_code(web.get("track"))
    assert not web.get("contact-data").page.values.get("contact.email")


def test_the_api_knows_only_the_present_code(web: Web) -> None:
    reference = opened_by_code(web)
    old = code_of(web, reference)
    web.post("access-code", {"reference": reference})
    assert api(web, "PATCH", reference, {"name": "Anna"}, old)[0] == 404
    assert api(web, "PATCH", reference, {"name": "Anna"}, code_of(web, reference))[0] == 200


# --------------------------------------------------------------------- lost it?


class Lost:
    """Somebody who asks for another code, and the mailer."""

    def __init__(self, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        self.web = web
        queue = aws.client("sqs").create_queue(QueueName="mail")["QueueUrl"]
        monkeypatch.setenv("MAIL_QUEUE_URL", queue)
        self._queue = queue
        self.mailer: ModuleType = web.load("notify_citizen")

    def asks(self, reference: str, reached_at: str, language: str = "ca") -> Answer:
        fields = {"reference": reference, "reached_at": reached_at}
        return self.web.post("lost-code", fields, language)

    def waiting(self) -> list[str]:
        """The messages in the queue of mails; removes them."""
        received = aws.client("sqs").receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        messages = received.get("Messages", [])
        for each in messages:
            aws.client("sqs").delete_message(
                QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"]
            )
        return [each["Body"] for each in messages]

    def deliver(self, body: str) -> None:
        """Hands a message to the mailer."""
        record = {
            "messageId": "m",
            "receiptHandle": "r",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:mail",
        }
        self.web.monkeypatch.setattr("suport.runtime.clock.now", lambda: self.web.now)
        assert self.mailer.handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}


@pytest.fixture
def lost(web: Web, monkeypatch: pytest.MonkeyPatch) -> Lost:
    return Lost(web, monkeypatch)


def codes_owed(incident: Incident) -> int:
    return [mail.kind for mail in incident.mails.values()].count(MailKind.ACCESS_CODE)


@pytest.mark.parametrize("reached_at", ["anna@example.org", " ANNA@Example.org "])
def test_reference_and_address_bring_a_new_code_to_the_recorded_address(
    lost: Lost, reached_at: str
) -> None:
    reference = lost.web.submit()
    assert lost.asks(reference, reached_at).location == "lost-code?done=asked"
    (message,) = lost.waiting()
    lost.deliver(message)
    incident = lost.web.incident(reference)
    assert (incident.code_number, codes_owed(incident)) == (2, 1)
    lost.deliver(message)  # a queue may deliver it twice
    assert lost.web.incident(reference).code_number == 2


def test_the_answer_is_the_same_whether_or_not_they_belong_together(lost: Lost) -> None:
    reference = lost.web.submit()
    lost.web.cookie = None
    before, told = in_the_register(), []
    for asked_with in (
        (reference, "anna@example.org"),
        (reference, "somebody@example.org"),
        (reference, "600112233"),
        ("0000-0000-0000", "anna@example.org"),
    ):
        answer = lost.asks(*asked_with)
        told.append((answer.status, answer.location, answer.body))
    assert len(set(told)) == 1
    assert in_the_register() == before  # the register was not even asked
    messages = lost.waiting()
    assert {frozenset(json.loads(each)) for each in messages} == {
        frozenset({"schema", "reference", "proof", "request"})
    }
    assert not [each for each in messages if "example" in each or "600112233" in each]
    for message in messages[1:]:
        lost.deliver(message)
    assert lost.web.incident(reference).code_number == 1


def test_one_address_gets_three_new_codes_an_hour(lost: Lost) -> None:
    reference = lost.web.submit()
    for _ in range(5):
        lost.asks(reference, "anna@example.org")
        for message in lost.waiting():
            lost.deliver(message)
    assert lost.web.incident(reference).code_number == 4
    lost.web.now += timedelta(hours=1)
    lost.asks(reference, "anna@example.org")
    for message in lost.waiting():
        lost.deliver(message)
    assert lost.web.incident(reference).code_number == 5


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"reference": "7K3M-9QXA-2BTD", "reached_at": "anna@example.org"}, "reference"),
        ({"reference": "", "reached_at": "anna@example.org"}, "reference"),
        ({"reference": "0000-0000-0000", "reached_at": "anna"}, "reached_at"),
        ({"reference": "0000-0000-0000", "reached_at": ""}, "reached_at"),
    ],
)
def test_what_is_mistyped_is_named_and_stays(
    lost: Lost, fields: dict[str, str], wrong: str
) -> None:
    answer = lost.asks(**fields)
    assert answer.status == 422
    assert f"{wrong}-error" in answer.page.attributes("id")
    assert answer.page.values.items() >= fields.items()
    assert lost.waiting() == []


# ------------------------------------------------------------ contact details


def test_the_session_that_submitted_sees_its_details_and_corrects_them_at_once(web: Web) -> None:
    reference = web.submit(**{"contact.name": "Anna Pons"})
    old = code_of(web, reference)
    values = web.get("contact-data").page.values
    assert (values["contact.email"], values["contact.name"]) == ("anna@example.org", "Anna Pons")
    corrected = values | {"contact.email": "anna.pons@example.org", "contact.name": ""}
    assert web.post("contact-data", corrected).location == "track?done=address-changed"
    assert web.incident(reference).contact == {"email": "anna.pons@example.org"}
    new = code_of(web, reference)
    assert new != old
    assert shown_code(web.get("track")) == new


def test_details_saved_as_they_are_shown_stay_as_they_are(web: Web) -> None:
    reference = web.submit(**{"contact.phone": "971 48 17 26"})
    before = web.incident(reference).contact
    values = web.get("contact-data").page.values
    assert web.post("contact-data", values).location == "track?done=unchanged"
    assert web.incident(reference).contact == before


def test_fields_emptied_on_a_page_of_the_session_that_submitted_take_nothing_away_later(
    web: Web,
) -> None:
    reference = web.submit(**{"contact.name": "Anna Pons"})
    values = web.get("contact-data").page.values | {"contact.name": ""}
    web.now += timedelta(minutes=20)
    web.get("files")  # keeps the session open
    web.now += timedelta(minutes=20)
    assert web.post("contact-data", values).status == 422
    assert web.incident(reference).contact["name"] == "Anna Pons"


@pytest.mark.parametrize(
    ("typed", "became"),
    [
        ({"contact.phone": "971481726"}, "track?done=corrected"),
        ({"contact.email": "joan@example.org"}, "contact-data?done=to-be-confirmed"),
    ],
)
def test_what_was_typed_when_the_session_was_over_is_saved_once_it_is_open_again(
    web: Web, typed: dict[str, str], became: str
) -> None:
    reference, code = opened_by_code(web), web.code
    before = web.incident(reference).contact
    web.now += timedelta(minutes=31)
    refused = web.post("contact-data", {"reference": reference} | typed, "en")
    assert (refused.status, web.incident(reference).contact) == (403, before)
    assert "We have kept your contact details on this page" in refused.page.text
    again = web.post("track", refused.page.values | {"access_code": "wrong"}, "en")
    assert again.status == 422
    form = again.page.values | {"access_code": code}
    assert form.items() >= typed.items()
    opening = web.post("track", form)
    assert (opening.status, opening.location) == (307, "contact-data")
    assert web.post("contact-data", form).location == became


def test_later_details_are_masked_and_an_empty_field_changes_nothing(web: Web) -> None:
    reference = opened_by_code(web, **{"contact.name": "Anna Pons"})
    page = web.get("contact-data").page
    assert "Pons" not in page.text
    assert not page.values.get("contact.email")
    form = {"reference": reference, "contact.email": "", "contact.phone": "971481726"}
    assert web.post("contact-data", form).location == "track?done=corrected"
    contact = web.incident(reference).contact
    assert (contact["email"], contact["phone"], contact["name"]) == (
        *("anna@example.org", "971481726", "Anna Pons"),
    )


def test_later_another_address_is_confirmed_with_the_code_from_the_mail(web: Web) -> None:
    reference = opened_by_code(web)
    form = {"reference": reference, "contact.email": "anna.pons@example.org"}
    assert web.post("contact-data", form).location == "contact-data?done=to-be-confirmed"
    asked_for = web.incident(reference).address_change
    assert asked_for
    assert 'href="contact-data">Confirm the other' in web.get("track", "en").body
    wrong = web.post("contact-data", {"reference": reference, "confirmation": "0000-0000"}, "en")
    assert wrong.status == 422
    assert wrong.page.values["confirmation"] == "0000-0000"
    confirmation = confirmation_for(aws.service_secret(), reference, asked_for.entry)
    typed = {"reference": reference, "confirmation": f" {confirmation.lower()} "}
    assert web.post("contact-data", typed).location == "track?done=address-changed"
    assert web.incident(reference).contact["email"] == "anna.pons@example.org"
    assert web.get("track").page.said_by("reference") == reference  # this session goes on
    assert "Confirm the other" not in web.get("track", "en").body


def test_a_code_for_another_address_typed_too_late_confirms_it_once_the_incident_is_open_again(
    web: Web,
) -> None:
    reference, code = opened_by_code(web), web.code
    form = {"reference": reference, "contact.email": "anna.pons@example.org"}
    web.post("contact-data", form)
    asked_for = web.incident(reference).address_change
    assert asked_for
    confirmation = confirmation_for(aws.service_secret(), reference, asked_for.entry)
    web.now += timedelta(minutes=31)
    typed = {"reference": reference, "confirmation": confirmation}
    refused = web.post("contact-data", typed, "en")
    assert "We have kept your confirmation code on this page, and use" in refused.page.text
    again = refused.page.values | {"access_code": code}
    assert web.post("track", again).location == "contact-data"
    assert web.post("contact-data", again).location == "track?done=address-changed"


def test_nobody_is_left_without_a_way_to_be_reached(web: Web) -> None:
    reference = web.submit()
    answer = web.post(
        "contact-data", {"reference": reference, "contact.email": "", "shown": "1"}, "en"
    )
    assert answer.status == 422
    assert "contact.email-error" in answer.page.attributes("id")
    assert web.incident(reference).contact == {"email": "anna@example.org"}


def test_the_api_corrects_what_is_stated_and_has_another_address_confirmed(web: Web) -> None:
    reference = opened_by_code(web)
    code = code_of(web, reference)
    status, body = api(web, "PATCH", reference, {"phone": "971 48 17 26"}, code)
    assert (status, body["correction"], body["contact"]["email"]) == (
        *(200, "corrected", "a…@example.org"),
    )
    status, body = api(web, "PATCH", reference, {"email": "anna.pons@example.org"}, code)
    assert (status, body["correction"]) == (202, "to_be_confirmed")
    assert "pons" not in json.dumps(body)
    asked_for = web.incident(reference).address_change
    assert asked_for
    confirmation = confirmation_for(aws.service_secret(), reference, asked_for.entry)
    status, body = api(web, "POST", reference, {"confirmation": "XXXX-XXXX"}, code)
    assert (status, body["errors"][0]["field"]) == (422, "confirmation")
    assert api(web, "POST", reference, {"confirmation": confirmation}, code)[0] == 200
    assert code_of(web, reference) != code


def test_the_api_takes_a_part_away_but_never_both_ways_to_reach_the_citizen(web: Web) -> None:
    reference = opened_by_code(web, **{"contact.name": "Anna"})
    code = code_of(web, reference)
    assert api(web, "PATCH", reference, {"name": None}, code)[0] == 200
    assert "name" not in web.incident(reference).contact
    status, body = api(web, "PATCH", reference, {"email": None}, code)
    assert (status, [each["field"] for each in body["errors"]]) == (422, ["email"])


# ------------------------------------------------------- the same text once more

ANOTHER_KEY = FILLED_IN | {"idempotency_key": OTHER_KEY}


def test_the_same_text_from_the_session_that_sent_it_is_asked_about(web: Web) -> None:
    first = web.submit()
    answer = web.post("incident", ANOTHER_KEY | {"contact.phone": "971481726"}, "en")
    assert (answer.status, answer.title) == (409, "Is this a second problem?")
    assert first in answer.page.text
    assert len(web.register.open_incidents(Category.FUNCTIONAL, web.now)) == 1
    kept = answer.page.values
    assert (
        kept.items()
        >= {"description": FILLED_IN["description"], "contact.phone": "971481726"}.items()
    )
    sent = web.post("incident", kept | {"step": "second"})
    assert sent.status == 303
    assert web.reference != first
    assert len(web.register.open_incidents(Category.FUNCTIONAL, web.now)) == 2


def test_a_form_sent_twice_is_no_second_problem(web: Web) -> None:
    first = web.submit()
    assert web.post("incident", FILLED_IN).status == 303
    assert web.reference == first


@pytest.mark.parametrize(
    "changed",
    [
        {"description": "Un altre problema, ben diferent"},
        {"description": f"{FILLED_IN['description']}."},
    ],
)
def test_another_text_is_sent_at_once(web: Web, changed: dict[str, str]) -> None:
    web.submit()
    assert web.post("incident", ANOTHER_KEY | changed).status == 303


def test_only_the_session_that_submitted_is_asked(web: Web) -> None:
    opened_by_code(web)
    assert web.post("incident", ANOTHER_KEY).status == 303
    web.now += timedelta(minutes=30)
    assert web.post("incident", ANOTHER_KEY | {"idempotency_key": "k" * 32}).status == 303
    web.cookie = None
    assert web.post("incident", ANOTHER_KEY | {"idempotency_key": "q" * 32}).status == 303
