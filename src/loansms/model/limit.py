"""A frequency cap made concrete for one debtor and one moment: what the store counts inside its claim."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from loansms.model.decision import Reason
from loansms.model.history import Contact, ContactKind
from loansms.model.message import Channel, Purpose


@frozen(kw_only=True)
class CapLimit:
    """At most `count` outbound messages since `since` (aware) of these purposes on these channels.

    ``per_loan`` counts one loan only, else all the debtor's. ``rolling_for`` is the length of a rolling
    window, None for a calendar one, which frees at `frees_at`. ``reason`` is the rule, with its source.
    Contacts after `now` count too: a run dated back can never pass a cap. So does a contact whose purpose
    nobody told (an agency's text): what is not known counts against sending.
    """

    count: int
    since: datetime
    purposes: frozenset[Purpose]
    channels: frozenset[Channel]
    reason: Reason
    per_loan: bool = False
    rolling_for: timedelta | None = None
    frees_at: datetime | None = None

    def counts(self, contact: Contact, loan_id: str | None) -> bool:
        """Return whether `contact` uses up one of the `count`."""
        return (
            contact.kind is ContactKind.MESSAGE
            and contact.at >= self.since
            and (contact.purpose is None or contact.purpose in self.purposes)
            and contact.channel in self.channels
            and (not self.per_loan or contact.loan_id == loan_id)
        )
