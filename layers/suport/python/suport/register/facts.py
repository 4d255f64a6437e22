"""What the register's index `figures` tells of an incident: nothing personal, and no reference."""

from datetime import datetime

from suport.domain.category import Category
from suport.domain.figures import Facts
from suport.domain.incident import Actor, Channel
from suport.domain.language import Language
from suport.register.marshalling import Item


def facts_of(item: Item, category: Category) -> Facts:
    """What the item of the index `figures` tells of an incident of that category."""
    moments = ("first_answered_at", "resolved_at", "reopened_at", "rated_at")
    answered, ended, reopened, rated = (
        datetime.fromisoformat(item[name]) if name in item else None for name in moments
    )
    return Facts(
        category=category,
        language=Language(item["language"]),
        channel=Channel(item.get("origin", Channel.WEB)),
        procedure=item.get("procedure_code"),
        submitted_at=datetime.fromisoformat(item["recorded_at"]),
        first_answered_at=answered,
        ended_at=ended,
        ended_by=Actor(item.get("resolved_by", Actor.OPERATOR)) if ended else None,
        reopened_at=reopened,
        rating=item.get("rating"),
        rated_at=rated,
    )
