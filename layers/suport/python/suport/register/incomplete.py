"""The register while a recovery copy is still to be put back into it (`docs/operations.md`)."""

from datetime import datetime

from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.register.errors import NoSuchIncident, NotBackYet
from suport.register.marshalling import Item
from suport.register.register import Register


class IncompleteRegister(Register):
    """A register that never says of an incident that there is none: the copy may have it.

    Wherever a `Register` raises `NoSuchIncident`, this one raises `NotBackYet`. Nobody is told that
    an incident does not exist, and no file is erased because nobody knows its incident.
    """

    def _incident(self, item: Item | None, reference: Reference, now: datetime) -> Incident:
        try:
            return super()._incident(item, reference, now)
        except NoSuchIncident as absent:
            raise _or_not_back_yet(absent) from None


def _or_not_back_yet(absent: NoSuchIncident) -> Exception:
    """An incident of which the register knows why it is absent does not come back."""
    return NotBackYet(*absent.args) if type(absent) is NoSuchIncident else absent
