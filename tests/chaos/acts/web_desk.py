"""Operators at the desk in the browser: its list, its queue, its forms, drafts, the shift's end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.chaos.other_browsers import Desk
from tests.chaos.town import OPERATORS, TEAMS, Case, Said, Town, act
from tests.chaos.world import NO_ANSWER, Answer
from tests.support.html import Page

SENT, DONE = 303, 204
DRAFTS_KEPT_FOR = timedelta(hours=24)
KINDS = ("answer", "question", "solution")


@act(weight=6)
def takes_the_next_in_a_browser(town: Town, chance: Random) -> None:
    """An operator presses the button of the team's queue, and has the incident that it names."""
    team = chance.choice(TEAMS)
    desk = town.desk((team, chance.choice(OPERATORS)))
    answer = desk.post("next", {"team": team})
    if answer.status != SENT:
        return
    led = desk.follow(answer)
    if led.get("done") != "taken":
        return
    account = town.ledger.accounts[led["reference"]]
    if desk.name not in {holder for _, holder in account.holder.steps}:
        town.world.broken.append(f"{desk.name} is told to have {led['reference']}, and never had")


@act(weight=14)
def works_in_a_browser(town: Town, chance: Random) -> None:
    """An operator opens an incident, and sends one of the forms that its page has."""
    if not (case := town.case(chance)):
        return
    who = town.holder(case, chance)
    desk = town.desk(who)
    if (page := opened(town, desk, case)) is None:
        return
    forms = {action: values for action, values in page.forms if action in WAYS}
    if not forms:
        return
    form = chance.choice([each for each in WAYS for _ in range(WAYS[each]) if each in forms])
    if chance.random() < 0.2:
        town.world.wait(timedelta(minutes=chance.choice((1, 15, 600))))
    _sends(town, chance, Form(desk, case, form, dict(forms[form])))


WAYS = {
    "claim": 3,
    "write": 8,
    "note": 1,
    "transfer": 2,
    "snooze": 2,
    "release": 1,
    "resolve": 1,
    "take-over": 1,
    "withdraw": 1,
}
"""The forms of an incident's page, and how often each of them is sent."""


def opened(town: Town, desk: Desk, case: Case) -> Page | None:
    """The page of the incident, if the operator is shown it; a draft that was kept is on it."""
    since = town.world.now
    answer = desk.get("incident", reference=case.reference)
    shows(town, desk, case, answer, since)
    if answer.status != 200:
        return None
    page, key = Page(answer.body), (desk.name, case.reference)
    writing = [values for action, values in page.forms if action == "write"]
    if writing and key in town.drafts:
        at, words = town.drafts[key]
        is_due = at < since < at + DRAFTS_KEPT_FOR - timedelta(minutes=1)
        if is_due and words not in writing[0].get("body", ""):
            town.world.broken.append(f"{case.marker}: a draft was kept, and is not given back")
    return page


def shows(town: Town, desk: Desk, case: Case, answer: Answer, since: datetime) -> None:
    """Notes words of other incidents, or of another team's, in an answer to that operator."""
    for other in town.cases:
        if other is not case and other.marker in answer.body:
            town.world.broken.append(f"a page about {case.marker} shows {other.marker}")
    town.shows_team(desk.team, answer, since)


@dataclass
class Form:
    """A form of the incident's page, and what its operator types there."""

    desk: Desk
    case: Case
    name: str
    fields: dict[str, str]
    said: Said | None = None


def _sends(town: Town, chance: Random, form: Form) -> None:
    """Sends a form of the page as the operator has filled it in, until it is answered."""
    _fill_in(town, chance, form)
    key = form.desk.name, form.case.reference
    if form.name == "write":
        town.drafts.pop(key, None)
        if chance.random() < 0.25:  # the page's script keeps it while somebody types
            form.name, form.fields["form"] = "draft", "write"
    answer = town.insist(chance, lambda: _posted(town, form))
    said = form.said
    if said and form.name == "draft" and answer.status == DONE:
        town.drafts[key] = town.world.now, said.words
        opened(town, form.desk, form.case)
    # why they take over an incident that they have by now, nobody needs to know
    elif said and answer.status == SENT and form.name != "take-over":
        said.accepted, said.at = True, town.world.now


def _fill_in(town: Town, chance: Random, form: Form) -> None:
    """Types what the form takes."""
    case, fields, team = form.case, form.fields, form.desk.team
    fields["reference"] = case.reference
    match form.name:
        case "write":
            form.said = town.answer_words(case)
            fields |= {"body": form.said.words, "kind": chance.choice(KINDS)}
        case "note":
            form.said = town.words(case, "note")
            fields["note"] = form.said.words
        case "transfer":
            form.said = town.words(case, "action")
            colleague = next(each for each in OPERATORS if each not in form.desk.name)
            to = [f"team:{each}" for each in TEAMS if each != team]
            to.append(f"colleague:{colleague}-{team}")
            fields |= {"to": chance.choice(to), "reason": form.said.words}
        case "take-over":
            form.said = town.words(case, "action")
            fields["why"] = form.said.words
        case "snooze":
            days = timedelta(days=chance.choice((1, 1, 3, 30)))
            fields["until"] = f"{town.world.now + days:%Y-%m-%d}"
            if chance.random() < 0.2:
                fields["step"] = "resume"
        case "withdraw":
            fields["scope"] = chance.choice(("view", "control"))


def _posted(town: Town, form: Form) -> Answer:
    """The answer to the form; with an error comes back what was typed."""
    since, said = town.world.now, form.said
    answer = form.desk.post(form.name, form.fields)
    shows(town, form.desk, form.case, _without(answer, said), since)
    is_page = form.name != "draft"  # a script has the text, and is told only how it went
    is_error = answer.status not in {SENT, DONE, NO_ANSWER.status}
    if said and is_page and is_error and not gives_back(answer, said.words):
        name, told = f"{form.case.marker}: {form.name}", answer.status
        town.world.broken.append(f"{name} answers {told} without the text")
    return answer


def _without(answer: Answer, said: Said | None) -> Answer:
    """The answer without what its operator has typed, which shows nothing."""
    if said is None:
        return answer
    return Answer(answer.status, answer.body.replace(said.words, ""), answer.headers)


def gives_back(answer: Answer, words: str) -> bool:
    """Whether the page has these words: in a field or, where it has no such form, to be copied."""
    page = Page(answer.body)
    typed = [value for _, values in page.forms for value in values.values()]
    return words in page.text or any(words in value for value in typed)


@act(weight=2)
def ends_the_shift(town: Town, chance: Random) -> None:
    """An operator passes on what they have, to the colleague or to the team."""
    team, name = chance.choice(TEAMS), chance.choice(OPERATORS)
    desk = town.desk((team, name))
    answer = desk.get("shift")
    if answer.status != 200:
        return
    page = Page(answer.body)
    fields = next((values for action, values in page.forms if action == "shift"), None)
    if not fields:
        return
    colleague = next(each for each in OPERATORS if each != name)
    note = f"torn acabat {town.key()}"
    fields |= {"to": chance.choice(("team", f"colleague:{colleague}-{team}")), "note": note}
    answer = town.insist(chance, lambda: desk.post("shift", fields))
    if answer.status not in {200, NO_ANSWER.status} and not gives_back(answer, note):
        town.world.broken.append(f"the end of a shift answers {answer.status} without the note")
