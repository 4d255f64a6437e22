import re
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.domain.access_code import access_code_for, opens
from suport.domain.crockford import ALPHABET, normalise
from suport.domain.reference import (
    MisreadReference,
    Reference,
    key_digest,
    parse_reference,
    reference_for,
)

SECRET, OTHER_SECRET = b"the secret of the service", b"the secret of another service"
LENGTH = 12
SOME = [reference_for(SECRET, f"key {number}") for number in range(20)]
OPENED = SOME[0]
CODE = access_code_for(SECRET, OPENED)

keys = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=16)
references = keys.map(lambda key: reference_for(SECRET, key))
secrets = st.binary(min_size=1, max_size=64)


def as_heard(text: str, choices: st.DataObject) -> str:
    """The same characters in one of the many ways to write them down."""
    written = ""
    for character in text.replace("-", ""):
        alike = {"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower())
        written += choices.draw(st.sampled_from(alike))
        written += choices.draw(st.sampled_from(["", "", "", "-", " ", " - "]))
    return written


@pytest.mark.parametrize("reference", SOME)
def test_every_single_wrong_character_is_noticed(reference: Reference) -> None:
    characters = normalise(reference)
    for place, right in enumerate(characters):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(MisreadReference):
                parse_reference(characters[:place] + wrong + characters[place + 1 :])


@pytest.mark.parametrize("reference", SOME)
def test_every_swap_of_two_characters_is_noticed(reference: Reference) -> None:
    characters = normalise(reference)
    for one, other in combinations(range(LENGTH), 2):
        if characters[one] != characters[other]:
            swapped = list(characters)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            with pytest.raises(MisreadReference):
                parse_reference("".join(swapped))


@given(references, st.data())
def test_any_wrong_character_in_any_reference_is_noticed(
    reference: Reference, choices: st.DataObject
) -> None:
    characters = normalise(reference)
    place = choices.draw(st.integers(0, LENGTH - 1))
    wrong = choices.draw(st.sampled_from(ALPHABET.replace(characters[place], "")))
    with pytest.raises(MisreadReference):
        parse_reference(characters[:place] + wrong + characters[place + 1 :])


@given(references, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_any_swap_in_any_reference_is_noticed(reference: Reference, one: int, other: int) -> None:
    characters = list(normalise(reference))
    assume(characters[one] != characters[other])
    characters[one], characters[other] = characters[other], characters[one]
    with pytest.raises(MisreadReference):
        parse_reference("".join(characters))


@given(references)
def test_a_reference_is_three_groups_of_four_that_people_can_read_aloud(
    reference: Reference,
) -> None:
    group = f"[{ALPHABET}]{{4}}"
    assert re.fullmatch(f"{group}-{group}-{group}", reference)
    assert not set(reference) & set("ILOU")


@given(references, st.data())
def test_a_reference_is_understood_in_every_spelling(
    reference: Reference, choices: st.DataObject
) -> None:
    assert parse_reference(as_heard(reference, choices)) == reference


def test_o_stands_for_zero_and_i_and_l_for_one() -> None:
    with_both = next(
        reference
        for reference in (reference_for(SECRET, f"search {number}") for number in range(10_000))
        if {"0", "1"} <= set(reference)
    )
    for zero in "Oo0":
        for one in "IiLl1":
            written = with_both.lower().replace("0", zero).replace("1", one)
            assert parse_reference(written) == with_both


@pytest.mark.parametrize("reference", SOME)
def test_a_missing_or_an_additional_character_is_noticed(reference: Reference) -> None:
    characters = normalise(reference)
    for place in range(LENGTH):
        with pytest.raises(MisreadReference):
            parse_reference(characters[:place] + characters[place + 1 :])
    for additional in ALPHABET:
        with pytest.raises(MisreadReference):
            parse_reference(characters + additional)
        with pytest.raises(MisreadReference):
            parse_reference(additional + characters)


@pytest.mark.parametrize("text", ["", "-", "   ", "0", "0" * 11, "0" * 13, "0" * 1000])
def test_a_text_of_another_length_is_not_a_reference(text: str) -> None:
    with pytest.raises(MisreadReference):
        parse_reference(text)


@pytest.mark.parametrize("foreign", ["U", "u", "ñ", "ß", "٣", "_", "\n", "\0", "💶"])
def test_a_foreign_character_is_noticed_in_any_place(foreign: str) -> None:
    characters = normalise(SOME[0])
    for place in range(LENGTH):
        with pytest.raises(MisreadReference):
            parse_reference(characters[:place] + foreign + characters[place + 1 :])


@given(st.text())
def test_any_text_is_a_reference_or_misread_and_nothing_worse(text: str) -> None:
    try:
        reference = parse_reference(text)
    except MisreadReference:
        return
    assert parse_reference(reference) == reference


ENCODINGS = ["aHR0c", "%", "&#", "&#x", "&", "urldefense.com/v2/url?u=", "1" * 5000, "é", "\ud800"]


@given(st.lists(st.sampled_from(ENCODINGS) | st.text()).map("".join))
def test_no_encoding_in_a_text_does_worse(text: str) -> None:
    with pytest.raises(MisreadReference):
        parse_reference(text)
    assert not opens(SECRET, OPENED, text)


def test_a_misread_reference_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="neither"):
        parse_reference("neither this nor that")


@given(secrets, keys, st.integers(0, 4))
def test_a_retry_leads_to_the_same_reference(secret: bytes, key: str, attempt: int) -> None:
    assert reference_for(secret, key, attempt) == reference_for(secret, key, attempt)
    assert key_digest(secret, key) == key_digest(secret, key)


@given(keys)
def test_each_further_attempt_leads_to_another_reference(key: str) -> None:
    attempts = [reference_for(SECRET, key, attempt) for attempt in range(5)]
    assert len(set(attempts)) == len(attempts)
    assert attempts[0] == reference_for(SECRET, key)


@given(keys, keys)
def test_other_keys_lead_to_other_references(one: str, other: str) -> None:
    assume(one != other)
    assert reference_for(SECRET, one) != reference_for(SECRET, other)
    assert key_digest(SECRET, one) != key_digest(SECRET, other)


@given(keys)
def test_without_the_secret_a_key_does_not_reveal_its_reference(key: str) -> None:
    assert reference_for(SECRET, key) != reference_for(OTHER_SECRET, key)
    assert key_digest(SECRET, key) != key_digest(OTHER_SECRET, key)


@given(references)
def test_an_access_code_has_at_least_128_bits(reference: Reference) -> None:
    characters = normalise(access_code_for(SECRET, reference))
    assert set(characters) <= set(ALPHABET)
    assert 5 * len(characters) >= 128


def test_every_character_of_an_access_code_can_be_any_of_the_alphabet() -> None:
    codes = [
        normalise(access_code_for(SECRET, reference_for(SECRET, f"key {number}")))
        for number in range(1500)
    ]
    for place in range(len(codes[0])):
        assert {code[place] for code in codes} == set(ALPHABET)


@given(references)
def test_the_access_code_opens_its_incident_every_time(reference: Reference) -> None:
    code = access_code_for(SECRET, reference)
    assert code == access_code_for(SECRET, reference)
    assert opens(SECRET, reference, code)


@given(references, st.data())
def test_an_access_code_opens_in_every_spelling(
    reference: Reference, choices: st.DataObject
) -> None:
    code = access_code_for(SECRET, reference)
    assert opens(SECRET, reference, as_heard(code, choices))


@given(references)
def test_the_code_of_another_incident_or_another_secret_opens_nothing(reference: Reference) -> None:
    assume(reference != OPENED)
    assert not opens(SECRET, OPENED, access_code_for(SECRET, reference))
    assert not opens(OTHER_SECRET, reference, access_code_for(SECRET, reference))


def test_a_code_with_one_wrong_character_opens_nothing() -> None:
    characters = normalise(CODE)
    for place, right in enumerate(characters):
        for wrong in ALPHABET.replace(right, ""):
            assert not opens(SECRET, OPENED, characters[:place] + wrong + characters[place + 1 :])


def test_a_part_of_the_code_opens_nothing() -> None:
    characters = normalise(CODE)
    for length in range(len(characters)):
        assert not opens(SECRET, OPENED, characters[:length])
        assert not opens(SECRET, OPENED, characters[length + 1 :])
    assert not opens(SECRET, OPENED, characters + "0")


@given(st.text())
def test_any_other_text_is_refused_without_an_error(text: str) -> None:
    assume(normalise(text) != normalise(CODE))
    assert not opens(SECRET, OPENED, text)


@pytest.mark.parametrize("text", ["ñ" * 28, "٣" * 28, "💶", "é" + CODE, CODE + "ñ"])
def test_a_code_in_foreign_letters_is_refused_without_an_error(text: str) -> None:
    assert not opens(SECRET, OPENED, text)


@given(references)
def test_a_reference_does_not_reveal_its_access_code(reference: Reference) -> None:
    assert not opens(SECRET, reference, reference)
    assert normalise(reference) not in normalise(access_code_for(SECRET, reference))
