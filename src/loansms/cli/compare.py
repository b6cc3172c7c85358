"""`loansms plan --compare`: what the system before sent on the day, beside what loansms would send."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from attrs import frozen

from loansms.cli.output import Outputs, written
from loansms.cli.session import Session
from loansms.insights.compared_sends import COLUMNS, ComparedSends, columns_of, compare_sends
from loansms.insights.compared_sends_report import comparison_html, told_comparison
from loansms.insights.old_sends import read_old_sends
from loansms.portfolio import Reject, write_rejects
from loansms.services import RunReport
from loansms.services.sending.setup import Setup


@frozen(kw_only=True)
class OldFile:
    """The file of the system before, read; ``rejects`` are its bad rows, written beside the differences."""

    compared: ComparedSends
    rejects: tuple[Reject, ...]


def compared_with(path: Path, encoding: str | None, planned: RunReport, setup: Setup) -> OldFile:
    """Return the plan beside the messages in `path`; raise UnreadableBook for a file that cannot be read."""
    old, bad = read_old_sends(path, encoding or "utf-8")
    return OldFile(compared=compare_sends(planned, old, setup=setup), rejects=tuple(bad))


def write_comparison(session: Session, told: OldFile, outputs: Outputs) -> None:
    """Write the differences and the page where they were asked for."""
    if outputs.rows:
        with written("--out", outputs.rows) as part:
            _write(told.compared, part, session.lang)
    if outputs.rejects:
        with written("--out", outputs.rejects) as part:
            write_rejects(told.rejects, part, session.lang)
    if outputs.report:
        page = comparison_html(told.compared, session.lang, len(told.rejects))
        with written("--report", outputs.report) as part:
            part.write_text(page, encoding="utf-8")


def show_comparison(session: Session, told: OldFile, outputs: Outputs) -> None:
    """Say how the day compares, and where the files lie."""
    for line in told_comparison(told.compared, session.lang, len(told.rejects)):
        session.say(line)
    outputs.tell(session, len(told.rejects))


def _write(compared: ComparedSends, path: Path, lang: str) -> None:
    rows = [dict(columns_of(one, lang)) for one in compared.rows]
    if path.suffix == ".parquet":
        import polars as pl  # noqa: PLC0415 - an extra, asked for when the file's name was read

        pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String())).write_parquet(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        else:
            file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
