"""Texts of every field as people paste them, and how long they are to the one who counts."""

import json
from time import process_time
from typing import Any

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.domain.language import Language
from suport.domain.submission import Submission, fingerprint
from suport.http.bodies.citizens import LostCodeBody, MessageBody
from suport.http.bodies.operators import NoteBody, ReplyBody, ResolutionBody, TransferBody
from suport.http.bodies.submission import SubmissionBody
from suport.http.problem import Problem
from suport.http.text_length import characters
from tests.support.bodies import PLACES, Place
from tests.support.bodies import refusal as refused
from tests.support.gateway import read
from tests.support.pasted import COUNTED, FAMILY, VALID, kept, refusal

TEXTS = [
    place
    for place in PLACES
    if place.kind is str
    and place.name not in {"contact.email", "contact.phone", "privacy_notice", "notice_sha256"}
    and place.name != "sdp"  # browsers write it, and no person
    and place.body is not LostCodeBody
]
SEVERAL_LINES = {"description", "error.message", "body", "reason", "comment"}


@pytest.mark.parametrize("place", TEXTS, ids=str)
def test_every_text_is_mended(place: Place) -> None:
    typed = "\ufeff\x1b[31mUn\vtext\x1b[0m\u2028amb\u200b acce\u0301ntua\u00ad\u2060ció\x07 "
    sent = place.with_value(json.dumps(typed))
    model: Any = place.body
    content: Any = read(model, sent, Language.ENGLISH).model_dump()
    for name in place.path:
        content = content[name]
    break_ = "\n" if place.name in SEVERAL_LINES else " "
    assert content == f"Un{break_}text{break_}amb accéntuació"


@pytest.mark.parametrize("place", TEXTS, ids=str)
@pytest.mark.parametrize("unseen", ["\u200b" * 10, "\u3164" * 12, "\u2800\u00a0", "\u0301" * 11])
def test_a_text_of_nothing_visible_counts_as_absent(place: Place, unseen: str) -> None:
    answer = refused(place.body, place.with_value(json.dumps(unseen)))
    absent = json.dumps("")
    assert answer == refused(place.body, place.with_value(absent))
    assert place.optional or answer


def test_a_description_of_nothing_visible_is_asked_for() -> None:
    assert refusal("description", "\u200b" * 10) == "Describe the problem."


@pytest.mark.parametrize("field", ["description", "contact.name"])
def test_a_nul_is_refused_at_its_field(field: str) -> None:
    name = {"description": "Description", "contact.name": "Name"}[field]
    assert refusal(field, "a NUL \0 in it") == f"{name} contains a character that cannot be used."


@pytest.mark.parametrize(("text", "count"), COUNTED, ids=ascii)
def test_characters_are_counted_as_a_person_sees_them(text: str, count: int) -> None:
    assert characters(text) == count


@given(st.text("🇪🇸\u200d\u0301\u0600\u0903👩🏽\ufe0fक्aé\n한", max_size=12))
def test_flags_are_counted_as_unicode_does(text: str) -> None:
    assume("\u094d" not in text)  # a virama, which joins less than `\X` does
    assert characters(text) == len(regex.findall(r"\X", text))


def test_the_flags_of_the_longest_body_are_counted_at_once() -> None:
    before = process_time()
    assert characters("🇪🇸" * 60_000 + "🇪") == 60_001
    assert process_time() - before < 5  # seconds; it took half a minute


@pytest.mark.parametrize(
    "character", ["x", "é", "e\u0301", FAMILY, "👩🏽‍❤️‍💋‍👨🏽"[:9], "한", "\u200bx\u00ad"]
)
def test_limits_are_in_characters_as_a_person_sees_them(character: str) -> None:
    assert kept("description", character * 4000)
    assert kept("description", character * 10)
    too_long = "Description must be 4000 characters or fewer. It has 4001 now."
    assert refusal("description", character * 4001) == too_long
    assert refusal("description", character * 9) == "Description must be 10 characters or more."


def test_a_text_whose_characters_have_too_many_marks_is_too_long_for_the_register() -> None:
    told = "Description is too long because its characters are made of too many parts. Shorten it."
    assert refusal("description", f"x{'\u0301\u0323' * 500}" * 100) == told


