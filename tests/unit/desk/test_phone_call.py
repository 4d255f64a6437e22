"""`desk new`: a phone call becomes one incident, even if its data are corrected."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.desk import (
    CALLS,
    REFERENCE,
    Desk,
    Kept,
    Service,
    Typed,
    a_file,
    problem,
)

RECORDED = (201, {"reference": REFERENCE, "category": "payment", "status": "received"})
SAID = ("--message", "The card was refused twice.", "--error-code", "190")
WRONG_PHONE = problem(422, "invalid", errors=[{"field": "contact.phone", "message": "Wrong."}])
USED = problem(422, "key-reused", reference=REFERENCE, errors=[{"field": "Idempotency-Key"}])


def drafts(kept: Kept) -> list[Path]:
    return [each for each in kept() if each.suffix == ".txt"]


# ------------------------------------------------------------------- recording it


def test_a_call_is_recorded_once_however_often_the_line_breaks(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = None
    dropped = desk("new", *SAID, "--phone", "971481726", "--yes")
    assert dropped.code == 3
    (draft,) = kept()
    service.answers[CALLS] = RECORDED
    assert desk("new", "--from", draft, "--yes").code == 0
    assert len(set(service.keys(CALLS))) == 1
    assert service.sent[-1].content == {
        "category": "payment",
        "description": "The card was refused twice.",
        "error": {"code": "190"},
        "contact": {"phone": "971481726"},
        "language": "ca",
    }
    assert kept() == []


def test_a_complaint_about_accessibility_goes_to_the_team_that_the_service_names(
    service: Service, desk: Desk
) -> None:
    service.answers[CALLS] = RECORDED
    said = ("--topic", "accessibility", "--message", "The form has no labels.", "--yes")
    assert desk("new", *said, "--phone", "971481726").code == 0
    assert service.sent[-1].content == {
        "topic": "accessibility",
        "description": "The form has no labels.",
        "contact": {"phone": "971481726"},
        "language": "ca",
    }


def test_the_desk_asks_the_operator_for_missing_data(
    service: Service, desk: Desk, typed: Typed
) -> None:
    service.answers[CALLS] = RECORDED
    typed("The card was refused.\n190\n\nxisca@example.test\nXisca\ny\n")
    ended = desk("new")
    assert (ended.code, "The privacy notice on the web" in ended.out) == (0, True)
    assert service.sent[0].content["contact"] == {"name": "Xisca", "email": "xisca@example.test"}
    assert service.sent[0].content["error"] == {"message": "190"}


@pytest.mark.parametrize(
    ("then", "contact"),
    [
        ("971481726\n", {"phone": "971481726"}),
        ("\nxisca@example.test\n", {"email": "xisca@example.test"}),
    ],
)
def test_without_a_number_and_an_address_the_desk_says_that_it_needs_one_and_asks_for_both(
    service: Service, desk: Desk, typed: Typed, then: str, contact: dict[str, str]
) -> None:
    service.answers[CALLS] = RECORDED
    typed(f"The card was refused.\n190\n\n\n{then}\ny\n")
    ended = desk("new")
    assert (ended.code, "One of the two is needed" in ended.told) == (0, True)
    assert service.sent[0].content["contact"] == contact


def test_the_operator_never_sees_the_access_code_and_is_not_asked_to_pass_it_on(
    service: Service, desk: Desk
) -> None:
    code = "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"
    answer = {"reference": REFERENCE, "category": "functional", "status": "received"}
    service.answers[CALLS] = (201, answer | {"access_code": code})
    call = ("--category", "functional", "--message", "It hangs.", "--phone", "971481726")
    recorded = desk("new", *call, "--yes")
    assert recorded.code == 0
    assert REFERENCE in recorded.out
    assert code not in recorded.out + recorded.err
    shown = " ".join(desk("new", "--help").out.split())
    assert "The access code reaches them by email only" in shown


def test_a_call_can_come_as_json(service: Service, desk: Desk, tmp_path: Path) -> None:
    submission = {"category": "signature", "description": "AutoFirma says SAF_10."}
    service.answers[CALLS] = (201, {"reference": REFERENCE, "category": "signature"})
    file = a_file(tmp_path, json.dumps(submission))
    assert desk("new", "--from", file, "--yes", "--json").json["reference"] == REFERENCE
    assert service.sent[0].content == submission


@pytest.mark.parametrize("text", ["no JSON", "[]", "7", '"a call"', "null", "{"])
def test_a_file_without_an_incident_is_refused_before_a_draft_is_kept(
    service: Service, desk: Desk, kept: Kept, tmp_path: Path, text: str
) -> None:
    assert desk("new", "--from", a_file(tmp_path, text), "--yes").code == 2
    assert (service.sent, kept()) == ([], [])


# ------------------------------------------------------------------- correcting it


def test_the_same_command_corrects_a_refused_phone_number(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    refused = desk("new", *SAID, "--phone", "12", "--yes")
    assert refused.code == 1
    assert "run desk new again with the right data" in refused.err
    corrected = desk("new", *SAID, "--phone", "971481726", "--yes")
    assert corrected.code == 0
    assert "Its contact data were: 12" in corrected.out
    assert [each.content["contact"] for each in service.sent] == [
        {"phone": "12"},
        {"phone": "971481726"},
    ]
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_number_corrected_twice_is_still_one_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, WRONG_PHONE, RECORDED]
    for phone in ("12", "777"):
        assert desk("new", *SAID, "--phone", phone, "--yes").code == 1
        assert len(drafts(kept)) == 1
    assert desk("new", *SAID, "--email", "xisca@example.test", "--yes").code == 0
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_correction_of_a_call_whose_answer_was_lost_keeps_its_key(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [None, None, None, RECORDED]
    lost = desk("new", *SAID, "--phone", "971481725", "--yes")
    assert lost.code == 3
    assert f"desk new --from {drafts(kept)[0]}" in lost.err.replace("\n", "")
    assert desk("new", *SAID, "--phone", "971481726", "--yes").code == 0
    assert len(set(service.keys(CALLS))) == 1
    assert service.sent[-1].content["contact"] == {"phone": "971481726"}
    assert kept() == []


@pytest.mark.parametrize("as_json", [False, True])
def test_if_the_first_call_was_recorded_the_operator_learns_how_to_correct_it(
    service: Service, desk: Desk, kept: Kept, as_json: bool
) -> None:
    service.answers[CALLS] = [None, None, None, USED]
    desk("new", *SAID, "--phone", "971481725", "--yes")
    json_option = ["--json"] if as_json else []
    corrected = desk("new", *SAID, "--phone", "971481726", "--yes", *json_option)
    assert corrected.code == 1
    assert f"recorded already as {REFERENCE}, with what you sent first" in corrected.told
    assert f"desk contact {REFERENCE}" in corrected.told
    assert "is kept in" not in corrected.told
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []
    if as_json:
        assert corrected.json["problem"]["reference"] == REFERENCE


def test_two_callers_who_say_the_same_words_make_two_calls(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = None  # on a day when nothing works
    for name, phone in (("Xisca", "971481726"), ("Toni", "666123456")):
        desk("new", *SAID, "--name", name, "--phone", phone, "--yes")
    assert len(drafts(kept)) == 2
    assert len(set(service.keys(CALLS))) == 2


def test_the_same_call_given_again_sends_the_existing_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [None, None, None, RECORDED]
    call = ("new", *SAID, "--phone", "971481726", "--yes")
    assert [desk(*call).code for _ in range(2)] == [3, 0]
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_corrected_file_is_the_same_call(
    service: Service, desk: Desk, kept: Kept, tmp_path: Path
) -> None:
    said = '{"category": "signature", "description": "AutoFirma says SAF_10.", "contact": %s}'
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    first = a_file(tmp_path, said % '{"phone": "12"}')
    assert desk("new", "--from", first, "--yes").code == 1
    second = a_file(tmp_path, said % '{"phone": "971481726"}')
    assert desk("new", "--from", second, "--yes").code == 0
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_draft_that_is_corrected_in_its_file_keeps_its_key(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    desk("new", *SAID, "--phone", "12", "--yes")
    (draft,) = drafts(kept)
    draft.write_text(draft.read_text().replace('"12"', '"971481726"'))
    assert desk("new", "--from", draft, "--yes").code == 0
    assert service.sent[-1].content["contact"] == {"phone": "971481726"}
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_call_typed_again_question_by_question_is_the_same_call(
    service: Service, desk: Desk, kept: Kept, typed: Typed
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    typed("The card was refused.\n190\n12\nXisca\ny\n")
    assert desk("new").code == 1
    typed("n\nThe card was refused.\n190\n971481726\nXisca\ny\n")
    assert desk("new").code == 0
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_refused_number_is_asked_for_again_in_the_same_call(
    service: Service, desk: Desk, kept: Kept, typed: Typed
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    typed("The card was refused.\n190\n12\nXisca\ny\n971481726\ny\n")
    corrected = desk("new")
    assert (corrected.code, "contact.phone: Wrong." in corrected.told) == (0, True)
    assert service.sent[-1].content["contact"] == {"phone": "971481726", "name": "Xisca"}
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


def test_a_refused_call_goes_on_with_the_question_about_what_was_wrong(
    service: Service, desk: Desk, kept: Kept, typed: Typed
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    desk("new", *SAID, "--phone", "12", "--yes")
    typed("y\n971481726\ny\n")
    assert desk("new").code == 0
    assert service.sent[-1].content["contact"] == {"phone": "971481726"}
    assert len(set(service.keys(CALLS))) == 1
    assert kept() == []


@pytest.mark.parametrize(
    ("options", "contact"),
    [
        (("--phone", "600111222"), {"phone": "600111222"}),  # another number altogether
        (("--email", "xisca@example.test"), {"phone": "12", "email": "xisca@example.test"}),
        ((), {"phone": "12"}),
    ],
)
def test_whatever_is_corrected_in_a_call_that_the_operator_goes_on_with_it_stays_one(
    service: Service,
    desk: Desk,
    typed: Typed,
    options: tuple[str, ...],
    contact: dict[str, str],
) -> None:
    service.answers[CALLS] = [None, None, None, RECORDED]
    assert desk("new", *SAID, "--phone", "12", "--language", "de", "--yes").code == 3
    typed("y\ny\n")
    assert desk("new", *options).code == 0
    assert (service.sent[-1].content["contact"], service.sent[-1].content["language"]) == (
        contact,
        "de",
    )
    assert len(set(service.keys(CALLS))) == 1


# ------------------------------------------------------------------- breaking it off


@pytest.mark.parametrize(
    ("answers", "then"),
    [
        ("The card was refused.\n", "190\n971481726\nXisca\n"),
        ("The card was refused.\n190\n", "971481726\nXisca\n"),
        ("The card was refused.\n190\n\n", "\nxisca@example.test\nXisca\n"),
    ],
)
def test_a_call_is_kept_from_the_first_answer_on_and_gone_on_with(
    service: Service, desk: Desk, kept: Kept, *, typed: Typed, answers: str, then: str
) -> None:
    typed(answers)
    broken_off = desk("new")
    (draft,) = kept()
    assert (broken_off.code, str(draft) in broken_off.told) == (1, True)
    service.answers[CALLS] = RECORDED
    typed(f"y\n{then}y\n")
    assert desk("new").code == 0
    sent = service.sent[-1].content
    assert (sent["description"], sent["error"]) == ("The card was refused.", {"message": "190"})
    assert sent["contact"]["name"] == "Xisca"
    assert kept() == []


def test_ctrl_c_says_where_the_call_is_kept(
    service: Service, desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["The card was refused.\n"])

    def readline() -> str:
        for answer in answers:
            return answer
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True, readline=readline))
    broken_off = desk("new")
    (draft,) = kept()
    assert (broken_off.code, service.sent) == (130, [])
    assert f"kept in {draft}: desk new goes on with it" in broken_off.told


def test_another_call_may_begin_while_one_is_not_recorded(
    service: Service, desk: Desk, kept: Kept, typed: Typed
) -> None:
    typed("The card was refused.\n")
    desk("new")
    service.answers[CALLS] = RECORDED
    typed("n\nAutoFirma does not start.\n190\n971481726\nXisca\ny\n")
    assert desk("new").code == 0
    assert service.sent[-1].content["description"] == "AutoFirma does not start."
    assert len(kept()) == 1
