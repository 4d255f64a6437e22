"""The register in moto, with a table made from the template."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suport.domain import retention
from suport.domain.category import Category
from suport.domain.consent import ControlNeedsView, NothingToWithdraw, Scope
from suport.domain.history import Kind
from suport.domain.incident import Reason, Status
from suport.domain.language import Language
from suport.domain.reference import Reference, reference_for
from suport.register import contention
from suport.register import register as register_module
from suport.register.errors import Contended, KeyReused, NoSuchIncident
from suport.register.register import Register
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.consent_receipt import receipt
from tests.support.register import (
    a_submission,
    stored_incident,
    stored_items,
    table_of,
    whole_history,
)
from tests.support.table import TransactionConflictException

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
SECRET = b"secret"
KEY = "0123456789abcdef"


def set_status(register: Register, reference: Reference, status: Status) -> None:
    stored_incident(register, reference)["status"] = {"S": status}


def test_a_retry_finds_the_incident_that_its_key_made(register: Register) -> None:
    first = register.submit(a_submission(), KEY, SECRET, NOW)
    again = register.submit(a_submission(), KEY, SECRET, NOW + timedelta(minutes=3))
    assert again == first
    assert len(stored_items(register)) == 1


def test_a_key_never_changes_the_incident_that_it_made(register: Register) -> None:
    first = register.submit(a_submission(), KEY, SECRET, NOW)
    with pytest.raises(KeyReused):
        register.submit(a_submission(description="Ara és una altra cosa"), KEY, SECRET, NOW)
    assert register.incident(first.reference, NOW) == first


def test_keys_that_lead_to_the_same_reference_make_two_incidents(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def colliding(secret: bytes, key: str, attempt: int = 0) -> Reference:
        return reference_for(secret, key if attempt else "the same for all", attempt)

    monkeypatch.setattr(register_module, "reference_for", colliding)
    first = register.submit(a_submission(), KEY, SECRET, NOW)
    second = register.submit(a_submission(), KEY + "2", SECRET, NOW)
    assert first.reference != second.reference
    assert register.submit(a_submission(), KEY + "2", SECRET, NOW) == second


def test_an_incident_is_gone_from_every_read_from_its_midnight_on(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    midnight = datetime(2027, 2, 28, 23, tzinfo=UTC)  # the first of March in Madrid
    whole_history(register, made.reference, midnight - timedelta(seconds=1))
    with pytest.raises(NoSuchIncident):
        register.incident(made.reference, midnight)
    with pytest.raises(NoSuchIncident):
        whole_history(register, made.reference, midnight)
    with pytest.raises(NoSuchIncident):
        register.add_citizen_message(made.reference, "Encara hi sou?", midnight)


def test_an_expired_incident_is_not_in_the_way_of_a_new_one(register: Register) -> None:
    register.submit(a_submission(), KEY, SECRET, NOW)
    later = NOW + timedelta(days=200)
    anew = register.submit(a_submission(description="Una altra vegada"), KEY, SECRET, later)
    assert register.incident(anew.reference, later).description == "Una altra vegada"


def test_an_entry_expires_by_its_own_date_and_the_incident_with_its_latest(
    register: Register,
) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    later = NOW + timedelta(days=60)
    register.add_citizen_message(made.reference, "Primer", NOW)
    register.add_citizen_message(made.reference, "Segon", later)
    after_the_first = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    incident, history = whole_history(register, made.reference, after_the_first)
    assert [entry.facts["body"] for entry in history] == ["Segon"]
    assert incident.expires_at == retention.expires_at(later)


def test_every_item_carries_its_kind_its_moment_and_its_expiry(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.mark_queued(made, NOW)
    register.add_citizen_message(made.reference, "Hola", NOW)
    for item in stored_items(register):
        assert {"kind", "recorded_at", "expires_at"} <= item.keys()
        assert int(item["expires_at"]["N"]) == retention.expires_at(NOW)


def test_a_new_incident_must_be_routed_within_two_minutes(register: Register) -> None:
    register.submit(a_submission(), KEY, SECRET, NOW)
    [item] = stored_items(register)
    assert item["due_at"]["S"] == "2026-08-31T10:02:00.000Z"
    assert 0 <= int(item["due_shard"]["N"]) < 8
    assert item["route_reason"]["S"] == "submitted"


def test_queueing_is_recorded_once(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.mark_queued(made, NOW)
    register.mark_queued(made, NOW)
    incident, history = whole_history(register, made.reference, NOW)
    assert incident.status is Status.QUEUED
    assert incident.route_reason is None
    assert [entry.facts for entry in history] == [
        {"action": "queued", "reason": "submitted", "by": "service"}
    ]


def test_the_history_is_in_order_even_if_clocks_disagree(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    for seconds in (5, 0, -5, -60):
        register.add_citizen_message(made.reference, f"{seconds}", NOW + timedelta(seconds=seconds))
    _, history = whole_history(register, made.reference, NOW)
    assert [entry.facts["body"] for entry in history] == ["5", "0", "-5", "-60"]


def test_a_writer_who_was_overtaken_reads_again_and_loses_nothing(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    stale = [made]
    read_now = register.incident
    monkeypatch.setattr(
        register, "incident", lambda *asked: stale.pop() if stale else read_now(*asked)
    )
    Register(register._table._client, "register").mark_queued(made, NOW)
    register.add_citizen_message(made.reference, "Hola", NOW)
    _, history = whole_history(register, made.reference, NOW)
    assert [entry.kind for entry in history] == [Kind.ACTION, Kind.MESSAGE]


def test_endless_contention_is_an_error_and_writes_nothing(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.mark_queued(made, NOW)
    monkeypatch.setattr(register, "incident", lambda *_: made)
    with pytest.raises(Contended):
        register.add_citizen_message(made.reference, "Hola", NOW)
    assert len(stored_items(register)) == 2


def test_a_reply_that_nobody_would_see_queues_its_incident_again(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.mark_queued(made, NOW)
    set_status(register, made.reference, Status.WAITING)
    register.add_citizen_message(made.reference, "Aquí teniu", NOW)
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.route_reason) == (Status.QUEUED, Reason.CITIZEN_REPLIED)


def test_control_can_be_granted_only_while_view_is_in_force(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    with pytest.raises(ControlNeedsView):
        register.grant_consent(made.reference, Scope.CONTROL, shown.identity, NOW)
    register.grant_consent(made.reference, Scope.VIEW, shown.identity, NOW)
    register.grant_consent(made.reference, Scope.CONTROL, shown.identity, NOW)
    assert register.incident(made.reference, NOW).consents.keys() == {"view", "control"}


def test_withdrawing_view_withdraws_control_each_with_an_entry_of_its_own(
    register: Register,
) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.GERMAN)
    view = register.grant_consent(made.reference, Scope.VIEW, shown.identity, NOW)
    control = register.grant_consent(made.reference, Scope.CONTROL, shown.identity, NOW)
    withdrawn = register.withdraw_consent(made.reference, Scope.VIEW, NOW)
    incident, history = whole_history(register, made.reference, NOW)
    assert incident.consents == {}
    assert [(entry.facts["scope"], entry.facts.get("record")) for entry in history[2:]] == [
        ("control", control.id),
        ("view", view.id),
    ]
    assert all(entry.facts["notice"] == shown.identity.as_facts() for entry in history)
    assert register.withdraw_consent(made.reference, Scope.VIEW, NOW) == withdrawn


def test_a_consent_that_was_never_given_cannot_be_withdrawn(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    with pytest.raises(NothingToWithdraw):
        register.withdraw_consent(made.reference, Scope.VIEW, NOW)


def test_agreeing_twice_is_recorded_once(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    first = register.grant_consent(made.reference, Scope.VIEW, shown.identity, NOW)
    again = register.grant_consent(made.reference, Scope.VIEW, shown.identity, NOW)
    assert receipt(made.reference, again) == receipt(made.reference, first)
    assert len(stored_items(register)) == 2


def test_agreeing_to_another_notice_is_a_consent_of_its_own(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    catalan, german = (
        published_notices.current(Subject.REMOTE_SUPPORT, language)
        for language in (Language.CATALAN, Language.GERMAN)
    )
    first = register.grant_consent(made.reference, Scope.VIEW, catalan.identity, NOW)
    second = register.grant_consent(made.reference, Scope.VIEW, german.identity, NOW)
    assert first.id != second.id
    assert second.facts["notice"] == german.identity.as_facts()


def test_a_consent_is_in_force_no_longer_than_its_entry_is_kept(register: Register) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    later = NOW + timedelta(days=60)
    register.grant_consent(made.reference, Scope.VIEW, shown.identity, NOW)
    register.grant_consent(made.reference, Scope.CONTROL, shown.identity, later)
    after_view_expired = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    assert register.incident(made.reference, after_view_expired).consents == {}
    with pytest.raises(ControlNeedsView):
        register.grant_consent(made.reference, Scope.CONTROL, shown.identity, after_view_expired)


def test_an_incident_claimed_before_its_queueing_was_recorded_stays_claimed(
    register: Register,
) -> None:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.claim(made.reference, "aina", Category.FUNCTIONAL, NOW)
    register.mark_queued(made, NOW)
    incident = register.incident(made.reference, NOW)
    assert (incident.status, incident.route_reason) == (Status.CLAIMED, None)


def test_a_retry_that_meets_a_transaction_waits_for_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = table_of(register)
    put, refusals = client.put_item, [1, 2]

    def put_item(**asked: Any) -> Any:
        if refusals:
            refusals.pop()
            raise TransactionConflictException({"Error": {}}, "PutItem")
        return put(**asked)

    monkeypatch.setattr(client, "put_item", put_item)
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    assert register.incident(made.reference, NOW) == made


def test_a_submission_comes_back_as_it_was_sent(register: Register) -> None:
    sent = a_submission(
        category="payment",
        description="Col·lapse del pagament,\nça no va 😀",
        error={"code": "190"},
        procedure={"code": "A-1", "name": "Beca"},
    )
    made = register.submit(sent, KEY, SECRET, NOW)
    assert register.incident(made.reference, NOW) == made
    assert (made.category, made.description) == (Category.PAYMENT, sent.description)


def test_incidents_that_are_read_together_are_as_each_one_is(register: Register) -> None:
    made = [register.submit(a_submission(), f"{number:016}", SECRET, NOW) for number in range(3)]
    absent = Reference("7K3M-9QXA-2BTC")
    later = NOW + timedelta(days=1)
    register.resolve_by_citizen(made[1].reference, later)
    stored_incident(register, made[2].reference)["expires_at"] = {"N": "1"}
    read = register.incidents([absent, *(each.reference for each in made)], later)
    for each in made[:2]:
        assert read.of(each.reference) == register.incident(each.reference, later)
    for reference in (absent, made[2].reference):
        with pytest.raises(NoSuchIncident):
            read.of(reference)


def test_incidents_that_dynamodb_leaves_out_are_read_again_and_then_given_up(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [register.submit(a_submission(), f"{number:016}", SECRET, NOW) for number in range(3)]
    pauses: list[int] = []
    monkeypatch.setattr(contention, "pause", pauses.append)
    table = table_of(register)
    answered = table._batch_get_item

    def answer_for_one(*, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        """The second of them never comes."""
        [(name, asked)] = RequestItems.items()
        keys = asked["Keys"]
        first = [key for key in keys if key["reference"]["S"] != made[1].reference][:1]
        answer: Any = {"Responses": {name: []}}
        if first:
            answer = answered(RequestItems={name: asked | {"Keys": first}})
        left = [key for key in keys if key not in first]
        return answer | {"UnprocessedKeys": {name: asked | {"Keys": left}}}

    monkeypatch.setattr(table, "_batch_get_item", answer_for_one)
    read = register.incidents([each.reference for each in made], NOW)
    assert [read.of(each.reference) for each in (made[0], made[2])] == [made[0], made[2]]
    with pytest.raises(Contended):
        read.of(made[1].reference)
    assert pauses == [1, 2, 3, 4]


def test_nothing_is_asked_where_no_incident_is_to_be_read(register: Register) -> None:
    with pytest.raises(NoSuchIncident):
        register.incidents([], NOW).of(Reference("7K3M-9QXA-2BTC"))


def test_what_a_claimed_attempt_returns_is_what_the_register_then_has(register: Register) -> None:
    """The mail is recorded about that incident, which is not read once more."""
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    later = NOW + timedelta(minutes=1)
    claimed = register.attempt_mail(made, "incident", "an attempt", later)
    assert claimed == register.incident(made.reference, later)
    assert register.attempt_mail(made, "incident", "another", later) is None
