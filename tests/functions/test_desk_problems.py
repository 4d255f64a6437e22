"""Known problems at the desk in the browser: what editors announce, link and answer at once."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from suport.desk.group_answers import work
from suport.domain import group_answer
from suport.domain.category import Category
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.history import Message
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.reference import Reference
from suport.register.other_tables import known_problems, search_index
from suport.runtime import aws
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.web import Answer

__all__ = ["desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
ANNOUNCED = {
    **{f"title.{each}": f"Sense passarel·la ({each})" for each in Language},
    **{f"text.{each}": f"No pagueu ara ({each})." for each in Language},
    "categories.payment": "on",
    "since": "2026-11-26T08:30",
}
MESSAGE = {f"body.{each}": f"Ja torna a funcionar ({each})." for each in Language}


class Started:
    """AWS Lambda as far as jobs need it: what was started waits until the test lets it run."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        assert asked["InvocationType"] == "Event"
        self.asked.append(asked)
        return {"StatusCode": 202}


@pytest.fixture
def started(
    desks: Desks,  # noqa: ARG001  it comes first
    monkeypatch: pytest.MonkeyPatch,
) -> Started:
    client, others = Started(), aws.client
    monkeypatch.setenv("ANSWER_LINKED_FUNCTION", "answer_linked")
    monkeypatch.setattr(
        aws, "client", lambda service: client if service == "lambda" else others(service)
    )
    return client


@pytest.fixture
def caterina(desks: Desks, started: Started) -> DeskBrowser:  # noqa: ARG001  before she begins
    return desks.signed_in("caterina", roles=[Role.EDITOR])


def form_of(page: Answer, action: str) -> dict[str, str]:
    return next(fields for name, fields in page.page.forms if name == action)


def opened(caterina: DeskBrowser, **changes: str) -> str:
    """Opens a known problem; its id."""
    form = form_of(caterina.get("problem"), "problem")
    answer = caterina.post("problem", form | ANNOUNCED | changes)
    page = caterina.follow(answer)
    assert page.status == 200
    assert answer.location
    return answer.location.partition("id=")[2].partition("&")[0]


def arrived(desks: Desks, **changes: Any) -> Reference:
    """An incident of now, which the index has, too."""
    reference = desks.submitted(**changes)
    indexed(desks, reference)
    return reference


def indexed(desks: Desks, *references: Reference) -> None:
    """The index follows the register's stream, which is not here."""
    for reference in references:
        found = desks.register.findables([reference], desks.now)
        search_index().follow(None, found[reference])


def finished(desks: Desks, problem: str) -> GroupAnswer:
    """The latest job of the problem, once the background has done it."""
    job = known_problems().jobs_of(problem, desks.now)[0]
    done = work(
        *(job.id, job.owner, known_problems(), desks.register, search_index()),
        clock=lambda: desks.now,
        in_time=lambda: True,
    )
    assert done
    return done


def told(desks: Desks, reference: Reference) -> list[str]:
    """What operators have written to the incident's citizen."""
    contents = [each.content for each in desks.entries(reference)]
    return [each.body for each in contents if isinstance(each, Message) and each.by == "operator"]


@pytest.mark.parametrize("page", ["problems", "problem"])
@pytest.mark.usefixtures("started")
def test_only_an_editor_sees_known_problems(desks: Desks, page: str) -> None:
    marta = desks.signed_in("marta", PAYMENT)
    assert marta.get(page).status == 403


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("problem", ANNOUNCED),
        ("link", {"reference": "all"}),
        ("unlink", {}),
        ("answer-all", MESSAGE),
    ],
)
def test_only_an_editor_does_anything_about_them(
    desks: Desks, caterina: DeskBrowser, page: str, fields: dict[str, str]
) -> None:
    problem = opened(caterina)
    marta = desks.signed_in("marta", PAYMENT)
    before = known_problems().all(desks.now)
    answer = marta.post(page, {"problem": problem, "key": "0" * 26, "act": "tell"} | fields)
    assert answer.status == 403
    assert known_problems().all(desks.now) == before
    assert not known_problems().jobs_of(problem, desks.now)


