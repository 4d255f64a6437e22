"""A newcomer gets a sentence if an installation fails, and finds the cause in the log.

Each test has a project folder with only the installations that it names, and a machine with only a
few commands of the system and the stubs that it writes. Nothing is downloaded.
"""

import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local import ROOT

SOURCES = (
    "local/prepare",
    "local/requirements-*.txt",
    "desk/pyproject.toml",
    "layers/suport/web/package*.json",
    "layers/suport/web/.npmrc",
)
SYSTEM = (
    *("bash", "cat", "cp", "dirname", "find", "flock", "grep", "id", "ln", "ls", "mkdir", "rm"),
    *("sha256sum", "sort", "tail", "wc"),
)
LOG = ".tools/prepare.log"


@dataclass
class Newcomer:
    """A fresh copy of the project on a machine with few commands."""

    project: Path
    commands: Path
    """The folder that is PATH."""
    nowhere: str
    """A URL that refuses every connection."""
    environment: dict[str, str] = field(default_factory=dict)

    def has(self, command: str, script: str, *, at: Path | None = None) -> None:
        """Put a stub of a command on PATH, or at another place in the project."""
        path = self.project / at / command if at else self.commands / command
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        path.chmod(0o755)

    def has_python(self) -> None:
        """Put the Python 3.13 of these tests on PATH."""
        (self.commands / "python3.13").symlink_to((ROOT / ".venv/bin/python").resolve())

    def has_uv(self) -> None:
        """Install the installer: a link to the project's own."""
        (self.project / ".tools/uv/bin").mkdir(parents=True)
        (self.project / ".tools/uv/bin/uv").symlink_to(ROOT / ".tools/uv/bin/uv")
        self.has_installed("uv", ".tools/uv")

    def has_installed(self, name: str, folder: str) -> None:
        """Mark an environment as installed, as `local/prepare` does itself."""
        made_from = (self.project / f"local/requirements-{name}.txt").read_bytes()
        digest = hashlib.sha256(f"{self.project}\n".encode() + made_from).hexdigest()
        (self.project / folder).mkdir(parents=True, exist_ok=True)
        (self.project / folder / ".installed").write_text(f"{digest}  -\n")

    def prepares(self, *environments: str) -> str:
        """The output of `local/prepare`, which must fail."""
        done = subprocess.run(  # noqa: S603  our own program
            [shutil.which("bash") or "bash", self.project / "local/prepare", *environments],
            cwd=self.project,
            env={"PATH": str(self.commands), "HOME": str(self.project / "home")} | self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 1, printed
        return printed

    @property
    def log(self) -> str:
        return (self.project / LOG).read_text()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    project, commands = tmp_path.resolve() / "project", tmp_path.resolve() / "commands"
    for source in (path for pattern in SOURCES for path in ROOT.glob(pattern)):
        copy = project / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    commands.mkdir()
    for name in SYSTEM:
        (commands / name).symlink_to(shutil.which(name) or name)
    with closing(socket.socket()) as bound:  # without listening
        bound.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{bound.getsockname()[1]}"
        cut_off = {
            "UV_CACHE_DIR": str(tmp_path / "cache"),
            "UV_DEFAULT_INDEX": nowhere,
            "UV_HTTP_RETRIES": "0",
            "UV_PYTHON_INSTALL_MIRROR": nowhere,
        }
        yield Newcomer(project, commands, nowhere, cut_off)


def test_the_log_has_the_cause_when_python_cannot_be_fetched(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    printed = newcomer.prepares("dev")
    assert "Python 3.13 was not found on this machine and could not be fetched" in printed
    assert LOG in printed
    assert newcomer.nowhere in newcomer.log
    assert "Connection refused" in newcomer.log


def test_the_log_has_the_cause_when_the_fetched_python_does_not_run(
    newcomer: Newcomer,
) -> None:
    fetched = Path(".tools/python/cpython-3.13.9-linux/bin")
    newcomer.has("python3.13", "echo 'libzebra.so.7: cannot open' >&2; exit 127", at=fetched)
    newcomer.has("uv", "exit 0", at=Path(".tools/uv/bin"))
    newcomer.has_installed("uv", ".tools/uv")
    printed = newcomer.prepares("dev")
    assert "does not run on this machine" in printed
    assert LOG in printed
    assert "libzebra.so.7: cannot open" in newcomer.log


def test_the_log_says_why_the_python_of_this_machine_was_not_used(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    newcomer.prepares("dev")
    assert str(newcomer.commands / "python3.13") in newcomer.log
    assert "pyenv: python3.13: command not found" in newcomer.log


def test_the_log_has_the_cause_when_packages_cannot_be_downloaded(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has_python()
    printed = newcomer.prepares("dev")
    assert "The packages of .venv could not be downloaded: the network does not answer" in printed
    assert LOG in printed
    assert newcomer.nowhere in newcomer.log


def test_the_log_has_the_cause_when_the_installer_cannot_be_installed(newcomer: Newcomer) -> None:
    fails = "{ echo 'ERROR: disk quota reached' >&2; exit 1; }"
    newcomer.has("pip3", f'[ "$1" = --version ] || {fails}')
    printed = newcomer.prepares("dev")
    assert f"uv, the installer, could not be installed; {LOG} tells why" in printed
    assert "disk quota reached" in newcomer.log


def test_the_log_has_the_cause_when_the_web_packages_cannot_be_installed(
    newcomer: Newcomer,
) -> None:
    newcomer.has_uv()
    newcomer.has("python", "exit 0", at=Path(".tools/deploy/bin"))
    newcomer.has_installed("deploy", ".tools/deploy")
    newcomer.has("npm", 'echo "npm error: $PWD is out of space" >&2; exit 1')
    printed = newcomer.prepares("web")
    assert f"The packages of .tools/web could not be installed; {LOG} tells why" in printed
    assert f"npm error: {newcomer.project / '.tools/web'} is out of space" in newcomer.log


def test_the_log_has_the_cause_of_every_attempt_to_install_a_browser(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has("python", "exit 0", at=Path(".venv/bin"))
    newcomer.has_installed("dev", ".venv")
    newcomer.has("id", "echo 0")
    newcomer.has("chromium", "echo 'Run snap install chromium' >&2; exit 1")
    newcomer.has("apt-get", 'echo "E: $1: the lists are locked" >&2; exit 100')
    newcomer.has("playwright", "echo 'no builds for this system' >&2; exit 1", at=Path(".venv/bin"))
    printed = newcomer.prepares("browser")
    assert f"No browser could be installed for the tests ({LOG} tells why)" in printed
    for cause in (
        "Run snap install chromium",
        "E: install: the lists are locked",
        "E: update: the lists are locked",
        "no builds for this system",
    ):
        assert cause in newcomer.log


def test_without_firefox_preparing_says_what_to_install(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has("id", "echo 0")
    newcomer.has("firefox", "echo 'Run snap install firefox' >&2; exit 1")
    newcomer.has("apt-get", 'echo "E: $1: the lists are locked" >&2; exit 100')
    printed = newcomer.prepares("firefox")
    assert f"No Firefox could be installed for the tests ({LOG} tells why)" in printed
    assert "apt-get install firefox-esr" in printed
    for cause in ("Run snap install firefox", "E: install: the lists are locked"):
        assert cause in newcomer.log


def test_without_coturn_preparing_says_what_to_install(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has("id", "echo 0")
    newcomer.has("turnserver", "echo 'libevent.so.7: cannot open' >&2; exit 127")
    newcomer.has("apt-get", 'echo "E: $1: the lists are locked" >&2; exit 100')
    printed = newcomer.prepares("relay")
    assert f"No relay could be installed for the tests ({LOG} tells why)" in printed
    assert "apt-get install coturn" in printed
    for cause in ("libevent.so.7: cannot open", "E: install: the lists are locked"):
        assert cause in newcomer.log


def test_the_log_keeps_the_cause_of_an_earlier_step_after_a_later_one(newcomer: Newcomer) -> None:
    """If Debian gives no browser, the tests' environment is installed to get another one."""
    newcomer.has_uv()
    newcomer.has_python()
    newcomer.has("id", "echo 0")
    newcomer.has("apt-get", 'echo "E: the certificate of the mirror is too old" >&2; exit 100')
    printed = newcomer.prepares("browser")
    assert "E: the certificate of the mirror is too old" in newcomer.log
    assert newcomer.nowhere in newcomer.log
    # the sentence is about the step that failed last, not about the output of others
    assert "The packages of .venv could not be downloaded: the network does not answer" in printed


def test_the_log_covers_only_the_last_run(newcomer: Newcomer) -> None:
    (newcomer.project / ".tools").mkdir()
    (newcomer.project / LOG).write_text("The cause of a failure that was mended since.\n")
    newcomer.has("pip3", '[ "$1" = --version ] || exit 1')
    newcomer.prepares("dev")
    assert "mended since" not in newcomer.log


def test_preparing_prints_and_logs_nothing_when_everything_is_installed(newcomer: Newcomer) -> None:
    newcomer.has_uv()
    newcomer.has("python", "exit 0", at=Path(".venv/bin"))
    newcomer.has_installed("dev", ".venv")
    (newcomer.project / LOG).write_text("The cause of the last failure.\n")
    done = subprocess.run(  # noqa: S603  our own program
        [newcomer.project / "local/prepare", "dev"],
        env={"PATH": os.pathsep.join((str(newcomer.commands), os.defpath))},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert newcomer.log == "The cause of the last failure.\n"
