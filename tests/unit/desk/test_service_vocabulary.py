"""The desk's copies of the service's words are the service's own."""

from collections.abc import Iterable
from http import HTTPStatus

import pytest

from desk import service_vocabulary as desk
from desk.texts.canned_replies import SHIPPED
from suport.domain import category, consent, history, incident, looks, owed_mail
from suport.domain.language import Language
from suport.http.problem import Problem, ProblemName
from suport.texts.message import Message
from suport.views import queue_message
from tests.support.template import TEMPLATE


@pytest.mark.parametrize(
    ("copies", "originals"),
    [
        pytest.param(desk.Category, category.Category, id="categories"),
        pytest.param([each.name for each in SHIPPED.iterdir()], category.Category, id="replies"),
        pytest.param(desk.Topic, incident.Topic, id="topics"),
        pytest.param(desk.Language, Language, id="languages"),
        pytest.param(desk.Status, incident.Status, id="statuses"),
        pytest.param(desk.Actor, incident.Actor, id="who did it"),
        pytest.param(desk.LookPurpose, looks.STATED, id="for what they look"),
        pytest.param(desk.Reason, incident.Reason, id="reasons"),
        pytest.param(desk.Scope, consent.Scope, id="scopes of a consent"),
        pytest.param(desk.SetAside, owed_mail.SetAside, id="why a mail is set aside"),
        pytest.param([desk.INCIDENT_SCHEMA], [queue_message.SCHEMA], id="schema of a message"),
    ],
)
def test_the_desk_has_exactly_the_words_of_the_service(
    copies: Iterable[str], originals: Iterable[str]
) -> None:
    assert sorted(copies) == sorted(originals)


@pytest.mark.parametrize(
    ("copies", "originals"),
    [
        pytest.param(desk.EntryKind, history.Kind, id="kinds of entries"),
        pytest.param([desk.BY_PHONE], incident.Channel, id="how it came"),
        pytest.param(
            [
                desk.RESOLVED,
                desk.MAIL_SET_ASIDE,
                desk.ENDING,
                desk.REFUSED,
                desk.TAKEN_OVER,
                desk.HANDED_OVER,
            ],
            history.Done,
            id="what was done",
        ),
        pytest.param(set(desk.Problem) - {desk.Problem.REFUSED}, ProblemName, id="problems"),
    ],
)
def test_every_word_that_the_desk_acts_on_is_one_of_the_services(
    copies: Iterable[str], originals: Iterable[str]
) -> None:
    assert set(copies) <= set(originals)


def test_the_service_names_its_problems_as_the_desk_reads_them() -> None:
    text = Message("There is a problem")
    told = Problem(HTTPStatus.BAD_REQUEST, ProblemName.INVALID, text, text).body(Language.ENGLISH)
    assert told["type"] == f"{desk.PROBLEM_TYPE}invalid"


def test_the_gateways_own_refusal_has_the_name_that_the_desk_knows() -> None:
    assert f"{desk.PROBLEM_TYPE}{desk.Problem.REFUSED}" in str(TEMPLATE)
