"""Made-up claims, limits and messages for tests of stores and providers; nobody real stands behind them.

>>> claim(step_key="other").mark
StepMark(loan_id='L-1', step='due_in_3', due_on=datetime.date(2026, 9, 27))
>>> message()
Message(message_id='m-1', step_key='step-1', borrower_id='B-1', loan_id='L-1', to=PhoneNumber(CN 174****0001), \
text=Secret(***), signature='示例', purpose=<Purpose.REPAYMENT_REMINDER: 'repayment_reminder'>, \
channel=<Channel.SMS: 'sms'>, template='reminder.due_in_3', locale='zh-CN', segments=1, \
recipient=<RecipientRole.BORROWER: 'borrower'>)
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from loansms.model import CapLimit, Channel, Message, PhoneNumber, Purpose, Reason, RecipientRole
from loansms.privacy import Secret
from loansms.stores import Claim

AT = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
"""The moment the examples happen: 10:00 in Shanghai on a Thursday."""


def claim(**changes: Any) -> Claim:
    """Return an example claim of a reminder at AT, with the given fields changed."""
    fields: dict[str, Any] = {
        "step_key": "step-1",
        "debtor": "example|B-1",
        "borrower_id": "B-1",
        "loan_id": "L-1",
        "step": "due_in_3",
        "due_on": date(2026, 9, 27),
        "recipient": RecipientRole.BORROWER,
        "purpose": Purpose.REPAYMENT_REMINDER,
        "channel": Channel.SMS,
        "template": "reminder.due_in_3",
        "fingerprint": "f-1",
        "limits": (),
        "at": AT,
        "versions": {"policy": "p-1"},
    }
    return Claim(**{**fields, **changes})


def rolling(count: int, window: timedelta, now: datetime = AT, **changes: Any) -> CapLimit:
    """Return a limit of `count` messages in any `window`, for reminders by SMS, asked at `now`."""
    return _limit(count=count, since=now - window, rolling_for=window, **changes)


def calendar(count: int, since: datetime, frees_at: datetime, **changes: Any) -> CapLimit:
    """Return a limit of `count` messages in the calendar window from `since` to `frees_at`."""
    return _limit(count=count, since=since, frees_at=frees_at, **changes)


def _limit(**changes: Any) -> CapLimit:
    fields: dict[str, Any] = {
        "purposes": frozenset({Purpose.REPAYMENT_REMINDER}),
        "channels": frozenset({Channel.SMS}),
        "reason": Reason("cap", "house", "an example limit", severity="block"),
    }
    return CapLimit(**{**fields, **changes})


def message(**changes: Any) -> Message:
    """Return an example message to a made-up number, with the given fields changed."""
    fields: dict[str, Any] = {
        "message_id": "m-1",
        "step_key": "step-1",
        "borrower_id": "B-1",
        "loan_id": "L-1",
        "to": PhoneNumber.parse("17400000001", region="CN"),
        "text": Secret("Your instalment is due in 3 days."),
        "signature": "示例",
        "purpose": Purpose.REPAYMENT_REMINDER,
        "channel": Channel.SMS,
        "template": "reminder.due_in_3",
        "locale": "zh-CN",
        "segments": 1,
        "recipient": RecipientRole.BORROWER,
    }
    return Message(**{**fields, **changes})
