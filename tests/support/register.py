"""The register's contents for tests: submissions, entries, whole histories."""

import json
from datetime import datetime
from typing import Any

from suport.domain.history import Entry, HistoryPart, Kind
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.submission import Submission
from suport.http.bodies.submission import SubmissionBody
from suport.register.items import entry_of
from suport.register.register import Register
from tests.support.gateway import read
from tests.support.table import Item, Table


def a_submission(**changes: Any) -> Submission:
    """A citizen's submission, in Catalan unless the changes say otherwise."""
    content = {
        "category": "functional",
        "description": "No puc annexar el document",
        "contact": {"email": "anna@example.org"},
    }
    return submission_of(content | changes)


def submission_of(content: Any, language: Language = Language.CATALAN) -> Submission:
    """A citizen's submission from this JSON."""
    return read(SubmissionBody, json.dumps(content).encode(), language).submission()


def an_entry(
    kind: Kind,
    facts: dict[str, Any],
    at: datetime,
    *,
    entry_id: str = "01K3ZB2E40AAAAAAAAAAAAAAAA",
    expiry: int | None = None,
) -> Entry:
    """An entry with these facts, as the register reads it."""
    return entry_of(
        {
            "entry": entry_id,
            "kind": kind,
            "recorded_at": utc_text(at),
            "expires_at": expires_at(at) if expiry is None else expiry,
            "content": facts,
        }
    )


def whole_history(
    register: Register, reference: Reference, now: datetime
) -> tuple[Incident, list[Entry]]:
    """The incident and all entries of its history, the oldest first."""
    incident = register.incident(reference, now)
    return incident, list(register.entries(reference, now))[::-1]


def part_of(*entries: Entry) -> HistoryPart:
    """These entries, oldest first, as the latest part of a history."""
    return HistoryPart(entries[::-1])


def table_of(register: Register) -> Table:
    """The register's table in this process."""
    table: Any = register._table._client
    assert isinstance(table, Table)
    return table


def stored_items(register: Register) -> list[Item]:
    """Every item of the table, as DynamoDB's interface gives it."""
    return [item for entries in table_of(register).items.values() for item in entries.values()]


def stored_incident(register: Register, reference: Reference) -> Item:
    """The item of an incident, as DynamoDB's interface gives it."""
    return table_of(register).items[reference]["incident"]
