"""The citizen's incident."""

import pytest

from suport.domain.language import Language
from suport.texts import labels
from suport.views.citizen_view import CitizenView
from suport.web.pages.incident import IncidentPage
from tests.support.html import Page
from tests.support.page_examples import CLOSED, KEY, RESOLVED, VIEW, WAITING


def test_what_the_team_wrote_is_marked(reader: Language) -> None:
    page = Page(IncidentPage(view=VIEW, key=KEY).render(reader))
    marked = [each for each in page.of("li") if "suport-history__operator" in each.get("class", "")]
    assert len(marked) == 1
    assert "Bon dia" in page.said_in("p")


def test_a_resolved_incident_can_be_reopened_only_in_time(reader: Language) -> None:
    for reopenable in (True, False):
        view = RESOLVED | {"can_be_reopened": reopenable}
        page = Page(IncidentPage(view=view, key=KEY).render(reader))
        actions = page.attributes("action")
        assert ("reopen" in actions, "reply" in actions) == (reopenable, reopenable)
        assert ("rate" in page.attributes("href"), "close" in page.attributes("href")) == (
            True,
            False,
        )


def test_a_page_says_which_incident_it_is_about_after_nothing_but_a_question(
    reader: Language,
) -> None:
    for view, first in ((VIEW, "reply"), (RESOLVED, "reply"), (WAITING, "state")):
        page = Page(IncidentPage(view=view, key=KEY).render(reader))
        names = [each.attributes.get("id") for each in page.all]
        assert names.index("reference") < min(names.index("state"), names.index(first))
        assert page.attributes("href").count("erase") == 1


def test_who_is_asked_something_reads_the_question_before_the_steps() -> None:
    for view, before in ((WAITING, True), (VIEW, False)):
        page = Page(IncidentPage(view=view, key=KEY).render(Language.ENGLISH))
        names = [each.attributes.get("id") for each in page.all]
        assert (names.index("reply") < names.index("state")) is before


def test_paper_has_a_line_for_the_code_that_it_does_not_show(reader: Language) -> None:
    for code in ("", "AAAA-BBBB"):
        shown = IncidentPage(view=VIEW, key=KEY, access_code=code)
        page = Page(shown.render(reader))
        lines = [each for each in page.all if "suport-blank" in each.attributes.get("class", "")]
        assert bool(lines) is not bool(code)
        assert "www.caib.es/seucaib" in page.text  # where no address is known


def test_moments_are_on_the_clocks_of_madrid(reader: Language) -> None:
    late = VIEW | {"submitted_at": "2026-12-31T23:30:00.000Z"}
    half_past_midnight = ", 12:30am" if reader is Language.ENGLISH else "0:30 "
    assert half_past_midnight in Page(IncidentPage(view=late, key=KEY).render(reader)).text


@pytest.mark.parametrize("view", [VIEW, WAITING, RESOLVED, CLOSED])
def test_the_present_step_is_called_like_the_state_and_each_other_says_how_it_stands(
    view: CitizenView, reader: Language
) -> None:
    page = Page(IncidentPage(view=view, key=KEY).render(reader))
    line = [each for each in page.all if each.attributes.get("class") == "suport-steps"]
    [steps] = [[step for step in each.walk() if step.tag == "li"] for each in line]
    assert line[0].tag == "ol"
    [here] = [step for step in steps if "aria-current" in step.attributes]
    assert (here.text, here.attributes["aria-current"]) == (labels.state(view).in_(reader), "step")
    told = [
        each.text
        for step in steps
        for each in step.walk()
        if each.attributes.get("class") == "govuk-visually-hidden"
    ]
    assert len(told) == len(steps) - 1
    assert all(told)
