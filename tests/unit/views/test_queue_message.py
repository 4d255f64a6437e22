import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.incident import Incident, Reason, Status, Topic
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.domain.reference import reference_for
from suport.domain.retention import expires_at
from suport.views.queue_message import queue_message

SUBMITTED_AT = datetime(2026, 8, 31, 10, 0, 0, 250_000, tzinfo=UTC)
QUEUED_AT = datetime(2026, 8, 31, 10, 0, 1, tzinfo=UTC)
CONTRACT = {
    "schema",
    "reference",
    "category",
    "language",
    "reason",
    "submitted_at",
    "queued_at",
    "error_code",
    "procedure",
    "attachments",
}
PLAIN = Incident(
    reference=reference_for(b"secret", "a key of the test"),
    category=Category.PAYMENT,
    status=Status.RECEIVED,
    language=Language.SPANISH,
    submitted_at=SUBMITTED_AT,
    expires_at=expires_at(SUBMITTED_AT),
    last_entry="01K3ZB2E40AAAAAAAAAAAAAAAA",
    description="The payment was refused.",
    route_reason=Reason.SUBMITTED,
)

KNOWN = next(each for each in catalogue().procedures if Language.SPANISH in each.names)

# What citizens write, and their data in an alphabet that the texts do not use.
latin = st.text(alphabet=st.characters(max_codepoint=0x17F, exclude_categories=["Cs", "Nd"]))
greek = st.text(alphabet="αβγδεζηθικλμνξοπρστυφχψω", min_size=1, max_size=20)
contacts = st.fixed_dictionaries(
    {},
    optional={
        "name": greek,
        "email": greek.map("{}@example.test".format),
        "phone": st.from_regex(r"\+34[0-9]{9}", fullmatch=True),
        "nif": st.from_regex(r"[0-9]{8}[A-Z]", fullmatch=True),
        "availability": greek,
    },
)
incidents: st.SearchStrategy[Incident] = st.builds(
    replace,
    st.just(PLAIN),
    category=st.sampled_from(Category),
    status=st.sampled_from(Status),
    language=st.sampled_from(Language),
    route_reason=st.sampled_from(Reason),
    description=latin,
    error=st.fixed_dictionaries({}, optional={"code": latin, "message": latin}),
    procedure=st.fixed_dictionaries({}, optional={"code": latin, "name": latin}),
    contact=contacts,
    consents=st.just({"view": "01K427Q5RXBBBBBBBBBBBBBBBB"}),
)


def test_a_team_reads_an_incident_as_the_contract_says() -> None:
    with_error = replace(
        PLAIN,
        error={"code": "190", "message": "Denied"},
        procedure={"code": KNOWN.code, "name": "As Aina calls it"},
        contact={"name": "Aina Ferrer", "email": "aina@example.test"},
    )
    assert queue_message(with_error, QUEUED_AT) == {
        "schema": "suport.incident/2",
        "reference": PLAIN.reference,
        "category": "payment",
        "language": "es",
        "reason": "submitted",
        "submitted_at": "2026-08-31T10:00:00.250Z",
        "queued_at": "2026-08-31T10:00:01.000Z",
        "error_code": "190",
        "procedure": {"code": KNOWN.code, "name": KNOWN.names[Language.SPANISH]},
        "attachments": [],
    }


@given(incidents)
def test_a_message_has_the_fields_of_the_contract_and_no_others(incident: Incident) -> None:
    message = queue_message(incident, QUEUED_AT)
    assert message.keys() == CONTRACT
    assert message["schema"] == "suport.incident/2"


@given(incidents)
def test_a_message_survives_its_way_through_a_queue(incident: Incident) -> None:
    message = queue_message(incident, QUEUED_AT)
    assert json.loads(json.dumps(message)) == message


@given(incidents)
def test_nothing_about_the_person_enters_a_queue(incident: Incident) -> None:
    message = json.dumps(queue_message(incident, QUEUED_AT), ensure_ascii=False)
    for value in incident.contact.values():
        assert value not in message


