"""What came of asking for a code: it is on its way, or it was refused; outside, both look the same.

>>> from datetime import UTC, datetime
>>> from loansms.model import Channel, Reason
>>> at = datetime(2026, 9, 24, tzinfo=UTC)
>>> face = PublicIssue(challenge_id="v1.k1.x", resend_at=at, expires_at=at, channel=Channel.SMS)
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
    """All that may be told outside: the same for a code that went out, a refusal and an unknown user.

    ``expires_at`` and ``channel`` are told when a code is asked for, and None of a resend: who asks again has them.
    """

    challenge_id: str
    resend_at: datetime
    expires_at: datetime | None = None
    channel: Channel | None = None


@frozen(kw_only=True)
class Issued:
    """A code is on its way; show `public`, and the masked number only to who is signed in.

    ``unsure``: the provider did not answer, so it may or may not arrive. ``send`` counts the messages of this
    challenge; ``submitted`` is False while a queue holds it.
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
        if self.send > 1:
            return PublicIssue(challenge_id=self.challenge_id, resend_at=self.resend_at)
        return PublicIssue(
            challenge_id=self.challenge_id,
            resend_at=self.resend_at,
            expires_at=self.expires_at,
            channel=self.channel,
        )


@frozen
class Refused:
    """No code went out: why, and when asking again may help (None = not by waiting). Show `public` alone."""

    reason: Reason
    retry_at: datetime | None = None
    public: PublicIssue | None = field(default=None, kw_only=True)
    __bool__ = no_truth
