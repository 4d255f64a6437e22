"""The register that a function was deployed with."""

import os

from suport.register.register import Register
from suport.register.tombstones import Tombstones
from suport.runtime import aws, settings


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
