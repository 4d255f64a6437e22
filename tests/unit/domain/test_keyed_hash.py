"""What is derived from the service's secret, each purpose separate from the others."""

from hypothesis import given
from hypothesis import strategies as st

from suport.domain.keyed_hash import Purpose, keyed_hash


@given(st.binary(min_size=1), st.text())
def test_the_same_text_hashes_differently_for_each_purpose(secret: bytes, text: str) -> None:
    hashes = {keyed_hash(secret, purpose, text) for purpose in Purpose}
    assert len(hashes) == len(Purpose)
    assert {len(each) for each in hashes} == {32}


def test_no_purpose_is_the_beginning_of_another() -> None:
    """Anybody's text can follow a purpose's slash, and must not make another purpose."""
    assert not [(a, b) for a in Purpose for b in Purpose if a != b and f"{b}/".startswith(f"{a}/")]
