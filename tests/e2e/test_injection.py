"""Everything typed comes back as text, never as markup, in every page and export.

The tests fill each place twice: with a meaningless word, and with a text that does harm where it is
not treated as text. They parse both pages as a browser does. Part by part, the pages must be the
same, except that the text is in the place of the word.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit
from uuid import uuid4

import pytest

from suport.domain.known_errors.recognition import recognise
from suport.domain.typed_text import line, paragraphs, pasted
from tests.support.citizen import Citizen
from tests.support.html import Page
from tests.support.patience import await_truth
from tests.support.service import JSON, Answer, Service

# Part of every harmful text, so that a test finds it wherever a piece of one appears.
CANARY = "qzx7"

ON_ONE_LINE = (
    f"<script>alert('{CANARY}')</script>",
    f'"><svg onload=alert("{CANARY}")>',
    f"'><img src=x onerror=alert('{CANARY}')>",
    f"</textarea><b>{CANARY}</b>",
    f"</title></h1></pre><i>{CANARY}",
    f"--><u>{CANARY}</u><!--",
    f"]]><u>{CANARY}</u><![CDATA[",
    f"<?php echo '{CANARY}' ?>",
    f'" autofocus onfocus="{CANARY}" x="',
    f"javascript:alert('{CANARY}')//",
    f"data:text/html,<script>{CANARY}",
    f"{{{{7*7}}}}{CANARY}{{% raw %}}{{#",
    f"${{7*7}}#{{7*7}}<%= {CANARY} %>",
    f"{{0}}{{x.__class__}}{{{CANARY}}}",
    f"%(x)s %s %n %d %({CANARY})s 100%",
    f"&lt;b&gt;{CANARY}&amp;&#60;&quot;",
    f"&#x3c;script&#x3e;{CANARY}&colon",
    f"\u202e{CANARY}\u2066txt.exe\u2069\u202c",
    f"{CANARY}\u200b\u200d\ufeff\u2060\u00ad",
    f"{CANARY}Z\u0351\u036b\u0343\u036a e\u0301 \u1e9b\u0323",
    f"{CANARY} 🧾👩‍👩‍👧 𝒜 \U0010fffd \ufffe",
    f"{CANARY}\u2028\u2029\u3000\u00a0x",
    f'{{"{CANARY}": "\\u003cb>", "a": null}}',
    f"'; DROP TABLE register; -- {CANARY}",
    f'=HYPERLINK("http://x.test","{CANARY}")',
    f"@SUM(1+1)*cmd|' /C calc'!{CANARY}",
    f"..%2f..%2f{CANARY}%00%0d%0aX: y",
    f"Set-Cookie: {CANARY}=1; Path=/",
    f"l·l ç Ñ ß ﬁ Ω {CANARY} `~^\\|",
    CANARY + "w" * 80,
)
ON_MANY_LINES = (
    f"x\r\nSet-Cookie: {CANARY}=1\r\n\r\n<b>",
    f"a\tb\n\n  {CANARY}\n</pre>\n<p>x",
)
CONTROL_CHARACTERS = f"{CANARY}\x01\x08\x0b\x1b[31m\x7f\x85\x9f."
REFUSED = f"{CONTROL_CHARACTERS}\0"
EVERYTHING = " ".join(ON_ONE_LINE)
NO_KNOWN_ERROR = " ".join(text for text in ON_ONE_LINE if not recognise(text))
MANY_LINES = "\n".join((*ON_ONE_LINE, *ON_MANY_LINES))
IN_A_HEADER = [text for text in ON_ONE_LINE if text.isascii()]

# These differ from one request to the next, whatever was typed.
_CHANGING = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|, [0-9]{1,2}:[0-9]{2}(?![0-9])|"
    r"(?<=It has )[0-9]+|"  # characters: a word has as many as its text, seen or not
    r"\b[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}\b"
)
_SIGNED = {"key", "policy", *(f"x-amz-{part}" for part in ("date", "signature", "credential"))}
"""The fields of the store's form, which is new on each page."""
_NEW_KEY = re.compile(r"[\w-]{43}", re.ASCII)


