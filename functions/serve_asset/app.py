"""Serves the stylesheet, the script and the pictures; imports as little as it can."""

import base64
from pathlib import PurePath
from typing import Any

from suport.http.security_headers import SECURITY_HEADERS
from suport.web import assets

# A name holds the hash of its content: a browser that has the asset never needs to ask again.
FOR_EVER = "public, max-age=31536000, immutable"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers API Gateway: the asset, as gzip if the browser takes it; 404 if there is none.

    The answer to HEAD is that to GET, without the content.
    """
    name = event["pathParameters"]["name"]
    asked = {key.lower(): value for key, value in (event["headers"] or {}).items()}
    compressed = "gzip" in asked.get("accept-encoding", "")
    content = assets.content(name, compressed=compressed)
    if content is None:
        return answer(404, b"", {})
    if event["httpMethod"] == "HEAD":
        content = b""
    headers = {
        "Content-Type": assets.MEDIA_TYPES[PurePath(name).suffix],
        "Cache-Control": FOR_EVER,
        "Vary": "Accept-Encoding",
    }
    return answer(200, content, headers | ({"Content-Encoding": "gzip"} if compressed else {}))


def answer(status: int, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The answer in API Gateway's form."""
    return {
        "statusCode": status,
        "multiValueHeaders": {
            name: [value] for name, value in (SECURITY_HEADERS | headers).items()
        },
        "body": base64.b64encode(content).decode(),
        "isBase64Encoded": True,
    }
