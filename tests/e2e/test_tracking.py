"""Citizens see their incident and add to it with reference and access code; nobody else can."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.support.service import CONTACT, DESCRIPTION, Answer, Service

OTHERS_CODE = "0000-0000-0000-0000-0000-0000-0000"
NOBODYS_REFERENCE = "0000-0000-0000"  # its check character is right
GRANT = {"scope": "view", "action": "grant", "language": "ca", "notice_sha256": "0" * 64}


def undisturbed(service: Service) -> dict[str, Any]:
    """The receipt of an incident whose history no longer grows by itself.

    No other incident has its address: the service would set aside an acknowledgement too many for
    one address, and the history would show that.
    """
    email = f"xisca.{uuid4().hex}@example.test"
    service.private.add(email)
    return service.routed(contact=CONTACT | {"email": email})


@pytest.fixture(scope="module")
def receipt(service: Service) -> dict[str, Any]:
    return undisturbed(service)


def address(receipt: dict[str, Any]) -> str:
    return f"/v1/incidents/{receipt['reference']}"


@pytest.fixture(scope="module")
def view(service: Service, receipt: dict[str, Any]) -> Answer:
    return service.get(address(receipt), receipt["access_code"])


def test_citizen_sees_the_incident(view: Answer) -> None:
    shown = view.json()
    assert (view.status, shown["status"], shown["description"]) == (200, "queued", DESCRIPTION)


def test_contact_is_masked(view: Answer) -> None:
    assert view.json()["contact"] == {
        "name": "X… Q…",
        "email": "x…@example.test",
        "phone": "…26",
        "dial": "…26",
        "nif": "…0T",
        "availability": CONTACT["availability"],
    }


def test_history_shows_that_the_team_has_the_incident(view: Answer) -> None:
    (entry,) = view.json()["history"]
    assert (entry["kind"], entry["action"], entry["reason"]) == ("action", "queued", "submitted")


def test_links_of_the_receipt_lead_to_the_incident(
    service: Service, receipt: dict[str, Any], view: Answer
) -> None:
    # relative to /v1/incidents, the address of the POST
    followed = service.get(f"/v1/{receipt['links']['self']}", receipt["access_code"])
    assert followed.body == view.body


@pytest.mark.parametrize(
    "written",
    [str.lower, lambda text: text.replace("-", ""), lambda text: text.replace("-", "%20")],
    ids=["lower case", "ungrouped", "in groups by spaces"],
)
def test_reference_is_read_as_people_write_it(
    service: Service, receipt: dict[str, Any], view: Answer, written: Any
) -> None:
    path = f"/v1/incidents/{written(receipt['reference'])}"
    assert service.get(path, receipt["access_code"]).body == view.body


def test_letter_o_is_read_as_zero(service: Service) -> None:
    receipt = service.submitted()
    while "0" not in receipt["reference"]:
        receipt = service.submitted()
    misread = receipt["reference"].replace("0", "O")
    answer = service.get(f"/v1/incidents/{misread}", receipt["access_code"])
    assert answer.json()["reference"] == receipt["reference"]


def test_access_code_is_read_as_people_write_it(
    service: Service, receipt: dict[str, Any], view: Answer
) -> None:
    code = receipt["access_code"].lower().replace("-", " ").replace("0", "o")
    assert service.get(address(receipt), code).body == view.body


def test_wrong_code_and_unknown_reference_get_the_same_answer(
    service: Service, receipt: dict[str, Any]
) -> None:
    answers = [
        service.get(address(receipt), OTHERS_CODE),
        service.get(f"/v1/incidents/{NOBODYS_REFERENCE}", receipt["access_code"]),
        service.get("/v1/incidents/ABCD", receipt["access_code"]),
    ]
    assert {(each.status, each.body) for each in answers} == {(404, answers[0].body)}


@pytest.mark.parametrize("part", ["/messages", "/consents"])
def test_nothing_is_added_with_a_wrong_code(
    service: Service, receipt: dict[str, Any], part: str
) -> None:
    sent = {"body": "Hola?"} if part == "/messages" else GRANT
    assert service.post(address(receipt) + part, sent, OTHERS_CODE).status == 404


def test_code_of_another_incident_opens_nothing(service: Service, receipt: dict[str, Any]) -> None:
    other = service.submitted()
    assert service.get(address(receipt), other["access_code"]).status == 404


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic eDp5"])
def test_request_without_a_code_is_asked_for_one(
    service: Service, receipt: dict[str, Any], authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = service.get(address(receipt), **headers)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="suport"')


def test_message_shows_up_in_the_history(service: Service) -> None:
    receipt = undisturbed(service)
    body = "Ara sí:\nl·l, ç i 🧾."
    posted = service.post(f"{address(receipt)}/messages", {"body": body}, receipt["access_code"])
    last = service.get(address(receipt), receipt["access_code"]).json()["history"][0]
    assert (posted.status, last["kind"], last["by"], last["body"]) == (
        201,
        "message",
        "citizen",
        body,
    )


def test_messages_are_shown_newest_first(service: Service) -> None:
    receipt = service.routed()
    bodies = [f"Missatge {number}" for number in range(5)]
    for body in bodies:
        service.post(f"{address(receipt)}/messages", {"body": body}, receipt["access_code"])
    history = service.get(address(receipt), receipt["access_code"]).json()["history"]
    shown = [entry["body"] for entry in history if entry["kind"] == "message"]
    assert shown == bodies[::-1]


def test_history_can_be_read_before_a_given_entry(service: Service) -> None:
    receipt = undisturbed(service)
    for body in ("El primer", "El segon"):
        service.post(f"{address(receipt)}/messages", {"body": body}, receipt["access_code"])
    newest, *older = service.get(address(receipt), receipt["access_code"]).json()["history"]
    earlier = f"{address(receipt)}?before={newest['entry']}"
    assert service.get(earlier, receipt["access_code"]).json()["history"] == older
    wrong = service.get(f"{address(receipt)}?before=x", receipt["access_code"])
    assert (wrong.status, wrong.wrong_fields) == (422, ["before"])


def test_the_twenty_first_message_of_a_day_is_refused(service: Service) -> None:
    receipt = service.routed()
    path = f"{address(receipt)}/messages"
    answers = [
        service.post(path, {"body": f"Missatge {number}"}, receipt["access_code"])
        for number in range(21)
    ]
    assert [each.status for each in answers] == [201] * 20 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 25 * 3600


def test_messages_at_once_are_all_kept(service: Service) -> None:
    receipt = service.routed()
    bodies = {f"Missatge {number}" for number in range(3)}

    def send(body: str) -> int:
        path = f"{address(receipt)}/messages"
        return service.post(path, {"body": body}, receipt["access_code"]).status

    with ThreadPoolExecutor(len(bodies)) as windows:
        answers = list(windows.map(send, bodies))
    history = service.get(address(receipt), receipt["access_code"]).json()["history"]
    kept = {entry["body"] for entry in history if entry["kind"] == "message"}
    assert (answers, kept) == ([201] * len(bodies), bodies)


def test_message_before_queueing_neither_stops_nor_doubles_the_incident(
    service: Service,
) -> None:
    receipt = service.submitted()
    sent = {"body": "I una cosa més."}
    service.post(f"{address(receipt)}/messages", sent, receipt["access_code"])
    service.settle()
    assert service.incident(receipt["reference"])["status"] == "queued"
    assert len(service.inbox.of(receipt["reference"])) == 1


@pytest.mark.parametrize(
    "path", ["%00", "%F0%9F%A7%BE", "%ff", "..", "a%2Fb", "0" * 5000, "0000-0000-000%C4%B1"]
)
def test_odd_reference_opens_nothing(service: Service, path: str) -> None:
    assert service.get(f"/v1/incidents/{path}", OTHERS_CODE).status in {403, 404}


@pytest.mark.parametrize("code", ["\xe9" * 28, "\xdf", "0" * 10_000])
def test_odd_code_opens_nothing(service: Service, receipt: dict[str, Any], code: str) -> None:
    assert service.get(address(receipt), code).status == 404


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "body"),
        ({"body": "  "}, "body"),
        ({"body": 5}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"body": "hola\0"}, "body"),
        ({"body": "hola", "by": "operator"}, "by"),
    ],
)
def test_bad_message_is_refused(
    service: Service, receipt: dict[str, Any], sent: dict[str, Any], wrong: str
) -> None:
    answer = service.post(f"{address(receipt)}/messages", sent, receipt["access_code"])
    assert (answer.status, answer.wrong_fields) == (422, [wrong])


@pytest.fixture(scope="module")
def expired(service: Service) -> dict[str, Any]:
    """An expired incident that the table has not deleted yet."""
    receipt = service.routed()
    service.change_incident(receipt["reference"], expires_at=int(time.time()) - 1)
    return receipt


def test_expired_incident_is_not_shown(service: Service, expired: dict[str, Any]) -> None:
    assert service.get(address(expired), expired["access_code"]).status == 404


def test_expired_incident_takes_no_message(service: Service, expired: dict[str, Any]) -> None:
    sent = {"body": "Hi ha algú?"}
    answer = service.post(f"{address(expired)}/messages", sent, expired["access_code"])
    assert answer.status == 404


def test_expired_incident_takes_no_consent(service: Service, expired: dict[str, Any]) -> None:
    shown = service.get("/v1/remote-support-notice?language=ca").json()
    sent = GRANT | {"notice_sha256": shown["sha256"]}
    answer = service.post(f"{address(expired)}/consents", sent, expired["access_code"])
    assert answer.status == 404


def test_expired_incident_has_no_consent_to_withdraw(
    service: Service, expired: dict[str, Any]
) -> None:
    sent = {"scope": "view", "action": "withdraw", "language": "ca"}
    answer = service.post(f"{address(expired)}/consents", sent, expired["access_code"])
    assert answer.status == 404
