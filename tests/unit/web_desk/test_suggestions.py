"""What the web desk suggests for an answer, in the citizen's language and of the own team."""

from datetime import UTC, datetime

import pytest

from suport.desk.suggestions import suggestions
from suport.domain import suggestions as domain
from suport.domain.category import Category
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.register.register import Register
from suport.texts.canned_replies import replies
from suport.texts.known_errors import advice_on
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
    assert error.answer.startswith("Die Karte ist abgelaufen. Sehen Sie zuerst nach")
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
        advice_on(sign.error).meaning_in(incident.language)
        for sign in domain.known_errors(incident)
        if sign.category is category
    }
    assert {each.meaning for each in found.known_errors} == own
    assert bool(own) is (category is not Category.FUNCTIONAL)


def test_the_replies_that_begin_and_end_the_help_exist() -> None:
    shipped = {reply.name for team in Category for reply in replies(team, Language.CATALAN)}
    assert shipped >= {*domain._FIRST, *domain._LAST}
