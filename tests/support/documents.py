"""The commands that a document in Markdown shows, and the output that it promises.

A command has one of these forms. `read` refuses any other text that looks like a command; no
command in a document goes unchecked:

- in a block ```` ```console ````: it begins with `$ `, goes on after a line that ends in a
  backslash or within quotes, and its output follows. Tests run it;
- in a block ```` ```console aws ````: the same, for commands that only AWS can answer. No test runs
  them;
- `    make …`, indented;
- in the running text, between backticks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath

from local import ROOT

CONSOLE, ON_AWS = "console", "console aws"
FILES = {"ini", "json", "python", "toml"}
PICTURES = {"mermaid"}
PROGRAMS = {"aws", "curl", "desk", "docker", "git", "make", "npm", "pip", "python3", "sam", "uv"}
"""The programs with which a command in the running text begins."""

_FENCE = re.compile(r"```+([^`]*)$")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PROMPT = "$ "


class Unmarked(Exception):
    """A text looks like a command, but its form does not say how to check it."""


@dataclass
class Command:
    """A command of a console: the text to copy, and the output that the document promises."""

    line: int
    text: str
    output: list[str] = field(default_factory=list)


@dataclass
class Block:
    """A block between fences; `kind` is the text after the opening one."""

    line: int
    kind: str
    lines: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    """The commands of a console."""

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


@dataclass
class Document:
    """The parts of a document that tests check."""

    blocks: list[Block]
    make: list[str]
    """Indented command lines, each a `make …`, without the remark after it."""
    spans: list[str]
    """Commands in the running text."""

    def commands(self, kind: str) -> list[Command]:
        """The commands of the consoles of that kind, in order."""
        return [each for block in self.blocks if block.kind == kind for each in block.commands]


@cache
def of_the_project() -> dict[str, Document]:
    """The README and all documents under `docs`, by their paths."""
    paths = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    names = {path: str(path.relative_to(ROOT)) for path in paths}
    return {name: read(path.read_text(), name) for path, name in names.items()}


def anchor(heading: str) -> str:
    """Where a link to that heading leads, as GitHub and others name it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def read(text: str, name: str = "document") -> Document:
    """Take the document apart.

    name: the document's name in errors.

    Raises
    ------
    Unmarked
        If a text looks like a command, but has none of the forms above.
    """
    try:
        return _read(text)
    except Unmarked as unmarked:
        raise Unmarked(f"{name}, {unmarked}") from None


def _read(text: str) -> Document:
    document, prose = Document([], [], []), ""
    lines = enumerate(text.splitlines(), 1)
    after_blank = True
    for number, line in lines:
        if fence := _FENCE.match(line):
            document.blocks.append(_block(number, fence[1].strip(), lines))
            prose += "\n\n"
        elif line.lstrip().startswith((_PROMPT, "```", "~~~")):
            raise Unmarked(f"line {number}: {line!r} is in no block that says how it is checked")
        elif line.startswith("    ") and after_blank:
            document.make.append(_make(number, line))
            continue  # the lines after it are code, too
        else:
            prose += f"{line}\n"
        after_blank = not line.strip()
    document.spans = _commands_in(prose)
    return document


def _block(number: int, kind: str, lines: Iterator[tuple[int, str]]) -> Block:
    block = Block(number, kind)
    for _, line in lines:
        if line.startswith("```"):
            break
        block.lines.append(line)
    else:
        raise Unmarked(f"line {number}: the block does not end")
    if kind not in {CONSOLE, ON_AWS, *FILES, *PICTURES}:
        raise Unmarked(f"line {number}: nobody knows how to check a block {kind!r}")
    if kind in {CONSOLE, ON_AWS}:
        block.commands = _commands_of(block)
    elif any(line.lstrip().startswith(_PROMPT) for line in block.lines):
        raise Unmarked(f"line {number}: a command in a block {kind!r}")
    return block


def _commands_of(console: Block) -> list[Command]:
    commands: list[Command] = []
    for number, line in enumerate(console.lines, console.line + 1):
        if commands and _goes_on(commands[-1]):
            commands[-1].text += f"\n{line}"
        elif line.startswith(_PROMPT):
            commands.append(Command(number, line.removeprefix(_PROMPT)))
        elif commands:
            commands[-1].output.append(line)
        else:
            raise Unmarked(f"line {number}: {line!r} comes before any command")
    if not commands:
        raise Unmarked(f"line {console.line}: a console without a command")
    return commands


def _make(number: int, line: str) -> str:
    command = line.partition("#")[0].strip()
    if not re.match(r"make( |$)", command):
        raise Unmarked(f"line {number}: {line!r} is indented code, but no `make …`")
    return command


def _commands_in(prose: str) -> list[str]:
    spans = (" ".join(match[2].split()) for match in _SPAN.finditer(prose))
    return [span for span in spans if " " in span and PurePath(span.split()[0]).name in PROGRAMS]


def _goes_on(command: Command) -> bool:
    """Whether the next line still belongs to the command."""
    if command.output:
        return False
    unquoted = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", "", command.text, flags=re.DOTALL)
    return command.text.endswith("\\") or "'" in unquoted or '"' in unquoted


# The parts that differ from one run to the next, in the order of the search for them.
_VARIABLE = {
    "address": r"https?://127\.0\.0\.1:\d+(/_aws/execute-api/\w+/\w+)?",
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"
    r"|\b\d{1,2} [A-Z][a-z]{2} \d{4}(, \d\d:\d\d)?",
    "date": r"\b\d{4}-\d\d-\d\d\b",
    "access code": r"\b([0-9A-Z]{4}-){6}[0-9A-Z]{4}\b",
    "reference": r"\b([0-9A-Z]{4}-){2}[0-9A-Z]{4}\b",
    "code to join": r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b",
    "id": r"\b[0-9A-Z]{26}\b",
    "digest": r"\b[0-9a-f]{64}\b",
    "time": r"\b\d+ (ms|s|min|h|d)\b",
}
_ANYTHING = "…"


def is_like(shown: list[str], printed: str) -> bool:
    """Whether the output is like the one in the document.

    It must have the same lines with the same words and numbers. Moments, references, ids and the
    like may differ, and columns may be wider. `…` in the document replaces the rest of a line or,
    alone on its line, any number of lines.
    """
    pattern = ""
    for line in _steady("\n".join(shown)).rstrip().split("\n"):
        if line.strip() == _ANYTHING:
            pattern += r"(?:.*\n)*"
        elif line.endswith(_ANYTHING):
            pattern += re.escape(line.removesuffix(_ANYTHING)) + ".*\n"
        else:
            pattern += re.escape(line) + "\n"
    return re.fullmatch(pattern, _steady(printed).rstrip() + "\n") is not None


def _steady(text: str) -> str:
    for name, pattern in _VARIABLE.items():
        text = re.sub(pattern, f"<{name}>", text)
    lines = (re.sub(r"(?<=\S) {2,}", " ", line).rstrip() for line in text.splitlines())
    return "\n".join(lines)
