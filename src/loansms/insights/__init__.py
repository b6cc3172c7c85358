"""What a run did, and what a policy would do, as figures, sentences and a page: this room reads and never writes."""

from loansms.insights.behaviour import Behaviour, Pace
from loansms.insights.report import ReportAbout, report_html
from loansms.insights.sentences import plain_summary
from loansms.insights.simulate import simulate
from loansms.insights.simulation import Simulation
from loansms.insights.simulation_report import simulation_html
from loansms.insights.summary import ReasonTally, RunSummary, Tally, summarise

__all__ = [
    "Behaviour",
    "Pace",
    "ReasonTally",
    "ReportAbout",
    "RunSummary",
    "Simulation",
    "Tally",
    "plain_summary",
    "report_html",
    "simulate",
    "simulation_html",
    "summarise",
]
