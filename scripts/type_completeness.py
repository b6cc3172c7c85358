"""Hold the public types complete: every symbol that `loansms` shows has a type no checker has to guess.

basedpyright reads the package as a user's checker does (`--verifytypes`); what other packages leave unknown is theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def report() -> dict[str, object]:
    """Return what the checker says of the package in this tree."""
    checker = Path(sys.executable).with_name("basedpyright")
    done = subprocess.run(
        [str(checker), "--pythonpath", sys.executable, "--verifytypes", "loansms", "--ignoreexternal", "--outputjson"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    told: dict[str, object] = json.loads(done.stdout)["typeCompleteness"]
    return told


def main() -> int:
    told = report()
    symbols, score = told["symbols"], told["completenessScore"]
    assert isinstance(symbols, list)
    assert isinstance(score, float | int)
    shown = [one for one in symbols if one["isExported"]]
    open_ones = [one for one in symbols if not one["isTypeKnown"] or one["isTypeAmbiguous"]]
    for one in open_ones:
        faults = [fault["message"].replace("\n", " ") for fault in one["diagnostics"]]
        print(f"{one['name']}: {'; '.join(faults) or 'a type it is made of is unknown'}")
    print(
        f"types: {len(open_ones)} of {len(symbols)} symbols, {len(shown)} of them public, are left to a guess"
    )
    return 0 if shown and score == 1 and not open_ones else 1


if __name__ == "__main__":
    sys.exit(main())
