"""Citizens who add files to their incident and remove them, and operators who open them."""

import json
from datetime import timedelta
from random import Random

from tests.chaos.acts.citizens import shows_only
from tests.chaos.acts.forms import browser_of, opens, sends
from tests.chaos.aws import Stored
from tests.chaos.browser import Browser, Filled, form_of, linked, upload_form
from tests.chaos.town import OPERATORS, TEAMS, Attached, Case, Town, act
from tests.chaos.world import Answer

FIT = (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
UNFIT = (b"PK\x03\x04", b"MZ\x90\x00\x03")
"""The first bytes of files that the service takes, and of such as it does not take."""


@act(weight=6)
def adds_a_file(town: Town, chance: Random) -> None:
    """A citizen sends a file to the store; the browser is mostly led back to the page."""
    if not (case := town.case(chance)):
        return
    page = _files_page(town, chance, case)
    upload = upload_form(page) if page else None
    if upload is None:
        return
    key, fits = upload["key"], chance.random() < 0.75
    if not key.startswith(f"{case.reference}/"):
        town.world.broken.append(f"{case.marker}: its form sends a file to {key}")
    content = chance.choice(FIT if fits else UNFIT) + f"{case.marker} fitxer".encode()
    file = Attached(key.rpartition("/")[2], key, content, fits, town.world.now)
    if chance.random() < 0.1:  # it takes the citizen a while, in which anything may happen
        town.world.wait(timedelta(minutes=chance.randint(1, 14)))
    case.files.append(file)
    stored = town.world.aws.store(key, content)
    file.infected = _is_found_infected(town, stored)
    if chance.random() < 0.7:
        _comes_back(town, chance, case, file, stored.etag)


@act(weight=2)
def sends_a_file_once_more(town: Town, chance: Random) -> None:
    """A browser sends something else with the form of a file that it has sent just before."""
    case = town.case(chance)
    if case is None or not case.files:
        return
    file = chance.choice(case.files)
    if town.world.now > file.at + timedelta(minutes=15):  # the store takes it no longer
        return
    content = chance.choice(FIT) + f"{case.marker} un altre".encode()
    other = Attached(file.id, file.key, content, fits=True, at=town.world.now)
    case.files.append(other)
    stored = town.world.aws.store(file.key, content)
    other.infected = _is_found_infected(town, stored)


@act(weight=3)
def looks_at_the_files(town: Town, chance: Random) -> None:
    """A citizen looks at the files of the incident, and at one that was sent."""
    case = town.case(chance)
    if case is None:
        return
    if case.files and chance.random() < 0.7:
        file = chance.choice(case.files)
        _comes_back(town, chance, case, file, "etag")
    else:
        _files_page(town, chance, case)


@act(weight=3)
def removes_a_file(town: Town, chance: Random) -> None:
    """A citizen removes a file."""
    case = town.case(chance)
    if case is None or not case.files:
        return
    file = chance.choice(case.files)
    browser = browser_of(town, chance, case)
    if not browser.cookie and not opens(town, chance, case, browser):
        return
    form = form_of(browser.get("remove-file", id=file.id), "remove-file")
    if form is None:
        return
    answer = sends(town, chance, case, Filled(form.name, form.fields, {"id": file.id}))
    file.removed = file.removed or answer.status == 303


@act(weight=3)
def opens_a_file(town: Town, chance: Random) -> None:
    """The citizen or an operator asks for a file; the link leads to that file, if there is one."""
    case = town.case(chance)
    if case is None or not case.files:
        return
    file = chance.choice(case.files)
    if chance.random() < 0.5:
        answer = browser_of(town, chance, case).get("file", id=file.id)
        _leads_to(town, case, file, answer.headers.get("Location", [""])[0])
        return
    who = (chance.choice(TEAMS), chance.choice(OPERATORS))
    answer = town.operator(who, "GET", f"{case.desk_path}/files/{file.id}")
    shows_only(town, case, answer.body)
    if answer.ok:
        _leads_to(town, case, file, str(answer.json()))


def _files_page(town: Town, chance: Random, case: Case, **query: str) -> Answer | None:
    """The page with the files of the case; None if it does not come."""
    browser = browser_of(town, chance, case)
    if not browser.cookie and not opens(town, chance, case, browser):
        return None
    answer = browser.get("files", **query)
    shows_only(town, case, answer.body)
    return answer if answer.status == 200 else None


def _comes_back(town: Town, chance: Random, case: Case, file: Attached, etag: str) -> None:
    """The store leads the browser back to the page, sometimes without the session's cookie."""
    query = {"bucket": "attachments", "key": file.key, "etag": etag}
    if chance.random() < 0.2:
        Browser(town.world, browser_of(town, chance, case).language).get("files", **query)
        del query["bucket"], query["etag"]
    answer = _files_page(town, chance, case, **query)
    if answer:
        # it is in the list, or the page says that it has it and looks again
        waits = file.key in linked(answer, "files")
        file.received = file.received or waits or file.id in linked(answer, "remove-file")


def _leads_to(town: Town, case: Case, file: Attached, link: str) -> None:
    """Notes a link to a file of another incident."""
    for other in town.cases:
        if other is not case and other.reference and other.reference in link:
            town.world.broken.append(f"{case.marker}: {file.id} leads to {other.marker}")


def _is_found_infected(town: Town, stored: Stored) -> bool:
    """Whether the scanner says so of that content of that file, in the message it has just sent."""
    found = json.dumps({"scanResultStatus": "THREATS_FOUND"})
    named = (json.dumps(stored.key), json.dumps(stored.etag.strip('"')), found)
    messages = town.world.queue("ArrivalsQueue").messages
    return any(all(part in each.body for part in named) for each in messages)