def packed(most: int) -> Iterator[str]:
    """All one-line texts, joined into pieces of at most so many characters."""
    text = ""
    for each in ON_ONE_LINE:
        if text and len(text) + 1 + len(each) > most:
            yield text
            text = ""
        text = f"{text} {each}".strip()
    yield text


@dataclass
class Typed:
    """Texts to type, and for each of them the word in its place on the harmless page."""

    words: dict[str, str] = field(default_factory=dict)

    def harmless(self, text: str) -> str:
        """A word as long as the text, with the text's control characters and line breaks."""
        word = f"h{len(self.words)}y"
        kept = "".join(
            "x" if each not in "\r\n" and not _is_control(each) else each
            for each in text[len(word) :]
        )
        self.words[word + kept] = text
        return word + kept

    def replaced(self, shown: str, *, in_address: bool) -> str:
        """The text that a page must show where the harmless page shows `shown`."""
        for word, text in self.words.items():
            if in_address:
                shown = shown.replace(quote_plus(word), quote_plus(text))
            else:
                shown = shown.replace(word, text)
        return shown


def _is_control(each: str) -> bool:
    return ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0


def parts(html: str) -> list[tuple[str, Any]]:
    """The page's parts, without the details that differ each time."""
    found: list[tuple[str, Any]] = []
    for name, part in Page(html).parts:
        if isinstance(part, str):
            found.append((name, _CHANGING.sub("…", part)))
            continue
        attributes = {key: _CHANGING.sub("…", value) for key, value in part.items()}
        if part.get("name") == "idempotency_key" and _NEW_KEY.fullmatch(part["value"]):
            attributes["value"] = "…"
        if part.get("name") in _SIGNED:
            attributes["value"] = "…"
        found.append((name, attributes))
    return found


def expected(html: str, typed: Typed) -> list[tuple[str, Any]]:
    """The parts of the harmless page, with each word replaced by its text."""
    found: list[tuple[str, Any]] = []
    for name, part in parts(html):
        if isinstance(part, str):
            found.append((name, typed.replaced(part, in_address=False)))
        else:
            attributes = {}
            for key, value in part.items():
                in_address = key == "href" and not value.startswith("#")
                attributes[key] = typed.replaced(value, in_address=in_address)
            found.append((name, attributes))
    return found


def assert_only_text(typed: Typed, harmless: Answer, harmful: Answer) -> None:
    """Asserts that both answers are the same except for the texts."""
    assert harmful.status == harmless.status
    assert_headers_are_clean(harmful)
    assert set(harmful.headers) == set(harmless.headers)
    shown, wanted = parts(harmful.text), expected(harmless.text, typed)
    for place, part in enumerate(wanted[: len(shown)]):
        assert shown[place] == part
    assert len(shown) == len(wanted)


def assert_headers_are_clean(answer: Answer) -> None:
    """Asserts that no header contains a typed text, in upper or lower case."""
    assert CANARY not in str(answer.headers.items()).lower()
    assert answer.status < 500
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"] or (
        answer.headers["Content-Security-Policy"] == "default-src; frame-ancestors"
    )


class Attacker(Citizen):
    """Somebody who types harmful texts, and compares the answers with those to harmless words."""

    def both(
        self, page: str, fields: Mapping[str, str], kept: Mapping[str, str] = {}, mended: str = ""
    ) -> None:
        """Sends a form with harmless words, then with the fields; both must come back alike.

        mended: the field of which the page shows what can be seen.
        """
        typed = Typed()
        words = {name: typed.harmless(text) for name, text in fields.items()}
        harmless = self.post(page, {**kept, **words})
        if mended:
            typed.words[pasted(words[mended])] = pasted(fields[mended])
        assert_only_text(typed, harmless, self.post(page, {**kept, **fields}))

    def both_asked(self, page: str, query: Mapping[str, str], **kept: str) -> None:
        """The same for the query of an address."""
        typed = Typed()
        words = {name: typed.harmless(text) for name, text in query.items()}
        self.service.typed_into_addresses |= {CANARY, *words.values()}
        assert_only_text(typed, self.get(page, **kept, **words), self.get(page, **kept, **query))


