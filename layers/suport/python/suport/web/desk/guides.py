"""What editors and supervisors see of the guides: how many readers each of them helped."""

from datetime import timedelta

from suport.domain.figures import day_of, month_of
from suport.domain.operator_identity import Role
from suport.http.problems import at_desk
from suport.http.response import Response
from suport.register.other_tables import guide_votes
from suport.runtime import clock
from suport.web.desk.pages.guides import GuideVotesPage
from suport.web.desk.visit import DeskVisit

_READERS = {Role.EDITOR, Role.SUPERVISOR}


def show(visit: DeskVisit) -> Response:
    """The votes on every guide, of this month and of the last one.

    Raises
    ------
    Problem
        403 for anybody but editors and supervisors.
    """
    if _READERS.isdisjoint(visit.operator.roles):
        raise at_desk.neither_editor_nor_supervisor()
    today = day_of(clock.now())
    last = today.replace(day=1) - timedelta(days=1)
    page = GuideVotesPage(
        frame=visit.frame,
        this_month=guide_votes().of(month_of(today)),
        last_month=guide_votes().of(month_of(last)),
    )
    return visit.page(page)
