"""A stand-in for the lender's core system: it turns today's book into tomorrow's.

Everything here is simulated. Who pays, who promises and who disputes is drawn from a seed, with chances that
were chosen for a lively week and measured nowhere; nothing about real borrowers may be read from them. What
it keeps is the bookkeeping: a missed due date becomes the oldest unpaid one, a payment moves the loan to its
next instalment, an agreed direct debit is drawn on its day, `days_past_due` and `as_of` follow the calendar.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from attrs import define, field

from loansms.model.loan import month_later

# The chance that somebody pays on a day, (written to, not written to): invented, see above.
_EARLY, _SOON, _TODAY, _LATE = (0.03, 0.0), (0.35, 0.15), (0.85, 0.7), (0.25, 0.05)
_DEBIT_WORKS = {"on time": 0.9, "overdue": 0.3}
_KEEPS_PROMISE = 0.7
_PROMISES, _DISPUTES, _REFUSES = 0.06, 0.01, 0.01  # of those written to who have not paid


@define
class Book:
    """A CSV book as text fields: `lines` maps the physical line of each row to its fields."""

    header: list[str]
    lines: dict[int, list[str]]

    @classmethod
    def read(cls, path: Path) -> Book:
        """Read a book, keeping every row as it stands, bad ones too."""
        with path.open(encoding="utf-8", newline="") as source:
            rows = csv.reader(source)
            header, lines, line = next(rows), {}, rows.line_num + 1
            for row in rows:
                lines[line] = row
                line = rows.line_num + 1
        return cls(header, lines)

    def write(self, path: Path) -> None:
        """Write the book where the next day finds it."""
        with path.open("w", encoding="utf-8", newline="") as out:
            made = csv.writer(out, lineterminator="\n")
            made.writerow(self.header)
            made.writerows(self.lines.values())


@define
class World:
    """The simulated core system; `happened` counts what it invented."""

    rng: Random
    happened: dict[str, int] = field(factory=dict)

    def next_day(
        self, book: Book, tomorrow: date, spoken: Mapping[str, str], unreadable: Collection[int]
    ) -> Book:
        """Return tomorrow's book.

        `spoken` maps the loan ids that got a message today to the template's kind (reminder, collection ...);
        rows at the lines of `unreadable` are carried over as they stand.
        """
        lines = {}
        for line, fields in book.lines.items():
            if line in unreadable:
                lines[line] = fields
                continue
            row = dict(zip(book.header, fields, strict=True))
            self._live(row, tomorrow, spoken.get(row["loan_id"]))
            lines[line] = [row[name] for name in book.header]
        return Book(book.header, lines)

    def _live(self, row: dict[str, str], tomorrow: date, kind: str | None) -> None:
        today = tomorrow - timedelta(days=1)
        if Decimal(row["amount_due"]) > 0:
            if self._pays(row, today, kind):
                self._count("paid")
                _paid(row, today)
            elif row["next_due_on"] and date.fromisoformat(row["next_due_on"]) < tomorrow:
                self._count("missed")
                _missed(row)
            elif kind:
                self._answers(row, today)
        _turn_page(row, tomorrow)

    def _pays(self, row: dict[str, str], today: date, kind: str | None) -> bool:
        debit = row.get("next_debit_at", "")
        if debit and row.get("autopay") == "true" and date.fromisoformat(debit[:10]) == today:
            return (
                self.rng.uniform(0, 1) < _DEBIT_WORKS["overdue" if row["oldest_unpaid_due_on"] else "on time"]
            )
        promise = row["promise_to_pay_until"]
        if promise and date.fromisoformat(promise) == today:
            return self.rng.uniform(0, 1) < _KEEPS_PROMISE
        return self.rng.uniform(0, 1) < _chance(row, today)[kind is None]

    def _answers(self, row: dict[str, str], today: date) -> None:
        at = self.rng.uniform(0, 1)
        if at < _PROMISES and not row["promise_to_pay_until"]:
            row["promise_to_pay_until"] = (today + timedelta(days=self.rng.randint(2, 5))).isoformat()
            self._count("promised")
        elif at < _PROMISES + _DISPUTES:
            row["dispute"] = "true"
            self._count("disputed")
        elif at < _PROMISES + _DISPUTES + _REFUSES:
            row["opt_out"] = "true"
            self._count("refusals")

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1


def _chance(row: dict[str, str], today: date) -> tuple[float, float]:
    if row["oldest_unpaid_due_on"]:
        return _LATE
    days = (date.fromisoformat(row["next_due_on"]) - today).days
    return _EARLY if days > 3 else _SOON if days else _TODAY


def _paid(row: dict[str, str], today: date) -> None:
    """Settle what is owed and move on to the next instalment, or close a loan that has none."""
    due = row["next_due_on"]
    if due and not row["oldest_unpaid_due_on"]:
        due = month_later(date.fromisoformat(due), 1).isoformat()
    row.update(oldest_unpaid_due_on="", promise_to_pay_until="")
    if "penalty_due" in row:
        row["penalty_due"] = ""
    if "last_paid_on" in row:
        row["last_paid_on"] = today.isoformat()
    if not due or row["method"] == "bullet":
        row.update(amount_due="0.00", balance="0.00", next_due_on=due or today.isoformat())
    else:
        row.update(amount_due=row["instalment_amount"], next_due_on=due)


def _missed(row: dict[str, str]) -> None:
    """Let the due date pass unpaid: it becomes the oldest one, or another instalment is owed beside it."""
    due = row["next_due_on"]
    if row["oldest_unpaid_due_on"]:
        more = Decimal(row["amount_due"]) + Decimal(row["instalment_amount"])
        row["amount_due"] = str(more)
    else:
        row["oldest_unpaid_due_on"] = due
    single = row["method"] == "bullet"
    row["next_due_on"] = "" if single else month_later(date.fromisoformat(due), 1).isoformat()


def _turn_page(row: dict[str, str], tomorrow: date) -> None:
    """Let the columns that only follow the calendar follow it."""
    row["as_of"] = tomorrow.isoformat()
    due = row["oldest_unpaid_due_on"] or row["next_due_on"]
    if row["days_past_due"] and due:
        row["days_past_due"] = str((tomorrow - date.fromisoformat(due)).days)
    if row["promise_to_pay_until"] and date.fromisoformat(row["promise_to_pay_until"]) < tomorrow:
        row["promise_to_pay_until"] = ""
