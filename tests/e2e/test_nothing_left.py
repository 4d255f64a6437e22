"""Right after an erasure nothing of the person is left in the service, wherever one looks."""

import re

import pytest

from tests.support import personal_data
from tests.support.journey import Journey
from tests.support.mails import sent
from tests.support.patience import await_truth
from tests.support.personal_data import MAILBOX
from tests.support.service import Service

FOR_A_DAY = "dynamodb _stream_records"
"""The table's stream: on AWS, too, it has what was erased for another 24 hours."""

DIGESTS = 3  # of the e-mail address, the phone number and the NIF
LENGTH_OF_DIGEST = 26


@pytest.fixture
def journey(service: Service) -> Journey:
    """An incident with everything in it."""
    journey = Journey(service)
    journey.submit()
    journey.add_file()
    journey.agree()
    journey.write("Encara falla")
    journey.work("claim")
    journey.work("notes", body=journey.text("Nota interna"))
    journey.work("messages", body=journey.text("Proveu-ho amb un altre navegador"))
    journey.work("resolve", body=journey.text("Ara ja hauria de funcionar"))
    journey.rate("Gràcies")
    return journey


def terms_of(service: Service, journey: Journey) -> dict[str, str | bytes]:
    """Under what a search finds the incident: what the index has of it."""
    table = service.environment["SEARCH_INDEX_TABLE"]
    pages = service.dynamodb.get_paginator("scan").paginate(TableName=table)
    compact = journey.reference.replace("-", "")
    items = [item for page in pages for item in page["Items"]]
    digests = [each["term"]["S"] for each in items if each["place"]["S"].endswith(compact)]
    listed = [each["r"]["S"] for each in items if each.get("r", {}).get("S") == compact]
    return {each: each for each in (*digests, *listed)}


def test_right_after_an_erasure_nothing_is_left(service: Service, journey: Journey) -> None:
    await_truth(lambda: len(terms_of(service, journey)) == DIGESTS + 1)
    terms = terms_of(service, journey)
    before = personal_data.found(journey.seeded, personal_data.stored(service.aws))
    assert before.keys() == journey.seeded.keys(), "the search misses what is there"
    headers = {"Authorization": f"Bearer {journey.code}"}
    asked = service.request("DELETE", journey.address, headers=headers)
    assert asked.status == 202, asked.text
    confirmation = await_confirmation(service, journey)
    done = service.post(f"{journey.address}/erasure", {"confirmation": confirmation}, journey.code)
    assert done.status == 200, done.text

    stored = personal_data.stored(service.aws)
    del stored[MAILBOX], stored[FOR_A_DAY]
    assert terms_of(service, journey) == {}
    digests = {name: term for name, term in terms.items() if len(name) == LENGTH_OF_DIGEST}
    assert len(digests) == DIGESTS
    assert personal_data.found(digests, stored) == {}
    assert personal_data.found(journey.seeded | {"confirmation": confirmation}, stored) == {}


def await_confirmation(service: Service, journey: Journey) -> str:
    """The code in the mail that asks the citizen to confirm."""

    def codes() -> list[str]:
        mails = [each for each in sent(service) if journey.contact["email"] in str(each["To"])]
        two_groups = r"(?<![\w-])[0-9A-Z]{4}-[0-9A-Z]{4}(?![\w-])"  # a reference has three
        return [code for each in mails for code in re.findall(two_groups, each["BodyText"])]

    await_truth(lambda: bool(codes()))
    return codes()[-1]
