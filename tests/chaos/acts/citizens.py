"""Citizens who report incidents, write, ask and come back."""

from datetime import timedelta
from random import Random
from typing import Any

from tests.chaos.town import MOST_CASES, TEAMS, Case, Said, Town, act, kept
from tests.support.six_months import six_months_on

CLOCKS_AGREE = timedelta(minutes=1)


@act(weight=8)
def submits(town: Town, chance: Random) -> None:
    """A citizen reports an incident, and tries again with the same key."""
    if len(town.cases) >= MOST_CASES:
        return
    number = len(town.cases) + 1
    case = Case(
        marker=f"marca{number}q",
        team=chance.choice(TEAMS),
        email=chance.choice((f"marca{number}q@example.org",) * 3 + (None,)),
        key=f"key-of-submission-{number}",
    )
    town.cases.append(case)
    _report(town, case, chance)


@act(weight=4)
def submits_again(town: Town, chance: Random) -> None:
    """A citizen who was never told a reference sends the same form once more."""
    otherwise = {"phone", "form"}  # how they were reported
    waiting = [
        each for each in town.cases if not each.reference and otherwise.isdisjoint(each.told)
    ]
    if waiting:
        _report(town, chance.choice(waiting), chance)


def _report(town: Town, case: Case, chance: Random) -> None:
    said = next((each for each in case.said if each.kind == "incident"), None)
    said = said or town.words(case, "incident")
    contact = {"email": case.email} if case.email else {}
    if case.told.setdefault("shares_phone", not case.email or chance.random() < 0.6):
        contact["phone"] = "+34 971 48 17 26"  # of one citizen with several incidents
    content = {
        "category": case.team,
        "description": said.words,
        "error": {"message": f"{case.marker} error"},
        "contact": contact | {"name": f"{case.marker} nom"},
        "language": chance.choice(("ca", "es", "en", "de")),
    }
    content["language"] = case.told.setdefault("language", content["language"])

    def send() -> Any:
        return town.citizen(case, "POST", "/v1/incidents", content, key=case.key)

    answer = town.insist(chance, send)
    if answer.ok:
        receipt = answer.json()
        case.reference, case.code = receipt["reference"], receipt["access_code"]
        if not said.accepted:
            kept(answer, said, town.world.now)


@act(weight=6)
def tracks(town: Town, chance: Random) -> None:
    """A citizen looks at the own incident, which shows what was accepted and nothing of others."""
    if not (case := town.case(chance)):
        return
    answer = town.citizen(case, "GET", case.path)
    shows_only(town, case, answer.body)


@act(weight=6)
def writes(town: Town, chance: Random) -> None:
    """A citizen adds a message."""
    if not (case := town.case(chance)):
        return
    said, key = town.words(case, "message"), town.key()
    answer = town.insist(
        chance,
        lambda: town.citizen(case, "POST", f"{case.path}/messages", {"body": said.words}, key=key),
    )
    kept(answer, said, town.world.now)


def shows_only(town: Town, case: Case, body: str) -> None:
    """Notes an answer about one case that has words of another, or that are past their time."""
    yet = town.world.now - CLOCKS_AGREE
    for said in case.said:
        if said.accepted and said.words in body and yet > six_months_on(said.at):
            town.world.broken.append(f"{said.words}: is past its six months, and still shown")
    for other in town.cases:
        if other is not case and other.marker in body:
            town.world.broken.append(f"an answer about {case.marker} shows {other.marker}")


def words_of(case: Case, kind: str) -> list[Said]:
    """All that was written about the case as that kind of thing."""
    return [each for each in case.said if each.kind == kind]
