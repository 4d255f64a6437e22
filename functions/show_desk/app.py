"""The desk in the browser: the list, the incident, and what operators do with it.

The session says who acts, never a field of a form. The register refuses operators of another team
and those who have not claimed the incident, and records every look.
"""

from suport.http.problem import Problem
from suport.web.desk import incident_work, phone_calls, supervision, work_list
from suport.web.desk.frame import DeskPage
from suport.web.desk.site import DeskSite
from suport.web.desk.visit import DeskVisit


def form_page(visit: DeskVisit, trouble: Problem) -> DeskPage | None:
    """The page that the form is on, with what is wrong; None if it cannot be shown."""
    if visit.name in incident_work.FORMS:
        return incident_work.page_again(visit, trouble)
    if visit.name == "new":
        return phone_calls.page_of(visit, visit.typed, trouble)
    return None


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
        ("POST", "release"): incident_work.release,
        ("POST", "resolve"): incident_work.resolve,
        ("POST", "withdraw"): incident_work.withdraw,
        ("GET", "file"): incident_work.open_file,
        ("GET", "new"): phone_calls.show,
        ("POST", "new"): phone_calls.answer,
        ("GET", "sessions"): supervision.show_sessions,
        ("POST", "sessions"): supervision.end_sessions,
        ("GET", "looks"): supervision.show_looks,
        ("GET", "keys"): supervision.show_keys,
        ("POST", "keys"): supervision.switch_keys,
    },
    form_page,
)
handler = site.handler
