"""Each rule of `lint/template_rules.py` fails on a template that breaks it, and on no good one."""

import json
import subprocess
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from local import ROOT, TOOLS

type Template = dict[str, Any]
type Change = Callable[[Template], object]

ARN = {"Fn::GetAtt": ["Kept", "Arn"]}
PUBLIC = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::files/*",
}
GOOD: Template = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
    "Globals": {"Function": {"Runtime": "python3.13", "Handler": "app.handler", "Timeout": 20}},
    "Resources": {
        "Work": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": "s3://code/work",
                "LoggingConfig": {"LogGroup": {"Ref": "WorkLog"}},
                "Events": {
                    "Messages": {
                        "Type": "SQS",
                        "Properties": {"Queue": {"Fn::GetAtt": ["Messages", "Arn"]}},
                    },
                    "Changes": {
                        "Type": "DynamoDB",
                        "Properties": {
                            "Stream": {"Fn::GetAtt": ["Entries", "StreamArn"]},
                            "StartingPosition": "LATEST",
                            "DestinationConfig": {"OnFailure": {"Destination": ARN}},
                        },
                    },
                    "Nightly": {
                        "Type": "ScheduleV2",
                        "Properties": {
                            "ScheduleExpression": "rate(1 day)",
                            "DeadLetterConfig": {"Arn": ARN},
                        },
                    },
                    "Page": {"Type": "Api", "Properties": {"Method": "get", "Path": "/"}},
                },
            },
        },
        "WorkLog": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
        "Messages": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "SqsManagedSseEnabled": True,
                "VisibilityTimeout": 120,
                "RedrivePolicy": {"deadLetterTargetArn": ARN, "maxReceiveCount": 3},
            },
        },
        "Kept": {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}},
        "Fn::ForEach::Alarms": [
            "Name",
            ["Kept"],
            {
                "${Name}Alarm": {
                    "Type": "AWS::CloudWatch::Alarm",
                    "Properties": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateNumberOfMessagesVisible",
                        "Dimensions": [
                            {
                                "Name": "QueueName",
                                "Value": {"Fn::GetAtt": [{"Fn::Sub": "${Name}"}, "QueueName"]},
                            }
                        ],
                        "Statistic": "Maximum",
                        "Period": 60,
                        "EvaluationPeriods": 1,
                        "Threshold": 1,
                        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                        "AlarmActions": [{"Ref": "Topic"}],
                    },
                }
            },
        ],
        "Topic": {"Type": "AWS::SNS::Topic"},
        "OnDuty": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "a@b.cat",
            },
        },
        "ToTheQueue": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Messages", "Arn"]},
                "RedrivePolicy": {"deadLetterTargetArn": ARN},
            },
        },
        "Found": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.guardduty"]},
                "Targets": [
                    {
                        "Id": "queue",
                        "Arn": {"Fn::GetAtt": ["Messages", "Arn"]},
                        "DeadLetterConfig": {"Arn": ARN},
                    }
                ],
            },
        },
        "Entries": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "DeletionProtectionEnabled": {"Fn::If": ["Live", True, False]},
            },
        },
        "Files": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                }
            },
        },
    },
    "Parameters": {"Stage": {"Type": "String"}},
    "Conditions": {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
}


def of(name: str, template: Template) -> Any:
    return template["Resources"][name]["Properties"]


def event(name: str, template: Template) -> Any:
    return of("Work", template)["Events"][name]["Properties"]


def adding(name: str, kind: str, **properties: Any) -> Change:
    return lambda template: template["Resources"].update(
        {name: {"Type": kind, "Properties": properties}}
    )


def alarm(template: Template) -> Any:
    return template["Resources"]["Fn::ForEach::Alarms"][2]["${Name}Alarm"]["Properties"]


INVOKED = {"FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction"}
SOURCE = {
    "FunctionName": {"Ref": "Work"},
    "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/visits",
}

BROKEN: dict[str, tuple[Change, str, str]] = {
    "a stream without a failure destination": (
        lambda template: event("Changes", template).pop("DestinationConfig"),
        *("E9101", "Work"),
    ),
    "a schedule without a dead-letter queue": (
        lambda template: event("Nightly", template).pop("DeadLetterConfig"),
        *("E9101", "Work"),
    ),
    "a subscription without a dead-letter queue": (
        lambda template: of("ToTheQueue", template).pop("RedrivePolicy"),
        *("E9101", "ToTheQueue"),
    ),
    "a rule's target without a dead-letter queue": (
        lambda template: of("Found", template)["Targets"][0].pop("DeadLetterConfig"),
        *("E9101", "Found"),
    ),
    "an event of S3 at which the function may fail": (
        lambda template: of("Work", template)["Events"].update(
            Arrived={"Type": "S3", "Properties": {"Bucket": {"Ref": "Files"}, "Events": "s3:*"}}
        ),
        *("E9101", "Work"),
    ),
    "an invocation by S3, as CloudFormation writes it": (
        adding("Invoked", "AWS::Lambda::Permission", Principal="s3.amazonaws.com", **INVOKED),
        *("E9101", "Work"),
    ),
    "a source without a failure destination, as CloudFormation writes it": (
        adding("Visits", "AWS::Lambda::EventSourceMapping", **SOURCE),
        *("E9101", "Visits"),
    ),
    "no alarm on the queue": (
        lambda template: template["Resources"].pop("Fn::ForEach::Alarms"),
        *("E9101", "ToTheQueue"),
    ),
    "an alarm that nobody hears": (
        lambda template: alarm(template).pop("AlarmActions"),
        *("E9101", "ToTheQueue"),
    ),
    "an alarm on another metric": (
        lambda template: alarm(template).update(MetricName="NumberOfMessagesSent"),
        *("E9101", "ToTheQueue"),
    ),
    "a function that logs where Lambda says": (
        lambda template: of("Work", template).pop("LoggingConfig"),
        *("E9102", "Work"),
    ),
    "a log that is kept for ever": (
        lambda template: of("WorkLog", template).pop("RetentionInDays"),
        *("E9102", "Work"),
    ),
    "a log that is kept for a year": (
        lambda template: of("WorkLog", template).update(RetentionInDays=365),
        *("E9102", "Work"),
    ),
    "two functions with one log": (
        lambda template: template["Resources"].update(
            Other={
                "Type": "AWS::Serverless::Function",
                "Properties": {"CodeUri": "s3://code/other"}
                | {"LoggingConfig": {"LogGroup": {"Ref": "WorkLog"}}},
            }
        ),
        *("E9102", "Other"),
    ),
    "a queue in clear": (
        lambda template: of("Messages", template).pop("SqsManagedSseEnabled"),
        *("E9103", "Messages"),
    ),
    "a dead-letter queue in clear": (
        lambda template: of("Kept", template).update(SqsManagedSseEnabled=False),
        *("E9103", "Kept"),
    ),
    "a queue of people without a redrive": (
        adding("Team", "AWS::SQS::Queue", SqsManagedSseEnabled=True),
        *("E9103", "Team"),
    ),
    "a queue that shows a message again too soon": (
        lambda template: of("Messages", template).update(VisibilityTimeout=119),
        *("E9104", "Messages"),
    ),
    "a function that takes longer than its queue allows for": (
        lambda template: of("Work", template).update(Timeout=21),
        *("E9104", "Messages"),
    ),
    "a table that forgets nothing": (
        lambda template: of("Entries", template).pop("TimeToLiveSpecification"),
        *("E9105", "Entries"),
    ),
    "a table that cannot be restored": (
        lambda template: of("Entries", template).pop("PointInTimeRecoverySpecification"),
        *("E9105", "Entries"),
    ),
    "a table that anybody may delete": (
        lambda template: of("Entries", template).update(DeletionProtectionEnabled=False),
        *("E9105", "Entries"),
    ),
    "a table that goes with the stack": (
        lambda template: template["Resources"]["Entries"].update(DeletionPolicy="Delete"),
        *("E9105", "Entries"),
    ),
    "a bucket that takes a public policy": (
        lambda template: of("Files", template)["PublicAccessBlockConfiguration"].update(
            BlockPublicPolicy=False
        ),
        *("E9106", "Files"),
    ),
    "a bucket that is a site": (
        lambda template: of("Files", template).update(WebsiteConfiguration={"IndexDocument": "i"}),
        *("E9106", "Files"),
    ),
    "a policy that lets everybody read": (
        adding(
            "Open",
            "AWS::S3::BucketPolicy",
            Bucket={"Ref": "Files"},
            PolicyDocument={"Version": "2012-10-17", "Statement": [PUBLIC]},
        ),
        *("E9106", "Open"),
    ),
}

EXCUSED: dict[str, Change] = {
    "nothing": lambda _: None,
    "a table that says why it forgets nothing": lambda template: (
        of("Entries", template).pop("TimeToLiveSpecification"),
        template["Resources"]["Entries"].update(Metadata={"WhyNoExpiry": "counts only"}),
    ),
    "a table that says why it needs no copies": lambda template: (
        of("Entries", template).pop("PointInTimeRecoverySpecification"),
        template["Resources"]["Entries"].update(Metadata={"WhyNoRecovery": "a cache"}),
    ),
    "a table that says why it may go with the stack": lambda template: (
        of("Entries", template).pop("DeletionProtectionEnabled"),
        template["Resources"]["Entries"].update(
            DeletionPolicy="Delete", Metadata={"WhyUnprotected": "a cache"}
        ),
    ),
    "a function invoked by API Gateway": adding(
        "Invoked", "AWS::Lambda::Permission", Principal="apigateway.amazonaws.com", **INVOKED
    ),
}


@pytest.fixture(scope="module")
def faults() -> dict[str, set[tuple[str, str]]]:
    """The rules that each changed template breaks, and where."""
    changes = {name: change for name, (change, *_) in BROKEN.items()} | EXCUSED
    templates = [deepcopy(GOOD) for _ in changes]
    for template, change in zip(templates, changes.values(), strict=True):
        change(template)
    done = subprocess.run(  # noqa: S603  our own files
        # -P: the folder's own modules, such as `html`, would hide those of the standard library
        [
            *(TOOLS / "deploy/bin/python", "-P", ROOT / "tests/support/template_faults.py"),
            ROOT / "lint",
        ],
        input=json.dumps(templates).encode(),
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)
    return {
        name: {(rule, where) for rule, where in each}
        for name, each in zip(changes, found, strict=True)
    }


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_fails_on_a_template_that_breaks_it(
    name: str, faults: dict[str, set[tuple[str, str]]]
) -> None:
    _, rule, where = BROKEN[name]
    assert (rule, where) in faults[name]
    assert {each for each, _ in faults[name]} == {rule}


@pytest.mark.parametrize("name", EXCUSED)
def test_a_template_that_keeps_the_rules_has_no_faults(
    name: str, faults: dict[str, set[tuple[str, str]]]
) -> None:
    assert faults[name] == set()
