"""The conformance suite of a store of codes: subclass it, write `make_store`, run pytest.

    class TestMyCodes(CodeSuite):
        def make_store(self, clock):
            return MyCodes(fresh_database(), clock=clock)

Each check opens a fresh store, so nothing one leaves behind helps the next. An awaited store is driven
through `loansms.testing.SyncCodes`.
"""

from __future__ import annotations

from loansms.testing.code_admission import AdmissionChecks, GuardChecks
from loansms.testing.code_budgets import BudgetChecks, DeviceChecks
from loansms.testing.code_keeping import KeepingChecks
from loansms.testing.code_openings import OpeningChecks
from loansms.testing.code_races import RaceChecks
from loansms.testing.code_sends import RefundChecks, ResendChecks, TakeChecks
from loansms.testing.code_unbudgeted import UnbudgetedChecks
from loansms.testing.code_verdicts import GrantChecks, VerdictChecks


class CodeSuite(
    OpeningChecks,
    ResendChecks,
    TakeChecks,
    RefundChecks,
    VerdictChecks,
    GrantChecks,
    BudgetChecks,
    DeviceChecks,
    AdmissionChecks,
    GuardChecks,
    KeepingChecks,
    UnbudgetedChecks,
    RaceChecks,
):
    """Everything a store of codes must do, one at a time and all at once."""

    def test_a_store_of_codes_says_so(self) -> None:
        """A service refuses one that does not."""
        with self.opened() as desk:
            assert desk.store.guarantees().codes
