"""The guides: a list to search, each guide, and the count of whether it helped."""

from datetime import UTC, datetime
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.guide import MOST_OFFERED, Guide
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.register.guide_votes import Votes
from suport.register.other_tables import guide_votes
from suport.runtime import aws
from suport.texts.published_guides import text_of
from tests.support.desk_browser import Desks, desks
from tests.support.web import Answer, Web, in_the_register

__all__ = ["desks"]

CLAVE = f"guides/{Guide.CLAVE}"
ALONG = {"category": "payment", "procedure.code": "AB 1"}


def votes(month: str = "2026-11") -> dict[str, tuple[int, int]]:
    found = guide_votes().of(month)
    return {
        str(guide): (each.helped, each.did_not_help)
        for guide, each in found.items()
        if each != Votes()
    }


def titles(answer: Answer) -> list[str]:
    return [each for each in answer.page.said_in("a") if each in TITLES]


TITLES = {text_of(guide, Language.CATALAN).title for guide in Guide}


def test_the_list_has_every_guide_and_a_search_the_ones_that_fit(web: Web) -> None:
    assert set(titles(web.get("guides"))) == TITLES
    of_payments = text_of(Guide.PAYMENT_NOT_VERIFIED, Language.CATALAN).title
    assert titles(web.get("guides", category="payment"))[0] == of_payments
    found = web.get("guides", q="pin del DNIe")
    assert titles(found)[0] == text_of(Guide.DNIE_PIN, Language.CATALAN).title
    assert len(titles(found)) < len(TITLES)
    assert found.page.values["q"] == "pin del DNIe"
    none = web.get("guides", q="<zzzz>")
    assert (none.status, none.page.values["q"]) == (200, "<zzzz>")
    assert set(titles(none)) == TITLES


@pytest.mark.parametrize("language", Language)
def test_a_guide_is_shown_in_the_language_of_its_address_and_leads_to_the_others(
    web: Web, language: Language
) -> None:
    answer = web.get(CLAVE, language)
    assert (answer.status, answer.title) == (200, text_of(Guide.CLAVE, language).title)
    others = {each["hreflang"]: each["href"] for each in answer.page.of("a") if "hreflang" in each}
    assert others == {
        other: f"../../{other}/{CLAVE}" for other in Language if other is not language
    }


def test_the_problem_and_the_procedure_go_along_from_the_help_to_a_guide_and_to_the_form(
    web: Web,
) -> None:
    along = "category=payment&procedure.code=AB+1"
    [offered] = {
        each
        for each in web.get("help", **ALONG).page.attributes("href")
        if each.startswith(f"guides/{Guide.CARD_REFUSED}")
    }
    assert offered == f"guides/{Guide.CARD_REFUSED}?{along}"
    listed = web.get("guides", q="targeta", **ALONG)
    assert offered in listed.page.attributes("href")
    assert ALONG.items() <= listed.page.values.items()
    guide = web.get(f"guides/{Guide.PAYMENT_NOT_VERIFIED}", **ALONG)
    links = guide.page.attributes("href")
    assert {f"../incident?{along}", f"../guides?{along}", f"../help?{along}"} <= {*links}
    assert f"../guides/{Guide.EXPIRED_SESSION}?{along}" in links
    assert ALONG.items() <= guide.page.values.items()


def test_what_is_pressed_is_counted_and_the_reader_is_thanked_at_the_same_address(
    web: Web,
) -> None:
    for pressed in ("yes", "no", "no"):
        answer = web.post(CLAVE, {"helped": pressed, **ALONG})
        along = "category=payment&procedure.code=AB+1"
        assert (answer.status, answer.cookie) == (303, None)
        assert answer.location == f"../{CLAVE}?helped={pressed}&{along}#helped"
    assert votes() == {"clave": (1, 2)}
    assert in_the_register() == []
    for pressed, way_on in (("yes", False), ("no", True)):
        thanks = web.get(CLAVE, "en", helped=pressed, **ALONG)
        assert "Thank you for your answer" in thanks.page.said_in("h2")
        assert (f"../incident?{along}" in thanks.page.attributes("href")) is way_on


@pytest.mark.parametrize("language", Language)
def test_no_link_of_the_thanks_carries_the_vote_on(web: Web, language: Language) -> None:
    page = web.get(CLAVE, language, helped="no", **ALONG).page
    assert not [each for each in page.attributes("href") if "helped=" in each]
    others = [each["href"] for each in page.of("a") if "hreflang" in each]
    along = "category=payment&procedure.code=AB+1"
    assert {each.partition("?")[2] for each in others} == {along}


@pytest.mark.parametrize(
    ("comes_from", "thanked"),
    [("same-origin", True), ("none", False), ("cross-site", False), ("same-site", False)],
)
def test_whoever_opens_the_thanks_from_elsewhere_sees_the_guide_and_may_vote(
    web: Web, comes_from: str, thanked: bool
) -> None:
    page = web.ask("GET", CLAVE, "en", query={"helped": "yes"}, Sec_Fetch_Site=comes_from).page
    assert ("Thank you for your answer" in page.said_in("h2")) is thanked
    assert "Did this help?" in page.said_in("h2")
    assert page.attributes("name").count("helped") == 2


