"""No rule changes in silence: whoever upgrades reads in CHANGELOG.md which packs say something else than before."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rule_changes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rule_changes", ROOT / "scripts" / "rule_changes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_pack_is_as_the_changelog_last_told_of_it(rule_changes: ModuleType) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    lacking = rule_changes.untold(rule_changes.digests(), changelog)
    assert not lacking, "python scripts/rule_changes.py prints the lines that are to be written"


def test_a_changed_rule_without_a_line_is_found_and_a_moved_comment_is_not(
    rule_changes: ModuleType, tmp_path: Path
) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    text = (rule_changes.PACKS / "CN" / "law.toml").read_text(encoding="utf-8")
    (tmp_path / "CN").mkdir()
    pack = tmp_path / "CN" / "law.toml"
    pack.write_text(f"# read again\n{text}", encoding="utf-8")
    assert not [
        line for line in rule_changes.untold(rule_changes.digests(tmp_path), changelog) if "gone" not in line
    ]
    pack.write_text(f'{text}\n[[rules]]\nid = "ONE-MORE"\n', encoding="utf-8")
    lines = [
        line for line in rule_changes.untold(rule_changes.digests(tmp_path), changelog) if "gone" not in line
    ]
    assert [line.split("`")[1] for line in lines] == ["CN/law"]


def test_an_older_line_does_not_tell_of_a_newer_rule(rule_changes: ModuleType) -> None:
    changelog = (
        "## 0.3\n\n#### Rule changes\n\n- `CN/law` `222222222222`: rests from 21:00.\n\n"
        "## 0.2\n\n#### Rule changes\n\n- `CN/law` `111111111111`: first.\n"
    )
    assert rule_changes.told(changelog) == {"CN/law": "222222222222"}
    assert rule_changes.untold({"CN/law": "111111111111"}, changelog) == ["- `CN/law` `111111111111`: "]
    assert rule_changes.untold({}, changelog)[0].startswith("- `CN/law` is gone")
