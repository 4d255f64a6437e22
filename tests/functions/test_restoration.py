"""What citizens and teams get while earlier incidents are still to be put back."""

import pytest

from suport.domain.attachment import FileId
from suport.domain.reference import Reference
from suport.files import arrivals
from suport.register.errors import NotBackYet
from suport.runtime import aws, clock
from tests.support.web import OTHER_KEY, Web


@pytest.fixture
def lost(web: Web, monkeypatch: pytest.MonkeyPatch) -> Reference:
    """An incident whose citizen has its page open, and which the register no longer has."""
    reference = web.submit()
    del aws.client("dynamodb").items[reference]  # type: ignore[attr-defined]
    monkeypatch.setenv("REGISTER_AWAITS_COPY", "on")
    return reference


def test_a_citizen_reads_that_the_incident_is_being_restored_and_gets_the_text_back(
    web: Web,
    lost: Reference,  # noqa: ARG001  it is lost
) -> None:
    page = web.get("track", "en")
    assert page.status == 503
    assert "Earlier incidents are being restored" in page.body
    sent = web.post("reply", {"body": "Segueix sense anar", "idempotency_key": OTHER_KEY}, "en")
    assert sent.status == 503
    assert "Segueix sense anar" in sent.body


def test_a_new_incident_is_taken(web: Web, lost: Reference) -> None:
    web.cookie = None
    assert web.submit(idempotency_key=OTHER_KEY) != lost
    assert web.get("track").status == 200


def test_a_file_that_arrives_for_a_lost_incident_waits(lost: Reference) -> None:
    file = FileId("01KAXC4WW1AAAAAAAAAAAAAAAA")
    store = aws.client("s3")
    key = f"{lost}/{file}"
    store.put_object(Bucket="attachments", Key=key, Body=b"%PDF-1.7\n1 0 obj\n")
    with pytest.raises(NotBackYet):
        arrivals.check(lost, file, clock.now())
    assert store.head_object(Bucket="attachments", Key=key)["ContentLength"]
