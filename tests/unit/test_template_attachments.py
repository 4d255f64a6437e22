"""What the template promises of the files that citizens add."""

import json
from typing import Any

import pytest

from suport.domain.retention import MONTHS_KEPT
from tests.template import FUNCTIONS, TEMPLATE

RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
BUCKET = RESOURCES["Attachments"]
LONGEST_KEPT = MONTHS_KEPT * 31 - 2  # days: of six months in a row, two or more are shorter
SCANNING = {"MalwareScan", "MalwareScanRole", "ScanResults"}


def properties(name: str) -> Any:
    return RESOURCES[name]["Properties"]


def granted(role: str) -> set[tuple[str, str]]:
    """Every action with what it is allowed on, beyond logs."""
    (policy,) = properties(role)["Policies"]
    return {
        (action, str(*statement["Resource"].values()))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in [statement["Action"]]
        if isinstance(action, str)
    } | {
        (action, str(*statement["Resource"].values()))
        for statement in policy["PolicyDocument"]["Statement"]
        if isinstance(statement["Action"], list)
        for action in statement["Action"]
        if not action.startswith("logs:")
    }


def test_nobody_but_the_service_reaches_the_files() -> None:
    blocked = BUCKET["Properties"]["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4
    assert all(blocked.values())
    (owner,) = BUCKET["Properties"]["OwnershipControls"]["Rules"]
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_files_are_encrypted_where_they_lie_and_on_their_way() -> None:
    (rule,) = BUCKET["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    # the local run leaves the policy out, so this must be all that it says
    (statement,) = properties("AttachmentsPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [
        {"Fn::GetAtt": "Attachments.Arn"},
        {"Fn::Sub": "${Attachments.Arn}/*"},
    ]


def test_what_is_erased_leaves_no_copy_and_what_was_missed_goes_after_the_six_months() -> None:
    assert "VersioningConfiguration" not in BUCKET["Properties"]
    rules = BUCKET["Properties"]["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    (days,) = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    assert LONGEST_KEPT < days <= LONGEST_KEPT + 1
    unfinished = [rule.get("AbortIncompleteMultipartUpload") for rule in rules]
    assert {"DaysAfterInitiation": 1} in unfinished


def test_deleting_the_stack_deletes_no_files() -> None:
    register = RESOURCES["Register"]
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        assert BUCKET[policy] == register[policy]


def test_every_arrival_is_told_to_the_queue_and_only_by_this_bucket() -> None:
    notified = BUCKET["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert notified == [
        {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": "ArrivalsQueue.Arn"}}
    ]
    by_s3, by_rule = properties("ArrivalsQueuePolicy")["PolicyDocument"]["Statement"]
    assert by_rule["Fn::If"][0] == "ScansFiles"
    for statement in (by_s3, by_rule["Fn::If"][1]):
        account = statement["Condition"]["StringEquals"]
        assert account == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "${AWS::StackName}-" in str(statement["Condition"]["ArnLike"]["aws:SourceArn"])


@pytest.mark.parametrize(
    ("name", "function"), [("Arrivals", "CheckAttachment"), ("Erasures", "EraseExpired")]
)
def test_a_message_is_tried_again_alone_and_then_wakes_somebody(name: str, function: str) -> None:
    queue, dead = properties(f"{name}Queue"), properties(f"{name}DeadLetterQueue")
    redrive = queue["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": f"{name}DeadLetterQueue.Arn"}
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
        assert each["MessageRetentionPeriod"] == 14 * 24 * 3600
    may_take = TEMPLATE["Globals"]["Function"]["Timeout"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[function].get("Timeout", may_take)
    source = FUNCTIONS[function]["Events"][name]
    assert source["Type"] == "SQS"
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": f"{name}Queue.Arn"}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (dimension,) = properties(f"{name}DeadLetters")["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": f"{name}DeadLetterQueue.QueueName"}
    assert properties(f"{name}DeadLetters")["AlarmActions"] == [{"Ref": "Alarms"}]


def test_the_page_may_put_files_and_can_neither_read_nor_erase_any() -> None:
    files = {each for each in granted("AttachFileRole") if each[0].startswith("s3:")}
    assert files == {("s3:PutObject", "${Attachments.Arn}/*")}


def test_who_checks_files_can_put_none_and_who_erases_them_can_read_none() -> None:
    checks = {action for action, _ in granted("CheckAttachmentRole") if action.startswith("s3:")}
    assert checks == {"s3:GetObject", "s3:DeleteObject", "s3:ListBucket"}
    erases = {action for action, _ in granted("EraseExpiredRole") if not action.startswith("sqs:")}
    assert erases == {"s3:DeleteObject"}


def test_a_removed_entry_of_a_file_passes_the_streams_filter() -> None:
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    patterns = [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]
    assert {
        "eventName": ["REMOVE"],
        "dynamodb": {"OldImage": {"kind": {"S": ["attachment"]}}},
    } in patterns


def test_scanning_is_one_switch_and_off_unless_somebody_turns_it_on() -> None:
    parameter = TEMPLATE["Parameters"]["MalwareScanning"]
    assert (parameter["Default"], parameter["AllowedValues"]) == ("off", ["on", "off"])
    conditioned = {name for name, each in RESOURCES.items() if each.get("Condition")}
    assert conditioned >= SCANNING
    assert {RESOURCES[name]["Condition"] for name in SCANNING} == {"ScansFiles"}
    variables = FUNCTIONS["CheckAttachment"]["Environment"]["Variables"]
    assert variables["MALWARE_SCANNING"] == {"Ref": "MalwareScanning"}


def test_the_scanner_may_do_what_it_asks_for_and_no_more() -> None:
    """Of what GuardDuty documents, all but tagging and keys of KMS, which are not used."""
    rule = (
        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
        "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
    )
    own_object = "${Attachments.Arn}/malware-protection-resource-validation-object"
    assert granted("MalwareScanRole") == {
        *((f"events:{action}Rule", rule) for action in ("Put", "Delete", "Describe")),
        *((f"events:{action}", rule) for action in ("PutTargets", "RemoveTargets")),
        ("events:ListTargetsByRule", rule),
        ("s3:PutBucketNotification", "Attachments.Arn"),
        ("s3:GetBucketNotification", "Attachments.Arn"),
        ("s3:ListBucket", "Attachments.Arn"),
        ("s3:PutObject", own_object),
        ("s3:GetObject", "${Attachments.Arn}/*"),
        ("s3:GetObjectVersion", "${Attachments.Arn}/*"),
    }
    assert properties("MalwareScan")["Actions"] == {"Tagging": {"Status": "DISABLED"}}


def test_an_update_leaves_the_scanners_events_switched_on() -> None:
    events = BUCKET["Properties"]["NotificationConfiguration"]["EventBridgeConfiguration"]
    assert events["Fn::If"][:2] == ["ScansFiles", {"EventBridgeEnabled": True}]


def test_operations_find_the_files_and_what_was_set_aside() -> None:
    outputs = {"AttachmentsBucket", "ArrivalsDeadLetterQueueUrl", "ErasuresDeadLetterQueueUrl"}
    assert outputs <= TEMPLATE["Outputs"].keys()
