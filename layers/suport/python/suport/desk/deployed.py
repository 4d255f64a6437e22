"""What the web desk keeps, in the table that a function was deployed with (`DESK_TABLE`)."""

import os

from suport.desk.sessions import DeskSessions
from suport.runtime import aws


def desk_sessions() -> DeskSessions:
    """Who is signed in at the web desk."""
    return DeskSessions(aws.client("dynamodb"), os.environ["DESK_TABLE"])
