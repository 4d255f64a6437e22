"""Remote support needs consent: to view first, then to control; withdrawal is as easy."""

import hashlib
from typing import Any

import pytest

from tests.support.service import Answer, Service


@pytest.fixture(scope="module")
def notice(service: Service) -> dict[str, str]:
    """The notice that the citizen has been shown, in German."""
    shown: dict[str, str] = service.get("/v1/remote-support-notice?language=de").json()
    return shown


class Incident:
    """An incident whose citizen gives and withdraws consents."""

    def __init__(self, service: Service, notice: dict[str, str]) -> None:
        receipt = service.routed()
        self._service = service
        self._notice = notice
        self._code = receipt["access_code"]
        self.reference = receipt["reference"]

    def consent(self, action: str, scope: str, /, **changes: Any) -> Answer:
        sent = {"scope": scope, "action": action, "language": "de"}
        if action == "grant":
            sent["notice_sha256"] = self._notice["sha256"]
        path = f"/v1/incidents/{self.reference}/consents"
        return self._service.post(path, sent | changes, self._code)

    @property
    def standing(self) -> list[str]:
        view = self._service.get(f"/v1/incidents/{self.reference}", self._code).json()
        consents: list[str] = view["consents"]
        return consents

    @property
    def recorded(self) -> list[dict[str, Any]]:
        """The consents' entries in the register, oldest first."""
        items = [item for item in self._service.items(self.reference) if item["kind"] == "consent"]
        return sorted(items, key=lambda item: str(item["entry"]))


@pytest.fixture
def incident(service: Service, notice: dict[str, str]) -> Incident:
    return Incident(service, notice)


def test_hash_of_the_notice_is_that_of_its_text(notice: dict[str, str]) -> None:
    assert notice["sha256"] == hashlib.sha256(notice["text"].encode()).hexdigest()


def test_notice_is_in_the_requested_language(notice: dict[str, str]) -> None:
    assert notice["language"] == "de"


def test_control_before_view_is_refused(incident: Incident) -> None:
    answer = incident.consent("grant", "control")
    assert (answer.status, answer.wrong_fields, incident.recorded) == (409, ["scope"], [])


def test_consent_to_another_text_is_refused(incident: Incident) -> None:
    answer = incident.consent("grant", "view", notice_sha256="0" * 64)
    assert (answer.status, answer.wrong_fields) == (422, ["notice_sha256"])


def test_refusal_names_the_current_notice(incident: Incident, notice: dict[str, str]) -> None:
    answer = incident.consent("grant", "view", notice_sha256="0" * 64)
    assert answer.json()["current_notice"] == {
        name: notice[name] for name in ("version", "language", "sha256")
    }


def test_consent_to_the_text_in_another_language_is_refused(incident: Incident) -> None:
    answer = incident.consent("grant", "view", language="ca")
    assert (answer.status, answer.json()["current_notice"]["language"]) == (422, "ca")


def test_consent_without_a_notice_is_refused(incident: Incident) -> None:
    answer = incident.consent("grant", "view", notice_sha256="")
    assert (answer.status, answer.wrong_fields) == (422, ["notice_sha256"])


@pytest.mark.parametrize(
    ("wrong", "value"), [("scope", "all"), ("action", "give"), ("language", "fr"), ("by", "me")]
)
def test_bad_consent_is_refused_with_the_name_of_its_field(
    incident: Incident, wrong: str, value: str
) -> None:
    answer = incident.consent("grant", "view", **{wrong: value})
    assert (answer.status, answer.wrong_fields) == (422, [wrong])


def test_both_consents_are_in_force_when_given(incident: Incident) -> None:
    incident.consent("grant", "view")
    incident.consent("grant", "control")
    assert incident.standing == ["view", "control"]


def test_withdrawing_control_leaves_view(incident: Incident) -> None:
    incident.consent("grant", "view")
    incident.consent("grant", "control")
    incident.consent("withdraw", "control")
    assert incident.standing == ["view"]


def test_withdrawing_view_withdraws_control(incident: Incident) -> None:
    incident.consent("grant", "view")
    incident.consent("grant", "control")
    withdrawn = incident.consent("withdraw", "view")
    assert (withdrawn.status, incident.standing) == (201, [])


def test_register_keeps_each_change_of_consent(incident: Incident) -> None:
    incident.consent("grant", "view")
    incident.consent("grant", "control")
    incident.consent("withdraw", "view")
    changes = [(item["content"]["action"], item["content"]["scope"]) for item in incident.recorded]
    assert changes == [
        ("grant", "view"),
        ("grant", "control"),
        ("withdraw", "control"),
        ("withdraw", "view"),
    ]


def test_register_keeps_the_notice_with_each_change_of_consent(
    incident: Incident, notice: dict[str, str]
) -> None:
    incident.consent("grant", "view")
    incident.consent("withdraw", "view")
    identity = {name: notice[name] for name in ("version", "language", "sha256")}
    assert [item["content"]["notice"] for item in incident.recorded] == [identity, identity]


def test_withdrawal_without_a_consent_is_refused(incident: Incident) -> None:
    answer = incident.consent("withdraw", "view")
    assert (answer.status, answer.wrong_fields) == (409, ["scope"])


def test_repeated_grant_gets_the_same_answer(incident: Incident) -> None:
    answers = [incident.consent("grant", "view") for _ in range(2)]
    assert [(each.status, each.body) for each in answers] == [(201, answers[0].body)] * 2


def test_repeated_grant_is_recorded_once(incident: Incident) -> None:
    incident.consent("grant", "view")
    incident.consent("grant", "view")
    assert len(incident.recorded) == 1


def test_repeated_withdrawal_gets_the_same_answer(incident: Incident) -> None:
    incident.consent("grant", "view")
    answers = [incident.consent("withdraw", "view") for _ in range(2)]
    assert [(each.status, each.body) for each in answers] == [(201, answers[0].body)] * 2


def test_new_grant_after_a_withdrawal_has_its_own_record(incident: Incident) -> None:
    first = incident.consent("grant", "view").json()
    incident.consent("withdraw", "view")
    renewed = incident.consent("grant", "view").json()
    assert first["record_id"] != renewed["record_id"]


def test_receipt_proves_the_consent(incident: Incident, notice: dict[str, str]) -> None:
    receipt = incident.consent("grant", "view").json()
    (recorded,) = incident.recorded
    proof = {
        "record_id": recorded["entry"],
        "pii_principal_id": incident.reference,
        "scope": "view",
        "notice": {name: notice[name] for name in ("version", "language", "sha256")},
    }
    assert {name: receipt[name] for name in proof} == proof


def test_receipt_has_every_field(incident: Incident) -> None:
    receipt = incident.consent("grant", "view").json()
    assert {name for name, value in receipt.items() if value} == {
        *("schema_version", "record_id", "pii_principal_id", "notice", "purpose", "scope"),
        *("lawful_basis", "controller", "data_categories", "withdrawal_method", "kept_until"),
        "events",
    }


def test_withdrawal_is_added_to_the_receipt_of_its_consent(incident: Incident) -> None:
    given = incident.consent("grant", "view").json()
    withdrawn = incident.consent("withdraw", "view").json()
    states = [event["state"] for event in withdrawn["events"]]
    assert (withdrawn["record_id"], states) == (given["record_id"], ["given", "withdrawn"])
