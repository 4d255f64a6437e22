"""The names of things: none is missing, and every event of an incident has a text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from suport.domain import group_answer
from suport.domain.attachment import MOST_FILES, File, MediaType, Refusal, State
from suport.domain.category import Category
from suport.domain.consent import ConsentAction, Scope
from suport.domain.group_answer import Act, GroupAnswer
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor, Charged, Incident, MailTrouble, Status
from suport.domain.language import Language
from suport.domain.operator_acts import Holder
from suport.domain.operator_identity import Operator, Role
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.phone_line import Origin
from suport.domain.reference import Reference
from suport.domain.remote_session import EndReason, Surface, Way
from suport.files.file_store import new_file_id
from suport.http.bodies.contact import Contact
from suport.http.bodies.submission import Context
from suport.register.known_problems import new_id
from suport.register.register import Register
from suport.texts import field_names, labels, published_notices
from suport.texts.labels import EVENTS, happened
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject
from suport.views.citizen_view import is_shown, page_view
from suport.views.export import export
from suport.web.pages.export import ExportPage
from suport.web.pages.incident import IncidentPage
from tests.support.page_examples import KEY, NOW
from tests.support.register import a_submission

TEAMS_PURPOSES = [each for each in LookPurpose if each is not LookPurpose.AUDIT]


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (labels.LANGUAGES, Language),
        (labels.CATEGORIES, Category),
        (labels.GUIDANCE, Category),
        (labels.STATUSES, Status),
        (labels.CHARGED, Charged),
        (field_names.CONTACT_LABELS, Contact.model_fields),
        (field_names.CONTEXT_LABELS, Context.model_fields),
        (labels.FILE_TYPES, MediaType),
        (labels.FILE_STATES, State),
        (labels.ORIGINS, Origin),
        (labels.SCOPES, Scope),
        (labels.REFUSALS, Refusal),
        (labels.CONSENTS, product(ConsentAction, Scope)),
        (labels.LOOK_PURPOSES, TEAMS_PURPOSES),
        (labels.SCORES, map(str, range(1, 6))),
    ],
)
def test_every_value_has_a_name_of_its_own(
    names: Mapping[Any, Message | str], values: Iterable[Any]
) -> None:
    assert names.keys() == set(values)
    assert len({str(name) for name in names.values()}) == len(names)


def test_every_event_has_a_text_of_its_own() -> None:
    assert len({message.text for message in EVENTS.values()}) == len(EVENTS)


SECRET = b"secret"
VIEW_NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)


def a_file() -> File:
    return File(new_file_id(), MediaType.PDF, 1234, "version", NOW)


def consented(register: Register, made: Incident) -> None:
    for scope in Scope:
        register.grant_consent(made.reference, scope, VIEW_NOTICE.identity, NOW)


def withdrawn(register: Register, made: Incident) -> None:
    consented(register, made)
    register.withdraw_consent(made.reference, Scope.CONTROL, NOW)
    register.withdraw_consent(made.reference, Scope.VIEW, NOW)


def resolved(register: Register, made: Incident) -> None:
    consented(register, made)
    register.resolve_by_citizen(made.reference, NOW)


def reopened(register: Register, made: Incident) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    register.reopen(made.reference, NOW)


def reopened_by_message(register: Register, made: Incident) -> None:
    register.resolve_by_citizen(made.reference, NOW)
    register.add_citizen_message(made.reference, "Encara falla", NOW)


def rated(register: Register, made: Incident) -> None:
    register.claim(made.reference, *OPERATOR, NOW)
    register.resolve(made.reference, *OPERATOR, None, NOW)
    register.rate(made.reference, 4, "Bé", NOW)


def refused_at_the_door(register: Register, made: Incident) -> None:
    for _ in range(MOST_FILES + 1):
        register.add_file(made.reference, a_file(), State.QUARANTINED, NOW)
    register.resolve_by_citizen(made.reference, NOW)
    register.add_file(made.reference, a_file(), State.QUARANTINED, NOW)


def refused(register: Register, made: Incident) -> None:
    for reason in Refusal:
        wrong = replace(a_file(), recognised=reason)
        register.add_file(made.reference, wrong, State.UNSCANNED, NOW)


def removed(register: Register, made: Incident) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.UNSCANNED, NOW)
    register.remove_file(made.reference, file.id, NOW)


def lost(register: Register, made: Incident) -> None:
    file = a_file()
    register.add_file(made.reference, file, State.UNSCANNED, NOW)
    register.record_lost_file(made.reference, file.id, file.version, NOW)


def scanned(register: Register, made: Incident) -> None:
    for found in (State.CLEAN, State.UNSCANNABLE):
        file = a_file()
        register.add_file(made.reference, file, State.QUARANTINED, NOW)
        register.record_scan(made.reference, file.id, file.version, found, NOW)


def set_aside(register: Register, made: Incident) -> None:
    for reason, owed in zip(SetAside, register.incident(made.reference, NOW).mails, strict=False):
        register.set_mail_aside(made.reference, owed, reason, NOW)


def ending(register: Register, made: Incident) -> None:
    assert register.follow_up(made.reference, NOW + timedelta(days=170)).ending


def code_replaced(register: Register, made: Incident) -> None:
    register.replace_code(made.reference, NOW, "key")


def contact_corrected(register: Register, made: Incident) -> None:
    register.correct_contact(
        made.reference, lambda contact: {**contact, "name": "Anna"}, NOW, at_once=False
    )


def address_asked(register: Register, made: Incident) -> None:
    register.correct_contact(
        made.reference, lambda _: {"email": "another@example.org"}, NOW, at_once=False
    )
    register.follow_up(made.reference, NOW + timedelta(days=8))


def address_confirmed(register: Register, made: Incident) -> None:
    register.correct_contact(
        made.reference, lambda _: {"email": "third@example.org"}, NOW, at_once=False
    )
    asked = register.incident(made.reference, NOW).address_change
    assert asked
    register.confirm_address(made.reference, asked.entry, NOW)


def exported(register: Register, made: Incident) -> None:
    register.export(made.reference, NOW, shown=is_shown)


def erasure_asked(register: Register, made: Incident) -> None:
    register.ask_for_erasure(made.reference, NOW)
    register.follow_up(made.reference, NOW + timedelta(days=8))


WHAT_HAPPENS: dict[str, list[Callable[[Register, Incident], None]]] = {
    "mark_queued": [lambda register, made: register.mark_queued(made, NOW)],
    "add_citizen_message": [
        lambda register, made: [
            register.add_citizen_message(made.reference, "Encara falla", NOW)
        ].clear(),
        reopened_by_message,
    ],
    "resolve_by_citizen": [resolved],
    "reopen": [reopened],
    "rate": [rated],
    "grant_consent": [consented],
    "withdraw_consent": [withdrawn],
    "add_file": [refused_at_the_door],
    "remove_file": [removed],
    "record_lost_file": [lost],
    "record_scan": [scanned],
    "set_mail_aside": [set_aside],
    "follow_up": [ending],
    "replace_code": [code_replaced],
    "correct_contact": [contact_corrected, address_asked],
    "confirm_address": [address_confirmed],
    "ask_for_erasure": [erasure_asked],
    "export": [exported],
}
"""Everything that can be recorded about an incident, by the register's method for it."""

