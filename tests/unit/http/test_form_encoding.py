import json
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.http.form_encoding import content_type, legible, nested, read_form
from suport.http.problem import Problem

# all that UTF-8 can carry: no surrogates
typed = st.text(st.characters(exclude_categories=["Cs"]))
fields = st.dictionaries(typed, typed, max_size=40)
names = st.text("abc_", min_size=1)


@given(fields)
def test_a_text_arrives_as_it_was_typed(sent: dict[str, str]) -> None:
    assert read_form(urlencode(sent).encode()) == sent


@given(typed)
def test_a_blank_field_is_there(name: str) -> None:
    assert read_form(f"{quote_plus(name)}=".encode()) == {name: ""}


ACCENTS = "Això és la «sol·licitud» del niño: 100 €, “sí” – Š?"


@pytest.mark.parametrize("charset", ["", "utf-8", "utf8", "us-ascii", "windows-1252", "latin1"])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_form_in_windows_1252_is_read_as_such(charset: str, escaped: bool) -> None:
    typed = ACCENTS.encode("cp1252")
    body = b"body=" + (quote_plus(typed).encode() if escaped else typed.replace(b" ", b"+"))
    assert read_form(body, charset) == {"body": ACCENTS}


@given(st.text(st.characters(codec="latin-1")), st.text(st.characters(codec="latin-1")))
def test_a_form_declared_to_be_in_latin_1_is_read_as_such(name: str, value: str) -> None:
    as_browsers_read = {chr(number): bytes([number]) for number in range(0xA0)}
    for text in (name, value):
        assume(all(each not in as_browsers_read or each < "\x80" for each in text))
    as_utf8 = [text.encode("latin-1").decode("utf-8", "replace") for text in (name, value)]
    assume([name, value] == as_utf8 or any("\N{REPLACEMENT CHARACTER}" in text for text in as_utf8))
    body = urlencode({name: value}, encoding="latin-1").encode()
    assert read_form(body, "iso-8859-1") == {name: value}


@pytest.mark.parametrize("declared", ["", "iso-8859-1", "windows-1252", "us-ascii"])
def test_text_in_utf_8_is_read_as_utf_8_whatever_the_form_declares(declared: str) -> None:
    assert read_form(urlencode({"body": ACCENTS}).encode(), declared) == {"body": ACCENTS}


def test_a_form_declared_to_be_in_latin_9_keeps_its_own_signs() -> None:
    assert read_form(b"price=10+%A4", "iso-8859-15") == {"price": "10 €"}
    assert read_form(b"price=10+%A4") == {"price": "10 ¤"}


@given(st.binary())
def test_every_byte_is_read_as_some_character(value: bytes) -> None:
    ((_, read),) = read_form(b"x=%ff" + quote_plus(value).encode(), "windows-1252").items()
    assert read[0] == "ÿ"
    assert len(read) == len(value) + 1


