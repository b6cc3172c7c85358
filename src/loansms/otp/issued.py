"""What came of asking for a code: it is on its way, or it was refused; outside, both look the same.

>>> from datetime import UTC, datetime
>>> from loansms.model import Channel, Reason
>>> at = datetime(2026, 9, 24, tzinfo=UTC)
>>> face = PublicIssue(challenge_id="v1.k1.x", expires_at=at, resend_at=at, channel=Channel.SMS, masked_phone="")
>>> Refused(Reason("sends_phone"), retry_at=at, public=face).public == face
True
"""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from loansms.model import Channel, Reason
from loansms.model.decision import no_truth


@frozen(kw_only=True)
class PublicIssue:
    """All that may be told outside: the same fields for a code that went out, a refusal and an unknown user."""

    challenge_id: str
    expires_at: datetime
    resend_at: datetime
    channel: Channel
    masked_phone: str


@frozen(kw_only=True)
class Issued:
    """A code is on its way. ``unsure``: the provider did not answer, so it may or may not arrive.

    ``send`` counts the messages of this challenge; ``submitted`` is False while a queue holds it.
    """

    challenge_id: str
    expires_at: datetime
    resend_at: datetime
    channel: Channel
    masked_phone: str
    send: int = 1
    unsure: bool = False
    submitted: bool = True
    __bool__ = no_truth

    @property
    def public(self) -> PublicIssue:
        """What may be shown outside."""
        return PublicIssue(
            challenge_id=self.challenge_id,
            expires_at=self.expires_at,
            resend_at=self.resend_at,
            channel=self.channel,
            masked_phone=self.masked_phone,
        )


@frozen
class Refused:
    """No code went out: why, and when asking again may help (None = not by waiting). Show `public` alone."""

    reason: Reason
    retry_at: datetime | None = None
    public: PublicIssue | None = field(default=None, kw_only=True)
    __bool__ = no_truth