def test_an_editor_opens_a_problem_in_four_languages_once(
    desks: Desks, caterina: DeskBrowser
) -> None:
    form = form_of(caterina.get("problem"), "problem") | ANNOUNCED
    first, again = caterina.post("problem", form), caterina.post("problem", form)
    assert first.location == again.location
    [problem] = known_problems().published(desks.now)
    assert problem.titles == {each: f"Sense passarel·la ({each})" for each in Language}
    assert (problem.opened_by, problem.categories) == ("caterina", frozenset({PAYMENT}))
    assert problem.since.astimezone(UTC).isoformat() == "2026-11-26T07:30:00+00:00"
    assert "Sense passarel·la (de)" in caterina.get("problems", language="de").page.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title.de", ""),
        ("text.ca", " "),
        ("title.es", "x" * 121),
        ("text.en", "x" * 1001),
        ("procedures", "a procedure that nobody knows"),
        ("errors", "SAF_999999"),
        ("since", "tomorrow"),
        ("since", "2026-11-27T09:00"),
        ("since", "9999-12-31T23:59"),
        ("since", "0001-01-01T00:00"),
        ("since", "31/12/1901"),
        ("categories", ""),
    ],
)
def test_what_is_wrong_is_named_and_all_that_was_typed_given_back(
    desks: Desks, caterina: DeskBrowser, field: str, typed: str
) -> None:
    form = form_of(caterina.get("problem"), "problem") | ANNOUNCED | {field: typed}
    if field == "categories":
        del form["categories.payment"]
    answer = caterina.post("problem", form)
    assert answer.status == 422
    assert f"#{field}" in answer.page.links
    given_back = form_of(answer, "problem")
    assert {name: given_back.get(name, "") for name in ANNOUNCED} == {
        name: form.get(name, "") for name in ANNOUNCED
    }
    assert not known_problems().all(desks.now)


def test_what_another_editor_has_changed_is_not_overwritten(
    desks: Desks, caterina: DeskBrowser
) -> None:
    problem = opened(caterina)
    biel = desks.signed_in("biel", roles=[Role.EDITOR])
    theirs = form_of(biel.get("problem", id=problem), "problem")
    hers = form_of(caterina.get("problem", id=problem), "problem")
    assert biel.post("problem", theirs | {"title.en": "Theirs"}).status == 303
    refused = caterina.post("problem", hers | {"title.en": "Hers"})
    assert refused.status == 412
    assert form_of(refused, "problem")["title.en"] == "Hers"
    assert known_problems().get(problem, desks.now).titles[Language.ENGLISH] == "Theirs"


def test_the_incidents_that_it_may_be_about_are_suggested_without_their_words(
    desks: Desks, caterina: DeskBrowser
) -> None:
    matching = arrived(desks)
    others = [arrived(desks, category=SIGNATURE, error={})]
    desks.now -= timedelta(hours=4)
    others.append(arrived(desks))  # before it began
    desks.now += timedelta(hours=4)
    page = caterina.get("problem", id=opened(caterina))
    assert matching in page.page.text
    assert not any(each in page.page.text for each in others)
    assert "error 190" not in page.page.text
    assert "Anna" not in page.page.text


def test_incidents_are_linked_one_by_one_and_taken_out_again(
    desks: Desks, caterina: DeskBrowser
) -> None:
    one, other = arrived(desks), arrived(desks)
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    assert caterina.post("link", form | {"reference": one}).status == 303
    assert desks.incident(one).known_problem == problem
    assert desks.incident(other).known_problem is None
    indexed(desks, one)
    unlink = form_of(caterina.get("problem", id=problem), "unlink")
    assert caterina.post("unlink", unlink | {"reference": one}).status == 303
    assert desks.incident(one).known_problem is None


def test_all_are_linked_and_each_citizen_told_once_in_their_language(
    desks: Desks, caterina: DeskBrowser, started: Started
) -> None:
    linked = [arrived(desks, language=each) for each in Language]
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    assert caterina.post("link", form | {"reference": "all"}).status == 303
    assert [each["FunctionName"] for each in started.asked] == ["answer_linked"]
    assert finished(desks, problem).answered == len(linked)
    indexed(desks, *linked)
    desks.now += timedelta(minutes=5)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    check = caterina.post("answer-all", asked | MESSAGE | {"act": "tell"})
    assert check.status == 200
    assert not any(told(desks, each) for each in linked)
    send = form_of(check, "answer-all") | {"step": "send"}
    for _ in range(2):  # pressed twice
        assert caterina.post("answer-all", send).status == 303
    finished(desks, problem)
    assert [told(desks, each) for each in linked] == [
        [f"Ja torna a funcionar ({each})."] for each in Language
    ]
    assert all(desks.incident(each).known_problem == problem for each in linked)
    assert "4 of 4" in caterina.get("problem", id=problem).page.text


