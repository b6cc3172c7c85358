"""The list of what a release stands on names every pin and no machine."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom_script", ROOT / "scripts" / "sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_names_every_pin_and_no_address(sbom: ModuleType) -> None:
    told = sbom.told()
    kept = sbom.cleaned(told)
    pinned = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", sbom.PINS.read_text(encoding="utf-8"), re.MULTILINE))
    assert {one["name"]: one["version"] for one in kept["components"]} == pinned
    assert all(one["hashes"] for one in kept["components"])
    written = json.dumps(kept)
    assert "://" not in written
    assert str(ROOT) not in written
    assert "serialNumber" not in kept
    assert "timestamp" not in kept["metadata"]
    assert kept == sbom.cleaned(told)
