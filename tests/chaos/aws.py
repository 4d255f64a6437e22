"""AWS in this process, behind the service's real clients: each request is answered at the wire.

A request goes through botocore's own serializers, signers, retries and parsers. Where botocore
would send it, `Aws.send` asks `Fate` what becomes of this attempt. `effect` is what the request
does if it arrives.
"""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from tests.chaos.dynamodb import DynamoDB, Refused, Written

REGION, ACCOUNT = "eu-west-1", "123456789012"
BUCKET = "Attachments"
BUCKET_ADDRESS = "attachments"


class Died(BaseException):
    """The process of a function ended in the middle of its work."""


class Effect(Protocol):
    """What a request does if it arrives; in_part: only some of it, of a call about several."""

    def __call__(self, *, in_part: bool = False) -> AWSResponse: ...


class Fate(Protocol):
    """What becomes of an attempt: it lets it have its effect, or not, and answers or fails."""

    def __call__(self, service: str, operation: str, effect: Effect) -> AWSResponse: ...


@dataclass(frozen=True)
class Answered:
    """An answer's body, read as urllib3 has it read."""

    content: bytearray

    def stream(self, *_: Any, **__: Any) -> Any:
        yield bytes(self.content)

    def read(self, amount: int | None = None, *_: Any, **__: Any) -> bytes:
        taken = self.content[:amount] if amount is not None else self.content[:]
        del self.content[: len(taken)]
        return bytes(taken)

    def close(self) -> None:
        """Nothing is open."""


def answer(
    body: Any = b"", status: int = 200, headers: dict[str, str] | None = None
) -> AWSResponse:
    """An answer as botocore gets it; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named: Any = HeadersDict(headers or {})
    raw: Any = Answered(bytearray(content))
    return AWSResponse("https://aws.example.org", status, named, raw)


def refusal(code: str, status: int = 400, **told: Any) -> AWSResponse:
    """An error as the JSON protocols have it; `told` is what else it says."""
    named = {"x-amzn-errortype": code}
    return answer({"__type": code, "message": "refused", **told}, status, named)


@dataclass(eq=False)
class Message:
    """A message in a queue, as SQS counts it."""

    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receives: int = 0


@dataclass
class Queue:
    """A queue. retention, visibility and most_receives are the template's."""

    name: str
    retention: timedelta
    visibility: timedelta
    most_receives: int | None
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"

    def visible(self, now: datetime) -> list[Message]:
        """The messages that may be received now; those that are too old are gone."""
        self.messages = [each for each in self.messages if each.sent_at + self.retention > now]
        return [each for each in self.messages if each.visible_at <= now]

    def receive(self, message: Message, now: datetime, visibility: timedelta | None = None) -> bool:
        """Gives the message to somebody; it goes to the dead ones after too many times."""
        message.receives += 1
        if self.most_receives is not None and message.receives > self.most_receives:
            self.messages.remove(message)
            self.dead.append(message)
            return False
        message.visible_at = now + (self.visibility if visibility is None else visibility)
        return True

    def delete(self, message_id: str) -> None:
        """Takes the message out; one that is gone already is no failure."""
        self.messages = [each for each in self.messages if each.id != message_id]


@dataclass(frozen=True)
class Sent:
    """A mail that SES took: its tags, whom it went to, and what it says."""

    at: datetime
    tags: dict[str, str]
    to: str
    text: str


