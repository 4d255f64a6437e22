"""What the search of the desk finds, for whom, and what it leaves behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import boto3
import pytest

from suport.desk.deployed import person_searches
from suport.desk.person_searches import PAGE
from suport.domain.category import Category
from suport.domain.history import Action, Entry, LookPurpose, is_look
from suport.domain.operator_identity import Role
from suport.domain.procedures import catalogue
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.search_terms import PersonFact
from suport.register.deployed import register
from suport.register.other_tables import search_index
from suport.register.search_index import MOST_OF_PERSON
from suport.runtime import aws
from suport.texts.labels import about_look
from suport.views.citizen_view import citizen_view
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.desk_table import DESK
from tests.support.index_table import IndexTable
from tests.support.web import Answer

__all__ = ["desks"]

FUNCTIONAL, PAYMENT, SIGNATURE = Category
PERSON = {"nif": "12345678Z", "email": "xisca@example.org", "phone": "600 11 22 33"}
LISTED = catalogue().procedures[0].code


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


@pytest.fixture
def index(desks: Desks) -> IndexTable:
    client: Any = desks.register._table._client
    return cast("IndexTable", client._others.beside["search_index"])


def indexed(desks: Desks, *references: Reference) -> None:
    """Has the index follow what has become of these incidents."""
    for each in register().findables(references, desks.now).values():
        search_index().follow(None, each)


def found(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    way = "incident?reference="
    return [
        each.removeprefix(way) for each in answer.page.attributes("href") if each.startswith(way)
    ]


def looks(desks: Desks, reference: Reference) -> list[Action]:
    entries: list[Entry] = [each for each in desks.entries(reference) if is_look(each)]
    return [each.content for each in entries if isinstance(each.content, Action)]


def test_a_search_asks_for_what_it_is_told_and_nothing_before(
    desks: Desks, marta: DeskBrowser, index: IndexTable
) -> None:
    indexed(desks, desks.submitted())
    index.requests.clear()
    page = marta.get("search").page
    assert "Results" not in page.text
    assert index.requests == []


def test_an_incident_is_found_by_all_that_a_list_shows(desks: Desks) -> None:
    old = desks.submitted(procedure={"code": LISTED})
    desks.now += timedelta(days=3)
    marta = desks.signed_in("marta", PAYMENT)
    new, theirs = desks.submitted(), desks.submitted(SIGNATURE)
    marta.post("claim", {"reference": new})
    indexed(desks, old, new, theirs)
    day = f"{desks.now:%Y-%m-%d}"
    for asked, expected in (
        ({"state": "all"}, [new, old]),
        ({"reference": old.lower()}, [old]),
        ({"reference": f" {old[5:9].lower()} "}, [old]),
        ({"reference": f"Referència: {new}."}, [new]),
        ({"reference": theirs}, []),
        ({"procedure": LISTED}, [old]),
        ({"state": "claimed"}, [new]),
        ({"since": day}, [new]),
        ({"until": day}, [new, old]),
        ({"since": day, "until": day, "state": "claimed"}, [new]),
        ({"until": "2020-01-01"}, []),
        ({"team": "payment", "state": "all"}, [new, old]),
    ):
        assert found(marta.get("search", **asked)) == expected, asked


@pytest.mark.parametrize("page", ["search", "list"])
@pytest.mark.parametrize(
    ("since", "until", "is_there"),
    [
        ("0001-01-01", "9999-12-31", True),
        ("", "9999-12-31", True),
        ("0001-01-01", "", True),
        ("1969-12-31", "9999-12-30", True),
        ("9999-12-31", "9999-12-31", False),
        ("9999-12-31", "", False),
        ("0001-01-01", "0001-01-01", False),
        ("", "0001-01-01", False),
    ],
)
def test_no_day_of_the_calendar_is_too_early_or_too_late_to_ask_for(  # noqa: PLR0917  a table
    desks: Desks, marta: DeskBrowser, page: str, since: str, until: str, is_there: bool
) -> None:
    reference = desks.submitted()
    indexed(desks, reference)
    asked = {"view": "team", "since": since, "until": until}
    assert found(marta.get(page, **asked)) == [reference] * is_there


def test_a_page_takes_three_requests_at_most(
    desks: Desks, marta: DeskBrowser, index: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = [desks.submitted() for _ in range(60)]
    indexed(desks, *references)
    register_table: Any = cast("Any", aws.client("dynamodb"))._others
    batches: list[int] = []
    answered = register_table._batch_get_item

    def noted(**asked: Any) -> Any:
        batches.append(len(asked["RequestItems"]["register"]["Keys"]))
        return answered(**asked)

    monkeypatch.setattr(register_table, "_batch_get_item", noted)
    index.requests.clear()
    first = marta.get("search", state="received")
    assert len(found(first)) == 50
    assert (len(index.requests), len(batches)) == (1, 1)
    [way] = [each for each in first.page.attributes("href") if "page=" in each]
    assert sorted(found(first) + found(marta.get(way))) == sorted(references)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"reference": "UUUU"}, {"reference"}),
        ({"reference": "ABCD-EFGH-ABCD-E"}, {"reference"}),
        ({"reference": "·"}, {"reference"}),
        ({"team": "signature"}, {"team"}),
        ({"team": "x", "since": "ahir", "state": "x"}, {"team", "since", "state"}),
        ({"since": "2026-11-26", "until": "2026-11-25"}, {"until"}),
    ],
)
def test_what_is_asked_for_wrongly_is_named_and_given_back(
    marta: DeskBrowser, asked: dict[str, str], wrong: set[str]
) -> None:
    answer = marta.get("search", **asked)
    assert answer.status == 422
    summary = {each for each in answer.page.attributes("href") if each.startswith("#")}
    assert {f"#{name}" for name in wrong} <= summary
    for name, value in asked.items():
        if name in {"reference", "since", "until"}:
            assert answer.page.values[name] == value


@pytest.mark.parametrize(
    "said", ["12.345.678-z", "XISCA@example.org", "+34 600 112 233", "mòbil: 600112233"]
)
def test_a_person_is_found_and_the_look_is_recorded(
    desks: Desks,
    marta: DeskBrowser,
    index: IndexTable,
    caplog: pytest.LogCaptureFixture,
    said: str,
) -> None:
    caplog.set_level("INFO")
    ours, theirs, other = (
        desks.submitted(contact=PERSON),
        desks.submitted(SIGNATURE, contact=PERSON),
        desks.submitted(),
    )
    indexed(desks, ours, theirs, other)
    answer = marta.post("search", {"person": said})
    assert found(answer) == [ours]
    [look] = looks(desks, ours)
    assert (look.purpose, look.team, look.operator) == (LookPurpose.SEARCH, PAYMENT, "marta")
    assert look.contact is False
    assert looks(desks, theirs) == looks(desks, other) == []
    assert not [each for each in answer.page.attributes("href") if said in each]
    logged = str([vars(each) for each in caplog.records]) + str(index.all_items())
    assert not [each for each in (said, *PERSON.values(), "12345678Z") if each in logged]


def test_its_citizen_sees_that_the_team_has_searched(desks: Desks, marta: DeskBrowser) -> None:
    reference = desks.submitted(contact=PERSON)
    indexed(desks, reference)
    marta.post("search", {"person": PERSON["email"]})
    incident, part = desks.register.history(reference, desks.now)
    [told] = [each for each in citizen_view(incident, part)["history"] if each.get("purpose")]
    assert about_look(told)[0].text == "found in a search for your data"
    assert "marta" not in str(told)


def test_of_several_incidents_the_latest_comes_first(desks: Desks, marta: DeskBrowser) -> None:
    references = []
    for _ in range(3):
        references.append(desks.submitted(contact=PERSON))
        desks.now += timedelta(minutes=1)
    indexed(desks, *references)
    assert found(marta.post("search", {"person": PERSON["nif"]})) == references[::-1]


def test_of_very_many_the_page_says_that_there_are_earlier_ones(
    desks: Desks, marta: DeskBrowser
) -> None:
    more = "There are earlier ones"
    references = []
    for number in range(MOST_OF_PERSON + 1):
        references.append(desks.submitted(contact=PERSON))
        indexed(desks, references[-1])
        if number == MOST_OF_PERSON - 1:
            assert more not in marta.post("search", {"person": PERSON["nif"]}).page.text
        desks.now += timedelta(minutes=1)
    answer = marta.post("search", {"person": PERSON["nif"]})
    assert found(answer) == references[:0:-1]
    assert more in answer.page.text
    marta.post("claim", {"reference": references[0]})
    assert more in marta.get("incident", reference=references[0]).page.text


@pytest.mark.parametrize("said", ["", "  ", "hola", "12345678A", "anna@", "012"])
def test_what_names_nobody_is_said_and_given_back(marta: DeskBrowser, said: str) -> None:
    answer = marta.post("search", {"person": said})
    assert answer.status == 422
    assert "#person" in answer.page.attributes("href")
    assert answer.page.values["person"] == said


def expired(desks: Desks, reference: Reference) -> None:
    desks.now = datetime.fromtimestamp(desks.incident(reference).expires_at, UTC)


def erased(desks: Desks, reference: Reference) -> None:
    asked = desks.register.ask_for_erasure(reference, desks.now).erasure_asked
    assert asked
    register().erase(reference, asked.entry, desks.now)  # unlike the desk's it has tombstones


def passed_on(desks: Desks, reference: Reference) -> None:
    acting = (reference, "joan", PAYMENT)
    desks.register.claim(*acting, desks.now)
    desks.register.transfer(*acting, SIGNATURE, "Del certificat", desks.now)


@pytest.mark.parametrize("happens", [expired, erased, passed_on])
def test_what_the_index_still_has_is_shown_to_nobody(
    desks: Desks, happens: Callable[[Desks, Reference], None]
) -> None:
    """The index may lag behind; here it does not follow at all."""
    reference = desks.submitted(contact=PERSON)
    indexed(desks, reference)
    happens(desks, reference)
    marta = desks.signed_in("marta", PAYMENT)
    assert found(marta.post("search", {"person": PERSON["email"]})) == []
    assert found(marta.get("search", reference=reference)) == []
    assert found(marta.get("search", state="all")) == []


# Who has searched for a person


@pytest.fixture
def biel(desks: Desks) -> DeskBrowser:
    return desks.signed_in("biel", roles=[Role.DATA_PROTECTION])


def searches(answer: Answer) -> list[str]:
    """What data protection is told of each search, the latest first, without its moment."""
    assert answer.status == 200, answer.body
    return [each.partition(": ")[2] for each in answer.page.said_in("li") if "Found:" in each]


def test_data_protection_sees_each_search_for_a_person_whatever_it_found(
    desks: Desks, marta: DeskBrowser, biel: DeskBrowser
) -> None:
    assert "Nobody has searched for a person" in biel.get("looks").page.text
    indexed(desks, desks.submitted(contact=PERSON))
    joan = desks.signed_in("joan", SIGNATURE)
    for who, said in (
        (marta, PERSON["nif"]),
        (marta, "nobody@example.org"),
        (joan, PERSON["phone"]),
        (joan, "12.345.678-z"),
        (marta, "12345678A"),  # which is no NIF: nothing was searched
    ):
        who.post("search", {"person": said})
        desks.now += timedelta(seconds=1)
    page = biel.get("looks")
    told = [each.rsplit(" ", 1) for each in searches(page)]
    assert [each[0] for each in told] == [
        "joan, by NIF. Found: 0",
        "joan, by phone number. Found: 0",
        "marta, by email address. Found: 0",
        "marta, by NIF. Found: 1",
    ]
    by_nif, by_phone, by_email, by_nif_too = (each[1] for each in told)
    assert by_nif == by_nif_too
    assert len({by_nif, by_phone, by_email}) == 3
    assert marta.get("looks").status == 403


def test_a_kept_search_has_nothing_of_the_person_and_leads_to_no_incident(
    desks: Desks, marta: DeskBrowser, index: IndexTable
) -> None:
    reference = desks.submitted(contact=PERSON)
    indexed(desks, reference)
    for said in PERSON.values():
        marta.post("search", {"person": said})
    table = boto3.client("dynamodb").scan(TableName=DESK)["Items"]
    kept = [each for each in table if each["owner"]["S"] == "person-searches"]
    assert len(kept) == len(PERSON)
    for typed in (*PERSON.values(), "600112233", "12345678", reference):
        assert typed not in str(kept)
    terms = {each["term"]["S"] for each in index.all_items()}
    assert not {each["digest"]["S"] for each in kept} & terms
    assert {int(each["expires_at"]["N"]) for each in kept} == {expires_at(desks.now)}


def test_a_search_is_shown_for_six_months(desks: Desks, marta: DeskBrowser) -> None:
    marta.post("search", {"person": PERSON["nif"]})
    ends = datetime.fromtimestamp(expires_at(desks.now), UTC)
    for moment, shown in ((ends - timedelta(seconds=1), 1), (ends, 0)):
        desks.now = moment
        biel = desks.signed_in("biel", roles=[Role.DATA_PROTECTION])
        assert len(searches(biel.get("looks"))) == shown


def test_all_searches_are_told_page_by_page(desks: Desks, biel: DeskBrowser) -> None:
    for number in range(2 * PAGE + 1):
        at = desks.now + timedelta(milliseconds=number)
        person_searches().note(f"op-{number}", PersonFact.NIF, "12345678Z", 0, at)
    ways, told = ["looks"], []
    while ways:
        page = biel.get(ways[0])
        told += [each.partition(",")[0] for each in searches(page)]
        ways = [each for each in page.page.links if each.startswith("looks?searches=")]
    assert told == [f"op-{number}" for number in reversed(range(2 * PAGE + 1))]
    assert len(searches(biel.get("looks", searches="../x"))) == PAGE
