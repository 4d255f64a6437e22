"""A citizen who goes through the pages in a real browser, with only the keyboard.

The tests recognise each page by its language and its title, which has the state.
"""

from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from playwright.sync_api import Page, expect

from suport.domain.attachment import MediaType, State
from suport.domain.category import Category
from suport.domain.history import Kind
from suport.domain.incident import Actor, Status
from suport.domain.language import Language
from suport.domain.phone_line import NUMBERS
from suport.texts import labels
from suport.texts.known_errors import advice_on
from suport.web.site_map import DONE
from tests.support.browser import Visitor
from tests.support.keyboard import (
    choose,
    expect_page,
    field,
    follow,
    happened,
    reach,
    said,
    send,
    write,
)
from tests.support.operator import signed_in
from tests.support.service import Service

LOCALES = {
    Language.CATALAN: "ca-ES",
    Language.SPANISH: "es-ES",
    Language.ENGLISH: "en-GB",
    Language.GERMAN: "de-DE",
}
DESCRIPTION = "He pagat la taxa i després ha sortit un error; no sé si s'ha cobrat."
REPLY = "Ho he tornat a provar amb una altra targeta: surt el mateix."
COMMENT = "Resposta clara i ràpida, gràcies."
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


class KeyboardCitizen:
    """A citizen on the pages of one language, who uses only the keyboard."""

    def __init__(
        self, visitor: Visitor, service: Service, language: Language, *, javascript: bool = True
    ) -> None:
        self.service = service
        self.language = language
        self.javascript = javascript
        self.page = visitor.open(locale=LOCALES[language], javascript=javascript)
        # Unique: the service sets aside the acknowledgements above an address's limit, and records
        # that in the history.
        self.email = f"margalida.{uuid4().hex}@example.test"
        service.private.update({DESCRIPTION, self.email, REPLY, COMMENT})

    def go(self, path: str) -> Page:
        """Opens the page at that path below the language."""
        self.page.goto(f"{self.language}/{path}")
        return self.page

    def is_on(self, title: Any) -> None:
        """Fails unless the page has that title, in the citizen's language."""
        expect_page(self.page, self.language, title)

    def is_told(self, done: str) -> None:
        """Fails unless the page confirms this act, in a banner that JavaScript gives the focus.

        A new message has the focus itself, with and without JavaScript.
        """
        banner = self.page.locator(".govuk-notification-banner")
        expect(banner).to_contain_text(said(DONE[done], self.language))
        if done == "replied":
            expect(self.page.locator(".suport-history > li").first).to_be_focused()
        elif self.javascript:
            expect(banner).to_be_focused()

    def is_at_incident(self, reference: str, status: Status, ended_by: Actor | None = None) -> None:
        """Fails unless the page is the incident's, with that state."""
        state = said(labels.state({"status": status, "resolved_by": ended_by}), self.language)
        self.is_on(f"{state}: {reference}")
        expect(self.page.locator("#state")).to_have_text(state)
        expect(self.page.locator("#reference")).to_have_text(reference)

    def look_up_the_error(self) -> None:
        """Goes from the help page to the form, by the kind of problem and the error."""
        page = self.go("help")
        self.is_on("Help with online procedures")
        follow(page, page.locator("main a[href='help?category=payment']"))
        self.is_on(labels.CATEGORIES[Category.PAYMENT])
        write(page, "error", "190")
        send(page, "help")
        self.is_on("What we know about this error")
        meaning = advice_on("payment_denied").meaning_in(self.language)
        expect(page.locator("main h2").first).to_have_text(f"190: {meaning}")
        send(page, "incident", "questions")

    def send_with_mistakes(self) -> None:
        """Finds the looked-up error in the form; sends mistakes and gets the page about them."""
        page = self.page
        self.is_on("Report an incident")
        expect(field(page, "category")).to_have_value("payment")
        expect(field(page, "error.code")).to_have_value("190")
        write(page, "description", "Curt")
        write(page, "contact.email", "margalida")
        send(page, "incident", "check")
        self.is_on(f"{said('Error', self.language)}: {said('Report an incident', self.language)}")
        if self.javascript:
            expect(page.locator(".govuk-error-summary")).to_be_focused()

    def mend(self) -> None:
        """Follows each link of the summary to its field, which gets the focus, and corrects it."""
        page = self.page
        mended = {"description": DESCRIPTION, "contact.email": self.email}
        links = page.locator(".govuk-error-summary a")
        assert [link.get_attribute("href") for link in links.all()] == [
            f"#{name}" for name in mended
        ]
        for link, (name, text) in zip(links.all(), mended.items(), strict=True):
            reach(page, link)
            page.keyboard.press("Enter")
            expect(field(page, name)).to_be_focused()
            write(page, name, text)
        send(page, "incident", "check")
        self.checks_and_sends()

    def checks_and_sends(self) -> None:
        """Finds what was written on the page with all answers, and sends it."""
        self.is_on("Check your answers before sending")
        answers = self.page.inner_text("main dl")
        assert DESCRIPTION in answers
        assert self.email in answers
        send(self.page, "incident")

    def takes_note(self) -> tuple[str, str]:
        """Returns reference and access code, and has the page show the code no more."""
        page = self.page
        reference, code = page.inner_text("#reference"), page.inner_text("#access-code")
        self.service.private.add(code)
        self.is_on(f"{said('Incident received', self.language)}: {reference}")
        self.service.await_status(reference, "queued")
        send(page, "access-code")
        self.is_at_incident(reference, Status.QUEUED)
        expect(page.locator("#access-code")).to_have_count(0)
        assert code not in page.content()
        return reference, code

    def leave(self) -> None:
        """Ends the session; the browser keeps no cookie."""
        send(self.page, "leave")
        self.is_on("Help with online procedures")
        assert self.page.context.cookies() == []

    def open(self, reference: str, code: str) -> None:
        """Opens the incident from the page's navigation, by reference and access code."""
        page = self.page
        follow(page, page.locator("nav a[href=track]"))
        self.is_on("Your incident")
        write(page, "reference", reference)
        write(page, "access_code", code)
        send(page, "track")

    def reply(self) -> None:
        write(self.page, "body", REPLY)
        send(self.page, "reply")
        self.is_told("replied")
        wrote = said(labels.EVENTS[Kind.MESSAGE, Actor.CITIZEN], self.language)
        assert happened(self.page)[0].split("\n\n") == [wrote, REPLY]

    def add_a_file(self) -> None:
        page = self.page
        follow(page, page.locator("main a[href=files]"))
        self.is_on("Files")
        reach(page, page.locator("#file"))
        # the only step without the keyboard: the system's window to choose a file
        picture = {"name": "captura.png", "mimeType": "image/png", "buffer": PICTURE}
        page.set_input_files("#file", picture)  # type: ignore[arg-type]
        button = page.locator("#files form button")
        if self.javascript:  # the script sends the file, and the page stays
            reach(page, button)
            page.keyboard.press("Enter")
        else:
            follow(page, button)
        self.is_on("Files")
        listed = page.locator(
            "#files li", has_text=said(labels.FILE_TYPES[MediaType.PNG], self.language)
        )
        expect(listed).to_contain_text(said(labels.FILE_STATES[State.UNSCANNED], self.language))
        follow(page, page.locator("main p.govuk-body a[href=track]"))

    def close(self, reference: str) -> None:
        follow(self.page, self.page.locator("main a[href=close]"))
        self.is_on("Close the incident")
        send(self.page, "close")
        self.is_told("closed")
        self.is_at_incident(reference, Status.RESOLVED, Actor.CITIZEN)

    def is_helped(self, reference: str) -> None:
        """An operator resolves the incident, and its page says so."""
        with closing(self.service.aws.client("sts")) as sts:
            aina = signed_in(self.service, sts, Category.PAYMENT, "aina.ferrer")
        for act in ("claim", "resolve"):
            answer = aina.on(reference, act)
            assert answer.status == 200, answer.text
        self.page.reload()
        self.is_at_incident(reference, Status.RESOLVED, Actor.OPERATOR)

    def rate(self) -> None:
        follow(self.page, self.page.locator("main a[href=rate]"))
        self.is_on("Rate the support")
        choose(self.page, "score", "5")
        write(self.page, "comment", COMMENT)
        send(self.page, "rate")
        self.is_told("rated")
        rated = ": ".join(
            said(text, self.language) for text in (labels.EVENTS[Kind.RATING,], labels.SCORES["5"])
        )
        assert happened(self.page)[0].split("\n\n") == [rated, COMMENT]

    def reopen(self, reference: str) -> None:
        send(self.page, "reopen")
        self.is_told("reopened")
        self.is_at_incident(reference, Status.QUEUED)

    def go_from_help_to_a_rated_answer(self) -> None:
        """Goes the whole way; the register then has each step of it, once."""
        self.look_up_the_error()
        self.send_with_mistakes()
        self.mend()
        reference, code = self.takes_note()
        self.leave()
        self.open(reference.replace("-", "").lower(), code.replace("-", " ").lower())
        self.is_at_incident(reference, Status.QUEUED)
        self.reply()
        self.add_a_file()
        self.close(reference)
        self.reopen(reference)
        self.is_helped(reference)
        self.rate()
        self.reopen(reference)
        self.leave()

        incident = self.service.incident(reference)
        assert (incident["category"], incident["language"]) == ("payment", self.language)
        assert (incident["description"], incident["error"]) == (DESCRIPTION, {"code": "190"})
        assert incident["contact"] == {"email": self.email}
        entries = register_tells(self.service, reference)
        done = [entry for entry in entries if entry[1:] != ("queued", "reopened")]
        assert done == [
            ("action", "queued", "submitted"),
            ("message", "citizen", REPLY),
            ("attachment", "image/png", "unscanned"),
            ("action", "resolved", "citizen"),
            ("action", "reopened", "citizen"),
            ("action", "claimed", "operator"),
            ("action", "viewed", "operator"),
            ("action", "resolved", "operator"),
            ("rating", 5, COMMENT),
            ("action", "reopened", "citizen"),
        ]

    def is_told_whom_to_call(self) -> None:
        """Finds the numbers to call first on the page about signing, each as a link to dial."""
        page = self.go("help")
        follow(page, page.locator("main a[href='help?category=signature']"))
        self.is_on(labels.CATEGORIES[Category.SIGNATURE])
        first = page.locator("main h2").first
        expect(first).to_have_text(said("Call the 012 line", self.language))
        told = [
            " ".join(each.split()) for each in page.locator("main .suport-number").all_inner_texts()
        ]
        assert told == list(NUMBERS.values())
        for number in page.locator("main .suport-number").all():
            reach(page, number)
            assert number.get_attribute("href") in {"tel:012", "tel:+34971225791"}

    def carry_a_procedure_along(self) -> None:
        """Takes a procedure from the catalogue into the incident, under its Catalan name."""
        page = self.go("procedures")
        write(page, "q", "proves llengua")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        self.is_on("Procedures")
        name = "Matrícula a les proves lliures de llengua catalana"
        found = page.locator("main li a")
        expect(found).to_have_text([name])
        expect(found).to_have_attribute("lang", "ca")
        follow(page, found)
        self.is_on("Help with online procedures")
        expect(page.locator("main strong[lang=ca]")).to_have_text(name)
        follow(page, page.locator("main a[href^='help?category=functional&']"))
        expect(page.locator("main strong[lang=ca]")).to_have_text(name)
        follow(page, page.locator("main a[href^='incident?category=functional&']"))
        self.is_on("Report an incident")
        expect(field(page, "procedure.name")).to_have_value(name)
        expect(field(page, "procedure.name")).to_have_attribute("lang", "ca")
        expect(field(page, "category")).to_have_value("functional")
        write(page, "description", DESCRIPTION)
        write(page, "contact.email", self.email)
        send(page, "incident", "check")
        expect(page.locator("main dd[lang=ca]")).to_have_text(name)
        self.checks_and_sends()
        reference = page.inner_text("#reference")
        self.service.private.add(page.inner_text("#access-code"))
        expect(page.locator("main dd[lang=ca]")).to_have_text(name)
        procedure = self.service.incident(reference)["procedure"]
        assert procedure == {"code": "sample-02", "name": name}

    def agree_to_remote_support(self) -> None:
        """Agrees step by step, and withdraws everything at once."""
        receipt = self.service.routed(language=self.language)
        reference = receipt["reference"]
        page = self.go("help")
        self.open(reference, receipt["access_code"])
        follow(page, page.locator("main a[href=remote-support]"))
        self.is_on("Remote support")
        assert self._agreed_to() == []
        expect(page.locator("[name=scope][value=control]")).to_have_count(0)
        self._press("view")
        self.is_told("agreed")
        assert self._agreed_to() == ["view"]
        self._press("control")
        self.is_told("agreed")
        assert self._agreed_to() == ["view", "control"]
        self._press("view")
        self.is_told("withdrawn")
        assert self._agreed_to() == []
        entries = register_tells(self.service, reference)
        consents = [entry for entry in entries if entry[0] == "consent"]
        assert consents[:2] == [("consent", "grant", "view"), ("consent", "grant", "control")]
        assert sorted(consents[2:]) == [
            ("consent", "withdraw", "control"),
            ("consent", "withdraw", "view"),
        ]

    def _agreed_to(self) -> list[str]:
        agreed = said("You have agreed", self.language)
        scopes = ("view", "control")
        return [each for each in scopes if self.page.inner_text(f"#{each}-state") == agreed]

    def _press(self, scope: str) -> None:
        follow(self.page, self.page.locator(f"main form:has([name=scope][value={scope}]) button"))

    def switch_languages(self, path: str) -> None:
        """Follows the links to the other languages from that page: each leads to the same page."""
        page = self.page
        page.goto(f"ca/{path}")
        asked = urlsplit(page.url)
        for language in (Language.SPANISH, Language.ENGLISH, Language.GERMAN, Language.CATALAN):
            follow(page, page.locator(f"header [lang={language}]:is(a, button)"))
            shown = urlsplit(page.url)
            assert shown.path.rsplit("/", 2)[1:] == [language, asked.path.rpartition("/")[2]]
            if asked.path.endswith("/incident"):  # a form takes along what is in it
                kept = {name: field(page, name).input_value() for name in parse_qs(asked.query)}
                assert {name: [value] for name, value in kept.items()} == parse_qs(asked.query)
            else:
                assert parse_qs(shown.query) == parse_qs(asked.query)
            expect(page.locator("html")).to_have_attribute("lang", language)


def register_tells(service: Service, reference: str) -> list[tuple[Any, ...]]:
    """The acts in the register, oldest first: the kind of each, and the facts that identify it."""
    telling = {
        "action": ("action", "reason"),
        "message": ("by", "body"),
        "attachment": ("type", "state"),
        "rating": ("score", "comment"),
        "consent": ("action", "scope"),
    }
    return [
        (item["kind"], *(item["content"].get(name, item["content"].get("by")) for name in names))
        for item in service.items(reference)
        if (names := telling.get(item["kind"]))
    ]
