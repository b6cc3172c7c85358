"""What was decided about a step that was due and did not go out: a record of the journal, as a sent one has its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from loansms.model import Json, Record, RecordKind
from loansms.services.sending.claims import debtor_of, key_of
from loansms.services.sending.report import Outcome, RunRow

_NOT_SENT: Final = {Outcome.DENIED, Outcome.DEFERRED, Outcome.REFUSED}


def decisions(rows: Iterable[RunRow], at: datetime, versions: Mapping[str, str]) -> Iterator[Record]:
    """Yield a record of each due step of `rows` that a rule, a cap, a stop or the hour kept back."""
    for done in rows:
        row = done.row
        # What the provider refused has an ending of its own, unless it was never asked.
        asked = done.outcome is Outcome.REFUSED and row.reason != "channel_unsupported"
        if done.outcome not in _NOT_SENT or asked or not row.step or not row.borrower_id:
            continue
        told: dict[str, Json] = {
            "outcome": done.outcome.value,
            "stage": row.stage,
            "step": row.step,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "recipient": row.recipient.value,
            "purpose": row.purpose.value if row.purpose else None,
            "channel": row.channel.value if row.channel else None,
            "template": row.template,
            "reasons": tuple(reason.code for reason in row.reasons),
            "findings": tuple(reason.rule_id for reason in row.reasons if reason.rule_id),
            "send_at": row.send_at.isoformat() if row.send_at else None,
            "versions": dict(versions),
        }
        yield Record(
            kind=RecordKind.DECIDED,
            at=at,
            debtor=debtor_of(row),
            loan_id=row.loan_id,
            step_key=key_of(row),
            data=told,
        )
