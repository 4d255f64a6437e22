"""The register that a function was deployed with."""

import os

from suport.register.register import Register
from suport.runtime import aws


def register() -> Register:
    """The register in the table that the template names (`REGISTER_TABLE`)."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
