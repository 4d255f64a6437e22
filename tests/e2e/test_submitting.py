"""A submission arrives in the register and in the queue of its category, once and complete."""

import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.service import CONTACT, RECORDED_CONTACT, Answer, Service, submission

TEXT = (
    "La col·laboració s’ha interromput: «Ça no és possible»?\n\n"
    "\tPas 1 → 2 · l·l L·L ç Ç à è é í ï ò ó ú ü — 🧾👩🏽‍💻👨‍👩‍👧‍👦🇪🇺\n"
    "e\u0301 no és é; 𝒳 tampoc és X; <b>&amp;</b> \\n \"'"
)
KEPT = unicodedata.normalize("NFC", TEXT)
MESSAGE_KEYS = {
    *("schema", "reference", "category", "language", "reason", "submitted_at", "queued_at"),
    *("error_code", "procedure", "attachments"),
}
PAYMENT_ERROR = {"code": "TPV-0190", "message": "Operació denegada · ç"}
PROCEDURE = {"code": "2.345.678", "name": "Sol·licitud d’ajuts"}


@dataclass(frozen=True)
class Arrived:
    """One incident: its receipt, its item in the register, and its message with the queue."""

    receipt: dict[str, Any]
    item: dict[str, Any]
    queue: str
    message: dict[str, Any]


@pytest.fixture(scope="module", params=["functional", "payment", "signature"])
def arrived(service: Service, request: pytest.FixtureRequest) -> Arrived:
    receipt = service.routed(
        category=request.param, description=TEXT, error=PAYMENT_ERROR, procedure=PROCEDURE
    )
    reference = receipt["reference"]
    queue, message = service.inbox.await_message(reference)
    return Arrived(receipt, service.incident(reference), queue, message)


def test_register_keeps_every_character(arrived: Arrived) -> None:
    assert arrived.item["description"] == KEPT


def test_message_carries_no_typed_text(arrived: Arrived) -> None:
    typed = [*TEXT.split(), *PAYMENT_ERROR.values(), PROCEDURE["name"]]
    carried = repr(arrived.message)
    assert [word for word in typed if len(word) > 3 and word in carried] == []


def test_queue_is_that_of_the_category(arrived: Arrived) -> None:
    assert arrived.queue == arrived.receipt["category"]


def test_message_has_the_keys_of_the_contract_and_no_others(arrived: Arrived) -> None:
    assert arrived.message.keys() == MESSAGE_KEYS


def test_message_describes_the_submission(arrived: Arrived) -> None:
    told = {name: arrived.message[name] for name in MESSAGE_KEYS - {"queued_at"}}
    assert told == {
        "schema": "suport.incident/2",
        "reference": arrived.receipt["reference"],
        "category": arrived.receipt["category"],
        "language": "ca",
        "reason": "submitted",
        "submitted_at": arrived.receipt["submitted_at"],
        "error_code": "190",  # TPV-0190 at the payment terminal
        "procedure": None,  # this procedure is not in the catalogue
        "attachments": [],
    }


def test_message_says_nothing_about_the_person(arrived: Arrived) -> None:
    secret = [*CONTACT.values(), arrived.receipt["access_code"]]
    assert [each for each in secret if each in repr(arrived.message)] == []


def test_register_keeps_the_contact(arrived: Arrived) -> None:
    assert arrived.item["contact"] == RECORDED_CONTACT


def test_receipt_has_the_keys_of_the_contract(arrived: Arrived) -> None:
    assert arrived.receipt.keys() == {
        *("reference", "access_code", "category", "status", "submitted_at", "expires_on"),
        "links",
    }


@pytest.fixture(scope="module")
def without_error(service: Service) -> tuple[Answer, list[dict[str, Any]]]:
    """The answer to a payment incident without an error, and its incidents in the register."""
    description = f"He pagat i no surt res. {secrets.token_hex(8)}"
    answer = service.submit(submission(category="payment", description=description))
    return answer, service.incidents(description)


