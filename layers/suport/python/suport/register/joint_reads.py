"""Reading the incidents together that the records of a batch are about."""

from collections.abc import Sequence
from dataclasses import dataclass

from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.register.deployed import register
from suport.register.register import Incidents
from suport.runtime import clock
from suport.runtime.joint_calls import Steps


@dataclass(frozen=True, slots=True)
class _Reading:
    """An incident to be read."""

    reference: Reference

    @property
    def group(self) -> None:
        """All are read together."""

    def made_for(self, calls: Sequence["_Reading"]) -> list[Incidents]:
        """Reads the incidents; each finds its own among them."""
        read = register().incidents((each.reference for each in calls), clock.now())
        return [read] * len(calls)


def incident_now(reference: Reference) -> Steps[Incident]:
    """The incident as it is now, see `Register.incident`.

    Raises
    ------
    Contended
        If it could not be read.
    """
    read: Incidents = yield _Reading(reference)
    return read.of(reference)
