"""What a week leaves behind: JSON lines of every day, the rejects file, and the report as one HTML page."""

from __future__ import annotations

from attrs import evolve
from week import Week

from loansms.cli.output import write_rows
from loansms.insights import ReportAbout, report_html
from loansms.policy import Policy
from loansms.portfolio import write_rejects


def write_papers(week: Week) -> None:
    """Write the files of one book into the show's folder; the report tells all days as one run."""
    show, last = week.show, week.reports[-1]
    for day, report in enumerate(week.reports, 1):
        write_rows(show.lines(day), report.rows, show.lang)
    write_rejects(last.rejects, show.rejects, show.lang)
    about = ReportAbout(
        example_only=show.lender.example_only,
        provider="sandbox",
        stages={one.name: (one.label, one.label_zh) for one in Policy.preset(show.policy).stages},
    )
    each_day = (
        "每天 {rows} 行、共 {days} 天" if show.lang.startswith("zh") else "{rows} rows a day, {days} days"
    )
    told = each_day.format(rows=len(last.rows), days=len(week.reports))
    whole = evolve(last, rows=week.rows, book=f"{show.book.name} ({told})")
    page = report_html(whole, show.lang, about)
    show.report.write_text(page, encoding="utf-8")
