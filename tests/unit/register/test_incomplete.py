"""While a recovery copy is still to be put back, an absent incident means nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from suport.domain.reference import Reference
from suport.register.errors import NotBackYet
from suport.register.incomplete import IncompleteRegister
from suport.register.register import Register
from tests.support.register import a_submission
from tests.support.table import Table

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
NOWHERE = Reference("7K3M-9QXA-2BTC")


@pytest.fixture
def incomplete() -> Register:
    return IncompleteRegister(cast("Any", Table()), "register")


@pytest.mark.parametrize(
    "ask",
    [
        lambda register: register.incident(NOWHERE, NOW),
        lambda register: register.history(NOWHERE, NOW),
        lambda register: register.history(NOWHERE, NOW, before="01KAXC4WW0AAAAAAAAAAAAAAAA"),
        lambda register: register.resolve_by_citizen(NOWHERE, NOW),
        lambda register: register.wake(NOWHERE, NOW),
    ],
)
def test_no_question_and_no_act_is_told_that_there_is_no_such_incident(
    incomplete: Register, ask: Callable[[Register], Any]
) -> None:
    with pytest.raises(NotBackYet):
        ask(incomplete)


def test_what_the_register_has_is_served_as_ever(incomplete: Register) -> None:
    made = incomplete.submit(a_submission(), "k" * 20, b"secret", NOW)
    assert incomplete.incident(made.reference, NOW) == made
    incomplete.resolve_by_citizen(made.reference, NOW)
    assert incomplete.history(made.reference, NOW)[0].resolved_at == NOW


def test_incidents_that_are_read_together_are_not_called_absent_either(
    incomplete: Register,
) -> None:
    made = incomplete.submit(a_submission(), "k" * 20, b"secret", NOW)
    read = incomplete.incidents([made.reference, NOWHERE], NOW)
    assert read.of(made.reference) == made
    with pytest.raises(NotBackYet):
        read.of(NOWHERE)
