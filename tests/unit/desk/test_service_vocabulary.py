"""The desk's copies of the service's words are what the service says."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

import suport
from desk import service_vocabulary as desk
from desk.texts.canned_replies import SHIPPED
from suport import consent, incident, owed_mail, routing
from tests.template import TEMPLATE

SOURCES = [ast.parse(path.read_text()) for path in Path(suport.__path__[0]).rglob("*.py")]
NODES = [node for source in SOURCES for node in ast.walk(source)]
LITERALS = {node.value for node in NODES if isinstance(node, ast.Constant)}
PROBLEMS = {
    argument.value
    for node in NODES
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Problem")
    for argument in node.args[1:2]
    if isinstance(argument, ast.Constant)
}


@pytest.mark.parametrize(
    ("copies", "originals"),
    [
        pytest.param(desk.Category, incident.Category, id="categories"),
        pytest.param([each.name for each in SHIPPED.iterdir()], incident.Category, id="replies"),
        pytest.param(desk.Language, incident.Language, id="languages"),
        pytest.param([*desk.OpenStatus, desk.RESOLVED], incident.Status, id="statuses"),
        pytest.param(desk.Reason, incident.Reason, id="reasons"),
        pytest.param([desk.ACCESSIBILITY], incident.Topic, id="topics"),
        pytest.param(desk.Scope, consent.Scope, id="scopes of a consent"),
        pytest.param(desk.SetAside, owed_mail.SetAside, id="why a mail is set aside"),
        pytest.param([desk.INCIDENT_SCHEMA], [routing.SCHEMA], id="schema of a message"),
    ],
)
def test_the_desk_has_exactly_the_words_of_the_service(
    copies: Iterable[str], originals: Iterable[str]
) -> None:
    assert sorted(copies) == sorted(originals)


@pytest.mark.parametrize(
    ("copies", "originals"),
    [
        pytest.param(desk.EntryKind, set(incident.Kind), id="kinds of entries"),
        pytest.param([desk.BY_PHONE], {incident.Origin.PHONE}, id="origin"),
        pytest.param(
            [desk.OPERATOR, desk.RESOLVED, desk.MAIL_SET_ASIDE, desk.ENDING, desk.PROBLEM_TYPE],
            LITERALS,
            id="authors, actions, the beginning of a problem's type",
        ),
        pytest.param(set(desk.Problem) - {desk.Problem.REFUSED}, PROBLEMS, id="problems"),
    ],
)
def test_every_word_on_which_the_desk_acts_is_one_of_the_services(
    copies: Iterable[str], originals: set[str]
) -> None:
    assert set(copies) <= originals


def test_the_gateways_own_refusal_has_the_name_that_the_desk_knows() -> None:
    assert f"{desk.PROBLEM_TYPE}{desk.Problem.REFUSED}" in str(TEMPLATE)
