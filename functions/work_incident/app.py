"""What operators do with the incidents of their team, with requests signed in the team's role.

The session that signed names the operator, never a field of the request. The register refuses
operators of another team and those who have not claimed the incident, and records every look.
"""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any

from suport.desk.followers import answer_followers, followers_of
from suport.domain.attachment import FileId
from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident
from suport.domain.group_answer import Act
from suport.domain.history import Entry, LookPurpose
from suport.domain.incident import Incident, Status
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid, utc_text
from suport.domain.looks import STATED
from suport.domain.operator_acts import must_be_for_the_next
from suport.domain.operator_identity import (
    NotDataProtection,
    data_protection_officer,
)
from suport.domain.reference import Reference
from suport.files.file_store import download
from suport.http import query
from suport.http.api import Api
from suport.http.bodies.contact import ContactParts, reachable
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    ResolutionBody,
    SnoozeBody,
    TakeOverBody,
    TransferBody,
    WithdrawalBody,
)
from suport.http.bodies.reading import read, sent_key
from suport.http.bodies.submission import SubmissionBody
from suport.http.list_filters import FILTERS, View, seen_by, wanted_of
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.http.problems import at_desk as at_desk_problems
from suport.http.refusals import TO_OPERATORS
from suport.http.request import JSON, MERGE_PATCH, Request
from suport.http.response import Response, json_answer
from suport.http.signed_operator import AtDesk, at_desk, caller
from suport.register.deployed import register
from suport.register.other_tables import figures_table, open_problems, retention_runs
from suport.runtime import aws, clock, settings
from suport.runtime.metrics import Metric, count
from suport.texts.message import N_
from suport.views.file_view import file_name
from suport.views.operator_view import listed, operator_view
from suport.views.proof_view import proof_view

from aws_lambda_powertools import Logger

DAYS, MOST_DAYS = 30, 180  # before today that a team's figures cover
_TAG = r'"[!#-~\x80-\xff]*"'
TAGS = re.compile(rf"[\s,]*{_TAG}(?:\s*,(?:\s*{_TAG})?)*\s*")
"""A list of entity tags, none of them weak (RFC 9110, 5.6.1 and 8.8.3)."""

settings.team_hours()  # wrong ones stop the function at its start: the log says what is wrong
OF_A_PAGE = {"view", "page", *FILTERS}
"""What in an address asks for a page of the list."""

logger = Logger()


def list_incidents(request: Request) -> Response:
    """A page of the team's list, in its order, or without a filter all that is open at once."""
    operator, now = caller(request), clock.now()
    stated = request.query.get("changed_since")
    since = None if stated is None else query.moment("changed_since", stated)
    if not OF_A_PAGE.isdisjoint(request.query):
        view = query.one_of("view", request.query.get("view", View.TEAM), list(View))
        wanted = seen_by(wanted_of(request.query), View(view), operator.name)
        wanted = replace(wanted, changed_since=since)
        page = register().team_list([operator.team], now, wanted, request.query.get("page"))
        return json_answer(HTTPStatus.OK, {**rows(request, page.incidents), "next": page.next})
    found = register().open_incidents(operator.team, now, changed_since=since)
    return json_answer(HTTPStatus.OK, rows(request, found))


def rows(request: Request, found: Iterable[ListedIncident]) -> dict[str, Any]:
    """These incidents as a list shows them."""
    return {"incidents": [listed(each, request.language) for each in found]}


def take_phone_call(request: Request) -> Response:
    """Records what a citizen reports by telephone, for the operator's own team or another."""
    operator = caller(request)
    try:
        submission = read(SubmissionBody, request).submission(settings.other_matters_team())
    finally:
        request.stated_language = None  # the citizen's, and the operator reads the answer
    key = sent_key(request) or secrets.token_urlsafe()
    incident = register().take_phone_call(
        *(submission, operator, key, aws.service_secret(), clock.now()),
        closed_dates=settings.closed_dates(),
    )
    logger.info("incident recorded", category=incident.category)
    count(Metric.INCIDENTS_SUBMITTED, category=incident.category)
    received = {"status": Status.RECEIVED}  # a retry is answered like the first
    location = {"Location": f"incidents/{incident.reference}"}
    return json_answer(HTTPStatus.CREATED, standing(incident) | received, location)


def asked_purpose(request: Request) -> LookPurpose:
    """For what the operator looks: what the request states, else to work on the incident.

    Raises
    ------
    Problem
        422 if it is none that an operator can state.
    """
    stated = request.query.get("purpose")
    if stated is None:
        return LookPurpose.WORK
    return LookPurpose(query.one_of("purpose", stated, STATED))


