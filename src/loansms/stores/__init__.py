"""Where contacts, claims and suppressions are kept: the ledger's Protocols and its stores.

A store knows the model and nothing of the rules; a service refuses one whose `guarantees()` are too weak.
"""

from loansms.stores.aio import AsyncMemoryStore, AsyncSqliteStore
from loansms.stores.base import AsyncContactLedger, ContactLedger
from loansms.stores.claims import (
    OPTED_OUT,
    AlreadyDone,
    AttemptRecord,
    AttemptState,
    AuditEntry,
    CapReached,
    Claim,
    Claimed,
    ClaimResult,
    Deferral,
    Guarantees,
    Suppressed,
    Suppression,
)
from loansms.stores.memory import MemoryStore
from loansms.stores.sqlite import SqliteStore

__all__ = [
    "OPTED_OUT",
    "AlreadyDone",
    "AsyncContactLedger",
    "AsyncMemoryStore",
    "AsyncSqliteStore",
    "AttemptRecord",
    "AttemptState",
    "AuditEntry",
    "CapReached",
    "Claim",
    "ClaimResult",
    "Claimed",
    "ContactLedger",
    "Deferral",
    "Guarantees",
    "MemoryStore",
    "SqliteStore",
    "Suppressed",
    "Suppression",
]
