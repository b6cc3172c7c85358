"""What the audit is told of every code: all that the public face leaves out, and no phone, code or name.

>>> from datetime import UTC, datetime
>>> event = OtpEvent(at=datetime(2026, 9, 24, tzinfo=UTC), act="verify", outcome="locked", tenant="anxin")
>>> event.outcome, event.retry_at
('locked', None)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from loansms.otp.admission import Shadow


@frozen(kw_only=True)
class OtpEvent:
    """One act of the service.

    ``act``: issue, resend, deliver, verify, redeem, totp, alert. ``outcome``: submitted, queued, not_queued,
    unknown (the provider gave no certain answer; an id or a job of no code), not_sent, taken_or_over (a job that
    was sent, or came too late), told_before, redeemed, not_redeemed, decoy (nothing is sent), a Reason's code or a
    verdict's kind. ``subject``: blind id. ``reference``: what the provider's receipts carry back. ``shadows``: guards
    that watch only, and would have refused. ``detail``: our word for more, such as the provider's code.
    """

    at: datetime
    act: str
    outcome: str
    tenant: str
    challenge_id: str = ""
    subject: str = ""
    action: str = ""
    channel: str = ""
    country: str = ""
    profile: str = ""
    send: int = 0
    reference: str = ""
    retry_at: datetime | None = None
    shadows: tuple[Shadow, ...] = ()
    detail: str = ""


AuditSink = Callable[[OtpEvent], None]
"""Takes each event as it happens, quickly; what it raises reaches the caller of the service."""
