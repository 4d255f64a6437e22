"""The register is lost and restored: `make restore-drill`.

The drill follows `docs/operations.md`: it takes the commands from there and runs them on an
embedded AWS, which enforces roles. Where that AWS lacks something, the drill stands in:

- No backup is made of a table that somebody deletes, so the drill makes one before it deletes it.
- `make deploy` deploys to the real AWS only; `local.stack` makes the same deployment here.
- Dead letters cannot be moved back.
- Half a year does not pass: what expires meanwhile gets an earlier end in the restored table.
"""

import http.client
import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from local import ROOT, stack
from suport.domain.category import Category
from suport.domain.history import next_entry_id
from suport.domain.legal_time import utc_text
from suport.register.marshalling import marshalled
from tests.support import documents, mails
from tests.support.deployment import deployed
from tests.support.newcomer import Shell
from tests.support.operator import Operator, signed_in
from tests.support.patience import await_truth
from tests.support.service import Service, answered, submission
from tests.support.uploads import PDF, Uploader

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

STACK, RESTORED = stack.NAME, f"{stack.NAME}-restored"
TEXT = (ROOT / "docs/operations.md").read_text()
DOCUMENT = documents.of_the_project()["docs/operations.md"]
NOT_ON_THE_EMBEDDED_AWS = ("restore-table-to-point-in-time", "start-message-move-task")
ERROR = {"code": "190"}
LONG_AGO = 1_700_000_000
NEXT_REGISTER = {"RegisterGeneration": "2"}
"""What CloudFormation remembers; `local.stack` states every parameter each time."""

# What must be nowhere after the drill. None of it occurs by chance.
ERASED_ADDRESS = "qwmzkt@example.test"
ERASED = "Esborrau-ho tot: qwmzkt"
FORMER_PHONE, PHONE = "+34 971 55 66 77", "+34 971 55 88 99"
EXPIRED, EXPIRED_WORDS = "Ja fa mig any: vbnqjx", "Una resposta de fa mig any: hgjwpq"


