"""An erasure through the whole service: afterwards nothing of the person is left in any store."""

import json
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from suport.desk.drafts import Drafts
from suport.domain.category import Category
from suport.domain.reference import Reference
from suport.runtime import clock
from tests.support.citizen import Citizen
from tests.support.html import Page
from tests.support.mails import sent
from tests.support.operator import Operator, operator
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["operator"]


class Person:
    """A citizen with data that occur nowhere else, and an incident that is full of them."""

    def __init__(self, service: Service, store: "S3Client") -> None:
        self.service = service
        self.store = store
        token = secrets.token_hex(6)
        self.address = f"qzrvwb-{token}@example.test"
        self.words = f"la-paraula-{token}"
        receipt = service.submitted(
            contact={"email": self.address, "name": f"Qzrvwb {token}"},
            description=f"No puc signar: {self.words}",
        )
        self.reference, self.code = str(receipt["reference"]), str(receipt["access_code"])
        self.private = (self.address, self.words, token, self.code)
        service.private |= {*self.private}
        service.inbox.await_message(self.reference)
        service.await_status(self.reference, "queued")
        service.post(f"{self.path}/messages", {"body": f"Encara: {self.words}"}, self.code)
        uploader = Uploader(service, store, self.reference)
        uploader.await_added(uploader.add(PDF + self.words.encode()))
        # what an operator has begun to write at the web desk
        self.drafts = Drafts(service.dynamodb, service.environment["DESK_TABLE"])
        begun = {"body": f"Bon dia: {self.words}"}
        self.drafts.keep("neus", Reference(self.reference), "answer", begun, clock.now())
        key = f"{self.reference}/00000000000000000000000000"  # a file that never got registered
        store.put_object(Bucket=self.bucket, Key=key, Body=self.words.encode())

    @property
    def path(self) -> str:
        return f"/v1/incidents/{self.reference}"

    @property
    def bucket(self) -> str:
        return self.service.environment["ATTACHMENTS_BUCKET"]

    def confirmation(self) -> str:
        """The code from the mail."""

        def codes() -> list[str]:
            mails = [json.dumps(each) for each in sent(self.service) if self.address in each["To"]]
            found = [
                re.findall(r"(?<![0-9A-Z-])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z-])", each)
                for each in mails
                if "/erase" in each
            ]
            return [each[0] for each in found if each]

        await_truth(lambda: bool(codes()))
        return codes()[-1]

    def is_in_a_draft(self) -> bool:
        """Whether the operator still has the draft; the erasures' queue takes it away."""
        return bool(self.drafts.of("neus", Reference(self.reference), clock.now()))

    def is_left_nowhere(self) -> bool:
        """Whether no store holds anything of the person any more, bytes included."""
        dynamodb = self.service.dynamodb
        tables = [
            dynamodb.scan(TableName=self.service.environment[name], ConsistentRead=True)["Items"]
            for name in ("REGISTER_TABLE", "TOMBSTONES_TABLE")
        ]
        listed = self.store.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        keys = [each["Key"] for each in listed]
        contents = [
            self.store.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys
        ]
        held = json.dumps([tables, keys]).encode() + b"".join(contents)
        assert self.reference not in json.dumps(tables[1])
        return not any(each.encode() in held for each in self.private)


@pytest.fixture
def person(service: Service, store: "S3Client") -> Person:
    return Person(service, store)


def copied(person: Person) -> Any:
    return person.service.get(f"{person.path}/export", person.code)


def test_after_an_erasure_over_the_api_no_store_holds_anything_of_the_person(
    service: Service, person: Person
) -> None:
    assert not person.is_left_nowhere()
    assert person.is_in_a_draft()
    assert person.words in copied(person).text
    asked = service.request(
        "DELETE", person.path, headers={"Authorization": f"Bearer {person.code}"}
    )
    assert asked.status == 202, asked.text
    typed = {"confirmation": person.confirmation()}
    erased = service.post(f"{person.path}/erasure", typed, person.code)
    assert erased.status == 200, erased.text
    assert person.is_left_nowhere()
    await_truth(lambda: not person.is_in_a_draft())
    assert service.get(person.path, person.code).status == 404
    assert copied(person).status == 404
    await_truth(lambda: service.waiting("ERASURES_DEAD_LETTER_QUEUE_URL") == 0)


def test_a_citizen_erases_on_the_page_without_script(service: Service, person: Person) -> None:
    citizen = Citizen(service, "en")
    citizen.post("track", {"reference": person.reference, "access_code": person.code})
    page = Page(citizen.get("erase").text)
    assert citizen.post("erase", page.values).status == 303
    page = Page(citizen.get("erase?done=erasure-asked").text)
    answer = citizen.post("erase", page.values | {"confirmation": person.confirmation()})
    assert (answer.status, answer.headers["Location"]) == (303, "erase?done=erased")
    assert "The incident has been erased" in citizen.get("erase?done=erased").text
    assert person.is_left_nowhere()


def test_an_operator_erases_for_a_citizen_at_the_desk(
    person: Person, operator: Callable[[Category], Operator]
) -> None:
    anna = operator(Category.FUNCTIONAL)
    assert anna.on(person.reference, "claim").status == 200
    copy = anna.request("GET", f"/incidents/{person.reference}/export?format=html")
    assert person.words in copy.json()["page"]
    assert anna.request("GET", f"/incidents/{person.reference}/erasure").status == 200
    assert anna.request("DELETE", f"/incidents/{person.reference}").status == 200
    assert person.is_left_nowhere()
    assert anna.on(person.reference).status == 404
