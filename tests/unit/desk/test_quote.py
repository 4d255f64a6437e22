"""The line in a draft below which nothing is sent."""

from hypothesis import given
from hypothesis import strategies as st

from desk.drafts.quote import above_the_line, with_quote, written_below

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n"))


@given(text=TEXTS, words=TEXTS)
def test_whatever_the_citizen_wrote_the_text_above_is_the_operators_alone(
    text: str, words: str
) -> None:
    opened = with_quote(text.strip(), words)
    assert above_the_line(opened) == text.strip()
    assert written_below(opened) == ""


@given(below=TEXTS)
def test_what_the_operator_wrote_below_is_found_again(below: str) -> None:
    own = "\n".join(line for line in below.splitlines() if not line.startswith(">")).strip()
    assert written_below(with_quote("", "The card was refused.", own)) == own
