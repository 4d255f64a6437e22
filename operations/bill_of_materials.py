"""The last step of `make build`: the bill of materials of what was built, in CycloneDX.

It reads the built layers and says what is in them: each Python package that is installed there, and
each npm package that a part of a stylesheet or script comes from. The hashes come from the lists
that were locked. The packages of npm that only make the assets are listed as excluded, which is how
CycloneDX marks what is not deployed.

The same build makes the same bytes. So the number of the document comes from its content, and it
has a date only where `SOURCE_DATE_EPOCH` gives one.
"""

import json
import os
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from operations import locks
from operations.locks import Ecosystem, Locked, Package
from operations.stage import Unable

BUILT = locks.ROOT / ".aws-sam/build"
WRITTEN = locks.ROOT / ".aws-sam/sbom.cdx.json"
PACKAGES_OF_ASSETS = "SuportLayer/python/suport/web/assets/packages.json"

LEFT_OUT = {"dnspython"}
"""What a package asks for and no layer has: email-validator would look up domains with it."""

_LAYER = "suport:layer"
_NAMESPACE = uuid.UUID("1d1f6d2e-0a5f-4f0e-9d1b-3f0c7a52b8e4")
_LICENCES, _HASHES = LicenseFactory(), HashTypeFactory()
_CLASSIFIER = "License :: "
_ON_LAMBDA = {"python_version": "3.13", "sys_platform": "linux", "platform_system": "Linux"}
_ON_LAMBDA |= {"os_name": "posix", "implementation_name": "cpython"}
_ON_LAMBDA |= {"platform_python_implementation": "CPython", "python_full_version": "3.13.0"}


def described(built: Path, dated: datetime | None = None) -> Bom:
    """The bill of materials of what `sam build` left in that folder.

    Raises
    ------
    Unable
        If what was built is not what was locked.
    """
    project = tomllib.loads((locks.ROOT / "pyproject.toml").read_text())
    bom = Bom(serial_number=_NAMESPACE)
    bom.metadata.timestamp = dated  # type: ignore[assignment]  # no date is left out
    service = Component(
        name=project["project"]["name"],
        version=project["project"]["version"],
        description=project["project"]["description"],
        type=ComponentType.APPLICATION,
        bom_ref="suport",
        licenses=[_LICENCES.make_from_string(project["project"]["license"])],
    )
    bom.metadata.component = service
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["sign-in"]]
    _add_python(bom, service, built, [Requirement(each) for each in declared])
    _add_assets(bom, service, built)
    bom.serial_number = uuid.uuid5(_NAMESPACE, _printed(bom))
    return bom


def written(bom: Bom) -> str:
    """The document, as the file has it."""
    return f"{_printed(bom)}\n"


def _printed(bom: Bom) -> str:
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)


def _add_python(bom: Bom, service: Component, built: Path, declared: Iterable[Requirement]) -> None:
    """Adds what is installed in the layers, each with what it needs."""
    locked = {
        each.package: each
        for name in locks.LAYERS
        for each in locks.read(name)
        if each.marker is None or each.marker.evaluate(_ON_LAMBDA)
    }
    installed: dict[str, metadata.Distribution] = {}
    components: dict[str, Component] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    for layer, distribution in _installed(built):
        name = canonicalize_name(distribution.name)
        package = Package(Ecosystem.PYTHON, name, distribution.version)
        if package not in locked:
            raise Unable(f"{layer} has {package}, which is not locked. Build again: make build")
        component = _component(locked.pop(package), _licences(distribution.metadata))
        component.properties.add(Property(name=_LAYER, value=layer))
        installed[name], components[name] = distribution, component
        bom.components.add(component)
    if locked:
        missing = ", ".join(map(str, sorted(locked)))
        raise Unable(f"No layer has what is locked: {missing}. Build again: make build")

    waiting = [(service, declared)]
    while waiting:
        dependent, requirements = waiting.pop()
        found = {
            name: each
            for each in requirements
            if (name := canonicalize_name(each.name)) not in LEFT_OUT
        }
        bom.register_dependency(dependent, [components[name] for name in found])
        for name, each in found.items():
            stated = map(Requirement, installed[name].requires or ())
            further = [one for one in stated if _applies(one, each.extras)]
            if (name, frozenset(each.extras)) not in seen:
                seen.add((name, frozenset(each.extras)))
                waiting.append((components[name], further))


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    """Whether a package that is installed with these extras needs it, on Lambda."""
    return requirement.marker is None or any(
        requirement.marker.evaluate(_ON_LAMBDA | {"extra": extra}) for extra in extras | {""}
    )


