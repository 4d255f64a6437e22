"""Where the service is, and as whom one works: from the environment, a file, or a local run.

`~/.config/suport-desk/config.toml` (the folder of `XDG_CONFIG_HOME`; another file by
`DESK_CONFIG`)::

    api_url = "https://abc123.execute-api.eu-west-1.amazonaws.com/suport"
    region = "eu-west-1"
    profile = "suport"      # of the AWS settings; the usual ones without it
    operator = "anna.pons"  # the IAM user's name; the login name without it

    [payment]               # each of one's teams; most operators have one
    role_arn = "arn:aws:iam::123456789012:role/…"
    queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/…"
    dead_letter_queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/…"

Without a `role_arn` the profile is in the team's role already. The environment goes before the
file: `DESK_API_URL`, `DESK_REGION`, `DESK_PROFILE`, `DESK_OPERATOR`, `DESK_TEAM`, and for that team
`DESK_ROLE_ARN`, `DESK_QUEUE_URL`, `DESK_DEAD_LETTER_QUEUE_URL`.
"""

import getpass
import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.trouble import Misused

CATEGORIES = ("functional", "payment", "signature")

_NO_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LOCAL_ENV = Path(".local/env")


@dataclass(frozen=True)
class Settings:
    """As whom the desk talks to which service; `team` is the category that its role belongs to."""

    team: str
    api_url: str
    region: str
    queue_url: str
    dead_letter_queue_url: str | None = None
    role_arn: str | None = None
    profile: str | None = None
    operator: str = "operator"
    aws: Mapping[str, str] = field(default_factory=dict)
    """Settings for AWS clients that go before the user's own: those of a local run."""


def load(team: str | None, *, local: bool, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings for that team, else for the one that is set, known, or was pulled for last.

    Raises
    ------
    Misused
        If something is missing or cannot be read; the text says what to write where.
    """
    read = _of_a_local_run(environment) if local else _of_the_file(environment)
    team = _team(team or environment.get("DESK_TEAM"), read, environment)
    section = read.get(team, {})

    def value(name: str, source: Mapping[str, Any]) -> str | None:
        found = environment.get(f"DESK_{name.upper()}") if not local else None
        found = found or source.get(name)
        return str(found).rstrip("/") if found else None

    def needed(name: str, source: Mapping[str, Any], where: str) -> str:
        if found := value(name, source):
            return found
        raise Misused(
            f"The setting {name} is missing: write it into {_file(environment)}{where},"
            f" or set DESK_{name.upper()}. With the service of `make run`: desk --local."
        )

    operator = environment.get("DESK_OPERATOR") or read.get("operator") or _login_name()
    return Settings(
        team=team,
        api_url=needed("api_url", read, ""),
        region=needed("region", read, ""),
        queue_url=needed("queue_url", section, f" under [{team}]"),
        dead_letter_queue_url=value("dead_letter_queue_url", section),
        role_arn=value("role_arn", section),
        profile=value("profile", read),
        operator=_NO_SESSION_NAME.sub("-", str(operator))[:64],
        aws=read.get("aws", {}),
    )


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the desk keeps drafts: the user's own, `DESK_STATE` or by `XDG_STATE_HOME`."""
    if named := environment.get("DESK_STATE"):
        return Path(named)
    return Path(environment.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "suport-desk"


def config_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the operator's own settings and canned replies are."""
    if named := environment.get("DESK_CONFIG"):
        return Path(named).parent
    return Path(environment.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "suport-desk"


def remember_team(team: str, environment: Mapping[str, str] = os.environ) -> None:
    """What is pulled for now is what the next commands are about."""
    folder = state_folder(environment)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "team").write_text(team)


def _team(wanted: str | None, read: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    known = [category for category in CATEGORIES if category in read]
    team = wanted or read.get("team") or (known[0] if len(known) == 1 else None)
    if team is None:
        remembered = state_folder(environment) / "team"
        team = remembered.read_text().strip() if remembered.exists() else None
    if team not in CATEGORIES:
        said = f"There is no team {team!r}. " if team else ""
        raise Misused(f"{said}Say for which team: --team {' or '.join(CATEGORIES)}, or DESK_TEAM.")
    return team


def _file(environment: Mapping[str, str]) -> Path:
    named = environment.get("DESK_CONFIG")
    return Path(named) if named else config_folder(environment) / "config.toml"


def _of_the_file(environment: Mapping[str, str]) -> dict[str, Any]:
    file = _file(environment)
    try:
        return tomllib.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Misused(f"{file} cannot be read: {error}.") from error


def _of_a_local_run(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings by which the service that `make run` runs in a checkout is reached."""
    file = _local_env(environment)
    words = (shlex.split(line) for line in file.read_text().splitlines())
    env = dict(line[1].split("=", 1) for line in words if line[:1] == ["export"] and "=" in line[1])
    try:
        return {
            "api_url": env["API_URL"],
            "region": env["AWS_REGION"],
            "aws": {name: value for name, value in env.items() if name.startswith("AWS_")},
        } | {
            category: {
                "role_arn": env[f"{category.upper()}_TEAM_ROLE_ARN"],
                "queue_url": env[f"{category.upper()}_QUEUE_URL"],
                "dead_letter_queue_url": env[f"{category.upper()}_DEAD_LETTER_QUEUE_URL"],
            }
            for category in CATEGORIES
        }
    except KeyError as missing:
        raise Misused(
            f"{file} does not say {missing}; stop `make run`, and start it again."
        ) from missing


def _local_env(environment: Mapping[str, str]) -> Path:
    if named := environment.get("DESK_LOCAL_ENV"):
        candidates = [Path(named)]
    else:
        here = [Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents]
        candidates = [folder / _LOCAL_ENV for folder in here]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise Misused("The service does not run on this machine: start it with `make run`.")


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
