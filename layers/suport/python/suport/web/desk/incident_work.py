"""An incident at the desk: its page, and what its operator does with it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from suport.desk.deployed import desk_sessions, drafts
from suport.desk.drafts import LONGEST, DraftTooLong
from suport.desk.followers import answer_followers
from suport.desk.suggestions import Suggestions, suggestions
from suport.domain import crockford
from suport.domain.attachment import FileId
from suport.domain.category import Category
from suport.domain.deadlines import is_snoozed
from suport.domain.group_answer import Act
from suport.domain.history import Entry
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.domain.operator_acts import must_have_claimed, sees_contact, snoozable
from suport.files.file_store import browser_download
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    SnoozeBody,
    TakeOverBody,
    WithdrawalBody,
)
from suport.http.bodies.reading import FIT_KEY, read_fields
from suport.http.list_filters import View
from suport.http.problem import FieldError, Problem, ProblemName
from suport.http.problems import about_pages, about_requests, at_desk
from suport.http.response import Response
from suport.register.deployed import register
from suport.runtime import aws, clock
from suport.texts.canned_replies import facts_of, gaps_left
from suport.texts.message import N_
from suport.views.file_view import file_name
from suport.views.operator_view import operator_view
from suport.web.desk import linked_problem, phone_calls, same_citizen
from suport.web.desk.acting import acting_on, in_own_team
from suport.web.desk.pages.incident import (
    ANSWER,
    KINDS,
    QUESTION,
    SOLUTION,
    IncidentAtDesk,
    MessageAsRead,
    PreviewPage,
)
from suport.web.desk.visit import DeskVisit
from suport.web.desk.work_list import procedure_names
from suport.web.site_map import address
from suport.web.visit import lead_to

FORMS = {
    *("write", "note", "transfer", "take-over", "claim", "snooze", "release", "resolve"),
    *("withdraw", "link-problem", "unlink-problem", "follow", "unfollow"),
}
"""The forms that are on the page of an incident."""
DRAFTED: Mapping[str, tuple[str, ...]] = {
    "write": ("body", "kind", "key"),
    "note": ("note",),
    "transfer": ("to", "reason"),
}
"""The fields that a draft keeps, by the form."""
_DONE_FOR_ALL = {ANSWER: Act.TELL, QUESTION: Act.ASK, SOLUTION: Act.RESOLVE}
"""What is done with those that are answered together with the incident, by the kind of message."""
_NOT_SHOWN = {ProblemName.OTHER_TEAM, ProblemName.NOT_FOUND, ProblemName.ERASED}


def show(visit: DeskVisit) -> Response:
    """The incident as this operator may see it; the look is recorded."""
    return visit.page(incident_page(visit, {}))


def incident_page(
    visit: DeskVisit, typed: Mapping[str, str], trouble: Problem | None = None
) -> IncidentAtDesk:
    """The page of the incident, with what was typed on it, or else with the operator's drafts."""
    acting, now = acting_on(visit), clock.now()
    reference, name, team = acting
    stated = visit.query.get("before", "")
    before = stated if crockford.is_id(stated) else None
    incident, part = register().view(*acting, now, before=before)
    kept = drafts().of(name, reference, now)
    problems = linked_problem.open_problems()
    drafted: dict[str, str] = {}
    for draft in kept.values():
        drafted |= draft.fields
    fields = {**drafted, **typed}
    # A draft keeps the key of its own form. An act that was refused is sent again under its key.
    others_key = typed.get("key", "") if visit.name != "write" else ""
    is_mine = incident.claimed_by == name and sees_contact(incident, name) and before is None
    related = same_citizen.others_of(incident, visit.operator) if is_mine else None
    key = drafted.get("key", "") if others_key else fields.get("key", "")
    return IncidentAtDesk(
        frame=visit.frame,
        view=operator_view(incident, part, name),
        key=fit_key(key),
        act_key=fit_key(others_key),
        seen=seen_before(visit, trouble) or incident.citizen_wrote,
        returns=visit.name == "write" and trouble is None,
        fields=fields,
        trouble=trouble,
        done=visit.query.get("done", ""),
        before=before or "",
        suggested=suggested(incident, name),
        colleagues=[each for each in desk_sessions().colleagues(team, now) if each != name],
        drafts=[] if typed else list(kept),
        related=related,
        procedures=procedure_names(visit.language) if related and related.rows else {},
        known_problem=incident.known_problem or "",
        linked_to=linked_problem.linked_to(incident, problems),
        problems=linked_problem.offered_for(incident, problems),
        snoozed_until=incident.snoozed_until if is_snoozed(incident, now) else None,
        snoozable=snoozable(incident, now),
    )


