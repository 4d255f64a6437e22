import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.attachment import AddedFile, State
from suport.domain.category import Category
from suport.domain.history import Done, Entry, HistoryPart, Kind
from suport.domain.incident import Actor, Incident, Status, Topic
from suport.domain.language import Language
from suport.domain.reference import reference_for
from suport.domain.remote_session import EndReason, Surface, Way
from suport.domain.retention import expires_at
from suport.views.citizen_view import citizen_view
from tests.support.register import an_entry, part_of

SUBMITTED_AT = datetime(2026, 8, 31, 10, 0, 0, 250_000, tzinfo=UTC)
# Letters and digits that occur nowhere else in the view: finding one means a leak.
greek = st.text(alphabet="αβγδεζηθικλμνξοπρστυφχψω", min_size=2, max_size=20)
names = st.lists(greek, min_size=1, max_size=4).map(" ".join)
mailboxes = st.one_of(greek, st.text(alphabet="αβγδ.+_-", min_size=2, max_size=12))
emails = st.builds("{}@{}.test".format, mailboxes, st.sampled_from(["example", "caib", "a.b"]))
phones = st.from_regex(r"(\+34 ?)?7[0-9]{2} ?[0-9]{3} ?[0-9]{3}", fullmatch=True)
nifs = st.from_regex(r"[0-9]{8}[A-Z]|[XYZ][0-9]{7}[A-Z]", fullmatch=True)
contacts = st.fixed_dictionaries(
    {}, optional={"name": names, "email": emails, "phone": phones, "nif": nifs}
)


def incident(**given_fields: Any) -> Incident:
    plain = Incident(
        reference=reference_for(b"secret", "a key of the test"),
        category=Category.SIGNATURE,
        status=Status.CLAIMED,
        language=Language.CATALAN,
        submitted_at=SUBMITTED_AT,
        expires_at=expires_at(SUBMITTED_AT),
        last_entry="01K3ZB2E40AAAAAAAAAAAAAAAA",
        description="The certificate is not offered.",
    )
    return replace(plain, **given_fields)


def entry(kind: Kind, **content: Any) -> Entry:
    return an_entry(kind, content, SUBMITTED_AT)


def as_json(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)


@given(contacts)
def test_no_part_of_the_view_reveals_how_to_reach_the_citizen(contact: dict[str, str]) -> None:
    # Internal entries name the person openly, as operators may among themselves.
    told = str(contact)
    inside = [
        entry(Kind.NOTE, by="operator", operator=told, body=told),
        entry(Kind.ACTION, action="transferred", by="operator", operator=told, why=told),
        entry(Kind.ACTION, action="mail_set_aside", by="service", **{"for": told}),
        entry(Kind.MESSAGE, by="operator", operator=told, body="Hello"),
        entry(Kind.MAIL, message_id=told),
    ]
    shown = citizen_view(incident(contact=contact), part_of(*inside))
    del shown["links"]  # a mailbox may have the name "..", which links contain
    view = as_json(shown)
    for value in contact.values():
        assert value not in view
        assert value.replace(" ", "") not in view
    if "name" in contact:
        assert not any(word in view for word in contact["name"].split())
    if "email" in contact:
        assert contact["email"].partition("@")[0] not in view


@given(contacts)
def test_every_kind_of_contact_data_is_still_named(contact: dict[str, str]) -> None:
    shown = citizen_view(incident(contact=contact), HistoryPart())["contact"]
    assert shown.keys() == contact.keys()
    assert all("…" in masked for masked in shown.values())


@given(phones, nifs)
def test_a_masked_number_keeps_two_characters_to_recognise_it_by(phone: str, nif: str) -> None:
    shown = citizen_view(incident(contact={"phone": phone, "nif": nif}), HistoryPart())["contact"]
    digits = "".join(filter(str.isdigit, phone))
    assert shown == {"phone": f"…{digits[-2:]}", "nif": f"…{nif[-2:]}"}


def test_of_a_phone_with_more_than_a_number_only_the_number_to_dial_shows() -> None:
    contact = {"phone": "971 22 57 91 ext. 3 (Anna, 17 h)", "dial": "+34971225791;ext=3"}
    shown = citizen_view(incident(contact=contact), HistoryPart())["contact"]
    assert shown == {"phone": "…91", "dial": "…91"}


def test_the_owner_recognises_masked_data() -> None:
    contact = {
        "name": "Aina Maria Ferrer",
        "email": "aina.ferrer@example.test",
        "phone": "+34 600 123 456",
        "nif": "12345678Z",
    }
    assert citizen_view(incident(contact=contact), HistoryPart())["contact"] == {
        "name": "A… M… F…",
        "email": "a…@example.test",
        "phone": "…56",
        "nif": "…8Z",
    }


