"""What operators and the watcher do, in moto, with a table made from the template."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import deadlines, looks, operator_acts, retention
from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.category import Category
from suport.domain.change import KEYED
from suport.domain.consent import NothingToWithdraw, Scope
from suport.domain.deadlines import Wake
from suport.domain.figures import Facts
from suport.domain.file_acts import NoSuchFile
from suport.domain.history import Kind
from suport.domain.incident import Actor, Channel, Incident, MailTrouble, Reason, Status
from suport.domain.language import Language
from suport.domain.operator_acts import (
    AlreadyResolved,
    ClaimedByAnother,
    Holder,
    NotClaimed,
    OtherTeam,
)
from suport.domain.operator_identity import Operator, Role
from suport.domain.owed_mail import MailKind
from suport.domain.procedures import catalogue
from suport.domain.reference import Reference, reference_for
from suport.register.errors import KeyReused, NoSuchIncident
from suport.register.register import Register
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.citizen_view import citizen_view, is_shown
from suport.views.consent_receipt import receipt
from suport.views.export import export
from suport.views.operator_view import operator_view
from tests.support.register import (
    a_submission,
    an_entry,
    stored_incident,
    table_of,
    whole_history,
)
from tests.support.template import TEMPLATE

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
SECRET = b"secret"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AINA, BIEL = ("aina", Category.FUNCTIONAL), ("biel", Category.FUNCTIONAL)
NEUS = Operator("neus", roles=frozenset({Role.SUPERVISOR}))
LISTED = catalogue().procedures[0].code
DAMIA = ("damia", Category.PAYMENT)
LOOK = {"action": "viewed", "by": "operator", "team": "functional"}


def submitted(register: Register, number: int = 0, at: datetime = NOW) -> Reference:
    return register.submit(a_submission(), f"{number:016}", SECRET, at).reference


def queued(register: Register, number: int = 0, at: datetime = NOW) -> Reference:
    reference = submitted(register, number, at)
    register.mark_queued(register.incident(reference, at), at)
    return reference


def claimed(register: Register, at: datetime = NOW) -> Reference:
    reference = queued(register, at=at)
    register.claim(reference, *AINA, at)
    return reference


def resolved(register: Register) -> Reference:
    reference = claimed(register)
    register.resolve(reference, *AINA, "Ja està", NOW)
    return reference


def contents(register: Register, reference: Reference, at: datetime = NOW) -> list[dict[str, Any]]:
    return [entry.facts for entry in whole_history(register, reference, at)[1]]


def actions(register: Register, reference: Reference, at: datetime = NOW) -> list[str]:
    return [each["action"] for each in contents(register, reference, at) if "action" in each]


# Claiming and looking


@pytest.mark.parametrize("of", [submitted, queued], ids=["received", "queued"])
def test_a_claim_gives_the_incident_to_one_operator_and_shows_them_the_person(
    register: Register, of: Callable[[Register], Reference]
) -> None:
    reference = of(register)
    made = register.claim(reference, *AINA, NOW + MINUTE)
    assert (made.status, made.claimed_by, made.claimed_at) == (
        Status.CLAIMED,
        "aina",
        NOW + MINUTE,
    )
    assert (made.due_at, made.route_reason) == (NOW + MINUTE + DAY, None)
    assert made == register.incident(reference, NOW)
    assert contents(register, reference)[-2:] == [
        {"action": "claimed", "by": "operator", "operator": "aina"},
        LOOK | {"operator": "aina", "purpose": "claim", "contact": True},
    ]


def test_claiming_again_records_the_look_and_nothing_else(register: Register) -> None:
    reference = claimed(register)
    again = register.claim(reference, *AINA, NOW + HOUR)
    assert (again.claimed_at, again.due_at) == (NOW, NOW + DAY)
    assert actions(register, reference) == ["queued", "claimed", "viewed", "viewed"]


def test_the_second_of_two_who_claim_learns_who_has_the_incident(register: Register) -> None:
    reference = claimed(register)
    with pytest.raises(ClaimedByAnother) as refusal:
        register.claim(reference, *BIEL, NOW)
    assert refusal.value.operator == "aina"
    assert actions(register, reference) == ["queued", "claimed", "viewed"]


def test_an_operator_who_was_overtaken_learns_who_has_the_incident(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = queued(register)
    stale = [register.incident(reference, NOW)]
    Register(register._table._client, "register").claim(reference, *AINA, NOW)
    read_now = register.incident
    monkeypatch.setattr(
        register, "incident", lambda *asked: stale.pop() if stale else read_now(*asked)
    )
    with pytest.raises(ClaimedByAnother) as refusal:
        register.claim(reference, *BIEL, NOW)
    assert refusal.value.operator == "aina"


def test_a_colleague_may_claim_an_incident_that_waits_for_its_citizen(register: Register) -> None:
    reference = claimed(register)
    register.reply(reference, *AINA, "Quin navegador?", NOW, ask=True)
    assert register.claim(reference, *BIEL, NOW).claimed_by == "biel"


def test_a_resolved_incident_cannot_be_claimed(register: Register) -> None:
    reference = resolved(register)
    with pytest.raises(AlreadyResolved):
        register.claim(reference, *AINA, NOW)


def test_each_look_is_recorded_and_says_whether_the_person_was_shown(register: Register) -> None:
    reference = claimed(register)
    register.view(reference, *BIEL, NOW)
    register.view(reference, *AINA, NOW)
    assert [(each["operator"], each["contact"]) for each in contents(register, reference)[-2:]] == [
        ("biel", False),
        ("aina", True),
    ]


def test_a_look_shows_the_incident_as_recorded_with_the_teams_notes(register: Register) -> None:
    reference = claimed(register)
    register.note(reference, *BIEL, "Ja ha passat abans", NOW)
    incident, part = register.view(reference, *BIEL, NOW)
    assert (incident, part) == register.history(reference, NOW)
    assert Kind.NOTE in {entry.kind for entry in part.entries}


def test_a_look_does_not_keep_the_incident_from_being_released(register: Register) -> None:
    reference = claimed(register)
    register.view(reference, *AINA, NOW + 23 * HOUR)
    assert register.overdue(NOW + DAY) == [reference]


def test_only_the_incidents_operator_opens_a_file_and_only_one_that_may_be_opened(
    register: Register,
) -> None:
    reference = claimed(register)
    for name, state in (("A", State.CLEAN), ("B", State.INFECTED)):
        register.add_file(reference, File(FileId(name), MediaType.PNG, 9, "v", NOW), state, NOW)
    assert register.view_file(reference, *AINA, FileId("A"), NOW).version == "v"
    opened = {"operator": "aina", "purpose": "file", "contact": False, "file": "A"}
    assert contents(register, reference)[-1] == LOOK | opened
    for closed in ("B", "C"):
        with pytest.raises(NoSuchFile):
            register.view_file(reference, *AINA, FileId(closed), NOW)
    with pytest.raises(ClaimedByAnother):
        register.view_file(reference, *BIEL, FileId("A"), NOW)
    assert contents(register, reference)[-1]["file"] == "A"


READING: dict[str, Callable[[Register, Reference, str, Category], Any]] = {
    "file": lambda register, *who: register.view_file(*who, FileId("typed by hand"), NOW),
    "copy": lambda register, *who: register.export_at_desk(*who, NOW, shown=lambda _: True),
    "erasure": lambda register, *who: register.prepare_erasure(*who, NOW),
}
"""What shows personal data only to the operator who has claimed the incident, by the purpose."""


@pytest.mark.parametrize("purpose", READING)
def test_a_refused_attempt_to_look_within_the_team_is_recorded_and_for_what_it_was(
    register: Register, purpose: str
) -> None:
    reference = queued(register)
    refused = {"action": "refused", "by": "operator", "team": "functional", "purpose": purpose}
    with pytest.raises(NotClaimed):
        READING[purpose](register, reference, *BIEL)
    assert contents(register, reference)[-1] == refused | {"operator": "biel"}
    register.claim(reference, *AINA, NOW)
    with pytest.raises(ClaimedByAnother):
        READING[purpose](register, reference, *BIEL)
    assert contents(register, reference)[-1] == refused | {"operator": "biel"}
    assert looks.concerns_access(whole_history(register, reference, NOW)[1][-1])


# Other teams

DESK: dict[str, Callable[[Register, Reference, str, Category], Any]] = {
    "claim": lambda register, *who: register.claim(*who, NOW),
    "view": lambda register, *who: register.view(*who, NOW),
    "view_file": lambda register, *who: register.view_file(*who, FileId("A"), NOW),
    "reply": lambda register, *who: register.reply(*who, "Hola", NOW),
    "note": lambda register, *who: register.note(*who, "Hola", NOW),
    "release": lambda register, *who: register.release(*who, NOW),
    "transfer": lambda register, *who: register.transfer(*who, Category.SIGNATURE, "de firma", NOW),
    "resolve": lambda register, *who: register.resolve(*who, "Hola", NOW),
    "withdraw_for_citizen": lambda register, *who: register.withdraw_for_citizen(
        *who, Scope.VIEW, NOW
    ),
}
ONLY_ITS_OPERATOR = ["view_file", "reply", "release", "transfer", "resolve"]


@pytest.mark.parametrize("deed", DESK)
def test_an_operator_of_another_team_gets_nothing_and_the_attempt_is_recorded(
    register: Register, deed: str
) -> None:
    reference = queued(register)
    before = register.incident(reference, NOW)
    with pytest.raises(OtherTeam):
        DESK[deed](register, reference, *DAMIA)
    after, history = whole_history(register, reference, NOW)
    assert replace(after, last_entry=before.last_entry, revision=before.revision) == before
    assert history[-1].facts == {
        "action": "refused",
        "by": "operator",
        "operator": "damia",
        "team": "payment",
        "former": False,
    }


def test_the_entry_distinguishes_a_former_team_from_a_stranger(register: Register) -> None:
    reference = claimed(register)
    register.transfer(reference, *AINA, Category.PAYMENT, "és del pagament", NOW)
    with pytest.raises(OtherTeam):
        register.claim(reference, *BIEL, NOW)
    assert contents(register, reference)[-1]["former"] is True


def test_a_strangers_attempt_keeps_no_data_longer(register: Register) -> None:
    reference = queued(register)
    before, later = register.incident(reference, NOW).expires_at, NOW + 60 * DAY
    with pytest.raises(OtherTeam):
        register.view(reference, *DAMIA, later)
    incident, history = whole_history(register, reference, later)
    assert incident.expires_at == before
    assert history[-1].expires_at == retention.expires_at(later)
    with pytest.raises(NoSuchIncident):
        whole_history(register, reference, datetime.fromtimestamp(before, UTC))


def test_a_look_keeps_no_data_longer(register: Register) -> None:
    reference = claimed(register)
    before, later = register.incident(reference, NOW).expires_at, NOW + 60 * DAY
    register.view(reference, *BIEL, later)
    assert register.claim(reference, *AINA, later).expires_at == before
    assert register.incident(reference, later).expires_at == before
    register.note(reference, *AINA, "He telefonat", later)
    assert register.incident(reference, later).expires_at == retention.expires_at(later)


@pytest.mark.parametrize("deed", ONLY_ITS_OPERATOR)
def test_only_the_operator_who_has_claimed_an_incident_works_on_it(
    register: Register, deed: str
) -> None:
    reference = queued(register)
    with pytest.raises(NotClaimed):
        DESK[deed](register, reference, *AINA)
    register.claim(reference, *AINA, NOW)
    with pytest.raises(ClaimedByAnother) as refusal:
        DESK[deed](register, reference, *BIEL)
    assert refusal.value.operator == "aina"
    register.resolve_by_citizen(reference, NOW)
    with pytest.raises(AlreadyResolved):
        DESK[deed](register, reference, *AINA)
    done = [each for each in actions(register, reference) if each != "refused"]
    assert done == ["queued", "claimed", "viewed", "resolved"]


# Working


def test_an_answer_is_a_message_and_leaves_the_incident_with_its_operator(
    register: Register,
) -> None:
    reference = claimed(register)
    entry = register.reply(reference, *AINA, "Provau un altre navegador", NOW + HOUR)
    assert entry.facts == {
        "by": "operator",
        "operator": "aina",
        "body": "Provau un altre navegador",
    }
    incident = register.incident(reference, NOW)
    assert (incident.status, incident.claimed_by) == (Status.CLAIMED, "aina")
    assert incident.due_at == NOW + HOUR + DAY


def test_a_question_makes_the_incident_wait_fourteen_days_from_the_latest_message(
    register: Register,
) -> None:
    reference = claimed(register)
    entry = register.reply(reference, *AINA, "Quin navegador?", NOW, ask=True)
    incident, history = whole_history(register, reference, NOW)
    assert (incident.status, incident.due_at) == (Status.WAITING, NOW + 14 * DAY)
    assert [history[-2], history[-1].facts["action"]] == [entry, "asked"]
    register.reply(reference, *AINA, "I quin sistema?", NOW + DAY)
    incident = register.incident(reference, NOW)
    assert (incident.status, incident.due_at) == (Status.WAITING, NOW + 15 * DAY)


def test_the_first_answer_stays_the_first_however_often_the_citizen_reopens(
    register: Register,
) -> None:
    reference = claimed(register)
    register.reply(reference, *AINA, "Un moment", NOW + HOUR)
    register.resolve(reference, *AINA, "Ja està", NOW + 2 * HOUR)
    register.reopen(reference, NOW + 3 * HOUR)
    assert register.incident(reference, NOW).resolved_at is None
    register.claim(reference, *BIEL, NOW + 4 * HOUR)
    register.resolve(reference, *BIEL, "Ara sí", NOW + 5 * HOUR)
    incident = register.incident(reference, NOW)
    assert incident.first_answered_at == NOW + HOUR
    assert (incident.resolved_at, incident.resolved_by) == (NOW + 5 * HOUR, Actor.OPERATOR)


def test_a_solution_is_an_answer_too(register: Register) -> None:
    reference = claimed(register)
    register.resolve(reference, *AINA, None, NOW + HOUR)
    assert register.incident(reference, NOW).first_answered_at == NOW + HOUR


def test_a_note_by_the_incidents_operator_counts_as_work_and_a_colleagues_does_not(
    register: Register,
) -> None:
    reference = claimed(register)
    register.note(reference, *BIEL, "Jo també", NOW + HOUR)
    assert register.incident(reference, NOW).due_at == NOW + DAY
    register.note(reference, *AINA, "He telefonat", NOW + HOUR)
    assert register.incident(reference, NOW).due_at == NOW + HOUR + DAY


def test_a_citizens_message_gives_its_operator_no_more_time(register: Register) -> None:
    reference = claimed(register)
    register.add_citizen_message(reference, "I doncs?", NOW + HOUR)
    incident = register.incident(reference, NOW)
    assert (incident.status, incident.claimed_by, incident.due_at) == (
        Status.CLAIMED,
        "aina",
        NOW + DAY,
    )


def test_the_citizens_answer_puts_a_waiting_incident_back_into_the_teams_queue(
    register: Register,
) -> None:
    reference = claimed(register)
    register.reply(reference, *AINA, "Quin navegador?", NOW, ask=True)
    register.add_citizen_message(reference, "El de sempre", NOW)
    incident = register.incident(reference, NOW)
    assert (incident.status, incident.route_reason) == (Status.QUEUED, Reason.CITIZEN_REPLIED)
    assert (incident.claimed_by, incident.claimed_at) == (None, None)


def test_a_released_incident_is_nobodys_and_goes_to_the_queue(register: Register) -> None:
    reference = claimed(register)
    register.release(reference, *AINA, NOW)
    made = register.incident(reference, NOW)
    assert (made.status, made.route_reason) == (Status.QUEUED, Reason.REQUEUED)
    assert made.claimed_by is None
    assert made == register.incident(reference, NOW)


def test_a_transfer_takes_the_incident_to_the_other_teams_queue_list_and_figures(
    register: Register,
) -> None:
    reference = claimed(register)
    register.transfer(reference, *AINA, Category.PAYMENT, "és del pagament", NOW)
    made = register.incident(reference, NOW)
    assert (made.category, made.status, made.claimed_by) == ("payment", Status.QUEUED, None)
    assert made.route_reason is Reason.TRANSFERRED
    assert made == register.incident(reference, NOW)
    assert contents(register, reference)[-1] == {
        "action": "transferred",
        "by": "operator",
        "operator": "aina",
        "from": "functional",
        "to": "payment",
        "why": "és del pagament",
    }
    for category, there in ((Category.FUNCTIONAL, 0), (Category.PAYMENT, 1)):
        assert len(register.open_incidents(category, NOW)) == there
        assert [each.category for each in register.facts(NOW)].count(category) == there


def test_an_incident_cannot_be_transferred_to_its_own_team(register: Register) -> None:
    reference = claimed(register)
    with pytest.raises(ValueError, match="already"):
        register.transfer(reference, *AINA, Category.FUNCTIONAL, "per error", NOW)


def test_a_resolved_incident_is_nobodys_and_never_due_and_its_consents_end(
    register: Register,
) -> None:
    reference = claimed(register)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    register.grant_consent(reference, Scope.VIEW, shown.identity, NOW)
    made = register.resolve(reference, *AINA, "Ja està", NOW + HOUR)
    assert (made.status, made.resolved_at, made.consents) == (
        Status.RESOLVED,
        NOW + HOUR,
        {},
    )
    assert made == register.incident(reference, NOW)
    assert not stored_incident(register, reference).keys() & {
        "due_at",
        "due_shard",
        "claimed_by",
        "claimed_at",
    }
    kinds = [entry.kind for entry in whole_history(register, reference, NOW)[1][-3:]]
    assert kinds == [Kind.MESSAGE, Kind.ACTION, Kind.CONSENT]


def agreed(register: Register, *scopes: Scope) -> Reference:
    reference = queued(register)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    for scope in scopes:
        register.grant_consent(reference, scope, shown.identity, NOW)
    return reference


@pytest.mark.parametrize("operator", [None, AINA, BIEL], ids=["unclaimed", "claimed", "another's"])
def test_a_citizen_withdraws_by_telling_any_operator_of_the_team_to_stop(
    register: Register, operator: tuple[str, Category] | None
) -> None:
    reference = agreed(register, Scope.VIEW, Scope.CONTROL)
    if operator:
        register.claim(reference, *operator, NOW)
    entry = register.withdraw_for_citizen(reference, *AINA, Scope.VIEW, NOW + HOUR)
    incident, history = whole_history(register, reference, NOW + HOUR)
    assert (incident.consents, history[-1]) == ({}, entry)
    assert [
        (each.facts["scope"], each.facts["action"], each.facts["by"]) for each in history[-2:]
    ] == [("control", "withdraw", "operator"), ("view", "withdraw", "operator")]
    assert entry.facts["operator"] == "aina"
    assert register.withdraw_for_citizen(reference, *BIEL, Scope.VIEW, NOW + HOUR) == entry


def test_a_citizen_who_withdraws_control_still_lets_the_operator_view(register: Register) -> None:
    reference = agreed(register, Scope.VIEW, Scope.CONTROL)
    register.withdraw_for_citizen(reference, *AINA, Scope.CONTROL, NOW)
    assert register.incident(reference, NOW).consents.keys() == {Scope.VIEW}


def test_an_operator_cannot_withdraw_a_consent_that_was_never_given(register: Register) -> None:
    reference = agreed(register)
    with pytest.raises(NothingToWithdraw):
        register.withdraw_for_citizen(reference, *AINA, Scope.VIEW, NOW)


def test_the_receipt_of_a_withdrawal_through_an_operator_names_no_operator(
    register: Register,
) -> None:
    reference = agreed(register, Scope.VIEW)
    entry = register.withdraw_for_citizen(reference, *AINA, Scope.VIEW, NOW + HOUR)
    proof = receipt(reference, entry)
    assert [(each["type"], each["state"]) for each in proof["events"]] == [
        ("explicit", "given"),
        ("explicit", "withdrawn"),
    ]
    seen = register.history(reference, NOW + HOUR)
    assert citizen_view(*seen)["history"][0] == {
        "entry": entry.id,
        "at": "2026-08-31T11:00:00.000Z",
        "kind": "consent",
        "scope": "view",
        "action": "withdraw",
        "by": "operator",
    }
    assert "aina" not in json.dumps([proof, citizen_view(*seen), export(*seen, NOW)])
    assert operator_view(*seen, "biel")["history"][0]["operator"] == "aina"


@pytest.mark.parametrize("end", ["resolve", "resolve_by_citizen"])
def test_nobody_can_consent_for_a_resolved_incident(register: Register, end: str) -> None:
    reference = agreed(register, Scope.VIEW)
    register.claim(reference, *AINA, NOW)
    if end == "resolve":
        register.resolve(reference, *AINA, None, NOW)
    else:
        register.resolve_by_citizen(reference, NOW)
    before = whole_history(register, reference, NOW)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    for scope in Scope:
        with pytest.raises(AlreadyResolved):
            register.grant_consent(reference, scope, shown.identity, NOW)
    register.withdraw_consent(reference, Scope.VIEW, NOW)
    assert whole_history(register, reference, NOW) == before


@pytest.mark.parametrize("deed", ["release", "transfer"])
def test_giving_an_incident_away_is_recorded_once_however_often_it_is_sent(
    register: Register, deed: str
) -> None:
    reference = claimed(register)
    about = (Category.PAYMENT, "és del pagament") if deed == "transfer" else ()

    def send(key: str) -> None:
        getattr(register, deed)(reference, *AINA, *about, NOW, key=key)

    send("0123456789abcdef")
    before = contents(register, reference)
    colleague = DAMIA if deed == "transfer" else BIEL
    register.claim(reference, *colleague, NOW)  # a colleague goes on before the repetition comes
    send("0123456789abcdef")
    assert actions(register, reference)[-3:] == [
        f"{deed}red" if deed == "transfer" else "released",
        "claimed",
        "viewed",
    ]
    assert contents(register, reference)[: len(before)] == before
    with pytest.raises(OtherTeam if deed == "transfer" else ClaimedByAnother):
        send("another key of its own")


@pytest.mark.parametrize("deed", ["reply", "note", "resolve"])
def test_a_retry_with_its_key_does_nothing_twice(register: Register, deed: str) -> None:
    reference = claimed(register)

    def send(body: str) -> Any:
        return getattr(register, deed)(reference, *AINA, body, NOW, key="0123456789abcdef")

    first = send("Hola")
    before = contents(register, reference)
    assert send("Hola") == first
    assert contents(register, reference) == before
    if deed != "resolve":
        send("Una altra cosa")  # another text is not lost, whatever its key
        assert len(contents(register, reference)) == len(before) + 1


@pytest.mark.parametrize("deed", ["reply", "note"])
def test_a_retry_does_nothing_twice_even_after_nine_other_requests(
    register: Register, deed: str
) -> None:
    reference = claimed(register)

    def send(number: int, operator: tuple[str, Category] = AINA) -> Any:
        act = register.note if number else getattr(register, deed)
        return act(reference, *operator, f"text {number}", NOW, key=f"{number:016}")

    sent = [send(0), *(send(number, BIEL) for number in range(1, 10))]
    before = contents(register, reference)
    for number in (9, 0, 5):
        assert send(number, BIEL if number else AINA) == sent[number]
    assert contents(register, reference) == before


def test_the_latest_requests_are_remembered_and_the_oldest_is_forgotten_first(
    register: Register,
) -> None:
    reference = claimed(register)
    sent = [
        register.note(reference, *AINA, f"note {number}", NOW, key=f"{number:016}")
        for number in range(KEYED + 3)
    ]
    kept = register.incident(reference, NOW).keyed_work
    assert sorted(kept.values()) == [entry.id for entry in sent[3:]]
    assert len(json.dumps(kept)) < 2000  # bytes of the incident; each change writes them again


def test_a_retry_gets_its_answer_even_if_the_incident_has_moved_on(register: Register) -> None:
    reference = claimed(register)
    asked: dict[str, Any] = {"ask": True, "key": "0123456789abcdef"}
    first = register.reply(reference, *AINA, "Quin navegador?", NOW, **asked)
    register.add_citizen_message(reference, "Aquest", NOW)
    assert register.reply(reference, *AINA, "Quin navegador?", NOW, **asked) == first


def test_a_phone_call_becomes_an_incident_that_names_the_operator(register: Register) -> None:
    key = "0123456789abcdef"
    made = register.take_phone_call(a_submission(), Operator(AINA[0], AINA[1:]), key, SECRET, NOW)
    assert (made.origin, made.status) == (Channel.PHONE, Status.RECEIVED)
    assert made == register.incident(made.reference, NOW)
    assert (
        register.take_phone_call(a_submission(), Operator(AINA[0], AINA[1:]), key, SECRET, NOW)
        == made
    )
    assert contents(register, made.reference) == [
        LOOK | {"action": "phoned", "operator": "aina", "purpose": "call", "contact": True}
    ]
    other = a_submission(description="Una altra cosa ben distinta")
    with pytest.raises(KeyReused):
        register.take_phone_call(other, Operator(AINA[0], AINA[1:]), key, SECRET, NOW)
    register.mark_queued(made, NOW)
    assert actions(register, made.reference) == ["phoned", "queued"]


# Queueing and waking


def test_the_record_of_a_queueing_does_not_settle_a_later_request(register: Register) -> None:
    reference = submitted(register)
    register.claim(reference, *AINA, NOW)
    register.release(reference, *AINA, NOW)
    routed = register.incident(reference, NOW)  # the router sends the message
    register.claim(reference, *AINA, NOW)  # the desk deletes the message
    register.release(reference, *AINA, NOW)
    register.mark_queued(routed, NOW)
    assert register.incident(reference, NOW).route_reason is Reason.REQUEUED


def test_a_claimed_or_resolved_incident_is_not_marked_as_queued(register: Register) -> None:
    changes: list[Callable[[Reference], object]] = [
        lambda each: register.claim(each, *AINA, NOW),
        lambda each: register.resolve_by_citizen(each, NOW),
    ]
    for number, change in enumerate(changes):
        reference = submitted(register, number)
        routed = register.incident(reference, NOW)
        change(reference)
        before = stored_incident(register, reference)
        register.mark_queued(routed, NOW)
        assert stored_incident(register, reference) == before


def test_an_incident_that_was_never_routed_comes_to_the_stream_again(register: Register) -> None:
    reference = submitted(register)
    before = register.incident(reference, NOW)
    at = NOW + 2 * MINUTE
    assert register.wake(reference, at) is Wake.REROUTED
    after = register.incident(reference, at)
    assert (after.route_reason, after.due_at) == (Reason.SUBMITTED, at + 2 * MINUTE)
    register.mark_queued(before, at)  # the router was only slow, and its record counts
    assert register.incident(reference, at).route_reason is None


def test_an_incident_that_the_queue_is_about_to_forget_is_queued_again(register: Register) -> None:
    reference = queued(register)
    at = NOW + 13 * DAY
    assert register.wake(reference, at) is Wake.REQUEUED
    assert register.incident(reference, at).route_reason is Reason.REQUEUED
    assert actions(register, reference) == ["queued", "requeued"]


def test_an_incident_that_its_operator_neglects_goes_back_to_the_team(register: Register) -> None:
    reference = claimed(register)
    assert register.wake(reference, NOW + DAY) is Wake.RELEASED
    incident, history = whole_history(register, reference, NOW + DAY)
    assert (incident.status, incident.claimed_by) == (Status.QUEUED, None)
    assert incident.route_reason is Reason.REQUEUED
    assert history[-1].facts == {"action": "released", "by": "service"}


def test_an_incident_that_its_citizen_does_not_answer_is_resolved_and_consents_end(
    register: Register,
) -> None:
    reference = claimed(register)
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    register.grant_consent(reference, Scope.VIEW, shown.identity, NOW)
    register.reply(reference, *AINA, "Quin navegador?", NOW, ask=True)
    at = NOW + 14 * DAY
    assert register.wake(reference, at) is Wake.RESOLVED
    incident = register.incident(reference, at)
    assert (incident.status, incident.resolved_at) == (Status.RESOLVED, at)
    assert incident.resolved_by is Actor.SERVICE
    assert (incident.consents, incident.claimed_by, incident.due_at) == ({}, None, None)
    assert {"action": "resolved", "by": "service"} in contents(register, reference, at)


def test_only_one_of_two_watchers_wakes_an_incident(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = claimed(register)
    stale, read_now, at = [register.incident(reference, NOW)], register.incident, NOW + DAY
    assert Register(register._table._client, "register").wake(reference, at) is Wake.RELEASED
    monkeypatch.setattr(
        register, "incident", lambda *asked: stale.pop() if stale else read_now(*asked)
    )
    assert register.wake(reference, at) is None
    assert actions(register, reference) == ["queued", "claimed", "viewed", "released"]


def test_nothing_is_done_before_it_is_due(register: Register) -> None:
    reference = claimed(register)
    assert register.wake(reference, NOW + DAY - timedelta(milliseconds=1)) is None
    assert "released" not in actions(register, reference)


def test_overdue_incidents_are_found_on_every_shard_with_the_longest_overdue_first(
    register: Register,
) -> None:
    made = [submitted(register, number, NOW + number * MINUTE) for number in range(30)]
    assert len({stored_incident(register, each)["due_shard"]["N"] for each in made}) > 4
    assert register.overdue(NOW + 21 * MINUTE) == made[:20]
    register.resolve_by_citizen(made[0], NOW)
    assert register.overdue(NOW + 21 * MINUTE) == made[1:20]


def test_an_expired_incident_is_neither_overdue_nor_listed_nor_counted(register: Register) -> None:
    submitted(register)
    later = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    assert register.overdue(later - MINUTE)
    assert register.overdue(later) == []
    assert register.open_incidents(Category.FUNCTIONAL, later) == []
    assert register.facts(later) == []


def test_a_team_lists_its_open_incidents_the_oldest_first(register: Register) -> None:
    made = [queued(register, number, NOW - number * DAY) for number in range(3)]
    register.claim(made[0], *AINA, NOW)
    register.resolve_by_citizen(made[1], NOW)
    listed = register.open_incidents(Category.FUNCTIONAL, NOW)
    assert [(each.reference, each.status, each.claimed_by) for each in listed] == [
        (made[2], Status.QUEUED, None),
        (made[0], Status.CLAIMED, "aina"),
    ]
    assert (listed[0].submitted_at, listed[0].due_at) == (NOW - 2 * DAY, NOW + 11 * DAY)
    assert register.open_incidents(Category.PAYMENT, NOW) == []


# From a colleague, and to one


def test_an_incident_that_was_taken_over_is_not_taken_back_by_a_retry(register: Register) -> None:
    reference, key = claimed(register), "a key of Biel's"
    taken = register.take_over(reference, *BIEL, "És de baixa", NOW, key=key)
    assert (taken.claimed_by, taken.contact) == ("biel", {"email": "anna@example.org"})
    register.take_over(reference, *AINA, "Ja hi som", NOW + MINUTE)
    seen = register.take_over(reference, *BIEL, "És de baixa", NOW + 2 * MINUTE, key=key)
    assert seen.claimed_by == "aina"
    looks = [each for each in contents(register, reference) if each.get("purpose") == "handover"]
    assert [(each["operator"], each["contact"]) for each in looks] == [
        ("biel", True),
        ("aina", True),
        ("biel", False),
    ]
    assert actions(register, reference).count("taken_over") == 2


def test_an_incident_is_handed_over_once_and_only_by_an_operator_who_has_read_all(
    register: Register,
) -> None:
    reference, key = claimed(register), "a key of Aina's"
    had_seen = frozenset({register.incident(reference, NOW).citizen_wrote})
    register.add_citizen_message(reference, "Una altra cosa", NOW)
    asked = (reference, *AINA, "biel", "Plego", NOW)
    with pytest.raises(operator_acts.ChangedMeanwhile):
        register.hand_over(*asked, key=key, seen=had_seen)
    for _ in range(2):
        register.hand_over(*asked, key=key)
    assert register.incident(reference, NOW).claimed_by == "biel"
    assert actions(register, reference).count("handed_over") == 1
    with pytest.raises(ClaimedByAnother):
        register.hand_over(*asked)


def test_a_supervisor_moves_nothing_that_changes_hands_at_that_moment(register: Register) -> None:
    reference = claimed(register)
    seen, to = Holder(Category.FUNCTIONAL, "aina"), Holder(Category.FUNCTIONAL, "carla")

    def takes_over() -> None:
        register.take_over(reference, *BIEL, "És de baixa", NOW)

    table_of(register).meanwhile.append(takes_over)
    with pytest.raises(ClaimedByAnother) as refusal:
        register.reassign(reference, NEUS, seen, to, "Torn", NOW)
    assert refusal.value.operator == "biel"
    assert "reassigned" not in actions(register, reference)


def test_a_reassignment_that_is_repeated_takes_nothing_back_from_who_got_it_since(
    register: Register,
) -> None:
    reference = claimed(register)
    asked = (reference, NEUS, Holder(Category.FUNCTIONAL, "aina"))
    for _ in range(2):
        register.reassign(*asked, Holder(Category.FUNCTIONAL, "biel"), "Torn", NOW, key="k" * 16)
        if register.incident(reference, NOW).claimed_by == "biel":
            register.hand_over(reference, *BIEL, "carla", "Plego", NOW, key="another key 1234")
    assert register.incident(reference, NOW).claimed_by == "carla"
    assert actions(register, reference).count("reassigned") == 1


def test_the_watcher_gives_back_to_the_team_what_a_colleague_left_for_a_day(
    register: Register,
) -> None:
    reference = claimed(register)
    register.hand_over(reference, *AINA, "biel", "Plego", NOW + HOUR)
    assert register.wake(reference, NOW + 24 * HOUR) is None
    assert register.wake(reference, NOW + 25 * HOUR) is Wake.RELEASED


# Figures and mail


def test_the_figures_learn_when_what_happened_and_nothing_else(register: Register) -> None:
    reference = submitted(register, 0, NOW - 100 * DAY)
    register.claim(reference, *AINA, NOW)
    register.reply(reference, *AINA, "Hola", NOW + MINUTE)
    register.resolve(reference, *AINA, None, NOW + HOUR)
    register.rate(reference, 4, None, NOW + HOUR)
    submitted(register, 1, NOW)
    old, new = register.facts(NOW + HOUR)
    assert old == Facts(
        category=Category.FUNCTIONAL,
        language=Language.CATALAN,
        channel=Channel.WEB,
        submitted_at=NOW - 100 * DAY,
        first_answered_at=NOW + MINUTE,
        ended_at=NOW + HOUR,
        ended_by=Actor.OPERATOR,
        rating=4,
        rated_at=NOW + HOUR,
    )
    assert (new.submitted_at, new.ended_by, new.rating) == (NOW, None, None)
    register.reopen(reference, NOW + 2 * HOUR)
    old, _ = register.facts(NOW + HOUR)
    assert (old.reopened_at, old.ended_at, old.rating) == (NOW + 2 * HOUR, None, None)


def test_an_incident_counts_in_the_figures_for_a_year(register: Register) -> None:
    reference = submitted(register, 0, NOW)
    for months in (5, 10, 12):  # somebody keeps it alive
        register.add_citizen_message(reference, "Encara no", NOW + months * 30 * DAY)
    assert len(register.facts(NOW + 365 * DAY)) == 1
    assert register.facts(NOW + 400 * DAY) == []


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({}, None),
        ({"code": LISTED}, LISTED),
        ({"code": "00000000T"}, "unlisted"),
        ({"name": "El de na Xisca"}, "unlisted"),
    ],
)
def test_of_a_procedure_the_figures_learn_the_catalogues_code_only(
    register: Register, stated: dict[str, str], code: str | None
) -> None:
    submission = a_submission(procedure=stated) if stated else a_submission()
    register.submit(submission, "0123456789abcdef", b"secret", NOW)
    (facts,) = register.facts(NOW)
    assert facts.procedure == code


def test_the_indexes_hold_nothing_about_citizens() -> None:
    indexes = TEMPLATE["Resources"]["Register"]["Properties"]["GlobalSecondaryIndexes"]
    told = {each["IndexName"]: set(each["Projection"]["NonKeyAttributes"]) for each in indexes}
    assert told["open"] == {
        *("status", "category", "recorded_at", "expires_at", "claimed_by"),
        *("changed_at", "last_written", "unread", "topic", "answer_by"),
    }
    assert told["desk"] == told["open"] | {
        *("language", "origin", "procedure_code", "known_error", "due_at", "resolved_at"),
    }
    assert told["follow_ups"] == {"expires_at"}
    assert told["figures"] == {
        *("recorded_at", "expires_at", "origin", "language", "procedure_code"),
        *("first_answered_at", "resolved_at", "resolved_by", "reopened_at", "rating", "rated_at"),
    }


def test_each_mail_that_was_sent_is_recorded_by_its_id_at_the_provider(register: Register) -> None:
    reference = claimed(register)
    answer = register.reply(reference, *AINA, "Hola", NOW)
    sent = [
        register.record_mail(reference, answer.id, MailKind.REPLY, "id-1", NOW),
        register.record_mail(
            reference, answer.id, MailKind.REPLY, "id-2", NOW
        ),  # sent twice, recorded twice
        register.record_mail(reference, "incident", MailKind.ACKNOWLEDGEMENT, "id-3", NOW),
    ]
    assert whole_history(register, reference, NOW)[1][-3:] == sent
    assert sent[0].facts == {"for": answer.id, "kind": "reply", "message_id": "id-1"}


def test_trouble_with_mail_is_recorded_once_for_each_kind(register: Register) -> None:
    reference = queued(register)
    for kind in (MailTrouble.BOUNCED, MailTrouble.BOUNCED, MailTrouble.COMPLAINED):
        register.mark_undeliverable(reference, kind, NOW)
    assert register.incident(reference, NOW).mail_trouble == "complained"
    assert [each["reason"] for each in contents(register, reference)[1:]] == [
        "bounced",
        "complained",
    ]


# What citizens see of it


def test_citizens_see_that_an_operator_acted_but_not_who_or_why_and_no_notes(
    register: Register,
) -> None:
    reference = claimed(register)
    register.note(reference, *AINA, "secret-note", NOW)
    register.reply(reference, *AINA, "Hola", NOW)
    register.transfer(reference, *AINA, Category.PAYMENT, "secret-why", NOW)
    with pytest.raises(OtherTeam):
        register.view(reference, *AINA, NOW)
    register.view(reference, *DAMIA, NOW)
    register.wake(reference, NOW + HOUR)
    seen = register.history(reference, NOW)
    shown = citizen_view(*seen)["history"]
    assert [(each.get("action", each["kind"]), each["by"]) for each in reversed(shown)] == [
        ("queued", "service"),
        ("claimed", "operator"),
        ("viewed", "operator"),  # the claim's look
        ("message", "operator"),
        ("transferred", "operator"),
        ("viewed", "operator"),
    ]
    told = json.dumps(citizen_view(*seen))
    for hidden in ("aina", "damia", "secret-"):
        assert hidden not in told


def test_a_copy_of_everything_has_notes_reasons_refusals_and_looks_but_no_operators_name(
    register: Register,
) -> None:
    reference = claimed(register)
    register.note(reference, *AINA, "what-we-know", NOW)
    register.transfer(reference, *AINA, Category.PAYMENT, "why-it-goes", NOW)
    with pytest.raises(OtherTeam):
        register.view(reference, *AINA, NOW)
    register.view(reference, *DAMIA, NOW)
    copied = export(*register.export(reference, NOW, shown=is_shown), NOW)["incident"]["history"]
    assert [each.get("action", each["kind"]) for each in reversed(copied)] == [
        *("queued", "claimed", "viewed", "note", "transferred"),
        *("refused", "viewed"),
    ]
    told = json.dumps(copied)
    assert "what-we-know" in told
    assert "why-it-goes" in told
    assert "aina" not in told
    assert "damia" not in told
    assert [each["contact"] for each in copied if each.get("action") == "viewed"] == [False, True]


def test_a_copy_keeps_nothing_longer(register: Register) -> None:
    reference = claimed(register)
    before = register.incident(reference, NOW).expires_at
    later = NOW + timedelta(days=40)
    register.export(reference, later, shown=is_shown)
    register.claim(reference, *AINA, later)
    after = register.incident(reference, later).expires_at
    register.export_at_desk(reference, *AINA, later + timedelta(days=9), shown=is_shown)
    assert before <= after
    assert register.incident(reference, later).expires_at == after


def test_an_operator_copies_only_what_they_have_claimed_or_what_has_ended(
    register: Register,
) -> None:
    reference = claimed(register)
    with pytest.raises(ClaimedByAnother):
        register.export_at_desk(reference, *BIEL, NOW, shown=is_shown)
    with pytest.raises(OtherTeam):
        register.export_at_desk(reference, *DAMIA, NOW, shown=is_shown)
    register.resolve(reference, *AINA, None, NOW)
    assert register.export_at_desk(reference, *BIEL, NOW, shown=is_shown)[1].entries


# The rules, for any incident

statuses = st.sampled_from(Status)
operators = st.sampled_from(["aina", "biel"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
incidents = st.builds(
    Incident,
    reference=st.just(reference_for(SECRET, "a key of the test")),
    category=st.sampled_from(Category),
    status=statuses,
    language=st.just(Language.CATALAN),
    submitted_at=st.just(NOW),
    expires_at=st.just(retention.expires_at(NOW)),
    last_entry=st.just("01K3ZB2E40AAAAAAAAAAAAAAAA"),
    description=st.just("No puc annexar el document"),
    route_reason=st.none() | st.sampled_from(Reason),
    due_at=st.none() | moments,
    claimed_by=st.none() | operators,
)


@given(incidents, operators)
def test_only_its_operator_works_on_an_incident_and_sees_the_person(
    incident: Incident, operator: str
) -> None:
    if incident.status is Status.RESOLVED:
        with pytest.raises(AlreadyResolved):
            operator_acts.must_have_claimed(incident, operator)
    elif incident.claimed_by is None:
        with pytest.raises(NotClaimed):
            operator_acts.must_have_claimed(incident, operator)
    elif incident.claimed_by != operator:
        with pytest.raises(ClaimedByAnother, match=incident.claimed_by):
            operator_acts.must_have_claimed(incident, operator)
    else:
        operator_acts.must_have_claimed(incident, operator)
    assert operator_acts.sees_contact(incident, operator) == (incident.claimed_by == operator)


@given(incidents, moments)
def test_something_is_due_exactly_when_its_time_has_come(incident: Incident, now: datetime) -> None:
    open_one = replace(incident, status=Status.QUEUED) if incident.route_reason else incident
    done = deadlines.due(open_one, now)
    if open_one.due_at is None or open_one.due_at > now or open_one.status is Status.RESOLVED:
        assert done is None
    elif open_one.route_reason:
        assert done is Wake.REROUTED
    else:
        assert done == {
            "received": "requeued",
            "queued": "requeued",
            "claimed": "released",
            "waiting": "resolved",
        }.get(open_one.status)


@given(statuses, moments)
def test_every_open_state_has_a_deadline(status: Status, now: datetime) -> None:
    hours = {"received": 2 / 60, "queued": 13 * 24, "claimed": 24, "waiting": 14 * 24}
    due_at = deadlines.due_at(status, now)
    assert due_at == (now + hours[status] * HOUR if status in hours else None)


@given(st.sampled_from(["claimed", "viewed", "refused", "queued", "requeued"]))
def test_every_entry_except_a_look_and_a_strangers_attempt_keeps_the_incident(action: str) -> None:
    entry = an_entry(Kind.ACTION, {"action": action}, NOW)
    assert retention.prolongs(entry) == (action not in {"refused", "viewed"})
