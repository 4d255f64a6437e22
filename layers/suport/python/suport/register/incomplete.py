"""The register while a recovery copy is still to be put back into it (`docs/operations.md`)."""

from collections.abc import Callable
from datetime import datetime

from suport.domain.history import Entry, HistoryPart
from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.register.errors import NoSuchIncident, NotBackYet
from suport.register.register import Register


class IncompleteRegister(Register):
    """A register that never says of an incident that there is none: the copy may have it.

    Wherever a `Register` raises `NoSuchIncident`, this one raises `NotBackYet`. Nobody is told that
    an incident does not exist, and no file is erased because nobody knows its incident.
    """

    def incident(self, reference: Reference, now: datetime) -> Incident:
        """The incident as it is now."""
        try:
            return super().incident(reference, now)
        except NoSuchIncident as absent:
            raise _or_not_back_yet(absent) from None

    def history(
        self,
        reference: Reference,
        now: datetime,
        *,
        before: str | None = None,
        shown: Callable[[Entry], bool] = lambda _: True,
    ) -> tuple[Incident, HistoryPart]:
        """The incident as it is now and the latest entries of its history, as `Register` has it."""
        try:
            return super().history(reference, now, before=before, shown=shown)
        except NoSuchIncident as absent:
            raise _or_not_back_yet(absent) from None


def _or_not_back_yet(absent: NoSuchIncident) -> Exception:
    """An incident of which the register knows why it is absent does not come back."""
    return NotBackYet(*absent.args) if type(absent) is NoSuchIncident else absent
