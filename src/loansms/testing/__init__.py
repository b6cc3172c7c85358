"""For the tests of hosts: examples, and the conformance suites of stores and providers.

The suites are plain classes with `test_` methods: subclass one in a test file and run pytest. Nothing here
imports a test framework.
"""

from loansms.clock import FrozenClock
from loansms.testing.code_suite import CodeSuite
from loansms.testing.fake_ismg import FakeIsmg
from loansms.testing.fake_smsc import FakeSmsc
from loansms.testing.gateway_faults import Faults
from loansms.testing.ledger_suite import KeptSuite, LedgerSuite
from loansms.testing.provider_suite import ProviderSuite
from loansms.testing.sync_codes import SyncCodes
from loansms.testing.sync_ledger import SyncLedger

__all__ = [
    "CodeSuite",
    "FakeIsmg",
    "FakeSmsc",
    "Faults",
    "FrozenClock",
    "KeptSuite",
    "LedgerSuite",
    "ProviderSuite",
    "SyncCodes",
    "SyncLedger",
]