FIELDS = (
    *("category", "description", "error.code", "error.message", "context.charged", "context.step"),
    *("context.browser", "procedure.name", "procedure.code", "contact.email", "contact.phone"),
    *("contact.name", "contact.nif", "contact.availability", "topic"),
)
NEEDED = {"category": "payment", "contact.email": "anna@example.test"}
BY_PHONE = {"contact.email": "", "contact.phone": "971 48 17 26"}
"""Without an address: a mail would be recorded sooner for one citizen than for another."""
KEY = "an idempotency key".replace(" ", "-")


def submission(**fields: str) -> dict[str, str]:
    """A form that the service accepts, with a different key for each content."""
    own = f"{hash(tuple(fields.values())) & 0xFFFF_FFFF:08x}"
    # A different address as well: the history would show an acknowledgement too many for one.
    needed = NEEDED | {"contact.email": f"anna.{own}@example.test"}
    return needed | {"idempotency_key": f"{KEY}-{own}"} | fields


@pytest.fixture(scope="module")
def stranger(service: Service) -> Attacker:
    return Attacker(service)


@pytest.fixture
def citizen(service: Service) -> Attacker:
    """Somebody who has opened their incident in the browser."""
    browser = Attacker(service)
    sent = submission(description="No puc pagar la taxa", **{"error.code": "E-7"})
    sent["idempotency_key"] = f"{KEY}-{id(browser):x}"
    assert browser.post("incident", sent).status == 303
    reference = Page(browser.get("track").text).said_by("reference")
    service.await_status(reference, "queued")  # the pages show the status
    return browser


# ------------------------------------------------------------ forms that come back


@pytest.mark.parametrize("text", [EVERYTHING, MANY_LINES, REFUSED])
def test_a_wrong_form_comes_back_as_text(stranger: Attacker, text: str) -> None:
    stranger.both("incident", dict.fromkeys(FIELDS, text), {"idempotency_key": KEY})


def test_hidden_fields_come_back_as_text(stranger: Attacker) -> None:
    every = (*FIELDS, "idempotency_key", "privacy_notice")
    stranger.both("incident", dict.fromkeys(every, EVERYTHING))
    stranger.both("incident", dict.fromkeys(every, EVERYTHING), {"step": "questions"})
    stranger.both("incident", {"step": EVERYTHING})


def test_names_of_fields_come_back_as_text(stranger: Attacker) -> None:
    typed = Typed()
    names = [text[:100] for text in ON_ONE_LINE if "." not in text and text.isprintable()]
    words = {typed.harmless(name): "x" for name in names}
    kept = {"idempotency_key": KEY, "category": "functional", "description": "x" * 10}
    harmless = stranger.post("incident", kept | words)
    assert_only_text(typed, harmless, stranger.post("incident", kept | dict.fromkeys(names, "x")))


def test_an_error_looked_up_comes_back_as_text(stranger: Attacker) -> None:
    short = {"procedure.code": EVERYTHING[:300], "procedure.name": EVERYTHING[-300:]}
    for text in (NO_KNOWN_ERROR, CONTROL_CHARACTERS):
        stranger.both("help", {"error": text, "category": EVERYTHING, **short}, mended="error")
        stranger.both("help", {"error": text, **short}, {"category": "signature"}, mended="error")


def test_the_form_that_opens_an_incident_comes_back_as_text(stranger: Attacker) -> None:
    fields = dict.fromkeys(("access_code", "body", "idempotency_key"), MANY_LINES)
    stranger.both("track", fields | {"reference": ON_ONE_LINE[0]})


