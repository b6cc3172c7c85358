"""Every `loansms` line in the documentation runs, on the very files the page shows, with the exit code it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from loansms.cli import main

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"# exit (\d+)$")
PAGES = [
    page
    for page in sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
    if re.search(r"^loansms ", page.read_text(encoding="utf-8"), re.MULTILINE)
]


def commands(block: str) -> list[tuple[list[str], int]]:
    """Return the arguments and the expected exit code of each `loansms` line, continued lines joined."""
    found: list[tuple[list[str], int]] = []
    for line in block.replace("\\\n", " ").splitlines():
        if line.startswith("loansms "):
            said = EXIT.search(line)
            found.append((shlex.split(line, comments=True)[1:], int(said[1]) if said else 0))
    return found


def test_there_are_pages_to_run() -> None:
    assert {"command-line.md", "run-a-day.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_of_the_page_runs_as_told(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANSMS_LANG", "en")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for kind, name, content in BLOCK.findall(page.read_text(encoding="utf-8")):
        if name and kind not in {"shell", "console", "bash"}:
            (tmp_path / name).write_text(content, encoding="utf-8")
            continue
        for args, code in commands(content):
            assert main(args) == code, f"{page.name}: loansms {' '.join(args)}\n{capsys.readouterr().err}"
