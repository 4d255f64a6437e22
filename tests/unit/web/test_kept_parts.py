"""Parts of pages that are made once: the same page as before, and nothing of a person in them."""

from typing import Any

import pytest

from suport.domain.language import Language
from suport.web.pages.incident_form import IncidentForm
from suport.web.questions import ALL
from suport.web.rendering import environment
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, KEY, PAGES, wrong

TYPED = "Jocelyn & <Xisca>"


def test_a_page_is_the_same_whether_its_parts_have_been_made_before(reader: Language) -> None:
    once: Any = environment(reader).globals["once"]
    alone = {}
    for name, page in PAGES.items():
        once.cache_clear()
        alone[name] = page.render(reader)
    assert {name: PAGES[name].render(reader) for name in reversed(PAGES)} == alone


def form(typed: str, error: str | None = None) -> IncidentForm:
    return IncidentForm(
        key=KEY, fields=dict.fromkeys(ALL, typed), trouble=wrong(error) if error else None
    )


def test_a_field_shows_what_this_person_typed_and_not_what_another_one_did() -> None:
    form("somebody else").render(ENGLISH)
    page = Page(form(TYPED).render(ENGLISH))
    values = {each["name"]: each.get("value") for each in page.of("input") if "name" in each}
    assert values["contact.name"] == TYPED
    assert "somebody else" not in IncidentForm(key=KEY).render(ENGLISH)


@pytest.mark.parametrize("error", [None, "contact.name", "description", "category"])
def test_no_part_that_is_kept_is_made_of_what_a_person_typed(
    error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = environment(ENGLISH)
    kept: Any = engine.globals["filled_in"].__self__  # type: ignore[attr-defined]
    made: list[str] = []
    once = kept.once

    def noted(*given: Any, **attributes: Any) -> Any:
        made.append(f"{given} {attributes} {once(*given, **attributes)}")
        return once(*given, **attributes)

    monkeypatch.setattr(kept, "once", noted)
    monkeypatch.setitem(engine.globals, "once", noted)
    assert "Jocelyn" in form(TYPED, error).render(ENGLISH)
    assert made
    assert not [each for each in made if "Jocelyn" in each or KEY in each]
