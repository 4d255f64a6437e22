"""Answers, one after the other, all incidents of a known problem, or all that follow another one.

An operator's request starts it and does not wait. When its time is nearly over it leaves the rest
to the watcher's next start.
"""

from typing import Any

from suport.desk.group_answers import work
from suport.domain.crockford import is_id
from suport.domain.group_answer import Skipped
from suport.domain.reference import Reference
from suport.register.deployed import register
from suport.register.other_tables import known_problems, search_index
from suport.runtime import clock
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count, count_failure

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


class Interrupted(Exception):
    """The job is not finished, and goes on later. It quotes nothing: Lambda logs its text."""


class NoJob(Exception):
    """The event names no job. It quotes nothing, as above."""


TIME_FOR_ONE_MS = 30_000  # with all attempts of a request that is not answered


def left_out(reference: Reference) -> None:
    """Reports an incident that somebody has to answer by hand."""
    # the alarm sends somebody to this line
    logger.error("incident needs somebody", reference=reference, reason=Skipped.FAILED)
    count(Metric.INCIDENTS_NOT_ANSWERED)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Handles the start of one job, named by `owner` and `job`.

    After a failure Lambda starts it again, twice; after that the watcher does. What can be no job's
    id may be anything, and is not logged.
    """
    owner, job_id = event["owner"], event["job"]
    if not (isinstance(owner, str) and isinstance(job_id, str) and is_id(job_id)):
        raise NoJob
    try:
        job = work(
            *(job_id, owner, known_problems(), register(), search_index()),
            clock=clock.now,
            in_time=lambda: context.get_remaining_time_in_millis() > TIME_FOR_ONE_MS,
            left_out=left_out,
        )
    except Exception as failure:  # noqa: BLE001  whatever it is, the job goes on later
        # `exception` would log the message, which may quote what a citizen wrote
        logger.error("incident not answered", job=job_id, **facts(failure))  # noqa: TRY400
        count_failure()
        raise Interrupted from None
    if job:
        logger.info("incidents answered", job=job.id, done=job.done, of=job.total)
    else:
        logger.info("nothing to answer", job=job_id)
