"""The page of providers says what the codecs can do: nobody chooses a road for a look-up it does not have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loansms.providers.builtin import builtin
from loansms.providers.codec import CallbackCodec

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_script_writes() -> None:
    command = [sys.executable, "scripts/provider_matrix.py", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("name", builtin())
def test_an_entry_makes_what_it_says(name: str, tmp_path: Path) -> None:
    entry = builtin()[name]
    made = entry.make(tmp_path / name)
    assert getattr(made, "name", "") == name
    assert getattr(made, "channels", None)
    assert isinstance(made, CallbackCodec) == bool(entry.callbacks)
    assert bool(entry.source) == bool(entry.mark) == (entry.kind != "development")