def test_who_was_not_helped_with_signing_is_led_to_the_phone_line_and_the_right_form(
    web: Web,
) -> None:
    page = web.get(CLAVE, helped="no").page
    numbers = [each for each in page.attributes("href") if each.startswith("tel:")]
    assert len(numbers) > len(
        [each for each in web.get(CLAVE).page.attributes("href") if "tel:" in each]
    )
    assert "../incident?category=signature" in page.attributes("href")


def test_the_month_of_a_vote_begins_and_ends_in_madrid(web: Web) -> None:
    for moment in (
        datetime(2026, 11, 30, 22, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 23, tzinfo=UTC),
    ):
        web.now = moment
        web.post(CLAVE, {"helped": "yes"})
    assert (votes("2026-11"), votes("2026-12")) == ({"clave": (1, 0)}, {"clave": (1, 0)})


def test_nothing_else_is_kept_of_a_vote(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.post(CLAVE, {"helped": "yes", **ALONG}, "de", User_Agent="Firefox", Cookie="known=1")
    client: Any = aws.client("dynamodb")
    assert list(client.beside["figures"].items.values()) == [
        {"period": {"S": "guides"}, "dimension": {"S": "2026-11"}, "clave/helped": {"N": "1"}}
    ]
    assert caplog.text == ""


def test_to_look_at_a_guide_counts_nothing(web: Web) -> None:
    for method in ("GET", "HEAD"):
        assert web.ask(method, CLAVE, query={"helped": "yes"}).status == 200
    assert votes() == {}


def test_where_nothing_can_be_counted_the_reader_is_thanked_all_the_same(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FIGURES_TABLE", "gone")
    answer = web.post(CLAVE, {"helped": "no"})
    assert (answer.status, answer.location) == (303, f"../{CLAVE}?helped=no#helped")
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("ERROR", "vote not counted")
    ]


@pytest.mark.parametrize("sent", [{}, {"helped": "maybe"}, {"helped": ""}])
def test_anything_but_yes_and_no_is_named_and_counts_nothing(
    web: Web, sent: dict[str, str]
) -> None:
    answer = web.post(CLAVE, sent | ALONG, "en")
    assert (answer.status, answer.title) == (422, text_of(Guide.CLAVE, Language.ENGLISH).title)
    assert "Say whether this guide helped: Yes or No." in answer.page.text
    assert ALONG.items() <= answer.page.values.items()
    assert votes() == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ["none", "CLAVE", "clave%2F", "..", "clave/x"])
def test_an_unknown_guide_gets_the_page_that_says_so_and_leads_to_the_list(
    web: Web, method: str, name: str
) -> None:
    answer = (
        web.get(f"guides/{name}")
        if method == "GET"
        else web.post(f"guides/{name}", {"helped": "no"})
    )
    assert answer.status == 404
    root = "../" * (f"guides/{name}".count("/") + 1)
    assert f"{root}ca/guides" in answer.page.attributes("href")
    assert votes() == {}


def test_a_form_of_another_site_counts_nothing(web: Web) -> None:
    answer = web.post(CLAVE, {"helped": "yes"}, Sec_Fetch_Site="cross-site")
    assert answer.status == 403
    assert votes() == {}


def test_a_guide_needs_neither_the_register_nor_a_table(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REGISTER_TABLE", "FIGURES_TABLE", "KNOWN_PROBLEMS_TABLE"):
        monkeypatch.setenv(name, "gone")
    assert web.get(CLAVE).status == web.get("guides").status == 200


def test_the_error_page_offers_the_guides_of_its_kind(web: Web) -> None:
    shown: Any = web.post("help", {"error": "SAF_09"}).page.attributes("href")
    assert f"guides/{Guide.INSTALL_AUTOFIRMA}?category=signature" in shown


def test_the_guide_that_fits_the_error_comes_first(web: Web) -> None:
    for typed, guide in (
        ("La sessió ha caducat", Guide.EXPIRED_SESSION),
        ("190", Guide.CARD_REFUSED),
        ("El PIN del DNIe está bloqueado", Guide.DNIE_PIN),
    ):
        links = web.post("help", {"error": typed}).page.attributes("href")
        [first, *others] = [each for each in links if each.startswith("guides/")]
        assert first.startswith(f"guides/{guide}?category=")
        assert len({first, *others}) == MOST_OFFERED


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SUPERVISOR])
def test_editors_and_supervisors_see_the_votes_of_this_month_and_of_the_last(
    desks: Desks, role: Role
) -> None:
    this, last = desks.now.strftime("%Y-%m"), f"{desks.now.year}-{desks.now.month - 1:02}"
    for month, helped in ((this, True), (this, True), (this, False), (last, False)):
        guide_votes().count(Guide.DNIE_PIN, month, helped=helped)
    shown = desks.signed_in("caterina", roles=[role]).get("guides", language="en")
    row = next(
        each.text for each in shown.page.all if each.tag == "tr" and "The PIN of" in each.text
    )
    assert (shown.status, row.split()[-4:]) == (200, ["2", "1", "0", "1"])
    assert f"../../en/guides/{Guide.DNIE_PIN}" in shown.page.attributes("href")


def test_nobody_else_at_the_desk_sees_the_votes(desks: Desks) -> None:
    marta = desks.signed_in("marta", Category.PAYMENT)
    assert marta.get("guides").status == 403
    assert "guides" not in marta.get("list").page.attributes("href")
