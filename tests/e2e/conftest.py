"""The whole service as citizens and teams meet it, deployed into the embedded AWS."""

import pytest

from tests.support import permissions
from tests.support.deployment import service
from tests.support.operator_desk import anna, bert, carla, short_visibility, sign_in
from tests.support.uploads import store

__all__ = ["anna", "bert", "carla", "service", "short_visibility", "sign_in", "store"]

LONG = (
    *("test_once", "test_accessibility", "test_local_run", "test_desk_cli", "test_files"),
    *("test_desk_accessibility", "test_desk_team"),
    *("test_journeys", "test_desk_cli_cut_off", "test_incident_form"),
)
"""The files that take longest: they come first, so that at the end no process waits for another."""


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):  # the process that starts all others
        permissions.forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))
