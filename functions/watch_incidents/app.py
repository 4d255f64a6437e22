"""Looks every five minutes for incidents to which nothing happened in time, and does what is due.

Whatever went wrong on the way, the watcher finds an open incident again: one that never reached its
queue, one that the queue is about to forget, one that its operator did nothing with, one whose
citizen does not answer. It also finds what the service still owes, whatever the incident's state: a
mail, the scan of a file, the end of a snooze, a reminder before an open incident ends. An incident
that it cannot wake stops none of the others, and counts as overdue.

It ends remote sessions about which no page asks any more, and removes those that ended because
their incident was erased. It starts again what answers many incidents at once, if that was
interrupted. At last it looks at the service as a whole, and records its state for Comanda, if
Comanda asks for it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from suport.desk.deployed import group_answers
from suport.domain.health import Counts, Health, Integration, Part, Seen
from suport.domain.reference import Reference
from suport.register.deployed import register, remote_support
from suport.register.errors import NoSuchIncident
from suport.register.other_tables import health_record
from suport.runtime import clock, observation, settings
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

settings.team_hours()  # wrong ones stop the function at its start: the log says what is wrong
logger = Logger()


def each(
    find: Callable[[datetime], Sequence[Reference]],
    do: Callable[[Reference], None],
    searches: list[Counts],
) -> set[str]:
    """Calls `do` for each incident that `find` returns; returns those for which it failed.

    How the register answered `find` is added to `searches`. If `find` itself fails, its name is
    returned. A failure stops neither the other incidents nor the rest of the watcher's work.
    """
    left: set[str] = set()
    try:
        with observation.counted(searches):
            found = find(clock.now())
    except Exception as failure:  # noqa: BLE001  the watcher goes on, and the alarm rings
        logger.error("incidents not found", **facts(failure))  # noqa: TRY400  as below
        return {find.__name__}
    for reference in found:
        try:
            do(reference)
        except NoSuchIncident:  # it has expired in the meantime
            continue
        except Exception as failure:  # noqa: BLE001  the others need waking, too
            # `exception` would log the message, which may quote what a citizen wrote
            logger.error("incident not woken", reference=reference, **facts(failure))  # noqa: TRY400
            left.add(reference)
    return left


def wake(reference: Reference) -> None:
    """Does what is due to the incident because nobody else did it."""
    if done := register().wake(reference, clock.now()):
        logger.info("incident woken", done=done)
        count(Metric.INCIDENTS_WOKEN, done=done)


def follow_up(reference: Reference) -> None:
    """Does what the service still owes to the incident."""
    done = register().follow_up(reference, clock.now())
    logger.info("incident followed up", **asdict(done))
    if done.mails_set_aside or done.files_not_scanned:  # the alarms send somebody to this line
        logger.warning("incident needs somebody", reference=reference, **asdict(done))
    for metric, many in (
        (Metric.MAILS_SET_ASIDE, done.mails_set_aside),
        (Metric.FILES_NOT_SCANNED, done.files_not_scanned),
        (Metric.INCIDENTS_ENDING, done.ending),
    ):
        if many:
            count(metric, many)


def end_session(reference: Reference) -> None:
    """Ends the remote session of the incident, because both pages are gone or its time is over."""
    remote_support().end_overdue(reference, clock.now())
    logger.info("remote session ended")


def forget_session(reference: Reference) -> None:
    """Removes the remote session of an erased incident, once both pages have said that it ended."""
    remote_support().forget(reference, clock.now())
    logger.info("remote session removed")


def resume_answers() -> None:
    """Goes on with the answers to many incidents that nobody works on, although they are not done.

    A failure harms nothing else. The next run tries again, and an alarm watches the answers.
    """
    try:
        for job in group_answers().resume(clock.now()):
            logger.info("answer resumed", job=job.id, done=job.done, of=job.total)
    except Exception as failure:  # noqa: BLE001  the incidents are watched, and this is not more
        logger.error("answers not resumed", **facts(failure))  # noqa: TRY400  as above


def record_health(overdue: int, searches: list[Counts]) -> None:
    """Looks at the service and records its state.

    overdue: the incidents that could not be woken. searches: how the register answered. A failure
    harms nothing else: Comanda is told after a quarter of an hour that the state is unknown.
    """
    try:
        now = clock.now()
        with observation.counted(searches):
            before = health_record().read() or Health(seen_at=now)
        counted_until, parts = counts_of_parts(before.counted_until, now)
        letters, queues = observation.dead_letters()
        seen = Seen(
            counted_until=counted_until,
            database=sum(searches, Counts()),
            integrations=observation.integrations() | {Integration.SQS: queues},
            parts=parts,
            dead_letters=letters,
            overdue=overdue,
            in_maintenance=os.environ.get("REGISTER_AWAITS_COPY") == "on",
        )
        health_record().write(before.after(seen, now))
    except Exception as failure:  # noqa: BLE001  the incidents are watched, and this is not more
        logger.error("health not recorded", **facts(failure))  # noqa: TRY400  as above


def counts_of_parts(
    counted_until: datetime | None, now: datetime
) -> tuple[datetime | None, dict[Part, Counts]]:
    """Until when it is counted now, and what was asked of each part since it was counted last.

    What CloudWatch does not tell this time, the next run counts.
    """
    start, end = observation.period(counted_until, now)
    try:
        return end, observation.parts(start, end)
    except Exception as failure:  # noqa: BLE001  the rest of the state is known
        logger.warning("parts not counted", **facts(failure))
        return counted_until, {}


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001  only the time
    """Handles the schedule. Every run reports how many stay overdue; silence means a failure."""
    searches: list[Counts] = []
    left = each(register().overdue, wake, searches)
    left |= each(register().to_follow_up, follow_up, searches)
    left |= each(remote_support().sessions_to_end, end_session, searches)
    left |= each(remote_support().sessions_to_forget, forget_session, searches)
    logger.info("incidents watched", left=len(left))
    count(Metric.OVERDUE_INCIDENTS, len(left))
    resume_answers()
    if os.environ["COMANDA"] == "on":
        record_health(len(left), searches)
