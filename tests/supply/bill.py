"""The bill of materials (CycloneDX 1.6): run as a module, with the file to write.

Packages that only tests and builds need are in it as ``excluded``. From the same locks it is the same file.
"""

import importlib.metadata
import json
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.licences import licence_said, licensed
from tests.supply.locks import ROOT, RUNNING, TESTING, Pinned, from_npm, from_pypi

_NAMESPACE = uuid.UUID("6ab7c3a4-6c0b-5b0a-9d0c-3d7f6c1c5a11")
_ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


def bill() -> dict[str, Any]:
    """The bill: our own package, each locked one with licence and hashes, and which Python package needs which."""
    version = importlib.metadata.version("keng")
    own = {
        "type": "application", "bom-ref": f"pkg:pypi/keng@{version}", "name": "keng", "version": version,
        "purl": f"pkg:pypi/keng@{version}", "licenses": [{"license": {"id": "MIT"}}],
    }
    running = list(licensed())
    components = [_component(one.pinned, one.expression, from_npm=one.from_npm) for one in running]
    needed_to_run = {one.name for one in from_pypi(RUNNING)}
    components += [
        _component(one, licence_said(one.name), is_run=False)
        for one in from_pypi(TESTING) if one.name not in needed_to_run
    ]
    components += [
        _component(one, licence, from_npm=True, is_run=False) for one, licence in from_npm("tests/judges")
    ]
    unique = {one["bom-ref"]: one for one in components}
    references = {one["name"]: ref for ref, one in unique.items() if ref.startswith("pkg:pypi/")}
    assets = [ref for ref, one in unique.items() if ref.startswith("pkg:npm/") and one["scope"] == "required"]
    content: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": list(unique.values()),
        "dependencies": [
            {"ref": own["bom-ref"], "dependsOn": sorted([*_needs("keng", references), *assets])},
            *({"ref": ref, "dependsOn": _needs(name, references)} for name, ref in references.items()),
        ],
    }
    number = uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True))
    return {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "serialNumber": number.urn} | content


def _component(one: Pinned, licence: str, *, from_npm: bool = False, is_run: bool = True) -> dict[str, Any]:
    name = one.name.replace("@", "%40")
    purl = f"pkg:npm/{name}@{one.version}" if from_npm else f"pkg:pypi/{name}@{one.version}"
    files = f"https://registry.npmjs.org/{one.name}" if from_npm else f"https://pypi.org/simple/{one.name}/"
    component: dict[str, Any] = {
        "type": "library", "bom-ref": purl, "name": one.name, "version": one.version, "purl": purl,
        "scope": "required" if is_run else "excluded",
        "externalReferences": [{"type": "distribution", "url": files, "hashes": [
            {"alg": _ALGORITHMS[name], "content": value} for name, value in one.hashes
        ]}],
    }
    if licence:
        component["licenses"] = [{"expression": licence}]
    return component


def _needs(name: str, references: dict[str, str]) -> list[str]:
    """What an installed package needs on this machine, among what is locked."""
    try:
        said: Iterable[str] = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:  # it is for other machines
        return []
    needed = [Requirement(one) for one in said]
    names = {canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}
    return sorted(references[one] for one in names if one in references)


def main() -> None:
    """Write the bill."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var/sbom.cdx.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = bill()
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{path}: {len(made['components'])} components")  # noqa: T201


if __name__ == "__main__":
    main()
