"""Every role may do what it does, and nothing else: judged after all of tests/e2e."""

import re
from collections.abc import Iterator

import pytest

from tests.support import permissions, template
from tests.support.permissions import Permissions

TEAMS = {"FunctionalTeamRole", "PaymentTeamRole", "SignatureTeamRole"}
"""What one team may do, each may do with its own queues: the tests need not do it three times."""
PEOPLE = TEAMS | {"DataProtectionRole"}
"""Their roles are refused much by the tests themselves."""

UNSEEN: dict[str, str] = {
    r"\w+Role: logs:": "Lambda writes the log as the function, the embedded AWS as itself",
    r"(CheckAttachment|EraseExpired|NotifyCitizen)Role: "
    r"sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)": "Lambda's poller, likewise",
    r"(Route|Index)Incidents?Role: "
    r"dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)": (
        "Lambda's poller, likewise"
    ),
    r"(Route|Index)Incidents?Role: sqs:SendMessage on .*-(Rout|Index)ingFailures-": (
        "Lambda sends what could not be handled as the function; nothing fails here"
    ),
    r"\w+ScheduleRole: (lambda:InvokeFunction|sqs:SendMessage)": (
        "the scheduler takes these roles, the embedded one none"
    ),
    r"(CheckAttachment|AttachFile)Role: s3:ListBucket": (
        "without it, S3 answers 403 and not 404 where there is no file; the embedded S3 does not"
    ),
    r"CountFiguresRole: dynamodb:UpdateItem": "only of figures that are half a year old",
    r"NotifyCitizenRole: ses:": (
        "SES asks for several resources and, for a message made by the sender, for SendRawEmail; "
        "the embedded one asks for SendEmail as the sender"
    ),
}
"""Why the embedded AWS asks for no such grant, by a pattern of `Role: action on resource`."""

SELDOM: dict[str, str] = {
    r"AuditRetentionRole: s3:DeleteObject": (
        "only of what is an hour old: tests/acceptance/test_six_months.py waits for that"
    ),
    r"AuditRetentionRole: dynamodb:Query": (
        "only where it looks at a file, an hour old, that was never checked: "
        "tests/functions/test_audit_retention.py has such files"
    ),
    r"AuditRetentionRole: dynamodb:BatchWriteItem": (
        "only where the search index has not followed the register"
    ),
    r"RouteIncidentRole: dynamodb:GetItem": "only where an incident changes while it is queued",
    r"NotifyCitizenRole: sqs:ChangeMessageVisibility": "only where SES does not answer",
    r"ShowDeskRole: sqs:ChangeMessageVisibility": "only where the register does not answer a claim",
    r"WorkIncidentRole: dynamodb:GetItem on .*KnownProblems": (
        "only where the next of a queue is linked to a known problem"
    ),
    r"AnswerLinkedRole: dynamodb:BatchGetItem": (
        "only where all that a known problem explains are linked: "
        "tests/acceptance/test_desk_outage.py does that"
    ),
    r"EraseExpiredRole: dynamodb:DeleteItem on .*KnownProblems": (
        "only where erase_incident was interrupted: it deletes the same jobs"
    ),
    r"\w+TeamRole: sqs:ChangeMessageVisibility": (
        "of a team's own program: docs/consumer.py gives back what it holds when it is stopped"
    ),
    r"Erase(Incident|Expired)Role: dynamodb:PutItem on .*RemoteSessions": (
        "only where a session is open: tests/functions/test_erase_incident.py erases such incidents"
    ),
    r"EraseIncidentRole: s3:DeleteObject": (
        "only where the stream has not been faster: erase_expired deletes the same files"
    ),
}
"""Why a run may do without such a grant, although another uses it."""


@pytest.fixture(scope="module")
def roles() -> list[Permissions]:
    found = permissions.recorded()
    assert found, "nothing is recorded: run all of tests/e2e first, as make test does"
    return found


def test_every_role_of_the_template_is_known(roles: list[Permissions]) -> None:
    deployed = {
        name
        for name in template.resources("AWS::IAM::Role")
        if "Condition" not in template.RESOURCES[name]
    }
    assert {each.role for each in roles} == deployed


def test_no_function_asks_for_what_it_may_not_do(roles: list[Permissions]) -> None:
    assert not {
        each.role: each.refused for each in roles if each.refused and each.role not in PEOPLE
    }


def test_everything_that_a_role_may_do_it_does(roles: list[Permissions]) -> None:
    assert [each for each in unused(roles) if not exception(each)] == []


def test_no_exception_is_out_of_date(roles: list[Permissions]) -> None:
    excused = {exception(each) for each in unused(roles)}
    assert [pattern for pattern in UNSEEN if pattern not in excused] == []


def unused(roles: list[Permissions]) -> Iterator[str]:
    """The grants that nobody used, of the teams' those that no team used."""
    teams = [each for each in roles if each.role in TEAMS]
    used_by_a_team = [any(used) for used in zip(*(_used(each) for each in teams), strict=True)]
    for each in roles:
        used = used_by_a_team if each.role in TEAMS else _used(each)
        for (grant, _), is_used in zip(each.grants, used, strict=True):
            if not is_used:
                yield f"{each.role}: {grant}"


def _used(each: Permissions) -> list[bool]:
    return [used for _, used in each.grants]


def exception(grant: str) -> str | None:
    """The pattern of the exception that the grant is, if it is one."""
    return next((each for each in UNSEEN | SELDOM if re.match(each, grant)), None)
