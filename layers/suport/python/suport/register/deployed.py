"""The register that a function was deployed with, and the table of the figures."""

import os
from typing import TYPE_CHECKING

from suport.register.register import Register
from suport.register.tombstones import Tombstones
from suport.runtime import aws

if TYPE_CHECKING:
    from suport.register.figures_table import FiguresTable
    from suport.register.health_record import HealthRecord
    from suport.register.retention_runs import RetentionRuns


def register() -> Register:
    """The register in the table that the template names (`REGISTER_TABLE`).

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
    )


def figures_table() -> "FiguresTable":
    """The table of the figures that the template names (`FIGURES_TABLE`)."""
    from suport.register.figures_table import FiguresTable  # noqa: PLC0415  few functions need it

    return FiguresTable(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def health_record() -> "HealthRecord":
    """The record of the service's state, in the table of the figures (`FIGURES_TABLE`)."""
    from suport.register.health_record import HealthRecord  # noqa: PLC0415  few functions need it

    return HealthRecord(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])


def retention_runs() -> "RetentionRuns":
    """The record of the audit's runs (`RETENTION_RUNS_TABLE`)."""
    from suport.register.retention_runs import RetentionRuns  # noqa: PLC0415  few functions need it

    return RetentionRuns(aws.client("dynamodb"), os.environ["RETENTION_RUNS_TABLE"])