def test_the_form_that_joins_a_session_comes_back_as_text(stranger: Attacker) -> None:
    for text in (EVERYTHING, MANY_LINES, CONTROL_CHARACTERS):
        stranger.both("join", {"code": text})


def test_messages_and_ratings_without_a_session_come_back_as_text(stranger: Attacker) -> None:
    for text in (MANY_LINES, CONTROL_CHARACTERS):
        stranger.both("reply", {"body": text, "idempotency_key": EVERYTHING})
    stranger.both("rate", {"score": EVERYTHING, "comment": MANY_LINES})


def test_wrong_forms_about_an_incident_come_back_as_text(citizen: Attacker) -> None:
    citizen.both("reply", {"body": REFUSED}, {"idempotency_key": KEY})
    citizen.both("reply", {"body": MANY_LINES, "idempotency_key": EVERYTHING})
    citizen.both("rate", {"score": EVERYTHING, "comment": EVERYTHING})
    citizen.both("remove-file", {"id": EVERYTHING})
    consent = dict.fromkeys(("scope", "action", "notice_sha256", "language"), EVERYTHING)
    citizen.both("remote-support", consent)


# ----------------------------------------------------------------- addresses


def test_the_query_of_an_address_comes_back_as_text(stranger: Attacker) -> None:
    for text in (EVERYTHING[:300], EVERYTHING[300:600], EVERYTHING[600:900], CONTROL_CHARACTERS):
        asked = {"procedure.code": text, "procedure.name": text}
        stranger.both_asked("help", asked | {"category": text, "topic": text})
        stranger.both_asked("help", asked, category="payment")
    whole = ("category", "procedure.code", "procedure.name", "error.code", "topic")
    for text in (EVERYTHING, CONTROL_CHARACTERS):
        stranger.both_asked("incident", dict.fromkeys(whole, text))
        stranger.both_asked("procedures", {"q": text, "start": text}, telematic="1")


def test_the_parameters_after_an_act_come_back_only_as_text(citizen: Attacker) -> None:
    for page in ("track", "remote-support", "files"):
        citizen.both_asked(page, dict.fromkeys(("done", "etag", "key", "bucket"), EVERYTHING))


@pytest.mark.parametrize("place", ["/en/{}", "/{}/help", "/{}", "/assets/{}"])
def test_no_answer_repeats_an_unknown_address(service: Service, place: str) -> None:
    for text in ON_ONE_LINE:
        if "/" in text or "%2f" in text:  # a different address, which API Gateway refuses
            continue
        answer = service.get(place.format(quote(text, safe="")))
        assert answer.status == 404
        assert CANARY not in answer.text
        assert_headers_are_clean(answer)


# --------------------------------------------------------- headers of the browser


@pytest.mark.parametrize("name", ["Accept-Language", "Cookie", "Origin", "X-Forwarded-Proto"])
def test_no_answer_repeats_a_header(service: Service, name: str) -> None:
    for text in ("; ".join(IN_A_HEADER), f"__Host-suport={IN_A_HEADER[0]}"):
        for page in ("/en/track", "/en/incident", "/", "/v1/privacy-notice"):
            answer = service.get(page, **{name: text})
            assert CANARY not in answer.text
            assert_headers_are_clean(answer)


def test_the_browsers_name_is_shown_as_text(service: Service) -> None:
    for text in [text for text in IN_A_HEADER if len(text) <= 150]:
        typed = Typed()
        word = typed.harmless(text)
        harmless, harmful = (
            service.get("/en/incident", **{"User-Agent": each}) for each in (word, text)
        )
        assert_only_text(typed, harmless, harmful)


# ------------------------------------------------------------- recorded texts


SIZES = {
    "error.code": 100,
    "procedure.code": 100,
    "context.browser": 200,
    "contact.availability": 200,
    "context.step": 300,
    "procedure.name": 300,
    "error.message": 1000,
}


