"""The citizen's incident."""

from suport.domain.language import Language
from suport.web.pages.incident import IncidentPage
from tests.support.html import Page
from tests.support.page_examples import KEY, RESOLVED, VIEW


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


def test_moments_are_on_the_clocks_of_madrid(reader: Language) -> None:
    late = VIEW | {"submitted_at": "2026-12-31T23:30:00.000Z"}
    assert "0:30" in Page(IncidentPage(view=late, key=KEY).render(reader)).text
