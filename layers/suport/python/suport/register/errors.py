"""The errors that the register itself raises; all others come from the domain."""

from collections.abc import Mapping

from suport.domain.reference import Reference


class NoSuchIncident(LookupError):
    """There is no incident with this reference, or it has expired."""


class Erased(NoSuchIncident):
    """The incident was erased because its citizen asked for it.

    at: when, as the register writes moments. by: who did it, with the operator's name and team if
    it was done at the desk; empty if it was erased before 2026-11-26.
    """

    def __init__(self, reference: Reference, at: str, by: Mapping[str, str]) -> None:
        super().__init__(reference)
        self.reference = reference
        self.at = at
        self.by = by


class KeyReused(Exception):
    """The idempotency key has made an incident with other content: `reference` names it."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(reference)
        self.reference = reference


class Contended(Exception):
    """Others kept changing the incident. Nothing was written; a later attempt may succeed."""


class NotBackYet(Exception):
    """The register does not have the incident, but not all that was lost is back in it."""
