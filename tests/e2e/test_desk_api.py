"""The support teams' API, with IAM: each role reaches only its team's incidents and queues."""

import http.client
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from suport.domain.category import Category
from tests.support.operator import Operator, Signed, officer, operator, queue_of, role_of
from tests.support.patience import await_truth
from tests.support.service import (
    CONTACT,
    JSON,
    RECORDED_CONTACT,
    Answer,
    Service,
    answered,
    submission,
)
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

__all__ = ["officer", "operator"]

PAYMENT_ERROR = {"code": "190"}


@pytest.fixture(scope="module")
def anna(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.PAYMENT)


@pytest.fixture(scope="module")
def bert(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.PAYMENT)


@pytest.fixture(scope="module")
def carla(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.SIGNATURE)


@pytest.fixture
def reference(service: Service) -> str:
    """An incident in the queue of the payment team."""
    return str(service.routed(category="payment", error=PAYMENT_ERROR)["reference"])


def problem_of(answer: Answer) -> tuple[int, str]:
    assert answer.media_type == "application/problem+json", answer.text
    return answer.status, answer.json()["type"].removeprefix("urn:suport:problem:")


# --------------------------------------------------------------------- access


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/desk/incidents"),
        ("POST", "/v1/desk/incidents"),
        ("GET", "/v1/desk/incidents/0000-0000-0000"),
        ("POST", "/v1/desk/incidents/0000-0000-0000/claim"),
        ("GET", "/v1/desk/incidents/0000-0000-0000/files/0"),
        ("POST", "/v1/desk/incidents/0000-0000-0000/remote"),
        ("GET", "/v1/desk/incidents/0000-0000-0000/remote"),
        ("GET", "/v1/desk/incidents/0000-0000-0000/permissions"),
        ("GET", "/v1/desk/viewed/0000-0000-0000"),
        ("GET", "/v1/desk/stats"),
        ("GET", "/v1/desk/proofs/2026-11"),
        ("GET", "/v1/desk/reports/2026-11"),
    ],
)
def test_an_unsigned_request_is_refused(service: Service, method: str, path: str) -> None:
    body = b"{}" if method == "POST" else None
    answer = service.request(method, path, body, {"Content-Type": JSON} if body else {})
    assert answer.status == http.client.FORBIDDEN


def test_an_access_code_opens_nothing_at_the_desk(service: Service) -> None:
    receipt = service.submitted()
    path = f"/v1/desk/incidents/{receipt['reference']}"
    assert service.get(path, receipt["access_code"]).status == http.client.FORBIDDEN


def test_an_operator_without_a_team_gets_an_explanation(service: Service) -> None:
    """The account's own key may call every API but belongs to no team."""
    everything = Credentials("test", "test")
    nobody = Operator(service, "nobody", everything, Category.PAYMENT)
    assert problem_of(nobody.request("GET", "/incidents")) == (403, "no-team")


def test_a_teams_role_may_call_only_the_desks_part_of_the_api(anna: Operator) -> None:
    for statement in invoked(anna):
        address = statement["Resource"].partition("/suport/")[2].partition("/")[2]
        asked_for = address.removeprefix("v1/desk/").partition("/")[0]
        assert asked_for in {"incidents", "erased", "stats", "reports", "proofs"}


def invoked(operator: Operator) -> list[dict[str, Any]]:
    """The statements that let the role call an API."""
    iam: IAMClient = operator.service.aws.client("iam")
    role = role_of(operator.service, operator.team).rpartition("/")[2]
    found = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        found += [each for each in document["Statement"] if "execute-api" in str(each["Action"])]
    iam.close()
    assert found
    return found


# ------------------------------------------------------------------ the queue


def test_a_team_receives_messages_only_from_its_own_queues(
    service: Service, anna: Operator
) -> None:
    sqs = anna.client("sqs")
    own, dead = (queue_of(service, anna.team, kind) for kind in ("QUEUE", "DEAD_LETTER_QUEUE"))
    for url in (own, dead):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0, VisibilityTimeout=0)
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    others = [
        queue_of(service, team, kind)
        for team in Category
        if team is not anna.team
        for kind in ("QUEUE", "DEAD_LETTER_QUEUE")
    ]
    for url in others:
        refused(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=0)
    sqs.close()


