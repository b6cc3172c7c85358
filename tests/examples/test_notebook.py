"""The notebook runs from top to bottom in a kernel of its own, ends in a decision, and is stored without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "from_ledger_to_decision.ipynb"


def test_the_notebook_goes_from_a_ledger_to_a_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):  # no history and no connection file in anybody's home
        monkeypatch.setenv(name, str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    printed = "".join(one["text"] for one in outputs if one["output_type"] == "stream")
    assert "Decide: “two” is better than “one”" in printed
    assert "可以决定" in printed
    shown = [one["data"].get("text/html", "") for one in outputs if one["output_type"] == "execute_result"]
    assert any("<svg" in page for page in shown)
    assert {one.get("name") for one in outputs if one["output_type"] == "stream"} == {"stdout"}
