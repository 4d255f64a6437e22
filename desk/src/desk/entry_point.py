"""The program `desk`, as it is started: whatever happens, it ends with a sentence and a code."""

import os
import sys
from contextlib import suppress
from typing import NoReturn


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs a command, or answers the shell that completes one, and ends with its exit code.

    arguments: those of the process, unless they are given.
    """
    code: int = 130  # errors.Exit.INTERRUPTED, which is not imported yet
    # Ctrl-C may also come while the desk is being imported, or while it says where a draft is.
    with suppress(KeyboardInterrupt):
        if "_DESK_COMPLETE" in os.environ:
            from desk.completion import complete  # noqa: PLC0415  not for a command
            from desk.program import app  # noqa: PLC0415  see above

            code = complete(app)
        else:
            from desk.program import run  # noqa: PLC0415  see above

            code = run(sys.argv[1:] if arguments is None else arguments)
    sys.exit(code)


if __name__ == "__main__":
    main()
