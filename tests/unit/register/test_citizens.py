"""What citizens do with their incident, in the register in moto, with a table from the template."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import retention
from suport.domain.category import Category
from suport.domain.change import KEYED
from suport.domain.citizen_acts import MOST_MESSAGES_A_DAY, NotResolved, ReopeningOver
from suport.domain.consent import ConsentAction, Scope
from suport.domain.deadlines import REOPENABLE_FOR, may_reopen, reopenable_until
from suport.domain.history import Entry, Kind
from suport.domain.incident import Actor, Incident, Reason, Status
from suport.domain.language import Language
from suport.domain.reference import Reference, reference_for
from suport.domain.submission import fingerprint
from suport.http.bodies.citizens import MessageBody, RatingBody
from suport.http.problem import Problem
from suport.http.problems.about_incidents import not_resolved, reopening_over
from suport.register.register import Register
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.support.gateway import read
from tests.support.register import (
    a_submission,
    stored_incident,
    stored_items,
    whole_history,
)

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
RESOLVED_AT = NOW + timedelta(days=3)
LAST_MOMENT = RESOLVED_AT + timedelta(days=14)
TOO_LATE = LAST_MOMENT + timedelta(milliseconds=1)
SECRET = b"secret"
AINA = ("aina", Category.FUNCTIONAL)
KEY = "0123456789abcdef"
VIEW_NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
TO_DO = {"route_reason", "due_at", "due_shard"}


def queued(register: Register) -> Incident:
    made = register.submit(a_submission(), KEY, SECRET, NOW)
    register.mark_queued(made, NOW)
    return made


def resolved(register: Register) -> Incident:
    made = queued(register)
    register.resolve_by_citizen(made.reference, RESOLVED_AT)
    return register.incident(made.reference, RESOLVED_AT)


def resolved_by_team(register: Register) -> Incident:
    made = queued(register)
    resolve(register, made.reference)
    return register.incident(made.reference, RESOLVED_AT)


def resolve(register: Register, reference: Reference) -> None:
    register.claim(reference, *AINA, RESOLVED_AT)
    register.resolve(reference, *AINA, None, RESOLVED_AT)


def history(register: Register, incident: Incident) -> list[Entry]:
    return whole_history(register, incident.reference, RESOLVED_AT)[1]


def contents(register: Register, incident: Incident) -> list[dict[str, Any]]:
    return [entry.facts for entry in history(register, incident)]


def test_closing_the_incident_leaves_nothing_to_do(register: Register) -> None:
    closed = resolved(register)
    assert (closed.status, closed.resolved_at) == (Status.RESOLVED, RESOLVED_AT)
    assert closed.resolved_by is Actor.CITIZEN
    assert TO_DO & stored_incident(register, closed.reference).keys() == set()
    assert contents(register, closed)[1:] == [{"action": "resolved", "by": "citizen"}]


def test_closing_twice_is_recorded_once(register: Register) -> None:
    closed = resolved(register)
    register.resolve_by_citizen(closed.reference, LAST_MOMENT)
    assert register.incident(closed.reference, LAST_MOMENT) == closed
    assert len(history(register, closed)) == 2


@pytest.mark.parametrize("scopes", [[], [Scope.VIEW], [Scope.VIEW, Scope.CONTROL]])
def test_once_the_incident_is_closed_nobody_may_view_the_screen_any_more(
    register: Register, scopes: list[Scope]
) -> None:
    made = queued(register)
    granted = [
        register.grant_consent(made.reference, scope, VIEW_NOTICE.identity, NOW).facts
        | {"record": history(register, made)[-1].id}
        for scope in scopes
    ]
    register.resolve_by_citizen(made.reference, RESOLVED_AT)
    assert register.incident(made.reference, RESOLVED_AT).consents == {}
    ended = [entry for entry in history(register, made) if entry.facts.get("by") == "service"][1:]
    assert [entry.facts for entry in ended] == [
        each | {"action": ConsentAction.WITHDRAW, "by": "service"} for each in reversed(granted)
    ]


def test_withdrawing_a_consent_that_ended_with_the_incident_gets_the_same_answer(
    register: Register,
) -> None:
    made = queued(register)
    register.grant_consent(made.reference, Scope.VIEW, VIEW_NOTICE.identity, NOW)
    register.resolve_by_citizen(made.reference, RESOLVED_AT)
    entries = history(register, made)
    assert register.withdraw_consent(made.reference, Scope.VIEW, RESOLVED_AT) == entries[-1]
    assert history(register, made) == entries


def test_an_incident_closed_while_it_was_being_queued_stays_closed(register: Register) -> None:
    being_sent = register.submit(a_submission(), KEY, SECRET, NOW)
    register.resolve_by_citizen(being_sent.reference, RESOLVED_AT)
    register.mark_queued(being_sent, RESOLVED_AT)
    closed = register.incident(being_sent.reference, RESOLVED_AT)
    assert (closed.status, closed.route_reason) == (Status.RESOLVED, None)
    assert TO_DO & stored_incident(register, closed.reference).keys() == set()
    assert contents(register, closed) == [{"action": "resolved", "by": "citizen"}]


def test_a_reopened_incident_is_queued_although_an_older_message_was_being_sent(
    register: Register,
) -> None:
    being_sent = register.submit(a_submission(), KEY, SECRET, NOW)
    register.resolve_by_citizen(being_sent.reference, NOW)
    register.reopen(being_sent.reference, NOW)
    register.mark_queued(being_sent, NOW)
    assert register.incident(being_sent.reference, NOW).route_reason is Reason.REOPENED


@pytest.mark.parametrize("at", [RESOLVED_AT, LAST_MOMENT])
def test_for_fourteen_days_a_citizen_can_reopen_an_incident(
    register: Register, at: datetime
) -> None:
    closed = resolved_by_team(register)
    register.rate(closed.reference, 2, None, RESOLVED_AT)
    register.reopen(closed.reference, at)
    back = register.incident(closed.reference, at)
    assert (back.status, back.route_reason) == (Status.QUEUED, Reason.REOPENED)
    assert (back.resolved_at, back.resolved_by, back.rating) == (None, None, None)
    assert stored_incident(register, back.reference).keys() >= TO_DO
    assert contents(register, back)[-1] == {"action": "reopened", "by": "citizen"}


@pytest.mark.parametrize(
    "come_back",
    [
        lambda register, reference: register.reopen(reference, TOO_LATE),
        lambda register, reference: register.add_citizen_message(reference, "Hola", TOO_LATE),
        lambda register, reference: register.add_citizen_message(reference, "Hola", TOO_LATE, KEY),
    ],
)
def test_after_fourteen_days_a_citizen_can_write_nothing(
    register: Register, come_back: Callable[[Register, str], object]
) -> None:
    closed = resolved(register)
    before = stored_incident(register, closed.reference), history(register, closed)
    with pytest.raises(ReopeningOver):
        come_back(register, closed.reference)
    assert (stored_incident(register, closed.reference), history(register, closed)) == before


def test_reopening_an_open_incident_changes_nothing(register: Register) -> None:
    made = queued(register)
    before = stored_incident(register, made.reference)
    register.reopen(made.reference, NOW)
    assert stored_incident(register, made.reference) == before


@given(
    st.sampled_from(Status),
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(days=-1), timedelta(days=30)),
)
def test_only_a_resolved_incident_can_be_reopened_and_only_in_time(
    status: Status, resolved_at: datetime | None, later: timedelta
) -> None:
    incident = Incident(
        reference=reference_for(SECRET, KEY),
        category=a_submission().category,
        status=status,
        language=Language.CATALAN,
        submitted_at=NOW,
        expires_at=0,
        last_entry="",
        description="",
        resolved_at=resolved_at,
    )
    now = (resolved_at or NOW) + later
    is_over = status is not Status.RESOLVED or resolved_at is None or later > REOPENABLE_FOR
    assert may_reopen(incident, now) is not is_over
    assert (reopenable_until(incident) is None) is (
        status is not Status.RESOLVED or resolved_at is None
    )


def test_a_message_to_a_closed_incident_reopens_it(register: Register) -> None:
    closed = resolved(register)
    entry = register.add_citizen_message(closed.reference, "Torna a fallar", LAST_MOMENT)
    back = register.incident(closed.reference, LAST_MOMENT)
    assert (back.status, back.route_reason) == (Status.QUEUED, Reason.REOPENED)
    assert back.resolved_at is None
    assert contents(register, back)[-2:] == [
        {"action": "reopened", "by": "citizen"},
        {"by": "citizen", "body": "Torna a fallar"},
    ]
    assert entry == history(register, back)[-1]


def test_a_message_sent_twice_is_recorded_once(register: Register) -> None:
    made = queued(register)
    first = register.add_citizen_message(made.reference, "Aquí teniu", NOW, KEY)
    again = register.add_citizen_message(made.reference, "Aquí teniu", RESOLVED_AT, KEY)
    assert again == first
    assert [entry.facts.get("body") for entry in history(register, made)][1:] == ["Aquí teniu"]


def test_a_message_sent_twice_does_not_reopen_an_incident_closed_in_between(
    register: Register,
) -> None:
    made = queued(register)
    first = register.add_citizen_message(made.reference, "Aquí teniu", NOW, KEY)
    register.resolve_by_citizen(made.reference, RESOLVED_AT)
    for at in (RESOLVED_AT, TOO_LATE):
        assert register.add_citizen_message(made.reference, "Aquí teniu", at, KEY) == first
    assert register.incident(made.reference, TOO_LATE).status is Status.RESOLVED


def test_each_message_of_a_day_is_recorded_once_even_if_it_is_sent_again(
    register: Register,
) -> None:
    made = queued(register)

    def send(number: int) -> Entry:
        key, at = f"{KEY}{number}", NOW + number // MOST_MESSAGES_A_DAY * timedelta(days=1)
        return register.add_citizen_message(made.reference, f"text {number}", at, key)

    sent = [send(number) for number in range(MOST_MESSAGES_A_DAY)]
    assert [send(number) for number in (9, 0, 19)] == [sent[9], sent[0], sent[19]]
    assert [entry.id for entry in history(register, made)][1:] == [entry.id for entry in sent]
    sent += [send(number) for number in range(len(sent), KEYED + 1)]  # the first is forgotten
    kept = register.incident(made.reference, NOW).keyed_messages.values()
    assert sorted(kept) == [entry.id for entry in sent[1:]]


def test_a_reused_key_loses_no_new_message(register: Register) -> None:
    made = queued(register)
    for body, key in [("u", KEY), ("dos", KEY), ("dos", KEY + "2"), ("dos", None), ("dos", None)]:
        register.add_citizen_message(made.reference, body, NOW, key)
    bodies = [entry.facts.get("body") for entry in history(register, made)][1:]
    assert bodies == ["u", "dos", "dos", "dos", "dos"]


def test_an_expired_message_does_not_pass_for_a_new_one(register: Register) -> None:
    made = queued(register)
    register.add_citizen_message(made.reference, "Hola", NOW, KEY)
    register.add_citizen_message(made.reference, "Una altra", NOW + timedelta(days=60))
    after = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    again = register.add_citizen_message(made.reference, "Hola", after, KEY)
    assert again.recorded_at == after


def test_the_register_does_not_keep_a_messages_key(register: Register) -> None:
    made = queued(register)
    register.add_citizen_message(made.reference, "Hola", NOW, KEY)
    assert KEY not in json.dumps(stored_items(register))


def test_a_rating_is_kept_with_its_words_and_seen_on_the_incident(register: Register) -> None:
    closed = resolved_by_team(register)
    register.rate(closed.reference, 4, "Ràpid i clar", RESOLVED_AT)
    rated, entries = whole_history(register, closed.reference, RESOLVED_AT)
    assert rated.rating == 4
    assert entries[-1].kind is Kind.RATING
    assert entries[-1].facts == {"score": 4, "comment": "Ràpid i clar"}
    assert json.dumps(entries[-1].facts)  # a plain number, not the store's decimal


@pytest.mark.parametrize("comment", [None, "Bé"])
def test_the_same_rating_twice_is_recorded_once_and_another_one_again(
    register: Register, comment: str | None
) -> None:
    closed = resolved_by_team(register)
    for score, words in [(3, comment), (3, comment), (3, "Ara bé"), (5, "Ara bé"), (5, "Ara bé")]:
        register.rate(closed.reference, score, words, RESOLVED_AT)
    ratings = [entry for entry in history(register, closed) if entry.kind is Kind.RATING]
    assert [rating.facts for rating in ratings] == [
        {"score": 3, "comment": comment},
        {"score": 3, "comment": "Ara bé"},
        {"score": 5, "comment": "Ara bé"},
    ]
    assert register.incident(closed.reference, RESOLVED_AT).rating == 5


def test_each_resolution_is_rated_separately(register: Register) -> None:
    closed = resolved_by_team(register)
    register.rate(closed.reference, 1, None, RESOLVED_AT)
    register.reopen(closed.reference, RESOLVED_AT)
    resolve(register, closed.reference)
    register.rate(closed.reference, 1, None, RESOLVED_AT)
    ratings = [entry for entry in history(register, closed) if entry.kind is Kind.RATING]
    assert len(ratings) == 2


def test_help_under_way_cannot_be_rated(register: Register) -> None:
    made = queued(register)
    with pytest.raises(NotResolved):
        register.rate(made.reference, 5, None, NOW)
    assert len(history(register, made)) == 1


@pytest.mark.parametrize("score", ["3", 3])
def test_a_rating_is_read_from_a_form_and_from_json(score: object) -> None:
    body = json.dumps({"score": score, "comment": " Bé\r\nprou "}).encode()
    assert read(RatingBody, body, Language.CATALAN) == RatingBody(score=3, comment="Bé\nprou")


@pytest.mark.parametrize(
    "score", [0, 6, -1, "0", "6", "five", "3.0", 3.5, True, None, "", "٣", 10**30, "9" * 5000, [3]]
)
def test_any_other_score_is_refused_with_the_fields_name(score: object) -> None:
    with pytest.raises(Problem) as refusal:
        read(RatingBody, json.dumps({"score": score}).encode(), Language.CATALAN)
    [error] = refusal.value.errors
    assert (error.field, error.message.text) == ("score", "Choose a rating from 1 to 5.")


def told(model: Any, body: dict[str, Any]) -> str:
    with pytest.raises(Problem) as refusal:
        read(model, json.dumps(body).encode(), Language.ENGLISH)
    [error] = refusal.value.errors
    return error.message.in_(Language.ENGLISH)


@given(st.text("aé😀", min_size=1, max_size=300), st.integers(0, 20))
def test_a_text_that_is_too_long_is_refused_with_its_length(excess: str, blanks: int) -> None:
    # Line breaks of a form count once, and blanks around the text do not count.
    body = " " * blanks + "x" * 3_998 + "\r\n" + "x" + excess + " " * blanks
    length = 4_000 + len(excess)
    expected = f"Message must be 4000 characters or fewer. It has {length} now."
    assert told(MessageBody, {"body": body}) == expected


def test_every_text_field_that_is_too_long_is_refused_with_its_length() -> None:
    assert told(RatingBody, {"score": 1, "comment": "x" * 501}).endswith("It has 501 now.")


def test_the_circumstances_are_kept_with_the_incident(register: Register) -> None:
    context = {"step": "Pas 3: pagament", "browser": "Firefox 145, Windows", "charged": "unknown"}
    sent = a_submission(context=context, topic="accessibility")
    made = register.submit(sent, KEY, SECRET, NOW)
    assert (made.context, made.topic) == (context, "accessibility")
    assert register.incident(made.reference, NOW) == made


@pytest.mark.parametrize(
    "blank",
    [{"context": {}}, {"context": {"step": " ", "browser": ""}}, {"topic": ""}, {"context": None}],
)
def test_blank_fields_do_not_change_a_submission(blank: dict[str, Any]) -> None:
    assert fingerprint(a_submission(**blank)) == fingerprint(a_submission())


def test_a_submission_without_context_keeps_its_old_fingerprint() -> None:
    # A retry after a deployment must find the incident that the key made.
    assert fingerprint(a_submission()) == (
        "08c9ec1e7b54d6d8b5f2eed8117b2ddec5a9dd93953c8f3daec8effcce80c61d"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"context": {"step": "x" * 301}}, "context.step"),
        ({"context": {"browser": "x" * 201}}, "context.browser"),
        ({"context": {"charged": "maybe"}}, "context.charged"),
        ({"context": {"screen": "x"}}, "context.screen"),
        ({"context": "x"}, "context"),
        ({"topic": "others"}, "topic"),
    ],
)
def test_context_that_cannot_be_kept_is_refused_with_the_fields_name(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Problem) as refusal:
        a_submission(**changes)
    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize("language", list(Language))
def test_a_citizen_who_comes_too_late_learns_what_to_do(language: Language) -> None:
    body = reopening_over().body(language)
    assert (body["status"], body["type"]) == (409, "urn:suport:problem:reopening-over")
    assert "14" in body["detail"]
    assert not_resolved().body(language)["status"] == 409
