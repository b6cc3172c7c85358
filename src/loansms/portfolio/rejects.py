"""The rejects file: one line for each bad row, so that nothing is lost and nothing private is told.

Written whole or not at all: a reader never meets half a file.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from loansms.model import Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.portfolio.book import Reject


def rejects_path(out: Path) -> Path:
    """Return where the rejects of an output file lie: out.jsonl -> out.rejects.csv.

    >>> rejects_path(Path("out.jsonl")).name
    'out.rejects.csv'
    """
    return out.with_name(f"{out.stem}.rejects.csv")


def write_rejects(rejects: Iterable[Reject], path: str | Path, lang: str = "en") -> None:
    """Write line, column and reason (in `lang`) of each reject as CSV in UTF-8, replacing `path` in one step."""
    target = Path(path)
    chinese = lang.startswith("zh")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(("line", "column", "reason"))
            writer.writerows(
                (one.line, one.column, one.reason_zh if chinese else one.reason) for one in rejects
            )
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def rejected(reject: Reject) -> PlanRow:
    """Return the row of a plan that a rejected row becomes."""
    return PlanRow(
        loan_id=reject.loan_id or "",
        borrower_id=reject.borrower_id or "",
        decision=PlanDecision.REJECT,
        reasons=(
            Reason("bad_row", "house", reject.told(), severity="block", message_zh=reject.told("zh-CN")),
        ),
    )


def unknown_lender(why: Reason, line: int, loan_id: str, borrower_id: str) -> Reject:
    """Return the reject of a row for which nobody can speak."""
    told, zh = (text.removeprefix("lender_id").lstrip(":： ") for text in (why.message, why.message_zh))
    return Reject(line, "lender_id", told, zh, loan_id, borrower_id)
