"""The packages that the project locks: which list each is in, its version, its hashes."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from operations.stage import Unable

ROOT = Path(__file__).parents[1]
WEB = "layers/suport/web/package-lock.json"
LAYERS = ("layers/dependencies/requirements.txt", "layers/sign_in/requirements.txt")
DESK = "local/requirements-desk.txt"
DEPLOYED = (*LAYERS, WEB, DESK)
"""The lists of what citizens or operators use; that of the web also has what makes the assets."""

_PACKAGES = "node_modules/"
_HASH = re.compile(r"--hash=(\S+)")


class Ecosystem(StrEnum):
    """Where packages of a name come from, as OSV calls it."""

    PYTHON = "PyPI"
    NODE = "npm"


@dataclass(frozen=True, order=True)
class Package:
    """A package in one version."""

    ecosystem: Ecosystem
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.ecosystem})"


@dataclass(frozen=True)
class Locked:
    """A package as a list has it.

    `hashes` are those of the files that may be installed, each as `algorithm:hexadecimal`. `marker`
    says where a Python package is installed, if not everywhere. `extra` is all that a list of npm
    says.
    """

    package: Package
    hashes: tuple[str, ...]
    marker: Marker | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def lists() -> list[str]:
    """Every list of the project, by its path; those of what is deployed come first."""
    tools = sorted(
        str(path.relative_to(ROOT))
        for pattern in ("local/requirements-*.txt", "local/*/package-lock.json")
        for path in ROOT.glob(pattern)
    )
    return [*LAYERS, WEB, *tools]


def read(name: str) -> list[Locked]:
    """The packages of the list at that path in the project.

    Raises
    ------
    Unable
        If the list is empty, or does not say exactly which version of a package is installed.
    """
    text = (ROOT / name).read_text()
    locked = of_node(text, name) if name.endswith(".json") else of_python(text, name)
    if not locked:
        raise Unable(f"{name} has no package. Lock it again: make lock")
    return locked


def of_python(text: str, name: str) -> list[Locked]:
    """The packages of a list that pip reads; `name` is the list's, for what is wrong with it.

    Raises
    ------
    Unable
    """
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        stated = line.partition(" --hash=")[0].strip()
        if not stated or stated.startswith("#"):
            continue
        try:
            requirement = Requirement(stated)
            (version,) = requirement.specifier
        except (InvalidRequirement, ValueError):
            raise Unable(_inexact(stated, name)) from None
        if version.operator != "==" or "*" in version.version:
            raise Unable(_inexact(stated, name))
        package = Package(Ecosystem.PYTHON, canonicalize_name(requirement.name), version.version)
        found.append(Locked(package, tuple(sorted(_HASH.findall(line))), requirement.marker))
    return found


def of_node(text: str, name: str) -> list[Locked]:
    """The packages of a package-lock.json; `name` is the list's, for what is wrong with it.

    Raises
    ------
    Unable
    """
    found = []
    for path, each in json.loads(text)["packages"].items():
        if not path:
            continue  # the project itself
        if not each.get("version") or not each.get("integrity"):
            raise Unable(_inexact(path, name))
        algorithm, _, digest = each["integrity"].partition("-")
        package = Package(
            Ecosystem.NODE, each.get("name") or path.rpartition(_PACKAGES)[2], each["version"]
        )
        hashes = (f"{algorithm}:{base64.b64decode(digest).hex()}",)
        found.append(Locked(package, hashes, extra=each))
    return found


def _inexact(stated: str, name: str) -> str:
    return f"{name} does not lock {stated} to one version. Lock it again: make lock"
