"""The mails that an incident owes its citizen, from the act that owes one until it is settled.

An act that the citizen should hear of by mail owes that mail in the same transaction. The mail
stays owed until it is recorded as sent, or set aside where everybody concerned sees it. The
mailer claims each attempt before it asks the provider. When an attempt ends without a clear answer,
nobody knows whether the citizen got the mail; therefore there are never more than two of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

OF_THE_INCIDENT = "incident"
"""what an acknowledgement is about: not an entry, but the incident itself"""
MOST_ATTEMPTS = 2
"""of unknown outcome: a citizen gets a mail twice at most"""
ATTEMPT_LASTS = timedelta(seconds=300)
"""six times what the mailer may take (`template.yaml`, NotifyCitizen)"""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=4)
"""between two requests for the same mail; doubled each time"""
TRIED_AGAIN_WITHIN = timedelta(minutes=75)
"""by the mail queue itself, whose longest pause is an hour"""
MOST_REQUESTS = 12
"""in about a day and a half, after which the mail is set aside"""


class MailKind(StrEnum):
    """Why a citizen gets a mail."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    QUESTION = "question"
    SOLUTION = "solution"
    CLOSING = "closing"
    ENDING = "ending"
    ACCESS_CODE = "access_code"  # another one, or to an address that has none yet
    ADDRESS_CHANGED = "address_changed"  # to the address before
    CONFIRMATION = "confirmation"  # asks the present address whether another one is right
    ERASURE = "erasure"  # asks the address whether the incident is to be erased


class SetAside(StrEnum):
    """Why a mail that is owed will not be sent."""

    UNKNOWN_OUTCOME = "unknown_outcome"  # two attempts ended without an answer
    NOT_SENT = "not_sent"  # the provider or the service itself refused it again and again
    TOO_MANY = "too_many"  # acknowledgements to one address within the hour
    EXPIRED = "expired"  # the entry that it is about is past its six months


class BeingSent(Exception):
    """Until the moment `until`, another attempt may still be under way."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Exhausted(Exception):
    """Both attempts ended without a clear answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedMail:
    """One mail that is owed; moments are aware UTC.

    request: names the latest request for the mail, a ULID. requests: how many there were.
    ask_again_at: when the watcher asks for the mail again. attempts: how many were claimed and not
    refused, the running one included. attempt, attempt_ends_at: the name of the latest attempt, and
    when it is over. words: the entry with what the operator wrote, if the mail quotes it. to: the
    address, if it is not the incident's. thread: the ids, at the provider, of mails that this
    address got before.
    """

    kind: MailKind
    request: str
    ask_again_at: datetime
    requests: int = 1
    attempts: int = 0
    attempt: str | None = None
    attempt_ends_at: datetime | None = None
    words: str | None = None
    to: str | None = None
    thread: tuple[str, ...] = ()


def owed(kind: MailKind, request: str, now: datetime, **about: Any) -> OwedMail:
    """A mail that is owed from now on. about: any of `words`, `to` and `thread`."""
    return OwedMail(kind=kind, request=request, ask_again_at=now + FIRST_PAUSE, **about)


def oldest_first(mail_thread: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of these mails, see `Incident.mail_thread`; their entries' names give the order."""
    return tuple(sorted(mail_thread, key=mail_thread.__getitem__))


def requested_again(mail: OwedMail, request: str, now: datetime) -> OwedMail:
    """The mail after one more request for it; the pause before the next request is longer."""
    pause = min(FIRST_PAUSE * 2**mail.requests, LONGEST_PAUSE)
    return replace(mail, request=request, requests=mail.requests + 1, ask_again_at=now + pause)


def attempted(mail: OwedMail, attempt: str, now: datetime) -> OwedMail:
    """The mail with this attempt claimed; unchanged if this very attempt was claimed before.

    Raises
    ------
    BeingSent
        While another attempt may still be under way.
    Exhausted
        If there were two attempts already.
    """
    if mail.attempt == attempt:
        return mail
    if mail.attempt_ends_at is not None and now < mail.attempt_ends_at:
        raise BeingSent(mail.attempt_ends_at)
    if mail.attempts >= MOST_ATTEMPTS:
        raise Exhausted
    ends_at = now + ATTEMPT_LASTS
    return replace(
        mail,
        attempts=mail.attempts + 1,
        attempt=attempt,
        attempt_ends_at=ends_at,
        ask_again_at=ends_at,
    )


def refused(mail: OwedMail, attempt: str, now: datetime) -> OwedMail:
    """The mail after the provider refused this attempt, which then does not count."""
    if mail.attempt != attempt:
        return mail
    return replace(
        mail,
        attempts=mail.attempts - 1,
        attempt=None,
        attempt_ends_at=None,
        ask_again_at=now + TRIED_AGAIN_WITHIN,
    )


def hopeless(mail: OwedMail, now: datetime) -> SetAside | None:
    """Why the watcher sets the mail aside; None if it asks for the mail again."""
    if mail.attempt_ends_at is not None and now < mail.attempt_ends_at:
        return None
    if mail.attempts >= MOST_ATTEMPTS:
        return SetAside.UNKNOWN_OUTCOME
    return SetAside.NOT_SENT if mail.requests >= MOST_REQUESTS else None
