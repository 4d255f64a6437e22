"""The pages of help: what they say, and where they lead."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from suport.domain.category import Category
from suport.domain.known_errors.recognition import Sign, recognise
from suport.domain.language import Language
from suport.domain.phone_line import availability
from suport.domain.procedures import catalogue
from suport.texts.known_errors import advice_on
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


def test_help_begins_with_what_is_wrong_and_looks_errors_up_right_after_the_kinds() -> None:
    page = Page(PAGES["help, known problem"].render(ENGLISH))
    [order] = [
        [each.text for each in main.walk() if each.tag in {"h1", "h2"}]
        for main in page.all
        if main.tag == "main"
    ]
    parts = [
        "Help with online procedures",
        "Known problems at the moment",
        "What kind of problem is it?",
        "Did you see an error?",
        "Call the 012 line",
    ]
    assert [each for each in order if each in parts] == parts
    assert "Open now" in page.within("aside").text


def test_a_card_has_one_link_and_a_drawing_that_nobody_is_read() -> None:
    page = Page(PAGES["help"].render(ENGLISH))
    cards = [each for each in page.all if each.attributes.get("class") == "suport-card"]
    assert len(cards) == len(Category)
    for card in cards:
        [link] = [each for each in card.walk() if each.tag == "a"]
        [drawing] = [each for each in card.walk() if each.tag == "svg"]
        assert link.text in card.text
        assert drawing.attributes["aria-hidden"] == "true"


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
    page = ErrorPage(procedure=procedure, category=category, typed=typed, signs=signs, line=LINE)
    return Page(page.render(ENGLISH))


def test_a_known_error_is_explained_and_goes_along_to_the_form() -> None:
    (sign, *_) = signs = recognise("Error 190")
    page = error_page("Error 190", signs, PROCEDURE)
    assert sign.category is Category.PAYMENT
    advice = advice_on(sign.error)
    assert f"190: {advice.meaning_in(ENGLISH)}" in page.said_in("h2")
    assert advice.first_step_in(ENGLISH) in page.said_in("p")
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


@pytest.mark.parametrize(
    ("typed", "first", "other"),
    [
        ("SAF_08, SAF_09", "SAF_08: ", "SAF_09: "),
        ("error 190 i error 101", "190: ", "101: "),
        ("SAF_07 o SAF_08", "SAF_07, SAF_08: ", None),
    ],
)
def test_of_several_codes_none_goes_to_the_form_and_all_are_shown(
    typed: str, first: str, other: str | None
) -> None:
    page = error_page(typed, recognise(typed), NOWHERE)
    assert (page.values.get("error.code"), page.values["error.message"]) == (None, typed)
    assert "Your text has more than one code" in page.text
    assert page.said_in("h2")[0].startswith(first)
    assert other is None or any(item.startswith(other) for item in page.said_in("li"))


def test_the_guide_for_the_error_comes_before_those_for_its_kind() -> None:
    page = error_page(
        "el PIN del DNIe està bloquejat", recognise("PIN del DNIe bloquejat"), NOWHERE
    )
    guides = [href for href in page.attributes("href") if href.startswith("guides/")]
    assert guides[0].startswith("guides/dnie-pin")
    assert len(guides) == len(set(guides)) == 3


def test_a_signature_error_comes_with_the_phone_line_and_no_other_does() -> None:
    for category in Category:
        page = error_page("boom", [], PROCEDURE, category)
        assert ("Open now" in page.text) is (category is Category.SIGNATURE)


def test_nobody_is_offered_the_guides_of_their_kind_twice() -> None:
    for chosen in (None, Category.PAYMENT):
        about: Any = {"procedure": NOWHERE, "category": Category.PAYMENT, "line": LINE}
        shown = ErrorPage(typed="boom", signs=[], chosen=chosen, **about)
        assert bool(shown.guides) is (chosen is None)
        assert ("Guides that may help" in shown.render(ENGLISH)) is (chosen is None)


def test_an_unknown_error_is_no_dead_end() -> None:
    page = error_page("boom", [], PROCEDURE, Category.PAYMENT)
    assert page.said_in("h1") == ["We do not know this error"]
    assert "your text goes to the support team exactly as you typed it" in page.text
    assert (page.values["error.message"], page.values["error"]) == ("boom", "")
    assert page.values["category"] == "payment"
    assert page.values["procedure.code"] == PROCEDURE["code"]


def test_a_code_that_is_not_in_the_list_is_kept_and_the_page_says_so() -> None:
    page = error_page("saf 77!", recognise("saf 77!"), NOWHERE)
    assert "The code SAF_77 is not in our list" in page.text
    assert advice_on("autofirma_trouble").first_step_in(ENGLISH) in page.said_in("p")
    assert (page.values["error.code"], page.values["error.message"]) == ("SAF_77", "saf 77!")
    assert "not in our list" not in error_page("SAF_03", recognise("SAF_03"), NOWHERE).text


def test_an_error_known_by_its_words_has_no_code_and_the_page_says_what_it_may_be() -> None:
    typed = "El certificat ha caducat. La targeta també ha caducat."
    page = error_page(typed, recognise(typed), NOWHERE)
    assert "We did not find a code in your text" in page.text
    assert page.said_in("h2")[:2] == ["The certificate has expired.", "It may also be"]
    (other,) = [item for item in page.said_in("li") if item.startswith("The card has expired.")]
    assert advice_on("card_expired").first_step_in(ENGLISH) in other
    assert (page.values.get("error.code"), page.values["error.message"]) == (None, typed)


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
        page = Page(HelpPage(procedure={"code": known.code, "name": ""}, line=LINE).render(reader))
        assert name in page.said_in("strong")
        assert ({"lang": spoken} in page.of("strong")) is (spoken != reader)