@dataclass
class Drill:
    """The service after it was restored, and what the drill did on the way."""

    service: Service
    anna: Operator
    bert: Operator
    lost: str
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The receipts, by what became of each incident."""
    printed: list[str] = field(default_factory=list)
    """By each run of the command that puts the copy back."""
    file: str = ""
    early: int = 0
    """The answer to a citizen who looked for their incident before it was back."""
    key: str = ""
    """With which one incident is sent twice."""

    def receipt(self, name: str) -> tuple[str, str]:
        """The reference and the access code of one of the incidents."""
        return self.incidents[name]["reference"], self.incidents[name]["access_code"]

    def seen(self, name: str) -> Any:
        """An incident as its citizen sees it."""
        reference, code = self.receipt(name)
        answer = self.service.get(f"/v1/incidents/{reference}", code)
        assert answer.status == http.client.OK, answer.text
        return answer.json()

    def done(self, name: str) -> list[str]:
        """What was done with an incident, oldest first."""
        return [each["action"] for each in self.service.actions(self.receipt(name)[0])]


OPEN = ("queued", "unrouted", "claimed", "waiting", "with_file", "consented", "withdrawn", "owed")


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    with deployed() as service:
        lost = service.environment["REGISTER_TABLE"]
        drill = Drill(service, _operator(service, "anna"), _operator(service, "bert"), lost)
        _report_incidents(drill)
        backup = service.dynamodb.create_backup(TableName=lost, BackupName="copy")
        assert backup["BackupDetails"]["BackupStatus"] == "AVAILABLE"
        _act_after_the_copy(drill)
        shell = Shell(ROOT, os.defpath, service.aws.environment)
        with closing(shell):
            service.dynamodb.delete_table(TableName=lost)
            _follow(shell, "1.")
            _let_time_pass(drill)
            _deploy(service, "REGISTER=2")
            _report_meanwhile(drill)
            _follow(shell, "3.")
            rights = _documented_rights(service)
            drill.printed = [_put_back(service, rights) for _ in range(2)]
            _deploy(service, "AWAITS_COPY=off")
            _follow(shell, "4.")
            _watch(service)
            _follow(shell, "5.")
        yield drill


def _report_incidents(drill: Drill) -> None:
    """Incidents in every state, at the moment of the copy."""
    service, anna = drill.service, drill.anna

    def reported(name: str, **changes: Any) -> str:
        fields = {"category": "payment", "error": ERROR} | changes
        drill.incidents[name] = service.routed(**fields)
        return str(drill.incidents[name]["reference"])

    for name in ("queued", "unrouted", "half"):
        reported(name)
    address = f"qzrvwb-{secrets.token_hex(6)}@example.test"
    reported("owed", contact={"email": address})
    drill.incidents["owed"]["address"] = address
    drill.key = secrets.token_urlsafe()
    sent = service.submit(submission(category="payment", error=ERROR), drill.key)
    drill.incidents["again"] = sent.json()
    erasable = {"description": ERASED, "contact": {"email": ERASED_ADDRESS}}
    for name in ("erased", "erased_with_proof", "erased_before"):
        reported(name, **erasable)
    _consent(drill, "erased_with_proof", "grant")
    address = f"/incidents/{drill.receipt('erased_before')[0]}"
    assert anna.request("POST", f"{address}/claim", {}).status == http.client.OK
    assert anna.request("DELETE", address).status == http.client.OK
    reported("expired", description=EXPIRED)
    reported("rectified", contact={"phone": FORMER_PHONE, "email": "qwpx@example.test"})
    for name in ("claimed", "waiting", "resolved"):
        assert anna.on(reported(name), "claim").status == http.client.OK
    question = {"body": "Quin banc és?", "ask": True}
    assert anna.on(drill.receipt("waiting")[0], "messages", question).status == http.client.CREATED
    solution = {"body": "Ja està pagat."}
    assert anna.on(drill.receipt("resolved")[0], "resolve", solution).status == http.client.OK
    for name in ("consented", "withdrawn"):
        reported(name)
        _consent(drill, name, "grant")
    said = service.post(
        f"/v1/incidents/{drill.receipt('half')[0]}/messages",
        {"body": EXPIRED_WORDS},
        drill.receipt("half")[1],
    )
    assert said.status == http.client.CREATED
    drill.incidents["half"]["entry"] = said.json()["entry"]
    store: Any = service.aws.client("s3")
    uploader = Uploader(service, store, reported("with_file"))
    drill.file = file = uploader.add(PDF)
    uploader.await_added(file)
    service.settle()


def _act_after_the_copy(drill: Drill) -> None:
    """What the restored register must not undo."""
    service = drill.service
    reference, code = drill.receipt("rectified")
    answer = service.request(
        "PATCH",
        f"/v1/incidents/{reference}/contact",
        json.dumps({"phone": PHONE}).encode(),
        {"Content-Type": "application/merge-patch+json", "Authorization": f"Bearer {code}"},
    )
    assert answer.status == http.client.OK, answer.text
    _consent(drill, "withdrawn", "withdraw")
    for name in ("erased", "erased_with_proof"):
        address = f"/incidents/{drill.receipt(name)[0]}"
        assert drill.anna.request("POST", f"{address}/claim", {}).status == http.client.OK
        answer = drill.anna.request("DELETE", address)
        assert answer.status == http.client.OK, answer.text


def _let_time_pass(drill: Drill) -> None:
    """Changes the restored table, as if half a year, or an unlucky moment, had passed."""
    dynamodb = drill.service.dynamodb

    def change(reference: str, entry: str, **attributes: Any) -> None:
        dynamodb.update_item(
            TableName=RESTORED,
            Key=marshalled({"reference": reference, "entry": entry}),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues=marshalled({f":{n}": v for n, v in attributes.items()}),
        )

    change(drill.receipt("expired")[0], "incident", expires_at=LONG_AGO)
    half = drill.incidents["half"]
    change(half["reference"], half["entry"], expires_at=LONG_AGO)
    now = datetime.now(UTC)
    request, overdue = next_entry_id(now, None), utc_text(now - timedelta(hours=1))
    unrouted = {"status": "received", "route_reason": "submitted", "route_request": request}
    change(drill.receipt("unrouted")[0], "incident", due_at=overdue, **unrouted)
    mail = {"kind": "acknowledgement", "request": request, "requests": 1, "attempts": 0}
    change(
        drill.receipt("owed")[0],
        "incident",
        mails={"incident": mail | {"ask_again_at": overdue}},
        mail_request=request,
    )


def _deploy(service: Service, setting: str) -> None:
    """`make deploy STAGE=… REGISTER=2`, for example, with what the Makefile makes of it."""
    command = f"make deploy STAGE=prod {setting}"
    assert command in DOCUMENT.make
    printed = subprocess.run(  # noqa: S603  it only prints its commands
        ["/usr/bin/env", *command.replace("deploy", "-n deploy-built").split()],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    given = dict(re.findall(r"\b(Register\w+)=(\w+)", printed))
    outputs = stack.deploy(service.aws, stack.build(), parameters=NEXT_REGISTER | given)
    service.environment = stack.environment(service.aws, outputs)


def _report_meanwhile(drill: Drill) -> None:
    """The service takes incidents at once, also one that its citizen sends again."""
    reference, code = drill.receipt("queued")
    drill.early = drill.service.get(f"/v1/incidents/{reference}", code).status
    drill.incidents["new"] = drill.service.routed(category="payment", error=ERROR)
    sent = drill.service.submit(submission(category="payment", error=ERROR), drill.key)
    assert sent.status == http.client.CREATED, sent.text
    drill.incidents["sent_again"] = sent.json()


def _documented_rights(service: Service) -> dict[str, str]:
    """The credentials of a user who may do what the document's table says, and nothing else."""

    def resource(logical_id: str) -> str:
        found = cloudformation.describe_stack_resource(
            StackName=STACK, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    cloudformation, iam = service.aws.client("cloudformation"), service.aws.client("iam")
    secrets_manager = service.aws.client("secretsmanager")
    tables = "arn:aws:dynamodb:*:*:table/"
    arns = {
        "the stack": f"arn:aws:cloudformation:*:*:stack/{STACK}/*",
        "its secret": secrets_manager.describe_secret(SecretId=resource("Secret"))["ARN"],
        "the restored table": tables + RESTORED,
        "the register": tables + resource("Register"),
        "the tombstones": tables + resource("Tombstones"),
    }
    rows = re.findall(r"^\| (\w[\w ]+) \| (`\w+:.*`) \|$", TEXT, re.MULTILINE)
    assert {on for on, _ in rows} == arns.keys()
    allowed = [
        {"Effect": "Allow", "Action": re.findall(r"`([\w:]+)`", may), "Resource": arns[on]}
        for on, may in rows
    ]
    iam.create_user(UserName="restorer")
    iam.put_user_policy(
        UserName="restorer",
        PolicyName="restore-register",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
    )
    key = iam.create_access_key(UserName="restorer")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def _put_back(service: Service, rights: dict[str, str]) -> str:
    """`make restore-register STAGE=… FROM=…`; returns what it prints."""
    (shown,) = [each for each in DOCUMENT.make if "restore-register" in each]
    assert shown == "make restore-register STAGE=prod FROM=suport-prod-restored"
    done = subprocess.run(  # noqa: S603  the project's own command
        ["/usr/bin/env", *shown.replace("prod", "local").split()],
        cwd=ROOT,
        env=os.environ | service.aws.environment | rights,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _follow(shell: Shell, step: str) -> None:
    """Runs the commands that the document shows for AWS under that heading."""
    lines = TEXT.splitlines()
    start = next(number for number, line in enumerate(lines, 1) if line.startswith(f"### {step}"))
    later = (number for number, line in enumerate(lines, 1) if line.startswith("#"))
    end = next((number for number in later if number > start), len(lines))
    for command in DOCUMENT.commands(documents.ON_AWS):
        if not start < command.line < end:
            continue
        if any(name in command.text for name in NOT_ON_THE_EMBEDDED_AWS):
            continue
        if step == "5." and "$LOST" in command.text:
            continue  # it was deleted already
        text = command.text.replace("suport-prod", STACK)
        printed, code = shell.run(text.replace(".tools/bin/aws", "local/bin/aws"))
        assert code == 0, f"{command.text}\n{printed}"


def _watch(service: Service) -> None:
    """Invokes the watcher, which runs every five minutes."""
    watcher = service.aws.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="WatchIncidents"
    )
    functions: LambdaClient = service.aws.client("lambda")
    name = watcher["StackResourceDetail"]["PhysicalResourceId"]
    assert "FunctionError" not in functions.invoke(FunctionName=name, Payload=b"{}")
    functions.close()


def _operator(service: Service, name: str) -> Operator:
    """An operator of the payment team."""
    with closing(service.aws.client("sts")) as sts:
        return signed_in(service, sts, Category.PAYMENT, name)


def _consent(drill: Drill, name: str, action: str) -> None:
    reference, code = drill.receipt(name)
    notice = drill.service.get("/v1/remote-support-notice?language=ca").json()
    sent = {"scope": "view", "action": action, "language": "ca"}
    if action == "grant":
        sent["notice_sha256"] = notice["sha256"]
    answer = drill.service.post(f"/v1/incidents/{reference}/consents", sent, code)
    assert answer.status in {http.client.OK, http.client.CREATED}, answer.text


def _everything(service: Service) -> str:
    """All that is stored in any table, as text."""
    tables = service.dynamodb.list_tables()["TableNames"]
    assert service.environment["REGISTER_TABLE"] in tables
    pages = (
        page["Items"]
        for table in tables
        for page in service.dynamodb.get_paginator("scan").paginate(TableName=table)
    )
    return json.dumps(list(pages), ensure_ascii=False, default=str)


# ---------------------------------------------------------------- what comes back


@pytest.mark.parametrize("name", [*OPEN, "half", "rectified", "again"])
def test_an_open_incident_opens_with_its_code_and_says_that_it_was_restored(
    drill: Drill, name: str
) -> None:
    seen = drill.seen(name)
    assert seen["status"] != "resolved"
    said = [each.get("action") for each in seen["history"]]
    assert ("restored" in said) is (name != "again")


def test_every_open_incident_is_in_its_teams_list(drill: Drill) -> None:
    listed = drill.anna.request("GET", "/incidents").json()["incidents"]
    expected = {drill.receipt(name)[0] for name in (*OPEN, "half", "rectified", "again", "new")}
    assert expected == {each["reference"] for each in listed}


@pytest.mark.parametrize(
    "name", ["queued", "unrouted", "with_file", "consented", "withdrawn", "owed", "half"]
)
def test_an_incident_that_waited_for_its_team_is_in_the_queue_again(
    drill: Drill, name: str
) -> None:
    reference = drill.receipt(name)[0]

    def came_again() -> bool:
        drill.service.inbox.take()
        return len(drill.service.inbox.of(reference)) > 1

    await_truth(came_again)
    told = drill.service.inbox.of(reference)[1:]
    assert {(team, each["reason"]) for team, each in told} == {
        ("payment", "submitted" if name == "unrouted" else "requeued")
    }


def test_an_incident_with_an_operator_stays_with_them(drill: Drill) -> None:
    seen = drill.anna.on(drill.receipt("claimed")[0]).json()
    assert (seen["status"], seen["claimed_by"]) == ("claimed", "anna")


def test_an_incident_that_waits_for_its_citizen_waits_the_full_time_again(drill: Drill) -> None:
    item = drill.service.incident(drill.receipt("waiting")[0])
    waits = datetime.fromisoformat(item["due_at"]) - datetime.now(UTC)
    assert item["status"] == "waiting"
    assert timedelta(days=13, hours=23) < waits < timedelta(days=14)


def test_a_resolved_incident_is_resolved_and_in_no_list(drill: Drill) -> None:
    assert drill.seen("resolved")["status"] == "resolved"


def test_a_mail_that_was_owed_reaches_the_citizen(drill: Drill) -> None:
    address = drill.incidents["owed"]["address"]
    await_truth(
        lambda: len([each for each in mails.sent(drill.service) if address in each["To"]]) == 2
    )


def test_an_operator_opens_the_file_of_a_restored_incident(drill: Drill) -> None:
    reference = drill.receipt("with_file")[0]
    assert drill.anna.on(reference, "claim").status == http.client.OK
    link = drill.anna.on(reference, f"files/{drill.file}").json()
    assert answered("GET", link["url"], headers=link["headers"]).body == PDF


@pytest.mark.parametrize("name", ["consented", "withdrawn"])
def test_no_consent_is_in_force_after_the_restoration(drill: Drill, name: str) -> None:
    assert drill.seen(name)["consents"] == []


def test_an_incident_that_was_sent_again_meanwhile_is_left_as_it_is(drill: Drill) -> None:
    assert drill.incidents["again"]["reference"] == drill.incidents["sent_again"]["reference"]
    assert "restored" not in drill.done("again")


def test_nobody_is_told_that_an_incident_does_not_exist_before_it_is_back(drill: Drill) -> None:
    assert drill.early == http.client.SERVICE_UNAVAILABLE
    answer = drill.service.get("/v1/incidents/0000-0000-0000", "A" * 28)
    assert answer.status == http.client.NOT_FOUND  # now that all are


# ------------------------------------------------------------- what does not


def test_what_was_erased_or_corrected_or_has_expired_is_in_no_table(drill: Drill) -> None:
    stored = _everything(drill.service)
    for text in (ERASED, ERASED_ADDRESS, FORMER_PHONE, PHONE, EXPIRED, EXPIRED_WORDS):
        assert text not in stored
    assert drill.receipt("expired")[0] not in stored


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("erased", []),
        ("erased_before", []),
        ("erased_with_proof", ["consent"]),
    ],
)
def test_of_an_erased_incident_only_the_proof_of_a_consent_is_left(
    drill: Drill, name: str, left: list[str]
) -> None:
    reference, code = drill.receipt(name)
    assert drill.service.get(f"/v1/incidents/{reference}", code).status == http.client.NOT_FOUND
    kinds = [item["kind"] for item in drill.service.items(reference)]
    assert kinds == [*left, "incident"]


