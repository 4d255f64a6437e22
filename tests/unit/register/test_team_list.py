"""A team's list is read page by page, and with it no other team's incidents."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from suport.domain import retention
from suport.domain.category import Category
from suport.domain.desk_list import PAGE, Tally, Wanted
from suport.domain.incident import Channel, Status
from suport.domain.language import Language
from suport.domain.owed_mail import SetAside
from suport.domain.procedures import catalogue
from suport.domain.reference import Reference
from suport.register.items import list_attributes, restored_item, whole_incident_of
from suport.register.marshalling import unmarshalled
from suport.register.register import Register
from suport.register.whole_table import Pace, WholeTable
from tests.support.register import a_submission, stored_incident, table_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FUNCTIONAL, PAYMENT, SIGNATURE = Category
AINA, DAMIA = ("aina", FUNCTIONAL), ("damia", PAYMENT)
PRIVATE = "Na Xisca, 971481726"
LISTED = catalogue().procedures[0].code


def submitted(
    register: Register,
    number: int,
    category: Category = FUNCTIONAL,
    at: datetime = NOW,
    **stated: Any,
) -> Reference:
    content = {"category": category, "error": {"code": "190"}} | stated
    made = register.submit(a_submission(**content), f"{number:020}", b"secret", at)
    return made.reference


def shown(
    register: Register,
    *teams: Category,
    wanted: Wanted = Wanted(),  # noqa: B008  frozen
    at: datetime = NOW,
) -> list[Reference]:
    """The references on all pages of these teams' list."""
    found: list[Reference] = []
    page: str | None = None
    while True:
        told = register.team_list(teams, at, wanted, page)
        found += [each.reference for each in told.incidents]
        if (page := told.next) is None:
            return found


