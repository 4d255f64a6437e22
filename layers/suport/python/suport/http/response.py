"""An answer as API Gateway takes it, with the headers that none may lack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from suport.http.request import JSON
from suport.http.security_headers import SECURITY_HEADERS


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `headers` come beside the type of what it holds."""

    status: HTTPStatus
    media_type: str | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def for_gateway(self, *, is_head: bool = False) -> dict[str, Any]:
        """The answer to a request, or to one that asked for its head.

        That shows nothing, and so it does not change the session either.
        """
        own = {"Content-Type": self.media_type} if self.media_type else {}
        headers = {**SECURITY_HEADERS, **own, **self.headers}
        if is_head:
            headers.pop("Set-Cookie", None)
        return {
            "statusCode": int(self.status),
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "body": "" if is_head else self.body,
            "isBase64Encoded": False,
        }


def json_answer(
    status: HTTPStatus, content: Any, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer of the JSON API."""
    return Response(status, JSON, json_text(content), headers or {})


def json_text(content: Any) -> str:
    """JSON as people can read it, too: in the letters of its language."""
    return json.dumps(content, ensure_ascii=False)
