"""The end of an operator's shift: all that they have goes to a colleague, or back to the team."""

from collections.abc import Callable, Iterable, Mapping

from aws_lambda_powertools import Logger

from suport.desk.deployed import desk_sessions
from suport.domain.category import Category
from suport.domain.desk_list import PAGE
from suport.domain.operator_identity import Operator
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.http.bodies.operators import TakeOverBody
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.http.refusals import TO_OPERATORS
from suport.http.response import Response
from suport.register.deployed import register
from suport.runtime import clock
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import count_failure
from suport.texts.message import N_, Message
from suport.web.desk.incident_work import fit_key, key_of, text_of
from suport.web.desk.pages.end_of_shift import COLLEAGUE, TEAM, TICK, EndOfShift, PassedOn
from suport.web.desk.visit import DeskVisit

_FAILED = N_("The service could not do this. Send the form again.")

logger = Logger()


def show(visit: DeskVisit) -> Response:
    """The operator's incidents, all of them ticked."""
    return visit.page(page_of(visit, {}))


def page_of(
    visit: DeskVisit,
    typed: Mapping[str, str],
    trouble: Problem | None = None,
    passed_on: PassedOn | None = None,
) -> EndOfShift:
    """The page with what was typed; what has just been passed on is not among the incidents."""
    operator, now = visit.operator, clock.now()
    assert operator.team  # somebody in none has no incidents
    held = register().held_by(operator.name, operator.teams, now)
    gone = passed_on.moved if passed_on else ()  # the index may still have them
    mine = [each for each in held if each.reference not in gone]
    shown = mine[:PAGE]
    everybody = {name for names in colleagues_by_team(operator).values() for name in names}
    return EndOfShift(
        frame=visit.frame,
        fields=typed,
        trouble=trouble,
        mine=shown,
        ticked=frozenset(ticked_in(typed) if typed else (each.reference for each in shown)),
        more=len(mine) - len(shown),
        colleagues=sorted(everybody),
        key=fit_key(typed.get("key", "")),
        passed_on=passed_on,
    )


def hand_over(visit: DeskVisit) -> Response:
    """Passes on the ticked incidents, one after the other, and says what became of each.

    The form may be sent again: what it did already is recognised by its key.

    Raises
    ------
    Problem
        422 if it does not say which, to whom, or why.
    """
    assert visit.operator.team  # as above
    fields, colleagues = visit.form(), colleagues_by_team(visit.operator)
    key, ticked, wrong = key_of(fields), ticked_in(fields), []
    if not ticked:
        wrong.append(FieldError("move", N_("Choose at least one incident.")))
    sort, _, to = fields.get("to", "").partition(":")
    is_colleague = sort == COLLEAGUE and any(to in names for names in colleagues.values())
    if not is_colleague and fields.get("to") != TEAM:
        wrong.append(FieldError("to", N_("Choose a team or a colleague.")))
    note = ""
    try:
        note = text_of(visit, TakeOverBody, "note", "reason").reason
    except Problem as trouble:
        wrong += trouble.errors
    if wrong:
        raise about_requests.invalid(wrong)
    operator, now = visit.operator, clock.now()

    def pass_on(reference: Reference) -> Message | None:
        team = operator.team_for(register().incident(reference, now).category)
        mine = reference, operator.name, team
        if not to:
            register().release(*mine, now, why=note, key=key)
        elif to in colleagues.get(team, ()):
            register().hand_over(*mine, to, note, now, key=key)
        else:
            return N_("{colleague} is not in the incident’s team.", colleague=to)
        return None

    passed_on = _one_by_one(ticked[:PAGE], pass_on)
    typed = fields if passed_on.stayed else {}
    return visit.page(page_of(visit, typed, passed_on=passed_on))


def colleagues_by_team(operator: Operator) -> dict[Category, list[str]]:
    """The names of the others in each of the operator's teams."""
    now = clock.now()
    return {
        team: [name for name in desk_sessions().colleagues(team, now) if name != operator.name]
        for team in operator.teams
    }


def ticked_in(fields: Mapping[str, str]) -> list[Reference]:
    """The incidents that are ticked in a form; the operator need not have them."""
    ticked: list[Reference] = []
    for name in fields:
        try:
            if name.startswith(TICK):
                ticked.append(parse_reference(name.removeprefix(TICK)))
        except MisreadReference:  # no box of the page has such a name
            continue
    return ticked


def _one_by_one(
    references: Iterable[Reference], pass_on: Callable[[Reference], Message | None]
) -> PassedOn:
    """Passes each of these on; `pass_on` returns why it did not, or None.

    After a failure of the service the others stay where they are: nobody waits for fifty failures,
    and the form can be sent again.
    """
    moved: list[Reference] = []
    stayed: dict[Reference, Message] = {}
    has_failed = False
    for reference in references:
        why: Message | None = _FAILED
        try:
            if not has_failed:
                why = pass_on(reference)
        except tuple(TO_OPERATORS) as refusal:
            why = TO_OPERATORS[type(refusal)](refusal).title
        except Exception as failure:  # noqa: BLE001  it is told what has moved, whatever it is
            # `exception` would log the message, which may quote what somebody wrote
            logger.error("incident not passed on", **facts(failure))  # noqa: TRY400
            count_failure()
            has_failed = True
        if why:
            stayed[reference] = why
        else:
            moved.append(reference)
    return PassedOn(tuple(moved), stayed)
