"""Serves the stylesheet, the script, the pictures and the API's description; imports little."""

import base64
from pathlib import PurePath
from typing import Any

from suport.http.gateway_event import texts
from suport.http.security_headers import SECURITY_HEADERS
from suport.web import assets

# A name holds the hash of its content: a browser that has the asset never needs to ask again.
FOR_EVER = "public, max-age=31536000, immutable"


OPENAPI = "/v1/openapi.json"
# Its address stays while its content changes: whoever has it asks once an hour whether it has.
FOR_AN_HOUR = "public, max-age=3600"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers API Gateway: the asset, as gzip if the browser takes it; 404 if there is none.

    The answer to HEAD is that to GET, without the content.
    """
    asked = {key.lower(): value for key, value in texts(event.get("headers")).items()}
    is_openapi = event.get("resource") == OPENAPI
    named = texts(event.get("pathParameters")).get("name", "")
    name = assets.names()["openapi.json"] if is_openapi else named
    # API Gateway sends bytes to those alone who say what they accept; to others, their base64.
    compressed = "accept" in asked and "gzip" in asked.get("accept-encoding", "")
    content = assets.content(name, compressed=compressed)
    if content is None:
        return answer(404, "", {})
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if is_openapi:
        tag = f'W/"{name}"'  # weak, because gzip is the same document
        headers |= {"Cache-Control": FOR_AN_HOUR, "ETag": tag}
        known = asked.get("if-none-match", "")
        if known.strip() == "*" or f'"{name}"' in known:
            return answer(304, "", headers)
    headers |= {"Content-Type": assets.MEDIA_TYPES[PurePath(name).suffix]}
    if compressed:
        headers |= {"Content-Encoding": "gzip"}
    body = base64.b64encode(content) if compressed else content
    said = "" if event.get("httpMethod") == "HEAD" else body.decode()
    return answer(200, said, headers, is_base64=compressed)


def answer(
    status: int, body: str, headers: dict[str, str], *, is_base64: bool = False
) -> dict[str, Any]:
    """The answer in API Gateway's form."""
    return {
        "statusCode": status,
        "multiValueHeaders": {
            name: [value] for name, value in (SECURITY_HEADERS | headers).items()
        },
        "body": body,
        "isBase64Encoded": is_base64,
    }
