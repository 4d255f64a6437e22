"""The peer: django-helpdesk under gunicorn and SQLite, on this machine, asked as by a browser."""

import gzip
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from email.message import Message
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import cpu_of, most_memory_of
from local import TOOLS, child

NAME = "django-helpdesk"
SUBMISSION = "all of one incident"
SUBMISSION_OF_TEN = f"{SUBMISSION}, ten at once"
FIRST_VIEW = "first view of the form, compressed"
FIRST_VIEW_REQUESTS = "first view of the form, requests"
MEMORY = "memory of a process, at most"
_WORKER = "memory of a worker"
_THEIRS = {name: name for name in (SUBMISSION, FIRST_VIEW, FIRST_VIEW_REQUESTS)} | {
    SUBMISSION_OF_TEN: SUBMISSION,
    MEMORY: _WORKER,
}
"""The peer's figures, by the names of the service's own."""

_FOLDER = Path(__file__).parent
_PROGRAMS = TOOLS / "bench/bin"
_FORM = "/tickets/submit/"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_LINKED = re.compile(r'(?:href|src)="/static/([^"#?]+)')
_WRITTEN = {
    "title": "The payment failed",
    "body": "The card was charged, but the page shows an error.",
    "submitter_email": "anna@example.org",
}
_LEVEL = 6  # of gzip
_STARTS_WITHIN_S = 30.0
_REST_S = 0.01
"""After this, the worker has done all that it does after its answer."""


class Refused(Exception):
    """The peer did not accept what it was sent."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Processor time of an accepted ticket and of the form; memory; the form's first view."""
    with running() as (address, worker):
        visitor = Visitor(address)
        form = visitor.form()
        for _ in range(bench.calls):
            visitor.submit()
        submitted = [_spent(worker, visitor.submit) for _ in range(bench.calls)]
        shown = [_spent(worker, visitor.form) for _ in range(bench.calls)]
        memory = most_memory_of(worker)
    yield Figure(f"{NAME}: {SUBMISSION}", statistics.median(submitted), "ms")
    yield Figure(f"{NAME}: form page, warm", statistics.median(shown), "ms")
    yield Figure(f"{NAME}: {_WORKER}", memory, "MB")
    linked = sorted(set(_LINKED.findall(form)))
    contents = [form.encode(), *(_static(name) for name in linked)]
    sent = sum(len(gzip.compress(each, _LEVEL)) for each in contents)
    yield Figure(f"{NAME}: {FIRST_VIEW}", sent / 1e3, "KB")
    yield Figure(f"{NAME}: {FIRST_VIEW_REQUESTS}", len(contents), "requests")


def beside(groups: Mapping[str, Sequence[Figure]]) -> dict[str, list[Figure]]:
    """All figures, those of which the peer has one, too, with the ratio to it."""
    found = {each.name: each.value for every in groups.values() for each in every}

    def compared(figure: Figure) -> Figure:
        theirs = f"{NAME}: {_THEIRS.get(figure.name)}"
        if theirs not in found:
            return figure
        return replace(figure, reference=theirs, ratio=figure.value / found[theirs])

    return {name: [compared(each) for each in every] for name, every in groups.items()}


@contextmanager
def running() -> Iterator[tuple[str, int]]:
    """The helpdesk with a new database: its address, and the id of its worker's process."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            "PATH": os.defpath,
            "HOME": scratch,
            "PEER_DATABASE": f"{scratch}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "settings",
            "PYTHONPATH": str(_FOLDER),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        log = Path(scratch) / "log"
        with log.open("wb") as output:
            subprocess.run(  # noqa: S603  our own program, in an environment of its own
                [_PROGRAMS / "python", _FOLDER / "prepare.py"],
                cwd=scratch,
                env=environment,
                stdout=output,
                stderr=output,
                check=True,
            )
            port = free_port()
            server = child.start(
                [
                    *(_PROGRAMS / "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{port}"),
                    "django.core.wsgi:get_wsgi_application()",
                ],
                environment=environment,
                folder=Path(scratch),
                output=output,
            )
            try:
                address = f"127.0.0.1:{port}"
                _wait_for(address, log)
                yield address, _worker_of(server.pid)
            finally:
                child.stop(server, patience_s=5)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _wait_for(address: str, log: Path) -> None:
    ends = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            Visitor(address).form()
        except OSError as failure:
            if time.monotonic() > ends:
                raise Refused(log.read_text()) from failure
            time.sleep(0.1)
        else:
            return


def _worker_of(server: int) -> int:
    [worker] = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return int(worker)


class Visitor:
    """Somebody with a browser: keeps the cookie and the token of the form."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookie = self._token = ""

    def form(self) -> str:
        """The page of the form."""
        status, headers, page = self._ask("GET", {})
        if status != HTTPStatus.OK:
            raise Refused(f"{status}: {page}")
        if cookie := headers.get("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        if token := _TOKEN.search(page):
            self._token = token[1]
        return page

    def submit(self) -> None:
        """Sends the form. The answer to one that is accepted leads to the ticket's page.

        Raises
        ------
        Refused
        """
        fields = {"queue": "1", "priority": "3", "csrfmiddlewaretoken": self._token}
        status, _, page = self._ask("POST", fields | _WRITTEN)
        if status != HTTPStatus.FOUND:
            raise Refused(f"{status}: {page}")

    def _ask(self, method: str, fields: dict[str, str]) -> tuple[int, Message, str]:
        connection = HTTPConnection(self._address, timeout=_STARTS_WITHIN_S)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        connection.request(method, _FORM, urlencode(fields), kind | {"Cookie": self._cookie})
        with closing(connection), connection.getresponse() as answer:
            return answer.status, answer.headers, answer.read().decode()


def _spent(worker: int, act: Callable[[], object]) -> float:
    before = cpu_of(worker)
    act()
    time.sleep(_REST_S)
    return cpu_of(worker) - before


def _static(name: str) -> bytes:
    """A file of the helpdesk that its pages link to."""
    [found] = (TOOLS / "bench/lib").glob(f"python3.*/site-packages/helpdesk/static/{name}")
    return found.read_bytes()
