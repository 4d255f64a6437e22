"""A request as API Gateway passes it on."""

import base64
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from suport.domain.language import Language
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.http.charset import is_known
from suport.http.form_encoding import content_type
from suport.http.gateway_event import members, text, texts
from suport.http.problems import about_requests
from suport.register.errors import NoSuchIncident
from suport.runtime import clock
from suport.runtime.metrics import Metric, count
from suport.texts.message import preferred_language

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
LARGEST_BODY = 2 * 1024 * 1024  # bytes; the longest correct form is under 1 MB


class Request:
    """One request.

    method: HEAD is GET here, because it gets the same answer. path: the address below the stage.
    seen_path: the address as the browser sees it; it begins with the stage, except under a domain
    of the service's own. resource: the template's route that the request took. parameters: the
    variable parts of that route; each is empty if the event lacks it. headers: by their names in
    lower case. caller: the ARN of the caller who signed the request. stage_variables: what the
    template says of the API's stage. stated_language: the language in the body, once that was read.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        """The request in this event of a Lambda proxy integration.

        What is missing in the event, or is not of its type, was not sent.
        """
        context = members(event.get("requestContext"))
        method = text(event.get("httpMethod"))
        self.is_head = method == "HEAD"
        self.method = "GET" if self.is_head else method
        self.path = text(event.get("path"))
        self.seen_path = text(context.get("path"))
        self.resource = text(event.get("resource"))
        self.parameters = defaultdict(str, texts(event.get("pathParameters")))
        self.query = texts(event.get("queryStringParameters"))
        headers = texts(event.get("headers"))
        self.headers: Mapping[str, str] = {name.lower(): each for name, each in headers.items()}
        self.caller = text(members(context.get("identity")).get("userArn")) or None
        self.domain_name = text(context.get("domainName"))
        self.stage_variables = texts(event.get("stageVariables"))
        self.stated_language: Language | None = None
        self._body = text(event.get("body"))
        self._is_base64 = bool(event.get("isBase64Encoded"))

    @property
    def language(self) -> Language:
        """The reader's language: that of the body, else the browser's."""
        return self.stated_language or preferred_language(self.headers.get("accept-language"))

    @property
    def service_url(self) -> str:
        """The address of the service as the browser asked for it, stage included."""
        scheme = self.headers.get("x-forwarded-proto", "https")
        return f"{scheme}://{self.domain_name}{self.seen_path.removesuffix(self.path)}"

    @property
    def content_type(self) -> str:
        """The header of that name; empty if there is none."""
        return self.headers.get("content-type", "")

    @property
    def sent(self) -> bytes:
        """The body as it was sent, whatever it is."""
        try:
            return base64.b64decode(self._body) if self._is_base64 else self._body.encode()
        except ValueError:  # it is not base64, or holds half a character
            return b""

    @property
    def charset(self) -> str:
        """The charset that the body declares; empty if it declares none."""
        return content_type(self.content_type)[1].get("charset", "")

    def body(self, *media_types: str) -> bytes:
        """The body as it was sent, if it declares one of these types and a known charset.

        Raises
        ------
        Problem
            415 if it declares something else, 413 if it is too large.
        """
        declared, _ = content_type(self.content_type)
        if declared not in media_types or not is_known(self.charset):
            raise about_requests.unsupported_media_type(*media_types)
        if len(self.sent) > LARGEST_BODY:
            raise about_requests.too_large(LARGEST_BODY)
        return self.sent

    def access_code(self) -> str:
        """The access code that the request bears.

        Raises
        ------
        Problem
            401 if it bears none.
        """
        scheme, _, code = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not code.strip():
            raise about_requests.no_access_code()
        return code

    def opened(self, secret: bytes) -> Reference:
        """The reference in the address, if the request bears the incident's access code.

        Raises
        ------
        Problem
            401 without a code; 404 with a wrong one, or for a reference that nobody has.
        """
        # few functions need them
        from suport.domain.access_code import opens  # noqa: PLC0415
        from suport.http.problems import about_incidents  # noqa: PLC0415
        from suport.register.deployed import register  # noqa: PLC0415

        code = self.access_code()
        try:
            reference = parse_reference(self.parameters["reference"])
        except MisreadReference:
            raise about_incidents.no_access() from None
        try:
            number = register().incident(reference, clock.now()).code_number
        except NoSuchIncident:
            number = 0
        if not number or not opens(secret, reference, code, number):
            count(Metric.WRONG_ACCESS_CODES)
            raise about_incidents.no_access()
        return reference
