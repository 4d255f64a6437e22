"""The desk in the browser: the list, the incident, and what operators do with it.

The session says who acts, never a field of a form. The register refuses operators of another team
and those who have not claimed the incident, and records every look.
"""

from collections.abc import Callable, Mapping

from suport.http.problem import Problem
from suport.runtime import settings
from suport.web.desk import (
    end_of_shift,
    guides,
    incident_work,
    known_problems,
    linked_problem,
    phone_calls,
    same_citizen,
    search,
    supervision,
    teams,
    work_list,
)
from suport.web.desk.frame import DeskPage
from suport.web.desk.site import DeskSite, FormPage
from suport.web.desk.visit import DeskVisit


def typed_again(page_of: Callable[..., DeskPage]) -> FormPage:
    """Makes the page with what was typed and what is wrong."""
    return lambda visit, trouble: page_of(visit, visit.typed, trouble)


FORM_PAGES: Mapping[str, FormPage] = {
    **dict.fromkeys(incident_work.FORMS, incident_work.page_again),
    **dict.fromkeys(known_problems.FORMS, known_problems.page_again),
    "new": typed_again(phone_calls.page_of),
    "search": search.page_again,
    "shift": typed_again(end_of_shift.page_of),
    "team": teams.page_again,
}
"""What makes the page that a form is on, by the form's name."""


def form_page(visit: DeskVisit, trouble: Problem) -> DeskPage | None:
    """The page that the form is on, with what is wrong; None if it cannot be shown."""
    page_again = FORM_PAGES.get(visit.name)
    return page_again(visit, trouble) if page_again else None


settings.team_hours()  # wrong ones stop the function at its start: the log says what is wrong
site = DeskSite(
    "list",
    {
        ("GET", "list"): work_list.show,
        ("POST", "next"): work_list.take,
        ("GET", "incident"): incident_work.show,
        ("POST", "claim"): incident_work.claim,
        ("POST", "take-over"): incident_work.take_over,
        ("POST", "write"): incident_work.write,
        ("POST", "draft"): incident_work.keep_draft,
        ("POST", "note"): incident_work.note,
        ("POST", "transfer"): incident_work.transfer,
        ("POST", "snooze"): incident_work.snooze,
        ("POST", "release"): incident_work.release,
        ("POST", "resolve"): incident_work.resolve,
        ("POST", "withdraw"): incident_work.withdraw,
        ("POST", "link-problem"): linked_problem.link,
        ("POST", "unlink-problem"): linked_problem.unlink,
        ("GET", "file"): incident_work.open_file,
        ("GET", "shift"): end_of_shift.show,
        ("POST", "shift"): end_of_shift.hand_over,
        ("GET", "new"): phone_calls.show,
        ("POST", "new"): phone_calls.answer,
        ("GET", "problems"): known_problems.show_all,
        ("GET", "problem"): known_problems.show,
        ("POST", "problem"): known_problems.save,
        ("POST", "link"): known_problems.link,
        ("POST", "unlink"): known_problems.unlink,
        ("POST", "answer-all"): known_problems.answer_all,
        ("GET", "guides"): guides.show,
        ("POST", "follow"): same_citizen.follow,
        ("POST", "unfollow"): same_citizen.unfollow,
        ("GET", "teams"): teams.show_teams,
        ("GET", "team"): teams.show_team,
        ("POST", "team"): teams.reassign,
        ("GET", "search"): search.show,
        ("POST", "search"): search.search_person,
        ("GET", "sessions"): supervision.show_sessions,
        ("POST", "sessions"): supervision.end_sessions,
        ("GET", "looks"): supervision.show_looks,
        ("GET", "keys"): supervision.show_keys,
        ("POST", "keys"): supervision.switch_keys,
    },
    form_page,
)
handler = site.handler
