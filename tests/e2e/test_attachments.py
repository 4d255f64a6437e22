"""Files from the browser's form to the register and the team, and their erasure."""

import http.client
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.attachment import LARGEST_FILE, MOST_FILES, MediaType
from suport.domain.reference import Reference
from suport.files import file_store
from tests.support.patience import await_truth
from tests.support.service import Service
from tests.support.uploads import BACK, PDF, Uploader, post

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def uploader(service: Service, store: "S3Client") -> Uploader:
    return Uploader(service, store, service.submitted()["reference"])


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (MediaType.PDF, PDF),
        (MediaType.PNG, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        (MediaType.JPEG, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        (MediaType.TEXT, "L’error és «SAF_09»\r\n".encode()),
    ],
)
def test_a_file_whose_content_has_its_declared_type_is_recorded(
    uploader: Uploader, media_type: MediaType, content: bytes
) -> None:
    file = uploader.add(content, media_type)
    added = uploader.await_added(file)
    assert (added["type"], added["bytes"], added["state"]) == (
        media_type,
        len(content),
        "unscanned",
    )
    (entry,) = uploader.entries("attachment", file)
    assert entry["expires_at"] == added["expires_at"]
    assert uploader.stored(file)


def test_the_store_sends_the_browser_back_to_the_page_it_came_from(uploader: Uploader) -> None:
    form = uploader.form()
    answer = post(form, PDF)
    assert answer.status == http.client.SEE_OTHER
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    assert parse_qs(target.query)["key"] == [f"{uploader.reference}/{form.file}"]


def test_the_message_lists_the_file_and_the_register_does_not_keep_its_name(
    service: Service, uploader: Uploader
) -> None:
    file = uploader.add(PDF)
    uploader.await_added(file)
    service.await_status(uploader.reference, "queued")
    service.change_incident(uploader.reference, route_reason="requeued")

    def told() -> list[dict[str, Any]]:
        service.inbox.take()
        messages = [message for _, message in service.inbox.of(uploader.reference)]
        return [message for message in messages if message["reason"] == "requeued"]

    await_truth(lambda: bool(told()))
    shown = {"file": file, "type": "application/pdf", "bytes": len(PDF), "state": "unscanned"}
    assert told()[0]["attachments"] == [shown]
    assert "Xisca" not in str(service.items(uploader.reference)).replace("Xisca Qzrvwbauçà", "")


def test_a_program_declared_as_a_pdf_is_refused_and_erased(uploader: Uploader) -> None:
    file = uploader.add(b"MZ\x90\x00\x03\x00\x00\x00")
    assert uploader.await_refused(file) == "wrong_type"
    await_truth(lambda: not uploader.stored(file))
    assert not uploader.entries("attachment", file)


def test_a_later_replacement_of_a_file_is_refused_and_erased(uploader: Uploader) -> None:
    form = uploader.form()
    post(form, PDF)
    uploader.await_added(form.file)
    post(form, PDF + b"another")
    assert uploader.await_refused(form.file) == "replaced"
    await_truth(lambda: not uploader.stored(form.file))
    assert uploader.await_added(form.file)["state"] == "replaced"


@pytest.mark.parametrize(
    "changes",
    [
        {"Content-Type": "text/html"},
        {"key": "0000-0000-0000/00000000000000000000000000"},
        {"success_action_redirect": "https://elsewhere.test/"},
        {"x-amz-meta-name": "DNI de Xisca.pdf"},
        {"policy": "e30="},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_form_with_a_changed_or_added_field_is_refused(
    uploader: Uploader, changes: dict[str, str]
) -> None:
    form = uploader.form()
    answer = post(form, PDF, **changes)
    assert answer.status == http.client.FORBIDDEN, answer.text
    assert not uploader.stored(form.file)


@pytest.mark.parametrize("content", [b"", b"%PDF-" + bytes(LARGEST_FILE)], ids=["empty", "large"])
def test_a_form_takes_no_empty_file_and_none_over_ten_megabytes(
    uploader: Uploader, content: bytes
) -> None:
    form = uploader.form()
    assert post(form, content).status == http.client.BAD_REQUEST
    assert not uploader.stored(form.file)


def test_an_expired_form_is_refused(uploader: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "FORM_IS_VALID_FOR", 1)
    form = uploader.form()
    time.sleep(1.1)
    assert post(form, PDF).status == http.client.FORBIDDEN


def test_the_sixth_file_is_refused_and_erased(uploader: Uploader) -> None:
    kept = [uploader.add(PDF) for _ in range(MOST_FILES)]
    for each in kept:
        uploader.await_added(each)
    sixth = uploader.add(PDF)
    assert uploader.await_refused(sixth) == "too_many"
    await_truth(lambda: not uploader.stored(sixth))
    assert all(uploader.stored(each) for each in kept)


def test_a_file_for_an_unknown_incident_is_erased(uploader: Uploader) -> None:
    uploader.reference = Reference("0000-0000-0000")
    file = uploader.add(PDF)
    await_truth(lambda: not uploader.stored(file))


def test_a_file_is_erased_when_its_entry_expires(service: Service, uploader: Uploader) -> None:
    file, other = uploader.add(PDF), uploader.add(PDF)
    uploader.await_added(file)
    uploader.await_added(other)
    (entry,) = uploader.entries("attachment", file)
    service.change_entry(uploader.reference, entry["entry"], expires_at=int(time.time()) - 1)
    service.aws.expire()
    await_truth(lambda: not uploader.stored(file))
    assert uploader.stored(other)


def test_files_leave_no_dead_letters(service: Service) -> None:
    for queue in ("ARRIVALS_DEAD_LETTER_QUEUE_URL", "ERASURES_DEAD_LETTER_QUEUE_URL"):
        assert service.waiting(queue) == 0
