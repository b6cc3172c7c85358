"""The conformance suite of a contact ledger: subclass it, write `make_store`, run pytest.

    class TestMyStore(LedgerSuite):
        def make_store(self, clock):
            return MyStore(fresh_database(), clock=clock)

`KeptSuite` beside it checks journal, vault and queue. Each check opens a fresh store, so nothing one leaves behind helps the next. An awaited store is driven
through `loansms.testing.SyncLedger`.
"""

from __future__ import annotations

from loansms.testing.journal_checks import JournalChecks
from loansms.testing.ledger_caps import CapChecks
from loansms.testing.ledger_changes import ChangeChecks
from loansms.testing.ledger_claims import ClaimChecks
from loansms.testing.ledger_consents import ConsentChecks
from loansms.testing.ledger_histories import HistoryChecks
from loansms.testing.ledger_outcomes import OutcomeChecks
from loansms.testing.queue_checks import QueueChecks
from loansms.testing.vault_checks import VaultChecks


class LedgerSuite(ClaimChecks, CapChecks, OutcomeChecks, HistoryChecks, ConsentChecks, ChangeChecks):
    """Everything a ledger must do; the guarantees it claims must at least include atomic claims."""

    def test_claims_are_atomic(self) -> None:
        """A store whose dedupe, caps and suppression are not one act is no ledger."""
        with self.opened() as store:
            told = store.guarantees()
            assert told.atomic_claims
            assert told.durable or not (told.survives_process_kill or told.survives_power_loss)


class KeptSuite(JournalChecks, VaultChecks, QueueChecks):
    """Everything journal, vault and queue must do, for a store whose guarantees name all three."""
