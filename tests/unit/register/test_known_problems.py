"""The table of the known problems: what editors do at once, and what citizens are shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ReadTimeoutError

from suport.domain import group_answer, known_problem
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.known_problem import MOST_OPEN, KnownProblem, State, TooManyOpen, stated
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.known_problems import (
    KnownProblems,
    NoSuchProblem,
    ProblemChanged,
    new_id,
)
from suport.register.once_a_minute import KEPT_FOR
from suport.register.published_problems import PublishedProblems
from tests.support.desk_table import PROBLEMS, create, desk_table, erase_all
from tests.support.known_problems import ANNOUNCED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DAY = timedelta(days=1)
REFERENCES = (Reference("7K3M-9QXA-2BTC"), Reference("GQNC-YQBY-1H8C"))


@pytest.fixture(scope="module")
def client() -> Iterator["DynamoDBClient"]:
    with desk_table() as client:
        create(client, PROBLEMS)
        yield client


@pytest.fixture
def problems(client: "DynamoDBClient") -> KnownProblems:
    erase_all(client, PROBLEMS)
    return KnownProblems(client, PROBLEMS)


def a_problem(number: int = 0, **changes: str) -> KnownProblem:
    fields = ANNOUNCED | {"title.ca": f"Problema {number}"} | changes
    return known_problem.opened(stated(fields, NOW), new_id(NOW), "eva", NOW)


def changed(problem: KnownProblem, by: str = "joan", **changes: str) -> KnownProblem:
    return known_problem.changed(problem, stated(ANNOUNCED | changes, NOW), by, NOW)


def a_job(problem: str | None, /, **changes: Any) -> GroupAnswer:
    made: dict[str, Any] = {
        "id": new_id(NOW),
        "problem": problem,
        "act": Act.TELL,
        "bodies": dict.fromkeys(Language, "Fet"),
        "references": REFERENCES,
        "by": "eva",
        "now": NOW,
    }
    return group_answer.begun(**made | changes)


# ------------------------------------------------------------------- known problems


def test_a_problem_is_shown_from_its_opening_until_it_is_solved(problems: KnownProblems) -> None:
    opened = problems.open(a_problem(0, errors="190"), NOW)
    assert problems.get(opened.id, NOW) == opened
    assert problems.published(NOW) == (opened,)
    solved = problems.solve(opened.id, "joan", NOW + DAY)
    assert (solved.state, solved.solved_by) == (State.SOLVED, "joan")
    assert problems.published(NOW + DAY) == ()
    assert problems.solve(opened.id, "eva", NOW + 2 * DAY) == solved
    assert problems.all(NOW + DAY) == [solved]


def test_the_same_form_sent_twice_opens_one_problem(problems: KnownProblems) -> None:
    problem = a_problem()
    problems.open(problem, NOW)
    again = problems.open(replace(problem, opened_at=NOW + DAY, changed_at=NOW + DAY), NOW + DAY)
    assert again == problem
    assert len(problems.published(NOW)) == 1


def test_open_problems_come_before_solved_ones_and_the_latest_first(
    problems: KnownProblems,
) -> None:
    ids = [problems.open(replace(a_problem(), id=f"{n}" * 26), NOW).id for n in (1, 2, 3)]
    problems.solve(ids[2], "eva", NOW)
    assert [each.id for each in problems.all(NOW)] == [ids[1], ids[0], ids[2]]


def test_what_another_editor_has_changed_is_not_overwritten(problems: KnownProblems) -> None:
    opened = problems.open(a_problem(), NOW)
    theirs = problems.change(changed(opened, **{"title.ca": "Theirs"}), opened.revision, NOW)
    with pytest.raises(ProblemChanged) as refused:
        problems.change(changed(opened, "eva", **{"title.ca": "Mine"}), opened.revision, NOW)
    assert refused.value.problem == theirs
    assert problems.published(NOW) == (theirs,)


def test_two_editors_at_once_open_two_problems_and_both_are_shown(
    client: "DynamoDBClient", problems: KnownProblems
) -> None:
    """The item of all that are open is written by both: the second reads it again."""
    others = [a_problem(1), a_problem(2)]

    class Overtaken:
        exceptions = client.exceptions

        def __getattr__(self, name: str) -> Any:
            if name == "transact_write_items" and others:
                problems.open(others.pop(), NOW)
            return getattr(client, name)

    overtaken = KnownProblems(cast("Any", Overtaken()), PROBLEMS)
    overtaken.open(a_problem(3), NOW)
    shown = {each.titles[Language.CATALAN] for each in problems.published(NOW)}
    assert shown == {"Problema 1", "Problema 2", "Problema 3"}


def test_a_change_whose_answer_was_lost_counts_as_made(
    client: "DynamoDBClient", problems: KnownProblems
) -> None:
    """The client tries again, and finds what it has written itself."""
    opened = problems.open(a_problem(), NOW)

    class SendsTwice:
        exceptions = client.exceptions

        def transact_write_items(self, **asked: Any) -> Any:
            client.transact_write_items(**asked)
            return client.transact_write_items(**asked)

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

    twice = KnownProblems(cast("Any", SendsTwice()), PROBLEMS)
    assert twice.change(changed(opened), opened.revision, NOW).changed_by == "joan"
    assert twice.solve(opened.id, "eva", NOW).state is State.SOLVED
    assert twice.open(a_problem(7), NOW).titles[Language.CATALAN] == "Problema 7"


def test_no_more_are_open_than_a_page_can_show(problems: KnownProblems) -> None:
    opened = [problems.open(a_problem(number), NOW) for number in range(MOST_OPEN)]
    with pytest.raises(TooManyOpen):
        problems.open(a_problem(), NOW)
    problems.change(changed(opened[0]), opened[0].revision, NOW)  # it is open already
    problems.solve(opened[1].id, "eva", NOW)
    problems.open(a_problem(), NOW)
    assert len(problems.published(NOW)) == MOST_OPEN


def test_as_many_texts_as_may_be_open_fit_into_one_item(problems: KnownProblems) -> None:
    longest = {f"text.{each}": "€" * known_problem.LONGEST_TEXT for each in Language}
    longest |= {f"title.{each}": "€" * known_problem.LONGEST_TITLE for each in Language}
    for number in range(MOST_OPEN):
        made = known_problem.opened(stated(ANNOUNCED | longest, NOW), f"{number}" * 26, "eva", NOW)
        problems.open(made, NOW)
    assert len(problems.published(NOW)) == MOST_OPEN


def test_a_problem_is_gone_six_months_after_its_last_change_solved_or_not(
    client: "DynamoDBClient", problems: KnownProblems
) -> None:
    solved, forgotten = problems.open(a_problem(), NOW), problems.open(a_problem(), NOW)
    cared_for = problems.open(a_problem(), NOW)
    later = NOW + 30 * DAY
    stated_again = known_problem.changed(cared_for, stated(ANNOUNCED, later), "joan", later)
    still_open = problems.change(stated_again, cared_for.revision, later)
    ends = problems.solve(solved.id, "eva", NOW).expires_at
    assert ends
    last = datetime.fromtimestamp(ends - 1, UTC)
    assert problems.get(solved.id, last).state is State.SOLVED
    gone = datetime.fromtimestamp(ends, UTC)
    with pytest.raises(NoSuchProblem):
        problems.get(solved.id, gone)
    with pytest.raises(NoSuchProblem):
        problems.get(forgotten.id, gone)
    assert problems.all(gone) == [still_open]
    assert problems.published(last) == (forgotten, still_open)
    assert problems.published(gone) == (still_open,)
    key: Any = {"problem": {"S": "published"}, "item": {"S": "now"}}
    item = client.get_item(TableName=PROBLEMS, Key=key)["Item"]
    assert item["expires_at"] == {"N": str(still_open.expires_at)}


@pytest.mark.parametrize("stated", ["", "now", "../problems", "0" * 26, "é" * 26])
def test_a_problem_that_is_not_there_is_not_found(problems: KnownProblems, stated: str) -> None:
    with pytest.raises(NoSuchProblem):
        problems.get(stated, NOW)


# ------------------------------------------------------------------- jobs


def test_a_job_is_kept_as_far_as_it_has_got(problems: KnownProblems) -> None:
    begun = problems.begin(a_job(new_id(NOW)))
    assert problems.unfinished(NOW) == [begun]
    held = group_answer.taken(begun, NOW)
    assert held
    written = problems.advance(group_answer.advanced(held, NOW, Skipped.FAILED))
    assert written
    assert problems.job(begun.owner, begun.id, NOW) == written
    assert (written.done, written.left, written.references) == (1, REFERENCES[:1], REFERENCES)
    finished = problems.advance(group_answer.advanced(written, NOW))
    assert finished
    assert problems.jobs_of(begun.owner, NOW) == [finished]
    assert problems.unfinished(NOW) == []


def test_a_job_of_followers_and_one_without_words_are_kept_too(problems: KnownProblems) -> None:
    job = problems.begin(a_job(None, leader=REFERENCES[0], act=Act.RESOLVE, bodies=None))
    assert problems.job(f"incident/{REFERENCES[0]}", job.id, NOW) == job


def test_the_same_form_sent_twice_begins_one_job_even_when_that_is_done(
    problems: KnownProblems,
) -> None:
    job = a_job(new_id(NOW), references=REFERENCES[:1])
    begun = problems.begin(job)
    assert problems.begin(job) == begun
    held = group_answer.taken(begun, NOW)
    assert held
    finished = problems.advance(group_answer.advanced(held, NOW))
    assert problems.begin(job) == finished
    assert problems.unfinished(NOW) == []


def test_of_two_who_write_a_job_at_once_one_is_told_that_it_lost_it(
    problems: KnownProblems,
) -> None:
    begun = problems.begin(a_job(new_id(NOW)))
    held, others = (group_answer.taken(begun, NOW, worker) for worker in ("one", "other"))
    assert held
    assert others
    assert problems.advance(held)
    assert problems.advance(others) is None
    assert problems.advance(replace(held, finished_at=NOW)) is None
    assert len(problems.unfinished(NOW)) == 1


@pytest.mark.usefixtures("problems")
def test_a_worker_whose_answer_was_lost_goes_on_with_the_job(client: "DynamoDBClient") -> None:
    class SendsTwice:
        exceptions = client.exceptions

        def put_item(self, **asked: Any) -> Any:
            client.put_item(**asked)
            return client.put_item(**asked)

        def transact_write_items(self, **asked: Any) -> Any:
            client.transact_write_items(**asked)
            return client.transact_write_items(**asked)

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

    twice = KnownProblems(cast("Any", SendsTwice()), PROBLEMS)
    begun = twice.begin(a_job(new_id(NOW)))
    held: GroupAnswer | None = group_answer.taken(begun, NOW + timedelta(microseconds=7), "one")
    for _ in REFERENCES:
        assert held
        held = twice.advance(held)
        assert held
        held = twice.advance(group_answer.advanced(held, NOW))
    assert held
    assert held.finished_at


def test_what_is_finished_is_not_to_be_done_again_because_its_form_comes_again(
    client: "DynamoDBClient", problems: KnownProblems
) -> None:
    job = a_job(new_id(NOW), references=REFERENCES[:1])
    finished = problems.advance(group_answer.advanced(problems.begin(job), NOW))
    stored = client.scan(TableName=PROBLEMS)["Items"]
    assert problems.begin(job) == finished
    assert client.scan(TableName=PROBLEMS)["Items"] == stored


def test_the_latest_job_comes_first_and_none_is_kept_for_longer_than_six_months(
    problems: KnownProblems,
) -> None:
    owner = new_id(NOW)
    first = problems.begin(a_job(owner, id="1" * 26))
    second = problems.begin(a_job(owner, id="2" * 26))
    problems.begin(a_job(new_id(NOW)))
    assert problems.jobs_of(owner, NOW) == [second, first]
    gone = datetime.fromtimestamp(first.expires_at, UTC)
    assert problems.jobs_of(owner, gone) == []
    assert problems.unfinished(gone) == []


def test_the_largest_job_fits_into_an_item(problems: KnownProblems) -> None:
    """DynamoDB takes 400 KB."""
    many = tuple(
        Reference(f"{number:012}"[:4] + "-" + f"{number:012}"[4:8] + "-" + f"{number:012}"[8:])
        for number in range(group_answer.MOST_AT_ONCE)
    )
    bodies = dict.fromkeys(Language, "€" * group_answer.LONGEST_BODY)
    begun = problems.begin(a_job(new_id(NOW), references=many, bodies=bodies))
    stored = problems.job(begun.owner, begun.id, NOW)
    assert stored
    assert stored.references == many


# ------------------------------------------------------------------- what citizens are shown


class Published:
    """Gives what a test publishes, and counts how often it is asked."""

    def __init__(self) -> None:
        self.problems: tuple[KnownProblem, ...] = ()
        self.asked = 0
        self.is_away = False

    def read(self, now: datetime) -> tuple[KnownProblem, ...]:  # noqa: ARG002  as the table has it
        self.asked += 1
        if self.is_away:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return self.problems


def test_what_is_published_is_asked_for_once_a_minute() -> None:
    table = Published()
    published = PublishedProblems(table.read)
    assert published.at(NOW) == ()
    table.problems = (a_problem(),)
    assert published.at(NOW + KEPT_FOR - timedelta(milliseconds=1)) == ()
    assert table.asked == 1
    assert published.at(NOW + KEPT_FOR) == table.problems
    assert published.at(NOW - DAY) == table.problems  # a clock that was set back
    assert table.asked == 3


def test_a_table_that_does_not_answer_hides_the_problems_and_is_asked_again_after_a_minute() -> (
    None
):
    table = Published()
    table.problems = (a_problem(),)
    published = PublishedProblems(table.read)
    assert published.at(NOW) == table.problems
    table.is_away = True
    assert published.at(NOW + KEPT_FOR) == ()
    assert published.at(NOW + KEPT_FOR) == ()
    assert table.asked == 2
    table.is_away = False
    assert published.at(NOW + 2 * KEPT_FOR) == table.problems
