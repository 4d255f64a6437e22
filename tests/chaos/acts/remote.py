"""Remote support: consents, invitations, screens that are shown, and control."""

from datetime import timedelta
from random import Random

from suport.domain.language import Language
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from tests.chaos.acts.citizens import shows_only
from tests.chaos.other_browsers import Screen
from tests.chaos.promises.remote_support import (
    Standing,
    shown_to_citizen,
    shown_to_operator,
    standing,
    told_permissions,
)
from tests.chaos.town import Case, Town, act, named
from tests.chaos.world import Answer
from tests.support.session_descriptions import ANSWER, OFFER

NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).sha256
SCOPES = ("view", "control")
SILENT_AFTER = timedelta(seconds=15)


@act(weight=4)
def consents(town: Town, chance: Random) -> None:
    """A citizen agrees to remote support, or takes that back."""
    if not (case := town.case(chance)):
        return
    scope, action = chance.choice(SCOPES), chance.choice(("grant", "grant", "withdraw"))
    content = {"scope": scope, "action": action, "language": "ca"}
    if action == "grant":
        content["notice_sha256"] = NOTICE
    answer = town.insist(
        chance, lambda: town.citizen(case, "POST", f"{case.path}/consents", content)
    )
    shows_only(town, case, answer.body)
    if answer.status == 201:
        record = answer.json()["record_id"]
        case.told.setdefault("consents", []).append((scope, action, record, town.world.now))


@act(weight=1)
def withdraws_for_the_citizen(town: Town, chance: Random) -> None:
    """An operator ends a consent, as the citizen has asked by telephone."""
    if not (case := town.case(chance)):
        return
    who, scope = town.holder(case, chance), chance.choice(SCOPES)
    key, path = town.key(), f"{case.desk_path}/consents"
    content = {"scope": scope}
    before = standing(town, case.reference)
    answer = town.insist(chance, lambda: town.operator(who, "POST", path, content, key=key))
    shows_only(town, case, answer.body)
    if answer.ok and before and scope in before.consents:
        record = before.consents[scope]
        case.told.setdefault("consents", []).append((scope, "withdraw", record, town.world.now))


@act(weight=5)
def invites(town: Town, chance: Random) -> None:
    """An operator who has the incident invites its citizen, who joins with the code."""
    if not (case := town.case(chance)):
        return
    who = town.holder(case, chance)
    answer = town.operator(who, "POST", f"{case.desk_path}/remote", key=town.key())
    shows_only(town, case, answer.body)
    account = town.account(case)
    if answer.status != 201 or account is None:
        return
    invited = answer.json()
    if invited["join_code"] is None:
        return
    number, at = len(account.invitations), town.world.now
    screens = [
        Screen(town.world, case.marker, case.reference, invited["join_code"], at, number)
        for _ in range(chance.choice((1, 1, 2)))
    ]
    for screen in screens:
        town.screens.append(screen)
        if chance.random() < 0.8:
            _joins(town, screen)


@act(weight=2)
def joins(town: Town, chance: Random) -> None:
    """Somebody types a code, which may be old or used."""
    if town.screens:
        screen = chance.choice(town.screens[-4:])
        other = Screen(
            *(town.world, screen.marker, screen.reference),
            *(screen.code, screen.invited_at, screen.invitation),
        )
        town.screens.append(other)
        _joins(town, other)


def _joins(town: Town, screen: Screen) -> None:
    """Sends the code: it admits one browser, for ten minutes."""
    before = town.world.now
    answer = screen.join()
    if answer.status != 303:
        return
    if before > screen.invited_at + timedelta(minutes=10, seconds=30):
        town.world.broken.append(f"{screen.marker}: a code admits after its time")
    same = [each for each in town.screens if each.code == screen.code and each.cookie]
    if len(same) > 1:
        town.world.broken.append(f"{screen.marker}: a code admits two browsers")


@act(weight=8)
def shows_the_screen(town: Town, chance: Random) -> None:
    """A citizen shows the screen, both pages ask what there is, and control comes and goes."""
    joined = [each for each in town.screens if each.cookie]
    if not joined:
        return
    screen = joined[-1] if chance.random() < 0.7 else chance.choice(joined)
    case = next(each for each in town.cases if each.reference == screen.reference)
    who = town.holder(case, chance)
    steps: tuple[str, ...] = chance.choice((AS_MEANT, AS_MEANT[:4], ()))
    if steps and chance.random() < 0.5:  # it ends in the middle, and both pages go on
        steps += (chance.choice(("agree no more", "give up")), "watch", "poll", "permissions")
    steps += tuple(chance.choices(STEPS, k=chance.randint(1, 6)))
    for step in steps:
        if chance.random() < 0.1:
            town.world.wait(timedelta(seconds=chance.choice((5, 14, 17, 60, 700))))
        if step in OF_THE_OPERATOR:
            _operator_does(town, case, who, step, screen)
        else:
            _citizen_does(town, case, screen, step)


