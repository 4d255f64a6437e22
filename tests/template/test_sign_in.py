"""How people come to act in the role of a team or of data protection, and who vouches for them."""

import re

import pytest

from suport.domain.category import Category
from suport.domain.operator_identity import NoTeam, operator_of, team_roles
from tests.support.template import TEMPLATE, parameters, properties
from tests.support.transformed import resources as transformed_resources
from tests.support.trust import ACCOUNT, ROOT, Caller, iam_user, role_session, statements, trusts

ROLES = [*(f"{category.capitalize()}TeamRole" for category in Category), "DataProtectionRole"]
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/GOIB"
SAML = {"OperatorsFrom": PROVIDER}
IDENTITY_CENTER = {"OperatorsPermissionSets": "Suport*"}
IAM_USERS: dict[str, str] = {}
TICKETS = f"arn:aws:iam::{ACCOUNT}:user/tickets"
WAYS = [SAML, IDENTITY_CENTER, SAML | IDENTITY_CENTER, IAM_USERS]
SSO, IN_IRELAND = "aws-reserved/sso.amazonaws.com/", "aws-reserved/sso.amazonaws.com/eu-west-1/"
HASH = "0123456789abcdef"


def asserted(**keys: str) -> Caller:
    """Somebody whom the SAML provider vouches for."""
    audience = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    return Caller(PROVIDER, audience | keys, "sts:AssumeRoleWithSAML")


def permitted(name: str, permission_set: str = "SuportPayment", path: str = IN_IRELAND) -> Caller:
    """Somebody whom IAM Identity Center has let into the account with a permission set."""
    return role_session(f"AWSReservedSSO_{permission_set}_{HASH}", name, path)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_of_people_is_taken_in_the_same_ways(role: str) -> None:
    for given in WAYS:
        assert statements(role, Stage="prod", **given) == statements(
            "FunctionalTeamRole", Stage="prod", **given
        )


# IAM users


def test_an_iam_user_with_a_second_factor_acts_under_their_own_name_and_no_other() -> None:
    marta = iam_user("marta", mfa=True)
    assert trusts(ROLES[0], marta.named("marta"), Stage="prod")
    for name in ("joan", "Marta", "marta.", "*", "${aws:username}"):
        assert not trusts(ROLES[0], marta.named(name), Stage="prod")
    assert not trusts(ROLES[0], marta, Stage="prod")


@pytest.mark.parametrize("mfa", [None, False])
def test_an_iam_user_without_a_second_factor_does_not_act(mfa: bool | None) -> None:
    marta = iam_user("marta", mfa=mfa).named("marta")
    assert not trusts(ROLES[0], marta, Stage="prod")
    assert trusts(ROLES[0], marta, Stage="prod", RequireMfa="off")
    assert not trusts(ROLES[0], marta.named("joan"), Stage="prod", RequireMfa="off")


@pytest.mark.parametrize("given", [SAML, IDENTITY_CENTER])
def test_where_people_sign_in_elsewhere_no_iam_user_acts(given: dict[str, str]) -> None:
    assert not trusts(ROLES[0], iam_user("marta", mfa=True).named("marta"), Stage="prod", **given)


def test_the_session_of_a_role_is_no_iam_user() -> None:
    for name in ("marta", "deploy"):
        assert not trusts(ROLES[0], role_session("Deploy", "deploy").named(name), Stage="prod")


# A SAML provider


def test_whom_the_provider_vouches_for_acts_under_the_asserted_name() -> None:
    assert trusts(ROLES[0], asserted().named("marta@caib.es"), Stage="prod", **SAML)
    with_source = Caller(PROVIDER, asserted().keys, "sts:SetSourceIdentity")
    assert trusts(ROLES[0], with_source, Stage="prod", **SAML)


def test_another_provider_and_an_assertion_for_another_service_are_refused() -> None:
    other = Caller(f"{PROVIDER}2", asserted().keys, "sts:AssumeRoleWithSAML").named("marta")
    assert not trusts(ROLES[0], other, Stage="prod", **SAML)
    elsewhere = asserted(**{"SAML:aud": "https://example.org/saml"}).named("marta")
    assert not trusts(ROLES[0], elsewhere, Stage="prod", **SAML)
    for given in (IDENTITY_CENTER, IAM_USERS):
        assert not trusts(ROLES[0], asserted().named("marta"), Stage="prod", **given)


# IAM Identity Center


