"""Citizens who use the pages: they fill in forms, get them back after a failure, and send again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.chaos.acts.citizens import shows_only
from tests.chaos.browser import AWAY, Browser, Filled, code_in, form_of, given_back, place
from tests.chaos.town import MOST_CASES, TEAMS, Case, Town, act, kept
from tests.chaos.world import NO_ANSWER, Answer

LANGUAGES = ("ca", "es", "en", "de")
MOST_ATTEMPTS = 5
A_SEASON = timedelta(days=120)
ERASED_IS_KNOWN = timedelta(days=39)
"""How long a form whose incident was erased is surely refused."""
TYPED_WRONG = {"description": "res", "contact.email": "ningú", "contact.phone": "12"}
"""What the form does not take, by its field."""


@act(weight=6)
def fills_in_the_form(town: Town, chance: Random) -> None:
    """A citizen reports an incident with the form, at first perhaps with a mistake in it."""
    if len(town.cases) >= MOST_CASES:
        return
    browser, team = Browser(town.world, chance.choice(LANGUAGES)), chance.choice(TEAMS)
    form = form_of(browser.get("incident", category=team), "incident")
    if form is None or len(town.cases) >= MOST_CASES:
        return
    marker = f"marca{len(town.cases) + 1}q"
    email = chance.choice((f"{marker}@example.org",) * 3 + (None,))
    case = Case(marker, team, email, form.fields["idempotency_key"], browser=browser)
    town.cases.append(case)
    said = town.words(case, "incident")
    typed = {
        "description": said.words,
        "error.message": f"{marker} error\r\n  a la línia 2",
        "procedure.name": f"{marker} <tràmit> & «més»",
        "contact.name": f"{marker} nom",
        "contact.email": email or "",
        "contact.phone": "" if email else "971 48 17 26",
    }
    case.told["form"] = form.fields | typed
    if chance.random() < 0.3:
        wrong = chance.choice(list(TYPED_WRONG))
        with_mistake = {k: v for k, v in typed.items() if v} | {wrong: TYPED_WRONG[wrong]}
        sends(town, chance, case, Filled("incident", form.fields | with_mistake, with_mistake))
    _sends_the_form(town, chance, case)


@act(weight=4)
def sends_the_form_again(town: Town, chance: Random) -> None:
    """A citizen who gave up, or got no answer, sends the same form once more."""
    if filled_in := [each for each in town.cases if "form" in each.told]:
        _sends_the_form(town, chance, chance.choice(filled_in))


def _sends_the_form(town: Town, chance: Random, case: Case) -> None:
    assert case.browser
    [said] = [each for each in case.said if each.kind == "incident"]
    if town.world.now > said.written_at + A_SEASON or _is_forgotten(town, case):
        return  # once the incident is over, the form would make another one
    fields = case.told["form"]
    typed = {name: each for name, each in fields.items() if case.marker in each}
    was_erased = case.erased_at is not None
    answer = sends(town, chance, case, Filled("incident", fields, typed))
    if answer.status != 303:
        return
    if was_erased:
        town.world.broken.append(f"{case.marker}: erased, and its form made an incident again")
    reference = place(answer)[1]["sent"]
    code = code_in(answer.headers["Location"][0], reference)
    assert code
    if not case.reference:
        case.reference, case.code = reference, code
        kept(answer, said, town.world.now)
    if reference != case.reference:
        town.world.broken.append(f"{case.marker}: one form made two incidents")


def _is_forgotten(town: Town, case: Case) -> bool:
    """Whether it was erased so long ago that the register no longer knows of it."""
    return case.erased_at is not None and town.world.now > case.erased_at + ERASED_IS_KNOWN


@act(weight=6)
def writes_on_the_page(town: Town, chance: Random) -> None:
    """A citizen opens the incident's page and writes there."""
    if not (case := town.case(chance)):
        return
    said = town.words(case, "message")
    typed = {"body": f"{said.words}\r\n«segona» <línia> & més"}
    answer = fills_in(town, chance, case, ("track", "reply"), typed)
    if answer and answer.status == 303:
        kept(answer, said, town.world.now)


@act(weight=2)
def rates(town: Town, chance: Random) -> None:
    """A citizen rates the help, if the incident is resolved."""
    if not (case := town.case(chance)):
        return
    said = town.words(case, "rating")
    typed = {"score": chance.choice("12345"), "comment": said.words}
    answer = fills_in(town, chance, case, ("rate", "rate"), typed)
    if answer and answer.status == 303:
        kept(answer, said, town.world.now)


@act(weight=2)
def closes(town: Town, chance: Random) -> None:
    """A citizen closes the incident."""
    if case := town.case(chance):
        fills_in(town, chance, case, ("close", "close"), {})


@act(weight=3)
def reopens(town: Town, chance: Random) -> None:
    """A citizen reopens the incident, if it was resolved not long ago."""
    if case := town.case(chance):
        fills_in(town, chance, case, ("track", "reopen"), {})


