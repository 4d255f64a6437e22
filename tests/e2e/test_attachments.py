"""Files from the browser's form to the register and the team, and their erasure."""

import http.client
import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.attachment import LARGEST_FILE, FileId, MediaType
from suport.domain.file_acts import MOST_FILES
from suport.domain.reference import Reference
from suport.files import file_store
from suport.files.file_store import UploadForm
from suport.runtime import aws
from tests.e2e.conftest import Answer, Service, await_truth

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 100
BACK = "https://example.test/suport/ca/files"
EXPIRY_IS_NOTICED_WITHIN_S = 150.0  # the embedded AWS looks once a minute


class Citizen:
    """Somebody with an incident, who adds files to it as a browser does."""

    def __init__(self, service: Service, store: "S3Client") -> None:
        self.service = service
        self.store = store
        self.bucket = service.environment["ATTACHMENTS_BUCKET"]
        self.reference = Reference(service.submitted()["reference"])

    def form(self, media_type: MediaType = MediaType.PDF) -> UploadForm:
        return file_store.upload_form(self.store, self.bucket, self.reference, media_type, BACK)

    def add(self, content: bytes, media_type: MediaType = MediaType.PDF) -> FileId:
        """The id of a file that the store took."""
        form = self.form(media_type)
        answer = post(form, content)
        assert answer.status == http.client.SEE_OTHER, answer.text
        return form.file

    def entries(self, kind: str, file: FileId) -> list[dict[str, Any]]:
        return [
            item
            for item in self.service.items(self.reference)
            if item["kind"] == kind and item["content"].get("file") == file
        ]

    def await_added(self, file: FileId) -> dict[str, Any]:
        """The file as the incident names it."""
        await_truth(lambda: file in self.service.incident(self.reference).get("files", {}))
        added: dict[str, Any] = self.service.incident(self.reference)["files"][file]
        return added

    def await_refused(self, file: FileId) -> str:
        """Why it was refused."""
        await_truth(lambda: bool(self.entries("action", file)))
        (entry,) = self.entries("action", file)
        assert entry["content"]["action"] == "file_refused"
        return str(entry["content"]["reason"])

    def stored(self, file: FileId) -> bool:
        key = file_store.object_key(self.reference, file)
        listed = self.store.list_objects_v2(Bucket=self.bucket, Prefix=key)
        return bool(listed["KeyCount"])


