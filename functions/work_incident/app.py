"""What operators do with the incidents of their team, over requests signed in the team's role.

Who acts is the session that signed, never a field of the request. The register refuses whoever is
of another team or has not claimed the incident, and keeps every look at it.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.attachment import FileId
from suport.domain.consent import NothingToWithdraw
from suport.domain.history import Entry
from suport.domain.incident import Category, Incident, Status
from suport.domain.legal_time import utc_text
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.team import NoTeam, Operator, operator_of, team_roles
from suport.files.file_store import download
from suport.http import problem, query
from suport.http.api import JSON, Api, json_answer
from suport.http.problem import IDEMPOTENCY_KEY, FieldError
from suport.http.submission import (
    Note,
    Reply,
    Resolution,
    Submission,
    Transfer,
    Withdrawal,
    checked_key,
    read,
)
from suport.register.register import (
    AlreadyResolved,
    ChangedMeanwhile,
    ClaimedByAnother,
    KeyReused,
    NoSuchFile,
    NoSuchIncident,
    NotClaimed,
    OtherTeam,
    Register,
)
from suport.runtime import aws
from suport.runtime.metrics import Metric, count
from suport.texts.message import N_
from suport.views.operator_view import file_name, listed, operator_view
from suport.views.operator_view import shown as shown_entry

DAYS, MOST_DAYS = 30, 180  # that the figures speak of; the register keeps six months

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def register() -> Register:
    """The register that this function was deployed with."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


@app.get("/v1/desk/incidents")
def open_incidents() -> Response[str]:
    """The open incidents of the team, the oldest first; those that changed since, where asked."""
    stated = app.current_event.query_string_parameters.get("changed_since")
    since = None if stated is None else query.moment("changed_since", stated)
    found = [
        each
        for each in register().open_incidents(caller().team, now())
        if since is None or each.changed_at > since
    ]
    return json_answer(HTTPStatus.OK, {"incidents": [listed(each) for each in found]})


@app.post("/v1/desk/incidents")
def take_phone_call() -> Response[str]:
    """Records what a citizen reports by telephone; it may be another team's."""
    operator = caller()
    submission = read(Submission, app.body(JSON), app.reader)
    key = sent_key() or secrets.token_urlsafe()
    try:
        incident = register().take_phone_call(
            submission, operator.name, key, aws.service_secret(), now()
        )
    except KeyReused as used:
        raise problem.key_reused(submission.language, used.reference) from None
    logger.info("incident recorded", reference=incident.reference, category=incident.category)
    count(Metric.INCIDENTS_SUBMITTED, category=incident.category)
    received = {"status": Status.RECEIVED}  # a retry is answered like the first
    return json_answer(HTTPStatus.CREATED, standing(incident) | received)


@app.get("/v1/desk/incidents/<reference>")
def show(reference: str) -> Response[str]:
    """The incident, as this operator may see it."""
    before = query.before(app.current_event.query_string_parameters.get("before"))
    with at_desk(reference) as mine:
        seen = register().view(*mine, now(), before=before)
    view = operator_view(*seen, caller().name)
    # an earlier part does not show what the citizen wrote last
    return shown(view) if before is None else json_answer(HTTPStatus.OK, view | {"etag": None})


@app.post("/v1/desk/incidents/<reference>/claim")
def claim(reference: str) -> Response[str]:
    """Makes the incident this operator's, and shows how to reach the citizen."""
    with at_desk(reference) as mine:
        opened = register().claim(*mine, now()).reference
        claimed = register().history(opened, now())
    return shown(operator_view(*claimed, caller().name))


@app.post("/v1/desk/incidents/<reference>/messages")
def reply(reference: str) -> Response[str]:
    """Writes to the citizen, and waits for the answer if it is a question."""
    with at_desk(reference) as mine:
        sent = read(Reply, app.body(JSON), app.reader)
        entry = register().reply(
            *mine, sent.body, now(), ask=sent.ask, key=sent_key(), seen=had_seen()
        )
        return recorded(mine[0], entry)


@app.post("/v1/desk/incidents/<reference>/notes")
def note(reference: str) -> Response[str]:
    """Writes something down for the team."""
    with at_desk(reference) as mine:
        body = read(Note, app.body(JSON), app.reader).body
        entry = register().note(*mine, body, now(), key=sent_key())
        return recorded(mine[0], entry)


@app.post("/v1/desk/incidents/<reference>/transfer")
def transfer(reference: str) -> Response[str]:
    """Gives the incident to another team."""
    with at_desk(reference) as mine:
        asked = read(Transfer, app.body(JSON), app.reader)
        if asked.category is caller().team:
            other = N_("Choose another team than your own.")
            raise problem.invalid([FieldError("category", other)])
        register().transfer(
            *mine, asked.category, asked.reason, now(), key=sent_key(), seen=had_seen()
        )
        return queued(mine[0], asked.category)


@app.post("/v1/desk/incidents/<reference>/release")
def release(reference: str) -> Response[str]:
    """Puts the incident back into the team's queue."""
    with at_desk(reference) as mine:
        register().release(*mine, now(), key=sent_key())
        return queued(mine[0], mine[2])


