"""The version of the service is the same wherever it is stated."""

import tomllib

import pytest

from local import ROOT
from suport.domain.version import VERSION


@pytest.mark.parametrize("package", ["pyproject.toml", "desk/pyproject.toml"])
def test_the_packages_have_the_version_of_the_service(package: str) -> None:
    assert tomllib.loads((ROOT / package).read_text())["project"]["version"] == VERSION


def test_the_changelog_begins_with_the_version_of_the_service() -> None:
    latest = next(
        line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line[:3] == "## "
    )
    assert latest.removeprefix("## ").partition(",")[0] == VERSION
