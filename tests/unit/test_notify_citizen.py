"""From the register's stream to the mail, and from what comes back to the incident."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest

from suport import aws
from suport.incident import Category, Entry, Kind, Language, MailTrouble
from suport.reference import Reference
from suport.register import Contended, NoSuchIncident, Register
from suport.submission import Submission, read

Load = Callable[[str], ModuleType]
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
    """The functions on both sides of the queue of mails, and the mails that SES was given."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.route = load("route_incident")
        self.notify = load("notify_citizen")
        self.register = Register(aws.client("dynamodb"), "register")
        self.now = NOW
        self._submitted = 0
        self.sent: list[dict[str, Any]] = []
        self.refusals: list[str] = []
        """With what errors SES answers, one after the other, before it takes mails."""
        for app in (self.route, self.notify):
            monkeypatch.setattr(app, "now", lambda: self.now)
        self.ses = aws.client("sesv2")
        self.ses.create_email_identity(EmailIdentity=FROM)
        own_send = self.ses.send_email

        def send(**request: Any) -> Any:
            if self.refusals:
                error: Any = {"Error": {"Code": (code := self.refusals.pop(0)), "Message": "no"}}
                refused: Any = self.ses.exceptions.from_code(code)
                raise refused(error, "SendEmail")
            answer = own_send(**request)
            self.sent.append(request | {"id": answer["MessageId"]})
            return answer

        monkeypatch.setattr(self.ses, "send_email", send)

    def submit(self, **changes: Any) -> Reference:
        """A new incident."""
        content = {
            "category": "functional",
            "description": "No puc annexar el document",
            "contact": {"email": ADDRESS},
        } | changes
        submission = read(Submission, json.dumps(content).encode(), Language.CATALAN)
        self._submitted += 1
        key = f"the key of number {self._submitted}"
        return self.register.submit(submission, key, b"secret", self.now).reference

    def claim(self, reference: Reference) -> None:
        self.pass_time()
        self.register.claim(reference, *OPERATOR, self.now)

    def pass_time(self, minutes: float = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def history(self, reference: Reference) -> list[Entry]:
        return self.register.history(reference, self.now)[1]

    def mails(self, reference: Reference) -> list[dict[str, Any]]:
        """What the register tells of mails."""
        return [each.content for each in self.history(reference) if each.kind is Kind.MAIL]

    def follow(self, reference: Reference) -> None:
        """Has the stream tell of all that there is of the incident."""
        for entry in ["incident", *(each.id for each in self.history(reference))]:
            self.tell(reference, entry)

    def tell(self, reference: Reference, entry: str, reason: str = "submitted") -> Any:
        record = {
            "eventID": "1",
            "eventName": "INSERT" if reason == "submitted" else "MODIFY",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"reference": {"S": reference}, "entry": {"S": entry}},
                "NewImage": {"route_reason": {"S": reason}} if entry == "incident" else {},
                "SequenceNumber": "1",
            },
        }
        return self.route.handler({"Records": [record]}, CONTEXT)

    def requests(self) -> list[Message]:
        """The messages that wait in the queue of mails, as Lambda is given them."""
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="mail")["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [lambdas(json.loads(each["Body"]), each) for each in found.get("Messages", [])]

    def deliver(self, *messages: Message) -> list[str]:
        """Gives the function these messages; returns those that failed, by their id."""
        answer = self.notify.handler({"Records": list(messages)}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def send(self) -> list[str]:
        """Has all mails sent that are asked for."""
        return self.deliver(*self.requests())

    def ask(self, reference: Reference) -> Message:
        """The request to acknowledge an incident."""
        asked = {"schema": "suport.mail/1", "reference": reference, "entry": "incident"}
        return lambdas(asked | {"kind": "acknowledgement"})


def lambdas(
    body: Any, received: Any = None, queue: str = "mail", receives: int = 1, number: int = 1
) -> Message:
    """A message as Lambda hands it over."""
    received = received or {"MessageId": f"message {number}", "ReceiptHandle": "handle"}
    return {
        "messageId": received["MessageId"],
        "receiptHandle": received["ReceiptHandle"],
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{queue}",
    }


def event(reference: Reference, kind: str = "Bounce", **about: str) -> Message:
    """What SES tells through its topic."""
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


@pytest.fixture
def post(load: Load, monkeypatch: pytest.MonkeyPatch) -> Post:
    for name, value in {
        "MAIL_FROM": FROM,
        "MAIL_CONFIGURATION": "mails",
        "PUBLIC_URL": "https://suport.example.test/",
    }.items():
        monkeypatch.setenv(name, value)
    return Post(load, monkeypatch)


def test_a_new_incident_is_acknowledged_once_and_the_register_tells_of_it(post: Post) -> None:
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
    texts = {each["Content"]["Simple"]["Body"]["Text"]["Data"] for each in post.sent}
    for words in ("Provau-ho així", "Quin navegador?", "Ja funciona"):
        assert len([text for text in texts if f"  {words}\n" in text]) == 1
    assert not [text for text in texts if "Firefox" in text]


def test_a_resolution_without_words_and_one_by_the_service_are_told_too(post: Post) -> None:
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
    content = {
        "category": "payment",
        "description": "Ha telefonat: el pagament no va",
        "error": {"code": "190"},
        "contact": {"email": ADDRESS},
    }
    submission = read(Submission, json.dumps(content).encode(), Language.CATALAN)
    key = "the key of a phone call"
    made = post.register.take_phone_call(submission, "aina", key, b"secret", post.now)
    post.follow(made.reference)
    assert post.send() == []
    assert [each["kind"] for each in post.mails(made.reference)] == ["acknowledgement"]


def test_a_mail_is_in_the_incidents_language_and_tells_robots_to_be_quiet(post: Post) -> None:
    reference = post.submit(language="de")
    assert post.deliver(post.ask(reference)) == []
    [mail] = post.sent
    content = mail["Content"]["Simple"]
    assert content["Subject"]["Data"] == f"Ihr Anliegen {reference} ist eingegangen"
    assert 'lang="de"' in content["Body"]["Html"]["Data"]
    headers = {each["Name"]: each["Value"] for each in content["Headers"]}
    assert headers == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "de",
    }
    assert mail["FromEmailAddress"].endswith(f"<{FROM}>")
    assert "ReplyToAddresses" not in mail
    assert mail["ConfigurationSetName"] == "mails"
    tags = {each["Name"]: each["Value"] for each in mail["EmailTags"]}
    assert tags == {"reference": reference, "entry": "incident"}


@pytest.mark.parametrize("language", list(Language))
def test_the_link_leads_to_the_service_and_opens_the_incident(
    post: Post, language: Language
) -> None:
    reference = post.submit(language=language)
    post.deliver(post.ask(reference))
    text = post.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert f"\nhttps://suport.example.test/{language}/track#{reference}." in text


def test_who_gave_no_address_gets_no_mail_and_nothing_fails(post: Post) -> None:
    reference = post.submit(contact={"phone": "+34 971 000 000"})
    post.follow(reference)
    assert post.send() == []
    assert post.sent == post.mails(reference) == []


def test_a_request_about_an_incident_that_has_expired_is_dropped(post: Post) -> None:
    reference = post.submit()
    asked = post.ask(reference)
    post.pass_time(minutes=200 * 24 * 60)
    assert post.deliver(asked, post.ask(Reference("0000-0000-0000"))) == []
    assert post.sent == []


def test_a_request_about_an_entry_that_is_gone_is_dropped(post: Post) -> None:
    asked = {
        "schema": "suport.mail/1",
        "reference": post.submit(),
        "entry": "01M853AR7V2QG01MJESSWCHBJS",
        "kind": "reply",
    }
    assert post.deliver(lambdas(asked)) == []
    assert post.sent == []


# --------------------------------------------------- what the form could be misused for


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


def test_answers_are_not_counted(post: Post) -> None:
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


def test_the_count_names_nobody_and_is_forgotten(post: Post) -> None:
    post.deliver(post.ask(post.submit()))
    counts = [
        item
        for item in boto3.client("dynamodb").scan(TableName="register")["Items"]
        if item["kind"]["S"] == "acknowledgements"
    ]
    [count] = counts
    assert "anna" not in json.dumps(count)
    expires_at = int(count["expires_at"]["N"])
    assert timedelta() < datetime.fromtimestamp(expires_at, UTC) - NOW < timedelta(minutes=61)


def test_of_two_who_count_at_once_none_is_forgotten(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another counts between this one's look and its writing, as often as there is room."""
    own_put = post.register._client.put_item
    others = iter(["A", "B", "C"])

    def overtaken(**request: Any) -> Any:
        monkeypatch.setattr(post.register._client, "put_item", own_put)
        for other in others:
            assert post.register.may_acknowledge(Reference(other), "digest", NOW)
        return own_put(**request)

    monkeypatch.setattr(post.register._client, "put_item", overtaken)
    assert not post.register.may_acknowledge(Reference("D"), "digest", NOW)
    assert post.register.may_acknowledge(Reference("A"), "digest", NOW)


# ------------------------------------------------------------------------ what fails


@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "LimitExceededException",
        "SendingPausedException",
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "NotFoundException",
        "InternalServiceErrorException",
    ],
)
def test_what_is_not_about_the_address_is_tried_again_and_marks_nobody(
    post: Post, code: str
) -> None:
    reference = post.submit()
    post.refusals = [code]
    asked = post.ask(reference)
    assert post.deliver(asked) == [asked["messageId"]]
    assert post.register.incident(reference, post.now).mail_trouble is None
    assert post.deliver(asked) == []
    assert len(post.sent) == 1


