"""The lists of locked packages are read whole, or not at all."""

import pytest

from local import ROOT
from operations import locks
from operations.locks import Ecosystem, Package
from operations.stage import Unable


def test_every_list_of_the_project_is_read() -> None:
    kept = {
        str(path.relative_to(ROOT))
        for folder in ("layers", "local", "desk")
        for pattern in ("requirements*.txt", "package-lock.json")
        for path in (ROOT / folder).rglob(pattern)
        if "node_modules" not in path.parts
    }
    assert set(locks.lists()) == kept
    assert set(locks.DEPLOYED) < kept


@pytest.mark.parametrize("name", locks.lists())
def test_every_line_of_a_list_is_a_package_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    marker = '"integrity"' if name.endswith(".json") else "=="
    read = locks.read(name)
    assert len(read) == sum(marker in line for line in text.splitlines())
    assert all(each.hashes for each in read)


def test_a_package_of_npm_is_named_with_its_scope_wherever_it_is_installed() -> None:
    text = """{"packages": {"": {"name": "own"}, "node_modules/sass/node_modules/@parcel/watcher":
        {"version": "2.6.0", "integrity": "sha512-AP8="}}}"""
    (found,) = locks.of_node(text, "list")
    assert found.package == Package(Ecosystem.NODE, "@parcel/watcher", "2.6.0")
    assert found.hashes == ("sha512:00ff",)


@pytest.mark.parametrize(
    "line", ["jinja2>=3", "jinja2", "jinja2==3.*", "jinja2 @ https://example.org/j.whl", "-r more"]
)
def test_a_version_that_is_not_exact_is_refused(line: str) -> None:
    with pytest.raises(Unable, match="does not lock"):
        locks.of_python(f"six==1.17.0 \\\n    --hash=sha256:00\n{line}\n", "list")


def test_a_package_of_npm_without_a_version_is_refused() -> None:
    with pytest.raises(Unable, match="does not lock"):
        locks.of_node('{"packages": {"node_modules/sass": {"link": true}}}', "list")
