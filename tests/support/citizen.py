"""Citizens on the pages without JavaScript, over HTTP."""

from collections.abc import Mapping
from urllib.parse import urlencode

from tests.support.service import FORM, Answer, Service


class Citizen:
    """A browser on the pages of one language, with at most one incident open.

    It sends forms as typed, and a cookie with every request after the answer that set it.
    """

    def __init__(self, service: Service, language: str = "en", cookie: str = "") -> None:
        self.service = service
        self.language = language
        self.cookie = cookie

    def get(self, page: str, **query: str) -> Answer:
        """The answer with a page below the language. It follows no redirects."""
        address = f"/{self.language}/{page}"
        if query:
            address += f"{'&' if '?' in page else '?'}{urlencode(query)}"
        return self._keeping(self.service.get(address, **self._headers()))

    def post(self, page: str, fields: Mapping[str, str]) -> Answer:
        """The answer to a form."""
        headers = {"Content-Type": FORM} | self._headers()
        body = urlencode(fields).encode()
        address = f"/{self.language}/{page}"
        return self._keeping(self.service.request("POST", address, body, headers))

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": "trial"} | ({"Cookie": self.cookie} if self.cookie else {})

    def _keeping(self, answer: Answer) -> Answer:
        self.cookie = answer.cookie or self.cookie
        return answer
