"""Every `loansms` line in the documentation runs, on the very files the page shows, with the exit code it says.

A `text` block below a `shell` block quotes the screen: each of its lines stands in what those commands printed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from loansms.cli import main

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# On a wide screen no cell of a table is broken, so that a row can be quoted as one line.
WIDE = 2000
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


def flat(shown: str) -> str:
    return " ".join(shown.split())


def unseen(quoted: str, screen: str) -> list[str]:
    """Return the quoted lines that the screen does not show; `…` in a quotation stands for what is left out."""
    lines = [flat(line) for line in screen.splitlines()]
    asked = [
        ".*".join(re.escape(flat(part)) for part in line.split("…"))
        for line in quoted.splitlines()
        if line.strip()
    ]
    return [one for one in asked if not any(re.search(one, line) for line in lines)]


def test_there_are_pages_to_run() -> None:
    assert {"command-line.md", "run-a-day.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_of_the_page_runs_as_told(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANSMS_LANG", "zh-CN" if page.name.endswith(".zh-CN.md") else "en")
    monkeypatch.setattr("loansms.cli.session._PLAIN_WIDTH", WIDE)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    screen = ""
    for kind, name, content in BLOCK.findall(page.read_text(encoding="utf-8")):
        if name and kind not in {"shell", "console", "bash"}:
            (tmp_path / name).write_text(content, encoding="utf-8")
            continue
        if kind == "text" and screen:
            missing = unseen(content, screen)
            assert missing == [], f"{page.name}: not on the screen: {missing}\n{screen}"
            continue
        found = commands(content)
        screen = "" if found else screen
        for args, code in found:
            ended = main(args)
            told = capsys.readouterr()
            assert ended == code, f"{page.name}: loansms {' '.join(args)}\n{told.err}"
            screen += told.out + told.err
