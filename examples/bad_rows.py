"""The rows a real export brings along: each wrong in one way, and how many fields it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def spoil(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> list[list[str]]:
    """Return the book's rows as fields, with one bad row of each kind put among them.

    Each bad row is a copy of a good one under a loan id and a borrower of its own, except the duplicate, and
    except the one that says its borrower opted out: that wish counts though the row cannot be read.
    """
    faults: list[dict[str, str]] = [
        {"phone": "1.38E+10"},
        {"phone": "1740-abc-0001"},
        {"phone": "12345"},
        {"amount_due": "12.345"},
        {"amount_due": "-100.00"},
        {"amount_due": "一千元"},
        {"currency": "YUAN"},
        {"next_due_on": "2026-02-30", "oldest_unpaid_due_on": "", "days_past_due": ""},
        {"next_due_on": "", "oldest_unpaid_due_on": "", "days_past_due": ""},
        {"timezone": "Asia/Peking"},
        {"consent_sms": "maybe"},
        {"borrower_id": ""},
    ]
    # Far-off due dates: a bad row should fail for its fault alone.
    quiet = next(row for row in rows if row["status"] == "normal" and row["opt_out"] == "false")
    made = [[row[name] for name in columns] for row in rows]
    for at, fault in enumerate(faults, 1):
        own = {"loan_id": f"CX-{at:02d}", "borrower_id": f"CXB-{at:02d}", "phone": f"17400{800000 + at:06d}"}
        bad = {**quiet, **own, **fault}
        made.insert(at * 20, [bad[name] for name in columns])
    contradiction = {**quiet, "loan_id": "CX-20", "borrower_id": "CXB-20", "days_past_due": "45"}
    made.insert(251, [contradiction[name] for name in columns])
    made.insert(263, [quiet[name] for name in columns])  # a loan id that stands further up
    made.insert(275, [quiet[name] for name in columns][:-6])
    made.insert(287, [{**quiet, **_refusal(rows)}[name] for name in columns])
    return made


def _refusal(rows: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return an unreadable row by which a borrower with a good, due row has opted out."""
    on = date.fromisoformat(rows[0]["as_of"])
    due = {str(on + timedelta(days=days)) for days in (0, 3, 7)}
    other = next(row for row in rows if row["next_due_on"] in due and row["opt_out"] == "false")
    return {
        "loan_id": "CX-21",
        "borrower_id": other["borrower_id"],
        "phone": "1.74E+10",
        "opt_out": "true",
        "next_due_on": other["next_due_on"],
        "days_past_due": "",
    }
