"""Citizens who use their rights: a copy, a correction, another access code, the erasure."""

from random import Random

from tests.chaos.acts.citizens import shows_only
from tests.chaos.acts.forms import browser_of, fills_in, sends
from tests.chaos.browser import AWAY, Filled, code_in, code_shown, confirmation_in, place
from tests.chaos.town import OPERATORS, TEAMS, Case, Town, act
from tests.chaos.world import Answer


@act(weight=2)
def asks_for_a_copy(town: Town, chance: Random) -> None:
    """A citizen gets a copy of all that is known about the incident."""
    if not (case := town.case(chance)):
        return
    if chance.random() < 0.5:
        answer = town.citizen(case, "GET", f"{case.path}/export")
    else:
        answer = browser_of(town, chance, case).get("export", format=chance.choice(("", "json")))
    shows_only(town, case, answer.body)


@act(weight=2)
def corrects_the_contact_data(town: Town, chance: Random) -> None:
    """A citizen says on the page when to call."""
    if case := town.case(chance):
        typed = {"contact.availability": f"{case.marker} «els matins»"}
        fills_in(town, chance, case, ("contact-data", "contact-data"), typed)


@act(weight=3)
def asks_for_another_address(town: Town, chance: Random) -> None:
    """A citizen wants the mails to go to another address, which the present one has to confirm."""
    if not (case := town.case(chance)):
        return
    address = f"{case.marker}.{len(case.asked)}@example.org"
    case.asked.add(address)
    path, content = f"{case.path}/contact", {"email": address}
    answer = town.insist(chance, lambda: town.citizen(case, "PATCH", path, content))
    if answer.status == 200:  # there was none to confirm it
        _has_another_address(town, case)


@act(weight=4)
def confirms_the_address(town: Town, chance: Random) -> None:
    """A citizen enters the code of the mail that asks whether the address is to change."""
    if not (case := town.case(chance)) or not (code := _confirmation(town, case, "contact-data")):
        return
    path, content = f"{case.path}/contact", {"confirmation": code}
    answer = town.insist(chance, lambda: town.citizen(case, "POST", path, content))
    if answer.status == 200:
        _has_another_address(town, case)


@act(weight=4)
def reads_the_mail(town: Town, chance: Random) -> None:
    """A citizen opens the incident with the link of the newest mail."""
    if not (case := town.case(chance)):
        return
    codes = [code_in(each.text, case.reference) for each in town.world.aws.sent]
    known = [code for code in codes if code and code not in case.replaced]
    if known:
        case.code = known[-1]


@act(weight=2)
def replaces_the_code(town: Town, chance: Random) -> None:
    """A citizen replaces the access code, which somebody else may know."""
    if not (case := town.case(chance)):
        return
    before = case.code
    answer = fills_in(town, chance, case, ("access-code", "access-code"), {})
    done = place(answer)[1].get("done", "") if answer and answer.status == 303 else ""
    if not done.startswith("code-"):  # a session that was over begins at the page of the incident
        return
    case.replaced.add(before)
    if done == "code-replaced":
        shown = code_shown(browser_of(town, chance, case).get("track"))
        case.code = shown or case.code


@act(weight=2)
def loses_the_code(town: Town, chance: Random) -> None:
    """A citizen asks for another access code by mail, sometimes with an address that is wrong."""
    if not (case := town.case(chance)) or case.email is None:
        return
    address = case.email if chance.random() < 0.8 else "ningú@example.org"
    typed = {"reference": case.reference, "reached_at": address}
    sends(town, chance, case, Filled("lost-code", typed, typed))


@act(weight=2)
def asks_to_be_erased(town: Town, chance: Random) -> None:
    """A citizen wants all of it erased; a mail brings the code that confirms it."""
    if not (case := town.case(chance)):
        return
    if chance.random() < 0.5:
        town.insist(chance, lambda: town.citizen(case, "DELETE", case.path))
    else:
        fills_in(town, chance, case, ("erase", "erase"), {})


@act(weight=4)
def confirms_the_erasure(town: Town, chance: Random) -> None:
    """A citizen enters the code of that mail, at times once more, or one that is wrong."""
    if not (case := town.case(chance)) or not (code := _confirmation(town, case, "erase")):
        return
    if chance.random() < 0.2:
        _confirms(town, chance, case, code[::-1])
        return
    case.perhaps_erased = True
    if chance.random() < 0.3:
        answer = fills_in(town, chance, case, ("erase", "erase"), {"confirmation": code})
        if answer and answer.status == 303 and place(answer)[1].get("done") == "erased":
            _is_erased(town, case)
        return
    answer = _confirms(town, chance, case, code)
    if answer.status != 200:
        return
    _is_erased(town, case)
    if chance.random() < 0.5:
        again = _confirms(town, chance, case, code)
        if again.status not in {200, *AWAY}:
            town.world.broken.append(
                f"{case.marker}: erased, and the same once more is answered {again.status}"
            )


@act(weight=1)
def is_erased_at_the_desk(town: Town, chance: Random) -> None:
    """An operator erases the incident of a citizen whom they have identified."""
    if not (case := town.case(chance)):
        return
    who = (chance.choice(TEAMS), chance.choice(OPERATORS))
    answer = town.operator(who, "GET", f"{case.desk_path}/erasure")
    shows_only(town, case, answer.body)
    if answer.status != 200:
        return
    case.perhaps_erased = True
    answer = town.insist(chance, lambda: town.operator(who, "DELETE", case.desk_path))
    if answer.status == 200:
        _is_erased(town, case)


@act(weight=2)
def looks_for_what_is_gone(town: Town, chance: Random) -> None:
    """Somebody asks for an erased incident, or with an access code that was replaced."""
    if not (case := town.case(chance)):
        return
    if case.erased_at:
        answer = town.citizen(case, "GET", case.path)
        if answer.ok:
            town.world.broken.append(f"{case.marker}: erased, and still shown")
    for code in case.replaced:
        opens_nothing(town, case, code)


def opens_nothing(town: Town, case: Case, code: str) -> None:
    """Notes an access code that still opens the incident although it was replaced."""
    answer = town.world.request("GET", case.path, Authorization=f"Bearer {code}")
    if answer.ok:
        town.world.broken.append(f"{case.marker}: a replaced access code still opens it")


def _confirms(town: Town, chance: Random, case: Case, code: str) -> Answer:
    path, content = f"{case.path}/erasure", {"confirmation": code}
    return town.insist(chance, lambda: town.citizen(case, "POST", path, content))


def _confirmation(town: Town, case: Case, page: str) -> str | None:
    """The code in the newest mail to the citizen that is to be entered on that page."""
    mails = [each.text for each in town.world.aws.sent if each.to == case.email]
    codes = [code for each in mails if (code := confirmation_in(each, page))]
    return codes[-1] if codes else None


def _has_another_address(town: Town, case: Case) -> None:
    """The service says that the address is another one; the register says which."""
    items = town.world.aws.dynamodb.tables["Register"].items
    contact = items.get((case.reference, "incident"), {}).get("contact", {"M": {}})["M"]
    address = contact.get("email", {"S": ""})["S"]
    if not address or address == case.email:
        return
    if address not in case.asked:
        town.world.broken.append(f"{case.marker}: has {address}, which nobody asked for")
    if case.email:
        case.former[case.email] = town.world.now
        case.replaced.add(case.code)
    case.email = address


def _is_erased(town: Town, case: Case) -> None:
    case.erased_at = case.erased_at or town.world.now
