"""The figures that the service reports to CloudWatch, each with its name in one place.

A figure is a line of the function's log in CloudWatch's embedded metric format: reporting one makes
no call and delays no answer. The namespace is the stack's own (`Suport/<stack name>`, from
POWERTOOLS_METRICS_NAMESPACE): two stages in one account never share a figure or an alarm.
"""

import os
from enum import StrEnum


class Metric(StrEnum):
    """Every figure by its name in CloudWatch. Its unit is always a count."""

    INCIDENTS_SUBMITTED = "IncidentsSubmitted"
    """Submissions that were accepted, repetitions included, by `category`. No alarm."""

    INCIDENTS_ERASED = "IncidentsErased"
    """Incidents erased because their citizen asked, by who did it (`by`). No alarm."""

    INCIDENTS_QUEUED = "IncidentsQueued"
    """Messages put into a team's queue, by `category`. No alarm."""

    INCIDENTS_WOKEN = "IncidentsWoken"
    """Overdue incidents that the watcher woke, by what it has `done`. No alarm."""

    OVERDUE_INCIDENTS = "OverdueIncidents"
    """A gauge: incidents that the watcher could not wake. Every run reports it, even a zero.

    Alarm IncidentsOverdue: some remain for a quarter of an hour. Alarm WatcherSilent: no run
    reported for as long.
    """

    INCIDENTS_ENDING = "IncidentsEnding"
    """Open incidents that expire within 30 days, each counted once a day.

    Alarm IncidentsEnding: a single incident.
    """

    INCIDENTS_NOT_ANSWERED = "IncidentsNotAnswered"
    """Incidents left out of an answer to many, because it failed again and again.

    Alarm IncidentsNotAnswered: a single incident.
    """

    MAILS = "Mails"
    """Requests for a mail that were handled, by `outcome`. No alarm."""

    MAILS_SET_ASIDE = "MailsSetAside"
    """Mails owed to a citizen that the service gave up. Alarm MailsSetAside: a single mail."""

    MAIL_EVENTS = "MailEvents"
    """What SES reported about mails already sent, by `trouble` (or `none`). No alarm."""

    ADDRESSES_REJECTED = "AddressesRejected"
    """Citizens' addresses that get no more mail. Alarm AddressesRejected: three an hour."""

    FILES_CHECKED = "FilesChecked"
    """Files that arrived and were checked, by `outcome`. No alarm."""

    FILES_NOT_SCANNED = "FilesNotScanned"
    """Files still in quarantine although their scan is overdue.

    Alarm FilesNotScanned: a single file.
    """

    FILES_ERASED = "FilesErased"
    """Files erased because their entry has left the register. No alarm."""

    RETENTION_ERASED = "RetentionErased"
    """Things past their time that the retention audit erased, by `kind`. No alarm."""

    RETENTION_OLDEST_AGE = "RetentionOldestAge"
    """A gauge: by how many hours the oldest thing was past its time that a day's audit erased.

    No alarm.
    """

    RETENTION_BREACHES = "RetentionBreaches"
    """Things that should not have been there for the audit to find: an earlier audit missed them,
    or they had no expiry or no counterpart. Alarm RetentionBreached: a single one."""

    SEARCH_INDEX_MENDED = "SearchIndexMended"
    """Incidents of which the nightly audit gave the search index what it lacked. No alarm.

    In the first night with an index, these are all.
    """

    RETENTION_AUDITED = "RetentionAudited"
    """A gauge: 1 once the audit of the day has finished, else 0. Every start reports it.

    Alarm RetentionNotAudited: no 1 within a day, or silence.
    """

    WRONG_ACCESS_CODES = "WrongAccessCodes"
    """Attempts to open an incident with a wrong access code.

    Alarm WrongAccessCodesTried: a hundred in five minutes.
    """

    WRONG_JOIN_CODES = "WrongJoinCodes"
    """Attempts to join a session of remote support with a code that opens none.

    Alarm JoinCodesGuessed: thirty in five minutes.
    """

    REMOTE_SESSIONS = "RemoteSessions"
    """Sessions of remote support that have ended, by `reason`. No alarm."""

    REMOTE_SESSIONS_WITHOUT_PICTURE = "RemoteSessionsWithoutPicture"
    """Sessions that a citizen joined and that ended before the operator saw a picture.

    Alarm RemoteSessionsFail: three within an hour.
    """

    FAILURES = "Failures"
    """Requests answered with a failure of the service, and messages that have to come again, by
    `function`. Lambda's own Errors have none of them; the watcher reads both for Comanda. No alarm.
    """

    LOST_CODES = "LostCodes"
    """Requests for another access code from somebody who lost theirs, by `outcome`. No alarm."""


def count_failure() -> None:
    """Report that this function could not handle a request or a message."""
    count(Metric.FAILURES, function=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "unknown"))


def count(metric: Metric, value: int = 1, **dimensions: str) -> None:
    """Report `value` of that metric, under exactly the dimensions named and no others.

    CloudWatch keeps one series for each set of dimensions, and an alarm watches one of them: a
    dimension added without its alarm silences the alarm. Never personal data. For example::

        count(Metric.MAILS, outcome="sent")
    """
    # Every function imports this module, and few requests report anything.
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415

    with single_metric(metric, MetricUnit.Count, value) as line:
        # Powertools would add the function's name (POWERTOOLS_SERVICE_NAME) as one more dimension.
        line.service = ""
        for name, text in dimensions.items():
            line.add_dimension(name, text)