READS = {"submit", "incident", "history", "entries", "entry", "open_incidents", "overdue"}
READS |= {"team_list", "team_tally", "team_load", "mails_set_aside", "held_by"}
READS |= {"incidents", "rows", "findables", "must_be_held_by", "open_count"}
READS |= {"attempt"}  # it writes what the acts in a remote session decide
READS |= {"facts", "to_follow_up", "may_acknowledge", "attempt_mail", "refuse_mail"}
READS |= {"postpone_mail", "fate_of_file", "is_erased", "kept_of", "erase_expired_parts"}
READS |= {"remains", "erase", "erase_at_desk", "delete_erased"}  # they leave no history
"""Methods that add nothing to a history."""


def undeliverable(register: Register, made: Incident) -> None:
    for trouble in MailTrouble:
        register.mark_undeliverable(made.reference, trouble, NOW)


OPERATOR = ("marta", Category.FUNCTIONAL)
SUPERVISOR = Operator("aina", roles=frozenset({Role.SUPERVISOR}))
FILE = File(new_file_id(), recognised=MediaType.PDF, size=10, version="v", arrived_at=NOW)
PROBLEM = new_id(NOW)


def a_job(reference: Reference) -> GroupAnswer:
    return group_answer.begun(
        id=new_id(NOW),
        problem=PROBLEM,
        act=Act.ASK,
        bodies=dict.fromkeys(Language, "Torna a funcionar?"),
        references=(reference,),
        by=OPERATOR[0],
        now=NOW,
    )


