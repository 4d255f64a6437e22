"""The desk's settings: where the service is, and the name, the role and the team of its user.

docs/integration.md names them. They come from the environment, or else from the settings file; with
`desk --local`, from the service that `make run` runs in a checkout.
"""

import getpass
import os
import re
import shlex
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desk import private_files
from desk.errors import Misused
from desk.service_vocabulary import Category

_NO_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LOCAL_ENV = Path(".local/env")
_OF_A_LOCAL_RUN = re.compile(r"export (?:AWS_\w+|API_URL|\w+_ROLE_ARN|\w+_QUEUE_URL)=")
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_LONGEST_LABEL = 63  # characters of a part of a host's name (RFC 1035, 2.3.4)
DATA_PROTECTION = "data_protection"  # the section of the officers, who are in no team
_AT_THE_TOP = {"api_url", "region", "profile", "operator", "team"}
_IN_A_SECTION = {"role_arn", "profile", "queue_url", "dead_letter_queue_url"}


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where the service is, and the name and the role in which the user calls it."""

    api_url: str
    region: str
    role_arn: str | None = None
    profile: str | None = None
    operator: str | None = None  # the name of the session; else the one by which AWS knows the user
    aws: Mapping[str, str] = field(default_factory=dict)  # a local run's; precede the user's own
    started: str = ""  # which start of a local run it is: its sessions end with it
    unread: tuple[str, ...] = ()  # what the settings file says and the desk does not know


@dataclass(frozen=True, kw_only=True)
class Settings(Access):
    """An operator's access, and the queues of their team; the role is that of `team`."""

    team: Category
    queue_url: str
    dead_letter_queue_url: str | None = None


def load(team: Category | None, *, local: bool) -> Settings:
    """The settings for that team, or else for the one that is set, known, or was pulled for last.

    Raises Misused if something is missing or cannot be read; the text says what to write where.
    """
    source = _Source.read_from(local=local)
    team = _team(team or os.environ.get("DESK_TEAM"), source)
    return Settings(
        team=team,
        queue_url=source.needed("queue_url", team),
        dead_letter_queue_url=source.value("dead_letter_queue_url", team),
        **source.access(team),
    )


def known_team(*, local: bool) -> Category | None:
    """The team that is set, known, or was pulled for last; None if nothing says which."""
    with suppress(Misused, OSError):
        return _team(os.environ.get("DESK_TEAM"), _Source.read_from(local=local))
    return None


def load_for_data_protection(*, local: bool) -> Access:
    """The access of a data-protection officer; raises Misused as `load` does."""
    return Access(**_Source.read_from(local=local).access(DATA_PROTECTION))


@dataclass(frozen=True)
class _Source:
    """The settings as they were read; the environment precedes a file."""

    read: Mapping[str, Any]
    local: bool

    @classmethod
    def read_from(cls, *, local: bool) -> "_Source":
        return cls(_of_a_local_run() if local else _of_the_file(), local)

    def value(self, name: str, section: str | None = None) -> str | None:
        """The setting of that name, at the top or in that section."""
        within = self.read if section is None else self.read.get(section, {})
        found = os.environ.get(f"DESK_{name.upper()}") if not self.local else None
        if not found and isinstance(within, Mapping):
            found = within.get(name)
        if isinstance(found, Mapping | list):
            raise Misused(f"The setting {name} in {_file()} must be one text in quotes.")
        return str(found).strip().rstrip("/") if found else None

    def needed(self, name: str, section: str | None = None) -> str:
        if found := self.value(name, section):
            return found
        where = f" under [{section}]" if section else ""
        unknown = f" The desk does not know: {', '.join(self.unread())}." if self.unread() else ""
        raise Misused(
            f"{self.no_file()}The setting {name} is missing: write it into {_file()}{where},"
            f" or set DESK_{name.upper()}. With the service of `make run`: desk --local.{unknown}"
        )

    def no_file(self) -> str:
        """That there is no settings file, for an error that says what is missing in it."""
        return "" if self.local or _file().exists() else f"There is no file {_file()}. "

    def unread(self) -> tuple[str, ...]:
        """What the file says and the desk does not know: mistyped, or in the wrong place."""
        if self.local:
            return ()
        found = []
        for name, within in self.read.items():
            if not isinstance(within, Mapping):
                found += [] if name in _AT_THE_TOP else [name]
            elif name in {*Category, DATA_PROTECTION}:
                found += [f"[{name}] {each}" for each in within if each not in _IN_A_SECTION]
            else:
                found.append(f"[{name}]")
        return tuple(found)

    def access(self, section: str) -> dict[str, Any]:
        """The fields of `Access`, with the role of that section."""
        return {
            "api_url": self._api_url(),
            "region": self.needed("region"),
            "role_arn": self._role_arn(section),
            "profile": self.value("profile", section) or self.value("profile"),
            "operator": self._operator(),
            "aws": self.read["aws"] if self.local else {},
            "started": self.read["started"] if self.local else "",
            "unread": self.unread(),
        }

    def _api_url(self) -> str:
        stated = self.needed("api_url")
        if host_of(stated) is None:
            raise Misused(
                f"The setting api_url is no address of the web: {stated}. Set it to the output"
                " ApiUrl of the stack."
            )
        return stated

    def _role_arn(self, section: str) -> str | None:
        stated = self.value("role_arn", section)
        if stated is not None and not _ROLE.fullmatch(stated):
            raise Misused(
                f"The setting role_arn is not the ARN of a role: {stated}. Copy the output"
                f" {role_output(section)} of the stack, under [{section}]."
            )
        return stated

    def _operator(self) -> str | None:
        named = (os.environ.get("DESK_OPERATOR") or self.value("operator") or "").strip()
        if len(named) == 1:
            raise Misused(
                f"The setting operator needs two characters at least, and is {named!r}: leave it"
                " out, or set it to your name in AWS."
            )
        return session_name(named) if named else None


