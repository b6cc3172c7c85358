"""The page of gateways says what the profiles say: who chooses a gateway by the page is not led astray."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from loansms.templates.acceptance import shipped
from loansms.templates.acceptance_terms import Kind

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "provider-acceptance.md"


def test_the_page_is_what_the_script_writes() -> None:
    command = [sys.executable, "scripts/provider_acceptance.py", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_gateway_has_its_row_of_contents_and_its_section() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, profile in shipped().items():
        if profile.content is None:
            continue
        [row] = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert [cell.strip() for cell in row.split("|")[3:8]] == [profile.content.of(kind) for kind in Kind]
        assert f"\n## {name}\n" in text


def test_every_source_and_rule_of_a_profile_stands_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for profile in shipped().values():
        for rate in profile.rates:
            assert rate.source in text
            assert all(str(limit) in text for limit in rate.limits)
        if profile.content is not None:
            assert profile.content.source in text
