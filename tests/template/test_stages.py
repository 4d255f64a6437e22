"""How stages differ: who sends their mails, what they reserve, and what a rollback deletes."""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from tests.support.template import (
    FUNCTIONS,
    RESOURCES,
    TEMPLATE,
    evaluated,
    parameters,
    refusals,
    resolved,
    resources,
)

STAGES = {
    stage: settings["deploy"]["parameters"]
    for stage, settings in tomllib.loads((ROOT / "samconfig.toml").read_text()).items()
    if stage not in {"version", "default"}
}
ON_CITIZENS_DATA = ["pre", "prod"]
SHARDS_AT_FIRST = 4  # of the stream of an on-demand table
# The properties that keep everybody from deleting a resource, CloudFormation included.
PROTECTIONS = ("DeletionProtectionEnabled", "DeletionProtection", "EnableDeletionProtection")


def configured(stage: str) -> dict[str, str]:
    """The parameters that samconfig.toml gives to that stage."""
    return dict(each.split("=", 1) for each in STAGES[stage]["parameter_overrides"])


# ------------------------------------------------------------------- who sends the mails


@pytest.mark.parametrize("stage", ON_CITIZENS_DATA)
def test_a_stage_that_writes_to_citizens_is_refused_without_a_sender(stage: str) -> None:
    (said,) = refusals(stage)
    assert "MailFrom" in said
    assert "samconfig.toml" in said
    assert refusals(stage, MailFrom="assistencia@caib.es") == []
    assert refusals(stage, MailFrom="no-contesteu@mail.suport.illesbalears.cat") == []


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_a_stage_without_citizens_needs_no_sender(stage: str) -> None:
    assert refusals(stage) == []
    assert refusals(stage, MailFrom="assistencia@caib.es") == []


@pytest.mark.parametrize("stage", ["dev", *ON_CITIZENS_DATA])
@pytest.mark.parametrize(
    "domain",
    [
        *("example.org", "example.com", "example.net", "mail.example.org", "a.b.example.com"),
        *("suport.example", "caib.test", "mail.caib.invalid", "suport.localhost"),
    ],
)
def test_no_stage_sends_from_a_domain_reserved_for_examples(stage: str, domain: str) -> None:
    (said,) = refusals(stage, MailFrom=f"suport@{domain}")
    assert "examples" in said


@pytest.mark.parametrize(
    "domain", ["myexample.org", "example.cat", "example.org.es", "testing.es", "test.caib.es"]
)
def test_a_domain_that_only_resembles_one_for_examples_is_accepted(domain: str) -> None:
    assert refusals("prod", MailFrom=f"suport@{domain}") == []


@pytest.mark.parametrize("address", ["caib.es", "suport@caib", "a b@caib.es", "a@caib.es\n", "@"])
def test_a_sender_that_is_not_an_address_is_refused(address: str) -> None:
    assert refusals("prod", MailFrom=address)


def test_only_a_stage_without_a_sender_of_its_own_has_the_placeholder() -> None:
    sender = FUNCTIONS["NotifyCitizen"]["Environment"]["Variables"]["MAIL_FROM"]
    assert resolved(sender, {}) == "suport@example.org"
    assert resolved(sender, {"HasMailFrom": "yes", "MailFrom": "a@caib.es"}) == "a@caib.es"
    assert not evaluated({"Condition": "HasMailFrom"}, parameters(MailFrom=""))
    assert evaluated({"Condition": "HasMailFrom"}, parameters(MailFrom="a@caib.es"))


@pytest.mark.parametrize("stage", STAGES)
def test_samconfig_gives_a_stage_the_parameters_that_the_template_takes(stage: str) -> None:
    given = configured(stage)
    assert given.pop("Stage") == stage
    assert given.keys() <= TEMPLATE["Parameters"].keys()
    # The operator of the stage adds the sender before the first deployment.
    complete = {"MailFrom": "assistencia@caib.es"} | given
    assert refusals(stage, **complete) == []


# ------------------------------------------------------------------- what is reserved


def test_stages_with_citizens_reserve_executions_and_those_with_low_quotas_do_not() -> None:
    reserving = {
        stage
        for stage in STAGES
        if evaluated({"Condition": "ReservesConcurrency"}, parameters(**configured(stage)))
    }
    assert reserving == set(ON_CITIZENS_DATA)


REGIONAL, NATIONAL = {"ServesANation": ""}, {"ServesANation": "yes"}


def reserved(known: Mapping[str, str] = REGIONAL) -> dict[str, int]:
    """How many executions each function has for itself, if the template reserves any."""
    found = {}
    for name, function in FUNCTIONS.items():
        if "ReservedConcurrentExecutions" in function:
            condition, some, none = function["ReservedConcurrentExecutions"]["Fn::If"]
            assert (condition, none) == ("ReservesConcurrency", {"Ref": "AWS::NoValue"}), name
            found[name] = resolved(some, known)
    return found


def test_the_functions_that_must_follow_up_an_incident_have_executions_of_their_own() -> None:
    assert reserved().keys() == {"RouteIncident", "NotifyCitizen", "WatchIncidents"}


