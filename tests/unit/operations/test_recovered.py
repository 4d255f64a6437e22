"""What comes back of an incident in a recovery copy, and what does not."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.recovered import Recovered, recovered
from suport.domain import contact_acts, retention
from suport.domain.attachment import AddedFile, FileId, State
from suport.domain.change import Change
from suport.domain.consent import NoticeIdentity, Scope, StandingConsent
from suport.domain.erasure import Erasure
from suport.domain.history import Done, Message, next_entry_id
from suport.domain.incident import Actor, Incident, MailTrouble, Reason, Status
from suport.domain.language import Language
from suport.domain.mail_acts import mark_undeliverable
from suport.domain.owed_mail import MailKind, OwedMail
from suport.domain.tombstone import Tombstone, What, digest_of, expires_at, left_by
from suport.register.items import entry_item, incident_item, incident_of, remains_of
from suport.register.marshalling import Item
from tests.support.incidents import NOW, an_incident

SECRET = b"a secret that only tests know"
LATER = NOW + timedelta(hours=2)
NOTICE = NoticeIdentity("2026-11-23", Language.CATALAN, "5faa")
CONSENT = {
    Scope.VIEW: StandingConsent(
        notice=NOTICE,
        given_at=NOW,
        record="01KAXC4WW1AAAAAAAAAAAAAAAA",
        expires_at=retention.expires_at(NOW),
    )
}


def items_of(incident: Incident, *bodies: str, at: datetime = NOW) -> list[Item]:
    """What a copy holds of an incident with these messages of its citizen."""
    change = Change(incident, at)
    for body in bodies:
        change.add(Message(by=Actor.CITIZEN, body=body))
    own = incident_item(change.result) | {"key": "k", "content": "fingerprint"}
    return [own, *(entry_item(incident.reference, entry) for entry in change.entries)]


def put_back(
    incident: Incident, *tombstones: Tombstone, now: datetime = LATER
) -> tuple[Incident, Recovered]:
    """The incident as the register reads it again, and all that comes back of it."""
    back = recovered(items_of(incident), tombstones, now)
    assert back.incident
    return incident_of(back.incident, now), back


def done(back: Recovered) -> list[str]:
    return [item["content"]["action"] for item in back.added]


def erased(incident: Incident, at: datetime) -> Tombstone:
    return Tombstone(
        digest=digest_of(SECRET, incident.reference),
        act=next_entry_id(at, incident.last_entry),
        what=What.ERASED,
        by=Actor.CITIZEN,
        at=at,
        expires_at=expires_at(at),
    )


# ------------------------------------------------------------- open incidents are made whole


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": Status.QUEUED}, Reason.REQUEUED),
        ({"status": Status.QUEUED, "route_reason": Reason.REOPENED}, Reason.REOPENED),
        ({"status": Status.RECEIVED, "route_reason": Reason.SUBMITTED}, Reason.SUBMITTED),
        ({"status": Status.RECEIVED}, Reason.REQUEUED),
    ],
)
def test_an_incident_without_an_operator_is_queued_again(
    fields: dict[str, Any], reason: Reason
) -> None:
    """Nobody knows whether its message is still in the queue."""
    due = NOW + timedelta(days=13)
    incident, _ = put_back(an_incident(route_request="before", due_at=due, **fields))
    assert (incident.route_reason, incident.claimed_by) == (reason, None)
    assert incident.route_request not in {None, "before"}
    assert incident.due_at == LATER + timedelta(minutes=2)  # if the stream fails


@pytest.mark.parametrize(
    ("status", "time"),
    [(Status.CLAIMED, timedelta(hours=24)), (Status.WAITING, timedelta(days=14))],
)
@pytest.mark.parametrize("overdue_by", [timedelta(days=-3), timedelta(0), timedelta(days=2)])
def test_whoever_has_an_incident_or_is_waited_for_has_the_full_time_again(
    status: Status, time: timedelta, overdue_by: timedelta
) -> None:
    """The failure of the service counts against nobody."""
    incident, _ = put_back(an_incident(status=status, claimed_by="aina", due_at=LATER - overdue_by))
    assert (incident.status, incident.claimed_by) == (status, "aina")
    assert incident.due_at == LATER + time
    assert incident.route_reason is None


def test_a_resolved_incident_comes_back_as_it_was() -> None:
    resolved = an_incident(
        status=Status.RESOLVED, resolved_at=NOW, resolved_by=Actor.CITIZEN, rating=4, rated_at=NOW
    )
    incident, back = put_back(resolved)
    assert incident.status is Status.RESOLVED
    assert (incident.due_at, incident.route_reason) == (None, None)
    assert (incident.resolved_by, incident.rating) == (Actor.CITIZEN, 4)
    assert not back.is_open


def test_the_history_says_that_an_incident_was_restored_and_that_keeps_it_no_longer() -> None:
    incident, back = put_back(an_incident())
    assert done(back) == [Done.RESTORED]
    assert back.added[0]["content"]["by"] == Actor.SERVICE
    assert incident.last_entry == back.added[0]["entry"]
    assert incident.expires_at == an_incident().expires_at


def test_no_consent_of_the_copy_is_in_force() -> None:
    """It may have been withdrawn since; control goes with view."""
    both = CONSENT | {Scope.CONTROL: CONSENT[Scope.VIEW]}
    incident, back = put_back(an_incident(consents=both))
    assert incident.consents == {}
    ended = [each["content"] for each in back.added if each["kind"] == "consent"]
    assert {(each["scope"], each["action"], each["by"]) for each in ended} == {
        ("view", "withdraw", "service"),
        ("control", "withdraw", "service"),
    }


def test_a_mail_that_was_owed_is_still_owed() -> None:
    mail = OwedMail(kind=MailKind.REPLY, request="01KAXC4WW2AAAAAAAAAAAAAAAA", ask_again_at=NOW)
    incident, _ = put_back(an_incident(mails={"01KAXC4WW1AAAAAAAAAAAAAAAA": mail}))
    assert list(incident.mails.values()) == [mail]


def test_a_later_change_finds_the_revision_that_was_put_back() -> None:
    before = an_incident(revision=7)
    incident, _ = put_back(before)
    assert incident.revision > before.revision


@given(
    status=st.sampled_from(Status),
    days=st.integers(0, 250),
    consents=st.sampled_from([{}, CONSENT]),
    messages=st.lists(st.integers(0, 180), max_size=4, unique=True),
)
def test_all_that_is_visible_comes_back_and_nothing_else(
    status: Status, days: int, consents: Any, messages: list[int]
) -> None:
    """Whenever the copy is restored; each message was written so many days after the submission."""
    own, *history = items_of(an_incident(status=status, consents=consents))
    for day in messages:
        at = NOW + timedelta(days=day)
        _, said = items_of(an_incident(), "Encara falla", at=at)
        history.append(said)
        own["expires_at"] = max(own["expires_at"], said["expires_at"])
    now = NOW + timedelta(days=days, hours=1)
    back = recovered([own, *history], [], now)
    visible = [item for item in history if retention.is_visible(item["expires_at"], now)]
    ended = not retention.is_visible(own["expires_at"], now)
    assert back.entries == (() if ended else tuple(visible))
    assert (back.incident is None) is ended
    if back.incident:
        words_kept = retention.is_visible(retention.expires_at(NOW), now)
        assert ({"description", "content"} <= back.incident.keys()) is words_kept
        assert ("El pagament" in str(back.incident)) is words_kept
        assert back.incident["key"] == "k"  # a retry of the submission still finds it
        assert back.incident["expires_at"] == own["expires_at"]


# ------------------------------------------------------------------------ what stays behind


def test_an_incident_without_an_expiry_stays_behind() -> None:
    own = items_of(an_incident())[0]
    del own["expires_at"]
    assert recovered([own], [], LATER) == Recovered(expired=1)


def test_a_file_whose_entry_has_expired_is_not_listed_any_more() -> None:
    def added(expiry: int) -> AddedFile:
        return AddedFile(
            type="application/pdf",
            bytes=9,
            version="v",
            state=State.CLEAN,
            added_at=NOW,
            expires_at=expiry,
        )

    files = {
        FileId("01KAXC4WW1AAAAAAAAAAAAAAAA"): added(int(LATER.timestamp())),
        FileId("01KAXC4WW2AAAAAAAAAAAAAAAA"): added(int(LATER.timestamp()) + 1),
    }
    _, back = put_back(an_incident(files=files))
    assert back.incident
    assert list(back.incident["files"]) == ["01KAXC4WW2AAAAAAAAAAAAAAAA"]


def test_of_an_incident_that_was_erased_since_only_what_the_erasure_left_comes_back() -> None:
    """As if the erasure had been done in the copy."""
    incident = an_incident(consents=CONSENT)
    items = items_of(incident, "Esborrau-ho")
    withdrawn = Change(incident, NOW)
    withdrawn.end_consent(Scope.VIEW)
    (proof,) = withdrawn.entries
    items.append(entry_item(incident.reference, proof))
    erasure = Erasure(
        seen=incident_of(items[0], NOW),
        at=NOW + timedelta(hours=1),
        act=next_entry_id(NOW + timedelta(hours=1), incident.last_entry),
        by=Actor.CITIZEN,
        kept=(proof,),
    )
    back = recovered(items, [erasure.tombstone(SECRET)], LATER)
    assert back == Recovered(incident=remains_of(erasure), entries=(items[-1],), erased=True)


def test_what_an_erasure_had_left_before_the_copy_comes_back_as_it_is() -> None:
    erasure = Erasure(
        seen=an_incident(), at=NOW, act=next_entry_id(NOW, None), by=Actor.OPERATOR, kept=()
    )
    half_done = items_of(an_incident(), "Encara no esborrat")[1:]
    back = recovered([remains_of(erasure), *half_done], [erasure.tombstone(SECRET)], LATER)
    assert back == Recovered(incident=remains_of(erasure), erased=True)


def test_an_incident_that_was_sent_again_after_its_erasure_comes_back() -> None:
    again = an_incident(submitted_at=LATER)
    _, back = put_back(again, erased(an_incident(), NOW + timedelta(hours=1)))
    assert not back.erased


def test_contact_data_corrected_since_are_left_out_and_the_new_code_works() -> None:
    """Nobody has the corrected ones any more."""
    before = an_incident(contact={"email": "anna@example.org", "phone": "971 48 17 26"})
    corrected = contact_acts.correct(
        before, LATER, {"email": "anna@example.net", "phone": "971 48 17 26"}, at_once=True
    )
    incident, back = put_back(before, left_by(corrected.change, SECRET))
    assert back.rectified
    assert incident.contact == {"phone": "971 48 17 26"}
    assert incident.code_number == corrected.change.result.code_number > before.code_number
    assert "anna@example.org" not in str(back.incident)


def test_contact_data_corrected_before_the_copy_come_back() -> None:
    corrected = contact_acts.correct(an_incident(), NOW, {"phone": "971 1"}, at_once=True).change
    incident, back = put_back(corrected.result, left_by(corrected, SECRET))
    assert not back.rectified
    assert incident.contact == {"phone": "971 1"}


def test_what_is_known_about_mail_comes_back() -> None:
    troubled = mark_undeliverable(an_incident(), NOW, MailTrouble.BOUNCED).change.result
    assert put_back(troubled)[0].mail_trouble is MailTrouble.BOUNCED


def test_nothing_comes_back_of_entries_without_their_incident() -> None:
    alone: Iterable[Item] = items_of(an_incident(), "Encara falla")[1:]
    assert recovered(alone, [], LATER) == Recovered(expired=1)
