"""Everybody can use every page of the desk in each of its states.

The states are seen in German, which has the longest words; in the other languages those with most
in them, in a narrow window.
"""

from collections import defaultdict

import pytest
from playwright.sync_api import Browser

from suport.domain.language import Language
from tests.support import accessibility
from tests.support.browser import DESKTOP, NARROW, Visitor
from tests.support.desk_states import Incidents, every_state
from tests.support.page_walk import OF_COLOURS
from tests.support.service import Service
from tests.support.web_desk import WebDesk

DENSEST = {
    *("list", "list: a wrong filter", "incident: free", "incident: one's own", "answer: preview"),
    *("answer: written meanwhile", "take over: no reason", "call: wrong", "keys", "sessions"),
    *("search: found", "search: no person", "incident: leads another"),
    *("looks: of an incident", "form given back: signed out", "teams", "team: changed meanwhile"),
    *("problem", "answer to all: check"),
}
"""The states that stand for the others in the other languages."""

type Found = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def found(chromium: Browser, service: Service, desk: WebDesk) -> Found:
    """The faults by kind, and by language and state."""
    visitor = Visitor(chromium, service.environment["API_URL"])
    incidents = Incidents.made(service, desk.seat(visitor, "marta"), desk.seat(visitor, "joan"))
    visitor.leave()
    found: Found = defaultdict(dict)
    for language in Language:
        visitor = Visitor(chromium, service.environment["API_URL"])
        only = () if language is Language.GERMAN else DENSEST
        for state, page, status in every_state(visitor, desk, incidents, language, only=only):
            name = f"{language}: {state}"
            faults = {"trouble": visitor.take_troubles()}
            if status >= 500:
                faults["trouble"].append(f"status {status}")
            if language is Language.GERMAN:
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
                    found[kind][name] = said
        visitor.leave()
    incidents.solve(service)
    return found


def test_axe_finds_nothing(found: Found) -> None:
    assert found["axe"] == {}


def test_targets_are_large_enough(found: Found) -> None:
    assert found["small targets"] == {}


def test_at_320_pixels_nothing_scrolls_sideways_or_is_cut_off(found: Found) -> None:
    assert found["narrow"] == {}


def test_nothing_goes_wrong_in_the_browser(found: Found) -> None:
    assert found["trouble"] == {}
