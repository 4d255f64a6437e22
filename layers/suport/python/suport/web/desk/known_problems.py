"""How editors announce a known problem, link incidents to it, and answer all of them at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import batched

from suport.desk.deployed import group_answers
from suport.desk.matching_incidents import Matching, matching
from suport.domain import crockford, group_answer, known_problem
from suport.domain.group_answer import MOST_AT_ONCE, Act
from suport.domain.incident import Status
from suport.domain.known_problem import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    KnownProblem,
    TooManyOpen,
    Wrong,
    WrongFields,
)
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid
from suport.domain.operator_identity import Role
from suport.domain.procedures import catalogue
from suport.domain.reference import MisreadReference, Reference
from suport.http.bodies.known_problem import MessageToAllBody
from suport.http.bodies.parts import is_blank
from suport.http.bodies.reading import read_fields
from suport.http.problem import FieldError, Problem, ProblemName
from suport.http.problems import about_pages, about_requests, at_desk
from suport.http.response import Response
from suport.http.text_length import wrong_length
from suport.http.tracking_key import MISREAD_REFERENCE, NO_REFERENCE
from suport.register.deployed import register
from suport.register.known_problems import ProblemChanged, new_id
from suport.register.other_tables import known_problems, search_index
from suport.runtime import clock
from suport.texts.canned_replies import gaps_left
from suport.texts.desk_labels import WRONG_IN_PROBLEM
from suport.texts.field_names import PROBLEM_FIELDS
from suport.texts.message import N_
from suport.web.desk.pages.known_problems import (
    CHOICES,
    AnswerToAllPage,
    KnownProblemList,
    KnownProblemPage,
)
from suport.web.desk.visit import DeskVisit
from suport.web.desk.work_list import procedure_names
from suport.web.site_map import address
from suport.web.visit import lead_to

FORMS = {"problem", "link", "unlink", "answer-all"}
"""The forms of the page."""
ALL = "all"
"""Instead of a reference: all incidents that the problem may be about."""
SHOWN = 100  # of the incidents that are linked: a request for rows reads no more
_REVISION = re.compile(r"\d{1,9}", re.ASCII)
ROUNDS = 5  # of the index, for the incidents that are suggested
COUNTED = 500  # linked incidents; of more, the page before sending says how many there are at most


def show_all(visit: DeskVisit) -> Response:
    """All known problems: those that are open, and those that were solved."""
    must_be_editor(visit)
    now = clock.now()
    found = known_problems().all(now)
    page = KnownProblemList(
        frame=visit.frame,
        opened=[each for each in found if each.is_open(now)],
        solved=[each for each in found if not each.is_open(now)],
        done=visit.query.get("done", ""),
    )
    return visit.page(page)


def show(visit: DeskVisit) -> Response:
    """One known problem; without an id, the form that opens another."""
    must_be_editor(visit)
    stated = visit.query.get("id", "")
    problem = known_problems().get(stated, clock.now()) if stated else None
    page = page_of(visit, problem, as_typed(problem) if problem else {})
    return visit.page(replace(page, done=visit.query.get("done", "")))


def save(visit: DeskVisit) -> Response:
    """Opens a known problem, or changes what is announced of it."""
    must_be_editor(visit)
    fields, now, name = visit.form(), clock.now(), visit.operator.name
    key = key_of(fields)
    try:
        stated = known_problem.stated(fields, now)
    except WrongFields as refused:
        raise about_requests.invalid(wrong_fields(refused, fields)) from None
    if not fields.get("problem"):
        try:
            problem_id = known_problem.id_for(key, stated)
            opened = known_problems().open(known_problem.opened(stated, problem_id, name, now), now)
        except TooManyOpen:
            raise at_desk.too_many_problems(known_problem.MOST_OPEN) from None
        return back(opened, "problem-opened")
    seen = fields.get("revision", "")
    changed = known_problem.changed(the_problem(visit), stated, name, now)
    try:
        known_problems().change(changed, int(seen) if _REVISION.fullmatch(seen) else 0, now)
    except ProblemChanged as refused:
        raise at_desk.problem_changed(refused.problem.changed_by) from None
    return back(changed, "problem-changed")


def wrong_fields(refused: WrongFields, fields: Mapping[str, str]) -> list[FieldError]:
    """What an editor is told about each field that is wrong."""
    told = []
    for field, why in refused.wrong.items():
        said = WRONG_IN_PROBLEM[why]
        if why is Wrong.TOO_LONG:
            most = LONGEST_TITLE if field.startswith("title.") else LONGEST_TEXT
            said = wrong_length(fields[field], most) or said
        elif names := refused.unknown.get(field):
            said = N_("{field} has entries that we do not know: {names}", names=", ".join(names))
        told.append(FieldError(field, said))
    return told


def link(visit: DeskVisit) -> Response:
    """Links an incident to the problem, or all that it may be about."""
    must_be_editor(visit)
    fields, now = visit.form(), clock.now()
    problem = the_problem(visit)
    if not problem.is_open(now):
        raise at_desk.problem_solved()
    if fields.get("reference") != ALL:
        try:
            reference = visit.reference
        except MisreadReference:
            stated = fields.get("reference", "")
            message = NO_REFERENCE if is_blank(stated) else MISREAD_REFERENCE
            raise about_requests.invalid([FieldError("reference", message)]) from None
        register().link_problem(reference, visit.operator.name, None, problem.id, now)
        return back(problem, "problem-linked", "linked")
    begin(visit, problem, Act.LINK)
    return back(problem, "problem-linking", "progress")


def unlink(visit: DeskVisit) -> Response:
    """Undoes the link of an incident, which goes back to its team."""
    must_be_editor(visit)
    problem = the_problem(visit)
    register().unlink_problem(visit.reference, visit.operator.name, None, problem.id, clock.now())
    return back(problem, "problem-unlinked", "linked")


def answer_all(visit: DeskVisit) -> Response:
    """Sends one message to all that are linked, or solves the problem; first it is shown."""
    must_be_editor(visit)
    fields, now = visit.form(), clock.now()
    step = fields.get("step", "")
    problem = the_problem(visit)
    if step == "change":
        return visit.page(page_of(visit, problem, as_typed(problem) | fields))
    if step not in {"", "send"}:
        raise about_requests.unknown_step()
    act = act_in(fields)
    bodies = message_to_all(visit, is_needed=act is not Act.GIVE_BACK)
    must_be_all_linked(problem)
    references = search_index().linked(problem.id, now)
    if step == "":
        page = AnswerToAllPage(
            frame=visit.frame, fields=fields, problem=problem, linked_count=to_answer(references)
        )
        return visit.page(page)
    if references:
        begin(visit, problem, act, references, bodies)
    if act is Act.TELL:
        return back(problem, "problem-telling", "progress")
    known_problems().solve(problem.id, visit.operator.name, now)
    return back(problem, "problem-solved", "progress")


def must_be_all_linked(problem: KnownProblem) -> None:
    """Lets nobody answer all while incidents are still being linked: the rest would be left out.

    Raises
    ------
    Problem
        409 with how far the linking has got.
    """
    for job in known_problems().jobs_of(problem.id, clock.now()):
        if job.act is Act.LINK and not job.finished_at:
            raise at_desk.linking_under_way(job.done, job.total)


def to_answer(references: Sequence[Reference]) -> int:
    """How many of these are open, and get an answer; of very many, how many there are in all."""
    if len(references) > COUNTED:
        return len(references)
    rows = register().rows(references, clock.now())
    return sum(each.status is not Status.RESOLVED for each in rows)


def begin(
    visit: DeskVisit,
    problem: KnownProblem,
    act: Act,
    references: tuple[Reference, ...] = (),
    bodies: Mapping[Language, str] | None = None,
) -> None:
    """Begins to do this with all these incidents in the background, once for each form.

    There is a job for each `MOST_AT_ONCE` of them. Without any, the job finds what is to be linked.
    """
    key = key_of(visit.form())
    parts = list(batched(references, MOST_AT_ONCE, strict=False)) or [()]
    for number, part in enumerate(parts):
        id_key = f"{key}/{number}" if number else key
        group_answers().begin(
            group_answer.begun(
                id=group_answer.job_id(id_key, problem.id, act, bodies),
                act=act,
                by=visit.operator.name,
                references=part,
                now=clock.now(),
                bodies=bodies,
                problem=problem.id,
            )
        )


def act_in(fields: Mapping[str, str]) -> Act:
    """What the form asks for.

    Raises
    ------
    Problem
        422 if it is none of `CHOICES`.
    """
    stated = fields.get("act", "")
    if stated not in CHOICES:
        message = N_("Choose what happens to the incidents.")
        raise about_requests.invalid([FieldError("act", message)])
    return Act(stated)


def message_to_all(visit: DeskVisit, *, is_needed: bool) -> Mapping[Language, str] | None:
    """The message in each language; None if there is none and none is needed.

    Raises
    ------
    Problem
        422 if it is missing or too long in a language.
    """
    typed = {name: text for name, text in visit.form().items() if name.startswith("body.")}
    if not is_needed and all(is_blank(text) for text in typed.values()):
        return None
    body = read_fields(MessageToAllBody, {"body.ca": ""} | typed, visit.language).body
    bodies = {Language(language): text for language, text in body.model_dump().items()}
    for language, text in bodies.items():
        if message := gaps_left(text):
            raise about_requests.invalid([FieldError(f"body.{language}", message)])
    return bodies


def page_of(
    visit: DeskVisit,
    problem: KnownProblem | None,
    fields: Mapping[str, str],
    trouble: Problem | None = None,
) -> KnownProblemPage:
    """The page of a problem, with what was typed; None for one that is still to be opened."""
    now, key = clock.now(), fields.get("key", "")
    page = KnownProblemPage(
        frame=visit.frame,
        fields=fields,
        trouble=trouble,
        problem=problem,
        # an act that was refused is sent again under its key
        key=key if trouble and crockford.is_id(key) else new_id(now),
        procedures=procedure_names(visit.language),
    )
    if problem is None:
        return page
    is_changed = (
        visit.name == "problem"
        and trouble is not None
        and trouble.name is ProblemName.CHANGED_MEANWHILE
    )
    revision = str(problem.revision)
    if not is_changed:  # what the editor had seen when the form was made
        revision = fields.get("revision") or revision
    linked = search_index().linked(problem.id, now)
    suggested = Matching([], has_more=False)
    if problem.is_open(now):
        suggested = matching(problem, register(), search_index(), now, SHOWN, ROUNDS)
    return replace(
        page,
        revision=revision,
        meanwhile=[
            (PROBLEM_FIELDS[name], text)
            for name, text in (as_typed(problem).items() if is_changed else ())
            if name in PROBLEM_FIELDS and text != fields.get(name)
        ],
        linked=register().rows(linked[:SHOWN], now),
        linked_count=len(linked),
        matching=suggested.found,
        has_more=suggested.has_more,
        jobs=known_problems().jobs_of(problem.id, now),
    )


def as_typed(problem: KnownProblem) -> dict[str, str]:
    """What is announced of the problem, as an editor types it."""
    fields = {f"title.{language}": text for language, text in problem.titles.items()}
    fields |= {f"text.{language}": text for language, text in problem.texts.items()}
    fields |= {f"categories.{category}": "on" for category in problem.categories}
    names = (catalogue().find(code) for code in sorted(problem.procedures))
    return fields | {
        "procedures": "\n".join(each.code for each in names if each),
        "errors": "\n".join(sorted(problem.errors)),
        "since": f"{to_madrid(problem.since):%Y-%m-%dT%H:%M}",
    }


def the_problem(visit: DeskVisit) -> KnownProblem:
    """The known problem that the form names.

    Raises
    ------
    NoSuchProblem
    """
    return known_problems().get(visit.form().get("problem", ""), clock.now())


def key_of(fields: Mapping[str, str]) -> str:
    """The key of the form, by which what it asks for is done once.

    Raises
    ------
    Problem
        422 if it has none.
    """
    key = fields.get("key", "")
    if not crockford.is_id(key):
        raise about_pages.page_expired()
    return key


def back(problem: KnownProblem, done: str, part: str = "") -> Response:
    """Leads back to the problem, which says what was done."""
    page = address("problem", {"id": problem.id, "done": done})
    return lead_to(f"{page}#{part}" if part else page)


def must_be_editor(visit: DeskVisit) -> None:
    """Lets only editors of known problems in.

    Raises
    ------
    Problem
        403 for anybody else.
    """
    if Role.EDITOR not in visit.operator.roles:
        raise at_desk.not_editor()


def page_again(visit: DeskVisit, trouble: Problem) -> KnownProblemPage | None:
    """The page that the form is on, with what is wrong; None if nobody may see it."""
    if Role.EDITOR not in visit.operator.roles:
        return None
    typed = visit.typed
    stated = typed.get("problem", "")
    problem = known_problems().get(stated, clock.now()) if stated else None
    kept = as_typed(problem) if problem and visit.name != "problem" else {}
    return page_of(visit, problem, kept | typed, trouble)