def test_an_address_with_a_quoted_at_sign_shows_no_more_than_its_first_letter() -> None:
    shown = citizen_view(incident(contact={"email": '"a@hidden"@example.test'}), HistoryPart())[
        "contact"
    ]
    assert "hidden" not in shown["email"]


def test_the_view_shows_when_to_contact_the_citizen_as_they_wrote_it() -> None:
    contact = {"email": "aina@example.test", "availability": "mornings, after nine"}
    assert citizen_view(incident(contact=contact), HistoryPart())["contact"]["availability"] == (
        "mornings, after nine"
    )


@given(st.text(alphabet="αβγδε", min_size=3))
def test_the_view_hides_what_operators_note_among_themselves(body: str) -> None:
    history = [entry(Kind.NOTE, by="operator", operator="a.ferrer", body=body)]
    view = citizen_view(incident(), part_of(*history))
    assert view["history"] == []
    assert body not in as_json(view)


@pytest.mark.parametrize("kind", [Kind.NOTE, Kind.MAIL])
def test_the_view_does_not_even_hint_at_internal_entries(kind: Kind) -> None:
    assert citizen_view(incident(), part_of(entry(kind, body="y")))["history"] == []


def test_the_view_does_not_name_the_operator_who_acted() -> None:
    facts = {"by": "operator", "operator": "a.ferrer", "colleague": "b.ferrer", "why": "ferrer"}
    acted = entry(Kind.ACTION, action="taken_over", **facts)
    view = citizen_view(incident(), part_of(acted))
    shown = [(each["action"], each["by"]) for each in view["history"]]
    assert shown == [("taken_over", "operator")]
    assert "ferrer" not in as_json(view)


@pytest.mark.parametrize("by", ["citizen", "service"])
def test_the_view_shows_the_acts_of_the_citizen_and_the_service_as_theirs(by: str) -> None:
    (shown,) = citizen_view(incident(), part_of(entry(Kind.ACTION, action="resolved", by=by)))[
        "history"
    ]
    assert shown["by"] == by


def test_the_view_shows_the_messages_of_both_sides_with_the_newest_first() -> None:
    history = [
        entry(Kind.MESSAGE, by="citizen", body="It fails."),
        entry(Kind.NOTE, by="operator", body="Seen before."),
        entry(Kind.MESSAGE, by="operator", operator="aina", body="Which browser?"),
    ]
    shown = citizen_view(incident(), part_of(*history))["history"]
    assert [(each["by"], each["body"]) for each in shown] == [
        ("operator", "Which browser?"),
        ("citizen", "It fails."),
    ]
    assert {each["at"] for each in shown} == {"2026-08-31T10:00:00.250Z"}


def test_a_consent_in_the_history_shows_what_was_agreed_to() -> None:
    given_consent = entry(
        Kind.CONSENT,
        scope="view",
        action="grant",
        notice={"version": "2026-11-23", "language": "ca", "sha256": "5c"},
        given_at="2026-08-31T10:00:00.250Z",
    )
    (shown,) = citizen_view(incident(), part_of(given_consent))["history"]
    assert shown == {
        "entry": given_consent.id,
        "at": "2026-08-31T10:00:00.250Z",
        "kind": "consent",
        "scope": "view",
        "action": "grant",
    }


def test_a_files_events_come_without_what_only_the_store_needs() -> None:
    about = {"file": "F1", "version": "5c5c"}
    history = [
        entry(Kind.ATTACHMENT, type="image/png", bytes=1024, state="quarantined", **about),
        entry(Kind.ACTION, action="file_scanned", state="clean", by="service", **about),
        entry(Kind.ACTION, action="file_refused", reason="wrong_type", by="service", **about),
    ]
    at = {"entry": history[0].id, "at": "2026-08-31T10:00:00.250Z"}
    assert citizen_view(incident(), part_of(*history))["history"][::-1] == [
        at | {"kind": "attachment", "type": "image/png", "bytes": 1024, "state": "quarantined"},
        at | {"kind": "action", "action": "file_scanned", "by": "service", "state": "clean"},
        at | {"kind": "action", "action": "file_refused", "by": "service", "reason": "wrong_type"},
    ]


def test_the_view_lists_the_files_with_their_present_state() -> None:
    added = AddedFile("text/plain", 3, "5c5c", State.CLEAN, SUBMITTED_AT, expires_at=1)
    about = {
        "type": "text/plain",
        "bytes": 3,
        "state": "clean",
        "added_at": "2026-08-31T10:00:00.250Z",
    }
    files = {"F1": added, "F2": added}
    assert citizen_view(incident(files=files), HistoryPart())["files"] == [
        {"file": "F1", "number": 1} | about,
        {"file": "F2", "number": 2} | about,
    ]