def queried(register: Register, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the table was asked for, as long as the test lasts."""
    asked: list[dict[str, Any]] = []
    table = table_of(register)
    query = table._query

    def noted(**question: Any) -> Any:
        asked.append({"items": query(**question)} | question)
        return query(**question)

    monkeypatch.setattr(table, "_query", noted)
    return asked


def test_a_list_shows_what_tells_one_incident_from_another_and_no_words(
    register: Register,
) -> None:
    stated: dict[str, Any] = {
        "description": PRIVATE,
        "error": {"code": "saf 8", "message": PRIVATE},
        "procedure": {"code": LISTED, "name": PRIVATE},
        "contact": {"email": "xisca@example.org", "name": PRIVATE},
        "language": "de",
    }
    reference = submitted(register, 1, **stated)
    register.claim(reference, *AINA, NOW + MINUTE)
    (row,) = register.team_list([FUNCTIONAL], NOW + MINUTE, Wanted()).incidents
    assert (row.reference, row.category, row.status) == (reference, FUNCTIONAL, Status.CLAIMED)
    assert (row.language, row.origin) == (Language.GERMAN, Channel.WEB)
    assert (row.submitted_at, row.due_at, row.resolved_at) == (NOW, NOW + MINUTE + DAY, None)
    assert (row.claimed_by, row.unread, row.changed_at) == ("aina", 0, NOW + MINUTE)
    assert (row.procedure, row.known_error, row.ending) == (LISTED, "SAF_08", False)
    assert "Xisca" not in str(row)


def test_a_code_in_the_message_is_in_the_list_where_none_was_stated(register: Register) -> None:
    submitted(register, 1, error={"message": f"{PRIVATE}: saf 19, {PRIVATE}"})
    (row,) = register.team_list([FUNCTIONAL], NOW, Wanted()).incidents
    assert row.known_error == "SAF_19"


def test_an_error_that_is_no_known_one_is_not_in_the_list(register: Register) -> None:
    reference = submitted(register, 1, error={"code": PRIVATE})
    assert "known_error" not in stored_incident(register, reference)


def test_the_list_forgets_the_known_error_and_the_procedure_with_the_first_words(
    register: Register,
) -> None:
    reference = submitted(register, 1, procedure={"code": LISTED})
    register.add_citizen_message(reference, "Encara no", NOW + 60 * DAY)
    end = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    for at, known in ((end - MINUTE, ("190", LISTED)), (end, (None, None))):
        (row,) = register.team_list([FUNCTIONAL], at, Wanted()).incidents
        assert (row.known_error, row.procedure) == known
    register.follow_up(reference, end)
    assert not stored_incident(register, reference).keys() & {"known_error", "procedure_code"}


def test_only_the_own_teams_incidents_are_read_for_a_list_a_tally_and_the_open_incidents(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        submitted(register, number, list(Category)[number % 3])
    register.resolve_by_citizen(submitted(register, 60), NOW)
    register.resolve_by_citizen(submitted(register, 61, PAYMENT), NOW)
    asked = queried(register, monkeypatch)
    shown(register, FUNCTIONAL, wanted=Wanted(resolved=True))
    register.team_tally([FUNCTIONAL], NOW, "aina")
    register.open_incidents(FUNCTIONAL, NOW)
    read = [item for each in asked for item in each["items"]]
    assert {item["category"]["S"] for item in read} == {FUNCTIONAL}
    assert {each["IndexName"] for each in asked} == {"desk"}


def test_a_list_comes_in_pages_in_its_order_over_all_the_operators_teams(
    register: Register,
) -> None:
    made = [
        submitted(register, number, list(Category)[number % 3], NOW - number * MINUTE)
        for number in range(3 * PAGE)
    ]
    read = made[4]
    register.claim(read, "biel", PAYMENT, NOW)
    ours = [each for number, each in enumerate(made) if number % 3 < 2 and each != read]
    page = register.team_list([FUNCTIONAL, PAYMENT], NOW, Wanted())
    assert len(page.incidents) == PAGE
    assert shown(register, PAYMENT, FUNCTIONAL) == [*reversed(ours), read]


def test_the_resolved_ones_follow_with_the_latest_first(register: Register) -> None:
    made = [submitted(register, number) for number in range(4)]
    for number in (2, 0):
        register.resolve_by_citizen(made[number], NOW + (5 - number) * MINUTE)
    assert shown(register, FUNCTIONAL, wanted=Wanted(resolved=True))[2:] == [made[0], made[2]]
    only = Wanted(states=frozenset({Status.RESOLVED}))
    assert shown(register, FUNCTIONAL, wanted=only) == [made[0], made[2]]
    register.reopen(made[0], NOW + 10 * MINUTE)
    assert made[0] in shown(register, FUNCTIONAL)


def test_a_filter_that_few_incidents_pass_fills_its_pages_all_the_same(
    register: Register,
) -> None:
    made = [submitted(register, number, at=NOW - number * MINUTE) for number in range(2 * PAGE)]
    for number in (3, 40, 99):
        register.claim(made[number], *AINA, NOW)
    mine = register.team_list([FUNCTIONAL], NOW, Wanted(mine="aina"))
    assert {each.reference for each in mine.incidents} == {made[3], made[40], made[99]}
    assert mine.next is None
    dated = Wanted(since=date(2026, 11, 26))
    assert register.team_list([FUNCTIONAL], NOW, dated).incidents == ()


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(resolved=True)], ids=["open", "resolved"])
def test_another_teams_cursor_shows_nothing_of_that_team(
    register: Register, wanted: Wanted
) -> None:
    for number in range(PAGE + 1):
        submitted(register, number, PAYMENT)
    own = submitted(register, 1000, FUNCTIONAL, NOW + DAY)
    page = register.team_list([PAYMENT], NOW + DAY, wanted).next
    assert page
    told = register.team_list([FUNCTIONAL], NOW + DAY, wanted, page)
    assert [each.reference for each in told.incidents] == [own]
    first = register.team_list([FUNCTIONAL], NOW + DAY, wanted, "forged")
    assert first == register.team_list([FUNCTIONAL], NOW + DAY, wanted)


def test_an_expired_incident_is_neither_listed_nor_counted(register: Register) -> None:
    submitted(register, 1)
    register.resolve_by_citizen(submitted(register, 2), NOW)
    end = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    for at, count in ((end - MINUTE, 2), (end, 0)):
        assert len(shown(register, FUNCTIONAL, wanted=Wanted(resolved=True), at=at)) == count
        assert register.team_tally([FUNCTIONAL], at, "aina").team == count // 2


def test_an_incident_near_its_end_stands_among_the_ending_ones_while_it_is_open(
    register: Register,
) -> None:
    reference = submitted(register, 1)
    near = datetime.fromtimestamp(retention.expires_at(NOW), UTC) - 10 * DAY
    ending = Wanted(ending=True)
    assert shown(register, FUNCTIONAL, wanted=ending) == []
    assert shown(register, FUNCTIONAL, wanted=ending, at=near) == [reference]
    assert register.team_tally([FUNCTIONAL], near, "aina") == Tally(team=1, ending=1, unread=1)


def test_the_tally_is_of_the_operators_teams_together(register: Register) -> None:
    for number, category in enumerate((FUNCTIONAL, PAYMENT, PAYMENT, SIGNATURE)):
        made = submitted(register, number, category)
        if number == 1:
            register.claim(made, *DAMIA, NOW)
    teams = (FUNCTIONAL, PAYMENT)
    assert register.team_tally(teams, NOW, "damia") == Tally(team=3, mine=1, unread=2)
    assert register.team_tally([], NOW, "damia") == Tally()


def test_a_transferred_incident_changes_lists_at_once(register: Register) -> None:
    reference = submitted(register, 1)
    register.claim(reference, *AINA, NOW)
    register.transfer(reference, *AINA, PAYMENT, "És seu", NOW)
    assert (shown(register, FUNCTIONAL), shown(register, PAYMENT)) == ([], [reference])


@pytest.mark.parametrize("resolved", [False, True])
def test_what_a_list_needs_is_worked_out_of_the_incident_alone(
    register: Register, resolved: bool
) -> None:
    """So the audit can add it to an item of before, and a restored one has it."""
    reference = submitted(register, 1, procedure={"code": LISTED})
    if resolved:
        register.resolve_by_citizen(reference, NOW)
    stored = stored_incident(register, reference)
    item = unmarshalled(stored)
    incident = whole_incident_of(item)
    right = list_attributes(incident)
    assert right == {name: item.get(name) for name in right}
    assert {*right} == {"desk_list", "desk_order", "known_error", "procedure_code"}
    assert restored_item(item, incident).items() >= right.items()


def test_an_item_of_before_the_index_is_given_its_place_and_nothing_else(
    register: Register,
) -> None:
    reference = submitted(register, 1)
    stored = stored_incident(register, reference)
    before = dict(stored)
    for name in ("desk_list", "desk_order", "known_error"):
        del stored[name]
    assert shown(register, FUNCTIONAL) == []
    unhurried: Any = lambda _: None  # noqa: E731
    client: Any = table_of(register)
    table = WholeTable(client, "register", Pace(wait=unhurried))
    own = table.incident(reference)
    assert own
    assert table.correct_list(own, list_attributes(whole_incident_of(own.item)))
    assert stored_incident(register, reference) == before
    assert shown(register, FUNCTIONAL) == [reference]
    own = table.incident(reference)
    assert own
    assert not table.correct_list(own, list_attributes(whole_incident_of(own.item)))


def test_rows_of_given_references_are_those_of_the_list_in_one_request(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = [submitted(register, number, procedure={"code": LISTED}) for number in range(5)]
    erased = references.pop(2)
    register.submit(a_submission(), f"{9:020}", b"secret", NOW)
    asked_for = register.ask_for_erasure(erased, NOW)
    assert asked_for.erasure_asked
    register.erase(erased, asked_for.erasure_asked.entry, NOW)
    asked = []
    table = table_of(register)
    answered = table._batch_get_item

    def noted(**question: Any) -> Any:
        asked.append(question)
        return answered(**question)

    monkeypatch.setattr(table, "_batch_get_item", noted)
    wanted = [references[3], erased, references[0], references[3], Reference("0000-0000-0000")]
    rows = register.rows(wanted, NOW)
    assert len(asked) == 1
    assert [each.reference for each in rows] == [references[3], references[0]]
    listed = register.team_list([FUNCTIONAL], NOW, Wanted()).incidents
    assert set(rows) <= set(listed)
    assert register.rows(wanted, datetime.fromtimestamp(rows[0].expires_at, UTC)) == []
    assert register.rows([], NOW) == []


# What supervisors are told


def test_a_teams_load_is_read_from_its_own_list_in_part(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [submitted(register, number, list(Category)[number % 3]) for number in range(9)]
    register.claim(made[0], *AINA, NOW)
    register.resolve_by_citizen(made[3], NOW)
    asked = queried(register, monkeypatch)
    load = register.team_load(FUNCTIONAL, NOW + 3 * DAY)
    assert (load.open, load.overdue, load.by_operator["aina"].open) == (2, 2, 1)
    (question,) = asked
    assert {item["desk_list"]["S"] for item in question["items"]} == {"functional/open"}
    read = set(question["ProjectionExpression"].split(", "))
    assert not read & {"reference", "last_written", "procedure_code", "known_error"}


def test_a_mail_that_is_set_aside_is_in_the_list_of_the_team_that_had_the_incident(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = submitted(register, 1, contact={"email": "xisca@example.org"})
    register.set_mail_aside(reference, "incident", SetAside.NOT_SENT, NOW + MINUTE)
    register.claim(reference, *AINA, NOW + MINUTE)
    register.transfer(reference, *AINA, PAYMENT, "Un cobrament", NOW + MINUTE)
    asked = queried(register, monkeypatch)
    (told,) = register.mails_set_aside(FUNCTIONAL, NOW, NOW + DAY).mails
    assert (told.reference, told.at) == (reference, NOW + MINUTE)
    assert register.mails_set_aside(PAYMENT, NOW, NOW + DAY).mails == ()
    assert register.mails_set_aside(FUNCTIONAL, NOW + MINUTE * 2, NOW + DAY).mails == ()
    assert "example.org" not in str([each["items"] for each in asked])


def test_the_latest_mail_set_aside_comes_first_and_none_after_its_six_months(
    register: Register,
) -> None:
    made = [submitted(register, number, contact={"email": "a@example.org"}) for number in range(3)]
    for number, reference in enumerate(made):
        register.set_mail_aside(reference, "incident", SetAside.NOT_SENT, NOW + number * MINUTE)
    told = register.mails_set_aside(FUNCTIONAL, NOW - DAY, NOW + DAY)
    assert [each.reference for each in told.mails] == made[::-1]
    end = datetime.fromtimestamp(retention.expires_at(NOW), UTC)
    assert register.mails_set_aside(FUNCTIONAL, NOW - DAY, end).mails == ()


def test_no_list_of_a_team_has_a_mail_that_was_set_aside(register: Register) -> None:
    reference = submitted(register, 1, contact={"email": "a@example.org"})
    register.set_mail_aside(reference, "incident", SetAside.NOT_SENT, NOW)
    assert shown(register, FUNCTIONAL, wanted=Wanted(resolved=True)) == [reference]


def test_a_list_is_narrowed_to_what_is_unread_or_overdue(register: Register) -> None:
    unread, own, late = (submitted(register, number) for number in range(3))
    register.claim(late, *AINA, NOW - DAY)
    register.claim(own, *AINA, NOW)
    assert shown(register, FUNCTIONAL, wanted=Wanted(unread=True), at=NOW) == [unread]
    assert shown(register, FUNCTIONAL, wanted=Wanted(overdue=True), at=NOW) == [late]
    register.resolve(late, *AINA, None, NOW)
    for wanted in (Wanted(overdue=True, resolved=True), Wanted(unread=True, resolved=True)):
        assert late not in shown(register, FUNCTIONAL, wanted=wanted, at=NOW)
