"""The register that a function was deployed with, and the table of the figures."""

import os
from typing import TYPE_CHECKING

from suport.register.register import Register
from suport.runtime import aws

if TYPE_CHECKING:
    from suport.register.figures_table import FiguresTable


def register() -> Register:
    """The register in the table that the template names (`REGISTER_TABLE`)."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


def figures_table() -> "FiguresTable":
    """The table of the figures that the template names (`FIGURES_TABLE`)."""
    from suport.register.figures_table import FiguresTable  # noqa: PLC0415  few functions need it

    return FiguresTable(aws.client("dynamodb"), os.environ["FIGURES_TABLE"])
