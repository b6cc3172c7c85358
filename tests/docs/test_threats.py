"""The page on attacks names tests; every one of them exists."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "otp-threats.md"
SUITE = ROOT / "src" / "loansms" / "testing"


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_every_defence_names_a_test_that_exists() -> None:
    named = re.findall(r"`(CodeSuite|[\w.]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    suite = set[str]().union(*(functions_in(path) for path in SUITE.glob("code_*.py")))
    files: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        files[path.name] |= functions_in(path)
    missing = [
        f"{place}::{name}"
        for place, name in named
        if name not in (suite if place == "CodeSuite" else files[place])
    ]
    assert len(named) > 30
    assert missing == []


def test_every_attack_has_a_defence_that_is_shown() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert all("::" in row.split("|")[3] for row in rows[1:])
