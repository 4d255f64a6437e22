"""The register that a function was deployed with."""

import os
from typing import TYPE_CHECKING

from suport.register.register import Register
from suport.register.tombstones import Tombstones
from suport.runtime import aws, settings
from suport.runtime.metrics import Metric, count

if TYPE_CHECKING:
    from suport.domain.remote_session import RemoteSession
    from suport.register.remote_support import RemoteSupport


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


def remote_support() -> "RemoteSupport":
    """The remote sessions of its incidents (`REMOTE_SESSIONS_TABLE`)."""
    from suport.register.other_tables import remote_sessions  # noqa: PLC0415  few functions need it
    from suport.register.remote_support import RemoteSupport  # noqa: PLC0415  as above

    return RemoteSupport(register(), remote_sessions(), _count_ended)


def _count_ended(session: "RemoteSession") -> None:
    """Reports why a session ended, and one in which the citizen was there but no picture came."""
    assert session.ending
    count(Metric.REMOTE_SESSIONS, reason=session.ending.reason)
    if session.joined_at and session.picture_at is None:
        count(Metric.REMOTE_SESSIONS_WITHOUT_PICTURE)
