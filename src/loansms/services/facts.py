"""Where a service asks, just before it sends, whether what was planned is still so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from loansms.model import Account


class FactSource(Protocol):
    """The host's core system: today's truth about loans."""

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each loan; a loan left out is settled or gone, and is not sent to."""
        ...


class AsyncFactSource(Protocol):
    """The same, awaited."""

    async def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each loan; a loan left out is settled or gone, and is not sent to."""
        ...