def suggested(incident: Incident, name: str) -> Suggestions:
    """What may help with an answer; the canned replies are filled in with what is known."""
    found = suggestions(incident)
    facts = facts_of(incident, name, incident.language, clock.now())
    filled = [
        replace(each, reply=replace(each.reply, text=each.reply.filled(facts)))
        for each in found.replies
    ]
    return replace(found, replies=tuple(filled))


def claim(visit: DeskVisit) -> Response:
    """Gives the incident to this operator."""
    register().claim(*acting_on(visit), clock.now())
    return back(visit, "taken")


def take_over(visit: DeskVisit) -> Response:
    """Gives the incident of a colleague to this operator."""
    acting, fields = acting_on(visit), visit.form()
    why = text_of(visit, TakeOverBody, "why", "reason").reason
    register().take_over(*acting, why, clock.now(), key=key_of(fields))
    return back(visit, "taken-over")


def write(visit: DeskVisit) -> Response:
    """Writes to the citizen; the pressed button may ask for something else before."""
    fields, step = visit.form(), visit.form().get("step", "")
    if step == "draft":
        return keep_draft(visit)
    if step == "change":
        return visit.page(incident_page(visit, fields))
    if step.startswith("insert:"):
        return insert(visit, step.removeprefix("insert:"))
    if step not in {"", "preview"}:
        raise about_requests.unknown_step()
    body = text_of(visit, ReplyBody, "body", "body").body
    if message := gaps_left(body):
        raise about_requests.invalid([FieldError("body", message)])
    kind = fields.get("kind", ANSWER)
    if kind not in KINDS:
        raise about_requests.invalid([FieldError("kind", N_("Choose the kind of message."))])
    if step == "preview":
        return preview(visit, kind, body)
    return send(visit, kind, body)


def preview(visit: DeskVisit, kind: str, body: str) -> Response:
    """The message as the citizen will read it; the draft is kept."""
    incident = claimed_by_reader(visit)
    keep(visit, "write")
    told = {
        "entry": "preview",
        "kind": "message",
        "by": "operator",
        "body": body,
        "at": utc_text(clock.now()),
    }
    read = MessageAsRead(told=[told], spoken=incident.language).render(incident.language)
    fields = {name: visit.form().get(name, "") for name in ("body", "kind", "key", "seen")}
    page = PreviewPage(
        frame=visit.frame,
        reference=incident.reference,
        kind=kind,
        as_read=read,
        language_read=incident.language,
        fields=fields,
    )
    return visit.page(page)


def send(visit: DeskVisit, kind: str, body: str) -> Response:
    """Sends the message, unless the citizen wrote something that the operator has not read."""
    acting, fields, now = acting_on(visit), visit.form(), clock.now()
    key, seen = key_of(fields), seen_in(fields)
    if kind == SOLUTION:
        register().resolve(*acting, body, now, key=key, seen=seen)
        entry = None
    else:
        entry = register().reply(*acting, body, now, ask=kind == QUESTION, key=key, seen=seen)
    # If this fails, the form comes again with its key: the answer above is then recognised.
    answer_followers(*acting[:2], key, _DONE_FOR_ALL[kind], body)
    drafts().drop(acting[1], acting[0], "write")
    return back(visit, {ANSWER: "answered", QUESTION: "asked", SOLUTION: "resolved"}[kind], entry)


