"""The register as the mailer keeps it: attempts, what became of them, and how many receipts."""

from dataclasses import replace
from datetime import datetime

from suport.domain import owed_mail
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident, MailTrouble
from suport.domain.legal_time import utc_text
from suport.domain.owed_mail import SetAside
from suport.domain.reference import Reference
from suport.mail.acknowledgement_limit import ACKNOWLEDGEMENTS_COUNTED_FOR, MOST_ACKNOWLEDGEMENTS
from suport.register.items import Item, entry_id, epoch, marshalled
from suport.register.store import ATTEMPTS, Contended, Draft, NoSuchIncident, Store, pause


class MailRegister(Store):
    """What becomes of the mails that an incident owes; each is named by the entry it is about.

    Every method raises `NoSuchIncident` and `Contended`. Where the mail is not owed any more,
    nothing is done.
    """

    def attempt_mail(self, reference: Reference, entry: str, now: datetime) -> str | None:
        """Claims an attempt to send the mail, and names it; None if the mail is not owed.

        Raises
        ------
        BeingSent, Exhausted
        """
        attempt = entry_id(now)

        def claim(current: Incident, draft: Draft) -> None:
            if mail := current.mails.get(entry):
                draft.change_mail(entry, owed_mail.attempted(mail, attempt, now))

        draft = self._change(reference, now, claim)
        return attempt if entry in draft.seen.mails else None

    def refuse_mail(self, reference: Reference, entry: str, attempt: str, now: datetime) -> None:
        """Records that the provider did not take this attempt, which then costs none."""

        def refuse(current: Incident, draft: Draft) -> None:
            if mail := current.mails.get(entry):
                draft.change_mail(entry, owed_mail.refused(mail, attempt, now))

        self._change(reference, now, refuse)

    def postpone_mail(
        self, reference: Reference, entry: str, until: datetime, now: datetime
    ) -> None:
        """Has the watcher ask for the mail again at that moment."""

        def postpone(current: Incident, draft: Draft) -> None:
            if mail := current.mails.get(entry):
                draft.change_mail(entry, replace(mail, ask_again_at=until))

        self._change(reference, now, postpone)

    def set_mail_aside(
        self, reference: Reference, entry: str, reason: SetAside, now: datetime
    ) -> None:
        """Gives up sending the mail, for everybody to see."""

        def give_up(current: Incident, draft: Draft) -> None:
            if entry in current.mails:
                draft.set_mail_aside(entry, reason)

        self._change(reference, now, give_up)

    def record_mail(
        self, reference: Reference, entry: str, kind: str, message_id: str, now: datetime
    ) -> Entry:
        """Records that a mail of that kind was sent, by its id at the provider; it is then settled.

        It is recorded even where the mail was settled meanwhile: the citizen got this one, too.
        """

        def record(current: Incident, draft: Draft) -> None:
            draft.add(Kind.MAIL, **{"for": entry, "kind": kind, "message_id": message_id})
            if entry in current.mails:
                draft.settle_mail(entry)

        return self._change(reference, now, record).entries[-1]

    def mark_undeliverable(
        self, reference: Reference, kind: MailTrouble | str, now: datetime
    ) -> None:
        """Records that mail does not reach the citizen, once for each reason; no more is owed."""
        trouble = MailTrouble(kind)

        def mark(current: Incident, draft: Draft) -> None:
            if current.mail_trouble is not trouble:
                draft.act_as_service("undeliverable", reason=trouble)
                draft.set(mail_trouble=trouble)
                draft.wait_no_longer()
            if current.mails:
                draft.set(mails={})

        self._change(reference, now, mark)

    def may_acknowledge(self, counted: str, address_digest: str, now: datetime) -> bool:
        """Whether a mail that anybody can cause may go to an address, where it then counts.

        At most so many in the time that `mail` states; one that was counted and is asked for
        again is counted from now on. counted: names the mail. The address is known by its digest.

        Raises
        ------
        Contended
        """
        key = {"reference": address_digest, "entry": Kind.ACKNOWLEDGEMENTS}
        since = utc_text(now - ACKNOWLEDGEMENTS_COUNTED_FOR)
        for attempt in range(ATTEMPTS):
            pause(attempt)
            try:
                seen = self._item(Reference(address_digest), Kind.ACKNOWLEDGEMENTS, now)
            except NoSuchIncident:
                seen = {"sent": {}, "version": 0}
            others = {
                other: moment
                for other, moment in seen["sent"].items()
                if moment > since and other != counted
            }
            if len(others) >= MOST_ACKNOWLEDGEMENTS:
                return False
            item = key | {
                "kind": Kind.ACKNOWLEDGEMENTS,
                "recorded_at": utc_text(now),
                "expires_at": epoch(now + ACKNOWLEDGEMENTS_COUNTED_FOR) + 1,
                "sent": others | {counted: utc_text(now)},
                "version": seen["version"] + 1,
            }
            if self._put_over(item, seen["version"], now):
                return True
        raise Contended

    def _put_over(self, item: Item, version: int, now: datetime) -> bool:
        """Whether the item was written in the place of that version of it, or of none."""
        if version:
            condition, values = "version = :version", {":version": version}
        else:
            condition = "attribute_not_exists(expires_at) OR expires_at <= :now"
            values = {":now": epoch(now)}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=marshalled(item),
                ConditionExpression=condition,
                ExpressionAttributeValues=marshalled(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
