"""How operators sign in to the desk in the browser, in the template as AWS gets it.

The embedded AWS asks nobody for a second factor, passes nobody on to another provider, and knows
neither a client's attributes nor its flows.
"""

from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.directory_groups import read_places
from suport.domain.operator_identity import Role
from tests.support.template import TEMPLATE, granted, refusals
from tests.support.transformed import deployed

SAML = {"DeskSamlMetadata": "https://idp.caib.example/metadata"}
OIDC = {
    "DeskOidcIssuer": "https://idp.caib.example",
    "DeskOidcClient": "suport",
    "DeskOidcSecret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:desk-AbCdEf",
}
WAYS = [{}, SAML, OIDC]


def of_kind(kind: str, stage: str = "prod", **given: str) -> dict[str, dict[str, Any]]:
    """The resources of that type that the stage has, by their names."""
    resources = deployed(stage, **given)["Resources"]
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def client(**given: str) -> dict[str, Any]:
    (found,) = of_kind("AWS::Cognito::UserPoolClient", **given).values()
    return found


def pool(stage: str = "prod", **given: str) -> dict[str, Any]:
    (found,) = of_kind("AWS::Cognito::UserPool", stage, **given).values()
    return found


@pytest.mark.parametrize("given", WAYS)
def test_somebody_signs_in_on_the_providers_page_and_in_no_other_way(given: dict[str, str]) -> None:
    found = client(**given)
    assert found["AllowedOAuthFlowsUserPoolClient"] is True
    assert found["AllowedOAuthFlows"] == ["code"]
    # without the setting, Cognito takes passwords at its API (ALLOW_USER_SRP_AUTH)
    assert found["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert found["GenerateSecret"] is False  # the verifier of PKCE stands for it
    assert found["PreventUserExistenceErrors"] == "ENABLED"
    assert found["EnableTokenRevocation"] is True


@pytest.mark.parametrize("given", WAYS)
def test_nobody_gets_a_token_with_which_to_change_their_own_groups(given: dict[str, str]) -> None:
    assert set(client(**given)["AllowedOAuthScopes"]) == {"openid", "profile"}


@pytest.mark.parametrize("given", WAYS)
def test_cognito_may_write_and_the_desk_read_what_a_directory_says_and_nothing_else(
    given: dict[str, str],
) -> None:
    found = client(**given)
    mapped = {"preferred_username", "custom:groups"}
    assert set(found["WriteAttributes"]) == set(found["ReadAttributes"]) == mapped
    (own,) = pool(**given)["Schema"]
    assert (own["Name"], own["Mutable"]) == ("groups", True)


def test_tokens_last_as_short_as_cognito_allows() -> None:
    found = client()
    units = found["TokenValidityUnits"]
    assert {*units.values()} == {"minutes"}
    assert (found["IdTokenValidity"], found["AccessTokenValidity"]) == (5, 5)
    assert found["RefreshTokenValidity"] == 60


@pytest.mark.parametrize("given", WAYS)
def test_nobody_signs_up_or_takes_another_persons_account(given: dict[str, str]) -> None:
    found = pool(**given)
    assert found["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert found["UsernameConfiguration"] == {"CaseSensitive": False}
    recovery = found["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert [each["Name"] for each in recovery] == ["admin_only"]
    assert not found.keys() & {"AliasAttributes", "UsernameAttributes", "LambdaConfig"}
    assert found["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12


def test_a_password_may_be_of_any_characters() -> None:
    policy = pool()["Policies"]["PasswordPolicy"]
    demands = {name: policy[name] for name in policy if name.startswith("Require")}
    kinds = ("Lowercase", "Uppercase", "Numbers", "Symbols")  # what Cognito demands if not told
    assert demands == {f"Require{kind}": False for kind in kinds}


def test_a_temporary_password_ends_after_three_days() -> None:
    assert pool()["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 3


@pytest.mark.parametrize(
    ("stage", "given", "asked"),
    [
        ("prod", {}, "ON"),
        ("pre", {}, "ON"),
        ("dev", {}, "ON"),
        ("dev", {"RequireMfa": "off"}, "OFF"),
        ("local", {}, "OFF"),
    ],
)
def test_the_pools_own_users_give_a_code_wherever_a_second_factor_is_asked_for(
    stage: str, given: dict[str, str], asked: str
) -> None:
    found = pool(stage, **given)
    assert found["MfaConfiguration"] == asked
    factors = ["SOFTWARE_TOKEN_MFA"] if asked == "ON" else {"Ref": "AWS::NoValue"}
    assert found.get("EnabledMfas", {"Ref": "AWS::NoValue"}) == factors


def test_without_a_directory_the_pools_own_users_sign_in() -> None:
    assert client()["SupportedIdentityProviders"] == ["COGNITO"]
    assert of_kind("AWS::Cognito::UserPoolIdentityProvider") == {}
    assert signing_in()["SIGN_IN_PROVIDER"] == ""


@pytest.mark.parametrize(
    ("given", "name", "kind"),
    [(SAML, "saml-directory", "SAML"), (OIDC, "oidc-directory", "OIDC")],
)
def test_with_a_directory_nobody_else_signs_in(given: dict[str, str], name: str, kind: str) -> None:
    ((logical_id, provider),) = of_kind("AWS::Cognito::UserPoolIdentityProvider", **given).items()
    assert (provider["ProviderName"], provider["ProviderType"]) == (name, kind)
    assert client(**given)["SupportedIdentityProviders"] == [{"Ref": logical_id}]
    assert signing_in(**given)["SIGN_IN_PROVIDER"] == name
    assert of_kind("AWS::Cognito::UserPoolGroup", **given) == {}  # they would give nothing


@pytest.mark.parametrize("given", [SAML, OIDC])
def test_name_and_groups_come_from_the_attributes_that_the_stage_names(
    given: dict[str, str],
) -> None:
    (provider,) = of_kind("AWS::Cognito::UserPoolIdentityProvider", **given).values()
    assert provider["AttributeMapping"] == {
        "preferred_username": {"Ref": "DeskNameAttribute"},
        "custom:groups": {"Ref": "DeskGroupsAttribute"},
    }


def test_a_saml_sign_in_begins_at_the_desk() -> None:
    """One that begins elsewhere could sign somebody in as another person."""
    (provider,) = of_kind("AWS::Cognito::UserPoolIdentityProvider", **SAML).values()
    assert provider["ProviderDetails"]["IDPInit"] == "false"


def test_the_password_at_the_directory_is_nowhere_in_the_template() -> None:
    (provider,) = of_kind("AWS::Cognito::UserPoolIdentityProvider", **OIDC).values()
    secret = provider["ProviderDetails"]["client_secret"]
    assert secret == {"Fn::Sub": "{{resolve:secretsmanager:${DeskOidcSecret}}}"}


@pytest.mark.parametrize(
    "given",
    [
        SAML | OIDC,
        *({name: OIDC[name]} for name in OIDC),
        *({name: OIDC[name] for name in OIDC if name != left_out} for left_out in OIDC),
        SAML | {"DeskOidcClient": "suport"},
    ],
)
def test_half_a_directory_is_refused(given: dict[str, str]) -> None:
    assert refusals("prod", MailFrom="a@caib.es", **given)


@pytest.mark.parametrize("given", WAYS)
def test_a_whole_directory_or_none_is_taken(given: dict[str, str]) -> None:
    assert refusals("prod", MailFrom="a@caib.es", **given) == []


def test_there_is_a_group_for_each_team_and_role_and_it_stands_for_that() -> None:
    groups = {each["GroupName"] for each in of_kind("AWS::Cognito::UserPoolGroup").values()}
    places = read_places(TEMPLATE["Parameters"]["DeskGroups"]["Default"])
    assert places == {f"suport-{place}": place for place in (*Category, *Role)}
    assert groups == places.keys()


def signing_in(**given: str) -> dict[str, Any]:
    """The environment of the function."""
    functions = of_kind("AWS::Lambda::Function", **given)
    found: dict[str, Any] = functions["SignInOperator"]["Environment"]["Variables"]
    return found


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (
            {},
            "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/suport",
        ),
        ({"DomainName": "suport.caib.es"}, "https://${DomainName}"),
    ],
)
def test_the_provider_sends_browsers_to_the_stage_only(given: dict[str, str], address: str) -> None:
    found = client(**given)
    for name, page in (("CallbackURLs", "callback"), ("LogoutURLs", "signed-out")):
        (url,) = found[name]
        text, parts = url["Fn::Sub"]
        assert text == f"${{Desk}}/desk/{page}"
        assert parts == {"Desk": {"Fn::Sub": address}}


def test_the_function_gets_the_clients_name_from_the_stage_of_the_api() -> None:
    """The client names the API, which names its functions: the function cannot name the client."""
    (stage,) = of_kind("AWS::ApiGateway::Stage").values()
    assert stage["Variables"]["desk_client"] == {"Ref": "DeskClient"}
    assert "DeskClient" not in str(of_kind("AWS::Lambda::Function"))
    assert "DeskClient" not in str(of_kind("AWS::ApiGateway::RestApi"))


def test_who_signs_operators_in_reaches_nothing_of_a_citizens() -> None:
    actions = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    assert granted("SignInOperatorRole") - {
        each for each in granted("SignInOperatorRole") if each[0].startswith("logs:")
    } == {(action, "DeskTable.Arn") for action in actions} | {
        ("secretsmanager:GetSecretValue", "Secret.Id")
    }


def test_no_other_function_has_the_packages_that_read_tokens() -> None:
    layers = of_kind("AWS::Lambda::LayerVersion")
    (own,) = [name for name in layers if name.startswith("SignInLayer")]
    with_it = [
        name
        for name, function in of_kind("AWS::Lambda::Function").items()
        if {"Ref": own} in function["Layers"]
    ]
    assert with_it == ["SignInOperator"]
