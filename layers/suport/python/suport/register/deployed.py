"""The register that a function was deployed with, and the table of the figures."""

import os
from functools import cache
from typing import TYPE_CHECKING

from suport.register.register import Register
from suport.register.tombstones import Tombstones
from suport.runtime import aws, settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from suport.domain.known_problem import KnownProblem
    from suport.register.figures_table import FiguresTable
    from suport.register.health_record import HealthRecord
    from suport.register.known_problems import KnownProblems
    from suport.register.published_problems import PublishedProblems
    from suport.register.retention_runs import RetentionRuns
    from suport.register.search_index import SearchIndex


def register() -> Register:
    """The register in the table that the template names (`REGISTER_TABLE`).

    `TEAM_HOURS` is given to the functions that decide by when an operator has to do something, and
    `TOMBSTONES_TABLE` is given to the functions whose acts leave tombstones. While
    `REGISTER_AWAITS_COPY` is on, the register is incomplete.
    """
    client, tombstones = aws.client("dynamodb"), os.environ.get("TOMBSTONES_TABLE")
    kind = Register
    if os.environ.get("REGISTER_AWAITS_COPY") == "on":
        from suport.register.incomplete import IncompleteRegister  # noqa: PLC0415  hardly ever

        kind = IncompleteRegister
    return kind(
        client,
        os.environ["REGISTER_TABLE"],
        Tombstones(client, tombstones, aws.service_secret) if tombstones else None,
        settings.team_hours(),
    )


def figures_table() -> "FiguresTable":
    """The table of the figures that the template names (`FIGURES_TABLE`)."""
    from suport.register.figures_table import FiguresTable  # noqa: PLC0415  few functions need it

    return FiguresTable(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def health_record() -> "HealthRecord":
    """The record of the service's state, in the table of the figures (`FIGURES_TABLE`)."""
    from suport.register.health_record import HealthRecord  # noqa: PLC0415  few functions need it

    return HealthRecord(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def known_problems() -> "KnownProblems":
    """The known problems and the answers to all incidents of one (`KNOWN_PROBLEMS_TABLE`)."""
    from suport.register.known_problems import KnownProblems  # noqa: PLC0415  few functions need it

    return KnownProblems(aws.client("dynamodb"), os.environ["KNOWN_PROBLEMS_TABLE"])


def open_problems(now: "datetime") -> "Sequence[KnownProblem]":
    """The known problems that are open now; none where they cannot be read."""
    from suport.register.published_problems import open_now  # noqa: PLC0415  as above

    return open_now(lambda at: known_problems().published(at), now)


@cache
def published_problems() -> "PublishedProblems":
    """The known problems that are open, as this process has read them last."""
    from suport.register.published_problems import PublishedProblems  # noqa: PLC0415  as above

    return PublishedProblems(lambda now: known_problems().published(now))


def retention_runs() -> "RetentionRuns":
    """The record of the audit's runs (`RETENTION_RUNS_TABLE`)."""
    from suport.register.retention_runs import RetentionRuns  # noqa: PLC0415  few functions need it

    return RetentionRuns(aws.client("dynamodb"), os.environ["RETENTION_RUNS_TABLE"])


def search_index() -> "SearchIndex":
    """The search index (`SEARCH_INDEX_TABLE`), with the key of its digests (`PERSON_KEY_ARN`)."""
    from suport.register.search_index import SearchIndex  # noqa: PLC0415  few functions need it

    return SearchIndex(aws.client("dynamodb"), os.environ["SEARCH_INDEX_TABLE"], aws.person_key)
