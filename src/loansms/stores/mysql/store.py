"""The ledger of a lender group in one MySQL or MariaDB database, shared by many machines; codes are kept elsewhere.

A batch of claims is two round trips: locks and reads, then writes and the commit, with the one rule `decide` between
them. Nothing is retried: a connection that breaks is a StoreError, and what the server committed stays counted.

>>> "CREATE TABLE IF NOT EXISTS loansms_attempt (" in MysqlStore.schema_sql()
True
>>> MysqlStore("mysql://outreach:secret@db.example/loans")
MysqlStore('MySQL db.example:3306/loans')
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ssl import SSLContext
from typing import Any, Self

from loansms.clock import Clock, Entropy, SystemEntropy
from loansms.errors import StoreError
from loansms.stores.claims import LEASE_FOR, Claim, Guarantees
from loansms.stores.decide import Standing
from loansms.stores.mysql.connections import Connections
from loansms.stores.mysql.faults import fault, told
from loansms.stores.mysql.forgetting import forget
from loansms.stores.mysql.known import ANYTHING, asked, is_blank
from loansms.stores.mysql.migrating import migrated, version_of
from loansms.stores.mysql.place import Place
from loansms.stores.mysql.schema import VERSION, script
from loansms.stores.mysql.session import MysqlDatabase
from loansms.stores.sql.database import Session
from loansms.stores.sql.ledger import SqlLedger
from loansms.stores.sql.server_clock import ServerClock

_LONG = 60  # seconds to create or renew tables, or to wait for another process that does


class MysqlStore(SqlLedger):
    """A contact ledger in one database; share it between threads, open it anew after a fork.

    ``dsn`` is mysql://user:password@host:port/database; the database must be there, its tables begin
    with loansms_. ``migrate``:
    create or renew the tables at the first verb or ``open()``; without it they must be there (`schema_sql`).
    ``timeout`` bounds the wait for a connection and for an answer, in whole seconds. ``ssl`` as PyMySQL takes it: an
    `ssl.SSLContext`, or a mapping with "ca". Leases of ``lease_for`` end by the server's clock, or by ``clock``.
    """

    def __init__(
        self,
        dsn: str,
        *,
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_max: int = 10,
        ssl: SSLContext | Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._place = Place.of(dsn)
        self._migrate = migrate
        tls = dict(ssl) if isinstance(ssl, Mapping) else ssl
        self._connections = Connections(self._place, seconds=timeout.total_seconds(), most=pool_max, tls=tls)
        self._opening = threading.Lock()
        self._ready = False
        self._tries: int = 0
        self._blank = True
        self._fault: StoreError | None = None
        server = ServerClock()
        database = MysqlDatabase(self._connections, self.open, server)
        SqlLedger.__init__(self, database, clock or server, entropy or SystemEntropy(), lease_for)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._place)!r})"

    @staticmethod
    def schema_sql(*, since: int = 0) -> str:
        """Return the SQL that brings a database from version `since` (0 = nothing there) to the newest, for a DBA."""
        return script(since=since)

    def guarantees(self) -> Guarantees:
        """Say what this store promises: all of a ledger, on a server it does not refuse; no codes."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease_for,
            codes=False,
            journal=True,
            vault=True,
            queue=True,
        )

    def open(self) -> None:
        """Connect, check the server, create what is missing; the first verb does it otherwise."""
        if not self._ready:
            self._open()

    def close(self) -> None:
        """Close the connections; a second time does nothing."""
        self._connections.close()

    def _open(self) -> None:
        tries = self._tries
        with self._opening:
            if self._ready:
                return
            if self._fault is not None and self._tries != tries:
                # Tried while this caller waited: all who wait are told at once, not one after another.
                raise StoreError(str(self._fault), self._fault.zh)
            try:
                self._prepare()
            except StoreError as wrong:
                self._fault = wrong
                raise
            finally:
                self._tries += 1
            self._ready = True

    def _prepare(self) -> None:
        """Bring the tables up to date, or say who must."""
        place = str(self._place)
        with self._connections.lent() as connection, told(place, self._connections.seconds):
            version = version_of(connection)
        if version < VERSION and self._migrate:
            with self._connections.apart(_LONG) as connection, told(place, _LONG):
                version = migrated(connection, _LONG)
        if version < VERSION:
            raise fault(
                place,
                f"its tables have version {version}, {VERSION} is needed; use migrate=True or have the owner run "
                f"MysqlStore.schema_sql(since={version})",
                f"表版本为 {version}，需要 {VERSION}；请用 migrate=True，或由所有者执行 "
                f"MysqlStore.schema_sql(since={version})",
            )
        if version > VERSION:
            raise fault(
                place,
                f"written by a newer loansms (version {version}, this one knows {VERSION}); upgrade loansms",
                f"由更新版本的 loansms 写入（版本 {version}，本版本支持到 {VERSION}），请升级",
            )

    def _standing(
        self, db: Session, claims: Sequence[Claim], now: datetime
    ) -> tuple[Standing, dict[str, int]]:
        # Batches resemble the one before: where one had a history, the next is not looked over first.
        if self._blank and not db.ask((self._sql(ANYTHING), asked(claims, now)))[0][0][0]:
            return Standing(deferred=False), {}
        standing, tries = super()._standing(db, claims, now)
        self._blank = is_blank(standing)
        return standing, tries

    def _forgotten(self) -> None:
        with self._connections.apart(_LONG) as connection, told(str(self._place), _LONG):
            forget(connection)
