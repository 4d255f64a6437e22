"""The functions that decide by when an operator has to do something know the teams' hours."""

import pytest

from suport.domain.working_hours import WrongHours
from tests.support.gateway import Load


@pytest.mark.parametrize("function", ["watch_incidents", "work_incident", "show_desk"])
def test_hours_that_cannot_be_stop_a_function_at_its_start_with_a_sentence(
    load: Load, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    monkeypatch.setenv("TEAM_HOURS", "mon-fri 22:00-06:00")
    with pytest.raises(WrongHours, match="“22:00-06:00” in “mon-fri 22:00-06:00” ends before"):
        load(function)
    monkeypatch.setenv("TEAM_HOURS", "mon-fri 06:00-22:00")
    load(function)
