"""What supervisors do with the teams: see how much there is to do, and reassign incidents."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from suport.desk.deployed import desk_sessions, taken_away
from suport.domain.category import Category
from suport.domain.desk_list import Wanted
from suport.domain.incident import Status
from suport.domain.operator_acts import (
    AlreadyResolved,
    ClaimedByAnother,
    Holder,
    NotClaimed,
    OtherTeam,
)
from suport.domain.operator_identity import Role
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.http.bodies.operators import TakeOverBody
from suport.http.problem import FieldError, Problem, ProblemName
from suport.http.problems import about_requests, at_desk
from suport.http.response import Response
from suport.register.deployed import register
from suport.register.errors import Contended, NoSuchIncident
from suport.register.other_tables import figures_table
from suport.runtime import clock
from suport.texts.message import N_, Message
from suport.web.desk.incident_work import key_of, text_of
from suport.web.desk.pages.teams import (
    ALL,
    CHOSEN,
    ONLY,
    QUEUE,
    SHOWN,
    TO_COLLEAGUE,
    TO_TEAM,
    DayLine,
    Left,
    TeamOverview,
    TeamPage,
    TeamsPage,
    way_to,
)
from suport.web.desk.supervision import must_be
from suport.web.desk.visit import DeskVisit
from suport.web.visit import lead_to

SPAN = 30
"""Days of which the figures and the mails that were set aside are shown."""
_NARROWED_BY = ("only", "operator", "page")
_MEANWHILE: Mapping[type[Exception], Message] = {
    ClaimedByAnother: N_("{reference}: {operator} has it now."),
    NotClaimed: N_("{reference}: nobody has it now."),
    OtherTeam: N_("{reference}: it is now with another team."),
    AlreadyResolved: N_("{reference}: it has now been resolved."),
    NoSuchIncident: N_("{reference}: it no longer exists."),
    Contended: N_("{reference}: somebody is changing it right now. Try again."),
}
"""Why an incident was not reassigned."""


def show_teams(visit: DeskVisit) -> Response:
    """All teams: what they have to do now, and how they did in the latest days."""
    must_be(visit, Role.SUPERVISOR)
    return visit.page(teams_page(visit))


def teams_page(visit: DeskVisit) -> TeamsPage:
    """The page of all teams. Its figures are those that everybody may know, see `figures`."""
    from suport.domain.figures import Line, day_of, team_figures  # noqa: PLC0415  only here
    from suport.web.desk.bar_chart import bar_chart  # noqa: PLC0415  for this page alone

    now = clock.now()
    today = day_of(now)
    days = [today - timedelta(days=back) for back in range(SPAN, 0, -1)]
    teams = []
    for team in Category:
        latest = figures_table().latest(team)
        counts = {day: latest.days.get(day, {}) for day in days}
        teams.append(
            TeamOverview(
                load=register().team_load(team, now),
                set_aside=register().mails_set_aside(team, now - timedelta(days=SPAN), now),
                figures=team_figures(latest, today, SPAN),
                chart=bar_chart([(day, each.get(Line.SUBMITTED)) for day, each in counts.items()]),
                days=[
                    DayLine(
                        day=day.isoformat(),
                        submitted=each.get(Line.SUBMITTED),
                        answered=each.get(Line.ANSWERED),
                        ended=each.get(Line.ENDED),
                    )
                    for day, each in reversed(counts.items())
                ],
            )
        )
    return TeamsPage(frame=visit.frame, teams=teams, now=now, span=SPAN)


def show_team(visit: DeskVisit) -> Response:
    """The open incidents of a team, page by page."""
    must_be(visit, Role.SUPERVISOR)
    page = team_page(visit, visit.query)
    return visit.page(page, page.trouble.status if page.trouble else HTTPStatus.OK)


def team_page(
    visit: DeskVisit,
    asked: Mapping[str, str],
    trouble: Problem | None = None,
    *,
    left: Sequence[Left] = (),
    moved: int = 0,
) -> TeamPage:
    """The page of the team that the fields name; a filter that is wrong is named, and left out.

    asked: the query of the address, or the fields of the form. left, moved: see `TeamPage`.
    """
    team, now = team_in(asked), clock.now()
    fields = {name: asked.get(name, "").strip() for name in (*_NARROWED_BY, "to", "reason")}
    if fields["only"] and fields["only"] not in ONLY:
        wrong = FieldError("only", N_("Choose one of the lists."))
        trouble = trouble or about_requests.wrong_questions([wrong])
        fields["only"] = ""
    found = register().team_list([team], now, wanted_of(fields), fields["page"] or None, size=SHOWN)
    chosen = frozenset(chosen_in(asked)) if trouble and not left else frozenset()
    if asked.get("choose") == ALL:
        chosen = frozenset(each.reference for each in found.incidents)
    return TeamPage(
        frame=visit.frame,
        team=team,
        found=found,
        now=now,
        key=secrets.token_urlsafe(),
        set_aside=register().mails_set_aside(team, now - timedelta(days=SPAN), now),
        colleagues=desk_sessions().colleagues(team, now),
        fields=fields,
        trouble=trouble,
        chosen=chosen,
        left={each.reference: each for each in left},
        moved=moved,
        done=asked.get("done", ""),
    )


def wanted_of(fields: Mapping[str, str]) -> Wanted:
    """What the list is narrowed to."""
    only = fields["only"]
    return Wanted(
        mine=fields["operator"] or None,
        states=frozenset({Status(only)} if only in Status else ()),
        unread=only == "unread",
        overdue=only == "overdue",
        ending=only == "ending",
    )


def reassign(visit: DeskVisit) -> Response:
    """Reassigns the chosen incidents; says of each that has changed meanwhile what has."""
    must_be(visit, Role.SUPERVISOR)
    fields, now = visit.form(), clock.now()
    team, chosen = team_in(fields), chosen_in(fields)
    to = _holder_in(fields, team)
    wrong = []
    if not chosen:
        wrong.append(FieldError("incidents", N_("Choose at least one incident.")))
    if to is None or (to.operator and to.operator not in desk_sessions().colleagues(team, now)):
        wrong.append(FieldError("to", N_("Choose who gets the incidents.")))
    reason = ""
    try:
        reason = text_of(visit, TakeOverBody, "reason", "reason").reason
    except Problem as missing:
        wrong += missing.errors
    if wrong or to is None:
        raise about_requests.invalid(wrong)
    moves = Moves(visit, team, to, reason, key_of(fields))
    left = [each for named, had in chosen.items() if (each := moves.move(named, had))]
    if not left:
        return lead_to(
            f"{way_to(team, fields.get('only', ''), fields.get('operator', ''))}&done=reassigned"
        )
    trouble = at_desk.not_all_reassigned(
        [FieldError(f"{CHOSEN}{each.reference}", each.why) for each in left]
    )
    page = team_page(visit, fields, trouble, left=left, moved=len(chosen) - len(left))
    return visit.page(page, trouble.status)


@dataclass(frozen=True, slots=True)
class Moves:
    """What a form asks for, to be done with one incident after the other."""

    visit: DeskVisit
    team: Category
    to: Holder
    reason: str
    key: str

    def move(self, reference: Reference, had: str) -> Left | None:
        """Reassigns an incident that this operator had, or nobody; else says why it could not.

        Each incident is one transaction of its own: what could be done is done, and the same form
        sent again does none of it twice.
        """
        seen = Holder(self.team, had or None)
        if seen == self.to:
            return Left(reference, N_("{reference}: it is already there.", reference=reference))
        try:
            register().reassign(
                *(reference, self.visit.operator, seen, self.to, self.reason, clock.now()),
                key=self.key,
            )
        except tuple(_MEANWHILE) as refusal:
            said = next(text for kind, text in _MEANWHILE.items() if isinstance(refusal, kind))
            holder = {NotClaimed: "", Contended: had}.get(type(refusal))
            if isinstance(refusal, ClaimedByAnother):
                holder = refusal.operator
            why = Message(said.text, {"reference": reference, "operator": holder})
            return Left(reference, why, holder)
        taken_away().note(reference, seen, self.to, self.visit.operator.name, clock.now())
        return None


def page_again(visit: DeskVisit, trouble: Problem) -> TeamPage | None:
    """The page that the form is on, with what is wrong; None if nobody may see it."""
    if trouble.name is ProblemName.NO_TEAM or visit.typed.get("team") not in Category:
        return None
    must_be(visit, Role.SUPERVISOR)
    return team_page(visit, visit.typed, trouble)


def team_in(fields: Mapping[str, str]) -> Category:
    """The team that the address names, or the form.

    Raises
    ------
    Problem
        422 if it names none.
    """
    stated = fields.get("team", "")
    if stated not in Category:
        raise about_requests.wrong_question("team", N_("Choose one of the teams."))
    return Category(stated)


def chosen_in(fields: Mapping[str, str]) -> dict[Reference, str]:
    """The incidents that the form has chosen, and who had each when its page was made."""
    found = {}
    for name, had in fields.items():
        if name.startswith(CHOSEN):
            try:
                found[parse_reference(name.removeprefix(CHOSEN))] = had
            except MisreadReference:
                continue  # no page of the desk has such a box
    return found


def _holder_in(fields: Mapping[str, str], team: Category) -> Holder | None:
    """To whom the form gives the incidents; None if it does not say."""
    stated = fields.get("to", "")
    if stated == QUEUE:
        return Holder(team)
    if (other := stated.removeprefix(TO_TEAM)) in Category and other not in {stated, team}:
        return Holder(Category(other))
    if (name := stated.removeprefix(TO_COLLEAGUE)) not in {stated, ""}:
        return Holder(team, name)
    return None
