"""Operators who take incidents from their queue, or by reference, and work on them."""

import json
from random import Random
from typing import Any

from tests.chaos.acts.citizens import shows_only
from tests.chaos.town import OPERATORS, TEAMS, Case, Town, act, kept
from tests.chaos.world import Answer


@act(weight=8)
def takes_the_next(town: Town, chance: Random) -> None:
    """An operator pulls a message, claims its incident, and deletes the message."""
    team, name = chance.choice(TEAMS), chance.choice(OPERATORS)
    queue = town.world.queue(f"{team.capitalize()}Queue")
    if not (waiting := queue.visible(town.world.now)):
        return
    message = chance.choice(waiting)
    if not queue.receive(message, town.world.now):
        return
    reference = json.loads(message.body)["reference"]
    case = next((each for each in town.cases if each.reference == reference), None)
    path = f"/v1/desk/incidents/{reference}/claim"
    answer = town.insist(chance, lambda: town.operator((team, name), "POST", path, {}))
    if case:
        _sees(town, case, answer)
    if answer.status < 500 and chance.random() > 0.05:  # now and then it cannot be deleted
        queue.delete(message.id)


@act(weight=4)
def claims(town: Town, chance: Random) -> None:
    """An operator claims an incident by its reference."""
    _works(town, chance, "claim", {})


@act(weight=4)
def looks(town: Town, chance: Random) -> None:
    """An operator of any team looks at an incident; another team's shows nothing of it."""
    if not (case := town.case(chance)):
        return
    team = chance.choice(TEAMS)
    may = _team_of(town, case) == team
    answer = town.operator((team, chance.choice(OPERATORS)), "GET", case.desk_path)
    if case.marker in answer.body and not (may or _team_of(town, case) == team):
        town.world.broken.append(f"{team} sees {case.marker}, which is not its own")
    _sees(town, case, answer)


@act(weight=8)
def replies(town: Town, chance: Random) -> None:
    """An operator writes to the citizen, or asks."""
    if case := town.case(chance):
        said = town.answer_words(case)
        content = {"body": said.words, "ask": chance.random() < 0.4}
        kept(_works(town, chance, "messages", content, case), said, town.world.now)


@act(weight=3)
def notes(town: Town, chance: Random) -> None:
    """An operator writes something down for the team."""
    if case := town.case(chance):
        said = town.words(case, "note")
        kept(_works(town, chance, "notes", {"body": said.words}, case), said, town.world.now)


@act(weight=4)
def transfers(town: Town, chance: Random) -> None:
    """An operator gives an incident to another team."""
    if case := town.case(chance):
        said = town.words(case, "action")
        content = {"category": chance.choice(TEAMS), "reason": said.words}
        kept(_works(town, chance, "transfer", content, case), said, town.world.now)


@act(weight=3)
def releases(town: Town, chance: Random) -> None:
    """An operator gives an incident back to the team."""
    _works(town, chance, "release", {})


@act(weight=2)
def takes_over(town: Town, chance: Random) -> None:
    """An operator takes an incident over from a colleague."""
    if case := town.case(chance):
        said = town.words(case, "action")
        answer = _works(town, chance, "take-over", {"reason": said.words}, case)
        # an operator who has the incident already is told so, and nothing is recorded
        said.accepted = False if not answer.ok else said.accepted


@act(weight=4)
def resolves(town: Town, chance: Random) -> None:
    """An operator resolves an incident, most times with a last message."""
    if not (case := town.case(chance)):
        return
    if chance.random() < 0.3:
        _works(town, chance, "resolve", {}, case)
        return
    said = town.answer_words(case)
    kept(_works(town, chance, "resolve", {"body": said.words}, case), said, town.world.now)


def _works(town: Town, chance: Random, path: str, content: Any, case: Case | None = None) -> Answer:
    """What an operator gets for an act, mostly one of the team that has the incident."""
    case = case or town.case(chance)
    if case is None:
        return Answer(404, "", {})
    team, name = town.holder(case, chance)
    team, key = team if chance.random() < 0.9 else chance.choice(TEAMS), town.key()
    answer = town.insist(
        chance,
        lambda: town.operator((team, name), "POST", f"{case.desk_path}/{path}", content, key=key),
    )
    _sees(town, case, answer)
    return answer


def _team_of(town: Town, case: Case) -> str:
    """The team that has the incident now, by the register's own item."""
    item = town.world.aws.dynamodb.tables["Register"].items.get((case.reference, "incident"), {})
    return str(item.get("category", {"S": case.team})["S"])


def _sees(town: Town, case: Case, answer: Answer) -> None:
    shows_only(town, case, answer.body)
