"""How a citizen is reached, and the way back to the incident: corrected, confirmed, replaced.

A new access code goes to the recorded address, or is shown in the session that asked for it; the
code before it opens nothing any more. An address that is corrected may have got the code by
mistake: the code is then replaced, too. Anybody who finds the code can ask for another address.
Therefore the present address has to confirm it, unless the citizen has just submitted the incident
or asks at the desk.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from suport.domain.change import Change, Decision, may_be_mailed, remembered, request_digest
from suport.domain.citizen_acts import after_one_more_message
from suport.domain.deadlines import address_confirmable_until
from suport.domain.history import Done, Entry, LookPurpose
from suport.domain.incident import Actor, AddressChange, Incident
from suport.domain.operator_acts import Work, look, must_be_at_hand
from suport.domain.owed_mail import MailKind

_ASKS_THE_ADDRESS = {MailKind.CONFIRMATION, MailKind.ERASURE}


class Correction(StrEnum):
    """What became of a correction of the contact data."""

    UNCHANGED = "unchanged"
    CORRECTED = "corrected"
    TO_BE_CONFIRMED = "to_be_confirmed"  # the e-mail address; all else is corrected


class NowhereToSend(Exception):
    """The incident has no e-mail address that mail reaches."""


class NothingToConfirm(Exception):
    """No other address was asked for, or it was too long ago."""


def replace_code(
    incident: Incident, now: datetime, request: str, *, counts: bool = True
) -> Decision[Entry]:
    """Replaces the access code because its citizen asked; the mail with it is owed.

    request: the key of this very request. counts: whether it is one of the day's messages.

    Raises
    ------
    TooManyMessages
    """
    change = Change(incident, now)
    if counts:
        change.set(written_on=after_one_more_message(incident.written_on, now))
    replaced = _replace_code(change, Actor.CITIZEN)
    digest = replacement_digest(request)
    change.set(keyed_messages=remembered(incident.keyed_messages, digest, replaced))
    return Decision(change, replaced)


def was_replaced(incident: Incident, request: str) -> bool:
    """Whether this very request has replaced the access code already."""
    return replacement_digest(request) in incident.keyed_messages


def replacement_digest(request: str) -> str:
    """What the incident remembers of a request to replace the code."""
    return request_digest(request, "replace code")


def replace_code_at_desk(incident: Incident, now: datetime, work: Work) -> Decision[Entry]:
    """Replaces the access code for a citizen who asks an operator; it goes out by mail.

    Raises
    ------
    NowhereToSend
    """
    if not may_be_mailed(incident):
        raise NowhereToSend
    change = Change(incident, now)
    replaced = _replace_code(change, Actor.OPERATOR, work.operator)
    if work.digest:
        change.set(keyed_work=remembered(incident.keyed_work, work.digest, replaced))
    return Decision(change, replaced)


def correct(
    incident: Incident, now: datetime, contact: Mapping[str, str], *, at_once: bool
) -> Decision[Correction]:
    """Corrects how the citizen is reached, as the citizen asks.

    contact: all of the data, as they are to be. at_once: whether the session that submitted the
    incident asks, which needs no confirmation of another e-mail address. A correction counts as one
    of the day's messages.

    Raises
    ------
    NowhereToSend
        If another address must be confirmed from the present one, but mail does not reach that.
    TooManyMessages
    """
    change = Change(incident, now)
    if dict(contact) == incident.contact:
        return Decision(change, Correction.UNCHANGED)
    present, asked = incident.contact.get("email"), contact.get("email")
    if at_once or present is None or asked == present:
        change.set(written_on=after_one_more_message(incident.written_on, now))
        _correct(change, contact, Actor.CITIZEN)
        return Decision(change, Correction.CORRECTED)
    if not may_be_mailed(incident):
        raise NowhereToSend
    kept = {name: value for name, value in contact.items() if name != "email"}
    is_as_before = kept == {
        name: each for name, each in incident.contact.items() if name != "email"
    }
    waits = pending(incident, now)
    if is_as_before and waits and waits.email == asked:  # the same once more
        return Decision(change, Correction.TO_BE_CONFIRMED)
    change.set(written_on=after_one_more_message(incident.written_on, now))
    if not is_as_before:
        _correct(change, {**kept, "email": present}, Actor.CITIZEN)
    requested = change.act(Done.ADDRESS_ASKED, Actor.CITIZEN)
    change.set(address_change=AddressChange(email=asked, entry=requested.id, asked_at=now))
    _owe_instead(change, MailKind.CONFIRMATION, requested)
    return Decision(change, Correction.TO_BE_CONFIRMED)


def correct_at_desk(
    incident: Incident, now: datetime, work: Work, contact: Mapping[str, str]
) -> Decision[Correction]:
    """Corrects how the citizen is reached, for a citizen whom an operator has identified.

    It is a look at the contact data, even if it corrects nothing: the operator then learns that
    what they typed is what is recorded.

    Raises
    ------
    NotClaimed, ClaimedByAnother
    """
    must_be_at_hand(incident, work.operator)
    change = Change(incident, now)
    look(change, work, LookPurpose.CORRECTION, contact=True)
    if dict(contact) == incident.contact:
        return Decision(change, Correction.UNCHANGED)
    _correct(change, contact, Actor.OPERATOR, work.operator)
    return Decision(change, Correction.CORRECTED)


def confirm(incident: Incident, now: datetime, entry: str) -> Decision[None]:
    """Lets the address that was asked for take effect: the present one has confirmed it.

    entry: the request that was confirmed; a later one needs a confirmation of its own.

    Raises
    ------
    NothingToConfirm
    """
    asked = pending(incident, now)
    if asked is None or asked.entry != entry:
        raise NothingToConfirm
    contact = {name: each for name, each in incident.contact.items() if name != "email"}
    if asked.email is not None:
        contact["email"] = asked.email
    if not contact.keys() & {"email", "phone"}:  # the phone was taken away since
        raise NothingToConfirm
    change = Change(incident, now)
    _correct(change, contact, Actor.CITIZEN)
    return Decision(change, None)


def pending(incident: Incident, now: datetime) -> AddressChange | None:
    """The other address that can still be confirmed, if one was asked for."""
    until = address_confirmable_until(incident)
    return incident.address_change if until and now < until else None


def confirmable_until(incident: Incident, now: datetime) -> datetime | None:
    """Until when the other address can still be confirmed; None if there is none."""
    return address_confirmable_until(incident) if pending(incident, now) else None


def drop_address(change: Change) -> bool:
    """Takes an address away that was not confirmed in time; returns whether there was one."""
    asked = change.seen.address_change
    if asked is None or pending(change.seen, change.now):
        return False
    change.act(Done.ADDRESS_DROPPED, Actor.SERVICE)
    change.set(address_change=None)
    return True


def _correct(
    change: Change, contact: Mapping[str, str], by: Actor, operator: str | None = None
) -> None:
    """Records the corrected data; another e-mail address gets another access code."""
    before, after = change.seen.contact, dict(contact)
    names = tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
    corrected = change.act(Done.CONTACT_CORRECTED, by, operator=operator, fields=names)
    change.set(contact=after)
    if "email" not in names:
        return
    former = before["email"] if may_be_mailed(change.seen) else None
    # what is owed goes to the new address, if there is one; the former one confirms nothing more
    still_owed = {
        entry: mail
        for entry, mail in change.mails.items()
        if mail.to or ("email" in after and mail.kind not in _ASKS_THE_ADDRESS)
    }
    change.set(mails=still_owed, mail_trouble=None, address_change=None, erasure_asked=None)
    # nobody learns from a mail of those to another address
    change.set(address_number=change.seen.address_number + 1, mail_thread={})
    if former:
        change.owe_mail(MailKind.ADDRESS_CHANGED, corrected.id, to=former)
    if "email" in before:
        _replace_code(change, by, operator)
    else:
        _owe_instead(change, MailKind.ACCESS_CODE, corrected)


def _replace_code(change: Change, by: Actor, operator: str | None = None) -> Entry:
    replaced = change.act(Done.CODE_REPLACED, by, operator=operator)
    change.set(code_number=change.seen.code_number + 1)
    _owe_instead(change, MailKind.ACCESS_CODE, replaced)
    return replaced


def _owe_instead(change: Change, kind: MailKind, entry: Entry) -> None:
    """Owes the mail about this entry instead of any earlier one of that kind."""
    others = {name: mail for name, mail in change.mails.items() if mail.kind is not kind}
    if others != change.mails:
        change.set(mails=others)
    change.owe_mail(kind, entry.id)
