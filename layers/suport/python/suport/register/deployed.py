"""The register that a function was deployed with."""

import os
from typing import TYPE_CHECKING

from suport.register.register import Register
from suport.runtime import aws

if TYPE_CHECKING:
    from suport.register.retention_runs import RetentionRuns


def register() -> Register:
    """The register in the table that the template names (`REGISTER_TABLE`)."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


def retention_runs() -> "RetentionRuns":
    """The record of the audit's runs (`RETENTION_RUNS_TABLE`)."""
    from suport.register.retention_runs import RetentionRuns  # noqa: PLC0415  few functions need it

    return RetentionRuns(aws.client("dynamodb"), os.environ["RETENTION_RUNS_TABLE"])
