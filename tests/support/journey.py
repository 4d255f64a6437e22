"""A citizen's incident with all that can be in it, and what was written when."""

import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from suport.domain.category import Category
from suport.runtime import aws
from tests.support.citizen import Citizen
from tests.support.html import Page
from tests.support.operator import Operator, signed_in
from tests.support.service import Service
from tests.support.six_months import six_months_on
from tests.support.uploads import PDF, Uploader


@dataclass(frozen=True)
class Text:
    """What somebody wrote, when it ends, and the reads that never show it.

    mark: a part of the words that is nowhere else.
    """

    words: str
    mark: str
    end: datetime
    hidden_from: tuple[str, ...]


class Journey:
    """An incident, and the people who do something with it; `now` is when they do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.now = datetime.now(UTC)
        self.texts: list[Text] = []
        number = secrets.randbelow(10**8)
        self.contact = {
            "name": f"Xisca Qzrvwbauçà {secrets.token_hex(3)}",
            "email": f"xisca.{secrets.token_hex(4)}@example.test",
            "phone": f"+34 971 {number:08}"[:-2],
            "nif": f"{number:08}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}",
            "availability": f"dimarts de 16.20 a 17.40, extensió {secrets.randbelow(10**6):06}",
        }
        self.file = secrets.token_hex(16).encode()

    def text(self, words: str, *, hidden_from: tuple[str, ...] = ()) -> str:
        """The words with a mark, noted as written now."""
        mark = secrets.token_hex(6)
        self.texts.append(Text(f"{words} {mark}", mark, six_months_on(self.now), hidden_from))
        return self.texts[-1].words

    @property
    def address(self) -> str:
        """Of the incident, in the JSON API."""
        return f"/v1/incidents/{self.reference}"

    @property
    def end(self) -> datetime:
        return max(text.end for text in self.texts)

    @property
    def seeded(self) -> dict[str, str | bytes]:
        """All that must be nowhere in the end."""
        words = {text.words: text.words for text in self.texts}
        return {**self.contact, **words, "code": self.code, "file": self.file}

    def submit(self) -> None:
        citizen = Citizen(self.service, "ca")
        typed = {
            "category": "payment",
            "description": self.text("No puc pagar la taxa"),
            "error.message": self.text("Error de la passarel·la"),
            "context.step": self.text("Pas de pagament", hidden_from=("page",)),
        }
        typed |= {f"contact.{name}": value for name, value in self.contact.items()}
        sent = citizen.post("incident", Page(citizen.get("incident").text).values | typed)
        assert sent.status == 303, sent.text
        page = Page(citizen.get(sent.headers["Location"]).text)
        self.reference, self.code = page.said_by("reference"), page.said_by("access-code")
        self.service.await_status(self.reference, "queued")

    def add_file(self) -> None:
        clear: Any = aws.client
        with pytest.MonkeyPatch.context() as patched:
            for name, value in self.service.aws.environment.items():
                patched.setenv(name, value)
            clear.cache_clear()
            with closing(aws.client("s3")) as store:
                uploader = Uploader(self.service, store, self.reference)
                uploader.await_added(uploader.add(PDF + self.file))
            clear.cache_clear()
        self.file_end = six_months_on(self.now)

    def post(self, path: str, content: Mapping[str, Any]) -> None:
        answer = self.service.post(f"{self.address}{path}", content, self.code)
        assert answer.status == 201, answer.text

    def write(self, words: str) -> None:
        self.post("/messages", {"body": self.text(words)})

    def agree(self) -> None:
        notice = self.service.get("/v1/remote-support-notice?language=ca").json()
        grant = {"scope": "view", "action": "grant", "language": "ca"}
        self.post("/consents", grant | {"notice_sha256": notice["sha256"]})

    def rate(self, words: str) -> None:
        fields = {"reference": self.reference, "score": "4", "comment": self.text(words)}
        answer = self.at_home().post("rate", fields)
        assert answer.status == 303, answer.text

    def work(self, act: str, **content: str) -> None:
        answer = self.at_the_desk().on(self.reference, act, content)
        assert answer.status in {200, 201}, answer.text

    def at_home(self) -> Citizen:
        """The citizen, on a new device."""
        citizen = Citizen(self.service, "ca")
        citizen.post("track", {"reference": self.reference, "access_code": self.code})
        return citizen

    def at_the_desk(self) -> Operator:
        """The operator, on a new day: nobody's session lasts longer."""
        with closing(self.service.aws.client("sts")) as sts:
            return signed_in(self.service, sts, Category.PAYMENT, "aina.ferrer")
