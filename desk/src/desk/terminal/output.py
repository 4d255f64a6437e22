"""The output of a command: its result for people or as JSON, sentences, and tables.

All that other people typed passes through `safe_text`, and reaches Rich as text, never as markup.
In JSON mode, only the result goes to the standard output; all else goes to the error output.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from desk.terminal.safe_text import json_text, plain
from desk.terminal.streams import can_write


class Output:
    """The output of one command. `result_console` prints a result for people."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self.result_console = _console(stderr=False)
        self._errors = _console(stderr=True)
        self._beside = self._errors if as_json else self.result_console

    def result(self, value: Any) -> bool:
        """Writes the result if the command is to write JSON; returns whether it did."""
        if self._as_json:
            written = json_text(value)
            if not can_write(written):
                written = json_text(value, ascii_only=True)
            self.result_console.file.write(written + "\n")
        return self._as_json

    def say(self, text: str) -> None:
        """Prints a sentence; on the error output if the result is JSON."""
        self._beside.print(Text(plain(text)), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Prints what went wrong on the error output."""
        self._errors.print(Text(plain(text), "yellow"), soft_wrap=True)

    def bell(self) -> None:
        """Rings the terminal's bell for an operator who waits."""
        if self._errors.is_terminal:
            self._errors.bell()

    def preview(self, text: str) -> None:
        """Prints a text that is about to be sent."""
        self._beside.rule(style="dim")
        self.say(text)
        self._beside.rule(style="dim")

    def rows(self, titles: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
        """Prints a plain table."""
        table = titled_table(*titles)
        for row in rows:
            table.add_row(*map(cell, row))
        self.result_console.print(table)


def cell(value: object) -> Text:
    """The value as text in which a terminal finds nothing to act on."""
    return Text(plain(value))


def grid() -> Table:
    """An empty grid: a dim first column that stays whole, and a second one that folds."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def titled_table(*titles: str) -> Table:
    """An empty table with these titles; references stay whole, for copying, and so do states."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(Text(title), overflow="fold", no_wrap=title in {"Reference", "Status"})
    return table


def indented(content: Table | Text) -> Padding:
    """The content, two columns further right."""
    return Padding(content, (0, 0, 0, 2), expand=False)


def _console(*, stderr: bool) -> Console:
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