def test_payment_without_an_error_is_refused(
    without_error: tuple[Answer, list[dict[str, Any]]],
) -> None:
    answer, _ = without_error
    assert (answer.status, answer.wrong_fields) == (422, ["error.code"])


def test_payment_without_an_error_records_nothing(
    without_error: tuple[Answer, list[dict[str, Any]]],
) -> None:
    _, recorded = without_error
    assert recorded == []


@pytest.mark.parametrize("error", [{"code": "TPV-0190"}, {"message": "Targeta caducada"}])
def test_payment_with_an_error_reaches_its_team(service: Service, error: dict[str, str]) -> None:
    receipt = service.submitted(category="payment", error=error)
    queue, _ = service.inbox.await_message(receipt["reference"])
    assert queue == "payment"


@pytest.mark.parametrize("character", ["x", "ç", "🧾"])
def test_description_of_4000_characters_is_accepted(service: Service, character: str) -> None:
    assert service.submit(submission(description=character * 4000)).status == 201


def test_description_of_4001_characters_is_refused(service: Service) -> None:
    answer = service.submit(submission(description="x" * 4001))
    assert (answer.status, answer.wrong_fields) == (422, ["description"])


def test_person_with_an_arabic_name_and_a_german_phone_is_accepted(service: Service) -> None:
    contact = {"name": "محمد بن عبد الله", "phone": "+49 30 901820"}
    receipt = service.submitted(contact=contact)
    dialled = contact | {"dial": "+4930901820"}
    assert service.incident(receipt["reference"])["contact"] == dialled


@dataclass(frozen=True)
class Retried:
    """The answers to the same submission sent three times, and to another with its key."""

    answers: list[Answer]
    other: Answer

    @property
    def reference(self) -> str:
        return str(self.answers[0].json()["reference"])


@pytest.fixture(scope="module")
def retried(service: Service) -> Retried:
    key = secrets.token_urlsafe()
    sent = submission(category="signature", description=TEXT)
    answers = [service.submit(sent, key) for _ in range(2)]
    service.inbox.await_message(answers[0].json()["reference"])
    service.await_status(answers[0].json()["reference"], "queued")
    answers.append(service.submit(sent, key))  # late, after the incident is queued
    other = service.submit(sent | {"description": "Ara escric una altra cosa."}, key)
    service.settle()
    return Retried(answers, other)


def test_retry_gets_the_same_answer_byte_for_byte(retried: Retried) -> None:
    assert len({(answer.status, answer.body) for answer in retried.answers}) == 1


def test_retry_makes_no_second_incident(service: Service, retried: Retried) -> None:
    alike = [item["reference"] for item in service.incidents(KEPT) if "error" not in item]
    assert alike == [retried.reference]


def test_retry_makes_no_second_message(service: Service, retried: Retried) -> None:
    assert [queue for queue, _ in service.inbox.of(retried.reference)] == ["signature"]


@pytest.fixture(scope="module")
def at_once(service: Service) -> list[Answer]:
    """The answers to one submission with one key, sent several times at once."""
    key, sent = secrets.token_urlsafe(), submission(description="Ho envio tres vegades.")
    with ThreadPoolExecutor(3) as attempts:
        return list(attempts.map(lambda _: service.submit(sent, key), range(3)))


def test_retries_at_once_get_the_same_answer(at_once: list[Answer]) -> None:
    assert {(answer.status, answer.body) for answer in at_once} == {(201, at_once[0].body)}


def test_retries_at_once_make_one_message(service: Service, at_once: list[Answer]) -> None:
    reference = at_once[0].json()["reference"]
    service.settle()
    assert len(service.inbox.of(reference)) == 1


def test_key_of_another_incident_is_refused(retried: Retried) -> None:
    assert (retried.other.status, retried.other.wrong_fields) == (422, ["Idempotency-Key"])


def test_refused_key_changes_nothing(service: Service, retried: Retried) -> None:
    assert service.incident(retried.reference)["description"] == KEPT
