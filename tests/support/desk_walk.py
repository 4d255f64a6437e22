"""A look at every page of the web desk in each of its states, in a real browser."""

from collections import defaultdict

from playwright.sync_api import Browser

from tests.support import accessibility
from tests.support.browser import DESKTOP, NARROW, Visitor
from tests.support.desk_states import Incidents, every_state
from tests.support.page_walk import OF_COLOURS
from tests.support.service import Service
from tests.support.web_desk import WebDesk

type Faults = dict[str, dict[str, list[str]]]


def desk_faults(chromium: Browser, service: Service, desk: WebDesk, language: str) -> Faults:
    """The faults of the desk's pages in that language, by kind and by state."""
    visitor = Visitor(chromium, service.environment["API_URL"])
    incidents = Incidents.made(service, desk.seat(visitor, "marta"), desk.seat(visitor, "joan"))
    visitor.leave()
    found: Faults = defaultdict(dict)
    visitor = Visitor(chromium, service.environment["API_URL"])
    for state, page, status in every_state(visitor, desk, incidents, language):
        faults = {"trouble": visitor.take_troubles()}
        if status >= 500:
            faults["trouble"].append(f"status {status}")
        faults["axe"] = accessibility.axe(page)
        page.emulate_media(color_scheme="dark")
        faults["axe"] += accessibility.axe(page, only=OF_COLOURS)
        page.emulate_media(color_scheme="light")
        faults["small targets"] = accessibility.small_targets(page)
        page.set_viewport_size(NARROW)
        faults["narrow"] = accessibility.misplaced(page)
        page.set_viewport_size(DESKTOP)
        for kind, said in faults.items():
            if said:
                found[kind][state] = said
    visitor.leave()
    incidents.solve(service)
    return found