@pytest.mark.parametrize(
    ("act", "message", "status", "words"),
    [
        (Act.RESOLVE, MESSAGE, Status.RESOLVED, 1),
        (Act.GIVE_BACK, MESSAGE, Status.QUEUED, 1),
        (Act.GIVE_BACK, {}, Status.QUEUED, 0),
    ],
)
def test_solving_does_with_the_incidents_what_the_editor_chose(  # noqa: PLR0917  a table
    desks: Desks,
    caterina: DeskBrowser,
    act: Act,
    message: dict[str, str],
    status: Status,
    words: int,
) -> None:
    reference = arrived(desks)
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    caterina.post("link", form | {"reference": reference})
    indexed(desks, reference)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    check = caterina.post("answer-all", asked | message | {"act": act})
    assert (
        caterina.post("answer-all", form_of(check, "answer-all") | {"step": "send"}).status == 303
    )
    finished(desks, problem)
    incident = desks.incident(reference)
    assert (incident.status, len(told(desks, reference))) == (status, words)
    assert not known_problems().published(desks.now)
    assert incident.known_problem is None or incident.status is Status.RESOLVED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"act": ""}, "act"),
        ({"act": "ask"}, "act"),
        ({"body.de": ""}, "body.de"),
        ({"body.es": "x" * 4001}, "body.es"),
        ({"body.ca": "Bon dia, [[data]]"}, "body.ca"),
    ],
)
def test_a_message_that_cannot_go_to_all_goes_to_nobody_and_is_given_back(
    desks: Desks, caterina: DeskBrowser, changed: dict[str, str], field: str
) -> None:
    reference = arrived(desks)
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    caterina.post("link", form | {"reference": reference})
    indexed(desks, reference)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    sent = asked | MESSAGE | {"act": "resolve"} | changed | {"step": "send"}
    answer = caterina.post("answer-all", sent)
    assert answer.status == 422
    assert f"#{field}" in answer.page.links
    given_back = form_of(answer, "answer-all")
    assert all(given_back.get(name) == sent[name] for name in MESSAGE)
    assert not told(desks, reference)
    assert known_problems().published(desks.now)


def linking(desks: Desks, caterina: DeskBrowser, problem: str, steps: int) -> GroupAnswer:
    """Presses the button that links all, and has the background get so far."""
    form = form_of(caterina.get("problem", id=problem), "link")
    assert caterina.post("link", form | {"reference": "all"}).status == 303
    job, times = known_problems().jobs_of(problem, desks.now)[0], iter(range(steps))
    done = work(
        *(job.id, job.owner, known_problems(), desks.register, search_index()),
        clock=lambda: desks.now,
        in_time=lambda: next(times, None) is not None,
    )
    assert done
    return done


@pytest.mark.parametrize(("steps", "step"), [(0, "send"), (2, "")])
def test_nobody_is_answered_while_others_are_still_being_linked(
    desks: Desks, caterina: DeskBrowser, steps: int, step: str
) -> None:
    """They would be linked to a problem that is solved, and hear nothing."""
    references = [arrived(desks) for _ in range(3)]
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    caterina.post("link", form | {"reference": references[0]})
    indexed(desks, *references)
    done = linking(desks, caterina, problem, steps)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    sent = asked | MESSAGE | {"act": "resolve", "step": step}
    refused = caterina.post("answer-all", sent)
    assert refused.status == 412
    assert f"still being linked: {done.done} of {done.total}" in refused.page.text
    given_back = form_of(refused, "answer-all")
    assert {name: given_back[name] for name in MESSAGE} == MESSAGE
    assert known_problems().published(desks.now)
    finished(desks, problem)
    indexed(desks, *references)
    assert caterina.post("answer-all", sent | {"step": "send"}).status == 303
    desks.now += timedelta(minutes=1)
    [latest] = [each for each in known_problems().jobs_of(problem, desks.now) if each.bodies]
    work(
        *(latest.id, problem, known_problems(), desks.register, search_index()),
        clock=lambda: desks.now,
        in_time=lambda: True,
    )
    assert [len(told(desks, each)) for each in references] == [1, 1, 1]