AS_MEANT = ("offer", "answer", "poll", "watch", "ask", "accept", "watch", "permissions")
OF_THE_OPERATOR = ("answer", "watch", "permissions", "accept", "hang up", "give up")
STEPS = (
    *("offer", "poll", "poll", "ask", "ask", "take back", "leave", "stop"),
    *("answer", "answer", "watch", "watch", "permissions", "permissions", "accept", "accept"),
    *("hang up", "give up", "agree no more"),
)


def _citizen_does(town: Town, case: Case, screen: Screen, step: str) -> None:
    before = standing(town, screen.reference)
    match step:
        case "offer":
            screen.offers += 1
            answer = screen.ask("PUT", "/offer", _offer(screen))
        case "ask":
            answer = screen.ask("POST", "/control", _control("grant"))
        case "take back":
            answer = screen.ask("POST", "/control", _control("withdraw"))
            if answer.ok:
                _control_is_over(town, screen, before)
        case "leave":
            answer = screen.ask("POST", "/end", {"left": screen.offers})
        case "agree no more":
            content = {"scope": "view", "action": "withdraw", "language": "ca"}
            town.citizen(case, "POST", f"{case.path}/consents", content)
            answer = screen.ask("GET", "", query={"n": str(screen.offers)})
        case "stop":
            answer = screen.ask("POST", "/end", {})
        case _:
            answer = screen.ask("GET", "", query={"n": str(screen.offers)})
    if answer.ok:
        after = standing(town, screen.reference)
        town.world.broken += shown_to_citizen(screen, answer.json(), before, after)


def _control_is_over(town: Town, screen: Screen, before: Standing | None) -> None:
    """What the citizen took back stays so, unless the citizen asks once more."""
    after = standing(town, screen.reference)
    if before and after and before.invitation == after.invitation == screen.invitation:
        given = before.consents.get("control")
        if given and after.consents.get("control") == given and before.asked == given:
            town.world.broken.append(f"{screen.marker}: control was taken back, and is in force")


def _operator_does(town: Town, case: Case, who: tuple[str, str], step: str, screen: Screen) -> None:
    before = standing(town, case.reference)
    path = f"{case.desk_path}/remote"
    match step:
        case "answer":
            sdp = ANSWER.replace("pYbh", f"{case.marker}torna")
            content = {"n": max(1, screen.offers), "sdp": sdp}
            answer = town.operator(who, "PUT", f"{path}/answer", content)
        case "permissions":
            answer = town.operator(who, "GET", f"{case.desk_path}/permissions")
        case "give up":
            town.operator(who, "POST", f"{case.desk_path}/release", {}, key=town.key())
            answer = town.operator(who, "GET", path)
        case "hang up":
            answer = town.operator(who, "DELETE", path)
        case "accept":
            answer = _accepts(town, case, who)
        case _:
            answer = town.operator(who, "GET", path)
    shows_only(town, case, answer.body)
    after = standing(town, case.reference)
    if answer.ok and step == "permissions":
        town.world.broken += told_permissions(case.marker, who[0], answer.json(), before, after)
    elif answer.ok:
        told = answer.json()
        town.world.broken += shown_to_operator(case.marker, named(who), told, before, after)


def _accepts(town: Town, case: Case, who: tuple[str, str]) -> Answer:
    """An operator accepts control, which is done at the desk in the browser."""
    since = town.world.now
    answer = town.desk(who).post("remote/control", {"reference": case.reference})
    town.shows_team(who[0], answer, since)
    return answer


def _offer(screen: Screen) -> dict[str, object]:
    return {
        "n": screen.offers,
        "replaces": 0,
        "sdp": OFFER.replace("pYbh", f"{screen.marker}oferta{screen.offers}"),
        "notice_sha256": NOTICE,
        "language": "ca",
        "surface": "browser",
    }


def _control(action: str) -> dict[str, str]:
    granted = {"notice_sha256": NOTICE} if action == "grant" else {}
    return {"action": action, "language": "ca"} | granted
