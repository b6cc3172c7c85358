"""The base of checks that ask for journal, vault and queue: the same fresh store, as a full ledger."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

from loansms.clock import Clock
from loansms.stores import FullLedger
from loansms.testing.ledger_case import LedgerCase


class KeptCase(LedgerCase):
    """Base of the checks of what a store keeps beside its ledger."""

    @contextmanager
    def opened_full(self, clock: Clock | None = None) -> Generator[FullLedger]:
        """Yield a fresh store that says it keeps journal, vault and queue."""
        with self.opened(clock) as store:
            told = store.guarantees()
            assert told.journal
            assert told.vault
            assert told.queue
            yield cast("FullLedger", store)
