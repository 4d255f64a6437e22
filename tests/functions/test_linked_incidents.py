"""Incidents of a known problem as their team meets them: linked, marked, passed over."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from suport.domain.category import Category
from suport.domain.incident import Status
from suport.domain.known_problem import KnownProblem
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.reference import Reference
from suport.register.known_problems import new_id
from suport.register.other_tables import known_problems
from tests.support import desk
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.known_problems import a_problem
from tests.support.operators_api import OperatorsApi, refusal
from tests.support.operators_api import desk as api

__all__ = ["api", "desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


@pytest.fixture
def pau(desks: Desks) -> DeskBrowser:
    return desks.signed_in("pau", SIGNATURE)


def opened(desks: Desks, **changes: Any) -> KnownProblem:
    return known_problems().open(a_problem(id=new_id(desks.now), **changes), desks.now)


def offered(browser: DeskBrowser, reference: Reference) -> list[str]:
    """The known problems that the incident's page offers, in order."""
    page = browser.open(reference).page
    return [
        each.attributes.get("value") or ""
        for each in page.within("main").walk()
        if each.tag == "option"
    ]


def queued(reference: Reference) -> None:
    url = boto3.client("sqs").get_queue_url(QueueName="payment")["QueueUrl"]
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=desk.message(reference))


def test_an_operator_links_an_incident_on_its_page_and_undoes_it(
    desks: Desks, marta: DeskBrowser
) -> None:
    problem, reference = opened(desks), desks.submitted()
    marta.post("claim", {"reference": reference})
    answer = marta.on(reference, "link-problem", problem=problem.id)
    page = marta.follow(answer)
    assert "The incident has been linked to the known problem." in page.page.text
    assert page.page.said_by("linked-to") == problem.titles[Language.ENGLISH]
    linked = desks.incident(reference)
    assert (linked.known_problem, linked.claimed_by) == (problem.id, None)
    answer = marta.on(reference, "unlink-problem")
    assert "no longer linked" in marta.follow(answer).page.text
    assert desks.incident(reference).known_problem is None


def test_a_page_that_is_old_undoes_no_link_to_another_problem(
    desks: Desks, marta: DeskBrowser
) -> None:
    first, second, reference = opened(desks), opened(desks), desks.submitted()
    desks.register.link_problem(reference, "eva", None, first.id, desks.now)
    form = dict(marta.open(reference).page.forms)["unlink-problem"]
    desks.register.link_problem(reference, "eva", None, second.id, desks.now)
    refused = marta.post("unlink-problem", form)
    assert refused.status == 412
    assert "now linked to another known problem" in refused.page.text
    assert desks.incident(reference).known_problem == second.id
    caterina = desks.signed_in("caterina", roles=[Role.EDITOR])
    stale = {"problem": first.id, "reference": reference, "key": "1" * 26}
    assert caterina.post("unlink", stale).status == 412
    assert desks.incident(reference).known_problem == second.id


def test_the_likeliest_of_the_open_problems_of_the_category_is_offered_first(
    desks: Desks, marta: DeskBrowser
) -> None:
    """The incident states error 190."""
    reference = desks.submitted()
    of_190 = opened(desks, errors=frozenset({"190"}), since=desks.now - timedelta(days=9))
    of_184 = opened(desks, errors=frozenset({"184"}), since=desks.now)
    opened(desks, categories=frozenset({SIGNATURE}))
    solved = opened(desks)
    known_problems().solve(solved.id, "eva", desks.now)
    assert offered(marta, reference) == [of_190.id, of_184.id]


def test_without_an_open_problem_there_is_nothing_to_choose(
    desks: Desks, marta: DeskBrowser
) -> None:
    reference = desks.submitted()
    assert "link-problem" not in dict(marta.open(reference).page.forms)


@pytest.mark.parametrize("stated", ["", "no-such", "0" * 26])
def test_what_is_no_open_problem_is_refused_and_nothing_typed_is_lost(
    desks: Desks, marta: DeskBrowser, stated: str
) -> None:
    opened(desks)
    of_others, reference = opened(desks, categories=frozenset({SIGNATURE})), desks.submitted()
    for each in (stated, of_others.id):
        form = {"reference": reference, "problem": each, "note": "half a note"}
        answer = marta.post("link-problem", form)
        assert answer.status == 422
        assert "Choose one of the open known problems." in answer.page.text
        assert "half a note" in answer.body
    assert desks.incident(reference).known_problem is None


def test_another_team_links_nothing(desks: Desks, pau: DeskBrowser) -> None:
    problem, reference = opened(desks), desks.submitted()
    for form in ("link-problem", "unlink-problem"):
        answer = pau.post(form, {"reference": reference, "problem": problem.id})
        assert answer.status == 403
    assert desks.incident(reference).known_problem is None


