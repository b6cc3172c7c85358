"""What a release would hand out holds every data file of the source, no test and no junk (the quick part of `make package`)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def package() -> ModuleType:
    spec = importlib.util.spec_from_file_location("package_script", ROOT / "scripts" / "package.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(to)], cwd=ROOT, check=True, capture_output=True
    )
    return to


def test_the_wheel_holds_every_data_file_and_no_test(package: ModuleType, built: Path) -> None:
    wheel = next(built.glob("*.whl"))
    assert package.wheel_faults(wheel) == []
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {"loansms/py.typed", "loansms/compliance/packs/CN/law.toml"} <= set(names)
    assert not [name for name in names if name.startswith("tests/")]


def test_the_sdist_is_whole(package: ModuleType, built: Path) -> None:
    sdist = next(built.glob("*.tar.gz"))
    assert package.sdist_faults(sdist) == []
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {"tests/packaging/test_package.py", "requirements/dev.txt", "scripts/package.py"} <= held


def test_a_wheel_with_a_test_or_without_a_table_is_found(
    package: ModuleType, built: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / next(built.glob("*.whl")).name
    with zipfile.ZipFile(next(built.glob("*.whl"))) as good, zipfile.ZipFile(spoilt, "w") as bad:
        for name in good.namelist():
            if not name.endswith("py.typed"):
                bad.writestr(name, good.read(name))
        bad.writestr("tests/test_it.py", "")
    told = "\n".join(package.wheel_faults(spoilt))
    assert "lacks loansms/py.typed" in told
    assert "junk: tests/test_it.py" in told


def test_every_extra_has_words_that_try_it(package: ModuleType) -> None:
    extras = set(package.project()["optional-dependencies"])
    assert set(package.SMOKE) == extras - {"all"} | {""}
    whole = package.project()["optional-dependencies"]["all"][0]
    assert set(whole.removeprefix("loansms[").removesuffix("]").split(",")) == extras - {"all"}
