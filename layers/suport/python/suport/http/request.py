"""A request as API Gateway passes it on."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from suport.domain.access_code import opens
from suport.domain.language import Language
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.http.form_encoding import content_type
from suport.http.problems import about_incidents, about_requests
from suport.runtime.metrics import Metric, count
from suport.texts.message import preferred_language

JSON = "application/json"
LARGEST_BODY = 2 * 1024 * 1024  # bytes; the longest correct submission is under 100 KB


class Request:
    """One request.

    method: HEAD is answered as GET would be, and is GET here. path: the address below the stage.
    seen_path: the address as the browser sees it; it begins with the stage, but not under a domain
    of the service's own. resource: which of the template's routes it took, and `parameters` what
    that left open. headers: by their names in lower case. caller: the ARN of whoever signed it.
    stated_language: the one that its body states, once that was read.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        """The request that this event of a Lambda proxy integration is."""
        context = event["requestContext"]
        self.is_head = event["httpMethod"] == "HEAD"
        self.method = "GET" if self.is_head else str(event["httpMethod"])
        self.path: str = event["path"]
        self.seen_path: str = context["path"]
        self.resource: str = event["resource"]
        self.parameters: Mapping[str, str] = event.get("pathParameters") or {}
        self.query: Mapping[str, str] = event.get("queryStringParameters") or {}
        headers = event.get("headers") or {}
        self.headers: Mapping[str, str] = {name.lower(): each for name, each in headers.items()}
        self.caller: str | None = context.get("identity", {}).get("userArn")
        self.domain_name: str = context.get("domainName", "")
        self.stated_language: Language | None = None
        self._body = event.get("body") or ""
        self._is_base64 = bool(event.get("isBase64Encoded"))

    @property
    def language(self) -> Language:
        """The reader's language: the one that the body states, else the browser's."""
        return self.stated_language or preferred_language(self.headers.get("accept-language"))

    @property
    def content_type(self) -> str:
        """The header of that name, or nothing."""
        return self.headers.get("content-type", "")

    @property
    def sent(self) -> bytes:
        """The body as it was sent, whatever it is."""
        try:
            return base64.b64decode(self._body) if self._is_base64 else self._body.encode()
        except ValueError:  # it is no base64, or holds half a character
            return b""

    def body(self, media_type: str, charsets: Iterable[str] = ("", "utf-8", "utf8")) -> bytes:
        """The body as it was sent, if it is declared to be of this type, in one of these charsets.

        Raises
        ------
        Problem
            415 if it is declared to be something else, 413 if it is too large.
        """
        declared, parameters = content_type(self.content_type)
        if declared != media_type or parameters.get("charset", "").lower() not in charsets:
            raise about_requests.unsupported_media_type(media_type)
        if len(self.sent) > LARGEST_BODY:
            raise about_requests.too_large(LARGEST_BODY)
        return self.sent

    def opened(self, secret: bytes) -> Reference:
        """The reference in the address, once the bearer has shown its access code.

        Raises
        ------
        Problem
            401 without a code; 404 with a wrong one, and likewise for a reference nobody has.
        """
        scheme, _, code = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not code.strip():
            raise about_requests.no_access_code()
        try:
            reference = parse_reference(self.parameters["reference"])
        except MisreadReference:
            raise about_incidents.no_access() from None
        if not opens(secret, reference, code):
            count(Metric.WRONG_ACCESS_CODES)
            raise about_incidents.no_access()
        return reference
