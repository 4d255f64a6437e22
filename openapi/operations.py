"""Every operation of the API. Tests compare the list with the routes of the template."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from openapi.answers import citizens, comanda, operators, public, remote
from openapi.answers.parts import Recorded
from openapi.operation import PATCH_TYPES, Body, Caller, Operation, Success
from suport.domain.attachment import MediaType
from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Consent, Entry
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.http.bodies.citizens import ConfirmationBody, ConsentRequest, MessageBody
from suport.http.bodies.contact import ContactParts
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    ResolutionBody,
    SnoozeBody,
    TakeOverBody,
    TransferBody,
    WithdrawalBody,
)
from suport.http.bodies.remote_support import AnswerBody, ControlBody, EndBody, OfferBody
from suport.http.bodies.submission import SubmissionBody
from suport.http.form_encoding import FORM
from suport.http.request import JSON
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.comanda import figures as comanda_figures
from suport.views.comanda import health as comanda_health
from suport.views.consent_receipt import receipt

_CREATED, _ACCEPTED = HTTPStatus.CREATED, HTTPStatus.ACCEPTED
_NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.ENGLISH)

_SUBMISSION: dict[str, Any] = {
    "category": "payment",
    "description": "The card was charged, but the page shows an error.",
    "error": {"code": "190"},
    "procedure": {"code": "2914863"},
    "context": {"step": "Payment", "browser": "Firefox 145, Windows", "charged": "yes"},
    "contact": {"email": "anna@example.org", "phone": "+34 971 48 17 26"},
    "language": "en",
}
_MESSAGE = {"body": "It is a card of Colonya."}
_CONTACT = {"phone": "+34 600 11 22 33", "availability": "After 16:00"}
_CONFIRMATION = {"confirmation": "7K3M-9QXA"}
_GRANT = {
    "scope": "view",
    "action": "grant",
    "language": "en",
    "notice_sha256": _NOTICE.sha256,
}
_GIVEN_AT = datetime(2026, 11, 23, 20, 40, 7, 112000, UTC)
_GIVEN = Entry(
    id="01M85180ZD1XETBXW4XFFHFEC3",
    recorded_at=_GIVEN_AT,
    expires_at=expires_at(_GIVEN_AT),
    content=Consent(
        scope=Scope.VIEW, action=ConsentAction.GRANT, notice=_NOTICE.identity, given_at=_GIVEN_AT
    ),
)
_OFFER_SDP = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n"
)
_OFFER = {
    "n": 1,
    "sdp": _OFFER_SDP,
    "notice_sha256": _NOTICE.sha256,
    "language": "en",
    "surface": "browser",
}
_SEARCH = {
    "type": "object",
    "properties": {
        "q": {"type": "string", "description": "The words typed so far."},
        "language": {
            "type": "string",
            "enum": [each.value for each in Language],
            "description": "The language of the names.",
        },
    },
    "required": ["q", "language"],
}

_EVERYBODY = (
    Operation(
        id="showOpenApi",
        method="GET",
        path="/v1/openapi.json",
        caller=Caller.EVERYBODY,
        summary="This document",
        parameters=("If-None-Match",),
        successes=(
            Success(
                model={"type": "object"},
                means="The document.",
                headers=("ETag",),
                components={"ETag": "DocumentETag"},
            ),
            Success(
                model=None,
                means="You have it already.",
                status=HTTPStatus.NOT_MODIFIED,
                headers=("ETag",),
                components={"ETag": "DocumentETag"},
            ),
        ),
    ),
    Operation(
        id="showPhoneLine",
        method="GET",
        path="/v1/contact",
        caller=Caller.EVERYBODY,
        summary="Whom to call, and whether the line answers",
        parameters=("from", "at"),
        successes=(Success(model=public.PhoneLine, means="What to dial, and when."),),
        problems=("invalid",),
    ),
    Operation(
        id="showPrivacyNotice",
        method="GET",
        path="/v1/privacy-notice",
        caller=Caller.EVERYBODY,
        summary="The notice on personal data",
        description="Show it beside the button that sends an incident, and name its version.",
        parameters=("language", "version"),
        successes=(Success(model=public.PrivacyNotice, means="The notice."),),
        problems=("invalid",),
    ),
    Operation(
        id="showRemoteSupportNotice",
        method="GET",
        path="/v1/remote-support-notice",
        caller=Caller.EVERYBODY,
        summary="The notice before remote support",
        description="A consent names its SHA-256.",
        parameters=("language", "version"),
        successes=(Success(model=public.Notice, means="The notice."),),
        problems=("invalid",),
    ),
    Operation(
        id="findProcedures",
        method="POST",
        path="/v1/procedures",
        caller=Caller.EVERYBODY,
        summary="Procedures with these words in their names",
        description="A POST, so that no address has what somebody types. Nothing is recorded.",
        body=Body(model=_SEARCH, example={"q": "vehicle", "language": "en"}, media_types=(FORM,)),
        successes=(Success(model=public.Procedures, means="The first of them."),),
    ),
    Operation(
        id="submitIncident",
        method="POST",
        path="/v1/incidents",
        caller=Caller.EVERYBODY,
        summary="Report an incident",
        description="It needs a `category` or a `topic`, an email address or a phone number, and "
        "for a payment problem the error that the citizen saw.",
        parameters=("Idempotency-Key",),
        body=Body(model=SubmissionBody, example=_SUBMISSION),
        successes=(
            Success(
                model=citizens.Receipt,
                means="The incident is recorded. The same again for a retry with the same key.",
                status=_CREATED,
                headers=("Location",),
            ),
        ),
        problems=("key-reused",),
    ),
)

_CITIZENS = (
    Operation(
        id="showIncident",
        method="GET",
        path="/v1/incidents/{reference}",
        caller=Caller.CITIZEN,
        summary="The incident, with a part of its history",
        parameters=("before",),
        successes=(
            Success(
                model=citizens.CitizensIncident,
                means="The incident.",
                example={"status": "queued"},
            ),
        ),
        problems=("invalid",),
    ),
    Operation(
        id="copyIncident",
        method="GET",
        path="/v1/incidents/{reference}/export",
        caller=Caller.CITIZEN,
        summary="A copy of everything (GDPR art. 15)",
        description="The register records that the copy was given.",
        parameters=("before",),
        successes=(Success(model=citizens.Copy, means="The copy."),),
        problems=("invalid",),
    ),
    Operation(
        id="addMessage",
        method="POST",
        path="/v1/incidents/{reference}/messages",
        caller=Caller.CITIZEN,
        summary="Write to the support team",
        description="A message to a resolved incident reopens it.",
        parameters=("Idempotency-Key",),
        body=Body(model=MessageBody, example=_MESSAGE),
        successes=(Success(model=Recorded, means="The message is recorded.", status=_CREATED),),
        problems=("too-many-messages", "reopening-over"),
    ),
    Operation(
        id="correctContact",
        method="PATCH",
        path="/v1/incidents/{reference}/contact",
        caller=Caller.CITIZEN,
        summary="Correct how you are reached",
        description="States the parts that change; null takes one away.",
        body=Body(model=ContactParts, example=_CONTACT, media_types=PATCH_TYPES),
        successes=(
            Success(model=citizens.CorrectedContact, means="The contact data now."),
            Success(
                model=citizens.CorrectedContact,
                means="Another email address waits until the present one confirms it.",
                status=_ACCEPTED,
                example={"correction": "to_be_confirmed"},
            ),
        ),
        problems=("nowhere-to-send", "too-many-messages"),
    ),
    Operation(
        id="confirmContact",
        method="POST",
        path="/v1/incidents/{reference}/contact",
        caller=Caller.CITIZEN,
        summary="Confirm another email address",
        description="With the code from the email to the present address. The access code is "
        "replaced.",
        body=Body(model=ConfirmationBody, example=_CONFIRMATION),
        successes=(Success(model=citizens.CorrectedContact, means="The contact data now."),),
        problems=("nothing-to-confirm", "wrong-confirmation"),
    ),
    Operation(
        id="askForErasure",
        method="DELETE",
        path="/v1/incidents/{reference}",
        caller=Caller.CITIZEN,
        summary="Ask for the erasure of the incident",
        description="A code that confirms it goes to the recorded email address.",
        successes=(
            Success(
                model=citizens.ErasureAsked,
                means="The code is on its way; nothing is erased yet.",
                status=_ACCEPTED,
            ),
        ),
        problems=("complaint-in-progress", "nowhere-to-confirm", "too-many-messages"),
    ),
    Operation(
        id="confirmErasure",
        method="POST",
        path="/v1/incidents/{reference}/erasure",
        caller=Caller.CITIZEN,
        summary="Confirm the erasure",
        body=Body(model=ConfirmationBody, example=_CONFIRMATION),
        successes=(Success(model=citizens.ErasureDone, means="The incident is erased."),),
        problems=("complaint-in-progress", "erasure-not-asked", "wrong-confirmation"),
    ),
    Operation(
        id="recordConsent",
        method="POST",
        path="/v1/incidents/{reference}/consents",
        caller=Caller.CITIZEN,
        summary="Agree to remote support, or take that back",
        description="A grant names the notice that was shown; `control` needs `view`.",
        body=Body(model=ConsentRequest, example=_GRANT),
        successes=(
            Success(
                model=citizens.ConsentReceipt,
                means="The receipt; the same again if the consent is already in force.",
                status=_CREATED,
                example=receipt(Reference("GQNC-YQBY-1H8C"), _GIVEN),
            ),
        ),
        problems=("already-resolved", "control-needs-view", "nothing-to-withdraw"),
    ),
)

_ONE_INCIDENT = ("not-found", "erased", "other-team")
_CLAIMED = (*_ONE_INCIDENT, "not-claimed", "claimed-by-another")
_ACT = (*_CLAIMED, "already-resolved")
_READ = (*_ACT, "changed-meanwhile")


def _act(name: str, path: str, summary: str, **more: Any) -> Operation:
    """What an operator does with an incident of their team."""
    return Operation(
        id=name,
        method="POST",
        path=f"/v1/desk/incidents/{{reference}}/{path}",
        caller=Caller.OPERATOR,
        summary=summary,
        **more,
    )


_RECORDED = (Success(model=operators.RecordedAtDesk, means="It is recorded.", status=_CREATED),)
_QUEUED = (
    Success(
        model=operators.Standing,
        means="The incident is in the team's queue.",
        example={"status": "queued"},
    ),
)

_WATCHED = (Success(model=remote.OperatorsRemoteSession, means="The session now."),)

_OPERATORS = (
    Operation(
        id="listOpenIncidents",
        method="GET",
        path="/v1/desk/incidents",
        caller=Caller.OPERATOR,
        summary="The team's incidents",
        description="All that are open, the oldest first. With any of the other parameters than "
        "`changed_since`: a page of 50 of the list in its own order, as operators work through it: "
        "what is unread, then what is due next. No personal data is in it, so no look is recorded.",
        parameters=(
            *("view", "state", "procedure", "since", "until", "snoozed", "linked"),
            *("changed_since", "page"),
        ),
        successes=(Success(model=operators.ListedIncidents, means="The incidents."),),
        problems=("invalid",),
    ),
    Operation(
        id="listErasedIncidents",
        method="GET",
        path="/v1/desk/erased",
        caller=Caller.OPERATOR,
        summary="Which of these incidents were erased because their citizens asked",
        description="So that a program erases what it still has about them. It is no look.",
        parameters=("references",),
        successes=(Success(model=operators.ErasedIncidents, means="Those that were erased."),),
        problems=("invalid",),
    ),
    Operation(
        id="takePhoneCall",
        method="POST",
        path="/v1/desk/incidents",
        caller=Caller.OPERATOR,
        summary="Write down what a citizen reports by phone",
        parameters=("Idempotency-Key",),
        body=Body(model=SubmissionBody, example=_SUBMISSION),
        successes=(
            Success(
                model=operators.Standing,
                means="The incident is recorded.",
                status=_CREATED,
                headers=("Location",),
                example={"status": "received"},
            ),
        ),
        problems=("erased", "key-reused"),
    ),
    Operation(
        id="showIncidentAtDesk",
        method="GET",
        path="/v1/desk/incidents/{reference}",
        caller=Caller.OPERATOR,
        summary="The incident, with a part of its history",
        description="The look is recorded, and the citizen sees it.",
        parameters=("before", "purpose"),
        successes=(
            Success(
                model=operators.OperatorsIncident,
                means="The incident. No `ETag` comes with an earlier part.",
                headers=("ETag",),
                example={"status": "queued"},
            ),
        ),
        problems=(*_ONE_INCIDENT, "invalid"),
    ),
    _act(
        "claimIncident",
        "claim",
        "Take the incident on",
        description="Shows how the citizen is reached. An incident that is yours is answered "
        "again.",
        parameters=("source",),
        successes=(
            Success(
                model=operators.OperatorsIncident,
                means="It is yours.",
                headers=("ETag",),
                example={
                    "status": "claimed",
                    "claimed_by": "marta",
                    "contact": {"email": "anna@example.org"},
                    "contact_shown": True,
                },
            ),
        ),
        problems=(
            *(*_ONE_INCIDENT, "claimed-by-another", "already-resolved"),
            *("waits-for-citizen", "answered-together", "invalid"),
        ),
    ),
    _act(
        "takeIncidentOver",
        "take-over",
        "Take the incident over from a colleague",
        description="For one whose operator is away. Answered like a claim; the reason is for "
        "operators, and the citizen gets it in a copy of everything. An incident that is yours is "
        "answered again.",
        parameters=("Idempotency-Key",),
        body=Body(model=TakeOverBody, example={"reason": "Joan is ill today."}),
        successes=(
            Success(
                model=operators.OperatorsIncident,
                means="It is yours.",
                headers=("ETag",),
                example={
                    "status": "claimed",
                    "claimed_by": "marta",
                    "contact": {"email": "anna@example.org"},
                    "contact_shown": True,
                },
            ),
        ),
        problems=(*_ONE_INCIDENT, "not-claimed", "already-resolved", "invalid"),
    ),
    _act(
        "replyToCitizen",
        "messages",
        "Write to the citizen",
        description="With `ask`, the incident waits for the answer.",
        parameters=("Idempotency-Key", "If-Match"),
        body=Body(model=ReplyBody, example={"body": "Which bank is it?", "ask": True}),
        successes=_RECORDED,
        problems=_READ,
    ),
    _act(
        "addNote",
        "notes",
        "Write something down for the team",
        description="The citizen gets it in a copy of everything.",
        parameters=("Idempotency-Key",),
        body=Body(model=NoteBody, example={"body": "The bank was down yesterday."}),
        successes=_RECORDED,
        problems=_ONE_INCIDENT,
    ),
    _act(
        "transferIncident",
        "transfer",
        "Pass the incident on to another team",
        parameters=("Idempotency-Key", "If-Match"),
        body=Body(
            model=TransferBody,
            example={"category": "signature", "reason": "The certificate causes the error."},
        ),
        successes=_QUEUED,
        problems=_READ,
    ),
    _act(
        "snoozeIncident",
        "snooze",
        "Put the incident aside until a day",
        description="It stays yours, and leaves your list until that day begins in Madrid, or "
        "until the citizen writes; then you have the full time of a claim again. The day is one "
        "of the next 60, and not after the incident's end. With null it comes back now.",
        parameters=("Idempotency-Key", "If-Match"),
        body=Body(model=SnoozeBody, example={"until": "2026-12-09"}),
        successes=(
            Success(
                model=operators.PutAside,
                means="The incident is put aside, or back.",
                example={"status": "claimed", "snoozed_until": "2026-12-08T23:00:00.000Z"},
            ),
        ),
        problems=_READ,
    ),
    _act(
        "releaseIncident",
        "release",
        "Put the incident back into the team's queue",
        parameters=("Idempotency-Key",),
        successes=_QUEUED,
        problems=(*_ACT, "invalid"),
    ),
    _act(
        "resolveIncident",
        "resolve",
        "Resolve the incident",
        description="With a last message to the citizen, if there is a `body`.",
        parameters=("Idempotency-Key", "If-Match"),
        body=Body(model=ResolutionBody, example={"body": "The payment has arrived."}),
        successes=(
            Success(
                model=operators.Standing,
                means="The incident is resolved.",
                example={"status": "resolved"},
            ),
        ),
        problems=_READ,
    ),
    _act(
        "withdrawConsentForCitizen",
        "consents",
        "Record that the citizen took a consent back",
        description="No operator can grant one.",
        body=Body(model=WithdrawalBody, example={"scope": "view"}),
        successes=_RECORDED,
        problems=(*_ONE_INCIDENT, "nothing-to-withdraw"),
    ),
    _act(
        "replaceAccessCode",
        "access-code",
        "Send the citizen another access code",
        description="It goes to the recorded email address; no operator sees it. Anybody of the "
        "team may have it sent, even if a colleague has claimed the incident or it has ended.",
        parameters=("Idempotency-Key",),
        successes=_RECORDED,
        problems=(*_ONE_INCIDENT, "nowhere-to-send", "invalid"),
    ),
    Operation(
        id="correctContactAtDesk",
        method="PATCH",
        path="/v1/desk/incidents/{reference}/contact",
        caller=Caller.OPERATOR,
        summary="Correct how a citizen is reached whom you have identified",
        description="States the parts that change; null takes one away. Another email address "
        "gets another access code.",
        body=Body(model=ContactParts, example=_CONTACT, media_types=PATCH_TYPES),
        successes=(Success(model=operators.ContactCorrected, means="What became of it."),),
        problems=_ACT,
    ),
    Operation(
        id="openFile",
        method="GET",
        path="/v1/desk/incidents/{reference}/files/{file}",
        caller=Caller.OPERATOR,
        summary="Where a file can be fetched",
        successes=(Success(model=operators.FileLink, means="The link, for a minute."),),
        problems=(*_ACT, "no-such-file"),
    ),
    Operation(
        id="copyIncidentAtDesk",
        method="GET",
        path="/v1/desk/incidents/{reference}/export",
        caller=Caller.OPERATOR,
        summary="A copy of everything for a citizen whom you have identified",
        parameters=("before", "format"),
        successes=(Success(model=operators.CopyAtDesk, means="The copy."),),
        problems=(*_CLAIMED, "invalid"),
    ),
    Operation(
        id="showErasure",
        method="GET",
        path="/v1/desk/incidents/{reference}/erasure",
        caller=Caller.OPERATOR,
        summary="What an erasure would leave",
        successes=(Success(model=operators.ErasureAhead, means="What is kept."),),
        problems=(*_CLAIMED, "complaint-in-progress"),
    ),
    Operation(
        id="eraseIncident",
        method="DELETE",
        path="/v1/desk/incidents/{reference}",
        caller=Caller.OPERATOR,
        summary="Erase the incident of a citizen whom you have identified",
        successes=(Success(model=citizens.ErasureDone, means="The incident is erased."),),
        problems=(*_CLAIMED, "complaint-in-progress"),
    ),
    _act(
        "inviteToRemoteSupport",
        "remote",
        "Invite the citizen to show the screen",
        description="Tell the citizen the code and the address. The code admits one browser, once, "
        "within ten minutes. Another session of the incident is replaced.",
        successes=(
            Success(
                model=remote.RemoteInvitation,
                means="The citizen is invited.",
                status=_CREATED,
                example={
                    "state": "invited",
                    "offered": 0,
                    "answered": 0,
                    "join_code": "7K3M-9QXA",
                    "join_by": "2026-11-23T20:33:25.860Z",
                },
            ),
        ),
        problems=(*_ACT, "no-relay", "too-many-sessions"),
    ),
    Operation(
        id="watchRemoteSession",
        method="GET",
        path="/v1/desk/incidents/{reference}/remote",
        caller=Caller.OPERATOR,
        summary="The remote session to which the operator has invited the citizen",
        description="The operator's page is known to be there as long as it asks.",
        parameters=("have", "again", "picture"),
        successes=_WATCHED,
        problems=("not-found", "no-such-session", "invalid"),
    ),
    Operation(
        id="answerRemoteOffer",
        method="PUT",
        path="/v1/desk/incidents/{reference}/remote/answer",
        caller=Caller.OPERATOR,
        summary="Answer the citizen's offer",
        description="The answer describes one picture to be received, and nothing else. The same "
        "answer again changes nothing; another one to the same offer is refused.",
        body=Body(
            model=AnswerBody,
            example={"n": 1, "sdp": _OFFER_SDP.replace("sendonly", "recvonly")},
        ),
        successes=_WATCHED,
        problems=("not-found", "no-such-session", "not-now"),
    ),
    Operation(
        id="endRemoteSessionAtDesk",
        method="DELETE",
        path="/v1/desk/incidents/{reference}/remote",
        caller=Caller.OPERATOR,
        summary="End the remote session",
        successes=(
            Success(
                model=remote.OperatorsRemoteSession,
                means="The session has ended.",
                example={"state": "ended", "ended": {"by": "operator", "reason": "stopped"}},
            ),
        ),
        problems=("not-found", "no-such-session"),
    ),
    Operation(
        id="showRemotePermissions",
        method="GET",
        path="/v1/desk/incidents/{reference}/permissions",
        caller=Caller.OPERATOR,
        summary="What an external tool may let the operator do now",
        description="Ask before anything is let through. The answer is false without a session, "
        "for an incident of another team, and on every doubt or failure.",
        successes=(Success(model=remote.RemotePermissions, means="What is allowed."),),
    ),
    Operation(
        id="showTeamFigures",
        method="GET",
        path="/v1/desk/stats",
        caller=Caller.OPERATOR,
        summary="The team's figures",
        parameters=("days",),
        successes=(Success(model=operators.TeamFigures, means="The figures."),),
        problems=("invalid",),
    ),
    Operation(
        id="showReport",
        method="GET",
        path="/v1/desk/reports/{month}",
        caller=Caller.OPERATOR,
        summary="A month of the whole service",
        successes=(Success(model=operators.Report, means="The figures."),),
        problems=("invalid", "no-figures"),
    ),
    Operation(
        id="showProof",
        method="GET",
        path="/v1/desk/proofs/{month}",
        caller=Caller.OPERATOR,
        summary="The proof of erasure of a month",
        description="Data protection may ask for it, too.",
        successes=(Success(model=operators.Proof, means="The proof, day by day."),),
        problems=("invalid", "no-such-proof"),
    ),
    Operation(
        id="showLooks",
        method="GET",
        path="/v1/desk/viewed/{reference}",
        caller=Caller.DATA_PROTECTION,
        summary="Who looked at an incident",
        description="That the officer looked is recorded, too.",
        parameters=("before",),
        successes=(Success(model=operators.Looks, means="The looks."),),
        problems=("not-found", "erased", "invalid"),
    ),
)

_JOINED = (Success(model=remote.CitizensRemoteSession, means="The session now."),)
_REMOTE = (
    Operation(
        id="showRemoteSession",
        method="GET",
        path="/v1/remote",
        caller=Caller.REMOTE,
        summary="The remote session that the browser has joined",
        description="A page that shows the screen is known to be there as long as it asks.",
        parameters=("n", "session"),
        successes=_JOINED,
        problems=("invalid",),
    ),
    Operation(
        id="showScreen",
        method="PUT",
        path="/v1/remote/offer",
        caller=Caller.REMOTE,
        summary="Show the screen",
        description="The citizen has agreed to the notice and has chosen what to show. The offer "
        "describes one picture to be sent, and nothing else. An offer that replaces the one before "
        "connects again, without another consent.",
        parameters=("session",),
        body=Body(model=OfferBody, example=_OFFER),
        successes=_JOINED,
        problems=("not-now",),
    ),
    Operation(
        id="changeRemoteControl",
        method="POST",
        path="/v1/remote/control",
        caller=Caller.REMOTE,
        summary="Ask the operator to act on the computer, or take that back",
        parameters=("session",),
        body=Body(
            model=ControlBody,
            example={"action": "grant", "notice_sha256": _NOTICE.sha256, "language": "en"},
        ),
        successes=_JOINED,
        problems=("not-now", "no-support-tool"),
    ),
    Operation(
        id="endRemoteSession",
        method="POST",
        path="/v1/remote/end",
        caller=Caller.REMOTE,
        summary="End the session, or pause it because its page is left",
        description="With `left`, the offer of the page that is left, the session pauses. A page "
        "that is being closed sends the same JSON as plain text.",
        parameters=("session",),
        body=Body(model=EndBody, example={}, media_types=(JSON, MediaType.TEXT)),
        successes=_JOINED,
    ),
    Operation(
        id="showRemoteReceipt",
        method="GET",
        path="/v1/remote/receipt",
        caller=Caller.REMOTE,
        summary="The receipt of the consent that the session rests on",
        parameters=("scope", "session"),
        successes=(
            Success(
                model=citizens.ConsentReceipt,
                means="The receipt, as a file.",
                headers=("Content-Disposition",),
                example=receipt(Reference("GQNC-YQBY-1H8C"), _GIVEN),
            ),
        ),
        problems=("no-receipt", "invalid"),
    ),
)

_DAY = (Success(model=comanda.Estadistiques, means="The figures."),)
_COMANDA = (
    Operation(
        id="showSalut",
        method="GET",
        path="/comanda/salut",
        caller=Caller.COMANDA,
        summary="The state of the service, as it was recorded last",
        description="A stage may give it without a login.",
        successes=(
            Success(
                model=comanda.SalutInfo,
                means="The state; 200 whatever it is.",
                example=comanda_health.state(None, _GIVEN_AT),
            ),
        ),
    ),
    Operation(
        id="showSalutInfo",
        method="GET",
        path="/comanda/salut/info",
        caller=Caller.COMANDA,
        summary="What the service is",
        description="A stage may give it without a login.",
        successes=(
            Success(
                model=comanda.AppInfo,
                means="Its parts, what it is built on, and where it is.",
                example=comanda_health.info("https://suport.example.org"),
            ),
        ),
    ),
    Operation(
        id="showEstadistiquesInfo",
        method="GET",
        path="/comanda/estadistiques/info",
        caller=Caller.COMANDA,
        summary="What the figures are",
        successes=(
            Success(
                model=comanda.EstadistiquesInfo,
                means="Dimensions and indicators.",
                example=comanda_figures.info(),
            ),
        ),
    ),
    Operation(
        id="showEstadistiques",
        method="GET",
        path="/comanda/estadistiques",
        caller=Caller.COMANDA,
        summary="The figures of yesterday",
        successes=_DAY,
        problems=("no-figures",),
    ),
    Operation(
        id="showEstadistiquesOfDay",
        method="GET",
        path="/comanda/estadistiques/of/{day}",
        caller=Caller.COMANDA,
        summary="The figures of a day",
        successes=_DAY,
        problems=("invalid", "no-figures"),
    ),
    Operation(
        id="showEstadistiquesOfDays",
        method="GET",
        path="/comanda/estadistiques/from/{day}/to/{last}",
        caller=Caller.COMANDA,
        summary="The figures of each recorded day from one to another",
        successes=(Success(model=list[comanda.Estadistiques], means="The figures, by day."),),
        problems=("invalid", "no-figures"),
    ),
)

OPERATIONS = (*_EVERYBODY, *_CITIZENS, *_REMOTE, *_OPERATORS, *_COMANDA)
"""All operations, in the order in which the document lists them."""
