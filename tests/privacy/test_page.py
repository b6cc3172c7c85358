"""The page on privacy at rest names tests; every one of them exists."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "privacy-at-rest.md"


def test_every_defence_names_a_test_that_exists():
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    missing = [
        f"{place}::{name}"
        for place, name in named
        if f"def {name}(" not in (HERE / place).read_text(encoding="utf-8")
    ]
    assert len(named) > 8
    assert missing == []
