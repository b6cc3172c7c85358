"""What a run did, as figures, sentences and a page: this room reads and never writes."""

from loansms.insights.report import ReportAbout, report_html
from loansms.insights.sentences import plain_summary
from loansms.insights.summary import ReasonTally, RunSummary, Tally, summarise

__all__ = ["ReasonTally", "ReportAbout", "RunSummary", "Tally", "plain_summary", "report_html", "summarise"]
