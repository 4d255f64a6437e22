"""The search for personal data in everything that the embedded AWS stores, tells or was asked for.

The embedded AWS keeps a journal of what people sent to the APIs, so that no test has to say what it
wrote, whether over HTTP, in a browser or at the desk; see `watched_aws`.
"""

import binascii
import html
import http.client
import json
import re
from base64 import b64decode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from local import ROOT
from local.embedded_aws import HOST, EmbeddedAws
from suport.domain.procedures import catalogue

WATCHED = ROOT / "tests/support/watched_aws.py"
"""What the embedded AWS has to run for all of this."""

ARCHIVE = b"PK\x03\x04"  # the code that was deployed; it is compressed
SHORTEST = 9  # characters; anything shorter could be anywhere by chance
MAILBOX = "ses _sent_emails"
"""The citizens' own mailboxes: what SES has delivered is with them, and no longer here."""

_PIECE = 32  # characters of the beginning and the end of a longer text
_GROUP = "[0-9A-HJKMNP-TV-Z]{4}"
_ID = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{26}}|{_GROUP}-{_GROUP}-{_GROUP}")
"""The id of a file or an entry, or a reference."""
_NOT_PERSONAL = {
    *("category", "language", "idempotency_key", "privacy_notice", "notice", "notice_sha256"),
    *("reference", "scope", "action", "to", "topic", "team", "file", "key", "kept_on", "call"),
}
"""Fields that are chosen from what the service offers, or identify no person."""


def ask(aws: EmbeddedAws, what: str, content: Any = None) -> Any:
    """The answer of what tests have added to the embedded AWS."""
    connection = http.client.HTTPConnection(HOST, aws.port, timeout=60)
    try:
        connection.request("POST", f"/_tests/{what}", json.dumps(content))
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def stored(aws: EmbeddedAws) -> dict[str, "Haystack"]:
    """All that any service of the embedded AWS keeps, by the name of its store, and its files."""
    in_memory = {place: b64decode(text) for place, text in ask(aws, "stored").items()}
    return {place: Haystack(text) for place, text in in_memory.items()} | files(aws.folder)


def files(folder: Path) -> dict[str, "Haystack"]:
    """The files of an embedded AWS, which may have ended, by the folder that they are in.

    The functions' own code is left out, and so is the citizens' mailbox.
    """
    texts: dict[str, list[bytes]] = {}
    for path in folder.rglob("*"):
        where = path.relative_to(folder).parts
        if path.is_file() and "code" not in where and path.stem != "ses":
            text = path.read_bytes()
            lines = [each for each in text.split(b"\n") if b" [ses-v2] " not in each]
            if not text.startswith(ARCHIVE):
                texts.setdefault(f"{where[0]} files", []).extend(lines)
    return {place: Haystack(b"\n".join(each)) for place, each in texts.items()}


def found(
    seeded: Mapping[str, str | bytes], places: Mapping[str, "Haystack"]
) -> dict[str, set[str]]:
    """In which places each of the seeded values is; without those that are nowhere."""
    where = {
        name: {place for place, haystack in places.items() if haystack.has(value)}
        for name, value in seeded.items()
    }
    return {name: where[name] for name in where if where[name]}


@dataclass(frozen=True)
class Haystack:
    """Some bytes, searched in every writing in which a text may stand there."""

    raw: bytes

    def has(self, value: str | bytes) -> bool:
        """Whether the value is there: plain, escaped, encoded, or without its spaces and dashes."""
        return any(each in self._readable for each in _writings(value))

    def among(self, values: Iterable[str]) -> set[str]:
        """Those of many values that are there."""
        return {each for each in values if self._may_have(each) and self.has(each)}

    def _may_have(self, value: str) -> bool:
        """Whether the longest word of the value is there: a look that costs little."""
        return max(re.findall(r"[A-Za-z0-9]+", value), key=len, default="").encode() in self._words

    @cached_property
    def _words(self) -> bytes:
        texts = self._readable + self._readable.replace(b"\0", b"")  # a text in UTF-16
        return b"\n".join(set(re.findall(rb"[A-Za-z0-9]+", texts)))

    @cached_property
    def _readable(self) -> bytes:
        """The bytes as they are, and again without the escapes of JSON, of URLs and of base64."""
        unescaped = re.sub(rb"\\+u([0-9a-f]{4})", _character, self.raw).replace(b"\\", b"")
        texts = [self.raw, unescaped, unquote_to_bytes(self.raw.replace(b"+", b" "))]
        texts += filter(None, map(_decoded, re.findall(rb"[\w+/-]{12,}={0,2}", self.raw)))
        return b"\n".join(texts)