@dataclass(frozen=True)
class Stored:
    """A file in the store."""

    key: str
    content: bytes
    at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class Aws:
    """The account: its tables, queues, mails, files, secrets, and what functions were started.

    now: the present moment. lag: see `DynamoDB`. choose: an index below a number, at random.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        lag: Callable[[], timedelta],
        choose: Callable[[int], int],
        on_change: Callable[[Written], None],
        queues: dict[str, Queue],
        secrets: dict[str, str],
    ) -> None:
        self.now, self.choose = now, choose
        self.dynamodb = DynamoDB(now, lag, on_change)
        self.queues, self.secrets = queues, secrets
        self.sent: list[Sent] = []
        self.attempted: Counter[tuple[str, str]] = Counter()
        self.files: dict[str, Stored] = {}
        self.erased_files: set[str] = set()
        self.started: list[tuple[str, Any]] = []
        self.on_arrival: Callable[[Stored], None] = lambda _: None
        self.fate: Fate = lambda _service, _operation, effect: effect()
        self._in_part = False
        self._messages = 0

    def send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        """Answers a request instead of the network: botocore's `before-send`."""
        service, operation = event_name.split(".")[1:]

        def effect(*, in_part: bool = False) -> AWSResponse:
            self._in_part = in_part
            return self._effect(service, operation, request)

        if operation == "SendEmail":
            body: Any = request.body
            return self._attempted(json.loads(body), effect)
        return self.fate(service, operation, effect)

    def _attempted(self, asked: Any, effect: Effect) -> AWSResponse:
        """Counts the attempts after which the mail may have gone out, by what the mail is about."""
        tags = {each["Name"]: each["Value"] for each in asked["EmailTags"]}
        name, before = (tags["reference"], tags["entry"]), len(self.sent)
        try:
            answered = self.fate("sesv2", "SendEmail", effect)
        except (ReadTimeoutError, ConnectionClosedError, Died):
            self.attempted[name] += 1
            raise
        except Exception:
            self.attempted[name] += len(self.sent) - before
            raise
        if answered.status_code in {200, 500}:
            self.attempted[name] += 1
        return answered

    def _effect(self, service: str, operation: str, request: AWSPreparedRequest) -> AWSResponse:
        content: Any = request.body or b"{}"
        effects: dict[str, Callable[[], AWSResponse]] = {
            "dynamodb": lambda: self._dynamodb(operation, json.loads(content)),
            "sqs": lambda: self._sqs(operation, json.loads(content)),
            "sesv2": lambda: self._sesv2(operation, json.loads(content)),
            "s3": lambda: self._s3(request),
            "secrets-manager": lambda: self._secret(json.loads(content)),
            "lambda": lambda: self._lambda(request.url, json.loads(content)),
        }
        # nothing else is part of the flow
        return effects.get(service, lambda: refusal("AccessDeniedException"))()

    def _dynamodb(self, operation: str, asked: dict[str, Any]) -> AWSResponse:
        try:
            left_out = self._left_out if self._in_part else None
            return answer(self.dynamodb.answer(operation, asked, left_out))
        except Refused as refused:
            return refusal(f"com.amazonaws.dynamodb.v20120810#{refused.code}", **refused.told)

    def _sqs(self, operation: str, asked: dict[str, Any]) -> AWSResponse:
        queue = self.queues[asked["QueueUrl"].rpartition("/")[2]]
        match operation:
            case "SendMessage":
                self.put(queue, asked["MessageBody"])
                return answer({"MessageId": "m", "MD5OfMessageBody": _md5(asked["MessageBody"])})
            case "SendMessageBatch":
                return answer(self._batch(queue, asked["Entries"]))
            case "ReceiveMessage":
                return answer({"Messages": self._received(queue, asked)})
            case "DeleteMessage":
                queue.delete(asked["ReceiptHandle"])
                return answer({})
            case "ChangeMessageVisibility":
                for message in queue.messages:
                    if message.id == asked["ReceiptHandle"]:
                        pause = timedelta(seconds=asked["VisibilityTimeout"])
                        message.visible_at = self.now() + pause
                return answer({})
            case "GetQueueAttributes":
                many = str(len(queue.messages))
                return answer({"Attributes": dict.fromkeys(asked["AttributeNames"], many)})
        raise AssertionError(operation)

    def _batch(self, queue: Queue, entries: list[dict[str, str]]) -> dict[str, Any]:
        """Puts messages into a queue, and answers about each; some are refused in part."""
        refused = self._left_out(len(entries)) if self._in_part else set()
        taken = [each for number, each in enumerate(entries) if number not in refused]
        for each in taken:
            self.put(queue, each["MessageBody"])
        return {
            "Successful": [
                {"Id": each["Id"], "MessageId": "m", "MD5OfMessageBody": _md5(each["MessageBody"])}
                for each in taken
            ],
            "Failed": [
                {"Id": each["Id"], "Code": "InternalError", "SenderFault": False}
                for number, each in enumerate(entries)
                if number in refused
            ],
        }

    def _left_out(self, many: int) -> set[int]:
        """Which of so many are left out, at least one and perhaps all."""
        first = self.choose(many)
        return {first} | {each for each in range(many) if self.choose(2)}

    def put(self, queue: Queue, body: str) -> None:
        """Puts a message into a queue."""
        self._messages += 1
        now = self.now()
        queue.messages.append(Message(f"message-{self._messages}", body, now, now))

    def _received(self, queue: Queue, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """One of those that are there, in no order: a queue keeps none."""
        if not (waiting := queue.visible(self.now())):
            return []
        message = waiting[self.choose(len(waiting))]
        pause = timedelta(seconds=asked["VisibilityTimeout"])
        if not queue.receive(message, self.now(), pause):
            return []
        return [
            {
                "MessageId": message.id,
                "ReceiptHandle": message.id,
                "MD5OfBody": _md5(message.body),
                "Body": message.body,
            }
        ]

    def _sesv2(self, operation: str, asked: Any) -> AWSResponse:
        if operation == "GetAccount":
            return answer({"SendingEnabled": True})
        tags = {each["Name"]: each["Value"] for each in asked["EmailTags"]}
        [to] = asked["Destination"]["ToAddresses"]
        raw = message_from_bytes(base64.b64decode(asked["Content"]["Raw"]["Data"]))
        self.sent.append(Sent(self.now(), tags, to, _text(raw)))
        return answer({"MessageId": f"mail-{len(self.sent)}"})

    def _secret(self, asked: dict[str, Any]) -> AWSResponse:
        return answer({"ARN": asked["SecretId"], "SecretString": self.secrets[asked["SecretId"]]})

    def _lambda(self, url: str, event: Any) -> AWSResponse:
        found = re.search(r"/functions/([^/]+)/invocations", urlsplit(url).path)
        assert found, url
        self.started.append((found[1], event))
        return answer(b"", 202)

    def store(self, key: str, content: bytes) -> Stored:
        """Puts a file into the store, as a browser's form does."""
        self.files[key] = Stored(key, content, self.now())
        self.on_arrival(self.files[key])
        return self.files[key]

    def _s3(self, request: AWSPreparedRequest) -> AWSResponse:
        address = urlsplit(request.url)
        assert (address.hostname or "").startswith(BUCKET_ADDRESS), address
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if "list-type" in query:
            return self._listed(query)
        if "location" in query:
            return _xml("<LocationConstraint>eu-west-1</LocationConstraint>")
        key = unquote(address.path.removeprefix("/"))
        stored, wanted = self.files.get(key), _header(request, "If-Match")
        if wanted and stored and stored.etag != wanted:
            return answer(b"<Error><Code>PreconditionFailed</Code></Error>", 412)
        if request.method == "DELETE":
            if self.files.pop(key, None):
                self.erased_files.add(key)
            return answer(b"", 204)
        if stored is None:
            body = b"" if request.method == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>"
            return answer(body, 404)
        return self._given(request, stored)

    def _given(self, request: AWSPreparedRequest, stored: Stored) -> AWSResponse:
        content = stored.content
        if part := re.fullmatch(r"bytes=-(\d+)", _header(request, "Range") or ""):
            content = content[-int(part[1]) :]
        told = {
            "ETag": stored.etag,
            "Content-Length": str(len(content)),
            "Last-Modified": f"{stored.at:%a, %d %b %Y %H:%M:%S} GMT",
        }
        return answer(b"" if request.method == "HEAD" else content, 200, told)

    def _listed(self, query: dict[str, str]) -> AWSResponse:
        after = query.get("continuation-token", query.get("start-after", ""))
        keys = sorted(
            key for key in self.files if key.startswith(query.get("prefix", "")) and key > after
        )
        page, more = keys[:2], len(keys) > 2  # few, to spread most answers over several pages
        files = "".join(
            f"<Contents><Key>{escape(key)}</Key><ETag>{escape(self.files[key].etag)}</ETag>"
            f"<LastModified>{self.files[key].at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in page
        )
        rest = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        return _xml(
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{rest}{files}"
            "</ListBucketResult>"
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _xml(text: str, status: int = 200) -> AWSResponse:
    return answer(f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode(), status)


def _header(request: AWSPreparedRequest, name: str) -> str | None:
    value: Any = request.headers.get(name)
    return value.decode() if isinstance(value, bytes) else value


def _text(mail: Mail) -> str:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    payloads: list[Any] = [part.get_payload(decode=True) for part in parts]
    return "\n".join(each.decode() for each in payloads)
