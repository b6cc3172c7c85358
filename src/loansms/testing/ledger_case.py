"""What every ledger check stands on: a fresh store a test, on a clock that stands still."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager

from loansms.clock import Clock, FrozenClock
from loansms.stores import Claimed, ClaimResult, ContactLedger
from loansms.testing.examples import AT


class LedgerCase(ABC):
    """Base of the checks; `make_store` is all an author of a store writes."""

    @abstractmethod
    def make_store(self, clock: Clock) -> ContactLedger:
        """Return an empty ledger whose leases (of ten minutes or less) run by `clock`."""

    def close_store(self, store: ContactLedger) -> None:
        """Close a ledger that `make_store` made; by default its `close()`, where it has one."""
        close = getattr(store, "close", None)
        if close is not None:
            close()

    @contextmanager
    def opened(self, clock: Clock | None = None) -> Generator[ContactLedger]:
        """Yield a fresh store, closed afterwards."""
        store = self.make_store(clock or FrozenClock(AT))
        try:
            yield store
        finally:
            self.close_store(store)


def token_of(answer: ClaimResult) -> str:
    """Return the token of a claim that must have been taken."""
    assert isinstance(answer, Claimed), f"expected Claimed, got {type(answer).__name__}"
    return answer.token


def kinds(answers: list[ClaimResult]) -> list[str]:
    """Return the names of the answers' types, in order."""
    return [type(answer).__name__ for answer in answers]