def show(request: Request) -> Response:
    """The incident, as this operator may see it."""
    before = query.before(request.query.get("before"))
    purpose = asked_purpose(request)
    mine = at_desk(request)
    seen = register().view(*mine, clock.now(), purpose=purpose, before=before)
    view = operator_view(*seen, mine[1])
    acted(request, mine)
    view |= {"followers": followers_of(mine[0])}
    # an earlier part does not show what the citizen wrote last
    return shown(view) if before is None else json_answer(HTTPStatus.OK, view | {"etag": None})


def claim(request: Request) -> Response:
    """Gives the incident to this operator, and shows how to reach the citizen.

    An operator who takes the next `from` the queue is not given one that needs nobody now.
    """
    mine = at_desk(request)
    if (source := request.query.get("from")) is not None:
        query.one_of("from", source, query.CLAIM_SOURCES)
        must_be_next(*mine)
    opened = register().claim(*mine, clock.now()).reference
    claimed = register().history(opened, clock.now())
    acted(request, mine)
    return shown(operator_view(*claimed, mine[1]) | {"followers": followers_of(mine[0])})


def must_be_next(reference: Reference, _operator: str, team: Category) -> None:
    """Whether the next operator of this team is to have the incident.

    Raises
    ------
    NoSuchIncident, WaitsForCitizen, AnsweredTogether
    """
    now = clock.now()
    incident = register().incident(reference, now)
    if incident.category is team:  # else the claim is refused, which the register records
        must_be_for_the_next(incident, lambda: {each.id for each in open_problems(now)})


def take_over(request: Request) -> Response:
    """Gives the incident to this operator although a colleague has it, and answers like a claim."""
    mine, why = at_desk(request), read(TakeOverBody, request).reason
    taken = register().take_over(*mine, why, clock.now(), key=sent_key(request)).reference
    seen = register().history(taken, clock.now())
    acted(request, mine)
    return shown(operator_view(*seen, mine[1]) | {"followers": followers_of(mine[0])})


def reply(request: Request) -> Response:
    """Writes to the citizen, and waits for the answer if it is a question."""
    mine, sent = at_desk(request), read(ReplyBody, request)
    options: Any = {"ask": sent.ask, "key": sent_key(request), "seen": had_seen(request)}
    entry = register().reply(*mine, sent.body, clock.now(), **options)
    also(request, mine, Act.ASK if sent.ask else Act.TELL, sent.body)
    return recorded(request, mine, entry)


def note(request: Request) -> Response:
    """Writes something down for the team."""
    mine, body = at_desk(request), read(NoteBody, request).body
    entry = register().note(*mine, body, clock.now(), key=sent_key(request))
    return recorded(request, mine, entry)


def transfer(request: Request) -> Response:
    """Gives the incident to another team."""
    mine, asked = at_desk(request), read(TransferBody, request)
    if asked.category is mine[2]:
        other = N_("Choose a team other than your own.")
        raise about_requests.invalid([FieldError("category", other)])
    known: Any = {"key": sent_key(request), "seen": had_seen(request)}
    register().transfer(*mine, asked.category, asked.reason, clock.now(), **known)
    also(request, mine, Act.GIVE_BACK)
    return queued(request, mine, asked.category)


def snooze(request: Request) -> Response:
    """Puts the incident aside for its operator until a day, or ends that."""
    mine, until = at_desk(request), read(SnoozeBody, request).until
    if until is None:
        after = register().resume(*mine, clock.now())
    else:
        known: Any = {"key": sent_key(request), "seen": had_seen(request)}
        after = register().snooze(*mine, until, clock.now(), **known)
    acted(request, mine)
    until_when = {"snoozed_until": after.snoozed_until and utc_text(after.snoozed_until)}
    return json_answer(HTTPStatus.OK, standing(after) | until_when)


def release(request: Request) -> Response:
    """Puts the incident back into the team's queue."""
    mine = at_desk(request)
    register().release(*mine, clock.now(), key=sent_key(request))
    return queued(request, mine, mine[2])


def resolve(request: Request) -> Response:
    """Resolves the incident, with a last message if there is one."""
    mine, body = at_desk(request), read(ResolutionBody, request).body
    known: Any = {"key": sent_key(request), "seen": had_seen(request)}
    resolved = register().resolve(*mine, body, clock.now(), **known)
    also(request, mine, Act.RESOLVE, body)
    acted(request, mine)
    return json_answer(HTTPStatus.OK, standing(resolved))


