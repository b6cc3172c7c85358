"""Where contacts, claims, suppressions and one-time codes are kept: the Protocols and their stores.

A store knows the model and nothing of the rules; a service refuses one whose `guarantees()` are too weak.
The stores of a server are imported when they are first named, so that nothing here needs an extra.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from loansms.stores.aio import AsyncMemoryStore, AsyncSqliteStore
from loansms.stores.base import AsyncContactLedger, AsyncFullLedger, ContactLedger, FullLedger
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import (
    LEASE_FOR,
    OPTED_OUT,
    PAID_SINCE,
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
    Stopped,
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
from loansms.stores.journal import AsyncJournal, Journal
from loansms.stores.memory import MemoryStore
from loansms.stores.queue import AsyncJobQueue, Job, JobQueue, TakenJob
from loansms.stores.sqlite import SqliteStore
from loansms.stores.vault import AsyncVault, SealedField, Shredded, SubjectKey, Vault

if TYPE_CHECKING:
    from loansms.stores._async.redis import AsyncRedisStore as AsyncRedisStore
    from loansms.stores._sync.redis import RedisStore as RedisStore
    from loansms.stores.mysql.awaited import AsyncMysqlStore as AsyncMysqlStore
    from loansms.stores.mysql.store import MysqlStore as MysqlStore
    from loansms.stores.postgres.awaited import AsyncPostgresStore as AsyncPostgresStore
    from loansms.stores.postgres.store import PostgresStore as PostgresStore

__all__ = [
    "LEASE_FOR",
    "OPTED_OUT",
    "PAID_SINCE",
    "REVOKED",
    "AlreadyDone",
    "AsyncCodeStore",
    "AsyncContactLedger",
    "AsyncFullLedger",
    "AsyncGrants",
    "AsyncJobQueue",
    "AsyncJournal",
    "AsyncMemoryStore",
    "AsyncSqliteStore",
    "AsyncVault",
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
    "FullLedger",
    "Grants",
    "Guarantees",
    "Job",
    "JobQueue",
    "Journal",
    "LockedOut",
    "MemoryStore",
    "Opening",
    "SealedField",
    "Sent",
    "Shredded",
    "SqliteStore",
    "Stop",
    "StopScope",
    "Stopped",
    "SubjectKey",
    "Suppressed",
    "Suppression",
    "TakenJob",
    "Vault",
]

# Not in __all__: a star import must not need an extra.
_SERVERS = {
    "AsyncMysqlStore": "loansms.stores.mysql.awaited",
    "MysqlStore": "loansms.stores.mysql.store",
    "AsyncPostgresStore": "loansms.stores.postgres.awaited",
    "AsyncRedisStore": "loansms.stores._async.redis",
    "PostgresStore": "loansms.stores.postgres.store",
    "RedisStore": "loansms.stores._sync.redis",
}


def __getattr__(name: str) -> object:
    if name in _SERVERS:
        return getattr(import_module(_SERVERS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