def test_a_message_to_all_is_given_back_where_nothing_is_linked_any_more(
    desks: Desks, caterina: DeskBrowser
) -> None:
    """A colleague has undone the links while it was written, and others are being linked."""
    arrived(desks)
    problem = opened(caterina)
    linking(desks, caterina, problem, 0)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    refused = caterina.post("answer-all", asked | MESSAGE | {"act": "resolve", "step": "send"})
    assert refused.status == 412
    given_back = form_of(refused, "answer-all")
    assert {name: given_back[name] for name in MESSAGE} == MESSAGE


def test_nothing_more_is_linked_once_the_problem_is_solved(
    desks: Desks, caterina: DeskBrowser
) -> None:
    references = [arrived(desks) for _ in range(4)]
    problem = opened(caterina)
    assert linking(desks, caterina, problem, 3).done == 2
    known_problems().solve(problem, "biel", desks.now)
    done = finished(desks, problem)
    assert (done.answered, dict(done.skipped)) == (2, {Skipped.SOLVED: 2})
    linked = [desks.incident(each).known_problem for each in references]
    assert linked.count(problem) == 2
    assert "the problem had been solved: 2" in caterina.get("problem", id=problem).page.text


def test_the_page_looks_for_suggestions_in_a_part_of_the_index_and_the_background_in_all(
    desks: Desks, caterina: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suport.register.search_index.PAGE", 2)
    monkeypatch.setattr("suport.web.desk.known_problems.ROUNDS", 2)
    problem = opened(caterina)
    references = []
    for _ in range(7):  # the latest are looked at first
        desks.now += timedelta(minutes=1)
        references.append(arrived(desks))
    for each in references[-5:]:
        desks.register.link_problem(each, "caterina", None, problem, desks.now)
    page = caterina.get("problem", id=problem)
    assert "Incidents that may be about it" in page.page.text
    assert not any(each in page.page.said_in("main")[0] for each in references[:2])
    begun = known_problems().begin(
        group_answer.begun(
            id="7" * 26,
            act=Act.LINK,
            problem=problem,
            references=(),
            by="caterina",
            now=desks.now,
        )
    )
    assert begun.next is None
    assert finished(desks, problem).answered == 2
    assert all(desks.incident(each).known_problem == problem for each in references)


def test_an_editor_is_told_how_many_get_the_message_and_all_get_it(
    desks: Desks, caterina: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suport.web.desk.known_problems.MOST_AT_ONCE", 2)
    references = [arrived(desks) for _ in range(4)]
    problem = opened(caterina)
    for each in references:
        desks.register.link_problem(each, "caterina", None, problem, desks.now)
    indexed(desks, *references)
    desks.register.claim(references[0], "marta", PAYMENT, desks.now)
    desks.register.resolve(references[0], "marta", PAYMENT, None, desks.now)
    asked = form_of(caterina.get("problem", id=problem), "answer-all")
    check = caterina.post("answer-all", asked | MESSAGE | {"act": "tell"})
    assert "Confirm for all 3" in check.page.text
    caterina.post("answer-all", form_of(check, "answer-all") | {"step": "send"})
    for job in known_problems().jobs_of(problem, desks.now):
        work(
            *(job.id, problem, known_problems(), desks.register, search_index()),
            clock=lambda: desks.now,
            in_time=lambda: True,
        )
    assert [len(told(desks, each)) for each in references] == [0, 1, 1, 1]


def test_the_key_of_one_form_does_not_stand_for_what_another_asks(
    desks: Desks, caterina: DeskBrowser
) -> None:
    """All forms of the page have one key; who goes back in the browser sends it once more."""
    reference = arrived(desks)
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    caterina.post("link", form | {"reference": "all"})
    assert finished(desks, problem).act is Act.LINK
    indexed(desks, reference)
    stale = {"key": form["key"], "problem": problem, "step": "send"}
    for act, words in ((Act.TELL, "Hi feim feina"), (Act.TELL, "Encara"), (Act.RESOLVE, "Fet")):
        desks.now += timedelta(minutes=1)
        sent = stale | {f"body.{each}": words for each in Language} | {"act": act}
        assert caterina.post("answer-all", sent).status == 303
        assert finished(desks, problem).act is act
    assert told(desks, reference) == ["Hi feim feina", "Encara", "Fet"]
    assert desks.incident(reference).status is Status.RESOLVED


def test_a_problem_without_incidents_is_solved_with_one_press(
    desks: Desks, caterina: DeskBrowser
) -> None:
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "answer-all") | {"step": "send"}
    assert caterina.post("answer-all", form).status == 303
    assert not known_problems().published(desks.now)
    assert "Solved on" in caterina.get("problem", id=problem).page.text


def test_nothing_is_linked_to_a_solved_problem(desks: Desks, caterina: DeskBrowser) -> None:
    reference = arrived(desks)
    problem = opened(caterina)
    form = form_of(caterina.get("problem", id=problem), "link")
    known_problems().solve(problem, "caterina", desks.now)
    assert caterina.post("link", form | {"reference": reference}).status == 409
    assert desks.incident(reference).known_problem is None


@pytest.mark.parametrize("stated", ["x", "0" * 26, "'"])
def test_a_problem_that_is_not_there_is_not_found(caterina: DeskBrowser, stated: str) -> None:
    assert caterina.get("problem", id=stated).status == 404


def test_another_problem_under_the_same_key_is_opened_too(
    desks: Desks, caterina: DeskBrowser
) -> None:
    """Back in the browser, where the form is as it was, and other words in it."""
    form = form_of(caterina.get("problem"), "problem") | ANNOUNCED
    caterina.post("problem", form)
    caterina.post("problem", form | {"title.ca": "Un altre"})
    caterina.post("problem", form | {"title.ca": "Un altre"})
    titles = {each.titles[Language.CATALAN] for each in known_problems().all(desks.now)}
    assert titles == {"Sense passarel·la (ca)", "Un altre"}
    assert len(known_problems().all(desks.now)) == 2


def test_what_another_editor_has_changed_is_shown_and_the_form_can_then_be_saved(
    desks: Desks, caterina: DeskBrowser
) -> None:
    problem = opened(caterina)
    hers = form_of(caterina.get("problem", id=problem), "problem")
    biel = desks.signed_in("biel", roles=[Role.EDITOR])
    biel.post("problem", form_of(biel.get("problem", id=problem), "problem") | {"text.es": "Suyo"})
    refused = caterina.post("problem", hers | {"title.en": "Hers"})
    assert "“What happens, and what people can do” (Spanish)Suyo" in refused.page.said_by(
        "meanwhile"
    ).replace(" Suyo", "Suyo")
    again = form_of(refused, "problem") | {"text.es": "Suyo"}
    assert caterina.post("problem", again).status == 303
    standing = known_problems().get(problem, desks.now)
    found = (standing.titles[Language.ENGLISH], standing.texts[Language.SPANISH])
    assert found == ("Hers", "Suyo")


@pytest.mark.parametrize("revision", ["9" * 400, "-1", "²", ""])
def test_a_revision_that_cannot_be_is_refused_like_an_old_one(
    caterina: DeskBrowser, revision: str
) -> None:
    form = form_of(caterina.get("problem", id=opened(caterina)), "problem")
    assert caterina.post("problem", form | {"title.en": "X", "revision": revision}).status == 412


def test_several_fields_that_are_wrong_in_the_same_way_are_told_apart(
    caterina: DeskBrowser,
) -> None:
    form = form_of(caterina.get("problem"), "problem") | ANNOUNCED
    answer = caterina.post("problem", form | {"title.ca": "", "text.de": ""})
    assert "Title (Catalan) is missing." in answer.page.text
    assert "“What happens, and what people can do” (German) is missing." in answer.page.text


@pytest.mark.parametrize("typed", ["", " ", "nope", "7K3M-9QXA-2BTD"])
def test_a_reference_to_link_that_is_none_is_named_at_its_field(
    caterina: DeskBrowser, typed: str
) -> None:
    form = form_of(caterina.get("problem", id=opened(caterina)), "link")
    answer = caterina.post("link", form | {"reference": typed})
    assert (answer.status, "#reference" in answer.page.links) == (422, True)


@pytest.mark.parametrize(
    ("page", "typed"),
    [("problem", ANNOUNCED), ("answer-all", MESSAGE), ("search", {"person": "12345678Z"})],
)
def test_a_session_that_is_over_loses_nothing_that_was_typed(
    desks: Desks, caterina: DeskBrowser, page: str, typed: dict[str, str]
) -> None:
    problem = opened(caterina)
    desks.now += timedelta(hours=13)
    answer = caterina.post(page, {"problem": problem, "key": "0" * 26, "act": "tell"} | typed)
    given_back = dict(answer.page.forms)[page]
    assert {name: given_back.get(name) for name in typed} == typed