@app.post("/v1/desk/incidents/<reference>/resolve")
def resolve(reference: str) -> Response[str]:
    """Ends the incident, with a last message where one is needed."""
    with at_desk(reference) as mine:
        body = read(Resolution, app.body(JSON), app.reader).body
        resolved = register().resolve(*mine, body, now(), key=sent_key(), seen=had_seen())
    return json_answer(HTTPStatus.OK, standing(resolved))


@app.post("/v1/desk/incidents/<reference>/consents")
def withdraw(reference: str) -> Response[str]:
    """Ends a consent that the citizen takes back by telling the operator; none is given so."""
    with at_desk(reference) as mine:
        scope = read(Withdrawal, app.body(JSON), app.reader).scope
        entry = register().withdraw_for_citizen(*mine, scope, now())
        return recorded(mine[0], entry)


@app.get("/v1/desk/incidents/<reference>/files/<file>")
def open_file(reference: str, file: str) -> Response[str]:
    """A link to a file, for the operator who has claimed the incident, for a minute."""
    file_id = FileId(file)
    with at_desk(reference) as mine:
        known = register().view_file(*mine, file_id, now())
        incident = register().incident(mine[0], now())
    link = download(
        *(aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"], incident.reference, file_id),
        version=known["version"],
        name=file_name(incident, file_id),
    )
    return json_answer(HTTPStatus.OK, asdict(link))


@app.get("/v1/desk/stats")
def stats() -> Response[str]:
    """How the team did with the incidents of the last days."""
    operator, days = caller(), asked_days()
    figures = register().figures(operator.team, now() - timedelta(days=days), now())
    return json_answer(HTTPStatus.OK, {"category": operator.team, "days": days, **asdict(figures)})


def caller() -> Operator:
    """The operator who signed the request.

    Raises
    ------
    Problem
        403 if the request was signed in another role than a team's.
    """
    try:
        arn = app.current_event.request_context.identity.user_arn
        return operator_of(arn, team_roles(os.environ), os.environ["ACCOUNT_ID"])
    except NoTeam:
        raise problem.no_team() from None


@contextmanager
def at_desk(reference: str) -> Iterator[tuple[Reference, str, Category]]:
    """The incident at that address, the operator's name and team: with these the register is asked.

    Raises
    ------
    Problem
        403, 404 or 409 if the register refuses.
    """
    operator = caller()
    try:
        opened = parse_reference(reference)
        yield opened, operator.name, operator.team
    except (MisreadReference, NoSuchIncident):
        raise problem.no_such_incident() from None
    except OtherTeam:
        raise problem.other_team() from None
    except ClaimedByAnother as refusal:
        raise problem.claimed_by_another(refusal.operator) from None
    except NotClaimed:
        raise problem.not_claimed() from None
    except AlreadyResolved:
        raise problem.already_resolved() from None
    except ChangedMeanwhile as refusal:
        written = [shown_entry(entry) for entry in refusal.written]
        raise problem.changed_meanwhile(refusal.citizen_wrote, written) from None
    except NoSuchFile:
        raise problem.no_such_file() from None
    except NothingToWithdraw:
        raise problem.never_agreed() from None
    event = app.current_event
    logger.info("operator acted", reference=opened, route=f"{event.http_method} {event.resource}")


def sent_key() -> str | None:
    """The key that makes a retry safe, if there is one.

    Raises
    ------
    Problem
        422 if it is none.
    """
    key = app.current_event.headers.get(IDEMPOTENCY_KEY)
    return checked_key(key) if key else None


def had_seen() -> frozenset[str] | None:
    """What the operator had read of the citizen's writing: the tags in `If-Match`, if it is there.

    Weak tags never match (RFC 9110, 13.1.1); the star, which matches anything, asks for nothing.
    """
    stated = app.current_event.headers.get("If-Match")
    if stated is None or stated.strip() == "*":
        return None
    tags: list[tuple[str, str]] = re.findall(r'(W/)?"([^"]*)"', stated)
    return frozenset(tag for weak, tag in tags if not weak)


def asked_days() -> int:
    """How many days back the figures are to reach.

    Raises
    ------
    Problem
        422 if it is no number of days that the register keeps.
    """
    stated = app.current_event.query_string_parameters.get("days", str(DAYS))
    if not re.fullmatch(r"[0-9]{1,3}", stated) or not 1 <= int(stated) <= MOST_DAYS:
        message = N_("Give a number of days from 1 to {most}.", most=MOST_DAYS)
        raise problem.invalid([FieldError("days", message)])
    return int(stated)


def shown(view: dict[str, Any]) -> Response[str]:
    """An incident as the operator sees it, tagged with what the citizen wrote last."""
    answer = json_answer(HTTPStatus.OK, view)
    answer.headers["ETag"] = f'"{view["etag"]}"'
    return answer


def queued(reference: Reference, category: Category) -> Response[str]:
    """How an incident stands that was given to a team, the same for a repetition."""
    told = {"reference": reference, "category": category, "status": Status.QUEUED}
    return json_answer(HTTPStatus.OK, told)


def standing(incident: Incident) -> dict[str, Any]:
    """Where the incident stands now."""
    return {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
    }


def recorded(reference: Reference, entry: Entry) -> Response[str]:
    """The entry that was added, and how the incident stands with it."""
    told = {
        "entry": entry.id,
        "recorded_at": utc_text(entry.recorded_at),
        "status": register().incident(reference, now()).status,
    }
    return json_answer(HTTPStatus.CREATED, told)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
