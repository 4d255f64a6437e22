"""A bad request gets an answer that names its fault, never a server error, and leaves no trace."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.service import CONTACT, FORM, JSON, Answer, Service, submission


def written(**changes: Any) -> bytes:
    return json.dumps(submission(**changes), ensure_ascii=False).encode()


def contact(**changes: Any) -> bytes:
    return written(contact=CONTACT | changes)


@dataclass(frozen=True)
class Bad:
    """A bad request, the status of its answer, and the field that the answer has to name."""

    status: int
    named: str
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})


MEGABYTE = 1024 * 1024
GOOD = written()
BAD = {
    "not JSON": Bad(400, "body", b"category=functional"),
    "half of JSON": Bad(400, "body", GOOD[: len(GOOD) // 2]),
    "empty": Bad(400, "body", b""),
    "JSON list": Bad(422, "body", b"[" + GOOD + b"]"),
    "JSON text": Bad(422, "body", b'"hola"'),
    "JSON null": Bad(422, "body", b"null"),
    "empty object": Bad(422, "category", b"{}"),
    "description a number": Bad(422, "description", written(description=5)),
    "description a list": Bad(422, "description", written(description=["No va el botó."])),
    "category a number": Bad(422, "category", written(category=7)),
    "category unknown": Bad(422, "category", written(category="Functional")),
    "contact a text": Bad(422, "contact", written(contact="xisca")),
    "contact a list": Bad(422, "contact", written(contact=[CONTACT])),
    "phone a number": Bad(422, "contact.phone", contact(phone=971481726)),
    "error a text": Bad(422, "error", written(error="E-1")),
    "procedure a boolean": Bad(422, "procedure", written(procedure=True)),
    "language unknown": Bad(422, "language", written(language="fr")),
    "unknown field": Bad(422, "colour", written(colour="verd")),
    "nested unknown field": Bad(422, "contact.shoe_size", contact(shoe_size="43")),
    "no contact": Bad(422, "contact", written(contact=None)),
    "nobody to reach": Bad(422, "contact.email", written(contact={"name": "Xisca"})),
    "wrong e-mail": Bad(422, "contact.email", contact(email="xisca@")),
    "two e-mails by a line break": Bad(
        422, "contact.email", contact(email="xisca@example.test\nBcc: a@example.test")
    ),
    "wrong phone": Bad(422, "contact.phone", contact(phone="12")),
    "wrong NIF": Bad(422, "contact.nif", contact(nif="00000000A")),
    "short description": Bad(422, "description", written(description="No va.")),
    "blank description": Bad(422, "description", written(description=" \n " * 20)),
    "1 MB description": Bad(422, "description", written(description="x" * MEGABYTE)),
    "1 MB garbage": Bad(400, "body", bytes(range(256)) * (MEGABYTE // 256)),
    "3 MB": Bad(413, "body", written(description="x" * 3 * MEGABYTE)),
    "nested 1000 deep": Bad(400, "body", b"[" * 1000 + b"]" * 1000),
    "field nested 1000 deep": Bad(
        400, "body", GOOD[:-1] + b', "deep": ' + b'{"a":' * 1000 + b"1" + b"}" * 1001
    ),
    "plain text": Bad(415, "body", GOOD, {"Content-Type": "text/plain"}),
    "urlencoded": Bad(415, "body", b"category=functional", {"Content-Type": FORM}),
    "no content type": Bad(415, "body", GOOD, {}),
    "declared UTF-16": Bad(415, "body", GOOD, {"Content-Type": f"{JSON}; charset=utf-16"}),
    "invalid UTF-8": Bad(400, "body", GOOD.replace("ó".encode(), b"\xf3")),
    "UTF-16": Bad(400, "body", GOOD.decode().encode("utf-16")),
    "raw NUL": Bad(400, "body", GOOD.replace(b"No puc", b"No\0puc")),
    "escaped NUL": Bad(422, "description", GOOD.replace(b"No puc", rb"No\u0000puc")),
    "escaped NUL in the name": Bad(422, "contact.name", contact(name="Xisca\0")),
    "lone surrogate": Bad(422, "description", GOOD.replace(b"No puc", rb"No\ud800puc")),
    "endless number": Bad(400, "body", GOOD[:-1] + b', "n": ' + b"9" * 5000 + b"}"),
    "not a number": Bad(422, "n", GOOD[:-1] + b', "n": NaN}'),
    "thousands of fields": Bad(
        422, "f0", GOOD[:-1] + b"".join(b', "f%d": 1' % each for each in range(5000)) + b"}"
    ),
    "endless name of a field": Bad(422, "f" * 100, GOOD[:-1] + b', "' + b"f" * MEGABYTE + b'": 1}'),
    "key with a space": Bad(
        422, "Idempotency-Key", GOOD, {"Content-Type": JSON, "Idempotency-Key": "a b" * 10}
    ),
    "key beyond ASCII": Bad(
        422, "Idempotency-Key", GOOD, {"Content-Type": JSON, "Idempotency-Key": "\xe7" * 20}
    ),
    "short key": Bad(
        422, "Idempotency-Key", GOOD, {"Content-Type": JSON, "Idempotency-Key": "short"}
    ),
}


@dataclass(frozen=True)
class Sent:
    """The answers to the bad requests, and the entries that the register has gained from them."""

    answers: dict[str, Answer]
    recorded: set[tuple[str, str]]


@pytest.fixture(scope="module")
def sent(service: Service) -> Sent:
    service.settle()  # finishes the work of other tests
    before = entries(service)
    answers = {
        name: service.request("POST", "/v1/incidents", bad.body, bad.headers)
        for name, bad in BAD.items()
    }
    return Sent(answers, entries(service) - before)


def entries(service: Service) -> set[tuple[str, str]]:
    return {(item["reference"], item["entry"]) for item in service.register()}


@pytest.mark.parametrize("name", BAD)
def test_the_answer_names_and_explains_the_fault(sent: Sent, name: str) -> None:
    bad, answer = BAD[name], sent.answers[name]
    assert (answer.status, answer.media_type, answer.wrong_fields[:1]) == (
        bad.status,
        "application/problem+json",
        [bad.named],
    ), answer.text
    told = answer.json()
    assert all([told["type"], told["title"], told["detail"], told["errors"][0]["message"]])


def test_no_bad_request_is_recorded(sent: Sent) -> None:
    assert sent.recorded == set()