@pytest.mark.parametrize("known", [REGIONAL, NATIONAL])
@pytest.mark.parametrize("name", ["RouteIncident", "NotifyCitizen", "WatchIncidents"])
def test_the_reserved_executions_suffice_for_all_that_event_sources_start_at_once(
    name: str, known: Mapping[str, str]
) -> None:
    """Otherwise Lambda refuses some, and each refusal counts as a failed attempt of a message."""
    started: dict[str, Callable[[dict[str, Any]], int]] = {
        "SQS": lambda source: resolved(source["ScalingConfig"], known)["MaximumConcurrency"],
        "DynamoDB": lambda source: source["ParallelizationFactor"] * SHARDS_AT_FIRST,
        "ScheduleV2": lambda _: 1,
    }
    at_once = sum(
        started[event["Type"]](event["Properties"]) for event in FUNCTIONS[name]["Events"].values()
    )
    assert reserved(known)[name] >= at_once


def test_operations_names_the_quota_with_which_a_stage_can_reserve_them() -> None:
    """AWS refuses what would leave fewer than 100 unreserved."""
    text = (ROOT / "docs/operations.md").read_text()
    assert f"reserve {sum(reserved().values())} executions" in text
    assert f"fewer than {sum(reserved().values()) + 100} `ConcurrentExecutions`" in text


# ------------------------------------------------------------------- what a rollback deletes


def test_a_rollback_deletes_nothing_that_is_protected_from_deletion() -> None:
    """Neither the protection nor a policy can differ between the first and the next deployment."""
    protected = {
        name
        for name, resource in RESOURCES.items()
        for protection in PROTECTIONS
        if resource.get("Properties", {}).get(protection, False) is not False
    }
    assert "Register" in protected
    for name in protected:
        assert RESOURCES[name]["DeletionPolicy"] == "Retain", name


def test_a_rollback_deletes_no_bucket_that_another_service_may_have_written_into() -> None:
    for name in resources("AWS::S3::Bucket"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain", name


def test_the_remains_of_a_failed_deployment_are_not_in_the_way_of_the_next() -> None:
    """A fixed name would already be taken."""
    kept = {
        name: resource
        for name, resource in RESOURCES.items()
        if "Retain" in resource.get("DeletionPolicy", "")
    }
    assert kept.keys() == {
        *("Register", "Tombstones", "RetentionRuns", "Figures", "Attachments", "Secret"),
        "DeskUsers",
    }
    for name, resource in kept.items():
        assert resource["UpdateReplacePolicy"] == "Retain", name
        named = resource["Properties"].keys() & {"TableName", "BucketName", "Name"}
        # the register has a name only once it was restored, see test_register_generation
        assert named == ({"TableName"} if name == "Register" else set()), name


# ------------------------------------------------------------------- what a stage costs and carries


def test_dev_has_no_switch_on_that_costs_something() -> None:
    values = parameters(**configured("dev"))
    costly = ("ScansFiles", "IsBehindCloudFront", "ReservesConcurrency", "SetsUpAccount")
    assert [name for name in costly if evaluated({"Condition": name}, values)] == []
    assert values["RecoveryDays"] == "1"


@pytest.mark.parametrize("stage", STAGES)
def test_everything_of_a_stage_carries_its_tags(stage: str) -> None:
    assert STAGES[stage]["tags"] == ["project=suport", f"stage={stage}"]


def test_only_one_stage_makes_what_an_account_has_once() -> None:
    """They may share one; whoever separates them states it in each."""
    making = [name for name in STAGES if configured(name).get("AccountSettings") == "on"]
    assert making == ["prod"]


@pytest.mark.parametrize("stage", ["dev", "pre", "prod"])
def test_each_deployment_ends_with_its_test(stage: str) -> None:
    printed = subprocess.run(  # noqa: S603  it only prints its commands
        ["/usr/bin/env", "make", "-n", "deploy-built", f"STAGE={stage}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    last = printed.strip().splitlines()[-1]
    assert f"sam deploy --config-env {stage}" in printed
    assert last.endswith(f"operations.releases settle --stage {stage}")


# ------------------------------------------------------------- what `make deploy` hands on


def test_a_value_with_spaces_reaches_the_deployment_whole(tmp_path: Path) -> None:
    """SAM would drop what follows the first space, and say nothing."""
    hours = "mon-fri 08:00-15:00; signature sat 09:00-14:00"
    settings = (
        f'[dev.deploy.parameters]\nparameter_overrides = ["Stage=dev", "TeamHours={hours}"]\n'
    )
    (tmp_path / "samconfig.toml").write_text(settings)
    shown = subprocess.run(  # noqa: S603  our own Makefile
        [
            *("make", "-s", "-f", str(ROOT / "Makefile"), "STAGE=dev"),
            *(f"DEPLOY={Path(sys.executable).parent}", "show"),
            *("--eval", "show:; @printf '%s\\n' $(PARAMETERS)"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines() == ["Stage=dev", f'TeamHours="{hours}"']
