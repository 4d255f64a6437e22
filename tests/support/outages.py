"""Parts of AWS that are away for a while, for functions in this process.

A part is a table, a queue, a bucket, a secret or the mails of a configuration, by the name under
which a request asks for it::

    with outages.of("register"):
        ...  # every call to the table fails, and nothing else does
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.failures import FAILURES, Call, intercept

_NAMED_BY = ("TableName", "QueueUrl", "Bucket", "SecretId", "ConfigurationSetName")


class Outages:
    """What is away at the moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._part = self._layer = ""
        self._takes_effect = False
        intercept(monkeypatch, self._call)

    @contextmanager
    def of(
        self, part: str, layer: str = "connection", *, takes_effect: bool = False
    ) -> Iterator[None]:
        """Has each call to that part fail in that layer, for the length of a `with` block.

        takes_effect: whether AWS does what is asked, and only its answer is lost.
        """
        self._part, self._layer, self._takes_effect = part, layer, takes_effect
        try:
            yield
        finally:
            self._part = ""

    def _call(self, ask: Call, operation: str, request: Any) -> Any:
        if self._part not in _parts(request):
            return ask(operation, request)
        if self._takes_effect:
            ask(operation, request)
        failure = FAILURES[self._layer]()
        raise failure


def _parts(request: dict[str, Any]) -> set[str]:
    """The parts of AWS that a request is for."""
    named = {request[name] for name in _NAMED_BY if name in request}
    named.update(request.get("RequestItems", {}))
    for write in request.get("TransactItems", []):
        named.update(each["TableName"] for each in write.values())
    return named
