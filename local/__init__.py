"""The whole service on this machine: an embedded AWS, the real build, the real deployment."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: everything that is installed, built or kept stays in it."""

TOOLS = ROOT / ".tools"
"""What `local/prepare` installs: `uv`, `deploy` (SAM, AWS, Node.js), `aws` (ministack), `web`."""

WORK = ROOT / ".local"
"""What a local run builds and keeps: the built stack, the embedded AWS's state, `env`."""


class Unable(Exception):
    """The run cannot go on, but the person who started it can put that right.

    Its text is one or two sentences for that person: what happened, and what to do.
    """