def followed(register: Register, made: Incident) -> None:
    """The incident is answered together with another one of its citizen."""
    leader = register.submit(a_submission(), f"{KEY}leader", SECRET, NOW).reference
    register.follow(made.reference, *OPERATOR, leader, NOW)


def unfollowed(register: Register, made: Incident) -> None:
    followed(register, made)
    register.unfollow(made.reference, *OPERATOR, NOW)


def unlinked(register: Register, made: Incident) -> None:
    register.link_problem(made.reference, *OPERATOR, PROBLEM, NOW)
    register.unlink_problem(made.reference, *OPERATOR, PROBLEM, NOW)


def answered_with_all(register: Register, made: Incident) -> None:
    register.link_problem(made.reference, *OPERATOR, PROBLEM, NOW)
    register.answer_for_all(made.reference, a_job(made.reference), NOW)


AT_DESK: dict[str, Callable[[Register, Incident], object]] = {
    "claim": lambda register, made: register.claim(made.reference, *OPERATOR, NOW),
    "take_over": lambda register, made: register.take_over(
        made.reference, "aina", OPERATOR[1], "Na marta no hi és", NOW
    ),
    "hand_over": lambda register, made: register.hand_over(
        made.reference, *OPERATOR, "aina", "Plega avui", NOW
    ),
    "view": lambda register, made: register.view(made.reference, *OPERATOR, NOW),
    "view_file": lambda register, made: (
        register.add_file(made.reference, FILE, State.CLEAN, NOW),
        register.view_file(made.reference, *OPERATOR, FILE.id, NOW),
    ),
    "reply": lambda register, made: register.reply(
        made.reference, *OPERATOR, "Quin?", NOW, ask=True
    ),
    "note": lambda register, made: register.note(made.reference, *OPERATOR, "Intern", NOW),
    "snooze": lambda register, made: register.snooze(
        made.reference, *OPERATOR, NOW.date() + timedelta(days=2), NOW
    ),
    "resume": lambda register, made: (
        register.snooze(made.reference, *OPERATOR, NOW.date() + timedelta(days=2), NOW),
        register.resume(made.reference, *OPERATOR, NOW),
    ),
    "release": lambda register, made: register.release(made.reference, *OPERATOR, NOW),
    "transfer": lambda register, made: register.transfer(
        made.reference, *OPERATOR, Category.SIGNATURE, "És del certificat", NOW
    ),
    "reassign": lambda register, made: register.reassign(
        made.reference, SUPERVISOR, Holder(OPERATOR[1], "marta"), Holder(OPERATOR[1]), "Intern", NOW
    ),
    "resolve": lambda register, made: register.resolve(made.reference, *OPERATOR, "Fet", NOW),
    "withdraw_for_citizen": lambda register, made: (
        register.grant_consent(made.reference, Scope.VIEW, VIEW_NOTICE.identity, NOW),
        register.withdraw_for_citizen(made.reference, *OPERATOR, Scope.VIEW, NOW),
    ),
    "replace_code_at_desk": lambda register, made: register.replace_code_at_desk(
        made.reference, *OPERATOR, NOW
    ),
    "correct_contact_at_desk": lambda register, made: register.correct_contact_at_desk(
        made.reference, *OPERATOR, lambda _: {"phone": "971"}, NOW
    ),
    "link_problem": lambda register, made: register.link_problem(
        made.reference, *OPERATOR, PROBLEM, NOW
    ),
    "unlink_problem": unlinked,
    "follow": followed,
    "unfollow": unfollowed,
    "answer_for_all": answered_with_all,
    "export_at_desk": lambda register, made: register.export_at_desk(
        made.reference, *OPERATOR, NOW, shown=is_shown
    ),
    "prepare_erasure": lambda register, made: register.prepare_erasure(
        made.reference, *OPERATOR, NOW
    ),
    "find": lambda register, made: register.find(made.reference, *OPERATOR, NOW),
    "audit_looks": lambda register, made: register.audit_looks(made.reference, "marta", NOW),
    "wake": lambda register, made: register.wake(made.reference, NOW + timedelta(days=2)),
    "record_mail": lambda register, made: register.record_mail(
        made.reference, "incident", MailKind.ACKNOWLEDGEMENT, "id", NOW
    ),
    "mark_undeliverable": undeliverable,
    "take_phone_call": lambda register, made: register.take_phone_call(
        a_submission(), Operator(OPERATOR[0], OPERATOR[1:]), f"{KEY}{made.reference}", SECRET, NOW
    ),
}
"""What operators and the service record about a claimed incident; citizens see only part."""


