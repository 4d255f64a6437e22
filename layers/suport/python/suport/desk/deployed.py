"""What the web desk keeps in the table that a function was deployed with, and the teams' queues."""

import os
from typing import TYPE_CHECKING

from suport.desk.sessions import DeskSessions
from suport.domain.incident import Category
from suport.runtime import aws

if TYPE_CHECKING:
    from suport.desk.drafts import Drafts
    from suport.desk.identity_provider import IdentityProvider
    from suport.desk.team_queue import TeamQueue


def desk_sessions() -> DeskSessions:
    """Who is signed in at the web desk."""
    return DeskSessions(aws.client("dynamodb"), os.environ["DESK_TABLE"])


def drafts() -> "Drafts":
    """What operators have begun to write."""
    from suport.desk.drafts import Drafts  # noqa: PLC0415  few functions need it

    return Drafts(aws.client("dynamodb"), os.environ["DESK_TABLE"])


def team_queues() -> "dict[Category, TeamQueue]":
    """The teams' queues (`FUNCTIONAL_QUEUE_URL` and so on)."""
    from suport.desk.team_queue import TeamQueue  # noqa: PLC0415  few functions need it

    return {
        team: TeamQueue(aws.client("sqs"), os.environ[f"{team.upper()}_QUEUE_URL"], team)
        for team in Category
    }


def identity_provider(client: str) -> "IdentityProvider":
    """Where operators sign in. client: the service's name there, which the API's stage has."""
    from suport.desk.identity_provider import IdentityProvider  # noqa: PLC0415  for one function

    return IdentityProvider(
        browsers_at=os.environ["SIGN_IN_URL"],
        tokens_at=os.environ["TOKENS_URL"],
        keys_at=os.environ["TOKEN_KEYS_URL"],
        issuer=os.environ["TOKEN_ISSUER"],
        client=client,
        upstream=os.environ["SIGN_IN_PROVIDER"],
    )