def rounds() -> list[dict[str, str]]:
    """Forms that the service accepts; each field of `SIZES` has every text in one of them."""
    by_field = {name: list(packed(most)) for name, most in SIZES.items()}
    count = max(len(texts) for texts in by_field.values())
    found = []
    for number in range(count):
        fields = {name: texts[number % len(texts)] for name, texts in by_field.items()}
        fields["error.message"] += "\n" + ON_MANY_LINES[number % 2][:90]
        fields["description"] = MANY_LINES if number == 0 else f"{CANARY} {number}: <b>"
        fields["contact.name"] = "<a> &amp; " + ON_ONE_LINE[number % len(ON_ONE_LINE)][:180]
        found.append(fields)
    return found


def recorded(text: str, name: str = "body") -> str:
    """The text as the service keeps it in the field of that name: what can be seen of it."""
    return (paragraphs if name in {"body", "description", "error.message"} else line)(text)


def masked(name: str) -> str:
    """A name as its page shows it: the first letter of each word."""
    return " ".join(f"{word[0]}…" for word in line(name).split())


@pytest.mark.parametrize("number", range(len(rounds())))
def test_recorded_texts_are_shown_and_exported_as_text(service: Service, number: int) -> None:
    fields = rounds()[number]
    typed = Typed()
    words = {name: typed.harmless(text) for name, text in fields.items() if name != "contact.name"}
    words["contact.name"] = "x y"
    browsers = [Attacker(service), Attacker(service)]
    for browser, content in zip(browsers, (words, fields), strict=True):
        service.private.add(content["description"])
        sent = browser.post("incident", submission(**content | BY_PHONE))
        assert sent.status == 303, sent.text
        assert_headers_are_clean(sent)
        browser.post("access-code", {"noted": "1"})  # each has another code
    typed.words = {
        recorded(words[name], name): recorded(text, name) for name, text in fields.items()
    }
    typed.words["x… y…"] = masked(fields["contact.name"])
    await_truth(lambda: all(is_queued(service, browser) for browser in browsers))
    harmless, harmful = browsers
    for page, query in (
        ("track", {}),
        ("export", {"format": "html"}),
        ("close", {}),
        ("files", {}),
        ("remote-support", {}),
    ):
        answers = [browser.get(page, **query) for browser in (harmless, harmful)]
        assert_only_text(typed, *answers)
    exported = harmful.get("export", format="json")
    assert exported.headers.get_content_type() == JSON
    assert_headers_are_clean(exported)
    view = json.loads(exported.text)["incident"]
    assert view["description"] == recorded(fields["description"])
    for part in ("error", "procedure", "context"):
        assert view[part] == {
            name.partition(".")[2]: recorded(text, name)
            for name, text in fields.items()
            if name.startswith(f"{part}.")
        }
    assert view["contact"]["availability"] == line(fields["contact.availability"])


def is_queued(service: Service, browser: Attacker) -> bool:
    """Whether the incident is queued, so that its pages can be compared with another's."""
    *_, incident = service.items(Page(browser.get("track").text).said_by("reference"))
    return bool(incident["status"] == "queued")


def test_messages_and_ratings_are_shown_and_exported_as_text(citizen: Attacker) -> None:
    bodies = [MANY_LINES, *packed(500)]
    for number, body in enumerate(bodies):
        key = f"{KEY}-message-{number}"
        assert citizen.post("reply", {"body": body, "idempotency_key": key}).status == 303
    assert citizen.post("close", {}).status == 303
    reference = Page(citizen.get("track").text).said_by("reference")
    citizen.service.change_incident(reference, resolved_by="operator")  # only then it is rated
    comments = list(packed(500))
    for number, comment in enumerate(comments):
        score = str(1 + number % 5)
        assert citizen.post("rate", {"score": score, "comment": comment}).status == 303
    for page in ("track", "export"):
        shown = citizen.get(page)
        assert_headers_are_clean(shown)
        words = [
            part
            for (before, attributes), (_, part) in pairs(Page(shown.text))
            if before == "<p"
            and isinstance(attributes, dict)
            and attributes.get("class") == "suport-words"
        ]
        # below them, what the citizen first wrote
        words = words[: len(bodies) + len(comments)]
        assert words == [recorded(text) for text in reversed((*bodies, *comments))]
    history = json.loads(citizen.get("export", format="json").text)["incident"]["history"]
    written = [each.get("body") or each.get("comment") for each in history]
    assert [each for each in written if each] == words


