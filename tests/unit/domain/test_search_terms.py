"""A person's facts find an incident however they are written, and no word of a citizen's does."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.domain.search_terms import (
    EVERY_INCIDENT,
    Asked,
    Findable,
    PersonFact,
    groups,
    normalised,
    person_digest,
    person_facts,
    places,
    terms_of,
)

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
NIF, EMAIL, PHONE = PersonFact
DIGEST = person_digest(b"a key that only tests know")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def findable(**fields: Any) -> Findable:
    known: dict[str, Any] = {
        "reference": Reference("7K3M-9QXA-2BTC"),
        "category": Category.PAYMENT,
        "status": Status.QUEUED,
        "submitted_at": NOW,
        "expires_at": 1_795_647_600,
        "contact": {"email": "anna@example.org", "phone": "971 22 57 91", "dial": "+34971225791"},
    }
    return Findable(**known | fields)


@pytest.mark.parametrize(
    ("fact", "one", "other"),
    [
        (NIF, "12345678Z", "12.345.678-z"),
        (NIF, "12345678Z", "  dni 12345678 Z "),
        (NIF, "00001234L", "1234-l"),
        (NIF, "X1234567L", "x-1.234.567-l"),
        (NIF, "AB123456", "Passport No. AB 123456"),
        (NIF, "12345678Z", "12345678Z"),
        (PHONE, "971 22 57 91", "+34 971 22 57 91"),
        (PHONE, "600112233", "0034 600-11-22-33"),
        (PHONE, "+34971225791;ext=3", "971.225.791"),
        (PHONE, "+44 (0)20 7946 0958", "0044 20 7946 0958"),
        (EMAIL, "Anna.Pons@Example.ORG", "anna.pons@example.org"),
        (EMAIL, "anna+seu@example.org", "anna@example.org"),
        (EMAIL, "annapons@gmail.com", "Anna.Pons@googlemail.com"),
    ],
)
def test_one_fact_is_the_same_however_it_is_written(fact: PersonFact, one: str, other: str) -> None:
    assert normalised(fact, one)
    assert normalised(fact, one) == normalised(fact, other)


@pytest.mark.parametrize(
    ("fact", "one", "other"),
    [
        (NIF, "12345678Z", "12345679S"),
        (NIF, "X1234567L", "Y1234567X"),
        (PHONE, "971225791", "971225792"),
        (PHONE, "+34971225791", "+44971225791"),
        (EMAIL, "anna@example.org", "anna@example.com"),
        (EMAIL, "an.na@example.org", "anna@example.org"),
    ],
)
def test_facts_of_two_persons_differ(fact: PersonFact, one: str, other: str) -> None:
    assert normalised(fact, one) != normalised(fact, other)


@pytest.mark.parametrize("said", ["", "no en tinc", "012", "971", "+", "22 57 91"])
def test_what_is_nobodys_number_is_no_term(said: str) -> None:
    assert person_facts({"phone": said, "dial": said}) == frozenset()


@given(st.text())
def test_any_text_can_be_normalised_and_is_normal_then(text: str) -> None:
    for fact in (NIF, PHONE):
        once = normalised(fact, text)
        assert not once or normalised(fact, once) == once


def test_a_person_is_found_by_each_number_in_the_text() -> None:
    contact = {"phone": "971 22 57 91 (matins) / mòbil 600.11.22.33", "dial": "+34971225791"}
    assert person_facts(contact) == {(PHONE, "+34971225791"), (PHONE, "+34600112233")}


def test_each_team_has_another_digest_and_each_fact_and_each_key() -> None:
    other_key = person_digest(b"another key")
    digests = {
        digest(team, fact, "600112233")
        for digest in (DIGEST, other_key)
        for team in Category
        for fact in PersonFact
    }
    assert len(digests) == 2 * len(Category) * len(PersonFact)
    assert all(re.fullmatch("[0-9A-Z]{26}", each) for each in digests)


def test_no_item_has_anything_by_which_the_citizen_is_known() -> None:
    contact = {"name": "Na Xisca", "email": "xisca@example.org", "nif": "12345678Z"}
    contact |= {"phone": "600 11 22 33", "dial": "+34600112233", "availability": "matins"}
    written = repr(terms_of(findable(contact=contact), DIGEST)).casefold()
    assert not [each for each in ("xisca", "12345678", "112233", "matins") if each in written]


def test_an_incident_moves_to_other_terms_with_its_team() -> None:
    before, after = (terms_of(findable(category=each), DIGEST) for each in list(Category)[:2])
    moved = {each.key for each in before} & {each.key for each in after}
    assert [term for term, _ in moved] == [EVERY_INCIDENT]


def test_corrected_contact_data_leave_no_term_of_those_before() -> None:
    before = findable()
    after = replace(before, contact={"email": "anna.pons@example.org"})
    kept = {each.term for each in terms_of(before, DIGEST)} & {
        each.term for each in terms_of(after, DIGEST)
    }
    assert kept == {EVERY_INCIDENT}


def test_all_teams_and_states_are_told_apart() -> None:
    every = groups(Asked(teams=frozenset(Category)))
    assert len(every) == len(Category) * len(Status)
    assert {len(each) for each in every} == {2}


@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_place_is_between_moments_if_its_incident_is(
    submitted: datetime, since: datetime, before: datetime
) -> None:
    milliseconds = [
        each.replace(microsecond=each.microsecond // 1000 * 1000)
        for each in (submitted, since, before)
    ]
    [place] = [
        each.place
        for each in terms_of(findable(submitted_at=submitted, contact={}), DIGEST)
        if each.term == EVERY_INCIDENT
    ]
    asked = Asked(teams=frozenset(Category), since=since, before=before)
    first, last = places(asked, None)
    assert (first <= place <= last) == (milliseconds[1] <= milliseconds[0] < milliseconds[2])


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_a_page_goes_on_after_its_cursor(submitted: datetime, later: timedelta) -> None:
    one, other = (
        next(each.place for each in terms_of(findable(submitted_at=at, contact={}), DIGEST))
        for at in (submitted, submitted + later)
    )
    asked = Asked(teams=frozenset(Category))
    assert (one <= places(asked, other)[1]) == (one < other)
    assert not other <= places(asked, other)[1]


@pytest.mark.parametrize("cursor", ["", "x", "~" * 13, "0" * 14, "Ü" * 13, "A" * 12 + "\n"])
def test_a_cursor_that_is_none_is_as_good_as_none(cursor: str) -> None:
    asked = Asked(teams=frozenset(Category))
    assert places(asked, cursor) == places(asked, None)
