"""What the web desk keeps in the table that a function was deployed with, and the teams' queues."""

import os
from typing import TYPE_CHECKING

from suport.domain.category import Category
from suport.runtime import aws

if TYPE_CHECKING:
    from suport.desk.drafts import Drafts
    from suport.desk.group_answers import GroupAnswers
    from suport.desk.identity_provider import IdentityProvider
    from suport.desk.person_searches import PersonSearches
    from suport.desk.sessions import DeskSessions
    from suport.desk.taken_away import TakenAwayIncidents
    from suport.desk.team_queue import TeamQueue


def desk_sessions() -> "DeskSessions":
    """Who is signed in at the web desk."""
    from suport.desk.sessions import DeskSessions  # noqa: PLC0415  few functions need it

    return DeskSessions(aws.client("dynamodb"), os.environ["DESK_TABLE"])


def drafts() -> "Drafts":
    """What operators have begun to write."""
    from suport.desk.drafts import Drafts  # noqa: PLC0415  few functions need it

    return Drafts(aws.client("dynamodb"), os.environ["DESK_TABLE"])


def taken_away() -> "TakenAwayIncidents":
    """What supervisors have taken from operators."""
    from suport.desk.taken_away import TakenAwayIncidents  # noqa: PLC0415  few functions need it

    return TakenAwayIncidents(aws.client("dynamodb"), os.environ["DESK_TABLE"])


def person_searches() -> "PersonSearches":
    """Who has searched for a person; the digests are under the key that `PERSON_KEY_ARN` names."""
    from suport.desk.person_searches import PersonSearches  # noqa: PLC0415  few functions need it

    return PersonSearches(aws.client("dynamodb"), os.environ["DESK_TABLE"], aws.person_key)


def team_queues() -> "dict[Category, TeamQueue]":
    """The teams' queues (`FUNCTIONAL_QUEUE_URL` and so on)."""
    from suport.desk.team_queue import TeamQueue  # noqa: PLC0415  few functions need it

    return {
        team: TeamQueue(aws.client("sqs"), os.environ[f"{team.upper()}_QUEUE_URL"], team)
        for team in Category
    }


def group_answers() -> "GroupAnswers":
    """The answers to many incidents at once, which `ANSWER_LINKED_FUNCTION` works on."""
    from suport.desk.group_answers import GroupAnswers  # noqa: PLC0415  few functions need it
    from suport.register.other_tables import known_problems  # noqa: PLC0415  as above

    function = os.environ["ANSWER_LINKED_FUNCTION"]
    return GroupAnswers(known_problems(), aws.client("lambda"), function)


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
