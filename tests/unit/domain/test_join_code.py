"""The code with which a citizen joins a remote session."""

import re

import pytest

from suport.domain.join_code import code_digest, code_for, read_code

SECRET = b"a secret that only tests know"


def test_a_code_is_derived_from_its_session_and_the_secret() -> None:
    code = code_for(SECRET, "a session")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    assert code == code_for(SECRET, "a session")
    assert code not in {code_for(SECRET, "another"), code_for(b"another secret", "a session")}


def test_the_table_finds_a_session_by_a_digest_that_does_not_give_the_code_away() -> None:
    digest = code_digest(SECRET, "7K3M-9QXA")
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert digest not in {code_digest(SECRET, "7K3M-9QXB"), code_digest(b"another", "7K3M-9QXA")}


@pytest.mark.parametrize(
    "typed",
    [
        *("7K10-9QXA", "7k10-9qxa", "7K109QXA", "7K10 9QXA", "7 K 1 0 9 Q X A", "7k1o-9qxa"),
        *("7KI0-9QXA", "7KL0-9QXA", " 7K10-9QXA\n", "Codi: 7K10-9QXA.", "7K10\u00a09QXA"),
        *("Code 7k10 9qxa", "code: 7K109QXA", "El codi és 7K10-9QXA", "el codi 7K10-9QXA"),
        *("7K10–9QXA", "7K10_9QXA", "７Ｋ１０－９ＱＸＡ"),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "7K10-9QXA"


def test_a_code_may_begin_like_a_label() -> None:
    assert read_code("C0DE-7K10") == "C0DE-7K10"


@pytest.mark.parametrize("typed", ["", "7K10", "7K10-9QX", "7K109QXA2", "7K10-9QXU", "...."])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
