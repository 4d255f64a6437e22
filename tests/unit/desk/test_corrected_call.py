"""A phone call recorded again is the same call only if contact data were corrected."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.drafts.corrected_call import same_call


def call(**contact: str) -> dict[str, Any]:
    """What a person says on the phone; on a day when payments fail, many say the same."""
    return {
        "category": "payment",
        "description": "The card was refused twice.",
        "error": {"code": "190"},
        "contact": contact,
        "language": "ca",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # one character of the only datum: wrong, missing, too many, swapped
        ({"phone": "971481725"}, {"phone": "971481726"}),
        ({"phone": "97148172"}, {"phone": "971481726"}),
        ({"phone": "9714817266"}, {"phone": "971481726"}),
        ({"phone": "971481762"}, {"phone": "971481726"}),
        # two digits misheard, or the groups out of order
        ({"phone": "971 17 71 17"}, {"phone": "971 71 17 17"}),
        ({"phone": "971 48 17 26"}, {"phone": "971 49 17 36"}),
        ({"email": "xisca@exmaple.test"}, {"email": "xisca@example.test"}),
        # the same number, written in another way
        ({"phone": "+34 971 48 17 26"}, {"phone": "971481726"}),
        ({"phone": "0034971481726"}, {"phone": "971 48 17 26"}),
        # another number of the same person
        ({"name": "Xisca Bauçà", "phone": "971481726"}, {"name": "Xisca Bauçà", "phone": "666123"}),
        ({"name": "Xisca", "phone": "971481726"}, {"name": "xisca bauçà", "phone": "971481726"}),
        ({"phone": "971481726", "email": "a@b.test"}, {"phone": "971481726", "email": "x@y.test"}),
        # a datum is added, or left out
        ({"phone": "971481726"}, {"phone": "971481726", "email": "xisca@example.test"}),
        ({"phone": "971481726", "nif": "12345678Z"}, {"nif": "12345678Z"}),
        ({"phone": "971481726", "availability": "now"}, {"phone": "971481726"}),
    ],
)
def test_a_call_with_corrected_contact_data_is_still_the_same_call(
    before: dict[str, str], after: dict[str, str]
) -> None:
    assert same_call(call(**before), call(**after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"phone": "971481726"}, {"phone": "666123456"}),
        ({"name": "Xisca", "phone": "971481726"}, {"name": "Toni", "phone": "666123456"}),
        ({"name": "Xisca"}, {"name": "Toni"}),
        ({"email": "xisca@example.test"}, {"email": "toni@example.test"}),
        # only the name agrees, and two data contradict it
        (
            {"name": "Maria", "phone": "971481726", "email": "maria@example.test"},
            {"name": "Maria", "phone": "666123456", "email": "mgarcia@example.test"},
        ),
        # nothing says that it is the same person
        ({"phone": "971481726"}, {"email": "xisca@example.test"}),
        ({}, {"phone": "971481726"}),
    ],
)
def test_two_people_who_say_the_same_make_two_calls(
    before: dict[str, str], after: dict[str, str]
) -> None:
    assert not same_call(call(**before), call(**after))
    assert not same_call(call(**after), call(**before))


@pytest.mark.parametrize(
    "said",
    [
        {"category": "functional"},
        {"description": "The page stays white."},
        {"error": {"code": "191"}},
        {"error": {}},
        {"procedure": {"name": "Beques"}},
        {"context": {"browser": "Firefox"}},
    ],
)
def test_the_same_person_with_another_problem_makes_another_call(said: dict[str, Any]) -> None:
    first = call(name="Xisca Bauçà", phone="971481726")
    assert not same_call(first, first | said)


def test_the_language_alone_does_not_make_another_call() -> None:
    first = call(phone="971481726")
    assert same_call(first, first | {"language": "es"})


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ({"phone": "12"}, {"phone": "971481726"}, {"contact.phone"}),
        ({"phone": "12"}, {"email": "xisca@example.test"}, {"contact.phone"}),
        ({"name": "Xisca", "email": "no"}, {"name": "Xisca", "phone": "971"}, {"contact.email"}),
        ({}, {"phone": "971481726"}, {"contact.email"}),
        ({"nif": "1", "phone": "971481726"}, {"phone": "971481726"}, {"contact.nif"}),
    ],
)
def test_a_new_datum_in_place_of_a_refused_one_is_a_correction(
    before: dict[str, str], after: dict[str, str], refused: set[str]
) -> None:
    assert same_call(call(**before), call(**after), refused)


def test_a_refused_number_does_not_make_another_persons_call_a_correction_of_it() -> None:
    before, after = call(name="Xisca", phone="12"), call(name="Toni", phone="666123456")
    assert not same_call(before, after, {"contact.phone"})


@pytest.mark.parametrize(
    ("field", "corrected"),
    [
        ("description", {"description": "The card was refused three times."}),
        ("error.code", {"error": {"message": "Operación denegada"}}),
    ],
)
def test_any_other_refused_field_may_be_corrected_too(
    field: str, corrected: dict[str, Any]
) -> None:
    first = call(phone="971481726")
    assert same_call(first, first | corrected, {field})
    assert not same_call(first, first | corrected)


data = st.text("019 +ab@.", max_size=10)  # few characters: many data are nearly equal
contacts = st.dictionaries(
    st.sampled_from(["name", "email", "phone", "nif", "availability"]), data, max_size=5
)


@given(contacts, contacts, st.frozensets(st.sampled_from(["contact.phone", "contact.email"])))
def test_the_order_of_two_calls_makes_no_difference(
    one: dict[str, str], other: dict[str, str], refused: frozenset[str]
) -> None:
    there, back = (
        same_call(call(**one), call(**other), refused),
        same_call(call(**other), call(**one), refused),
    )
    assert there == back


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_files_of_any_shape_can_be_compared(content: dict[str, Any]) -> None:
    assert same_call(content | {"contact": []}, content, {"contact"})
    assert not same_call(content | {"contact": {"phone": 7}}, call(phone="971481726"))