@act(weight=3)
def writes_in_the_other_tab(town: Town, chance: Random) -> None:
    """A citizen opens another incident in the browser, and then writes on the first one's page."""
    if not (case := town.case(chance)) or not (other := town.case(chance)) or other is case:
        return
    browser = Browser(town.world, chance.choice(LANGUAGES))
    if not opens(town, chance, case, browser):
        return
    answer = browser.get("track")
    form = form_of(answer, "reply")
    shows_only(town, case, answer.body)
    if form is None or not opens(town, chance, other, browser):
        return
    said = town.words(case, "message")
    typed = {"body": said.words}
    answer = browser.post("reply", form.fields | typed)
    if answer.status == 303:
        town.world.broken.append(f"{case.marker}: wrote on the page of {other.marker}")
    if answer.status == 409 and chance.random() < 0.7:  # it tells to open the first one again
        filled = Filled("reply", form.fields | typed, typed)
        answer = follows(town, chance, case, filled, answer, browser)
        if answer.status == 303:
            kept(answer, said, town.world.now)


def browser_of(town: Town, chance: Random, case: Case) -> Browser:
    """The browser of the case's citizen."""
    case.browser = case.browser or Browser(town.world, chance.choice(LANGUAGES))
    return case.browser


def opens(town: Town, chance: Random, case: Case, browser: Browser) -> bool:
    """Whether the citizen gets into the case with its reference and access code."""
    typed = {"reference": case.reference}
    fields = typed | {"access_code": case.code}
    return sent(town, chance, lambda: browser.post("track", fields)).status == 303


def sent(town: Town, chance: Random, ask: Callable[[], Answer]) -> Answer:
    """What somebody gets who sends the same form again if no answer comes."""
    answer = ask()
    for _ in range(chance.choice((0, 1, 3))):
        if answer.status not in AWAY:
            break
        town.world.wait(timedelta(seconds=chance.choice((1, 5, 60, 600))))
        answer = ask()
    return answer


def fills_in(
    town: Town, chance: Random, case: Case, where: tuple[str, str], typed: dict[str, str]
) -> Answer | None:
    """What a citizen gets for a form, as where: its page, its name; None if the page has none."""
    browser = browser_of(town, chance, case)
    page, name = where
    if (not browser.cookie or chance.random() < 0.3) and not opens(town, chance, case, browser):
        return None
    answer = browser.get(page)
    shows_only(town, case, answer.body)
    form = form_of(answer, name)
    if form is None or form.fields.get("reference") != case.reference:
        browser.cookie = ""
        return None
    return sends(town, chance, case, Filled(name, form.fields | typed, typed))


def sends(town: Town, chance: Random, case: Case, filled: Filled) -> Answer:
    """What a citizen gets for a form, and in the end for what the pages gave back of it."""
    browser = browser_of(town, chance, case)
    answer = browser.post(filled.name, filled.fields)
    return follows(town, chance, case, filled, answer, browser)


def follows(  # noqa: PLR0917  all of one visit
    town: Town, chance: Random, case: Case, filled: Filled, answer: Answer, browser: Browser
) -> Answer:
    """What a citizen gets in the end who goes on as the answers say, or gives up on the way."""
    for left in reversed(range(chance.choice((1, 1, 2, 3, MOST_ATTEMPTS)))):
        if answer.status == 307:
            filled = replace(filled, name=place(answer)[0])
        elif answer.status >= 400 and answer.status != NO_ANSWER.status:
            back = loses_nothing(town, case, filled, answer)
            if back is None or not _is_worth_it(filled, back, answer):
                return answer
            filled = back
            if back.name == "track":
                known = {"reference": case.reference, "access_code": case.code}
                filled = replace(back, fields=back.fields | known)
        elif answer.status != NO_ANSWER.status:
            return answer
        if answer.status in AWAY:
            town.world.wait(timedelta(seconds=chance.choice((1, 5, 60, 900))))
        if left:
            answer = browser.post(filled.name, filled.fields)
    return answer


def loses_nothing(town: Town, case: Case, filled: Filled, answer: Answer) -> Filled | None:
    """What a page about a failure gives back of a form; notes one that has lost something."""
    if answer.status == 409:  # what the code of a mail would confirm is over
        typed = {name: each for name, each in filled.typed.items() if name != "confirmation"}
        filled = replace(filled, typed=typed)
    back = given_back(answer, filled)
    about = f"{case.marker}: {filled.name} answered {answer.status}"
    if back is None:
        town.world.broken.append(f"{about} and lost what was typed")
        return None
    key = "idempotency_key"
    if not filled.typed and back.name == "track":
        return back  # there is nothing to send once more, once the incident is open
    is_refused_for_good = answer.status == 422 and (case.erased_at or case.perhaps_erased)
    if (
        not is_refused_for_good
        and key in filled.fields
        and back.fields.get(key) != filled.fields[key]
    ):
        town.world.broken.append(f"{about} and lost the key of the form")
    return back


def _is_worth_it(filled: Filled, back: Filled, answer: Answer) -> bool:
    """Whether it helps to send what was given back: later, or with the access code."""
    return answer.status in AWAY or (back.name == "track" and filled.name != "track")
