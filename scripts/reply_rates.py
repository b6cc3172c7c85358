"""Write how well replies kept apart are understood into docs/explanation/replies.md, intent by intent.

`--check` fails when the page is not what this script would write. The replies lie in ``tests/replies/apart.tsv``: they were
written from the definitions of the intents, most of them before any rule, and no rule was made from one of them.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loansms.replies import Intent, understand

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "explanation" / "replies.md"
APART: Final = ROOT / "tests" / "replies" / "apart.tsv"
BEGIN: Final = "<!-- rates: written by scripts/reply_rates.py -->\n"
END: Final = "<!-- end of rates -->\n"
LANGUAGES: Final = ("zh", "en")
AT: Final = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)


def judged() -> Counter[tuple[str, str, str]]:
    """Return how many replies were read rightly, wrongly, or left to a person, by language and intent."""
    counted: Counter[tuple[str, str, str]] = Counter()
    with APART.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            said = understand(row["text"], received_at=AT)
            how = "right" if said.intent == row["intent"] else "wrong"
            if how == "wrong" and said.intent is Intent.UNCLEAR:
                how = "left"
            for group in (row["intent"], "all"):
                counted[row["language"], group, how] += 1
            if row["intent"] == Intent.PROMISE_TO_PAY:
                day, amount = (str(one) if one else "-" for one in (said.promise_on, said.promise_amount))
                same = (day, amount) == (row["promise_on"], row["promise_amount"])
                counted[row["language"], "day and amount of a promise", "right" if same else "wrong"] += 1
    return counted


def table() -> str:
    """Return the table of the page."""
    counted = judged()
    lines = [
        "| intent | Chinese: right | left to a person | English: right | left to a person |",
        "|---|---|---|---|---|",
    ]
    for row in ("all", *Intent, "day and amount of a promise"):
        cells = [cell for language in LANGUAGES for cell in _cells(counted, language, row)]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cells(counted: Counter[tuple[str, str, str]], language: str, row: str) -> tuple[str, str]:
    right, wrong, left = (counted[language, row, one] for one in ("right", "wrong", "left"))
    return f"{right} of {right + wrong + left}", str(left)


def page() -> str:
    """Return the whole page with a fresh table."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    """Write the page, or check it."""
    fresh = page()
    if "--check" in sys.argv:
        if fresh == PAGE.read_text(encoding="utf-8"):
            return 0
        print("docs/explanation/replies.md is stale: run python scripts/reply_rates.py")
        return 1
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
