"""What a borrower typed, answered: a kind for the host, one public face for everybody else.

>>> wrong = Verdict(VerdictKind.WRONG)
>>> wrong.public == Verdict(VerdictKind.UNKNOWN).public, wrong.public
(True, PublicVerdict(accepted=False))
>>> bool(wrong)
Traceback (most recent call last):
TypeError: Verdict has no truth value: use isinstance or match
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from loansms.model.decision import no_truth


class VerdictKind(StrEnum):
    """How a check ended.

    ACCEPTED: right, consumed, a grant is out. WRONG: compared and counted. EXPIRED: its time was over. LOCKED:
    too many failures, nothing was compared. SUPERSEDED: used before, or a newer code is out. UNKNOWN: no such
    challenge.
    """

    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXPIRED = "expired"
    LOCKED = "locked"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


@frozen
class Grant:
    """The right to do, once, what the code was asked for; redeem it in the transaction that does it."""

    id: str = field(repr=False)
    expires_at: datetime


@frozen
class PublicVerdict:
    """All that may be told outside: the same for every failure (OWASP ASVS 5.0, 6.3.8; PSD2 RTS art. 4(3)(a))."""

    accepted: bool


@frozen
class Verdict:
    """The answer to one attempt; `grant` on ACCEPTED, `retry_at` on LOCKED. Show `public` alone."""

    kind: VerdictKind
    grant: Grant | None = None
    retry_at: datetime | None = None
    __bool__ = no_truth

    @property
    def public(self) -> PublicVerdict:
        """What may be shown outside."""
        return PublicVerdict(self.kind is VerdictKind.ACCEPTED)
