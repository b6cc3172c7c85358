"""A year whose plan of make-up workdays is not out: said once for a whole run, and nothing is guessed.

Due dates of such a year stand as the book gives them, provisional until the plan is published; hours on
working days take weekends and statutory days as off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loansms.errors import CallerError
from loansms.model import Lender, Reason
from loansms.planning import calendar_of
from loansms.services.sending.report import RunRow
from loansms.services.sending.setup import Setup


def calendar_warnings(rows: Sequence[RunRow], at: datetime, setup: Setup) -> list[Reason]:
    """Return one ``calendar_stale`` warning for each country and year without its plan that the run touches."""
    reach: dict[str, date] = {}
    for lender in setup.lenders.values():
        last = _planned_through(lender, setup)
        if last is not None:
            reach[lender.jurisdiction.partition("-")[0]] = last
    found: list[Reason] = []
    for country, last in sorted(reach.items()):
        dues = [row.row.due_on for row in rows if _is_of(row, country, setup) and row.row.due_on]
        years = {due.year for due in dues if due > last}
        today = _today(rows, at)
        touched = sorted(years | ({today.year} if today > last else set()))
        found += [_told(country, year, sum(due.year == year for due in dues)) for year in touched]
    return found


def _planned_through(lender: Lender, setup: Setup) -> date | None:
    try:
        return calendar_of(lender, setup.overrides).valid_through
    except CallerError:  # a country without known holidays: its rules ask for no working day
        return None


def _is_of(row: RunRow, country: str, setup: Setup) -> bool:
    account = row.row.account
    return account is not None and (setup.lender(account.lender_id).jurisdiction.partition("-")[0] == country)


def _today(rows: Iterable[RunRow], at: datetime) -> date:
    """Return the latest day it is for any borrower of the run."""
    zones = {row.row.borrower.zones[0] for row in rows if row.row.borrower and row.row.borrower.zones}
    return max((at.astimezone(ZoneInfo(zone)).date() for zone in zones), default=at.date())


def _told(country: str, year: int, dues: int) -> Reason:
    return Reason(
        "calendar_stale",
        "GEN-CAL-01",
        f"The make-up workdays of {country} for {year} are not published: weekends and statutory days count as "
        f"off, and {dues} due dates of that year stand unmoved, as provisional.",
        severity="warn",
        message_zh=f"{country} {year} 年调休安排尚未公布：周末及法定节假日按休息日处理，"
        f"{dues} 个该年到期日保持不变，暂定。",
    )
