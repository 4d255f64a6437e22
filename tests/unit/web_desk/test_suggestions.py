"""What the web desk suggests for an answer, in the citizen's language and of the own team."""

from datetime import UTC, datetime

import pytest

from suport.desk.suggestions import suggestions
from suport.domain import suggestions as domain
from suport.domain.incident import Category, Incident
from suport.domain.known_errors import Fault
from suport.domain.language import Language
from suport.register.register import Register
from suport.texts.canned_replies import replies
from suport.texts.known_errors import ADVICE
from tests.support.register import a_submission

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
EVERYTHING = "SAF_09. Certificat caducat. Pagament no verificat. Error 101"


def submitted(register: Register, **changes: object) -> Incident:
    return register.submit(a_submission(**changes), "k" * 16, b"secret", NOW)


def test_a_known_error_is_explained_in_the_citizens_language_with_what_to_do(
    register: Register,
) -> None:
    incident = submitted(
        register, category="payment", error={"code": "101"}, language=Language.GERMAN
    )
    (error,) = suggestions(incident).known_errors
    assert (error.code, error.meaning) == ("101", "Die Karte ist abgelaufen.")
    assert error.answer.startswith("Die Karte ist abgelaufen. Prüfen Sie das eingegebene Datum")
    first = suggestions(incident).replies[0]
    assert (first.reply.name, first.reply.language, first.fits) == (
        *("card-refused", Language.GERMAN, True),
    )
    (in_english,) = suggestions(incident, Language.ENGLISH).known_errors
    assert in_english.meaning == "The card has expired."


@pytest.mark.parametrize("category", Category)
def test_nothing_of_another_team_is_suggested(register: Register, category: Category) -> None:
    incident = submitted(
        register, category=category, error={"message": "Error"}, description=EVERYTHING
    )
    found = suggestions(incident)
    assert {each.reply.team for each in found.replies} == {category}
    own = {
        ADVICE[sign.fault].meaning.in_(incident.language)
        for sign in domain.known_errors(incident)
        if sign.category is category
    }
    assert {each.meaning for each in found.known_errors} == own
    assert bool(own) is (category is not Category.FUNCTIONAL)


def test_somebody_who_has_reported_an_error_is_not_told_to_report_it(register: Register) -> None:
    (error,) = suggestions(
        submitted(
            register, category="payment", error={"message": "pago no verificado"}, language="es"
        )
    ).known_errors
    assert "comuníquelo" not in error.answer
    assert "no descarte el pago" in error.answer


def test_each_reply_that_fits_an_error_exists() -> None:
    shipped = {reply.name for team in Category for reply in replies(team, Language.CATALAN)}
    assert shipped >= {*domain._FIT, *domain._FIRST, *domain._LAST}
    assert {fault for faults in domain._FIT.values() for fault in faults} <= set(Fault)
