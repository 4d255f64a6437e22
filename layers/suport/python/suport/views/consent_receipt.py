"""The citizen's proof of a consent, with the fields of ISO/IEC TS 27560:2023."""

from typing import Any

from suport.domain.consent import ConsentAction, Scope
from suport.domain.history import Consent, Entry
from suport.domain.incident import Actor
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.domain.retention import last_day
from suport.texts.message import N_
from suport.texts.published_notices import CONTROLLERS

PURPOSES = {
    Scope.VIEW: N_(
        "To let a support operator view your screen and give you instructions, so that the "
        "incident can be solved."
    ),
    Scope.CONTROL: N_(
        "To let a support operator act on your computer, because you explicitly ask for it, so "
        "that the incident can be solved."
    ),
}
LAWFUL_BASIS = N_("Your consent (Regulation (EU) 2016/679, article\u00a06.1.a)")
DATA_CATEGORIES = (
    N_("What your screen shows during the session"),
    N_("What you say or write to the operator during the session"),
)
WITHDRAWAL_METHOD = N_(
    "At any time: in the way in which you agreed, by ending the session in which you show your "
    "screen, or by telling the operator. When the session ends, the operator sees nothing more."
)
VALIDITY = N_(
    "Until you withdraw it, or the session or the incident ends, but for six months at most"
)
NOT_VALID = N_("No longer valid")


def receipt(reference: Reference, entry: Entry) -> dict[str, Any]:
    """What the citizen keeps as proof of one consent, ready for JSON.

    The receipt of a withdrawal is that of the consent that it ends, with both events.
    """
    consent = entry.content
    assert isinstance(consent, Consent)
    language = consent.notice.language
    given = {
        "time": utc_text(consent.given_at),
        "type": "explicit",
        "state": "given",
        "validity": VALIDITY.in_(language),
    }
    events = [given]
    if consent.action is ConsentAction.WITHDRAW:
        # The service ends a consent with the incident, implicitly; a citizen withdraws explicitly.
        kind = "implicit" if consent.by is Actor.SERVICE else "explicit"
        withdrawn = {"time": utc_text(entry.recorded_at), "type": kind, "state": "withdrawn"}
        events.append(withdrawn | {"validity": NOT_VALID.in_(language)})
    return {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": consent.record or entry.id,  # a grant is itself the record
        "pii_principal_id": reference,
        "notice": consent.notice.as_facts(),
        "purpose": PURPOSES[consent.scope].in_(language),
        "lawful_basis": LAWFUL_BASIS.in_(language),
        "controller": CONTROLLERS[language],
        "data_categories": [category.in_(language) for category in DATA_CATEGORIES],
        "scope": consent.scope,
        "withdrawal_method": WITHDRAWAL_METHOD.in_(language),
        "kept_until": last_day(entry.recorded_at).isoformat(),
        "events": events,
    }