def test_these_tests_cover_all_that_the_register_records() -> None:
    methods = {name for name in dir(Register) if not name.startswith("_")}
    assert WHAT_HAPPENS.keys() | AT_DESK.keys() == methods - READS


@pytest.mark.parametrize("method", [*AT_DESK])
def test_citizens_see_texts_about_the_desk_and_no_operators_name(
    register: Register, method: str
) -> None:
    made = register.submit(a_submission(), f"{KEY}{method}", SECRET, NOW)
    register.claim(made.reference, *OPERATOR, NOW)
    AT_DESK[method](register, made)
    view = page_view(*register.history(made.reference, NOW), NOW)
    assert [entry for entry in view["history"] if happened(entry) is None] == []
    assert not any(name in str(view) for name in ("marta", "aina", "Plega"))
    assert "Intern" not in str(view)
    assert "És del certificat" not in str(view)


@pytest.mark.parametrize("method", [*WHAT_HAPPENS])
def test_every_event_of_an_incident_has_a_text_in_its_history(
    register: Register, method: str
) -> None:
    for happen in WHAT_HAPPENS[method]:
        made = register.submit(a_submission(), f"{KEY}{happen}"[:128], SECRET, NOW)
        happen(register, made)
        incident, part = register.history(made.reference, NOW)
        entries = part.entries
        assert entries
        view = page_view(incident, part, NOW)
        untold = [entry for entry in view["history"] if happened(entry) is None]
        assert (untold, len(view["history"])) == ([], len(entries))
        for reader in Language:
            page = IncidentPage(view=view, key=KEY)
            copied = export(incident, part, NOW)["incident"]
            document = ExportPage(view=copied, exported_at="2026-11-23T11:00:00.000Z")
            for shown in (page.render(reader), document.render(reader)):
                # and what the citizen first wrote
                assert shown.count('<li class="govuk-body') == len(entries) + 1


@pytest.mark.parametrize("purpose", TEAMS_PURPOSES)
@pytest.mark.parametrize("team", Category)
def test_a_look_says_which_team_for_what_and_whether_with_contact_details(
    purpose: LookPurpose, team: Category
) -> None:
    entry: dict[str, Any] = {"kind": Kind.ACTION, "action": Done.VIEWED, "by": "operator"}
    entry |= {"team": team, "purpose": purpose, "contact": False}
    others = [happened(entry | {"team": other}) for other in Category if other is not team]
    assert happened(entry) not in [None, *others, happened(entry | {"team": None})]
    for contact, seen in (
        (True, "with your contact details"),
        (False, "without your contact details"),
    ):
        told = labels.about_look(entry | {"contact": contact})
        names_them = purpose is LookPurpose.CORRECTION  # the purpose itself does
        assert told == [labels.LOOK_PURPOSES[purpose], *([] if names_them else [N_(seen)])]


def test_a_look_at_a_file_says_which_one_while_that_is_known() -> None:
    entry: dict[str, Any] = {"kind": Kind.ACTION, "action": Done.VIEWED, "by": "operator"}
    entry |= {"purpose": LookPurpose.FILE, "contact": False, "file": "A"}
    known, unknown = (labels.about_look(entry | {"number": number})[0] for number in (2, None))
    assert known == N_("to open file {number}", number=2)
    assert unknown == labels.LOOK_PURPOSES[LookPurpose.FILE]


