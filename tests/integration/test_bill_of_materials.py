"""The bill of materials says what the build contains: all of it, and nothing else."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from operations import bill_of_materials
from operations.bill_of_materials import PACKAGES_OF_ASSETS
from operations.stage import Unable
from suport.domain.version import VERSION
from tests.support import template
from tests.support.artifact import BUILT, LAYERS


@pytest.fixture(scope="module")
def document() -> str:
    return bill_of_materials.written(bill_of_materials.described(BUILT))


@pytest.fixture(scope="module")
def bill(document: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document)
    return found


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with the metadata of the packages, to be changed."""
    for path in (*BUILT.glob("*/python/*.dist-info"), BUILT / PACKAGES_OF_ASSETS):
        copy = tmp_path / path.relative_to(BUILT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, copy)
        else:
            shutil.copy(path, copy)
    return tmp_path


def components(bill: dict[str, Any], scope: str) -> list[dict[str, Any]]:
    return [each for each in bill["components"] if each["scope"] == scope]


def test_it_is_valid_by_the_official_schema(document: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None


def test_it_has_each_package_that_is_installed_in_a_layer_with_its_version_and_no_other(
    bill: dict[str, Any],
) -> None:
    installed = set()
    for folder in BUILT.glob("*/python/*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        installed.add((folder.parents[1].name, canonicalize_name(name), version))
    assert {layer for layer, _, _ in installed} <= set(LAYERS)
    stated = {
        (layer["value"], each["name"], each["version"])
        for each in components(bill, "required")
        for layer in each["properties"]
        if PackageURL.from_string(each["purl"]).type == "pypi"
    }
    assert stated == installed


def test_no_function_brings_a_package_of_its_own() -> None:
    for logical_id in template.FUNCTIONS:
        assert not list((BUILT / logical_id).rglob("*-info"))


def test_it_has_the_packages_that_the_assets_contain_apart_from_those_that_make_them(
    bill: dict[str, Any],
) -> None:
    assets = BUILT / "SuportLayer/python/suport/web/assets"
    assert "govuk-" in "".join(path.read_text() for path in assets.glob("suport.*.css"))
    required, excluded = (
        {each["name"] for each in components(bill, scope) if each["purl"].startswith("pkg:npm/")}
        for scope in ("required", "excluded")
    )
    assert required == {"govuk-frontend"}
    assert {"esbuild", "sass"} < excluded
    assert "axe-core" not in excluded, "only tests use it"


def test_each_package_has_a_licence_and_the_hashes_that_were_locked(bill: dict[str, Any]) -> None:
    for each in bill["components"]:
        assert each["licenses"], each["purl"]
        files = each.get("hashes") or each["externalReferences"][0]["hashes"]
        assert {one["alg"] for one in files} <= {"SHA-256", "SHA-512"}


def test_it_is_about_the_service_which_needs_each_package_directly_or_not(
    bill: dict[str, Any],
) -> None:
    service = bill["metadata"]["component"]
    assert (service["name"], service["version"]) == ("suport", VERSION)
    needs = {each["ref"]: each.get("dependsOn", ()) for each in bill["dependencies"]}
    reached, waiting = set(), [service["bom-ref"]]
    while waiting:
        reference = waiting.pop()
        reached.add(reference)
        waiting += [each for each in needs[reference] if each not in reached]
    assert reached - {service["bom-ref"]} == {each["purl"] for each in components(bill, "required")}


def test_the_same_build_makes_the_same_document(document: str, build: Path) -> None:
    assert bill_of_materials.written(bill_of_materials.described(build)) == document
    assert "timestamp" not in json.loads(document)["metadata"]


def test_another_build_makes_a_document_with_another_number(bill: dict[str, Any]) -> None:
    dated = bill_of_materials.described(BUILT, datetime(2026, 11, 27, tzinfo=UTC))
    stated = json.loads(bill_of_materials.written(dated))
    assert stated["metadata"]["timestamp"] == "2026-11-27T00:00:00+00:00"
    assert stated["serialNumber"] != bill["serialNumber"]


def test_a_package_that_is_not_locked_is_refused(build: Path) -> None:
    folder = build / "SignInLayer/python/unknown-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: unknown\nVersion: 1.0\n")
    with pytest.raises(Unable, match=r"SignInLayer has unknown 1.0 \(PyPI\), which is not locked"):
        bill_of_materials.described(build)


def test_a_locked_package_that_is_in_no_layer_is_refused(build: Path) -> None:
    (folder,) = build.glob("DependenciesLayer/python/jinja2-*")
    shutil.rmtree(folder)
    with pytest.raises(Unable, match="No layer has what is locked: jinja2"):
        bill_of_materials.described(build)


def test_assets_from_a_package_that_is_not_locked_are_refused(build: Path) -> None:
    (build / PACKAGES_OF_ASSETS).write_text('["govuk-frontend", "left-pad"]')
    with pytest.raises(Unable, match="The assets have left-pad"):
        bill_of_materials.described(build)
