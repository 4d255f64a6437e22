"""Files from the browser's form to the register and the team, and their erasure."""

import http.client
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.attachment import LARGEST_FILE, MOST_FILES, FileId, MediaType
from suport.domain.reference import Reference
from suport.files import file_store
from suport.files.file_store import UploadForm
from tests.support.citizen import Citizen
from tests.support.html import Page
from tests.support.patience import await_truth
from tests.support.service import Answer, Service, answered
from tests.support.uploads import BACK, PDF, Uploader, post

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def uploader(service: Service, store: "S3Client") -> Uploader:
    return Uploader(service, store, service.submitted()["reference"])


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (MediaType.PDF, b"\r\n" * 500 + PDF),
        (MediaType.HEIC, b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"),
        (MediaType.TEXT, "L’error és «SAF_09»\r\n".encode("utf-16-le")),
        (MediaType.SIGNED_XML, b"<AFIRMA>" + b"QUJD" * 3000 + b"</ds:Signature></AFIRMA>"),
    ],
)
def test_a_file_is_recorded_as_what_its_content_is(
    uploader: Uploader, media_type: MediaType, content: bytes
) -> None:
    file = uploader.add(content)
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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (b"", "empty"),
        (PDF + bytes(LARGEST_FILE), "too_large"),
    ],
    ids=["program", "empty", "too large"],
)
def test_what_the_store_takes_but_the_service_does_not_is_refused_and_erased(
    uploader: Uploader, content: bytes, reason: str
) -> None:
    file = uploader.add(content)
    assert uploader.await_refused(file) == reason
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


def test_the_page_says_at_once_what_became_of_a_file_opens_and_removes_it(
    service: Service, store: "S3Client"
) -> None:
    """All of it in the role of the page's function."""
    receipt = service.routed()
    citizen = Citizen(service)
    citizen.post("track", {name: receipt[name] for name in ("reference", "access_code")})
    uploader = Uploader(service, store, receipt["reference"])
    form = form_of(citizen.get("files"))
    assert post(form, PDF).status == http.client.SEE_OTHER
    arrived = citizen.get(f"files?key={form.fields['key']}&etag=x")
    assert "file 1" in Page(arrived.text).attributes("data-told")[0]
    opened = citizen.get(f"file?id={form.file}")
    assert opened.status == http.client.SEE_OTHER
    fetched = answered("GET", opened.headers["Location"])
    assert fetched.body == PDF
    assert fetched.headers["Content-Type"] == "application/pdf"
    refused = form_of(arrived)
    post(refused, b"GIF89a\x01\x00\x01\x00")
    told = Page(citizen.get(f"files?key={refused.fields['key']}").text).attributes("data-told")
    assert "PNG" in told[0]
    assert not uploader.stored(refused.file)
    for _ in range(2):
        removed = citizen.post("remove-file", {"id": form.file, "reference": receipt["reference"]})
        assert removed.status == http.client.SEE_OTHER
    await_truth(lambda: not uploader.stored(form.file))
    (entry,) = uploader.entries("action", form.file)
    assert entry["content"]["action"] == "file_removed"
    assert post(form, PDF).status == http.client.SEE_OTHER  # it still may, for 15 minutes
    await_truth(lambda: not uploader.stored(form.file))
    assert uploader.await_added(form.file)["state"] == "removed"


def form_of(page: Answer) -> UploadForm:
    """The form of the page of files."""
    shown = Page(page.text)
    fields = {name: value for name, value in shown.values.items() if name != "file"}
    (url,) = [each for each in shown.attributes("action") if each.startswith("http")]
    return UploadForm(url, fields, FileId(fields["key"].partition("/")[2]))


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
