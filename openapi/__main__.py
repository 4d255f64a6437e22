"""Writes docs/openapi.json, and the problem types into docs/integration.md."""

import json
import re
from pathlib import Path

from local import ROOT
from openapi.document import document
from openapi.problem_types import as_table

DOCUMENT = ROOT / "docs/openapi.json"
INTEGRATION = ROOT / "docs/integration.md"
_BEGIN, _END = "<!-- problem types: python -m openapi -->\n\n", "\n<!-- end -->"


def as_text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def with_table(text: str) -> str:
    """The text of docs/integration.md with the list of problem types in its place."""
    place = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    return place.sub(lambda _: _BEGIN + as_table() + _END, text)


def write(document_file: Path = DOCUMENT, integration: Path = INTEGRATION) -> None:
    """Writes both."""
    document_file.write_text(as_text())
    integration.write_text(with_table(integration.read_text()))


if __name__ == "__main__":
    write()
