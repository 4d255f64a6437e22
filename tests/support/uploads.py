"""Files that citizens add to their incidents, sent to the store as a browser sends them."""

import http.client
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from suport.domain.attachment import FileId
from suport.domain.reference import Reference
from suport.files import file_store
from suport.files.file_store import UploadForm
from suport.runtime import aws
from tests.support.patience import await_truth
from tests.support.service import Answer, Service, answered

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 100
BACK = "https://example.test/suport/ca/files"


class Uploader:
    """A citizen with an incident, who adds files to it."""

    def __init__(self, service: Service, store: "S3Client", reference: str) -> None:
        self.service = service
        self.store = store
        self.bucket = service.environment["ATTACHMENTS_BUCKET"]
        self.reference = Reference(reference)

    def form(self) -> UploadForm:
        return file_store.upload_form(self.store, self.bucket, self.reference, BACK)

    def add(self, content: bytes) -> FileId:
        """Sends a file, which the store must take. Returns its id."""
        form = self.form()
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
        """Waits for the file. Returns it as it is in the incident."""
        await_truth(lambda: file in self.service.incident(self.reference).get("files", {}))
        added: dict[str, Any] = self.service.incident(self.reference)["files"][file]
        return added

    def await_refused(self, file: FileId) -> str:
        """Waits for the file's refusal. Returns the reason."""
        await_truth(lambda: bool(self.entries("action", file)))
        (entry,) = self.entries("action", file)
        assert entry["content"]["action"] == "file_refused"
        return str(entry["content"]["reason"])

    def stored(self, file: FileId) -> bool:
        key = file_store.object_key(self.reference, file)
        listed = self.store.list_objects_v2(Bucket=self.bucket, Prefix=key)
        return bool(listed["KeyCount"])


def post(form: UploadForm, content: bytes, **changes: str) -> Answer:
    """Sends the form as a browser does, with these fields changed."""
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
    sent_as = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return answered("POST", form.url, body, sent_as)


@pytest.fixture(scope="session")
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
