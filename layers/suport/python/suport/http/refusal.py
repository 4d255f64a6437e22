"""What the register refuses a citizen, as the problem that tells them why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from suport.domain.consent import ControlNeedsView, NothingToWithdraw
from suport.domain.incident import Language, TooManyMessages
from suport.http import problem
from suport.register.register import AlreadyResolved, NoSuchIncident, NotResolved, ReopeningOver


@contextmanager
def refusals_told(now: datetime, language: Language | None = None) -> Iterator[None]:
    """Within it, each refusal of the register becomes the problem that the citizen is told.

    language: that of the request, where it states one; else the browser's is taken.
    """
    try:
        yield
    except NoSuchIncident:
        raise problem.no_access() from None
    except ReopeningOver:
        raise problem.reopening_over() from None
    except NotResolved:
        raise problem.not_resolved() from None
    except TooManyMessages as refusal:
        raise problem.too_many_messages(refusal.until, now) from None
    except AlreadyResolved:
        raise problem.solved_already(language) from None
    except ControlNeedsView:
        raise problem.control_needs_view(language) from None
    except NothingToWithdraw:
        raise problem.nothing_to_withdraw(language) from None
