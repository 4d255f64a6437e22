"""The mails that citizens get, and the bounces that come back, through the whole service."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from local import ROOT
from suport.domain.category import Category
from suport.domain.reference import Reference
from suport.register.register import Register
from tests.support.mails import ids, read, sent
from tests.support.patience import await_truth
from tests.support.service import Service

TEAM = ("aina.ferrer", Category.FUNCTIONAL)


class Mailbox:
    """A different address for each test, its mails, and the operator who works on its incidents."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.address = f"qzrvwb-{secrets.token_hex(6)}@example.test"
        self.register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])

    def report(self, **changes: Any) -> dict[str, Any]:
        """Submits an incident with this address; returns its receipt."""
        return self.service.submitted(contact={"email": self.address}, **changes)

    @property
    def mails(self) -> list[dict[str, Any]]:
        """The mails that have arrived, oldest first."""
        return [each for each in sent(self.service) if self.address in each["To"]]

    def await_mails(self, count: int) -> list[dict[str, Any]]:
        await_truth(lambda: len(self.mails) >= count)
        assert len(self.mails) == count
        return self.mails

    def recorded(self, reference: str) -> list[dict[str, Any]]:
        """The register's entries about mails, oldest first."""
        items = self.service.items(reference)
        return [item["content"] for item in items if item["kind"] == "mail"]

    def claim(self, reference: Reference) -> None:
        self.register.claim(reference, *TEAM, datetime.now(UTC))

    def tell(self, event: dict[str, Any]) -> None:
        """Publishes the event as SES would."""
        sns = self.service.aws.client("sns")
        sns.publish(
            TopicArn=self.service.environment["MAIL_EVENTS_TOPIC"], Message=json.dumps(event)
        )
        sns.close()


@pytest.fixture
def mailbox(service: Service) -> Mailbox:
    return Mailbox(service)


def bounce(reference: str) -> dict[str, Any]:
    sample = json.loads((ROOT / "events/notify_citizen.mail_events.json").read_text())
    event: dict[str, Any] = json.loads(sample["Records"][0]["body"])
    event["mail"]["tags"]["reference"] = [reference]
    return event


def test_a_new_incident_is_acknowledged_with_its_access_code_but_no_typed_text(
    mailbox: Mailbox,
) -> None:
    receipt = mailbox.report(language="es", description="COMPRAD http://spam.example ya mismo")
    [mail] = mailbox.await_mails(1)
    reference, code = receipt["reference"], receipt["access_code"]
    assert reference in mail["Subject"]
    for form in (mail["BodyText"], mail["BodyHtml"]):
        assert f"/es/track#{reference}.{code}" in form
        assert "spam" not in form
    assert 'lang="es"' in mail["BodyHtml"]
    await_truth(lambda: len(mailbox.recorded(reference)) == 1)
    assert mailbox.recorded(reference) == [
        {"for": "incident", "kind": "acknowledgement", "message_id": mail["MessageId"]}
    ]


def test_the_link_in_a_mail_leads_to_this_service(mailbox: Mailbox) -> None:
    mailbox.report()
    [mail] = mailbox.await_mails(1)
    link = next(line for line in mail["BodyText"].splitlines() if "#" in line)
    page = link.partition("#")[0]
    api_url = mailbox.service.environment["API_URL"]
    assert page == f"{api_url}/ca/track"
    assert mailbox.service.get("/ca/track").status == 200


def test_each_answer_is_mailed_once_and_recorded(mailbox: Mailbox) -> None:
    reference = Reference(mailbox.report()["reference"])
    mailbox.await_mails(1)
    mailbox.claim(reference)
    mailbox.register.reply(reference, *TEAM, "Provau-ho <així>", datetime.now(UTC))
    reply = mailbox.await_mails(2)[-1]
    received, answer = (read(each["Raw"].encode()) for each in mailbox.mails)
    assert answer["Subject"] == received["Subject"]
    assert ids(answer["In-Reply-To"]) == [f"<{mailbox.mails[0]['MessageId']}>"]
    assert "Provau-ho <així>" in reply["BodyText"]
    assert "Provau-ho &lt;així&gt;" in reply["BodyHtml"]
    mailbox.register.reply(reference, *TEAM, "Quin navegador?", datetime.now(UTC), ask=True)
    assert "Quin navegador?" in mailbox.await_mails(3)[-1]["BodyText"]
    mailbox.register.resolve(reference, *TEAM, "Ja funciona", datetime.now(UTC))
    assert "Ja funciona" in mailbox.await_mails(4)[-1]["BodyText"]
    mailbox.service.settle()
    assert [each["kind"] for each in mailbox.recorded(reference)] == [
        *("acknowledgement", "reply", "question", "solution"),
    ]
    assert len(mailbox.mails) == 4


def test_an_address_gets_at_most_three_acknowledgements(mailbox: Mailbox) -> None:
    for _ in range(5):
        mailbox.report()
    mailbox.service.settle()
    assert len(mailbox.mails) == 3


def test_a_citizen_with_only_a_phone_number_gets_no_mail_and_nothing_fails(
    mailbox: Mailbox,
) -> None:
    receipt = mailbox.service.submitted(contact={"phone": "+34 971 48 17 26"})
    mailbox.service.settle()
    assert mailbox.recorded(receipt["reference"]) == []
    assert mailbox.service.waiting("MAIL_DEAD_LETTER_QUEUE_URL") == 0


def test_a_bounce_is_marked_on_the_incident_and_ends_its_mails(mailbox: Mailbox) -> None:
    reference = Reference(mailbox.report()["reference"])
    mailbox.await_mails(1)
    mailbox.tell(bounce(reference))
    await_truth(lambda: mailbox.service.incident(reference).get("mail_trouble") == "bounced")
    mailbox.claim(reference)
    mailbox.register.reply(reference, *TEAM, "Provau-ho així", datetime.now(UTC))
    mailbox.service.settle()
    assert len(mailbox.mails) == 1


def test_mails_leave_no_dead_letters(service: Service) -> None:
    for queue in ("MAIL_DEAD_LETTER_QUEUE_URL", "MAIL_EVENTS_DEAD_LETTER_QUEUE_URL"):
        assert service.waiting(queue) == 0
