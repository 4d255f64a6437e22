"""An operator notices that the citizen wrote, and sends no answer before reading it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident
from suport.domain.history import Kind
from suport.domain.incident import Actor, Status, Written
from suport.domain.operator_acts import ChangedMeanwhile, ClaimedByAnother, NotClaimed
from suport.domain.owed_mail import SetAside
from suport.domain.reference import Reference
from suport.files.file_store import new_file_id
from suport.register.register import Register
from tests.support.register import a_submission, whole_history

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AINA, BIEL = ("aina", Category.FUNCTIONAL), ("biel", Category.FUNCTIONAL)


@pytest.fixture
def reference(register: Register) -> Reference:
    made = register.submit(a_submission(), "k" * 20, b"secret", NOW).reference
    register.claim(made, *AINA, NOW)
    return made


def listed(register: Register, at: datetime = NOW) -> ListedIncident:
    [incident] = register.open_incidents(Category.FUNCTIONAL, at)
    return incident


def a_file() -> File:
    return File(new_file_id(), MediaType.PNG, 9, "v", NOW)


WRITES: dict[str, Callable[[Register, Reference, datetime], Any]] = {
    "message": lambda register, made, at: register.add_citizen_message(made, "Ara sí", at),
    "file": lambda register, made, at: register.add_file(made, a_file(), State.CLEAN, at),
}
ANSWERS: dict[str, Callable[..., Any]] = {
    "reply": lambda register, made, **how: register.reply(made, *AINA, "Hola", NOW, **how),
    "ask": lambda register, made, **how: register.reply(made, *AINA, "?", NOW, ask=True, **how),
    "resolve": lambda register, made, **how: register.resolve(made, *AINA, "Fet", NOW, **how),
    "transfer": lambda register, made, **how: register.transfer(
        made, *AINA, Category.PAYMENT, "és seu", NOW, **how
    ),
}


def test_a_new_incident_is_unread_until_somebody_looks(register: Register) -> None:
    register.submit(a_submission(), "another key of 20", b"secret", NOW)
    assert (listed(register).unread, listed(register).last_written.by) == (1, "citizen")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_the_open_list_shows_that_the_citizen_wrote_while_an_operator_has_the_incident(
    register: Register, reference: Reference, write: Callable[..., Any]
) -> None:
    assert listed(register).unread == 0
    write(register, reference, NOW + MINUTE)
    write(register, reference, NOW + 2 * MINUTE)
    seen = listed(register)
    assert (seen.status, seen.claimed_by, seen.unread) == (Status.CLAIMED, "aina", 2)
    assert seen.last_written == Written(NOW + 2 * MINUTE, Actor.CITIZEN)
    assert seen.changed_at == NOW + 2 * MINUTE


def test_only_the_look_of_the_incidents_own_operator_marks_it_as_read(
    register: Register, reference: Reference
) -> None:
    register.add_citizen_message(reference, "Ara sí", NOW + MINUTE)
    register.view(reference, *BIEL, NOW + 2 * MINUTE)
    assert listed(register).unread == 1
    register.view(reference, *AINA, NOW + 3 * MINUTE)
    seen = listed(register)
    assert seen.unread == 0
    assert seen.changed_at == NOW + MINUTE, "a look is no change that a team follows"


def test_an_operators_message_is_the_last_one_written(
    register: Register, reference: Reference
) -> None:
    register.reply(reference, *AINA, "Hola", NOW + MINUTE)
    assert listed(register).last_written == Written(NOW + MINUTE, Actor.OPERATOR)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_no_answer_goes_out_over_writing_that_the_operator_has_not_read(
    register: Register,
    reference: Reference,
    write: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    had_read = frozenset([register.incident(reference, NOW).citizen_wrote])
    write(register, reference, NOW + MINUTE)
    before = register.incident(reference, NOW)
    with pytest.raises(ChangedMeanwhile) as refusal:
        answer(register, reference, seen=had_read)
    after, history = whole_history(register, reference, NOW)
    assert (after.status, after.claimed_by) == (before.status, "aina")
    assert history[-1].facts["action"] == "viewed", "they are shown it now"
    assert [each.kind for each in refusal.value.written] == [
        Kind.MESSAGE if write is WRITES["message"] else Kind.ATTACHMENT
    ]
    assert listed(register).unread == 0
    answer(register, reference, seen=frozenset([refusal.value.citizen_wrote]))


def test_an_operator_who_has_read_everything_or_does_not_say_is_not_held_up(
    register: Register, reference: Reference
) -> None:
    register.add_citizen_message(reference, "Ara sí", NOW)
    latest = register.incident(reference, NOW).citizen_wrote
    register.reply(reference, *AINA, "Hola", NOW, seen=frozenset(["older", latest]))
    register.reply(reference, *AINA, "Hola", NOW)


def test_a_repetition_gets_the_same_answer_whatever_the_citizen_wrote_since(
    register: Register, reference: Reference
) -> None:
    seen = frozenset([register.incident(reference, NOW).citizen_wrote])

    def reply() -> Any:
        return register.reply(reference, *AINA, "Hola", NOW, key="k" * 16, seen=seen)

    first = reply()
    register.add_citizen_message(reference, "Ara sí", NOW)
    assert reply() == first


def test_only_the_incidents_operator_is_shown_what_the_citizen_wrote(
    register: Register, reference: Reference
) -> None:
    register.add_citizen_message(reference, "Ara sí", NOW)
    with pytest.raises(ClaimedByAnother):
        register.reply(reference, *BIEL, "Hola", NOW, seen=frozenset(["old"]))
    register.release(reference, *AINA, NOW)
    with pytest.raises(NotClaimed):
        register.reply(reference, *AINA, "Hola", NOW, seen=frozenset(["old"]))


def test_the_refusal_shows_at_most_the_latest_fifty_entries(
    register: Register, reference: Reference
) -> None:
    seen = frozenset([register.incident(reference, NOW).citizen_wrote])
    for number in range(60):
        at = NOW + timedelta(days=number // 20, seconds=number)
        register.add_citizen_message(reference, f"Missatge {number}", at)
    with pytest.raises(ChangedMeanwhile) as refusal:
        register.reply(reference, *AINA, "Hola", NOW + timedelta(days=3), seen=seen)
    shown = [each.facts["body"] for each in refusal.value.written]
    assert shown == [f"Missatge {number}" for number in range(10, 60)]


def test_an_earlier_part_of_the_history_marks_nothing_as_read(
    register: Register, reference: Reference
) -> None:
    register.add_citizen_message(reference, "Ara sí", NOW + MINUTE)
    oldest = list(register.entries(reference, NOW))[-1]
    register.view(reference, *AINA, NOW + MINUTE, before=oldest.id)
    assert listed(register).unread == 1


@pytest.mark.parametrize("tags", [{"zzz"}, {""}, {"no tag", "Z" * 25}])
def test_after_unknown_tags_the_refusal_shows_all_that_the_citizen_wrote(
    register: Register, reference: Reference, tags: set[str]
) -> None:
    register.add_citizen_message(reference, "Ara sí", NOW)
    with pytest.raises(ChangedMeanwhile) as refusal:
        register.reply(reference, *AINA, "Hola", NOW, seen=frozenset(tags))
    assert [each.facts["body"] for each in refusal.value.written] == ["Ara sí"]


def test_a_mail_set_aside_is_a_change_that_a_team_follows(
    register: Register, reference: Reference
) -> None:
    register.set_mail_aside(reference, "incident", SetAside.NOT_SENT, NOW + MINUTE)
    assert listed(register).changed_at == NOW + MINUTE


@pytest.mark.parametrize(
    "unreached",
    [
        lambda register, made, asked: register.set_mail_aside(
            made, asked, SetAside.NOT_SENT, NOW + MINUTE
        ),
        lambda register, made, _: register.mark_undeliverable(made, "bounced", NOW + MINUTE),
    ],
    ids=["set aside", "bounced"],
)
def test_nobody_waits_for_a_citizen_who_was_never_asked(
    register: Register, reference: Reference, unreached: Callable[..., None]
) -> None:
    asked = register.reply(reference, *AINA, "Quin?", NOW, ask=True)
    unreached(register, reference, asked.id)
    incident = register.incident(reference, NOW)
    assert (incident.status, incident.route_reason) == (Status.QUEUED, "requeued")


def test_another_mail_set_aside_changes_nothing_for_the_team(
    register: Register, reference: Reference
) -> None:
    answer = register.reply(reference, *AINA, "Hola", NOW)
    register.reply(reference, *AINA, "Quin?", NOW, ask=True)
    register.set_mail_aside(reference, answer.id, SetAside.NOT_SENT, NOW + MINUTE)
    assert register.incident(reference, NOW).status is Status.WAITING
