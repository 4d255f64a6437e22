"""The list of known errors: complete, each with its source, and written to be read."""

import re
from collections import Counter
from pathlib import Path

import pytest

from suport.domain.category import Category
from suport.domain.known_errors import KnownError, catalogue, known_errors, wordings
from suport.domain.language import Language
from suport.texts.canned_replies import replies
from suport.texts.known_errors import advice_on

ERRORS = list(known_errors().values())
MOST_WORDS = 30


def test_there_are_sixty_known_errors_at_least_and_each_has_its_source() -> None:
    assert len(ERRORS) >= 60
    assert all(error.source.strip() for error in ERRORS)


def test_no_code_belongs_to_two_errors() -> None:
    counted = Counter(code for error in ERRORS for code in error.codes)
    assert max(counted.values()) == 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.id)
@pytest.mark.parametrize("language", Language)
def test_what_to_do_is_said_in_each_language_in_short_sentences(
    error: KnownError, language: Language
) -> None:
    answer = advice_on(error.id).answer_in(language)
    sentences = re.split(r"(?<=[.?!])\s", answer)
    assert len(sentences) >= 2
    assert all(sentence[-1] in ".?!" and sentence[0].isupper() for sentence in sentences)
    assert max(len(sentence.split()) for sentence in sentences) <= MOST_WORDS


@pytest.mark.parametrize("language", Language)
def test_of_every_payment_error_the_first_step_is_to_look_or_not_to_pay_again(
    language: Language,
) -> None:
    look, not_again = catalogue.look_first(language), catalogue.not_again(language)
    for error in ERRORS:
        step = advice_on(error.id).first_step_in(language)
        if error.category is Category.PAYMENT:
            assert step.startswith(not_again if error.taken else look), error.id
            assert error.look_first is not error.taken, error.id
        else:
            assert look not in step


def test_where_the_meaning_says_that_money_was_taken_nobody_is_told_to_look() -> None:
    taken = {error.id for error in ERRORS if error.taken}
    assert taken == {"charged_without_result", "refund_not_possible"}


def test_a_canned_reply_that_fits_is_one_of_the_errors_team() -> None:
    for error in ERRORS:
        shipped = {reply.name for reply in replies(error.category, Language.CATALAN)}
        assert shipped.issuperset(error.replies), error.id


def test_the_build_makes_json_that_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "known_errors.toml"
    source.write_bytes(catalogue.SOURCE.read_bytes())
    monkeypatch.setattr(catalogue, "SOURCE", source)
    monkeypatch.setattr(catalogue, "_COMPILED", source.with_suffix(".json"))
    catalogue.compile_known_errors()
    assert not source.exists()
    read = catalogue._read.__wrapped__()
    assert list(read[0].values()) == ERRORS
    assert read == catalogue._read()


def test_no_beginning_of_a_wording_has_more_words_than_are_looked_at() -> None:
    beginnings = [
        beginning
        for error in ERRORS
        for line in error.wordings
        for group in line.split()
        for beginning in wordings._beginnings(group.removeprefix("!"))
    ]
    assert max(len(each.strip("_").split("_")) for each in beginnings) <= wordings._PHRASE
    assert all(re.fullmatch("[a-z0-9@_]+", each) for each in beginnings)
