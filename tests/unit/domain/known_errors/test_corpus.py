"""Texts as citizens type and paste them, and what the service makes of each."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suport.domain.known_errors.recognition import recognise
from suport.domain.language import Language

CORPUS = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text("utf-8"))
ROWS = [row for rows in CORPUS.values() for row in rows]


def test_the_corpus_has_texts_in_every_language() -> None:
    assert len(ROWS) >= 80
    assert CORPUS.keys() == set(Language)
    assert len({text for text, *_ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("text", "category", "code", "error"), ROWS)
def test_a_text_leads_to_its_kind_and_its_first_step_and_keeps_its_code(
    text: str, category: str, code: str, error: str
) -> None:
    sign = next(iter(recognise(text)), None)
    found = (sign.category, sign.code or "", sign.error) if sign else ("", "", "")
    assert found == (category, code, error)


fragments = st.sampled_from(
    [
        *("190", "SAF_08", "sis0", "err_", "error", "codi", "certificat", "no", "caducat", "cl@ve"),
        *("(", ")", "-", ":", ".", " ", "\n", "_", "€", "2026-11-23", "pagament", "saf", "1"),
        *("l·l", "à", "٣", "\ud800", "ß", "ﷺ", "²"),
    ]
)


@given(st.text(max_size=300) | st.lists(fragments, max_size=60).map("".join))
def test_any_text_can_be_looked_up(text: str) -> None:
    found = [sign.error for sign in recognise(text)]
    assert len(found) == len(set(found))


# The processor's time counts, not how busy the machine is.
@settings(deadline=None, max_examples=25)
@given(st.lists(fragments, min_size=1, max_size=4).map("".join))
def test_a_long_text_is_read_quickly(part: str) -> None:
    text = (part * 10_000)[:10_000]
    begun = time.process_time()
    recognise(text)
    assert time.process_time() - begun < 0.5