def test_a_team_cannot_send_or_purge_messages_or_read_the_register(
    service: Service, anna: Operator
) -> None:
    sqs, dynamodb = anna.client("sqs"), anna.client("dynamodb")
    table = service.environment["REGISTER_TABLE"]
    key = {"reference": {"S": "0000-0000-0000"}, "entry": {"S": "incident"}}
    for url in (queue_of(service, team) for team in Category):
        refused(sqs.send_message, QueueUrl=url, MessageBody="{}")
    refused(sqs.purge_queue, QueueUrl=queue_of(service, anna.team))
    refused(dynamodb.scan, TableName=table)
    refused(dynamodb.get_item, TableName=table, Key=key)
    sqs.close()
    dynamodb.close()


def refused(call: Callable[..., Any], **arguments: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    assert "Denied" in refusal.value.response["Error"]["Code"]


# -------------------------------------------------------------- the incidents


def test_a_team_works_on_its_incidents_from_the_claim_to_the_solution(
    service: Service, anna: Operator, reference: str
) -> None:
    listed = anna.request("GET", "/incidents").json()["incidents"]
    assert reference in [each["reference"] for each in listed]

    seen = anna.on(reference).json()
    assert (seen["contact_shown"], seen["status"]) == (False, "queued")
    assert not set(CONTACT.values()) & set(seen["contact"].values())

    claimed = anna.on(reference, "claim")
    assert claimed.status == http.client.OK, claimed.text
    assert claimed.json()["contact"] == RECORDED_CONTACT
    assert claimed.json()["claimed_by"] == anna.name

    asked = anna.on(reference, "messages", {"body": "Quin error us surt?", "ask": True})
    assert (asked.status, asked.json()["status"]) == (201, "waiting")
    assert anna.on(reference, "notes", {"body": "Ja ha pagat."}).status == http.client.CREATED

    resolved = anna.on(reference, "resolve", {"body": "Ja està registrat."})
    assert (resolved.status, resolved.json()["status"]) == (200, "resolved")
    done = [each["action"] for each in service.actions(reference)]
    assert [each for each in done if each != "mail_set_aside"] == [
        *("queued", "viewed", "claimed", "viewed", "asked", "resolved")
    ]
    listed = anna.request("GET", "/incidents").json()["incidents"]
    assert reference not in [each["reference"] for each in listed]
    service.private.update({"Quin error us surt?", "Ja ha pagat.", "Ja està registrat."})


def test_another_team_is_refused_and_its_attempts_are_recorded(
    service: Service, carla: Operator, reference: str
) -> None:
    before = service.incident(reference)["status"]
    for answer in (carla.on(reference), carla.on(reference, "claim")):
        assert problem_of(answer) == (403, "other-team")
        assert CONTACT["phone"] not in answer.text
    tried = [each for each in service.actions(reference) if each["action"] == "refused"]
    assert [(each["operator"], each["team"]) for each in tried] == [(carla.name, "signature")] * 2
    assert service.incident(reference)["status"] == before


def test_of_two_claims_at_once_one_wins_and_the_refusal_names_the_winner(
    anna: Operator, bert: Operator, reference: str
) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda who: who.on(reference, "claim"), (anna, bert))
    won, lost = sorted((first, second), key=lambda answer: answer.status)
    assert won.status == http.client.OK, won.text
    assert problem_of(lost) == (409, "claimed-by-another")
    winner = anna if won is first else bert
    assert won.json()["claimed_by"] == lost.json()["claimed_by"] == winner.name
    assert CONTACT["phone"] not in lost.text


def test_the_body_of_a_request_cannot_choose_the_operator(anna: Operator, reference: str) -> None:
    claimed = anna.on(reference, "claim", {"operator": "somebody", "category": "signature"})
    assert claimed.json()["claimed_by"] == anna.name
    answer = anna.on(reference, "notes", {"body": "Fet.", "operator": "somebody"})
    assert (answer.status, answer.wrong_fields) == (422, ["operator"])


