"""Looks every five minutes for incidents to which nothing happened in time, and does what is due.

Whatever went wrong on the way, an open incident is found again here: one that never reached its
queue, one that the queue is about to forget, one that its operator left lying, one whose citizen
does not answer. An incident that cannot be woken stops none of the others, and counts as overdue.
"""

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws
from suport.failure import facts
from suport.reference import Reference
from suport.register import Register

logger = Logger()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def wake(register: Register, reference: Reference) -> bool:
    """Whether nothing is left to do for that incident; what was done is counted."""
    try:
        done = register.wake(reference, now())
    except Exception as failure:  # noqa: BLE001  the others are to be woken, too
        # `exception` would log the message, which may quote what a citizen wrote
        logger.error("incident not woken", reference=reference, **facts(failure))  # noqa: TRY400
        return False
    if done:
        logger.info("incident woken", reference=reference, done=done)
        with single_metric("IncidentsWoken", MetricUnit.Count, 1) as metric:
            metric.add_dimension("done", done)
    return True


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001  only the time
    """The schedule's entry. Tells every time how many stay overdue, so that silence tells, too."""
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    woken = [wake(register, reference) for reference in register.overdue(now())]
    left = woken.count(False)
    logger.info("overdue incidents woken", woken=woken.count(True), left=left)
    with single_metric("OverdueIncidents", MetricUnit.Count, left):
        pass
