"""A citizen's other incidents are shown to the operator who sees whose they are, and answered."""

from typing import Any, cast

import pytest

from suport.desk.group_answers import work
from suport.domain import group_answer
from suport.domain.category import Category
from suport.domain.deadlines import LEADER_LOOKED_AT_WITHIN, Wake
from suport.domain.group_answer import Act
from suport.domain.history import Entry, Message
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.deployed import register
from suport.register.other_tables import known_problems, search_index
from suport.views.export import export
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.index_table import IndexTable
from tests.support.operators_api import OperatorsApi
from tests.support.web import Answer

__all__ = ["desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
EMAIL, PHONE = "xisca@example.org", "600 11 22 33"


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


def arrived(desks: Desks, category: Category = PAYMENT, **contact: str) -> Reference:
    reference = desks.submitted(category, contact=contact or {"email": EMAIL})
    indexed(desks, reference)
    return reference


def indexed(desks: Desks, *references: Reference) -> None:
    """The index follows the register's stream, which is not here."""
    for each in register().findables(references, desks.now).values():
        search_index().follow(None, each)


def taken(desks: Desks, browser: DeskBrowser, **contact: str) -> Reference:
    reference = arrived(desks, PAYMENT, **contact)
    browser.post("claim", {"reference": reference})
    return reference


def others(answer: Answer) -> set[str]:
    assert answer.status == 200, answer.body
    listed = answer.body.partition('id="related"')[2].partition("</ul>")[0]
    return {each for each in listed.split("incident?reference=")[1:] for each in [each[:14]]}


def done(desks: Desks, leader: Reference) -> list[int]:
    """Has the background do all jobs of the incident; with how many each has dealt."""
    found = []
    for job in known_problems().jobs_of(f"incident/{leader}", desks.now):
        work(
            *(job.id, job.owner, known_problems(), desks.register, search_index()),
            clock=lambda: desks.now,
            in_time=lambda: True,
        )
        after = known_problems().job(job.owner, job.id, desks.now)
        assert after
        found.append(after.answered)
    return found


def told(desks: Desks, reference: Reference) -> list[str]:
    entries: list[Entry] = desks.entries(reference)
    contents = [each.content for each in entries if isinstance(each.content, Message)]
    return [each.body for each in contents if each.by == "operator"]


def test_whoever_has_it_sees_the_citizens_other_incidents_and_nobody_else(
    desks: Desks, marta: DeskBrowser
) -> None:
    mine = arrived(desks, email=EMAIL, phone=PHONE)
    by_email = arrived(desks, email=EMAIL.upper())
    by_phone = arrived(desks, phone=f"+34 {PHONE}")
    arrived(desks, email="anna@example.org")
    arrived(desks, SIGNATURE, email=EMAIL)
    assert others(marta.open(mine)) == set()
    marta.post("claim", {"reference": mine})
    assert others(marta.open(mine)) == {by_email, by_phone}
    joan = desks.signed_in("joan", PAYMENT)
    assert others(joan.open(mine)) == set()


def test_one_answer_reaches_both_once_even_if_the_form_is_sent_twice(
    desks: Desks, marta: DeskBrowser
) -> None:
    other = arrived(desks)
    mine = taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    page = marta.open(mine)
    assert other in page.page.said_by("followers")
    form = dict(page.page.forms)["write"] | {"body": "Ja podeu pagar.", "kind": "solution"}
    for _ in range(2):
        assert marta.post("write", form).status == 303
    assert done(desks, mine) == [1]
    assert told(desks, mine) == told(desks, other) == ["Ja podeu pagar."]
    assert desks.incident(other).status is Status.RESOLVED
    assert len(desks.incident(other).mails) == 2  # the acknowledgement's and the solution's


@pytest.mark.parametrize(
    ("kind", "status"), [("answer", Status.RECEIVED), ("question", Status.WAITING)]
)
def test_an_answer_and_a_question_go_to_both_and_the_page_tells_how_far(
    desks: Desks, marta: DeskBrowser, kind: str, status: Status
) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    marta.on(mine, "write", body="Hola.", kind=kind)
    assert "0 of 1" in marta.open(mine).page.text
    assert done(desks, mine) == [1]
    assert "1 of 1" in marta.open(mine).page.text
    assert (told(desks, other), desks.incident(other).status) == (["Hola."], status)


def test_resolved_without_words_both_are(desks: Desks, marta: DeskBrowser) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    marta.on(mine, "resolve")
    assert done(desks, mine) == [1]
    assert desks.incident(other).status is Status.RESOLVED


def test_passed_on_it_leads_no_more(desks: Desks, marta: DeskBrowser) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    answer = marta.on(mine, "transfer", to="team:signature", reason="Del certificat")
    assert answer.status == 303
    assert done(desks, mine) == [1]
    assert desks.incident(other).answered_with is None


@pytest.mark.parametrize(
    ("act", "content", "becomes"),
    [
        ("messages", {"body": "Provau ara.", "ask": True}, Status.WAITING),
        ("messages", {"body": "Ho miram."}, Status.RECEIVED),
        ("resolve", {"body": "Ja va bé."}, Status.RESOLVED),
        ("transfer", {"category": "functional", "reason": "No és pagament"}, Status.QUEUED),
    ],
)
def test_the_api_answers_for_those_that_follow_and_names_them(  # noqa: PLR0917  a table
    desks: Desks,
    marta: DeskBrowser,
    desk: OperatorsApi,
    act: str,
    content: dict[str, Any],
    becomes: Status,
) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    path = "/v1/desk/incidents/{reference}"
    _, seen = desk.ask("GET", path, name="marta", reference=mine)
    assert (seen["followers"], seen["answered_with"]) == ([other], None)
    for _ in range(2):  # the first answer was lost
        sent = desk.ask(
            *("POST", f"{path}/{act}", content),
            name="marta",
            reference=mine,
            Idempotency_Key="0123456789abcdef",
        )
        assert sent[0] < 300, sent
    assert done(desks, mine) == [1]
    words = [content["body"]] if "body" in content else []
    assert told(desks, other) == words
    assert desks.incident(other).status is becomes


@pytest.mark.parametrize("ending", ["closed", "erased", "problem", "other team"])
def test_however_its_leader_ends_the_other_is_the_teams_again_within_minutes(
    desks: Desks, marta: DeskBrowser, ending: str
) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    for each in (other, mine):
        desks.register.mark_queued(desks.incident(each), desks.now)
    marta.post("follow", {"reference": mine, "follower": other})
    desks.now += LEADER_LOOKED_AT_WITHIN
    assert desks.register.wake(other, desks.now) is None
    assert desks.incident(other).answered_with == mine
    row = desks.register.rows([other], desks.now + LEADER_LOOKED_AT_WITHIN)[0]
    assert not row.overdue  # the watcher looks at it, and not its team
    if ending == "closed":
        desks.register.resolve_by_citizen(mine, desks.now)
    elif ending == "erased":
        deployed = register()
        deployed.erase_at_desk(mine, "marta", PAYMENT, desks.now)
    elif ending == "problem":
        bodies = dict.fromkeys(Language, "Ja va bé.")
        desks.register.link_problem(mine, "eva", None, "P" * 26, desks.now)
        act: Any = {"act": Act.RESOLVE, "by": "eva", "now": desks.now, "bodies": bodies}
        job = group_answer.begun(id="1" * 26, problem="P" * 26, references=(mine,), **act)
        assert desks.register.answer_for_all(mine, job, desks.now) is None
    else:
        desks.register.transfer(mine, "marta", PAYMENT, SIGNATURE, "Del certificat", desks.now)
    assert other not in desks.register.overdue(desks.now)
    desks.now += LEADER_LOOKED_AT_WITHIN
    assert other in desks.register.overdue(desks.now)
    assert desks.register.wake(other, desks.now) is Wake.REQUEUED
    assert (desks.incident(other).answered_with, desks.incident(other).unread) == (None, 1)


def test_the_link_can_be_undone_from_either_page(desks: Desks, marta: DeskBrowser) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    for page in (mine, other):
        marta.post("follow", {"reference": mine, "follower": other})
        assert desks.incident(other).answered_with == mine
        assert mine in marta.open(other).body
        marta.post("unfollow", {"reference": page, "follower": other})
        assert desks.incident(other).answered_with is None


def test_nobody_links_what_is_not_theirs(desks: Desks, marta: DeskBrowser) -> None:
    mine, theirs = taken(desks, marta), arrived(desks, SIGNATURE)
    nobodys, colleagues = arrived(desks), arrived(desks)
    desks.signed_in("joan", PAYMENT).post("claim", {"reference": colleagues})
    asked: list[tuple[dict[str, str], int]] = [
        ({"reference": mine, "follower": theirs}, 403),
        ({"reference": theirs, "follower": mine}, 403),
        ({"reference": nobodys, "follower": mine}, 409),
        ({"reference": mine, "follower": colleagues}, 409),
        ({"reference": mine, "follower": mine}, 422),
        ({"reference": mine, "follower": "x"}, 404),
        ({"reference": mine}, 404),
    ]
    for fields, status in asked:
        assert marta.post("follow", fields).status == status, fields
    for each in (mine, theirs, nobodys, colleagues):
        assert desks.incident(each).answered_with is None


@pytest.mark.parametrize(
    "stranger", [{"email": "anna@example.org"}, {"phone": "600 11 22 34", "nif": "12345678Z"}]
)
def test_no_other_persons_incident_is_answered_together(
    desks: Desks, marta: DeskBrowser, stranger: dict[str, str]
) -> None:
    mine = taken(desks, marta, email=EMAIL, phone=PHONE, nif="00000000T")
    theirs = arrived(desks, PAYMENT, **stranger)
    answer = marta.post("follow", {"reference": mine, "follower": theirs})
    assert answer.status == 422
    assert "in common" in answer.page.text
    assert desks.incident(theirs).answered_with is None


@pytest.mark.parametrize("corrected", ["leader", "follower"])
@pytest.mark.parametrize("kind", ["answer", "question", "solution"])
def test_corrected_so_that_nothing_is_in_common_the_one_gets_no_answer_to_the_other(
    desks: Desks, marta: DeskBrowser, corrected: str, kind: str
) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    indexed(desks, other)
    anna = {"email": "anna@example.org"}
    whose = mine if corrected == "leader" else other
    register().correct_contact(whose, lambda _: anna, desks.now, at_once=True)
    marta.on(mine, "write", body="Sra. Xisca, ja podeu pagar.", kind=kind)
    done(desks, mine)
    assert (len(told(desks, mine)), told(desks, other)) == (1, [])
    after = desks.incident(other)
    assert (after.answered_with, after.status, after.unread) == (None, Status.QUEUED, 1)


def test_the_copy_for_a_citizen_names_no_other_incident(desks: Desks, marta: DeskBrowser) -> None:
    other, mine = arrived(desks), taken(desks, marta)
    marta.post("follow", {"reference": mine, "follower": other})
    marta.post("unfollow", {"reference": mine, "follower": other})
    copy = export(*desks.register.history(other, desks.now), desks.now)
    assert {"followed", "unfollowed"} <= {e.get("action") for e in copy["incident"]["history"]}
    assert mine not in str(copy)


def test_one_that_leads_follows_none(desks: Desks, marta: DeskBrowser) -> None:
    first, second, third = arrived(desks), taken(desks, marta), taken(desks, marta)
    marta.post("follow", {"reference": second, "follower": first})
    indexed(desks, first)
    assert marta.post("follow", {"reference": third, "follower": second}).status == 422
    assert marta.post("follow", {"reference": first, "follower": third}).status in {409, 422}
    assert desks.incident(second).answered_with is None
    assert desks.incident(third).answered_with is None


def test_the_page_does_without_an_index_that_is_away(
    desks: Desks, marta: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived(desks)
    mine = taken(desks, marta)
    client: Any = desks.register._table._client
    table = cast("IndexTable", client._others.beside["search_index"])
    monkeypatch.setattr(table, "query", lambda **_: 1 / 0)
    page = marta.open(mine)
    assert page.status == 200
    assert "write" in dict(page.page.forms)
    assert others(page) == set()
