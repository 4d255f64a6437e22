"""The pages of help: what they say, and where they lead."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from suport.domain.incident import Category
from suport.domain.known_errors import Sign, recognise
from suport.domain.language import Language
from suport.domain.phone_line import availability
from suport.domain.procedures import catalogue
from suport.texts.known_errors import ADVICE
from suport.texts.labels import CATEGORIES, GUIDANCE
from suport.web.pages.help import ErrorPage, HelpPage, help_page
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, LINE, NOW, NOWHERE, PAGES, PROCEDURE


def help_text(category: Category, at: datetime = NOW, reader: Language = ENGLISH) -> Page:
    return Page(help_page(NOWHERE, category, availability(at)).render(reader))


def test_help_offers_the_three_kinds_with_their_guidance(reader: Language) -> None:
    page = Page(PAGES["help"].render(reader))
    for category in Category:
        assert f"help?category={category}" in page.attributes("href")
        assert CATEGORIES[category].in_(reader) in page.said_in("h3")
        assert GUIDANCE[category].in_(reader) in page.said_in("p")


def test_a_citizen_who_has_paid_reads_not_to_pay_twice() -> None:
    text = help_text(Category.PAYMENT).text
    assert "do not pay a second time, and keep the proof of payment" in text
    assert "Do not discard the procedure if you have a proof of payment" in text
    assert "second time" not in help_text(Category.FUNCTIONAL).text


def test_each_kind_of_problem_leads_to_the_form_with_that_kind_chosen() -> None:
    for category in Category:
        assert f"incident?category={category}" in help_text(category).attributes("href")


def test_the_help_with_signatures_begins_with_the_phone_line() -> None:
    page = help_text(Category.SIGNATURE)
    assert page.text.index("Call the 012 line") < page.text.index("Did you see an error?")


def error_page(
    typed: str,
    signs: Sequence[Sign],
    procedure: Mapping[str, str],
    category: Category | None = None,
) -> Page:
    category = signs[0].category if signs else category
    page = ErrorPage(procedure=procedure, category=category, typed=typed, signs=signs)
    return Page(page.render(ENGLISH))


def test_a_known_error_is_explained_and_goes_along_to_the_form() -> None:
    (sign, *_) = signs = recognise("Error 190")
    page = error_page("Error 190", signs, PROCEDURE)
    assert sign.category is Category.PAYMENT
    assert f"190: {ADVICE[sign.fault].meaning.in_(ENGLISH)}" in page.said_in("h2")
    assert ADVICE[sign.fault].first_step.in_(ENGLISH) in page.said_in("p")
    assert {
        "category": "payment",
        "procedure.code": PROCEDURE["code"],
        "procedure.name": PROCEDURE["name"],
        "error.code": "190",
        "error.message": "Error 190",
    }.items() <= page.values.items()


def test_a_code_typed_alone_does_not_become_the_message_as_well() -> None:
    page = error_page("SAF_08", recognise("SAF_08"), NOWHERE)
    assert (page.values["error.code"], page.values.get("error.message")) == ("SAF_08", None)


def test_an_unknown_error_is_no_dead_end() -> None:
    page = error_page("boom", [], NOWHERE, Category.PAYMENT)
    assert page.said_in("h1") == ["We do not know this error"]
    assert page.values["error.message"] == page.values["error"] == "boom"
    assert page.values["category"] == "payment"


def test_every_link_of_the_help_takes_the_procedure_along(reader: Language) -> None:
    for category in (None, *Category):
        page = Page(help_page(PROCEDURE, category, LINE).render(reader))
        ahead = [
            parse_qs(urlsplit(href).query)
            for href in page.attributes("href")
            if re.match(r"(help|incident)\?", href)
        ]
        left = [asked for asked in ahead if "procedure.code" not in asked]
        assert left == ([{"category": [category]}] if category else [])  # "something else"
        assert all(
            asked["procedure.code"] == [PROCEDURE["code"]]
            and asked["procedure.name"] == [PROCEDURE["name"]]
            for asked in ahead
            if asked not in left
        )
        assert page.values["procedure.code"] == PROCEDURE["code"]
        assert PROCEDURE["name"] in page.said_in("strong")


def test_a_procedure_of_the_catalogue_is_named_in_the_readers_language() -> None:
    known = catalogue().procedures[0]
    for reader in Language:
        name, spoken = known.name_in(reader)
        page = Page(HelpPage(procedure={"code": known.code, "name": ""}).render(reader))
        assert name in page.said_in("strong")
        assert ({"lang": spoken} in page.of("strong")) is (spoken != reader)
