"""The tables beside the register that a function was deployed with.

They are apart from `deployed`, because a page that shows what is in them needs no register, which
takes longer to import than all of them.
"""

import os
from functools import cache
from typing import TYPE_CHECKING

from suport.runtime import aws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from suport.domain.category import Category
    from suport.domain.forecast import Forecast
    from suport.domain.known_problem import KnownProblem
    from suport.register.figures_table import FiguresTable
    from suport.register.guide_votes import GuideVotes
    from suport.register.health_record import HealthRecord
    from suport.register.known_problems import KnownProblems
    from suport.register.once_a_minute import OnceAMinute
    from suport.register.published_problems import PublishedProblems
    from suport.register.remote_sessions import RemoteSessions
    from suport.register.retention_runs import RetentionRuns
    from suport.register.search_index import SearchIndex


def figures_table() -> "FiguresTable":
    """The table of the figures that the template names (`FIGURES_TABLE`)."""
    from suport.register.figures_table import FiguresTable  # noqa: PLC0415  few functions need it

    return FiguresTable(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def health_record() -> "HealthRecord":
    """The record of the service's state, in the table of the figures (`FIGURES_TABLE`)."""
    from suport.register.health_record import HealthRecord  # noqa: PLC0415  few functions need it

    return HealthRecord(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def guide_votes() -> "GuideVotes":
    """How often each guide helped, in the table of the figures (`FIGURES_TABLE`)."""
    from suport.register.guide_votes import GuideVotes  # noqa: PLC0415  few functions need it

    return GuideVotes(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def known_problems() -> "KnownProblems":
    """The known problems and the answers to all incidents of one (`KNOWN_PROBLEMS_TABLE`)."""
    from suport.register.known_problems import KnownProblems  # noqa: PLC0415  few functions need it

    return KnownProblems(aws.client("dynamodb"), os.environ["KNOWN_PROBLEMS_TABLE"])


def open_problems(now: "datetime") -> "Sequence[KnownProblem]":
    """The known problems that are open now; none where they cannot be read."""
    from suport.register.published_problems import open_now  # noqa: PLC0415  as above

    return open_now(lambda at: known_problems().published(at), now)


@cache
def published_forecasts() -> "OnceAMinute[Mapping[Category, Forecast]]":
    """The forecasts by the figures that this process has read last (`FIGURES_TABLE`)."""
    from suport.domain.figures import day_of  # noqa: PLC0415  as above
    from suport.domain.forecast import forecast  # noqa: PLC0415  as above
    from suport.register.once_a_minute import OnceAMinute  # noqa: PLC0415  as above

    def read(now: "datetime") -> "Mapping[Category, Forecast]":
        told = {
            category: forecast(latest, until, day_of(now))
            for category, (until, latest) in figures_table().latest_of_all().items()
        }
        return {category: each for category, each in told.items() if each}

    return OnceAMinute(read, {}, "figures")


@cache
def published_problems() -> "PublishedProblems":
    """The known problems that are open, as this process has read them last."""
    from suport.register.published_problems import PublishedProblems  # noqa: PLC0415  as above

    return PublishedProblems(lambda now: known_problems().published(now))


def remote_sessions() -> "RemoteSessions":
    """The sessions in which citizens show their screens (`REMOTE_SESSIONS_TABLE`)."""
    from suport.register.remote_sessions import RemoteSessions  # noqa: PLC0415  as above

    return RemoteSessions(aws.client("dynamodb"), os.environ["REMOTE_SESSIONS_TABLE"])


def retention_runs() -> "RetentionRuns":
    """The record of the audit's runs (`RETENTION_RUNS_TABLE`)."""
    from suport.register.retention_runs import RetentionRuns  # noqa: PLC0415  few functions need it

    return RetentionRuns(aws.client("dynamodb"), os.environ["RETENTION_RUNS_TABLE"])


def search_index() -> "SearchIndex":
    """The search index (`SEARCH_INDEX_TABLE`), with the key of its digests (`PERSON_KEY_ARN`)."""
    from suport.register.search_index import SearchIndex  # noqa: PLC0415  few functions need it

    return SearchIndex(aws.client("dynamodb"), os.environ["SEARCH_INDEX_TABLE"], aws.person_key)
