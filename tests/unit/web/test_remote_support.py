"""Remote support: what the page offers, and when."""

import re
from itertools import product

import pytest

from suport.domain.consent import Scope
from suport.domain.language import Language
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web.pages.incident import IncidentPage
from suport.web.pages.remote_support import BUTTONS, RemoteSupportPage
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, RESOLVED, VIEW


@pytest.mark.parametrize(
    ("given", "status", "offered"),
    [
        ([], "queued", [("view", "grant")]),
        (["view"], "queued", [("view", "withdraw"), ("control", "grant")]),
        (["view", "control"], "queued", [("view", "withdraw"), ("control", "withdraw")]),
        ([], "resolved", []),
    ],
)
def test_control_is_asked_for_separately_and_after_view(
    given: list[str], status: str, offered: list[tuple[str, str]], reader: Language
) -> None:
    view = VIEW | {"consents": given, "status": status}
    page = Page(RemoteSupportPage(view=view).render(reader))
    fields = [each for each in page.of("input") if each["type"] == "hidden"]
    scopes, actions = (
        [each["value"] for each in fields if each["name"] == name] for name in ("scope", "action")
    )
    assert list(zip(scopes, actions, strict=True)) == offered
    shown = published_notices.current(Subject.REMOTE_SUPPORT, reader)
    assert {f["value"] for f in fields if f["name"] == "notice_sha256"} <= {shown.sha256}


@pytest.mark.parametrize(
    ("reopenable", "way"), [(True, "track#reply"), (False, "incident?category=signature")]
)
def test_after_the_end_the_page_says_why_there_is_none_and_leads_on(
    way: str, *, reopenable: bool
) -> None:
    view = RESOLVED | {"can_be_reopened": reopenable}
    page = Page(RemoteSupportPage(view=view).render(ENGLISH))
    (told,) = (each for each in page.all if each.attributes.get("id") == "resolved")
    assert "because this incident is resolved" in told.text
    assert [each.attributes["href"] for each in told.walk() if each.tag == "a"] == [way]


def test_an_incident_offers_remote_support_until_it_is_resolved(reader: Language) -> None:
    offered = []
    for view in (VIEW, RESOLVED):
        main = Page(IncidentPage(view=view, key="k").render(reader)).within("main")
        offered.append(any(e.attributes.get("href") == "remote-support" for e in main.walk()))
    assert offered == [True, False]


def ways_to_show(page: IncidentPage | RemoteSupportPage) -> list[str]:
    """The links to the page on which the screen is shown, besides those of the notice."""
    links = [each for each in Page(page.render(ENGLISH)).all if each.tag == "a"]
    return [each.text for each in links if each.text.startswith("Show ")]


def test_an_operator_who_has_the_incident_can_be_shown_the_screen() -> None:
    for status, leads in (("queued", 0), ("claimed", 1), ("waiting", 1), ("resolved", 0)):
        view = VIEW | {"status": status}
        for page in (IncidentPage(view=view, key="k"), RemoteSupportPage(view=view)):
            assert len(ways_to_show(page)) == leads, status
    assert ways_to_show(RemoteSupportPage(view=None)) == ["Show your screen"]


def test_each_form_that_agrees_has_a_single_button(reader: Language) -> None:
    page = RemoteSupportPage(view=VIEW | {"consents": ["view"]}).render(reader)
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert len(forms) == 2
    assert all(form.count("<button") == 1 for form in forms)


def test_every_consent_has_a_button_to_give_it_and_one_to_take_it_back() -> None:
    assert BUTTONS.keys() == set(product(Scope, (False, True)))
    assert len({button.text for button in BUTTONS.values()}) == len(BUTTONS)
