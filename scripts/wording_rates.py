"""Write what the wording review finds in the texts kept apart into docs/explanation/wording.md, family by family.

`--check` fails when the page is not what this script would write. The texts lie in ``tests/compliance/corpus/apart``: they
were written from the definitions of the families alone, and no rule, word or weight was ever made from one of them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from loansms.compliance import FAMILIES, review_text

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "explanation" / "wording.md"
APART: Final = ROOT / "tests" / "compliance" / "corpus" / "apart"
BEGIN: Final = "<!-- rates: written by scripts/wording_rates.py -->\n"
END: Final = "<!-- end of rates -->\n"
LANGUAGES: Final = ("zh", "en")


def texts() -> Iterator[dict[str, Any]]:
    """Yield every text kept apart, with what is expected of it."""
    for language in LANGUAGES:
        for line in (APART / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def judged() -> Counter[tuple[str, str, str, bool]]:
    """Return how many texts were judged rightly and wrongly, by language, kind and family or style."""
    counted: Counter[tuple[str, str, str, bool]] = Counter()
    for one in texts():
        found = review_text(
            one["text"],
            language=one["lang"],
            facts=one.get("facts"),
            recipient_role=one.get("recipient_role"),
        )
        right = found.allowed is (one["expect"] == "allow")
        for group in (one["family"], f"style {one['style']}", "all"):
            counted[one["lang"], one["expect"], group, right] += 1
    return counted


def rates() -> dict[tuple[str, str], float]:
    """Return the share judged rightly, by language and kind (block, allow)."""
    counted = judged()
    return {
        (language, kind): counted[language, kind, "all", True]
        / sum(counted[language, kind, "all", right] for right in (True, False))
        for language in LANGUAGES
        for kind in ("block", "allow")
    }


def table() -> str:
    """Return the tables of the page."""
    counted = judged()
    styles = sorted({group for _, _, group, _ in counted if group.startswith("style ")})
    families = [one for one in FAMILIES if one != "required_content"]
    rows = ["all", *families, "none", *styles]
    lines = [
        "| | Chinese: unlawful refused | lawful passed | English: unlawful refused | lawful passed |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [_cell(counted, language, kind, row) for language in LANGUAGES for kind in ("block", "allow")]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(counted: Counter[tuple[str, str, str, bool]], language: str, kind: str, row: str) -> str:
    right, wrong = (counted[language, kind, row, one] for one in (True, False))
    return f"{right} of {right + wrong}" if right + wrong else "–"


def page() -> str:
    """Return the whole page with fresh tables."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    """Write the page, or check it."""
    fresh = page()
    if "--check" in sys.argv:
        if fresh == PAGE.read_text(encoding="utf-8"):
            return 0
        print("docs/explanation/wording.md is stale: run python scripts/wording_rates.py")
        return 1
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