def _installed(built: Path) -> Iterator[tuple[str, metadata.Distribution]]:
    """Each package that is installed in a layer, with the layer's name."""
    for folder in sorted(built.glob("*/python")):
        for distribution in metadata.distributions(path=[str(folder)]):
            yield folder.parent.name, distribution


def _add_assets(bom: Bom, service: Component, built: Path) -> None:
    """Adds what the assets are made from, and, as excluded, what makes them."""
    contained = set(json.loads((built / PACKAGES_OF_ASSETS).read_text()))
    locked = [each for each in locks.read(locks.WEB) if not each.extra.get("dev")]
    if missing := contained - {each.package.name for each in locked}:
        raise Unable(
            f"The assets have {', '.join(sorted(missing))}, which is not locked."
            " Build again: make build"
        )
    components = {}
    for each in locked:
        stated = each.extra.get("license")
        licences = [_LICENCES.make_from_string(stated)] if stated else []
        component = _component(each, licences)
        if each.package.name in contained:
            component.properties.add(Property(name=_LAYER, value="SuportLayer"))
        else:
            component.scope = ComponentScope.EXCLUDED
        components[each.package.name] = component
        bom.components.add(component)
    bom.register_dependency(service, [components[name] for name in sorted(contained)])
    for each in locked:
        names = each.extra.get("dependencies", {}) | each.extra.get("optionalDependencies", {})
        bom.register_dependency(
            components[each.package.name],
            [components[name] for name in sorted(names) if name in components],
        )


def _component(locked: Locked, licences: Iterable[License]) -> Component:
    package = locked.package
    python = package.ecosystem is Ecosystem.PYTHON
    scope, _, name = package.name.rpartition("/")
    url = PackageURL("pypi" if python else "npm", scope or None, name, package.version)
    hashes = [_HASHES.from_composite_str(each) for each in locked.hashes]
    component = Component(
        type=ComponentType.LIBRARY,
        group=scope or None,
        name=name,
        version=package.version,
        purl=url,
        bom_ref=str(url),
        scope=ComponentScope.REQUIRED,
        licenses=licences,
        hashes=[] if python else hashes,
    )
    if python:  # the list does not say which of them was installed: one for each processor
        component.external_references.add(
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(str(url)),
                comment="The hashes of the files that may be installed",
                hashes=hashes,
            )
        )
    return component


def _licences(stated: metadata.PackageMetadata) -> list[License]:
    """The licences that a package states, by the name that SPDX gives each if it has one."""
    if expression := stated.get("License-Expression"):
        return [_LICENCES.make_from_string(expression)]
    found = _LICENCES.make_from_string((stated.get("License") or "").strip() or "none")
    if not isinstance(found, DisjunctiveLicense) or found.id:
        return [found]
    classified = [
        each.rpartition(" :: ")[2]
        for each in stated.get_all("Classifier") or ()
        if each.startswith(_CLASSIFIER)
    ]
    return [_LICENCES.make_with_name(each) for each in classified]


def main() -> int:
    """Returns the exit code: 1 if what was built cannot be described."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        bom = described(BUILT, datetime.fromtimestamp(int(epoch), UTC) if epoch else None)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    WRITTEN.write_text(written(bom))
    print(f"{WRITTEN.relative_to(locks.ROOT)} describes {len(bom.components)} packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