def withdraw(request: Request) -> Response:
    """Ends a consent that the citizen asks the operator to end; no operator can grant one."""
    mine, scope = at_desk(request), read(WithdrawalBody, request).scope
    return recorded(request, mine, register().withdraw_for_citizen(*mine, scope, clock.now()))


def replace_code(request: Request) -> Response:
    """Has another access code sent to the incident's e-mail address; no operator sees it."""
    mine = at_desk(request)
    entry = register().replace_code_at_desk(*mine, clock.now(), key=sent_key(request))
    return recorded(request, mine, entry)


def correct_contact(request: Request) -> Response:
    """Corrects how a citizen is reached whom the operator has identified."""
    mine, stated = at_desk(request), read(ContactParts, request, (JSON, MERGE_PATCH))
    became = register().correct_contact_at_desk(
        *mine, lambda contact: reachable(stated.corrected(contact), "email"), clock.now()
    )
    acted(request, mine)
    return json_answer(HTTPStatus.OK, {"reference": mine[0], "correction": became})


def open_file(request: Request) -> Response:
    """A link to a file, valid for a minute, for the operator who has claimed the incident."""
    mine, file_id = at_desk(request), FileId(request.parameters["file"])
    known = register().view_file(*mine, file_id, clock.now())
    incident = register().incident(mine[0], clock.now())
    acted(request, mine)
    link = download(
        *(aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"], incident.reference, file_id),
        version=known.version,
        media_type=known.type,
        name=file_name(incident, file_id),
    )
    return json_answer(HTTPStatus.OK, asdict(link))


def give_copy(request: Request) -> Response:
    """The copy of everything for a citizen who asks for it, as JSON or as a page to be printed."""
    from suport.views.citizen_view import is_shown  # noqa: PLC0415  seldom asked for, as below
    from suport.views.export import export  # noqa: PLC0415

    before = query.before(request.query.get("before"))
    wanted = query.copy_format(request.query.get("format"))
    mine, now = at_desk(request), clock.now()
    copied = export(*register().export_at_desk(*mine, now, shown=is_shown, before=before), now)
    acted(request, mine)
    content = copied | {"before": before, "exported_at": utc_text(now)}
    if wanted is None:
        return json_answer(HTTPStatus.OK, content)
    from suport.web.pages.export import ExportPage  # noqa: PLC0415

    page = ExportPage(
        view=content["incident"],
        receipts=content["consents"],
        exported_at=content["exported_at"],
        before=before or "",
    )
    html = page.render(Language(content["incident"]["language"]))
    return json_answer(HTTPStatus.OK, content | {"page": html})


def stats(request: Request) -> Response:
    """How the team did in the last days before today, and how many incidents are open now."""
    from suport.domain.figures import day_of, team_figures  # noqa: PLC0415  for this alone
    from suport.views.figures_view import team_view  # noqa: PLC0415  for this alone

    team, days, now = caller(request).team, asked_days(request.query), clock.now()
    figures = team_figures(
        *(figures_table().latest(team), day_of(now), days),
        open_now=register().open_count(team, now),
        waiting=register().open_count(team, now, Status.WAITING),
    )
    return json_answer(HTTPStatus.OK, {"category": team, "days": days, **team_view(figures)})


def report(request: Request) -> Response:
    """What is recorded of a month, for all teams: nothing in it is about a person.

    Raises
    ------
    Problem
        422 if it is no month, 404 if nothing is recorded of it.
    """
    from suport.domain.procedures import catalogue  # noqa: PLC0415  for this alone
    from suport.http.problems.about_figures import none_recorded  # noqa: PLC0415  for this alone
    from suport.views import figures_view  # noqa: PLC0415  for this alone

    caller(request)
    month = query.month("month", request.parameters["month"])
    recorded = figures_table().month(month)
    if not recorded.days:
        raise none_recorded("month", month)
    told = figures_view.report(month, recorded.days, recorded.month, catalogue())
    return json_answer(HTTPStatus.OK, told)


def proof(request: Request) -> Response:
    """What the retention audit erased in a month, by day; nothing in it is about a person.

    Data protection may see it as well as the teams.
    """
    role, account = os.environ["DATA_PROTECTION_ROLE"], os.environ["ACCOUNT_ID"]
    try:
        data_protection_officer(request.caller, role, account)
    except NotDataProtection:
        caller(request)
    month = query.month("month", request.parameters["month"])
    runs = retention_runs().month(month)
    if not runs:
        raise at_desk_problems.no_such_proof()
    return json_answer(HTTPStatus.OK, proof_view(month, runs, to_madrid(clock.now()).date()))


def also(request: Request, mine: AtDesk, act: Act, body: str | None = None) -> None:
    """Has the same done with all that are answered together with the incident.

    If this fails, the request comes again with its key: what was done already is then recognised.
    """
    answer_followers(*mine[:2], sent_key(request) or secrets.token_urlsafe(), act, body)


def acted(request: Request, mine: AtDesk) -> None:
    """Logs what an operator did; the register knows who it was, and with which incident."""
    logger.info("operator acted", team=mine[2], route=f"{request.method} {request.resource}")


def had_seen(request: Request) -> frozenset[str] | None:
    """The citizen's entries that the operator had read: the tags in `If-Match`; None without it.

    A star, which matches anything, is as good as none.

    Raises
    ------
    Problem
        422 if it is no list of tags. A weak one, which never matches (RFC 9110, 13.1.1), is none:
        to compare it would say that the citizen has written, which nobody knows.
    """
    stated = request.headers.get("if-match")
    if stated is None or stated.strip() == "*":
        return None
    if not TAGS.fullmatch(stated):
        message = N_(
            "Enter each tag exactly as the service gave it, in double quotes, with commas between "
            "them."
        )
        raise about_requests.invalid([FieldError("If-Match", message)])
    return frozenset(re.findall(r'"(.*?)"', stated))


def asked_days(stated_in: Mapping[str, str]) -> int:
    """How many days back the figures reach.

    Raises
    ------
    Problem
        422 if it is not a number of days from 1 to `MOST_DAYS`.
    """
    stated = stated_in.get("days", str(DAYS))
    if not re.fullmatch(r"[0-9]{1,3}", stated) or not 1 <= int(stated) <= MOST_DAYS:
        message = N_("Enter a number of days from 1 to {most}.", most=MOST_DAYS)
        raise about_requests.wrong_question("days", message)
    return int(stated)


def shown(view: dict[str, Any]) -> Response:
    """An incident as the operator sees it, tagged with what the citizen wrote last."""
    return json_answer(HTTPStatus.OK, view, {"ETag": f'"{view["etag"]}"'})


def queued(request: Request, mine: AtDesk, category: Category) -> Response:
    """The answer after an incident went to a team's queue, the same for a repetition."""
    acted(request, mine)
    told = {"reference": mine[0], "category": category, "status": Status.QUEUED}
    return json_answer(HTTPStatus.OK, told)


def standing(incident: Incident) -> dict[str, Any]:
    """The incident's team and status now."""
    return {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
    }


def recorded(request: Request, mine: AtDesk, entry: Entry) -> Response:
    """The answer with the new entry, and the incident's status after it."""
    acted(request, mine)
    told = {
        "entry": entry.id,
        "recorded_at": utc_text(entry.recorded_at),
        "status": register().incident(mine[0], clock.now()).status,
    }
    return json_answer(HTTPStatus.CREATED, told)


api = Api(
    {
        ("GET", "/v1/desk/incidents"): list_incidents,
        ("POST", "/v1/desk/incidents"): take_phone_call,
        ("GET", "/v1/desk/incidents/{reference}"): show,
        ("POST", "/v1/desk/incidents/{reference}/claim"): claim,
        ("POST", "/v1/desk/incidents/{reference}/take-over"): take_over,
        ("POST", "/v1/desk/incidents/{reference}/messages"): reply,
        ("POST", "/v1/desk/incidents/{reference}/notes"): note,
        ("POST", "/v1/desk/incidents/{reference}/transfer"): transfer,
        ("POST", "/v1/desk/incidents/{reference}/snooze"): snooze,
        ("POST", "/v1/desk/incidents/{reference}/release"): release,
        ("POST", "/v1/desk/incidents/{reference}/resolve"): resolve,
        ("POST", "/v1/desk/incidents/{reference}/consents"): withdraw,
        ("POST", "/v1/desk/incidents/{reference}/access-code"): replace_code,
        ("PATCH", "/v1/desk/incidents/{reference}/contact"): correct_contact,
        ("GET", "/v1/desk/incidents/{reference}/files/{file}"): open_file,
        ("GET", "/v1/desk/incidents/{reference}/export"): give_copy,
        ("GET", "/v1/desk/stats"): stats,
        ("GET", "/v1/desk/reports/{month}"): report,
        ("GET", "/v1/desk/proofs/{month}"): proof,
    },
    TO_OPERATORS,
)
handler = api.handler
