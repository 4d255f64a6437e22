"""Looks every five minutes for incidents to which nothing happened in time, and does what is due.

Whatever went wrong on the way, the watcher finds an open incident again: one that never reached its
queue, one that the queue is about to forget, one that its operator did nothing with, one whose
citizen does not answer. It also finds what the service still owes, whatever the incident's state: a
mail, the scan of a file, a reminder before an open incident ends. An incident that it cannot wake
stops none of the others, and counts as overdue.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.reference import Reference
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import clock
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count

logger = Logger()


def each(
    find: Callable[[datetime], Sequence[Reference]], do: Callable[[Reference], None]
) -> set[str]:
    """Calls `do` for each incident that `find` returns; returns those for which it failed.

    If `find` itself fails, its name is returned. A failure stops neither the other incidents nor
    the rest of the watcher's work.
    """
    left: set[str] = set()
    try:
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


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001  only the time
    """Handles the schedule. Every run reports how many stay overdue; silence means a failure."""
    left = each(register().overdue, wake) | each(register().to_follow_up, follow_up)
    logger.info("incidents watched", left=len(left))
    count(Metric.OVERDUE_INCIDENTS, len(left))