def test_a_retried_message_is_recorded_once(
    service: Service, anna: Operator, reference: str
) -> None:
    anna.on(reference, "claim")
    key = secrets.token_urlsafe()
    sent = {"body": "Torneu-ho a provar, per favor."}
    answers = [anna.on(reference, "messages", sent, **{"Idempotency-Key": key}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    messages = [item for item in service.items(reference) if item["kind"] == "message"]
    assert [item["content"]["operator"] for item in messages] == [anna.name]


def test_a_transferred_incident_reaches_the_other_team(
    service: Service, anna: Operator, carla: Operator, reference: str
) -> None:
    anna.on(reference, "claim")
    given = anna.on(reference, "transfer", {"category": "signature", "reason": "És de firma."})
    assert given.json() == {"reference": reference, "category": "signature", "status": "queued"}
    assert problem_of(anna.on(reference)) == (403, "other-team")
    assert carla.on(reference).status == http.client.OK

    def passed_on() -> bool:
        service.inbox.take()
        return [(team, told["reason"]) for team, told in service.inbox.of(reference)][1:] == [
            ("signature", "transferred")
        ]

    await_truth(passed_on)


def test_a_phone_call_becomes_an_incident_of_the_team_of_its_category(
    service: Service, carla: Operator
) -> None:
    key = {"Idempotency-Key": secrets.token_urlsafe()}
    told = submission(category="payment", error=PAYMENT_ERROR)
    made = carla.request("POST", "/incidents", told, **key)
    assert (made.status, made.json()["category"]) == (201, "payment"), made.text
    assert carla.request("POST", "/incidents", told, **key).json() == made.json()
    reference = made.json()["reference"]
    assert service.inbox.await_message(reference)[0] == "payment"
    assert service.incident(reference)["origin"] == "phone"
    (phoned,) = [each for each in service.actions(reference) if each["action"] == "phoned"]
    assert phoned["operator"] == carla.name


# ---------------------------------------------------------- overdue incidents


def test_an_overdue_incident_is_requeued_once(service: Service, reference: str) -> None:
    service.change_incident(reference, due_at="2026-01-01T00:00:00.000Z")
    watch(service)
    (woken,) = [each for each in service.actions(reference) if each["action"] == "requeued"]
    assert woken["by"] == "service"

    def came_again() -> bool:
        service.inbox.take()
        return [told["reason"] for _, told in service.inbox.of(reference)][1:] == ["requeued"]

    await_truth(came_again)
    watch(service)
    assert len([each for each in service.actions(reference) if each["action"] == "requeued"]) == 1


def watch(service: Service) -> None:
    """Invokes the function that the schedule invokes."""
    scheduler = service.aws.client("scheduler")
    functions: LambdaClient = service.aws.client("lambda")
    (schedule,) = [
        scheduler.get_schedule(Name=each["Name"])
        for each in scheduler.list_schedules()["Schedules"]
        if "WatchIncidents" in each["Name"]
    ]
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    answer = functions.invoke(FunctionName=schedule["Target"]["Arn"], Payload=b"{}")
    assert "FunctionError" not in answer
    scheduler.close()
    functions.close()


# ------------------------------------------------------------------ the files


def test_only_the_operator_with_the_claim_can_open_the_file_and_only_as_it_arrived(
    service: Service,
    store: "S3Client",
    anna: Operator,
    bert: Operator,
) -> None:
    made = service.routed(category="payment", error=PAYMENT_ERROR)
    citizen = Uploader(service, store, made["reference"])
    file = citizen.add(PDF)
    citizen.await_added(file)
    assert problem_of(bert.on(citizen.reference, f"files/{file}")) == (409, "not-claimed")
    anna.on(citizen.reference, "claim")
    assert problem_of(bert.on(citizen.reference, f"files/{file}")) == (409, "claimed-by-another")

    link = anna.on(citizen.reference, f"files/{file}").json()

    def fetched(condition: dict[str, str]) -> Answer:
        return answered("GET", link["url"], headers=condition)

    got = fetched(link["headers"])
    assert (got.status, got.body) == (200, PDF), got.text
    assert got.headers["Content-Disposition"] == (
        f'attachment; filename="{citizen.reference}-1.pdf"'
    )
    assert link["expires_in"] == int(parse_qs(urlsplit(link["url"]).query)["X-Amz-Expires"][0])
    assert fetched({}).status == http.client.FORBIDDEN  # the condition is signed
    assert fetched({"If-Match": '"0"'}).status == http.client.FORBIDDEN
    looks = [each for each in service.actions(citizen.reference) if each.get("file") == file]
    assert [(each["action"], each["operator"]) for each in looks] == [
        *[("refused", bert.name)] * 2,
        ("viewed", anna.name),
    ]

    key = f"{citizen.reference}/{file}"
    store.put_object(Bucket=citizen.bucket, Key=key, Body=PDF + b"another")
    assert fetched(link["headers"]).status in {404, 412}


# ----------------------------------------------------------------- who looked


def test_data_protection_sees_who_looked_and_the_citizen_sees_which_team(
    service: Service, anna: Operator, bert: Operator, carla: Operator, officer: Signed
) -> None:
    receipt = service.routed(category="payment", error=PAYMENT_ERROR)
    reference, code = receipt["reference"], receipt["access_code"]
    assert bert.request("GET", f"/incidents/{reference}?purpose=handover").status == 200
    assert anna.on(reference, "claim").status == 200
    assert problem_of(carla.on(reference)) == (403, "other-team")
    answer = officer.request("GET", f"/viewed/{reference}")
    assert answer.status == 200, answer.text
    assert [
        (each["action"], each["operator"], each["team"], each["purpose"], each["contact"])
        for each in answer.json()["looks"]
    ] == [
        ("viewed", officer.name, None, "audit", False),
        ("refused", carla.name, "signature", None, None),
        ("viewed", anna.name, "payment", "claim", True),
        ("viewed", bert.name, "payment", "handover", False),
    ]
    assert not [each for each in RECORDED_CONTACT.values() if each in answer.text]
    seen = service.get(f"/v1/incidents/{reference}", code)
    told = [each for each in seen.json()["history"] if each.get("action") == "viewed"]
    assert [(each["by"], each.get("team"), each["purpose"]) for each in told] == [
        ("data_protection", None, "audit"),
        ("operator", "payment", "claim"),
        ("operator", "payment", "handover"),
    ]
    assert not [each for each in (anna, bert, carla, officer) if each.name in seen.text]


def asked_for(service: Service, reference: str) -> list[str]:
    """Who looked at the incident, or was refused by the service."""
    found = [each for each in service.actions(reference) if each["action"] in {"viewed", "refused"}]
    return [each["operator"] for each in found]


def test_aws_itself_lets_no_team_ask_who_looked(
    service: Service, reference: str, anna: Operator, carla: Operator
) -> None:
    for operator_of_a_team in (anna, carla):
        answer = operator_of_a_team.request("GET", f"/viewed/{reference}")
        assert (answer.status, "not-data-protection" in answer.text) == (403, False)
    assert asked_for(service, reference) == []


def test_aws_itself_lets_data_protection_do_nothing_else_but_read_the_proofs(
    service: Service, reference: str, officer: Signed
) -> None:
    answers = [officer.request("GET", path) for path in ("/incidents", "/stats")]
    answers += [officer.on(reference), officer.on(reference, "claim")]
    assert [each.status for each in answers] == [403] * len(answers)
    assert not [each.text for each in answers if "no-team" in each.text]
    assert problem_of(officer.request("GET", "/proofs/2019-02")) == (404, "no-such-proof")
    queue = queue_of(service, Category.PAYMENT)
    refused(officer.client("sqs").receive_message, QueueUrl=queue, WaitTimeSeconds=0)
    refused(officer.client("dynamodb").scan, TableName=service.environment["REGISTER_TABLE"])
    assert asked_for(service, reference) == []


def test_a_code_that_an_operator_has_replaced_opens_nothing_any_more(
    service: Service, anna: Operator
) -> None:
    made = service.routed(category="payment", error=PAYMENT_ERROR)
    anna.on(made["reference"], "claim")
    assert anna.on(made["reference"], "access-code").status == 201
    address = f"{service.environment['API_URL']}/v1/incidents/{made['reference']}"
    with_the_old = {"Authorization": f"Bearer {made['access_code']}"}
    assert answered("GET", address, headers=with_the_old).status == 404
