"""The canned replies: the shipped ones, and the operator's own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desk import service_vocabulary as desks
from desk.texts.canned_replies import SHIPPED, replies
from desk.texts.facts import date_text
from desk.texts.placeholders import gaps, used
from suport.domain.category import Category
from suport.domain.language import Language
from suport.texts import local_dates
from tests.support.desk import (
    DONE,
    LOOK,
    MESSAGES,
    REFERENCE,
    VIEW,
    Desk,
    Kept,
    Service,
)


def an_own_reply(folder: Path, text: str) -> None:
    file = folder / "config/replies/payment/paid-twice.en.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text)


@pytest.mark.parametrize("category", Category)
@pytest.mark.usefixtures("service")
def test_each_category_has_replies_in_every_language_with_the_same_gaps(category: Category) -> None:
    shipped = replies(desks.Category(category))
    assert {reply.path.parent for reply in shipped} == {SHIPPED / category}
    names = {reply.name for reply in shipped}
    assert len(names) >= 3
    for name in names:
        of_it = [reply for reply in shipped if reply.name == name]
        assert {reply.language for reply in of_it} == set(Language)
        assert len({len(gaps(reply.text)) for reply in of_it}) == 1
        assert len({frozenset(used(reply.text)) for reply in of_it}) == 1
        assert all(len(reply.text) <= 4000 for reply in of_it)


def test_the_list_of_replies_says_where_to_change_them(desk: Desk) -> None:
    listed = desk("replies", "signature", "--language", "de")
    assert listed.code == 0
    assert "call-012" in listed.out
    assert "NAME.LANGUAGE.txt" in listed.out
    everything = desk("replies", "signature", "--json").json
    assert {each["language"] for each in everything} == set(Language)


def test_a_reply_comes_in_the_citizens_language(service: Service, desk: Desk) -> None:
    service.answers |= {MESSAGES: DONE, LOOK: (200, VIEW | {"language": "ca"})}
    assert desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes").code == 0
    assert service.sent[-1].content["body"].startswith("Bon dia,\n\nAvui, ")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"contact": {"name": "Joana Llull"}}, "Hello Joana Llull,\nabout “Beques” (REF)"),
        (
            {"contact": {"name": "J… L…"}, "contact_shown": False, "procedure": None},
            "Hello,\nabout (REF)",
        ),
    ],
)
def test_a_reply_says_what_the_service_shows_of_the_incident(
    service: Service, desk: Desk, tmp_path: Path, facts: dict[str, Any], expected: str
) -> None:
    an_own_reply(tmp_path, "Hello {name},\nabout “{procedure}” ({reference})")
    view = VIEW | {"procedure": {"name": "Beques"}} | facts
    service.answers |= {MESSAGES: DONE, LOOK: (200, view)}
    assert desk("reply", REFERENCE, "--with", "paid-twice", "--yes").code == 0
    assert service.sent[-1].content["body"] == expected.replace("REF", REFERENCE)


def test_a_reply_without_the_citizens_name_costs_no_second_look(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    an_own_reply(tmp_path, "We looked into {reference}.")
    service.answers |= {MESSAGES: DONE, LOOK: (200, VIEW)}
    desk("show", REFERENCE)
    desk("reply", REFERENCE, "--with", "paid-twice", "--yes")
    assert service.requests() == [LOOK, MESSAGES]


@pytest.mark.parametrize("language", Language)
def test_the_desk_writes_a_date_as_the_service_does(language: Language) -> None:
    for month in range(1, 13):
        day = date(2027, month, 2 * month)
        assert date_text(day, desks.Language(language)) == local_dates.date_text(day, language)


def test_a_reply_with_a_gap_is_not_sent(service: Service, desk: Desk, kept: Kept) -> None:
    service.answers[LOOK] = (200, VIEW)
    unfilled = desk("resolve", REFERENCE, "--with", "solved", "--language", "en", "--yes")
    assert (unfilled.code, service.requests()) == (2, [LOOK])
    assert "[[what was done]]" in unfilled.err
    assert len(kept()) == 1


def test_the_operators_own_replies_replace_the_shipped_ones(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    own = tmp_path / "config/replies/payment"
    own.mkdir(parents=True)
    (own / "do-not-pay-again.en.txt").write_text("Wait, please.")
    service.answers[MESSAGES] = DONE
    desk("reply", REFERENCE, "--with", "do-not-pay-again", "--language", "en", "--yes")
    assert service.sent[-1].content["body"] == "Wait, please."


def test_an_unknown_reply_brings_the_names_of_the_known_ones(service: Service, desk: Desk) -> None:
    unknown = desk("reply", REFERENCE, "--with", "nothing", "--language", "en", "--yes")
    assert (unknown.code, service.sent) == (2, [])
    assert "card-refused, do-not-pay-again, payment-found, solved" in unknown.told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_reply_of_ones_own_is_read_as_the_editors_of_windows_save_it_or_named(
    service: Service, desk: Desk, tmp_path: Path, encoding: str
) -> None:
    own = tmp_path / "config/replies/payment/paid-twice.es.txt"
    own.parent.mkdir(parents=True)
    own.write_bytes("Buenos días:\n\nLe devolvemos el segundo pago.".encode(encoding))
    service.answers |= {MESSAGES: DONE, LOOK: (200, VIEW | {"language": "es"})}
    ended = desk("reply", REFERENCE, "--with", "paid-twice", "--yes")
    if encoding == "utf-8-sig":
        assert service.sent[-1].content["body"].startswith("Buenos días:")
    else:
        assert (ended.code, "paid-twice.es.txt cannot be read: save it as UTF-8" in ended.told) == (
            2,
            True,
        )
