"""The incidents that are answered together with another one of the same citizen.

An operator answers that one; a job then does the same with those that follow it.
"""

from collections.abc import Mapping, Sequence

from aws_lambda_powertools import Logger

from suport.desk.deployed import group_answers
from suport.domain import group_answer
from suport.domain.group_answer import Act, GroupAnswer, owner_of
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.other_tables import search_index
from suport.runtime import clock
from suport.runtime.logged_failure import facts

logger = Logger()


def followers_of(reference: Reference) -> Sequence[Reference] | None:
    """Those that follow the incident; None if nobody can tell now: it is shown all the same."""
    try:
        return search_index().followers(reference, clock.now())
    except Exception as failure:  # noqa: BLE001  see above
        logger.warning("followers not found", **facts(failure))
        return None


def answer_followers(
    reference: Reference, operator: str, key: str, act: Act, body: str | None = None
) -> GroupAnswer | None:
    """Has all that follow the incident answered in the same way, once for each key.

    key: that of the form or of the request. Returns the job, if there is anything to do.
    """
    now = clock.now()
    followers = search_index().followers(reference, now)
    if not followers:
        return None
    bodies: Mapping[Language, str] | None = None if body is None else dict.fromkeys(Language, body)
    return group_answers().begin(
        group_answer.begun(
            id=group_answer.job_id(key, owner_of(None, reference), act, bodies),
            act=act,
            by=operator,
            references=followers,
            now=now,
            bodies=bodies,
            leader=reference,
        )
    )
