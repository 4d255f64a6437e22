"""One answer to many incidents, by the deployed functions: started, and taken up by the watcher."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from suport.domain import group_answer
from suport.domain.category import Category
from suport.domain.group_answer import Act, GroupAnswer
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.domain.search_terms import leader_term
from suport.register.known_problems import KnownProblems, new_id
from suport.register.register import Register
from tests.support.operator_desk import Desk
from tests.support.patience import await_truth
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda import LambdaClient

BODIES = {each: f"Ja torna a funcionar ({each})." for each in Language}


@pytest.fixture(scope="module")
def functions(service: Service) -> "Iterator[LambdaClient]":
    client: LambdaClient = service.aws.client("lambda")
    yield client
    client.close()


@pytest.fixture(scope="module")
def jobs(service: Service) -> KnownProblems:
    return KnownProblems(service.dynamodb, service.environment["KNOWN_PROBLEMS_TABLE"])


def named(functions: "LambdaClient", logical_id: str) -> str:
    pages = functions.get_paginator("list_functions").paginate()
    names = [each["FunctionName"] for page in pages for each in page["Functions"]]
    (name,) = [name for name in names if f"-{logical_id}-" in name]
    return name


def linked(service: Service, problem: str) -> dict[Reference, Language]:
    """An incident in each language, linked to that known problem."""
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])
    made = {}
    for language in Language:
        receipt = service.submitted(category="payment", error={"code": "190"}, language=language)
        reference = Reference(receipt["reference"])
        register.link_problem(reference, "eva", None, problem, datetime.now(UTC))
        made[reference] = language
    return made


def begun(jobs: KnownProblems, problem: str, act: Act, references: list[Reference]) -> GroupAnswer:
    now = datetime.now(UTC)
    return jobs.begin(
        group_answer.begun(
            id=new_id(now),
            problem=problem,
            act=act,
            bodies=BODIES,
            references=tuple(references),
            by="eva",
            now=now,
        )
    )


def test_each_citizen_gets_one_mail_in_their_language_whoever_starts_the_work(
    service: Service, jobs: KnownProblems, functions: "LambdaClient"
) -> None:
    problem = new_id(datetime.now(UTC))
    incidents = linked(service, problem)

    def is_finished(job: GroupAnswer) -> bool:
        found = jobs.job(job.owner, job.id, datetime.now(UTC))
        return bool(found and found.finished_at and found.answered == len(incidents))

    told = begun(jobs, problem, Act.TELL, [*incidents])
    functions.invoke(
        FunctionName=named(functions, "AnswerLinked"),
        InvocationType="Event",
        Payload=json.dumps({"owner": told.owner, "job": told.id}),
    )
    await_truth(lambda: is_finished(told))
    solved = begun(jobs, problem, Act.RESOLVE, [*incidents])  # nobody starts it
    functions.invoke(FunctionName=named(functions, "WatchIncidents"), Payload=b"{}")
    await_truth(lambda: is_finished(solved))
    for reference, language in incidents.items():
        entries = service.items(reference)
        bodies = [
            each["content"]["body"]
            for each in entries
            if each["kind"] == "message" and each["content"]["by"] == "operator"
        ]
        assert bodies == [BODIES[language]] * 2
        await_truth(partial(were_mailed, service, reference, ["reply", "solution"]))
        assert service.incident(reference)["status"] == "resolved"


def were_mailed(service: Service, reference: Reference, kinds: list[str]) -> bool:
    """Whether exactly these mails went to the incident's citizen, besides the receipt."""
    sent = [each["content"]["kind"] for each in service.items(reference) if each["kind"] == "mail"]
    return sorted(each for each in sent if each != "acknowledgement") == kinds


def test_what_the_command_line_answers_goes_to_those_that_follow_and_nothing_of_it_is_left(
    service: Service, jobs: KnownProblems, anna: Desk
) -> None:
    receipts = [service.routed(category="payment", error={"code": "190"}) for _ in range(2)]
    leader, follower = (Reference(each["reference"]) for each in receipts)
    assert anna("claim", leader).code == 0
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])
    register.follow(follower, "anna", Category.PAYMENT, leader, datetime.now(UTC))

    def is_found() -> bool:
        return (
            service.dynamodb.query(
                TableName=service.environment["SEARCH_INDEX_TABLE"],
                KeyConditionExpression="term = :term",
                ExpressionAttributeValues={":term": {"S": leader_term(leader)}},
            )["Items"]
            != []
        )

    await_truth(is_found)
    answered = anna("reply", leader, "--file", "-", "--yes", typed="Ja torna a funcionar. Qzrvwb.")
    assert answered.code == 0, answered.err

    def is_told() -> bool:
        written = [each for each in service.items(follower) if each["kind"] == "message"]
        return "Ja torna a funcionar. Qzrvwb." in [each["content"]["body"] for each in written]

    await_truth(is_told)
    assert jobs.jobs_of(f"incident/{leader}", datetime.now(UTC))
    erased = anna("erase", leader, "--confirm", leader)
    assert erased.code == 0, erased.err
    assert not jobs.jobs_of(f"incident/{leader}", datetime.now(UTC))