def test_the_longest_texts_of_an_incident_fit_one_item_of_the_register() -> None:
    content = VALID | {
        "description": FAMILY * 4000,
        "error": {"code": FAMILY * 100, "message": FAMILY * 4000},
        "procedure": {"code": FAMILY * 100, "name": FAMILY * 300},
        "context": {"step": FAMILY * 300, "browser": FAMILY * 200},
        "contact": VALID["contact"] | {"name": FAMILY * 200, "availability": FAMILY * 200},
    }
    submission = read(SubmissionBody, json.dumps(content).encode(), Language.ENGLISH).submission()
    stored = json.dumps([submission.description, submission.error], ensure_ascii=False)
    assert len(stored.encode()) < 400_000


@pytest.mark.parametrize("body", [MessageBody, NoteBody, ReplyBody, ResolutionBody])
def test_citizens_and_operators_may_write_4000_characters(body: type) -> None:
    content = json.dumps({"body": FAMILY * 4000}).encode()
    assert read(body, content, Language.ENGLISH).body == FAMILY * 4000
    assert refused(body, json.dumps({"body": "x" * 4001}).encode())


def test_the_reason_of_a_transfer_is_mended_like_every_text() -> None:
    content = json.dumps({"category": "payment", "reason": "\x1b[1mFalla\x1b[0m\u2029el pagament"})
    assert read(TransferBody, content.encode(), Language.ENGLISH).reason == "Falla\nel pagament"


# ------------------------------------------------- an error in the field of its code

TRACE = "java.lang.NullPointerException: es.gob.afirma.core\n\tat Main.java:7\n" * 3


def error(**typed: str) -> dict[str, str]:
    content = VALID | {"category": "payment", "error": typed}
    return read(SubmissionBody, json.dumps(content).encode(), Language.ENGLISH).submission().error


def test_a_message_in_the_field_of_the_code_is_taken_for_the_message() -> None:
    assert error(code=TRACE) == {"message": TRACE.strip()}
    assert error(code=TRACE, message=" \u200b") == {"message": TRACE.strip()}


def test_it_comes_before_a_message_that_was_typed_as_well() -> None:
    assert error(code=TRACE, message="SAF_09") == {"message": f"{TRACE}\n\nSAF_09"}
    assert error(code=TRACE, message=f"Surt: {TRACE}") == {"message": f"Surt: {TRACE.strip()}"}


def test_a_code_of_100_characters_stays_one() -> None:
    assert error(code="x" * 100, message="SAF_09") == {"code": "x" * 100, "message": "SAF_09"}
    assert error(code="SAF_09\r\nSAF_10") == {"code": "SAF_09 SAF_10"}


@pytest.mark.parametrize(("code", "message"), [("x" * 4001, ""), ("x" * 200, "y" * 3900)])
def test_what_is_too_long_even_for_a_message_is_refused_where_it_was_typed(
    code: str, message: str
) -> None:
    with pytest.raises(Problem) as problem:
        error(code=code, message=message)
    assert [each.field for each in problem.value.errors] == ["error.code"]


# ------------------------------------------------- a retry across a deployment

# as the version without `dial` made it
FINGERPRINT = "231514ee30020bb7c0b74845e417fc9bbe4642555a1f4463dcd2ddbe346b76a9"


def test_the_same_content_has_the_fingerprint_that_it_had_before_numbers_to_dial() -> None:
    content = VALID | {"contact": {"phone": "971 22 57 91 ext. 3", "nif": "12.345.678-Z"}}
    submission = read(SubmissionBody, json.dumps(content).encode(), Language.ENGLISH).submission()
    assert submission.contact["dial"] == "+34971225791;ext=3"
    before = Submission(
        language=Language.CATALAN,
        category=submission.category,
        description=submission.description,
        contact={"phone": "971 22 57 91 ext. 3", "nif": "12345678Z"},
    )
    assert fingerprint(submission) == fingerprint(before) == FINGERPRINT
    assert submission.contact["dial"]
