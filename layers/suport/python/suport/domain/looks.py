"""Who looked at an incident: for what, and what data protection is shown of it."""

from datetime import datetime

from suport.domain.change import Change, Decision
from suport.domain.history import Done, Entry, LookPurpose, is_look
from suport.domain.incident import Actor, Incident

STATED = (LookPurpose.WORK, LookPurpose.CALL, LookPurpose.HANDOVER, LookPurpose.CHECK)
"""What an operator who reads an incident can state; every other purpose follows from the act."""


def concerns_access(entry: Entry) -> bool:
    """Whether data protection is shown the entry: a look, a copy made at the desk, a refusal."""
    done, by = entry.facts.get("action"), entry.facts.get("by")
    is_copy = done == Done.EXPORTED and by == Actor.OPERATOR
    return is_look(entry) or is_copy or done == Done.REFUSED


def audit(incident: Incident, now: datetime, officer: str) -> Decision[None]:
    """Records that a data-protection officer looks at who has looked."""
    change = Change(incident, now)
    facts = {"operator": officer, "purpose": LookPurpose.AUDIT, "contact": False}
    change.act(Done.VIEWED, Actor.DATA_PROTECTION, **facts)
    return Decision(change, None)
