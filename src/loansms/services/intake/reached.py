"""Whom a template reached: what a correction of a wrong text starts from. Ids alone, never a number or a word of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from loansms.services.sending.claims import JOINED
from loansms.stores import AttemptRecord, AttemptState

# What a provider definitely did not send reached nobody.
_NOT_SENT: Final = frozenset({AttemptState.REJECTED, AttemptState.REJECTED_RETRYABLE})
_SPOKEN_FOR: Final = "joined"


@frozen(kw_only=True)
class Reached:
    """One message of a template, or a loan it spoke for (`state` "joined"); `delivery` is the receipt's word, "" for none."""

    tenant: str
    borrower_id: str
    loan_id: str
    recipient: str
    at: datetime
    template: str
    version: str
    channel: str
    state: str
    delivery: str

    @property
    def record(self) -> Mapping[str, str]:
        """The columns of the file, as text; `at` in UTC."""
        return {
            "tenant": self.tenant,
            "borrower_id": self.borrower_id,
            "loan_id": self.loan_id,
            "recipient": self.recipient,
            "at": self.at.astimezone(UTC).isoformat(timespec="seconds"),
            "template": self.template,
            "version": self.version,
            "channel": self.channel,
            "state": self.state,
            "delivery": self.delivery,
        }


def reached(attempts: Iterable[AttemptRecord], template: str, version: str | None = None) -> list[Reached]:
    """Return everybody `template` (in `version`, None = any) went to or may have gone to, by borrower and time."""
    mine = [
        one
        for one in attempts
        if one.template == template and version in (None, one.versions.get("template", ""))
    ]
    sent = [one for one in mine if one.state not in _NOT_SENT]
    # A loan that another's message spoke for was claimed with it: the same debtor, the same instant.
    spoke = {(one.debtor, one.at) for one in sent}
    sent += [one for one in mine if one.code == JOINED and (one.debtor, one.at) in spoke]
    ordered = sorted(sent, key=lambda one: (one.tenant, one.borrower_id, one.at, one.step_key))
    return [_told(one) for one in ordered]


def _told(one: AttemptRecord) -> Reached:
    return Reached(
        tenant=one.tenant,
        borrower_id=one.borrower_id,
        loan_id=one.loan_id or "",
        recipient=one.recipient.value,
        at=one.at,
        template=one.template,
        version=one.versions.get("template", ""),
        channel=one.channel.value,
        state=_SPOKEN_FOR if one.code == JOINED else one.state.value,
        delivery=one.delivery.value if one.delivery else "",
    )