@pytest.mark.parametrize("path", [IN_IRELAND, SSO, f"{SSO}eu-south-2/"])
def test_a_user_of_identity_center_acts_under_their_name_there(path: str) -> None:
    marta = permitted("marta@caib.es", path=path)
    assert trusts(ROLES[0], marta.named("marta@caib.es"), Stage="prod", **IDENTITY_CENTER)


@pytest.mark.parametrize("name", ["joan@caib.es", "marta", "caib.es", "arta@caib.es", "*", "?"])
def test_a_user_of_identity_center_takes_no_other_name(name: str) -> None:
    marta = permitted("marta@caib.es").named(name)
    assert not trusts(ROLES[0], marta, Stage="prod", **IDENTITY_CENTER)


@pytest.mark.parametrize(
    ("allowed", "permission_set", "trusted"),
    [
        ("Suport*", "Suport", True),
        ("Suport*", "Administrator", False),
        ("SuportPayment", "SuportPayment", True),
        ("SuportPayment", "SuportPaymentAdmin", False),
        ("Suport", "Suport_Admin", False),
        ("Suport", "MySuport", False),
    ],
)
def test_only_the_named_permission_sets_lead_to_a_role(
    allowed: str, permission_set: str, trusted: bool
) -> None:
    caller = permitted("marta", permission_set).named("marta")
    assert trusts(ROLES[0], caller, Stage="prod", OperatorsPermissionSets=allowed) is trusted


def test_a_role_that_only_looks_like_one_of_identity_center_is_refused() -> None:
    for path in ("", "teams/", "aws-reserved/", "x/aws-reserved/sso.amazonaws.com/"):
        caller = permitted("marta", path=path).named("marta")
        assert not trusts(ROLES[0], caller, Stage="prod", **IDENTITY_CENTER)


@pytest.mark.parametrize("name", ["*", "", " ", "*Suport", "a:b", "a/b", "x" * 33])
def test_what_is_no_name_of_permission_sets_is_refused(name: str) -> None:
    pattern = TEMPLATE["Parameters"]["OperatorsPermissionSets"]["AllowedPattern"]
    assert bool(re.search(pattern, name)) is (name == "")


# Programs


@pytest.mark.parametrize("given", WAYS)
def test_a_ticket_system_acts_under_its_own_name_without_a_second_factor(
    given: dict[str, str],
) -> None:
    tickets = iam_user("tickets")
    with_it = given | {"TicketSystems": f"{TICKETS},{TICKETS}2"}
    assert trusts(ROLES[0], tickets.named("tickets"), Stage="prod", **with_it)
    assert not trusts(ROLES[0], tickets.named("marta"), Stage="prod", **with_it)
    assert not trusts(ROLES[0], iam_user("tickets3").named("tickets3"), Stage="prod", **with_it)
    assert not trusts(ROLES[0], tickets.named("tickets"), Stage="prod", **given)


# All of them


@pytest.mark.parametrize("given", WAYS)
@pytest.mark.parametrize("stage", ["dev", "pre", "prod"])
def test_outside_this_machine_nobody_chooses_a_name(stage: str, given: dict[str, str]) -> None:
    """The account's own key may, in the embedded AWS; in AWS no root user can assume a role."""
    root = Caller(ROOT, {"aws:PrincipalArn": ROOT, "aws:userid": ACCOUNT}).named("marta")
    assert not trusts(ROLES[0], root, Stage=stage, **given)
    assert trusts(ROLES[0], root, Stage="local", **given)


def test_a_session_lasts_as_long_as_the_stage_says() -> None:
    assert parameters()["SessionSeconds"] == "3600"
    limits = TEMPLATE["Parameters"]["SessionSeconds"]
    assert (limits["MinValue"], limits["MaxValue"]) == (3600, 12 * 3600)  # IAM takes no others
    deployed = transformed_resources("prod", "AWS::IAM::Role")
    for role in ROLES:
        assert properties(role)["MaxSessionDuration"] == {"Ref": "SessionSeconds"}
        assert "MaxSessionDuration" in deployed[role]


@pytest.mark.parametrize("name", ["marta@caib.es", "marta.pons", "u99999@caib.es", "a" * 64])
def test_the_service_knows_the_operator_by_the_name_of_the_session(name: str) -> None:
    roles = team_roles({f"{team.upper()}_TEAM_ROLE": f"suport-{team}" for team in Category})
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/suport-payment/{name}"
    assert operator_of(caller, roles, ACCOUNT).name == name
    not_yet = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_SuportPayment_{HASH}/{name}"
    with pytest.raises(NoTeam):
        operator_of(not_yet, roles, ACCOUNT)
