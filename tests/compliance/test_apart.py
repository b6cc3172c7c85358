"""What was kept apart is judged as well as the issue asks, in both languages, and the page says how well.

No text is shown when this fails: nobody tunes a rule on one of them.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOOR = {"block": 0.90, "allow": 0.95}


@pytest.fixture(scope="module")
def rates() -> dict[tuple[str, str], float]:
    spec = importlib.util.spec_from_file_location("wording_rates", ROOT / "scripts" / "wording_rates.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    measured: dict[tuple[str, str], float] = module.rates()
    return measured


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["block", "allow"])
def test_unlawful_texts_nobody_foresaw_are_refused_and_lawful_ones_pass(
    rates: dict[tuple[str, str], float], language: str, kind: str
) -> None:
    assert rates[language, kind] >= FLOOR[kind]


def test_the_page_says_what_is_measured() -> None:
    command = [sys.executable, "scripts/wording_rates.py", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
