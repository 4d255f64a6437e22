"""Mails: from the register's stream to SES, and from a bounce or complaint to the incident."""

import json
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.history import Entry, Kind
from suport.domain.incident import MailTrouble
from suport.domain.language import Language
from suport.domain.operator_identity import Operator
from suport.domain.owed_mail import MailKind, OwedMail
from suport.domain.reference import Reference
from suport.mail.acknowledgement_limit import AcknowledgementLimit
from suport.register.deployed import register
from suport.register.errors import Contended, NoSuchIncident
from suport.register.register import Register
from suport.runtime import aws, clock
from tests.support.failures import Call, intercept
from tests.support.gateway import Load
from tests.support.html import Page
from tests.support.mails import html, ids, read, text
from tests.support.register import submission_of, whole_history

Message = dict[str, Any]

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
    aws_request_id="request",
)
NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)
FROM = "suport@example.org"
ADDRESS = "anna@example.org"
OPERATOR = ("aina.ferrer", Category.FUNCTIONAL)


class Post:
    """The functions on both sides of the queue of mails, and the mails that SES got."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.route = load("route_incident")
        self.notify = load("notify_citizen")
        self.register = register()
        self.now = NOW
        self._submitted = 0
        self.sent: list[dict[str, Any]] = []
        self.refusals: list[str | Exception] = []
        """The errors of SES, or of calls to it, before it takes mails."""
        self.lost_answers = 0
        """How many mails SES takes while its answers get lost."""
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.ses = aws.client("sesv2")
        self.ses.create_email_identity(EmailIdentity=FROM)
        own_send = self.ses.send_email

        def send(**request: Any) -> Any:
            if self.refusals:
                refusal = self.refusals.pop(0)
                raise refusal if isinstance(refusal, Exception) else answered(refusal)
            answer = own_send(**request)
            mail = read(request["Content"]["Raw"]["Data"])
            self.sent.append(request | {"id": answer["MessageId"], "mail": mail})
            if self.lost_answers:
                self.lost_answers -= 1
                raise ReadTimeoutError(endpoint_url="https://email.example.test")
            return answer

        monkeypatch.setattr(self.ses, "send_email", send)

    def submit(self, unchecked: dict[str, str] | None = None, **changes: Any) -> Reference:
        """A new incident; `unchecked` are contact data that no body may hold."""
        content = {
            "category": "functional",
            "description": "No puc annexar el document",
            "contact": {"email": ADDRESS},
        } | changes
        submission = submission_of(content)
        if unchecked:
            submission = replace(submission, contact=unchecked)
        self._submitted += 1
        key = f"the key of number {self._submitted}"
        return self.register.submit(submission, key, b"secret", self.now).reference

    def claim(self, reference: Reference) -> None:
        self.pass_time()
        self.register.claim(reference, *OPERATOR, self.now)

    def pass_time(self, minutes: float = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def history(self, reference: Reference) -> list[Entry]:
        return whole_history(self.register, reference, self.now)[1]

    def mails(self, reference: Reference) -> list[dict[str, Any]]:
        """The mails that the register has recorded."""
        return [each.facts for each in self.history(reference) if each.kind is Kind.MAIL]

    def follow(self, reference: Reference, before: dict[str, Any] | None = None) -> Any:
        """Brings the incident's change to the stream; without `before`, the incident is new."""
        change = {
            "Keys": {"reference": {"S": reference}, "entry": {"S": "incident"}},
            "NewImage": self.image(reference),
            "SequenceNumber": "1",
        }
        record = {
            "eventID": "1",
            "eventName": "MODIFY" if before else "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": change | ({"OldImage": before} if before else {}),
        }
        return self.route.handler({"Records": [record]}, CONTEXT)

    def image(self, reference: Reference) -> dict[str, Any]:
        """The incident's item in the table."""
        key: Any = {"reference": {"S": reference}, "entry": {"S": "incident"}}
        table = aws.client("dynamodb")
        found: dict[str, Any] = table.get_item(TableName="register", Key=key, ConsistentRead=True)[
            "Item"
        ]
        return found

    def watch(self) -> None:
        """One run of the watcher, and the records of it on the stream."""
        for reference in self.register.to_follow_up(self.now):
            before = self.image(reference)
            self.register.follow_up(reference, self.now)
            self.follow(reference, before)

    def owed(self, reference: Reference) -> dict[str, OwedMail]:
        return self.register.incident(reference, self.now).mails

    def set_aside(self, reference: Reference) -> list[dict[str, Any]]:
        """The mails that were given up, according to the history."""
        contents = [each.facts for each in self.history(reference)]
        return [each for each in contents if each.get("action") == "mail_set_aside"]

    def requests(self) -> list[Message]:
        """The messages that wait in the queue of mails, as Lambda gets them."""
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="mail")["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [lambdas(json.loads(each["Body"]), each) for each in found.get("Messages", [])]

    def deliver(self, *messages: Message) -> list[str]:
        """Gives the function these messages; returns those that failed, by their id."""
        answer = self.notify.handler({"Records": list(messages)}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def send(self) -> list[str]:
        """Sends all requested mails."""
        requests = self.requests()
        return self.deliver(*requests) if requests else []

    def ask(self, reference: Reference) -> Message:
        """The request to acknowledge an incident."""
        asked = {"schema": "suport.mail/1", "reference": reference, "entry": "incident"}
        return lambdas(asked | {"kind": "acknowledgement"})


def lambdas(
    body: Any, received: Any = None, queue: str = "mail", receives: int = 1, number: int = 1
) -> Message:
    """A message as Lambda delivers it."""
    received = received or {"MessageId": f"message {number}", "ReceiptHandle": "handle"}
    return {
        "messageId": received["MessageId"],
        "receiptHandle": received["ReceiptHandle"],
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{queue}",
    }


def answered(code: str, status: int = 400) -> ClientError:
    """The answer of SES when it does not take a mail."""
    error: Any = {"Error": {"Code": code, "Message": "no"}}
    return ClientError(error | {"ResponseMetadata": {"HTTPStatusCode": status}}, "SendEmail")


def event(reference: Reference, kind: str = "Bounce", **about: str) -> Message:
    """An event that SES reports through its topic."""
    told = {
        "eventType": kind,
        kind.lower(): about,
        "mail": {
            "messageId": "an id",
            "destination": [ADDRESS],
            "tags": {"reference": [reference], "entry": ["incident"]},
        },
    }
    return lambdas(told, queue="mail_events")


def corrected(post: Post, reference: Reference, address: str) -> None:
    """The citizen corrects the address in the session that submitted."""
    before = post.image(reference)
    post.pass_time()
    post.register.correct_contact(
        reference, lambda contact: {**contact, "email": address}, post.now, at_once=True
    )
    post.follow(reference, before)


@pytest.fixture
def post(load: Load, monkeypatch: pytest.MonkeyPatch) -> Post:
    for name, value in {
        "MAIL_FROM": FROM,
        "MAIL_CONFIGURATION": "mails",
        "PUBLIC_URL": "https://suport.example.test/",
    }.items():
        monkeypatch.setenv(name, value)
    return Post(load, monkeypatch)


def test_a_new_incident_is_acknowledged_once_and_the_register_records_it(post: Post) -> None:
    reference = post.submit()
    post.follow(reference)
    assert post.send() == []
    [mail] = post.sent
    assert mail["Destination"] == {"ToAddresses": [ADDRESS]}
    assert post.mails(reference) == [
        {"for": "incident", "kind": "acknowledgement", "message_id": mail["id"]}
    ]


def test_a_redelivered_request_sends_nothing_twice(post: Post) -> None:
    reference = post.submit()
    asked = post.ask(reference)
    assert post.deliver(asked, asked) == post.deliver(asked) == []
    assert len(post.sent) == len(post.mails(reference)) == 1


def test_each_event_of_an_incident_leads_to_one_mail(post: Post) -> None:
    reference = post.submit()
    post.claim(reference)
    post.pass_time()
    post.register.reply(reference, *OPERATOR, "Provau-ho així", post.now)
    post.pass_time()
    post.register.reply(reference, *OPERATOR, "Quin navegador?", post.now, ask=True)
    post.pass_time()
    post.register.add_citizen_message(reference, "Firefox", post.now)
    post.claim(reference)
    post.pass_time()
    post.register.resolve(reference, *OPERATOR, "Ja funciona", post.now)
    post.pass_time()
    post.register.reopen(reference, post.now)
    post.pass_time()
    post.register.resolve_by_citizen(reference, post.now)
    post.follow(reference)
    assert post.send() == []
    kinds = Counter(each["kind"] for each in post.mails(reference))
    assert kinds == Counter(["acknowledgement", "reply", "question", "solution", "closing"])
    texts = {text(each["mail"]) for each in post.sent}
    for words in ("Provau-ho així", "Quin navegador?", "Ja funciona"):
        assert len([each for each in texts if f"  {words}\n" in each]) == 1
    assert not [each for each in texts if "Firefox" in each]


def test_a_resolution_without_words_or_by_the_service_leads_to_a_mail_too(post: Post) -> None:
    reference = post.submit()
    post.claim(reference)
    post.pass_time()
    post.register.resolve(reference, *OPERATOR, None, post.now)
    waiting = post.submit()
    post.claim(waiting)
    post.register.reply(waiting, *OPERATOR, "Quin navegador?", post.now, ask=True)
    post.pass_time(minutes=14 * 24 * 60)
    post.register.wake(waiting, post.now)
    post.follow(reference)
    post.follow(waiting)
    assert post.send() == []
    kinds = [each["kind"] for each in post.mails(reference) + post.mails(waiting)]
    assert sorted(kinds) == sorted(
        ["acknowledgement", "solution", "acknowledgement", "question", "closing"]
    )


def test_an_incident_taken_by_phone_is_acknowledged_too(post: Post) -> None:
    reference = taken_by_phone(post)
    post.follow(reference)
    assert post.send() == []
    assert [each["kind"] for each in post.mails(reference)] == ["acknowledgement"]


def test_a_mail_is_in_the_incidents_language_and_asks_robots_not_to_answer(post: Post) -> None:
    reference = post.submit(language="de")
    assert post.deliver(post.ask(reference)) == []
    [request] = post.sent
    mail = request["mail"]
    assert text(mail).startswith("Ihre Meldung ist eingegangen.\n")
    assert 'lang="de"' in html(mail)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "de"
    [sender] = mail["From"].addresses
    assert sender.addr_spec == FROM
    assert mail["To"] == ADDRESS
    assert request["ConfigurationSetName"] == "mails"
    tags = {each["Name"]: each["Value"] for each in request["EmailTags"]}
    assert tags == {"reference": reference, "entry": "incident", "address": "1"}


@pytest.mark.parametrize("language", list(Language))
def test_the_link_leads_to_the_service_and_opens_the_incident(
    post: Post, language: Language
) -> None:
    reference = post.submit(language=language)
    post.deliver(post.ask(reference))
    told = text(post.sent[0]["mail"])
    assert f"\nhttps://suport.example.test/{language}/track#{reference}." in told


def test_a_citizen_without_an_address_gets_no_mail_and_nothing_fails(post: Post) -> None:
    reference = post.submit(contact={"phone": "+34 971 000 000"})
    post.follow(reference)
    assert post.send() == []
    assert post.sent == post.mails(reference) == []


def test_a_request_about_an_expired_incident_is_dropped(post: Post) -> None:
    reference = post.submit()
    asked = post.ask(reference)
    post.pass_time(minutes=200 * 24 * 60)
    assert post.deliver(asked, post.ask(Reference("0000-0000-0000"))) == []
    assert post.sent == []


def test_a_request_about_an_expired_entry_is_dropped(post: Post) -> None:
    asked = {
        "schema": "suport.mail/1",
        "reference": post.submit(),
        "entry": "01M853AR7V2QG01MJESSWCHBJS",
        "kind": "reply",
    }
    assert post.deliver(lambdas(asked)) == []
    assert post.sent == []


# ------------------------------------------------------------- misuse of the form


def test_at_most_three_acknowledgements_an_hour_go_to_one_address(post: Post) -> None:
    for _ in range(5):
        post.deliver(post.ask(post.submit(contact={"email": "Anna+x@example.org"})))
        post.pass_time(minutes=10)
    assert len(post.sent) == 3
    post.pass_time(minutes=10.1)  # an hour after the first
    post.deliver(post.ask(post.submit()), post.ask(post.submit()))
    assert len(post.sent) == 4
    post.deliver(post.ask(post.submit(contact={"email": "joan@example.org"})))
    assert len(post.sent) == 5


def test_a_reply_is_sent_however_many_acknowledgements_an_address_got(post: Post) -> None:
    references = [post.submit() for _ in range(4)]
    post.deliver(*(post.ask(each) for each in references))
    last = references[-1]
    assert post.mails(last) == []
    post.claim(last)
    post.pass_time()
    post.register.reply(last, *OPERATOR, "Provau-ho així", post.now)
    post.follow(last)
    post.send()
    assert [each["kind"] for each in post.mails(last)] == ["reply"]


def test_an_acknowledgement_that_failed_does_not_count_against_itself(post: Post) -> None:
    references = [post.submit() for _ in range(3)]
    post.refusals = ["TooManyRequestsException"] * 2
    for each in references:
        post.deliver(post.ask(each))
    assert len(post.sent) == 1
    for each in references:
        post.deliver(post.ask(each))
    assert len(post.sent) == 3


def test_the_count_names_nobody_and_expires(post: Post) -> None:
    post.deliver(post.ask(post.submit()))
    counts = [
        item
        for item in aws.client("dynamodb").scan(TableName="register")["Items"]
        if item["kind"]["S"] == "acknowledgements"
    ]
    [count] = counts
    assert "anna" not in json.dumps(count)
    expires_at = int(count["expires_at"]["N"])
    assert timedelta() < datetime.fromtimestamp(expires_at, UTC) - NOW < timedelta(minutes=61)


@pytest.mark.usefixtures("embedded")
def test_two_who_count_at_once_are_both_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others count between this one's read and its write, until there is no room left."""
    client = aws.client("dynamodb")
    limit = AcknowledgementLimit(client, "register")
    own_put = client.put_item
    others = iter(["A", "B", "C"])

    def overtaken(**request: Any) -> Any:
        monkeypatch.setattr(client, "put_item", own_put)
        for other in others:
            assert limit.admits(other, "digest", NOW)
        return own_put(**request)

    monkeypatch.setattr(client, "put_item", overtaken)
    assert not limit.admits("D", "digest", NOW)
    assert limit.admits("A", "digest", NOW)


def test_a_batch_of_acknowledgements_reads_the_incidents_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted_calls(monkeypatch)
    references = [post.submit(contact={"email": f"{number}@example.org"}) for number in range(5)]
    calls.clear()
    assert post.deliver(*(post.ask(each) for each in references)) == []
    assert len(post.sent) == 5
    # the limit, the claim, and the entry of what was sent
    each = {"PutItem": 5, "UpdateItem": 5, "SendEmail": 5, "TransactWriteItems": 5}
    assert calls == {"BatchGetItem": 1, **each}


def test_the_next_mail_to_an_address_costs_one_more_call(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted_calls(monkeypatch)
    asked_for = [post.ask(post.submit()) for _ in range(2)]
    assert post.deliver(asked_for[0]) == []
    calls.clear()
    assert post.deliver(asked_for[1]) == []
    assert calls["PutItem"] == 2
    assert calls.total() == 6


def counted_calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The calls to AWS from now on, by their operations."""
    calls = Counter[str]()

    def call(own: Call, operation: str, request: dict[str, Any]) -> Any:
        calls[operation] += 1
        return own(operation, request)

    intercept(monkeypatch, call)
    return calls


# ---------------------------------------------------------------------- failures


REFUSED: list[str | Exception] = [
    *("TooManyRequestsException", "LimitExceededException", "SendingPausedException"),
    *("AccountSuspendedException", "MailFromDomainNotVerifiedException", "MessageRejected"),
    *("NotFoundException", "BadRequestException"),
    exceptions.ConnectTimeoutError(endpoint_url="https://email.example.test"),
    exceptions.EndpointConnectionError(endpoint_url="https://email.example.test"),
    exceptions.NoCredentialsError(),
    exceptions.EndpointProviderError(msg="no"),
    answered("ServiceUnavailable", 503),
    exceptions.CredentialRetrievalError(provider="the role", error_msg="no"),
]
UNANSWERED: list[Exception] = [
    ReadTimeoutError(endpoint_url="https://email.example.test"),
    exceptions.ConnectionClosedError(endpoint_url="https://email.example.test"),
    exceptions.HTTPClientError(error="broken"),
    exceptions.SSLError(endpoint_url="https://email.example.test", error=OSError("cut")),
    ResponseParserError("no XML"),
    ssl.SSLEOFError("cut"),
    answered("InternalServiceErrorException", 500),
    answered("RequestTimeout", 408),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=str)
def test_a_refusal_by_ses_marks_no_address_costs_no_attempt_and_is_tried_again(
    post: Post, refusal: str | Exception
) -> None:
    reference = post.submit()
    post.refusals = [refusal] * 5
    asked = post.ask(reference)
    for _ in range(5):
        assert post.deliver(asked) == [asked["messageId"]]
    assert post.register.incident(reference, post.now).mail_trouble is None
    assert post.deliver(asked) == []
    assert len(post.sent) == 1
    assert post.owed(reference) == {}


@pytest.mark.parametrize("failure", UNANSWERED, ids=str)
def test_an_attempt_without_an_answer_is_repeated_once_after_its_time(
    post: Post, failure: Exception
) -> None:
    reference = post.submit()
    asked = post.ask(reference)
    post.refusals = [failure]
    assert post.deliver(asked) == [asked["messageId"]]
    assert post.deliver(asked) == [asked["messageId"]], "the attempt may still be under way"
    assert post.sent == []
    post.pass_time(minutes=5.1)
    assert post.deliver(asked) == []
    assert len(post.sent) == 1


def test_after_two_attempts_without_an_answer_the_mail_is_set_aside_for_all_to_see(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = post.submit()
    post.lost_answers = 9
    asked = post.ask(reference)
    for _ in range(9):
        post.deliver(asked)
        post.pass_time(minutes=5.1)
    assert len(post.sent) == 2
    [told] = post.set_aside(reference)
    assert told == {
        "action": "mail_set_aside",
        "for": "incident",
        "kind": "acknowledgement",
        "reason": "unknown_outcome",
        "by": "service",
    }
    assert post.owed(reference) == {}
    assert '"MailsSetAside":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_a_mail_that_was_sent_but_not_recorded_goes_out_twice_at_most(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()

    def down(*_: Any, **__: Any) -> Entry:
        raise Contended

    monkeypatch.setattr(Register, "record_mail", down)
    for _ in range(12):
        post.deliver(post.ask(reference))
        post.pass_time(minutes=20)
    assert len(post.sent) == 2
    assert len(post.set_aside(reference)) == 1


def test_two_requests_for_one_mail_at_once_send_one(
    post: Post, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    own, another = post.ses.send_email, load("notify_citizen")
    monkeypatch.setattr(clock, "now", lambda: post.now)
    meanwhile: list[Any] = []

    def send(**request: Any) -> Any:
        meanwhile.append(another.handler({"Records": [post.ask(reference)]}, CONTEXT))
        return own(**request)

    monkeypatch.setattr(post.ses, "send_email", send)
    assert post.deliver(post.ask(reference)) == []
    assert meanwhile == [{"batchItemFailures": [{"itemIdentifier": "message 1"}]}], "for later"
    assert len(post.sent) == 1
    assert post.deliver(post.ask(reference)) == []
    assert len(post.sent) == len(post.mails(reference)) == 1


def at_the_claim(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[Callable[[], object]], object]
) -> None:
    """Lets something happen just before an attempt is claimed; it is given that claim."""
    table = aws.client("dynamodb")
    own = table.update_item

    def update(**request: Any) -> Any:
        monkeypatch.setattr(table, "update_item", own)
        happens(lambda: own(**request))
        return own(**request)

    monkeypatch.setattr(table, "update_item", update)


def test_a_mail_is_about_the_incident_as_its_attempt_was_claimed(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The citizen corrects the address after the mail was written, and before it is sent."""
    reference = post.submit()
    at_the_claim(monkeypatch, lambda _: corrected(post, reference, "anna.pons@example.org"))
    assert post.deliver(post.ask(reference)) == []
    assert [each["Destination"]["ToAddresses"] for each in post.sent] == [["anna.pons@example.org"]]
    code = access_code_for(aws.service_secret(), reference, 2)
    assert code in text(post.sent[0]["mail"])
    assert [each["kind"] for each in post.mails(reference)] == ["acknowledgement"]


def test_two_mails_of_an_incident_in_one_batch_are_one_conversation(post: Post) -> None:
    reference = post.submit()
    post.claim(reference)
    answer = post.register.reply(reference, *OPERATOR, "Provau-ho", post.now)
    reply = {"schema": "suport.mail/1", "reference": reference, "entry": answer.id}
    asked_for = [post.ask(reference), lambdas(reply | {"kind": "reply"}, number=2)]
    assert post.deliver(*asked_for) == []
    received, replied = (each["mail"] for each in post.sent)
    assert ids(replied["References"]) == message_ids(post)[:1]
    assert "Provau-ho" in text(replied)
    assert received["References"] is None


def test_a_mail_that_is_asked_for_twice_in_a_batch_is_sent_once(post: Post) -> None:
    asked_for = post.ask(post.submit())
    assert post.deliver(asked_for, {**asked_for, "messageId": "message 2"}) == []
    assert len(post.sent) == 1


def test_a_claim_whose_answer_was_lost_is_no_other_attempt(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client repeats the call, and DynamoDB refuses it: the incident has the claim already."""
    reference = post.submit()
    at_the_claim(monkeypatch, lambda claim: claim())
    assert post.deliver(post.ask(reference)) == []
    assert len(post.sent) == len(post.mails(reference)) == 1


def test_nothing_is_sent_if_no_attempt_can_be_claimed(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    table = aws.client("dynamodb")

    def down(**_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example.test")

    monkeypatch.setattr(table, "update_item", down)
    for _ in range(5):
        assert post.deliver(post.ask(reference)) == ["message 1"]
    assert post.sent == []


# ------------------------------------------------- mails owed but never requested


def everything_owed(post: Post) -> dict[str, Reference]:
    """Incidents that each owe one mail, by its kind; the stream has no record of any."""
    made = {}
    for kind in ("acknowledgement", "reply", "question", "solution", "closing"):
        made[kind] = reference = post.submit(contact={"email": f"{kind}@example.org"})
        if kind == "acknowledgement":
            continue
        post.deliver(post.ask(reference))
        if kind == "closing":
            post.register.resolve_by_citizen(reference, post.now)
            continue
        post.register.claim(reference, *OPERATOR, post.now)
        if kind == "solution":
            post.register.resolve(reference, *OPERATOR, "Ja funciona", post.now)
        else:
            ask = kind == "question"
            post.register.reply(reference, *OPERATOR, "Provau-ho", post.now, ask=ask)
    return made


def test_the_watcher_requests_a_mail_whose_stream_record_was_lost(post: Post) -> None:
    made = everything_owed(post)
    post.sent.clear()
    assert post.send() == []
    assert post.sent == []
    post.pass_time(minutes=16)
    post.watch()
    assert post.send() == []
    sent = {each["Destination"]["ToAddresses"][0] for each in post.sent}
    assert sent == {f"{kind}@example.org" for kind in made}
    for kind, reference in made.items():
        assert post.mails(reference)[-1]["kind"] == kind
        assert post.owed(reference) == {}
    post.pass_time(minutes=60)
    post.watch()
    assert post.send() == []
    assert len(post.sent) == len(made)


def test_the_access_code_of_a_phone_call_is_mailed_whatever_was_lost(post: Post) -> None:
    reference = taken_by_phone(post)
    for _ in range(5):  # the stream's records are lost until the service is well again
        post.pass_time(minutes=250)
        post.register.follow_up(reference, post.now)
    post.pass_time(minutes=250)
    post.watch()
    assert post.send() == []
    assert [each["kind"] for each in post.mails(reference)] == ["acknowledgement"]


def test_the_watcher_finally_sets_aside_a_mail_that_never_succeeds(post: Post) -> None:
    reference = post.submit()
    post.refusals = ["MessageRejected"] * 1000
    hours = 0
    while post.owed(reference):
        post.watch()
        post.send()
        post.pass_time(minutes=60)
        hours += 1
        assert hours < 80
    assert hours > 20
    assert [each["reason"] for each in post.set_aside(reference)] == ["not_sent"]
    assert post.sent == []


def test_a_failing_team_queue_holds_no_mail_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    right = boto3.client("sqs").get_queue_url(QueueName="functional")["QueueUrl"]
    monkeypatch.setenv("FUNCTIONAL_QUEUE_URL", right + "-gone")
    assert post.follow(reference) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert post.send() == []
    assert len(post.sent) == 1


def taken_by_phone(post: Post, number: int = 1) -> Reference:
    content = {
        "category": "payment",
        "description": "Ha telefonat: el pagament no va",
        "error": {"code": "190"},
        "contact": {"email": ADDRESS},
    }
    submission = submission_of(content)
    key = f"the key of phone call {number}"
    aina = Operator("aina", (Category.PAYMENT,))
    return post.register.take_phone_call(submission, aina, key, b"secret", post.now).reference


def test_a_fourth_receipt_within_the_hour_is_set_aside_if_the_page_has_shown_the_code(
    post: Post,
) -> None:
    references = [post.submit() for _ in range(4)]
    post.deliver(*(post.ask(each) for each in references))
    assert [each["reason"] for each in post.set_aside(references[-1])] == ["too_many"]


def test_a_fourth_receipt_within_the_hour_waits_if_only_the_receipt_has_the_code(
    post: Post,
) -> None:
    references = [taken_by_phone(post, number) for number in range(4)]
    post.deliver(*(post.ask(each) for each in references))
    assert len(post.sent) == 3
    assert post.set_aside(references[-1]) == []
    post.pass_time(minutes=61)
    post.watch()
    assert post.send() == []
    assert len(post.sent) == 4


def test_an_address_that_ses_cannot_write_is_marked_without_a_call(post: Post) -> None:
    # submitted before such addresses were refused
    reference = post.submit(unchecked={"email": "aïna@example.org"})
    assert post.deliver(post.ask(reference)) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.REJECTED


def test_only_the_failed_mail_of_a_batch_comes_again(post: Post) -> None:
    post.refusals = ["TooManyRequestsException"]
    asked = [
        lambdas(json.loads(post.ask(post.submit())["body"]), number=number) for number in (1, 2)
    ]
    assert post.deliver(*asked) == ["message 1"]
    assert len(post.sent) == 1


def test_the_message_waits_longer_after_each_failure(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[Any] = []
    sqs = aws.client("sqs")
    monkeypatch.setattr(
        sqs, "change_message_visibility", lambda **asked: waits.append(asked), raising=True
    )
    reference = post.submit()
    for receives in (1, 2, 10):
        post.refusals = ["TooManyRequestsException"]
        body = json.loads(post.ask(reference)["body"])
        post.deliver(lambdas(body, receives=receives))
    post.deliver(lambdas({"nonsense": [], "mail": None}, queue="mail_events"))
    assert [each["VisibilityTimeout"] for each in waits] == [60, 120, 0, 60]
    queues = [each["QueueUrl"].rpartition("/")[2] for each in waits]
    assert queues == ["mail", "mail", "mail", "mail_events"]


def test_an_unreadable_message_fails_alone_and_is_not_logged(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    broken = lambdas({"schema": "suport.mail/1", "kind": "anna@example.org"}, number=7)
    assert post.deliver(broken, post.ask(post.submit())) == ["message 7"]
    assert len(post.sent) == 1
    assert "anna@" not in "".join(str(vars(record)) for record in caplog.records)


def test_the_text_with_which_ses_tries_out_the_topic_is_no_failure(post: Post) -> None:
    tried = lambdas({}, queue="mail_events")
    tried["body"] = "Successfully validated SNS topic for Amazon SES event publishing."
    assert post.deliver(tried) == []


def test_a_mail_that_was_sent_is_recorded_however_busy_the_incident_is(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    own = Register.record_mail
    busy = [Contended(), Contended()]

    def contended(self: Register, *about: Any, **more: Any) -> Entry:
        if busy:
            raise busy.pop()
        return own(self, *about, **more)

    monkeypatch.setattr(Register, "record_mail", contended)
    assert post.deliver(post.ask(reference)) == []
    assert len(post.sent) == len(post.mails(reference)) == 1


def test_no_log_has_the_address_or_the_access_code(
    post: Post, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = post.submit()
    post.refusals = ["MessageRejected"]
    post.deliver(post.ask(reference))
    post.deliver(post.ask(reference))
    post.deliver(event(reference, bounceType="Permanent"))
    code = html(post.sent[0]["mail"]).partition(f"#{reference}.")[2].partition('"')[0]
    assert len(code) > 28
    written = "".join(str(vars(record)) for record in caplog.records) + capsys.readouterr().out
    assert [secret for secret in (ADDRESS, code, "anna") if secret in written] == []


# ------------------------------------------------------------- bounces and complaints


def test_a_bounce_is_recorded_for_the_operator_and_no_mail_follows(post: Post) -> None:
    reference = post.submit()
    post.deliver(post.ask(reference))
    told = event(reference, bounceType="Permanent", bounceSubType="General")
    assert post.deliver(told, told) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.BOUNCED
    actions = [each.facts for each in post.history(reference) if each.kind is Kind.ACTION]
    assert actions == [{"action": "undeliverable", "reason": "bounced", "by": "service"}]
    post.claim(reference)
    post.pass_time()
    post.register.reply(reference, *OPERATOR, "Provau-ho així", post.now)
    post.follow(reference)
    assert post.send() == []
    assert len(post.sent) == 1


def test_a_complaint_is_recorded_too(post: Post) -> None:
    reference = post.submit()
    told = event(reference, "Complaint", complaintFeedbackType="abuse")
    assert post.deliver(told) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.COMPLAINED


def test_a_full_mailbox_is_no_reason_to_stop_sending(post: Post) -> None:
    reference = post.submit()
    assert post.deliver(event(reference, bounceType="Transient", bounceSubType="General")) == []
    assert post.register.incident(reference, post.now).mail_trouble is None


def test_a_bounce_for_an_expired_incident_is_dropped(post: Post) -> None:
    reference = post.submit()
    post.pass_time(minutes=200 * 24 * 60)
    assert post.deliver(event(reference, bounceType="Permanent")) == []
    with pytest.raises(NoSuchIncident):
        post.register.incident(reference, post.now)


# ------------------------------------------------------------------ requests for mails


def test_a_mail_request_that_the_queue_refuses_is_made_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    right = boto3.client("sqs").get_queue_url(QueueName="mail")["QueueUrl"]
    monkeypatch.setenv("MAIL_QUEUE_URL", right + "-gone")
    assert post.follow(reference) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    monkeypatch.setenv("MAIL_QUEUE_URL", right)
    assert post.follow(reference) == {"batchItemFailures": []}
    assert [json.loads(each["body"])["kind"] for each in post.requests()] == ["acknowledgement"]


def test_a_change_that_owes_nothing_new_asks_for_no_mail(post: Post) -> None:
    reference = post.submit()
    before = post.image(reference)
    post.register.mark_queued(post.register.incident(reference, post.now), post.now)
    post.register.add_citizen_message(reference, "Encara no va", post.now)
    post.follow(reference, before)
    assert post.requests() == []


def test_an_incident_that_is_routed_late_is_acknowledged_once(post: Post) -> None:
    reference = post.submit()
    for _ in range(2):  # the watcher had it routed again
        post.follow(reference)
        assert post.send() == []
    assert len(post.sent) == 1


def test_closing_and_reopening_again_and_again_floods_nobody(post: Post) -> None:
    reference = post.submit()
    for _ in range(6):
        post.register.resolve_by_citizen(reference, post.now)
        post.register.reopen(reference, post.now)
        post.pass_time(minutes=1)
    post.follow(reference)
    assert post.send() == []
    assert len(post.sent) == 3
    assert {each["reason"] for each in post.set_aside(reference)} == {"too_many"}


def test_a_corrected_address_gets_the_new_code_and_the_former_one_is_told(post: Post) -> None:
    reference = post.submit()
    corrected(post, reference, "anna.pons@example.org")
    assert post.send() == []
    went = {mail["Destination"]["ToAddresses"][0]: mail for mail in post.sent}
    assert went.keys() == {ADDRESS, "anna.pons@example.org"}
    code = access_code_for(aws.service_secret(), reference, 2)
    told = {to: text(request["mail"]) for to, request in went.items()}
    assert code in told["anna.pons@example.org"]
    assert reference in told[ADDRESS]
    assert code not in told[ADDRESS]


def test_what_the_former_address_sends_back_is_no_trouble_of_the_new_one(post: Post) -> None:
    reference = post.submit()
    corrected(post, reference, "anna.pons@example.org")
    post.send()
    for mail in post.sent:
        tags = {each["Name"]: [each["Value"]] for each in mail["EmailTags"]}
        bounce = json.loads(event(reference, bounceType="Permanent")["body"])
        bounce["mail"]["tags"] = tags
        assert post.deliver(lambdas(bounce, queue="mail_events")) == []
        trouble = post.register.incident(reference, post.now).mail_trouble
        to_present = mail["Destination"]["ToAddresses"] == ["anna.pons@example.org"]
        assert (trouble is MailTrouble.BOUNCED) is to_present
        assert to_present is (mail is post.sent[-1])


def test_new_codes_in_excess_wait_an_hour_instead_of_being_lost(post: Post) -> None:
    reference = post.submit()

    def sent() -> int:
        return [each["kind"] for each in post.mails(reference)].count(MailKind.ACCESS_CODE)

    for number in range(4):
        before = post.image(reference)
        post.pass_time()
        post.register.replace_code(reference, post.now, f"request {number}")
        post.follow(reference, before)
        post.send()
    assert (sent(), post.set_aside(reference)) == (3, [])
    post.pass_time(61)
    post.watch()
    post.send()
    assert (sent(), post.set_aside(reference)) == (4, [])


# ----------------------------------------------------------------------- conversations


def latest_to(post: Post, address: str) -> EmailMessage:
    """The latest mail to that address, as its program reads it."""
    found: EmailMessage = next(
        each["mail"]
        for each in reversed(post.sent)
        if each["Destination"]["ToAddresses"] == [address]
    )
    return found


def answered_again(post: Post, reference: Reference, words: str = "Provau-ho així") -> EmailMessage:
    """The mail with another answer of the team."""
    before = post.image(reference)
    post.pass_time()
    post.register.reply(reference, *OPERATOR, words, post.now)
    post.follow(reference, before)
    assert post.send() == []
    return latest_to(post, ADDRESS)


def message_ids(post: Post) -> list[str]:
    """What SES has put into the `Message-ID` of each mail."""
    return [f"<{each['id']}@eu-west-1.amazonses.com>" for each in post.sent]


def test_the_mails_of_an_incident_are_one_conversation(post: Post) -> None:
    reference = post.submit(language="es")
    post.follow(reference)
    post.send()
    first = post.sent[0]["mail"]
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    post.claim(reference)
    for number in range(1, 9):
        earlier = message_ids(post)
        mail = answered_again(post, reference)
        assert mail["Subject"] == first["Subject"]
        assert ids(mail["In-Reply-To"]) == [earlier[-1]]
        assert ids(mail["References"]) == (earlier if number <= 6 else [earlier[0], *earlier[-5:]])


def test_a_subject_in_any_language_is_read_as_it_was_written(post: Post) -> None:
    reference = post.submit(language="ca")
    post.deliver(post.ask(reference))
    subject = post.sent[0]["mail"]["Subject"]
    assert subject == f"Incidència {reference}: Ajuda per a tramitacions telemàtiques"


def test_a_mail_of_which_nobody_knows_whether_it_left_is_not_referred_to(post: Post) -> None:
    reference = post.submit()
    post.lost_answers = 2
    for _ in range(3):
        post.deliver(post.ask(reference))
        post.pass_time(minutes=5.1)
    post.claim(reference)
    mail = answered_again(post, reference)
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
    assert ids(answered_again(post, reference)["References"]) == message_ids(post)[-2:-1]


def test_an_incident_from_before_conversations_begins_one(post: Post) -> None:
    reference = post.submit()
    post.register.record_mail(
        *(reference, "incident", MailKind.ACKNOWLEDGEMENT, "an id of before", post.now)
    )
    post.claim(reference)
    assert answered_again(post, reference)["References"] is None
    assert ids(answered_again(post, reference)["In-Reply-To"]) == message_ids(post)[-2:-1]


def test_no_address_learns_of_mails_to_another_one(post: Post) -> None:
    reference = post.submit()
    post.follow(reference)
    post.send()
    [to_former] = message_ids(post)
    corrected(post, reference, "anna.pons@example.org")
    assert post.send() == []
    told, present = latest_to(post, ADDRESS), latest_to(post, "anna.pons@example.org")
    assert ids(told["References"]) == [to_former], "the former address has its own conversation"
    assert (present["In-Reply-To"], present["References"]) == (None, None)
    to_present = {
        message
        for message, each in zip(message_ids(post), post.sent, strict=True)
        if each["Destination"]["ToAddresses"] == ["anna.pons@example.org"]
    }
    post.claim(reference)
    answered_again(post, reference)
    assert set(ids(latest_to(post, "anna.pons@example.org")["References"])) == to_present


def test_a_mail_that_nobody_may_overlook_is_in_the_conversation_under_its_own_subject(
    post: Post,
) -> None:
    reference = post.submit()
    post.deliver(post.ask(reference))
    before = post.image(reference)
    post.pass_time()
    post.register.correct_contact(
        *(reference, lambda contact: {**contact, "email": "anna.pons@example.org"}, post.now),
        at_once=False,
    )
    post.follow(reference, before)
    assert post.send() == []
    received, confirmation = (each["mail"] for each in post.sent)
    assert ids(confirmation["References"]) == message_ids(post)[:1]
    assert confirmation["Subject"] != received["Subject"]


def test_a_mail_that_was_under_way_while_the_address_changed_belongs_to_neither(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    own = post.ses.send_email

    def send(**request: Any) -> Any:
        monkeypatch.setattr(post.ses, "send_email", own)
        corrected(post, reference, "anna.pons@example.org")
        return own(**request)

    monkeypatch.setattr(post.ses, "send_email", send)
    post.deliver(post.ask(reference))
    post.send()
    assert post.sent[0]["Destination"]["ToAddresses"] == [ADDRESS]
    assert latest_to(post, "anna.pons@example.org")["References"] is None


def test_a_mail_is_read_as_it_was_written_in_both_its_parts(post: Post) -> None:
    reference = post.submit()
    post.claim(reference)
    words = (
        "Bon dia,\n\n  1. Obriu https://exemple.cat/a?b=1&c=2.\n  2. Signau = <sempre>\n"
        + "à" * 999
    )
    mail = answered_again(post, reference, words)
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert mail.get_content_type() == "multipart/alternative"
    for part in parts:
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
    for line in words.splitlines():
        assert line in text(mail)
        assert " ".join(line.split()) in Page(html(mail)).within("body").text
    raw: bytes = post.sent[-1]["Content"]["Raw"]["Data"]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\n"))) <= 998  # RFC 5322, 2.1.1


def test_answers_go_to_the_monitored_mailbox_if_there_is_one(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.deliver(post.ask(post.submit()))
    monkeypatch.setenv("MONITORED_MAILBOX", "suport@caib.example")
    post.deliver(post.ask(post.submit()))
    without, monitored = (each["mail"] for each in post.sent)
    assert without["Reply-To"] is None
    assert monitored["Reply-To"] == "suport@caib.example"
    assert text(without) != text(monitored)