def test_the_list_marks_linked_incidents_puts_them_last_and_shows_them_alone(
    desks: Desks, marta: DeskBrowser
) -> None:
    problem = opened(desks)
    linked, other = desks.submitted(), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    rows = [each.text for each in marta.get("list", view="team").page.all if each.tag == "tr"][1:]
    assert [row.partition(" ")[0] for row in rows] == [other, linked]
    assert [("Known problem" in row) for row in rows] == [False, True]
    only = marta.get("list", view="team", linked="on").page
    assert linked in only.text
    assert other not in only.text
    assert only.within("main").values.get("linked") == "on"


def test_the_next_of_the_queue_is_no_linked_one_until_its_citizen_writes(
    desks: Desks, marta: DeskBrowser
) -> None:
    problem = opened(desks)
    linked, other = desks.submitted(), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    queued(linked)
    queued(other)
    assert other in (marta.post("next", {"team": "payment"}).location or "")
    assert "nothing-waits" in (marta.post("next", {"team": "payment"}).location or "")
    assert desks.incident(linked).claimed_by is None
    desks.register.add_citizen_message(linked, "I paid twice!", desks.now)
    assert desks.incident(linked).route_reason  # the stream sends another message
    queued(linked)
    assert linked in (marta.post("next", {"team": "payment"}).location or "")


def test_once_its_problem_is_solved_an_incident_that_was_left_out_is_taken_as_any_other(
    desks: Desks, marta: DeskBrowser
) -> None:
    problem, linked = opened(desks), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    known_problems().solve(problem.id, "eva", desks.now)
    queued(linked)
    assert linked in (marta.post("next", {"team": "payment"}).location or "")
    assert desks.incident(linked).status is Status.CLAIMED
    assert marta.open(linked).page.said_by("linked-to") == problem.titles[Language.ENGLISH]


# ---------------------------------------------------------------------- the operators' API

FROM_QUEUE = {"from": "queue"}


def test_the_api_refuses_a_claim_from_the_queue_of_what_is_left_to_an_open_problem(
    desks: Desks, api: OperatorsApi
) -> None:
    problem, linked = opened(desks), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    answer = api.on("claim", reference=linked, query=FROM_QUEUE)
    assert refusal(answer) == (409, "answered-together")
    assert desks.incident(linked).claimed_by is None
    known_problems().solve(problem.id, "eva", desks.now)
    assert api.on("claim", reference=linked, query=FROM_QUEUE)[1]["claimed_by"] == "anna"


def test_the_api_gives_out_what_is_linked_once_its_citizen_has_written(
    desks: Desks, api: OperatorsApi
) -> None:
    problem, linked = opened(desks), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    desks.register.add_citizen_message(linked, "I paid twice!", desks.now)
    assert api.on("claim", reference=linked, query=FROM_QUEUE)[0] == 200


def test_the_api_refuses_a_claim_from_the_queue_of_what_follows_another_incident(
    desks: Desks, api: OperatorsApi
) -> None:
    leader, follower = desks.submitted(), desks.submitted()
    desks.register.claim(leader, "anna", PAYMENT, desks.now)
    desks.register.follow(follower, "anna", PAYMENT, leader, desks.now)
    answer = api.on("claim", reference=follower, query=FROM_QUEUE)
    assert refusal(answer) == (409, "answered-together")
    assert api.on("claim", reference=follower)[0] == 200  # an operator who names it may have it


def test_the_api_refuses_a_claim_from_the_queue_of_what_waits_for_its_citizen(
    api: OperatorsApi,
) -> None:
    api.on("claim", name="bert")
    api.on("messages", {"body": "Which bank?", "ask": True}, name="bert")
    assert refusal(api.on("claim", query=FROM_QUEUE)) == (409, "waits-for-citizen")
    assert api.incident.claimed_by == "bert"


def test_a_claim_from_the_queue_of_another_teams_incident_is_refused_and_recorded(
    desks: Desks, api: OperatorsApi
) -> None:
    problem, linked = opened(desks), desks.submitted()
    desks.register.link_problem(linked, "eva", None, problem.id, desks.now)
    signature: dict[str, Any] = {"reference": linked, "role": "signature-role"}
    answer = api.on("claim", query=FROM_QUEUE, **signature)
    assert refusal(answer) == (403, "other-team")


def test_a_claim_may_come_from_the_queue_only(api: OperatorsApi) -> None:
    answer = api.on("claim", query={"from": "shelf"})
    assert refusal(answer) == (422, "invalid")
    assert [each["field"] for each in answer[1]["errors"]] == ["from"]
