"""The example that compares two policies runs as it stands, and more reminders are more messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "compare_policies.py"


def test_the_example_prints_a_comparison_and_leaves_a_page_and_charts(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, messages, *_ = done.stdout.splitlines()
    assert first.startswith("Assumed, not measured")
    figure, a, b, difference, _ = messages.split(maxsplit=4)
    assert figure == "messages"
    assert float(b.replace(",", "")) > float(a.replace(",", ""))
    assert float(difference) > 0
    assert (tmp_path / "simulation.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    for name in ("messages", "migration", "comparison"):
        assert json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["datasets"]