def pairs(page: Page) -> Iterator[tuple[tuple[str, Any], tuple[str, Any]]]:
    """Each part of a page with the one that follows it."""
    return zip(page.parts, page.parts[1:], strict=False)


# ---------------------------------------------------------------- the JSON API


def test_the_json_api_returns_texts_as_they_were_recorded(service: Service) -> None:
    content = {
        "category": "functional",
        "description": MANY_LINES,
        "error": {"code": next(packed(100)), "message": EVERYTHING[:1000]},
        "contact": {"email": f"{uuid4().hex}@example.test", "availability": next(packed(200))},
        "context": {"step": next(packed(300)), "browser": next(packed(200))},
        "language": "en",
    }
    receipt = service.submitted(**content)
    address, code = f"/v1/incidents/{receipt['reference']}", receipt["access_code"]
    sent = service.post(f"{address}/messages", {"body": MANY_LINES}, code)
    assert sent.status == 201
    assert_headers_are_clean(sent)
    answer = service.get(address, code)
    assert (answer.status, answer.media_type) == (200, JSON)
    assert_headers_are_clean(answer)
    view = answer.json()
    assert view["description"] == recorded(MANY_LINES)
    (body,) = (each["body"] for each in view["history"] if each["kind"] == "message")
    assert body == recorded(MANY_LINES)
    for part, names in (
        ("error", ("code", "message")),
        ("context", ("step", "browser")),
        ("contact", ("availability",)),
    ):
        for name in names:
            assert view[part][name] == recorded(content[part][name], f"{part}.{name}")  # type: ignore[index]


def test_a_problem_of_the_json_api_is_never_a_page(service: Service) -> None:
    wrong = dict.fromkeys(("category", "description", "language", "topic", "privacy_notice"), "x")
    wrong |= dict.fromkeys(wrong, EVERYTHING)
    bodies: list[Any] = [wrong, wrong | dict.fromkeys(ON_ONE_LINE, EVERYTHING), EVERYTHING]
    answers = [service.post("/v1/incidents", body) for body in bodies]
    answers += [
        service.post("/v1/incidents", {}, **{"Idempotency-Key": text}) for text in IN_A_HEADER
    ]
    asked = quote(EVERYTHING[:500], safe="")
    answers += [
        service.get(f"/v1/incidents/{asked.replace('%2F', '')}", "AAAA-BBBB"),
        service.get(f"/v1/contact?from={asked}&at={asked}"),
        service.get(f"/v1/contact?at={asked}"),
        service.get(f"/v1/privacy-notice?language={asked}"),
        service.get(f"/v1/remote-support-notice?language={asked}"),
    ]
    for answer in answers:
        assert answer.status in {400, 403, 404, 422}
        assert answer.media_type in {"application/problem+json", JSON}
        assert_headers_are_clean(answer)
        assert "values" not in answer.json()


def test_links_carry_typed_texts_in_full(stranger: Attacker) -> None:
    text = EVERYTHING[:300]
    asked = {"procedure.code": text, "procedure.name": text}
    page = Page(stranger.get("help", category="payment", **asked).text)
    carried = [
        parse_qs(urlsplit(href).query)
        for href in page.attributes("href")
        if href.startswith("incident?")
    ]
    assert [{name: values[0] for name, values in each.items()} for each in carried] == [
        {"category": "payment"} | asked
    ]