def test_the_phone_number_from_before_the_correction_is_gone_and_so_is_the_later_one(
    drill: Drill,
) -> None:
    """The copy has the former one, and nobody has the later one any more."""
    assert drill.service.incident(drill.receipt("rectified")[0])["contact"].keys() == {"email"}


# ------------------------------------------------------------- the new register


def test_the_second_run_finds_nothing_to_put_back(drill: Drill) -> None:
    first, second = drill.printed
    assert re.search(r"Put back: \d\d incidents, \d\d? of them open", first), first
    assert "Put back: 0 incidents, 0 of them open, and 0 entries" in second


def test_the_new_register_has_all_settings_and_the_router_reads_its_stream(drill: Drill) -> None:
    dynamodb, register = drill.service.dynamodb, drill.service.environment["REGISTER_TABLE"]
    assert register == f"{STACK}-register-2"
    table = dynamodb.describe_table(TableName=register)["Table"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    ttl = dynamodb.describe_time_to_live(TableName=register)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")
    copies = dynamodb.describe_continuous_backups(TableName=register)
    recovery = copies["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    assert {"Key": "aws:cloudformation:logical-id", "Value": "Register"} in tags
    sources = drill.service.aws.client("lambda").list_event_source_mappings()
    streams = [
        each["EventSourceArn"]
        for each in sources["EventSourceMappings"]
        if ":dynamodb:" in each["EventSourceArn"]
    ]
    assert streams == [table["LatestStreamArn"]]


def test_no_copy_is_left(drill: Drill) -> None:
    dynamodb = drill.service.dynamodb
    tables = dynamodb.list_tables()["TableNames"]
    assert RESTORED not in tables
    assert drill.lost not in tables
    assert dynamodb.list_backups()["BackupSummaries"] == []


# ------------------------------------------------------------- the team goes on; this comes last


@pytest.mark.parametrize("name", [*OPEN, "half", "rectified"])
def test_an_open_incident_can_be_claimed_and_resolved(drill: Drill, name: str) -> None:
    reference = drill.receipt(name)[0]
    if name != "waiting":
        assert drill.anna.on(reference, "claim").status == http.client.OK
    solved = drill.anna.on(reference, "resolve", {"body": "Ja funciona."})
    assert (solved.status, solved.json()["status"]) == (http.client.OK, "resolved")
    assert drill.seen(name)["status"] == "resolved"
