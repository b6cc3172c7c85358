"""For the tests of hosts: examples, and the conformance suites of stores and providers.

The suites are plain classes with `test_` methods: subclass one in a test file and run pytest. Nothing here
imports a test framework.
"""

from loansms.clock import FrozenClock
from loansms.testing.ledger_suite import LedgerSuite
from loansms.testing.provider_suite import ProviderSuite
from loansms.testing.sync_ledger import SyncLedger

__all__ = ["FrozenClock", "LedgerSuite", "ProviderSuite", "SyncLedger"]
