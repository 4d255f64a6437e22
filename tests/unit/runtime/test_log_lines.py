"""What the functions' lines in the log may name."""

import ast
from collections.abc import Iterator

from local import ROOT

ROUTINE = {"debug", "info"}
OF_AN_INCIDENT = {"reference", "entry", "file"}
"What leads to one incident, by the name under which a line has this incident."


def lines() -> Iterator[tuple[str, str, set[str | None]]]:
    """Each call of a logger: where it is, its level, and the names of what it adds."""
    for folder in ("functions", "layers/suport/python"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(ast.Attribute(ast.Name("logger"), level), _, keywords):
                        where = f"{path.relative_to(ROOT)}:{node.lineno}"
                        yield where, level, {each.arg for each in keywords}


def test_a_line_about_what_went_well_names_no_incident() -> None:
    """The register says what was done to which incident, for as long as the incident is kept.

    A log is kept for thirty days whatever becomes of the incident. Only a line after which somebody
    must act, a warning or an error, says which one it is.
    """
    found = list(lines())
    naming = [where for where, level, names in found if level in ROUTINE and OF_AN_INCIDENT & names]
    assert naming == []
    assert {level for _, level, _ in found} >= {"info", "warning", "error"}
