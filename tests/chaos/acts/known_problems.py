"""Editors who announce known problems and answer all at once; incidents that follow another."""

from datetime import timedelta
from random import Random

from tests.chaos.acts.web_desk import SENT, gives_back, opened
from tests.chaos.other_browsers import Desk
from tests.chaos.town import TEAMS, ToAll, Town, act
from tests.chaos.world import NO_ANSWER, Answer
from tests.support.html import Page

MOST_PROBLEMS = 2
LANGUAGES = ("ca", "es", "en", "de")


def _editor(town: Town, chance: Random) -> Desk:
    return town.desk((chance.choice(TEAMS), "edith"), is_editor=True)


@act(weight=3)
def opens_a_problem(town: Town, chance: Random) -> None:
    """An editor announces a known problem, which may touch every incident."""
    if len(town.problems) >= MOST_PROBLEMS:
        return
    desk = _editor(town, chance)
    if (fields := _form(desk.get("problem"), "problem")) is None:
        return
    since = town.world.now + timedelta(minutes=30)  # Madrid is an hour ahead
    fields |= {"since": f"{since:%Y-%m-%dT%H:%M}"}
    fields |= {f"title.{language}": "No es pot pagar" for language in LANGUAGES}
    fields |= {f"text.{language}": f"Ho arreglam {town.key()}" for language in LANGUAGES}
    fields |= {f"categories.{team}": "on" for team in TEAMS}
    answer = _insists(town, chance, desk, "problem", fields, fields["text.ca"])
    if answer.status == SENT:
        town.problems.append(desk.follow(answer)["id"])


@act(weight=5)
def links(town: Town, chance: Random) -> None:
    """An editor links an incident to a known problem, or all that it may be about, or unlinks."""
    if not town.problems:
        return
    desk, problem = _editor(town, chance), chance.choice(town.problems)
    answer = desk.get("problem", id=problem)
    if (fields := _form(answer, "link")) is None:
        return
    fields["problem"] = problem
    case = town.case(chance)
    fields["reference"] = case.reference if case and chance.random() < 0.7 else "all"
    is_undone = case is not None and chance.random() < 0.2
    if case and is_undone:
        fields["reference"] = case.reference
    form = "unlink" if is_undone else "link"
    town.insist(chance, lambda: desk.post(form, fields))


@act(weight=2)
def links_own(town: Town, chance: Random) -> None:
    """An operator links the incident that they work on to a known problem, or undoes that."""
    if not town.problems or not (case := town.case(chance)):
        return
    desk = town.desk(town.holder(case, chance))
    form = chance.choice(("link-problem", "link-problem", "unlink-problem"))
    fields = {"reference": case.reference, "problem": chance.choice(town.problems)}
    town.insist(chance, lambda: desk.post(form, fields))


@act(weight=4)
def answers_all(town: Town, chance: Random) -> None:
    """An editor writes to all who are linked to a known problem, and may thereby solve it."""
    if not town.problems:
        return
    desk, problem = _editor(town, chance), chance.choice(town.problems)
    answer = desk.get("problem", id=problem)
    if (fields := _form(answer, "answer-all")) is None:
        return
    words = town.words_to_all()
    act_ = chance.choice(("tell", "tell", "resolve", "give_back"))
    to_all = ToAll(problem, act_, words)
    town.to_all.append(to_all)
    fields |= {"problem": problem, "act": act_, "step": "send"}
    fields |= {f"body.{language}": words for language in LANGUAGES}
    answer = _insists(town, chance, desk, "answer-all", fields, words)
    if answer.status == SENT:
        to_all.accepted_at = town.world.now


@act(weight=4)
def follows(town: Town, chance: Random) -> None:
    """An operator has two incidents of a citizen answered together, or by themselves again."""
    known = [each for each in town.cases if each.reference and each.told.get("shares_phone")]
    if len(known) < 2:
        return
    leader, follower = chance.sample(known, 2)
    desk = town.desk(town.holder(leader, chance))
    leader.told["leads"] = True  # what is written there may be sent for both
    if opened(town, desk, leader) is None:
        return
    form = chance.choice(("follow", "follow", "unfollow"))
    fields = {"reference": leader.reference, "follower": follower.reference}
    town.insist(chance, lambda: desk.post(form, fields))


def _form(answer: Answer, action: str) -> dict[str, str] | None:
    """What the page's form of that name would send, if the page has one."""
    if answer.status != 200:
        return None
    forms = dict(Page(answer.body).forms)
    return dict(forms[action]) if action in forms else None


def _insists(  # noqa: PLR0917  they are what an editor sends
    town: Town, chance: Random, desk: Desk, form: str, fields: dict[str, str], words: str
) -> Answer:
    """Sends the form until it is answered; with an error comes back what was typed."""

    def send() -> Answer:
        answer = desk.post(form, fields)
        is_error = answer.status not in {SENT, 200, NO_ANSWER.status}
        if is_error and not gives_back(answer, words):
            town.world.broken.append(f"{form} answers {answer.status} without the text")
        return answer

    return town.insist(chance, send)
