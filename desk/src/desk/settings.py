"""The desk's settings: where the service is, and the operator's name, role and team.

docs/integration.md names them. They come from the environment, or else from the settings file; with
`desk --local`, from the service that `make run` runs in a checkout.
"""

import getpass
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import private_files
from desk.errors import Misused
from desk.service_vocabulary import Category

_NO_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LOCAL_ENV = Path(".local/env")


@dataclass(frozen=True)
class Settings:
    """Where the service is, and the operator's name, role and team; `team` is the role's."""

    team: Category
    api_url: str
    region: str
    queue_url: str
    dead_letter_queue_url: str | None = None
    role_arn: str | None = None
    profile: str | None = None
    operator: str = "operator"
    aws: Mapping[str, str] = field(default_factory=dict)  # a local run's; precede the user's own


def load(team: Category | None, *, local: bool) -> Settings:
    """The settings for that team, or else for the one that is set, known, or was pulled for last.

    Raises Misused if something is missing or cannot be read; the text says what to write where.
    """
    read = _of_a_local_run() if local else _of_the_file()
    team = _team(team or os.environ.get("DESK_TEAM"), read)
    section = read.get(team, {})

    def value(name: str, source: Mapping[str, Any]) -> str | None:
        found = os.environ.get(f"DESK_{name.upper()}") if not local else None
        found = found or source.get(name)
        return str(found).rstrip("/") if found else None

    def needed(name: str, source: Mapping[str, Any], where: str = "") -> str:
        if found := value(name, source):
            return found
        raise Misused(
            f"The setting {name} is missing: write it into {_file()}{where},"
            f" or set DESK_{name.upper()}. With the service of `make run`: desk --local."
        )

    operator = os.environ.get("DESK_OPERATOR") or read.get("operator") or _login_name()
    return Settings(
        team=team,
        api_url=needed("api_url", read),
        region=needed("region", read),
        queue_url=needed("queue_url", section, f" under [{team}]"),
        dead_letter_queue_url=value("dead_letter_queue_url", section),
        role_arn=value("role_arn", section),
        profile=value("profile", read),
        operator=_NO_SESSION_NAME.sub("-", str(operator))[:64],
        aws=read.get("aws", {}),
    )


def state_folder() -> Path:
    """The folder of the drafts and the desk's memory: `DESK_STATE`, or under `XDG_STATE_HOME`."""
    if named := os.environ.get("DESK_STATE"):
        return Path(named)
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "suport-desk"


def config_folder() -> Path:
    """The folder of the operator's own settings and canned replies."""
    if named := os.environ.get("DESK_CONFIG"):
        return Path(named).parent
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "suport-desk"


def remember_team(team: Category) -> None:
    """Makes this team the default of later commands."""
    folder = state_folder()
    private_files.make_folder(folder)
    private_files.write(folder / "team", team)


def _team(wanted: str | None, read: Mapping[str, Any]) -> Category:
    known = [category for category in Category if category in read]
    team = wanted or read.get("team") or (known[0] if len(known) == 1 else None)
    if team is None:
        remembered = state_folder() / "team"
        team = remembered.read_text().strip() if remembered.exists() else None
    try:
        return Category(team or "")
    except ValueError:
        said = f"There is no team {team!r}. " if team else ""
        raise Misused(
            f"{said}Say for which team: --team {' or '.join(Category)}, or DESK_TEAM."
        ) from None


def _file() -> Path:
    named = os.environ.get("DESK_CONFIG")
    return Path(named) if named else config_folder() / "config.toml"


def _of_the_file() -> dict[str, Any]:
    import tomllib  # help does not need it

    file = _file()
    try:
        return tomllib.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Misused(f"{file} cannot be read: {error}.") from error


def _of_a_local_run() -> dict[str, Any]:
    file = _local_env()
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
            for category in Category
        }
    except KeyError as missing:
        raise Misused(
            f"{file} does not say {missing}; stop `make run`, and start it again."
        ) from missing


def _local_env() -> Path:
    if named := os.environ.get("DESK_LOCAL_ENV"):
        candidates = [Path(named)]
    else:
        here = [Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents]
        candidates = [folder / _LOCAL_ENV for folder in here]
    if found := next(filter(Path.is_file, candidates), None):
        return found
    raise Misused("The service does not run on this machine: start it with `make run`.")


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