def role_output(section: str) -> str:
    """The output of the stack that is the role of that section: a team, or data protection."""
    return (
        "DataProtectionRoleArn" if section == DATA_PROTECTION else f"{section.title()}TeamRoleArn"
    )


def host_of(address: str) -> str | None:
    """The host, with its port, in an address of the web; None if it is none."""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:  # of an address of IPv6 without its bracket, or a port beyond all
        return None
    labels = (parts.hostname or "").removesuffix(".").split(".")
    is_host = all(0 < len(each) <= _LONGEST_LABEL for each in labels)
    is_whole = not (parts.query or parts.fragment or re.search(r"\s", address))
    return parts.netloc if is_address and is_host and is_whole else None


def state_folder() -> Path:
    """The folder of the drafts and the desk's memory: `DESK_STATE`, or under `XDG_STATE_HOME`."""
    if named := os.environ.get("DESK_STATE"):
        return Path(named)
    return _at_home("XDG_STATE_HOME", "~/.local/state") / "suport-desk"


def config_folder() -> Path:
    """The folder of the operator's own settings and canned replies."""
    if named := os.environ.get("DESK_CONFIG"):
        return Path(named).parent
    return _at_home("XDG_CONFIG_HOME", "~/.config") / "suport-desk"


def _at_home(variable: str, usual: str) -> Path:
    """The folder that the variable names, or else the usual one."""
    try:
        return Path(os.environ.get(variable) or usual).expanduser()
    except RuntimeError as error:
        raise Misused(f"Nothing says where your own files are: set HOME, or {variable}.") from error


def remember_team(team: Category) -> None:
    """Makes this team the default of later commands."""
    folder = state_folder()
    private_files.make_folder(folder)
    private_files.write(folder / "team", team)


def _team(wanted: str | None, source: _Source) -> Category:
    read = source.read
    known = [category for category in Category if category in read]
    team = wanted or read.get("team") or (known[0] if len(known) == 1 else None)
    if team is None:
        remembered = state_folder() / "team"
        with suppress(OSError, ValueError):  # never written, or not by a desk
            team = remembered.read_text(encoding="utf-8").strip()
    try:
        return Category(team or "")
    except ValueError:
        said = source.no_file() + (f"There is no team {team!r}. " if team else "")
        if not known and DATA_PROTECTION in read:
            said += (
                "Your settings are those of data protection: desk viewed, and desk doctor"
                " --data-protection. "
            )
        raise Misused(
            f"{said}Say for which team: --team {' or '.join(Category)}, or DESK_TEAM."
        ) from None


def whence(*, local: bool) -> str:
    """Where the settings come from, for people."""
    if local:
        return "the service that `make run` runs here"
    file = _file()
    if file.exists():
        return f"{file} and the environment"
    return f"the environment (there is no file {file})"


def _file() -> Path:
    named = os.environ.get("DESK_CONFIG")
    return Path(named) if named else config_folder() / "config.toml"


def _of_the_file() -> dict[str, Any]:
    import tomllib  # help does not need it

    file = _file()
    try:
        content = file.read_bytes()
        # Windows' editors put a mark before the text, which says how it is encoded.
        encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
        return tomllib.loads(content.decode(encoding))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise Misused(f"{file} cannot be read: save it as UTF-8.") from error
    except (OSError, ValueError) as error:
        raise Misused(f"{file} cannot be read: {error}.") from error


def _of_a_local_run() -> dict[str, Any]:
    file = _local_env()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        words = [shlex.split(line) for line in lines if _OF_A_LOCAL_RUN.match(line)]
        env = dict(line[1].split("=", 1) for line in words)
    except ValueError as error:
        raise Misused(f"{file} cannot be read: {error}. Start `make run` again.") from error
    try:
        return {
            "api_url": env["API_URL"],
            "region": env["AWS_REGION"],
            DATA_PROTECTION: {"role_arn": env["DATA_PROTECTION_ROLE_ARN"]},
            "aws": {name: value for name, value in env.items() if name.startswith("AWS_")},
            "started": str(file.stat().st_mtime_ns),
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


def session_name(typed: str) -> str:
    """The name as AWS takes it for a session."""
    return _NO_SESSION_NAME.sub("-", typed)[:64]


def login_name() -> str:
    """The name of the user of this computer, as one of a session."""
    try:
        name = session_name(getpass.getuser())
    except (OSError, KeyError):
        return "operator"
    return name if len(name) > 1 else "operator"  # AWS takes no shorter one
