"""Hold that no rule changes in silence: each pack's digest stands in CHANGELOG.md under "Rule changes".

A digest is of what the pack says, not of how its file is set: comments and order of keys do not count. Run alone, it
prints the lines that are still to be written, their words to be filled in; `--check` fails while there are any.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKS: Final = ROOT / "src" / "loansms" / "compliance" / "packs"
SECTION: Final = re.compile(r"^#### Rule changes\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
LINE: Final = re.compile(r"^- `([\w/]+)` `([0-9a-f]{12})`: (\S.*)$", re.MULTILINE)


def digests(folder: Path = PACKS) -> dict[str, str]:
    """Return the first 48 bits of the digest of each pack and part, by its name such as CN/law."""
    return {
        path.relative_to(folder).with_suffix("").as_posix(): digest(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.toml"))
    }


def digest(content: str) -> str:
    """Return the digest of what a TOML file says."""
    told = json.dumps(tomllib.loads(content), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def told(changelog: str) -> dict[str, str]:
    """Return the digest that the newest line about each pack names; releases stand newest first, so do their lines."""
    lines = [line for section in SECTION.findall(changelog) for line in LINE.findall(section)]
    return {name: seen for name, seen, _ in reversed(lines)}


def untold(now: dict[str, str], changelog: str) -> list[str]:
    """Return the lines that the changelog lacks."""
    known = told(changelog)
    changed = [f"- `{name}` `{seen}`: " for name, seen in now.items() if known.get(name) != seen]
    return changed + [
        f"- `{name}` is gone: say so, and what a lender does now" for name in known if name not in now
    ]


def main() -> int:
    lines = untold(digests(), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if not lines:
        print("rule changes: every pack is as CHANGELOG.md last told of it")
        return 0
    print(
        "CHANGELOG.md, first under the newest `#### Rule changes`, lacks (say after the colon what changed, and by which text):"
    )
    print("\n".join(lines))
    return 1


if __name__ == "__main__":
    sys.exit(main())