def test_the_citizen_sees_their_own_rating() -> None:
    rated = entry(Kind.RATING, score=4, comment=None)
    view = citizen_view(incident(rating=4), part_of(rated))
    assert view["rating"] == 4
    assert [(each["score"], each["comment"]) for each in view["history"]] == [(4, None)]


def test_the_citizen_sees_until_when_they_may_reopen_a_resolved_incident() -> None:
    view = citizen_view(incident(status=Status.RESOLVED, resolved_at=SUBMITTED_AT), HistoryPart())
    assert view["resolved_at"] == "2026-08-31T10:00:00.250Z"
    assert view["reopenable_until"] == "2026-09-14T10:00:00.250Z"


def test_the_citizen_sees_who_ended_the_incident_and_no_operators_name() -> None:
    ended = incident(status=Status.RESOLVED, resolved_at=SUBMITTED_AT, resolved_by=Actor.OPERATOR)
    assert citizen_view(ended, HistoryPart())["resolved_by"] == "operator"


def test_the_citizen_sees_by_when_to_answer_only_while_the_team_waits() -> None:
    until = {"due_at": SUBMITTED_AT}
    waiting = citizen_view(incident(status=Status.WAITING, **until), HistoryPart())
    assert waiting["closes_at"] == "2026-08-31T10:00:00.250Z"
    assert citizen_view(incident(status=Status.QUEUED, **until), HistoryPart())["closes_at"] is None


def test_an_open_incident_has_no_end_of_reopening() -> None:
    view = citizen_view(incident(), HistoryPart())
    assert (view["resolved_at"], view["reopenable_until"], view["rating"]) == (None, None, None)


def test_the_circumstances_are_shown_or_null() -> None:
    context = {"step": "3", "charged": "no"}
    view = citizen_view(incident(context=context, topic=Topic.ACCESSIBILITY), HistoryPart())
    assert (view["context"], view["topic"]) == (context, "accessibility")
    view = citizen_view(incident(), HistoryPart())
    assert (view["context"], view["topic"]) == (None, None)


def test_the_consents_in_force_are_named_with_view_before_control() -> None:
    consents = {"control": "01K427Q5RXBBBBBBBBBBBBBBBB", "view": "01K3ZB2E40AAAAAAAAAAAAAAAA"}
    assert citizen_view(incident(consents=consents), HistoryPart())["consents"] == [
        "view",
        "control",
    ]


def test_the_citizen_sees_until_when_the_incident_is_kept() -> None:
    assert citizen_view(incident(), HistoryPart())["expires_on"] == "2027-02-28"


def test_no_link_has_an_access_code_or_leads_elsewhere() -> None:
    reference = incident().reference
    assert citizen_view(incident(), HistoryPart())["links"] == {
        "self": reference,
        "messages": f"{reference}/messages",
        "consents": f"{reference}/consents",
        "page": "../../ca/track",
    }


@given(contacts, st.sampled_from(Category), st.sampled_from(Status), st.sampled_from(Language))
def test_the_view_can_be_sent_as_json(
    contact: dict[str, str], category: Category, status: Status, language: Language
) -> None:
    seen = incident(contact=contact, category=category, status=status, language=language)
    view = citizen_view(seen, part_of(*(entry(kind, by="citizen", body="…") for kind in Kind)))
    assert json.loads(json.dumps(view)) == view


def test_a_remote_session_is_shown_without_the_operators_name() -> None:
    viewing = {"team": Category.SIGNATURE, "surface": Surface.WINDOW, "consent": "01M8"}
    ended = {"reason": EndReason.STOPPED, "seconds": 61, "operator": "marta"}
    history = part_of(
        entry(Kind.ACTION, action=Done.REMOTE_JOINED, by="citizen", via=Way.CODE),
        entry(Kind.ACTION, action=Done.REMOTE_VIEWING, by="citizen", **viewing),
        entry(Kind.ACTION, action=Done.REMOTE_ENDED, by="operator", **ended),
    )
    shown = citizen_view(incident(), history)["history"]
    assert [facts(each) for each in shown] == [
        {"action": "remote_ended", "by": "operator", "reason": "stopped", "seconds": 61},
        {"action": "remote_viewing", "by": "citizen", "team": "signature", "surface": "window"},
        {"action": "remote_joined", "by": "citizen", "via": "code"},
    ]


def facts(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in shown.items() if name not in {"entry", "at", "kind"}}
