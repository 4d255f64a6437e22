"""What the template promises about the files that citizens add."""

from suport.domain.retention import MONTHS_KEPT
from tests.support.template import FUNCTIONS, RESOURCES, TEMPLATE, granted, properties

BUCKET = properties("Attachments")
LONGEST_KEPT = MONTHS_KEPT * 31 - 2  # days: of six months in a row at least two are shorter
SCANNING = {"MalwareScan", "MalwareScanRole", "ScanResults"}


def test_a_file_belongs_to_the_service_whoever_sent_it() -> None:
    (owner,) = BUCKET["OwnershipControls"]["Rules"]
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_files_are_encrypted_at_rest_and_on_their_way() -> None:
    (rule,) = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    # The local run leaves the policy out: therefore it must say nothing else.
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


def test_an_erased_file_leaves_no_copy_and_a_forgotten_one_expires_after_six_months() -> None:
    assert "VersioningConfiguration" not in BUCKET
    rules = BUCKET["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    (days,) = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    assert LONGEST_KEPT < days <= LONGEST_KEPT + 1
    unfinished = [rule.get("AbortIncompleteMultipartUpload") for rule in rules]
    assert {"DaysAfterInitiation": 1} in unfinished


def test_every_arrival_is_reported_to_the_queue_and_only_by_this_bucket() -> None:
    notified = BUCKET["NotificationConfiguration"]["QueueConfigurations"]
    assert notified == [
        {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": "ArrivalsQueue.Arn"}}
    ]
    by_s3, by_rule = properties("ArrivalsQueuePolicy")["PolicyDocument"]["Statement"]
    assert by_rule["Fn::If"][0] == "ScansFiles"
    for statement in (by_s3, by_rule["Fn::If"][1]):
        account = statement["Condition"]["StringEquals"]
        assert account == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "${AWS::StackName}-" in str(statement["Condition"]["ArnLike"]["aws:SourceArn"])


def test_the_page_adds_looks_at_and_erases_files_and_lists_them_only_to_know_one_is_gone() -> None:
    files = {each for each in granted("AttachFileRole") if each[0].startswith("s3:")}
    acts = {f"s3:{action}Object" for action in ("Put", "Get", "Delete")}
    listing = ("s3:ListBucket", "Attachments.Arn")
    assert files == {listing} | {(action, "${Attachments.Arn}/*") for action in acts}


def test_a_script_may_send_forms_to_the_store_and_ask_it_for_nothing() -> None:
    """A form is taken for its signature; the embedded AWS answers any origin."""
    (rule,) = BUCKET["CorsConfiguration"]["CorsRules"]
    assert rule == {"AllowedOrigins": ["*"], "AllowedMethods": ["POST"]}


def test_the_page_and_the_check_know_alike_whether_files_are_scanned() -> None:
    for name in ("AttachFile", "CheckAttachment"):
        variables = FUNCTIONS[name]["Environment"]["Variables"]
        assert variables["MALWARE_SCANNING"] == {"Ref": "MalwareScanning"}


def test_the_checker_of_files_cannot_add_any_and_their_eraser_cannot_read_any() -> None:
    checks = {action for action, _ in granted("CheckAttachmentRole") if action.startswith("s3:")}
    assert checks == {"s3:GetObject", "s3:DeleteObject", "s3:ListBucket"}
    erases = granted("EraseExpiredRole")
    assert {action for action, _ in erases if action.startswith("s3:")} == {
        *("s3:DeleteObject", "s3:ListBucket")
    }
    # Of what is left of an erased incident it writes one thing: that remote support has ended.
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
    assert {each for each in erases if each[0] in writes} == {
        ("dynamodb:PutItem", "RemoteSessions.Arn")
    }


def test_one_switch_turns_scanning_on_and_it_is_off_by_default() -> None:
    parameter = TEMPLATE["Parameters"]["MalwareScanning"]
    assert (parameter["Default"], parameter["AllowedValues"]) == ("off", ["on", "off"])
    conditioned = {name for name, each in RESOURCES.items() if each.get("Condition")}
    assert conditioned >= SCANNING
    assert {RESOURCES[name]["Condition"] for name in SCANNING} == {"ScansFiles"}


def test_the_scanner_may_do_exactly_what_guardduty_asks_for() -> None:
    """All that GuardDuty documents, except for tags and KMS keys: the service uses neither."""
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


def test_an_update_keeps_the_scanners_events_switched_on() -> None:
    events = BUCKET["NotificationConfiguration"]["EventBridgeConfiguration"]
    assert events["Fn::If"][:2] == ["ScansFiles", {"EventBridgeEnabled": True}]
