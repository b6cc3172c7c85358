"""`loansms plan --compare`: what the system before sent on the day, beside what loansms would send."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from loansms.cli.output import Outputs, write_records, written
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
            write_records(part, COLUMNS, (columns_of(one, session.lang) for one in told.compared.rows))
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
