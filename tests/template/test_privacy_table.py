"""The table of docs/privacy.md has every place where personal data can be, and its time."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from desk.drafts.kept_files import KEPT_FOR
from local import ROOT
from suport.domain import remote_session
from suport.domain.retention import MONTHS_KEPT
from suport.web import session
from tests.support.template import TEMPLATE, alternatives
from tests.support.transformed import transformed

type Resources = dict[str, dict[str, Any]]

DAY = 24 * 3600
HOLDS_NOTHING = {
    *("AWS::ApiGateway::Deployment", "AWS::ApiGateway::RestApi", "AWS::CloudWatch::Alarm"),
    *("AWS::CloudWatch::Dashboard", "AWS::Logs::QueryDefinition"),
    "AWS::WAFv2::WebACLAssociation",
    *("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::KMS::Key"),
    "AWS::Lambda::EventSourceMapping",
    *("AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::S3::BucketPolicy"),
    *("AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::Subscription"),
    *("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::Scheduler::Schedule"),
    *("AWS::ApiGateway::Account", "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::DomainName"),
    *("AWS::ApiGateway::BasePathMapping", "AWS::CertificateManager::Certificate"),
    *("AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain"),
    *("AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolIdentityProvider"),
    "AWS::Cognito::ManagedLoginBranding",
    *("AWS::Route53::RecordSet", "AWS::SES::EmailIdentity", "AWS::Budgets::Budget"),
}
"""Types whose resources only say who may do what, or what leads where."""
SOMETIME = "a time"
"""The template has no time, because the code sets one for each item."""
STREAM, SYSTEM_BACKUP = "24 hours", "35 days"  # DynamoDB's own, which nobody can change
BY_SNS = "23 days"  # for how long SNS goes on trying to reach a queue
FOR_EVER = "for ever"

OF_A_REQUEST = {
    *("$context.requestId", "$context.integration.requestId", "$context.requestTime"),
    *("$context.httpMethod", "$context.resourcePath", "$context.status"),
    *("$context.responseLength", "$context.responseLatency", "$context.integration.latency"),
    *("$context.error.responseType", "$context.wafResponseCode"),
}
"""What of a request says nothing about who sent it, or about which incident."""

_TIME = re.compile(r"\d+ (?:minutes|hours|days|months)\b|not kept\b|no person\b|until removed\b")


@dataclass(frozen=True)
class Row:
    """One row: the resources that it names, a part of theirs, and how long that is kept."""

    names: tuple[str, ...]
    where: str
    kept: str

    @property
    def part(self) -> str:
        """What follows the names: `recovery copies`."""
        return self.where.rpartition("`")[2].strip(" ,")

    @property
    def time(self) -> str:
        """The time with which the cell begins, such as `14 days`; empty if it is another text."""
        found = _TIME.match(self.kept)
        return found[0] if found else ""


def rows() -> list[Row]:
    """The table of the document."""
    document = (ROOT / "docs/privacy.md").read_text()
    _, _, section = document.partition("\n## The places\n")
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[each.strip() for each in line.strip("|").split(" | ")] for line in lines[2:]]
    assert {len(each) for each in cells} == {6}, "a row has six cells"
    assert all(all(each) for each in cells), "no cell is empty"
    return [Row(tuple(re.findall(r"`(\w+)`", where)), where, kept) for where, _, kept, *_ in cells]


def deployed() -> Resources:
    """The resources of the stack, as SAM gives them to CloudFormation."""
    found: Resources = transformed("prod")["Resources"]
    return found


def days(seconds: int) -> str:
    return f"{seconds / DAY:g} days"


def longest(value: Any) -> int:
    """The highest value: that of a parameter is the most that the template allows."""
    if isinstance(value, dict) and value.keys() == {"Ref"}:
        return int(TEMPLATE["Parameters"][value["Ref"]]["MaxValue"])
    return int(value)


def of_table(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    expires = table.get("TimeToLiveSpecification", {}).get("Enabled")
    yield "", SOMETIME if expires else "no person"
    if table.get("StreamSpecification"):
        yield "stream", STREAM
    recovery = table.get("PointInTimeRecoverySpecification", {})
    if recovery.get("PointInTimeRecoveryEnabled"):
        yield "recovery copies", f"{longest(recovery.get('RecoveryPeriodInDays', 35))} days"
        yield "system backup", SYSTEM_BACKUP
    if table.get("KinesisStreamSpecification"):
        yield "stream to Kinesis", FOR_EVER


def of_bucket(bucket: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", SOMETIME
    for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []):
        if "ExpirationInDays" in rule:
            yield "lifecycle", f"{rule['ExpirationInDays']} days"
        for name in ("Transitions", "Transition"):
            if name in rule:
                yield "archive", FOR_EVER
    if bucket.get("VersioningConfiguration", {}).get("Status") == "Enabled":
        yield "earlier versions", FOR_EVER
    for name in ("LoggingConfiguration", "ReplicationConfiguration", "InventoryConfigurations"):
        if name in bucket:
            yield name, FOR_EVER


def of_queue(queue: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", days(queue.get("MessageRetentionPeriod", 4 * DAY))


def of_topic(topic: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", BY_SNS if topic["subscribed"] else "not kept"
    if "ArchivePolicy" in topic:
        yield "archive", days(int(topic["ArchivePolicy"]["MessageRetentionPeriod"]) * DAY)


def of_log(group: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", f"{group['RetentionInDays']} days" if "RetentionInDays" in group else FOR_EVER


def of_function(function: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "LogGroup" not in function.get("LoggingConfig", {}):
        yield "log that Lambda makes", FOR_EVER
    if "Active" in alternatives(function.get("TracingConfig", {}).get("Mode")):
        yield "traces", "30 days"
    if "FileSystemConfigs" in function:
        yield "file system", FOR_EVER


def of_stage(stage: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for setting in alternatives(stage.get("AccessLogSetting", {"Ref": "AWS::NoValue"})):
        # a line about nobody; the log group is a place of its own
        if not set(re.findall(r"\$[\w.]+", setting["Format"])) <= OF_A_REQUEST:
            yield "access log", FOR_EVER
    for setting in stage.get("MethodSettings", []):
        if setting.get("LoggingLevel", "OFF") != "OFF" or setting.get("DataTraceEnabled"):
            yield "execution log", FOR_EVER
    if stage.get("TracingEnabled"):
        yield "traces", "30 days"
    if stage.get("CacheClusterEnabled"):
        yield "cache", FOR_EVER


def of_mails(configuration: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", "not kept"
    # without the setting, the account's own applies, which keeps both reasons
    if configuration.get("SuppressionOptions", {}).get("SuppressedReasons", ["BOUNCE"]):
        yield "suppression list", FOR_EVER
    if "ArchivingOptions" in configuration:
        yield "archive", FOR_EVER


def of_rule(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for target in rule.get("Targets", []):
        longest_s = target.get("RetryPolicy", {}).get("MaximumEventAgeInSeconds", DAY)
        yield "", f"{longest_s / 3600:g} hours"


def of_distribution(distribution: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "", "not kept"
    if "Logging" in distribution["DistributionConfig"]:
        yield "log", FOR_EVER


def of_firewall(acl: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in (acl, *acl["Rules"]):
        if each["VisibilityConfig"]["SampledRequestsEnabled"]:
            yield "samples", "3 hours"


HOLDS: dict[str, Callable[[dict[str, Any]], Iterator[tuple[str, str]]]] = {
    "AWS::DynamoDB::Table": of_table,
    "AWS::DynamoDB::GlobalTable": of_table,
    "AWS::S3::Bucket": of_bucket,
    "AWS::SQS::Queue": of_queue,
    "AWS::SNS::Topic": of_topic,
    "AWS::Logs::LogGroup": of_log,
    "AWS::Lambda::Function": of_function,
    "AWS::ApiGateway::Stage": of_stage,
    "AWS::CloudFront::Distribution": of_distribution,
    "AWS::SES::ConfigurationSet": of_mails,
    "AWS::Events::Rule": of_rule,
    "AWS::WAFv2::WebACL": of_firewall,
    "AWS::SecretsManager::Secret": lambda _: iter([("", "no person")]),
    "AWS::Cognito::UserPool": lambda _: iter([("", "until removed")]),
    "AWS::GuardDuty::MalwareProtectionPlan": lambda _: iter([("", "not kept")]),
}
"""What each type of resource can hold: the parts, each with its time."""


def places(resources: Resources) -> dict[tuple[str, str], str]:
    """Every place of the stack: its name and part, and the time that the template gives it."""
    found: dict[tuple[str, str], str] = {}
    subscriptions = [
        str(each["Properties"]["TopicArn"])
        for each in resources.values()
        if each["Type"] == "AWS::SNS::Subscription"
        and each["Properties"]["Protocol"] != "email"  # which SNS gives up within hours
    ]
    for name, resource in resources.items():
        kind, given = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::SNS::Topic":
            subscribed = "Subscription" in given or any(f"'{name}'" in to for to in subscriptions)
            given = given | {"subscribed": subscribed}
        if kind not in HOLDS_NOTHING:
            parts = HOLDS.get(kind, lambda _, kind=kind: iter([("", f"what HOLDS says of {kind}")]))
            found |= {(name, part): time for part, time in parts(given)}
    return found


def faults(table: list[Row], resources: Resources) -> list[str]:
    """What the table says wrongly, or not at all."""
    there = places(resources)
    said = {(name, row.part): row for row in table for name in row.names}
    wrong = [f"{place}: no row" for place in there.keys() - said.keys()]
    wrong += [f"{place}: no such place" for place in said.keys() - there.keys()]
    for place in there.keys() & said.keys():
        time, row = there[place], said[place]
        if time == SOMETIME and not re.match(r"\d", row.time):
            wrong.append(f"{place}: its row has no time")
        if time not in {SOMETIME, row.time}:
            wrong.append(f"{place}: {row.time or row.kept!r} in its row, {time} in the template")
    return sorted(wrong)


def test_every_place_of_the_stack_has_a_row_with_its_time() -> None:
    assert faults(rows(), deployed()) == []


def test_no_place_has_two_rows() -> None:
    named = [(name, row.part) for row in rows() for name in row.names]
    assert len(named) == len(set(named))


def test_the_register_keeps_an_entry_as_long_as_its_row_says() -> None:
    (register,) = [row for row in rows() if row.where == "`Register`"]
    assert register.time == f"{MONTHS_KEPT} months"


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("An operator's computer, drafts", KEPT_FOR),
        ("The citizen's browser", session.LASTS),
        ("The citizen's browser, remote support", remote_session.KEPT_FOR),
        ("`RemoteSessions`", remote_session.KEPT_FOR),
    ],
)
def test_what_the_code_sets_a_time_for_is_kept_as_long_as_its_row_says(
    where: str, kept: timedelta
) -> None:
    (row,) = [row for row in rows() if row.where == where]
    said = {name: timedelta(**{name: 1}) for name in ("minutes", "hours", "days")}
    number, unit = row.time.split()
    assert int(number) * said[unit] == kept


LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}


@pytest.mark.parametrize(
    ("name", "added", "fault"),
    [
        ("Visits", {"Type": "AWS::DynamoDB::Table"}, "('Visits', ''): no row"),
        ("Exports", {"Type": "AWS::S3::Bucket"}, "('Exports', ''): no row"),
        ("Later", {"Type": "AWS::SQS::Queue"}, "('Later', ''): no row"),
        ("News", {"Type": "AWS::SNS::Topic"}, "('News', ''): no row"),
        ("CountVisitsLog", LOG, "('CountVisitsLog', ''): no row"),
        ("Delivery", {"Type": "AWS::KinesisFirehose::DeliveryStream"}, "('Delivery', ''): no row"),
        ("People", {"Type": "AWS::Cognito::UserPool"}, "('People', ''): no row"),
        (
            "CountVisits",
            {"Type": "AWS::Lambda::Function"},
            "('CountVisits', 'log that Lambda makes'): no row",
        ),
    ],
)
def test_a_new_resource_without_a_row_is_named(
    name: str, added: dict[str, Any], fault: str
) -> None:
    assert faults(rows(), deployed() | {name: added}) == [fault]


def removed(resources: Resources, name: str, setting: str) -> None:
    del resources[name]["Properties"][setting]


def given(resources: Resources, name: str, **settings: Any) -> None:
    resources[name]["Properties"] |= settings


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda found: given(found, "MailEventsQueue", MessageRetentionPeriod=5 * DAY),
            "('MailEventsQueue', ''): '4 days' in its row, 5 days in the template",
        ),
        (
            lambda found: given(found, "ShowHelpLog", RetentionInDays=90),
            "('ShowHelpLog', ''): '30 days' in its row, 90 days in the template",
        ),
        (
            lambda found: removed(found, "ShowHelpLog", "RetentionInDays"),
            "('ShowHelpLog', ''): '30 days' in its row, for ever in the template",
        ),
        (
            lambda found: removed(found, "Register", "TimeToLiveSpecification"),
            "('Register', ''): '6 months' in its row, no person in the template",
        ),
        (
            lambda found: given(
                found,
                "Register",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            ),
            "('Register', 'recovery copies'): '7 days' in its row, 35 days in the template",
        ),
        (
            lambda found: given(
                found,
                "Attachments",
                LifecycleConfiguration={"Rules": [{"ExpirationInDays": 365}]},
            ),
            "('Attachments', 'lifecycle'): '185 days' in its row, 365 days in the template",
        ),
        (
            lambda found: given(
                found, "Attachments", VersioningConfiguration={"Status": "Enabled"}
            ),
            "('Attachments', 'earlier versions'): no row",
        ),
        (
            lambda found: given(
                found,
                "ApisuportStage",
                AccessLogSetting={"Format": "$context.status $context.identity.userAgent"},
            ),
            "('ApisuportStage', 'access log'): no row",
        ),
        (
            lambda found: given(
                found, "RequestFilter", VisibilityConfig={"SampledRequestsEnabled": True}
            ),
            "('RequestFilter', 'samples'): no row",
        ),
        (
            lambda found: removed(found, "MailConfiguration", "SuppressionOptions"),
            "('MailConfiguration', 'suppression list'): no row",
        ),
        (lambda found: found.pop("WatchesMissed"), "('WatchesMissed', ''): no such place"),
    ],
)
def test_a_time_that_differs_and_a_row_without_its_place_are_named(
    change: Callable[[Resources], object], fault: str
) -> None:
    changed = deepcopy(deployed())
    change(changed)
    assert faults(rows(), changed) == [fault]