def _character(escape: re.Match[bytes]) -> bytes:
    return chr(int(escape[1], 16)).encode(errors="surrogatepass")


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_" if b"-" in text else None)
    except binascii.Error:
        return b""


def _writings(value: str | bytes) -> set[bytes]:
    if isinstance(value, bytes):
        return {value}
    compact = re.sub(r"[\s.-]", "", value)
    texts = {value, html.escape(value)} | ({compact} if len(compact) >= SHORTEST else set())
    return {
        text.encode(encoding, errors="surrogatepass")
        for text in texts
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    }


# What people sent, and where nothing of it may be


def told(aws: EmbeddedAws, typed_into_addresses: Collection[str] = ()) -> dict[str, set[str]]:
    """What people sent to the APIs so far and is now where it may never be, by the place.

    Those places are log lines, metrics, messages in queues, object keys and URLs: all that is not
    the register, a file or a mail to its citizen. typed_into_addresses: marks of the URLs that
    people did not get from the service.
    """
    journal = ask(aws, "journal")
    journal["urls"] = [
        url
        for url in journal["urls"]
        if not any(each in unquote(url) for each in typed_into_addresses)
    ]
    private = set(_pieces(sent(journal["contents"])))
    return {
        place: values
        for place, haystack in forbidden(aws, journal).items()
        if (values := haystack.among(private))
    }


def forbidden(aws: EmbeddedAws, journal: Mapping[str, Any]) -> dict[str, Haystack]:
    """Every place where nothing that people wrote may be."""
    places = {
        place: haystack
        for place, haystack in stored(aws).items()
        if not place.startswith(("dynamodb ", "s3 ", MAILBOX))  # tables, objects, mails
    }
    s3 = aws.client("s3")
    keys = [
        each["Key"]
        for bucket in s3.list_buckets()["Buckets"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        for each in page.get("Contents", [])
    ]
    s3.close()
    return places | {
        name: Haystack("\n".join(texts).encode())
        for name, texts in {
            "object keys": keys,
            "URLs": journal["urls"],
            "messages": journal["messages"],
        }.items()
    }


def sent(contents: Collection[tuple[str, str, str]]) -> Iterator[str]:
    """What the requests to an API say of their own: values of fields, and access codes."""
    for media_type, authorization, body in contents:
        if authorization.startswith("Bearer "):
            yield authorization.removeprefix("Bearer ")
        if "json" in media_type:
            try:
                yield from _leaves(json.loads(body))
            except ValueError:
                continue
        elif "urlencoded" in media_type:
            for name, value in parse_qsl(body):
                if name.rpartition(".")[2] not in _NOT_PERSONAL:
                    yield value


def _leaves(content: Any) -> Iterator[str]:
    waiting = [content]  # a test sends JSON that is deeper than Python's stack
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as each:
                waiting += each
            case dict() as named:
                waiting += [each for name, each in named.items() if name not in _NOT_PERSONAL]


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """The beginning and the end of each text, without what anybody may read."""
    public = _of_the_catalogue()
    for text in {each.strip() for each in texts} - public:
        for piece in (text[:_PIECE].strip(), text[-_PIECE:].strip()):
            by_chance = len(piece) < SHORTEST or len(set(piece)) < 5  # 0000-0000-…
            if not by_chance and not _ID.fullmatch(piece):
                yield piece


def _of_the_catalogue() -> set[str]:
    """The codes and names of the procedures from which people choose."""
    procedures = catalogue().procedures
    names = {name for each in procedures for name in each.names.values()}
    return names | {each.code for each in procedures}