TYPED_OUTSIDE = st.text(alphabet="αβγδεζηθικλμνξοπρστυφχψω ", min_size=1, max_size=60).filter(
    str.strip
)
TYPED = st.one_of(
    TYPED_OUTSIDE, TYPED_OUTSIDE.map("190 {}".format), TYPED_OUTSIDE.map("{} SAF_08".format)
)


@given(description=TYPED, code=TYPED, message=TYPED, procedure=TYPED, name=TYPED)
def test_no_word_that_a_citizen_typed_enters_a_queue(
    description: str, code: str, message: str, procedure: str, name: str
) -> None:
    typed = replace(
        PLAIN,
        description=description,
        error={"code": code, "message": message},
        procedure={"code": procedure, "name": name},
        context={"step": name, "browser": name},
    )
    assert queue_message(typed, QUEUED_AT) == queue_message(PLAIN, QUEUED_AT)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        *((" saf_09 ", "SAF_09"), ("SAF-8", "SAF_08"), ("0190", "190"), ("9912", "9912")),
        *(("−2", "-2"), ("190 43.123.456-A", None), ("600111222", None), ("SAF_99", None)),
    ],
)
def test_the_message_names_an_error_only_by_a_known_code(typed: str, known: str | None) -> None:
    assert queue_message(replace(PLAIN, error={"code": typed}), QUEUED_AT)["error_code"] == known


@pytest.mark.parametrize(
    ("error", "known"),
    [
        ({"message": "En firmar surt «saf 19», som na Xisca"}, "SAF_19"),
        ({"message": "SAF_99, som na Xisca"}, None),
        ({"message": "Error 190 i error 184"}, None),
        ({"code": "Xisca", "message": "SAF_19"}, None),
    ],
)
def test_the_only_known_code_in_the_message_is_named_where_none_was_stated(
    error: dict[str, str], known: str | None
) -> None:
    message = queue_message(replace(PLAIN, error=error), QUEUED_AT)
    assert message == queue_message(PLAIN, QUEUED_AT) | {"error_code": known}


@given(incidents, contacts)
def test_the_person_makes_no_difference_to_the_message(
    incident: Incident, other: dict[str, str]
) -> None:
    somebody_else = replace(incident, contact=other)
    assert queue_message(somebody_else, QUEUED_AT) == queue_message(incident, QUEUED_AT)


@pytest.mark.parametrize(
    ("reason", "written"),
    [
        (Reason.SUBMITTED, "submitted"),
        (Reason.TRANSFERRED, "transferred"),
        (Reason.CITIZEN_REPLIED, "citizen_replied"),
        (Reason.REQUEUED, "requeued"),
        (Reason.REOPENED, "reopened"),
    ],
)
def test_a_message_says_why_the_incident_is_queued(reason: Reason, written: str) -> None:
    message: dict[str, Any] = queue_message(replace(PLAIN, route_reason=reason), QUEUED_AT)
    assert message["reason"] == written


def test_a_team_sees_that_the_law_sets_a_deadline_for_the_answer() -> None:
    about_accessibility = replace(PLAIN, topic=Topic.ACCESSIBILITY)
    assert queue_message(about_accessibility, QUEUED_AT)["topic"] == "accessibility"


def test_data_that_an_operator_needs_only_later_are_not_in_the_queue() -> None:
    stated = replace(PLAIN, context={"step": "3", "browser": "Firefox", "charged": "no"})
    assert queue_message(stated, QUEUED_AT) == queue_message(PLAIN, QUEUED_AT)


def test_missing_data_are_null_and_not_absent() -> None:
    message = queue_message(PLAIN, QUEUED_AT)
    assert message["error_code"] is None
    assert message["procedure"] is None
    assert message["attachments"] == []


def test_an_incident_that_does_not_have_to_be_queued_makes_no_message() -> None:
    with pytest.raises(ValueError, match=PLAIN.reference):
        queue_message(replace(PLAIN, route_reason=None), QUEUED_AT)
