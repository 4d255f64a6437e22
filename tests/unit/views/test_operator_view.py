"""Who acts at the desk, and what they see of an incident."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suport.domain.attachment import AddedFile, FileId, State
from suport.domain.category import Category
from suport.domain.history import Entry, HistoryPart, Kind
from suport.domain.incident import Incident, Status
from suport.domain.language import Language
from suport.domain.operator_identity import NoTeam, Operator, Role, operator_of, team_roles
from suport.domain.reference import Reference
from suport.views.citizen_view import citizen_view
from suport.views.file_view import file_name
from suport.views.operator_view import operator_view
from tests.support.register import an_entry, part_of

ROLES = {
    Category.FUNCTIONAL: "suport-dev-FunctionalTeamRole-1A",
    Category.PAYMENT: "suport-dev-PaymentTeamRole-2B",
    Category.SIGNATURE: "suport-dev-SignatureTeamRole-3C",
}
ACCOUNT = "490152873641"
NAMES = st.text("abcXYZ019_+=,.@-", min_size=2, max_size=64)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CONTACT = {
    "name": "Xisca Bauçà",
    "email": "xisca@example.org",
    "phone": "+34 971 48 17 26",
    "nif": "00000000T",
    "availability": "dimarts",
}
INCIDENT = Incident(
    reference=Reference("0000-0000-0000"),
    category=Category.PAYMENT,
    status=Status.CLAIMED,
    language=Language.CATALAN,
    submitted_at=NOW,
    expires_at=int((NOW + timedelta(days=181)).timestamp()),
    last_entry="0",
    description="En pagar surt un error",
    contact=CONTACT,
    claimed_by="anna",
    files={
        FileId("FIRST"): AddedFile("application/pdf", 1, "1", State.CLEAN, NOW, expires_at=0),
        FileId("SECOND"): AddedFile("image/jpeg", 2, "2", State.INFECTED, NOW, expires_at=0),
    },
)


def entry(kind: Kind, **content: object) -> Entry:
    return an_entry(kind, content, NOW, entry_id="1", expiry=0)


def arn(role: str, name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/{name}"


@given(st.sampled_from(Category), NAMES)
def test_the_role_names_the_team_and_the_session_the_operator(team: Category, name: str) -> None:
    assert operator_of(arn(ROLES[team], name), ROLES, ACCOUNT) == Operator(name, (team,))


@given(st.text() | st.none())
def test_any_other_caller_is_not_an_operator(caller: str | None) -> None:
    with pytest.raises(NoTeam):
        operator_of(caller, ROLES, ACCOUNT)


@pytest.mark.parametrize(
    "caller",
    [
        arn("Administrator", "anna"),
        arn("suport-dev-PaymentTeamRole-2BX", "anna"),
        arn("suport-dev-PaymentTeamRole-2B/anna", "bert"),
        arn("suport-dev-PaymentTeamRole-2B", "anna/bert"),
        arn("suport-dev-PaymentTeamRole-2B", ""),
        arn("suport-dev-PaymentTeamRole-2B", "anna\n"),
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:user/anna",
        f"arn:aws:iam::{ACCOUNT}:role/suport-dev-PaymentTeamRole-2B",
        f"arn:aws:sts::{ACCOUNT}:federated-user/suport-dev-PaymentTeamRole-2B/anna",
    ],
)
def test_a_caller_without_a_session_of_a_teams_role_is_in_no_team(caller: str) -> None:
    with pytest.raises(NoTeam):
        operator_of(caller, ROLES, ACCOUNT)


@given(st.sampled_from(Category), NAMES, st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_role_of_the_same_name_in_another_account_belongs_to_no_team(
    team: Category, name: str, account: str
) -> None:
    assume(account != ACCOUNT)
    with pytest.raises(NoTeam):
        operator_of(arn(ROLES[team], name, account), ROLES, ACCOUNT)


def test_the_teams_roles_are_those_of_the_environment() -> None:
    variables = {f"{team.name}_TEAM_ROLE": role for team, role in ROLES.items()}
    assert team_roles(variables | {"PATH": "/bin"}) == ROLES
    with pytest.raises(KeyError, match="SIGNATURE_TEAM_ROLE"):
        team_roles({name: role for name, role in variables.items() if "SIGN" not in name})


@given(st.lists(st.sampled_from(Category), min_size=1, unique=True), st.sampled_from(Category))
def test_an_operator_of_several_teams_acts_in_that_of_the_incident_and_else_in_the_first(
    teams: list[Category], category: Category
) -> None:
    acting = Operator("anna", tuple(teams)).team_for(category)
    assert acting is (category if category in teams else teams[0])


def test_somebody_at_the_desk_without_a_team_acts_in_none() -> None:
    with pytest.raises(NoTeam):
        Operator("olga", roles=frozenset({Role.DATA_PROTECTION})).team_for(Category.PAYMENT)


def test_only_the_operator_who_has_claimed_the_incident_sees_how_to_reach_the_citizen() -> None:
    shown = operator_view(INCIDENT, HistoryPart(), "anna")
    assert (shown["contact"], shown["contact_shown"]) == (CONTACT, True)


@pytest.mark.parametrize("claimed_by", [None, "bert"])
def test_the_rest_of_the_team_sees_no_more_of_the_person_than_the_page_shows(
    claimed_by: str | None,
) -> None:
    incident = dataclasses.replace(INCIDENT, claimed_by=claimed_by)
    shown = operator_view(incident, HistoryPart(), "anna")
    assert shown["contact_shown"] is False
    page = citizen_view(incident, HistoryPart())["contact"]
    del page["availability"]  # free text, which may have a phone number
    assert shown["contact"] == page
    assert not set(CONTACT.values()) & set(shown["contact"].values())


def test_operators_see_the_notes_and_who_did_what() -> None:
    history = [
        entry(Kind.NOTE, by="operator", operator="bert", body="Ja ha pagat."),
        entry(Kind.ACTION, action="released", by="operator", operator="bert"),
    ]
    assert operator_view(INCIDENT, part_of(*history), "anna")["history"][::-1] == [
        {
            "entry": history[0].id,
            "at": "2026-11-23T10:00:00.000Z",
            "kind": "note",
            "by": "operator",
            "operator": "bert",
            "body": "Ja ha pagat.",
        },
        {
            "entry": history[1].id,
            "at": "2026-11-23T10:00:00.000Z",
            "kind": "action",
            "action": "released",
            "by": "operator",
            "operator": "bert",
        },
    ]


def test_operators_see_which_mails_were_sent() -> None:
    facts = {"message_id": "0102", "for": "1", "kind": "question"}
    mail = an_entry(Kind.MAIL, facts, NOW)
    (shown,) = operator_view(INCIDENT, part_of(mail), "anna")["history"]
    assert (shown["kind"], shown["mail"], shown["for"]) == ("mail", "question", "1")


def test_a_files_name_has_reference_and_number_and_nothing_of_the_citizens() -> None:
    names = [file_name(INCIDENT, each) for each in INCIDENT.files]
    assert names == ["0000-0000-0000-1.pdf", "0000-0000-0000-2.jpg"]
