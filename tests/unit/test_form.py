import json
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.form import nested, read_form
from suport.problem import Problem

# all that UTF-8 can carry; a page with surrogates is none
typed = st.text(st.characters(exclude_categories=["Cs"]))
fields = st.dictionaries(typed, typed, max_size=40)
names = st.text("abc_", min_size=1)


@given(fields)
def test_what_was_typed_arrives_as_it_was_typed(sent: dict[str, str]) -> None:
    assert read_form(urlencode(sent).encode()) == sent


@given(typed)
def test_a_field_left_blank_is_there(name: str) -> None:
    assert read_form(f"{quote_plus(name)}=".encode()) == {name: ""}


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        "descripció=x".encode(),  # a browser escapes it
        b"description=%FF",
        b"description=%ED%A0%80",  # a surrogate
        b"%FF=x",
        b"&".join(b"field%d=x" % each for each in range(41)),
    ],
)
def test_what_no_browser_sends_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Problem, match="unreadable") as refusal:
        read_form(body)
    assert refusal.value.status == 400


@given(st.dictionaries(names, st.dictionaries(names, typed, min_size=1) | typed))
def test_dotted_fields_are_the_objects_of_the_json(body: dict[str, Any]) -> None:
    dotted: dict[str, str] = {}
    for name, value in body.items():
        parts = value if isinstance(value, dict) else {"": value}
        dotted |= {f"{name}.{part}".removesuffix("."): each for part, each in parts.items()}
    assert json.loads(nested(dotted)) == body


@given(st.dictionaries(typed, typed))
def test_whatever_the_fields_are_called_they_make_one_json_object(sent: dict[str, str]) -> None:
    assert isinstance(json.loads(nested(sent)), dict)


@pytest.mark.parametrize(
    "sent", [{"contact": "x", "contact.email": "y"}, {"contact.email": "y", "contact": "x"}]
)
def test_a_part_sent_as_text_stays_text_so_that_it_is_refused(sent: dict[str, str]) -> None:
    assert json.loads(nested(sent)) == {"contact": "x"}
