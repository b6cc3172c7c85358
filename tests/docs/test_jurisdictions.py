"""The table of packs says what the packs say: a lawyer who reads the page reads the rules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from loansms.compliance import RulePack
from loansms.compliance.files import packaged_names

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "jurisdictions.md"


def test_the_table_is_what_the_script_writes() -> None:
    command = [sys.executable, "scripts/jurisdictions.py", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_pack_has_its_row_and_no_house_number_is_shown_as_law() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line.split("|")[1].split()[0] for line in text.splitlines() if re.match(r"\| [A-Z]{2}\b", line)]
    assert rows == list(packaged_names())
    house = {
        rule.id
        for name in packaged_names()
        for rule in RulePack.load(name).rules
        if rule.authority == "house" and rule.check.type in ("window", "cap") and not rule.pending
    }
    shown = re.findall(r"\(([A-Z][\w-]+)([*?]?)", text)
    assert {name for name, _ in shown} & house
    assert all(mark == "*" for name, mark in shown if name in house)
