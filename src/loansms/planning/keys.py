"""The key of a step: what makes two sends the same send.

Key = digest of (tenant, recipient, loan or event, step, due date, channel hop). No clock, no randomness, no
version and no amount in it: a new policy, text or balance never sends a done step again.

>>> from datetime import date
>>> one = step_key("anxin", "borrower", "L-1", "due_in_7", date(2026, 9, 24))
>>> one == step_key("anxin", "borrower", "L-1", "due_in_7", date(2026, 9, 24))
True
>>> len(one), one == step_key("anxin", "guarantor", "L-1", "due_in_7", date(2026, 9, 24))
(40, False)
"""

from __future__ import annotations

import hashlib
from datetime import date

from loansms.model import Lender


def tenant_of(lender: Lender) -> str:
    """Return whose ledger a lender writes to: its group, whose members and agencies share every count."""
    return lender.group or lender.lender_id


def debtor_key(tenant: str, borrower_id: str) -> str:
    """Return the key under which contacts with one debtor are counted over loans, channels and agencies."""
    return f"{tenant}|{borrower_id}"


def step_key(tenant: str, recipient: str, subject: str, step: str, due_on: date | None, hop: int = 0) -> str:
    """Return the dedupe key of a step; `subject` is the loan, or the event where there is no loan."""
    due = due_on.isoformat() if due_on else ""
    # Length-prefixed parts: no id can be made to run into its neighbour.
    parts = "".join(f"{len(part)}:{part}" for part in (tenant, recipient, subject, step, due, str(hop)))
    return hashlib.sha256(parts.encode()).hexdigest()[:40]


def fingerprint(template: str, locale: str, text: str) -> str:
    """Return the digest of what a step said: kept beside its key, so a change of words can be seen."""
    return hashlib.sha256(f"{template}\0{locale}\0{text}".encode()).hexdigest()[:16]
