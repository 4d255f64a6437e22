"""`make run`: starts the whole service on this machine and follows its logs until Ctrl-C."""

import argparse
import os
import select
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import NoReturn

from local import ROOT, TOOLS, WORK, Unable, child, logs, stack
from local.child import Watcher
from local.embedded_aws import EmbeddedAws

_ENV = WORK / "env"
_STATE = WORK / "aws"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, a request to end, or nobody reads the output any more: save everything and end."""


def main() -> int:
    """Run the service until it is stopped.

    Returns the exit code: 1 if something was in the way (a sentence says what), otherwise 0.
    """
    parser = argparse.ArgumentParser(prog="make run")
    parser.add_argument("--port", type=int, default=8012, help="where to listen on 127.0.0.1")
    port: int = parser.parse_args().port
    if port not in range(1024, 65536):
        parser.error("the port must be a number from 1024 to 65535")
    for number in _SIGNALS:
        signal.signal(number, _stop)
    child.end_with(os.getppid())  # if make is killed, nothing else would stop this
    try:
        _run(port)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    except Stopped:
        pass
    return 0


def _run(port: int) -> None:
    began = time.time()
    with ExitStack() as running:
        with _step("Starting the embedded AWS"):
            aws = running.enter_context(EmbeddedAws.started(port=port, state=_STATE))
        running.callback(_begin_to_stop, aws)
        _ENV.unlink(missing_ok=True)  # a killed run's
        with _step("Building the functions and their layers") as watch:
            built = stack.build(watch)
        with _step("Deploying the stack") as watch:
            outputs = stack.deploy(aws, built, watch)
        environment = stack.environment(aws, outputs)
        running.enter_context(_written(environment))
        _say(_welcome(environment))
        for lines in logs.follow(aws, stack.NAME, since=began, output=sys.stdout):
            for line in lines:
                _say(line)
            if _nobody_listens():
                raise Stopped
        raise Unable(
            "The embedded AWS ended by itself, and what changed in this run is lost;"
            f" {_STATE / 'output.log'} may tell why."
        )


def _welcome(environment: Mapping[str, str]) -> str:
    logins = environment["DESK_LOGINS"].replace(" ", "\n    ")
    return f"""
The service is running. The form to report an incident, and its help:

    {environment["API_URL"]}/ca/incident
    {environment["API_URL"]}/ca/help

The desk, at which the support teams answer, and who may sign in (name:password:team):

    {environment["DESK_URL"]}
    {logins}

Next:

 1. Report an incident (Questions about a procedure) with it, or its /es/, /en/, /de/ sisters.
    You get a reference and an access code to follow it with.
 2. Take it on as an operator of the support team: sign in to the desk as neus; or, in a second
    terminal in this folder:
      make desk
      . .local/env
      desk pull functional
 3. Read the mail that a citizen with an email address gets; none leaves this machine:
      curl -s "$AWS_ENDPOINT_URL/_ministack/ses/messages" | python3 -m json.tool
 4. Ask when the 012 line answers, and at which number:
      curl -s "$API_URL/v1/contact?from=spain" | python3 -m json.tool
 5. See a screen, in two windows of Chrome or Chromium: at the desk open an incident that you have
    taken, choose "See the citizen's screen", and invite. As the citizen, enter the code at
    {environment["API_URL"]}/en/join

Ctrl-C stops everything; the data is there again at the next start. The functions' logs:
"""


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    _heed_no_signals()
    raise Stopped


def _begin_to_stop(aws: EmbeddedAws) -> None:
    _heed_no_signals()
    if aws.alive:
        with suppress(Stopped):
            _say("\nStopping, and saving the data for the next start …")


def _heed_no_signals() -> None:
    """Only stopping and saving are left to do; both end by themselves."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _written(environment: Mapping[str, str]) -> Iterator[None]:
    """Keep the variables in `.local/env`, for a shell to source, while the service runs.

    The file unsets all of the user's variables for AWS: no command then leaves this machine.
    """
    lines = ["unset AWS_PROFILE $(env | sed -n 's/^\\(AWS_[A-Z0-9_]*\\)=.*/\\1/p')\n"]
    lines += [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    lines += ["export DESK_LOCAL=1\n", "export SAM_CLI_TELEMETRY=0\n"]
    for name in ("NO_PROXY", "no_proxy"):
        lines.append(f'export {name}="127.0.0.1,localhost${{{name}:+,${name}}}"\n')
    commands = (ROOT / "local/bin", TOOLS / "bin")  # `aws`; `sam` and `desk`
    lines.append(f'PATH={":".join(shlex.quote(str(each)) for each in commands)}:"$PATH"\n')
    new = _ENV.with_suffix(".new")
    new.write_text("".join(lines))
    new.replace(_ENV)
    try:
        yield
    finally:
        _ENV.unlink(missing_ok=True)


@contextmanager
def _step(name: str) -> Iterator[Watcher]:
    """Say what is going on and how long it took; on a terminal, also how far it has got."""
    began = time.monotonic()
    in_place = sys.stdout.isatty()

    def watch(line: str) -> None:
        if in_place:
            seconds = time.monotonic() - began
            text = f"{name} … {seconds:.0f} s  {line}"
            _say(f"\r\033[K{text[: shutil.get_terminal_size().columns - 1]}", end="")

    _say(f"{name} … ", end="")
    try:
        yield watch
    except BaseException:
        with suppress(Stopped):
            _say("")
        raise
    _say(f"\r\033[K{name} … " if in_place else "", end="")
    _say(f"{time.monotonic() - began:.1f} s")


def _nobody_listens() -> bool:
    """Whether the terminal is gone, or the program that reads the output.

    The signal of a closed terminal may reach make alone, which passes it on to nobody.
    """
    output = select.poll()
    output.register(sys.stdout, 0)
    return any(state & (select.POLLHUP | select.POLLERR) for _, state in output.poll(0))


def _say(text: str, end: str = "\n") -> None:
    try:
        print(text, end=end, flush=True)
    except OSError:  # nobody reads the output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Stopped from None


if __name__ == "__main__":
    sys.exit(main())