def insert(visit: DeskVisit, what: str) -> Response:
    """The page with a suggestion added to what was typed; nothing is sent."""
    incident = claimed_by_reader(visit)
    found = suggested(incident, visit.operator.name)
    texts = {f"error:{number}": each.answer for number, each in enumerate(found.known_errors)}
    texts |= {f"reply:{each.reply.name}": each.reply.text for each in found.replies}
    text = texts.get(what)
    if text is None:
        raise about_requests.unknown_step()
    typed = visit.form().get("body", "").strip()
    body = "\n\n".join(filter(None, (typed, text)))
    return visit.page(incident_page(visit, {**visit.form(), "body": body}))


def claimed_by_reader(visit: DeskVisit) -> Incident:
    """The incident, if this operator has claimed it.

    Raises
    ------
    OtherTeam, AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    incident = in_own_team(visit)
    must_have_claimed(incident, visit.operator.name)
    return incident


def note(visit: DeskVisit) -> Response:
    """Writes something down for the team."""
    acting, fields = acting_on(visit), visit.form()
    body = text_of(visit, NoteBody, "note", "body").body
    entry = register().note(*acting, body, clock.now(), key=key_of(fields))
    drafts().drop(acting[1], acting[0], "note")
    return back(visit, "noted", entry)


def transfer(visit: DeskVisit) -> Response:
    """Gives the incident to another team, or to a colleague of the own team."""
    acting, fields, now = acting_on(visit), visit.form(), clock.now()
    sort, _, to = fields.get("to", "").partition(":")
    reason = text_of(visit, TakeOverBody, "reason", "reason").reason
    key, seen = key_of(fields), seen_in(fields)
    reference, name, team = acting
    if sort == "team" and to in Category:
        try:
            register().transfer(*acting, Category(to), reason, now, key=key, seen=seen)
        except ValueError:  # it is with that team, and was not brought there by this form
            raise nobody_chosen() from None
        answer_followers(reference, name, key, Act.GIVE_BACK)
        drafts().drop(name, reference, "transfer")
        return lead_to(address("list", {"view": View.MINE, "done": "transferred"}))
    if sort == "colleague" and to != name and to in desk_sessions().colleagues(team, now):
        register().hand_over(*acting, to, reason, now, key=key, seen=seen)
        drafts().drop(name, reference, "transfer")
        return back(visit, "handed-over")
    in_own_team(visit)  # which refuses it to others, and records that
    raise nobody_chosen()


def nobody_chosen() -> Problem:
    """The form says neither another team nor a colleague."""
    return about_requests.invalid([FieldError("to", N_("Choose a team or a colleague."))])


def snooze(visit: DeskVisit) -> Response:
    """Puts the incident aside until a day, or brings it back; the pressed button says which."""
    acting, fields = acting_on(visit), visit.form()
    if fields.get("step") == "resume":
        register().resume(*acting, clock.now())
        return back(visit, "resumed")
    until = read_fields(SnoozeBody, {"until": fields.get("until", "")}, visit.language).until
    assert until  # the model takes a null, which no field of a form is
    key, seen = key_of(fields), seen_in(fields)
    register().snooze(*acting, until, clock.now(), key=key, seen=seen)
    told = {"view": View.MINE, "done": "snoozed", "about": acting[0]}
    return lead_to(address("list", told))


def release(visit: DeskVisit) -> Response:
    """Puts the incident back into the team's queue."""
    register().release(*acting_on(visit), clock.now(), key=key_of(visit.form()))
    return back(visit, "released")


def resolve(visit: DeskVisit) -> Response:
    """Resolves the incident without a message."""
    acting, fields = acting_on(visit), visit.form()
    key = key_of(fields)
    register().resolve(*acting, None, clock.now(), key=key, seen=seen_in(fields))
    answer_followers(*acting[:2], key, Act.RESOLVE)
    return back(visit, "resolved")


def withdraw(visit: DeskVisit) -> Response:
    """Ends a consent that the citizen asks the operator to end."""
    acting = acting_on(visit)
    stated = {"scope": visit.form().get("scope", "")}
    scope = read_fields(WithdrawalBody, stated, visit.language).scope
    register().withdraw_for_citizen(*acting, scope, clock.now())
    return back(visit, "withdrawn")


