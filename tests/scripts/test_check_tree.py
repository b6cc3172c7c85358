"""What `make check` holds is really held: each fault is planted in a copy of the tree and found."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> ModuleType:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    spec = importlib.util.spec_from_file_location("check_tree", ROOT / "scripts" / "check_tree.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.SOURCE = tmp_path, tmp_path / "src" / "loansms"
    return module


def faults(tree: ModuleType) -> list[str]:
    return [*tree.ceiling_faults(), *tree.room_faults(), *tree.core_import_faults(), *tree.reaching_faults()]


def test_the_tree_as_it_stands_is_in_order(tree: ModuleType) -> None:
    assert faults(tree) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("import polars\n", "the core may not import polars"),
        ("def f():\n    from httpx import get\n", "the core may not import httpx"),
        ("from time import time\n", "the core may not import time"),
        ("import random\n", "the core may not import random"),
        ("X = open('x')\n", ":1: open belongs in a files.py"),
        ("X = p.read_text()\n", ":1: read_text belongs in a files.py"),
        ("X = importlib.import_module('polars')\n", ":1: import_module belongs in a files.py"),
        ("x = 1\n" * 401, ": 401 lines, ceiling 400"),
    ],
)
def test_a_planted_fault_is_found(tree: ModuleType, words: str, told: str) -> None:
    (tree.SOURCE / "policy" / "planted.py").write_text(words, encoding="utf-8")
    assert any("planted.py" in one and told in one for one in faults(tree))


def test_a_room_no_list_names_is_found(tree: ModuleType) -> None:
    room = tree.SOURCE / "annex"
    room.mkdir()
    (room / "__init__.py").write_text("import polars\n", encoding="utf-8")
    assert faults(tree) == ["src/loansms/annex: name it in CORE or SHELLS, and in .importlinter"]


def test_the_floors_are_exhaustive(tree: ModuleType, tmp_path: Path) -> None:
    (tree.SOURCE / "annex.py").write_text('"""A room no floor names."""\n', encoding="utf-8")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    ended = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "loansms.annex" in ended.stdout
