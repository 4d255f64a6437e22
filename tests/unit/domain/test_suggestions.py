"""What is suggested to an operator: known errors in the citizen's words, and replies that fit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.incident import Incident, Status, Topic
from suport.domain.known_errors import known_errors as catalogue
from suport.domain.known_errors.recognition import Sign
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.domain.suggestions import known_errors, likelier_team, ranked

PAYMENT = ("card-refused", "do-not-pay-again", "payment-found", "solved")
SIGNATURE = ("call-012", "certificate-expired", "solved", "which-certificate")
FUNCTIONAL = ("ask-details", "attach-document", "solved")


def an_incident(category: Category, description: str | None = "", **facts: Any) -> Incident:
    return Incident(
        reference=Reference("GQNC-YQBY-1H8C"),
        category=category,
        status=Status.CLAIMED,
        language=Language.CATALAN,
        submitted_at=datetime(2026, 11, 26, tzinfo=UTC),
        expires_at=0,
        last_entry="",
        description=description,
        **facts,
    )


def best(replies: Sequence[str], incident: Incident) -> list[tuple[str, bool]]:
    return [(each.name, each.fits) for each in ranked(replies, incident, known_errors(incident))]


def test_the_stated_code_is_more_certain_than_the_message_and_the_description() -> None:
    incident = an_incident(
        Category.PAYMENT,
        "La targeta ha caducat. Error 9915",
        error={"code": "129", "message": "Operación denegada por el emisor"},
    )
    found = [(sign.error, sign.code) for sign in known_errors(incident)]
    assert found == [("security_code_wrong", "129"), ("payment_cancelled", "9915")]


def test_a_code_beats_what_the_words_of_a_long_description_may_mean() -> None:
    incident = an_incident(
        Category.SIGNATURE,
        "Em surt que no es pot obrir el magatzem de certificats quan firm amb el DNIe.",
        error={"message": "SAF_19 No hi ha cap certificat vàlid en el seu magatzem."},
    )
    assert [sign.code for sign in known_errors(incident)] == ["SAF_19"]


def test_a_mere_subject_in_the_description_is_no_error() -> None:
    told = "He entrat amb Cl@ve i amb el DNIe, des de Firefox, i no sé on s'annexa el PDF"
    incident = an_incident(Category.FUNCTIONAL, told)
    assert known_errors(incident) == []
    assert likelier_team(incident, known_errors(incident)) is None


def test_nothing_is_known_of_an_incident_whose_first_words_have_expired() -> None:
    assert known_errors(an_incident(Category.PAYMENT, None)) == []


@pytest.mark.parametrize(
    ("replies", "incident", "first"),
    [
        (PAYMENT, an_incident(Category.PAYMENT, error={"code": "0184"}), "card-refused"),
        (PAYMENT, an_incident(Category.PAYMENT, "pago no verificado"), "do-not-pay-again"),
        (
            PAYMENT,
            an_incident(Category.PAYMENT, error={"code": "190"}, context={"charged": "yes"}),
            "do-not-pay-again",
        ),
        (
            SIGNATURE,
            an_incident(Category.SIGNATURE, "Mein Zertifikat ist abgelaufen"),
            "certificate-expired",
        ),
        (SIGNATURE, an_incident(Category.SIGNATURE, error={"message": "saf 9"}), "call-012"),
        (
            SIGNATURE,
            an_incident(Category.SIGNATURE, "No certificate was found"),
            "which-certificate",
        ),
        (
            FUNCTIONAL,
            an_incident(Category.FUNCTIONAL, "No em deixa annexar el PDF"),
            "attach-document",
        ),
        (
            FUNCTIONAL,
            an_incident(
                Category.FUNCTIONAL, "I cannot upload with a screen reader", topic=Topic.OTHER
            ),
            "ask-details",
        ),
    ],
)
def test_the_reply_that_fits_the_error_or_the_matter_comes_first(
    replies: Sequence[str], incident: Incident, first: str
) -> None:
    assert best(replies, incident)[0] == (first, True)


@pytest.mark.parametrize(
    ("replies", "category", "order"),
    [
        (PAYMENT, Category.PAYMENT, ["card-refused", "do-not-pay-again", "payment-found"]),
        (SIGNATURE, Category.SIGNATURE, ["which-certificate", "call-012", "certificate-expired"]),
        (FUNCTIONAL, Category.FUNCTIONAL, ["ask-details", "attach-document"]),
    ],
)
def test_where_nothing_fits_questions_come_first_and_the_end_comes_last(
    replies: Sequence[str], category: Category, order: list[str]
) -> None:
    suggested = best(replies, an_incident(category, "Res no funciona"))
    assert suggested == [(name, False) for name in [*order, "solved"]]


@given(
    st.lists(st.sampled_from([*PAYMENT, *SIGNATURE, *FUNCTIONAL, "own"]), unique=True),
    st.lists(
        st.builds(Sign, st.sampled_from(list(catalogue())), st.none(), st.sampled_from(Category))
    ),
)
def test_every_reply_is_suggested_once_and_those_that_fit_stand_first(
    replies: list[str], signs: list[Sign]
) -> None:
    found = ranked(replies, an_incident(Category.PAYMENT), signs)
    assert sorted(each.name for each in found) == sorted(replies)
    assert [each.fits for each in found] == sorted((each.fits for each in found), reverse=True)
    assert found == ranked(replies[::-1], an_incident(Category.PAYMENT), signs)


@pytest.mark.parametrize(
    ("category", "description", "topic", "team"),
    [
        (Category.FUNCTIONAL, "Em surt SAF_10 en firmar", None, Category.SIGNATURE),
        (Category.SIGNATURE, "La tarjeta está caducada", None, Category.PAYMENT),
        (Category.PAYMENT, "Error 190", None, None),
        (Category.FUNCTIONAL, "SAF_10, i la targeta ha caducat", None, None),
        (Category.FUNCTIONAL, "SAF_10 no es pot llegir", Topic.ACCESSIBILITY, None),
        (Category.FUNCTIONAL, "No sé què he de posar", None, None),
        (Category.SIGNATURE, "La sessió ha caducat", None, None),
    ],
)
def test_an_incident_whose_errors_are_all_of_another_team_is_perhaps_that_teams(
    category: Category, description: str, topic: Topic | None, team: Category | None
) -> None:
    incident = an_incident(category, description, topic=topic)
    assert likelier_team(incident, known_errors(incident)) is team
