"""An answer as API Gateway takes it, with the headers that every answer needs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from suport.http.request import JSON
from suport.http.security_headers import SECURITY_HEADERS


@dataclass(frozen=True, slots=True)
class Response:
    """One answer.

    headers: those besides the media type. cookies: the values of further `Set-Cookie` headers; only
    of these can an answer have several.
    """

    status: HTTPStatus
    media_type: str | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()

    def for_gateway(self, *, is_head: bool = False) -> dict[str, Any]:
        """The answer in API Gateway's form; to a HEAD request, without its body.

        An answer to HEAD shows nothing; therefore it does not change the session either.
        """
        own = {"Content-Type": self.media_type} if self.media_type else {}
        single = {**SECURITY_HEADERS, **own, **self.headers}
        headers = {name: [value] for name, value in single.items()}
        if self.cookies:
            headers["Set-Cookie"] = [*headers.get("Set-Cookie", []), *self.cookies]
        if is_head:
            headers.pop("Set-Cookie", None)
        return {
            "statusCode": int(self.status),
            "multiValueHeaders": headers,
            "body": "" if is_head else self.body,
            "isBase64Encoded": False,
        }


def json_answer(
    status: HTTPStatus, content: Any, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer of the JSON API."""
    return Response(status, JSON, json_text(content), headers or {})


def json_text(content: Any) -> str:
    """JSON that people can read, too: in the letters of its language."""
    return json.dumps(content, ensure_ascii=False)
