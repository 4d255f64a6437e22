"""The rooms of the desk's package import one way only: each those named before it."""

import ast
from pathlib import Path

import desk

PACKAGE = Path(desk.__path__[0])
ROOMS = (
    *("service_vocabulary", "errors", "reference", "settings", "seen_incidents", "drafts"),
    *("service", "queue", "terminal", "operators_desk", "texts", "command_line", "commands"),
    "entry_point",
)


def imported(source: Path) -> set[str]:
    """The desk's own modules that this one imports anywhere in it."""
    nodes = [
        each for each in ast.walk(ast.parse(source.read_text())) if isinstance(each, ast.ImportFrom)
    ]
    names = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return {name for name in names if name.startswith("desk.")}


def test_each_room_imports_only_rooms_below_it() -> None:
    wrong = []
    for source in PACKAGE.rglob("*.py"):
        room = source.relative_to(PACKAGE).with_suffix("").parts[0]
        if room == "__init__":
            continue
        allowed = ROOMS[: ROOMS.index(room) + 1]
        wrong += [
            f"{source} imports {name}"
            for name in imported(source)
            if name.split(".")[1] not in allowed
        ]
    assert wrong == []
