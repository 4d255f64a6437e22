"""What becomes of the mails that an incident owes; each is named by the entry that it is about.

An act on a mail that is no longer owed does nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from suport.domain import owed_mail
from suport.domain.change import Change, Decision
from suport.domain.history import Done, Entry, SentMail
from suport.domain.incident import Actor, Incident, MailTrouble
from suport.domain.owed_mail import MailKind, SetAside, oldest_first

LONGEST_THREAD = 6  # mails that the next one to the same address refers to


def attempt(incident: Incident, now: datetime, entry: str, attempt_id: str) -> Decision[bool]:
    """Claims an attempt to send the mail; returns whether the mail is owed.

    Raises
    ------
    BeingSent, Exhausted
    """
    change = Change(incident, now)
    mail = incident.mails.get(entry)
    if mail:
        change.change_mail(entry, owed_mail.attempted(mail, attempt_id, now))
    return Decision(change, mail is not None)


def refuse(incident: Incident, now: datetime, entry: str, attempt_id: str) -> Decision[None]:
    """Records that the provider did not take this attempt, which then does not count."""
    change = Change(incident, now)
    if mail := incident.mails.get(entry):
        change.change_mail(entry, owed_mail.refused(mail, attempt_id, now))
    return Decision(change, None)


def postpone(incident: Incident, now: datetime, entry: str, until: datetime) -> Decision[None]:
    """Has the watcher ask for the mail again at that moment."""
    change = Change(incident, now)
    if mail := incident.mails.get(entry):
        change.change_mail(entry, replace(mail, ask_again_at=until))
    return Decision(change, None)


def set_aside(incident: Incident, now: datetime, entry: str, reason: SetAside) -> Decision[None]:
    """Gives up sending the mail, for everybody to see."""
    change = Change(incident, now)
    if entry in incident.mails:
        give_up(change, entry, reason)
    return Decision(change, None)


def give_up(change: Change, entry: str, reason: SetAside) -> None:
    """Gives up sending that mail; if it asks something, its team does not wait for the answer."""
    kind = change.mails[entry].kind
    change.act(Done.MAIL_SET_ASIDE, Actor.SERVICE, for_=entry, mail=kind, reason=reason)
    change.settle_mail(entry)
    change.set(changed_at=change.now)
    if kind is MailKind.QUESTION:
        change.wait_no_longer()


def record(
    incident: Incident,
    now: datetime,
    entry: str,
    kind: MailKind,
    message_id: str,
    *,
    address: int | None = None,
) -> Decision[Entry]:
    """Records that a mail of that kind was sent, by its id at the provider, and settles it.

    A mail that was settled in the meantime is recorded, too: the citizen got this one as well.
    address: the number of the address that it went to, see `Incident.address_number`; the next
    mails to that address follow it.
    """
    change = Change(incident, now)
    sent = change.add(SentMail(for_=entry, mail=kind, message_id=message_id))
    if address == incident.address_number:
        change.set(mail_thread=_followed(incident.mail_thread | {message_id: sent.id}))
    if entry in incident.mails:
        change.settle_mail(entry)
    return Decision(change, sent)


def thread(incident: Incident, entry: str) -> tuple[str, ...]:
    """The mails that the mail about that entry follows: their ids at the provider, the latest last.

    All of them went to its own address: nobody learns from it of mails to another one.
    """
    mail = incident.mails[entry]
    return mail.thread if mail.to else oldest_first(incident.mail_thread)


def _followed(mail_thread: Mapping[str, str]) -> dict[str, str]:
    """The first and the latest of these mails, so that the item stays small."""
    first, *others = oldest_first(mail_thread)
    return {each: mail_thread[each] for each in (first, *others[1 - LONGEST_THREAD :])}


def mark_undeliverable(
    incident: Incident, now: datetime, trouble: MailTrouble, address: int | None = None
) -> Decision[None]:
    """Records that mail does not reach the citizen, once for each reason; owes no mail any more.

    address: the number of the address that the mail went to, see `Incident.address_number`; nothing
    is recorded about one that the incident no longer has.
    """
    change = Change(incident, now)
    if address not in {None, incident.address_number}:
        return Decision(change, None)
    if incident.mail_trouble is not trouble:
        change.act(Done.UNDELIVERABLE, Actor.SERVICE, reason=trouble)
        change.set(mail_trouble=trouble)
        change.wait_no_longer()
    if incident.mails:
        change.set(mails={})
    return Decision(change, None)
