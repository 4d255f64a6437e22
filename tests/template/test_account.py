"""What an account has once, and who hears of its alarms and its costs."""

import pytest

from tests.support.template import (
    RESOURCES,
    TEMPLATE,
    made_with,
    properties,
    refusals,
    resolved,
)

MAILS = {"MailFrom": "no-contesteu@suport.caib.es"}
SETTINGS = MAILS | {"AccountSettings": "on"}
ZONE = {"MailZone": "Z0123456789ABCDEFGHIJ"}
TOKENS = {
    f"Sender.DkimDNSToken{part}{number}": f"{part.lower()}{number}"
    for part in ("Name", "Value")
    for number in (1, 2, 3)
}


def test_a_stage_makes_nothing_of_the_account_unless_it_is_told_to() -> None:
    assert made_with(**MAILS) == set()
    assert made_with(**SETTINGS) == {"LogAccount", "LogRole", "FirstOfApiGateway", "Sender"}
    assert "Sender" not in made_with(AccountSettings="on")


def test_the_sender_is_the_whole_domain_and_signs_with_a_return_path_of_its_own() -> None:
    sender = properties("Sender")
    known = MAILS | {"Domain": "suport.caib.es"}
    assert sender["EmailIdentity"] == {
        "Fn::Select": [1, {"Fn::Split": ["@", {"Fn::Sub": "${MailFrom}@"}]}]
    }
    assert sender["DkimAttributes"] == {"SigningEnabled": True}
    text, names = sender["MailFromAttributes"]["MailFromDomain"]["Fn::Sub"]
    assert names == {"Domain": sender["EmailIdentity"]}
    assert resolved({"Fn::Sub": text}, known) == "bounce.suport.caib.es"
    assert sender["FeedbackAttributes"] == {"EmailForwardingEnabled": False}


def test_somebody_else_reads_from_an_output_which_records_to_write() -> None:
    output = TEMPLATE["Outputs"]["MailRecords"]
    assert output["Condition"] == "OwnsSender"
    told = resolved({"Fn::Sub": output["Value"]["Fn::Sub"][0]}, TOKENS | {"Domain": "caib.es"})
    assert told.splitlines() == [
        *(f"name{number} CNAME value{number}" for number in (1, 2, 3)),
        "bounce.caib.es MX 10 feedback-smtp.eu-west-1.amazonses.com",
        'bounce.caib.es TXT "v=spf1 include:amazonses.com ~all"',
        '_dmarc.caib.es TXT "v=DMARC1; p=quarantine"',
    ]


def test_the_stack_writes_the_same_records_into_a_zone_as_the_output_names() -> None:
    kept = {name for name in made_with(**SETTINGS, **ZONE) if name not in made_with(**SETTINGS)}
    written = set()
    for name in kept:
        record = properties(name)
        assert record["HostedZoneId"] == {"Ref": "MailZone"}
        where = record["Name"]
        if "Fn::Sub" in where:
            where = {"Fn::Sub": where["Fn::Sub"][0]}
        known = TOKENS | {"Domain": "caib.es"}
        (what,) = record["ResourceRecords"]
        written.add(f"{resolved(where, known)} {record['Type']} {resolved(what, known)}")
    text = TEMPLATE["Outputs"]["MailRecords"]["Value"]["Fn::Sub"][0]
    assert written == set(resolved({"Fn::Sub": text}, TOKENS | {"Domain": "caib.es"}).splitlines())


def test_a_dmarc_record_that_the_domain_has_already_is_left_alone() -> None:
    """Route 53 refuses a second one, and CloudFormation would roll everything back."""
    with_it, without = (
        made_with(**SETTINGS, **ZONE, DmarcRecord=wanted) for wanted in ("on", "off")
    )
    assert with_it - without == {"SenderDmarc"}
    assert properties("SenderDmarc")["Name"]["Fn::Sub"][0] == "_dmarc.${Domain}"


def test_an_identity_that_ses_has_already_is_left_alone_and_the_log_role_still_made() -> None:
    existing = SETTINGS | {"SenderIdentity": "off"}
    assert made_with(**SETTINGS) - made_with(**existing) == {"Sender"}
    assert TEMPLATE["Outputs"]["MailRecords"]["Condition"] == RESOURCES["Sender"]["Condition"]
    assert refusals("prod", **existing) == []


def test_records_of_an_identity_that_the_stack_does_not_make_are_refused() -> None:
    (said,) = refusals("prod", **SETTINGS, **ZONE, SenderIdentity="off")
    assert "MailZone" in said
    assert "SenderIdentity" in said


@pytest.mark.parametrize("given", [MAILS, {"AccountSettings": "on"}, {}])
def test_a_zone_without_an_identity_is_refused(given: dict[str, str]) -> None:
    (said,) = refusals("dev", **ZONE, **given)
    assert "MailZone" in said
    assert refusals("dev", **ZONE, **SETTINGS) == []


def test_the_api_waits_for_the_accounts_settings_and_these_for_something_of_api_gateway() -> None:
    assert RESOURCES["Api"]["DependsOn"] == "LogAccount"
    assert RESOURCES["LogAccount"]["DependsOn"] == "FirstOfApiGateway"
    assert properties("FirstOfApiGateway")["Enabled"] is False


def test_those_on_duty_are_subscribed_by_a_parameter() -> None:
    assert made_with(**MAILS, AlarmsTo="guardia@caib.es") == {"OnDuty"}
    assert properties("OnDuty") == {
        "TopicArn": {"Ref": "Alarms"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmsTo"},
    }
    assert refusals("prod", **MAILS, AlarmsTo="guardia")


def test_a_budget_tells_those_on_duty_before_the_money_is_spent() -> None:
    given = MAILS | {"MonthlyBudget": "40"}
    (said,) = refusals("prod", **given)
    assert "AlarmsTo" in said
    assert made_with(**given, AlarmsTo="guardia@caib.es") == {"OnDuty", "Budget"}
    for each in properties("Budget")["NotificationsWithSubscribers"]:
        told = {"SubscriptionType": "EMAIL", "Address": {"Ref": "AlarmsTo"}}
        assert each["Subscribers"] == [told]
        assert each["Notification"]["Threshold"] <= 100