@pytest.fixture(scope="module")
def store(service: Service) -> Iterator["S3Client"]:
    """The client that signs the forms in production, here with all rights."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in service.aws.environment.items():
            patched.setenv(name, value)
        clear: Any = aws.client
        clear.cache_clear()
        client = aws.client("s3")
        clear.cache_clear()
    yield client
    client.close()


@pytest.fixture
def citizen(service: Service, store: "S3Client") -> Citizen:
    return Citizen(service, store)


def post(form: UploadForm, content: bytes, **changes: str) -> Answer:
    """The form as a browser sends it, with these fields changed."""
    boundary = secrets.token_hex()
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (form.fields | changes).items()
    ]
    parts.append(
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="DNI de Xisca.pdf"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = "".join(parts).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    url = urlsplit(form.url)
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    try:
        sent_as = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        connection.request("POST", url.path, body, sent_as)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (MediaType.PDF, PDF),
        (MediaType.PNG, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        (MediaType.JPEG, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        (MediaType.TEXT, "L’error és «SAF_09»\r\n".encode()),
    ],
)
def test_a_file_that_is_what_it_says_is_recorded(
    citizen: Citizen, media_type: MediaType, content: bytes
) -> None:
    file = citizen.add(content, media_type)
    added = citizen.await_added(file)
    assert (added["type"], added["bytes"], added["state"]) == (
        media_type,
        len(content),
        "unscanned",
    )
    (entry,) = citizen.entries("attachment", file)
    assert entry["expires_at"] == added["expires_at"]
    assert citizen.stored(file)


def test_the_store_sends_the_browser_back_to_the_page_it_came_from(citizen: Citizen) -> None:
    form = citizen.form()
    answer = post(form, PDF)
    assert answer.status == http.client.SEE_OTHER
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    assert parse_qs(target.query)["key"] == [f"{citizen.reference}/{form.file}"]


def test_the_team_reads_of_the_file_and_never_its_name(service: Service, citizen: Citizen) -> None:
    file = citizen.add(PDF)
    citizen.await_added(file)
    service.await_status(citizen.reference, "queued")
    service.dynamodb.update_item(
        TableName=service.environment["REGISTER_TABLE"],
        Key={"reference": {"S": citizen.reference}, "entry": {"S": "incident"}},
        UpdateExpression="SET route_reason = :reason",
        ExpressionAttributeValues={":reason": {"S": "requeued"}},
    )

    def told() -> list[dict[str, Any]]:
        service.inbox.watch(0.2)
        messages = [message for _, message in service.inbox.of(citizen.reference)]
        return [message for message in messages if message["reason"] == "requeued"]

    await_truth(lambda: bool(told()))
    shown = {"file": file, "type": "application/pdf", "bytes": len(PDF), "state": "unscanned"}
    assert told()[0]["attachments"] == [shown]
    assert "Xisca" not in str(service.items(citizen.reference)).replace("Xisca Qzrvwbauçà", "")


def test_a_program_that_calls_itself_a_pdf_is_refused_and_erased(citizen: Citizen) -> None:
    file = citizen.add(b"MZ\x90\x00\x03\x00\x00\x00")
    assert citizen.await_refused(file) == "wrong_type"
    await_truth(lambda: not citizen.stored(file))
    assert not citizen.entries("attachment", file)


def test_what_is_put_in_a_files_place_later_is_refused_and_erased(citizen: Citizen) -> None:
    form = citizen.form()
    post(form, PDF)
    citizen.await_added(form.file)
    post(form, PDF + b"another")
    assert citizen.await_refused(form.file) == "replaced"
    await_truth(lambda: not citizen.stored(form.file))
    assert citizen.await_added(form.file)["state"] == "replaced"


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
def test_a_form_takes_only_what_it_was_made_for(citizen: Citizen, changes: dict[str, str]) -> None:
    form = citizen.form()
    answer = post(form, PDF, **changes)
    assert answer.status == http.client.FORBIDDEN, answer.text
    assert not citizen.stored(form.file)


@pytest.mark.parametrize("content", [b"", b"%PDF-" + bytes(LARGEST_FILE)], ids=["empty", "large"])
def test_a_form_takes_nothing_empty_and_nothing_over_ten_megabytes(
    citizen: Citizen, content: bytes
) -> None:
    form = citizen.form()
    assert post(form, content).status == http.client.BAD_REQUEST
    assert not citizen.stored(form.file)


def test_a_form_is_valid_for_a_quarter_of_an_hour(
    citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_store, "FORM_IS_VALID_FOR", 1)
    form = citizen.form()
    time.sleep(1.1)
    assert post(form, PDF).status == http.client.FORBIDDEN


def test_the_sixth_file_is_refused_and_erased(citizen: Citizen) -> None:
    kept = [citizen.add(PDF) for _ in range(MOST_FILES)]
    for each in kept:
        citizen.await_added(each)
    sixth = citizen.add(PDF)
    assert citizen.await_refused(sixth) == "too_many"
    await_truth(lambda: not citizen.stored(sixth))
    assert all(citizen.stored(each) for each in kept)


def test_a_file_for_no_incident_is_erased(citizen: Citizen) -> None:
    citizen.reference = Reference("0000-0000-0000")
    file = citizen.add(PDF)
    await_truth(lambda: not citizen.stored(file))


def test_a_file_is_erased_when_its_entry_expires(service: Service, citizen: Citizen) -> None:
    file, other = citizen.add(PDF), citizen.add(PDF)
    citizen.await_added(file)
    citizen.await_added(other)
    (entry,) = citizen.entries("attachment", file)
    service.dynamodb.update_item(
        TableName=service.environment["REGISTER_TABLE"],
        Key={"reference": {"S": citizen.reference}, "entry": {"S": entry["entry"]}},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 1)}},
    )
    await_truth(lambda: not citizen.stored(file), within_s=EXPIRY_IS_NOTICED_WITHIN_S)
    assert citizen.stored(other)


def test_no_queue_of_the_files_is_left_with_dead_letters(service: Service) -> None:
    for queue in ("ARRIVALS_DEAD_LETTER_QUEUE_URL", "ERASURES_DEAD_LETTER_QUEUE_URL"):
        assert service.waiting(queue) == 0
