"""Six months and not a day longer, whatever the service, a look or a stranger does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.deadlines import ends_soon
from suport.domain.history import Kind
from suport.domain.incident import MailTrouble
from suport.domain.language import Language
from suport.domain.operator_acts import OtherTeam
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.domain.retention import prolongs
from suport.files.file_store import new_file_id
from suport.register.errors import KeyReused, NoSuchIncident
from suport.register.register import Register
from suport.texts.published_notices import Subject, current
from suport.views.citizen_view import citizen_view
from tests.support.register import a_submission, an_entry, table_of, whole_history
from tests.support.six_months import six_months_on

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)
AINA, DAMIA = ("aina", Category.FUNCTIONAL), ("damia", Category.PAYMENT)


def submitted(register: Register, **changes: Any) -> Reference:
    return register.submit(a_submission(**changes), "k" * 20, b"secret", NOW).reference


def expiry(register: Register, reference: Reference, at: datetime) -> datetime:
    return datetime.fromtimestamp(register.incident(reference, at).expires_at, UTC)


def test_an_incident_that_nobody_touches_is_gone_after_six_months(register: Register) -> None:
    """The service wakes it, asks for its mail and warns of its end, without moving its end."""
    reference, now = submitted(register), NOW
    end, woken = six_months_on(NOW), 0
    while now < end - timedelta(hours=1):
        for each in register.overdue(now):
            woken += register.wake(each, now) is not None
            register.mark_queued(register.incident(each, now), now)
        for each in register.to_follow_up(now):
            register.follow_up(each, now)
        assert expiry(register, reference, now) == end
        now += timedelta(hours=12)
    assert woken > 10
    with pytest.raises(NoSuchIncident):
        register.incident(reference, end)
    with pytest.raises(NoSuchIncident):
        register.history(reference, end)
    assert register.overdue(end) == register.to_follow_up(end) == []


def test_looks_refusals_mails_and_scans_keep_nothing_longer(register: Register) -> None:
    reference = submitted(register)
    register.claim(reference, *AINA, NOW)
    shown = current(Subject.REMOTE_SUPPORT, Language.CATALAN)
    register.grant_consent(reference, Scope.VIEW, shown.identity, NOW)
    file = File(new_file_id(), MediaType.PDF, 9, "v", NOW)
    register.add_file(reference, file, State.QUARANTINED, NOW)
    before = register.incident(reference, NOW)
    later = NOW + 100 * DAY
    register.view(reference, *AINA, later)
    with pytest.raises(OtherTeam):
        register.view(reference, *DAMIA, later)
    register.audit_looks(reference, "olga", later)
    register.record_scan(reference, file.id, "v", State.CLEAN, later)
    register.attempt_mail(register.incident(reference, later), "incident", "an attempt", later)
    register.record_mail(reference, "incident", MailKind.ACKNOWLEDGEMENT, "an id", later)
    register.mark_undeliverable(reference, MailTrouble.BOUNCED, later)
    register.follow_up(reference, later)
    register.wake(reference, later)
    after = register.incident(reference, later)
    assert after.expires_at == before.expires_at
    assert after.consents == before.consents
    assert [each.expires_at for each in after.files.values()] == [
        each.expires_at for each in before.files.values()
    ]
    register.note(reference, *AINA, "He telefonat", later)  # a person's act keeps it longer
    assert expiry(register, reference, later) == six_months_on(later)


def test_late_entries_of_the_service_are_hidden_with_their_incident(register: Register) -> None:
    reference = submitted(register)
    end = six_months_on(NOW)
    register.mark_undeliverable(reference, MailTrouble.BOUNCED, end - DAY)
    kept = next(register.entries(reference, end - DAY))
    assert kept.expires_at > end.timestamp()  # it is erased at its own date
    with pytest.raises(NoSuchIncident):
        next(register.entries(reference, end))
    for read in (register.incident, register.kept_of):
        with pytest.raises(NoSuchIncident):
            read(reference, end)
    with pytest.raises(NoSuchIncident):
        register.history(reference, end, before=kept.id + "Z")


def test_no_read_of_an_incident_shows_an_entry_of_one_that_its_key_made_before(
    register: Register,
) -> None:
    """A page stays open for half a year: what the service did with the old one is still stored."""
    reference, end = submitted(register), six_months_on(NOW)
    register.view(reference, *AINA, end - DAY)
    register.mark_undeliverable(reference, MailTrouble.BOUNCED, end - DAY)
    old = [entry.id for entry in register.entries(reference, end - DAY)]
    again = register.submit(a_submission(), "k" * 20, b"secret", end)
    assert (again.reference, again.submitted_at) == (reference, end)
    told = [
        list(register.entries(reference, end)),
        register.history(reference, end)[1].entries,
        register.history(reference, end, before=old[0] + "Z")[1].entries,
        register.export(reference, end, shown=bool)[1].entries,
        register.export(reference, end, shown=bool, before=old[0] + "Z")[1].entries,
        register.audit_looks(reference, "olga", end)[1].entries,
    ]
    assert not {entry.id for entries in told for entry in entries} & {*old}


@given(
    kind=st.sampled_from(Kind),
    by=st.sampled_from(["citizen", "operator", "service", None]),
    action=st.sampled_from(["claimed", "viewed", "refused", "released", "resolved", "queued"]),
)
def test_only_the_acts_of_a_person_keep_the_incident_longer(
    kind: Kind, by: str | None, action: str
) -> None:
    content: dict[str, Any] = {"by": by} if by else {}
    if kind is Kind.ACTION:
        content["action"] = action
    entry = an_entry(kind, content, NOW)
    says_by_whom = kind not in {Kind.ATTACHMENT, Kind.RATING}
    by_itself = (by == "service" and says_by_whom) or kind is Kind.MAIL
    in_vain = kind is Kind.ACTION and action in {"viewed", "refused"}
    assert prolongs(entry) is not (by_itself or in_vain)


# ------------------------------------------------------------ an open incident near its end


def actions(register: Register, reference: Reference, at: datetime) -> list[str]:
    entries = whole_history(register, reference, at)[1]
    return [entry.facts["action"] for entry in entries if entry.kind is Kind.ACTION]


def test_an_open_incident_near_its_end_warns_once_and_counts_every_day(register: Register) -> None:
    reference = submitted(register)
    end = six_months_on(NOW)
    register.follow_up(reference, end - 31 * DAY)
    assert "ending" not in actions(register, reference, NOW)
    counted = 0
    now = end - 30 * DAY
    while now < end:
        for each in register.to_follow_up(now):
            counted += register.follow_up(each, now).ending
        now += timedelta(hours=6)
    assert counted == 30
    assert actions(register, reference, now - DAY).count("ending") == 1


def test_an_incident_near_its_end_owes_its_citizen_a_mail_and_its_team_sees_it(
    register: Register,
) -> None:
    reference = submitted(register)
    near = six_months_on(NOW) - 30 * DAY
    register.record_mail(reference, "incident", MailKind.ACKNOWLEDGEMENT, "an id", NOW)
    assert [each.ending for each in register.open_incidents(Category.FUNCTIONAL, NOW)] == [False]
    register.follow_up(reference, near)
    [owed] = register.incident(reference, near).mails.values()
    assert owed.kind == "ending"
    [listed] = register.open_incidents(Category.FUNCTIONAL, near)
    assert listed.ending


def test_a_citizen_who_writes_moves_the_end_and_is_warned_again_before_the_next(
    register: Register,
) -> None:
    reference = submitted(register)
    near = six_months_on(NOW) - 10 * DAY
    register.follow_up(reference, near)
    register.add_citizen_message(reference, "Encara hi som", near)
    assert register.follow_up(reference, near + DAY).ending == 0
    next_end = six_months_on(near)
    assert register.follow_up(reference, next_end - 20 * DAY).ending == 1
    assert actions(register, reference, near).count("ending") == 2


def test_a_resolved_incident_ends_without_a_warning(register: Register) -> None:
    reference = submitted(register)
    register.resolve_by_citizen(reference, NOW)
    near = six_months_on(NOW) - DAY
    assert register.follow_up(reference, near).ending == 0
    assert ends_soon(register.incident(reference, near).expires_at, near)


# ------------------------------------------------------------------- the first words


WORDS = {
    "description": "No puc annexar el document",
    "error": {"code": "E-77", "message": "Ha fallat"},
    "procedure": {"code": "zz", "name": "Un tràmit"},
    "context": {"step": "El tercer"},
}


def lives_on(register: Register) -> Reference:
    reference = submitted(register, **WORDS)
    register.add_citizen_message(reference, "Encara no va", NOW + 60 * DAY)
    return reference


def test_the_first_words_are_hidden_after_their_own_six_months(register: Register) -> None:
    reference = lives_on(register)
    end = six_months_on(NOW)
    seen = register.incident(reference, end - timedelta(seconds=1))
    assert (seen.description, seen.error) == (WORDS["description"], WORDS["error"])
    view = json.dumps(citizen_view(*register.history(reference, end)), ensure_ascii=False)
    for typed in ("annexar", "E-77", "Ha fallat", "Un tràmit", "El tercer"):
        assert typed not in view
    assert json.loads(view)["description"] is None
    assert "Encara no va" in view


def test_the_first_words_are_erased_within_a_day_and_nothing_else_changes(
    register: Register,
) -> None:
    reference = lives_on(register)
    end = six_months_on(NOW)
    before = register.incident(reference, end)
    assert reference in register.to_follow_up(end)
    register.follow_up(reference, end)
    stored = register._table.item(reference, "incident", end)
    assert stored
    assert not WORDS.keys() & stored.keys()
    after = register.incident(reference, end)
    assert after.expires_at == before.expires_at
    assert not after.holds_first_words
    assert reference not in register.to_follow_up(end + timedelta(minutes=1))


def test_the_fingerprint_that_could_confirm_a_guess_is_erased_too(register: Register) -> None:
    reference = lives_on(register)
    end = six_months_on(NOW)
    register.follow_up(reference, end)
    stored = register._table.item(reference, "incident", end)
    assert stored
    assert "content" not in stored
    with pytest.raises(KeyReused):  # its key makes no second incident
        register.submit(a_submission(**WORDS), "k" * 20, b"secret", end)


def test_a_rating_is_hidden_after_its_own_six_months(register: Register) -> None:
    reference = submitted(register)
    register.claim(reference, *AINA, NOW)
    register.resolve(reference, *AINA, None, NOW)
    register.rate(reference, 1, None, NOW + DAY)
    register.note(reference, *AINA, "He telefonat", NOW + 100 * DAY)
    end = six_months_on(NOW + DAY)
    assert register.incident(reference, end - timedelta(seconds=1)).rating == 1
    assert register.incident(reference, end).rating is None


# --------------------------------------------------------- items of an older version

LATER_ATTRIBUTES = {
    *("revision", "last_written", "citizen_wrote", "unread", "changed_at", "mails"),
    *("mail_request", "follow_up_at", "follow_up_shard", "written_on", "former_teams"),
    "former_states",
}


def test_an_incident_stored_by_an_older_version_can_be_read_and_worked_on(
    register: Register,
) -> None:
    reference = submitted(register)
    table: Any = register._table._client
    stored = table.items[reference]["incident"]
    table.items[reference]["incident"] = {
        name: value for name, value in stored.items() if name not in LATER_ATTRIBUTES
    }
    [listed] = register.open_incidents(Category.FUNCTIONAL, NOW)
    assert (listed.unread, listed.changed_at) == (0, NOW)
    register.claim(reference, *AINA, NOW)
    register.add_citizen_message(reference, "Encara no va", NOW)
    register.reply(reference, *AINA, "Provau-ho", NOW)
    incident, part = register.history(reference, NOW)
    assert (incident.revision, incident.unread, len(part.entries)) == (3, 1, 4)


def test_an_item_without_an_expiry_is_as_good_as_absent(register: Register) -> None:
    """However it is asked for; the audit erases it."""
    reference = submitted(register)
    entry = register.add_citizen_message(reference, "Encara hi som", NOW)
    for name in (entry.id, "incident"):
        table_of(register).items[reference][name].pop("expires_at")
        assert register.entry(reference, name, NOW) is None
    with pytest.raises(NoSuchIncident):
        register.incident(reference, NOW)
