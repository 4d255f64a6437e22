"""The sample events as they would come today, with what earlier answers gave."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.figures import count_day, day_of
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.figures_table import FiguresTable
from suport.register.register import Register
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import assets
from tests.support.built_service import BuiltService
from tests.support.sample_events import Event, answered, sample, sent, with_body, with_headers

# Acts on an open incident: the browser sends its cookie.
OPENED = (
    *("track_incident.page", "track_incident.export", "update_incident.", "attach_file."),
    *("correct_contact.page", "correct_contact.form", "correct_contact.code"),
    *("erase_incident.page", "erase_incident.form"),
)
ENDINGS = {"update_incident.close", "update_incident.reopen", "update_incident.rate"}
AT_DESK = (
    "work_incident.",
    "erase_incident.at_desk",
    "erase_incident.look_ahead",
    "erase_incident.erased",
)
OF_THE_CITIZEN = {
    f"share_screen.{act}" for act in ("session", "offer", "control", "end", "receipt")
}
OF_THE_OPERATOR = {
    f"share_screen.{act}" for act in ("invitation", "state", "answer", "end_at_desk", "permissions")
}


def of_today(name: str, running: BuiltService) -> Event:
    """The sample, with what comes from an earlier answer and what does not last replaced."""
    event = sample(name)
    if name.startswith(("answer_comanda.", "work_incident.report")):
        _record_figures(running)
        return event
    if name.startswith(AT_DESK) and "reference" in (event["pathParameters"] or {}):
        return _of_an_incident_at_hand(name, event, running)
    if name.startswith("serve_asset.asset"):
        event["pathParameters"]["name"] = assets.names()[event["pathParameters"]["name"]]
    if name in {"attach_file.file", "attach_file.removal_page", "attach_file.removal"}:
        named = event["queryStringParameters"] or dict(parse_qsl(sent(event)))
        _add_file(FileId(named["id"]), running)
    if name.startswith((*OPENED, "record_consent.page", "record_consent.form")):
        opening = sample("track_incident.form")
        own = None
        if name in {*ENDINGS, "correct_contact.code"}:  # the others need its code, and it open
            own = running.submit(secrets.token_hex())
            key = {"reference": own["reference"], "access_code": own["access_code"]}
            opening = with_body(opening, urlencode(key))
        opened = running.answer("track_incident.form", opening)
        (cookie,) = opened["multiValueHeaders"]["Set-Cookie"]
        with_the_cookie = {"Cookie": cookie.partition(";")[0]}
        if own and name in ENDINGS:
            event = _of_an_end(name, event, Reference(own["reference"]), running)
        return with_headers(event, with_the_cookie)
    if name == "record_consent.consent":
        return _on_todays_notice(event, running)
    if name in {"share_screen.join", *OF_THE_CITIZEN, *OF_THE_OPERATOR}:
        return _of_a_session(name, event, running)
    return event


def _on_todays_notice(event: Event, running: BuiltService) -> Event:
    """The same, having read the notice that is shown today."""
    asked = sample("show_help.remote_support_notice")
    notice = json.loads(answered(running.answer("show_help.remote_support_notice", asked)))
    return with_body(
        event, json.dumps(json.loads(sent(event)) | {"notice_sha256": notice["sha256"]})
    )


def _of_a_session(name: str, event: Event, running: BuiltService) -> Event:
    """The same for an incident of its own: claimed, its citizen invited and joined if needed; and
    the screen shown, if the sample answers an offer or asks for the receipt."""
    reference = running.submit(f"{name}-{secrets.token_hex()}"[:128])["reference"]
    claim = _about(reference, sample("work_incident.claim"))
    assert running.answer("work_incident.claim", claim)["statusCode"] == 200
    invite = _about(reference, sample("share_screen.invitation"))
    if name == "share_screen.invitation":
        return invite
    invited = running.answer("share_screen.invitation", invite)
    assert invited["statusCode"] == 201, answered(invited)
    code = urlencode({"code": json.loads(answered(invited))["join_code"]})
    join = with_body(sample("share_screen.join"), code)
    if name == "share_screen.join":
        return join
    joined = running.answer("share_screen.join", join)
    assert joined["statusCode"] == 303, answered(joined)
    (cookie,) = joined["multiValueHeaders"]["Set-Cookie"]
    with_the_cookie = {"Cookie": cookie.partition(";")[0]}
    offer = with_headers(sample("share_screen.offer"), with_the_cookie)
    offer = _on_todays_notice(offer, running)
    if name == "share_screen.offer":
        return offer
    if name in {"share_screen.answer", "share_screen.receipt"}:
        shown = running.answer("share_screen.offer", offer)
        assert shown["statusCode"] == 200, answered(shown)
    if name in OF_THE_OPERATOR:
        return _about(reference, event)
    return with_headers(event, with_the_cookie)


def _record_figures(running: BuiltService) -> None:
    """Records yesterday, for which a sample asks, and the days that the other samples name."""
    table = FiguresTable(running.aws.dynamodb, running.aws.known["Figures"])
    yesterday = day_of(datetime.now(UTC)) - timedelta(days=1)
    for day in (yesterday, date(2026, 11, 1), date(2026, 11, 3)):
        for category in Category:
            table.record_day(count_day(day, category, []))


def _add_file(file_id: FileId, running: BuiltService) -> None:
    """Adds a file to the incident of the samples, unless that has it or had it."""
    change = sample("route_incident.stream")["Records"][0]["dynamodb"]
    reference = Reference(change["Keys"]["reference"]["S"])
    put = running.aws.s3.put_object(
        Bucket=running.aws.known["Attachments"], Key=f"{reference}/{file_id}", Body=b"%PDF-1.7"
    )
    version = put["ETag"].strip('"')
    arrived = File(file_id, MediaType.PDF, 8, version, datetime.now(UTC))
    register = Register(running.aws.dynamodb, running.aws.known["Register"])
    register.add_file(reference, arrived, State.UNSCANNED, datetime.now(UTC))


def _of_an_end(name: str, event: Event, reference: Reference, running: BuiltService) -> Event:
    """The same for that incident, which an operator has resolved if needed."""
    if name != "update_incident.close":
        for act in ("work_incident.claim", "work_incident.resolve"):
            assert running.answer(act, _about(reference, sample(act)))["statusCode"] == 200
    return with_body(event, urlencode(dict(parse_qsl(sent(event))) | {"reference": reference}))


def _of_an_incident_at_hand(name: str, event: Event, running: BuiltService) -> Event:
    """The same for an incident of its own, claimed, with a file and consents if needed."""
    reference = Reference(running.submit(f"{name}-{secrets.token_hex()}"[:128])["reference"])
    if name not in {"work_incident.incident", "work_incident.claim"}:
        claim = _about(reference, sample("work_incident.claim"))
        assert running.answer("work_incident.claim", claim)["statusCode"] == 200
    register = Register(running.aws.dynamodb, running.aws.known["Register"])
    if name == "work_incident.consent":
        shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
        for scope in Scope:
            register.grant_consent(reference, scope, shown.identity, datetime.now(UTC))
    if file := event["pathParameters"].get("file"):
        arrived = File(FileId(file), MediaType.PDF, 1, "0" * 32, datetime.now(UTC))
        register.add_file(reference, arrived, State.UNSCANNED, datetime.now(UTC))
    return _about(reference, event)


def _about(reference: str, event: Event) -> Event:
    """The event with another incident's reference in its address."""
    own = event["pathParameters"]["reference"]
    moved: Event = json.loads(json.dumps(event).replace(own, reference))
    return moved
