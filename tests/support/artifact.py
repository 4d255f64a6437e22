"""A function as `sam build` made it, run as Lambda runs it: the same files, nothing else."""

import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import awslambdaric  # type: ignore[import-untyped]
import runtime_client  # type: ignore[import-not-found]  # the part in C of awslambdaric
import simplejson  # type: ignore[import-untyped]
import snapshot_restore_py  # type: ignore[import-untyped]

from local import WORK
from tests.support import template
from tests.support.runtime_api import RuntimeApi, Told

BUILT = WORK / "build"
OWN_LAYERS = {
    logical_id: [layer["Ref"] for layer in function.get("Layers", ())]
    for logical_id, function in template.FUNCTIONS.items()
}
"""The layers that a function has besides those of all functions."""
LAYERS = (*template.LAYERS, *sorted(set(chain.from_iterable(OWN_LAYERS.values()))))
LAYER_FOLDERS = tuple(BUILT / layer / "python" for layer in LAYERS)
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
MACHINE = {"x86_64": 62, "AMD64": 62, "aarch64": 183, "arm64": 183}[platform.machine()]
"""The `e_machine` of an ELF file for this machine."""

# Neither the site packages nor the current folder: what an artifact lacks must be missing.
_PYTHON = (sys.executable, "-S", "-P")
_STARTS_WITHIN = 10.0  # seconds; Lambda gives an initialization the same time


@dataclass(frozen=True)
class Program:
    """What Lambda would run: a handler in its folder, and the folders of its packages.

    memory is in MB, timeout in seconds.
    """

    name: str
    folder: Path
    handler: str
    packages: tuple[Path, ...]
    memory: int
    timeout: float


class FunctionFailed(Exception):
    """The function raised, could not start, or said nothing in time."""


class Function:
    """A running function; `invoke` gives it one event."""

    def __init__(
        self,
        program: Program,
        api: RuntimeApi,
        process: "subprocess.Popen[bytes]",
        log: Path,
    ) -> None:
        self._name = program.name
        self._api = api
        self._process = process
        self._log = log
        self._timeout = program.timeout

    @property
    def process_id(self) -> int:
        """The id of its process."""
        return self._process.pid

    def invoke(self, event: object) -> Any:
        """The function's answer.

        Raises
        ------
        FunctionFailed
        """
        request_id = self._api.send(event)
        told = self._await(self._timeout)
        if told.kind != "response" or told.request_id != request_id:
            raise FunctionFailed(f"{self._name}: {told}\n{self.printed()}")
        return told.content

    def printed(self) -> str:
        """All that the function has written to its log."""
        return self._log.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        """Waits until the function asks for its first event.

        Raises
        ------
        FunctionFailed
        """
        told = self._await(_STARTS_WITHIN)
        if told.kind != "waits":
            raise FunctionFailed(f"{self._name} does not start: {told}\n{self.printed()}")

    def _await(self, seconds: float) -> Told:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if told := self._api.told(within=0.2):
                return told
            if self._process.poll() is not None:
                break
        raise FunctionFailed(
            f"{self._name} said nothing (exit status {self._process.poll()})\n{self.printed()}"
        )


def program(logical_id: str) -> Program:
    """The function of that logical id, as it was built."""
    return Program(
        name=logical_id,
        folder=BUILT / logical_id,
        handler=template.of_function(logical_id, "Handler"),
        packages=tuple(layer_folders(logical_id)),
        memory=template.of_function(logical_id, "MemorySize"),
        timeout=template.of_function(logical_id, "Timeout"),
    )


@contextmanager
def running(logical_id: str, variables: Mapping[str, str]) -> Iterator[Function]:
    """The function, started in a process of its own with these variables besides Lambda's.

    Raises
    ------
    FunctionFailed
        If it does not start.
    """
    with started(program(logical_id), variables) as function:
        function.wait_until_ready()
        yield function


@contextmanager
def started(
    it: Program, variables: Mapping[str, str], on_idle: Callable[[], None] = lambda: None
) -> Iterator[Function]:
    """A process of the program, which may not be ready yet.

    on_idle: called each time when the process asks for its next event.
    """
    name = f"suport-test-{it.name}"
    with (
        tempfile.TemporaryDirectory() as scratch,
        RuntimeApi(name, it.timeout, on_idle) as api,
    ):
        runtime = Path(scratch) / "runtime"
        runtime.mkdir()
        for part in _lambda_provides():
            (runtime / part.name).symlink_to(part)
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONTZPATH": "",  # Lambda's operating system has no time zones
            "PYTHONDONTWRITEBYTECODE": "1",  # its folders are read-only
            "PYTHONPATH": _joined(it.folder, *it.packages, runtime),
            "LAMBDA_TASK_ROOT": str(it.folder),
            "LAMBDA_RUNTIME_DIR": str(runtime),
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(it.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/suport/test/{template.snake(it.name)}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/23/[$LATEST]0123456789abcdef",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            **variables,
        }
        log = Path(scratch) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  our own files, this interpreter
                [*_PYTHON, "-m", "awslambdaric", it.handler],
                cwd=it.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Function(it, api, process, log)
        finally:
            process.kill()  # Lambda, too, ends a function without asking
            process.wait()


@cache
def evaluated(logical_id: str, program: str) -> str:
    """The output of a program in the function's place, without Lambda's own packages."""
    ended = subprocess.run(  # noqa: S603  our own program, this interpreter
        [*_PYTHON, "-c", program],
        cwd=BUILT / logical_id,
        env={
            "PYTHONPATH": _joined(BUILT / logical_id, *layer_folders(logical_id)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": "eu-west-1",
            "LANG": "en_US.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _joined(*folders: Path) -> str:
    """Where an interpreter looks for modules besides the standard library."""
    return ":".join(map(str, folders))


def layer_folders(logical_id: str) -> list[Path]:
    """Where the function has the packages of its layers."""
    layers = (*template.LAYERS, *OWN_LAYERS[logical_id])
    return [BUILT / layer / "python" for layer in layers]


def _lambda_provides() -> list[Path]:
    """The packages of this environment that Lambda's managed runtime has, too."""
    packages = (awslambdaric, simplejson)
    modules = (runtime_client, snapshot_restore_py)
    return [Path(each.__file__).parent for each in packages] + [
        Path(each.__file__) for each in modules
    ]