@pytest.mark.parametrize("undefined", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_bytes_that_windows_1252_leaves_undefined_are_read_as_latin_1(undefined: int) -> None:
    assert read_form(b"x=%%%02X" % undefined) == {"x": chr(undefined)}


def test_the_whole_form_is_read_in_one_encoding() -> None:
    assert read_form(b"a=%C3%A9&b=%E9") == {"a": "Ã©", "b": "é"}
    assert read_form(b"%C3%A9=%C3%A9") == {"é": "é"}


@given(st.binary())
def test_a_form_is_read_in_whole_characters_or_refused(value: bytes) -> None:
    body = b"x=%ed%a0%bd&y=" + quote_plus(value).encode()
    try:
        read = read_form(body)
    except Problem:
        read = legible(body, "") or {}
    assert "".join(read.values()).encode()


@pytest.mark.parametrize("half", ["%ED%A0%80", "%ED%BF%BF", "%ed%b8%80%ed%a0%bd"])
def test_half_a_character_is_refused_at_its_field_and_everything_else_given_back(half: str) -> None:
    body = f"a=Aix%C3%B2&contact.name=N%C3%BAria+{half}&b=%E2%82%AC".encode()
    with pytest.raises(Problem, match="invalid") as refusal:
        read_form(body)
    assert refusal.value.status == 422
    assert [each.field for each in refusal.value.errors] == ["contact.name"]
    given_back = legible(body, "application/x-www-form-urlencoded")
    marks = "\N{REPLACEMENT CHARACTER}" * (len(half) // 9)
    assert given_back == {"a": "Això", "contact.name": f"Núria {marks}", "b": "€"}


def test_halves_of_one_character_are_put_together() -> None:
    halves = (
        b"body=Gr%C3%A0cies+%ED%A0%BD%ED%B8%80"  # as Java and older databases encode it (CESU-8)
    )
    assert read_form(halves) == legible(halves, "") == {"body": "Gràcies 😀"}


@pytest.mark.parametrize(
    ("stray", "read"), [("%E9", "é"), ("%93", "“"), ("%C3", "Ã"), ("%80%FF", "€ÿ"), ("%81", "\x81")]
)
def test_a_stray_byte_changes_no_accent_of_a_form_in_utf_8(stray: str, read: str) -> None:
    body = f"a=Aix%C3%B2+%C3%A9s+l%E2%80%99error&b={stray}+x".encode()
    for declared in ("", "utf-8"):
        assert read_form(body, declared) == {"a": "Això és l’error", "b": f"{read} x"}


def test_a_form_in_windows_1252_with_a_pair_that_could_be_utf_8_is_read_as_such() -> None:
    typed = "Això és el «CAFÉ»"
    assert b"\xc9\xbb" in typed.encode("cp1252")
    assert read_form(b"a=" + quote_plus(typed, encoding="cp1252").encode()) == {"a": typed}


def test_a_form_with_more_fields_than_any_page_has_is_refused_but_legible() -> None:
    sent = {f"field{number}": "x" for number in range(81)}
    body = urlencode(sent).encode()
    with pytest.raises(Problem, match="unreadable") as refusal:
        read_form(body)
    assert refusal.value.status == 400
    assert legible(body, "application/x-www-form-urlencoded") == sent


def test_only_a_form_with_an_absurd_number_of_fields_is_illegible() -> None:
    assert legible(b"&".join(b"f%d=x" % each for each in range(1001)), "") is None
    part = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    assert legible(part * 1001 + b"--b--", "multipart/form-data; boundary=b") is None


def test_a_form_of_several_parts_is_legible_apart_from_its_files() -> None:
    body = (
        '--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nDues\r\nlínies\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--b--'
    )
    for encoding in ("utf-8", "cp1252"):
        read = legible(body.encode(encoding), 'Multipart/Form-Data; boundary="b"')
        assert read == {"body": "Dues\r\nlínies"}


@given(st.binary(), st.text())
def test_reading_a_form_never_fails_whatever_is_sent(body: bytes, declared: str) -> None:
    for header in (declared, "multipart/form-data; boundary=b", f"multipart/form-data;{declared}"):
        read = legible(body, header)
        assert read is None or json.loads(json.dumps(read)) == read


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("text/html", ("text/html", {})),
        ("Text/HTML ; Charset=UTF-8", ("text/html", {"charset": "UTF-8"})),
        ('a/b; charset="utf-8"; x=y', ("a/b", {"charset": "utf-8", "x": "y"})),
        ("", ("", {})),
        (";;=", ("", {"": ""})),
    ],
)
def test_a_media_type_is_read_with_its_parameters(header: str, read: object) -> None:
    assert content_type(header) == read


@given(st.dictionaries(names, st.dictionaries(names, typed, min_size=1) | typed))
def test_dotted_fields_become_the_objects_of_the_json(body: dict[str, Any]) -> None:
    dotted: dict[str, str] = {}
    for name, value in body.items():
        parts = value if isinstance(value, dict) else {"": value}
        dotted |= {f"{name}.{part}".removesuffix("."): each for part, each in parts.items()}
    assert json.loads(nested(dotted)) == body


@given(st.dictionaries(typed, typed))
def test_fields_with_any_names_make_one_json_object(sent: dict[str, str]) -> None:
    assert isinstance(json.loads(nested(sent)), dict)


@pytest.mark.parametrize(
    "sent", [{"contact": "x", "contact.email": "y"}, {"contact.email": "y", "contact": "x"}]
)
def test_a_part_sent_as_text_stays_text_and_is_refused(sent: dict[str, str]) -> None:
    assert json.loads(nested(sent)) == {"contact": "x"}


@pytest.mark.parametrize(("named", "read"), [("iso-8859-15", "10 €"), ("windows-1252", "10 ¤")])
def test_a_form_may_name_its_charset_in_a_field_of_its_own(named: str, read: str) -> None:
    body = b"_charset_=" + named.encode() + b"&price=10+%A4"
    assert read_form(body) == legible(body, "") == {"price": read}


def test_a_form_that_begins_with_a_byte_order_mark_is_read_without_it() -> None:
    body = b"\xef\xbb\xbfname=%C3%A9"
    assert read_form(body) == legible(body, "") == {"name": "é"}
