"""What functions log and print while a `with` block runs, for tests that run them many times."""

import contextlib
import io
import logging
from types import TracebackType
from typing import Self


class Logged(logging.Handler):
    """Everything that is logged, at any level that the functions log at, and printed."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._printed = io.StringIO()
        self._redirected = contextlib.redirect_stdout(self._printed)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        self._redirected.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._redirected.__exit__(kind, failure, trace)
        logging.getLogger().removeHandler(self)

    @property
    def text(self) -> str:
        """All of it in one text."""
        return "\n".join([self._printed.getvalue(), *(str(vars(each)) for each in self.records)])
