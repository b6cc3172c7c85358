"""Where contacts, claims, suppressions and one-time codes are kept: the Protocols and their stores.

A store knows the model and nothing of the rules; a service refuses one whose `guarantees()` are too weak.
The stores of a server are imported when they are first named, so that nothing here needs an extra.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from loansms.stores.aio import AsyncMemoryStore, AsyncSqliteStore
from loansms.stores.base import AsyncContactLedger, ContactLedger
from loansms.stores.claims import (
    OPTED_OUT,
    REVOKED,
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
from loansms.stores.codes import (
    AsyncCodeStore,
    AsyncGrants,
    CodeStore,
    Grants,
    LockedOut,
    Opening,
    Sent,
)
from loansms.stores.memory import MemoryStore
from loansms.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from loansms.stores._async.postgres import AsyncPostgresStore as AsyncPostgresStore
    from loansms.stores._async.redis import AsyncRedisStore as AsyncRedisStore
    from loansms.stores._sync.postgres import PostgresStore as PostgresStore
    from loansms.stores._sync.redis import RedisStore as RedisStore

__all__ = [
    "OPTED_OUT",
    "REVOKED",
    "AlreadyDone",
    "AsyncCodeStore",
    "AsyncContactLedger",
    "AsyncGrants",
    "AsyncMemoryStore",
    "AsyncSqliteStore",
    "AttemptRecord",
    "AttemptState",
    "AuditEntry",
    "CapReached",
    "Claim",
    "ClaimResult",
    "Claimed",
    "CodeStore",
    "ContactLedger",
    "Deferral",
    "Grants",
    "Guarantees",
    "LockedOut",
    "MemoryStore",
    "Opening",
    "Sent",
    "SqliteStore",
    "Suppressed",
    "Suppression",
]

# Not in __all__: a star import must not need an extra.
_SERVERS = {
    "AsyncPostgresStore": "loansms.stores._async.postgres",
    "AsyncRedisStore": "loansms.stores._async.redis",
    "PostgresStore": "loansms.stores._sync.postgres",
    "RedisStore": "loansms.stores._sync.redis",
}


def __getattr__(name: str) -> object:
    if name in _SERVERS:
        return getattr(import_module(_SERVERS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
