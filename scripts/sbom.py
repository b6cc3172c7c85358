"""Write the list of what loansms stands on (SBOM, CycloneDX 1.6): `dist/loansms-VERSION.cdx.json`.

The components are those of requirements/run.txt with their hashes; licences are what each installed package says of
itself. The same pins give the same bytes: no time, no serial number, no machine, and no address, because the
one that packages are fetched from is the reader's own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PINS: Final = ROOT / "requirements" / "run.txt"


def told() -> dict[str, Any]:
    """Return what the generator says of the pins."""
    command = [
        str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", "--output-reproducible", "--no-validate",
        "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library", "--sv", "1.6", "--of", "JSON", str(PINS),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    bom: dict[str, Any] = json.loads(done.stdout)
    return bom


def cleaned(bom: dict[str, Any]) -> dict[str, Any]:
    """Return the list without addresses, its components with hashes and licences, by name; the root knows them all."""
    components = sorted((_component(one) for one in bom["components"]), key=lambda one: str(one["name"]))
    root = {key: value for key, value in bom["metadata"]["component"].items() if key != "externalReferences"}
    needed = {"ref": root["bom-ref"], "dependsOn": sorted(one["bom-ref"] for one in components)}
    return {
        "bomFormat": bom["bomFormat"],
        "specVersion": bom["specVersion"],
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [needed],
    }


def _component(one: dict[str, Any]) -> dict[str, Any]:
    hashes = [found for place in one.get("externalReferences", ()) for found in place.get("hashes", ())]
    kept = {
        "type": one["type"],
        "bom-ref": one["purl"],
        "name": one["name"],
        "version": one["version"],
        "purl": one["purl"],
    }
    licence = licence_of(one["name"])
    return kept | {"hashes": hashes} | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def licence_of(name: str) -> str:
    """Return what an installed package calls its licence, or "" where it is not installed or says nothing."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ""
    expressions: list[str] = about.get_all("License-Expression", [])
    classified: list[str] = [one for one in about.get_all("Classifier", []) if one.startswith("License :: ")]
    return next(iter([*expressions, *(one.rpartition(" :: ")[2] for one in classified)]), "")


def main() -> int:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    to = ROOT / "dist" / f"loansms-{version}.cdx.json"
    to.parent.mkdir(exist_ok=True)
    bom = cleaned(told())
    to.write_text(json.dumps(bom, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{to.relative_to(ROOT)}: {len(bom['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
