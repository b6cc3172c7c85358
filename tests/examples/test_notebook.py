"""The notebooks run from top to bottom in a kernel of their own, and are stored without outputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Any]]:
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):  # no history and no connection file in anybody's home
        monkeypatch.setenv(name, str(tmp_path))

    def executed(name: str) -> list[Any]:
        notebook = nbformat.read(EXAMPLES / name, as_version=4)
        assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
        NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": EXAMPLES}}
        ).execute()
        outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
        assert {one.get("name") for one in outputs if one["output_type"] == "stream"} == {"stdout"}
        return outputs

    return executed


def _printed(outputs: list[Any]) -> str:
    return "".join(one["text"] for one in outputs if one["output_type"] == "stream")


def test_one_goes_from_a_ledger_to_a_decision(run: Callable[[str], list[Any]]) -> None:
    outputs = run("from_ledger_to_decision.ipynb")
    assert "Decide: “two” is better than “one”" in _printed(outputs)
    assert "可以决定" in _printed(outputs)
    shown = [one["data"].get("text/html", "") for one in outputs if one["output_type"] == "execute_result"]
    assert any("<svg" in page for page in shown)


def test_one_goes_from_an_idea_to_a_policy(run: Callable[[str], list[Any]]) -> None:
    told = _printed(run("prototype_a_policy.ipynb"))
    assert 'step "day-6" removed' in told
    assert "nothing found" in told
    assert "messages fewer in a week" in told
    assert "174000" not in told