def test_an_address_that_ses_rejects_is_marked_at_once_and_not_tried_again(post: Post) -> None:
    reference = post.submit()
    post.refusals = ["BadRequestException"]
    assert post.deliver(post.ask(reference)) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.REJECTED
    assert post.deliver(post.ask(reference)) == []
    assert post.sent == []


def test_an_address_that_ses_cannot_write_is_marked_without_asking_it(post: Post) -> None:
    reference = post.submit(contact={"email": "aïna@example.org"})
    assert post.deliver(post.ask(reference)) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.REJECTED


def test_of_a_batch_only_the_mail_that_failed_comes_again(post: Post) -> None:
    post.refusals = ["TooManyRequestsException"]
    asked = [
        lambdas(json.loads(post.ask(post.submit())["body"]), number=number) for number in (1, 2)
    ]
    assert post.deliver(*asked) == ["message 1"]
    assert len(post.sent) == 1


def test_each_failure_has_the_message_wait_longer(
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


def test_a_message_that_cannot_be_read_fails_alone_and_is_not_logged(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    broken = lambdas({"schema": "suport.mail/1", "kind": "anna@example.org"}, number=7)
    assert post.deliver(broken, post.ask(post.submit())) == ["message 7"]
    assert len(post.sent) == 1
    assert "anna@" not in "".join(str(vars(record)) for record in caplog.records)


def test_the_text_by_which_ses_tries_the_topic_out_is_no_failure(post: Post) -> None:
    tried = lambdas({}, queue="mail_events")
    tried["body"] = "Successfully validated SNS topic for Amazon SES event publishing."
    assert post.deliver(tried) == []


def test_a_mail_that_was_sent_is_recorded_however_busy_the_incident_is(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    own = Register.record_mail
    busy = [Contended(), Contended()]

    def contended(self: Register, *about: Any) -> Entry:
        if busy:
            raise busy.pop()
        return own(self, *about)

    monkeypatch.setattr(Register, "record_mail", contended)
    assert post.deliver(post.ask(reference)) == []
    assert len(post.sent) == len(post.mails(reference)) == 1


def test_no_log_tells_the_address_or_the_access_code(
    post: Post, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = post.submit()
    post.refusals = ["MessageRejected"]
    post.deliver(post.ask(reference))
    post.deliver(post.ask(reference), event(reference, bounceType="Permanent"))
    html = post.sent[0]["Content"]["Simple"]["Body"]["Html"]["Data"]
    code = html.partition(f"#{reference}.")[2].partition('"')[0]
    assert len(code) > 28
    written = "".join(str(vars(record)) for record in caplog.records) + capsys.readouterr().out
    assert [secret for secret in (ADDRESS, code, "anna") if secret in written] == []


# ------------------------------------------------------------------- what comes back


def test_a_bounce_is_on_the_incident_for_the_operator_and_no_mail_follows(post: Post) -> None:
    reference = post.submit()
    post.deliver(post.ask(reference))
    told = event(reference, bounceType="Permanent", bounceSubType="General")
    assert post.deliver(told, told) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.BOUNCED
    actions = [each.content for each in post.history(reference) if each.kind is Kind.ACTION]
    assert actions == [{"action": "undeliverable", "reason": "bounced", "by": "service"}]
    post.claim(reference)
    post.pass_time()
    post.register.reply(reference, *OPERATOR, "Provau-ho així", post.now)
    post.follow(reference)
    assert post.send() == []
    assert len(post.sent) == 1


def test_a_complaint_is_on_the_incident_too(post: Post) -> None:
    reference = post.submit()
    told = event(reference, "Complaint", complaintFeedbackType="abuse")
    assert post.deliver(told) == []
    assert post.register.incident(reference, post.now).mail_trouble is MailTrouble.COMPLAINED


def test_a_full_mailbox_is_no_reason_to_send_no_more(post: Post) -> None:
    reference = post.submit()
    assert post.deliver(event(reference, bounceType="Transient", bounceSubType="General")) == []
    assert post.register.incident(reference, post.now).mail_trouble is None


def test_what_comes_back_of_an_expired_incident_is_dropped(post: Post) -> None:
    reference = post.submit()
    post.pass_time(minutes=200 * 24 * 60)
    assert post.deliver(event(reference, bounceType="Permanent")) == []
    with pytest.raises(NoSuchIncident):
        post.register.incident(reference, post.now)


# ----------------------------------------------------------------- what asks for mails


def test_a_request_that_its_queue_refuses_is_asked_for_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = post.submit()
    right = boto3.client("sqs").get_queue_url(QueueName="mail")["QueueUrl"]
    monkeypatch.setenv("MAIL_QUEUE_URL", right + "-gone")
    assert post.tell(reference, "incident") == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    monkeypatch.setenv("MAIL_QUEUE_URL", right)
    assert post.tell(reference, "incident") == {"batchItemFailures": []}
    assert [json.loads(each["body"])["kind"] for each in post.requests()] == ["acknowledgement"]


@pytest.mark.parametrize("reason", ["transferred", "citizen_replied", "requeued", "reopened"])
def test_a_changed_incident_is_not_acknowledged_again(post: Post, reason: str) -> None:
    post.tell(post.submit(), "incident", reason)
    assert post.requests() == []


def test_an_incident_that_is_routed_late_is_acknowledged_once(post: Post) -> None:
    reference = post.submit()
    for _ in range(2):  # the watcher had it routed anew
        post.tell(reference, "incident")
        assert post.send() == []
    assert len(post.sent) == 1


def test_an_entry_of_an_expired_incident_asks_for_nothing(post: Post) -> None:
    answer = post.tell(Reference("0000-0000-0000"), "01M853AR7V2QG01MJESSWCHBJS")
    assert answer == {"batchItemFailures": []}
    assert post.requests() == []