def open_file(visit: DeskVisit) -> Response:
    """Leads to a file, by a link that is valid for a minute."""
    acting, now = acting_on(visit), clock.now()
    file_id = FileId(visit.query.get("id", ""))
    known = register().view_file(*acting, file_id, now)
    incident = register().incident(acting[0], now)
    link = browser_download(
        *(aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"], incident.reference, file_id),
        version=known.version,
        media_type=known.type,
        name=file_name(incident, file_id),
    )
    if link is None:
        raise at_desk.no_such_file()
    return lead_to(link)


def keep_draft(visit: DeskVisit) -> Response:
    """Keeps what was typed for a day; a script that asks for it gets no page."""
    form = visit.form().get("form", "write")
    if form == "call":
        phone_calls.keep(visit)
        return Response(HTTPStatus.NO_CONTENT)
    if form not in DRAFTED:
        raise about_requests.invalid([FieldError("form", N_("This form does not exist."))])
    keep(visit, form)
    if visit.name == "draft":
        return Response(HTTPStatus.NO_CONTENT)
    return back(visit, "draft-kept")


def keep(visit: DeskVisit, form: str) -> None:
    """Keeps the fields of that form; one without any text is dropped."""
    fields = visit.form()
    kept = {name: fields[name] for name in DRAFTED[form] if fields.get(name)}
    name, reference = visit.operator.name, in_own_team(visit).reference
    if any(kept.get(each) for each in ("body", "note", "reason")):
        try:
            drafts().keep(name, reference, form, kept, clock.now())
        except DraftTooLong:
            raise at_desk.draft_too_long(LONGEST) from None
    else:
        drafts().drop(name, reference, form)


def back(visit: DeskVisit, done: str, entry: Entry | None = None) -> Response:
    """Leads back to the incident, which says what was done."""
    page = address("incident", {"reference": visit.reference, "done": done})
    return lead_to(f"{page}#entry-{entry.id}" if entry else page)


def text_of[Body: (ReplyBody, NoteBody, TakeOverBody)](
    visit: DeskVisit, model: type[Body], field: str, called: str
) -> Body:
    """The text in that field of the form; the model calls it `called`.

    Raises
    ------
    Problem
        422 if it is missing or too long.
    """
    try:
        return read_fields(model, {called: visit.form().get(field, "")}, visit.language)
    except Problem as wrong:
        raise about_requests.invalid(
            [FieldError(field, each.message) for each in wrong.errors]
        ) from None


def seen_before(visit: DeskVisit, trouble: Problem | None) -> str:
    """What the operator had read when the form was made; empty if the page shows what is newer."""
    shows_newer = trouble is not None and trouble.name is ProblemName.CHANGED_MEANWHILE
    return "" if shows_newer else visit.typed.get("seen", "")


def fit_key(key: str) -> str:
    """That idempotency key if it can be one, else another."""
    return key if FIT_KEY.fullmatch(key) else secrets.token_urlsafe()


def key_of(fields: Mapping[str, str]) -> str:
    """The form's idempotency key.

    Raises
    ------
    Problem
        422 if it has none.
    """
    key = fields.get("key", "")
    if not FIT_KEY.fullmatch(key):
        raise about_pages.page_expired()
    return key


def seen_in(fields: Mapping[str, str]) -> frozenset[str]:
    """What the operator had read when the page was made."""
    return frozenset({fields.get("seen", "")})


def page_again(visit: DeskVisit, trouble: Problem) -> IncidentAtDesk | None:
    """The page that the form is on, with what is wrong; None if nobody may see it."""
    if trouble.name in _NOT_SHOWN:
        return None
    if visit.name in DRAFTED and trouble.name is not ProblemName.PAGE_EXPIRED:
        # A colleague may have the incident now, and the page no form for the text.
        keep(visit, visit.name)
    return incident_page(visit, visit.typed, trouble)