def test_an_old_look_says_what_is_known_of_it() -> None:
    entry = {"kind": Kind.ACTION, "action": Done.VIEWED, "by": "operator", "contact": True}
    assert happened(entry) == EVENTS[Kind.ACTION, Done.VIEWED]
    assert labels.about_look(entry) == [N_("with your contact details")]


def test_a_look_of_data_protection_is_shown_as_such() -> None:
    entry: dict[str, Any] = {"kind": Kind.ACTION, "action": Done.VIEWED, "by": "data_protection"}
    entry |= {"purpose": LookPurpose.AUDIT, "contact": False}
    assert happened(entry) == EVENTS[Kind.ACTION, Done.VIEWED, Actor.DATA_PROTECTION]
    assert labels.about_look(entry) == []


@pytest.mark.parametrize("refusal", list(Refusal))
def test_each_reason_why_a_file_is_not_kept_has_a_text_of_its_own(refusal: Refusal) -> None:
    entry = {"kind": Kind.ACTION, "action": "file_refused", "reason": refusal, "by": "service"}
    said = happened(entry)
    others = [text for of, text in EVENTS.items() if of[-1] != refusal]
    assert said is not None
    assert said not in others


def session_entry(done: Done, **facts: Any) -> dict[str, Any]:
    return {"kind": Kind.ACTION, "action": done, "by": Actor.CITIZEN} | facts


@pytest.mark.parametrize(
    ("done", "fact", "values"),
    [
        (Done.REMOTE_INVITED, "team", [*Category, None]),
        (Done.REMOTE_JOINED, "via", [*Way, None]),
        (Done.REMOTE_VIEWING, "surface", [*Surface, None]),
        (Done.REMOTE_ENDED, "reason", [*EndReason]),
        (Done.REMOTE_ENDED, "by", [*Actor]),
    ],
)
def test_each_way_in_which_a_remote_session_goes_has_a_text_of_its_own(
    done: Done, fact: str, values: list[Any]
) -> None:
    told = [happened(session_entry(done, **{fact: value})) for value in values]
    if fact == "by":  # only a citizen and an operator end it in person
        told = [each for each in told if each != EVENTS[Kind.ACTION, Done.REMOTE_ENDED]]
        assert len(told) == 2
    assert None not in told
    assert len({str(each) for each in told}) == len(told)


@pytest.mark.parametrize("by", [Actor.CITIZEN, Actor.OPERATOR])
def test_a_remote_session_that_somebody_stopped_says_who_did(by: Actor) -> None:
    stopped = session_entry(Done.REMOTE_ENDED, by=by, reason=EndReason.STOPPED)
    assert happened(stopped) == EVENTS[Kind.ACTION, Done.REMOTE_ENDED, by]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "your screen was not shown"),
        (1, "your screen was shown for 1\u00a0s"),
        (59, "your screen was shown for 59\u00a0s"),
        (60, "your screen was shown for 1\u00a0min 0\u00a0s"),
        (3599, "your screen was shown for 59\u00a0min 59\u00a0s"),
        (3600, "your screen was shown for 60\u00a0min 0\u00a0s"),
    ],
)
def test_the_end_of_a_remote_session_says_for_how_long_the_screen_was_shown(
    seconds: int, told: str
) -> None:
    ended = session_entry(Done.REMOTE_ENDED, reason=EndReason.TIME, seconds=seconds)
    assert [each.in_(Language.ENGLISH) for each in labels.details(ended)] == [told]


def test_a_screen_that_is_shown_says_to_which_team() -> None:
    viewing = session_entry(Done.REMOTE_VIEWING, surface=Surface.TAB, team=Category.PAYMENT)
    (team,) = labels.details(viewing)
    assert team.in_(Language.ENGLISH) == "to the team for “Problems with a payment”"


def test_operators_own_entries_have_no_text_for_citizens() -> None:
    assert happened({"kind": "note", "by": "operator"}) is None
