"""The nightly audit in the template: when it starts, what it may do, and what rings."""

from datetime import datetime, time, timedelta

import pytest

from suport.domain.retention_run import SECTIONS
from tests.support.template import FUNCTIONS, alarms, granted, of_function, properties

QUARTER = timedelta(minutes=15)
MIDNIGHT = datetime(2026, 11, 26)  # noqa: DTZ001  on the clocks of Madrid


def starts() -> list[time]:
    """When the schedules start the audit, on the clocks of the zone that they name."""
    found = []
    for event in FUNCTIONS["AuditRetention"]["Events"].values():
        schedule = event["Properties"]
        assert schedule["ScheduleExpressionTimezone"] == "Europe/Madrid"
        minutes, hours, *days = schedule["ScheduleExpression"][len("cron(") : -1].split()
        assert days == ["*", "*", "?", "*"]
        found += [
            time(hour, minute) for hour in _values(hours, 24) for minute in _values(minutes, 60)
        ]
    return sorted(found)


def _values(field: str, end: int) -> list[int]:
    if "-" in field:
        first, last = map(int, field.split("-"))
        return list(range(first, last + 1))
    if "/" in field:
        first, step = map(int, field.split("/"))
        return list(range(first, end, step))
    return list(map(int, field.split(",")))


def test_the_audit_begins_at_half_past_midnight_and_goes_on_every_quarter_of_an_hour() -> None:
    first, *more = [datetime.combine(MIDNIGHT, each) for each in starts()]
    assert first.time() == time(0, 30)
    for number, each in enumerate(more, start=1):
        assert each == first + number * QUARTER
    assert more[-1].time() >= time(5, 45)


def test_a_start_has_ended_before_the_next_begins() -> None:
    assert of_function("AuditRetention", "Timeout") < QUARTER.total_seconds()
    assert len(SECTIONS) < 1000  # each is one write of the run's record


def test_the_audit_may_erase_and_read_what_it_audits_and_nothing_more() -> None:
    actions = {
        resource: {action for action, of in granted("AuditRetentionRole") if of == resource}
        for _, resource in granted("AuditRetentionRole")
    }
    assert actions == {
        "Register.Arn": {
            f"dynamodb:{name}"
            for name in (
                *("Scan", "Query", "GetItem", "BatchGetItem"),
                *("DeleteItem", "UpdateItem", "PutItem"),
            )
        },
        "SearchIndex.Arn": {
            f"dynamodb:{name}" for name in ("Scan", "BatchGetItem", "BatchWriteItem")
        },
        "PersonKey.Id": {"secretsmanager:GetSecretValue"},
        "RetentionRuns.Arn": {"dynamodb:GetItem", "dynamodb:PutItem"},
        "${Attachments.Arn}/*": {"s3:GetObject", "s3:DeleteObject"},
        "Attachments.Arn": {"s3:ListBucket"},
    }


def test_only_the_audit_reads_the_register_as_a_whole() -> None:
    readers = {
        name
        for name in FUNCTIONS
        for action, resource in granted(f"{name}Role")
        if action == "dynamodb:Scan" and resource == "Register.Arn"
    }
    assert readers == {"AuditRetention"}


def test_the_record_of_the_audits_is_kept_without_end() -> None:
    runs = properties("RetentionRuns")
    assert "TimeToLiveSpecification" not in runs
    assert "StreamSpecification" not in runs
    assert runs["SSESpecification"] == {"SSEEnabled": True}
    assert runs["BillingMode"] == "PAY_PER_REQUEST"


def test_a_single_breach_rings() -> None:
    alarm = alarms()["RetentionBreached"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("RetentionBreaches", "Sum")
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"


def rings(finished_at: dict[int, time | None], at: datetime) -> bool:
    """Whether the alarm on audits that did not finish rings at that moment.

    finished_at: by the number of the day before `MIDNIGHT`'s, at which start its audit finished;
    from then on each start reports 1, before that 0. A day that is missing reported nothing.
    """
    alarm = alarms()["RetentionNotAudited"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("RetentionAudited", "Maximum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert "DatapointsToAlarm" not in alarm
    period = timedelta(seconds=alarm["Period"])
    told = [
        (datetime.combine(MIDNIGHT - timedelta(days=ago), each), int(bool(done and each >= done)))
        for ago, done in finished_at.items()
        for each in starts()
    ]
    end = at.replace(minute=0)
    spans = [(end - (n + 1) * period, end - n * period) for n in range(alarm["EvaluationPeriods"])]
    return not any(
        value >= 1 and start <= moment < until for moment, value in told for start, until in spans
    )


@pytest.mark.parametrize(
    ("finished_at", "rung"),
    [
        ({1: time(0, 30), 0: time(0, 30)}, False),
        ({1: time(0, 30), 0: time(5, 45)}, False),  # a slow night
        ({1: time(5, 45), 0: time(0, 30)}, False),
        ({1: time(0, 30), 0: None}, True),  # it never finished
        ({1: time(0, 30)}, True),  # it never started
        ({}, True),
    ],
)
def test_a_night_without_a_finished_audit_rings_in_the_morning_and_a_slow_one_does_not(
    finished_at: dict[int, time | None], rung: bool
) -> None:
    morning = MIDNIGHT + timedelta(hours=7)
    assert rings(finished_at, morning) is rung
    if not rung:
        hours = [MIDNIGHT + timedelta(hours=hour) for hour in range(24)]
        assert not any(rings(finished_at, hour) for hour in hours)
