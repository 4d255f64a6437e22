"""A citizen's browser: its cookie, the pages of one language, and the forms on them."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.chaos.world import NO_ANSWER, Answer, World
from tests.support.html import Page

AWAY = {NO_ANSWER.status, 503}
"""The statuses after which somebody tries again."""


@dataclass
class Browser:
    """What one citizen reads and sends forms with; the cookie is that of the open incident."""

    world: World
    language: str
    cookie: str = ""

    def get(self, page: str, **query: str) -> Answer:
        """The answer to a link; of a redirection, that of the page to which it leads."""
        answer = self._asked("GET", page, query=query or None)
        if answer.status == 303:
            name, further = place(answer)
            return self._asked("GET", name, query=further or None)
        return answer

    def post(self, form: str, fields: dict[str, str]) -> Answer:
        """The answer to a form; a redirection is not followed."""
        content = "application/x-www-form-urlencoded"
        return self._asked("POST", form, body=urlencode(fields).encode(), Content_Type=content)

    def _asked(
        self,
        method: str,
        page: str,
        *,
        body: bytes = b"",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        kept = {"Cookie": self.cookie} if self.cookie else {}
        answer = self.world.request(
            method, f"/{self.language}/{page}", body=body, query=query, **kept, **headers
        )
        for cookie in answer.headers.get("Set-Cookie", []):
            self.cookie = cookie.partition(";")[0]
        return answer


@dataclass(frozen=True)
class Form:
    """A form as a page has it: its name, and what it sends if nobody types anything."""

    name: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Filled(Form):
    """A form as it is sent. typed: those of its fields that somebody has typed."""

    typed: dict[str, str]


def place(answer: Answer) -> tuple[str, dict[str, str]]:
    """The page to which an answer leads, and the query of its address."""
    address = urlsplit(answer.headers["Location"][0])
    return _name(address.path), dict(parse_qsl(address.query))


def forms(answer: Answer) -> list[Form]:
    """The forms on a page."""
    return [
        Form(_name(urlsplit(action).path), fields)
        for action, fields in Page(answer.body).forms
        if not urlsplit(action).netloc
    ]


def form_of(answer: Answer, name: str) -> Form | None:
    """The form of that name on a page, if there is one."""
    is_page = "html" in answer.headers.get("Content-Type", [""])[0]
    return next((each for each in forms(answer) if each.name == name), None) if is_page else None


def given_back(answer: Answer, filled: Filled) -> Filled | None:
    """The form of a page that has all that was typed in that one, if there is one.

    The step to which the Enter key leads is not among its fields.
    """
    for form in forms(answer):
        fields = {name: value for name, value in form.fields.items() if name != "step"}
        wanted = form.name in {filled.name, "track"} or filled.name == "track"
        if wanted and fields.items() >= filled.typed.items():
            return Filled(form.name, fields, filled.typed)
    return None


def upload_form(answer: Answer) -> dict[str, str] | None:
    """The fields of the form that sends a file to the store, if the page has one."""
    found = [fields for _, fields in Page(answer.body).forms if "key" in fields]
    return found[0] if found else None


def linked(answer: Answer, name: str) -> set[str]:
    """What the links to the page of that name carry in their `id` or `key`."""
    found = (urlsplit(each) for each in Page(answer.body).links)
    queries = [dict(parse_qsl(each.query)) for each in found if _name(each.path) == name]
    return {value for query in queries for key, value in query.items() if key in {"id", "key"}}


def code_in(text: str, reference: str) -> str | None:
    """The access code in the link of a mail, or in an address, that opens the incident."""
    found = re.search(rf"#{re.escape(reference)}\.(\S+)", text)
    return found[1] if found else None


def confirmation_in(text: str, page: str) -> str | None:
    """The code of a mail that is to be entered on that page."""
    found = re.search(rf": (\S+)\n\n\S+/{page}\n", text)
    return found[1] if found else None


def code_shown(answer: Answer) -> str | None:
    """The access code that a page shows."""
    try:
        return Page(answer.body).said_by("access-code")
    except LookupError:
        return None


def _name(path: str) -> str:
    return path.rpartition("/")[2]
