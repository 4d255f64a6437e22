"""The problem that answers each refusal of the domain and of the register: one table.

A function lets such an exception pass, and `Api` looks it up here.
"""

from suport.domain.citizen_acts import NotResolved, ReopeningOver, TooManyMessages
from suport.domain.consent import ControlNeedsView, NothingToWithdraw
from suport.domain.contact_acts import NothingToConfirm, NowhereToSend
from suport.domain.erasure import ComplaintInProgress, ErasureNotAsked, NowhereToConfirm
from suport.domain.file_acts import NoSuchFile
from suport.domain.group_acts import LinkedElsewhere
from suport.domain.operator_acts import (
    AlreadyResolved,
    AnsweredTogether,
    ChangedMeanwhile,
    ClaimedByAnother,
    NoSuchSnooze,
    NotClaimed,
    OtherTeam,
    WaitsForCitizen,
)
from suport.domain.operator_identity import NotDataProtection, NoTeam
from suport.domain.reference import MisreadReference
from suport.domain.remote_session import NoSuchSession, NotNow
from suport.http.problem import Problem, Refusals
from suport.http.problems import (
    about_incidents,
    about_remote_support,
    about_requests,
    at_desk,
)
from suport.register.errors import Erased, KeyReused, NoSuchIncident, NotBackYet
from suport.runtime import clock


def _changed_meanwhile(refusal: ChangedMeanwhile) -> Problem:
    from suport.views.operator_view import shown  # noqa: PLC0415  no citizen needs it

    written = [shown(entry) for entry in refusal.written]
    return at_desk.changed_meanwhile(refusal.citizen_wrote, written)


TO_CITIZENS: Refusals = {
    AlreadyResolved: lambda _: about_incidents.solved_already(),
    ComplaintInProgress: lambda _: about_incidents.complaint_in_progress(),
    ControlNeedsView: lambda _: about_incidents.control_needs_view(),
    ErasureNotAsked: lambda _: about_incidents.erasure_not_asked(),
    KeyReused: lambda _: about_requests.key_reused(),
    NoSuchFile: lambda _: about_incidents.no_such_file(),
    NoSuchIncident: lambda _: about_incidents.no_access(),
    NoSuchSession: lambda _: about_remote_support.no_such_session(),
    NotBackYet: lambda _: about_requests.not_back_yet(),
    NothingToWithdraw: lambda _: about_incidents.nothing_to_withdraw(),
    NothingToConfirm: lambda _: about_incidents.nothing_to_confirm(),
    NotNow: lambda _: about_remote_support.not_now(),
    NotResolved: lambda _: about_incidents.not_resolved(),
    NowhereToConfirm: lambda _: about_incidents.nowhere_to_confirm(),
    NowhereToSend: lambda _: about_incidents.nowhere_to_send(),
    ReopeningOver: lambda _: about_incidents.reopening_over(),
    TooManyMessages: lambda refusal: about_incidents.too_many_messages(refusal.until, clock.now()),
}
TO_OPERATORS: Refusals = {
    AlreadyResolved: lambda _: at_desk.already_resolved(),
    AnsweredTogether: lambda _: at_desk.answered_together(),
    ChangedMeanwhile: _changed_meanwhile,
    ClaimedByAnother: lambda refusal: at_desk.claimed_by_another(refusal.operator),
    ComplaintInProgress: lambda _: at_desk.complaint_in_progress(),
    Erased: lambda refusal: at_desk.erased(refusal.reference, refusal.at),
    KeyReused: lambda refusal: about_requests.key_reused(refusal.reference),
    LinkedElsewhere: lambda _: at_desk.linked_elsewhere(),
    MisreadReference: lambda _: at_desk.no_such_incident(),
    NoSuchFile: lambda _: at_desk.no_such_file(),
    NoSuchIncident: lambda _: at_desk.no_such_incident(),
    NoSuchSession: lambda _: about_remote_support.no_such_session(),
    NoSuchSnooze: lambda refusal: at_desk.no_such_snooze(refusal.first, refusal.last),
    NotBackYet: lambda _: about_requests.not_back_yet(),
    NoTeam: lambda _: at_desk.no_team(),
    NotClaimed: lambda _: at_desk.not_claimed(),
    NotDataProtection: lambda _: at_desk.not_data_protection(),
    NotNow: lambda _: about_remote_support.not_now(),
    NothingToWithdraw: lambda _: at_desk.never_agreed(),
    NowhereToSend: lambda _: at_desk.nowhere_to_send(),
    OtherTeam: lambda _: at_desk.other_team(),
    WaitsForCitizen: lambda _: at_desk.waits_for_citizen(),
}
TO_DATA_PROTECTION: Refusals = {
    **TO_OPERATORS,
    Erased: lambda refusal: at_desk.erased(refusal.reference, refusal.at, refusal.by),
}
