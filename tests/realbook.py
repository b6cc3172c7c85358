"""Where the real book lies: beside the project, never in it (its figures are GPL-3)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL_BOOK = Path(__file__).resolve().parents[2] / "shared" / "facts" / "lendingclub_2018q1.csv"


def real_book() -> Path:
    """Return the real book; where it is not there, fail in CI and say elsewhere that the test did not run."""
    if REAL_BOOK.exists():
        return REAL_BOOK
    if os.environ.get("CI"):
        pytest.fail("the real loan book is not beside the project, and CI runs its tests")
    pytest.skip("the real loan book is not beside the project: its tests did not run")
